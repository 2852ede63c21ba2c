/** What a failure tells, read from events: certificates, losses, lives, the bill. Numbers are compared with the log itself. */
import { describe, expect, test } from 'vitest'
import type { EventOf, LabEvent } from '../../engine/events/index.ts'
import { billOf } from '../../engine/view/bill.ts'
import { certificateOf } from '../../engine/view/certificate.ts'
import { exitMeaning } from '../../engine/view/exit-codes.ts'
import { changes, figuresNow, figuresOf } from '../../engine/view/figures.ts'
import { emptyView, fold, foldAll } from '../../engine/view/fold.ts'
import { livesLedger, livesText } from '../../engine/view/lives.ts'
import { lossReport, numbers, tellable } from '../../engine/view/loss-report.ts'
import type { RunView } from '../../engine/view/types.ts'
import { whyFor } from '../../engine/view/why.ts'
import { crashInMapStage, crashInResultStage, driverKilled, driverRelaunched, failsFourTimes, hangs, kill, localMode, map, result, running, skippedStage, stoppedWithRunningJob, task } from './fixtures/appendix-b.ts'
import { crashRun } from './fixtures/crash-run.ts'
import { account, exception, lost } from './fixtures/script.ts'

const APP = 'app-20260115090000-0000'
const byId = (events: readonly LabEvent[]): Map<string, LabEvent> => new Map(events.map((event) => [event.Kindling.id, event]))
const text = (parts: readonly { text: string }[]): string => parts.map((part) => part.text).join('')
const until = (events: readonly LabEvent[], t: number): RunView => foldAll(events.filter((event) => event.Kindling.t <= t))
const certificate = (events: readonly LabEvent[], id: string) => certificateOf(foldAll(events), { kind: 'actor', id }, byId(events))!
const of = <N extends LabEvent['Event']>(events: readonly LabEvent[], name: N): EventOf<N>[] => events.filter((event) => event.Event === name) as never

describe('exit codes', () => {
  test.each([
    [{ code: 137, signal: 'SIGKILL' }, '128 + 9: SIGKILL', /from outside/],
    [{ code: 143, signal: null }, '128 + 15: SIGTERM', /from outside/],
    [{ code: 139, signal: null }, '128 + 11: SIGSEGV', /SIGSEGV/],
    [{ code: 52, signal: null }, 'OutOfMemoryError', /heap was full/],
    [{ code: 56, signal: null }, 'the driver did not hear it', /spark\.executor\.heartbeat\.maxFailures/],
    [{ code: 255, signal: null }, 'exit(-1): its Worker is gone', /Worker/],
    [{ code: 0, signal: null }, 'in order', /as it should/],
    [{ code: 3, signal: null }, 'path not found', /not there/],
    [{ code: 42, signal: null }, 'a code of the program’s own', /sys\.exit\(42\)/],
    [{ code: null, signal: null }, 'nobody saw how', /connection closed/],
    [{ code: null, signal: 'SIGTERM' }, 'SIGTERM', /from outside/]
  ])('%j is %s', (end, short, long) => {
    expect(exitMeaning(end).short).toBe(short)
    expect(exitMeaning(end).long).toMatch(long)
  })
  test.each([50, 51, 52, 53, 54, 55, 56, 57, 58, 101, 124, 1, 2, 127, 10, 11])('%i has words of its own', (code) => {
    expect(exitMeaning({ code, signal: null }).short).not.toMatch(/program’s own/)
  })
})

