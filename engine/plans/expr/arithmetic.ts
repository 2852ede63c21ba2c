/** `+ - * / %`, negation, pmod, bit operations: exact on 64-bit integers and on decimals. */
import type { DataType } from '../contract.ts'
import { arithmeticOverflow, binaryOverflow, decimalOutOfRange, divideByZero, remainderByZero } from '../errors.ts'
import { isDecimal } from '../types.ts'
import { decimalText, fitsPrecision, long, LONG_MAX, LONG_MIN, rescale, wrapLong, type Long } from '../values.ts'
import { sqlValue } from './cast.ts'
import { one, two, type Builder, type Call, type Eval } from './kit.ts'

const INSTEAD: Record<string, string> = { '+': 'try_add', '-': 'try_subtract', '*': 'try_multiply' }
const BITS: Record<string, number> = { byte: 8, short: 16, integer: 32 }

function big(op: string, a: bigint, b: bigint): bigint {
  return op === '+' ? a + b : op === '-' ? a - b : a * b
}

/** Long results outside 64 bits: an error, or the wrapped value. */
function fromBig(r: bigint, ansi: boolean, op: string): Long {
  if (r >= LONG_MIN && r <= LONG_MAX) return long(r)
  if (ansi) throw arithmeticOverflow('long overflow', INSTEAD[op])
  return wrapLong(r)
}

function longOp(op: string, ansi: boolean): (a: Long, b: Long) => Long {
  const slow = (a: Long, b: Long) => fromBig(big(op, BigInt(a), BigInt(b)), ansi, op)
  if (op === '+') {
    return (a, b) => {
      if (typeof a === 'number' && typeof b === 'number') {
        const r = a + b
        if (r <= 9007199254740991 && r >= -9007199254740991) return r
      }
      return slow(a, b)
    }
  }
  if (op === '-') {
    return (a, b) => {
      if (typeof a === 'number' && typeof b === 'number') {
        const r = a - b
        if (r <= 9007199254740991 && r >= -9007199254740991) return r
      }
      return slow(a, b)
    }
  }
  return (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') {
      const r = a * b
      if (r <= 9007199254740991 && r >= -9007199254740991) return r + 0
    }
    return slow(a, b)
  }
}

function smallOp(op: string, type: 'byte' | 'short' | 'integer', ansi: boolean): (a: number, b: number) => number {
  const bits = BITS[type]!
  const limit = 2 ** (bits - 1)
  return (a, b) => {
    const r = op === '+' ? a + b : op === '-' ? a - b : a * b
    if (r < limit && r >= -limit) return r + 0
    if (!ansi) return Number(BigInt.asIntN(bits, big(op, BigInt(a), BigInt(b))))
    if (type === 'integer') throw arithmeticOverflow('integer overflow', INSTEAD[op])
    throw binaryOverflow(sqlValue(a, type), op, sqlValue(b, type), INSTEAD[op]!)
  }
}

const doubleOp = (op: string): ((a: number, b: number) => number) => (op === '+' ? (a, b) => a + b : op === '-' ? (a, b) => a - b : (a, b) => a * b)

/** Decimal results that do not fit: an error, or null. */
function fit(u: bigint, t: { precision: number; scale: number }, ansi: boolean): bigint | null {
  if (fitsPrecision(u, t.precision)) return u
  if (ansi) throw decimalOutOfRange(decimalText(u, t.scale), t.precision, t.scale)
  return null
}

const scaleOf = (t: DataType): number => (isDecimal(t) ? t.scale : 0)

const basic = (op: '+' | '-' | '*'): Builder => (call) => {
  const { type, ansi } = call
  if (isDecimal(type)) {
    const [s1, s2] = [scaleOf(call.types[0]!), scaleOf(call.types[1]!)]
    const s = Math.max(s1, s2)
    if (op === '*') return two((a: bigint, b: bigint) => fit(rescale(a * b, s1 + s2, type.scale), type, ansi))(call)
    return two((a: bigint, b: bigint) => fit(rescale(big(op, rescale(a, s1, s), rescale(b, s2, s)), s, type.scale), type, ansi))(call)
  }
  const f = type === 'long' ? longOp(op, ansi) : type === 'double' ? doubleOp(op) : type === 'float' ? ((g) => (a: number, b: number) => Math.fround(g(a, b)))(doubleOp(op)) : smallOp(op, type as 'integer', ansi)
  return binary(call, f as (a: unknown, b: unknown) => unknown)
}

/** Like `two`, without handing the call on: this is the inner loop. */
function binary(call: Call, f: (a: unknown, b: unknown) => unknown): Eval {
  const [a, b] = call.args as [Eval, Eval]
  const right = call.exprs[1]
  if (right?.k === 'lit' && right.value !== null) {
    const y = b([])
    return (row) => {
      const x = a(row)
      return x === null ? null : f(x, y)
    }
  }
  return (row) => {
    const x = a(row)
    if (x === null) return null
    const y = b(row)
    return y === null ? null : f(x, y)
  }
}

