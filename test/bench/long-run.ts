/** A long run by hand: many small stages on many executors, a task lost now and then, each with its messages and its map output. */
import type { LabEvent } from '../../engine/events/index.ts'
import { running, task } from '../view/fixtures/appendix-b.ts'
import { lost, stage } from '../view/fixtures/script.ts'

const EXECUTORS = 8
const TASKS = 250

/** At least this many events, at one lab ms a task. */
export function longRun(least: number): LabEvent[] {
  const s = running({ executors: EXECUTORS })
  let t = 1000
  let id = 0
  for (let at = 0; s.events.length < least; at++) {
    const info = stage(at, `map at long.py:${at % 40}`, TASKS)
    const job = s.at(t).job(at, [info], `count at long.py:${at % 40}`)
    s.submit(info, job)
    s.say({ Event: 'kindling.Line', file: 'long.py', line: 1 + (at % 40) })
    for (let partition = 0; partition < TASKS; partition++, t++) {
      const executor = String(partition % EXECUTORS)
      const row = s.at(t).start(task(id++, at, partition, executor))
      s.message('LaunchTask', 'driver', `executor-${executor}`)
      s.at(t + 30).message('StatusUpdate', `executor-${executor}`, 'driver')
      if (partition % 97 === 5) s.end(row, 'ShuffleMapTask', lost(executor, 'for a while'))
      else s.say({ Event: 'kindling.MapOutput', executorId: executor, shuffleId: at, mapIndex: partition, bytes: 1 }, s.end(row, 'ShuffleMapTask'))
    }
    s.complete(info)
    s.jobEnd(at)
  }
  s.by('lab').at(t + 100).say({ Event: 'kindling.RunEnded', outcome: 'finished', exitCode: 0 })
  return s.events
}
