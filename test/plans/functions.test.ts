/** Values of every function and operator, as Spark 4.1 gives them. */
import { afterAll, describe, expect, it } from 'vitest'
import names from '../../engine/plans/function-names.json' with { type: 'json' }
import type { DataType, Expression, JsonValue } from '../../engine/plans/contract.ts'
import { AGGREGATES, FUNCTIONS } from '../../engine/plans/analyze/functions.ts'
import { aggregator } from '../../engine/plans/expr/aggregates.ts'
import { BUILDERS } from '../../engine/plans/expr/compile.ts'
import { as, call, cast, col, distinct, fields, lit, local, LocalCluster, range } from './harness.ts'

const ansi = new LocalCluster()
const legacy = new LocalCluster({ 'spark.sql.ansi.enabled': 'false' })
afterAll(() => {
  ansi.close()
  legacy.close()
})

const used = new Set<string>()

function note(e: Expression | JsonValue): void {
  if (e === null || typeof e !== 'object') return
  if ('expr' in e && e['expr'] === 'call') used.add(e['name'] as string)
  for (const v of Object.values(e)) note(v as JsonValue)
}

/** The expression with its literals moved to columns of a row, so that nothing can be folded before it runs. */
function overColumns(e: Expression, names: [string, DataType][], row: JsonValue[]): Expression {
  if (e.expr === 'call') return { ...e, args: e.name === 'round' || e.name === 'bround' ? [overColumns(e.args[0]!, names, row), ...e.args.slice(1)] : e.args.map((a) => overColumns(a, names, row)) }
  if (e.expr === 'alias' || e.expr === 'cast') return { ...e, child: overColumns(e.child, names, row) }
  if (e.expr !== 'literal') return e
  names.push([`c${names.length}`, e.dataType])
  row.push(e.value)
  return col(`c${names.length - 1}`)
}

/** The value of an expression of constants, and of the same one over columns: they must agree. */
async function value(e: Expression, cluster = ansi): Promise<JsonValue> {
  note(e)
  const folded = (await cluster.rows(range(0, 1, 1, 1).select(as(e, 'x')).plan))[0]![0]!
  const names: [string, DataType][] = []
  const row: JsonValue[] = []
  const moved = overColumns(e, names, row)
  expect((await cluster.rows(local(fields(...names), [row], 1).select(as(moved, 'x')).plan))[0]![0]).toEqual(folded)
  return folded
}

const date = (s: string): Expression => lit({ $date: s }, 'date')
const time = (s: string): Expression => cast(lit(s), 'timestamp')
const arr = (...xs: JsonValue[]): Expression => call('array', ...xs.map((x) => lit(x)))
const dec = (s: string, precision: number, scale: number): Expression => lit({ $decimal: s }, { type: 'decimal', precision, scale })
const nothing = (t: DataType): Expression => lit(null, t)
const day = (s: string) => ({ $date: s })

describe('every name that Python writes', () => {
  it('has a type and a body', () => {
    for (const n of [...names.operator, ...names.scalar, ...names.nondeterministic]) {
      expect(FUNCTIONS[n], `type of ${n}`).toBeDefined()
      expect(BUILDERS[n], `body of ${n}`).toBeDefined()
    }
    for (const fn of names.aggregate) {
      expect(AGGREGATES[fn], `type of ${fn}`).toBeDefined()
      expect(aggregator({ fn, argTypes: ['double', 'double'], type: 'double', ansi: true, distinct: false }).state.length).toBeGreaterThan(0)
    }
  })
})

type Case = [Expression, JsonValue]

