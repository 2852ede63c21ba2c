/** The run, its applications and its clock. */
import type { EventOf } from '../events/index.ts'
import { endTasksOf } from './fold-tasks.ts'
import type { Handlers } from './handlers.ts'
import { FOREIGN, currentAppId, currentDriver, findApp, isForeign, lookupOf, namelessId, renameApp, scopeOf } from './lookup.ts'
import { programViews } from './programs.ts'
import type { AppView, DriverView, RunView } from './types.ts'

export const appHandlers: Handlers = {
  'kindling.RunStarted'(view, event) {
    // Each application's log begins with it; the first one counts.
    if (view.runId === event.runId) return
    view.runId = event.runId
    view.programName = event.programName
    view.program = event.program
    view.programs = programViews(event.programs ?? [event])
    view.conf = event.conf
    view.given = event.conf
    view.cluster = event.cluster
    view.scenario = event.scenario ?? null
    view.startedAt = event.startedAt
    view.phase = 'starting'
  },

  'kindling.RunEnded'(view, event) {
    view.phase = 'ended'
    view.outcome = event.outcome
    view.exitCode = event.exitCode
    view.message = event.message ?? null
    view.line = null
    for (const driver of view.drivers) driver.line = null
    for (const executor of view.executors) endTasksOf(view, executor, 'The run ended', event)
    view.messages = []
    lookupOf(view).nextDue = Infinity
  },

  'kindling.NotModelled'(view, event) {
    view.notModelled = scopeOf(view) === null ? event.keys : [...new Set([...view.notModelled, ...event.keys])]
  },

  'kindling.ClockChanged'(view, event) {
    view.clock = { paused: event.paused, speed: event.speed }
  },

  'kindling.ApplicationState'(view, event) {
    const app = ensureApp(view, event.appId, event.Kindling.t)
    app.state = event.state
    if (FINISHED.has(event.state)) app.endedAt ??= event.Kindling.t
  },

  SparkListenerApplicationStart(view, event) {
    const known = findApp(view, event['App ID']) !== undefined
    const app = namedApp(view, event)
    app.name = event['App Name']
    // Where the Master has spoken of it its word stands: one that waits for cores has started all the same (§3.13).
    if (!known) app.state = 'RUNNING'
    const driver = currentDriver(view)
    if (driver) driver.appId = app.appId
    if (isForeign(view)) foreignStart(view, event)
    view.phase = 'running'
  },

  SparkListenerApplicationEnd(view, event) {
    const app = findApp(view, currentAppId(view))
    if (!app) return
    app.endedAt ??= event.Kindling.t
    if (!isForeign(view)) return
    app.state = 'FINISHED'
    view.phase = 'ended'
    view.exitCode = event.ExitCode ?? null
    view.outcome = (event.ExitCode ?? 0) === 0 ? 'finished' : 'failed'
    const driver = currentDriver(view)
    if (driver) driver.state = view.outcome === 'finished' ? 'FINISHED' : 'FAILED'
  },

  SparkListenerEnvironmentUpdate(view, event) {
    const own = event['Spark Properties']
    const scope = scopeOf(view)
    const app = scope === null ? undefined : findApp(view, currentAppId(view))
    if (app) app.conf = { ...view.given, ...own }
    if (scope === null || scope.actor === 'driver') view.conf = { ...view.conf, ...own }
  }
}

/** Application states after which nothing runs (§3.5). */
const FINISHED = new Set(['FINISHED', 'FAILED', 'KILLED'])

export function ensureApp(view: RunView, appId: string, t: number): AppView {
  const found = findApp(view, appId)
  if (found) return found
  const driver = currentDriver(view)
  const app: AppView = { appId, name: '', state: 'WAITING', startedAt: t, endedAt: null, driver: scopeOf(view)?.actor ?? driver?.actor ?? 'driver' }
  view.apps.push(app)
  if (driver && appId !== namelessId(view)) driver.appId = appId
  return app
}

/** In local mode Spark posts ExecutorAdded before ApplicationStart (§12.8): until then the application has no name. */
export function appInTheMaking(view: RunView, t: number): string {
  const last = findApp(view, currentAppId(view))
  return last && last.endedAt === null ? last.appId : ensureApp(view, namelessId(view), t).appId
}

function namedApp(view: RunView, event: EventOf<'SparkListenerApplicationStart'>): AppView {
  const without = namelessId(view)
  const nameless = findApp(view, without)
  if (!nameless || findApp(view, event['App ID'])) return ensureApp(view, event['App ID'], event.Kindling.t)
  renameApp(view, without, event['App ID'])
  nameless.appId = event['App ID']
  for (const executor of view.executors) if (executor.appId === without) executor.appId = nameless.appId
  return nameless
}

function foreignStart(view: RunView, event: EventOf<'SparkListenerApplicationStart'>): void {
  view.runId = FOREIGN + event['App ID']
  view.programName = event['App Name']
  view.startedAt = event.Timestamp - event.Kindling.t
  view.drivers.push(newDriver(view.drivers.length, event['App ID']))
}

function newDriver(attempt: number, appId: string): DriverView {
  return { actor: 'driver', attempt, pid: null, place: 'client', appId, state: 'RUNNING', machine: null, memory: null, peakMemory: 0, end: null }
}
