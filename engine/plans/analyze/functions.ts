/** What each function takes and gives. */
import type { DataType } from '../contract.ts'
import { AnalysisError, mismatch, NotHere } from '../errors.ts'
import type { Resolved } from '../resolved.ts'
import { decimal, isDecimal, isFractional, isIntegral, isNumeric, isOrderable, sqlType } from '../types.ts'
import { arithmetic, anyNullable, bounded, coerce, comparable, unify, type Rules } from './coercion.ts'
import { nullable } from './nodes.ts'

export interface Typed {
  args: Resolved[]
  type: DataType
  nullable: boolean
  seed?: number
}

type Sql = () => string
type Rule = (args: Resolved[], r: Rules, sql: Sql, name: string) => Typed

const ORDINAL = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth']
type Kind = DataType | 'numeric' | 'integral' | 'any' | 'array' | 'map' | 'orderable' | 'text' | 'bytes' | 'number' | 'days' | 'arrays' | 'strings'

const KIND_NAMES: Record<string, string> = { numeric: '"NUMERIC"', integral: '"INTEGRAL"', array: '"ARRAY"', map: '"MAP"', text: '"STRING"', bytes: '"BINARY"', number: '"NUMERIC"', days: '("INT" or "SMALLINT" or "TINYINT")', arrays: '"ARRAY" of "ARRAY"', strings: '"ARRAY<STRING>"' }

const isArray = (t: DataType): t is Extract<DataType, { type: 'array' }> => typeof t === 'object' && t.type === 'array'
const isMap = (t: DataType): t is Extract<DataType, { type: 'map' }> => typeof t === 'object' && t.type === 'map'

/** An argument as the kind its function wants, cast where Spark casts by itself. */
export function want(e: Resolved, kind: Kind, at: number, r: Rules, sql: Sql): Resolved {
  const t = e.type
  const refuse = () => mismatch('UNEXPECTED_INPUT_TYPE', sql(), `The ${ORDINAL[at] ?? `${at + 1}th`} parameter requires the ${typeof kind === 'string' && KIND_NAMES[kind] ? KIND_NAMES[kind] : `"${sqlType(kind as DataType)}"`} type, however "${sqlText(e)}" has the type "${sqlType(t)}".`)
  switch (kind) {
    case 'any': return e
    case 'orderable':
      if (!isOrderable(t)) throw mismatch('INVALID_ORDERING_TYPE', sql(), `The \`${sql().replace(/\(.*/s, '')}\` does not support ordering on type "${sqlType(t)}".`)
      return e
    case 'numeric':
      if (isNumeric(t)) return e
      if (t === 'string' || t === 'null') return coerce(e, 'double', r)
      throw refuse()
    case 'integral':
      if (isIntegral(t)) return e
      if (t === 'null') return coerce(e, 'integer', r)
      throw refuse()
    case 'text':
      if (t === 'string' || t === 'binary') return e
      if (typeof t === 'string' || isDecimal(t)) return coerce(e, 'string', r)
      throw refuse()
    case 'bytes':
      if (t === 'string' || t === 'binary') return e
      if (t === 'null') return coerce(e, 'binary', r)
      throw refuse()
    case 'number':
      if (isNumeric(t)) return e
      if (t === 'null') return coerce(e, 'double', r)
      throw refuse()
    case 'days':
      if (t === 'integer') return e
      if (t === 'short' || t === 'byte' || t === 'string' || t === 'null') return coerce(e, 'integer', r)
      throw refuse()
    case 'array':
      if (isArray(t)) return e
      if (t === 'null') return coerce(e, { type: 'array', element: 'null', containsNull: true }, r)
      throw refuse()
    case 'arrays':
      if (isArray(t) && isArray(t.element)) return e
      throw refuse()
    case 'strings':
      if (t === 'null' || (isArray(t) && (typeof t.element === 'string' || isDecimal(t.element)))) return coerce(e, { type: 'array', element: 'string', containsNull: true }, r)
      throw refuse()
    case 'map':
      if (isMap(t)) return e
      if (t === 'null') return coerce(e, { type: 'map', key: 'null', value: 'null', valueContainsNull: true }, r)
      throw refuse()
    default: {
      if (typeof kind === 'object') return coerce(e, kind, r)
      if (t === kind) return e
      if (t === 'null') return coerce(e, kind, r)
      if (kind === 'string' ? typeof t === 'string' || isDecimal(t) : isNumeric(kind) ? isNumeric(t) || t === 'string' : kind === 'boolean' ? t === 'string' : kind === 'binary' ? t === 'string' : t === 'string' || t === 'date' || t === 'timestamp') return coerce(e, kind, r)
      throw refuse()
    }
  }
}

