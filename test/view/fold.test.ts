import { describe, expect, test } from 'vitest'
import type { LabEvent } from '../../engine/events/index.ts'
import { emptyView, fold, foldAll } from '../../engine/view/fold.ts'
import { memoryRooms, summarize } from '../../engine/view/summary.ts'
import type { RunView } from '../../engine/view/types.ts'
import { crashInMapStage, crashInResultStage, driverKilled, driverRelaunched, failsFourTimes, hangs, localMode, map, running, skippedStage, stoppedWithRunningJob, task } from './fixtures/appendix-b.ts'
import { crashRun } from './fixtures/crash-run.ts'
import { EPOCH, account } from './fixtures/script.ts'

const tasks = (view: RunView): string[] => view.tasks.map((t) => `${t.id}: ${t.stageId}.${t.stageAttempt}/${t.partition} on ${t.executorId}#${t.slot} ${t.state}${t.again ? ' again' : ''}`)
const stages = (view: RunView): string[] => view.stages.map((s) => `${s.id}.${s.attempt} ${s.state} of ${s.tasks}`)
const until = (events: LabEvent[], t: number): RunView => foldAll(events.filter((event) => event.Kindling.t <= t))

describe('a whole run', () => {
  const view = foldAll(crashRun())

  test('has its beginning and its end', () => {
    expect(view).toMatchObject({ runId: 'run-1', programName: 'program.py', scenario: 'a-crash-and-its-recovery', startedAt: EPOCH, phase: 'ended', outcome: 'finished', exitCode: 0, t: 7062, count: crashRun().length, master: { state: 'ALIVE' } })
    expect(view.apps).toEqual([{ appId: 'app-20260115090001-0000', name: 'word count', state: 'FINISHED', startedAt: 400, endedAt: 6980, driver: 'driver', atEnd: expect.objectContaining({ executors: 2, running: 0, mapOutputs: 6 }) }])
    expect(view.workers.map(({ id, host, cores, state }) => [id, host, cores, state])).toEqual([
      ['worker-1', 'lab-worker-1', 2, 'ALIVE'],
      ['worker-2', 'lab-worker-2', 2, 'ALIVE']
    ])
    expect(view.drivers).toHaveLength(1)
    expect(view.drivers[0]).toMatchObject({ attempt: 0, pid: 4121, place: 'client', state: 'FINISHED', machine: { machine: 'driver', state: 'ended' }, end: { code: 0, farewell: true, t: 7060 } })
    expect(view.output).toEqual([{ actor: 'driver', stream: 'stdout', text: '148 different words\n', t: 6962, event: 'd0:149', appId: 'app-20260115090001-0000' }])
    expect(view.messages).toEqual([])
    expect(view.line).toBeNull()
  })

  test('tells which tasks ran where, in which slot, and which again', () => {
    expect(tasks(view)).toEqual([
      '0: 0.0/0 on 0#0 success',
      '1: 0.0/1 on 1#0 lost',
      '2: 0.0/2 on 0#1 success',
      '3: 0.0/3 on 1#1 lost',
      '4: 0.0/4 on 0#0 success',
      '5: 0.0/5 on 1#0 lost',
      '6: 1.0/0 on 0#0 fetch-failed',
      '7: 1.0/1 on 1#0 failed',
      '8: 1.0/2 on 0#1 success',
      '9: 1.0/3 on 1#1 failed',
      '10: 0.1/1 on 0#0 success again',
      '11: 0.1/3 on 2#0 success again',
      '12: 0.1/5 on 2#1 success again',
      '13: 1.1/0 on 0#0 success again',
      '14: 1.1/1 on 2#0 success again',
      '15: 1.1/3 on 2#1 success again'
    ])
    expect(view.tasks[7]).toMatchObject({ counted: true, failures: 1, reason: 'ExecutorLostFailure (executor 1 exited caused by one of the running tasks) Reason: Command exited with code 137' })
    expect(view.tasks[6]).toMatchObject({ counted: false, reason: expect.stringContaining('FetchFailed(BlockManagerId(1, lab-worker-2, 43111, None), shuffleId=0, mapIndex=1') })
  })

  test('tells the life of each executor', () => {
    expect(view.executors[1]).toMatchObject({ id: '1', worker: 'worker-2', pid: 4131, state: 'EXITED', life: 'dead', launchedAt: 400, registeredAt: 516, removedAt: 4046, removedReason: 'Command exited with code 137', replacedBy: '2', lost: { mapOutputs: 3, cachedBlocks: 0, runningTasks: 2 }, mapOutputs: [], counts: { finished: 3, failed: 2, killed: 0 }, lastHeartbeat: 3540, slots: [null, null] })
    expect(view.executors[2]).toMatchObject({ id: '2', replaces: '1', lost: null, mapOutputs: ['0/3', '0/5'] })
    expect(view.executors[0]!.mapOutputs.toSorted()).toEqual(['0/0', '0/1', '0/2', '0/4'])
  })

  test('keeps every stage attempt, and the job', () => {
    expect(stages(view)).toEqual(['0.0 complete of 6', '1.0 failed of 4', '0.1 complete of 3', '1.1 complete of 3'])
    expect(view.stages[1]).toMatchObject({ parents: [0], jobIds: [0], counts: { running: 0, done: 1, failed: 3, killed: 0 }, reason: expect.stringContaining('FetchFailedException') })
    expect(view.stages[2]!.jobIds).toEqual([0])
    expect(view.jobs).toMatchObject([{ id: 0, name: 'collect at program.py:10', stageIds: [0, 1], state: 'succeeded', startedAt: 720, endedAt: 6954 }])
    expect(view.rdds[3]).toEqual({ id: 3, name: 'ShuffledRDD', callSite: 'reduceByKey at program.py:8', partitions: 4, parents: [2] })
  })

  test('adds up', () => {
    expect(summarize(view)).toMatchObject({ tasksDone: 10, tasksRunning: 0, tasksAgain: 6, tasksFailed: 3, tasksLost: 3, slotsBusy: 0, executorsAlive: 0, executorsGone: 3, jobsRunning: 0, lostMs: 6422 })
    const crash = until(crashRun(), 3900)
    expect(summarize(crash)).toMatchObject({ tasksRunning: 4, slotsBusy: 4, slots: 4, executorsAlive: 2, workersAlive: 2, jobsRunning: 1 })
  })
})

