/** Sentences about faults: who asked, what was struck. */
import { firstLine } from '../events/failure-text.ts'
import { faultTitle } from './fault-titles.ts'
import type { Tellers } from './story.ts'
import type { RunView } from './types.ts'
import { driver, executor, named, stage, storyLine, type Part } from './words.ts'

export const faultStory: Tellers = {
  'kindling.FaultRequested'(_view, event) {
    const now = event.when === '' || event.when === 'now'
    if (event.by === 'window') {
      const whom = event.target === 'any' || event.target === '' || event.target === 'driver' ? [] : [': ', ...targetParts(event.target)]
      return storyLine(event, 'you', 1, [`You pressed ${faultTitle(event.fault)}`, ...whom, now ? '.' : `, to strike at ${event.when}.`])
    }
    return storyLine(event, 'you', 2, [`Fault ${event.fault}, as asked ${askedWhere(event.by)}, waits for ${now ? 'its turn' : event.when}.`])
  },

  'kindling.FaultStruck'(view, event) {
    const asked = view.faults.find((fault) => fault.faultId === event.faultId)
    const detail = event.detail ? ` (${firstLine(event.detail)})` : ''
    const strikes: Part[] = [' strikes ', ...targetParts(event.target), `${detail}.`]
    if (asked?.by === 'window') {
      const now = asked.when === undefined || asked.when === '' || asked.when === 'now'
      return storyLine(event, 'you', now ? 2 : 1, [`Fault ${event.fault}`, ...strikes])
    }
    return storyLine(event, 'you', 1, [`Fault ${event.fault}${asked?.by ? `, as asked ${askedWhere(asked.by)},` : ''}`, ...strikes])
  },

  'kindling.FaultFailed'(_view, event) {
    return storyLine(event, 'you', 1, [`Fault ${event.fault} struck nothing: ${firstLine(event.reason)}.`])
  }
}

const askedWhere = (by: NonNullable<RunView['faults'][number]['by']>): string => ({ window: 'in the window', cli: 'on the command line', scenario: 'by the lesson' })[by]

/** Targets come as `2`, `executor-2`, `1.3`, `driver`, `any`. */
function targetParts(target: string): Part[] {
  const task = /^(\d+)\.(\d+)$/.exec(target)
  if (task) return [`task ${task[2]} of `, stage(Number(task[1]), 0)]
  if (/^\d+$/.test(target)) return [executor(target)]
  if (target === 'driver') return [driver()]
  if (target === 'any' || target === '') return ['the next one it can']
  return [/^(executor-\d+|worker-\d+|master)$/.test(target) ? named(target) : target]
}
