/** Reads a fault as given to --fault, in a scenario or by a button: `NAME[:TARGET][@WHEN]`. */
import { FAULT_NAMES, faultNamed, type FaultName } from './index.ts'
import { nearest } from './nearest.ts'

export type FaultTarget =
  /** Whichever runs most. */
  | { kind: 'any' }
  | { kind: 'executor'; id: string }
  | { kind: 'driver' }
  /** A task: an executor fault strikes the executor that runs it. */
  | { kind: 'task'; stage: number; partition: number }

export type FaultWhen =
  | { at: 'now' }
  | { at: 'start' }
  | { at: 'job'; job: number }
  /** `first` tells what is waited for: the stage's submission, or its first running task (what strikes an executor needs one that runs the stage). */
  | { at: 'stage'; stage: number; first: 'submission' | 'task' }
  /** As it starts running. */
  | { at: 'task'; stage: number; partition: number }
  /** Lab time, ms. */
  | { at: 'time'; ms: number }

export interface ParsedFault {
  fault: FaultName
  target: FaultTarget
  when: FaultWhen
  /** As it was written, trimmed. */
  text: string
}

/** A fault argument that cannot be understood. The message names the part that is wrong and what would be right. */
export class FaultTextError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'FaultTextError'
  }
}

const WHENS = 'start, job=N, stage=N, task=STAGE.PARTITION or time=2.5s'

/**
 * Without `:TARGET` the target is `any` (the driver for faults of the driver); without `@WHEN` it is now.
 * @throws FaultTextError
 */
export function parseFault(text: string): ParsedFault {
  const whole = text.trim()
  if (whole === '') throw new FaultTextError('The fault is empty. Write NAME[:TARGET]@WHEN, for example crash-executor@stage=1.')
  const at = whole.indexOf('@')
  const subject = at === -1 ? whole : whole.slice(0, at)
  const colon = subject.indexOf(':')
  const fault = parseName(colon === -1 ? subject : subject.slice(0, colon), whole)
  const target = parseTarget(fault, colon === -1 ? undefined : subject.slice(colon + 1), whole)
  const when = parseWhen(fault, at === -1 ? undefined : whole.slice(at + 1), whole)
  return { fault, ...(fault === 'fail-task' ? failWhichTask(target, when, whole) : { target, when }), text: whole }
}

/** A task that has started cannot be the next attempt any more: `@task=S.P` chooses that task from the start. */
function failWhichTask(target: FaultTarget, when: FaultWhen, whole: string): { target: FaultTarget; when: FaultWhen } {
  if (when.at !== 'task') return { target, when }
  const task: FaultTarget = { kind: 'task', stage: when.stage, partition: when.partition }
  if (target.kind === 'executor') throw new FaultTextError(`"${whole}" names an executor and a task. For fail-task write fail-task:${targetText(task)}@start.`)
  if (target.kind === 'task' && targetText(target) !== targetText(task)) return { target, when }
  return { target: task, when: { at: 'start' } }
}

/** The target as it is written: `any`, `driver`, `2`, `1.3`. */
export function targetText(target: FaultTarget): string {
  if (target.kind === 'executor') return target.id
  return target.kind === 'task' ? `${target.stage}.${target.partition}` : target.kind
}

/** The moment as it is written: `now`, `stage=1`, `time=2.5s`. */
export function whenText(when: FaultWhen): string {
  switch (when.at) {
    case 'job':
      return `job=${when.job}`
    case 'stage':
      return `stage=${when.stage}`
    case 'task':
      return `task=${when.stage}.${when.partition}`
    case 'time':
      return `time=${when.ms / 1000}s`
    default:
      return when.at
  }
}

function parseName(name: string, whole: string): FaultName {
  const found = faultNamed(name)
  if (found) return found.name
  const near = nearest(name, FAULT_NAMES)
  if (name === '') throw new FaultTextError(`"${whole}" has no fault name. The faults are: ${FAULT_NAMES.join(', ')}.`)
  throw new FaultTextError(`There is no fault named "${name}".${near ? ` Did you mean ${near}?` : ''} The faults are: ${FAULT_NAMES.join(', ')}.`)
}

