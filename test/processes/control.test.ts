import { describe, expect, test } from 'vitest'
import type { LabEvent } from '../../engine/events/index.ts'
import { DEFAULT_CLUSTER } from '../../main/lab.ts'
import type { Run } from '../../main/run/run.ts'
import { testLab } from './lab.ts'

const bench = testLab()

const SUMS = `
from pyspark import SparkContext
sc = SparkContext(appName="sums")
for i in range(3):
    print(sc.parallelize(range(8), 4).map(lambda x: x + i).sum())
`

/** Resolves with the first event, past or to come, that fits. */
function when(run: Run, fits: (event: LabEvent) => boolean): Promise<LabEvent> {
  return new Promise((resolve) => {
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

describe('the lab clock', () => {
  test('pause freezes the cluster, a step lets one thing happen, resume goes on', async () => {
    const steps: number[] = []
    let pausedAt = 0
    const ran = await bench.run(SUMS, {
      conf: { 'kindling.network.latency': '40ms', 'kindling.task.pace': '100ms' },
      during: async (run) => {
        await when(run, (event) => event.Event === 'SparkListenerTaskStart')
        expect(run.setClock({ paused: true })).toEqual({ ok: true })
        const paused = await when(run, (event) => event.Event === 'kindling.ClockChanged' && event.paused)
        pausedAt = paused.Kindling.t
        const now = (): number => run.journal.events.at(-1)!.Kindling.t
        for (let i = 0; i < 12; i++) {
          const before = run.journal.events.length
          expect(await run.step()).toEqual({ ok: true })
          run.journal.tell()
          // Every step shows something.
          expect(run.journal.events.length).toBeGreaterThan(before)
          steps.push(now())
        }
        run.setClock({ paused: false })
      }
    })
    expect(ran.stdout).toBe('28\n36\n44\n')
    expect([...steps].sort((a, b) => a - b)).toEqual(steps)
    // While nothing was stepped, lab time stood still.
    const resumed = ran.of('kindling.ClockChanged').find((event) => !event.paused)!
    const between = ran.events.slice(ran.events.findIndex((event) => event.Event === 'kindling.ClockChanged'), ran.events.indexOf(resumed))
    for (const event of between) expect(event.Kindling.t).toBeLessThanOrEqual(Math.max(pausedAt, ...steps) + 1)
  })

  test('runs on to the next of a kind and pauses there; another word to the clock takes it back', async () => {
    const ran = await bench.run(SUMS, {
      conf: { 'kindling.network.latency': '40ms', 'kindling.task.pace': '200ms' },
      during: async (run) => {
        await when(run, (event) => event.Event === 'SparkListenerTaskStart')
        run.setClock({ paused: true })
        const { events } = run.journal
        for (const [stop, name] of [['stage', /Stage(Submitted|Completed)$/], ['task', /Task(Start|End)$/], ['job', /Job(Start|End)$/]] as const) {
          const from = events.length
          expect(run.runTo(stop)).toEqual({ ok: true })
          const paused = await when(run, (event) => event.Event === 'kindling.ClockChanged' && event.paused && events.indexOf(event) >= from)
          const between = events.slice(from, events.indexOf(paused))
          expect(between.filter((event) => name.test(event.Event)).length, stop).toBeGreaterThan(0)
        }
        expect(run.runTo('failure')).toEqual({ ok: true })
        run.setClock({ paused: true })
        const resumed = events.length
        run.setClock({ paused: false })
        await when(run, (event) => event.Event === 'SparkListenerApplicationEnd')
        expect(events.slice(resumed + 1).some((event) => event.Event === 'kindling.ClockChanged' && event.paused)).toBe(false)
      }
    })
    expect(ran.stdout).toBe('28\n36\n44\n')
  })

  test('a speed that cannot be is refused; step needs a pause', async () => {
    await bench.run(SUMS, {
      during: async (run) => {
        expect(run.setClock({ speed: 50 })).toEqual({ ok: false, message: 'The speed is 50; it can be 0.1 to 10.' })
        expect(await run.step()).toMatchObject({ ok: false })
      }
    })
  })
})

describe('the lab', () => {
  const request = { programName: 'program.py', cluster: { ...DEFAULT_CLUSTER }, conf: {}, faults: [] }

  test('a program that does not parse is refused with its line; the lab goes on', async () => {
    const lab = bench.lab()
    expect(await lab.start({ ...request, program: 'x = 1\nprint("open"\n' })).toMatchObject({ ok: false, line: 2 })
    expect(await lab.check('x = 1\n')).toEqual({ ok: true })
  })

  test('a setting that Spark refuses is refused with its reason', async () => {
    const answer = await bench.lab().start({ ...request, program: 'x = 1\n', conf: { 'spark.network.timeout': 'soon' } })
    expect(answer).toMatchObject({ ok: false })
    expect(answer.ok ? '' : answer.message).toContain('spark.network.timeout')
  })

  test('a run that ended takes no fault; a run that never was is told so', async () => {
    const lab = bench.lab()
    const started = await lab.start({ ...request, program: 'print("hello")\n' })
    if (!started.ok) throw new Error(started.message)
    await new Promise<void>((resolve) => {
      const off = lab.on('runEnded', ({ runId }) => {
        if (runId !== started.runId) return
        off()
        resolve()
      })
    })
    expect(await lab.fault({ runId: started.runId, fault: 'kill-driver' })).toMatchObject({ ok: false, message: expect.stringContaining('has ended') as string })
    expect(await lab.fault({ runId: 'run-999', fault: 'kill-driver' })).toMatchObject({ ok: false })
    expect(await lab.fault({ runId: started.runId, fault: 'crash-executr' })).toMatchObject({ ok: false })
  })

  test('a fault on something that is not there is answered with what is', async () => {
    await bench.run(SUMS, {
      conf: { 'kindling.task.pace': '300ms' },
      during: async (run) => {
        await when(run, (event) => event.Event === 'SparkListenerTaskStart')
        expect(run.fault('crash-executor:7', 'window')).toEqual({ ok: false, message: 'There is no executor 7. Alive now: 0, 1.' })
      }
    })
  })

  test('a second run ends the one before', async () => {
    const lab = bench.lab()
    const first = await lab.start({ ...request, program: 'import time\ntime.sleep(600)\n' })
    const second = await lab.start({ ...request, program: 'print(1)\n' })
    if (!first.ok || !second.ok) throw new Error('a run did not start')
    const { events } = await lab.events(first.runId, 0)
    expect(events.at(-1)).toMatchObject({ Event: 'kindling.RunEnded', outcome: 'stopped' })
  })

  test('a scenario’s own fault strikes', async () => {
    const lab = bench.lab()
    const started = await lab.start({ ...request, program: SUMS, scenarioId: 'start-an-application', conf: { 'kindling.task.pace': '100ms' }, faults: ['fail-task:0.1@start'] })
    if (!started.ok) throw new Error(started.message)
    await new Promise<void>((resolve) => {
      const off = lab.on('runEnded', () => {
        off()
        resolve()
      })
    })
    const { events } = await lab.events(started.runId, 0)
    expect(events.filter((event) => event.Event === 'kindling.FaultRequested')).toMatchObject([{ by: 'scenario', fault: 'fail-task' }])
    expect(events.some((event) => event.Event === 'kindling.FaultStruck')).toBe(true)
    expect(events.at(-1)).toMatchObject({ Event: 'kindling.RunEnded', exitCode: 0 })
  })

  test('a worker too small for any executor: told, and Stop ends it', async () => {
    const ran = await bench.run(SUMS, {
      conf: { 'spark.executor.memory': '64g' },
      during: async (run) => {
        await when(run, (event) => event.Event === 'kindling.Note' && event.text.includes('requires more resource'))
        await run.stop()
      }
    })
    expect(ran.outcome.outcome).toBe('stopped')
  })
})
