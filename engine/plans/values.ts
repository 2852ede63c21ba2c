/**
 * Values in memory: null; boolean; number for byte, short, integer, float, double; long as number while safe and
 * BigInt beyond; decimal as its unscaled BigInt (the scale is the type's); string; Uint8Array; date as days and
 * timestamp as microseconds (a long) since the epoch; arrays and structs as arrays; maps as arrays of pairs.
 */
import type { DataType, JsonValue } from './contract.ts'
import { formatDate, parseDate } from './expr/calendar.ts'

export type Long = number | bigint

export const LONG_MAX = 9223372036854775807n
export const LONG_MIN = -9223372036854775808n

/** The shortest form: number while safe. */
export function long(n: bigint): Long {
  return n >= -9007199254740991n && n <= 9007199254740991n ? Number(n) : n
}

/** Two's complement wrap to 64 bits. */
export const wrapLong = (n: bigint): Long => long(BigInt.asIntN(64, n))

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

/** Unscaled value at `scale`, rounded half up; null when the text is no number. */
export function parseDecimal(text: string, scale: number): bigint | null {
  const m = DECIMAL.exec(text.trim())
  if (!m || (!m[2] && !m[3])) return null
  const exponent = Number(m[4] ?? 0)
  if (Math.abs(exponent) > 1000) return exponent < 0 ? 0n : null
  const digits = BigInt((m[2] || '') + (m[3] ?? '') || '0') * (m[1] === '-' ? -1n : 1n)
  return rescale(digits, (m[3]?.length ?? 0) - exponent, scale)
}

/** Moves an unscaled value from one scale to another, rounding half up (away from zero at the half). */
export function rescale(unscaled: bigint, from: number, to: number): bigint {
  if (to >= from) return unscaled * 10n ** BigInt(to - from)
  const by = 10n ** BigInt(from - to)
  const quotient = unscaled / by
  const rest = unscaled % by
  const twice = (rest < 0n ? -rest : rest) * 2n
  return twice >= by ? quotient + (unscaled < 0n ? -1n : 1n) : quotient
}

/** Plain digits with exactly `scale` decimals. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString()
  const negative = unscaled < 0n
  const digits = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  return `${negative ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

export const decimalToNumber = (unscaled: bigint, scale: number): number => (scale === 0 ? Number(unscaled) : Number(decimalText(unscaled, scale)))

export const fitsPrecision = (unscaled: bigint, precision: number): boolean => (unscaled < 0n ? -unscaled : unscaled) < 10n ** BigInt(precision)

/** From contract JSON to the form above. Throws on a value that its type cannot hold. */
export function fromJson(v: JsonValue, t: DataType): unknown {
  if (v === null || v === undefined) return null
  if (typeof t === 'string') {
    switch (t) {
      case 'null': return null
      case 'long': return typeof v === 'number' ? v : long(BigInt((v as { $long: string }).$long))
      case 'float':
      case 'double': return typeof v === 'number' ? v : Number((v as { $double: string }).$double)
      case 'date': return typeof v === 'number' ? v : parseDate((v as { $date: string }).$date)
      case 'timestamp': return typeof v === 'number' ? v : long(BigInt(String((v as { $timestamp: string }).$timestamp)))
      case 'binary': return Uint8Array.from(atob((v as { $binary: string }).$binary), (c) => c.charCodeAt(0))
      default: return v
    }
  }
  switch (t.type) {
    case 'decimal': {
      const text = typeof v === 'object' ? (v as { $decimal: string }).$decimal : String(v)
      return parseDecimal(text, t.scale)
    }
    case 'array': return (v as JsonValue[]).map((x) => fromJson(x, t.element))
    case 'map': return (v as { $map: [JsonValue, JsonValue][] }).$map.map(([k, x]) => [fromJson(k, t.key), fromJson(x, t.value)])
    case 'struct': {
      const list = Array.isArray(v) ? v : (v as { $struct: JsonValue[] }).$struct
      return t.fields.map((f, i) => fromJson(list[i] ?? null, f.dataType))
    }
  }
}

export function toJson(v: unknown, t: DataType): JsonValue {
  if (v === null || v === undefined) return null
  if (typeof t === 'string') {
    switch (t) {
      case 'long': return typeof v === 'bigint' ? { $long: v.toString() } : (v as number)
      case 'float':
      case 'double': {
        const n = v as number
        return Number.isFinite(n) ? (Object.is(n, -0) ? { $double: '-0.0' } : n) : { $double: String(n) }
      }
      case 'date': return { $date: formatDate(v as number) }
      case 'timestamp': return { $timestamp: (v as Long).toString() }
      case 'binary': {
        let s = ''
        for (const b of v as Uint8Array) s += String.fromCharCode(b)
        return { $binary: btoa(s) }
      }
      default: return v as JsonValue
    }
  }
  switch (t.type) {
    case 'decimal': return { $decimal: decimalText(v as bigint, t.scale) }
    case 'array': return (v as unknown[]).map((x) => toJson(x, t.element))
    case 'map': return { $map: (v as [unknown, unknown][]).map(([k, x]) => [toJson(k, t.key), toJson(x, t.value)]) }
    case 'struct': return { $struct: t.fields.map((f, i) => toJson((v as unknown[])[i], f.dataType)) }
  }
}

