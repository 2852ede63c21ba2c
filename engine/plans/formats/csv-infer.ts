/** Types of CSV columns from their texts, as CSVInferSchema finds them: each value widens what was found so far. */
import type { DataType } from '../contract.ts'
import { datetimeParser } from '../expr/datetime-pattern.ts'
import { parseTimestamp } from '../expr/calendar.ts'
import { decimal, isDecimal, isIntegral, sameType } from '../types.ts'
import type { CsvOptions } from './options.ts'

const DOUBLE = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?\s*$/

/** The type after one more value. */
export function inferToken(soFar: DataType, token: string | null, o: CsvOptions, zone: string): DataType {
  if (token === null || token === '' || token === o.nullValue) return soFar
  return merge(soFar, typeFrom(soFar, token, o, zone))
}

const LADDER: DataType[] = ['null', 'integer', 'long', 'double', 'date', 'timestamp', 'boolean', 'string']

/** Tries types from the one found so far upwards. */
function typeFrom(soFar: DataType, s: string, o: CsvOptions, zone: string): DataType {
  const rung = isDecimal(soFar) ? 2.5 : LADDER.indexOf(soFar)
  if (rung <= 1 && /^[+-]?\d{1,10}$/.test(s) && Math.abs(Number(s)) <= 2147483647 + (Number(s) < 0 ? 1 : 0)) return 'integer'
  if (rung <= 2 && /^[+-]?\d{1,19}$/.test(s) && BigInt.asIntN(64, BigInt(s.replace('+', ''))) === BigInt(s.replace('+', ''))) return 'long'
  if (rung <= 2.5 && /^[+-]?\d+$/.test(s) && s.replace(/^[+-]?0*/, '').length <= 38) return decimal(s.replace(/^[+-]?0*/, '').length || 1, 0)
  if (rung <= 3 && (DOUBLE.test(s) || s === o.nanValue || s === o.positiveInf || s === o.negativeInf || /^[+-]?Infinity$/.test(s))) return 'double'
  if (rung <= 4 && isDate(s, o)) return 'date'
  if (rung <= 5 && isTimestamp(s, o, zone)) return 'timestamp'
  return rung <= 6 && /^(true|false)$/i.test(s) ? 'boolean' : 'string'
}

const isDate = (s: string, o: CsvOptions): boolean => (o.dateFormat ?? 'yyyy-MM-dd') !== '' && datetimeParser(o.dateFormat ?? 'yyyy-MM-dd', 'UTC')(s) !== null

const isTimestamp = (s: string, o: CsvOptions, zone: string): boolean => (o.timestampFormat ? datetimeParser(o.timestampFormat, zone)(s) !== null : /^\d{4}-\d{1,2}-\d{1,2}[ T]/.test(s) && parseTimestamp(s, zone) !== null)

/** The narrowest type that holds both; string when there is none. */
export function merge(a: DataType, b: DataType): DataType {
  if (sameType(a, b) || b === 'null') return a
  if (a === 'null') return b
  if (isIntegral(a) && isIntegral(b)) return 'long'
  if (isDecimal(a) && isDecimal(b)) return decimal(Math.max(a.precision, b.precision), 0)
  if (isDecimal(a) && isIntegral(b)) return decimal(Math.max(a.precision, b === 'integer' ? 10 : 20), 0)
  if (isDecimal(b) && isIntegral(a)) return merge(b, a)
  const numeric = (t: DataType) => isIntegral(t) || isDecimal(t) || t === 'double'
  if (numeric(a) && numeric(b)) return 'double'
  if ((a === 'date' && b === 'timestamp') || (a === 'timestamp' && b === 'date')) return 'timestamp'
  return 'string'
}
