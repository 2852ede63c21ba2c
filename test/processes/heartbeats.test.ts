import { expect, test } from 'vitest'
import type { LabEvent } from '../../engine/events/index.ts'
import type { Run } from '../../main/run/run.ts'
import { testLab } from './lab.ts'

const bench = testLab()
const PROGRAM = 'from pyspark import SparkContext\nsc = SparkContext(appName="long")\nprint(sc.parallelize(range(4), 4).map(lambda x: x).sum())\n'

/** Stops the run once the events seen so far are enough. */
const until = (enough: (events: readonly LabEvent[]) => boolean) => async (run: Run): Promise<void> => {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (enough(run.journal.events)) resolve()
    }
    run.journal.onEvents(look)
    look()
  })
  await run.stop()
}

test('§4.3, §4.5 an executor gets tasks once its block manager is known, and sends heartbeats again and again', async () => {
  const ran = await bench.run(PROGRAM, {
    conf: { 'kindling.task.pace': '1h', 'spark.executor.heartbeatInterval': '200ms' },
    during: until((events) => ['0', '1'].every((id) => events.filter((event) => event.Event === 'kindling.Heartbeat' && event.executorId === id).length >= 3))
  })
  for (const id of ['0', '1']) {
    const at = (found: (event: LabEvent) => boolean): number => ran.events.findIndex(found)
    const added = at((event) => event.Event === 'SparkListenerExecutorAdded' && event['Executor ID'] === id)
    const blocks = at((event) => event.Event === 'SparkListenerBlockManagerAdded' && event['Block Manager ID']['Executor ID'] === id)
    const task = at((event) => event.Event === 'SparkListenerTaskStart' && event['Task Info']['Executor ID'] === id)
    expect([added, blocks, task]).toEqual([added, blocks, task].toSorted((a, b) => a - b))
    expect(added).toBeGreaterThan(-1)
  }
})

test.runIf(process.platform !== 'win32')('§4.6 heartbeats that nobody answers: the executor exits 56', async () => {
  let frozen = 0
  const ran = await bench.run(PROGRAM, {
    conf: { 'kindling.task.pace': '1h', 'spark.executor.heartbeatInterval': '200ms', 'spark.executor.heartbeat.maxFailures': '2' },
    during: until((events) => {
      const driver = events.find((event) => event.Event === 'kindling.ProcessSpawned' && event.actor === 'driver')
      if (frozen === 0 && driver?.Event === 'kindling.ProcessSpawned' && events.some((event) => event.Event === 'SparkListenerTaskStart')) {
        frozen = driver.pid
        process.kill(frozen, 'SIGSTOP')
      }
      return events.some((event) => event.Event === 'kindling.ProcessExited' && event.actor.startsWith('executor'))
    })
  })
  expect(ran.of('kindling.ProcessExited').find((event) => event.actor.startsWith('executor'))!.end.code).toBe(56)
})
