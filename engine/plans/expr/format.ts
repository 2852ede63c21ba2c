/** Values as text, the way Java and Spark write them. */
import type { DataType } from '../contract.ts'
import { JavaError } from '../errors.ts'
import { decimalText, type Long } from '../values.ts'
import { formatDate, formatTimestamp } from './calendar.ts'

/** Double.toString: `1.0`, `1.0E10`, `NaN`. */
export function javaDouble(d: number): string {
  if (!Number.isFinite(d)) return String(d)
  if (d === 0) return Object.is(d, -0) ? '-0.0' : '0.0'
  return javaDigits(d.toExponential(), Math.abs(d))
}

/** Float.toString of a number that is a 32-bit float. */
export function javaFloat(f: number): string {
  if (!Number.isFinite(f)) return String(f)
  if (f === 0) return Object.is(f, -0) ? '-0.0' : '0.0'
  for (let p = 0; p < 9; p++) {
    const text = f.toExponential(p)
    if (Math.fround(Number(text)) === f) return javaDigits(text, Math.abs(f))
  }
  return javaDigits(f.toExponential(8), Math.abs(f))
}

function javaDigits(exponential: string, abs: number): string {
  const [mantissa, exp] = exponential.split('e') as [string, string]
  const negative = mantissa.startsWith('-')
  let digits = mantissa.replace(/[-.]/g, '').replace(/0+$/, '')
  if (digits === '') digits = '0'
  const e = Number(exp)
  let text: string
  if (abs >= 1e-3 && abs < 1e7) {
    if (e >= 0) text = `${digits.padEnd(e + 1, '0').slice(0, e + 1)}.${digits.slice(e + 1) || '0'}`
    else text = `0.${'0'.repeat(-e - 1)}${digits}`
  } else text = `${digits[0]}.${digits.slice(1) || '0'}E${e}`
  return negative ? `-${text}` : text
}

/** A function that writes values of a type (not null) as cast-to-string does: `{1, a}`, `[1, NULL]`, `{k -> v}`. */
export function stringifier(t: DataType, zone: string, nulls = 'NULL'): (v: unknown) => string {
  if (typeof t === 'string') {
    switch (t) {
      case 'string': return (v) => v as string
      case 'double': return (v) => javaDouble(v as number)
      case 'float': return (v) => javaFloat(v as number)
      case 'date': return (v) => formatDate(v as number)
      case 'timestamp': return (v) => formatTimestamp(v as Long, zone)
      case 'binary': return (v) => new TextDecoder().decode(v as Uint8Array)
      default: return (v) => String(v)
    }
  }
  switch (t.type) {
    case 'decimal': {
      const { scale } = t
      return (v) => javaDecimal(v as bigint, scale)
    }
    case 'array': {
      const e = orNull(stringifier(t.element, zone, nulls), nulls)
      return (v) => `[${(v as unknown[]).map(e).join(', ')}]`
    }
    case 'map': {
      const k = stringifier(t.key, zone, nulls)
      const x = orNull(stringifier(t.value, zone, nulls), nulls)
      return (v) => `{${(v as [unknown, unknown][]).map((p) => `${k(p[0])} -> ${x(p[1])}`).join(', ')}}`
    }
    case 'struct': {
      const fs = t.fields.map((f) => orNull(stringifier(f.dataType, zone, nulls), nulls))
      return (v) => `{${fs.map((f, i) => f((v as unknown[])[i])).join(', ')}}`
    }
  }
}

const orNull = (f: (v: unknown) => string, nulls: string) => (v: unknown): string => (v === null ? nulls : f(v))

/** BigDecimal.toString: exponents when the value is far below one. */
export function javaDecimal(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString()
  const adjusted = digits.length - 1 - scale
  if (adjusted >= -6) return decimalText(unscaled, scale)
  return `${unscaled < 0n ? '-' : ''}${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}E${adjusted}`
}

/** `format_number`: grouped by thousands, rounded half even to so many decimals. */
export function formatNumber(text: string, decimals: number): string {
  const negative = text.startsWith('-')
  const [whole, fraction] = (negative ? text.slice(1) : text).split('.') as [string, string | undefined]
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  const zero = /^0*$/.test(whole) && /^0*$/.test(fraction ?? '')
  return `${negative && !zero ? '-' : negative ? '-' : ''}${grouped}${decimals > 0 ? `.${(fraction ?? '').padEnd(decimals, '0').slice(0, decimals)}` : ''}`
}