let sqlText: (e: Resolved) => string = () => ''
/** Ties the texts of arguments in messages to the printer. */
export function setSqlText(f: (e: Resolved) => string): void {
  sqlText = f
}

/** Arguments of fixed kinds; those after `required` may be left out. */
const fn = (kinds: Kind[], type: DataType | ((args: Resolved[]) => DataType), options: { required?: number; nullable?: boolean } = {}): Rule => (args, r, sql, name) => {
  const required = options.required ?? kinds.length
  if (args.length < required || args.length > kinds.length) throw wrongNumber(name, required === kinds.length ? String(required) : `[${Array.from({ length: kinds.length - required + 1 }, (_, i) => required + i).join(', ')}]`, args.length)
  const fitted = args.map((a, i) => want(a, kinds[i]!, i, r, sql))
  return { args: fitted, type: typeof type === 'function' ? type(fitted) : type, nullable: options.nullable ?? anyNullable(fitted) }
}

export const wrongNumber = (name: string, expected: string, actual: number) => new AnalysisError('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', `The \`${name}\` requires ${expected} parameters but the actual number is ${actual}. Please, refer to 'https://spark.apache.org/docs/latest/sql-ref-functions.html' for a fix.`, '42605')

const binaryArithmetic = (op: string): Rule => (args, r, sql) => {
  const [a, b] = args as [Resolved, Resolved]
  const dated = dateArithmetic(op, a, b, r)
  if (dated) return dated
  const t = arithmetic(op, a, b, r, sql)
  return { ...t, nullable: anyNullable(args) || op === '/' || op === '%' || op === 'pmod' || isDecimal(t.type) }
}

const datetime = (e: Resolved): boolean => e.type === 'date' || e.type === 'timestamp'

/** `date + n` and `date - n`; the caller gives the call its other name. */
function dateArithmetic(op: string, a: Resolved, b: Resolved, r: Rules): Typed | null {
  const days = (e: Resolved) => e.type === 'integer' || e.type === 'short' || e.type === 'byte'
  if (op === '+' && a.type === 'date' && days(b)) return { args: [a, coerce(b, 'integer', r)], type: 'date', nullable: anyNullable([a, b]) }
  if (op === '+' && b.type === 'date' && days(a)) return { args: [b, coerce(a, 'integer', r)], type: 'date', nullable: anyNullable([a, b]) }
  const moment = (e: Resolved) => datetime(e) || e.type === 'string' || e.type === 'null'
  if (op === '-' && moment(a) && moment(b) && (datetime(a) || datetime(b))) throw new NotHere('Subtracting dates or timestamps gives an interval, which is not in Kindling: use datediff, or unix_timestamp')
  if (op === '-' && a.type === 'date' && days(b)) return { args: [a, coerce(b, 'integer', r)], type: 'date', nullable: anyNullable([a, b]) }
  return null
}

const comparison: Rule = (args, r, sql, name) => {
  const [a, b] = comparable(args[0]!, args[1]!, r, sql)
  if (!isOrderable(a.type) && !['=', '!=', '<=>'].includes(name)) throw mismatch('INVALID_ORDERING_TYPE', sql(), `The \`${name}\` does not support ordering on type "${sqlType(a.type)}".`)
  if (isMap(a.type)) throw mismatch('INVALID_ORDERING_TYPE', sql(), `The \`${name}\` does not support ordering on type "${sqlType(a.type)}".`)
  return { args: [a, b], type: 'boolean', nullable: name === '<=>' ? false : anyNullable([a, b]) }
}

