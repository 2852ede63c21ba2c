import { describe, expect, it } from 'vitest'
import { countRows, decodeRows, encodeRows } from '../../engine/plans/codec.ts'
import { hashInt, hashLong, hasher } from '../../engine/plans/expr/hash.ts'
import { coalescePartitions } from '../../engine/plans/runner/coalesce.ts'
import { rangeBounds } from '../../engine/plans/runner/range-bounds.ts'
import { compareStrings, comparator, decimalText, long, parseDecimal, rescale } from '../../engine/plans/values.ts'
import { datetimeFormatter, datetimeParser } from '../../engine/plans/expr/datetime-pattern.ts'
import { civilFromDays, daysFromCivil, formatTimestamp, parseTimestamp } from '../../engine/plans/expr/calendar.ts'
import { javaDouble, javaFloat } from '../../engine/plans/expr/format.ts'
import { parseType, simpleType } from '../../engine/plans/types.ts'
import { randomNumbers } from './harness.ts'

describe('row codec', () => {
  it('gives back what it was given, whatever the columns hold', () => {
    const random = randomNumbers(11)
    const any = (): unknown => {
      const r = random()
      if (r < 0.15) return null
      if (r < 0.3) return Math.floor((random() - 0.5) * 2 ** 40)
      if (r < 0.4) return random() * 1e9
      if (r < 0.5) return BigInt(Math.floor(random() * 2 ** 50)) * 4096n
      if (r < 0.6) return random() < 0.5
      if (r < 0.8) return 'ä😀x'.repeat(Math.floor(random() * 4))
      if (r < 0.85) return [1, null, 'x', [2n]]
      if (r < 0.9) return new Uint8Array([0, 255])
      return [NaN, -0, Infinity, 10n ** 30n][Math.floor(random() * 4)]
    }
    const uniform = [() => Math.floor(random() * 100), () => random(), () => `s${Math.floor(random() * 9)}`, () => random() < 0.5, () => BigInt(Math.floor(random() * 99)) * 10n ** 15n, () => null, () => (random() < 0.3 ? null : `\ufeff${Math.floor(random() * 5)}`), any]
    for (const n of [1, 5, 4096, 4097, 10000]) {
      const rows = Array.from({ length: n }, () => uniform.map((f) => f()))
      const bytes = encodeRows(rows)
      expect(countRows(bytes)).toBe(n)
      expect(decodeRows(bytes)).toEqual(rows)
    }
  })
  it('lets blobs stand one after another, and rows be without columns', () => {
    const both = new Uint8Array([...encodeRows([[1]]), ...encodeRows([['x'], ['y']])])
    expect(decodeRows(both)).toEqual([[1], ['x'], ['y']])
    // Anywhere in a Buffer, too, whose slice is no copy.
    const rows = [[1, 2.5, 'x', 7n], [2, -1, 'yy', 8n]]
    const encoded = encodeRows(rows)
    const inside = Buffer.concat([Buffer.alloc(3, 255), encoded, Buffer.alloc(6, 255)]).subarray(3, 3 + encoded.length)
    expect(decodeRows(inside)).toEqual(rows)
    expect(decodeRows(encodeRows([[], [], []]))).toEqual([[], [], []])
    expect(encodeRows([]).length).toBe(0)
  })
})

describe('hashing', () => {
  it('agrees with Spark', () => {
    expect(hashInt(1, 42)).toBe(-559580957)
    expect(hashLong(1, 42)).toBe(-1712319331)
    expect(hashLong(-1n, 42)).toBe(hashLong(-1, 42))
    expect(hasher('string')('Spark', 42)).toBe(228093765)
    expect(hasher('string')(null, 42)).toBe(42)
    expect(hasher('double')(-0, 42)).toBe(hasher('double')(0, 42))
  })
})

describe('coalescing (§10.4)', () => {
  it('makes one task of little data', () => {
    expect(coalescePartitions([new Array<number>(200).fill(100)], 64 << 20, 4, 1 << 20)).toEqual([[0, 200]])
    expect(coalescePartitions([new Array<number>(5).fill(0)], 64 << 20, 4, 1 << 20)).toEqual([[0, 5]])
  })
  it('cuts at the target size and covers every partition once', () => {
    const random = randomNumbers(5)
    for (let round = 0; round < 50; round++) {
      const sizes = [0, 1].map(() => Array.from({ length: 40 }, () => Math.floor(random() * random() * 5000)))
      const reads = coalescePartitions(sizes, 6000, 2, 100)
      expect(reads[0]![0]).toBe(0)
      expect(reads.at(-1)![1]).toBe(40)
      for (let i = 1; i < reads.length; i++) expect(reads[i]![0]).toBe(reads[i - 1]![1])
    }
    expect(coalescePartitions([[10, 10, 10, 10]], 20, 1, 1)).toEqual([[0, 2], [2, 4]])
  })
})