/** What java.util.Formatter takes for a conversion; dates are days and timestamps microseconds there. */
function fits(kind: string, t: DataType): boolean {
  switch (kind.toLowerCase()) {
    case 'd':
    case 'x': return t === 'byte' || t === 'short' || t === 'integer' || t === 'long' || t === 'date' || t === 'timestamp'
    case 'f':
    case 'e': return t === 'float' || t === 'double'
    case 'c': return t === 'byte' || t === 'short' || t === 'integer' || t === 'date'
    default: return true
  }
}

const BOXED: Record<string, string> = { boolean: 'java.lang.Boolean', byte: 'java.lang.Byte', short: 'java.lang.Short', integer: 'java.lang.Integer', date: 'java.lang.Integer', long: 'java.lang.Long', timestamp: 'java.lang.Long', float: 'java.lang.Float', double: 'java.lang.Double', string: 'org.apache.spark.unsafe.types.UTF8String', binary: '[B' }

/** The class a value of the type has inside Spark. */
function javaClass(t: DataType): string {
  if (typeof t === 'string') return BOXED[t] ?? t
  return t.type === 'decimal' ? 'org.apache.spark.sql.types.Decimal' : `org.apache.spark.sql.catalyst.expressions.Unsafe${t.type === 'array' ? 'ArrayData' : t.type === 'map' ? 'MapData' : 'Row'}`
}

/** A value as its class inside Spark prints it. */
export function rawText(v: unknown, t: DataType): string {
  if (v === null) return 'null'
  if (t === 'date' || t === 'timestamp') return (v as Long).toString()
  if (typeof t === 'object' && t.type === 'array') return `[${(v as unknown[]).map((x) => rawText(x, t.element)).join(',')}]`
  if (typeof t === 'object' && t.type === 'struct') return `[${t.fields.map((f, i) => rawText((v as unknown[])[i], f.dataType)).join(',')}]`
  return stringifier(t, 'UTC', 'null')(v)
}

/** The spread of `%`-formats of java.util.Formatter that `format_string` meets. Null arguments print as `null`. */
export function formatString(format: string, args: { value: unknown; text: string; type: DataType }[]): string {
  let next = 0
  return format.replace(/%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g, (_all, position: string | undefined, flags: string, width: string | undefined, precision: string | undefined, kind: string) => {
    if (kind === 'n') return '\n'
    if (kind === '%') return '%'.padStart(Number(width ?? 0))
    const arg = args[position ? Number(position) - 1 : next++]
    let text: string
    if (!arg) throw new JavaError('java.util.MissingFormatArgumentException', `Format specifier '${_all}'`)
    if (kind === 'b' || kind === 'B') text = String(arg.value !== null && arg.value !== false)
    else if (arg.value === null) text = precision === undefined ? 'null' : 'null'.slice(0, Number(precision))
    else if (!fits(kind, arg.type)) throw new JavaError('java.util.IllegalFormatConversionException', `${kind} != ${javaClass(arg.type)}`)
    else if (kind === 'd') text = signed(flags, flags.includes(',') ? formatNumber(arg.text, 0) : arg.text)
    else if (kind === 'f') text = signed(flags, flags.includes(',') ? formatNumber(Number(arg.text).toFixed(Number(precision ?? 6)), Number(precision ?? 6)) : Number(arg.text).toFixed(Number(precision ?? 6)))
    else if (kind === 'e' || kind === 'E') {
      text = signed(flags, Number(arg.text).toExponential(Number(precision ?? 6)).replace(/e([+-])(\d)$/, 'e$10$2'))
      if (kind === 'E') text = text.toUpperCase()
    } else if (kind === 'x' || kind === 'X') {
      text = BigInt.asUintN(arg.type === 'long' || arg.type === 'timestamp' ? 64 : 32, BigInt(arg.value as Long)).toString(16)
      if (kind === 'X') text = text.toUpperCase()
    } else if (kind === 'c') text = typeof arg.value === 'number' ? String.fromCodePoint(arg.value) : arg.text
    else {
      text = precision === undefined ? arg.text : arg.text.slice(0, Number(precision))
      if (kind === 'S') text = text.toUpperCase()
    }
    const n = Number(width ?? 0)
    if (flags.includes('-')) return text.padEnd(n)
    if (flags.includes('0') && arg.value !== null && 'dfxX'.includes(kind)) return /^[-+]/.test(text) ? text[0]! + text.slice(1).padStart(n - 1, '0') : text.padStart(n, '0')
    return text.padStart(n)
  })
}

const signed = (flags: string, text: string): string => (flags.includes('+') && !text.startsWith('-') ? `+${text}` : flags.includes(' ') && !text.startsWith('-') ? ` ${text}` : text)