describe('the certificate', () => {
  test('of a killed executor names the hand, the signal, the heartbeat, the work, what it held and what became of it', () => {
    const paper = certificate(crashRun(), 'executor-1')
    expect(paper).toMatchObject({ how: 'Killed from outside', signal: 'SIGKILL', code: 137, says: { short: '128 + 9: SIGKILL' }, at: 4006, lastHeartbeat: 3540, heartbeat: '466 ms before', tone: 'bad' })
    expect(text(paper.by)).toBe('you, with Crash executor at 4.0 s.')
    expect(paper.by.find((part) => part.ref)?.ref).toMatchObject({ kind: 'event' })
    expect(text(paper.doing)).toBe('task 1 of stage 1 (attempt 0) and task 3 of stage 1 (attempt 0).')
    expect(text(paper.held)).toBe('3 map outputs of shuffle 0 (stage 0).')
    expect(text(paper.became)).toBe('replaced by executor 2, ready 244 ms later; its tasks started again: tasks 1 and 3 of stage 1; 3 of 3 lost map outputs made again.')
    expect(paper.memory).toMatchObject({ at: 4006, account: { limit: account({}).limit } })
  })
  test('is there as soon as the process is gone, and not before', () => {
    const events = crashRun()
    for (const [t, there] of [[3999, false], [4006, true], [4200, true]] as const) {
      expect(certificateOf(until(events, t), { kind: 'actor', id: 'executor-1' }, byId(events)) !== null).toBe(there)
    }
    expect(text(certificateOf(until(events, 4006), { kind: 'actor', id: 'executor-1' }, byId(events))!.became)).toMatch(/^replaced by executor 2, which is starting/)
  })
  test('§13.7 of a silent executor tells the driver’s word, and that its process may be there', () => {
    const events = hangs()
    const before = events.filter((event) => event.Event !== 'kindling.ProcessExited')
    expect(certificate(before, 'executor-1')).toMatchObject({ how: 'Given up by the driver', code: null, says: null, meaning: 'Executor heartbeat timed out after 175000 ms' })
    expect(text(certificate(before, 'executor-1').became)).toMatch(/process may still be there/)
  })
  test('of a driver names its jobs, its tasks and whether another takes its place', () => {
    const killed = driverKilled().events
    const paper = certificate(killed, 'driver')
    expect(paper).toMatchObject({ how: 'Killed from outside', code: 137, heartbeat: null })
    expect(text(paper.doing)).toMatch(/^job 0, with 2 tasks running: task 0 of stage 0 \(attempt 0\) and task 1 of stage 0/)
    expect(text(paper.became)).toBe('the application is over: no other driver takes up its work; 2 executors had nobody to work for.')
    const again = driverRelaunched()
    expect(text(certificateOf(foldAll(again), { kind: 'actor', id: 'driver', appId: APP }, byId(again))!.became)).toMatch(/^launched again 1 s later, from the program’s first line/)
  })
  test('§4.9 of an executor that lost its driver says so', () => {
    const paper = certificate(driverKilled().events, 'executor-0')
    expect(text(paper.by)).toMatch(/^the driver’s end/)
    expect(text(paper.doing)).toMatch(/^task 0 of stage 0/)
    expect(text(paper.became)).toBe('nothing: it had nobody to work for.')
  })
  test('§3.19 of a worker names its executors, and what they held', () => {
    const s = running()
    s.job(0, [map(2), result(1)], 'collect at b.py:2')
    s.submit(map(2))
    const row = s.start(task(0, 0, 1, '1'))
    const end = s.at(150).end(row, 'ShuffleMapTask')
    s.say({ Event: 'kindling.MapOutput', executorId: '1', shuffleId: 0, mapIndex: 1, bytes: 10 }, end)
    s.start(task(1, 0, 0, '1'))
    const asked = s.at(200).say({ Event: 'kindling.FaultRequested', faultId: 'f', fault: 'lose-worker', target: 'worker-2', when: 'now', by: 'window' })
    const struck = s.say({ Event: 'kindling.FaultStruck', faultId: 'f', fault: 'lose-worker', target: 'worker-2', detail: '', lasting: true }, asked)
    const gone = s.say({ Event: 'kindling.WorkerLost', worker: 'worker-2', reason: 'worker-2 got disassociated' }, struck)
    const state = s.say({ Event: 'kindling.ExecutorState', appId: APP, executorId: '1', state: 'LOST', message: 'worker lost: worker-2 got disassociated' }, gone)
    s.executorRemoved('1', 'worker lost: worker-2 got disassociated', state)
    const paper = certificate(s.events, 'worker-2')
    expect(text(paper.by)).toBe('you, with Lose a worker at 0.2 s.')
    expect(text(paper.doing)).toBe('ran executor 1, with 1 task.')
    expect(text(paper.held)).toBe('1 map output of shuffle 0 (stage 0).')
    expect(text(paper.became)).toMatch(/no room elsewhere/)
    expect(certificate(s.events, 'worker-1')).toBeNull()
    // It comes back, and has no certificate any more.
    s.at(400).say({ Event: 'kindling.WorkerRegistered', worker: 'worker-2', host: 'host-2', cores: 2, memoryMb: 1024 })
    expect(certificate(s.events, 'worker-2')).toBeNull()
  })
  test('§3.7 of a Master, as long as it is down', () => {
    const s = running()
    const struck = s.say({ Event: 'kindling.FaultStruck', faultId: 'f', fault: 'stop-master', target: 'master', detail: '', lasting: true }, s.say({ Event: 'kindling.FaultRequested', faultId: 'f', fault: 'stop-master', target: 'master', when: 'now', by: 'window' }))
    s.at(300).say({ Event: 'kindling.MachineState', actor: 'master', machine: 'master', state: 'DOWN', event: 'MasterStopped' }, struck)
    expect(text(certificate(s.events, 'master').by)).toBe('you, with Stop the Master at 0.1 s.')
    expect(whyFor(foldAll(s.events), { kind: 'actor', id: 'master' }, byId(s.events))?.question).toBe('Why is the Master gone?')
    s.at(400).say({ Event: 'kindling.MachineState', actor: 'master', machine: 'master', state: 'ALIVE', event: 'ElectedLeader' })
    expect(certificate(s.events, 'master')).toBeNull()
  })
  test('is not there for the living, the unknown and a Master that stops with its run', () => {
    const s = running()
    s.say({ Event: 'kindling.MachineState', actor: 'master', machine: 'master', state: 'STOPPED', event: 'Stop' })
    for (const id of ['executor-0', 'executor-9', 'driver', 'worker-1', 'master', 'nobody']) expect(certificate(s.events, id)).toBeNull()
  })
})