const operators: Case[] = [
  [call('+', 1, 2), 3],
  [call('+', lit(9007199254740991, 'long'), lit(1, 'long')), { $long: '9007199254740992' }],
  [call('-', 1, 2), -1],
  [call('*', lit(3037000500, 'long'), lit(3037000499, 'long')), { $long: '9223372033963249500' }],
  [call('*', 0, -5), 0],
  [call('/', 7, 2), 3.5],
  [call('/', 1, 3), 0.3333333333333333],
  [call('%', -7, 3), -1],
  [call('pmod', -7, 3), 2],
  [call('%', 7.5, 2), 1.5],
  [call('negative', 5), -5],
  [call('positive', 5), 5],
  [call('abs', -5), 5],
  [call('&', 12, 10), 8],
  [call('|', 12, 10), 14],
  [call('^', 12, 10), 6],
  [call('~', 5), -6],
  [call('&', lit({ $long: '9223372036854775807' }, 'long'), lit(255, 'long')), 255],
  [call('=', 1, lit(1, 'long')), true],
  [call('!=', 'a', 'b'), true],
  [call('<=>', nothing('integer'), nothing('integer')), true],
  [call('<=>', 1, nothing('integer')), false],
  [call('=', 1, nothing('integer')), null],
  [call('<', 'a', 'B'), false],
  [call('<=', 2, 2), true],
  [call('>', lit({ $double: 'NaN' }, 'double'), lit({ $double: 'Infinity' }, 'double')), true],
  [call('=', lit({ $double: 'NaN' }, 'double'), lit({ $double: 'NaN' }, 'double')), true],
  [call('>=', date('2024-01-31'), date('2024-02-01')), false],
  [call('=', 1, '1'), true],
  [call('and', true, nothing('boolean')), null],
  [call('and', false, nothing('boolean')), false],
  [call('or', true, nothing('boolean')), true],
  [call('or', false, nothing('boolean')), null],
  [call('not', true), false],
  [call('isnull', nothing('string')), true],
  [call('isnotnull', nothing('string')), false],
  [call('in', 2, 1, 2), true],
  [call('in', 3, 1, nothing('integer')), null],
  [call('like', 'spark', 's%k'), true],
  [call('like', 'sp_rk', 'sp\\_rk'), true],
  [call('like', 'spark', 'S_ark'), false],
  [call('ilike', 'spark', 'S_ARK'), true],
  [call('rlike', 'spark 4.1', '\\d+\\.\\d+$'), true],
  [call('startswith', 'spark', 'sp'), true],
  [call('endswith', 'spark', 'rk'), true],
  [call('contains', 'spark', 'par'), true],
  [call('+', dec('1.50', 10, 2), dec('2.255', 10, 3)), { $decimal: '3.755' }],
  [call('*', dec('1.50', 10, 2), dec('2.00', 10, 2)), { $decimal: '3.0000' }],
  [call('/', dec('1.00', 10, 2), dec('3.00', 10, 2)), { $decimal: '0.3333333333333' }],
  [call('-', dec('1.50', 10, 2), 1), { $decimal: '0.50' }],
  [call('+', date('2024-02-28'), 2), day('2024-03-01')],
  [{ expr: 'when', branches: [{ when: call('>', 1, 2), then: lit('a') }], otherwise: lit('b') }, 'b'],
  [{ expr: 'when', branches: [{ when: call('>', 1, 2), then: lit('a') }] }, null],
  [{ expr: 'item', child: arr(10, 20), key: lit(1) }, 20],
  [{ expr: 'item', child: call('map', 'a', 1, 'b', 2), key: lit('b') }, 2],
  [{ expr: 'item', child: call('struct', as(lit(1), 'p'), as(lit('q'), 'r')), key: lit('r') }, 'q'],
]

