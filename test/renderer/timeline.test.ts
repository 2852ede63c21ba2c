import { describe, expect, test } from 'vitest'
import { foldAll } from '../../engine/view/fold.ts'
import { History } from '../../renderer/state/history.ts'
import { axisEnd, signAt, signsOf, signText, spansOf, trackScale } from '../../renderer/timeline/track-layout.ts'
import { agoText, spokenMoment } from '../../renderer/timeline/words.ts'
import { crashInMapStage, failsFourTimes } from '../view/fixtures/appendix-b.ts'
import { crashRun } from '../view/fixtures/crash-run.ts'

function historyOf(events = crashRun()): History {
  const history = new History()
  for (const event of events) history.add(event)
  return history
}

describe('the moments of a run', () => {
  const history = historyOf()
  const { events } = history

  test('a lab time is the events up to it', () => {
    expect(history.countAt(-1)).toBe(0)
    for (const t of [0, 400, 4046, 4046.5, 7062, 1e9]) expect(history.countAt(t)).toBe(events.filter((event) => event.Kindling.t <= t).length)
    for (const n of [1, 40, events.length]) expect(history.timeOf(n)).toBe(foldAll(events.slice(0, n)).t)
  })

  test('one goes from one thing of a kind to the next, and back the same way', () => {
    for (const stop of ['event', 'task', 'stage', 'job', 'failure'] as const) {
      const on: number[] = []
      for (let n: number | null = history.seek(0, stop, 1); n !== null; n = history.seek(n, stop, 1)) on.push(n)
      const back: number[] = []
      for (let n: number | null = history.seek(history.count + 1, stop, -1); n !== null && n > 0; n = history.seek(n, stop, -1)) back.push(n)
      expect(back.reverse(), stop).toEqual(on)
      expect(on.length, stop).toBeGreaterThan(0)
    }
  })

  test('they stop where it happened', () => {
    const tasks = events.flatMap((event, at) => (/Task(Start|End)$/.test(event.Event) ? [at + 1] : []))
    expect(history.seek(0, 'task', 1)).toBe(tasks[0])
    expect(history.seek(tasks[0]!, 'task', 1)).toBe(tasks[1])
    expect(history.seek(tasks[1]!, 'task', -1)).toBe(tasks[0])
    const job = history.seek(0, 'job', 1)!
    expect(events[job - 1]!.Event).toBe('SparkListenerJobStart')
    expect(history.at(job).jobs).toHaveLength(1)
    expect(history.at(job - 1).jobs).toHaveLength(0)
  })

  test('before the first of a kind is the beginning, but before the first failure is none', () => {
    const first = history.seek(0, 'failure', 1)!
    expect(history.seek(first, 'failure', -1)).toBeNull()
    expect(history.seek(history.seek(0, 'stage', 1)!, 'stage', -1)).toBe(0)
    expect(history.seek(0, 'event', -1)).toBeNull()
    expect(history.seek(history.count, 'event', 1)).toBeNull()
  })

  test('failures are what broke, not what only follows from it', () => {
    const failures = (log: ReturnType<typeof crashRun>): string[] => historyOf(log).marks.filter((mark) => mark.kind === 'failure').map((mark) => mark.says)
    expect(failures(crashRun()).map((says) => says.replace(/ at .*| could not.*| stopped:.*/, ''))).toEqual(['Executor 1 was killed (SIGKILL, exit code 137)', 'Task 0 of stage 1', 'Stage 1'])
    expect(failures(failsFourTimes()).filter((says) => /^Task/.test(says))).toHaveLength(4)
    expect(failures(crashInMapStage()).some((says) => /killed/.test(says))).toBe(true)
  })
})

describe('the time line', () => {
  const history = historyOf()
  const view = history.latest

  test('leaves room for what comes while the run goes on, and grows in steps', () => {
    expect(axisEnd(0, true)).toBe(10_000)
    expect(axisEnd(9_000, true)).toBe(10_000)
    expect(axisEnd(9_500, true)).toBe(13_000)
    expect(axisEnd(9_500, false)).toBe(9_500)
    expect(axisEnd(0, false)).toBe(1)
  })

  test('shows jobs and stage attempts from start to end', () => {
    const scale = trackScale(view.t, 1000)
    const spans = spansOf(view, view.t, scale)
    expect(spans.map((one) => `${one.label} ${one.state}`)).toEqual(['job 0 done', 'stage 0 done', 'stage 1 failed', 'stage 0, attempt 1 done', 'stage 1, attempt 1 done'])
    const job = view.jobs[0]!
    expect(scale.t(spans[0]!.x)).toBeCloseTo(job.startedAt)
    expect(scale.t(spans[0]!.x + spans[0]!.w)).toBeCloseTo(job.endedAt!)
  })

  test('puts what is too near together under one sign, which says how much there is', () => {
    const marks = [0, 1, 2, 500].map((t, at) => ({ kind: 'failure' as const, n: at + 1, t: t * 10, says: `It broke ${at}.` }))
    const signs = signsOf(marks, trackScale(10_000, 1016))
    expect(signs.map((sign) => sign.marks.length)).toEqual([3, 1])
    expect(signText(signs[0]!)).toBe('0.0 s: It broke 0. And 2 more close by.')
    expect(signText(signs[1]!)).toBe('5.0 s: It broke 3.')
    expect(signAt(signs, signs[1]!.x + 4)).toBe(signs[1])
    expect(signAt(signs, signs[1]!.x + 6)).toBeNull()
  })

  test('stays small however much happens', () => {
    const scale = trackScale(1e6, 1000)
    const marks = Array.from({ length: 100_000 }, (_, n) => ({ kind: n % 2 ? ('failure' as const) : ('fault' as const), n, t: n * 10, says: '' }))
    expect(signsOf(marks, scale).length).toBeLessThan(250)
    const jobs = Array.from({ length: 5000 }, (_, id) => ({ ...view.jobs[0]!, id, startedAt: id * 200, endedAt: id * 200 + 100 }))
    expect(spansOf({ ...view, jobs, stages: [] }, 1e6, scale).length).toBeLessThan(1000)
  })

  test('says where one is', () => {
    expect(agoText(3100, true)).toBe('3.10 s ago')
    expect(agoText(3100, false)).toBe('3.10 s before the end')
    expect(spokenMoment(history.latest, history.count, 7062, false, false)).toBe(`The end, 7.1 s, step ${history.count} of ${history.count}. The run is over: the program finished.`)
    const n = history.seek(0, 'failure', 1)!
    expect(spokenMoment(history.at(n), history.count, history.timeOf(n), true, true)).toMatch(new RegExp(`^4\\.0 s, step ${n} of ${history.count}\\. Executor 1 was killed`))
  })
})
