import { beforeAll, expect, test } from 'vitest'
import { startPython } from './python.ts'
import type { Python } from './python.ts'

let python: Python
beforeAll(async () => {
  python = await startPython()
})
/** `df` is a DataFrame with id long, name string; `other` has the same columns. */
const withFrames = `
spark = SparkSession.builder.master("local[2]").appName("t").getOrCreate()
df = spark.createDataFrame([(1, "a"), (2, None), (3, "c")], "id long, name string")
other = spark.createDataFrame([(1, "a")], "id long, name string")
`
const run = <T = unknown>(program: string): T => python.run<T>(withFrames + program).out
const column = (name: string) => ({ expr: 'column', name })
const literal = (value: unknown, dataType: unknown) => ({ expr: 'literal', value, dataType })
const call = (name: string, ...args: unknown[]) => ({ expr: 'call', name, args })
const asc = (name: string) => ({ expr: 'sort', child: column(name), ascending: true, nulls: 'first' })
const desc = (name: string) => ({ expr: 'sort', child: column(name), ascending: false, nulls: 'last' })

test('the mini example, as the contract writes it', () => {
  expect(run(`
df = spark.range(1, 1000000)
out = [df._plan, df.select((df["id"] * 2).alias("value"))._plan, repr(df), df.columns, df.dtypes]
out[1]["same"] = [out[0]["id"] == out[1]["child"]["id"] == out[1]["columns"][0]["child"]["args"][0]["frame"], out[1]["id"] != out[0]["id"]]`)).toEqual([
    { id: expect.any(Number), op: 'range', start: 1, end: 1000000, step: 1 },
    {
      id: expect.any(Number), op: 'project', child: { id: expect.any(Number), op: 'range', start: 1, end: 1000000, step: 1 },
      columns: [{ expr: 'alias', name: 'value', child: call('*', { ...column('id'), frame: expect.any(Number) }, literal(2, 'integer')) }],
      same: [true, true]
    },
    'DataFrame[id: bigint]', ['id'], [['id', 'bigint']]
  ])
})

test('operators over one DataFrame', () => {
  const plans = run<Record<string, unknown>[]>(`
made = [df.select("id", F.upper("name")), df.select(["*"]), df.filter(df.id > 1), df.where("id > 1"), df.withColumn("x", F.lit(1)), df.withColumns({"x": df.id, "y": df.name}),
  df.withColumnRenamed("id", "n"), df.drop("id", df.name), df.orderBy("id", F.desc("name")), df.sort("id", "name", ascending=[False, True]), df.sortWithinPartitions(["id"], ascending=False),
  df.limit(3), df.distinct(), df.dropDuplicates(["id"]), df.repartition(4), df.repartition(4, "id"), df.repartition("id"), df.coalesce(1), df.sample(0.5, seed=3), df.sample(True, 0.5, 3),
  df.dropna(), df.na.drop("all", subset="id"), df.fillna(0), df.na.fill({"name": "x"}), df.fillna("x", ["id", "name"]), df.hint("broadcast"), df.alias("d"), df.selectExpr("id + 1 AS n"), df.toDF("a", "b"), df[["id"]], df[df.id > 1]]
out = [plan(one) for one in made]`)
  for (const one of plans) expect(one.child).toEqual(expect.any(Number))
  expect(plans.map(({ child: _, ...rest }) => rest)).toEqual([
    { op: 'project', columns: [column('id'), call('upper', column('name'))] },
    { op: 'project', columns: [{ expr: 'star' }] },
    { op: 'filter', condition: call('>', column('id'), literal(1, 'integer')) },
    { op: 'filter', condition: call('>', column('id'), literal(1, 'integer')) },
    { op: 'withColumns', columns: [{ name: 'x', value: literal(1, 'integer') }] },
    { op: 'withColumns', columns: [{ name: 'x', value: column('id') }, { name: 'y', value: column('name') }] },
    { op: 'rename', names: [['id', 'n']] },
    { op: 'drop', columns: ['id', 'name'] },
    { op: 'sort', order: [asc('id'), desc('name')], global: true },
    { op: 'sort', order: [desc('id'), asc('name')], global: true },
    { op: 'sort', order: [desc('id')], global: false },
    { op: 'limit', n: 3 },
    { op: 'distinct' },
    { op: 'distinct', columns: ['id'] },
    { op: 'repartition', partitions: 4, by: [], shuffle: true },
    { op: 'repartition', partitions: 4, by: [column('id')], shuffle: true },
    { op: 'repartition', by: [column('id')], shuffle: true },
    { op: 'repartition', partitions: 1, by: [], shuffle: false },
    { op: 'sample', fraction: 0.5, seed: 3, withReplacement: false },
    { op: 'sample', fraction: 0.5, seed: 3, withReplacement: true },
    { op: 'dropna', how: 'any' },
    { op: 'dropna', how: 'all', columns: ['id'] },
    { op: 'fillna', values: 0 },
    { op: 'fillna', values: { name: 'x' } },
    { op: 'fillna', values: { name: 'x' } },
    { op: 'hint', name: 'broadcast' },
    { op: 'alias', name: 'd' },
    { op: 'project', columns: [{ expr: 'alias', child: call('+', column('id'), literal(1, 'integer')), name: 'n' }] },
    { op: 'project', columns: [{ expr: 'alias', child: column('id'), name: 'a' }, { expr: 'alias', child: column('name'), name: 'b' }] },
    { op: 'project', columns: [column('id')] },
    { op: 'filter', condition: call('>', column('id'), literal(1, 'integer')) }
  ])
})

