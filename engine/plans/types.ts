/** Data types: names, sizes, comparison, parsing of DDL type names. */
import type { DataType, Field, Schema } from './contract.ts'

export type DecimalType = Extract<DataType, { type: 'decimal' }>

const SQL_NAMES: Record<string, string> = {
  null: 'VOID', boolean: 'BOOLEAN', byte: 'TINYINT', short: 'SMALLINT', integer: 'INT', long: 'BIGINT', float: 'FLOAT', double: 'DOUBLE', string: 'STRING', binary: 'BINARY', date: 'DATE', timestamp: 'TIMESTAMP',
}
const BY_NAME: Record<string, DataType> = {
  void: 'null', null: 'null', boolean: 'boolean', bool: 'boolean', tinyint: 'byte', byte: 'byte', smallint: 'short', short: 'short', int: 'integer', integer: 'integer', bigint: 'long', long: 'long', float: 'float', real: 'float', double: 'double', string: 'string', binary: 'binary', date: 'date', timestamp: 'timestamp', timestamp_ltz: 'timestamp', dec: { type: 'decimal', precision: 10, scale: 0 }, decimal: { type: 'decimal', precision: 10, scale: 0 }, numeric: { type: 'decimal', precision: 10, scale: 0 },
}

/** `BIGINT`, `DECIMAL(10,2)`, `ARRAY<INT>`, as error messages quote it. */
export function sqlType(t: DataType): string {
  if (typeof t === 'string') return SQL_NAMES[t]!
  switch (t.type) {
    case 'decimal': return `DECIMAL(${t.precision},${t.scale})`
    case 'array': return `ARRAY<${sqlType(t.element)}>`
    case 'map': return `MAP<${sqlType(t.key)}, ${sqlType(t.value)}>`
    case 'struct': return `STRUCT<${t.fields.map((f) => `${f.name}: ${sqlType(f.dataType)}${f.nullable ? '' : ' NOT NULL'}`).join(', ')}>`
  }
}

/** `bigint`, `array<int>`, as schema strings and plans write it. */
export function simpleType(t: DataType): string {
  if (typeof t === 'string') return SQL_NAMES[t]!.toLowerCase()
  switch (t.type) {
    case 'decimal': return `decimal(${t.precision},${t.scale})`
    case 'array': return `array<${simpleType(t.element)}>`
    case 'map': return `map<${simpleType(t.key)},${simpleType(t.value)}>`
    case 'struct': return `struct<${t.fields.map((f) => `${f.name}:${simpleType(f.dataType)}`).join(',')}>`
  }
}

export const isDecimal = (t: DataType): t is DecimalType => typeof t === 'object' && t.type === 'decimal'
export const isIntegral = (t: DataType): boolean => t === 'byte' || t === 'short' || t === 'integer' || t === 'long'
export const isFractional = (t: DataType): boolean => t === 'float' || t === 'double'
export const isNumeric = (t: DataType): boolean => isIntegral(t) || isFractional(t) || isDecimal(t)
export const isDatetime = (t: DataType): boolean => t === 'date' || t === 'timestamp'

export function decimal(precision: number, scale: number): DecimalType {
  return { type: 'decimal', precision: Math.min(38, precision), scale: Math.min(38, scale) }
}

/** The decimal wide enough for an integral type. */
export function decimalFor(t: DataType): DecimalType {
  if (isDecimal(t)) return t
  return t === 'byte' ? decimal(3, 0) : t === 'short' ? decimal(5, 0) : t === 'integer' ? decimal(10, 0) : t === 'long' ? decimal(20, 0) : t === 'float' ? decimal(14, 7) : decimal(30, 15)
}

/** Same type, nullability inside left out of account. */
export function sameType(a: DataType, b: DataType): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b
  switch (a.type) {
    case 'decimal': return b.type === 'decimal' && a.precision === b.precision && a.scale === b.scale
    case 'array': return b.type === 'array' && sameType(a.element, b.element)
    case 'map': return b.type === 'map' && sameType(a.key, b.key) && sameType(a.value, b.value)
    case 'struct': return b.type === 'struct' && a.fields.length === b.fields.length && a.fields.every((f, i) => f.name === b.fields[i]!.name && sameType(f.dataType, b.fields[i]!.dataType))
  }
}

/** Bytes Spark reckons for a value when it estimates sizes. */
export function defaultSize(t: DataType): number {
  if (typeof t === 'string') return { null: 1, boolean: 1, byte: 1, short: 2, integer: 4, long: 8, float: 4, double: 8, string: 20, binary: 100, date: 4, timestamp: 8 }[t]
  switch (t.type) {
    case 'decimal': return t.precision <= 18 ? 8 : 16
    case 'array': return defaultSize(t.element)
    case 'map': return defaultSize(t.key) + defaultSize(t.value)
    case 'struct': return t.fields.reduce((n, f) => n + defaultSize(f.dataType), 0)
  }
}

/** True when values can be ordered and grouped (maps cannot). */
export function isOrderable(t: DataType): boolean {
  if (typeof t === 'string') return true
  return t.type === 'decimal' || (t.type === 'array' ? isOrderable(t.element) : t.type === 'struct' ? t.fields.every((f) => isOrderable(f.dataType)) : false)
}

/** Reads a DDL type (`bigint`, `decimal(10,2)`, `array<struct<a:int>>`). Null when it is none. */
export function parseType(text: string): DataType | null {
  const s = text.trim()
  const simple = BY_NAME[s.toLowerCase()]
  if (simple) return simple
  const dec = /^(?:decimal|dec|numeric)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)$/i.exec(s)
  if (dec) return { type: 'decimal', precision: Number(dec[1]), scale: Number(dec[2] ?? 0) }
  if (/^(?:varchar|char)\s*\(\s*\d+\s*\)$/i.test(s)) return 'string'
  const nested = /^(array|map|struct)\s*<(.*)>$/is.exec(s)
  if (!nested) return null
  const parts = splitTop(nested[2]!)
  const kind = nested[1]!.toLowerCase()
  if (kind === 'array') {
    const element = parts.length === 1 ? parseType(parts[0]!) : null
    return element && { type: 'array', element, containsNull: true }
  }
  if (kind === 'map') {
    const key = parts.length === 2 ? parseType(parts[0]!) : null
    const value = parts.length === 2 ? parseType(parts[1]!) : null
    return key && value && { type: 'map', key, value, valueContainsNull: true }
  }
  const fields: Field[] = []
  for (const part of parts) {
    const m = /^\s*(`[^`]+`|[^\s:]+)\s*:?\s*(.*?)(\s+not\s+null)?\s*$/is.exec(part)
    const dataType = m && parseType(m[2]!)
    if (!m || !dataType) return null
    fields.push({ name: m[1]!.replaceAll('`', ''), dataType, nullable: !m[3] })
  }
  return { type: 'struct', fields }
}

function splitTop(s: string): string[] {
  const out: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i < s.length; i++) {
    const c = s[i]
    if (c === '<' || c === '(') depth++
    else if (c === '>' || c === ')') depth--
    else if (c === ',' && depth === 0) {
      out.push(s.slice(from, i))
      from = i + 1
    }
  }
  if (s.slice(from).trim()) out.push(s.slice(from))
  return out
}

export const schemaOf = (output: { name: string; dataType: DataType; nullable: boolean }[]): Schema => output.map(({ name, dataType, nullable }) => ({ name, dataType, nullable }))

/** A name as messages quote it; backticks inside are doubled. */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``
