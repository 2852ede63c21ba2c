/** An aggregate as steps before and after a shuffle. */
import { aggregator } from '../expr/aggregates.ts'
import type { AggregateCall, Attribute, Logical, Resolved } from '../resolved.ts'
import { attr, references, semantic, toAttribute, transform } from '../analyze/nodes.ts'
import type { Physical } from './physical.ts'

type Node = Extract<Logical, { op: 'aggregate' }>

interface Ids {
  fresh(): number
}

function makeCall(e: Extract<Resolved, { k: 'agg' }>, args: Resolved[], options: { deduped?: boolean; distinct: boolean }, ids: Ids): AggregateCall {
  const state = aggregator({ fn: e.fn, argTypes: args.map((a) => a.type), type: e.type, ansi: e.ansi, distinct: options.distinct }).state
  return { fn: e.fn, args, distinct: options.distinct, ...(options.deduped ? { deduped: true } : {}), type: e.type, nullable: e.nullable, ansi: e.ansi, id: e.id, buffer: state.map((s) => ({ name: s.name, dataType: s.dataType, nullable: true, id: ids.fresh() })) }
}

/** The rows that an aggregate step gives. */
export function stepOutput(keys: readonly Attribute[], calls: readonly AggregateCall[], states: boolean): Attribute[] {
  return states ? [...keys, ...calls.flatMap((c) => c.buffer)] : [...keys, ...calls.map((c) => ({ id: c.id, name: c.fn, dataType: c.type, nullable: c.nullable }))]
}

/**
 * Partial and final aggregate; with distinct arguments (one set of them) four steps: group by the arguments too,
 * merge, add what is left, merge again. Several sets of distinct arguments keep their values in the state instead of
 * being expanded.
 */
export function planAggregate(node: Node, child: Physical, ids: Ids): Physical {
  const { keys, keyOf, below } = pullOut(node, child, ids)
  const found = new Map<string, Extract<Resolved, { k: 'agg' }>>()
  for (const c of node.columns) collect(c, found)
  const aggs = [...found.values()]
  const results = node.columns.map((c) => final(c, keyOf, found))
  const keyAttrs = keys.map(toAttribute)
  const sets = new Set(aggs.filter((a) => a.distinct).map((a) => a.args.map(semantic).join('|')))
  const output = node.output
  if (sets.size !== 1) {
    const calls = aggs.map((a) => makeCall(a, a.args, { distinct: a.distinct }, ids))
    const partial: Physical = { op: 'HashAggregate', mode: 'partial', keys, calls, child: below, output: stepOutput(keyAttrs, calls, true) }
    return { op: 'HashAggregate', mode: 'final', keys: keyAttrs.map(attr), calls, results, child: partial, output }
  }
  const plain = aggs.filter((a) => !a.distinct).map((a) => makeCall(a, a.args, { distinct: false }, ids))
  const source = aggs.find((a) => a.distinct)!.args
  const named = source.map((e): Resolved => (e.k === 'attr' ? e : { k: 'alias', child: e, name: '_distinct', id: ids.fresh(), type: e.type }))
  const wide: Physical = named.some((n) => n.k === 'alias') ? project(below, named.filter((n) => n.k === 'alias')) : below
  const values = named.map(toAttribute)
  const deep = [...keyAttrs, ...values].filter((a, i, all) => all.findIndex((b) => b.id === a.id) === i)
  const first: Physical = { op: 'HashAggregate', mode: 'partial', keys: deep.map(attr), calls: plain, child: wide, output: stepOutput(deep, plain, true) }
  const second: Physical = { op: 'HashAggregate', mode: 'merge', keys: deep.map(attr), calls: plain, child: first, output: stepOutput(deep, plain, true) }
  const deduped = aggs.filter((a) => a.distinct).map((a) => makeCall(a, values.map(attr), { distinct: false, deduped: true }, ids))
  const all = [...plain, ...deduped]
  const third: Physical = { op: 'HashAggregate', mode: 'mixed', keys: keyAttrs.map(attr), calls: all, child: second, output: stepOutput(keyAttrs, all, true) }
  return { op: 'HashAggregate', mode: 'final', keys: keyAttrs.map(attr), calls: all, results, child: third, output }
}

function project(child: Physical, extra: Resolved[], needed?: ReadonlySet<number>): Physical {
  const columns = [...child.output.filter((a) => !needed || needed.has(a.id)).map(attr), ...extra]
  return { op: 'Project', columns, child, output: columns.map(toAttribute) }
}

/** Grouping expressions that are no columns get one, below the aggregate. */
function pullOut(node: Node, child: Physical, ids: Ids): { keys: Extract<Resolved, { k: 'attr' }>[]; keyOf: Map<string, Resolved>; below: Physical } {
  const extra: Resolved[] = []
  const keyOf = new Map<string, Resolved>()
  const keys: Extract<Resolved, { k: 'attr' }>[] = []
  for (const g of node.grouping) {
    if (keyOf.has(semantic(g))) continue
    if (g.k === 'attr') {
      keys.push(g)
      keyOf.set(semantic(g), g)
      continue
    }
    const alias: Resolved = { k: 'alias', child: g, name: '_groupingexpression', id: ids.fresh(), type: g.type }
    extra.push(alias)
    const a = attr(toAttribute(alias))
    keys.push(a)
    keyOf.set(semantic(g), a)
  }
  // What a key is made from goes no further unless an aggregate asks for it.
  const aggs = new Map<string, Extract<Resolved, { k: 'agg' }>>()
  for (const c of node.columns) collect(c, aggs)
  const needed = new Set([...keys.map((k) => k.id), ...[...aggs.values()].flatMap((a) => a.args.flatMap((e) => [...references(e)]))])
  return { keys, keyOf, below: extra.length ? project(child, extra, needed) : child }
}

function collect(e: Resolved, into: Map<string, Extract<Resolved, { k: 'agg' }>>): void {
  transform(e, (c) => {
    if (c.k === 'agg' && !into.has(semantic(c))) into.set(semantic(c), c)
    return c
  })
}

/** A result column over keys and aggregate results. */
function final(e: Resolved, keyOf: Map<string, Resolved>, found: Map<string, Extract<Resolved, { k: 'agg' }>>): Resolved {
  const swap = (x: Resolved): Resolved => {
    if (x.k === 'agg') {
      const a = found.get(semantic(x))!
      return { k: 'attr', id: a.id, name: a.fn, type: a.type, nullable: a.nullable }
    }
    const key = keyOf.get(semantic(x))
    if (key && x.k !== 'alias') return key
    switch (x.k) {
      case 'alias': return { ...x, child: swap(x.child) }
      case 'cast': return { ...x, child: swap(x.child) }
      case 'call': return { ...x, args: x.args.map(swap) }
      case 'case': return { ...x, branches: x.branches.map((b) => ({ when: swap(b.when), then: swap(b.then) })), ...(x.otherwise ? { otherwise: swap(x.otherwise) } : {}) }
      default: return x
    }
  }
  return swap(e)
}
