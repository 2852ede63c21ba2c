/** EnsureRequirements: rows that belong together are brought together, sorted where an operator needs it. */
import type { SortKey } from '../fragment.ts'
import type { Resolved } from '../resolved.ts'
import { attr, semantic, toAttribute } from '../analyze/nodes.ts'
import { shufflePartitionsOf, type Conf } from '../settings.ts'
import { childrenOf, withChildrenOf, type Partitioning, type Physical } from './physical.ts'

const UNKNOWN: Partitioning = { kind: 'unknown' }
const SINGLE: Partitioning = { kind: 'single' }

/** How an operator's rows lie. */
export function partitioningOf(p: Physical): Partitioning {
  switch (p.op) {
    case 'Range': return p.partitions === 1 ? SINGLE : { kind: 'range', order: [{ expr: attr(p.output[0]!), ascending: p.step > 0n, nullsFirst: p.step > 0n }], partitions: p.partitions }
    case 'Exchange': return p.partitioning
    case 'ShuffleQueryStage': return p.child.partitioning
    case 'AQEShuffleRead': {
      const of = partitioningOf(p.child)
      return p.reads.length === 1 ? SINGLE : of.kind === 'hash' || of.kind === 'range' ? { ...of, partitions: p.reads.length } : of
    }
    case 'Coalesce': return p.partitions === 1 ? SINGLE : UNKNOWN
    case 'GlobalLimit':
    case 'CollectLimit':
    case 'CollectTail':
    case 'TakeOrderedAndProject': return SINGLE
    case 'Project': return renamed(partitioningOf(p.child), p.columns)
    case 'HashAggregate': return p.results ? renamed(partitioningOf(p.child), p.results) : partitioningOf(p.child)
    case 'Filter':
    case 'Sort':
    case 'LocalLimit':
    case 'Sample':
    case 'Generate': return partitioningOf(p.child)
    case 'SortMergeJoin': return p.how === 'full' ? UNKNOWN : p.how === 'right' ? partitioningOf(p.right) : partitioningOf(p.left)
    case 'BroadcastHashJoin':
    case 'BroadcastNestedLoopJoin': return partitioningOf(p.build === 'left' ? p.right : p.left)
    default: return UNKNOWN
  }
}

/** A partitioning seen through columns that may have new names. */
function renamed(of: Partitioning, columns: readonly Resolved[]): Partitioning {
  if (of.kind !== 'hash' && of.kind !== 'range') return of
  const through = (e: Resolved): Resolved | null => {
    if (e.k !== 'attr') return null
    const c = columns.find((x) => (x.k === 'attr' && x.id === e.id) || (x.k === 'alias' && x.child.k === 'attr' && x.child.id === e.id))
    return c ? attr(toAttribute(c)) : null
  }
  if (of.kind === 'hash') {
    const keys = of.keys.map(through)
    return keys.every((k) => k !== null) ? { ...of, keys } : UNKNOWN
  }
  const order = of.order.map((o) => ({ ...o, expr: through(o.expr) }))
  return order.every((o): o is SortKey => o.expr !== null) ? { ...of, order } : UNKNOWN
}

export function orderingOf(p: Physical): SortKey[] {
  switch (p.op) {
    case 'Sort': return p.order
    case 'Range': return [{ expr: attr(p.output[0]!), ascending: p.step > 0n, nullsFirst: p.step > 0n }]
    case 'Filter':
    case 'LocalLimit':
    case 'GlobalLimit':
    case 'Sample': return orderingOf(p.child)
    case 'Project': {
      const kept: SortKey[] = []
      for (const o of orderingOf(p.child)) {
        if (o.expr.k !== 'attr') break
        const id = o.expr.id
        const c = p.columns.find((x) => (x.k === 'attr' && x.id === id) || (x.k === 'alias' && x.child.k === 'attr' && x.child.id === id))
        if (!c) break
        kept.push({ ...o, expr: attr(toAttribute(c)) })
      }
      return kept
    }
    case 'SortMergeJoin': return p.how === 'inner' || p.how === 'left' || p.how === 'leftsemi' || p.how === 'leftanti' ? p.leftKeys.map((expr) => ({ expr, ascending: true, nullsFirst: true })) : []
    default: return []
  }
}

const sorted = (p: Physical, keys: readonly SortKey[]): boolean => {
  const have = orderingOf(p)
  return keys.length <= have.length && keys.every((k, i) => semantic(k.expr) === semantic(have[i]!.expr) && k.ascending === have[i]!.ascending && k.nullsFirst === have[i]!.nullsFirst)
}

