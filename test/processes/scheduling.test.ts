/** Rules of §6 on real processes: what the settings say is what happens. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chain, testLab } from './lab.ts'

const bench = testLab()

describe('speculation', () => {
  it('§6.22, §6.23 a straggler gets a copy on the other worker; the copy wins and the first is killed', async () => {
    const ran = await bench.run(
      `
import time
from pyspark import SparkContext, TaskContext
sc = SparkContext(appName="straggler")
def work(x):
    if x == 7 and TaskContext.get().attemptNumber() == 0:
        time.sleep(600)
    return x
print(sc.parallelize(range(8), 8).map(work).sum())
`,
      { conf: { 'spark.speculation': 'true', 'spark.speculation.quantile': '0.5' } }
    )
    expect(ran.stdout).toBe('28\n')
    const [copy] = ran.of('SparkListenerTaskStart').filter((event) => event['Task Info'].Speculative && event['Task Info']['Partition ID'] === 7)
    const first = ran.of('SparkListenerTaskStart').find((event) => event['Task Info']['Partition ID'] === 7 && !event['Task Info'].Speculative)!
    expect(copy!['Task Info']).toMatchObject({ Attempt: 1, 'Partition ID': 7 })
    expect(copy!['Task Info'].Host).not.toBe(first['Task Info'].Host)
    // From the copy to the decision, and on to the start of what was slow.
    expect(chain(ran, copy!).slice(1, 3).map((event) => (event.Event === 'kindling.Decision' ? event.kind : event.Event))).toEqual(['speculate-task', 'SparkListenerTaskStart'])
    expect(ran.of('kindling.Decision').some((event) => event.kind === 'kill-copy' && event.taskId === first['Task Info']['Task ID'])).toBe(true)
    expect(ran.story).toContain('is to get a second copy on another host')
  })
})

describe('skew', () => {
  it('§13.14 the scenario’s program: one task reads most; more partitions change nothing, salt does; the answer is the same', async () => {
    const ran = await bench.run(readFileSync(join(import.meta.dirname, '../../scenarios/skewed-keys/program.py'), 'utf8').replace('0.004', '0'))
    expect(ran.stdout).toBe('plain: 2400\nmore partitions: 2400\nsalted: 2400\n')
    const read = (stage: number): number[] =>
      ran.of('SparkListenerTaskEnd').flatMap((end) => {
        const metrics = end['Task Metrics']?.['Shuffle Read Metrics']
        return end['Stage ID'] === stage && metrics !== undefined ? [metrics['Local Bytes Read'] + metrics['Remote Bytes Read']] : []
      })
    /** The largest share of what a stage reads that one task has. */
    const largest = (stage: number): number => Math.max(...read(stage)) / read(stage).reduce((sum, bytes) => sum + bytes, 0)
    expect([read(1).length, read(3).length, read(5).length]).toEqual([8, 32, 8])
    expect(largest(1)).toBeGreaterThan(0.3)
    // The bytes of the others’ framing grow with their number.
    expect(largest(3)).toBeGreaterThan(5 * (1 / 32))
    expect(Math.max(...read(3))).toBeGreaterThan(0.7 * Math.max(...read(1)))
    expect(largest(5)).toBeLessThan(0.25)
  })
})

describe('output of copies', () => {
  it('§6.23 a task and its copy both write: one file a partition, whole [simplified: each attempt renames a draft of its own, nobody asks the driver for permission]', async () => {
    const ran = await bench.run(
      `
import os, time
from pyspark import SparkContext, TaskContext
sc = SparkContext(appName="two writers")
def work(x):
    if x == 3 and TaskContext.get().attemptNumber() == 0:
        time.sleep(600)
    return x
sc.parallelize(range(4), 4).map(work).saveAsTextFile("out")
print(sorted(name for name in os.listdir("out") if not name.startswith(".")))
print(sorted(sc.textFile("out").collect()))
`,
      { conf: { 'spark.speculation': 'true', 'spark.speculation.quantile': '0.5' } }
    )
    expect(ran.stdout).toBe("['_SUCCESS', 'part-00000', 'part-00001', 'part-00002', 'part-00003']\n['0', '1', '2', '3']\n")
    expect(ran.of('SparkListenerTaskStart').some((event) => event['Task Info'].Speculative)).toBe(true)
  })
})

