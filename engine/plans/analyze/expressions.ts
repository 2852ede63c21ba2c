/** Unresolved expressions to resolved ones. */
import type { DataType, Expression } from '../contract.ts'
import { AnalysisError, mismatch } from '../errors.ts'
import type { Attribute, Resolved } from '../resolved.ts'
import { isDecimal, isIntegral, parseType, quoteName, sqlType } from '../types.ts'
import { checkCast } from './cast-rules.ts'
import { unify, type Rules } from './coercion.ts'
import { AGGREGATES, checkNumber, FUNCTIONS, setSqlText, want } from './functions.ts'
import { hasAggregate } from './nodes.ts'
import { field, findColumn, unresolvedColumn, type Scope } from './scope.ts'
import { pretty } from './sql-text.ts'

setSqlText(pretty)

export interface Resolver {
  scope: Scope
  rules: Rules
  nextId(): number
  /** Part of the seed of rand() without one. */
  salt: number
  /** The attribute that `frame["name"]` meant, or an error; null when the frame is not known. */
  frameColumn(frame: number, name: string): Resolved | null
}

const GENERATORS = new Set(['explode', 'explode_outer', 'posexplode', 'posexplode_outer'])
/** Other names of the same functions. */
const ALIASES: Record<string, string> = { mean: 'avg', '==': '=', approx_percentile: 'percentile_approx', percentile: 'percentile_approx', pow: 'power', ceiling: 'ceil', sign: 'signum', ucase: 'upper', lcase: 'lower', char_length: 'length', substr: 'substring', day: 'dayofmonth', dateadd: 'date_add', isnotNull: 'isnotnull', sha: 'sha1', std: 'stddev', every: 'bool_and', some: 'bool_or' }

export function resolve(e: Expression, r: Resolver): Resolved {
  switch (e.expr) {
    case 'literal': return { k: 'lit', value: e.value, type: literalType(e.dataType, e.value) }
    case 'column': return column(e, r)
    case 'star': throw new AnalysisError('INVALID_USAGE_OF_STAR_OR_REGEX', "Invalid usage of '*' in expression.", '42000')
    case 'alias': {
      const child = resolve(e.child, r)
      return { k: 'alias', child, name: e.name, id: r.nextId(), type: child.type }
    }
    case 'cast': {
      const child = resolve(e.child, r)
      const type = typeof e.to === 'string' ? parseType(e.to) : e.to
      if (!type) throw new AnalysisError('UNSUPPORTED_DATATYPE', `Unsupported data type "${(e.to as string).toUpperCase()}".`, '0A000', 'pyspark.errors.ParseException')
      checkCast(child.type, type, r.rules.ansi, () => `CAST(${pretty(child)} AS ${sqlType(type)})`)
      return { k: 'cast', child, type, ansi: r.rules.ansi, zone: r.rules.zone }
    }
    case 'when': return conditional(e, r)
    case 'sort': return resolve(e.child, r)
    case 'item': return item(e, r)
    case 'call': return call(e, r)
  }
}

function literalType(t: DataType, value: unknown): DataType {
  // Python numbers come as integer or long; one that does not fit is a long in any case.
  return t === 'integer' && typeof value === 'number' && Math.abs(value) > 2147483648 ? 'long' : t
}

function column(e: Extract<Expression, { expr: 'column' }>, r: Resolver): Resolved {
  if (e.frame !== undefined) {
    const a = r.frameColumn(e.frame, e.name)
    if (a) return a
  }
  return findColumn(e.name, r.scope) ?? fail(unresolvedColumn(e.name, r.scope.attributes))
}

function fail(e: Error): never {
  throw e
}