describe('lost, redone, saved', () => {
  const runs: [string, LabEvent[]][] = [
    ['a word count', crashRun()],
    ['a crash in the map stage', crashInMapStage()],
    ['a crash in the result stage', crashInResultStage()],
    ['a silent executor', hangs()]
  ]
  test.each(runs)('%s: the numbers are those of the log', (_name, events) => {
    const view = foldAll(events)
    const losses = view.losses.filter(tellable)
    expect(losses.length).toBeGreaterThan(0)
    const gone = of(events, 'kindling.BlocksLost')
    const reports = losses.map((loss) => lossReport(view, loss))
    const sum = (what: 'tasks' | 'mapOutputs' | 'cached'): number => reports.reduce((all, report) => all + report.totals[what], 0)
    expect(sum('mapOutputs')).toBe(gone.flatMap((event) => event.mapOutputs).reduce((all, one) => all + one.mapIndexes.length, 0))
    expect(sum('cached')).toBe(gone.flatMap((event) => event.cached).reduce((all, one) => all + one.partitions.length, 0))
    expect(sum('tasks')).toBe(of(events, 'SparkListenerTaskEnd').filter((event) => event['Task End Reason'].Reason === 'ExecutorLostFailure').length)
    for (const report of reports) for (const row of report.rows) expect(row.cells.filter((cell) => cell.state !== 'kept')).toHaveLength(row.lost)
  })
  test('a word count: three maps of six went, three are made again, three were saved', () => {
    const events = crashRun()
    const loss = foldAll(events).losses[0]!
    const report = lossReport(foldAll(events), loss)
    expect(report.summary).toBe('lost 2 running tasks, 3 map outputs; 5 of them done again; 3 saved')
    expect(report.rows.find((row) => row.kind === 'mapOutputs')!.cells).toEqual([0, 1, 2, 3, 4, 5].map((index) => ({ index, state: index % 2 === 0 ? 'kept' : 'again' })))
    expect(report.lost.map(text)).toEqual(['Tasks 1 and 3 of stage 1 ran on it: 2 failures counted.', '3 map outputs of shuffle 0: maps 1, 3 and 5.'])
    expect(report.redone.map(text)).toEqual(['Tasks 1 and 3 of stage 1 have started again.', '3 of 3 map outputs of shuffle 0 made again by stage 0.'])
    expect(report.saved.map(text)).toEqual(['3 of 6 map outputs of shuffle 0 lay on other executors: their tasks do not run again.'])
    // Before anything is done again, nothing is said to be.
    const early = until(events, 4100)
    expect(lossReport(early, early.losses[0]!).totals).toEqual({ tasks: 2, mapOutputs: 3, cached: 0, again: 0, saved: 3 })
  })
  test('§8.9 a copy saves a cached partition, a checkpoint the lineage, and the rest is computed again', () => {
    const s = running()
    const stored = (executorId: string, rddId: number, partition: number): string => s.say({ Event: 'kindling.CachedBlock', executorId, rddId, partition, memory: 10, disk: 0, stored: true })
    const only = { ...result(4, 0), 'RDD Info': [] as never[] }
    s.job(0, [only], 'count')
    for (const p of [0, 1]) for (const id of ['0', '1']) stored(id, 7, p)
    stored('1', 8, 0)
    stored('0', 8, 1)
    const removed = kill(s.at(200), '1', '2')
    s.say({ Event: 'kindling.BlocksLost', executorId: '1', appId: APP, mapOutputs: [], cached: [{ rddId: 7, partitions: [0, 1] }, { rddId: 8, partitions: [0] }] }, removed)
    const view = foldAll(s.events)
    const report = lossReport(view, view.losses[0]!)
    expect(report.totals).toEqual({ tasks: 0, mapOutputs: 0, cached: 3, again: 0, saved: 3 })
    expect(report.saved.map(text)).toEqual(['A copy on another executor saved 2 of 2 cached partitions of RDD 7.', '1 of 2 cached partitions of RDD 8 lay on other executors.'])
    expect(report.redone.map(text)).toEqual(['None of 1 cached partitions of RDD 8 computed again so far: only when a job needs it.'])
    view.rdds[8] = { id: 8, name: 'PythonRDD', callSite: '', partitions: 2, parents: [9] }
    view.rdds[9] = { id: 9, name: 'ReliableCheckpointRDD', callSite: '', partitions: 2, parents: [] }
    expect(report.saved.length + 1).toBe(lossReport(view, view.losses[0]!).saved.length)
    s.at(300)
    stored('0', 8, 0)
    const after = foldAll(s.events)
    expect(lossReport(after, after.losses[0]!).redone.map(text)).toEqual(['1 of 1 cached partitions of RDD 8 computed again from the lineage.'])
  })
  test('blocks of an executor that lives are a loss of their own', () => {
    const s = running()
    s.say({ Event: 'kindling.CachedBlock', executorId: '0', rddId: 1, partition: 3, memory: 10, disk: 0, stored: true })
    s.at(200).say({ Event: 'kindling.BlocksLost', executorId: '0', appId: APP, mapOutputs: [], cached: [{ rddId: 1, partitions: [3] }] })
    const view = foldAll(s.events)
    expect(view.losses).toMatchObject([{ what: 'blocks', executorId: '0', cached: ['1/3'], before: { cachedBlocks: 1 } }])
    expect(figuresOf(view).cachedBlocks).toBe(0)
  })
  test('§7.7 map outputs that moved are held by whom they moved to, and are not lost', () => {
    const s = running()
    s.job(0, [map(1), result(1)], 'collect')
    s.submit(map(1))
    const end = s.end(s.start(task(0, 0, 0, '1')), 'ShuffleMapTask')
    s.say({ Event: 'kindling.MapOutput', executorId: '1', shuffleId: 0, mapIndex: 0, bytes: 10 }, end)
    s.at(200).say({ Event: 'kindling.BlockMigrated', from: '1', to: '0', shuffleId: 0, mapIndex: 0 })
    kill(s, '1', undefined, 'Finished decommissioning', 0)
    const view = foldAll(s.events)
    expect(view.executors.map((one) => one.mapOutputs)).toEqual([['0/0'], []])
    expect(view.losses.filter(tellable)).toEqual([])
    expect(text(certificate(s.events, 'executor-1').became)).toMatch(/1 map output had moved to others before/)
  })
  test('nothing is lost when an application ends in order, or with its driver', () => {
    for (const events of [skippedStage(), stoppedWithRunningJob(), driverKilled().events, localMode()]) expect(foldAll(events).losses.filter(tellable)).toEqual([])
  })
  test('numbers are told in runs', () => {
    expect([[], [3], [1, 2], [1, 2, 3], [0, 2, 3, 4, 9]].map(numbers)).toEqual(['', '3', '1 and 2', '1 to 3', '0, 2 to 4 and 9'])
  })
})