test('groups', () => {
  const sum = call('sum', column('id'))
  const plans = run<Record<string, unknown>[]>(`
made = [df.groupBy("name").count(), df.groupby(df.name, 1).agg(F.sum("id").alias("s"), F.count("*")), df.groupBy().sum(), df.groupBy(["name"]).avg("id"), df.agg({"id": "max", "*": "count"}), df.groupBy("name").agg(F.sum("id"))]
out = [plan(one) for one in made] + [failure(df.groupBy("id").sum, "name")]`)
  expect(plans.slice(0, 6).map((one) => [one.op, one.grouping, one.aggregates])).toEqual([
    ['aggregate', [column('name')], [{ expr: 'alias', child: call('count', literal(1, 'integer')), name: 'count' }]],
    ['aggregate', [column('name'), column('id')], [{ expr: 'alias', child: sum, name: 's' }, call('count', literal(1, 'integer'))]],
    ['aggregate', [], [sum]],
    ['aggregate', [column('name')], [call('avg', column('id'))]],
    ['aggregate', [], [call('count', literal(1, 'integer')), call('max', column('id'))]],
    ['aggregate', [column('name')], [sum]]
  ])
  expect(plans[6]).toEqual(['pyspark.errors.exceptions.captured.AnalysisException', '"name" is not a numeric column. Aggregation function can only be applied on a numeric column.'])
})

test('joins and unions', () => {
  const [joins, refused] = run<[Record<string, unknown>[], string[]]>(`
made = [df.join(other, "id"), df.join(other, ["id", "name"], "left_outer"), df.join(other, df.id == other.id, "OUTER"), df.join(other, [df.id == other.id, df.name == other.name], "semi"),
  df.join(other), df.crossJoin(other), df.join(other, "id", "leftanti"), df.union(other), df.unionAll(other), df.unionByName(other, allowMissingColumns=True)]
out = [[plan(one) for one in made], failure(df.join, other, "id", "sideways")]`)
  const equal = (name: string) => call('=', column(name), column(name))
  expect(joins.map(({ left, right, ...rest }) => [typeof left, typeof right, rest])).toEqual(
    [
      { op: 'join', on: { using: ['id'] }, how: 'inner' },
      { op: 'join', on: { using: ['id', 'name'] }, how: 'left' },
      { op: 'join', on: { condition: equal('id') }, how: 'full' },
      { op: 'join', on: { condition: call('and', equal('id'), equal('name')) }, how: 'leftsemi' },
      { op: 'join', on: null, how: 'inner' },
      { op: 'join', on: null, how: 'cross' },
      { op: 'join', on: { using: ['id'] }, how: 'leftanti' },
      { op: 'union', byName: false, allowMissing: false },
      { op: 'union', byName: false, allowMissing: false },
      { op: 'union', byName: true, allowMissing: true }
    ].map((one) => ['number', 'number', one])
  )
  expect(refused[0]).toBe('pyspark.errors.exceptions.captured.AnalysisException')
  expect(refused[1]).toMatch(/^\[UNSUPPORTED_JOIN_TYPE\] Unsupported join type 'sideways'\. Supported join types include: 'inner', .*'cross'\. SQLSTATE: 0A000$/)
})