function conditional(e: Extract<Expression, { expr: 'when' }>, r: Resolver): Resolved {
  const whens = e.branches.map((b) => resolve(b.when, r))
  const thens = e.branches.map((b) => resolve(b.then, r))
  const otherwise = e.otherwise ? resolve(e.otherwise, r) : undefined
  const raw: Resolved = { k: 'case', branches: whens.map((when, i) => ({ when, then: thens[i]! })), ...(otherwise ? { otherwise } : {}), type: 'null' }
  whens.forEach((w, i) => {
    if (w.type !== 'boolean') throw mismatch('UNEXPECTED_INPUT_TYPE', pretty(raw), `The ${['first', 'second', 'third', 'fourth'][i] ?? `${i + 1}th`} parameter requires the "BOOLEAN" type, however "${pretty(w)}" has the type "${sqlType(w.type)}".`)
  })
  const u = unify([...thens, ...(otherwise ? [otherwise] : [])], r.rules)
  if (!u) throw mismatch('DATA_DIFF_TYPES', pretty(raw), `Input to \`casewhen\` should all be the same type, but it's [${[...thens, ...(otherwise ? [otherwise] : [])].map((x) => `"${sqlType(x.type)}"`).join(', ')}].`)
  return { k: 'case', branches: whens.map((when, i) => ({ when, then: u.args[i]! })), ...(otherwise ? { otherwise: u.args.at(-1)! } : {}), type: u.type }
}

function item(e: Extract<Expression, { expr: 'item' }>, r: Resolver): Resolved {
  const child = resolve(e.child, r)
  const t = child.type
  const isStruct = (x: DataType) => typeof x === 'object' && x.type === 'struct'
  if (e.key.expr === 'literal' && typeof e.key.value === 'string' && (isStruct(t) || (typeof t === 'object' && t.type === 'array' && isStruct(t.element)))) return field(child, e.key.value, r.scope.caseSensitive)
  const key = resolve(e.key, r)
  const base = { k: 'call' as const, name: 'item', ansi: r.rules.ansi, zone: r.rules.zone, nullable: true }
  if (typeof t === 'object' && t.type === 'array') {
    if (!isIntegral(key.type)) throw mismatch('UNEXPECTED_INPUT_TYPE', `${pretty(child)}[${pretty(key)}]`, `The second parameter requires the "INTEGRAL" type, however "${pretty(key)}" has the type "${sqlType(key.type)}".`)
    return { ...base, args: [child, key], type: t.element }
  }
  if (typeof t === 'object' && t.type === 'map') return { ...base, args: [child, want(key, t.key, 1, r.rules, () => `${pretty(child)}[${pretty(key)}]`)], type: t.value }
  throw new AnalysisError('INVALID_EXTRACT_BASE_FIELD_TYPE', `Can't extract a value from "${pretty(child)}". Need a complex type [STRUCT, ARRAY, MAP] but got "${sqlType(t)}".`, '42000')
}

