import { describe, expect, test } from 'vitest'
import type { LabEvent } from '../../engine/events/index.ts'
import { Checkpoints } from '../../engine/view/checkpoints.ts'
import { emptyView, fold, foldAll } from '../../engine/view/fold.ts'
import type { RunView } from '../../engine/view/types.ts'
import { crashInMapStage, crashInResultStage, driverKilled, driverRelaunched, failsFourTimes, hangs, localMode, map, running, skippedStage, stoppedWithRunningJob, task } from './fixtures/appendix-b.ts'
import { crashRun } from './fixtures/crash-run.ts'
import { lost } from './fixtures/script.ts'

const LOGS: Record<string, LabEvent[]> = {
  'a crash and its recovery': crashRun(),
  'a crash in a map stage': crashInMapStage(),
  'a crash in a result stage': crashInResultStage(),
  'a task that fails four times': failsFourTimes(),
  'a driver killed': driverKilled().events,
  'a driver relaunched': driverRelaunched(),
  'a run stopped': stoppedWithRunningJob(),
  'an executor that hangs': hangs(),
  'a skipped stage': skippedStage(),
  'local mode': localMode(),
  'many tasks, lost and run again': lostAndAgain(40),
  'a log with every third event missing': crashRun().filter((_, at) => at % 3 !== 1),
  'a log backwards': crashRun().reverse()
}

/** Each executor's map outputs vanish once and are made again, over several rounds. */
function lostAndAgain(tasks: number): LabEvent[] {
  const s = running()
  s.submit(map(tasks))
  let id = 0
  for (let round = 0; round < 4; round++)
    for (let partition = 0; partition < tasks; partition++) {
      const executor = String((partition + round) % 2)
      s.at(100 + id * 10)
      const row = s.start(task(id, 0, partition, executor, { attempt: round }))
      if (partition % 7 === 3) s.end(row, 'ShuffleMapTask', lost(executor, 'gone'))
      else s.say({ Event: 'kindling.MapOutput', executorId: executor, shuffleId: 0, mapIndex: partition, bytes: 1 }, s.end(row, 'ShuffleMapTask'))
      if (partition === tasks - 1) s.say({ Event: 'kindling.BlocksLost', executorId: executor, appId: String(foldAll(s.events).apps.at(-1)?.appId), mapOutputs: [{ shuffleId: 0, mapIndexes: Array.from({ length: tasks }, (_, map) => map).filter((map) => (map + round) % 2 === Number(executor)) }], cached: [] })
      id++
    }
  return s.events
}

/** The view after each event, folded in one go. */
const straight = (events: LabEvent[]): RunView[] => {
  const view = emptyView()
  return [structuredClone(view), ...events.map((event) => (fold(view, event), structuredClone(view)))]
}

describe.each(Object.entries(LOGS))('%s', (_name, events) => {
  const want = straight(events)

  test.each([1, 3, 16])('every moment is what the fold from the start gives, with a copy every %i events', (every) => {
    const past = new Checkpoints(events, every)
    const live = emptyView()
    for (const event of events) {
      fold(live, event)
      past.note(live)
    }
    // Forwards, backwards, and to and fro.
    for (let n = 0; n <= events.length; n++) expect(past.at(n)).toEqual(want[n])
    for (let n = events.length; n >= 0; n--) expect(past.at(n)).toEqual(want[n])
    for (let i = 0; i < 60; i++) {
      const n = (i * 37) % (events.length + 1)
      expect(past.at(n)).toEqual(want[n])
    }
    // What was looked at has changed nothing for who folds on.
    expect(live).toEqual(want.at(-1))
  })
})

test('the past can be looked at while the run goes on, and the run is what it would have been', () => {
  const events = crashRun()
  const want = straight(events)
  const known: LabEvent[] = []
  const past = new Checkpoints(known, 4)
  const live = emptyView()
  for (const [at, event] of events.entries()) {
    known.push(event)
    fold(live, event)
    past.note(live)
    const n = (at * 13) % known.length
    expect(past.at(n)).toEqual(want[n])
    expect(live).toEqual(want[at + 1])
  }
})

test('what is asked beyond the ends is the beginning, or now', () => {
  const events = crashRun()
  const past = new Checkpoints(events)
  expect(past.at(-5)).toEqual(emptyView())
  expect(past.at(1e9)).toEqual(foldAll(events))
})

test('copies stand farther apart the longer the run, and there are never more than so many', () => {
  const events = lostAndAgain(200)
  const past = new Checkpoints(events, 2, 16)
  const live = emptyView()
  for (const event of events) {
    fold(live, event)
    past.note(live)
    expect(past.size.copies).toBeLessThanOrEqual(16)
  }
  expect(past.size.copies).toBeGreaterThanOrEqual(8)
  expect(past.size.every).toBeGreaterThan(events.length / 32)
  const n = Math.floor(events.length / 2)
  expect(past.at(n)).toEqual(foldAll(events.slice(0, n)))
})