test('a column carries the id of the frame it was taken from', () => {
  expect(run(`
c = df.join(other, df.id == other.id)._plan["on"]["condition"]["args"]
out = [[one["frame"] for one in c] == [df._plan["id"], other._plan["id"]], "frame" in F.col("id")._expr]`)).toEqual([true, false])
})

test('rows given as a list are cut as parallelize cuts them, and left out when only names are checked', () => {
  expect(run(`
ten = spark.createDataFrame([(i,) for i in range(7)], ["n"])
bridge.answers["analyze"] = bridge.schema("n long")
ten.filter("n > 1")
sent = bridge.asked("analyze")[-1]["plan"]["child"]["slices"]
out = [ten._plan["slices"], sent]`)).toEqual([['[[0],[1],[2]]', '[[3],[4],[5],[6]]'], []])
})

test('createDataFrame infers, names and checks as PySpark does', () => {
  const base = 'pyspark.errors.exceptions.base.'
  expect(run(`
from dataclasses import dataclass
from collections import namedtuple
@dataclass
class P:
    name: str
    age: int
N = namedtuple("N", "u v")
made = [spark.createDataFrame(*args) for args in (
  ([(1, 2.5, "x", True, None), (2, 3.5, "y", False, 1)],), ([{"b": 1, "a": "x"}],), ([Row(x=1, y=[1, None])],), ([N(1, {"k": 2})],), ([P("Ann", 3)],), ([1, 2], "int"), ([[1, 2]], ["a"]),
  ([(1, "a"), ("b", "c")],), ([], "a int"), ([("x", None)], T.StructType().add("s", "string", False).add("t", T.IntegerType())), ([{"a": 1}], "a long, b string"))]
out = [[one.schema.simpleString(), "".join(one._plan["slices"])] for one in made]`)).toEqual([
    ['struct<_1:bigint,_2:double,_3:string,_4:boolean,_5:bigint>', '[[1,2.5,"x",true,null]][[2,3.5,"y",false,1]]'],
    ['struct<a:string,b:bigint>', '[][["x",1]]'],
    ['struct<x:bigint,y:array<bigint>>', '[][[1,[1,null]]]'],
    ['struct<u:bigint,v:map<string,bigint>>', '[][[1,{"$map":[["k",2]]}]]'],
    ['struct<age:bigint,name:string>', '[][[3,"Ann"]]'],
    ['struct<value:int>', '[[1]][[2]]'],
    ['struct<a:bigint,_2:bigint>', '[][[1,2]]'],
    ['struct<_1:string,_2:string>', '[["1","a"]][["b","c"]]'],
    ['struct<a:int>', '[][]'],
    ['struct<s:string,t:int>', '[][["x",null]]'],
    ['struct<a:bigint,b:string>', '[][[1,null]]']
  ])
  expect(run(`
c = spark.createDataFrame
out = [failure(c, []), failure(c, [1]), failure(c, [(1,), (2.5,)]), failure(c, [(None,)]), failure(c, [(1 << 40,)], "a int"), failure(c, [(None,)], "a int not null"), failure(c, [("x",)], "a int"), failure(c, [(1, 2)], "a int"),
  failure(c, [({"k": "v"},)], "m map<string,int>"), failure(c, [(object(),)]), failure(c, [(1,)], 5)]`)).toEqual([
    [base + 'PySparkValueError', '[CANNOT_INFER_EMPTY_SCHEMA] Can not infer schema from an empty dataset.'],
    [base + 'PySparkTypeError', '[CANNOT_INFER_SCHEMA_FOR_TYPE] Can not infer schema for type: `int`.'],
    [base + 'PySparkTypeError', '[CANNOT_MERGE_TYPE] Can not merge type `LongType` and `DoubleType`.'],
    [base + 'PySparkValueError', '[CANNOT_DETERMINE_TYPE] Some of types cannot be determined after inferring.'],
    [base + 'PySparkValueError', '[VALUE_OUT_OF_BOUNDS] Value for `obj` must be between -2147483648 and 2147483647 (inclusive), got 1099511627776'],
    [base + 'PySparkValueError', '[FIELD_NOT_NULLABLE_WITH_NAME] field a: This field is not nullable, but got None.'],
    [base + 'PySparkTypeError', "[FIELD_DATA_TYPE_UNACCEPTABLE_WITH_NAME] field a: IntegerType() can not accept object 'x' in type <class 'str'>."],
    [base + 'PySparkValueError', '[FIELD_STRUCT_LENGTH_MISMATCH] Length of object (2) does not match with length of fields (1).'],
    [base + 'PySparkTypeError', "[FIELD_DATA_TYPE_UNACCEPTABLE_WITH_NAME] value of map field m: IntegerType() can not accept object 'v' in type <class 'str'>."],
    [base + 'PySparkTypeError', '[CANNOT_INFER_TYPE_FOR_FIELD] Unable to infer the type of the field `_1`.'],
    [base + 'PySparkTypeError', '[NOT_LIST_OR_NONE_OR_STRUCT] Argument `schema` should be a list, None or StructType, got int.']
  ])
})