describe('the lives ledger', () => {
  test('§6.10 four counted failures, and the job is given up', () => {
    const [poorest, ...others] = livesLedger(foldAll(failsFourTimes()))
    expect(poorest).toMatchObject({ stageId: 0, index: 0, most: 4, left: 0, state: 'given up' })
    expect(livesText(poorest!)).toBe('0 of 4 lives left')
    expect(poorest!.entries.map(({ attempt, counts, what }) => [attempt, counts, what])).toEqual([0, 1, 2, 3].map((attempt) => [attempt, true, 'ZeroDivisionError: division by zero']))
    expect(others).toMatchObject([{ index: 1, left: 4, entries: [{ counts: false }] }])
    expect(others[0]!.entries[0]!.why).toMatch(/told to stop/)
  })
  test('§6.12 what counts and what does not is what the decisions in the log say', () => {
    const events = crashRun()
    const entries = livesLedger(foldAll(events)).flatMap((ledger) => ledger.entries)
    for (const decision of of(events, 'kindling.Decision').filter((one) => one.kind === 'retry-task')) {
      expect(entries.find((entry) => entry.taskId === decision.taskId)!.counts).toBe(decision.counted)
    }
    expect(entries.filter((entry) => entry.counts)).toHaveLength(2)
    expect(entries.find((entry) => /fetch/.test(entry.what))).toMatchObject({ counts: false })
    expect(entries.filter((entry) => entry.succeeded)).toHaveLength(3)
  })
  test.each([
    ['§4.20 code 137', 'Command exited with code 137', true, /code 137 may have been ended by one of its tasks/],
    ['§4.20 code 56', 'Command exited with code 56', false, /surroundings/],
    ['§4.19 not started yet', 'Command exited with code 137', false, /had not heard yet/],
    ['§3.19 worker lost', 'worker lost: host-2 got disassociated', false, /A machine that goes/],
    ['§4.18 killed by the driver', 'Executor killed by driver.', false, /let the executor go/],
    ['§7.7 decommissioned', 'Executor decommission: worker decommissioned', false, /taken out of service/],
    ['§4.8 silent', 'Executor heartbeat timed out after 175000 ms', true, /falls silent/]
  ])('%s', (_name, reason, counts, why) => {
    const s = running()
    const only = result(1, 0)
    s.job(0, [only], 'collect')
    s.submit(only)
    const row = s.start(task(0, 0, 0, '1'))
    s.at(200).end(row, 'ResultTask', { ...lost('1', reason), 'Exit Caused By App': counts } as never)
    const entry = livesLedger(foldAll(s.events))[0]!
    expect(entry.entries[0]).toMatchObject({ counts })
    expect(entry.entries[0]!.why).toMatch(why)
    expect(entry.left).toBe(counts ? 3 : 4)
  })
  test('§6.10 a success forgives what was before it', () => {
    const s = running()
    const stages = [map(1), result(1)]
    s.job(0, stages, 'collect')
    s.submit(stages[0]!)
    s.end(s.start(task(0, 0, 0, '1')), 'ShuffleMapTask', exception('ValueError', 'no'))
    const end = s.at(150).end(s.start(task(1, 0, 0, '1', { attempt: 1 })), 'ShuffleMapTask')
    s.say({ Event: 'kindling.MapOutput', executorId: '1', shuffleId: 0, mapIndex: 0, bytes: 1 }, end)
    s.say({ Event: 'kindling.BlocksLost', executorId: '1', appId: APP, mapOutputs: [{ shuffleId: 0, mapIndexes: [0] }], cached: [] })
    expect(livesLedger(foldAll(s.events))[0]).toMatchObject({ left: 4, entries: [{ counts: true }, { succeeded: true, counts: false }] })
    const view = foldAll([...s.events])
    s.end(s.at(200).start(task(2, 0, 0, '0', { attempt: 2 })), 'ShuffleMapTask', exception('ValueError', 'no'))
    expect(view.tasks).toHaveLength(2)
    expect(foldAll(s.events).tasks[2]).toMatchObject({ failures: 1 })
  })
  test('§2.2 in local mode there is one life', () => {
    expect(livesText(livesLedger(foldAll(localMode()))[0]!)).toBe('0 of 1 life left')
  })
})

