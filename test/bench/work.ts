/** What tasks, shuffles and fetch failures cost, by the log's own times. */
import { repeat, spread, type Spread } from './figures.ts'
import { of, run, type Ran } from './measured-run.ts'

const PLAN_TASKS = `
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
spark.range(8).collect()
for _ in range(3):
    spark.range(0, 10000, 1, 10000).filter("id < 0").collect()
`
const PYTHON_TASKS = `
from pyspark import SparkContext
sc = SparkContext(appName="python tasks")
sc.parallelize(range(8), 8).count()
for _ in range(2):
    sc.parallelize(range(4000), 4000).foreach(lambda x: None)
`
/** 64 MiB in records of 512 KiB, so that the shuffle is measured and not Python. */
const LARGE_RECORDS = `
import random
from pyspark import SparkContext
sc = SparkContext(appName="shuffle")
record = random.randbytes(524288)
print(sc.parallelize(range(128), 8).map(lambda i: (i, bytes([i]) + record)).partitionBy(8).count())
`
const ROWS = `
from pyspark.sql import SparkSession
spark = SparkSession.builder.appName("shuffle").getOrCreate()
print(spark.range(0, 2000000, 1, 8).repartition(8, "id").count())
`
const FETCHES = `
from pyspark import SparkContext
sc = SparkContext(appName="fetches")
print(sorted(sc.parallelize(range(64), 8).map(lambda x: (x % 4, 1)).reduceByKey(lambda a, b: a + b, 8).collect()))
`

/** Two executors of four slots. */
const EIGHT_SLOTS = ['--quiet', '--workers', '2', '--cores', '4']

export interface WorkFigures {
  /** The best of the stages of 10,000 tasks in a run. */
  'task launches per second, plan tasks, 8 slots': Spread
  'task launches per second, Python tasks, 8 slots': Spread
  /** Of the same stages: a task's time from launch to end that was not spent running (as Spark's UI has it), ms. */
  'scheduling delay, plan tasks, 8 slots, ms': { median: Spread; p95: Spread }
  'shuffle MB per second, two executors, records of 512 KiB': Spread
  'shuffle MB per second, two executors, DataFrame rows': Spread
  /** Spark waits 200 ms for more failures first (§5.13). */
  "fetch failure to the resubmitted stage's first task, ms": Spread
}

/** Task launches a second of the busiest job of 1,000 tasks or more. */
function launchRate(ran: Ran): number {
  const ends = new Map<number, number[]>()
  for (const end of of(ran, 'SparkListenerTaskEnd')) {
    const known = ends.get(end['Stage ID'])
    if (known === undefined) ends.set(end['Stage ID'], [end.Kindling.t])
    else known.push(end.Kindling.t)
  }
  const rates = of(ran, 'SparkListenerJobStart').flatMap((job) => {
    const times = job['Stage IDs'].flatMap((stage) => ends.get(stage) ?? [])
    return times.length < 1000 ? [] : [(times.length / (Math.max(...times) - job.Kindling.t)) * 1000]
  })
  return Math.max(...rates)
}

/** Median and 95th percentile over the tasks of the large stages, ms. */
function delays(ran: Ran): { median: number; p95: number } {
  const started = new Map(of(ran, 'SparkListenerTaskStart').map((start) => [start['Task Info']['Task ID'], start.Kindling.t]))
  const found = of(ran, 'SparkListenerTaskEnd').flatMap((end) => {
    const from = started.get(end['Task Info']['Task ID'])
    // Run time in the log is in whole ms; its CPU time of an empty task is the same in ns.
    return from === undefined || end['Stage ID'] === 0 ? [] : [Math.max(0, end.Kindling.t - from - (end['Task Metrics']?.['Executor CPU Time'] ?? 0) / 1e6)]
  })
  found.sort((a, b) => a - b)
  const at = (share: number): number => found[Math.floor((found.length - 1) * share)]!
  return { median: at(0.5), p95: at(0.95) }
}

/** From the first map task to the last reduce task. */
function shuffleRate(ran: Ran): number {
  const ends = of(ran, 'SparkListenerTaskEnd')
  const bytes = ends.reduce((sum, end) => sum + (end['Task Metrics']?.['Shuffle Write Metrics']['Shuffle Bytes Written'] ?? 0), 0)
  const began = Math.min(...of(ran, 'SparkListenerTaskStart').map((start) => start.Kindling.t))
  return bytes / 1e3 / (Math.max(...ends.map((end) => end.Kindling.t)) - began)
}

/** From the end that tells of a failed fetch to the first task of the stage that is made again. */
function resubmitted(ran: Ran): number {
  const failed = of(ran, 'SparkListenerTaskEnd').find((end) => end['Task End Reason'].Reason === 'FetchFailed')
  const again = of(ran, 'SparkListenerTaskStart').find((start) => failed !== undefined && start.Kindling.t > failed.Kindling.t && (start['Stage Attempt ID'] ?? 0) > 0)
  if (failed === undefined || again === undefined) throw new Error('no fetch failed in the measured run')
  return again.Kindling.t - failed.Kindling.t
}

export async function measureWork(folder: string): Promise<WorkFigures> {
  const medians: number[] = []
  const p95s: number[] = []
  const plan = await repeat('plan tasks', 3, async () => {
    const ran = await run(folder, PLAN_TASKS, EIGHT_SLOTS)
    const { median, p95 } = delays(ran)
    medians.push(median)
    p95s.push(p95)
    return launchRate(ran)
  })
  const python = await repeat('Python tasks', 3, async () => launchRate(await run(folder, PYTHON_TASKS, EIGHT_SLOTS)))
  const large = await repeat('shuffle of large records', 3, async () => shuffleRate(await run(folder, LARGE_RECORDS, EIGHT_SLOTS)))
  const rows = await repeat('shuffle of rows', 3, async () => shuffleRate(await run(folder, ROWS, EIGHT_SLOTS)))
  const fetches = await repeat('a failed fetch', 3, async () => resubmitted(await run(folder, FETCHES, [...EIGHT_SLOTS, '--fault', 'lose-shuffle-files@stage=1'])))
  return {
    'task launches per second, plan tasks, 8 slots': spread(plan),
    'task launches per second, Python tasks, 8 slots': spread(python),
    'scheduling delay, plan tasks, 8 slots, ms': { median: spread(medians), p95: spread(p95s) },
    'shuffle MB per second, two executors, records of 512 KiB': spread(large),
    'shuffle MB per second, two executors, DataFrame rows': spread(rows),
    "fetch failure to the resubmitted stage's first task, ms": spread(fetches)
  }
}
