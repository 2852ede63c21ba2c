/** The logical rewrites that show in Spark's plans: constants folded, filters pushed down, projections merged, columns pruned. */
import type { Attribute, Logical, Resolved } from '../resolved.ts'
import { allOf, attr, conjuncts, deterministic, hasAggregate, lit, references, sameExpression, semantic, toAttribute, transform } from '../analyze/nodes.ts'
import { compile, NO_TASK } from '../expr/compile.ts'
import { toJson } from '../values.ts'

export interface OptimizeEnv {
  /** Epoch ms that current_timestamp and current_date mean. */
  now: number
  zone: string
}

export function optimize(plan: Logical, env: OptimizeEnv): Logical {
  let p = mapExpressions(dropMarks(plan), (e) => fold(e, env))
  for (let i = 0; i < 8; i++) {
    const before = p
    p = up(p, step)
    if (p === before) break
  }
  p = prune(up(p, notNulls), null)
  for (let i = 0; i < 4; i++) {
    const before = p
    p = up(p, step)
    if (p === before) break
  }
  return p
}

export function kids(p: Logical): Logical[] {
  if ('children' in p) return p.children
  if ('left' in p) return [p.left, p.right]
  return 'child' in p ? [p.child] : []
}

function withKids(p: Logical, next: Logical[]): Logical {
  const now = kids(p)
  if (now.every((k, i) => k === next[i])) return p
  if ('children' in p) return { ...p, children: next }
  if ('left' in p) return { ...p, left: next[0]!, right: next[1]! }
  return { ...p, child: next[0]! } as Logical
}

/** Bottom up. A cached plan is what it was when it was cached: nothing inside it is rewritten. */
function up(p: Logical, f: (p: Logical) => Logical): Logical {
  return f(p.op === 'cached' ? p : withKids(p, kids(p).map((k) => up(k, f))))
}

/** Aliases and hints have done their work at analysis. */
function dropMarks(p: Logical): Logical {
  if (p.op === 'cached') return p
  const q = withKids(p, kids(p).map(dropMarks))
  return q.op === 'alias' || q.op === 'hint' ? q.child : q
}

function mapExpressions(p: Logical, f: (e: Resolved) => Resolved): Logical {
  if (p.op === 'cached') return p
  const q = withKids(p, kids(p).map((k) => mapExpressions(k, f)))
  switch (q.op) {
    case 'project': return { ...q, columns: q.columns.map(f) }
    case 'filter': return { ...q, condition: f(q.condition) }
    case 'aggregate': return { ...q, grouping: q.grouping.map(f), columns: q.columns.map(f) }
    case 'sort': return { ...q, order: q.order.map((o) => ({ ...o, child: f(o.child) })) }
    case 'join': return q.condition ? { ...q, condition: f(q.condition) } : q
    case 'repartition': return { ...q, by: q.by.map(f) }
    case 'generate': return { ...q, generator: f(q.generator) as typeof q.generator }
    default: return q
  }
}

/** Computes what only constants make; what fails stays, to fail when a row meets it. */
export function fold(e: Resolved, env: OptimizeEnv): Resolved {
  return transform(e, (c) => {
    if (c.k === 'call' && (c.name === 'current_timestamp' || c.name === 'current_date')) {
      const v = compile(c, new Map(), { ...NO_TASK, now: env.now * 1000 })([])
      return lit(toJson(v, c.type), c.type)
    }
    if (c.k === 'call' && (c.name === 'and' || c.name === 'or')) return simplify(c)
    if ((c.k !== 'call' && c.k !== 'cast') || !deterministic(c)) return c
    const args = c.k === 'cast' ? [c.child] : c.args
    if (!args.every((a) => a.k === 'lit') || (c.k === 'call' && ['struct', 'array', 'map', 'toprettystring'].includes(c.name))) return c
    try {
      return lit(toJson(compile(c, new Map(), NO_TASK)([]), c.type), c.type)
    } catch {
      return c
    }
  })
}

function simplify(c: Extract<Resolved, { k: 'call' }>): Resolved {
  const is = (e: Resolved, v: boolean) => e.k === 'lit' && e.value === v
  const [a, b] = c.args as [Resolved, Resolved]
  const neutral = c.name === 'and'
  if (is(a, neutral)) return b
  if (is(b, neutral)) return a
  if (is(a, !neutral) || is(b, !neutral)) return lit(!neutral, 'boolean')
  return c
}

