import { describe, expect, test } from 'vitest'
import { chain, testLab } from './lab.ts'

const bench = testLab()

const WORD_COUNT = `
from pyspark import SparkContext
sc = SparkContext(appName="word count")
lines = sc.parallelize(["ice and snow", "snow and wind", "wind and ice", "ice"] * 10, 8)
counts = lines.flatMap(lambda l: l.split()).map(lambda w: (w, 1)).reduceByKey(lambda a, b: a + b, 4)
print(sorted(counts.collect()))
`
const WORD_COUNT_ANSWER = "[('and', 30), ('ice', 30), ('snow', 20), ('wind', 20)]\n"

describe('container-oom', () => {
  test('§8.12, §4.20 killed from outside with 137 while its heap is not full; replaced, and the answer is right', async () => {
    const ran = await bench.run(WORD_COUNT, { conf: { 'kindling.task.pace': '300ms', 'spark.executor.memory': '500m', 'spark.executor.memoryOverhead': '100m' }, faults: ['container-oom@stage=0'] })
    expect(ran.stdout).toBe(WORD_COUNT_ANSWER)
    const died = ran.of('kindling.ProcessExited').find((event) => event.end.code === 137)!
    expect(died.end).toMatchObject({ signal: 'SIGKILL', farewell: false })
    expect(chain(ran, died).map((event) => event.Event)).toEqual(['kindling.ProcessExited', 'kindling.Decision', 'kindling.Memory', 'kindling.FaultStruck', 'kindling.FaultRequested'])
    const last = ran.of('kindling.Memory').filter((event) => event.actor === died.actor).at(-1)!
    expect(last.account.container!.used).toBeGreaterThan(last.account.container!.limit)
    expect(last.account.heap).toBeLessThan(last.account.limit)
    expect(ran.of('SparkListenerExecutorRemoved')[0]!['Removed Reason']).toBe('Command exited with code 137')
  })
})

describe('slow-executor', () => {
  test('§13.14 its tasks last so many times as long, nothing fails; healed, they end', async () => {
    const ran = await bench.run(WORD_COUNT, { conf: { 'kindling.task.pace': '50ms' }, faults: ['slow-executor:1@start,factor=20'] })
    expect(ran.stdout).toBe(WORD_COUNT_ANSWER)
    const times = (id: string): number[] => ran.of('SparkListenerTaskEnd').filter((end) => end['Task Info']['Executor ID'] === id).map((end) => end['Task Metrics']!['Executor Run Time'])
    expect(Math.min(...times('1'))).toBeGreaterThanOrEqual(1000)
    expect(Math.min(...times('0'))).toBeLessThan(1000)
    expect(ran.of('SparkListenerTaskEnd').every((end) => end['Task End Reason'].Reason === 'Success')).toBe(true)
    const healed = await bench.run(WORD_COUNT, { conf: { 'kindling.task.pace': '50ms' }, faults: ['slow-executor:1@start,factor=1000,heal=2s'] })
    expect(healed.stdout).toBe(WORD_COUNT_ANSWER)
  })
})

describe('lose-shuffle-files', () => {
  test('§5.11–5.17 a reduce task finds them gone: FetchFailed does not count, the map tasks of that executor run again, the answer is right', async () => {
    const ran = await bench.run(WORD_COUNT, { conf: { 'kindling.task.pace': '50ms' }, faults: ['lose-shuffle-files:1@task=1.0'] })
    expect(ran.stdout).toBe(WORD_COUNT_ANSWER)
    expect(ran.of('kindling.ProcessExited').every((event) => event.end.code === 0)).toBe(true)
    const failed = ran.of('SparkListenerTaskEnd').filter((end) => end['Task End Reason'].Reason === 'FetchFailed')
    expect(failed.length).toBeGreaterThan(0)
    expect(failed[0]!['Task End Reason']).toMatchObject({ 'Block Manager Address': { 'Executor ID': '1' }, 'Shuffle ID': 0 })
    const mapsOfIt = ran.of('SparkListenerTaskEnd').filter((end) => end['Stage ID'] === 0 && end['Stage Attempt ID'] === 0 && end['Task Info']['Executor ID'] === '1')
    const again = ran.of('SparkListenerStageSubmitted').find((event) => event['Stage Info']['Stage ID'] === 0 && event['Stage Info']['Stage Attempt ID'] === 1)!
    expect(again['Stage Info']['Number of Tasks']).toBe(mapsOfIt.length)
  })
})

describe('lose-cached-block', () => {
  test('§5.31, §8.7 only the lost partition is computed again, and it is kept again', async () => {
    const ran = await bench.run(
      `
from pyspark import SparkContext
sc = SparkContext(appName="cached")
seen = sc.accumulator(0)
def f(x):
    seen.add(1)
    return x
rdd = sc.parallelize(range(8), 4).map(f).cache()
print(rdd.sum(), seen.value)
print(rdd.sum(), seen.value)
print(rdd.sum(), seen.value)
`,
      { faults: ['lose-cached-block@job=1'] }
    )
    expect(ran.stdout).toBe('28 8\n28 10\n28 10\n')
    const [lost] = ran.of('kindling.BlocksLost')
    expect(lost!.cached).toHaveLength(1)
    expect(chain(ran, lost!).map((event) => event.Event)).toContain('kindling.FaultStruck')
  })

  test('§8.7 where nothing is cached it says so', async () => {
    const ran = await bench.run(WORD_COUNT, { faults: ['lose-cached-block:1@stage=0'] })
    expect(ran.stdout).toBe(WORD_COUNT_ANSWER)
    expect(ran.of('kindling.FaultFailed')[0]!.reason).toMatch(/cached block/)
  })
})

describe('fill-disk', () => {
  test('§13.16 map tasks fail with “No space left on device”, which counts; healed, the job goes on', async () => {
    const ran = await bench.run(WORD_COUNT, { workers: 1, cores: 1, conf: { 'kindling.task.pace': '50ms' }, faults: ['fill-disk@start'] })
    expect(ran.outcome.exitCode).toBe(1)
    expect(ran.stderr).toContain('java.io.IOException: No space left on device')
    const reasons = ran.of('SparkListenerTaskEnd').map((end) => end['Task End Reason'])
    expect(reasons[0]).toMatchObject({ Reason: 'ExceptionFailure', 'Class Name': 'java.io.IOException', Description: 'No space left on device' })
    expect(ran.of('SparkListenerExecutorRemoved')).toHaveLength(0)
    const healed = await bench.run(WORD_COUNT, { workers: 1, cores: 1, conf: { 'kindling.task.pace': '400ms', 'spark.task.maxFailures': '100' }, faults: ['fill-disk@start,heal=3s'] })
    expect(healed.stdout).toBe(WORD_COUNT_ANSWER)
    expect(healed.of('SparkListenerTaskEnd').some((end) => end['Task End Reason'].Reason === 'ExceptionFailure')).toBe(true)
  })
})
