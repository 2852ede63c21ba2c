/** Murmur3 as Spark hashes columns (seed 42), and the digests md5, sha1, sha2. */
import type { DataType } from '../contract.ts'
import type { Long } from '../values.ts'
import { one, strict, type Builder } from './kit.ts'

const C1 = 0xcc9e2d51 | 0
const C2 = 0x1b873593 | 0

const rotl = (x: number, n: number): number => (x << n) | (x >>> (32 - n))
const mixK = (k: number): number => Math.imul(rotl(Math.imul(k, C1), 15), C2)
const mixH = (h: number, k: number): number => (Math.imul(rotl(h ^ k, 13), 5) + 0xe6546b64) | 0

function finish(h: number, length: number): number {
  let x = h ^ length
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return x ^ (x >>> 16)
}

export const hashInt = (n: number, seed: number): number => finish(mixH(seed, mixK(n | 0)), 4)

export function hashLong(n: Long, seed: number): number {
  let low: number
  let high: number
  if (typeof n === 'number') {
    low = n | 0
    high = Math.floor(n / 4294967296) | 0
  } else {
    low = Number(BigInt.asIntN(32, n))
    high = Number(BigInt.asIntN(32, n >> 32n))
  }
  return finish(mixH(mixH(seed, mixK(low)), mixK(high)), 8)
}

/** Spark's variant: the bytes after the last whole word are mixed in one by one, signed. */
export function hashBytes(b: Uint8Array, seed: number): number {
  let h = seed
  const whole = b.length & ~3
  for (let i = 0; i < whole; i += 4) h = mixH(h, mixK(b[i]! | (b[i + 1]! << 8) | (b[i + 2]! << 16) | (b[i + 3]! << 24)))
  for (let i = whole; i < b.length; i++) h = mixH(h, mixK((b[i]! << 24) >> 24))
  return finish(h, b.length)
}

const encoder = new TextEncoder()
const scratch = new Uint8Array(256)
const view = new DataView(new ArrayBuffer(8))

function hashString(s: string, seed: number): number {
  if (s.length * 3 > scratch.length) return hashBytes(encoder.encode(s), seed)
  const { written } = encoder.encodeInto(s, scratch)
  return hashBytes(scratch.subarray(0, written), seed)
}

type Hasher = (v: unknown, seed: number) => number

/** The hash of a value (null leaves the seed as it is). */
export function hasher(t: DataType): Hasher {
  const f = hasherOf(t)
  return (v, seed) => (v === null ? seed : f(v, seed))
}

function hasherOf(t: DataType): Hasher {
  if (typeof t === 'string') {
    switch (t) {
      case 'null': return (_v, seed) => seed
      case 'boolean': return (v, seed) => hashInt(v ? 1 : 0, seed)
      case 'long':
      case 'timestamp': return (v, seed) => hashLong(v as Long, seed)
      case 'float': return (v, seed) => {
        view.setFloat32(0, v === 0 ? 0 : (v as number))
        return hashInt(view.getInt32(0), seed)
      }
      case 'double': return (v, seed) => {
        view.setFloat64(0, v === 0 ? 0 : (v as number))
        return finish(mixH(mixH(seed, mixK(view.getInt32(4))), mixK(view.getInt32(0))), 8)
      }
      case 'string': return (v, seed) => hashString(v as string, seed)
      case 'binary': return (v, seed) => hashBytes(v as Uint8Array, seed)
      default: return (v, seed) => hashInt(v as number, seed)
    }
  }
  switch (t.type) {
    case 'decimal': return t.precision <= 18 ? (v, seed) => hashLong(v as bigint, seed) : (v, seed) => hashBytes(bigEndian(v as bigint), seed)
    case 'array': {
      const e = hasher(t.element)
      return (v, seed) => (v as unknown[]).reduce<number>((h, x) => e(x, h), seed)
    }
    case 'map': {
      const k = hasher(t.key)
      const x = hasher(t.value)
      return (v, seed) => (v as [unknown, unknown][]).reduce<number>((h, p) => x(p[1], k(p[0], h)), seed)
    }
    case 'struct': {
      const fs = t.fields.map((f) => hasher(f.dataType))
      return (v, seed) => fs.reduce((h, f, i) => f((v as unknown[])[i], h), seed)
    }
  }
}