function parseTarget(fault: FaultName, text: string | undefined, whole: string): FaultTarget {
  const driver = faultNamed(fault)!.strikes === 'driver'
  if (text === undefined) return driver ? { kind: 'driver' } : { kind: 'any' }
  if (text === '') throw new FaultTextError(`"${whole}" has a colon but no target after it. ${targetsOf(fault, driver)}`)
  if (driver) {
    if (text === 'driver' || text === 'any') return { kind: 'driver' }
    throw new FaultTextError(`${fault} cannot strike "${text}". ${targetsOf(fault, driver)}`)
  }
  if (text === 'any') return { kind: 'any' }
  if (text === 'driver') throw new FaultTextError(`${fault} cannot strike the driver. ${targetsOf(fault, driver)}`)
  const task = /^(\d+)\.(\d+)$/.exec(text)
  if (task) return { kind: 'task', stage: Number(task[1]), partition: Number(task[2]) }
  const executor = /^(?:executor-)?(\d+)$/.exec(text)
  if (executor) return { kind: 'executor', id: String(Number(executor[1])) }
  throw new FaultTextError(`"${text}" is not a target. ${targetsOf(fault, driver)}`)
}

function targetsOf(fault: FaultName, driver: boolean): string {
  if (driver) return `${fault} strikes the driver: leave the target out, or write driver.`
  return 'Write an executor id (2), a task as STAGE.PARTITION (1.3), or any.'
}

function parseWhen(fault: FaultName, text: string | undefined, whole: string): FaultWhen {
  if (text === undefined) return { at: 'now' }
  if (text === '') throw new FaultTextError(`"${whole}" has an @ but no moment after it. Write ${WHENS}.`)
  const equals = text.indexOf('=')
  const kind = equals === -1 ? text : text.slice(0, equals)
  const value = equals === -1 ? undefined : text.slice(equals + 1)
  switch (kind) {
    case 'start':
    case 'now':
      if (value !== undefined) throw new FaultTextError(`"${kind}" takes no value: write @${kind}.`)
      return { at: kind }
    case 'job':
      return { at: 'job', job: wholeNumber('job', value) }
    case 'stage':
      return { at: 'stage', stage: wholeNumber('stage', value), first: faultNamed(fault)!.strikes === 'executor' ? 'task' : 'submission' }
    case 'task': {
      const task = /^(\d+)\.(\d+)$/.exec(value ?? '')
      if (!task) throw new FaultTextError(`${value ? `"${value}" is not a task.` : 'The task is missing.'} Write task=STAGE.PARTITION, for example task=1.3.`)
      return { at: 'task', stage: Number(task[1]), partition: Number(task[2]) }
    }
    case 'time':
      return { at: 'time', ms: duration(value) }
    default: {
      const near = nearest(kind, ['start', 'job', 'stage', 'task', 'time', 'now'])
      throw new FaultTextError(`"${text}" is not a moment.${near ? ` Did you mean ${near}?` : ''} Write ${WHENS}.`)
    }
  }
}

function wholeNumber(kind: string, value: string | undefined): number {
  if (value !== undefined && /^\d+$/.test(value)) return Number(value)
  throw new FaultTextError(`${value ? `"${value}" is not the number of a ${kind}.` : `The number of the ${kind} is missing.`} Write ${kind}=N, counted from 0.`)
}

function duration(value: string | undefined): number {
  const parts = /^(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)$/i.exec(value ?? '')
  if (!parts) throw new FaultTextError(`${value ? `"${value}" is not a time.` : 'The time is missing.'} Write time=2.5s, time=500ms or time=1m.`)
  const unit = { ms: 1, s: 1000, m: 60_000, min: 60_000 }[parts[2]!.toLowerCase()]
  if (unit === undefined) throw new FaultTextError(`${parts[2] === '' ? `"${value}" has no unit.` : `"${parts[2]}" is not a unit of time.`} Write time=2.5s, time=500ms or time=1m.`)
  return Number(parts[1]) * unit
}