describe('at a moment', () => {
  test('messages are under way from sent to due', () => {
    const view = emptyView()
    const kinds = new Map<number, string[]>()
    for (const event of crashRun()) {
      fold(view, event)
      kinds.set(event.Kindling.t, view.messages.map((message) => message.kind))
      for (const message of view.messages) expect(message.sent <= view.t && view.t < message.due).toBe(true)
    }
    expect(kinds.get(360)).toEqual(['RegisterApplication'])
    expect(kinds.get(400)).toEqual(['RegisteredApplication'])
    expect(kinds.get(4006)).toEqual(['ExecutorUpdated'])
  })

  test('between its death and its discovery an executor is dead and its tasks still seem to run', () => {
    const view = until(crashRun(), 4030)
    expect(view.executors[1]).toMatchObject({ life: 'dead', slots: [7, 9], lost: { runningTasks: 2 }, removedAt: null })
    expect(view.executors[2]).toMatchObject({ life: 'launching', registeredAt: null })
    expect(view.tasks.filter((t) => t.state === 'running')).toHaveLength(4)
  })

  test('the fault is waiting, then has struck', () => {
    const [asked, struck] = crashRun().filter((event) => event.Event.startsWith('kindling.Fault'))
    const view = foldAll([asked!])
    expect(view.faults).toMatchObject([{ faultId: 'f1', state: 'waiting', target: '1', by: 'window' }])
    fold(view, struck!)
    expect(view.faults).toMatchObject([{ faultId: 'f1', state: 'struck', target: 'executor-1', detail: 'SIGKILL sent to pid 4131', event: 'lab:17' }])
  })

  test('a clone folds on to the same view', () => {
    const events = crashRun()
    for (const cut of [120, 180, 210]) {
      const copy = structuredClone(foldAll(events.slice(0, cut)))
      for (const event of events.slice(cut)) fold(copy, event)
      expect(copy).toEqual(foldAll(events))
    }
  })
})

