/** Faults on tasks, messages, lines and the driver, on real processes. */
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
const ANSWER = "[('and', 30), ('ice', 30), ('snow', 20), ('wind', 20)]\n"

const reasons = (ran: Awaited<ReturnType<typeof bench.run>>, partition: number): string[] =>
  ran.of('SparkListenerTaskEnd').filter((end) => end['Stage ID'] === 0 && end['Task Info']['Partition ID'] === partition).map((end) => end['Task End Reason'].Reason)

describe('tasks', () => {
  test('fail-task, so many times: each failure counts, then it succeeds (§6.10)', async () => {
    const ran = await bench.run(WORD_COUNT, { faults: ['fail-task:0.3,times=3@start'] })
    expect(ran.stdout).toBe(ANSWER)
    expect(reasons(ran, 3)).toEqual(['ExceptionFailure', 'ExceptionFailure', 'ExceptionFailure', 'Success'])
  })

  test('fail-task, always: the job is aborted after spark.task.maxFailures (§6.10, §5.25)', async () => {
    const ran = await bench.run(WORD_COUNT, { faults: ['fail-task:0.3,times=always@start'] })
    expect(ran.outcome.exitCode).toBe(1)
    expect(reasons(ran, 3)).toEqual(['ExceptionFailure', 'ExceptionFailure', 'ExceptionFailure', 'ExceptionFailure'])
    expect(ran.stderr).toContain('Task 3 in stage 0.0 failed 4 times')
  })

  test('an order that no attempt takes is told as what it is', async () => {
    const ran = await bench.run(WORD_COUNT, { faults: ['fail-task:9.9@start'] })
    expect(ran.stdout).toBe(ANSWER)
    const [nothing] = ran.of('kindling.FaultFailed')
    expect(nothing).toMatchObject({ fault: 'fail-task', target: 'task 9.9', reason: 'no attempt of task 9.9 was started after it.' })
    expect(ran.of('kindling.FaultFailed')).toHaveLength(1)
  })

  test('without a moment a fault for a run that is yet to begin strikes as soon as there is somebody', async () => {
    const ran = await bench.run(WORD_COUNT, { faults: ['crash-executor'] })
    expect(ran.stdout).toBe(ANSWER)
    expect(ran.of('kindling.FaultRequested')[0]).toMatchObject({ when: 'start' })
    expect(ran.of('kindling.ProcessExited').filter((event) => event.end.signal === 'SIGKILL')).toHaveLength(1)
  })

  test('slow-task: the attempt takes so much longer on the lab clock', async () => {
    const ran = await bench.run(WORD_COUNT, { faults: ['slow-task:0.1,by=4s@start'], speed: 10 })
    expect(ran.stdout).toBe(ANSWER)
    const slow = ran.of('SparkListenerTaskEnd').find((end) => end['Stage ID'] === 0 && end['Task Info']['Partition ID'] === 1)!
    expect(slow['Task Info']['Finish Time'] - slow['Task Info']['Launch Time']).toBeGreaterThanOrEqual(4000)
  })

  test('poisoned-record: every attempt fails at the line of the program that uses it (§11.2)', async () => {
    const ran = await bench.run(WORD_COUNT, { faults: ['poisoned-record:0.2@start'] })
    expect(ran.outcome.exitCode).toBe(1)
    expect(reasons(ran, 2)).toEqual(['ExceptionFailure', 'ExceptionFailure', 'ExceptionFailure', 'ExceptionFailure'])
    expect(ran.stderr).toContain("ValueError: poisoned record: 'wind and ice'")
    expect(ran.stderr).toMatch(/program\.py", line 5, in <lambda>/)
  })
})

describe('messages and lines', () => {
  test('delay-message: one comes late, and the log says which and why', async () => {
    const ran = await bench.run(WORD_COUNT, { faults: ['delay-message:StatusUpdate,by=2s@stage=0'], speed: 10 })
    expect(ran.stdout).toBe(ANSWER)
    const [late] = ran.of('kindling.MessageStruck')
    expect(late).toMatchObject({ kind: 'StatusUpdate', to: 'driver', delayMs: 2000 })
    expect(chain(ran, late!).map((event) => event.Event)).toEqual(['kindling.MessageStruck', 'kindling.FaultStruck', 'kindling.FaultRequested'])
  })

  test('drop-message: a lost heartbeat means nothing', async () => {
    const ran = await bench.run(WORD_COUNT, { conf: { 'kindling.task.pace': '1s', 'spark.executor.heartbeatInterval': '500ms' }, faults: ['drop-message:Heartbeat@stage=0'] })
    expect(ran.stdout).toBe(ANSWER)
    expect(ran.of('kindling.MessageStruck')).toMatchObject([{ kind: 'Heartbeat', to: 'driver' }])
    expect(ran.of('SparkListenerExecutorRemoved')).toHaveLength(0)
  })

  test('cut-off-driver: the heartbeat timeout finds it, which counts (§4.7–4.8, §13.7)', async () => {
    const ran = await bench.run(WORD_COUNT, { conf: { 'spark.network.timeout': '4s', 'spark.network.timeoutInterval': '1s', 'spark.executor.heartbeatInterval': '500ms' }, faults: ['cut-off-driver@task=0.0'] })
    expect(ran.stdout).toBe(ANSWER)
    expect(ran.of('SparkListenerExecutorRemoved')[0]!['Removed Reason']).toMatch(/^Executor heartbeat timed out after \d+ ms$/)
    const lost = ran.of('SparkListenerTaskEnd').filter((end) => end['Task End Reason'].Reason === 'ExecutorLostFailure')
    expect(lost.length).toBeGreaterThan(0)
    for (const end of lost) expect(end['Task End Reason']).toMatchObject({ 'Exit Caused By App': true })
  })

  test('cut-off-peers: fetch failures, and the executor is not given up (§5.11, §5.13)', async () => {
    const ran = await bench.run(WORD_COUNT, { conf: { 'spark.shuffle.io.retryWait': '10ms' }, faults: ['cut-off-peers:0@task=1.0'] })
    const failed = ran.of('SparkListenerTaskEnd').filter((end) => end['Task End Reason'].Reason === 'FetchFailed')
    expect(failed.length).toBeGreaterThan(0)
    expect(ran.of('SparkListenerStageSubmitted').some((event) => event['Stage Info']['Stage ID'] === 0 && event['Stage Info']['Stage Attempt ID'] === 1)).toBe(true)
    expect(ran.of('SparkListenerExecutorRemoved')).toHaveLength(0)
  })
})

describe('the driver', () => {
  test('hang-driver: it stands still and goes on where it stood; nothing is lost', async () => {
    const ran = await bench.run(WORD_COUNT, { faults: ['hang-driver@stage=1,heal=2s'] })
    expect(ran.stdout).toBe(ANSWER)
    expect(ran.of('kindling.FaultHealed')).toMatchObject([{ by: 'time', target: 'driver' }])
    expect(ran.of('SparkListenerTaskEnd').every((end) => end['Task End Reason'].Reason === 'Success')).toBe(true)
  })

  test('§8.13 §13.11 oom-driver in a result thread: the result is lost and the job hangs, the driver lives', async () => {
    const ran = await bench.run(WORD_COUNT, {
      conf: { 'spark.driver.memory': '500m' },
      faults: ['oom-driver,thread=result@job=0'],
      during: (run) => {
        const stop = run.journal.onEvents(() => {
          const ends = run.journal.events.filter((event) => event.Event === 'SparkListenerTaskEnd').length
          if (ends < 7) return
          stop()
          void run.stop()
        })
      }
    })
    expect(ran.outcome.outcome).toBe('stopped')
    expect(ran.stderr).toContain('Uncaught exception in thread task-result-getter-0')
    expect(ran.of('SparkListenerTaskEnd').filter((end) => end['Task End Reason'].Reason === 'Success')).toHaveLength(7)
    expect(ran.of('SparkListenerStageSubmitted')).toHaveLength(1)
  })

  test('§8.13 oom-driver as a broadcast table is built: the query fails, the driver lives', async () => {
    const ran = await bench.run(
      `
from pyspark.sql import SparkSession
spark = SparkSession.builder.appName("join").getOrCreate()
big = spark.range(0, 100)
small = spark.range(0, 5)
try:
    print(big.join(small, "id").count())
except Exception as error:
    print("spark.sql.autoBroadcastJoinThreshold" in str(error))
print(big.join(small, "id").count())
`,
      { conf: { 'spark.driver.memory': '500m' }, faults: ['oom-driver,thread=broadcast@event=SparkListenerApplicationStart'] }
    )
    expect(ran.stdout).toBe('True\n5\n')
    expect(ran.outcome.exitCode).toBe(0)
  })
})
