/** What stands where on the time line, in pixels; no drawing here. */
import type { Mark } from '../../engine/view/marks.ts'
import type { RunView } from '../../engine/view/types.ts'
import { timeScale, type TimeScale } from '../tasks/time-axis.ts'

/** A job or a stage, from its start to its end, or to now. */
export interface Span {
  kind: 'job' | 'stage'
  key: string
  label: string
  state: 'running' | 'done' | 'failed'
  x: number
  w: number
}

/** Marks of one kind too near to one another to be told apart are one sign. */
export interface Sign {
  kind: 'failure' | 'fault'
  x: number
  marks: Mark[]
}

/** Least pixels between two signs of a kind. */
const APART = 9
/** The axis of a run that goes on: it grows in steps, so that what stands on it rarely moves. */
const SHORTEST = 10_000
const GROWS = 1.3
const ROOM_AHEAD = 0.94

/**
 * Lab time at the right end of the time line, ms.
 * @param going true while the run goes on: then there is room for what comes.
 */
export function axisEnd(now: number, going: boolean): number {
  if (!going) return Math.max(1, now)
  let end = SHORTEST
  while (now > end * ROOM_AHEAD) end *= GROWS
  return end
}

export const trackScale = (end: number, width: number): TimeScale => timeScale(0, end, 8, width - 8)

/** Jobs and stage attempts that can be seen: of those in the same pixel the first. */
export function spansOf(view: RunView, now: number, scale: TimeScale): Span[] {
  const spans: Span[] = []
  const put = (span: Omit<Span, 'x' | 'w'>, from: number, to: number | null): void => {
    const x = scale.x(from)
    const last = spans.at(-1)
    const w = Math.max(2, scale.x(to ?? Math.max(now, from)) - x)
    if (last?.kind === span.kind && w < 3 && Math.abs(last.x - x) < 1) return
    spans.push({ ...span, x, w })
  }
  for (const job of view.jobs) put({ kind: 'job', key: `job ${job.appId} ${job.id}`, label: `job ${job.id}`, state: job.state === 'succeeded' ? 'done' : job.state }, job.startedAt, job.endedAt)
  for (const stage of view.stages) {
    if (stage.submittedAt === null) continue
    const state = stage.state === 'failed' ? 'failed' : stage.endedAt === null ? 'running' : 'done'
    put({ kind: 'stage', key: `stage ${stage.appId} ${stage.id}.${stage.attempt}`, label: `stage ${stage.id}${stage.attempt > 0 ? `, attempt ${stage.attempt}` : ''}`, state }, stage.submittedAt, stage.endedAt)
  }
  return spans
}

/** Failures and faults as signs, in the order of time. */
export function signsOf(marks: readonly Mark[], scale: TimeScale): Sign[] {
  const signs: Sign[] = []
  const last: Partial<Record<Sign['kind'], Sign>> = {}
  for (const mark of marks) {
    const { kind } = mark
    if (kind !== 'failure' && kind !== 'fault') continue
    const x = scale.x(mark.t)
    const near = last[kind]
    if (near && x - near.x < APART) near.marks.push(mark)
    else signs.push((last[kind] = { kind, x, marks: [mark] }))
  }
  return signs
}

/** The sign under a pixel: a click near it means its moment. */
export function signAt(signs: readonly Sign[], x: number): Sign | null {
  let best: Sign | null = null
  for (const sign of signs) if (Math.abs(sign.x - x) <= 5 && (best === null || Math.abs(sign.x - x) < Math.abs(best.x - x))) best = sign
  return best
}

/** What a sign says when one points at it. */
export function signText(sign: Sign): string {
  const first = sign.marks[0]!
  const rest = sign.marks.length - 1
  return `${(first.t / 1000).toFixed(1)} s: ${first.says}${rest > 0 ? ` And ${rest} more close by.` : ''}`
}