const casts: Case[] = [
  [cast('12', 'int'), 12],
  [cast(' 12 ', 'bigint'), 12],
  [cast(3.99, 'int'), 3],
  [cast(-3.99, 'bigint'), -3],
  [cast(lit(1e10, 'double'), 'string'), '1.0E10'],
  [cast(123456.0, 'string'), '123456'],
  [cast(lit(123456, 'double'), 'string'), '123456.0'],
  [cast(lit(0.00012, 'double'), 'string'), '1.2E-4'],
  [cast(lit(0.1, 'float'), 'string'), '0.1'],
  [cast(true, 'string'), 'true'],
  [cast('yes', 'boolean'), true],
  [cast('1.256', 'decimal(10,2)'), { $decimal: '1.26' }],
  [cast(1.005, 'decimal(10,2)'), { $decimal: '1.01' }],
  [cast(dec('1.50', 10, 2), 'string'), '1.50'],
  [cast('2024-01-31', 'date'), day('2024-01-31')],
  [cast(date('2024-01-31'), 'string'), '2024-01-31'],
  [cast(time('2024-01-31 12:34:56.789'), 'string'), '2024-01-31 12:34:56.789'],
  [cast(time('2024-01-31 00:00:10'), 'bigint'), 1706659210],
  [cast(arr(1, null, 3), 'string'), '[1, NULL, 3]'],
  [cast(call('struct', as(lit(1), 'a'), as(lit('x'), 'b')), 'string'), '{1, x}'],
  [cast(call('map', 'k', 1), 'string'), '{k -> 1}'],
  [cast(lit(65, 'long'), 'double'), 65],
  [cast('abc', 'binary'), { $binary: 'YWJj' }],
]