describe('excludeOnFailure', () => {
  const FAILS_ON_FIRST = `
from pyspark import SparkContext, TaskContext
sc = SparkContext(appName="bad executor")
def work(x):
    if x == 1 and TaskContext.get().attemptNumber() == 0:
        raise ValueError("not here")
    return x
print(sc.parallelize(range(2), 2).map(work).sum())
`
  it('§6.26, §6.28, 13.17 a failed task goes to another executor; an executor with too many is excluded for the stage', async () => {
    const ran = await bench.run(FAILS_ON_FIRST, { conf: { 'spark.excludeOnFailure.enabled': 'true', 'spark.excludeOnFailure.stage.maxFailedTasksPerExecutor': '1' } })
    expect(ran.stdout).toBe('1\n')
    const places = ran.of('SparkListenerTaskStart').flatMap((event) => (event['Task Info']['Partition ID'] === 1 ? [event['Task Info']['Executor ID']] : []))
    expect(new Set(places).size).toBe(2)
    const excluded = ran.of('org.apache.spark.scheduler.SparkListenerExecutorExcludedForStage')
    expect(excluded.map((event) => event.executorId)).toEqual([places[0]])
    expect(ran.of('org.apache.spark.scheduler.SparkListenerExecutorBlacklistedForStage')).toHaveLength(1)
    expect(ran.story).toContain(`Excluding executor ${excluded[0]!.executorId} for stage 0.`)
  })

  it('§6.27 nowhere left: an idle executor is ended by the driver, which counts against no task, and its replacement does the work', async () => {
    const ran = await bench.run(FAILS_ON_FIRST.replace('range(2), 2', 'range(1, 2), 1'), { workers: 1, conf: { 'spark.excludeOnFailure.enabled': 'true' } })
    expect(ran.stdout).toBe('1\n')
    // The Master gives another at once: the job may be over before the driver hears of the end.
    expect(ran.of('SparkListenerExecutorRemoved').filter((event) => event['Removed Reason'] !== 'Executor killed by driver.')).toEqual([])
    expect(ran.of('SparkListenerTaskStart').map((event) => event['Task Info']['Executor ID'])).toEqual(['0', '1'])
    const launch = ran.of('kindling.ExecutorLaunching')[1]!
    expect(chain(ran, launch).map((event) => (event.Event === 'kindling.Decision' ? event.kind : event.Event))).toContain('unschedulable')
  })
})

describe('FAIR', () => {
  const ONE_JOB = `
from pyspark import SparkContext
sc = SparkContext(appName="pools")
sc.setLocalProperty("spark.scheduler.pool", "mine")
print(sc.parallelize(range(4), 4).sum())
`
  it('§6.6 pools come from fairscheduler.xml beside the program; a pool nobody described is made', async () => {
    const ran = await bench.run(ONE_JOB, { conf: { 'spark.scheduler.mode': 'FAIR' }, files: { 'fairscheduler.xml': '<allocations><pool name="sure"><schedulingMode>FAIR</schedulingMode><weight>2</weight><minShare>1</minShare></pool></allocations>' } })
    expect(ran.stdout).toBe('6\n')
    const notes = ran.of('kindling.Note').map((event) => event.text)
    expect(notes).toContain('Created pool: sure, schedulingMode: FAIR, minShare: 1, weight: 2')
    expect(notes).toContain(
      "A job was submitted with scheduler pool mine, which has not been configured. This can happen when the file that pools are read from isn't set, or when that file doesn't contain mine. Created mine with default configuration (schedulingMode: FIFO, minShare: 0, weight: 1)"
    )
    expect(ran.of('SparkListenerJobStart')[0]!.Properties).toMatchObject({ 'spark.scheduler.pool': 'mine' })
  })

  it('§6.6 a file that is named and not there, or is no XML, ends the program where its context starts', async () => {
    const missing = await bench.run(ONE_JOB, { conf: { 'spark.scheduler.mode': 'FAIR', 'spark.scheduler.allocation.file': 'pools.xml' } })
    expect(missing.outcome.exitCode).toBe(1)
    expect(missing.stderr).toMatch(/java\.io\.FileNotFoundException: File file:.*pools\.xml does not exist/)
    const broken = await bench.run(ONE_JOB, { conf: { 'spark.scheduler.mode': 'FAIR', 'spark.scheduler.allocation.file': 'pools.xml' }, files: { 'pools.xml': '<allocations>' } })
    expect(broken.stderr).toContain('pools.xml is not well-formed XML: <allocations> is never closed in line 1.')
  })
})

