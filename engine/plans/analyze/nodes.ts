/** Making and walking resolved expressions. */
import type { DataType, JsonValue } from '../contract.ts'
import type { Attribute, Resolved } from '../resolved.ts'
import { sameType } from '../types.ts'

export const lit = (value: JsonValue, type: DataType): Resolved => ({ k: 'lit', value, type })
export const attr = (a: Attribute): Extract<Resolved, { k: 'attr' }> => ({ k: 'attr', id: a.id, name: a.name, type: a.dataType, nullable: a.nullable, ...(a.qualifier ? { qualifier: a.qualifier } : {}) })

/** Null is possible. */
export function nullable(e: Resolved): boolean {
  switch (e.k) {
    case 'lit': return e.value === null
    case 'attr':
    case 'call':
    case 'agg': return e.nullable
    case 'alias': return nullable(e.child)
    case 'cast': return nullable(e.child) || (!e.ansi && forcesNull(e.child.type, e.type)) || (e.child.type === 'string' && !e.ansi)
    case 'case': return !e.otherwise || nullable(e.otherwise) || e.branches.some((b) => nullable(b.then))
    case 'gen': return true
  }
}

/** A legacy cast between these types may give null where there was a value. */
function forcesNull(from: DataType, to: DataType): boolean {
  if (sameType(from, to) || to === 'string') return false
  return from === 'string' || typeof to === 'object' || from === 'timestamp' || (to === 'date')
}

/** The attribute a named expression gives. */
export function toAttribute(e: Resolved): Attribute {
  if (e.k === 'attr') return { id: e.id, name: e.name, dataType: e.type, nullable: e.nullable, ...(e.qualifier ? { qualifier: e.qualifier } : {}) }
  if (e.k === 'alias') return { id: e.id, name: e.name, dataType: e.type, nullable: nullable(e.child) }
  throw new Error(`${e.k} has no name`)
}

export function children(e: Resolved): Resolved[] {
  switch (e.k) {
    case 'alias':
    case 'cast':
    case 'gen': return [e.child]
    case 'call':
    case 'agg': return e.args
    case 'case': return [...e.branches.flatMap((b) => [b.when, b.then]), ...(e.otherwise ? [e.otherwise] : [])]
    default: return []
  }
}

/** The same node over other children. */
export function withChildren(e: Resolved, f: (c: Resolved) => Resolved): Resolved {
  switch (e.k) {
    case 'alias':
    case 'cast':
    case 'gen': {
      const child = f(e.child)
      return child === e.child ? e : { ...e, child }
    }
    case 'call':
    case 'agg': {
      const args = e.args.map(f)
      return args.every((a, i) => a === e.args[i]) ? e : { ...e, args }
    }
    case 'case': return { ...e, branches: e.branches.map((b) => ({ when: f(b.when), then: f(b.then) })), ...(e.otherwise ? { otherwise: f(e.otherwise) } : {}) }
    default: return e
  }
}

/** Bottom up. */
export function transform(e: Resolved, f: (c: Resolved) => Resolved): Resolved {
  return f(withChildren(e, (c) => transform(c, f)))
}

export function exists(e: Resolved, test: (c: Resolved) => boolean): boolean {
  return test(e) || children(e).some((c) => exists(c, test))
}

/** Expression ids an expression reads. */
export function references(e: Resolved, into = new Set<number>()): Set<number> {
  if (e.k === 'attr') into.add(e.id)
  for (const c of children(e)) references(c, into)
  return into
}

const UNSTABLE = new Set(['rand', 'randn', 'monotonically_increasing_id', 'spark_partition_id', 'input_file_name', 'raise_error'])
export const deterministic = (e: Resolved): boolean => !exists(e, (c) => c.k === 'call' && UNSTABLE.has(c.name))
/** The outermost aggregate calls in an expression, from left to right. */
export const aggregatesIn = (e: Resolved): Resolved[] => (e.k === 'agg' ? [e] : children(e).flatMap(aggregatesIn))
export const hasAggregate = (e: Resolved): boolean => exists(e, (c) => c.k === 'agg')

/** Equal but for names and expression ids of results. */
export function sameExpression(a: Resolved, b: Resolved): boolean {
  return semantic(a) === semantic(b)
}

/** A text that is the same for expressions that compute the same. */
export function semantic(e: Resolved): string {
  switch (e.k) {
    case 'attr': return `#${e.id}`
    case 'alias': return semantic(e.child)
    case 'lit': return `${JSON.stringify(e.value)}:${JSON.stringify(e.type)}`
    case 'cast': return `cast(${semantic(e.child)},${JSON.stringify(e.type)})`
    case 'agg': return `${e.fn}${e.distinct ? ' distinct' : ''}(${e.args.map(semantic).join(',')})`
    case 'call': return `${e.name}(${e.args.map(semantic).join(',')}${e.seed === undefined ? '' : `,seed ${e.seed}`})`
    case 'case': return `case(${e.branches.map((b) => `${semantic(b.when)}:${semantic(b.then)}`).join(',')};${e.otherwise ? semantic(e.otherwise) : ''})`
    case 'gen': return `${e.fn}(${semantic(e.child)})`
  }
}

/** The conditions that AND joins. */
export function conjuncts(e: Resolved): Resolved[] {
  return e.k === 'call' && e.name === 'and' ? e.args.flatMap(conjuncts) : [e]
}

export function allOf(list: readonly Resolved[]): Resolved | undefined {
  return list.length === 0 ? undefined : list.reduce((a, b) => ({ k: 'call', name: 'and', args: [a, b], type: 'boolean', nullable: nullable(a) || nullable(b), ansi: true, zone: 'UTC' }))
}