describe('before and now, and the bill', () => {
  test('a fault remembers the figures before it', () => {
    const events = crashRun()
    const at = (t: number): string[] => {
      const view = until(events, t)
      return changes(view.faults[0]!.before!, figuresNow(view, view.apps[0]!.appId)).filter((one) => one.name !== 'heap').map((one) => `${one.label} ${one.before} → ${one.now}`)
    }
    expect(at(4000)).toEqual([])
    expect(at(4100)).toEqual(['executors 2 → 1', 'slots 4 → 2', 'running tasks 4 → 2', 'map outputs 6 → 3'])
    expect(at(5700)).toEqual(['running tasks 4 → 3'])
    // Of a run that is over, the figures just before its end.
    expect(at(9999)).toEqual(['running tasks 4 → 0'])
  })
  test('the bill adds up what the tasks of the log took', () => {
    const events = crashRun()
    const view = foldAll(events)
    const bill = billOf(view)
    const item = (name: string) => bill.items.find((one) => one.name === name)!
    const started = new Map(of(events, 'SparkListenerTaskStart').map((event) => [event['Task Info']['Task ID'], event.Kindling.t]))
    const took = new Map(of(events, 'SparkListenerTaskEnd').map((event) => [event['Task Info']['Task ID'], event.Kindling.t - started.get(event['Task Info']['Task ID'])!]))
    const sum = (ids: number[]): number => ids.reduce((all, id) => all + took.get(id)!, 0)
    expect(bill.worked).toBe(sum([...took.keys()]))
    expect(item('thrown')).toMatchObject({ tasks: 6, ms: sum([1, 3, 5, 6, 7, 9]) })
    expect(item('again')).toMatchObject({ tasks: 6, ms: sum([10, 11, 12, 13, 14, 15]) })
    expect(item('thrown').ms).toBe(view.totals.lostMs)
    // The death at 4006 to the end of the job at 6954; task 8, which counts, ran to 4500.
    expect(item('lost').ms).toBe(6954 - 4500)
    // Two slots from the death to the replacement's registration.
    expect(item('missing').ms).toBe(2 * (4250 - 4006))
    const open = 6954 - 720
    expect(bill.open).toBe(open)
    const slots = 2 * open + 2 * (4006 - 720) + 2 * (6954 - 4250)
    // Tasks 7 and 9 are told to have ended 40 ms after the process that ran them.
    expect(item('idle').ms).toBe(slots - (bill.worked - 2 * (4046 - 4006)))
    expect(bill.owed).toBe(true)
    for (const one of bill.items) expect(one.how).toMatch(/\.$/)
  })
  test('a run without failures owes nothing', () => {
    const bill = billOf(foldAll(skippedStage()))
    expect(bill.owed).toBe(false)
    expect(bill.items.find((one) => one.name === 'lost')!.ms).toBe(0)
  })
  test('at any moment of any run all of it can be read', () => {
    for (const events of [crashRun(), crashInMapStage(), hangs(), failsFourTimes(), driverRelaunched(), localMode()]) {
      const view = emptyView()
      const lookup = byId(events)
      for (const event of events) {
        fold(view, event)
        for (const item of billOf(view).items) expect(item.ms).toBeGreaterThanOrEqual(0)
        for (const ledger of livesLedger(view)) expect(ledger.left).toBeLessThanOrEqual(ledger.most)
        for (const loss of view.losses) expect(lossReport(view, loss).totals.again).toBeLessThanOrEqual(loss.tasks.length + loss.mapOutputs.length + loss.cached.length)
        for (const actor of ['driver', 'master', 'worker-1', 'executor-0', 'executor-1', 'executor-2']) certificateOf(view, { kind: 'actor', id: actor }, lookup)
      }
    }
  })
})
