/**
 * The fold changes its view in place; the window tells a change by identity. A snapshot gives everything
 * that can change a new identity, one level deep. Tasks keep theirs, since there may be very many: what
 * shows a single task copies it.
 */
import type { RunView } from '../../engine/view/types.ts'

const copies = <T extends object>(list: readonly T[]): T[] => list.map((one) => ({ ...one }))

export function snapshot(view: RunView): RunView {
  return {
    ...view,
    clock: { ...view.clock },
    master: view.master && { ...view.master },
    apps: copies(view.apps),
    workers: copies(view.workers),
    drivers: copies(view.drivers),
    executors: view.executors.map((one) => ({ ...one, slots: [...one.slots] })),
    jobs: copies(view.jobs),
    executions: copies(view.executions),
    lines: { ...view.lines },
    stages: view.stages.map((one) => ({ ...one, counts: { ...one.counts } })),
    tasks: view.tasks.slice(),
    output: view.output.slice(),
    messages: view.messages.slice(),
    faults: copies(view.faults),
    losses: copies(view.losses),
    exceptions: view.exceptions.slice(),
    story: view.story.slice()
  }
}