const logic: Rule = (args, r, sql) => {
  const [left, right] = args as [Resolved, Resolved]
  const beside = (e: Resolved, other: Resolved): Resolved => (e.type === 'string' && other.type === 'boolean' && r.ansi ? coerce(e, 'boolean', r) : e)
  const [a, b] = [beside(left, right), beside(right, left)]
  const bool = (e: Resolved) => e.type === 'boolean' || e.type === 'null'
  if (!bool(a) || !bool(b)) {
    if (sqlType(a.type) === sqlType(b.type)) throw mismatch('BINARY_OP_WRONG_TYPE', sql(), `the binary operator requires the input type "BOOLEAN", not "${sqlType(a.type)}".`)
    throw mismatch('BINARY_OP_DIFF_TYPES', sql(), `the left and right operands of the binary operator have incompatible types ("${sqlType(a.type)}" and "${sqlType(b.type)}").`)
  }
  return { args: [a, b], type: 'boolean', nullable: anyNullable(args) }
}

const bitwise: Rule = (args, r, sql) => {
  const [left, right] = args as [Resolved, Resolved]
  const beside = (e: Resolved, other: Resolved): Resolved => (e.type === 'string' && isIntegral(other.type) ? coerce(e, r.ansi ? 'long' : other.type, r) : e)
  const [a, b] = [beside(left, right), beside(right, left)]
  if (!isIntegral(a.type) || !isIntegral(b.type)) throw mismatch(sqlType(a.type) === sqlType(b.type) ? 'BINARY_OP_WRONG_TYPE' : 'BINARY_OP_DIFF_TYPES', sql(), sqlType(a.type) === sqlType(b.type) ? `the binary operator requires the input type "INTEGRAL", not "${sqlType(a.type)}".` : `the left and right operands of the binary operator have incompatible types ("${sqlType(a.type)}" and "${sqlType(b.type)}").`)
  const t = arithmetic('+', a, b, r, sql)
  return { ...t, nullable: anyNullable(args) }
}

/** True when texts stand beside values of another kind. */
const mixed = (args: readonly Resolved[]): boolean => args.some((a) => a.type === 'string') && args.some((a) => a.type !== 'string' && a.type !== 'null')

/** The greatest or least: a text is never read as a number for it. */
const extreme: Rule = (args, r, sql, name) => {
  const texts = args.map((a) => `"${sqlType(a.type)}"`).join(', ')
  if (r.ansi && args.length > 1 && mixed(args)) throw mismatch('DATA_DIFF_TYPES', sql(), `Input to \`${name}\` should all be the same type, but it's [${texts}].`)
  return uniform(2, (t) => t, (a) => a.every(nullable))(args, r, sql, name)
}

/** All arguments as one type. */
const uniform = (minimum: number, type: (t: DataType, args: Resolved[]) => DataType, nullables: (args: Resolved[]) => boolean): Rule => (args, r, sql, name) => {
  if (args.length < minimum) throw wrongNumber(name, `> ${minimum - 1}`, args.length)
  const u = unify(args, r)
  if (!u) throw mismatch('DATA_DIFF_TYPES', sql(), `Input to \`${name}\` should all be the same type, but it's (${args.map((a) => `"${sqlType(a.type)}"`).join(' or ')}).`)
  return { args: u.args, type: type(u.type, u.args), nullable: nullables(u.args) }
}

const inRule: Rule = (args, r, sql) => {
  const u = unify(args, { ...r })
  if (!u) throw mismatch('DATA_DIFF_TYPES', sql(), `Input to \`in\` should all be the same type, but it's (${args.map((a) => `"${sqlType(a.type)}"`).join(' or ')}).`)
  if (!isOrderable(u.type)) throw mismatch('INVALID_ORDERING_TYPE', sql(), `The \`in\` does not support ordering on type "${sqlType(u.type)}".`)
  return { args: u.args, type: 'boolean', nullable: anyNullable(u.args) }
}

