import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { testLab } from './lab.ts'

const bench = testLab()

/** The program as it is given to spark-submit, and what Spark prints for it. */
const prints = (name: string, program: string, expected: string, options: Parameters<typeof bench.run>[1] = {}): void => {
  test(name, async () => {
    const ran = await bench.run(program, options)
    expect(ran.stderr).toBe('')
    expect(ran.stdout).toBe(expected)
    expect(ran.outcome).toMatchObject({ outcome: 'finished', exitCode: 0 })
  })
}

const TABLE = `+-----+
|value|
+-----+
|    2|
|    4|
|    6|
|    8|
|   10|
+-----+
only showing top 5 rows
`

describe('the mini example', () => {
  const program = (master: string): string => `
from pyspark.sql import SparkSession
spark = SparkSession.builder.appName("mini")${master}.getOrCreate()
df = spark.range(1, 1000000)
print(df.rdd.getNumPartitions())
df.select((df["id"] * 2).alias("value")).show(5)
spark.stop()
`
  prints('on the lab’s cluster', program(''), `4\n${TABLE}`)
  prints('on local[3] (§10.6)', program('.master("local[3]")'), `3\n${TABLE}`)
  prints('on local-cluster (§2.4)', program('.master("local-cluster[1,2,1024]")'), `2\n${TABLE}`)

  test('local[*] has the driver and no executor process (§2.3, §1.10)', async () => {
    const ran = await bench.run(program('.master("local[*]")'))
    expect(ran.stdout).toContain(TABLE)
    expect(ran.of('kindling.ProcessSpawned').map((event) => event.actor)).toEqual(['driver'])
    expect(ran.of('SparkListenerExecutorAdded').map((event) => event['Executor ID'])).toEqual(['driver'])
    expect(ran.of('SparkListenerApplicationStart')[0]!['App ID']).toMatch(/^local-\d+$/)
  })

  test('show(5) is one job of one task (§10 table)', async () => {
    const ran = await bench.run(program(''))
    expect(ran.of('SparkListenerJobStart')).toHaveLength(1)
    expect(ran.of('SparkListenerTaskEnd')).toHaveLength(1)
  })
})

