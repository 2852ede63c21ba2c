import { describe, expect, test } from 'vitest'
import { alive, chain, testLab } from './lab.ts'

const bench = testLab()

/** Words counted over eight maps and four reduces: enough to lose something. */
const WORD_COUNT = `
from pyspark import SparkContext
sc = SparkContext(appName="word count")
lines = sc.parallelize(["ice and snow", "snow and wind", "wind and ice", "ice"] * 10, 8)
counts = lines.flatMap(lambda l: l.split()).map(lambda w: (w, 1)).reduceByKey(lambda a, b: a + b, 4)
print(sorted(counts.collect()))
`
const WORD_COUNT_ANSWER = "[('and', 30), ('ice', 30), ('snow', 20), ('wind', 20)]\n"

/** Tasks last this long on the lab clock, so that a fault finds them running. */
const PACE = { 'kindling.task.pace': '150ms' }

/** Tasks that only death ends: however long a heap takes to fill, they are still there. */
const ENDLESS = { 'kindling.task.pace': '1h' }

const successes = (ran: Awaited<ReturnType<typeof bench.run>>, stageId: number): Map<number, number> => {
  const won = new Map<number, number>()
  for (const end of ran.of('SparkListenerTaskEnd')) {
    if (end['Stage ID'] === stageId && end['Task End Reason'].Reason === 'Success') won.set(end['Task Info']['Partition ID'], (won.get(end['Task Info']['Partition ID']) ?? 0) + 1)
  }
  return won
}

describe('crash-executor', () => {
  test('in the result stage: the lost map output is made again, a replacement comes, the answer is right (§5.13–5.20, §3.17, §12.3, 13.1)', async () => {
    const ran = await bench.run(WORD_COUNT, { conf: PACE, faults: ['crash-executor@stage=1'] })
    expect(ran.stdout).toBe(WORD_COUNT_ANSWER)
    expect(ran.outcome).toMatchObject({ outcome: 'finished', exitCode: 0 })

    const struck = ran.of('kindling.FaultStruck')
    expect(struck).toHaveLength(1)
    const died = ran.of('kindling.ProcessExited').find((event) => event.end.signal === 'SIGKILL')!
    expect(died.end).toMatchObject({ code: 137, farewell: false })
    expect(died.Kindling.cause).toBe(struck[0]!.Kindling.id)

    // The replacement has an id of its own and says whom it replaces.
    const lostId = died.actor.slice('executor-'.length)
    const launches = ran.of('kindling.ExecutorLaunching')
    expect(launches.map((launch) => launch.executorId)).toEqual(['0', '1', '2'])
    expect(launches[2]!.replaces).toBe(lostId)

    // Spark's own words for it, and the loss counts (§4.20).
    expect(ran.of('SparkListenerExecutorRemoved').map((event) => event['Removed Reason'])).toEqual(['Command exited with code 137'])
    const lost = ran.of('SparkListenerTaskEnd').filter((end) => end['Task End Reason'].Reason === 'ExecutorLostFailure')
    expect(lost.length).toBeGreaterThan(0)
    for (const end of lost) expect(end['Task End Reason']).toMatchObject({ 'Exit Caused By App': true, 'Loss Reason': 'Command exited with code 137' })

    // Only what was lost of the map stage runs again, in attempt 1.
    const again = ran.of('SparkListenerStageSubmitted').filter((event) => event['Stage Info']['Stage ID'] === 0 && event['Stage Info']['Stage Attempt ID'] === 1)
    expect(again).toHaveLength(1)
    const mapsOfLost = ran.of('SparkListenerTaskEnd').filter((end) => end['Stage ID'] === 0 && end['Stage Attempt ID'] === 0 && end['Task Info']['Executor ID'] === lostId)
    expect(again[0]!['Stage Info']['Number of Tasks']).toBe(mapsOfLost.length)

    // From a task that ran again back to the fault, without a gap.
    const rerun = ran.of('SparkListenerTaskStart').find((event) => event['Stage ID'] === 0 && event['Stage Attempt ID'] === 1)!
    expect(chain(ran, rerun).map((event) => event.Event)).toContain('kindling.FaultStruck')
    expect(ran.logs).toEqual([expect.stringMatching(/^app-\d{14}-0000$/)])
  })

  test('while the map stage runs: finished maps are Resubmitted in the same attempt (§5.20)', async () => {
    const ran = await bench.run(WORD_COUNT, { conf: PACE, faults: ['crash-executor@task=0.6'] })
    expect(ran.stdout).toBe(WORD_COUNT_ANSWER)
    const resubmitted = ran.of('SparkListenerTaskEnd').filter((end) => end['Task End Reason'].Reason === 'Resubmitted')
    expect(resubmitted.length).toBeGreaterThan(0)
    expect([...successes(ran, 1).values()]).toEqual([1, 1, 1, 1])
  })

  test('at a task: the very attempt it waited for is lost, however short its work is', async () => {
    const ran = await bench.run(WORD_COUNT, { faults: ['crash-executor@task=0.6'] })
    expect(ran.stdout).toBe(WORD_COUNT_ANSWER)
    const waited = ran.of('SparkListenerTaskEnd').find((end) => end['Stage ID'] === 0 && end['Task Info']['Partition ID'] === 6)!
    expect(waited['Task End Reason'].Reason).toBe('ExecutorLostFailure')
  })

  test('every process of the run is gone when it ends', async () => {
    const ran = await bench.run(WORD_COUNT, { conf: PACE, faults: ['crash-executor@start'] })
    expect(ran.stdout).toBe(WORD_COUNT_ANSWER)
    const spawned = ran.of('kindling.ProcessSpawned')
    expect(spawned.length).toBeGreaterThanOrEqual(3)
    expect(ran.of('kindling.ProcessExited')).toHaveLength(spawned.length)
    for (const { pid } of spawned) expect(alive(pid)).toBe(false)
  })
})