const scalars: Case[] = [
  [call('coalesce', nothing('integer'), 2), 2],
  [call('isnan', lit({ $double: 'NaN' }, 'double')), true],
  [call('nanvl', lit({ $double: 'NaN' }, 'double'), 1.5), 1.5],
  [call('greatest', 1, nothing('integer'), 3), 3],
  [call('least', 'b', 'a'), 'a'],
  [call('sqrt', 16), 4],
  [call('sqrt', -1), { $double: 'NaN' }],
  [call('power', 2, 10), 1024],
  [call('exp', 0), 1],
  [call('ln', 0), null],
  [call('log', 10, 100), 2],
  [call('log10', 1000), 3],
  [call('log2', 8), 3],
  [call('round', 2.5), 3],
  [call('round', -2.5), -3],
  [call('round', 1.005, 2), 1.01],
  [call('round', 1234, -2), 1200],
  [call('bround', 2.5), 2],
  [call('bround', 3.5), 4],
  [call('round', dec('1.245', 10, 3), 2), { $decimal: '1.25' }],
  [call('floor', -1.5), -2],
  [call('ceil', -1.5), -1],
  [call('floor', dec('-1.50', 4, 2)), { $decimal: '-2' }],
  [call('signum', -3), -1],
  [call('sin', 0), 0], [call('cos', 0), 1], [call('tan', 0), 0], [call('asin', 0), 0], [call('acos', 1), 0], [call('atan', 0), 0],
  [call('atan2', 0, 1), 0], [call('sinh', 0), 0], [call('cosh', 0), 1], [call('tanh', 0), 0],
  [call('degrees', 0), 0], [call('radians', 180), Math.PI],
  [call('upper', 'straße'), 'STRASSE'], [call('lower', 'ABC'), 'abc'],
  [call('trim', '  a b '), 'a b'], [call('ltrim', '  a '), 'a '], [call('rtrim', ' a  '), ' a'], [call('trim', 'xxaxx', 'x'), 'a'],
  [call('length', 'a😀b'), 3], [call('concat', 'a', 1), 'a1'], [call('concat', 'a', nothing('string')), null],
  [call('concat_ws', '-', 'a', nothing('string'), 'b'), 'a-b'],
  [call('concat_ws', ',', arr('x', null, 'y')), 'x,y'],
  [call('substring', 'spark', 2, 3), 'par'], [call('substring', 'spark', -3, 2), 'ar'], [call('substring', 'spark', 0, 2), 'sp'], [call('substring', 'spark', -7, 3), 's'],
  [call('split', 'a1b2c', '[0-9]'), ['a', 'b', 'c']], [call('split', 'a,b,c', ',', 2), ['a', 'b,c']], [call('split', 'a,b,', ','), ['a', 'b', '']],
  [call('regexp_replace', 'a1b22', '(\\d+)', '<$1>'), 'a<1>b<22>'],
  [call('regexp_extract', '100-200', '(\\d+)-(\\d+)', 2), '200'], [call('regexp_extract', 'x', '(\\d+)', 1), ''],
  [call('initcap', 'hello wORLD'), 'Hello World'], [call('reverse', 'abc'), 'cba'], [call('reverse', arr(1, 2)), [2, 1]],
  [call('lpad', 'hi', 5, 'ab'), 'abahi'], [call('lpad', 'hello', 2, 'x'), 'he'], [call('rpad', 'hi', 4, '.'), 'hi..'],
  [call('repeat', 'ab', 3), 'ababab'], [call('instr', 'spark', 'ar'), 3], [call('locate', 'a', 'banana', 3), 4], [call('locate', 'z', 'abc'), 0],
  [call('format_number', 12345.678, 2), '12,345.68'], [call('format_number', 0.5, 0), '0'], [call('format_number', -1234567, 1), '-1,234,567.0'],
  [call('format_string', '%s is %d, %.2f%%', 'x', 42, 1.5), 'x is 42, 1.50%'], [call('format_string', '%05d|%-4s|', 42, 'a'), '00042|a   |'],
  [call('translate', 'translate', 'rnlt', '123'), '1a2s3ae'], [call('ascii', 'A'), 65],
  [arr(1, 2), [1, 2]], [call('array_contains', arr(1, 2, null), 3), null], [call('array_contains', arr(1, 2), 2), true],
  [call('array_distinct', arr(1, 2, 1, null, null)), [1, 2, null]], [call('array_join', arr('a', null, 'c'), ','), 'a,c'], [call('array_join', arr('a', null), ',', '?'), 'a,?'],
  [call('array_max', arr(1, null, 3)), 3], [call('array_min', arr(2, null, 1)), 1], [call('size', arr(1, 2, 3)), 3], [call('size', nothing({ type: 'array', element: 'integer', containsNull: true })), null],
  [call('sort_array', arr(3, null, 1)), [null, 1, 3]], [call('sort_array', arr(3, null, 1), false), [3, 1, null]],
  [call('element_at', arr(1, 2, 3), -1), 3], [call('element_at', call('map', 'a', 1), 'b'), null], [call('slice', arr(1, 2, 3, 4), 2, 2), [2, 3]], [call('slice', arr(1, 2, 3, 4), -2, 2), [3, 4]],
  [call('flatten', call('array', arr(1), arr(2, 3))), [1, 2, 3]],
  [call('struct', as(lit(1), 'a'), as(lit('b'), 'c')), { $struct: [1, 'b'] }], [call('map', 'a', 1), { $map: [['a', 1]] }],
  [call('map_keys', call('map', 'a', 1, 'b', 2)), ['a', 'b']], [call('map_values', call('map', 'a', 1, 'b', 2)), [1, 2]],
  [call('to_date', '2024-01-31'), day('2024-01-31')], [call('to_date', '31/01/2024', 'dd/MM/yyyy'), day('2024-01-31')],
  [call('to_timestamp', '2024-01-31 10:20:30'), { $timestamp: '1706696430000000' }], [call('to_timestamp', '31.01.24 10:20', 'dd.MM.yy HH:mm'), { $timestamp: '1706696400000000' }],
  [call('year', date('2024-01-31')), 2024], [call('quarter', date('2024-05-31')), 2], [call('month', date('2024-05-31')), 5], [call('dayofmonth', date('2024-05-31')), 31],
  [call('dayofweek', date('2024-05-31')), 6], [call('dayofyear', date('2024-03-01')), 61], [call('weekofyear', date('2021-01-03')), 53], [call('year', '2024-05-31'), 2024],
  [call('hour', time('2024-01-31 10:20:30')), 10], [call('minute', time('2024-01-31 10:20:30')), 20], [call('second', time('2024-01-31 10:20:30')), 30],
  [call('date_add', date('2024-02-28'), 2), day('2024-03-01')], [call('date_sub', date('2024-03-01'), 1), day('2024-02-29')], [call('datediff', date('2024-03-01'), date('2024-02-01')), 29],
  [call('add_months', date('2024-01-31'), 1), day('2024-02-29')], [call('last_day', date('2023-02-05')), day('2023-02-28')],
  [call('trunc', date('2024-05-31'), 'quarter'), day('2024-04-01')], [call('trunc', date('2024-05-31'), 'week'), day('2024-05-27')], [call('trunc', date('2024-05-31'), 'nothing'), null],
  [cast(call('date_trunc', 'hour', time('2024-01-31 10:20:30')), 'string'), '2024-01-31 10:00:00'],
  [call('date_format', time('2024-01-31 15:04:05'), "EEE, d MMM yyyy hh:mm a 'x'"), 'Wed, 31 Jan 2024 03:04 PM x'],
  [call('unix_timestamp', '2024-01-31 00:00:10'), 1706659210], [call('unix_timestamp', time('2024-01-31 00:00:10')), 1706659210], [call('from_unixtime', 1706659210), '2024-01-31 00:00:10'],
  [cast(call('current_date'), 'string'), '2024-01-31'], [cast(call('current_timestamp'), 'string'), '2024-01-31 11:20:00'],
  // From Spark's own documentation.
  [call('hash', 'Spark', arr(123), 2), -1321691492],
  [call('md5', 'Spark'), '8cde774d6f7333752ed72cacddb05126'], [call('sha1', 'Spark'), '85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c'],
  [call('sha2', 'Spark', 256), '529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b'],
  [call('sha2', 'abc', 512), 'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f'],
  [call('spark_partition_id'), 0], [call('monotonically_increasing_id'), 0], [call('input_file_name'), ''],
]