const substitute = (e: Resolved, map: ReadonlyMap<number, Resolved>): Resolved => transform(e, (c) => (c.k === 'attr' ? map.get(c.id) ?? c : c))

const definitions = (columns: readonly Resolved[]): Map<number, Resolved> => new Map(columns.flatMap((c) => (c.k === 'alias' ? [[c.id, c.child] as const] : [])))

function step(p: Logical): Logical {
  switch (p.op) {
    case 'project': return projectStep(p)
    case 'filter': return filterStep(p)
    case 'limit':
      if (p.child.op === 'limit') return { ...p.child, n: Math.min(p.n, p.child.n), output: p.output }
      return p
    case 'join': return joinStep(p)
    case 'aggregate':
      // Who only counts or compares does not ask for an order.
      return p.child.op === 'sort' && p.columns.every(orderless) ? { ...p, child: p.child.child } : p
    case 'repartition':
      // The outer of two repartitionings decides.
      return p.shuffle && p.child.op === 'repartition' ? { ...p, child: p.child.child } : p
    case 'sort':
      return p.global && p.child.op === 'sort' && p.order.every((o) => deterministic(o.child)) ? { ...p, child: p.child.child } : p
    default: return p
  }
}

/** True when its aggregates come out the same in any order of the rows. */
const orderless = (e: Resolved): boolean => {
  let all = true
  transform(e, (c) => {
    if (c.k === 'agg' && !(['count', 'min', 'max'].includes(c.fn) || (['sum', 'avg'].includes(c.fn) && c.args.every((a) => a.type !== 'float' && a.type !== 'double')))) all = false
    return c
  })
  return all
}

function projectStep(p: Extract<Logical, { op: 'project' }>): Logical {
  const { child } = p
  if (p.columns.length === child.output.length && p.columns.every((c, i) => c.k === 'attr' && c.id === child.output[i]!.id)) return child
  if (child.op === 'limit' && p.columns.every(deterministic)) return { ...child, child: { ...p, child: child.child }, output: p.output }
  if (child.op !== 'project' || !child.columns.every(deterministic)) return p
  const inner = definitions(child.columns)
  // Merging must not compute anything costly twice.
  const uses = new Map<number, number>()
  for (const c of p.columns) transform(c, (x) => (x.k === 'attr' ? (uses.set(x.id, (uses.get(x.id) ?? 0) + 1), x) : x))
  for (const [id, e] of inner) if ((uses.get(id) ?? 0) > 1 && e.k !== 'attr' && e.k !== 'lit') return p
  return { ...p, child: child.child, columns: p.columns.map((c) => rename(c, inner)) }
}

/** A column over the inner projection's inputs, its name and expression id kept. */
function rename(c: Resolved, inner: ReadonlyMap<number, Resolved>): Resolved {
  if (c.k === 'attr') {
    const d = inner.get(c.id)
    return d ? { k: 'alias', child: d, name: c.name, id: c.id, type: c.type } : c
  }
  return substitute(c, inner)
}

function filterStep(p: Extract<Logical, { op: 'filter' }>): Logical {
  const { child, condition } = p
  if (condition.k === 'lit' && condition.value === true) return child
  if (!deterministic(condition)) return p
  switch (child.op) {
    case 'filter':
      return deterministic(child.condition) ? { ...child, condition: allOf([child.condition, condition])! } : p
    case 'project': {
      if (!child.columns.every(deterministic) || child.columns.some(hasAggregate)) return p
      const below: Logical = { ...p, child: child.child, condition: substitute(condition, definitions(child.columns)), output: child.child.output }
      return { ...child, child: below }
    }
    case 'sort':
      return { ...child, child: { ...p, child: child.child, output: child.child.output } }
    case 'union':
      return { ...child, children: child.children.map((c) => ({ ...p, child: c, condition: substitute(condition, new Map(child.output.map((a, i) => [a.id, attr(c.output[i]!)]))), output: c.output })) }
    case 'aggregate': {
      if (!child.grouping.length) return p
      const keys = new Map<number, Resolved>(child.columns.flatMap((c) => {
        const e = c.k === 'alias' ? c.child : c
        const id = c.k === 'attr' || c.k === 'alias' ? c.id : -1
        return child.grouping.some((g) => sameExpression(g, e)) ? [[id, e] as const] : []
      }))
      const parts = conjuncts(condition)
      const down = parts.filter((c) => [...references(c)].every((id) => keys.has(id)))
      if (!down.length) return p
      const rest = allOf(parts.filter((c) => !down.includes(c)))
      const inner: Logical = { ...child, child: { op: 'filter', child: child.child, condition: substitute(allOf(down)!, keys), output: child.child.output } }
      return rest ? { ...p, child: inner, condition: rest } : inner
    }
    case 'join': return pushIntoJoin(p, child)
    default: return p
  }
}

