/** Casts between types, ANSI (errors) and legacy (null, wrap-around). */
import type { DataType } from '../contract.ts'
import { castInvalid, castOverflow, decimalOutOfRange } from '../errors.ts'
import { isDecimal, sqlType } from '../types.ts'
import { decimalText, decimalToNumber, fitsPrecision, long, LONG_MAX, LONG_MIN, parseDecimal, rescale, wrapLong, type Long } from '../values.ts'
import { floorMod, formatDate, localTime, microsFromLocal, parseDate, parseTimestamp } from './calendar.ts'
import { javaDouble, javaFloat, stringifier } from './format.ts'

type Convert = (v: unknown) => unknown

const BOUNDS: Record<string, [bigint, bigint]> = { byte: [-128n, 127n], short: [-32768n, 32767n], integer: [-2147483648n, 2147483647n], long: [LONG_MIN, LONG_MAX] }

/** A value as error messages write it: `'abc'`, `12L`, `1.5D`. */
export function sqlValue(v: unknown, t: DataType): string {
  if (v === null) return 'NULL'
  if (t === 'string') return `'${v as string}'`
  if (t === 'long') return `${v as Long}L`
  if (t === 'short') return `${v as number}S`
  if (t === 'byte') return `${v as number}Y`
  if (t === 'double') return Number.isFinite(v) ? `${javaDouble(v as number)}D` : `CAST('${v as number}' AS DOUBLE)`
  if (t === 'float') return Number.isFinite(v) ? `CAST('${javaFloat(v as number)}' AS FLOAT)` : `CAST('${v as number}' AS FLOAT)`
  if (t === 'date') return `DATE '${formatDate(v as number)}'`
  if (t === 'timestamp') return `TIMESTAMP '${stringifier('timestamp', 'UTC')(v)}'`
  if (isDecimal(t)) return `${decimalText(v as bigint, t.scale)}BD`
  return `${v as number | boolean}`
}

/** A function from values (not null) of `from` to values of `to`. */
export function caster(from: DataType, to: DataType, ansi: boolean, zone: string): Convert {
  if (from === 'null') return () => null
  if (from === to) return (v) => v
  if (to === 'string') return stringifier(from, zone, 'NULL')
  const toName = sqlType(to)
  const fromName = sqlType(from)
  const malformed = (v: unknown) => {
    if (ansi) throw castInvalid(sqlValue(v, from), fromName, toName)
    return null
  }
  if (typeof to === 'object' && typeof from === 'object' && !isDecimal(to) && to.type === from.type) return nested(from, to, ansi, zone)
  if (isDecimal(to)) return toDecimal(from, to, ansi, malformed)
  switch (to) {
    case 'boolean': return toBoolean(from, malformed)
    case 'byte':
    case 'short':
    case 'integer':
    case 'long': return toIntegral(from, to, ansi, malformed)
    case 'float':
    case 'double': {
      const narrow = to === 'float' ? Math.fround : (n: number) => n
      if (from === 'string') {
        return (v) => {
          const n = parseDouble(v as string)
          return n === null ? malformed(v) : narrow(n)
        }
      }
      if (from === 'boolean') return (v) => (v ? 1 : 0)
      if (from === 'timestamp') return (v) => narrow(Number(v) / 1e6)
      if (isDecimal(from)) return (v) => narrow(decimalToNumber(v as bigint, from.scale))
      return (v) => narrow(Number(v))
    }
    case 'date':
      if (from === 'string') return (v) => parseDate(v as string) ?? malformed(v)
      if (from === 'timestamp') return (v) => localTime(v as Long, zone).days
      return (v) => v
    case 'timestamp':
      if (from === 'string') return (v) => parseTimestamp(v as string, zone) ?? malformed(v)
      if (from === 'date') return (v) => microsFromLocal(v as number, 0, 0, zone)
      if (from === 'boolean') return (v) => (v ? 1 : 0)
      if (from === 'float' || from === 'double') return (v) => (Number.isFinite(v) ? long(BigInt(Math.trunc((v as number) * 1e6))) : malformed(v))
      if (isDecimal(from)) return (v) => long(rescaleDown((v as bigint) * 1_000_000n, from.scale))
      return (v) => wrapLong(BigInt(v as Long) * 1_000_000n)
    case 'binary':
      return (v) => (from === 'string' ? new TextEncoder().encode(v as string) : v)
    default:
      return (v) => v
  }
}

const rescaleDown = (v: bigint, scale: number): bigint => v / 10n ** BigInt(scale)

/** Java's Double.parseDouble with Spark's spellings of infinity and NaN. */
export function parseDouble(text: string): number | null {
  const s = text.trim()
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?$/.test(s)) return Number(s.replace(/[dDfF]$/, ''))
  const special = /^([+-]?)(inf|infinity)$/i.exec(s)
  if (special) return special[1] === '-' ? -Infinity : Infinity
  return /^nan$/i.test(s) ? NaN : null
}

