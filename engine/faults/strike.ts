/** When a waiting fault strikes, and whom: pure, so that the real lab and a simulated one agree. */
import type { EventName } from '../events/index.ts'
import type { ChildToLab } from '../world/messages.ts'
import { theFault, type NamedFault } from './index.ts'
import type { MessageKind } from './message-kinds.ts'
import type { FaultWhen, ParsedFault } from './parse.ts'
import { endOf } from './targets.ts'

/** Something a fault may wait for: what a driver tells of itself, an event of the log, the run's start, or lab time passing. */
export type FaultMoment = Extract<ChildToLab, { type: 'Moment' }>['moment'] | { kind: 'event'; event: EventName } | { kind: 'start' } | { kind: 'time'; /** lab ms */ t: number }

/** Is this the moment? A fault for now matches any. Of events, counting is the asker's. */
export function matchesMoment(when: FaultWhen, moment: FaultMoment): boolean {
  const fits = (wanted: number | 'any', is: number | undefined): boolean => wanted === 'any' || wanted === is
  switch (when.at) {
    case 'now':
      return true
    case 'start':
      return moment.kind === 'start'
    case 'time':
      return moment.kind === 'time' && moment.t >= when.ms
    case 'job':
      return moment.kind === 'job' && fits(when.job, moment.job)
    case 'stage':
      return moment.kind === (when.first === 'task' ? 'task' : 'stage') && fits(when.stage, moment.stage)
    case 'task':
      return moment.kind === 'task' && fits(when.stage, moment.stage) && fits(when.partition, moment.partition)
    case 'event':
      return moment.kind === 'event' && moment.event === when.event
  }
}

export interface StrikeableExecutor {
  id: string
  /** The process runs and the driver has not given it up. */
  alive: boolean
  /** It has been launched, and the driver has not taken it on yet. */
  coming?: boolean
  running: { taskId: number; stage: number; partition: number }[]
  /** `rddId/partition` and `shuffleId/mapIndex`. */
  cached?: readonly string[]
  mapOutputs?: readonly string[]
}

export interface StrikeableWorker {
  id: string
  alive: boolean
  holdsDriver: boolean
  executors: number
}

export interface Situation {
  driverAlive: boolean
  executors: readonly StrikeableExecutor[]
  workers?: readonly StrikeableWorker[]
  /** There is a Master (not so on a `local…` master). */
  master?: boolean
  /** What made it strike, when it waited for something. */
  moment?: FaultMoment
}

export type Choice =
  | { strike: 'driver' }
  | { strike: 'executor'; executorId: string }
  | { strike: 'worker'; workerId: string }
  | { strike: 'master' }
  /** The next attempt of this task, or of any that fits; without fields, any task. */
  | { strike: 'task'; stage?: number; partition?: number; executorId?: string }
  /** The next such messages that the driver, or this executor, says or hears; `peer` is at the other end. */
  | { strike: 'message'; at: 'driver' | { executorId: string }; message?: MessageKind; peer?: string }
  /** Blocks this executor holds: the named one, or all of the fault's kind. */
  | { strike: 'block'; executorId: string; block?: string }
  /** Nothing to strike yet: it may come. The text says what is missing. */
  | { strike: 'wait'; message: string }
  /** Nothing to strike, and nothing will come by waiting. */
  | { strike: 'nothing'; message: string }

/**
 * Whom a fault strikes now. A chosen executor is that one; a task is the executor that runs it; for a stage
 * or task as moment one that is running it; otherwise the one that runs most tasks, the lowest id among equals.
 */
export function chooseTarget(fault: ParsedFault, situation: Situation): Choice {
  const known = theFault(fault.fault)
  switch (known.strikes) {
    case 'driver':
      return situation.driverAlive ? { strike: 'driver' } : { strike: 'nothing', message: 'There is no driver running.' }
    case 'master':
      return situation.master === true ? { strike: 'master' } : missing(fault, 'There is no Master running.')
    case 'worker':
      return chooseWorker(fault, situation)
    case 'task':
      return chooseTask(fault, situation)
    case 'message':
      return chooseMessage(fault, situation)
    case 'block':
      return chooseBlock(fault, known, situation)
    case 'executor':
      return chooseExecutor(fault, situation)
  }
}

/** A fault for now is answered now; one that waited waits on. */
const missing = (fault: ParsedFault, message: string): Choice => (fault.when.at === 'now' ? { strike: 'nothing', message } : { strike: 'wait', message })

function chooseExecutor(fault: ParsedFault, situation: Situation): Choice {
  const { target, when } = fault
  const alive = situation.executors.filter((executor) => executor.alive)
  if (target.kind === 'executor') return chosenExecutor(fault, target.id, situation)
  const wanted = target.kind === 'task' ? target : when.at === 'stage' || when.at === 'task' ? when : null
  if (wanted === null) {
    const best = busiest(alive)
    return best ? { strike: 'executor', executorId: best.id } : missing(fault, 'There is no executor alive.')
  }
  const stage = wanted.stage
  const partition = 'partition' in wanted ? wanted.partition : 'any'
  const fits = (task: { stage?: number; partition?: number }): boolean => (stage === 'any' || task.stage === stage) && (partition === 'any' || task.partition === partition)
  // The moment itself names the executor, and may be ahead of the list.
  const told = situation.moment?.kind === 'task' && fits(situation.moment) ? situation.moment.executorId : undefined
  if (told !== undefined && alive.some((executor) => executor.id === told)) return { strike: 'executor', executorId: told }
  const best = busiest(alive.filter((executor) => executor.running.some(fits)))
  if (best) return { strike: 'executor', executorId: best.id }
  const message = `No executor is running ${partition === 'any' ? `stage ${stage}` : `task ${stage}.${partition}`}.`
  return target.kind === 'task' && when.at === 'now' ? { strike: 'nothing', message } : { strike: 'wait', message }
}