const scalarJson = new Set<DataType>(['boolean', 'byte', 'short', 'integer', 'string', 'null'])

/** Rows as the JSON array of arrays that Python reads. */
export function rowsToJson(rows: readonly unknown[][], types: readonly DataType[]): string {
  if (types.every((t) => scalarJson.has(t))) return JSON.stringify(rows)
  return JSON.stringify(rows.map((r) => types.map((t, i) => toJson(r[i], t))))
}

export function rowsFromJson(json: string, types: readonly DataType[]): unknown[][] {
  const rows = JSON.parse(json) as JsonValue[][]
  if (types.every((t) => scalarJson.has(t))) return rows
  return rows.map((r) => types.map((t, i) => fromJson((Array.isArray(r) ? r : (r as unknown as { $struct: JsonValue[] }).$struct)[i] ?? null, t)))
}

/** Three-way comparison of two values of a type, neither null; NaN is the greatest, -0.0 equals 0.0. */
export function comparator(t: DataType): (a: unknown, b: unknown) => number {
  if (typeof t === 'object') {
    if (t.type === 'array') {
      const element = withNulls(comparator(t.element))
      return (a, b) => {
        const x = a as unknown[]
        const y = b as unknown[]
        for (let i = 0; i < x.length && i < y.length; i++) {
          const c = element(x[i], y[i])
          if (c) return c
        }
        return x.length - y.length
      }
    }
    if (t.type === 'struct') {
      const fields = t.fields.map((f) => withNulls(comparator(f.dataType)))
      return (a, b) => {
        for (let i = 0; i < fields.length; i++) {
          const c = fields[i]!((a as unknown[])[i], (b as unknown[])[i])
          if (c) return c
        }
        return 0
      }
    }
    return (a, b) => ((a as bigint) < (b as bigint) ? -1 : (a as bigint) > (b as bigint) ? 1 : 0)
  }
  if (t === 'string') return compareStrings as (a: unknown, b: unknown) => number
  if (t === 'binary') {
    return (a, b) => {
      const x = a as Uint8Array
      const y = b as Uint8Array
      for (let i = 0; i < x.length && i < y.length; i++) if (x[i] !== y[i]) return x[i]! - y[i]!
      return x.length - y.length
    }
  }
  if (t === 'float' || t === 'double') {
    return (a, b) => {
      const x = a as number
      const y = b as number
      if (x < y) return -1
      if (x > y) return 1
      if (x === y) return 0
      return Number.isNaN(x) ? (Number.isNaN(y) ? 0 : 1) : -1
    }
  }
  return (a, b) => ((a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0)
}

const withNulls = (c: (a: unknown, b: unknown) => number) => (a: unknown, b: unknown): number => (a === null ? (b === null ? 0 : -1) : b === null ? 1 : c(a, b))

/** Order of the UTF-8 bytes, which is the order of code points (UTF-16 units differ above the surrogates). */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return (x >= 0xd800 ? (x >= 0xe000 ? x - 0x800 : x + 0x2000) : x) - (y >= 0xd800 ? (y >= 0xe000 ? y - 0x800 : y + 0x2000) : y)
  }
  return a.length - b.length
}

/** A string that is the same for values that group together, and only for them. */
export function keyer(t: DataType): (v: unknown) => string | number | bigint | boolean {
  if (typeof t === 'object') {
    if (t.type === 'decimal') return (v) => v as bigint
    const text = nestedKey(t)
    return (v) => text(v)
  }
  if (t === 'float' || t === 'double') return (v) => (v === 0 ? 0 : (v as number))
  if (t === 'binary') return (v) => (v as Uint8Array).join(',')
  return (v) => v as string
}

function nestedKey(t: DataType): (v: unknown) => string {
  if (typeof t === 'object' && t.type !== 'decimal') {
    if (t.type === 'array') {
      const e = nestedKey(t.element)
      return (v) => (v === null ? 'n' : `[${(v as unknown[]).map(e).join(',')}]`)
    }
    if (t.type === 'struct') {
      const fs = t.fields.map((f) => nestedKey(f.dataType))
      return (v) => (v === null ? 'n' : `{${fs.map((f, i) => f((v as unknown[])[i])).join(',')}}`)
    }
    const k = nestedKey(t.key)
    const x = nestedKey(t.value)
    return (v) => (v === null ? 'n' : `<${(v as [unknown, unknown][]).map((p) => `${k(p[0])}:${x(p[1])}`).join(',')}>`)
  }
  if (t === 'string') return (v) => (v === null ? 'n' : JSON.stringify(v))
  const one = keyer(t)
  return (v) => (v === null ? 'n' : String(one(v)))
}

/** Equality of a group key made of several values, as a Map key. */
export function rowKeyer(types: readonly DataType[]): (values: readonly unknown[]) => unknown {
  const one = types.map(keyer)
  if (one.length === 0) return () => 0
  if (one.length === 1) return (v) => (v[0] === null ? null : one[0]!(v[0]))
  return (v) => {
    let s = ''
    for (let i = 0; i < one.length; i++) {
      const x = v[i]
      if (x === null) s += 'n|'
      else {
        const k = one[i]!(x)
        s += typeof k === 'string' ? `${k.length}:${k}|` : `${k}|`
      }
    }
    return s
  }
}
