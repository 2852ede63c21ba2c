/** Reads a fault as given to --fault, in a scenario or by a button: `NAME[:TARGET][@WHEN][,OPTION…]`. */
import { FAULT_NAMES, faultNamed, type FaultName, type NamedFault } from './index.ts'
import { shownElsewhere } from './elsewhere.ts'
import { FaultTextError } from './fault-text-error.ts'
import { nearest } from './nearest.ts'
import { parseOptions, type FaultOptions } from './options.ts'
import { parseTarget, targetText, type FaultTarget } from './targets.ts'
import { takeWhen, type FaultWhen } from './whens.ts'

export { FaultTextError } from './fault-text-error.ts'
export { momentText } from './options.ts'
export { targetText, type FaultTarget } from './targets.ts'
export { whenText, type FaultWhen } from './whens.ts'

export interface ParsedFault extends FaultOptions {
  fault: FaultName
  target: FaultTarget
  when: FaultWhen
  /** As it was written, trimmed. */
  text: string
}

/**
 * Without `:TARGET` the target is `any` (the driver for faults of the driver); without `@WHEN` it is now: before a run begins that means as soon as there is somebody to strike.
 * Options follow with commas or spaces: parameters of the fault, `repeat=N` or `every`, `heal=5s`.
 * @throws FaultTextError
 */
export function parseFault(text: string): ParsedFault {
  const whole = text.trim()
  if (whole === '') throw new FaultTextError('The fault is empty. Write NAME[:TARGET]@WHEN, for example crash-executor@stage=1.')
  const written = whole.replace(/\s+at\s+/, '@')
  const at = written.indexOf('@')
  const [subject = '', ...before] = words(at === -1 ? written : written.slice(0, at))
  const after = at === -1 ? [] : words(written.slice(at + 1))
  const colon = subject.indexOf(':')
  const fault = parseName(colon === -1 ? subject : subject.slice(0, colon), whole)
  const target = parseTarget(fault, colon === -1 ? undefined : subject.slice(colon + 1), whole)
  const when: FaultWhen = at === -1 ? { at: 'now' } : takeWhen(fault, after, whole)
  const options = parseOptions(fault, when, [...before, ...after])
  return { fault: fault.name, ...(fault.strikes === 'task' ? whichTask(fault, target, when, whole) : { target, when }), ...options, text: whole }
}

const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '')

/** A task that has started cannot be the next attempt any more: `@task=S.P` chooses that task from the start. */
function whichTask(fault: NamedFault, target: FaultTarget, when: FaultWhen, whole: string): { target: FaultTarget; when: FaultWhen } {
  if (when.at !== 'task' || when.stage === 'any' || when.partition === 'any') return { target, when }
  const task: FaultTarget = { kind: 'task', stage: when.stage, partition: when.partition }
  if (target.kind === 'executor') throw new FaultTextError(`"${whole}" names an executor and a task. For ${fault.name} write ${fault.name}:${targetText(task)}@start.`)
  if (target.kind === 'task' && targetText(target) !== targetText(task)) return { target, when }
  return { target: task, when: { at: 'start' } }
}

function parseName(name: string, whole: string): NamedFault {
  const found = faultNamed(name)
  if (found) return found
  if (name === '') throw new FaultTextError(`"${whole}" has no fault name. The faults are: ${FAULT_NAMES.join(', ')}.`)
  const elsewhere = shownElsewhere(name)
  if (elsewhere !== undefined) throw new FaultTextError(elsewhere)
  const near = nearest(name, FAULT_NAMES)
  throw new FaultTextError(`There is no fault named "${name}".${near ? ` Did you mean ${near}?` : ''} The faults are: ${FAULT_NAMES.join(', ')}.`)
}
