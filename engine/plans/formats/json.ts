/** JSON lines: reading with a schema, inferring one, writing. */
import type { DataType, Schema } from '../contract.ts'
import { SparkRuntimeError } from '../errors.ts'
import type { Row } from '../fragment.ts'
import { parseDate, parseTimestamp } from '../expr/calendar.ts'
import { datetimeFormatter } from '../expr/datetime-pattern.ts'
import { stringifier } from '../expr/format.ts'
import { decimal, isDecimal, isIntegral, sameType } from '../types.ts'
import { decimalText, fitsPrecision, long, parseDecimal } from '../values.ts'
import type { Mode } from './options.ts'

/** Numbers keep their text, so that 64-bit integers stay exact. */
class NumberText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** The value of a JSON text, numbers as NumberText; throws SyntaxError. */
export function parseJson(text: string): unknown {
  return JSON.parse(text, function (_key, v: unknown, context?: { source?: string }) {
    return typeof v === 'number' ? new NumberText(context?.source ?? String(v)) : v
  } as (key: string, value: unknown) => unknown)
}

const BAD = Symbol('malformed')

function convert(v: unknown, t: DataType, zone: string): unknown {
  if (v === null || v === undefined) return null
  if (t === 'string') return typeof v === 'string' ? v : jsonText(v)
  if (isDecimal(t)) {
    const u = v instanceof NumberText ? parseDecimal(v.text, t.scale) : null
    return u === null ? BAD : fitsPrecision(u, t.precision) ? u : BAD
  }
  if (typeof t === 'object') {
    if (t.type === 'array') return Array.isArray(v) ? v.map((x) => orNull(convert(x, t.element, zone))) : BAD
    if (typeof v !== 'object' || Array.isArray(v) || v instanceof NumberText) return BAD
    if (t.type === 'map') return Object.entries(v).map(([k, x]) => [k, orNull(convert(x, t.value, zone))])
    return t.fields.map((f) => orNull(convert((v as Record<string, unknown>)[f.name], f.dataType, zone)))
  }
  switch (t) {
    case 'boolean': return typeof v === 'boolean' ? v : BAD
    case 'byte':
    case 'short':
    case 'integer':
    case 'long': return v instanceof NumberText && /^-?\d+$/.test(v.text) ? long(BigInt(v.text)) : BAD
    case 'float':
    case 'double': return v instanceof NumberText ? (t === 'float' ? Math.fround(Number(v.text)) : Number(v.text)) : typeof v === 'string' && /^(NaN|[+-]?Infinity|[+-]?INF)$/.test(v) ? Number(v.replace('INF', 'Infinity')) : BAD
    case 'date': return typeof v === 'string' ? parseDate(v) ?? BAD : BAD
    case 'timestamp': return typeof v === 'string' ? parseTimestamp(v, zone) ?? BAD : v instanceof NumberText ? Math.trunc(Number(v.text) * 1e6) : BAD
    case 'binary': return typeof v === 'string' ? Uint8Array.from(atob(v), (c) => c.charCodeAt(0)) : BAD
    default: return null
  }
}

const orNull = (v: unknown): unknown => (v === BAD ? null : v)

function jsonText(v: unknown): string {
  if (v instanceof NumberText) return v.text
  if (Array.isArray(v)) return `[${v.map(jsonText).join(',')}]`
  if (v !== null && typeof v === 'object') return `{${Object.entries(v).map(([k, x]) => `${JSON.stringify(k)}:${jsonText(x)}`).join(',')}}`
  return JSON.stringify(v)
}

/** A function from a line to a row; null when it is dropped. An array at the top gives several rows in Spark; so here. */
export function jsonRows(schema: Schema, corruptColumn: string, mode: Mode, zone: string): (line: string) => Row[] {
  const corrupt = schema.findIndex((f) => f.name === corruptColumn && f.dataType === 'string')
  const malformed = (line: string, row: Row): Row[] => {
    if (mode === 'DROPMALFORMED') return []
    if (mode === 'FAILFAST') throw new SparkRuntimeError('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', `Malformed records are detected in record parsing: [${row.map((v, i) => (v === null ? 'null' : stringifier(schema[i]!.dataType, zone)(v))).join(',')}].\nParse Mode: FAILFAST. To process malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'.`, '22023', 'org.apache.spark.SparkException')
    if (corrupt >= 0) row[corrupt] = line
    return [row]
  }
  return (line) => {
    let value: unknown
    try {
      value = parseJson(line)
    } catch {
      return malformed(line, schema.map(() => null))
    }
    return (Array.isArray(value) ? value : [value]).flatMap((v) => {
      if (v === null || typeof v !== 'object' || Array.isArray(v) || v instanceof NumberText) return malformed(line, schema.map(() => null))
      let bad = false
      const row: Row = schema.map((f, i) => {
        const x = i === corrupt ? null : convert((v as Record<string, unknown>)[f.name], f.dataType, zone)
        if (x !== BAD) return x
        bad = true
        return null
      })
      return bad ? malformed(line, row) : [row]
    })
  }
}

