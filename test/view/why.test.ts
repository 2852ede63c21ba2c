import { describe, expect, test } from 'vitest'
import type { LabEvent } from '../../engine/events/index.ts'
import { foldAll } from '../../engine/view/fold.ts'
import { whyChain, whyFor } from '../../engine/view/why.ts'
import { driverRelaunched, failsFourTimes, hangs } from './fixtures/appendix-b.ts'
import { crashRun } from './fixtures/crash-run.ts'

const byId = (events: LabEvent[]): Map<string, LabEvent> => new Map(events.map((event) => [event.Kindling.id, event]))
const texts = (chain: { text: string }[]): string[] => chain.map((step) => step.text)

const crash = ['The driver gave up executor 1: Command exited with code 137.', 'Executor 1 was killed (SIGKILL, exit code 137) at 4 s.', 'Crash executor struck executor 1: SIGKILL sent to pid 4131.', 'You pressed Crash executor at 4 s.']

describe('whyFor', () => {
  const events = crashRun()
  const view = foldAll(events)
  const lookup = byId(events)

  test('a task that runs again leads back to the button', () => {
    const why = whyFor(view, { kind: 'task', id: 11 }, lookup)!
    expect(why.question).toBe('Why does task 3 of stage 0 run again?')
    expect(texts(why.chain)).toEqual([
      'Task 3 of stage 0 was started again on executor 2.',
      'Stage 0 was submitted again, attempt 1, with 3 tasks.',
      'Stage 0 and then stage 1 run again in 200 ms: map outputs of shuffle 0 are missing.',
      'Task 0 of stage 1 could not fetch the output of map 1 of shuffle 0 from executor 1.',
      '3 map outputs went with executor 1.',
      ...crash
    ])
    expect(why.chain[0]!.event).toBe(view.tasks[11]!.startEvent)
  })

  test.each([
    [{ kind: 'task', id: 0 }, 'Why does task 0 of stage 0 run?', ['Task 0 of stage 0 was started on executor 0.']],
    [{ kind: 'task', id: 1 }, 'Why does task 1 of stage 0 not count any more?', ['3 map outputs went with executor 1.', ...crash]],
    [{ kind: 'task', id: 7 }, 'Why did task 1 of stage 1 fail?', ['Task 1 of stage 1 was lost with executor 1, which counts as a failure.', ...crash]],
    [{ kind: 'stage', id: 1, attempt: 0 }, 'Why did stage 1 stop?', ['Stage 1 stopped: org.apache.spark.shuffle.FetchFailedException: The relative remote executor(Id: 1), which maintains the block data to fetch is dead.', 'Task 0 of stage 1 could not fetch the output of map 1 of shuffle 0 from executor 1.', '3 map outputs went with executor 1.', ...crash]],
    [{ kind: 'stage', id: 0, attempt: 0 }, 'Why does stage 0 run?', ['Stage 0 was submitted with 6 tasks.', 'The program asked for job 0: collect at program.py:10.']],
    [{ kind: 'actor', id: 'executor-1' }, 'Why is executor 1 gone?', crash.slice(1)],
    [{ kind: 'job', id: 0 }, 'Why is there a job 0?', ['The program asked for job 0: collect at program.py:10.']],
    [{ kind: 'event', id: 'lab:21' }, 'Why did this happen?', ['The Master started executor 2 on worker-2 in place of executor 1.', ...crash.slice(1)]]
  ] as const)('%j', (ref, question, chain) => {
    const why = whyFor(view, ref, lookup)
    expect(why?.question).toBe(question)
    expect(texts(why!.chain)).toEqual(chain)
  })

  test('a message can be asked about, though it is no step of other chains', () => {
    const message = events.find((event) => event.Event === 'kindling.Message' && event.kind === 'ExecutorUpdated')!
    expect(texts(whyFor(view, { kind: 'event', id: message.Kindling.id }, lookup)!.chain)[0]).toBe('The Master sent ExecutorUpdated to the driver.')
  })

  test('nothing is known of what is not there', () => {
    expect(whyFor(view, { kind: 'task', id: 99 }, lookup)).toBeNull()
    expect(whyFor(view, { kind: 'actor', id: 'executor-9' }, lookup)).toBeNull()
    expect(whyFor(view, { kind: 'event', id: 'nobody:1' }, lookup)).toBeNull()
    expect(whyFor(view, { kind: 'actor', id: 'worker-1' }, lookup)).toBeNull()
  })

  test('a driver that runs again, a silent executor, a failed job', () => {
    const again = driverRelaunched()
    expect(whyFor(foldAll(again), { kind: 'actor', id: 'driver' }, byId(again))?.question).toBe('Why does the driver run again?')
    const silent = hangs()
    expect(texts(whyFor(foldAll(silent), { kind: 'task', id: 0 }, byId(silent))!.chain)).toEqual(['Task 0 of stage 0 was lost with executor 1, which counts as a failure.', 'The driver gave up executor 1: Executor heartbeat timed out after 175000 ms.'])
    const failed = failsFourTimes()
    expect(whyFor(foldAll(failed), { kind: 'job', id: 0 }, byId(failed))?.question).toBe('Why did job 0 fail?')
  })
})

describe('whyChain', () => {
  test('takes a function as well as a map', () => {
    const lookup = byId(crashRun())
    expect(whyChain((id) => lookup.get(id), 'lab:18')).toEqual(whyChain(lookup, 'lab:18'))
  })

  test('ends at a cause that is not in the log, and does not run in circles', () => {
    const event = (id: string, cause: string): LabEvent => ({ Event: 'kindling.Note', level: 'info', text: `note ${id}`, Kindling: { id, t: 0, cause } })
    expect(texts(whyChain(byId([event('a', 'gone')]), 'a'))).toEqual(['note a.'])
    expect(texts(whyChain(byId([event('a', 'b'), event('b', 'a')]), 'a'))).toEqual(['note a.', 'note b.'])
    expect(whyChain(new Map(), 'a')).toEqual([])
  })
})