const rounding: Rule = (args, r, sql, name) => {
  if (args.length < 1 || args.length > 2) throw wrongNumber(name, '[1, 2]', args.length)
  const a = want(args[0]!, 'numeric', 0, r, sql)
  const scale = args[1] ? want(args[1], 'integer', 1, r, sql) : { k: 'lit' as const, value: 0, type: 'integer' as const }
  if (scale.k !== 'lit' && !(scale.k === 'cast' && scale.child.k === 'lit')) throw mismatch('NON_FOLDABLE_INPUT', sql(), `the input \`scale\` should be a foldable "INT" expression; however, got "${sqlText(args[1]!)}".`)
  const places = scale.k === 'lit' ? Number(scale.value) : scale.k === 'cast' && scale.child.k === 'lit' ? Number(scale.child.value) : 0
  let { type } = a
  if (isDecimal(type)) {
    const whole = type.precision - type.scale + 1
    type = places < 0 ? decimal(Math.max(whole, -places + 1), 0) : bounded(whole + Math.min(type.scale, places), Math.min(type.scale, places))
  }
  return { args: [a, scale], type, nullable: nullable(a) || isDecimal(type) }
}

const toWhole: Rule = (args, r, sql, name) => {
  if (args.length !== 1) throw wrongNumber(name, '1', args.length)
  const a = want(args[0]!, 'numeric', 0, r, sql)
  const { type } = a
  if (isDecimal(type)) return { args: [a], type: type.scale === 0 ? type : decimal(type.precision - type.scale + 1, 0), nullable: true }
  return { args: [a], type: 'long', nullable: nullable(a) }
}

const real = fn(['double'], 'double')
const logarithm = fn(['double'], 'double', { nullable: true })
const datePart = fn(['date'], 'integer')
const timePart = fn(['timestamp'], 'integer')
const elementOf = (t: DataType): DataType => (isArray(t) ? t.element : 'null')
const stringsOnly = (n: number): Rule => fn(new Array<Kind>(n).fill('string'), 'string')

const concat: Rule = (args, r, sql) => {
  if (args.some((a) => isArray(a.type))) return uniform(1, (t) => t, anyNullable)(args, r, sql, 'concat')
  if (args.length && args.every((a) => a.type === 'binary')) return { args, type: 'binary', nullable: anyNullable(args) }
  const fitted = args.map((a, i) => want(a, 'string', i, r, sql))
  return { args: fitted, type: 'string', nullable: anyNullable(fitted) }
}

const membership: Rule = (args, r, sql) => {
  if (args.some((a) => a.type === 'null')) throw mismatch('NULL_TYPE', sql(), 'Null typed values cannot be used as arguments of `array_contains`.')
  const list = want(args[0]!, 'array', 0, r, sql)
  const t = elementOf(list.type)
  const element: Resolved = { k: 'lit', value: null, type: t }
  const u = mixed([element, args[1]!]) ? null : unify([element, args[1]!], r)
  if (!u) throw mismatch('ARRAY_FUNCTION_DIFF_TYPES', sql(), `Input to \`array_contains\` should have been "ARRAY" followed by a value with same element type, but it's ["${sqlType(list.type)}", "${sqlType(args[1]!.type)}"].`)
  return { args: [coerce(list, { type: 'array', element: u.type, containsNull: true }, r), u.args[1]!], type: 'boolean', nullable: true }
}

const elementAt: Rule = (args, r, sql) => {
  const [c, k] = args as [Resolved, Resolved]
  if (isMap(c.type)) {
    const key: Resolved = { k: 'lit', value: null, type: c.type.key }
    const u = mixed([key, k]) ? null : unify([key, k], r)
    if (u === null || sqlType(u.type) !== sqlType(c.type.key)) throw mismatch('MAP_FUNCTION_DIFF_TYPES', sql(), `Input to \`element_at\` should have been "MAP" followed by a value with same key type, but it's ["${sqlType(c.type)}", "${sqlType(k.type)}"].`)
    return { args: [c, u.args[1]!], type: c.type.value, nullable: true }
  }
  const list = want(c, 'array', 0, r, sql)
  if (k.type !== 'integer' && k.type !== 'short' && k.type !== 'byte') throw mismatch('UNEXPECTED_INPUT_TYPE', sql(), `The second parameter requires the "INT" type, however "${sqlText(k)}" has the type "${sqlType(k.type)}".`)
  return { args: [list, want(k, 'integer', 1, r, sql)], type: elementOf(list.type), nullable: true }
}