describe('RDDs', () => {
  prints(
    'the first steps',
    `
from pyspark import SparkContext
sc = SparkContext(master="local[4]", appName="first steps")
print(sc.master)
rdd = sc.parallelize([1, 2, 3, 4, 5])
print(rdd.map(lambda x: x * x).collect())
print(rdd.filter(lambda x: x % 2).collect())
print(sc.parallelize(["a b", "c"]).flatMap(lambda l: l.split()).collect())
print(rdd.reduce(lambda a, b: a + b), rdd.count(), rdd.take(3), rdd.first(), rdd.sum())
print(rdd.glom().collect(), rdd.getNumPartitions())
`,
    'local[4]\n[1, 4, 9, 16, 25]\n[1, 3, 5]\n[\'a\', \'b\', \'c\']\n15 5 [1, 2, 3] 1 15\n[[1], [2], [3], [4, 5]] 4\n'
  )

  test('word count over a text file, saved', async () => {
    const ran = await bench.run(
      `
from pyspark import SparkContext
sc = SparkContext(appName="word count")
counts = sc.textFile("frost.txt").flatMap(lambda line: line.split()).map(lambda w: (w, 1)).reduceByKey(lambda a, b: a + b)
ordered = counts.sortBy(lambda p: (-p[1], p[0]))
print(ordered.collect())
ordered.saveAsTextFile("counts")
print(sorted(sc.textFile("counts").collect()))
`,
      { files: { 'frost.txt': 'ice on the pond\nsnow on the roof\nice again\n' } }
    )
    expect(ran.stderr).toBe('')
    expect(ran.stdout).toBe(
      "[('ice', 2), ('on', 2), ('the', 2), ('again', 1), ('pond', 1), ('roof', 1), ('snow', 1)]\n" +
        `["('again', 1)", "('ice', 2)", "('on', 2)", "('pond', 1)", "('roof', 1)", "('snow', 1)", "('the', 2)"]\n`
    )
    const parts = readdirSync(join(ran.folder, 'counts')).sort()
    expect(parts[0]).toBe('_SUCCESS')
    expect(parts.slice(1).every((name) => /^part-\d{5}$/.test(name))).toBe(true)
    expect(parts.slice(1).map((name) => readFileSync(join(ran.folder, 'counts', name), 'utf8')).join('')).toMatch(/^\('ice', 2\)\n/)
  })

  prints(
    'grouping, joining, shaping',
    `
from pyspark import SparkContext
sc = SparkContext(appName="shapes")
a = sc.parallelize([("x", 1), ("y", 2), ("x", 3)], 2)
b = sc.parallelize([("x", "ice"), ("z", "snow")], 2)
print(sorted((k, sorted(v)) for k, v in a.groupByKey().collect()))
print(sorted(a.join(b).collect()), a.join(b).getNumPartitions())
print(sorted(a.leftOuterJoin(b).collect()))
print(sorted(sc.parallelize([3, 1, 3, 2, 1]).distinct().collect()))
print(sorted(a.keys().union(b.keys()).collect()))
r = sc.parallelize(range(100), 4).repartition(8)
print(r.getNumPartitions(), r.count(), r.coalesce(2).getNumPartitions(), sum(r.coalesce(2).collect()))
`,
    "[('x', [1, 3]), ('y', [2])]\n[('x', (1, 'ice')), ('x', (3, 'ice'))] 4\n[('x', (1, 'ice')), ('x', (3, 'ice')), ('y', (2, None))]\n[1, 2, 3]\n['x', 'x', 'x', 'y', 'z']\n8 100 2 4950\n"
  )

  test('a cached RDD is computed once; unpersist forgets it', async () => {
    const ran = await bench.run(`
from pyspark import SparkContext
sc = SparkContext(appName="cache")
seen = sc.accumulator(0)
def look(x):
    seen.add(1)
    return x
rdd = sc.parallelize(range(10), 2).map(look).cache()
print(rdd.count(), rdd.sum(), seen.value)
rdd.unpersist()
print(rdd.count(), seen.value)
`)
    expect(ran.stdout).toBe('10 45 10\n10 20\n')
    expect(ran.of('kindling.CachedBlock').filter((event) => event.stored)).toHaveLength(2)
    expect(ran.of('SparkListenerUnpersistRDD')).toHaveLength(1)
  })

  test('checkpoint: an extra job after the first, then the lineage is cut (§5.33)', async () => {
    const ran = await bench.run(`
from pyspark import SparkContext
sc = SparkContext(appName="checkpoint")
sc.setCheckpointDir("kept")
rdd = sc.parallelize(range(6), 2).map(lambda x: x + 1)
rdd.checkpoint()
print(rdd.isCheckpointed(), rdd.count(), rdd.isCheckpointed(), rdd.collect())
`)
    expect(ran.stderr).toBe('')
    expect(ran.stdout).toBe('False 6 True [1, 2, 3, 4, 5, 6]\n')
    expect(ran.of('SparkListenerJobStart')).toHaveLength(3)
  })

  prints(
    'broadcast and accumulators',
    `
from pyspark import SparkContext
sc = SparkContext(appName="shared")
names = sc.broadcast({1: "one", 2: "two"})
hits = sc.accumulator(0)
def name(i):
    hits.add(1)
    return names.value.get(i, "?")
print(sc.parallelize([1, 2, 3], 3).map(name).collect(), hits.value)
`,
    "['one', 'two', '?'] 3\n"
  )

  prints(
    'what a task prints stays with its executor',
    `
from pyspark import SparkContext
sc = SparkContext(appName="prints")
sc.parallelize([1, 2], 2).foreach(print)
print("done")
`,
    'done\n'
  )
})

