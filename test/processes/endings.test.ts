import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { LabEvent } from '../../engine/events/index.ts'
import type { Run } from '../../main/run/run.ts'
import { alive, testLab, type Ran } from './lab.ts'

const bench = testLab()

/** Resolves with the first event that fits, past ones too. */
function when(run: Run, fits: (event: LabEvent) => boolean): Promise<LabEvent> {
  return new Promise((resolve) => {
    run.journal.tell()
    const past = run.journal.events.find(fits)
    if (past !== undefined) {
      resolve(past)
      return
    }
    const off = run.journal.onEvents((events) => {
      const found = events.find(fits)
      if (found === undefined) return
      off()
      resolve(found)
    })
  })
}

function nobodyLeft(ran: Ran): void {
  const spawned = ran.of('kindling.ProcessSpawned')
  expect(ran.of('kindling.ProcessExited').map((event) => event.pid).sort()).toEqual(spawned.map((event) => event.pid).sort())
  for (const { pid } of spawned) expect(alive(pid)).toBe(false)
}

const SUMS = `
from pyspark import SparkContext
sc = SparkContext(appName="sums")
for i in range(3):
    print(sc.parallelize(range(8), 4).map(lambda x: x + i).sum())
`
const SLOW = { 'kindling.network.latency': '40ms', 'kindling.task.pace': '200ms' }

const phases: [name: string, fits: (event: LabEvent) => boolean][] = [
  ['the first moment', (event) => event.Event === 'kindling.RunStarted'],
  ['the driver’s process is there', (event) => event.Event === 'kindling.ProcessSpawned'],
  ['the application registers', (event) => event.Event === 'kindling.MachineState' && event.machine === 'driver' && event.state === 'registering'],
  ['executors are asked for', (event) => event.Event === 'kindling.ExecutorLaunching'],
  ['an executor’s process is there', (event) => event.Event === 'kindling.ProcessSpawned' && event.actor === 'executor-0'],
  ['an executor registers', (event) => event.Event === 'SparkListenerExecutorAdded'],
  ['a task runs', (event) => event.Event === 'SparkListenerTaskStart'],
  ['a job is done', (event) => event.Event === 'SparkListenerJobEnd']
]

describe('pause, then stop', () => {
  for (const [name, fits] of phases) {
    test(`as ${name}`, async () => {
      const ran = await bench.run(SUMS, {
        conf: SLOW,
        during: async (run) => {
          await when(run, fits)
          expect(run.setClock({ paused: true })).toEqual({ ok: true })
          await run.stop()
        }
      })
      expect(ran.outcome.outcome).toBe('stopped')
      nobodyLeft(ran)
      expect(ran.events.at(-1)).toMatchObject({ Event: 'kindling.RunEnded' })
      // An application ends once, and only one that began.
      expect(ran.of('SparkListenerApplicationEnd').length).toBe(ran.of('SparkListenerApplicationStart').length)
      for (const log of ran.logs) for (const line of readFileSync(join(ran.folder, 'logs', log), 'utf8').trim().split('\n')) JSON.parse(line)
    })
  }

})

describe('an application that the Master does not take, or gives up', () => {
  test('a log that cannot be opened: Spark’s kind of error, and nothing is started', async () => {
    const ran = await bench.run(SUMS.replace('sc =', 'import os; os.rename("logs", "moved"); open("logs", "w").close()\nsc ='))
    expect(ran.outcome.exitCode).toBe(1)
    expect(ran.stderr).toContain('org.apache.spark.SparkException: The event log cannot be written to')
    expect(ran.of('kindling.ExecutorLaunching')).toEqual([])
    nobodyLeft(ran)
  })

  test('the same on a local master', async () => {
    const ran = await bench.run(SUMS.replace('SparkContext(', 'SparkContext("local[2]", ').replace('sc =', 'import os; os.rename("logs", "moved"); open("logs", "w").close()\nsc ='))
    expect(ran.outcome.exitCode).toBe(1)
    expect(ran.stderr).toContain('org.apache.spark.SparkException: The event log cannot be written to')
    expect(ran.stdout).toBe('')
  })

  test('executors that fail too often: removed, the context stops, the next action says so (§3.18)', async () => {
    const ran = await bench.run(
      `
from pyspark import SparkContext
sc = SparkContext(appName="given up")
for _ in range(2):
    try:
        print(sc.parallelize(range(4), 2).map(lambda x: x).count())
    except Exception as e:
        print(str(e).strip().split("\\n")[-1][:120])
`,
      { workers: 1, conf: { 'spark.deploy.maxExecutorRetries': '0', 'kindling.task.pace': '100ms' }, faults: ['crash-executor@stage=0'] }
    )
    expect(ran.of('kindling.ApplicationState').at(-1)).toMatchObject({ state: 'FAILED' })
    expect(ran.stdout).toContain('Master removed our application: FAILED')
    expect(ran.stdout).toContain('Cannot call methods on a stopped SparkContext')
    nobodyLeft(ran)
  })
})

test('executors run with the settings of the application, not only with those of the command line (§4.1)', async () => {
  const ran = await bench.run(`
from pyspark import SparkConf, SparkContext
sc = SparkContext(conf=SparkConf().setAppName("own settings").set("spark.executor.heartbeatInterval", "100ms").set("kindling.task.pace", "700ms"))
print(sc.parallelize(range(2), 2).count())
`)
  expect(ran.stdout).toBe('2\n')
  for (const end of ran.of('SparkListenerTaskEnd')) expect(end['Task Info']['Finish Time'] - end['Task Info']['Launch Time']).toBeGreaterThanOrEqual(690)
  expect(ran.of('kindling.Heartbeat').length).toBeGreaterThan(3)
})
