import { beforeAll, expect, test } from 'vitest'
import { startPython } from './python.ts'
import type { Python } from './python.ts'

let python: Python
beforeAll(async () => {
  python = await startPython()
})
const run = <T = unknown>(program: string): T => python.run<T>(program).out
const warning = /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d WARN SparkSession: Using an existing Spark session; only runtime SQL configurations will take effect\.\n$/

test('getOrCreate gives the same session back and applies runtime SQL settings to it (§1.12)', () => {
  const { out, stderr } = python.run(`
one = SparkSession.builder.master("local[2]").appName("first").getOrCreate()
two = SparkSession.builder.config("spark.sql.shuffle.partitions", 4).getOrCreate()
three = SparkSession.builder.config(map={"spark.sql.ansi.enabled": False}).getOrCreate()
out = [one is two is three, one.conf.get("spark.sql.shuffle.partitions"), one.conf.get("spark.sql.ansi.enabled"), SparkSession.builder is not SparkSession.builder, one.version, SparkSession.active() is one, SparkSession.getActiveSession() is one]`)
  expect(out).toEqual([true, '4', 'false', true, '4.1.0', true, true])
  expect(stderr).toBe('')
})

test('settings that can no longer take effect are warned about (§1.12)', () => {
  const { stderr } = python.run(`
SparkSession.builder.master("local[2]").appName("first").getOrCreate()
SparkSession.builder.appName("second").getOrCreate()`)
  expect(stderr).toMatch(warning)
  expect(python.run(`
s = SparkSession.builder.getOrCreate()
SparkSession.builder.config("spark.sql.warehouse.dir", "/x").getOrCreate()
out = s.conf.get("spark.sql.warehouse.dir", "none")`)).toEqual({ out: 'none', stdout: '', stderr: expect.stringMatching(warning) })
})

test('sessions over one context: settings and temporary views apart, context, global views and caches shared (§1.14)', () => {
  expect(run(`
one = SparkSession.builder.master("local[2]").appName("t").getOrCreate()
two = one.newSession()
df = one.range(3)
df.createOrReplaceTempView("Numbers")
df.createGlobalTempView("everywhere")
one.conf.set("spark.sql.shuffle.partitions", 7)
out = [one is two, one.sparkContext is two.sparkContext, plan(one.table("numbers"))["name"], failure(two.table, "numbers")[0], two.table("global_temp.everywhere").columns, two.conf.get("spark.sql.shuffle.partitions"),
  [t.name for t in one.catalog.listTables()], one.catalog.tableExists("nope"), one.catalog.dropTempView("numbers"), one.catalog.dropTempView("numbers"), failure(df.createGlobalTempView, "everywhere")[0],
  SparkSession.builder.getOrCreate() is one]`)).toEqual([
    false, true, 'Numbers', 'pyspark.errors.exceptions.captured.AnalysisException', ['id'], '200', ['Numbers'], false, true, false,
    'pyspark.errors.exceptions.captured.TempTableAlreadyExistsException', true
  ])
})

test('the settings of a session are in force when its plans are asked about', () => {
  expect(run(`
one = SparkSession.builder.master("local[2]").appName("t").getOrCreate()
two = one.newSession()
one.conf.set("spark.sql.shuffle.partitions", 7)
one.range(3).filter("id > 1")
one.range(3).filter("id > 2")
two.range(3).filter("id > 1")
one.range(3).filter("id > 1")
one.conf.unset("spark.sql.shuffle.partitions")
one.range(3).filter("id > 1")
out = [[name, ask] for name, ask in bridge.asks if name == "sqlConf" and ask]`)).toEqual([
    ['sqlConf', { set: { 'spark.sql.shuffle.partitions': '7' } }],
    ['sqlConf', { unset: ['spark.sql.shuffle.partitions'] }],
    ['sqlConf', { set: { 'spark.sql.shuffle.partitions': '7' } }],
    ['sqlConf', { unset: ['spark.sql.shuffle.partitions'] }]
  ])
})

test('static and core settings are refused as Spark refuses them', () => {
  const captured = 'pyspark.errors.exceptions.captured.'
  expect(run(`
conf = SparkSession.builder.getOrCreate().conf
out = [failure(conf.set, "spark.sql.warehouse.dir", "/x"), failure(conf.set, "spark.executor.memory", "2g"), failure(conf.get, "spark.nothing"), conf.get("spark.nothing", "d"), conf.get("spark.nothing", None), failure(conf.set, "spark.default.parallelism", 3),
  conf.isModifiable("spark.sql.shuffle.partitions"), conf.isModifiable("spark.executor.memory"), failure(conf.get, 3)[1]]`)).toEqual([
    [captured + 'AnalysisException', '[CANNOT_MODIFY_STATIC_CONFIG] Cannot modify the value of the static Spark config: "spark.sql.warehouse.dir". SQLSTATE: 46110'],
    [captured + 'AnalysisException', "[CANNOT_MODIFY_CONFIG] Cannot modify the value of the Spark config: \"spark.executor.memory\".\nSee also 'https://spark.apache.org/docs/latest/sql-migration-guide.html#ddl-statements'. SQLSTATE: 46110"],
    [captured + 'SparkNoSuchElementException', '[SQL_CONF_NOT_FOUND] The SQL config "spark.nothing" cannot be found. Please verify that the config exists. SQLSTATE: 42K0I'],
    'd', null, ['no error', 'None'], true, false, '[NOT_STR] Argument `key` should be a str, got int.'
  ])
})

