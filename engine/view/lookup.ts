/**
 * Finds things in a view without searching. Lookups are kept beside the view, not in it, so that a view
 * stays plain data; for a view that was cloned or sent here one is made when first asked for. Fold the plain
 * object, not a proxy of it.
 */
import type { LabEvent } from '../events/index.ts'
import { programOf, type Scope } from './programs.ts'
import type { AppView, DriverView, ExecutorView, JobView, RunView, StageView, TaskView } from './types.ts'

export interface AppLookup {
  executors: Map<string, ExecutorView>
  jobs: Map<number, JobView>
  /** Stage attempts, by stage, oldest first. */
  stages: Map<number, StageView[]>
  /** Places in the view's list, by task id. */
  tasks: Map<number, number>
  /** Place of the latest attempt, by stage, then by partition. */
  latest: Map<number, number[]>
  /** Counted failures, by `stage.attempt/index`. */
  failures: Map<string, number>
  /** Place of the task that made a map output, by shuffle, then by map. */
  mapTasks: Map<number, number[]>
  /** The map outputs an executor holds, as `shuffle/map`, by executor. */
  held: Map<string, Set<string>>
  /** The stage that writes a shuffle, as last seen. */
  writers: Map<number, number>
}

export interface ViewLookup {
  apps: Map<string, AppLookup>
  /** Earliest time at which a message under way arrives. */
  nextDue: number
  /** Tasks only this view has; null when that is all of them. Others are shared with copies of it and replaced, not changed. */
  owned: Set<TaskView> | null
  /** Where several programs run: whose event is being taken in. */
  scope: Scope | null
}

const lookups = new WeakMap<RunView, ViewLookup>()

export function lookupOf(view: RunView): ViewLookup {
  let found = lookups.get(view)
  if (!found) lookups.set(view, (found = build(view)))
  return found
}

/** What the run id of a log begins with that a real Spark wrote. */
export const FOREIGN = 'spark-log:'

/** A log that a real Spark wrote: nobody told of a run. */
export const isForeign = (view: RunView): boolean => view.runId === '' || view.runId.startsWith(FOREIGN)

/** The application an event without an appId speaks of: that of the program it came from, else the latest. '' before there is one. */
export function currentAppId(view: RunView): string {
  const { scope } = lookupOf(view)
  return scope === null ? (view.apps.at(-1)?.appId ?? '') : (scope.appId ?? driverIn(view, scope)?.appId ?? namelessId(view))
}

/** Until `leave`, what is asked of the view is asked for the program this event is of. */
export function enter(view: RunView, event: LabEvent): void {
  if (view.programs.length > 1) lookupOf(view).scope = programOf(view, event)
}

export function leave(view: RunView): void {
  if (view.programs.length > 1) lookupOf(view).scope = null
}

/** Whose event is being taken in; null where there is one program, and for events about none in particular. */
export const scopeOf = (view: RunView): Scope | null => lookupOf(view).scope

/** An actor as the event being taken in means it: every program calls its own driver `driver`. */
export const actorIn = (view: RunView, actor: string): string => (actor === 'driver' ? (lookupOf(view).scope?.actor ?? actor) : actor)

/** What an application is kept under until it has a name. */
export const namelessId = (view: RunView): string => {
  const actor = lookupOf(view).scope?.actor ?? 'driver'
  return actor === 'driver' ? '' : `:${actor}`
}

export function appLookup(view: RunView, appId: string = currentAppId(view)): AppLookup {
  return appOf(lookupOf(view), appId)
}

/** A log of Spark speaks of executors before it names the application: what was kept under '' gets its name. */
export function renameApp(view: RunView, from: string, to: string): void {
  const { apps } = lookupOf(view)
  const app = apps.get(from)
  if (!app) return
  apps.delete(from)
  apps.set(to, app)
}

export const findApp = (view: RunView, appId: string): AppView | undefined => view.apps.find((app) => app.appId === appId)

export function findExecutor(view: RunView, id: string, appId?: string): ExecutorView | undefined {
  return appLookup(view, appId).executors.get(id)
}

export const findJob = (view: RunView, id: number, appId?: string): JobView | undefined => appLookup(view, appId).jobs.get(id)

export const findTask = (view: RunView, id: number, appId?: string): TaskView | undefined => taskAt(view, appLookup(view, appId).tasks.get(id))

/** The latest attempt at a partition. */
export const latestTask = (view: RunView, app: AppLookup, stageId: number, partition: number): TaskView | undefined => taskAt(view, app.latest.get(stageId)?.[partition])

/** The task that made a map output. */
export const mapTask = (view: RunView, app: AppLookup, shuffleId: number, mapIndex: number): TaskView | undefined => taskAt(view, app.mapTasks.get(shuffleId)?.[mapIndex])

/** That attempt, or the latest one when no attempt is named. */
export function findStage(view: RunView, id: number, attempt?: number, appId?: string): StageView | undefined {
  const attempts = appLookup(view, appId).stages.get(id)
  return attempt === undefined ? attempts?.at(-1) : attempts?.find((stage) => stage.attempt === attempt)
}

