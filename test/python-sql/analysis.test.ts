/** What Python writes down, read by the engine's analyzer: names, types and errors as a program meets them. */
import { beforeAll, expect, test } from 'vitest'
import { analyze } from '../../engine/plans/analyze/analyzer.ts'
import { AnalysisError } from '../../engine/plans/errors.ts'
import { startPython } from './python.ts'
import type { Python } from './python.ts'

let python: Python
beforeAll(async () => {
  python = await startPython((plan) => {
    try {
      return { schema: analyze(plan, {}).schema }
    } catch (error) {
      if (error instanceof AnalysisError) return { pythonClass: error.pythonClass, message: error.message }
      throw error
    }
  })
})
const withFrames = `
bridge.answers["analyze"] = analyzed
spark = SparkSession.builder.master("local[2]").appName("t").getOrCreate()
df = spark.createDataFrame([(1, "a", 2.5)], "id long, name string, price double")
other = spark.createDataFrame([(1, "x")], "id long, city string")
`
const run = <T = unknown>(program: string): T => python.run<T>(withFrames + program).out

test('schemas after each operator', () => {
  expect(run(`
made = [df.select((df.id * 2).alias("value"), F.upper("name")), df.withColumn("x", F.lit(1)), df.withColumnRenamed("id", "n"), df.drop("price"), df.filter("id > 1 AND name LIKE 'a%'"), df.groupBy("name").count(), df.groupBy("name").agg(F.sum("id"), F.avg("price").alias("p")),
  df.agg({"price": "max"}), df.orderBy(F.desc("id")), df.limit(1), df.distinct(), df.dropDuplicates(["id"]), df.join(other, "id"), df.join(other, df.id == other.id), df.join(other, "id", "semi"), df.crossJoin(other), df.union(df), df.unionByName(other, True), df.dropna(), df.dropna(thresh=2), df.fillna(0), df.fillna({"name": "x"}),
  df.replace({"a": "b"}), df.replace([1], [2], "id"), df.describe(), df.summary("count", "50%"), df.intersect(df), df.subtract(df), df.toDF("a", "b", "c"), df.selectExpr("id + 1 AS n", "concat(name, '!')"), df.randomSplit([1.0, 2.0], 3)[1], df.alias("d").select("d.id"), df.sample(0.5, 3), df.repartition(3, "id"), F.broadcast(df), df.select(F.explode(F.split("name", ","))), df.select("*", F.when(df.id > 1, "big").otherwise("small").alias("size"))]
out = [[type.split("(")[0] + ":" + name for name, type in one.dtypes] for one in made]`)).toEqual([
    ['bigint:value', 'string:upper(name)'], ['bigint:id', 'string:name', 'double:price', 'int:x'], ['bigint:n', 'string:name', 'double:price'], ['bigint:id', 'string:name'], ['bigint:id', 'string:name', 'double:price'],
    ['string:name', 'bigint:count'], ['string:name', 'bigint:sum(id)', 'double:p'], ['double:max(price)'], ['bigint:id', 'string:name', 'double:price'], ['bigint:id', 'string:name', 'double:price'], ['bigint:id', 'string:name', 'double:price'], ['bigint:id', 'string:name', 'double:price'],
    ['bigint:id', 'string:name', 'double:price', 'string:city'], ['bigint:id', 'string:name', 'double:price', 'bigint:id', 'string:city'], ['bigint:id', 'string:name', 'double:price'], ['bigint:id', 'string:name', 'double:price', 'bigint:id', 'string:city'],
    ['bigint:id', 'string:name', 'double:price'], ['bigint:id', 'string:name', 'double:price', 'string:city'], ['bigint:id', 'string:name', 'double:price'], ['bigint:id', 'string:name', 'double:price'], ['bigint:id', 'string:name', 'double:price'], ['bigint:id', 'string:name', 'double:price'],
    ['bigint:id', 'string:name', 'double:price'], ['bigint:id', 'string:name', 'double:price'], ['string:summary', 'string:id', 'string:name', 'string:price'], ['string:summary', 'string:id', 'string:name', 'string:price'],
    ['bigint:id', 'string:name', 'double:price'], ['bigint:id', 'string:name', 'double:price'], ['bigint:a', 'string:b', 'double:c'], ['bigint:n', 'string:concat(name, !)'], ['bigint:id', 'string:name', 'double:price'], ['bigint:id'], ['bigint:id', 'string:name', 'double:price'], ['bigint:id', 'string:name', 'double:price'], ['bigint:id', 'string:name', 'double:price'],
    ['string:col'], ['bigint:id', 'string:name', 'double:price', 'string:size']
  ])
})