test('actions ask the engine and name the line that runs them', () => {
  const { out, stdout } = python.run(`${withFrames}
bridge.answers["collectPlan"] = lambda ask: {"json": {"collect": '[[1,"a"],[{"$long":"9007199254740993"},null]]', "take": '[[1,"a"]]', "tail": '[]', "count": '[[3]]', "isEmpty": '[[]]'}[ask["action"]["kind"]]}
bridge.answers["showPlan"] = {"text": "+---+\\n"}
bridge.answers["explain"] = {"text": "== Physical Plan =="}
out = [repr(df.collect()), df.count(), df.isEmpty(), repr(df.first()), repr(df.head(2)), df.tail(1), repr(df.take(1))]
df.show(5, False, True)
df.explain(True)
df.explain(mode="formatted")
out += [[ask["action"], ask["callSite"], ask["plan"]["id"] == df._plan["id"]] for ask in bridge.asked("collectPlan")]
out += [{key: value for key, value in bridge.asked("showPlan")[0].items() if key != "plan"}, [ask["mode"] for ask in bridge.asked("explain")], failure(df.show, "x")[1]]`)
  const line = 9
  expect(out).toEqual([
    "[Row(id=1, name='a'), Row(id=9007199254740993, name=None)]", 3, false, "Row(id=1, name='a')", "[Row(id=1, name='a')]", [], "[Row(id=1, name='a')]",
    [{ kind: 'collect' }, `collect at lesson.py:${line}`, true], [{ kind: 'count' }, `count at lesson.py:${line}`, true], [{ kind: 'isEmpty' }, `isEmpty at lesson.py:${line}`, true],
    [{ kind: 'take', n: 1 }, `first at lesson.py:${line}`, true], [{ kind: 'take', n: 2 }, `head at lesson.py:${line}`, true], [{ kind: 'tail', n: 1 }, `tail at lesson.py:${line}`, true],
    [{ kind: 'take', n: 1 }, `take at lesson.py:${line}`, true],
    { rows: 5, truncate: 0, vertical: true, callSite: `show at lesson.py:${line + 1}` }, ['extended', 'formatted'], '[NOT_INT] Argument `n` should be an int, got str.'
  ])
  expect(stdout).toBe('+---+\n\n== Physical Plan ==\n== Physical Plan ==\n')
})

test('reading and writing', () => {
  expect(run(`
import os
os.makedirs("/work", exist_ok=True)
os.chdir("/work")
bridge.answers["readSchema"] = bridge.schema("a int not null, b string")
bridge.answers["analyze"] = bridge.schema("a int, b string")
one = spark.read.csv("x.csv", header=True, inferSchema=True)
two = spark.read.option("sep", ";").schema("a int not null, b string").format("csv").load(["x", "y"])
one.write.mode("overwrite").option("header", True).csv("out")
one.write.format("json").save("o2", mode="append")
reads = bridge.asked("readSchema")
out = [reads, plan(one), plan(two), [{k: v for k, v in ask.items() if k != "plan"} for ask in bridge.asked("writePlan")],
  failure(spark.read.parquet, "x")[1], failure(one.write.mode, "sometimes")[1], failure(spark.read.format("nonsense").load, "x"), failure(spark.read.load, "x")[1]]`)).toEqual([
    [{ format: 'csv', paths: ['/work/x.csv'], options: { header: 'true', inferSchema: 'true' }, callSite: expect.stringMatching(/^csv at lesson.py:\d+$/) }],
    { op: 'read', format: 'csv', paths: ['/work/x.csv'], options: { header: 'true', inferSchema: 'true' }, schema: [{ name: 'a', dataType: 'integer', nullable: true }, { name: 'b', dataType: 'string', nullable: true }] },
    { op: 'read', format: 'csv', paths: ['/work/x', '/work/y'], options: { sep: ';' }, schema: [{ name: 'a', dataType: 'integer', nullable: true }, { name: 'b', dataType: 'string', nullable: true }] },
    [
      { format: 'csv', path: '/work/out', mode: 'overwrite', options: { header: 'true' }, callSite: expect.stringMatching(/^csv at lesson.py:\d+$/) },
      { format: 'json', path: '/work/o2', mode: 'append', options: {}, callSite: expect.stringMatching(/^save at lesson.py:\d+$/) }
    ],
    expect.stringContaining('pyspark.sql.DataFrameReader.parquet'),
    '[INVALID_SAVE_MODE] The specified save mode "sometimes" is invalid. Valid save modes include "append", "overwrite", "ignore", "error", "errorifexists", and "default". SQLSTATE: 42000',
    ['pyspark.errors.exceptions.captured.AnalysisException', expect.stringContaining('[DATA_SOURCE_NOT_FOUND] Failed to find the data source: nonsense.')],
    expect.stringContaining('the format parquet')
  ])
})