/** BigInteger.toByteArray: the shortest two's complement form, high byte first. */
function bigEndian(v: bigint): Uint8Array {
  let bytes = 1
  while (BigInt.asIntN(bytes * 8, v) !== v) bytes++
  const out = new Uint8Array(bytes)
  let x = BigInt.asUintN(bytes * 8, v)
  for (let i = bytes - 1; i >= 0; i--) {
    out[i] = Number(x & 255n)
    x >>= 8n
  }
  return out
}

/** Murmur3 over several columns, one after the other's hash, from seed 42. */
export function rowHasher(types: readonly DataType[]): (values: readonly unknown[]) => number {
  const hs = types.map(hasher)
  if (hs.length === 1) {
    const h = hs[0]!
    return (v) => h(v[0], 42)
  }
  return (v) => {
    let seed = 42
    for (let i = 0; i < hs.length; i++) seed = hs[i]!(v[i], seed)
    return seed
  }
}

export const positiveMod = (h: number, n: number): number => ((h % n) + n) % n

const hex = (words: Iterable<number>): string => Array.from(words, (w) => (w >>> 0).toString(16).padStart(8, '0')).join('')

/** The message padded to whole blocks with its length in bits at the end. */
function padded(data: Uint8Array, block: number, little: boolean): DataView {
  const lengthBytes = block / 8
  const total = Math.ceil((data.length + 1 + lengthBytes) / block) * block
  const out = new Uint8Array(total)
  out.set(data)
  out[data.length] = 0x80
  const v = new DataView(out.buffer)
  v.setBigUint64(total - 8, BigInt(data.length) * 8n, little)
  return v
}

const MD5_SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
const MD5_SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 4294967296) | 0)

export function md5(data: Uint8Array): string {
  const v = padded(data, 64, true)
  let [a0, b0, c0, d0] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476]
  for (let at = 0; at < v.byteLength; at += 64) {
    let [a, b, c, d] = [a0, b0, c0, d0]
    for (let i = 0; i < 64; i++) {
      const round = i >> 4
      const f = round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d)
      const g = round === 0 ? i : round === 1 ? (5 * i + 1) % 16 : round === 2 ? (3 * i + 5) % 16 : (7 * i) % 16
      const x = (f + a + MD5_SINES[i]! + v.getInt32(at + g * 4, true)) | 0
      ;[a, d, c, b] = [d, c, b, (b + rotl(x, MD5_SHIFTS[round * 4 + (i & 3)]!)) | 0]
    }
    a0 = (a0 + a) | 0
    b0 = (b0 + b) | 0
    c0 = (c0 + c) | 0
    d0 = (d0 + d) | 0
  }
  const swap = (x: number) => ((x & 255) << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24)
  return hex([a0, b0, c0, d0].map(swap))
}

export function sha1(data: Uint8Array): string {
  const v = padded(data, 64, false)
  const h = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0]
  const w = new Int32Array(80)
  for (let at = 0; at < v.byteLength; at += 64) {
    for (let i = 0; i < 80; i++) w[i] = i < 16 ? v.getInt32(at + i * 4) : rotl(w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!, 1)
    let [a, b, c, d, e] = h as [number, number, number, number, number]
    for (let i = 0; i < 80; i++) {
      const f = i < 20 ? ((b & c) | (~b & d)) + 0x5a827999 : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1 : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc : (b ^ c ^ d) + 0xca62c1d6
      const x = (rotl(a, 5) + f + e + w[i]!) | 0
      ;[e, d, c, b, a] = [d, c, rotl(b, 30), a, x]
    }
    ;[a, b, c, d, e].forEach((x, i) => (h[i] = (h[i]! + x) | 0))
  }
  return hex(h)
}

const primes = (n: number): number[] => {
  const out: number[] = []
  for (let p = 2; out.length < n; p++) if (out.every((q) => p % q)) out.push(p)
  return out
}

