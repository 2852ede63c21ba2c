/** CSV tokens to rows of a schema, with the three modes for records that do not fit. */
import type { DataType, Schema } from '../contract.ts'
import { SparkRuntimeError } from '../errors.ts'
import type { Row } from '../fragment.ts'
import { stringifier } from '../expr/format.ts'
import { datetimeParser } from '../expr/datetime-pattern.ts'
import { localTime, parseTimestamp, parseDate } from '../expr/calendar.ts'
import { isDecimal } from '../types.ts'
import { fitsPrecision, long, parseDecimal, type Long } from '../values.ts'
import type { CsvOptions } from './options.ts'
import type { Tokens } from './csv-parser.ts'

const BAD = Symbol('malformed')
type Convert = (s: string) => unknown

const LIMITS: Record<string, bigint> = { byte: 128n, short: 32768n, integer: 2147483648n, long: 9223372036854775808n }

/** A token's value, or BAD. */
function converter(t: DataType, o: CsvOptions, zone: string): Convert {
  if (isDecimal(t)) {
    return (s) => {
      const u = parseDecimal(s.replace(/,/g, ''), t.scale)
      return u === null ? BAD : fitsPrecision(u, t.precision) ? u : null
    }
  }
  switch (t) {
    case 'byte':
    case 'short':
    case 'integer':
    case 'long': {
      const limit = LIMITS[t]!
      return (s) => {
        if (!/^[+-]?\d+$/.test(s)) return BAD
        const short = s.length < 10 ? Number(s) : BigInt(s.replace('+', ''))
        return short >= limit || short < -limit ? BAD : typeof short === 'number' ? short + 0 : long(short)
      }
    }
    case 'float':
    case 'double': {
      const narrow = t === 'float' ? Math.fround : (n: number) => n
      return (s) => {
        if (s === o.nanValue) return NaN
        if (s === o.positiveInf || s === 'Inf' || s === '+Infinity' || s === 'Infinity') return Infinity
        if (s === o.negativeInf || s === '-Infinity') return -Infinity
        return /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?\s*$/.test(s) ? narrow(Number(s.trim().replace(/[dDfF]$/, ''))) : BAD
      }
    }
    case 'boolean': return (s) => (/^true$/i.test(s) ? true : /^false$/i.test(s) ? false : BAD)
    case 'date': {
      const parse = o.dateFormat ? datetimeParser(o.dateFormat, 'UTC') : null
      return (s) => {
        if (!parse) return parseDate(s) ?? BAD
        const m = parse(s)
        return m === null ? BAD : localTime(m, 'UTC').days
      }
    }
    case 'timestamp': {
      const parse: (s: string) => Long | null = o.timestampFormat ? datetimeParser(o.timestampFormat, zone) : (s) => parseTimestamp(s, zone)
      return (s) => parse(s) ?? BAD
    }
    case 'binary': return (s) => new TextEncoder().encode(s)
    default: return (s) => s
  }
}

/**
 * A function from a record to a row of `schema` of the columns wanted (positions in the schema); null when the record
 * is dropped. FAILFAST throws.
 */
export function rowMaker(schema: Schema, wanted: readonly number[], o: CsvOptions, zone: string): (line: string, tokens: Tokens) => Row | null {
  const corrupt = schema.findIndex((f) => f.name === o.corruptColumn && f.dataType === 'string')
  const data = schema.map((_, i) => i).filter((i) => i !== corrupt)
  const converts = schema.map((f) => converter(f.dataType, o, zone))
  const place = new Map(data.map((i, token) => [i, token]))
  return (line, tokens) => {
    // Only the columns asked for are looked at, as Spark prunes CSV columns; so a count sees no malformed record.
    let bad = wanted.length > 0 && tokens.length !== data.length
    const row: Row = wanted.map((i) => {
      const token = i === corrupt ? null : tokens[place.get(i)!]
      if (token === null || token === undefined || token === o.nullValue) return null
      const v = converts[i]!(token)
      if (v === BAD) {
        bad = true
        return null
      }
      return v
    })
    if (!bad) return row
    if (o.mode === 'DROPMALFORMED') return null
    if (o.mode === 'FAILFAST') {
      const shown = wanted.map((i, at) => (i === corrupt || row[at] === null ? 'null' : stringifier(schema[i]!.dataType, zone)(row[at])))
      throw new SparkRuntimeError('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', `Malformed records are detected in record parsing: [${shown.join(',')}].\nParse Mode: FAILFAST. To process malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'.`, '22023', 'org.apache.spark.SparkException')
    }
    const at = wanted.indexOf(corrupt)
    if (at >= 0) row[at] = line
    return row
  }
}