function toBoolean(from: DataType, malformed: Convert): Convert {
  if (from === 'string') {
    return (v) => {
      const s = (v as string).trim().toLowerCase()
      if (s === 't' || s === 'true' || s === 'y' || s === 'yes' || s === '1') return true
      if (s === 'f' || s === 'false' || s === 'n' || s === 'no' || s === '0') return false
      return malformed(v)
    }
  }
  return (v) => Number(v) !== 0
}

function toIntegral(from: DataType, to: 'byte' | 'short' | 'integer' | 'long', ansi: boolean, malformed: Convert): Convert {
  const [low, high] = BOUNDS[to]!
  const bits = to === 'byte' ? 8 : to === 'short' ? 16 : to === 'integer' ? 32 : 64
  const fromName = sqlType(from)
  const overflow = (v: unknown) => castOverflow(sqlValue(v, from), fromName, sqlType(to))
  if (from === 'string') {
    const pattern = ansi ? /^[+-]?\d+$/ : /^[+-]?(\d+(\.\d*)?|\.\d+)$/
    return (v) => {
      const s = (v as string).trim()
      if (!pattern.test(s)) return malformed(v)
      const whole = s.replace(/\..*$/, '')
      const n = BigInt(whole === '' || whole === '+' || whole === '-' ? '0' : whole.startsWith('+') ? whole.slice(1) : whole)
      return n < low || n > high ? malformed(v) : long(n)
    }
  }
  if (from === 'boolean') return (v) => (v ? 1 : 0)
  if (from === 'date') return () => null
  if (from === 'float' || from === 'double') {
    const lowN = Number(low)
    const highN = Number(high)
    return (v) => {
      const n = Math.trunc(v as number)
      if (to === 'long' ? n >= lowN && n < 9223372036854775808 : n >= lowN && n <= highN) return Number.isSafeInteger(n) ? n + 0 : long(BigInt(n))
      if (ansi) throw overflow(v)
      if (Number.isNaN(n)) return 0
      if (to === 'long') return n < 0 ? low : high
      return Number(BigInt.asIntN(bits, BigInt(Math.max(-2147483648, Math.min(2147483647, n)))))
    }
  }
  if (isDecimal(from)) {
    return (v) => {
      const n = rescaleDown(v as bigint, from.scale)
      if (n >= low && n <= high) return long(n)
      if (ansi) throw overflow(v)
      return long(BigInt.asIntN(bits, n))
    }
  }
  if (from === 'timestamp' && to === 'long') return (v) => (typeof v === 'number' ? Math.floor(v / 1e6) : long(((v as bigint) - BigInt(floorMod(v as bigint, 1_000_000))) / 1_000_000n))
  const seconds: Convert = from === 'timestamp' ? (v) => Math.floor(Number(v) / 1e6) : (v) => v
  return (v) => {
    const n = seconds(v) as Long
    if (n >= low && n <= high) return n
    if (ansi) throw overflow(v)
    return long(BigInt.asIntN(bits, BigInt(n)))
  }
}

function toDecimal(from: DataType, to: { precision: number; scale: number }, ansi: boolean, malformed: Convert): Convert {
  const fit = (u: bigint, text: () => string) => {
    if (fitsPrecision(u, to.precision)) return u
    if (ansi) throw decimalOutOfRange(text(), to.precision, to.scale)
    return null
  }
  if (from === 'string') {
    return (v) => {
      const u = parseDecimal(v as string, to.scale)
      return u === null ? malformed(v) : fit(u, () => (v as string).trim())
    }
  }
  if (from === 'boolean') return (v) => fit(v ? 10n ** BigInt(to.scale) : 0n, () => (v ? '1' : '0'))
  if (isDecimal(from)) return (v) => fit(rescale(v as bigint, from.scale, to.scale), () => decimalText(v as bigint, from.scale))
  if (from === 'float' || from === 'double') {
    const text = from === 'float' ? javaFloat : javaDouble
    return (v) => {
      const u = Number.isFinite(v) ? parseDecimal(text(v as number), to.scale) : null
      return u === null ? (ansi ? malformed(v) : null) : fit(u, () => text(v as number))
    }
  }
  if (from === 'timestamp') return (v) => fit(rescale(BigInt(v as Long), 6, to.scale), () => String(v))
  return (v) => fit(BigInt(v as Long) * 10n ** BigInt(to.scale), () => String(v))
}

function nested(from: Exclude<DataType, string>, to: Exclude<DataType, string>, ansi: boolean, zone: string): Convert {
  const inner = (f: DataType, t: DataType): Convert => {
    const c = caster(f, t, ansi, zone)
    return (v) => (v === null ? null : c(v))
  }
  if (from.type === 'array' && to.type === 'array') {
    const c = inner(from.element, to.element)
    return (v) => (v as unknown[]).map(c)
  }
  if (from.type === 'map' && to.type === 'map') {
    const k = inner(from.key, to.key)
    const x = inner(from.value, to.value)
    return (v) => (v as [unknown, unknown][]).map((p) => [k(p[0]), x(p[1])])
  }
  if (from.type === 'struct' && to.type === 'struct') {
    const cs = from.fields.map((f, i) => inner(f.dataType, to.fields[i]!.dataType))
    return (v) => cs.map((c, i) => c((v as unknown[])[i]))
  }
  return (v) => v
}
