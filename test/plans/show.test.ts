import { afterEach, describe, expect, it } from 'vitest'
import { showString, displayWidth } from '../../engine/plans/show.ts'
import { as, call, cast, col, fields, lit, local, LocalCluster, range } from './harness.ts'

let c: LocalCluster | undefined
afterEach(() => c?.close())

const lines = (...l: string[]) => `${l.join('\n')}\n`

describe('show (§10.11)', () => {
  it('writes each type as Spark does', async () => {
    c = new LocalCluster()
    const df = local(
      fields(['b', 'boolean'], ['n', 'long'], ['d', 'double'], ['m', { type: 'decimal', precision: 10, scale: 2 }], ['day', 'date'], ['a', { type: 'array', element: 'integer', containsNull: true }], ['bin', 'binary']),
      [[true, { $long: '9223372036854775807' }, 1e7, { $decimal: '1.50' }, { $date: '2024-01-31' }, [1, null], { $binary: 'AAH/' }], [null, null, { $double: 'NaN' }, null, null, null, null]],
      1,
    )
    expect(await c.show(df)).toBe(lines(
      '+----+-------------------+-----+----+----------+---------+----------+',
      '|   b|                  n|    d|   m|       day|        a|       bin|',
      '+----+-------------------+-----+----+----------+---------+----------+',
      '|true|9223372036854775807|1.0E7|1.50|2024-01-31|[1, NULL]|[00 01 FF]|',
      '|NULL|               NULL|  NaN|NULL|      NULL|     NULL|      NULL|',
      '+----+-------------------+-----+----+----------+---------+----------+',
    ))
  })

  it('cuts long cells at 20 and says that there is more', async () => {
    c = new LocalCluster()
    const df = range(0, 3, 1, 1).select(as(call('concat', lit('a rather long text, number '), cast(col('id'), 'string')), 'text'))
    expect(await c.show(df, 2)).toBe(lines('+--------------------+', '|                text|', '+--------------------+', '|a rather long tex...|', '|a rather long tex...|', '+--------------------+') + 'only showing top 2 rows')
    expect(await c.show(df, 1, 0)).toBe(lines('+----------------------------+', '|text                        |', '+----------------------------+', '|a rather long text, number 0|', '+----------------------------+') + 'only showing top 1 row')
    expect(await c.show(df, 3, 3)).toBe(lines('+----+', '|text|', '+----+', '| a r|', '| a r|', '| a r|', '+----+'))
  })

  it('shows rows down the page', async () => {
    c = new LocalCluster()
    expect(await c.show(range(7, 9, 1, 1).select('id', as(lit('x'), 'letter')), 1, 20, true)).toBe(lines('-RECORD 0-----', ' id     | 7   ', ' letter | x   ') + 'only showing top 1 row')
    expect(await c.show(range(0, 0), 20, 20, true)).toBe('(0 rows)')
  })

  it('gives wide characters two columns and escapes control characters', () => {
    expect(displayWidth('日本')).toBe(4)
    expect(showString(['s'], [['日本'], ['a\nb\tc']], 20, 20, false)).toBe(lines('+-------+', '|      s|', '+-------+', '|   日本|', '|a\\nb\\tc|', '+-------+'))
  })

  it('shows an empty frame and a frame without columns', async () => {
    c = new LocalCluster()
    expect(await c.show(range(0, 0))).toBe(lines('+---+', '| id|', '+---+', '+---+'))
    expect(await c.show(range(0, 2, 1, 1).select())).toBe(lines('++', '||', '++', '||', '||', '++'))
  })

  it('shows nothing of a frame but its head for 0 rows', async () => {
    c = new LocalCluster()
    expect(await c.show(range(0, 2), 0)).toBe(lines('+---+', '| id|', '+---+', '+---+') + 'only showing top 0 rows')
  })
})