describe('results', () => {
  const BIG = `
from pyspark import SparkContext
sc = SparkContext(appName="big results")
print([len(x) for x in sc.parallelize(range(3), 3).map(lambda x: bytes(300000)).collect()])
`
  it('§6.16 a result above spark.task.maxDirectResultSize is fetched from its executor', async () => {
    const ran = await bench.run(BIG, { conf: { 'spark.task.maxDirectResultSize': '100k' } })
    expect(ran.stdout).toBe('[300000, 300000, 300000]\n')
    const getting = ran.of('SparkListenerTaskGettingResult')
    expect(getting).toHaveLength(3)
    for (const end of ran.of('SparkListenerTaskEnd')) expect(end['Task Info']['Getting Result Time']).toBeGreaterThan(0)
    const direct = await bench.run(BIG)
    expect(direct.stdout).toBe('[300000, 300000, 300000]\n')
    expect(direct.of('SparkListenerTaskGettingResult')).toEqual([])
    const local = await bench.run(BIG.replace('appName', 'master="local[2]", appName'), { conf: { 'spark.task.maxDirectResultSize': '100k' } })
    expect(local.stdout).toBe('[300000, 300000, 300000]\n')
    expect(local.of('SparkListenerTaskGettingResult')).toHaveLength(3)
  })

  it('§6.18 an executor that goes takes the results that wait on it along: they are made again', async () => {
    const ran = await bench.run(BIG, { conf: { 'spark.task.maxDirectResultSize': '100k' }, faults: ['crash-executor@task=0.1'] })
    expect(ran.stdout).toBe('[300000, 300000, 300000]\n')
  })

  it('§6.20, 13.10 one result alone above spark.driver.maxResultSize is dropped on its executor; the job fails, the driver stays', async () => {
    const ran = await bench.run(
      `
from pyspark import SparkContext
from py4j.protocol import Py4JJavaError
sc = SparkContext(appName="too big")
try:
    sc.parallelize(range(1), 1).map(lambda x: bytes(3000000)).collect()
except Py4JJavaError as error:
    print(str(error.java_exception).splitlines()[0])
print(sc.parallelize([1]).sum())
`,
      { conf: { 'spark.driver.maxResultSize': '1m' } }
    )
    expect(ran.stdout).toBe(
      'org.apache.spark.SparkException: Job aborted due to stage failure: Total size of serialized results of 1 tasks (2.9 MiB) is bigger than spark.driver.maxResultSize (1024.0 KiB)\n1\n'
    )
    expect(ran.of('kindling.Note').some((event) => /^Finished task 0\.0 in stage 0\.0 \(TID 0\)\. Result is larger than maxResultSize \(2\.9 MiB > 1024\.0 KiB\), dropping it\.$/.test(event.text))).toBe(true)
    expect(ran.of('SparkListenerTaskEnd')[0]!['Task End Reason']).toMatchObject({ Reason: 'TaskKilled', 'Kill Reason': 'Tasks result size has exceeded maxResultSize' })
  })
})
