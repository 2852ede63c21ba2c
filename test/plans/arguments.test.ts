/** Arguments of other types than a function is made for: what Spark 4.1.1 does with each. */
import { afterAll, describe, expect, it } from 'vitest'
import names from '../../engine/plans/function-names.json' with { type: 'json' }
import type { DataType, Expression, JsonValue } from '../../engine/plans/contract.ts'
import { AnalysisError, JavaError, NotHere, SparkRuntimeError } from '../../engine/plans/errors.ts'
import { as, call, cast, col, fields, local, LocalCluster } from './harness.ts'

const cluster = new LocalCluster()
afterAll(() => cluster.close())

const list = (element: DataType): DataType => ({ type: 'array', element, containsNull: true })
const COLUMNS: [string, DataType, JsonValue][] = [
  ['s', 'string', '2024-02-29'], ['n', 'string', '12'], ['y', 'byte', 5], ['i', 'integer', 7], ['l', 'long', 8], ['d', 'double', 2.5], ['f', 'float', 1.5], ['b', 'boolean', true],
  ['dt', 'date', { $date: '2024-02-29' }], ['ts', 'timestamp', { $timestamp: '2024-02-29T13:14:15.500Z' }], ['dec', { type: 'decimal', precision: 10, scale: 2 }, { $decimal: '12.34' }],
  ['arr', list('integer'), [3, 1, 2]], ['arrs', list('string'), ['x', 'y']], ['aa', list(list('integer')), [[1], [2, 3]]],
  ['st', { type: 'struct', fields: [{ name: 'p', dataType: 'integer', nullable: true }] }, [1]], ['nul', 'null', null]
]
const base = local(fields(...COLUMNS.filter(([name]) => name !== 'ts').map(([name, type]): [string, DataType] => [name, type])), [COLUMNS.filter(([name]) => name !== 'ts').map(([, , value]) => value)], 1).withColumn('ts', cast('2024-02-29 13:14:15.5', 'timestamp'))

const value = async (e: Expression): Promise<JsonValue> => (await cluster.rows(base.select(as(e, 'x')).plan))[0]![0]!
const outcome = (e: Expression): Promise<JsonValue> => value(e).catch((error: unknown) => error instanceof SparkRuntimeError || error instanceof AnalysisError ? error.errorClass.replace('DATATYPE_MISMATCH.', '') : error instanceof JavaError ? error.message : Promise.reject(error as Error))

describe('a date or timestamp from', () => {
  it.each<[string, string, JsonValue]>([
    ['to_date', 'dt', { $date: '2024-02-29' }], ['to_date', 'ts', { $date: '2024-02-29' }], ['to_date', 'i', 'CAST_INVALID_INPUT'], ['to_date', 'arr', 'UNEXPECTED_INPUT_TYPE'], ['to_date', 'nul', null],
    ['to_timestamp', 'arr', 'UNEXPECTED_INPUT_TYPE'], ['unix_timestamp', 'i', 'UNEXPECTED_INPUT_TYPE'], ['unix_timestamp', 'ts', 1709212455]
  ])('%s of %s', async (name, column, wanted) => expect(await outcome(call(name, col(column)))).toEqual(wanted))

  it.each<[string, number]>([['i', 7], ['dec', 12], ['dt', 1709164800], ['ts', 1709212455]])('to_timestamp of %s', async (column, seconds) => expect(await value(call('unix_timestamp', call('to_timestamp', col(column))))).toBe(seconds))

  it('a pattern changes nothing for what is a date or timestamp already', async () => {
    expect(await value(call('to_date', col('ts'), 'yyyy'))).toEqual({ $date: '2024-02-29' })
    expect(await value(call('unix_timestamp', call('to_timestamp', col('dt'), 'HH')))).toBe(1709164800)
  })

  it('a cast to what it is', async () => expect(await value(call('unix_timestamp', cast(col('ts'), 'timestamp')))).toBe(1709212455))
})