describe('operators', () => {
  it.each(operators.map((c, i) => [i, ...c] as const))('%i', async (_i, e, expected) => expect(await value(e)).toEqual(expected))
})
describe('casts', () => {
  it.each(casts.map((c, i) => [i, ...c] as const))('%i', async (_i, e, expected) => expect(await value(e)).toEqual(expected))
})
describe('functions', () => {
  it.each(scalars.map((c, i) => [i, ...c] as const))('%i', async (_i, e, expected) => expect(await value(e)).toEqual(expected))

  it('draws the same random numbers for a seed, others in other partitions', async () => {
    const rows = await ansi.rows(range(0, 2, 1, 2).select(call('rand', 42), call('randn', 42)).plan)
    // The first values that Spark's documentation shows for seed 0 and 42.
    expect(rows[0]![0]).toBeCloseTo(0.619189370225301, 12)
    expect(rows[0]![0]).not.toBe(rows[1]![0])
    note(call('rand'))
    note(call('randn'))
    expect((await ansi.rows(range(0, 1, 1, 1).select(call('rand', 0)).plan))[0]![0]).toBeCloseTo(0.7604953758285915, 12)
  })

  it('numbers rows by partition', async () => {
    expect(await ansi.rows(range(0, 4, 1, 2).select(call('monotonically_increasing_id')).plan)).toEqual([[0], [1], [8589934592], [8589934593]])
  })

  it('raises the error that was asked for', async () => {
    await expect(value(call('raise_error', 'no good'))).rejects.toThrow('[USER_RAISED_EXCEPTION] no good SQLSTATE: P0001')
  })
})

