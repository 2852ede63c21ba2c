/** Mathematical functions; arguments come as doubles unless a function keeps exact types. */
import { isDecimal } from '../types.ts'
import { decimalText, fitsPrecision, long, parseDecimal, rescale, type Long } from '../values.ts'
import { arithmeticOverflow, decimalOutOfRange } from '../errors.ts'
import { javaDouble } from './format.ts'
import { constant, one, two, type Builder } from './kit.ts'

const real = (f: (x: number) => number): Builder => one((x: number) => f(x))
/** Spark's logarithms give null outside their domain. */
const positive = (f: (x: number) => number): Builder => one((x: number) => (x <= 0 ? null : f(x)))

/** Rounds an unscaled decimal to fewer digits, half up or half even. */
function roundTo(u: bigint, from: number, to: number, even: boolean): bigint {
  if (to >= from) return u * 10n ** BigInt(to - from)
  if (!even) return rescale(u, from, to)
  const by = 10n ** BigInt(from - to)
  const quotient = u / by
  const twice = ((u % by) * 2n < 0n ? -(u % by) : u % by) * 2n
  const up = twice > by || (twice === by && quotient % 2n !== 0n)
  return up ? quotient + (u < 0n ? -1n : 1n) : quotient
}

/** Rounds the shortest decimal text of a double, as Spark does (BigDecimal of Double.toString). */
function roundDouble(x: number, places: number, even: boolean): number {
  if (!Number.isFinite(x) || places > 300) return x
  const text = javaDouble(x)
  const m = /^-?(\d+)(?:\.(\d+))?(?:E(-?\d+))?$/.exec(text)!
  const scale = Math.max(0, (m[2]?.length ?? 0) - Number(m[3] ?? 0))
  if (scale <= places) return x
  const u = parseDecimal(text, scale)!
  const r = roundTo(u, scale, Math.max(places, -400), even)
  return places >= 0 ? Number(decimalText(r, places)) : Number(r) * 10 ** -places
}

const rounding = (even: boolean): Builder => (call) => {
  const places = Number(call.exprs.length > 1 ? constant(call, 1) : 0)
  const from = call.types[0]!
  const { type, ansi } = call
  if (isDecimal(from) && isDecimal(type)) {
    return one((u: bigint) => {
      const r = rescale(roundTo(u, from.scale, Math.min(places, from.scale), even), Math.min(places, from.scale), type.scale)
      if (fitsPrecision(r, type.precision)) return r
      if (ansi) throw decimalOutOfRange(decimalText(r, type.scale), type.precision, type.scale)
      return null
    })(call)
  }
  if (type === 'double') return one((x: number) => roundDouble(x, places, even))(call)
  if (type === 'float') return one((x: number) => Math.fround(roundDouble(x, places, even)))(call)
  return one((x: Long) => {
    if (places >= 0) return x
    const r = roundTo(BigInt(x), 0, places, even) * 10n ** BigInt(-places)
    if (type === 'long') return long(BigInt.asIntN(64, r))
    if (BigInt.asIntN(32, r) !== r && ansi) throw arithmeticOverflow('integer overflow')
    return Number(BigInt.asIntN(type === 'integer' ? 32 : type === 'short' ? 16 : 8, r))
  })(call)
}

const toLong = (x: number): Long => (Number.isNaN(x) ? 0 : x >= 9223372036854775807 ? 9223372036854775807n : x <= -9223372036854775808 ? -9223372036854775808n : Number.isSafeInteger(x) ? x + 0 : long(BigInt(x)))

const whole = (f: (x: number) => number, up: boolean): Builder => (call) => {
  const from = call.types[0]!
  if (isDecimal(from)) {
    const by = 10n ** BigInt(from.scale)
    return one((u: bigint) => {
      const q = u / by
      const r = u % by
      return r === 0n ? q : up ? (u > 0n ? q + 1n : q) : u < 0n ? q - 1n : q
    })(call)
  }
  if (from === 'double' || from === 'float') return one((x: number) => toLong(f(x)))(call)
  return call.args[0]!
}

export const MATH: Record<string, Builder> = {
  sqrt: real(Math.sqrt),
  power: two((x: number, y: number) => x ** y),
  exp: real(Math.exp),
  ln: positive(Math.log),
  log: (call) => (call.args.length === 1 ? positive(Math.log)(call) : two((base: number, x: number) => (base <= 0 || x <= 0 ? null : Math.log(x) / Math.log(base)))(call)),
  log10: positive(Math.log10),
  log2: positive(Math.log2),
  round: rounding(false),
  bround: rounding(true),
  floor: whole(Math.floor, false),
  ceil: whole(Math.ceil, true),
  signum: real((x) => Math.sign(x)),
  sin: real(Math.sin),
  cos: real(Math.cos),
  tan: real(Math.tan),
  asin: real(Math.asin),
  acos: real(Math.acos),
  atan: real(Math.atan),
  atan2: two((y: number, x: number) => Math.atan2(y + 0, x + 0)),
  sinh: real(Math.sinh),
  cosh: real(Math.cosh),
  tanh: real(Math.tanh),
  degrees: real((x) => (x * 180) / Math.PI),
  radians: real((x) => (x / 180) * Math.PI),
}