const within = (e: Resolved, side: Logical): boolean => {
  const ids = new Set(side.output.map((a) => a.id))
  return [...references(e)].every((id) => ids.has(id))
}

const filtered = (child: Logical, list: Resolved[]): Logical => {
  const condition = allOf(list)
  return condition ? { op: 'filter', child, condition, output: child.output } : child
}

function pushIntoJoin(p: Extract<Logical, { op: 'filter' }>, j: Extract<Logical, { op: 'join' }>): Logical {
  const parts = conjuncts(p.condition)
  const toLeft = ['inner', 'cross', 'left', 'leftsemi', 'leftanti'].includes(j.how)
  const toRight = ['inner', 'cross', 'right'].includes(j.how)
  const left = parts.filter((c) => toLeft && within(c, j.left))
  const right = parts.filter((c) => toRight && !left.includes(c) && within(c, j.right))
  const inner = j.how === 'inner' || j.how === 'cross'
  const rest = parts.filter((c) => !left.includes(c) && !right.includes(c))
  const condition = inner ? allOf([...(j.condition ? [j.condition] : []), ...rest]) : j.condition
  if (!left.length && !right.length && !(inner && rest.length)) return p
  const joined: Logical = { ...j, left: filtered(j.left, left), right: filtered(j.right, right), ...(condition ? { condition } : {}), how: inner && condition ? 'inner' : j.how }
  return inner || !rest.length ? joined : { ...p, child: joined, condition: allOf(rest)! }
}

/** Parts of a join's condition that look at one side only are filters of that side. */
function joinStep(j: Extract<Logical, { op: 'join' }>): Logical {
  if (!j.condition) return j
  const parts = conjuncts(j.condition).filter(deterministic)
  const toLeft = ['inner', 'right', 'leftsemi'].includes(j.how)
  const toRight = ['inner', 'left', 'leftsemi', 'leftanti'].includes(j.how)
  const left = parts.filter((c) => toLeft && within(c, j.left) && references(c).size > 0)
  const right = parts.filter((c) => toRight && !left.includes(c) && within(c, j.right) && references(c).size > 0)
  if (!left.length && !right.length) return j
  const rest = allOf(conjuncts(j.condition).filter((c) => !left.includes(c) && !right.includes(c)))
  const { condition: _gone, ...bare } = j
  return { ...bare, left: filtered(j.left, left), right: filtered(j.right, right), ...(rest ? { condition: rest } : {}) }
}

/** Comparisons and join keys pass no nulls: Spark says so in a filter before them. */
function notNulls(p: Logical): Logical {
  const tests = (ids: Set<number>, output: readonly Attribute[], known: readonly Resolved[]): Resolved[] => {
    const have = new Set(known.map(semantic))
    return output.filter((a) => ids.has(a.id) && a.nullable).map((a): Resolved => ({ k: 'call', name: 'isnotnull', args: [attr(a)], type: 'boolean', nullable: false, ansi: true, zone: 'UTC' })).filter((t) => !have.has(semantic(t)))
  }
  if (p.op === 'filter') {
    const parts = conjuncts(p.condition)
    const ids = new Set<number>()
    for (const c of parts) if (strict(c)) for (const id of bareReferences(c)) ids.add(id)
    const extra = tests(ids, p.child.output, parts)
    return extra.length ? { ...p, condition: allOf([...extra, ...parts])! } : p
  }
  if (p.op === 'join' && p.condition) {
    const ids = new Set<number>()
    for (const c of conjuncts(p.condition)) if (strict(c)) for (const id of bareReferences(c)) ids.add(id)
    const side = (s: Logical, yes: boolean): Logical => {
      if (!yes) return s
      const known = s.op === 'filter' ? conjuncts(s.condition) : []
      const extra = tests(ids, s.output, known)
      if (!extra.length) return s
      return s.op === 'filter' ? { ...s, condition: allOf([...extra, ...known])! } : filtered(s, extra)
    }
    const left = side(p.left, ['inner', 'right', 'leftsemi'].includes(p.how))
    const right = side(p.right, ['inner', 'left', 'leftsemi', 'leftanti'].includes(p.how))
    return left === p.left && right === p.right ? p : { ...p, left, right }
  }
  return p
}