describe('Appendix B', () => {
  test('B.1 a crash in a result stage', () => {
    const view = foldAll(crashInResultStage())
    expect(tasks(view)).toEqual(['0: 0.0/0 on 0#0 success', '1: 0.0/1 on 1#0 failed', '2: 0.0/1 on 2#0 success again'])
    expect(view.stages[0]!.counts).toEqual({ running: 0, done: 2, failed: 1, killed: 0 })
    expect(view.executors[1]!.lost).toEqual({ mapOutputs: 0, cachedBlocks: 0, runningTasks: 1 })
  })

  test('B.2 a crash in a map stage: Resubmitted takes a success away without a slot', () => {
    const view = foldAll(crashInMapStage())
    expect(tasks(view)).toEqual(['0: 0.0/0 on 0#0 success', '1: 0.0/1 on 1#0 lost', '2: 0.0/2 on 1#1 failed', '3: 0.0/2 on 0#0 success again', '4: 0.0/1 on 0#1 success again', '5: 1.0/0 on 0#0 success'])
    expect(view.stages[0]!.counts).toEqual({ running: 0, done: 3, failed: 1, killed: 0 })
    expect(view.totals).toMatchObject({ done: 4, lost: 1, failed: 1 })
  })

  test('B.4 four counted failures, and a task that is killed after the job has ended', () => {
    const view = foldAll(failsFourTimes())
    expect(view.tasks.map((t) => t.failures)).toEqual([undefined, 1, 2, 3, 4])
    expect(view.jobs[0]).toMatchObject({ state: 'failed', message: expect.stringContaining('failed 4 times') })
    expect(view.stages[0]).toMatchObject({ state: 'failed', counts: { running: 0, done: 0, failed: 4, killed: 1 } })
  })

  test('B.5 a killed driver takes its jobs, stages and tasks along', () => {
    const view = foldAll(driverKilled().events)
    expect(view.drivers[0]).toMatchObject({ state: 'FAILED', end: { code: 137 } })
    expect(view.jobs[0]).toMatchObject({ state: 'failed', message: 'The driver is gone: Killed from outside by SIGKILL' })
    expect(stages(view)).toEqual(['0.0 failed of 2', '1.0 skipped of 1'])
    expect(tasks(view)).toEqual(['0: 0.0/0 on 0#0 killed', '1: 0.0/1 on 1#0 killed'])
    expect(view.executors.map((e) => [e.life, e.slots])).toEqual([
      ['dead', [null, null]],
      ['dead', [null, null]]
    ])
    expect(view.apps[0]!.state).toBe('FINISHED')
  })

  test('B.5 supervised: a second driver and application, whose ids begin again', () => {
    const view = foldAll(driverRelaunched())
    expect(view.drivers.map((d) => [d.attempt, d.pid, d.place, d.state, d.appId])).toEqual([
      [0, 100, 'worker-1', 'RELAUNCHING', 'app-20260115090000-0000'],
      [1, 101, 'worker-1', 'RUNNING', 'app-20260115090001-0001']
    ])
    expect(view.executors.map((e) => [e.appId.at(-1), e.id, e.life])).toEqual([
      ['0', '0', 'dead'],
      ['0', '1', 'dead'],
      ['1', '0', 'alive'],
      ['1', '1', 'alive']
    ])
    expect(view.jobs.map((j) => [j.id, j.appId.at(-1), j.state])).toEqual([
      [0, '0', 'failed'],
      [0, '1', 'succeeded']
    ])
    expect(view.tasks.at(-1)).toMatchObject({ id: 0, state: 'success', again: false })
  })

  test('B.6 a context that stops with a job running', () => {
    const events = stoppedWithRunningJob()
    const view = foldAll(events)
    expect(view.jobs[0]).toMatchObject({ state: 'failed', message: 'Job 0 cancelled because SparkContext was shut down' })
    fold(view, { Event: 'kindling.RunEnded', outcome: 'stopped', exitCode: 130, Kindling: { id: 'lab:99', t: 300 } })
    expect(view.tasks[0]).toMatchObject({ state: 'killed', reason: 'The run ended' })
    expect(view.totals.running).toBe(0)
  })
})

