/** When a waiting fault strikes, and whom: pure, so that the real lab and a simulated one agree. */
import type { ChildToLab } from '../world/messages.ts'
import { faultNamed } from './index.ts'
import type { FaultWhen, ParsedFault } from './parse.ts'

/** Something a fault may wait for: what a driver tells of itself, the run's start, or lab time passing. */
export type FaultMoment = Extract<ChildToLab, { type: 'Moment' }>['moment'] | { kind: 'start' } | { kind: 'time'; /** lab ms */ t: number }

/** Is this the moment? A fault for now matches any. */
export function matchesMoment(when: FaultWhen, moment: FaultMoment): boolean {
  switch (when.at) {
    case 'now':
      return true
    case 'start':
      return moment.kind === 'start'
    case 'time':
      return moment.kind === 'time' && moment.t >= when.ms
    case 'job':
      return moment.kind === 'job' && moment.job === when.job
    case 'stage':
      return moment.kind === (when.first === 'task' ? 'task' : 'stage') && moment.stage === when.stage
    case 'task':
      return moment.kind === 'task' && moment.stage === when.stage && moment.partition === when.partition
  }
}

export interface StrikeableExecutor {
  id: string
  /** The process runs and the driver has not given it up. */
  alive: boolean
  running: { taskId: number; stage: number; partition: number }[]
}

export interface Situation {
  driverAlive: boolean
  executors: readonly StrikeableExecutor[]
  /** What made it strike, when it waited for something. */
  moment?: FaultMoment
}

export type Choice =
  | { strike: 'driver' }
  | { strike: 'executor'; executorId: string }
  /** Fail the next attempt of this task, or of any that fits; without fields, any task. */
  | { strike: 'task'; stage?: number; partition?: number; executorId?: string }
  /** Nothing to strike yet: it may come. The text says what is missing. */
  | { strike: 'wait'; message: string }
  /** Nothing to strike, and nothing will come by waiting. */
  | { strike: 'nothing'; message: string }

/**
 * Whom a fault strikes now. A chosen executor is that one; a task is the executor that runs it; for a stage
 * or task as moment one that is running it; otherwise the one that runs most tasks, the lowest id among equals.
 */
export function chooseTarget(fault: ParsedFault, situation: Situation): Choice {
  const { target, when } = fault
  if (target.kind === 'driver') {
    return situation.driverAlive ? { strike: 'driver' } : { strike: 'nothing', message: 'There is no driver running.' }
  }
  if (faultNamed(fault.fault)!.strikes === 'task') return chooseTask(fault, situation)

  const alive = situation.executors.filter((executor) => executor.alive)
  if (target.kind === 'executor') {
    if (alive.some((executor) => executor.id === target.id)) return { strike: 'executor', executorId: target.id }
    if (situation.executors.some((executor) => executor.id === target.id)) return { strike: 'nothing', message: `Executor ${target.id} is already gone.` }
    const message = `There is no executor ${target.id}.${alive.length > 0 ? ` Alive now: ${alive.map((e) => e.id).join(', ')}.` : ''}`
    return when.at === 'now' ? { strike: 'nothing', message } : { strike: 'wait', message }
  }
  const wanted = target.kind === 'task' ? target : when.at === 'stage' || when.at === 'task' ? when : null
  if (wanted) {
    const partition = 'partition' in wanted ? wanted.partition : undefined
    const runners = alive.filter((executor) => executor.running.some((task) => task.stage === wanted.stage && (partition === undefined || task.partition === partition)))
    // The moment itself names the executor, and may be ahead of the list.
    const told = situation.moment?.kind === 'task' && situation.moment.stage === wanted.stage && (partition === undefined || situation.moment.partition === partition) ? situation.moment.executorId : undefined
    if (told !== undefined && alive.some((executor) => executor.id === told)) return { strike: 'executor', executorId: told }
    const best = busiest(runners)
    if (best) return { strike: 'executor', executorId: best.id }
    const what = partition === undefined ? `stage ${wanted.stage}` : `task ${wanted.stage}.${partition}`
    const message = `No executor is running ${what}.`
    return target.kind === 'task' && when.at === 'now' ? { strike: 'nothing', message } : { strike: 'wait', message }
  }
  const best = busiest(alive)
  if (best) return { strike: 'executor', executorId: best.id }
  const message = 'There is no executor alive.'
  return when.at === 'now' ? { strike: 'nothing', message } : { strike: 'wait', message }
}

function chooseTask(fault: ParsedFault, situation: Situation): Choice {
  if (!situation.driverAlive) return { strike: 'nothing', message: 'There is no driver running, so there are no tasks.' }
  const { target, when } = fault
  if (target.kind === 'task') return { strike: 'task', stage: target.stage, partition: target.partition }
  const executorId = target.kind === 'executor' ? { executorId: target.id } : {}
  if (when.at === 'stage') return { strike: 'task', stage: when.stage, ...executorId }
  return { strike: 'task', ...executorId }
}

function busiest(executors: readonly StrikeableExecutor[]): StrikeableExecutor | undefined {
  return executors.reduce<StrikeableExecutor | undefined>((best, executor) => {
    if (!best || executor.running.length > best.running.length) return executor
    return executor.running.length === best.running.length && byId(executor.id, best.id) < 0 ? executor : best
  }, undefined)
}

/** Ids are numbers written as text: 10 comes after 9. */
const byId = (a: string, b: string): number => Number(a) - Number(b) || a.localeCompare(b)