test('values that Spark refuses are refused in its words, wherever they are given', () => {
  const refused = 'pyspark.errors.exceptions.captured.IllegalArgumentException'
  const mismatch = (key: string, value: string, kind: string) => [refused, `[INVALID_CONF_VALUE.TYPE_MISMATCH] The value '${value}' in the config "${key}" is invalid. It should be a/an '${kind}' value. SQLSTATE: 22022`]
  expect(run(`
one = SparkSession.builder.master("local[2]").appName("t").getOrCreate()
conf = one.conf
out = [failure(conf.set, "spark.sql.ansi.enabled", "maybe"), failure(conf.set, "spark.sql.autoBroadcastJoinThreshold", "lots"), failure(conf.set, "spark.sql.shuffle.partitions", 0),
  failure(SparkSession.builder.config("spark.sql.adaptive.enabled", "2").getOrCreate), conf.get("spark.sql.shuffle.partitions")]
for key, value in [("spark.sql.ansi.enabled", False), ("spark.sql.autoBroadcastJoinThreshold", -1), ("spark.sql.files.maxPartitionBytes", "64MB"), ("spark.sql.foo", "bar")]:
    conf.set(key, value)
out.append([conf.get("spark.sql.autoBroadcastJoinThreshold"), conf.get("spark.sql.foo")])
one.stop()
out.append(failure(SparkSession.builder.master("local[2]").appName("t").config("spark.sql.shuffle.partitions", "x").getOrCreate))
from pyspark import SparkContext
SparkContext._active_spark_context.stop()`)).toEqual([
    mismatch('spark.sql.ansi.enabled', 'maybe', 'boolean'),
    mismatch('spark.sql.autoBroadcastJoinThreshold', 'lots', 'bytes in BYTE'),
    [refused, `[INVALID_CONF_VALUE.REQUIREMENT] The value '0' in the config "spark.sql.shuffle.partitions" is invalid. The value of spark.sql.shuffle.partitions must be positive SQLSTATE: 22022`],
    mismatch('spark.sql.adaptive.enabled', '2', 'boolean'),
    '200',
    ['-1', 'bar'],
    mismatch('spark.sql.shuffle.partitions', 'x', 'int')
  ])
})

test('stop ends the context and every session on it; a new one can then be made (§1.15)', () => {
  expect(run(`
from pyspark import SparkContext
one = SparkSession.builder.master("local[2]").appName("t").getOrCreate()
two = one.newSession()
two.stop()
gone = [SparkContext._active_spark_context, SparkSession.getActiveSession(), failure(SparkSession.active)[1]]
with SparkSession.builder.master("local[2]").appName("u").getOrCreate() as new:
    other = new is not one
out = gone + [other, SparkSession.getActiveSession()]`)).toEqual([
    null, null, '[NO_ACTIVE_OR_DEFAULT_SESSION] No active or default Spark session found. Please create a new Spark session before running the code.', true, null
  ])
})

test('a session over a context that is there already, and PySpark’s refusal of builder.create (§1.13)', () => {
  expect(run(`
from pyspark import SparkConf, SparkContext
sc = SparkContext(conf=SparkConf().set("spark.master", "local[2]").set("spark.app.name", "t"))
one = SparkSession(sc)
out = [one.sparkContext is sc, SparkSession.builder.config("spark.sql.shuffle.partitions", 3).getOrCreate() is one, SparkSession(sc).conf.get("spark.sql.shuffle.partitions"), failure(SparkSession.builder.create)[1]]`)).toEqual([
    true, true, '3', '[ONLY_SUPPORTED_WITH_SPARK_CONNECT] SparkSession.builder.create is only supported with Spark Connect; however, the current Spark session does not use Spark Connect.'
  ])
})

test('errors of the engine keep Spark’s condition and state', () => {
  expect(run(`
from pyspark.errors.exceptions.captured import captured
from pyspark.errors import AnalysisException
e = captured("pyspark.errors.AnalysisException", "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column cannot be resolved. SQLSTATE: 42703")
out = [isinstance(e, AnalysisException), e.getCondition(), e.getSqlState(), str(e), captured("ValueError", "x")]`)).toEqual([
    true, 'UNRESOLVED_COLUMN.WITH_SUGGESTION', '42703', '[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column cannot be resolved. SQLSTATE: 42703', null
  ])
})
