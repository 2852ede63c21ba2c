/**
 * Finds things in a view without searching. Lookups are kept beside the view, not in it, so that a view
 * stays plain data; for a view that was cloned or sent here one is made when first asked for. Fold the plain
 * object, not a proxy of it.
 */
import type { AppView, DriverView, ExecutorView, JobView, RunView, StageView, TaskView } from './types.ts'

export interface AppLookup {
  executors: Map<string, ExecutorView>
  jobs: Map<number, JobView>
  /** Stage attempts, by stage, oldest first. */
  stages: Map<number, StageView[]>
  tasks: Map<number, TaskView>
  /** Latest attempt of a partition, by `stage/partition`. */
  latest: Map<string, TaskView>
  /** Counted failures, by `stage.attempt/index`. */
  failures: Map<string, number>
  /** The task that made a map output, by `shuffle/map`. */
  mapTasks: Map<string, TaskView>
  /** The executor that holds a map output, by `shuffle/map`. */
  holders: Map<string, string>
  /** The stage that writes a shuffle, as last seen. */
  writers: Map<number, number>
}

export interface ViewLookup {
  apps: Map<string, AppLookup>
  /** Earliest time at which a message under way arrives. */
  nextDue: number
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

/** The application events without an appId speak of: the latest. '' before there is one. */
export const currentAppId = (view: RunView): string => view.apps.at(-1)?.appId ?? ''

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

export const findTask = (view: RunView, id: number, appId?: string): TaskView | undefined => appLookup(view, appId).tasks.get(id)

/** That attempt, or the latest one when no attempt is named. */
export function findStage(view: RunView, id: number, attempt?: number, appId?: string): StageView | undefined {
  const attempts = appLookup(view, appId).stages.get(id)
  return attempt === undefined ? attempts?.at(-1) : attempts?.find((stage) => stage.attempt === attempt)
}

export const currentDriver = (view: RunView): DriverView | undefined => view.drivers.at(-1)

/** `executor-3` → `3`; null for other actors. */
export const executorIdOf = (actor: string): string | null => (actor.startsWith('executor-') ? actor.slice('executor-'.length) : null)

/** Task ids in an executor's slots. */
export const runningOn = (executor: ExecutorView): number[] => executor.slots.filter((id): id is number => id !== null)

export const partitionKey = (stageId: number, partition: number): string => `${stageId}/${partition}`

export function addTask(app: AppLookup, task: TaskView): void {
  app.tasks.set(task.id, task)
  app.latest.set(partitionKey(task.stageId, task.partition), task)
}

export function addStage(app: AppLookup, stage: StageView): void {
  const attempts = app.stages.get(stage.id)
  if (attempts) attempts.push(stage)
  else app.stages.set(stage.id, [stage])
}

function appOf(lookup: ViewLookup, appId: string): AppLookup {
  let app = lookup.apps.get(appId)
  if (!app) lookup.apps.set(appId, (app = { executors: new Map(), jobs: new Map(), stages: new Map(), tasks: new Map(), latest: new Map(), failures: new Map(), mapTasks: new Map(), holders: new Map(), writers: new Map() }))
  return app
}

function build(view: RunView): ViewLookup {
  const lookup: ViewLookup = { apps: new Map(), nextDue: Infinity }
  for (const executor of view.executors) {
    const app = appOf(lookup, executor.appId)
    app.executors.set(executor.id, executor)
    for (const key of executor.mapOutputs) app.holders.set(key, executor.id)
  }
  for (const job of view.jobs) appOf(lookup, job.appId).jobs.set(job.id, job)
  for (const stage of view.stages) addStage(appOf(lookup, stage.appId), stage)
  for (const task of view.tasks) {
    const app = appOf(lookup, task.appId)
    addTask(app, task)
    if (task.failures !== undefined) app.failures.set(`${task.stageId}.${task.stageAttempt}/${task.index}`, task.failures)
    if (task.shuffleId !== undefined && task.state === 'success') {
      app.mapTasks.set(`${task.shuffleId}/${task.partition}`, task)
      app.writers.set(task.shuffleId, task.stageId)
    }
  }
  for (const message of view.messages) lookup.nextDue = Math.min(lookup.nextDue, message.due)
  return lookup
}
