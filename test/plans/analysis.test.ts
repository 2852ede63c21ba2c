import { afterAll, describe, expect, it } from 'vitest'
import { analyze, ExpressionIds } from '../../engine/plans/driver.ts'
import { AnalysisError } from '../../engine/plans/errors.ts'
import type { Expression } from '../../engine/plans/contract.ts'
import { simpleType } from '../../engine/plans/types.ts'
import { as, asc, call, cast, col, desc, distinct, fields, lit, local, LocalCluster, range, type Frame } from './harness.ts'

const c = new LocalCluster()
afterAll(() => c.close())

const schema = (f: Frame, conf = {}) => analyze(f.plan, conf).schema.map((x) => `${x.name}: ${simpleType(x.dataType)}${x.nullable ? '' : ' not null'}`)
const people = local(fields(['id', 'long'], ['name', 'string'], ['age', 'integer'], ['pay', { type: 'decimal', precision: 10, scale: 2 }], ['tags', { type: 'array', element: 'string', containsNull: true }], ['at', { type: 'struct', fields: [{ name: 'city', dataType: 'string', nullable: true }] }]), [], 1)
const refuse = (f: Frame, message: string, conf = {}) => {
  try {
    analyze(f.plan, conf)
  } catch (e) {
    expect(e).toBeInstanceOf(AnalysisError)
    expect((e as Error).message.split(';\n')[0]).toBe(message)
    return
  }
  throw new Error(`Accepted, though it should say: ${message}`)
}
const mismatch = (sub: string, sql: string, why: string) => `[DATATYPE_MISMATCH.${sub}] Cannot resolve "${sql}" due to data type mismatch: ${why} SQLSTATE: 42K09`

describe('names', () => {
  it('are suggested when they cannot be found', () => {
    refuse(range(0, 10).select('x'), '[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `x` cannot be resolved. Did you mean one of the following? [`id`]. SQLSTATE: 42703')
    refuse(people.select('nam'), '[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `nam` cannot be resolved. Did you mean one of the following? [`name`, `pay`, `at`, `id`, `age`]. SQLSTATE: 42703')
    refuse(range(0, 1).select().filter(call('>', col('x'), 1)), '[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION] A column, variable, or function parameter with name `x` cannot be resolved. SQLSTATE: 42703')
  })
  it('are found whatever their case, unless that is asked for', () => {
    expect(schema(people.select('NAME'))).toEqual(['name: string'])
    expect(() => schema(people.select('NAME'), { 'spark.sql.caseSensitive': 'true' })).toThrow('UNRESOLVED_COLUMN')
  })
  it('may be ambiguous', () => {
    const other = range(0, 5)
    refuse(range(0, 5).join(other, null, 'cross').select('id'), '[AMBIGUOUS_REFERENCE] Reference `id` is ambiguous, could be: [`id`, `id`]. SQLSTATE: 42704')
    const a = range(0, 5).with('alias', { name: 'a' })
    const b = range(0, 5).with('alias', { name: 'b' })
    refuse(a.join(b, null, 'cross').select('id'), '[AMBIGUOUS_REFERENCE] Reference `id` is ambiguous, could be: [`a`.`id`, `b`.`id`]. SQLSTATE: 42704')
    expect(schema(a.join(b, call('=', col('a.id'), col('b.id'))).select('a.id'))).toEqual(['id: bigint not null'])
  })
  it('of a joined frame mean that frame', () => {
    const a = range(0, 5)
    const b = range(0, 7)
    expect(schema(a.join(b, call('=', a.col('id'), b.col('id')), 'left').select(a.col('id'), b.col('id')))).toEqual(['id: bigint not null', 'id: bigint'])
    const ids = new ExpressionIds()
    const wrong = range(0, 3)
    analyze(wrong.plan, {}, { ids })
    expect(() => analyze(a.select(wrong.col('id')).plan, {}, { ids })).toThrow('[MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_APPEAR_IN_OPERATION] Resolved attribute(s) "id" missing from "id" in operator !Project [id#0L]. Attribute(s) with the same name appear in the operation: "id".\nPlease check if the right attribute(s) are used. SQLSTATE: XX000')
  })
})

