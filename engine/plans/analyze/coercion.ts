/** Which types meet where two values meet, ANSI and legacy. */
import type { DataType } from '../contract.ts'
import { mismatch } from '../errors.ts'
import type { Resolved } from '../resolved.ts'
import { decimal, decimalFor, isDecimal, isFractional, isIntegral, isNumeric, sameType, sqlType, type DecimalType } from '../types.ts'
import { nullable } from './nodes.ts'

export interface Rules {
  ansi: boolean
  zone: string
}

/** The expression as another type, by a cast that names do not show. */
export function coerce(e: Resolved, type: DataType, r: Rules): Resolved {
  if (sameType(e.type, type)) return e
  if (e.k === 'lit' && e.value === null) return { k: 'lit', value: null, type }
  return { k: 'cast', child: e, type, ansi: r.ansi, implicit: true, zone: r.zone }
}

const ORDER: DataType[] = ['byte', 'short', 'integer', 'long', 'float', 'double']

/** The numeric type that holds both. */
export function widerNumeric(a: DataType, b: DataType, r: Rules): DataType {
  if (sameType(a, b)) return a
  if (isDecimal(a) || isDecimal(b)) {
    if (isFractional(a) || isFractional(b)) return 'double'
    const [x, y] = [decimalFor(a), decimalFor(b)]
    const scale = Math.max(x.scale, y.scale)
    return bounded(Math.max(x.precision - x.scale, y.precision - y.scale) + scale, scale)
  }
  if (r.ansi && ((a === 'float' && isIntegral(b)) || (b === 'float' && isIntegral(a)))) return 'double'
  return ORDER[Math.max(ORDER.indexOf(a), ORDER.indexOf(b))]!
}

/** Precision and scale brought within 38 digits; at least six decimals stay when digits have to go. */
export function bounded(precision: number, scale: number): DecimalType {
  if (precision <= 38) return decimal(precision, scale)
  const whole = precision - scale
  return decimal(38, Math.max(38 - whole, Math.min(scale, 6)))
}

/** What a string becomes beside another type. */
function stringBeside(t: DataType, ansi: boolean): DataType {
  if (isIntegral(t)) return ansi ? 'long' : t
  if (isNumeric(t)) return 'double'
  return t
}

/** The common type of two values, or null. `forComparison` keeps legacy strings from swallowing everything. */
export function commonType(a: DataType, b: DataType, r: Rules, forComparison = false): DataType | null {
  if (sameType(a, b)) return a
  if (a === 'null') return b
  if (b === 'null') return a
  if (isNumeric(a) && isNumeric(b)) return widerNumeric(a, b, r)
  if ((a === 'date' && b === 'timestamp') || (a === 'timestamp' && b === 'date')) return 'timestamp'
  if (a === 'string' || b === 'string') {
    const other = a === 'string' ? b : a
    if (typeof other === 'object' && other.type !== 'decimal') return null
    if (other === 'binary') return r.ansi ? 'binary' : 'string'
    if (!r.ansi && !forComparison) return 'string'
    const beside = stringBeside(other, r.ansi)
    return isNumeric(other) && isNumeric(beside) ? widerNumeric(beside, isDecimal(other) ? 'double' : other, r) : beside
  }
  if (typeof a === 'object' && typeof b === 'object') {
    if (a.type === 'array' && b.type === 'array') {
      const element = commonType(a.element, b.element, r)
      return element && { type: 'array', element, containsNull: a.containsNull || b.containsNull }
    }
    if (a.type === 'map' && b.type === 'map') {
      const key = commonType(a.key, b.key, r)
      const value = commonType(a.value, b.value, r)
      return key && value && { type: 'map', key, value, valueContainsNull: a.valueContainsNull || b.valueContainsNull }
    }
    if (a.type === 'struct' && b.type === 'struct' && a.fields.length === b.fields.length) {
      const fields = a.fields.map((f, i) => ({ name: f.name, nullable: f.nullable || b.fields[i]!.nullable, dataType: commonType(f.dataType, b.fields[i]!.dataType, r) }))
      return fields.every((f) => f.dataType) ? { type: 'struct', fields: fields as { name: string; nullable: boolean; dataType: DataType }[] } : null
    }
  }
  return null
}

/** The decimal that just holds an integer literal. */
function literalDecimal(e: Resolved): DecimalType {
  if (e.k === 'lit' && typeof e.value === 'number' && isIntegral(e.type)) return decimal(Math.max(1, String(Math.abs(e.value)).length), 0)
  return decimalFor(e.type)
}

