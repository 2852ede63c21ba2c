/** Sentences about faults: who asked, what was struck, what was healed, and what the struck then did. */
import { firstLine } from '../events/failure-text.ts'
import { faultTitle, whyNothing } from './fault-titles.ts'
import type { Tellers } from './story.ts'
import { isDriver } from './programs.ts'
import type { RunView } from './types.ts'
import { driver, duration, executor, named, stage, storyLine, type Part } from './words.ts'

export const faultStory: Tellers = {
  'kindling.FaultRequested'(_view, event) {
    const now = isNow(event.when)
    if (event.by === 'window') {
      const whom = event.target === 'any' || event.target === '' || event.target === 'driver' || event.target === 'master' ? [] : [': ', ...targetParts(event.target)]
      return storyLine(event, 'you', 1, [`You pressed ${faultTitle(event.fault)}`, ...whom, now ? '.' : `, to strike at ${event.when}.`])
    }
    return storyLine(event, 'you', 2, [`Fault ${event.fault}, as asked ${askedWhere(event.by)}, waits for ${now ? 'its turn' : event.when}.`])
  },

  'kindling.FaultWaiting'(_view, event) {
    return storyLine(event, 'you', 2, [`Fault ${event.fault}: its moment has come, and it waits on. ${firstLine(event.reason)}`])
  },

  'kindling.FaultStruck'(view, event) {
    const asked = view.faults.find((fault) => fault.faultId === event.faultId)
    const detail = event.detail ? ` (${firstLine(event.detail)})` : ''
    const strikes: Part[] = [' strikes ', ...targetParts(event.target), `${detail}${event.lasting === true ? ', until it is healed.' : '.'}`]
    // Where one has named whom to strike, and when is now, the press has said it.
    if (asked?.by === 'window') return storyLine(event, 'you', isNow(asked.when ?? '') && namesOne(asked.target) ? 2 : 1, [faultTitle(event.fault), ...strikes])
    return storyLine(event, 'you', 1, [`Fault ${event.fault}${asked?.by ? `, as asked ${askedWhere(asked.by)},` : ''}`, ...strikes])
  },

  'kindling.FaultFailed'(_view, event) {
    return storyLine(event, 'you', 1, [`Fault ${event.fault} struck nothing: ${whyNothing(event.reason)}.`])
  },

  'kindling.FaultHealed'(_view, event) {
    const fault = faultTitle(event.fault)
    if (event.by === 'end') return storyLine(event, 'you', 2, [`${fault} is over: ${firstLine(event.detail)}.`])
    const parts: Part[] = [event.by === 'window' ? `You healed ${fault}` : `${fault} heals after its time`, ': ', ...targetParts(event.target)]
    return storyLine(event, 'good', 1, [...parts, event.detail === '' ? '.' : `. ${sentence(event.detail)}`])
  },

  'kindling.MessageStruck'(_view, event) {
    const about = event.about === undefined ? '' : ` (${event.about})`
    const what = event.delayMs === undefined ? 'is lost on its way' : `is late by ${duration(event.delayMs)} on its way`
    return storyLine(event, 'bad', 1, [`A ${event.kind} message${about} ${what} from `, named(event.from), ' to ', named(event.to), '.'])
  }
}

const isNow = (when: string): boolean => when === '' || /^now\b/.test(when)

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`

const namesOne = (target: string): boolean => target !== 'any' && target !== ''

const askedWhere = (by: NonNullable<RunView['faults'][number]['by']>): string => ({ window: 'in the window', cli: 'on the command line', scenario: 'by the lesson' })[by]

/** Targets come as `2`, `executor-2`, `1.3`, `driver`, `any`. */
function targetParts(target: string): Part[] {
  const task = /^(\d+)\.(\d+)$/.exec(target)
  if (task) return [`task ${task[2]} of `, stage(Number(task[1]), 0)]
  if (/^\d+$/.test(target)) return [executor(target)]
  if (isDriver(target)) return [driver()]
  if (target === 'any' || target === '') return ['the next one it can']
  return [/^(executor-\d+|worker-\d+|master)$/.test(target) ? named(target) : target]
}
