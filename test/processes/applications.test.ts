import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LogReader } from '../../engine/events/codec.ts'
import type { LabEvent } from '../../engine/events/index.ts'
import { testLab, type Ran } from './lab.ts'

const STARVING = 'Initial job has not accepted any resources; check your cluster UI to ensure that workers are registered and have sufficient resources'

const program = (name: string, body: string, conf = ''): string => `from pyspark import SparkConf, SparkContext
sc = SparkContext(conf=SparkConf().setAppName("${name}")${conf})
${body}
`
const SUM = 'print("sum", sc.parallelize(range(10), 4).sum())'
/** Holds its cores until the file is there. */
const HOLD = `import os, time
go = os.path.join(os.getcwd(), "go")
def hold(x):
    while not os.path.exists(go):
        time.sleep(0.05)
    return x
print("held", sc.parallelize(range(2), 2).map(hold).sum())`

const bench = testLab()

const eventsIn = (path: string): LabEvent[] => {
  const reader = new LogReader()
  return [...reader.push(readFileSync(path, 'utf8')), ...reader.end()]
}

const said = (ran: Ran, actor: string): string => ran.events.flatMap((event) => (event.Event === 'kindling.Output' && event.actor === actor && event.stream === 'stdout' ? [event.text] : [])).join('')
const appOf = (ran: Ran, actor: string): string => ran.view.apps.find((app) => app.driver === actor)!.appId

