/** Faults of the cluster manager on real processes: Workers, the Master, executors that are taken away (§3, §7.6). */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { LabEvent } from '../../engine/events/index.ts'
import type { Run } from '../../main/run/run.ts'
import { chain, testLab, type Ran } from './lab.ts'

const bench = testLab()

/** The program waits where a file of that name is to appear: the test makes it when it has seen what it waits for. */
const HEAD = `
import os, time
from operator import add
from pyspark import SparkContext, TaskContext
def until(name, folder=os.getcwd()):
    while not os.path.exists(os.path.join(folder, name)):
        time.sleep(0.02)
sc = SparkContext(appName="cluster")
`
/** Two jobs over one shuffle; between them the program waits for "go". */
const TWO_JOBS = `${HEAD}
pairs = sc.parallelize(range(40), 4).map(lambda x: (x % 3, x)).reduceByKey(add, 4)
print(sorted(pairs.collect()))
until("go")
print(sorted(pairs.collect()))
`
const SUMS = '[(0, 273), (1, 247), (2, 260)]\n'

/** Makes the file, in the folder of the program, once the log holds what is looked for. */
function when(run: Run, path: string, seen: (event: LabEvent) => boolean): void {
  const stop = run.journal.onEvents((events) => {
    if (!events.some(seen)) return
    stop()
    writeFileSync(path, '')
  })
}
const removed = (event: LabEvent): boolean => event.Event === 'SparkListenerExecutorRemoved'

const reasons = (ran: Ran): string[] => ran.of('SparkListenerTaskEnd').map((end) => end['Task End Reason'].Reason)
const exits = (ran: Ran, actor: string): (number | null)[] => ran.of('kindling.ProcessExited').filter((event) => event.actor === actor).map((event) => event.end.code)