describe('what is refused, and what is read as something else', () => {
  it.each<[Expression, JsonValue]>([
    [call('flatten', col('arr')), 'UNEXPECTED_INPUT_TYPE'], [call('flatten', col('aa')), [1, 2, 3]], [call('md5', col('i')), 'UNEXPECTED_INPUT_TYPE'], [call('format_number', col('n'), 2), 'UNEXPECTED_INPUT_TYPE'],
    [call('date_add', col('dt'), col('l')), 'UNEXPECTED_INPUT_TYPE'], [call('date_add', col('dt'), col('n')), { $date: '2024-03-12' }], [call('element_at', col('arr'), col('l')), 'UNEXPECTED_INPUT_TYPE'], [call('element_at', col('arr'), 2), 1],
    [call('array_contains', col('arr'), col('n')), 'ARRAY_FUNCTION_DIFF_TYPES'], [call('array_contains', col('arr'), col('d')), false], [call('array_contains', col('nul'), 1), 'NULL_TYPE'],
    [call('greatest', col('s'), col('i')), 'DATA_DIFF_TYPES'], [call('least', col('i'), col('d')), 2.5], [call('=', col('arr'), col('arrs')), 'BINARY_OP_DIFF_TYPES'],
    [call('or', true, col('s')), true], [call('and', col('b'), col('s')), 'CAST_INVALID_INPUT'], [call('&', col('n'), 3), 0], [call('-', col('n'), col('b')), 'BINARY_OP_WRONG_TYPE'],
    [call('array_join', col('aa'), ','), 'UNEXPECTED_INPUT_TYPE'], [call('concat_ws', '-', col('aa')), 'UNEXPECTED_INPUT_TYPE'], [call('concat_ws', '-', col('arr')), '3-1-2'], [call('size', col('nul')), null],
    [cast(col('dt'), 'int'), 'CAST_WITH_FUNC_SUGGESTION'], [cast(col('d'), 'date'), 'CAST_WITH_FUNC_SUGGESTION'], [cast(col('dt'), 'boolean'), 'CAST_WITH_CONF_SUGGESTION']
  ])('%j', async (e, wanted) => expect(await outcome(e)).toEqual(wanted))

  it.each<[string, string, string]>([
    ['%d', 'd', 'd != java.lang.Double'], ['%d', 'n', 'd != org.apache.spark.unsafe.types.UTF8String'], ['%f', 'i', 'f != java.lang.Integer'], ['%x', 'f', 'x != java.lang.Float'], ['%c', 'd', 'c != java.lang.Double'],
    ['%d', 'dt', '19782'], ['%s', 'dt', '19782'], ['%s', 'arr', '[3,1,2]'], ['%b', 's', 'true'], ['%b', 'nul', 'false'], ['%.1f', 'nul', 'n'], ['%x', 'l', '8']
  ])('format_string %s of %s', async (format, column, wanted) => expect(await outcome(call('format_string', format, col(column)))).toBe(wanted))

  it('an interval, which is not here, by name', async () => {
    await expect(value(call('-', col('dt'), col('dt')))).rejects.toThrow(new NotHere('Subtracting dates or timestamps gives an interval, which is not in Kindling: use datediff, or unix_timestamp'))
  })
})

describe('no function breaks on a type it is not made for', () => {
  const known = (error: unknown): boolean => error instanceof AnalysisError || error instanceof SparkRuntimeError || error instanceof JavaError || error instanceof NotHere
  const broken = async (e: Expression): Promise<string[]> => {
    try {
      await value(e)
      return []
    } catch (error) {
      return known(error) ? [] : [`${JSON.stringify(e)}: ${String(error)}`]
    }
  }
  const every = async (make: (column: Expression) => Expression[]): Promise<string[]> => {
    const found: string[] = []
    for (const [name] of COLUMNS) for (const e of make(col(name))) found.push(...(await broken(e)))
    return found
  }
  const plain = [...names.operator, ...names.scalar].filter((name) => name !== 'struct')

  it.each(plain)('%s', async (name) => {
    expect(await every((c) => [call(name, c), call(name, c, c), call(name, c, 'x'), call(name, col('s'), c), call(name, col('i'), c), call(name, col('arr'), c), call(name, col('dt'), c), call(name, c, 2, 3), call(name, c, 'a', 'b')])).toEqual([])
  })
})