describe('DataFrames', () => {
  const CSV = 'name,age,city\nAda,36,London\nGrace,45,\nLin,29,Oslo\n'
  prints(
    'csv with header and inferSchema',
    `
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
df = spark.read.csv("people.csv", header=True, inferSchema=True)
df.printSchema()
df.show()
print(df.count(), df.columns)
`,
    `root
 |-- name: string (nullable = true)
 |-- age: integer (nullable = true)
 |-- city: string (nullable = true)

+-----+---+------+
| name|age|  city|
+-----+---+------+
|  Ada| 36|London|
|Grace| 45|  NULL|
|  Lin| 29|  Oslo|
+-----+---+------+

3 ['name', 'age', 'city']
`,
    { files: { 'people.csv': CSV } }
  )

  prints(
    'grouping, joining, ordering',
    `
from pyspark.sql import SparkSession
from pyspark.sql.functions import col, sum as total, avg, upper
spark = SparkSession.builder.getOrCreate()
sales = spark.createDataFrame([("ice", 3), ("snow", 4), ("ice", 5)], ["what", "n"])
prices = spark.createDataFrame([("ice", 2.5), ("snow", 1.0)], ["what", "price"])
sales.groupBy("what").agg(total("n").alias("n"), avg("n").alias("mean")).orderBy("what").show()
sales.join(prices, "what").select(upper(col("what")).alias("what"), (col("n") * col("price")).alias("worth")).orderBy(col("worth").desc()).show()
print([tuple(r) for r in sales.filter(col("n") > 3).orderBy("n").collect()])
print(sorted(sales.rdd.map(lambda row: row.what).collect()))
`,
    `+----+---+----+
|what|  n|mean|
+----+---+----+
| ice|  8| 4.0|
|snow|  4| 4.0|
+----+---+----+

+----+-----+
|what|worth|
+----+-----+
| ICE| 12.5|
| ICE|  7.5|
|SNOW|  4.0|
+----+-----+

[('snow', 4), ('ice', 5)]
['ice', 'ice', 'snow']
`
  )

  prints(
    'an RDD becomes a DataFrame and back',
    `
from pyspark.sql import SparkSession, Row
spark = SparkSession.builder.getOrCreate()
rdd = spark.sparkContext.parallelize([("ice", 1), ("snow", 2), ("ice", 3)], 2)
rdd.toDF(["what", "n"]).groupBy("what").sum("n").orderBy("what").show()
print(spark.createDataFrame(rdd.map(lambda p: Row(what=p[0], n=p[1]))).rdd.map(lambda r: r.n * 10).collect())
`,
    `+----+------+
|what|sum(n)|
+----+------+
| ice|     4|
|snow|     2|
+----+------+

[10, 20, 30]
`
  )

  test('adaptive execution: count is two jobs, the second with a skipped stage (§10.2, §10 table)', async () => {
    const ran = await bench.run('from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\nprint(spark.range(100).count())\n')
    expect(ran.stdout).toBe('100\n')
    expect(ran.of('SparkListenerJobStart').map((event) => event['Stage IDs'].length)).toEqual([1, 2])
    expect(ran.view.stages.map((stage) => stage.state)).toContain('skipped')
  })
})

describe('sessions and contexts', () => {
  prints(
    'several sessions over one context; getOrCreate gives the same one back (§1.12, §1.14)',
    `
from pyspark.sql import SparkSession
from pyspark import SparkContext
spark = SparkSession.builder.appName("one").getOrCreate()
same = SparkSession.builder.getOrCreate()
other = spark.newSession()
print(same is spark, other is spark, other.sparkContext is spark.sparkContext)
print(SparkContext.getOrCreate() is spark.sparkContext)
`,
    'True False True\nTrue\n'
  )

  test('a second SparkContext is refused in PySpark’s words (§1.4)', async () => {
    const ran = await bench.run(`
from pyspark import SparkContext
sc = SparkContext(appName="first")
try:
    SparkContext(appName="second")
except ValueError as e:
    print(e)
sc.stop()
sc = SparkContext(appName="third")
print(sc.parallelize([1]).count())
`)
    expect(ran.stdout).toMatch(/^Cannot run multiple SparkContexts at once; existing SparkContext\(app=first, master=spark:\/\/master:7077\) created by __init__ at .*program\.py:3\s*\n1\n$/)
    expect(ran.of('SparkListenerApplicationStart').map((event) => event['App Name'])).toEqual(['first', 'third'])
    expect(ran.logs).toHaveLength(2)
  })
})

