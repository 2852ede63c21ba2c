/** Operating-system processes: the driver's and the executors', and what they hold in memory. */
import type { EventOf, MemoryAccount } from '../events/index.ts'
import { die, ensureExecutor } from './fold-cluster.ts'
import { abandonWork } from './fold-jobs.ts'
import { endTasksOf } from './fold-tasks.ts'
import type { Handlers } from './handlers.ts'
import { currentAppId, currentDriver, executorIdOf, findApp, findExecutor } from './lookup.ts'
import { heldInHeap } from './memory.ts'
import { isDriver } from './programs.ts'
import type { DriverView, RunView } from './types.ts'

export const processHandlers: Handlers = {
  'kindling.ProcessSpawned'(view, event) {
    const executorId = executorIdOf(event.actor)
    if (executorId !== null) {
      ensureExecutor(view, executorId, event.appId ?? currentAppId(view), event).pid = event.pid
    } else if (isDriver(event.actor)) {
      const driver = ensureDriver(view, event.actor, event.attempt ?? nextAttempt(view, event.actor))
      driver.pid = event.pid
      driver.state = 'RUNNING'
      driver.startEvent = event.Kindling.id
      if (view.phase === 'idle') view.phase = 'starting'
    }
  },

  'kindling.ProcessExited'(view, event) {
    const executorId = executorIdOf(event.actor)
    if (executorId !== null) executorExited(view, executorId, event)
    else if (isDriver(event.actor)) driverExited(view, event)
  },

  'kindling.DriverState'(view, event) {
    const driver = ensureDriver(view, event.actor ?? 'driver', event.attempt)
    driver.state = event.state
    driver.retryInMs = event.retryInMs ?? null
    if (event.worker !== undefined) driver.place = event.worker
  },

  'kindling.Memory'(view, event) {
    const executorId = executorIdOf(event.actor)
    if (executorId !== null) {
      const executor = findExecutor(view, executorId, event.appId)
      if (executor) Object.assign(executor, { memory: event.account, memoryAt: event.Kindling.t })
    } else if (isDriver(event.actor)) {
      const driver = currentDriver(view)
      if (driver) driverMemory(driver, event.account, event.Kindling.t)
    }
  }
}

const latest = (view: RunView, actor: string): DriverView | undefined => view.drivers.findLast((driver) => driver.actor === actor)

const nextAttempt = (view: RunView, actor: string): number => {
  const last = latest(view, actor)
  if (!last) return 0
  return last.pid === null ? last.attempt : last.attempt + 1
}

function ensureDriver(view: RunView, actor: string, attempt: number): DriverView {
  const found = view.drivers.find((driver) => driver.actor === actor && driver.attempt === attempt)
  if (found) return found
  // Until a worker is named, a driver of cluster mode waits at the Master.
  const place = latest(view, actor)?.place ?? (view.conf['spark.submit.deployMode'] === 'cluster' ? 'master' : 'client')
  const driver: DriverView = { actor, attempt, pid: null, place, appId: null, state: 'SUBMITTED', machine: null, memory: null, peakMemory: 0, end: null, startEvent: null, endEvent: null, retryInMs: null }
  view.drivers.push(driver)
  return driver
}

function executorExited(view: RunView, executorId: string, event: EventOf<'kindling.ProcessExited'>): void {
  const executor = findExecutor(view, executorId, event.appId)
  if (!executor) return
  executor.end = { ...event.end, t: event.Kindling.t }
  if (event.memory) Object.assign(executor, { memory: event.memory, memoryAt: event.Kindling.t })
  if (event.lastHeartbeat !== undefined) executor.lastHeartbeat = event.lastHeartbeat
  die(executor, event)
  executor.endEvent = event.Kindling.id
  // After the application's end no driver tells of its tasks any more.
  if ((findApp(view, executor.appId)?.endedAt ?? null) !== null) endTasksOf(view, executor, 'The application has ended', event)
}

function driverExited(view: RunView, event: EventOf<'kindling.ProcessExited'>): void {
  const driver = event.attempt === undefined ? latest(view, event.actor) : view.drivers.find((d) => d.actor === event.actor && d.attempt === event.attempt)
  if (!driver) return
  driver.end = { ...event.end, t: event.Kindling.t }
  driver.endEvent = event.Kindling.id
  if (driver.state === 'RUNNING' || driver.state === 'SUBMITTED') driver.state = event.end.code === 0 ? 'FINISHED' : 'FAILED'
  if (event.memory) driverMemory(driver, event.memory, event.Kindling.t)
  driver.line = null
  if (event.actor === 'driver') view.line = null
  const appId = event.appId ?? driver.appId
  if (appId === null) return
  abandonWork(view, appId, event)
  const local = findExecutor(view, 'driver', appId)
  if (local) die(local, event)
}

function driverMemory(driver: DriverView, account: MemoryAccount, t: number): void {
  driver.memory = account
  driver.memoryAt = t
  driver.peakMemory = Math.max(driver.peakMemory, heldInHeap(account))
}