describe('types', () => {
  it('of arithmetic follow the wider side', () => {
    expect(schema(people.select(as(call('*', col('id'), 2), 'a'), as(call('/', col('id'), 2), 'b'), as(call('+', col('age'), 1.5), 'c'), as(call('+', col('age'), 1), 'd'), as(call('*', col('pay'), col('pay')), 'e'), as(call('/', col('pay'), 3), 'f'), as(call('+', col('pay'), col('id')), 'g')))).toEqual(['a: bigint', 'b: double', 'c: double', 'd: int', 'e: decimal(21,4)', 'f: decimal(14,6)', 'g: decimal(23,2)'])
  })
  it('name columns as Spark does', () => {
    const names = (...e: Expression[]) => analyze(people.select(...e).plan, {}).schema.map((f) => f.name)
    expect(names(call('*', col('id'), 2), call('and', call('>', col('age'), 1), call('isnull', col('name'))), call('not', call('=', col('age'), 1)), cast(col('id'), 'string'), call('upper', col('name')), call('round', col('pay'), 1), call('sqrt', col('age')))).toEqual(['(id * 2)', '((age > 1) AND (name IS NULL))', '(NOT (age = 1))', 'id', 'upper(name)', 'round(pay, 1)', 'SQRT(age)'])
    expect(names({ expr: 'when', branches: [{ when: call('>', col('age'), 17), then: lit('adult') }], otherwise: lit('child') }, call('in', col('age'), 1, 2), call('coalesce', col('name'), '?'), lit('x'), { expr: 'item', child: col('tags'), key: lit(0) }, col('at.city'), call('substring', col('name'), 1, 2))).toEqual(['CASE WHEN (age > 17) THEN adult ELSE child END', '(age IN (1, 2))', 'coalesce(name, ?)', 'x', 'tags[0]', 'city', 'substring(name, 1, 2)'])
    const g = people.groupBy('name').agg(call('count', lit(1)), call('sum', col('age')), distinct('count', col('id')), call('avg', col('pay')), call('count', { expr: 'star' }))
    expect(schema(g)).toEqual(['name: string', 'count(1): bigint not null', 'sum(age): bigint', 'count(DISTINCT id): bigint not null', 'avg(pay): decimal(14,6)', 'count(1): bigint not null'])
  })
  it('that do not fit are refused', () => {
    refuse(people.select(call('+', col('tags'), 1)), mismatch('BINARY_OP_DIFF_TYPES', '(tags + 1)', 'the left and right operands of the binary operator have incompatible types ("ARRAY<STRING>" and "INT").'))
    refuse(people.filter(col('age')), mismatch('FILTER_NOT_BOOLEAN', 'age', 'Filter expression "age" of type "INT" is not a boolean.'))
    refuse(people.select(call('year', col('tags'))), mismatch('UNEXPECTED_INPUT_TYPE', 'year(tags)', 'The first parameter requires the "DATE" type, however "tags" has the type "ARRAY<STRING>".'))
    refuse(people.select(cast(col('tags'), 'int')), mismatch('CAST_WITHOUT_SUGGESTION', 'CAST(tags AS INT)', 'cannot cast "ARRAY<STRING>" to "INT".'))
    refuse(people.select(cast(cast('2024-01-01', 'date'), 'int')), mismatch('CAST_WITH_FUNC_SUGGESTION', 'CAST(CAST(2024-01-01 AS DATE) AS INT)', 'cannot cast "DATE" to "INT".\nTo convert values from "DATE" to "INT", you can use the functions `UNIX_DATE` instead.'))
    refuse(people.select(call('coalesce', col('tags'), 1)), mismatch('DATA_DIFF_TYPES', 'coalesce(tags, 1)', 'Input to `coalesce` should all be the same type, but it\'s ("ARRAY<STRING>" or "INT").'))
    refuse(people.select(call('and', col('age'), true)), mismatch('BINARY_OP_DIFF_TYPES', '(age AND true)', 'the left and right operands of the binary operator have incompatible types ("INT" and "BOOLEAN").'))
  })
})

