/** Spark's XORShiftRandom, and the functions that differ by partition. */
import { userRaised } from '../errors.ts'
import type { Builder } from './kit.ts'

const rotl = (x: number, n: number): number => (x << n) | (x >>> (32 - n))

/** scala.util.hashing.MurmurHash3 of the eight bytes of a long, high byte first. */
function seedHash(high: number, low: number, seed: number): number {
  const swap = (x: number) => ((x & 255) << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24)
  let h = seed
  for (const word of [swap(high), swap(low)]) {
    const k = Math.imul(rotl(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)
    h = (Math.imul(rotl(h ^ k, 13), 5) + 0xe6546b64) | 0
  }
  h ^= 8
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** The generator behind rand, sample and friends; the same seed gives Spark's numbers. */
export class XorShiftRandom {
  private high: number
  private low: number
  private gaussian: number | null = null
  constructor(seed: number | bigint) {
    const s = BigInt.asIntN(64, BigInt(seed))
    const hi = Number(BigInt.asIntN(32, s >> 32n))
    const lo = Number(BigInt.asIntN(32, s))
    this.low = seedHash(hi, lo, 0x3c074a61)
    this.high = seedHash(hi, lo, this.low)
  }

  private next(bits: number): number {
    let { high, low } = this
    high ^= (high << 21) | (low >>> 11)
    low ^= low << 21
    low ^= high >>> 3
    high ^= (high << 4) | (low >>> 28)
    low ^= low << 4
    this.high = high
    this.low = low
    return bits === 32 ? low : low & (2 ** bits - 1)
  }

  /** In [0, 1). */
  nextDouble(): number {
    return (this.next(26) * 134217728 + this.next(27)) / 9007199254740992
  }

  nextInt(bound: number): number {
    if ((bound & -bound) === bound) return Math.floor((bound * this.next(31)) / 2147483648)
    for (;;) {
      const bits = this.next(31)
      const value = bits % bound
      if (bits - value + (bound - 1) < 2147483648) return value
    }
  }

  nextGaussian(): number {
    if (this.gaussian !== null) {
      const g = this.gaussian
      this.gaussian = null
      return g
    }
    for (;;) {
      const a = 2 * this.nextDouble() - 1
      const b = 2 * this.nextDouble() - 1
      const s = a * a + b * b
      if (s < 1 && s !== 0) {
        const m = Math.sqrt((-2 * Math.log(s)) / s)
        this.gaussian = b * m
        return a * m
      }
    }
  }
}

export const PER_PARTITION: Record<string, Builder> = {
  rand: (call) => {
    const r = new XorShiftRandom(BigInt(call.seed) + BigInt(call.task.partition))
    return () => r.nextDouble()
  },
  randn: (call) => {
    const r = new XorShiftRandom(BigInt(call.seed) + BigInt(call.task.partition))
    return () => r.nextGaussian()
  },
  monotonically_increasing_id: (call) => {
    let n = call.task.partition * 8589934592
    return () => n++
  },
  spark_partition_id: (call) => () => call.task.partition,
  input_file_name: (call) => () => call.task.file(),
  raise_error: (call) => (row) => {
    throw userRaised(String(call.args[0]!(row)))
  },
}