describe('lose-worker', () => {
  test('§3.19, §3.20, §13.5 its executor goes with it (255), which counts against no task; the other worker does it all, the answer is right', async () => {
    const ran = await bench.run(TWO_JOBS, { conf: { 'spark.task.maxFailures': '1' }, faults: ['lose-worker:1@event=SparkListenerJobEnd'], during: (run, folder) => when(run, join(folder, 'go'), removed) })
    expect(ran.stdout).toBe(SUMS + SUMS)
    const [gone] = ran.of('SparkListenerExecutorRemoved')
    expect(gone!['Removed Reason']).toBe('worker lost: worker-1 got disassociated')
    expect(exits(ran, `executor-${gone!['Executor ID']}`)).toEqual([255])
    expect(chain(ran, gone!).map((event) => event.Event)).toEqual(['SparkListenerExecutorRemoved', 'kindling.ExecutorState', 'kindling.WorkerLost', 'kindling.FaultStruck', 'kindling.FaultRequested'])
    expect(ran.stderr).toMatch(/ERROR TaskSchedulerImpl: Lost executor \d on worker-1: worker lost: worker-1 got disassociated/)
    // What it had written is made again, and only that (§5.20).
    const again = ran.of('SparkListenerStageSubmitted').filter((event) => event['Stage Info']['Stage ID'] > 1)
    expect(again[0]!['Stage Info']['Number of Tasks']).toBeLessThan(4)
    expect(ran.of('kindling.ExecutorLaunching')).toHaveLength(2)
  })

  test('§4.19, §4.20 a task that runs on it fails without being counted; the worker comes back, gets an executor, and does the work', async () => {
    const ran = await bench.run(
      `${HEAD}
def work(x):
    if TaskContext.get().attemptNumber() == 0 and TaskContext.get().partitionId() == 1:
        until("never", folder)
    return x
folder = os.getcwd()
print(sc.parallelize(range(10), 2).map(work).sum())
`,
      {
        workers: 1,
        conf: { 'spark.task.maxFailures': '1' },
        faults: ['lose-worker@event=SparkListenerTaskEnd'],
        during: (run) => {
          const stop = run.journal.onEvents((events) => {
            if (!events.some(removed)) return
            stop()
            expect(run.heal('fault-1')).toEqual({ ok: true })
          })
        }
      }
    )
    expect(ran.stdout).toBe('45\n')
    const lost = ran.of('SparkListenerTaskEnd').map((end) => end['Task End Reason']).filter((reason) => reason.Reason === 'ExecutorLostFailure')
    expect(lost).toMatchObject([{ 'Exit Caused By App': false, 'Loss Reason': 'worker lost: worker-1 got disassociated' }])
    const [healed] = ran.of('kindling.FaultHealed')
    expect(chain(ran, ran.of('kindling.WorkerRegistered').at(-1)!)).toContain(healed)
    expect(ran.of('kindling.ExecutorLaunching').map((event) => event.executorId)).toEqual(['0', '1'])
  })

  test('§3.20 with the driver on it: the driver goes with 255, its application is FINISHED, nobody starts it again', async () => {
    const ran = await bench.run(`${TWO_JOBS}print("not reached")\n`, { conf: { 'spark.submit.deployMode': 'cluster' }, faults: ['lose-worker:driver@event=SparkListenerJobEnd'] })
    // The driver is told to go as its first job ends: whether it still prints the answer is a race.
    expect(['', SUMS]).toContain(ran.stdout)
    expect(exits(ran, 'driver')).toEqual([255])
    expect(ran.outcome.exitCode).not.toBe(0)
    expect(ran.of('kindling.DriverState').map((event) => event.state)).toEqual(['SUBMITTED', 'RUNNING', 'ERROR'])
    expect(ran.of('kindling.ApplicationState').at(-1)).toMatchObject({ state: 'FINISHED' })
    // It leaves by itself, so its context still stops in order.
    expect(ran.of('SparkListenerApplicationEnd')).toHaveLength(1)
  })

  test('§3.24 with a supervised driver on it: it starts on the other worker, under a new driver id and a new application id, from the beginning', async () => {
    const ran = await bench.run(TWO_JOBS, {
      conf: { 'spark.submit.deployMode': 'cluster', 'spark.driver.supervise': 'true' },
      faults: ['lose-worker:driver@event=SparkListenerJobEnd'],
      during: (run, folder) => when(run, join(folder, 'go'), (event) => event.Event === 'kindling.DriverState' && event.state === 'RELAUNCHING')
    })
    // What the first driver could still print, then the whole of the second.
    expect([SUMS + SUMS, SUMS + SUMS + SUMS]).toContain(ran.stdout)
    const states = ran.of('kindling.DriverState')
    expect(states.map((event) => event.state)).toEqual(['SUBMITTED', 'RUNNING', 'RELAUNCHING', 'SUBMITTED', 'RUNNING', 'FINISHED'])
    expect(new Set(states.map((event) => event.driverId)).size).toBe(2)
    const running = states.filter((event) => event.state === 'RUNNING')
    expect(running[0]!.worker).not.toBe(running[1]!.worker)
    expect(new Set(ran.of('SparkListenerApplicationStart').map((event) => event['App ID'])).size).toBe(2)
  })

  test('§2.5 in client mode no worker holds the driver: that fault says so at the end', async () => {
    const ran = await bench.run(`${HEAD}print(sc.parallelize([1, 2], 2).sum())\n`, { faults: ['lose-worker:driver@job=0'] })
    expect(ran.stdout).toBe('3\n')
    expect(ran.of('kindling.FaultFailed').map((event) => event.reason).join()).toContain('in client mode it runs beside the cluster')
    expect(ran.of('kindling.WorkerLost')).toEqual([])
  })
})

