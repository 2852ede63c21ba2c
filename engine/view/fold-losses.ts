/**
 * What goes with an executor, noted at the moment it goes: afterwards the view knows only what is left. Looks at
 * the view before and after an event, beside the handlers that change it.
 */
import type { EventOf, LabEvent } from '../events/index.ts'
import { figuresOf } from './figures.ts'
import { currentAppId, executorIdOf, findApp, findExecutor, runningOn } from './lookup.ts'
import { isDriver } from './programs.ts'
import type { ExecutorView, Figures, LossView, RunView } from './types.ts'

/** To be called before an event is folded; what it answers with, after it. Undefined for events that take nothing. */
export function watchLosses(view: RunView, event: LabEvent): (() => void) | undefined {
  switch (event.Event) {
    case 'kindling.ProcessExited': {
      const id = executorIdOf(event.actor)
      if (id !== null) return watchExecutor(view, id, event.appId, event)
      return isDriver(event.actor) ? watchDriver(view, event) : undefined
    }
    case 'kindling.ExecutorState':
      return event.state === 'RUNNING' || event.state === 'LAUNCHING' ? undefined : watchExecutor(view, event.executorId, event.appId, event)
    case 'SparkListenerExecutorRemoved':
      return watchExecutor(view, event['Executor ID'], undefined, event)
    case 'kindling.BlocksLost':
      return noteBlocks(view, event)
    case 'kindling.MapOutput':
      return () => there(view, 'mapOutputs', `${event.shuffleId}/${event.mapIndex}`)
    case 'kindling.CachedBlock':
      return event.stored ? () => there(view, 'cached', `${event.rddId}/${event.partition}`) : undefined
    case 'SparkListenerTaskEnd':
      return noteTask(view, event)
    case 'kindling.FaultStruck':
      return noteFault(view, event.faultId)
    case 'SparkListenerApplicationEnd':
      return noteEnd(view, currentAppId(view))
    default:
      return undefined
  }
}

/** Someone the driver counts on, of an application that goes on: only then is anything lost. */
function counts(view: RunView, executor: ExecutorView): boolean {
  const over = (findApp(view, executor.appId)?.endedAt ?? null) !== null || view.drivers.some((driver) => driver.appId === executor.appId && driver.end !== null)
  return !over && (executor.life === 'alive' || executor.life === 'silent')
}

function watchExecutor(view: RunView, id: string, appId: string | undefined, event: LabEvent): (() => void) | undefined {
  const executor = findExecutor(view, id, appId)
  if (!executor || !counts(view, executor)) return undefined
  const loss = newLoss(view, executor, 'executor', event, figuresOf(view))
  return () => {
    if (executor.life === 'alive' || executor.life === 'silent') return
    view.losses.push(loss)
  }
}

function watchDriver(view: RunView, event: EventOf<'kindling.ProcessExited'>): () => void {
  const driver = view.drivers.findLast((one) => one.actor === event.actor && (event.attempt === undefined || one.attempt === event.attempt))
  const appId = event.appId ?? driver?.appId
  const executors = view.executors.filter((one) => one.appId === appId && (one.life === 'alive' || one.life === 'silent'))
  const atEnd = {
    jobs: view.jobs.filter((job) => job.appId === appId && job.state === 'running').map((job) => job.id),
    tasks: executors.flatMap(runningOn),
    executors: executors.filter((one) => one.id !== 'driver').map((one) => one.id),
    line: view.programs.length > 1 ? (driver?.line ?? null) : view.line
  }
  const end = appId === undefined || appId === null ? undefined : noteEnd(view, appId)
  return () => {
    if (driver) driver.atEnd = atEnd
    end?.()
  }
}

/** The driver tells later what had started by then: its word decides what ran on a lost executor. */
function noteTask(view: RunView, event: EventOf<'SparkListenerTaskEnd'>): undefined {
  const reason = event['Task End Reason']
  if (reason.Reason !== 'ExecutorLostFailure') return
  const appId = currentAppId(view)
  const loss = view.losses.findLast((one) => one.what === 'executor' && one.executorId === reason['Executor ID'] && one.appId === appId)
  const id = event['Task Info']['Task ID']
  if (loss && !loss.tasks.includes(id)) loss.tasks.push(id)
}