test('caching', () => {
  expect(run(`
before = [df.is_cached, df.cache() is df, df.is_cached]
df.cache()
spark.catalog.clearCache()
out = [before, df.is_cached, [ask["level"] for ask in bridge.asked("cachePlan")], len(bridge.asked("uncachePlan"))]`)).toEqual([
    [false, true, true], false, [{ 'Use Disk': true, 'Use Memory': true, 'Use Off Heap': false, Deserialized: true, Replication: 1 }], 1
  ])
})

test('what a DataFrame refuses', () => {
  const base = 'pyspark.errors.exceptions.base.'
  const refused = run<string[][]>(`
out = [failure(lambda: df.nope), failure(lambda: df[1.5]), failure(df.filter, 1), failure(df.withColumn, "x", 1), failure(df.orderBy), failure(df.sort, "id", ascending="up"), failure(df.groupBy, 0),
  failure(df.toDF, "a"), failure(df.join, 3, "id"), failure(df.fillna, [1]), failure(df.dropna, "most"), failure(df.replace, 1, "x"), failure(df.toPandas), failure(lambda: df.writeStream), failure(spark.sql, "select 1"), failure(lambda: spark.udf),
  failure(lambda: df.printSchema.nope), failure(df.sample, "x")]`)
  expect(refused.slice(0, 12)).toEqual([
    [base + 'PySparkAttributeError', '[ATTRIBUTE_NOT_SUPPORTED] Attribute `nope` is not supported.'],
    [base + 'PySparkTypeError', '[NOT_COLUMN_OR_FLOAT_OR_INT_OR_LIST_OR_STR] Argument `item` should be a Column, float, integer, list or string, got float.'],
    [base + 'PySparkTypeError', '[NOT_COLUMN_OR_STR] Argument `condition` should be a Column or str, got int.'],
    [base + 'PySparkTypeError', '[NOT_COLUMN] Argument `col` should be a Column, got int.'],
    [base + 'PySparkValueError', '[CANNOT_BE_EMPTY] At least one cols must be specified.'],
    [base + 'PySparkTypeError', '[NOT_BOOL_OR_LIST] Argument `ascending` should be a bool or list, got str.'],
    [base + 'PySparkIndexError', "[INDEX_NOT_POSITIVE] Index must be positive, got '0'."],
    ['pyspark.errors.exceptions.captured.IllegalArgumentException', "requirement failed: The number of columns doesn't match.\nOld column names (2): id, name\nNew column names (1): a"],
    [base + 'PySparkTypeError', '[NOT_DATAFRAME] Argument `other` should be a DataFrame, got int.'],
    [base + 'PySparkTypeError', '[NOT_BOOL_OR_DICT_OR_FLOAT_OR_INT_OR_STR] Argument `value` should be a bool, dict, float, int or str, got list.'],
    [base + 'PySparkValueError', "[VALUE_NOT_ANY_OR_ALL] Value for `how` must be 'any' or 'all', got 'most'."],
    [base + 'PySparkValueError', '[MIXED_TYPE_REPLACEMENT] Mixed type replacements are not supported.']
  ])
  expect(refused.slice(12, 16).map(([kind, text]) => [kind, text!.split(' ')[0]])).toEqual([
    ['builtins.NotImplementedError', 'pyspark.sql.DataFrame.toPandas'], ['builtins.NotImplementedError', 'pyspark.sql.DataFrame.writeStream'],
    ['builtins.NotImplementedError', 'pyspark.sql.SparkSession.sql'], ['builtins.NotImplementedError', 'pyspark.sql.SparkSession.udf']
  ])
  expect(refused[17]![0]).toBe(base + 'PySparkTypeError')
})