describe('oom-executor', () => {
  test('the process fills its heap and exits 52; its other tasks tell nothing more; the run goes on (§4.12, §4.15, 13.3)', async () => {
    const ran = await bench.run(WORD_COUNT, { conf: { 'kindling.task.pace': '2s', 'spark.executor.memory': '500m' }, faults: ['oom-executor@stage=0'] })
    expect(ran.stdout).toBe(WORD_COUNT_ANSWER)
    const died = ran.of('kindling.ProcessExited').find((event) => event.end.code === 52)!
    expect(died.end).toMatchObject({ farewell: true, signal: null })
    // It truly held that much.
    const fullest = Math.max(...ran.of('kindling.Memory').filter((event) => event.actor === died.actor).map((event) => event.account.heap))
    expect(fullest).toBeGreaterThan(0.9 * 500 * 2 ** 20 * 0.25)
    const failed = ran.of('SparkListenerTaskEnd').find((end) => end['Task End Reason'].Reason === 'ExceptionFailure')!
    expect(failed['Task End Reason']).toMatchObject({ 'Class Name': 'java.lang.OutOfMemoryError', Description: 'Java heap space' })
    const others = ran.of('SparkListenerTaskEnd').filter((end) => end['Task Info']['Executor ID'] === failed['Task Info']['Executor ID'] && end['Task Info']['Task ID'] !== failed['Task Info']['Task ID'] && end['Task End Reason'].Reason !== 'Success' && end['Task End Reason'].Reason !== 'Resubmitted')
    expect(new Set(others.map((end) => end['Task End Reason'].Reason))).toEqual(new Set(['ExecutorLostFailure']))
    expect(ran.of('SparkListenerExecutorRemoved')[0]!['Removed Reason']).toBe('Command exited with code 52')
  })

  test('four such losses of one task abort the job with Spark’s message (§5.25, §6.10)', async () => {
    const fault = 'oom-executor@task=0.0'
    const ran = await bench.run(WORD_COUNT, { workers: 1, cores: 1, conf: { 'spark.executor.memory': '500m' }, faults: [fault, fault, fault, fault] })
    expect(ran.outcome.exitCode).toBe(1)
    const [job] = ran.of('SparkListenerJobEnd')
    const result = job!['Job Result']
    expect(result.Result).toBe('JobFailed')
    const message = result.Result === 'JobFailed' ? result.Exception.Message : ''
    expect(message).toMatch(/^Job aborted due to stage failure: Task 0 in stage 0\.0 failed 4 times, most recent failure: Lost task 0\.\d in stage 0\.0 \(TID \d+\) \(worker-1 executor \d+\): /)
    expect(ran.stderr).toContain('failed 4 times')
    expect(ran.of('kindling.ProcessExited').filter((event) => event.end.code === 52)).toHaveLength(4)
  })
})