function call(e: Extract<Expression, { expr: 'call' }>, r: Resolver): Resolved {
  const name = ALIASES[e.name] ?? e.name
  const { ansi, zone } = r.rules
  const starCount = name === 'count' && e.args.length === 1 && e.args[0]!.expr === 'star' && !e.distinct
  const args = starCount ? [{ k: 'lit' as const, value: 1, type: 'integer' as const }] : e.args.flatMap((a) => (a.expr === 'star' ? r.scope.attributes.map((x): Resolved => ({ k: 'attr', id: x.id, name: x.name, type: x.dataType, nullable: x.nullable })) : [resolve(a, r)]))
  if (GENERATORS.has(name)) return generator(name, args)
  const aggregate = AGGREGATES[name]
  if (aggregate) {
    const raw: Resolved = { k: 'agg', fn: name, args, distinct: e.distinct ?? false, type: 'null', nullable: true, ansi, id: 0 }
    if (args.some(hasAggregate)) throw new AnalysisError('NESTED_AGGREGATE_FUNCTION', 'It is not allowed to use an aggregate function in the argument of another aggregate function. Please use the inner aggregate function in a sub-query.', '42607')
    const t = aggregate(args.map(unalias), r.rules, () => pretty(raw), name)
    const distinct = (e.distinct ?? false) && !['min', 'max', 'collect_set', 'bool_and', 'bool_or'].includes(name)
    return { k: 'agg', fn: name, args: t.args, distinct, type: t.type, nullable: t.nullable, ansi, id: r.nextId() }
  }
  const rule = FUNCTIONS[name]
  if (!rule) throw new AnalysisError('UNRESOLVED_ROUTINE', `Cannot resolve routine ${quoteName(e.name)} on search path [\`system\`.\`builtin\`, \`system\`.\`session\`, \`spark_catalog\`.\`default\`].`, '42883')
  const plain = name === 'struct' ? args : args.map(unalias)
  const raw: Resolved = { k: 'call', name, args: plain, type: 'null', nullable: true, ansi, zone }
  checkNumber(name, plain.length)
  const t = rule(plain, r.rules, () => pretty(raw), name)
  const renamed = t.type === 'date' && (name === '+' || name === '-') ? (name === '+' ? 'date_add' : 'date_sub') : name
  const seed = renamed === 'rand' || renamed === 'randn' ? t.seed ?? r.salt + r.nextId() * 7919 : undefined
  return { k: 'call', name: renamed, args: t.args, type: t.type, nullable: t.nullable, ansi, zone, ...(seed === undefined ? {} : { seed }) }
}

/** A name in the middle of an expression has no effect. */
const unalias = (e: Resolved): Resolved => (e.k === 'alias' ? e.child : e)

function generator(name: string, args: Resolved[]): Resolved {
  const child = unalias(args[0]!)
  const t = child.type
  if (typeof t !== 'object' || isDecimal(t) || t.type === 'struct') throw mismatch('UNEXPECTED_INPUT_TYPE', `${name.replace('_outer', '')}(${pretty(child)})`, `The first parameter requires the ("ARRAY" or "MAP") type, however "${pretty(child)}" has the type "${sqlType(t)}".`)
  return { k: 'gen', fn: name.startsWith('pos') ? 'posexplode' : 'explode', outer: name.endsWith('_outer'), child, type: t }
}

/** Columns that a generator gives, in order, before they are named by the learner. */
export function generatedAttributes(g: Extract<Resolved, { k: 'gen' }>, names: string[] | undefined, nextId: () => number): Attribute[] {
  const out: { name: string; dataType: DataType; nullable: boolean }[] = []
  if (g.fn === 'posexplode') out.push({ name: 'pos', dataType: 'integer', nullable: g.outer })
  const t = g.type
  if (typeof t === 'object' && t.type === 'map') out.push({ name: 'key', dataType: t.key, nullable: g.outer }, { name: 'value', dataType: t.value, nullable: g.outer || t.valueContainsNull })
  else if (typeof t === 'object' && t.type === 'array') out.push({ name: 'col', dataType: t.element, nullable: g.outer || t.containsNull })
  return out.map((a, i) => ({ ...a, name: names?.[i] ?? a.name, id: nextId() }))
}

/** A condition must be a boolean. */
export function asCondition(e: Resolved): Resolved {
  if (e.type === 'boolean') return e
  throw mismatch('FILTER_NOT_BOOLEAN', pretty(e), `Filter expression "${pretty(e)}" of type "${sqlType(e.type)}" is not a boolean.`)
}

/** Gives an expression a name if it has none: the column name Spark would show. */
export function named(e: Resolved, nextId: () => number): Resolved {
  if (e.k === 'attr' || e.k === 'alias') return e
  // A cast keeps the name of the column it casts.
  if (e.k === 'cast' && (e.child.k === 'attr' || e.child.k === 'alias')) return { k: 'alias', child: e, name: e.child.name, id: nextId(), type: e.type }
  const name = e.k === 'call' && e.name === 'field' ? pretty(e).split('.').at(-1)! : pretty(e)
  return { k: 'alias', child: e, name, id: nextId(), type: e.type }
}
