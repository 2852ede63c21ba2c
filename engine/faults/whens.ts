/** What stands behind the `@`: the moment a fault waits for. */
import { eventNamed, eventText, EVENT_NAMES, type AwaitableEvent } from './event-names.ts'
import { FaultTextError } from './fault-text-error.ts'
import type { NamedFault } from './index.ts'
import { nearest } from './nearest.ts'
import { duration, durationText } from './times.ts'

export type FaultWhen =
  | { at: 'now' }
  | { at: 'start' }
  | { at: 'job'; job: number | 'any' }
  /** `first` tells what is waited for: the stage's submission, or its first running task (what strikes an executor needs one that runs the stage). */
  | { at: 'stage'; stage: number | 'any'; first: 'submission' | 'task' }
  /** As it starts running. */
  | { at: 'task'; stage: number | 'any'; partition: number | 'any' }
  /** Lab time, ms. */
  | { at: 'time'; ms: number }
  /** The `count`-th such event from the asking on. */
  | { at: 'event'; event: AwaitableEvent; count: number }

const KINDS = ['start', 'job', 'stage', 'task', 'time', 'event', 'now']
const WHENS = 'start, job=N, stage=N, task=STAGE.PARTITION, time=2.5s or event=NAME:N'

/** The moment as it is written: `now`, `stage=1`, `time=2.5s`, `event=SparkListenerTaskEnd:3`. */
export function whenText(when: FaultWhen): string {
  switch (when.at) {
    case 'job':
      return `job=${when.job}`
    case 'stage':
      return `stage=${when.stage}`
    case 'task':
      return when.stage === 'any' && when.partition === 'any' ? 'task=any' : `task=${when.stage}.${when.partition}`
    case 'time':
      return `time=${durationText(when.ms)}`
    case 'event':
      return `event=${eventText(when.event)}${when.count === 1 ? '' : `:${when.count}`}`
    default:
      return when.at
  }
}

/**
 * Takes the moment from the front of `words`; `stage 1` may stand for `stage=1`.
 * @throws FaultTextError
 */
export function takeWhen(fault: NamedFault, words: string[], whole: string): FaultWhen {
  const text = words.shift()
  if (text === undefined) throw new FaultTextError(`"${whole}" has an @ but no moment after it. Write ${WHENS}.`)
  const equals = text.indexOf('=')
  const kind = equals === -1 ? text : text.slice(0, equals)
  // A value may follow as a word of its own, unless that word is an option.
  const next = (): string | undefined => (words[0] === undefined || /=|^(repeat|every|heal)$/.test(words[0]) ? undefined : words.shift())
  const value = (): string | undefined => (equals === -1 ? next() : text.slice(equals + 1))
  switch (kind) {
    case 'start':
    case 'now':
      if (equals !== -1) throw new FaultTextError(`"${kind}" takes no value: write @${kind}.`)
      return { at: kind }
    case 'job':
      return { at: 'job', job: number('job', value()) }
    case 'stage':
      return { at: 'stage', stage: number('stage', value()), first: fault.strikes === 'executor' ? 'task' : 'submission' }
    case 'task':
      return parseTask(value())
    case 'time':
      return { at: 'time', ms: duration('time', value()) }
    case 'event':
      return parseEvent(value(), next)
    default: {
      const near = nearest(kind, KINDS)
      throw new FaultTextError(`"${text}" is not a moment.${near ? ` Did you mean ${near}?` : ''} Write ${WHENS}.`)
    }
  }
}

/** Can this moment come again? */
export const comesAgain = (when: FaultWhen): boolean => when.at !== 'now'

function parseTask(value: string | undefined): FaultWhen {
  if (value === 'any') return { at: 'task', stage: 'any', partition: 'any' }
  const task = /^(\d+|any)\.(\d+|any)$/.exec(value ?? '')
  if (!task) throw new FaultTextError(`${value ? `"${value}" is not a task.` : 'The task is missing.'} Write task=STAGE.PARTITION, for example task=1.3, or task=any.`)
  const of = (text: string): number | 'any' => (text === 'any' ? 'any' : Number(text))
  return { at: 'task', stage: of(task[1]!), partition: of(task[2]!) }
}

function parseEvent(value: string | undefined, next: () => string | undefined): FaultWhen {
  const right = 'Write event=NAME or event=NAME:N, for example event=SparkListenerTaskEnd:3.'
  if (value === undefined || value === '') throw new FaultTextError(`The event is missing. ${right}`)
  const colon = value.indexOf(':')
  const name = colon === -1 ? value : value.slice(0, colon)
  const event = eventNamed(name)
  if (event === undefined) {
    const known = EVENT_NAMES.map(eventText)
    const near = nearest(name, known)
    throw new FaultTextError(`There is no event "${name}" to wait for.${near ? ` Did you mean ${near}?` : ''} The events are: ${known.join(', ')}.`)
  }
  const count = colon === -1 ? next() : value.slice(colon + 1)
  if (count !== undefined && !/^[1-9]\d*$/.test(count)) throw new FaultTextError(`"${count}" does not say which ${eventText(event)}. ${right}`)
  return { at: 'event', event, count: Number(count ?? 1) }
}

function number(kind: string, value: string | undefined): number | 'any' {
  if (value === 'any') return 'any'
  if (value !== undefined && /^\d+$/.test(value)) return Number(value)
  throw new FaultTextError(`${value ? `"${value}" is not the number of a ${kind}.` : `The number of the ${kind} is missing.`} Write ${kind}=N, counted from 0, or ${kind}=any.`)
}