export function currentDriver(view: RunView): DriverView | undefined {
  const { scope } = lookupOf(view)
  return scope === null ? view.drivers.at(-1) : driverIn(view, scope)
}

const driverIn = (view: RunView, scope: Scope): DriverView | undefined =>
  view.drivers.findLast((driver) => driver.actor === scope.actor && (scope.attempt === null || driver.attempt === scope.attempt))

/** Settings of the application that is asked about. */
export const currentConf = (view: RunView): Record<string, string> => (lookupOf(view).scope === null ? undefined : findApp(view, currentAppId(view))?.conf) ?? view.conf

/** `executor-3` → `3`; null for other actors. */
export const executorIdOf = (actor: string): string | null => (actor.startsWith('executor-') ? actor.slice('executor-'.length) : null)

/** Task ids in an executor's slots. */
export const runningOn = (executor: ExecutorView): number[] => executor.slots.filter((id): id is number => id !== null)

/** A task of one's own is put into the view. */
export function addTask(view: RunView, task: TaskView): void {
  const lookup = lookupOf(view)
  lookup.owned?.add(task)
  placeTask(appOf(lookup, task.appId), task, view.tasks.push(task) - 1)
}

/** From here on no task of the view is changed in place: copies of the list may hold them too. */
export function shareTasks(view: RunView): void {
  lookupOf(view).owned = new Set()
}

/** The task as it may be changed: itself, or what takes its place in the view when copies hold it too. */
export function ownTask(view: RunView, task: TaskView): TaskView {
  const { owned } = lookupOf(view)
  if (owned === null || owned.has(task)) return task
  const named = appLookup(view, task.appId).tasks.get(task.id)
  const at = named !== undefined && view.tasks[named] === task ? named : view.tasks.indexOf(task)
  const own = { ...task }
  if (at !== -1) view.tasks[at] = own
  owned.add(own)
  return own
}

/** The map outputs of an executor, to add to and to take from. */
export function heldOn(app: AppLookup, executorId: string): Set<string> {
  let held = app.held.get(executorId)
  if (!held) app.held.set(executorId, (held = new Set()))
  return held
}

/** It made this output of a shuffle. */
export function addMapTask(view: RunView, app: AppLookup, task: TaskView, shuffleId: number, mapIndex: number): void {
  const own = ownTask(view, task)
  own.shuffleId = shuffleId
  const place = app.tasks.get(own.id)
  if (place !== undefined) listOf(app.mapTasks, shuffleId)[mapIndex] = place
}

const taskAt = (view: RunView, place: number | undefined): TaskView | undefined => (place === undefined ? undefined : view.tasks[place])

function placeTask(app: AppLookup, task: TaskView, place: number): void {
  app.tasks.set(task.id, place)
  listOf(app.latest, task.stageId)[task.partition] = place
}

function listOf(lists: Map<number, number[]>, key: number): number[] {
  let list = lists.get(key)
  if (!list) lists.set(key, (list = []))
  return list
}

export function addStage(app: AppLookup, stage: StageView): void {
  const attempts = app.stages.get(stage.id)
  if (attempts) attempts.push(stage)
  else app.stages.set(stage.id, [stage])
}

function appOf(lookup: ViewLookup, appId: string): AppLookup {
  let app = lookup.apps.get(appId)
  if (!app) lookup.apps.set(appId, (app = { executors: new Map(), jobs: new Map(), stages: new Map(), tasks: new Map(), latest: new Map(), failures: new Map(), mapTasks: new Map(), held: new Map(), writers: new Map() }))
  return app
}

function build(view: RunView): ViewLookup {
  const lookup: ViewLookup = { apps: new Map(), nextDue: Infinity, owned: null, scope: null }
  for (const executor of view.executors) {
    const app = appOf(lookup, executor.appId)
    app.executors.set(executor.id, executor)
    app.held.set(executor.id, new Set(executor.mapOutputs))
  }
  for (const job of view.jobs) appOf(lookup, job.appId).jobs.set(job.id, job)
  for (const stage of view.stages) addStage(appOf(lookup, stage.appId), stage)
  for (const [place, task] of view.tasks.entries()) {
    const app = appOf(lookup, task.appId)
    placeTask(app, task, place)
    if (task.failures !== undefined) {
      const key = `${task.stageId}.${task.stageAttempt}/${task.index}`
      app.failures.set(key, Math.max(task.failures, app.failures.get(key) ?? 0))
    } else if (task.counted === null && task.state !== 'running') app.failures.delete(`${task.stageId}.${task.stageAttempt}/${task.index}`)
    if (task.shuffleId !== undefined) {
      listOf(app.mapTasks, task.shuffleId)[task.partition] = place
      app.writers.set(task.shuffleId, task.stageId)
    }
  }
  for (const message of view.messages) lookup.nextDue = Math.min(lookup.nextDue, message.due)
  return lookup
}