describe('errors of ANSI mode, null without it (§10.14)', () => {
  const big = lit({ $long: '9223372036854775807' }, 'long')
  const cases: [string, Expression, string, JsonValue][] = [
    ['division', call('/', 1, 0), '[DIVIDE_BY_ZERO] Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead. If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error. SQLSTATE: 22012', null],
    ['remainder', call('%', 1, 0), '[REMAINDER_BY_ZERO] Remainder by zero. Use `try_mod` to tolerate divisor being 0 and return NULL instead. If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error. SQLSTATE: 22012', null],
    ['long sum', call('+', big, lit(1, 'long')), '[ARITHMETIC_OVERFLOW] long overflow. Use \'try_add\' to tolerate overflow and return NULL instead. If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error. SQLSTATE: 22003', { $long: '-9223372036854775808' }],
    ['integer product', call('*', 2147483647, 2), '[ARITHMETIC_OVERFLOW] integer overflow. Use \'try_multiply\' to tolerate overflow and return NULL instead. If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error. SQLSTATE: 22003', -2],
    ['text to int', cast('abc', 'int'), '[CAST_INVALID_INPUT] The value \'abc\' of the type "STRING" cannot be cast to "INT" because it is malformed. Correct the value as per the syntax, or change its target type. Use `try_cast` to tolerate malformed input and return NULL instead. SQLSTATE: 22018', null],
    ['text with decimals to int', cast('1.5', 'int'), '[CAST_INVALID_INPUT] The value \'1.5\'', 1],
    ['long to int', cast(lit(2147483648, 'long'), 'int'), '[CAST_OVERFLOW] The value 2147483648L of the type "BIGINT" cannot be cast to "INT" due to an overflow. Use `try_cast` to tolerate overflow and return NULL instead. SQLSTATE: 22003', -2147483648],
    ['double to int', cast(lit(1e20, 'double'), 'int'), '[CAST_OVERFLOW] The value 1.0E20D of the type "DOUBLE"', 2147483647],
    ['text to date', cast('2024-02-30', 'date'), '[CAST_INVALID_INPUT] The value \'2024-02-30\' of the type "STRING" cannot be cast to "DATE"', null],
    ['decimal too wide', cast('123.4', 'decimal(3,1)'), '[NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION] The 123.4 cannot be represented as Decimal(3, 1).', null],
    ['array index', { expr: 'item', child: arr(1, 2), key: lit(5) }, '[INVALID_ARRAY_INDEX] The index 5 is out of bounds. The array has 2 elements. Use the SQL function `get()` to tolerate accessing element at invalid index and return NULL instead. SQLSTATE: 22003', null],
    ['element_at', call('element_at', arr(1, 2), 5), '[INVALID_ARRAY_INDEX_IN_ELEMENT_AT] The index 5 is out of bounds. The array has 2 elements. Use `try_element_at` to tolerate accessing element at invalid index and return NULL instead. SQLSTATE: 22003', null],
    ['to_date', call('to_date', '2024-13-01', 'yyyy-MM-dd'), '[CANNOT_PARSE_TIMESTAMP]', null],
    ['negation', call('negative', lit(-2147483648, 'integer')), '[ARITHMETIC_OVERFLOW] integer overflow.', -2147483648],
  ]
  it.each(cases)('%s', async (_name, e, error, otherwise) => {
    await expect(value(e)).rejects.toThrow(error)
    expect(await value(e, legacy)).toEqual(otherwise)
  })

  it('refuses an index of zero either way', async () => {
    await expect(value(call('element_at', arr(1), 0), legacy)).rejects.toThrow('[INVALID_INDEX_OF_ZERO] The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1). SQLSTATE: 22003')
  })
})