describe('hang-worker', () => {
  test('§3.3, §3.19, §4.27 silent for spark.worker.timeout: DEAD; the driver gives its executor up, which then exits; the answer is right', async () => {
    const ran = await bench.run(TWO_JOBS, {
      speed: 10,
      conf: { 'spark.worker.timeout': '12', 'spark.task.maxFailures': '1' },
      faults: ['hang-worker:2@event=SparkListenerJobEnd'],
      during: (run, folder) => when(run, join(folder, 'go'), removed)
    })
    expect(ran.stdout).toBe(SUMS + SUMS)
    const [gone] = ran.of('SparkListenerExecutorRemoved')
    expect(gone!['Removed Reason']).toBe('worker lost: Not receiving heartbeat for 12 seconds')
    const [struck] = ran.of('kindling.FaultStruck')
    const [lost] = ran.of('kindling.WorkerLost')
    expect(lost!.Kindling.t - struck!.Kindling.t).toBeGreaterThanOrEqual(9000)
    expect(chain(ran, lost!)).toContain(struck)
    expect(exits(ran, `executor-${gone!['Executor ID']}`)).toEqual([0])
  })
})

describe('stop-master', () => {
  test('§3.7, §3.26 running jobs go on and nothing is replaced; a Master that comes back with its books replaces what was lost', async () => {
    const ran = await bench.run(
      `${TWO_JOBS}until("replaced")
print(sorted(pairs.map(lambda x: x).collect()))
`,
      {
        conf: { 'spark.deploy.recoveryMode': 'FILESYSTEM' },
        faults: ['stop-master@event=SparkListenerJobEnd', 'crash-executor:0@event=SparkListenerJobEnd'],
        during: (run, folder) => {
          // The Master is away while the second job runs, and comes back at its end.
          when(run, join(folder, 'go'), removed)
          when(run, join(folder, 'replaced'), (event) => event.Event === 'SparkListenerExecutorAdded' && event['Executor ID'] === '2')
          let ends = 0
          const stop = run.journal.onEvents((events) => {
            ends += events.filter((event) => event.Event === 'SparkListenerJobEnd').length
            if (ends < 2) return
            stop()
            expect(run.journal.events.filter((event) => event.Event === 'kindling.ExecutorLaunching')).toHaveLength(2)
            expect(run.heal('fault-1')).toEqual({ ok: true })
          })
        }
      }
    )
    expect(ran.stdout).toBe(SUMS + SUMS + SUMS)
    expect(ran.of('SparkListenerExecutorRemoved').map((event) => event['Executor ID'])).toEqual(['0'])
    // Between the fault and the Master's return two jobs' worth of events, and not one launch.
    const healed = ran.events.findIndex((event) => event.Event === 'kindling.FaultHealed')
    expect(ran.events.slice(0, healed).filter((event) => event.Event === 'kindling.ExecutorLaunching')).toHaveLength(2)
    expect(ran.events.slice(healed).filter((event) => event.Event === 'kindling.ExecutorLaunching')).toHaveLength(1)
    // The one that lived through it was kept.
    expect(ran.of('SparkListenerExecutorAdded').map((event) => event['Executor ID']).sort()).toEqual(['0', '1', '2'])
    expect(ran.of('kindling.Note').some((note) => note.text === 'Connection to master failed; waiting for master to reconnect...')).toBe(true)
  })
})

describe('an application that finds no Master', () => {
  test('§3.6 asks again every 20 s, and gives up after the third time', async () => {
    const ran = await bench.run(
      `${HEAD}
print(sc.parallelize([1, 2], 2).sum())
sc.stop()
try:
    SparkContext(appName="second")
except Exception as error:
    print(str(error).strip().splitlines()[-1])
`,
      { speed: 10, faults: ['stop-master@event=SparkListenerApplicationEnd'] }
    )
    expect(ran.stdout.split('\n')[0]).toBe('3')
    expect(ran.stdout).toContain('All masters are unresponsive! Giving up.')
    expect(ran.of('kindling.Note').filter((note) => note.text.startsWith('Failed to connect to master'))).toHaveLength(3)
    const [first, , third] = ran.of('kindling.Note').filter((note) => note.text.startsWith('Failed to connect to master'))
    expect(third!.Kindling.t - first!.Kindling.t).toBeGreaterThanOrEqual(40_000)
    expect(ran.of('SparkListenerApplicationStart')).toHaveLength(1)
  })
})