/** The first 64 bits of the fraction of the k-th root of n. */
function rootBits(n: number, k: 2 | 3): bigint {
  const target = BigInt(n) << BigInt(64 * k)
  let low = 0n
  let high = 1n << 70n
  while (high - low > 1n) {
    const mid = (low + high) >> 1n
    if (mid ** BigInt(k) <= target) low = mid
    else high = mid
  }
  return BigInt.asUintN(64, low)
}

let tables: { k: bigint[]; h512: bigint[]; h384: bigint[] } | undefined
const constants = () => (tables ??= { k: primes(80).map((p) => rootBits(p, 3)), h512: primes(8).map((p) => rootBits(p, 2)), h384: primes(16).slice(8).map((p) => rootBits(p, 2)) })

/** One algorithm in two word sizes: SHA-224/256 (32 bits) and SHA-384/512 (64 bits). */
function sha2Digest(data: Uint8Array, bits: number): string {
  const size = bits > 256 ? 64 : 32
  const n = BigInt(size)
  const table = constants()
  const trim = (x: bigint) => BigInt.asUintN(size, x)
  const initial = bits === 512 ? table.h512 : bits === 384 ? table.h384 : bits === 256 ? table.h512.map((x) => x >> 32n) : table.h384.map((x) => x & 0xffffffffn)
  const h = [...initial]
  const rounds = size === 64 ? 80 : 64
  const k = table.k.map((x) => (size === 64 ? x : x >> 32n))
  const rotr = (x: bigint, by: number) => trim((x >> BigInt(by)) | (x << (n - BigInt(by))))
  const [s0, s1, e0, e1] = size === 64 ? [[1, 8, 7], [19, 61, 6], [28, 34, 39], [14, 18, 41]] : [[7, 18, 3], [17, 19, 10], [2, 13, 22], [6, 11, 25]]
  const small = (x: bigint, s: number[]) => rotr(x, s[0]!) ^ rotr(x, s[1]!) ^ (x >> BigInt(s[2]!))
  const large = (x: bigint, s: number[]) => rotr(x, s[0]!) ^ rotr(x, s[1]!) ^ rotr(x, s[2]!)
  const block = size * 2
  const v = padded(data, block, false)
  const w = new Array<bigint>(rounds)
  for (let at = 0; at < v.byteLength; at += block) {
    for (let i = 0; i < rounds; i++) w[i] = i < 16 ? (size === 64 ? v.getBigUint64(at + i * 8) : BigInt(v.getUint32(at + i * 4))) : trim(small(w[i - 2]!, s1) + w[i - 7]! + small(w[i - 15]!, s0) + w[i - 16]!)
    let [a, b, c, d, e, f, g, hh] = h as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint]
    for (let i = 0; i < rounds; i++) {
      const t1 = hh + large(e, e1) + ((e & f) ^ (trim(~e) & g)) + k[i]! + w[i]!
      const t2 = large(a, e0) + ((a & b) ^ (a & c) ^ (b & c))
      ;[hh, g, f, e, d, c, b, a] = [g, f, e, trim(d + t1), c, b, a, trim(t1 + t2)]
    }
    ;[a, b, c, d, e, f, g, hh].forEach((x, i) => (h[i] = trim(h[i]! + x)))
  }
  return h.map((x) => x.toString(16).padStart(size / 4, '0')).join('').slice(0, bits / 4)
}

const bytesOf = (v: unknown): Uint8Array => (typeof v === 'string' ? encoder.encode(v) : (v as Uint8Array))

export const HASHES: Record<string, Builder> = {
  hash: ({ args, types }) => {
    const h = rowHasher(types)
    return (row) => h(args.map((a) => a(row)))
  },
  md5: one((v: unknown) => md5(bytesOf(v))),
  sha1: one((v: unknown) => sha1(bytesOf(v))),
  sha2: strict((v: never[]) => {
    const [data, bits] = v as unknown as [unknown, number]
    return bits === 0 || [224, 256, 384, 512].includes(bits) ? sha2Digest(bytesOf(data), bits || 256) : null
  }),
}
