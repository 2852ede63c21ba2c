/** What a fault button strikes, and what it says while the answer is on its way. */
import type { FaultDescription } from '../../engine/lab-api.ts'
import type { Ref, RunView } from '../../engine/view/types.ts'
import { indexOfDriver, isDriver } from '../../engine/view/programs.ts'
import { isDead, isDriverItself } from '../map/layout.ts'

/** A fault asked for in this window and not yet answered by an event. */
export interface Pending {
  fault: string
  target: string
  /** Faults the view knew when the button was pressed: the answer is a later one. */
  known: number
  /** Where several programs run: whose. */
  app?: number
  appId?: string
}

/** Why no fault strikes while one looks back: what is on screen is not what would be struck. */
export const NOT_IN_THE_PAST = 'You are looking at the past, and a fault strikes now. Go back to now first (N).'

/** The selected executor when it lives, the selected task for a task fault, else `any`. */
export function targetFor(fault: FaultDescription, selected: Ref | null, view: RunView): string {
  if (fault.strikes === 'executor' && selected?.kind === 'actor') {
    const executor = view.executors.find((one) => `executor-${one.id}` === selected.id && (selected.appId === undefined || selected.appId === one.appId))
    if (executor && !isDead(executor)) return executor.id
  }
  if (fault.strikes === 'task' && selected?.kind === 'task') {
    const task = view.tasks.find((one) => one.id === selected.id && (selected.appId === undefined || selected.appId === one.appId))
    if (task) return `${task.stageId}.${task.partition}`
  }
  return 'any'
}

/** The number of the program that what is selected belongs to, from 1; undefined where one runs, and for a fault of the cluster. */
export function appFor(fault: FaultDescription, selected: Ref | null, view: RunView): number | undefined {
  if (view.programs.length <= 1 || fault.strikes === 'worker' || fault.strikes === 'master') return undefined
  if (selected === null || selected.kind === 'event') return undefined
  if (selected.kind === 'actor' && isDriver(selected.id)) return indexOfDriver(selected.id) + 1
  const app = view.apps.find((one) => one.appId === selected.appId)
  return app && indexOfDriver(app.driver) + 1
}

/** `Striking executor 2…` */
export function strikingText(fault: FaultDescription, target: string): string {
  if (fault.strikes === 'driver') return 'Striking the driver…'
  if (fault.strikes !== 'executor' && fault.strikes !== 'task') return `Striking ${target === 'any' ? STRIKES[fault.strikes] : target}…`
  if (target === 'any') return fault.strikes === 'task' ? 'The next task attempt will fail…' : 'Striking an executor…'
  return fault.strikes === 'task' ? `Task ${target} will fail in its next attempt…` : `Striking executor ${target}…`
}

/** Why a fault cannot strike in this run, in words; null when it can. In local mode there is nothing but the driver. */
export function whyNot(fault: FaultDescription, view: RunView): string | null {
  if (!view.executors.some((one) => isDriverItself(one) && one.end === null && one.appId === view.apps.at(-1)?.appId)) return null
  if (fault.strikes === 'executor') return 'Local mode: the driver runs the tasks itself, so there is no executor to strike.'
  if (fault.strikes === 'worker' || fault.strikes === 'master') return 'Local mode: there is no cluster manager and no worker.'
  return null
}

/** What a fault did, with who it struck: `Executor 1: SIGKILL to pid 77`. */
export function struckText(fault: RunView['faults'][number]): string {
  const who = /^(executor|worker)-(\d+)$/.exec(fault.target)
  const name = who ? `${who[1] === 'executor' ? 'Executor' : 'Worker'} ${who[2]}` : fault.target === 'driver' ? 'Driver' : fault.target === 'master' ? 'Master' : ''
  return name === '' ? fault.detail : fault.detail === '' ? name : `${name}: ${fault.detail}`
}

/** The event that answers a pending fault, if it has come. */
export function answerTo(pending: Pending, view: RunView): RunView['faults'][number] | null {
  return view.faults.slice(pending.known).find((one) => one.fault === pending.fault && one.state !== 'waiting') ?? null
}