describe('an executor that is not wanted', () => {
  test('§4.2 one on a node that is excluded is refused, and exits 1', async () => {
    const ran = await bench.run(
      `${HEAD}
def work(x):
    if TaskContext.get().attemptNumber() == 0 and x == 0:
        raise ValueError("not here")
    return x
print(sc.parallelize(range(4), 2).map(work).sum())
until("go")
print(sc.parallelize(range(4), 2).sum())
`,
      {
        conf: {
          'spark.excludeOnFailure.application.enabled': 'true',
          'spark.excludeOnFailure.application.maxFailedTasksPerExecutor': '1',
          'spark.excludeOnFailure.application.maxFailedExecutorsPerNode': '1',
          'spark.excludeOnFailure.killExcludedExecutors': 'true'
        },
        during: (run, folder) => when(run, join(folder, 'go'), (event) => event.Event === 'kindling.ProcessExited' && event.end.meaning.startsWith('Executor is excluded due to failures:'))
      }
    )
    expect(ran.stdout).toBe('6\n6\n')
    const refused = ran.of('kindling.ProcessExited').filter((event) => event.end.meaning === `Executor is excluded due to failures: ${event.actor.replace('executor-', '')}`)
    expect(refused.length).toBeGreaterThan(0)
    for (const event of refused) expect(event.end.code).toBe(1)
    // Never one of the application's: it is not in Spark's log.
    const added = ran.of('SparkListenerExecutorAdded').map((event) => `executor-${event['Executor ID']}`)
    for (const event of refused) expect(added).not.toContain(event.actor)
  })
})

describe('decommission-executor', () => {
  test('§7.6, §7.7 its cached blocks and shuffle files go to a peer, it exits 0; nothing is made again and nothing fails', async () => {
    const ran = await bench.run(
      `${HEAD}
numbers = sc.parallelize(range(40), 4).map(lambda x: (x % 3, x)).cache()
pairs = numbers.reduceByKey(add, 4)
print(sorted(pairs.collect()))
until("go")
print(sorted(pairs.collect()))
print(numbers.count())
`,
      {
        conf: { 'spark.decommission.enabled': 'true', 'spark.storage.decommission.enabled': 'true' },
        faults: ['decommission-executor:0@event=SparkListenerJobEnd'],
        during: (run, folder) => when(run, join(folder, 'go'), removed)
      }
    )
    expect(ran.stdout).toBe(`${SUMS}${SUMS}40\n`)
    expect(exits(ran, 'executor-0')).toEqual([0])
    expect(ran.of('SparkListenerExecutorRemoved')[0]).toMatchObject({ 'Executor ID': '0' })
    expect(new Set(reasons(ran))).toEqual(new Set(['Success']))
    expect(ran.stderr).not.toContain('Lost executor')
    // The second job reads the map output where it is now: its map stage is skipped (§5.6).
    const wrote = ran.of('SparkListenerTaskEnd').filter((end) => end['Stage ID'] === 0 && end['Task Info']['Executor ID'] === '0').map((end) => end['Task Info']['Partition ID'])
    expect(ran.of('kindling.BlockMigrated').map((event) => event.mapIndex).sort()).toEqual(wrote.sort())
    expect(ran.of('SparkListenerStageSubmitted').map((event) => event['Stage Info']['Number of Tasks'])).toEqual([4, 4, 4, 4])
    expect(ran.of('SparkListenerJobStart')[1]!['Stage IDs']).toHaveLength(2)
    // Each cached partition was computed once.
    expect(ran.of('kindling.CachedBlock').filter((event) => event.stored && event.reason === undefined)).toHaveLength(4)
    const [struck] = ran.of('kindling.FaultStruck')
    for (const event of ran.of('kindling.BlockMigrated')) expect(chain(ran, event)).toContain(struck)
  })
})