describe('oom-driver', () => {
  test('§8.13 the program’s thread meets the full heap and ends with 1; the context stops in order, the lab stays up (§4.9, §8.15)', async () => {
    const ran = await bench.run(WORD_COUNT, { conf: { ...ENDLESS, 'spark.driver.memory': '600m' }, faults: ['oom-driver@stage=0'] })
    expect(ran.outcome).toMatchObject({ outcome: 'failed', exitCode: 1 })
    const driver = ran.of('kindling.ProcessExited').find((event) => event.actor === 'driver')!
    expect(driver.end.meaning).toContain('OutOfMemoryError')
    const executors = ran.of('kindling.ProcessExited').filter((event) => event.actor.startsWith('executor'))
    expect(executors).toHaveLength(2)
    for (const executor of executors) expect(executor.end).toMatchObject({ code: 0, farewell: true })
    expect(ran.of('kindling.ApplicationState').at(-1)).toMatchObject({ state: 'FINISHED' })
    expect(ran.of('SparkListenerApplicationEnd')[0]).toMatchObject({ ExitCode: 0 })
    expect(ran.logs[0]).not.toMatch(/\.inprogress$/)
    // The lab goes on.
    expect((await bench.run(WORD_COUNT)).stdout).toBe(WORD_COUNT_ANSWER)
  })

  test('a program that collects more than the driver holds ends with OutOfMemoryError (§8.13, §8.14)', async () => {
    const ran = await bench.run(
      `
from pyspark import SparkContext
sc = SparkContext(appName="too much")
print(len(sc.parallelize(range(120), 60).map(lambda i: str(i % 10) * 2_000_000).collect()))
`,
      { conf: { 'spark.driver.memory': '500m', 'spark.driver.maxResultSize': '0' } }
    )
    expect(ran.outcome.exitCode).toBe(1)
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toContain('java.lang.OutOfMemoryError: Java heap space')
    expect(ran.of('kindling.ProcessExited').find((event) => event.actor === 'driver')!.end.meaning).toContain('OutOfMemoryError')
    for (const event of ran.of('kindling.ProcessExited').filter((exit) => exit.actor !== 'driver')) expect(event.end.code).toBe(0)
  })

  test('spark.driver.maxResultSize stops the job before that, and the driver lives (§6.20, 13.10)', async () => {
    const ran = await bench.run(
      `
from pyspark import SparkContext
sc = SparkContext(appName="guarded")
try:
    sc.parallelize(range(20), 10).map(lambda i: "x" * 500_000).collect()
except Exception as e:
    print("is bigger than spark.driver.maxResultSize" in str(e))
print(sc.parallelize([1, 2]).count())
`,
      { conf: { 'spark.driver.maxResultSize': '2m' } }
    )
    expect(ran.stdout).toBe('True\n2\n')
    expect(ran.outcome.exitCode).toBe(0)
  })
})

describe('kill-driver', () => {
  test('SIGKILL: 137, the log stays in progress, the executors leave (§3.8, §12.6, B.5)', async () => {
    const ran = await bench.run(WORD_COUNT, { conf: PACE, faults: ['kill-driver@stage=0'] })
    expect(ran.outcome).toMatchObject({ outcome: 'failed', exitCode: 137 })
    expect(ran.of('SparkListenerApplicationEnd')).toHaveLength(0)
    expect(ran.logs[0]).toMatch(/\.inprogress$/)
    expect(ran.of('kindling.ProcessExited').filter((event) => event.actor !== 'driver').map((event) => event.end.code)).toEqual([0, 0])
  })

  test('supervised: relaunched after 1 s with a new application id, from the start (§3.23)', async () => {
    const ran = await bench.run(WORD_COUNT, { conf: { ...PACE, 'spark.driver.supervise': 'true', 'spark.submit.deployMode': 'cluster' }, faults: ['kill-driver@stage=0'], speed: 5 })
    expect(ran.stdout).toBe(WORD_COUNT_ANSWER)
    expect(ran.outcome.exitCode).toBe(0)
    const apps = ran.of('SparkListenerApplicationStart').map((event) => event['App ID'])
    expect(new Set(apps).size).toBe(2)
    expect(ran.of('kindling.DriverState').map((event) => event.state)).toEqual(['SUBMITTED', 'RUNNING', 'RELAUNCHING', 'RUNNING', 'FINISHED'])
    expect(ran.of('kindling.DriverState').find((event) => event.state === 'RELAUNCHING')!.retryInMs).toBe(1000)
    expect(ran.logs).toHaveLength(2)
    expect(ran.logs.filter((name) => name.endsWith('.inprogress'))).toHaveLength(1)
  })
})