const struct: Rule = (args) => ({
  args,
  type: { type: 'struct', fields: args.map((a, i) => ({ name: a.k === 'alias' || a.k === 'attr' ? a.name : a.k === 'call' && a.name === 'field' ? sqlText(a).split('.').at(-1)! : `col${i + 1}`, dataType: a.type, nullable: nullable(a) })) },
  nullable: false,
})

const mapRule: Rule = (args, r, sql, name) => {
  if (args.length % 2) throw wrongNumber(name, '2n (n > 0)', args.length)
  const keys = unify(args.filter((_, i) => i % 2 === 0), r)
  const values = unify(args.filter((_, i) => i % 2 === 1), r)
  if (!keys || !values) throw mismatch('CREATE_MAP_KEY_DIFF_TYPES', sql(), `The given keys of function \`map\` should all be the same type, but they are [${args.filter((_, i) => i % 2 === 0).map((a) => `"${sqlType(a.type)}"`).join(', ')}].`)
  if (isMap(keys.type)) throw mismatch('INVALID_MAP_KEY_TYPE', sql(), `The key of map cannot be/contain "${sqlType(keys.type)}".`)
  return { args: args.map((_, i) => (i % 2 ? values.args[(i - 1) / 2]! : keys.args[i / 2]!)), type: { type: 'map', key: keys.type, value: values.type, valueContainsNull: anyNullable(values.args) }, nullable: false }
}

/** Refuses what is neither text nor a moment, as functions that read moments from text do. */
function refuseMoment(a: Resolved, sql: Sql): never {
  throw mismatch('UNEXPECTED_INPUT_TYPE', sql(), `The first parameter requires the ("STRING" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ") type, however "${sqlText(a)}" has the type "${sqlType(a.type)}".`)
}

/** A date from text, with or without a pattern; a date or timestamp is cast, a number is seconds for a timestamp and else read as text. */
const parsed = (type: 'date' | 'timestamp'): Rule => (args, r, sql, name) => {
  const [a, p] = args
  if (!a || args.length > 2) throw wrongNumber(name, '[1, 2]', args.length)
  if (typeof a.type === 'object' && !isDecimal(a.type)) refuseMoment(a, sql)
  const pattern = p ? [want(p, 'string', 1, r, sql)] : []
  if (datetime(a) || a.type === 'null' || (isNumeric(a.type) && type === 'timestamp' && !p)) return { args: [coerce(a, type, r), ...pattern], type, nullable: nullable(a) }
  return { args: [coerce(a, 'string', r), ...pattern], type, nullable: true }
}

const unixTime: Rule = (args, r, sql) => {
  if (args.length === 0) return { args, type: 'long', nullable: false }
  const given = args[0]!
  if (given.type !== 'string' && given.type !== 'null' && !datetime(given)) refuseMoment(given, sql)
  const a = datetime(given) ? coerce(given, 'timestamp', r) : want(given, 'string', 0, r, sql)
  return { args: [a, args[1] ? want(args[1], 'string', 1, r, sql) : { k: 'lit', value: 'yyyy-MM-dd HH:mm:ss', type: 'string' }], type: 'long', nullable: true }
}

const seeded: Rule = (args, _r, sql) => {
  const s = args[0]
  const bare = s?.k === 'cast' ? s.child : s
  if (s && (bare?.k !== 'lit' || typeof bare.value !== 'number')) throw mismatch('NON_FOLDABLE_INPUT', sql(), `the input \`seed\` should be a foldable "INT or BIGINT" expression; however, got "${sqlText(s)}".`)
  return { args: [], type: 'double', nullable: false, ...(bare?.k === 'lit' ? { seed: Number(bare.value) } : {}) }
}

/** An array as texts, for what joins them. */
function joinable(a: Resolved, at: number, r: Rules, sql: Sql): Resolved {
  const element = elementOf(a.type)
  if (typeof element === 'object' && !isDecimal(element)) throw mismatch('UNEXPECTED_INPUT_TYPE', sql(), `The ${ORDINAL[at] ?? `${at + 1}th`} parameter requires the ("ARRAY<STRING>" or "STRING") type, however "${sqlText(a)}" has the type "${sqlType(a.type)}".`)
  return coerce(a, { type: 'array', element: 'string', containsNull: true }, r)
}

