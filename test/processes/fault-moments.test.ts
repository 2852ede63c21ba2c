/** When faults strike, how often, and how they heal, on real processes. */
import { describe, expect, test } from 'vitest'
import { chain, testLab } from './lab.ts'

const bench = testLab()

/** Empty tasks: nothing of it lasts long enough to be met by chance. */
const QUICK = `
from pyspark import SparkContext
sc = SparkContext(appName="quick")
print(sc.parallelize(range(8), 8).map(lambda x: x).sum())
print(sc.parallelize(range(4), 2).count())
`

describe('a fault waits for an event', () => {
  test('the third task end of a driver whose tasks are empty: nothing follows before it has struck', async () => {
    const ran = await bench.run(QUICK, { faults: ['kill-driver@event=SparkListenerTaskEnd:3'] })
    const at = ran.events.findIndex((event) => event.Event === 'kindling.FaultStruck')
    expect(ran.events.slice(0, at).filter((event) => event.Event === 'SparkListenerTaskEnd')).toHaveLength(3)
    expect(ran.events.slice(at).filter((event) => event.Event.startsWith('SparkListener'))).toEqual([])
    expect(ran.outcome.exitCode).toBe(137)
  })

  test('the end of a job: the program does not go on before it', async () => {
    const ran = await bench.run(QUICK, { faults: ['kill-driver@event=SparkListenerJobEnd'] })
    expect(ran.outcome.exitCode).toBe(137)
    expect(ran.stdout).toBe('')
    expect(ran.of('SparkListenerJobEnd')).toHaveLength(1)
  })

  test('an event of the lab: a process that has started', async () => {
    const ran = await bench.run(QUICK, { faults: ['crash-executor@event=SparkListenerExecutorAdded:2'] })
    expect(ran.stdout).toBe('28\n4\n')
    expect(ran.of('kindling.FaultStruck')).toHaveLength(1)
    expect(ran.of('kindling.FaultRequested')[0]).toMatchObject({ when: 'event=SparkListenerExecutorAdded:2' })
  })
})

describe('a fault strikes again', () => {
  test('repeat: so many times, each time its moment comes', async () => {
    const ran = await bench.run(QUICK, { faults: ['fail-task@stage=any,repeat=2'] })
    expect(ran.stdout).toBe('28\n4\n')
    expect(ran.of('kindling.FaultStruck')).toHaveLength(2)
    expect(ran.of('SparkListenerTaskEnd').filter((end) => end['Task End Reason'].Reason === 'ExceptionFailure').map((end) => end['Stage ID'])).toEqual([0, 1])
    expect(ran.view.faults[0]).toMatchObject({ strikes: 2, repeat: 2, state: 'struck' })
  })

  test('every: as long as it can, and its end is no failure', async () => {
    const ran = await bench.run(QUICK, { faults: ['fail-task@job=any,every'] })
    expect(ran.stdout).toBe('28\n4\n')
    expect(ran.of('kindling.FaultStruck')).toHaveLength(2)
    expect(ran.of('kindling.FaultFailed')).toHaveLength(0)
  })

  test('four times the executor that runs a task aborts the job (§6.10)', async () => {
    const ran = await bench.run(QUICK, { workers: 1, cores: 1, faults: ['crash-executor@task=0.0,repeat=4'] })
    expect(ran.outcome.exitCode).toBe(1)
    expect(ran.stderr).toContain('Task 0 in stage 0.0 failed 4 times')
  })
})

describe('a lasting fault is healed', () => {
  const SILENT = { 'spark.network.timeout': '300s', 'spark.network.timeoutInterval': '300s', 'spark.executor.heartbeatInterval': '500ms' }

  test('after its time: the executor goes on where it stopped, nothing is lost and nothing runs twice', async () => {
    const ran = await bench.run(QUICK, { conf: SILENT, faults: ['hang-executor@task=0.2,heal=3s'] })
    expect(ran.stdout).toBe('28\n4\n')
    const [healed] = ran.of('kindling.FaultHealed')
    expect(healed).toMatchObject({ by: 'time', fault: 'hang-executor' })
    expect(chain(ran, healed!).map((event) => event.Event)).toEqual(['kindling.FaultHealed', 'kindling.FaultStruck', 'kindling.FaultRequested'])
    expect(ran.of('SparkListenerTaskEnd').every((end) => end['Task End Reason'].Reason === 'Success')).toBe(true)
    expect(ran.of('SparkListenerExecutorRemoved')).toHaveLength(0)
    expect(ran.of('kindling.MachineState').filter((event) => event.event === 'Resume')).toHaveLength(1)
    expect(ran.story).toContain('heals after its time')
  })

  test('by hand', async () => {
    const ran = await bench.run(QUICK, {
      conf: SILENT,
      faults: ['hang-executor@task=0.2'],
      during: (run) => {
        run.journal.onEvents((events) => {
          for (const event of events) if (event.Event === 'kindling.HeartbeatMissing') expect(run.heal('fault-1')).toEqual({ ok: true })
        })
      }
    })
    expect(ran.stdout).toBe('28\n4\n')
    expect(ran.of('kindling.FaultHealed')[0]).toMatchObject({ by: 'window' })
    expect(ran.view.faults[0]).toMatchObject({ state: 'healed', active: [] })
  })

  test('one that the driver has given up is told to stop (§4.27)', async () => {
    const ran = await bench.run(QUICK, {
      conf: { 'spark.network.timeout': '3s', 'spark.network.timeoutInterval': '1s', 'spark.executor.heartbeatInterval': '500ms' },
      faults: ['hang-executor@task=0.2']
    })
    expect(ran.stdout).toBe('28\n4\n')
    expect(ran.of('kindling.FaultHealed')[0]).toMatchObject({ by: 'end' })
  })

  test('what is not there cannot be healed; what waits can be taken back', async () => {
    const answers: unknown[] = []
    const ran = await bench.run(QUICK, {
      faults: ['kill-driver@event=SparkListenerApplicationEnd'],
      during: (run) => void answers.push(run.heal('fault-9'), run.heal('fault-1'))
    })
    expect(answers).toEqual([{ ok: false, message: 'Fault fault-9 is neither waiting nor going on: there is nothing to heal.' }, { ok: true }])
    expect(ran.outcome.exitCode).toBe(0)
    expect(ran.of('kindling.FaultFailed')).toHaveLength(0)
  })
})
