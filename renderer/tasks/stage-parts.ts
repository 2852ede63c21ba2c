/** How far a stage is, as shares of its bar. */
import type { StageView } from '../../engine/view/types.ts'

export interface StagePart {
  name: 'done' | 'running'
  share: number
}

export function stageParts(stage: StageView): StagePart[] {
  const whole = Math.max(1, stage.tasks)
  const done = Math.min(whole, stage.counts.done)
  const running = Math.min(whole - done, stage.counts.running)
  return [
    { name: 'done' as const, share: (100 * done) / whole },
    { name: 'running' as const, share: (100 * running) / whole }
  ].filter((part) => part.share > 0)
}