function chosenExecutor(fault: ParsedFault, id: string, situation: Situation): Choice {
  const alive = situation.executors.filter((executor) => executor.alive)
  if (alive.some((executor) => executor.id === id)) return { strike: 'executor', executorId: id }
  const known = situation.executors.find((executor) => executor.id === id)
  if (known?.coming === true) return missing(fault, `Executor ${id} has not registered yet.`)
  if (known !== undefined) return { strike: 'nothing', message: `Executor ${id} is already gone.` }
  return missing(fault, `There is no executor ${id}.${alive.length > 0 ? ` Alive now: ${alive.map((one) => one.id).join(', ')}.` : ''}`)
}

function chooseTask(fault: ParsedFault, situation: Situation): Choice {
  if (!situation.driverAlive) return { strike: 'nothing', message: 'There is no driver running, so there are no tasks.' }
  const { target, when } = fault
  if (target.kind === 'task') return { strike: 'task', stage: target.stage, partition: target.partition }
  const executorId = target.kind === 'executor' ? { executorId: target.id } : {}
  if (when.at === 'stage' && when.stage !== 'any') return { strike: 'task', stage: when.stage, ...executorId }
  if (when.at === 'stage' && situation.moment?.kind === 'stage' && situation.moment.stage !== undefined) return { strike: 'task', stage: situation.moment.stage, ...executorId }
  return { strike: 'task', ...executorId }
}

function chooseWorker(fault: ParsedFault, situation: Situation): Choice {
  const workers = situation.workers ?? []
  const alive = workers.filter((worker) => worker.alive)
  const { target } = fault
  if (target.kind === 'driver') {
    const holder = alive.find((worker) => worker.holdsDriver)
    return holder ? { strike: 'worker', workerId: holder.id } : missing(fault, 'No worker holds the driver: in client mode it runs beside the cluster.')
  }
  if (target.kind === 'worker') {
    if (alive.some((worker) => worker.id === target.id)) return { strike: 'worker', workerId: target.id }
    if (workers.some((worker) => worker.id === target.id)) return { strike: 'nothing', message: `${target.id} is already gone.` }
    return missing(fault, `There is no ${target.id}.${alive.length > 0 ? ` Alive now: ${alive.map((one) => one.id).join(', ')}.` : ''}`)
  }
  const best = alive.reduce<StrikeableWorker | undefined>((most, worker) => (most === undefined || worker.executors > most.executors ? worker : most), undefined)
  return best ? { strike: 'worker', workerId: best.id } : missing(fault, 'There is no worker alive.')
}

function chooseMessage(fault: ParsedFault, situation: Situation): Choice {
  if (!situation.driverAlive) return { strike: 'nothing', message: 'There is no driver running, so there are no messages.' }
  const { target } = fault
  if (target.kind !== 'message') return { strike: 'message', at: 'driver' }
  if (endOf(target.message) === 'driver') return { strike: 'message', at: 'driver', message: target.message, ...(target.executor === undefined ? {} : { peer: `executor-${target.executor}` }) }
  const holder = target.executor === undefined ? chooseExecutor({ ...fault, target: { kind: 'any' } }, situation) : chosenExecutor(fault, target.executor, situation)
  return holder.strike === 'executor' ? { strike: 'message', at: { executorId: holder.executorId }, message: target.message } : holder
}

function chooseBlock(fault: ParsedFault, known: NamedFault, situation: Situation): Choice {
  const { target } = fault
  const cached = known.block === 'cached'
  const held = (executor: StrikeableExecutor): readonly string[] => (cached ? executor.cached : executor.mapOutputs) ?? []
  const alive = situation.executors.filter((executor) => executor.alive)
  const what = cached ? 'cached block' : 'shuffle files'
  if (target.kind === 'executor') {
    const chosen = chosenExecutor(fault, target.id, situation)
    if (chosen.strike !== 'executor') return chosen
    const holds = alive.some((executor) => executor.id === target.id && held(executor).length > 0)
    return holds ? { strike: 'block', executorId: target.id } : missing(fault, `Executor ${target.id} holds no ${what}.`)
  }
  const named = target.kind === 'block' ? target.name : undefined
  const key = named?.replace(/^(rdd|shuffle)_/, '').replace('_', '/')
  const has = (executor: StrikeableExecutor): boolean => held(executor).some((one) => key === undefined || one === key || one.startsWith(`${key}/`))
  const holder = alive.filter(has).reduce<StrikeableExecutor | undefined>((most, executor) => (most === undefined || held(executor).length > held(most).length ? executor : most), undefined)
  if (holder === undefined) return missing(fault, named === undefined ? `No executor holds a ${what}.`.replace('a shuffle', 'shuffle') : `No executor holds ${named}.`)
  return { strike: 'block', executorId: holder.id, ...(named === undefined ? {} : { block: named }) }
}

function busiest(executors: readonly StrikeableExecutor[]): StrikeableExecutor | undefined {
  return executors.reduce<StrikeableExecutor | undefined>((best, executor) => {
    if (!best || executor.running.length > best.running.length) return executor
    return executor.running.length === best.running.length && byId(executor.id, best.id) < 0 ? executor : best
  }, undefined)
}

/** Ids are numbers written as text: 10 comes after 9. */
const byId = (a: string, b: string): number => Number(a) - Number(b) || a.localeCompare(b)