describe('aggregates', () => {
  const data = [[1, 'a', 2.0, true], [2, 'b', 4.0, false], [3, 'a', null, true], [4, null, 4.0, null], [5, 'b', 5.0, true]] as JsonValue[][]
  const df = local(fields(['n', 'integer'], ['s', 'string'], ['d', 'double'], ['b', 'boolean']), data, 3)
  const one = async (e: Expression) => {
    note(e)
    return (await ansi.rows(df.groupBy().agg(e).plan))[0]![0]!
  }
  const exact: [Expression, JsonValue][] = [
    [call('count', col('s')), 4], [call('count', lit(1)), 5], [distinct('count', col('s')), 2], [call('sum', col('n')), 15], [call('sum', col('d')), 15], [call('avg', col('n')), 3], [call('avg', col('d')), 3.75],
    [call('min', col('s')), 'a'], [call('max', col('d')), 5], [call('first', col('s')), 'a'], [call('last', col('s')), 'b'], [call('any_value', col('n')), 1], [call('first', col('d'), true), 2],
    [call('collect_list', col('s')), ['a', 'b', 'a', 'b']], [call('sort_array', call('collect_set', col('s'))), ['a', 'b']],
    [call('var_pop', col('n')), 2], [call('variance', col('n')), 2.5], [call('var_samp', col('n')), 2.5],
    [call('approx_count_distinct', col('d')), 3], [call('max_by', col('s'), col('n')), 'b'], [call('min_by', col('s'), col('n')), 'a'], [call('median', col('n')), 3], [call('mode', col('d')), 4], [call('count_if', col('b')), 3], [call('bool_and', col('b')), false], [call('bool_or', col('b')), true],
    [call('skewness', col('n')), 0], [call('covar_pop', col('n'), col('n')), 2], [call('covar_samp', col('n'), col('n')), 2.5], [call('percentile_approx', col('n'), 0.5), 3], [call('percentile_approx', col('n'), arr(0.2, 0.8), 100), [1, 4]],
    [distinct('sum', col('d')), 11],
  ]
  it.each(exact.map((c, i) => [i, ...c] as const))('%i', async (_i, e, expected) => expect(await one(e)).toEqual(expected))
  it('computes deviations, correlation and kurtosis', async () => {
    expect(await one(call('stddev', col('n')))).toBeCloseTo(1.5811388300841898, 12)
    expect(await one(call('stddev_samp', col('n')))).toBeCloseTo(1.5811388300841898, 12)
    expect(await one(call('stddev_pop', col('n')))).toBeCloseTo(1.4142135623730951, 12)
    expect(await one(call('corr', col('n'), call('*', col('n'), -2)))).toBeCloseTo(-1, 12)
    expect(await one(call('kurtosis', col('n')))).toBeCloseTo(-1.3, 12)
  })
  it('gives null or zero over nothing', async () => {
    const none = df.filter(call('>', col('n'), 99)).groupBy().agg(call('sum', col('n')), call('count', col('n')), call('avg', col('n')), call('collect_list', col('n')))
    expect(await ansi.rows(none.plan)).toEqual([[null, 0, null, []]])
    expect(await ansi.rows(df.filter(call('>', col('n'), 99)).groupBy('s').agg(call('sum', col('n'))).plan)).toEqual([])
  })
  it('keeps sums exact, and overflows loudly', async () => {
    const big = local(fields(['x', 'long']), [[{ $long: '9223372036854775000' }], [700], [107]], 2)
    expect(await ansi.rows(big.groupBy().agg(call('sum', col('x'))).plan)).toEqual([[{ $long: '9223372036854775807' }]])
    await expect(ansi.rows(big.union(local(fields(['x', 'long']), [[1]], 1)).groupBy().agg(call('sum', col('x'))).plan)).rejects.toThrow('[ARITHMETIC_OVERFLOW] long overflow.')
    const money = local(fields(['x', { type: 'decimal', precision: 10, scale: 2 }]), [[{ $decimal: '0.10' }], [{ $decimal: '0.20' }]], 2)
    expect(await ansi.rows(money.groupBy().agg(call('sum', col('x')), call('avg', col('x'))).plan)).toEqual([[{ $decimal: '0.30' }, { $decimal: '0.150000' }]])
  })
})

it('tries every name', () => {
  const all = [...names.operator, ...names.scalar, ...names.nondeterministic, ...names.aggregate]
  expect(all.filter((n) => !used.has(n))).toEqual([])
})
