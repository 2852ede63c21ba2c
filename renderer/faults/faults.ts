/** What a fault button strikes, and what it says while the answer is on its way. */
import type { FaultDescription } from '../../engine/lab-api.ts'
import type { Ref, RunView } from '../../engine/view/types.ts'
import { isDead } from '../map/layout.ts'

/** A fault asked for in this window and not yet answered by an event. */
export interface Pending {
  fault: string
  target: string
  /** Faults the view knew when the button was pressed: the answer is a later one. */
  known: number
}

/** The selected executor when it lives, the selected task for a task fault, else `any`. */
export function targetFor(fault: FaultDescription, selected: Ref | null, view: RunView): string {
  if (fault.strikes === 'executor' && selected?.kind === 'actor') {
    const executor = view.executors.find((one) => `executor-${one.id}` === selected.id && (selected.appId === undefined || selected.appId === one.appId))
    if (executor && !isDead(executor)) return executor.id
  }
  if (fault.strikes === 'task' && selected?.kind === 'task') {
    const task = view.tasks.find((one) => one.id === selected.id)
    if (task) return `${task.stageId}.${task.partition}`
  }
  return 'any'
}

/** `Striking executor 2…` */
export function strikingText(fault: FaultDescription, target: string): string {
  if (fault.strikes === 'driver') return 'Striking the driver…'
  if (target === 'any') return fault.strikes === 'task' ? 'The next task attempt will fail…' : 'Striking an executor…'
  return fault.strikes === 'task' ? `Task ${target} will fail in its next attempt…` : `Striking executor ${target}…`
}

/** The event that answers a pending fault, if it has come. */
export function answerTo(pending: Pending, view: RunView): RunView['faults'][number] | null {
  return view.faults.slice(pending.known).find((one) => one.fault === pending.fault && one.state !== 'waiting') ?? null
}

/** The process a fault struck, to be looked at; null for a fault that struck no process. */
export function victimOf(fault: RunView['faults'][number], view: RunView): Ref | null {
  if (fault.target === 'driver') return { kind: 'actor', id: 'driver' }
  const executor = view.executors.findLast((one) => `executor-${one.id}` === fault.target)
  return executor ? { kind: 'actor', id: fault.target, appId: executor.appId } : null
}

/** WHEN of the command line from the fields of the dialog; undefined is now. */
export function whenText(kind: 'now' | 'start' | 'stage' | 'task' | 'job' | 'time', value: string): string | undefined {
  const given = value.trim()
  if (kind === 'now') return undefined
  if (kind === 'start') return 'start'
  if (kind === 'time') return `time=${/[a-z]$/i.test(given) ? given : `${given}s`}`
  return `${kind}=${given}`
}

/** What is wrong with the field, in words; null when it can be used. */
export function whenMistake(kind: 'now' | 'start' | 'stage' | 'task' | 'job' | 'time', value: string): string | null {
  const given = value.trim()
  if (kind === 'now' || kind === 'start') return null
  if (kind === 'stage' || kind === 'job') return /^\d+$/.test(given) ? null : `Give the number of the ${kind}.`
  if (kind === 'task') return /^\d+\.\d+$/.test(given) ? null : 'Give the task as stage.partition, such as 1.2.'
  return /^\d+(\.\d+)?(ms|s)?$/.test(given) ? null : 'Give a time of the lab clock, such as 2.5s.'
}
