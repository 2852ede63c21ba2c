import { expect, test } from 'vitest'
import { testLab } from './lab.ts'

const bench = testLab()

test('a setting that is not modelled is kept and told; one that Spark refuses is refused where it is used', async () => {
  const ran = await bench.run(
    `
from pyspark import SparkConf, SparkContext
sc = SparkContext(conf=SparkConf().setAppName("settings").set("spark.ui.port", "4141"))
print(sc.getConf().get("spark.foo"), sc.parallelize([1, 2, 3], 2).sum())
sc.stop()
try:
    SparkContext(conf=SparkConf().setAppName("again").set("spark.executor.cores", "1").set("spark.task.cpus", "2"))
except Exception as e:
    print(str(e).split("\\n")[1])
`,
    { conf: { 'spark.foo': 'bar' } }
  )
  expect(ran.stdout).toBe('bar 6\n: org.apache.spark.SparkException: The number of cores per executor (=1) has to be >= the number of cpus per task = 2.\n')
  expect(ran.of('kindling.NotModelled').map((event) => event.keys)).toEqual([['spark.foo', 'spark.ui.port']])
  expect(ran.view.conf).toMatchObject({ 'spark.foo': 'bar', 'spark.ui.port': '4141' })
  expect(ran.story).toContain('spark.foo and spark.ui.port are settings that are not modelled here: kept, without effect.')
})
