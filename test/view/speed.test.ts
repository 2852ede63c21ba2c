import { expect, test } from 'vitest'
import type { LabEvent } from '../../engine/events/index.ts'
import { LogReader, encodeEvent } from '../../engine/events/codec.ts'
import { emptyView, fold, foldAll } from '../../engine/view/fold.ts'
import { map, running, task } from './fixtures/appendix-b.ts'

/** A run of many small tasks, each with its messages and its map output: five events a task. */
function manyTasks(count: number): LabEvent[] {
  const s = running()
  s.submit(map(count))
  for (let id = 0; id < count; id += 1) {
    const executor = String(id % 2)
    const row = s.at(100 + id).start(task(id, 0, id, executor))
    s.message('LaunchTask', 'driver', `executor-${executor}`)
    s.at(101 + id).message('StatusUpdate', `executor-${executor}`, 'driver')
    const end = s.end(row, 'ShuffleMapTask')
    s.say({ Event: 'kindling.MapOutput', executorId: executor, shuffleId: 0, mapIndex: id, bytes: 1 }, end)
  }
  return s.events
}

test('folding an event costs the same, however long the run', () => {
  /** Shortest of three, µs an event. */
  const cost = (events: LabEvent[]): number => {
    const each = [1, 2, 3].map(() => {
      const view = emptyView()
      const started = performance.now()
      for (const event of events) fold(view, event)
      return ((performance.now() - started) * 1000) / events.length
    })
    return Math.min(...each)
  }
  const long = manyTasks(20_000)
  const view = foldAll(long)
  expect(view.totals).toMatchObject({ done: 20_000, running: 0 })
  expect(view.executors.map((executor) => executor.mapOutputs.length)).toEqual([10_000, 10_000])
  // Were it quadratic, each would cost ten times as much.
  expect(cost(long) / cost(manyTasks(2000))).toBeLessThan(5)
})

test('a long log is read in one pass', () => {
  const events = manyTasks(4000)
  const text = events.map((event) => `${encodeEvent(event)}\n`).join('')
  const started = performance.now()
  const reader = new LogReader()
  const read: LabEvent[] = []
  for (let at = 0; at < text.length; at += 65_536) read.push(...reader.push(text.slice(at, at + 65_536)))
  read.push(...reader.end())
  const ms = performance.now() - started
  console.log(`read: ${(text.length / 1e6).toFixed(1)} MB, ${read.length} events in ${ms.toFixed(0)} ms`)
  expect(read).toHaveLength(events.length)
})