const hashing: Rule = (args, _r, sql) => {
  if (args.some((a) => isMap(a.type))) throw mismatch('HASH_MAP_TYPE', sql(), 'Input to the function `hash` cannot contain elements of the "MAP" type. In Spark, same maps may have different hashcode, thus hash expressions are prohibited on "MAP" elements. To restore previous behavior set "spark.sql.legacy.allowHashOnMapType" to "true".')
  return { args, type: 'integer', nullable: false }
}

export const FUNCTIONS: Record<string, Rule> = {
  '+': binaryArithmetic('+'), '-': binaryArithmetic('-'), '*': binaryArithmetic('*'), '/': binaryArithmetic('/'), '%': binaryArithmetic('%'), pmod: binaryArithmetic('pmod'),
  negative: fn(['numeric'], (a) => a[0]!.type), positive: fn(['numeric'], (a) => a[0]!.type), abs: fn(['numeric'], (a) => a[0]!.type),
  '&': bitwise, '|': bitwise, '^': bitwise, '~': fn(['integral'], (a) => a[0]!.type),
  '=': comparison, '!=': comparison, '<=>': comparison, '<': comparison, '<=': comparison, '>': comparison, '>=': comparison,
  and: logic, or: logic, not: fn(['boolean'], 'boolean'),
  isnull: fn(['any'], 'boolean', { nullable: false }), isnotnull: fn(['any'], 'boolean', { nullable: false }), in: inRule,
  like: fn(['string', 'string'], 'boolean'), ilike: fn(['string', 'string'], 'boolean'), rlike: fn(['string', 'string'], 'boolean'), startswith: fn(['string', 'string'], 'boolean'), endswith: fn(['string', 'string'], 'boolean'), contains: fn(['string', 'string'], 'boolean'),
  coalesce: uniform(1, (t) => t, (a) => a.every(nullable)), isnan: fn(['double'], 'boolean', { nullable: false }),
  nanvl: (args, r, sql) => {
    const t: DataType = args.every((a) => a.type === 'float') ? 'float' : 'double'
    return fn([t, t], t)(args, r, sql, 'nanvl')
  },
  greatest: extreme, least: extreme,
  sqrt: real, exp: real, signum: real, sin: real, cos: real, tan: real, asin: real, acos: real, atan: real, sinh: real, cosh: real, tanh: real, degrees: real, radians: real,
  power: fn(['double', 'double'], 'double'), atan2: fn(['double', 'double'], 'double'), ln: logarithm, log10: logarithm, log2: logarithm, log: fn(['double', 'double'], 'double', { required: 1, nullable: true }),
  round: rounding, bround: rounding, floor: toWhole, ceil: toWhole,
  upper: stringsOnly(1), lower: stringsOnly(1), trim: fn(['string', 'string'], 'string', { required: 1 }), ltrim: fn(['string', 'string'], 'string', { required: 1 }), rtrim: fn(['string', 'string'], 'string', { required: 1 }),
  length: fn(['text'], 'integer'), concat,
  concat_ws: (args, r, sql) => ({ args: args.map((a, i) => (isArray(a.type) && i > 0 ? joinable(a, i, r, sql) : want(a, 'string', i, r, sql))), type: 'string', nullable: args.length > 0 && nullable(args[0]!) }),
  substring: (args, r, sql, name) => (args[0]?.type === 'binary' ? fn(['binary', 'integer', 'integer'], 'binary', { required: 2 }) : fn(['string', 'integer', 'integer'], 'string', { required: 2 }))(args, r, sql, name), split: fn(['string', 'string', 'integer'], { type: 'array', element: 'string', containsNull: false }, { required: 2 }),
  regexp_replace: stringsOnly(3), regexp_extract: fn(['string', 'string', 'integer'], 'string', { required: 2 }), initcap: stringsOnly(1),
  reverse: (args, r, sql) => (isArray(args[0]?.type ?? 'null') ? { args, type: args[0]!.type, nullable: anyNullable(args) } : stringsOnly(1)(args, r, sql, 'reverse')),
  lpad: fn(['string', 'integer', 'string'], 'string'), rpad: fn(['string', 'integer', 'string'], 'string'), repeat: fn(['string', 'integer'], 'string'), instr: fn(['string', 'string'], 'integer'), locate: fn(['string', 'string', 'integer'], 'integer', { required: 2 }),
  format_number: fn(['number', 'integer'], 'string', { nullable: true }),
  format_string: (args, r, sql) => ({ args: args.map((a, i) => (i === 0 ? want(a, 'string', 0, r, sql) : a)), type: 'string', nullable: nullable(args[0]!) }),
  translate: stringsOnly(3), ascii: fn(['string'], 'integer'),
  array: uniform(0, (t, args) => ({ type: 'array', element: t, containsNull: anyNullable(args) }), () => false), array_contains: membership, struct, map: mapRule,
  array_distinct: fn(['array'], (a) => a[0]!.type), array_join: fn(['strings', 'string', 'string'], 'string', { required: 2 }), array_max: fn(['array'], (a) => elementOf(a[0]!.type), { nullable: true }), array_min: fn(['array'], (a) => elementOf(a[0]!.type), { nullable: true }),
  size: (args, r, sql) => {
    const list = isMap(args[0]!.type) ? args[0]! : want(args[0]!, 'array', 0, r, sql)
    return { args: [list], type: 'integer', nullable: r.ansi && anyNullable(args) }
  },
  sort_array: fn(['array', 'boolean'], (a) => a[0]!.type, { required: 1 }), element_at: elementAt, slice: fn(['array', 'integer', 'integer'], (a) => a[0]!.type), flatten: fn(['arrays'], (a) => elementOf(a[0]!.type), { nullable: true }),
  map_keys: fn(['map'], (a) => ({ type: 'array', element: isMap(a[0]!.type) ? a[0]!.type.key : 'null', containsNull: false })), map_values: fn(['map'], (a) => ({ type: 'array', element: isMap(a[0]!.type) ? a[0]!.type.value : 'null', containsNull: isMap(a[0]!.type) && a[0]!.type.valueContainsNull })),
  to_date: parsed('date'), to_timestamp: parsed('timestamp'), year: datePart, quarter: datePart, month: datePart, dayofmonth: datePart, dayofweek: datePart, dayofyear: datePart, weekofyear: datePart, hour: timePart, minute: timePart, second: timePart,
  date_add: fn(['date', 'days'], 'date'), date_sub: fn(['date', 'days'], 'date'), datediff: fn(['date', 'date'], 'integer'), add_months: fn(['date', 'integer'], 'date'), last_day: fn(['date'], 'date'), trunc: fn(['date', 'string'], 'date', { nullable: true }), date_trunc: fn(['string', 'timestamp'], 'timestamp', { nullable: true }),
  date_format: fn(['timestamp', 'string'], 'string'), unix_timestamp: unixTime,
  from_unixtime: (args, r, sql, name) => fn(['long', 'string'], 'string', { required: 1 })(args.length === 1 ? [...args, { k: 'lit', value: 'yyyy-MM-dd HH:mm:ss', type: 'string' }] : args, r, sql, name),
  current_date: fn([], 'date', { nullable: false }), current_timestamp: fn([], 'timestamp', { nullable: false }),
  hash: hashing, md5: fn(['bytes'], 'string'), sha1: fn(['bytes'], 'string'), sha2: fn(['bytes', 'integer'], 'string', { nullable: true }),
  rand: seeded, randn: seeded, monotonically_increasing_id: fn([], 'long', { nullable: false }), spark_partition_id: fn([], 'integer', { nullable: false }), input_file_name: fn([], 'string', { nullable: false }), raise_error: fn(['string'], 'null', { nullable: true }),
}