const COMPARISONS = new Set(['=', '<', '<=', '>', '>='])
const strict = (e: Resolved): boolean => e.k === 'call' && (COMPARISONS.has(e.name) || (e.name === 'not' && strict(e.args[0]!)) || ['like', 'rlike', 'startswith', 'endswith', 'contains'].includes(e.name))
const THROUGH = new Set(['=', '<', '<=', '>', '>=', 'not', '+', '-', '*', '%', 'like', 'rlike', 'startswith', 'endswith', 'contains'])

/** Attributes whose null makes the whole thing null. */
function bareReferences(e: Resolved): number[] {
  if (e.k === 'attr') return [e.id]
  if (e.k === 'cast') return bareReferences(e.child)
  return e.k === 'call' && THROUGH.has(e.name) ? e.args.flatMap(bareReferences) : []
}

const referencesOf = (list: readonly Resolved[]): Set<number> => {
  const out = new Set<number>()
  for (const e of list) references(e, out)
  return out
}

/** Leaves out columns nobody above asks for; null asks for all. */
function prune(p: Logical, wanted: Set<number> | null): Logical {
  const plus = (list: readonly Resolved[]): Set<number> | null => (wanted === null ? null : new Set([...wanted, ...referencesOf(list)]))
  switch (p.op) {
    case 'project': {
      const columns = wanted ? p.columns.filter((c) => wanted.has(toAttribute(c).id)) : p.columns
      return { ...p, columns, output: columns.map(toAttribute), child: prune(p.child, referencesOf(columns)) }
    }
    case 'aggregate': {
      const columns = wanted ? p.columns.filter((c) => wanted.has(toAttribute(c).id)) : p.columns
      const needed = referencesOf([...columns, ...p.grouping])
      return { ...p, columns, output: columns.map(toAttribute), child: narrowed(prune(p.child, needed), needed) }
    }
    case 'filter': {
      const child = prune(p.child, plus([p.condition]))
      return { ...p, child, output: child.output }
    }
    case 'sort': {
      const child = prune(p.child, plus(p.order.map((o) => o.child)))
      return { ...p, child, output: child.output }
    }
    case 'repartition': {
      const needed = plus(p.by)
      const child = prune(p.child, needed)
      const slim = needed && p.shuffle ? narrowed(child, needed) : child
      return { ...p, child: slim, output: slim.output }
    }
    case 'limit':
    case 'sample': {
      const child = prune(p.child, wanted)
      return { ...p, child, output: child.output }
    }
    case 'join': {
      const needed = plus(p.condition ? [p.condition] : [])
      const left = needed ? narrowed(prune(p.left, needed), needed) : prune(p.left, null)
      const right = needed ? narrowed(prune(p.right, needed), needed) : prune(p.right, null)
      const here = new Set([...left.output, ...right.output].map((a) => a.id))
      return { ...p, left, right, output: p.output.filter((a) => here.has(a.id)) }
    }
    case 'union': {
      const keep = p.output.map((a, i) => (wanted === null || wanted.has(a.id) ? i : -1)).filter((i) => i >= 0)
      const children = p.children.map((c) => {
        const own = keep.map((i) => c.output[i]!)
        const ids = new Set(own.map((a) => a.id))
        const slim = prune(c, ids)
        return slim.output.length === own.length && slim.output.every((a, i) => a.id === own[i]!.id) ? slim : ({ op: 'project', child: slim, columns: own.map(attr), output: own } satisfies Logical)
      })
      return { ...p, children, output: keep.map((i) => p.output[i]!) }
    }
    case 'generate': {
      const generated = new Set(p.generated.map((a) => a.id))
      const needed = wanted ? new Set([...[...wanted].filter((id) => !generated.has(id)), ...references(p.generator)]) : null
      const child = prune(p.child, needed)
      const own = wanted ? child.output.filter((a) => wanted.has(a.id)) : child.output
      return { ...p, child, output: [...own, ...p.generated] }
    }
    case 'read': {
      if (!wanted || p.format === 'json' && p.schema.some((f) => f.name === '_corrupt_record')) return p
      return { ...p, output: p.output.filter((a) => wanted.has(a.id)) }
    }
    default: return p
  }
}

/** A projection that lets only the needed columns through, where there are others. */
function narrowed(p: Logical, needed: Set<number>): Logical {
  const output = p.output.filter((a) => needed.has(a.id))
  if (output.length === p.output.length) return p
  return { op: 'project', child: p, columns: output.map(attr), output }
}