describe('programs that go wrong', () => {
  test('an exception in a task reaches the program as Spark shows it, with the Python traceback (§5.25, §11.2, §13.9)', async () => {
    const ran = await bench.run(`from pyspark import SparkContext
sc = SparkContext(appName="bad")
def divide(x):
    return 1 // x
print(sc.parallelize([1, 0], 2).map(divide).collect())
`)
    expect(ran.outcome.exitCode).toBe(1)
    expect(ran.stderr).toMatch(/py4j\.protocol\.Py4JJavaError: An error occurred while calling z:org\.apache\.spark\.api\.python\.PythonRDD\.collectAndServe\.\n: org\.apache\.spark\.SparkException: Job aborted due to stage failure: Task 1 in stage 0\.0 failed 4 times, most recent failure: Lost task 1\.3 in stage 0\.0 \(TID \d+\) \(worker-\d executor \d\): org\.apache\.spark\.api\.python\.PythonException: Traceback \(most recent call last\):/)
    expect(ran.stderr).toMatch(/line 4, in divide[\s\S]*ZeroDivisionError/)
    expect(ran.of('SparkListenerTaskEnd').filter((end) => end['Task End Reason'].Reason === 'ExceptionFailure')).toHaveLength(4)
  })

  test('in local mode the first failure ends the job (§2.2)', async () => {
    const ran = await bench.run('from pyspark import SparkContext\nsc = SparkContext("local[2]", "bad")\nsc.parallelize([1, 0], 2).map(lambda x: 1 // x).collect()\n')
    expect(ran.stderr).toContain('failed 1 times')
  })

  test('what Kindling does not have is named, with its line', async () => {
    const ran = await bench.run('from pyspark import SparkContext\nsc = SparkContext(appName="more")\nsc.parallelize([1]).pipe("cat").collect()\n')
    expect(ran.outcome.exitCode).toBe(1)
    expect(ran.stderr).toMatch(/NotImplementedError: .*pipe/)
    expect(ran.stderr).toMatch(/line 3/)
  })

  test('a program that does not parse', async () => {
    const ran = await bench.run('print("fine"\nx = 1\n')
    expect(ran.outcome.exitCode).toBe(1)
    expect(ran.stderr).toContain('SyntaxError')
    expect(ran.outcome.message).toMatch(/SyntaxError.*line 1/)
  })

  test('exit codes are the program’s own', async () => {
    expect((await bench.run('import sys\nsys.exit(7)\n')).outcome.exitCode).toBe(7)
  })

  test('a missing input file', async () => {
    const ran = await bench.run('from pyspark import SparkContext\nsc = SparkContext(appName="lost")\nprint(sc.textFile("nowhere.txt").count())\n')
    expect(ran.stderr).toMatch(/Input path does not exist: file:.*nowhere\.txt/)
  })

  test('a master that is none, and one we do not have (§2.1)', async () => {
    expect((await bench.run('from pyspark import SparkContext\nSparkContext("lokal", "x")\n')).stderr).toContain("Could not parse Master URL: 'lokal'")
    expect((await bench.run('from pyspark import SparkContext\nSparkContext("yarn", "x")\n')).stderr).toContain('Kindling has no YARN')
  })

  test('§13.13 a task that ends its own Python worker (os._exit): it fails, the executor lives', async () => {
    const ran = await bench.run(`
import os
from pyspark import SparkContext, TaskContext
sc = SparkContext(appName="a worker leaves")
def work(x):
    if TaskContext.get().attemptNumber() == 0 and x == 3:
        os._exit(9)
    return x
print(sc.parallelize(range(4), 4).map(work).sum())
`)
    expect(ran.stdout).toBe('6\n')
    expect(ran.of('SparkListenerExecutorRemoved')).toEqual([])
    const reasons = ran.of('SparkListenerTaskEnd').map((end) => end['Task End Reason']).filter((reason) => reason.Reason !== 'Success')
    expect(reasons).toMatchObject([{ Reason: 'ExceptionFailure', 'Class Name': 'org.apache.spark.SparkException' }])
    expect(reasons[0]?.Reason === 'ExceptionFailure' && reasons[0].Description).toContain('Python worker exited unexpectedly (crashed)')
  })

  test('a task that ends its own executor (SIGKILL to its parent)', async () => {
    const ran = await bench.run(`
import os, signal
from pyspark import SparkContext, TaskContext
sc = SparkContext(appName="suicide")
def work(x):
    if TaskContext.get().attemptNumber() == 0 and x == 3:
        os.kill(os.getppid(), signal.SIGKILL)
    return x
print(sc.parallelize(range(4), 4).map(work).sum())
`)
    expect(ran.stdout).toBe('6\n')
    expect(ran.of('SparkListenerExecutorRemoved')[0]!['Removed Reason']).toBe('Command exited with code 137')
  })
})