/** The process a fault struck, to be looked at; null for a fault that struck no process. */
export function victimOf(fault: RunView['faults'][number], view: RunView): Ref | null {
  if (isDriver(fault.target)) return { kind: 'actor', id: fault.target }
  const executor = view.executors.findLast((one) => `executor-${one.id}` === fault.target && (fault.appId ?? one.appId) === one.appId)
  return executor ? { kind: 'actor', id: fault.target, appId: executor.appId } : null
}

export type When = 'now' | 'start' | 'stage' | 'task' | 'job' | 'time' | 'event'

export const WHEN_HINTS: Record<Exclude<When, 'now'>, { label: string; example: string }> = {
  start: { label: 'Start', example: '' },
  stage: { label: 'Stage', example: '1' },
  task: { label: 'Task', example: '1.2' },
  job: { label: 'Job', example: '1' },
  time: { label: 'Time', example: '2.5s' },
  event: { label: 'Event', example: 'SparkListenerTaskEnd:3' }
}

export const STRIKES: Record<FaultDescription['strikes'], string> = { executor: 'executor', driver: 'driver', worker: 'worker', master: 'Master', task: 'task', message: 'messages', block: 'blocks' }

export const targetLabel = (fault: FaultDescription): string => ({ executor: 'Executor', task: 'Task', worker: 'Worker', message: 'Message', block: 'Blocks', driver: 'Driver', master: 'Master' })[fault.strikes]

/** Has the fault all these words, anywhere in what is told of it? */
export function found(fault: FaultDescription, words: string): boolean {
  const all = `${fault.name} ${fault.title} ${STRIKES[fault.strikes]} ${fault.how} ${fault.follows} ${fault.sources.map((one) => `§${one}`).join(' ')}`.toLowerCase()
  return words.toLowerCase().split(/\s+/).every((word) => all.includes(word))
}

export interface Options {
  often: 'once' | 'times' | 'every'
  times: string
  heal: string
  given: Record<string, string>
}

/** What follows the moment on the command line: `times=2,repeat=3,heal=5s`. */
export function optionsText(fault: FaultDescription, { often, times, heal, given }: Options): string {
  const parameters = (fault.parameters ?? []).flatMap((one) => {
    const value = (given[one.name] ?? '').trim()
    return value === '' || value === one.default ? [] : [`${one.name}=${value}`]
  })
  const repeat = often === 'once' ? [] : [often === 'every' ? 'every' : `repeat=${times.trim()}`]
  return [...parameters, ...repeat, ...(heal.trim() === '' ? [] : [`heal=${heal.trim()}`])].join(',')
}

/** What is wrong with the options, in words; null when they can be used. */
export function optionsMistake(kind: When, { often, times, heal }: Options): string | null {
  if (kind === 'now' && often !== 'once') return 'Now comes only once: choose a moment that comes again.'
  if (often === 'times' && !/^[1-9]\d*$/.test(times.trim())) return 'Give the number of times, such as 3.'
  return heal.trim() === '' || /^\d+(\.\d+)?(ms|s|m)$/.test(heal.trim()) ? null : 'Give the time after which it heals, such as 5s, or nothing to heal it by hand.'
}

/** WHEN of the command line from the fields of the dialog; undefined is now. */
export function whenText(kind: When, value: string): string | undefined {
  const given = value.trim()
  if (kind === 'now') return undefined
  if (kind === 'start') return 'start'
  if (kind === 'time') return `time=${/[a-z]$/i.test(given) ? given : `${given}s`}`
  return `${kind}=${given}`
}

/** What is wrong with the field, in words; null when it can be used. */
export function whenMistake(kind: When, value: string): string | null {
  const given = value.trim()
  if (kind === 'now' || kind === 'start') return null
  if (kind === 'stage' || kind === 'job') return /^(\d+|any)$/.test(given) ? null : `Give the number of the ${kind}, or any.`
  if (kind === 'task') return /^(any|(\d+|any)\.(\d+|any))$/.test(given) ? null : 'Give the task as stage.partition, such as 1.2, or any.'
  if (kind === 'event') return /^[\w.]+(:\d+)?$/.test(given) ? null : 'Give the event by its name, such as SparkListenerTaskEnd:3 for the third one.'
  return /^\d+(\.\d+)?(ms|s)?$/.test(given) ? null : 'Give a time of the lab clock, such as 2.5s.'
}