describe('several applications at once', () => {
  it('§3.9 the second application waits for the cores of the first, and gets them when it ends', async () => {
    const ran = await bench.run(program('first', SUM), { others: [program('second', SUM)] })
    expect(ran.outcome).toEqual({ outcome: 'finished', exitCode: 0 })
    expect([said(ran, 'driver'), said(ran, 'driver-2')]).toEqual(['sum 45\n', 'sum 45\n'])
    const [first, second] = [appOf(ran, 'driver'), appOf(ran, 'driver-2')]
    expect(ran.view.apps.map(({ appId, name, state }) => [appId, name, state])).toEqual([[first, 'first', 'FINISHED'], [second, 'second', 'FINISHED']])
    const ended = ran.events.findIndex((event) => event.Event === 'kindling.ApplicationState' && event.appId === first && event.state === 'FINISHED')
    const launches = ran.events.flatMap((event, at) => (event.Event === 'kindling.ExecutorLaunching' ? [{ appId: event.appId, cores: event.cores, after: at > ended }] : []))
    expect(launches).toEqual([
      { appId: first, cores: 2, after: false },
      { appId: first, cores: 2, after: false },
      { appId: second, cores: 2, after: true },
      { appId: second, cores: 2, after: true }
    ])
    // Each program's work is its own, though ids are the same.
    expect(ran.view.jobs.map(({ id, appId, state }) => [id, appId, state])).toEqual([[0, first, 'succeeded'], [0, second, 'succeeded']])
    expect(ran.view.tasks.filter((task) => task.appId === first)).toHaveLength(4)
    expect(ran.view.tasks.every((task) => task.state === 'success')).toBe(true)
    expect(ran.story).toContain('program.py: Job 0 starts with 1 stage')
    expect(ran.story).toContain('second.py: Job 0 starts with 1 stage')
  })

  it('§3.13 the driver of an application that waits says again and again that its job has no resources', async () => {
    const ran = await bench.run(program('first', HOLD), {
      others: [program('second', SUM)],
      conf: { 'spark.starvation.timeout': '500ms' },
      during: async (run, folder) => {
        await new Promise<void>((resolve) => {
          let told = 0
          const look = (events: typeof run.journal.events): void => {
            told += events.filter((event) => event.Event === 'kindling.Note' && event.text === STARVING).length
            if (told >= 2) resolve()
          }
          look(run.journal.events)
          run.journal.onEvents(look)
        })
        writeFileSync(join(folder, 'go'), '')
      }
    })
    expect(ran.outcome.exitCode).toBe(0)
    const notes = ran.of('kindling.Note').filter((note) => note.text === STARVING)
    // Only the second one starves: the ids of its driver's events say so.
    expect(notes.every((note) => note.Kindling.id.startsWith('p2d0:'))).toBe(true)
    expect(ran.story).toContain(`second.py: ${STARVING}`)
    expect(said(ran, 'driver-2')).toBe('sum 45\n')
  })

  it('§2.9 with spark.cores.max both run side by side', async () => {
    const ran = await bench.run(program('first', HOLD, '.set("spark.cores.max", "2")'), {
      others: [program('second', `${SUM}\nopen("go", "w").close()`, '.set("spark.cores.max", "2")')]
    })
    // The first ends only because the second ran meanwhile.
    expect(ran.outcome).toEqual({ outcome: 'finished', exitCode: 0 })
    expect(said(ran, 'driver')).toBe('held 1\n')
    expect(ran.view.executors.map(({ appId, id, worker, cores }) => [appId, id, worker, cores])).toEqual([
      [appOf(ran, 'driver'), '0', 'worker-1', 1],
      [appOf(ran, 'driver'), '1', 'worker-2', 1],
      [appOf(ran, 'driver-2'), '0', 'worker-1', 1],
      [appOf(ran, 'driver-2'), '1', 'worker-2', 1]
    ])
  })

  it("§3.8 one driver's death ends its application and leaves the other alone", async () => {
    const ran = await bench.run(program('first', SUM.replace('sum()', 'map(lambda x: x).sum()'), '.set("spark.cores.max", "2")'), {
      others: [program('second', SUM, '.set("spark.cores.max", "2")')],
      faults: ['kill-driver@job=0']
    })
    expect(ran.outcome).toMatchObject({ outcome: 'failed', exitCode: 137 })
    expect(ran.outcome.message).toMatch(/^program\.py: /)
    expect(said(ran, 'driver-2')).toBe('sum 45\n')
    const [first, second] = ran.view.drivers
    expect([first!.end!.code, second!.end!.code]).toEqual([137, 0])
    expect(ran.view.apps.map(({ name, state }) => [name, state])).toEqual([['first', 'FINISHED'], ['second', 'FINISHED']])
    expect(ran.of('kindling.ApplicationState').find((event) => event.state === 'FINISHED' && event.appId === appOf(ran, 'driver'))!.message).toBe('The driver is gone.')
    expect(ran.view.jobs.find((job) => job.appId === appOf(ran, 'driver-2'))!.state).toBe('succeeded')
  })

  it('§5.13 a fault with app=2 strikes the executors of the second program only', async () => {
    const ran = await bench.run(program('first', SUM, '.set("spark.cores.max", "2")'), {
      others: [program('second', SUM.replace('4)', '8)'), '.set("spark.cores.max", "2")')],
      faults: ['crash-executor:0@task=0.0,app=2']
    })
    expect(ran.outcome.exitCode).toBe(0)
    const second = appOf(ran, 'driver-2')
    expect(ran.of('kindling.FaultStruck')).toMatchObject([{ target: 'executor-0', appId: second }])
    expect(ran.view.executors.filter((one) => one.end?.code === 137).map(({ appId, id }) => [appId, id])).toEqual([[second, '0']])
    expect(said(ran, 'driver-2')).toBe('sum 45\n')
  })

  it('§12.3 each application has one log of its own, which holds its own work and the cluster', async () => {
    const ran = await bench.run(program('first', SUM), { others: [program('second', SUM)] })
    const [first, second] = [appOf(ran, 'driver'), appOf(ran, 'driver-2')]
    expect(ran.logs).toEqual([first, second].sort())
    for (const [appId, name, origin] of [[first, 'first', /^d0/], [second, 'second', /^p2d0/]] as const) {
      const events = eventsIn(join(ran.folder, 'logs', appId))
      expect(events.flatMap((event) => (event.Event === 'SparkListenerApplicationStart' ? [event['App Name']] : []))).toEqual([name])
      expect(events.filter((event) => event.Event === 'SparkListenerTaskEnd')).toHaveLength(4)
      expect(events.filter((event) => /^(p\d+)?d\d/.test(event.Kindling.id)).every((event) => origin.test(event.Kindling.id))).toBe(true)
      expect(events.filter((event) => event.Event === 'kindling.WorkerRegistered')).toHaveLength(2)
      expect(events.flatMap((event) => (event.Event === 'kindling.ProcessSpawned' && event.actor.startsWith('driver') ? [event.actor] : []))).toEqual([name === 'first' ? 'driver' : 'driver-2'])
    }
  })

  it('§2.3 a program with a local master runs beside the cluster and takes nothing of it', async () => {
    const local = `from pyspark import SparkContext\nsc = SparkContext("local[2]", "beside")\n${SUM}\n`
    const ran = await bench.run(program('first', SUM), { others: [local] })
    expect(ran.outcome.exitCode).toBe(0)
    expect([said(ran, 'driver'), said(ran, 'driver-2')]).toEqual(['sum 45\n', 'sum 45\n'])
    expect(ran.story).toContain('second.py has a local master: its driver runs the tasks itself. It takes nothing of the cluster, and the others take nothing of it.')
    expect(ran.of('kindling.ExecutorLaunching').every((event) => event.appId === appOf(ran, 'driver'))).toBe(true)
  })

  it('§2.4 a program that brings its own cluster is told to run by itself; the other goes on', async () => {
    const own = `from pyspark import SparkContext\nsc = SparkContext("local-cluster[1,1,1024]", "own")\n`
    const ran = await bench.run(program('first', SUM), { others: [own] })
    expect(said(ran, 'driver')).toBe('sum 45\n')
    expect(ran.outcome).toMatchObject({ outcome: 'failed', exitCode: 1 })
    expect(ran.outcome.message).toContain('local-cluster[…] has a cluster of its own: run second.py by itself')
  })
})