test('a column of one side of a join', () => {
  expect(run(`
joined = df.join(other, df.id == other.id)
out = [joined.drop(other.id).columns, joined.filter("price > 1").drop(df.id).columns, joined.drop("id").columns, joined.select(other.id, df.name).columns, joined.drop(other.id, "city").columns, failure(joined.select, "id")]`)).toEqual([
    ['id', 'name', 'price', 'city'], ['name', 'price', 'id', 'city'], ['name', 'price', 'city'], ['id', 'name'], ['id', 'name', 'price'],
    ['pyspark.errors.exceptions.captured.AnalysisException', expect.stringContaining('[AMBIGUOUS_REFERENCE] Reference `id` is ambiguous')]
  ])
})

test('what does not fit is refused at the line of the transformation', () => {
  const refused = run<string[][]>(`
out = [failure(df.select, "nope"), failure(df.filter, df.id + 1), failure(df.groupBy("name").agg, F.col("price")), failure(df.withColumn, "x", F.expr("no_such(id)")), failure(lambda: df["nope"]), failure(df.union, other), failure(df.select, F.sum("name") + df.id), failure(df.join, other, "name")]`)
  expect(refused.map(([kind]) => kind)).toEqual(Array.from({ length: 8 }, () => 'pyspark.errors.exceptions.captured.AnalysisException'))
  expect(refused.map(([, text]) => /^\[([\w.]+)\]/.exec(text!)?.[1])).toEqual([
    'UNRESOLVED_COLUMN.WITH_SUGGESTION', 'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN', 'MISSING_AGGREGATION', 'UNRESOLVED_ROUTINE', 'UNRESOLVED_COLUMN.WITH_SUGGESTION', 'NUM_COLUMNS_MISMATCH', 'MISSING_GROUP_BY', 'UNRESOLVED_USING_COLUMN_FOR_JOIN'
  ])
})

test('every function of pyspark.sql.functions is known to the analyzer', () => {
  expect(run(`
import datetime
wide = spark.createDataFrame([], "s string, n double, i int, l long, d date, t timestamp, a array<string>, x array<array<int>>, m map<string,int>, b boolean")
calls = {
  "array_join": ("a", ","), "array_contains": ("a", "x"), "element_at": ("a", 1), "slice": ("a", 1, 2), "split": ("s", ","), "regexp_replace": ("s", "a", "b"), "regexp_extract": ("s", "(a)", 1), "lpad": ("s", 3, "0"), "rpad": ("s", 3, "0"), "repeat": ("s", 2),
  "instr": ("s", "a"), "locate": ("a", "s"), "translate": ("s", "a", "b"), "substring": ("s", 1, 2), "substr": ("s", "i", "i"), "concat_ws": ("-", "s", "a"), "format_number": ("n", 2), "format_string": ("%s", "s"), "printf": ("%s", "s"), "date_add": ("d", 1), "dateadd": ("d", 1), "date_sub": ("d", 1), "add_months": ("d", 1), "trunc": ("d", "month"), "date_trunc": ("month", "t"),
  "date_format": ("d", "yyyy"), "from_unixtime": ("l",), "sha2": ("s", 256), "log": ("n",), "pow": ("n", 2), "power": ("n", 2), "atan2": ("n", "n"), "pmod": ("i", 2), "round": ("n", 1), "bround": ("n", 1), "percentile_approx": ("n", 0.5), "create_map": ("s", "i"), "when": (wide.b, 1), "lit": (1,), "raise_error": ("x",), "approx_count_distinct": ("s", 0.1), "approxCountDistinct": ("s",),
  "rand": (1,), "randn": (1,), "expr": ("i + 1",), "unix_timestamp": ("t",),
}
by_kind = {"flatten": "x", "map_keys": "m", "map_values": "m", "explode": "a", "explode_outer": "a", "posexplode": "a", "posexplode_outer": "a", "size": "a", "cardinality": "a", "array_distinct": "a", "array_max": "a", "array_min": "a", "sort_array": "a", "bool_and": "b", "bool_or": "b", "every": "b", "some": "b", "count_if": "b"}
failed, unused = {}, set(calls) | set(by_kind)
for name in F.__all__:
    if name == "broadcast":
        continue
    unused.discard(name)
    function = getattr(F, name)
    tries = [calls[name]] if name in calls else [(by_kind[name],)] if name in by_kind else [(), ("n",), ("i",), ("d",), ("t",), ("s",), ("b",), ("n", "n"), ("s", "s"), ("d", "d"), ("b", "b")]
    problem = "no arguments fit"
    for args in tries:
        try:
            wide.select(function(*args))
            problem = None
            break
        except Exception as error:
            problem = str(error)
    if problem:
        failed[name] = problem
out = [failed, sorted(unused)]`)).toEqual([{}, []])
})