function noteEnd(view: RunView, appId: string | undefined): (() => void) | undefined {
  const app = appId === undefined ? undefined : findApp(view, appId)
  if (!app || app.atEnd !== undefined) return undefined
  app.atEnd = figuresOf(view)
  return undefined
}

function noteFault(view: RunView, faultId: string): () => void {
  const before = figuresOf(view)
  return () => {
    const fault = view.faults.find((one) => one.faultId === faultId)
    if (fault) fault.before ??= before
  }
}

function newLoss(view: RunView, executor: ExecutorView, what: LossView['what'], event: LabEvent, before: Figures): LossView {
  return {
    event: event.Kindling.id,
    t: event.Kindling.t,
    appId: executor.appId,
    executorId: executor.id,
    what,
    before,
    tasks: what === 'executor' ? runningOn(executor) : [],
    held: { mapOutputs: [...executor.mapOutputs], cached: [...executor.cachedBlocks] },
    mapOutputs: [],
    cached: [],
    copies: [],
    others: { mapOutputs: {}, cached: {} },
    again: { mapOutputs: [], cached: [] }
  }
}

/** The driver wrote blocks off: a part of the executor's own loss, or a loss by itself while it lives. */
function noteBlocks(view: RunView, event: EventOf<'kindling.BlocksLost'>): (() => void) | undefined {
  const executor = findExecutor(view, event.executorId, event.appId)
  if (!executor) return undefined
  const alive = executor.life === 'alive' || executor.life === 'silent'
  const known = alive ? undefined : view.losses.findLast((one) => one.executorId === executor.id && one.appId === executor.appId && one.what === 'executor')
  const loss = known ?? newLoss(view, executor, 'blocks', event, figuresOf(view))
  const mapOutputs = event.mapOutputs.flatMap(({ shuffleId, mapIndexes }) => mapIndexes.map((map) => `${shuffleId}/${map}`))
  const cached = event.cached.flatMap(({ rddId, partitions }) => partitions.map((partition) => `${rddId}/${partition}`))
  add(loss.mapOutputs, mapOutputs)
  add(loss.cached, cached)
  for (const { shuffleId } of event.mapOutputs) loss.others.mapOutputs[shuffleId] ??= keptBy(view, executor, 'mapOutputs', shuffleId)
  for (const { rddId } of event.cached) {
    const kept = (loss.others.cached[rddId] ??= keptBy(view, executor, 'cachedBlocks', rddId))
    const copies = new Set(kept)
    add(loss.copies, cached.filter((key) => key.startsWith(`${rddId}/`) && copies.has(Number(key.slice(key.indexOf('/') + 1)))))
  }
  return known ? undefined : () => void view.losses.push(loss)
}

function add(list: string[], more: readonly string[]): void {
  const known = new Set(list)
  for (const one of more) if (!known.has(one)) list.push(one)
}

/** What the others of its application hold under this first number. */
function keptBy(view: RunView, without: ExecutorView, what: 'mapOutputs' | 'cachedBlocks', first: number): number[] {
  const kept = new Set<number>()
  for (const executor of view.executors) {
    if (executor === without || executor.appId !== without.appId || executor.life === 'dead' || executor.life === 'removed') continue
    for (const key of executor[what]) if (key.startsWith(`${first}/`)) kept.add(Number(key.slice(key.indexOf('/') + 1)))
  }
  return [...kept].sort((a, b) => a - b)
}

/** Something is there again: whoever lost it last is told. */
function there(view: RunView, what: 'mapOutputs' | 'cached', key: string): void {
  const appId = currentAppId(view)
  for (const loss of view.losses) {
    if (loss.appId !== appId || loss.again[what].length >= loss[what].length) continue
    if (setOf(loss[what]).has(key) && !setOf(loss.again[what]).has(key)) loss.again[what].push(key)
  }
}

/** Lists of a loss only grow, so a set of one is right as long as it is as large. */
const sets = new WeakMap<readonly string[], Set<string>>()

function setOf(list: readonly string[]): ReadonlySet<string> {
  let set = sets.get(list)
  if (set?.size !== list.length) sets.set(list, (set = new Set(list)))
  return set
}
