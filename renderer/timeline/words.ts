/** What the time line says. */
import type { Stop } from '../../engine/view/marks.ts'
import type { RunView } from '../../engine/view/types.ts'
import { storyText } from '../../engine/view/story.ts'
import { durationText, momentText } from '../state/lab-clock.ts'

/** In the order in which they are offered, with the keys that go back and on. */
export const STOPS: { stop: Stop; back: string; on: string }[] = [
  { stop: 'event', back: 'J', on: 'L' },
  { stop: 'task', back: 'Shift+J', on: 'Shift+L' },
  { stop: 'stage', back: 'U', on: 'O' },
  { stop: 'job', back: 'Shift+U', on: 'Shift+O' },
  { stop: 'failure', back: 'Shift+E', on: 'E' }
]

/** `3.1 s ago`, or before the end of a run that has ended. */
export function agoText(ms: number, going: boolean): string {
  return `${durationText(Math.max(0, ms))} ${going ? 'ago' : 'before the end'}`
}

export const backText = (going: boolean): string => (going ? 'Back to now' : 'To the end')

/** Said of the slider: where one is and what happened there last. */
export function spokenMoment(view: RunView, all: number, now: number, past: boolean, going: boolean): string {
  const last = view.story.at(-1)
  const where = past ? momentText(now) : going ? `Now, ${momentText(Math.floor(now / 1000) * 1000)}` : `The end, ${momentText(now)}`
  return `${where}, step ${view.count} of ${all}.${last ? ` ${storyText(last)}` : ''}`
}