/** Both sides of an arithmetic operator made fit, and the type of the result. */
export function arithmetic(op: string, left: Resolved, right: Resolved, r: Rules, sql: () => string): { args: [Resolved, Resolved]; type: DataType } {
  let [a, b] = [left, right]
  if (a.type === 'null' && b.type === 'null') [a, b] = [coerce(a, 'double', r), coerce(b, 'double', r)]
  if (a.type === 'null') a = coerce(a, b.type, r)
  if (b.type === 'null') b = coerce(b, a.type, r)
  if (a.type === 'string' && b.type === 'string' && !r.ansi) [a, b] = [coerce(a, 'double', r), coerce(b, 'double', r)]
  if (a.type === 'string' && isNumeric(b.type)) a = coerce(a, r.ansi && isIntegral(b.type) ? 'long' : 'double', r)
  if (b.type === 'string' && isNumeric(a.type)) b = coerce(b, r.ansi && isIntegral(a.type) ? 'long' : 'double', r)
  // A text beside something that is no number is read as that; the operator then refuses it.
  const atomic = (t: DataType): boolean => t === 'boolean' || t === 'binary'
  if (a.type === 'string' && atomic(b.type)) a = coerce(a, b.type, r)
  if (b.type === 'string' && atomic(a.type)) b = coerce(b, a.type, r)
  if (!isNumeric(a.type) || !isNumeric(b.type)) {
    if (sameType(a.type, b.type)) throw mismatch('BINARY_OP_WRONG_TYPE', sql(), `the binary operator requires the input type ${op === '/' ? '("DOUBLE" or "DECIMAL")' : '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")'}, not "${sqlType(a.type)}".`.replace(op === '%' ? '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")' : '\0', '"NUMERIC"'))
    throw mismatch('BINARY_OP_DIFF_TYPES', sql(), `the left and right operands of the binary operator have incompatible types ("${sqlType(left.type)}" and "${sqlType(right.type)}").`)
  }
  if ((isDecimal(a.type) || isDecimal(b.type)) && !isFractional(a.type) && !isFractional(b.type)) {
    const x = isDecimal(a.type) ? a.type : literalDecimal(a)
    const y = isDecimal(b.type) ? b.type : literalDecimal(b)
    return { args: [coerce(a, x, r), coerce(b, y, r)], type: decimalResult(op, x, y) }
  }
  if (op === '/') return { args: [coerce(a, 'double', r), coerce(b, 'double', r)], type: 'double' }
  const type = widerNumeric(a.type, b.type, r)
  return { args: [coerce(a, type, r), coerce(b, type, r)], type }
}

/** Spark's rules for decimal results (§10.14 side: DecimalPrecision). */
export function decimalResult(op: string, a: DecimalType, b: DecimalType): DecimalType {
  const [p1, s1, p2, s2] = [a.precision, a.scale, b.precision, b.scale]
  const s = Math.max(s1, s2)
  switch (op) {
    case '*': return bounded(p1 + p2 + 1, s1 + s2)
    case '/': {
      const scale = Math.max(6, s1 + p2 + 1)
      return bounded(p1 - s1 + s2 + scale, scale)
    }
    case '%':
    case 'pmod': return bounded(Math.min(p1 - s1, p2 - s2) + s, s)
    default: return bounded(Math.max(p1 - s1, p2 - s2) + s + 1, s)
  }
}

/** True for arrays of texts: in a comparison they are not read as anything else. */
const textsInside = (t: DataType): boolean => typeof t === 'object' && t.type === 'array' && (t.element === 'string' || textsInside(t.element))

/** Both sides of a comparison as one type. */
export function comparable(a: Resolved, b: Resolved, r: Rules, sql: () => string): [Resolved, Resolved] {
  const t = commonType(a.type, b.type, r, true)
  if (!t || (r.ansi && typeof a.type === 'object' && typeof b.type === 'object' && textsInside(a.type) !== textsInside(b.type))) throw mismatch('BINARY_OP_DIFF_TYPES', sql(), `the left and right operands of the binary operator have incompatible types ("${sqlType(a.type)}" and "${sqlType(b.type)}").`)
  return [coerce(a, t, r), coerce(b, t, r)]
}

/** All of a list as one type; null when there is none. */
export function unify(list: readonly Resolved[], r: Rules): { args: Resolved[]; type: DataType } | null {
  let type: DataType | null = 'null'
  for (const e of list) {
    type = commonType(type, e.type, r)
    if (!type) return null
  }
  const t = type
  return { args: list.map((e) => coerce(e, t, r)), type: t }
}

export const anyNullable = (list: readonly Resolved[]): boolean => list.some(nullable)