/** The type of a JSON value; fields in the order of their names. */
export function inferJson(v: unknown): DataType {
  if (v === null) return 'null'
  if (typeof v === 'string') return 'string'
  if (typeof v === 'boolean') return 'boolean'
  if (v instanceof NumberText) {
    if (!/^-?\d+$/.test(v.text)) return 'double'
    const digits = v.text.replace('-', '').length
    return BigInt.asIntN(64, BigInt(v.text)) === BigInt(v.text) ? 'long' : digits <= 38 ? decimal(digits, 0) : 'double'
  }
  if (Array.isArray(v)) return { type: 'array', element: v.map(inferJson).reduce(mergeJson, 'null'), containsNull: true }
  const fields = Object.entries(v as object).map(([name, x]) => ({ name, dataType: inferJson(x), nullable: true }))
  return { type: 'struct', fields: fields.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)) }
}

export function mergeJson(a: DataType, b: DataType): DataType {
  if (sameType(a, b) || b === 'null') return a
  if (a === 'null') return b
  if (typeof a === 'object' && typeof b === 'object') {
    if (a.type === 'array' && b.type === 'array') return { type: 'array', element: mergeJson(a.element, b.element), containsNull: true }
    if (a.type === 'struct' && b.type === 'struct') {
      const byName = new Map(a.fields.map((f) => [f.name, f]))
      for (const f of b.fields) {
        const known = byName.get(f.name)
        byName.set(f.name, known ? { ...f, dataType: mergeJson(known.dataType, f.dataType) } : f)
      }
      return { type: 'struct', fields: [...byName.values()].sort((x, y) => (x.name < y.name ? -1 : 1)) }
    }
  }
  if ((isIntegral(a) || isDecimal(a)) && (isIntegral(b) || isDecimal(b))) return decimal(38, 0)
  const numeric = (t: DataType) => isIntegral(t) || isDecimal(t) || t === 'double'
  return numeric(a) && numeric(b) ? 'double' : 'string'
}

/** What was never seen but null is a string in the end. */
export function settle(t: DataType): DataType {
  if (t === 'null') return 'string'
  if (typeof t === 'object' && t.type === 'array') return { ...t, element: settle(t.element) }
  if (typeof t === 'object' && t.type === 'struct') return { ...t, fields: t.fields.filter((f) => !(typeof f.dataType === 'object' && f.dataType.type === 'struct' && f.dataType.fields.length === 0)).map((f) => ({ ...f, dataType: settle(f.dataType) })) }
  return t
}

/** A function that writes a value as JSON; null fields are left out of objects. */
export function jsonWriter(t: DataType, zone: string): (v: unknown) => string {
  if (typeof t === 'object') {
    if (t.type === 'decimal') return (v) => decimalText(v as bigint, t.scale)
    if (t.type === 'array') {
      const e = jsonWriter(t.element, zone)
      return (v) => `[${(v as unknown[]).map((x) => (x === null ? 'null' : e(x))).join(',')}]`
    }
    if (t.type === 'map') {
      const k = stringifier(t.key, zone)
      const x = jsonWriter(t.value, zone)
      return (v) => `{${(v as [unknown, unknown][]).map((p) => `${JSON.stringify(k(p[0]))}:${p[1] === null ? 'null' : x(p[1])}`).join(',')}}`
    }
    const fields = t.fields.map((f) => ({ head: `${JSON.stringify(f.name)}:`, write: jsonWriter(f.dataType, zone) }))
    return (v) => `{${fields.map((f, i) => ((v as unknown[])[i] === null ? null : f.head + f.write((v as unknown[])[i]))).filter((s) => s !== null).join(',')}}`
  }
  switch (t) {
    case 'string': return (v) => JSON.stringify(v)
    case 'double':
    case 'float': {
      const text = stringifier(t, zone)
      return (v) => (Number.isFinite(v) ? text(v) : JSON.stringify(text(v)))
    }
    case 'date': {
      const text = stringifier(t, zone)
      return (v) => `"${text(v)}"`
    }
    case 'timestamp': {
      const f = datetimeFormatter("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", zone)
      return (v) => `"${f(v as number)}"`
    }
    case 'binary': return (v) => JSON.stringify(btoa(String.fromCharCode(...(v as Uint8Array))))
    default: return (v) => String(v)
  }
}