const sumType = (t: DataType): DataType => (isDecimal(t) ? decimal(t.precision + 10, t.scale) : isFractional(t) ? 'double' : 'long')
const avgType = (t: DataType): DataType => (isDecimal(t) ? bounded(t.precision + 4, t.scale + 4) : 'double')
const statistic = fn(['double'], 'double', { nullable: true })
const pair = fn(['double', 'double'], 'double', { nullable: true })
const anyOf = (a: Resolved[]): DataType => a[0]!.type
const listOf = (a: Resolved[]): DataType => ({ type: 'array', element: a[0]!.type, containsNull: false })

/** Timestamps add up as seconds. */
const seconds = (args: Resolved[], r: Rules): Resolved[] => args.map((a) => (a.type === 'timestamp' ? coerce(a, 'double', r) : a))

const collectSet: Rule = (args, r, sql, name) => {
  if (args[0] && isMap(args[0].type)) throw mismatch('UNSUPPORTED_INPUT_TYPE', sql(), `The input of \`collect_set\` can't be "MAP" or "COLLATED STRING" type data.`)
  return fn(['any'], listOf, { nullable: false })(args, r, sql, name)
}

export const AGGREGATES: Record<string, Rule> = {
  count: (args) => ({ args: args.length ? args : [{ k: 'lit', value: 1, type: 'integer' }], type: 'long', nullable: false }),
  sum: (given, r, sql, name) => {
    const args = seconds(given, r)
    const t = fn(['numeric'], (a) => sumType(a[0]!.type), { nullable: true })(args, r, sql, name)
    return { ...t, args: [isDecimal(t.args[0]!.type) ? t.args[0]! : coerce(t.args[0]!, t.type, r)] }
  },
  avg: (args, r, sql, name) => fn(['numeric'], (a) => avgType(a[0]!.type), { nullable: true })(seconds(args, r), r, sql, name),
  min: fn(['orderable'], anyOf, { nullable: true }), max: fn(['orderable'], anyOf, { nullable: true }),
  first: fn(['any', 'boolean'], anyOf, { required: 1, nullable: true }), last: fn(['any', 'boolean'], anyOf, { required: 1, nullable: true }), any_value: fn(['any', 'boolean'], anyOf, { required: 1, nullable: true }),
  collect_list: fn(['any'], listOf, { nullable: false }), collect_set: collectSet,
  stddev: statistic, stddev_samp: statistic, stddev_pop: statistic, variance: statistic, var_samp: statistic, var_pop: statistic, skewness: statistic, kurtosis: statistic, corr: pair, covar_samp: pair, covar_pop: pair,
  approx_count_distinct: fn(['any', 'double'], 'long', { required: 1, nullable: false }), max_by: fn(['any', 'orderable'], anyOf, { nullable: true }), min_by: fn(['any', 'orderable'], anyOf, { nullable: true }),
  median: statistic, mode: fn(['any'], anyOf, { nullable: true }), count_if: fn(['boolean'], 'long', { nullable: false }), bool_and: fn(['boolean'], 'boolean', { nullable: true }), bool_or: fn(['boolean'], 'boolean', { nullable: true }),
  percentile_approx: (args, r, sql, name) => {
    if (args.length < 2 || args.length > 3) throw wrongNumber(name, '[2, 3]', args.length)
    const a = datetime(args[0]!) ? args[0]! : want(args[0]!, 'numeric', 0, r, sql)
    const many = isArray(args[1]!.type)
    return { args: [a, many ? coerce(args[1]!, { type: 'array', element: 'double', containsNull: false }, r) : coerce(args[1]!, 'double', r)], type: many ? { type: 'array', element: a.type, containsNull: false } : a.type, nullable: true }
  },
}

/** Functions whose rules count on so many arguments. */
const EXACTLY: Record<string, number> = { pmod: 2, array_contains: 2, element_at: 2, nanvl: 2, size: 1, reverse: 1 }

/** Throws when a function that counts on it got another number of arguments (text of a condition can say anything). */
export function checkNumber(name: string, given: number): void {
  const wanted = EXACTLY[name] ?? (OPERATORS.has(name) ? 2 : undefined)
  if (wanted !== undefined && wanted !== given) throw wrongNumber(name, String(wanted), given)
}

const OPERATORS = new Set(['+', '-', '*', '/', '%', '&', '|', '^', '=', '!=', '<=>', '<', '<=', '>', '>=', 'and', 'or'])