/** Rows with equal keys lie in one partition. */
function clustered(p: Physical, keys: readonly Resolved[]): boolean {
  const of = partitioningOf(p)
  if (of.kind === 'single') return true
  if (keys.length === 0) return false
  const texts = new Set(keys.map(semantic))
  if (of.kind === 'hash') return of.keys.every((k) => texts.has(semantic(k)))
  return of.kind === 'range' && of.order.every((o) => texts.has(semantic(o.expr)))
}

export function ensureRequirements(p: Physical, conf: Conf, nextId: () => number): Physical {
  // What is cached was planned when it was cached.
  if (p.op === 'InMemoryTableScan') return p
  const q = withChildrenOf(p, childrenOf(p).map((c) => ensureRequirements(c, conf, nextId)))
  const n = shufflePartitionsOf(conf)
  const exchange = (child: Physical, partitioning: Partitioning): Physical => {
    // An exchange right below, put there by the learner, is replaced when it was without a number.
    const inner = child.op === 'Exchange' && child.origin !== 'REPARTITION_BY_NUM' ? child.child : child
    return { op: 'Exchange', partitioning, origin: 'ENSURE_REQUIREMENTS', child: inner, id: nextId(), output: child.output }
  }
  switch (q.op) {
    case 'HashAggregate': {
      if (q.mode !== 'final' && q.mode !== 'merge') return q
      if (clustered(q.child, q.keys)) return q
      return { ...q, child: exchange(q.child, q.keys.length ? { kind: 'hash', keys: q.keys, partitions: n } : SINGLE) }
    }
    case 'Sort': {
      if (!q.global) return sorted(q.child, q.order) ? q.child : q
      const of = partitioningOf(q.child)
      const ranged = of.kind === 'range' && q.order.length >= of.order.length && of.order.every((o, i) => semantic(o.expr) === semantic(q.order[i]!.expr) && o.ascending === q.order[i]!.ascending)
      const child = of.kind === 'single' || ranged ? q.child : exchange(q.child, { kind: 'range', order: q.order, partitions: n })
      return sorted(child, q.order) ? child : { ...q, child }
    }
    case 'GlobalLimit': return partitioningOf(q.child).kind === 'single' ? q : { ...q, child: exchange(q.child, SINGLE) }
    case 'SortMergeJoin': return mergeJoin(q, n, exchange)
    case 'BroadcastNestedLoopJoin': {
      if (q.how !== 'full') return q
      // Without keys nothing tells which rows of the build side were met: all rows of the other go through one task.
      return partitioningOf(q.left).kind === 'single' ? q : { ...q, left: exchange(q.left, SINGLE) }
    }
    default: return q
  }
}

function mergeJoin(q: Extract<Physical, { op: 'SortMergeJoin' }>, n: number, exchange: (child: Physical, p: Partitioning) => Physical): Physical {
  const { leftKeys, rightKeys } = q
  const exactly = (of: Partitioning, keys: readonly Resolved[]) => of.kind === 'hash' && of.keys.length === keys.length && of.keys.every((k, i) => semantic(k) === semantic(keys[i]!))
  const [lp, rp] = [partitioningOf(q.left), partitioningOf(q.right)]
  const [lh, rh] = [exactly(lp, leftKeys), exactly(rp, rightKeys)]
  let { left, right } = q
  const count = (p: Partitioning) => (p.kind === 'hash' ? p.partitions : 0)
  if (lp.kind === 'single' && rp.kind === 'single') {
    // Both in one partition: they meet there.
  } else if (lh && rh && count(lp) === count(rp)) {
    // Alike already.
  } else if (lh && (!rh || count(lp) >= count(rp)) && count(lp) >= n) right = exchange(right, { kind: 'hash', keys: rightKeys, partitions: count(lp) })
  else if (rh && count(rp) >= n) left = exchange(left, { kind: 'hash', keys: leftKeys, partitions: count(rp) })
  else {
    left = exchange(left, { kind: 'hash', keys: leftKeys, partitions: n })
    right = exchange(right, { kind: 'hash', keys: rightKeys, partitions: n })
  }
  const sort = (child: Physical, keys: Resolved[]): Physical => {
    const order = keys.map((expr) => ({ expr, ascending: true, nullsFirst: true }))
    return sorted(child, order) ? child : { op: 'Sort', order, global: false, child, output: child.output }
  }
  return { ...q, left: sort(left, leftKeys), right: sort(right, rightKeys) }
}