describe('plans that make no sense', () => {
  it('aggregate a column that is not grouped', () => {
    refuse(people.groupBy('name').agg(col('age')), '[MISSING_AGGREGATION] The non-aggregating expression "age" is based on columns which are not participating in the GROUP BY clause.\nAdd the columns or the expression to the GROUP BY, aggregate the expression, or use "any_value(age)" if you do not care which of the values within a group is returned. SQLSTATE: 42803')
    refuse(people.select(call('sum', col('age')), 'name'), '[MISSING_GROUP_BY] The query does not include a GROUP BY clause. Add GROUP BY or turn it into the window functions using OVER clauses. SQLSTATE: 42803')
    refuse(people.filter(call('>', call('sum', col('age')), 1)), '[INVALID_WHERE_CONDITION] The WHERE condition "(sum(age) > 1)" contains invalid expressions: sum(age).\nRewrite the query to avoid window functions, aggregate functions, and generator functions in the WHERE clause. SQLSTATE: 42903')
    refuse(people.groupBy().agg(call('sum', call('max', col('age')))), '[NESTED_AGGREGATE_FUNCTION] It is not allowed to use an aggregate function in the argument of another aggregate function. Please use the inner aggregate function in a sub-query. SQLSTATE: 42607')
  })
  it('unite what does not match', () => {
    refuse(range(0, 1).union(people), '[NUM_COLUMNS_MISMATCH] UNION can only be performed on inputs with the same number of columns, but the first input has 1 columns and the second input has 6 columns. SQLSTATE: 42826')
  })
  it('call what there is not', () => {
    refuse(people.select(call('frobnicate', col('id'))), '[UNRESOLVED_ROUTINE] Cannot resolve routine `frobnicate` on search path [`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]. SQLSTATE: 42883')
    refuse(people.select(call('upper')), "[WRONG_NUM_ARGS.WITHOUT_SUGGESTION] The `upper` requires 1 parameters but the actual number is 0. Please, refer to 'https://spark.apache.org/docs/latest/sql-ref-functions.html' for a fix. SQLSTATE: 42605")
  })
  it('join on a column that one side lacks', () => {
    refuse(range(0, 1).join(people, ['name']), '[UNRESOLVED_USING_COLUMN_FOR_JOIN] USING column `name` cannot be resolved on the left side of the join. The left-side columns: [`id`]. SQLSTATE: 42703')
  })
  it('compare a frame with itself in a way that names no side', () => {
    const df = range(0, 5)
    const other = df.filter(call('>', col('id'), 1))
    expect(() => analyze(df.join(other, call('>', df.col('id'), other.col('id'))).plan, {})).toThrow(/^Column id#0L are ambiguous\. It's probably because you joined several Datasets together/)
  })
})

describe('columns that a projection left out', () => {
  it('may still sort and filter it', async () => {
    const df = local(fields(['a', 'integer'], ['b', 'integer']), [[1, 30], [2, 10], [3, 20]], 2)
    expect(await c.rows(df.select('a').orderBy(asc(col('b'))).plan)).toEqual([[2], [3], [1]])
    expect(await c.rows(df.select('a').filter(call('>', df.col('b'), 15)).orderBy(desc(col('a'))).plan)).toEqual([[3], [1]])
  })
})

describe('the plan below an error', () => {
  const rows = local(fields(['n', 'integer'], ['s', 'string'], ['l', { type: 'array', element: 'integer', containsNull: true }]), [[1, 'a', [1]]], 1)
  const below = (f: Frame): string | undefined => {
    try {
      analyze(f.plan, {}, { defaultParallelism: 2 })
    } catch (e) {
      return (e as Error).message.split(';\n')[1]
    }
    return 'no error'
  }
  const scan = '+- LogicalRDD [n#0, s#1, l#2], false\n'
  it('shows the operator, unresolved, over what was resolved', () => {
    expect(below(rows.select('nn'))).toBe(`'Project ['nn]\n${scan}`)
    expect(below(rows.filter(call('=', col('x'), 1)))).toBe(`'Filter ('x = 1)\n${scan}`)
    expect(below(rows.select(call('+', col('l'), 1)))).toBe(`'Project [unresolvedalias((l#2 + 1))]\n${scan}`)
    expect(below(rows.groupBy('n').agg(col('s')))).toBe(`Aggregate [n#0], [n#0, s#1]\n${scan}`)
    expect(below(range(0, 3).orderBy(asc(col('zz'))))).toBe(`'Sort ['zz ASC NULLS FIRST], true\n+- Range (0, 3, step=1, splits=Some(2))\n`)
    expect(below(range(0, 1).union(rows))).toMatch(/^'Union false, false\n:- Range \(0, 1, step=1, splits=Some\(2\)\)\n\+- LogicalRDD \[n#\d+, s#\d+, l#\d+\], false\n$/)
  })
  it('is not there for conditions met before the last check', () => {
    expect(below(rows.select(call('frobnicate', col('n'))))).toBeUndefined()
    expect(below(rows.join(range(0, 1), ['n']))).toBeUndefined()
  })
})

describe('plans as text', () => {
  const plain = async (f: Frame, mode = 'simple', conf: Record<string, string> = {}) => {
    const cluster = new LocalCluster(conf)
    try {
      return await cluster.runner.explain(f.plan, mode)
    } finally {
      cluster.close()
    }
  }
  it('of a projection of a range', async () => {
    const df = range(1, 1000000)
    expect(await plain(df.select(as(call('*', df.col('id'), 2), 'value')))).toBe('== Physical Plan ==\n*(1) Project [(id#0L * 2) AS value#1L]\n+- *(1) Range (1, 1000000, step=1, splits=4)\n\n')
  })
  it('of an aggregate, adaptive and not', async () => {
    const f = () => range(0, 10).groupBy(as(call('%', col('id'), 3), 'k')).agg(as(call('sum', col('id')), 's'))
    expect(await plain(f())).toMatch(/^== Physical Plan ==\nAdaptiveSparkPlan isFinalPlan=false\n\+- HashAggregate\(keys=\[_groupingexpression#\d+L\], functions=\[sum\(id#0L\)\]\)\n {3}\+- Exchange hashpartitioning\(_groupingexpression#\d+L, 200\), ENSURE_REQUIREMENTS, \[plan_id=\d+\]\n {6}\+- HashAggregate\(keys=\[_groupingexpression#\d+L\], functions=\[partial_sum\(id#0L\)\]\)\n {9}\+- Project \[id#0L, \(id#0L % 3\) AS _groupingexpression#\d+L\]\n {12}\+- Range \(0, 10, step=1, splits=4\)\n\n$/)
    expect(await plain(f(), 'simple', { 'spark.sql.adaptive.enabled': 'false' })).toMatch(/^== Physical Plan ==\n\*\(2\) HashAggregate.*\n\+- Exchange .*\n {3}\+- \*\(1\) HashAggregate/)
  })
  it('of joins by size, filters pushed to their side', async () => {
    const a = range(0, 1000)
    const b = range(0, 10)
    const text = await plain(a.join(b, call('=', a.col('id'), b.col('id'))).filter(call('>', a.col('id'), 5)))
    expect(text).toMatch(/BroadcastHashJoin \[id#0L\], \[id#1L\], Inner, BuildRight, false\n {3}:- Filter \(id#0L > 5\)\n {3}: {2}\+- Range/)
    expect(await plain(a.join(b, ['id']), 'simple', { 'spark.sql.autoBroadcastJoinThreshold': '-1' })).toMatch(/SortMergeJoin \[id#0L\], \[id#1L\], Inner\n[\s\S]*:- Sort \[id#0L ASC NULLS FIRST\], false, 0\n[\s\S]*Exchange hashpartitioning\(id#0L, 200\)/)
  })
  it('in four parts', async () => {
    const text = await plain(range(0, 5).filter(call('>', col('id'), 1)), 'extended')
    expect(text).toContain('== Analyzed Logical Plan ==\nid: bigint\nFilter (id#0L > cast(1 as bigint))\n+- Range (0, 5, step=1, splits=Some(4))')
    expect(text).toContain('== Optimized Logical Plan ==\nFilter (id#0L > 1)\n')
    expect(await plain(range(0, 5), 'formatted')).toContain('* Range (1)\n\n\n(1) Range [codegen id : 1]\nOutput [1]: [id#0L]\nArguments: Range (0, 5, step=1, splits=Some(4))\n')
  })
})