const divide: Builder = (call) => {
  const { type, ansi } = call
  if (isDecimal(type)) {
    const [s1, s2] = [scaleOf(call.types[0]!), scaleOf(call.types[1]!)]
    return two((a: bigint, b: bigint) => {
      if (b === 0n) return zero(ansi)
      // One digit more than wanted: half up on a truncated quotient is right with it.
      const digits = type.scale + s2 - s1 + 1
      const scaled = digits >= 0 ? (a * 10n ** BigInt(digits)) / b : a / b / 10n ** BigInt(-digits)
      return fit(rescale(scaled, type.scale + 1, type.scale), type, ansi)
    })(call)
  }
  return binary(call, (a, b) => (b === 0 ? zero(ansi) : (a as number) / (b as number)))
}


function zero(ansi: boolean): null {
  if (ansi) throw divideByZero()
  return null
}

function remainder(a: unknown, b: unknown, type: DataType): unknown {
  if (typeof a === 'number' && typeof b === 'number') return type === 'double' || type === 'float' ? a % b : (a % b) + 0
  return long(BigInt(a as Long) % BigInt(b as Long))
}

const modulo = (positive: boolean): Builder => (call) => {
  const { type, ansi } = call
  if (isDecimal(type)) {
    const [s1, s2] = [scaleOf(call.types[0]!), scaleOf(call.types[1]!)]
    const s = Math.max(s1, s2)
    return two((a: bigint, b: bigint) => {
      if (b === 0n) return zeroRemainder(ansi)
      const y = rescale(b, s2, s)
      let r = rescale(a, s1, s) % y
      if (positive && r < 0n) r = (r + y) % y
      return fit(rescale(r, s, type.scale), type, ansi)
    })(call)
  }
  return binary(call, (a, b) => {
    if (Number(b) === 0) return zeroRemainder(ansi)
    const r = remainder(a, b, type)
    if (!positive || (r as number) >= 0) return r
    return remainder(typeof r === 'number' && typeof b === 'number' ? r + b : long(BigInt(r as Long) + BigInt(b as Long)), b, type)
  })
}

function zeroRemainder(ansi: boolean): null {
  if (ansi) throw remainderByZero()
  return null
}

const negative: Builder = (call) => {
  const { type, ansi } = call
  if (isDecimal(type)) return one((a: bigint) => -a)(call)
  if (type === 'double' || type === 'float') return one((a: number) => -a)(call)
  if (type === 'long') return one((a: Long) => fromBig(-BigInt(a), ansi, 'negate'))(call)
  const low = -(2 ** (BITS[type as string]! - 1))
  return one((a: number) => {
    if (a !== low) return 0 - a
    if (!ansi) return a
    if (type === 'integer') throw arithmeticOverflow('integer overflow')
    throw arithmeticOverflow(`- ${sqlValue(a, type)} caused overflow`)
  })(call)
}

const bits = (f: (a: bigint, b: bigint) => bigint, g: (a: number, b: number) => number): Builder => (call) => {
  if (call.type === 'long') return two((a: Long, b: Long) => long(BigInt.asIntN(64, f(BigInt(a), BigInt(b)))))(call)
  return two((a: number, b: number) => g(a, b))(call)
}

const abs: Builder = (call) => {
  const { type, ansi } = call
  if (isDecimal(type)) return one((a: bigint) => (a < 0n ? -a : a))(call)
  if (type === 'double' || type === 'float') return one((a: number) => Math.abs(a))(call)
  if (type === 'long') return one((a: Long) => (a < 0 ? fromBig(-BigInt(a), ansi, 'abs') : a))(call)
  const low = -(2 ** (BITS[type as string]! - 1))
  return one((a: number) => {
    if (a === low && ansi) throw arithmeticOverflow(type === 'integer' ? 'integer overflow' : `- ${sqlValue(a, type)} caused overflow`)
    return a === low ? a : Math.abs(a)
  })(call)
}

export const ARITHMETIC: Record<string, Builder> = {
  '+': basic('+'),
  '-': basic('-'),
  '*': basic('*'),
  '/': divide,
  '%': modulo(false),
  pmod: modulo(true),
  negative,
  positive: (call) => call.args[0]!,
  abs,
  '&': bits((a, b) => a & b, (a, b) => a & b),
  '|': bits((a, b) => a | b, (a, b) => a | b),
  '^': bits((a, b) => a ^ b, (a, b) => a ^ b),
  '~': (call) => (call.type === 'long' ? one((a: Long) => long(~BigInt(a)))(call) : one((a: number) => ~a)(call)),
}