describe('fail-task', () => {
  test('one failure: retried, counted, the answer is right (§6.10)', async () => {
    const ran = await bench.run(WORD_COUNT, { conf: PACE, faults: ['fail-task:0.3@start'] })
    expect(ran.stdout).toBe(WORD_COUNT_ANSWER)
    const ends = ran.of('SparkListenerTaskEnd').filter((end) => end['Stage ID'] === 0 && end['Task Info']['Partition ID'] === 3)
    expect(ends.map((end) => end['Task End Reason'].Reason)).toEqual(['ExceptionFailure', 'Success'])
    const retry = ran.of('SparkListenerTaskStart').find((event) => event['Task Info'].Attempt === 1)!
    expect(chain(ran, retry).map((event) => event.Event)).toContain('kindling.FaultStruck')
  })

  test('as many as spark.task.maxFailures abort the job', async () => {
    const ran = await bench.run(WORD_COUNT, { conf: { 'spark.task.maxFailures': '2' }, faults: ['fail-task:0.3@start', 'fail-task:0.3@start'] })
    expect(ran.outcome.exitCode).toBe(1)
    expect(ran.stderr).toMatch(/Task 3 in stage 0\.0 failed 2 times, most recent failure: Lost task 3\.1 in stage 0\.0/)
  })
})

describe('hang-executor', () => {
  test('found by the network timeout on the lab clock, then replaced (§4.7–4.8, 13.7)', async () => {
    const ran = await bench.run(WORD_COUNT, {
      conf: { ...PACE, 'spark.network.timeout': '8s', 'spark.network.timeoutInterval': '1s', 'spark.executor.heartbeatInterval': '500ms' },
      faults: ['hang-executor@stage=0']
    })
    expect(ran.stdout).toBe(WORD_COUNT_ANSWER)
    const removed = ran.of('SparkListenerExecutorRemoved')[0]!
    expect(removed['Removed Reason']).toMatch(/^Executor heartbeat timed out after \d+ ms$/)
    const silent = Number(/(\d+) ms/.exec(removed['Removed Reason'])![1])
    expect(silent).toBeGreaterThan(8000)
    expect(ran.of('kindling.HeartbeatMissing')).toHaveLength(1)
    expect(ran.of('kindling.ExecutorLaunching').map((launch) => launch.executorId)).toEqual(['0', '1', '2'])
    const lost = ran.of('SparkListenerTaskEnd').filter((end) => end['Task End Reason'].Reason === 'ExecutorLostFailure')
    for (const end of lost) expect(end['Task End Reason']).toMatchObject({ 'Exit Caused By App': true })
  })
})

describe('a fault that cannot strike', () => {
  test('a local master has no executor to lose (§2.3)', async () => {
    const ran = await bench.run('from pyspark import SparkContext\nsc = SparkContext("local[2]", "alone")\nprint(sc.parallelize([1, 2, 3]).sum())\n', { faults: ['crash-executor@job=0'] })
    expect(ran.stdout).toBe('6\n')
    expect(ran.of('kindling.FaultFailed')[0]!.reason).toContain('no executor to lose')
  })

  test('a stage that never runs: told at the end', async () => {
    const ran = await bench.run(WORD_COUNT, { faults: ['crash-executor@stage=9'] })
    expect(ran.stdout).toBe(WORD_COUNT_ANSWER)
    expect(ran.of('kindling.FaultFailed')[0]!.reason).toContain('stage=9')
  })
})