describe('range bounds', () => {
  it('split sampled keys evenly', () => {
    const order = [{ expr: { k: 'attr' as const, id: 1, name: 'x', type: 'long' as const, nullable: false }, ascending: true, nullsFirst: true }]
    const keys = Array.from({ length: 100 }, (_, i) => [i])
    expect(rangeBounds([{ rows: 1000, keys }], order, 4)).toEqual([[24], [49], [74]])
    expect(rangeBounds([{ rows: 5, keys: [[1], [1], [1], [1], [1]] }], order, 4)).toEqual([[1]])
    expect(rangeBounds([], order, 4)).toEqual([])
  })
})

describe('values', () => {
  it('keep 64-bit integers and decimals exact', () => {
    expect(long(9007199254740993n)).toBe(9007199254740993n)
    expect(long(5n)).toBe(5)
    expect(parseDecimal('1.005', 2)).toBe(101n)
    expect(parseDecimal('-1.005', 2)).toBe(-101n)
    expect(parseDecimal('1e3', 0)).toBe(1000n)
    expect(parseDecimal('x', 0)).toBeNull()
    expect(decimalText(rescale(12345n, 3, 1), 1)).toBe('12.3')
    expect(decimalText(-5n, 2)).toBe('-0.05')
  })
  it('are ordered as bytes are, NaN last', () => {
    expect(compareStrings('\uffee', '😀')).toBeLessThan(0)
    expect(['b', 'a', 'ä', 'Z'].toSorted(compareStrings)).toEqual(['Z', 'a', 'b', 'ä'])
    const d = comparator('double')
    expect([NaN, 1, -Infinity, Infinity].toSorted(d)).toEqual([-Infinity, 1, Infinity, NaN])
  })
  it('are written as Java writes numbers', () => {
    expect([1, 100, 1e7, 9999999, 0.001, 0.0001, 1.5e-10, 123456789.125, -0].map(javaDouble)).toEqual(['1.0', '100.0', '1.0E7', '9999999.0', '0.001', '1.0E-4', '1.5E-10', '1.23456789125E8', '-0.0'])
    expect([0.1, 3.4028235e38, 1e10].map((f) => javaFloat(Math.fround(f)))).toEqual(['0.1', '3.4028235E38', '1.0E10'])
  })
})

describe('calendar', () => {
  it('goes through all days and back', () => {
    for (let d = -800000; d < 800000; d += 997) {
      const x = civilFromDays(d)
      expect(daysFromCivil(x.year, x.month, x.day)).toBe(d)
      expect(new Date(d * 86400000).getUTCFullYear()).toBe(x.year)
    }
  })
  it('knows zones and their changes', () => {
    expect(parseTimestamp('2024-07-01 12:00:00', 'Europe/Berlin')).toBe(Date.UTC(2024, 6, 1, 10) * 1000)
    expect(parseTimestamp('2024-01-01 12:00:00', 'Europe/Berlin')).toBe(Date.UTC(2024, 0, 1, 11) * 1000)
    expect(parseTimestamp('2024-01-01 12:00:00+02:00', 'UTC')).toBe(Date.UTC(2024, 0, 1, 10) * 1000)
    // The hour that does not exist moves on.
    expect(formatTimestamp(parseTimestamp('2024-03-31 02:30:00', 'Europe/Berlin')!, 'Europe/Berlin')).toBe('2024-03-31 03:30:00')
    expect(formatTimestamp(-1, 'UTC')).toBe('1969-12-31 23:59:59.999999')
  })
  it('reads and writes patterns', () => {
    for (const p of ['yyyy-MM-dd HH:mm:ss.SSSSSS', 'dd/MM/yyyy HH:mm:ss', 'yyyyMMddHHmmss', "d MMM yyyy 'at' h:mm:ss a"]) {
      const at = Date.UTC(2031, 10, 9, 15, 4, 5) * 1000
      expect(datetimeParser(p, 'UTC')(datetimeFormatter(p, 'UTC')(at))).toBe(at)
    }
    expect(datetimeParser('yyyy-MM-dd', 'UTC')('2024-02-30')).toBeNull()
    expect(() => datetimeFormatter('yyyy-bb', 'UTC')).toThrow('Illegal pattern character found in datetime pattern: b')
  })
})

it('reads types', () => {
  for (const t of ['bigint', 'decimal(10,2)', 'array<int>', 'map<string,array<double>>', 'struct<a:int,b:struct<c:string>>']) expect(simpleType(parseType(t)!)).toBe(t)
  expect(parseType('varchar(10)')).toBe('string')
  expect(parseType('thing')).toBeNull()
})