test('the engine checks a column that is not plainly there, at the line that names it', () => {
  expect(run(`
asked = len(bridge.asked("analyze"))
df["ID"], df.name
quiet = len(bridge.asked("analyze")) - asked
df["nope"]
out = [quiet, plain(bridge.asked("analyze")[-1]["plan"]["columns"])]`)).toEqual([0, [column('nope')]])
})

test('a DataFrame as an RDD of Rows, and an RDD as a DataFrame', () => {
  const out = run<unknown[]>(`
bridge.answers["planToRdd"] = {"planId": 9, "partitions": 2, "schema": [], "dependencies": []}
rdd = df.rdd
parts = rdd.getNumPartitions()
asked = bridge.asked("planToRdd")[0]["plan"]["id"] == df._plan["id"]
numbers = spark.sparkContext.parallelize([(1, "a"), (2, "b")], 2)
named = numbers.toDF("id long, name string")
declared = [one["id"] for ask in bridge.asked("declareRdds") for one in ask["rdds"]]
out = [parts, asked, df.rdd is rdd, {k: v for k, v in named._plan.items() if k in ("op", "partitions", "schema")}, named._plan["rddId"] in declared]`)
  expect(out).toEqual([
    2, true, true,
    { op: 'rdd', partitions: 2, schema: [{ name: 'id', dataType: 'long', nullable: true }, { name: 'name', dataType: 'string', nullable: true }] }, true
  ])
})

test('summaries are one aggregation laid out as rows', () => {
  const out = run<Record<string, unknown>[]>(`
bridge.answers["analyze"] = lambda ask: {"schema": [{"name": "__row", "dataType": "string", "nullable": True}]}
made = df.describe("id")._plan
out = [plain(made["columns"]), plain(made["child"]["columns"]), plain(made["child"]["child"]["aggregates"]), made["child"]["child"]["child"]["id"] == df._plan["id"]]
out.append(failure(df.summary, "most"))`)
  const figure = (i: number, child: unknown) => ({ expr: 'alias', name: `__${i}_0`, child: { expr: 'cast', to: 'string', child } })
  const field = (name: string) => ({ expr: 'alias', name, child: { expr: 'item', child: column('__row'), key: literal(name, 'string') } })
  const row = (i: number, statistic: string) => call('struct', { expr: 'alias', name: 'summary', child: literal(statistic, 'string') }, { expr: 'alias', name: 'id', child: column(`__${i}_0`) })
  expect(out).toEqual([
    [field('summary'), field('id')],
    [{ expr: 'alias', name: '__row', child: call('explode', call('array', ...['count', 'mean', 'stddev', 'min', 'max'].map((one, i) => row(i, one)))) }],
    ['count', 'avg', 'stddev', 'min', 'max'].map((one, i) => figure(i, call(one, column('id')))),
    true,
    ['pyspark.errors.exceptions.captured.IllegalArgumentException', 'most is not a recognised statistic']
  ])
})

test('set operations compare whole rows, nulls equal, also with itself', () => {
  const out = run<unknown[]>(`
bridge.answers["analyze"] = lambda ask: {"schema": [{"name": one["name"], "dataType": "long", "nullable": True} for one in ask["plan"]["columns"]] if ask["plan"]["op"] == "project" else [{"name": "__left_0", "dataType": "long", "nullable": True}, {"name": "__left_1", "dataType": "string", "nullable": True}]}
same = df.subtract(df)._plan
join = same["child"]["child"]
out = [[one["name"] for one in same["columns"]], same["child"]["op"], join["how"], plain(join["on"]), [one["name"] for one in join["left"]["columns"]], [one["name"] for one in join["right"]["columns"]], failure(df.intersect, spark.range(3))]`)
  const equal = (i: number) => call('<=>', column(`__left_${i}`), column(`__right_${i}`))
  expect(out).toEqual([
    ['id', 'name'], 'distinct', 'leftanti', { condition: call('and', equal(0), equal(1)) }, ['__left_0', '__left_1'], ['__right_0', '__right_1'],
    ['pyspark.errors.exceptions.captured.AnalysisException', '[NUM_COLUMNS_MISMATCH] INTERSECT can only be performed on inputs with the same number of columns, but the first input has 2 columns and the second input has 1 columns. SQLSTATE: 42826']
  ])
})