describe('other ways', () => {
  test('silence is seen, and ends with a heartbeat', () => {
    const view = until(hangs(), 60_000)
    expect(view.executors[1]).toMatchObject({ life: 'silent', silentSince: 5000, timeoutMs: 120_000 })
    fold(view, { Event: 'kindling.Heartbeat', executorId: '1', appId: view.apps[0]!.appId, Kindling: { id: 'x', t: 61_000 } })
    expect(view.executors[1]).toMatchObject({ life: 'alive', silentSince: null, lastHeartbeat: 61_000 })
  })

  test('silence that lasts: removed first, dead when its process ends', () => {
    const events = hangs()
    const removed = events.findIndex((event) => event.Event === 'SparkListenerExecutorRemoved')
    expect(foldAll(events.slice(0, removed + 1)).executors[1]).toMatchObject({ life: 'removed', lost: { runningTasks: 1 } })
    expect(foldAll(events).executors[1]).toMatchObject({ life: 'dead', lost: { runningTasks: 1 }, replacedBy: '2' })
  })

  test('a stage whose shuffle files are still there is skipped', () => {
    expect(stages(foldAll(skippedStage()))).toEqual(['0.0 complete of 1', '1.0 complete of 1', '2.0 skipped of 1', '3.0 complete of 1'])
  })

  test('local mode: the driver is executor `driver`, known before the application has a name', () => {
    const view = foldAll(localMode())
    expect(view.executors).toMatchObject([{ id: 'driver', appId: 'local-1768467600000', worker: null, cores: 2, life: 'alive' }])
    expect(tasks(view)).toEqual(['0: 0.0/0 on driver#0 failed', '1: 0.0/1 on driver#1 running'])
    expect(view.apps).toHaveLength(1)
    fold(view, { Event: 'kindling.ProcessExited', actor: 'driver', pid: 100, attempt: 0, end: { code: 52, signal: null, farewell: false, meaning: 'OutOfMemoryError' }, Kindling: { id: 'x', t: 60 } })
    expect(view.executors[0]!.life).toBe('dead')
    expect(view.tasks[1]!.state).toBe('killed')
  })

  test('a start told before the end it waited for takes one more slot for a while', () => {
    const s = running()
    s.submit(map(3))
    const rows = [0, 1, 2].map((p) => s.start(task(p, 0, p, '0')))
    const view = foldAll(s.events)
    expect(view.executors[0]!.slots).toEqual([0, 1, 2])
    s.end(rows[0]!, 'ShuffleMapTask')
    s.end(rows[2]!, 'ShuffleMapTask')
    expect(foldAll(s.events).executors[0]!.slots).toEqual([null, 1])
  })

  test('slots are cores over spark.task.cpus', () => {
    expect(foldAll(running({ conf: { 'spark.task.cpus': '2' } }).events).executors[0]!.slots).toEqual([null])
  })

  test('a speculative copy is not a run again', () => {
    const s = running()
    s.submit(map(1))
    s.start(task(0, 0, 0, '0'))
    const copy = s.start(task(1, 0, 0, '1', { attempt: 1 }))
    const event = s.events.find((e) => e.Kindling.id === copy.startEvent) as Extract<LabEvent, { Event: 'SparkListenerTaskStart' }>
    event['Task Info'].Speculative = true
    expect(foldAll(s.events).tasks[1]).toMatchObject({ speculative: true, again: false })
  })

  test('cached partitions come, go with unpersist, and are lost with their executor', () => {
    const s = running()
    for (const partition of [0, 1, 2]) s.say({ Event: 'kindling.CachedBlock', executorId: '0', rddId: 3, partition, memory: 10, disk: 0, stored: true })
    s.say({ Event: 'kindling.CachedBlock', executorId: '0', rddId: 3, partition: 1, memory: 0, disk: 0, stored: false, reason: 'evicted' })
    s.say({ Event: 'kindling.CachedBlock', executorId: '0', rddId: 4, partition: 0, memory: 10, disk: 0, stored: true })
    expect(foldAll(s.events).executors[0]!.cachedBlocks).toEqual(['3/0', '3/2', '4/0'])
    s.say({ Event: 'SparkListenerUnpersistRDD', 'RDD ID': 4 })
    s.say({ Event: 'kindling.BlocksLost', executorId: '0', appId: 'app-20260115090000-0000', mapOutputs: [], cached: [{ rddId: 3, partitions: [0, 2] }] })
    expect(foldAll(s.events).executors[0]).toMatchObject({ cachedBlocks: [], lost: { cachedBlocks: 2 } })
  })

  test('memory: what is held, the driver’s peak, and rooms to draw', () => {
    const s = running()
    s.say({ Event: 'kindling.Memory', actor: 'driver', account: account({ heap: 20, results: 60, limit: 128 }) })
    s.say({ Event: 'kindling.Memory', actor: 'driver', account: account({ heap: 20, python: 30, limit: 128 }) })
    const driver = foldAll(s.events).drivers[0]!
    expect(driver.peakMemory).toBe(80 * 1024 * 1024)
    expect(memoryRooms(driver.memory!).map((room) => [room.name, room.bytes / 1024 / 1024, room.inHeap])).toEqual([
      ['heap', 20, true],
      ['free', 108, true],
      ['python', 30, false]
    ])
  })

  test('only the last pieces of output are kept, and the others counted', () => {
    const view = foldAll(running().events)
    for (let n = 0; n < 5000; n += 1) fold(view, { Event: 'kindling.Output', actor: 'driver', stream: 'stdout', text: `${n}\n`, Kindling: { id: `o${n}`, t: 200 } })
    expect(view.output.length).toBeGreaterThanOrEqual(2000)
    expect(view.output.length).toBeLessThanOrEqual(2200)
    expect(view.output.length + view.outputDropped).toBe(5000)
    expect(view.output.at(-1)!.text).toBe('4999\n')
  })

  test('time does not go back when events of two processes cross', () => {
    const view = foldAll(running().events)
    fold(view, { Event: 'kindling.Line', line: 1, file: 'b.py', Kindling: { id: 'a', t: 150 } })
    fold(view, { Event: 'kindling.Line', line: 2, file: 'b.py', Kindling: { id: 'b', t: 140 } })
    expect(view).toMatchObject({ t: 150, line: 2 })
  })

  test('events it does not know are passed over', () => {
    const view = foldAll(running().events)
    const before = structuredClone(view)
    fold(view, { Event: 'SparkListenerExecutorMetricsUpdate', Kindling: { id: 'x', t: 100 } } as unknown as LabEvent)
    expect(view).toEqual({ ...before, count: before.count + 1, t: 100 })
  })

  test('a second head of the same run, as each application’s log has one, changes nothing', () => {
    const events = crashRun()
    const view = foldAll([...events.slice(0, 60), { ...events[0]!, Kindling: { id: 'lab:900', t: 700 } }])
    expect(view.phase).toBe('running')
    expect(view.story.filter((line) => line.parts[0]!.text.includes('starts; a cluster'))).toHaveLength(1)
  })
})
