/** The standalone cluster manager: Master, Workers, and its books about executors. */
import type { EventOf, LabEvent } from '../events/index.ts'
import { appInTheMaking, ensureApp } from './fold-app.ts'
import type { Handlers } from './handlers.ts'
import { appLookup, currentAppId, currentConf, currentDriver, executorIdOf, findExecutor, runningOn } from './lookup.ts'
import type { ExecutorView, RunView } from './types.ts'

export const clusterHandlers: Handlers = {
  'kindling.WorkerRegistered'(view, event) {
    const { worker, host, cores, memoryMb } = event
    const known = view.workers.find((w) => w.id === worker)
    if (known) Object.assign(known, { host, cores, memoryMb, state: 'ALIVE', lostAt: null, lostReason: null, endEvent: null })
    else view.workers.push({ id: worker, host, cores, memoryMb, state: 'ALIVE', machine: null })
  },

  'kindling.WorkerLost'(view, event) {
    const worker = view.workers.find((w) => w.id === event.worker)
    if (!worker) return
    worker.state = 'DEAD'
    worker.endEvent = event.Kindling.id
    worker.lostAt = event.Kindling.t
    worker.lostReason = event.reason
  },

  'kindling.ExecutorLaunching'(view, event) {
    ensureApp(view, event.appId, event.Kindling.t)
    const executor = ensureExecutor(view, event.executorId, event.appId, event)
    executor.worker = event.worker
    executor.host = view.workers.find((w) => w.id === event.worker)?.host ?? null
    setCores(view, executor, event.cores)
    executor.replaces = event.replaces ?? null
    executor.launchEvent = event.Kindling.id
    const before = event.replaces === undefined ? undefined : findExecutor(view, event.replaces, event.appId)
    if (before) before.replacedBy = executor.id
  },

  'kindling.ExecutorState'(view, event) {
    const executor = ensureExecutor(view, event.executorId, event.appId, event)
    executor.state = event.state
    if (event.state === 'LOST') giveUp(executor, event)
    else if (PROCESS_GONE.has(event.state)) die(executor, event)
  },

  SparkListenerExecutorAdded(view, event) {
    const info = event['Executor Info']
    const executor = ensureExecutor(view, event['Executor ID'], appInTheMaking(view, event.Kindling.t), event)
    executor.host = info.Host
    setCores(view, executor, info['Total Cores'])
    executor.registeredAt = event.Kindling.t
    if (executor.life === 'launching') executor.life = 'alive'
    if (executor.state === 'LAUNCHING') executor.state = 'RUNNING'
    executor.lastHeartbeat ??= event.Kindling.t
  },

  SparkListenerExecutorRemoved(view, event) {
    const executor = findExecutor(view, event['Executor ID'])
    if (!executor) return
    giveUp(executor, event)
    executor.removedReason = event['Removed Reason']
  },

  'kindling.Heartbeat'(view, event) {
    const executor = findExecutor(view, event.executorId, event.appId)
    if (!executor) return
    executor.lastHeartbeat = event.Kindling.t
    if (executor.life !== 'silent') return
    executor.life = 'alive'
    executor.silentSince = null
  },

  'kindling.HeartbeatMissing'(view, event) {
    const executor = findExecutor(view, event.executorId, event.appId)
    if (!executor) return
    executor.timeoutMs = event.timeoutMs
    if (executor.life !== 'alive' && executor.life !== 'silent') return
    executor.life = 'silent'
    executor.silentSince = event.Kindling.t - event.silentMs
  },

  'kindling.MachineState'(view, event) {
    const seen = { machine: event.machine, state: event.state, since: event.Kindling.t }
    if (event.machine === 'master') masterState(view, event)
    else if (event.machine === 'worker') {
      const worker = view.workers.find((w) => w.id === event.actor)
      if (!worker) return
      worker.machine = seen
      worker.state = worker.state === 'DEAD' ? 'DEAD' : event.state
    } else if (event.machine === 'driver') {
      const driver = currentDriver(view)
      if (driver) driver.machine = seen
    } else {
      const executor = findExecutor(view, executorIdOf(event.actor) ?? event.actor, event.appId ?? currentAppId(view))
      if (executor) executor.machine = seen
    }
  }
}

/** Down is not stopped: the Master of a run that ends goes with it. */
function masterState(view: RunView, event: EventOf<'kindling.MachineState'>): void {
  const before = view.master
  view.master = { state: event.state, downAt: before?.downAt ?? null, endEvent: before?.endEvent ?? null }
  if (event.state === 'DOWN') Object.assign(view.master, { downAt: event.Kindling.t, endEvent: event.Kindling.id })
  else if (event.state !== 'STOPPED') Object.assign(view.master, { downAt: null, endEvent: null })
}

/** States of the Master's books that mean that the process has ended (§3.5). */
const PROCESS_GONE = new Set(['EXITED', 'KILLED', 'FAILED'])

/** The executor, made on the spot where a log begins in the middle or a Spark log never told of its launch. */
export function ensureExecutor(view: RunView, id: string, appId: string, event: LabEvent): ExecutorView {
  const app = appLookup(view, appId)
  const found = app.executors.get(id)
  if (found) return found
  const executor: ExecutorView = {
    id,
    appId,
    worker: null,
    cores: 0,
    pid: null,
    state: 'LAUNCHING',
    life: 'launching',
    machine: null,
    launchedAt: event.Kindling.t,
    registeredAt: null,
    removedAt: null,
    removedReason: null,
    end: null,
    lastHeartbeat: null,
    memory: null,
    slots: [],
    replaces: null,
    replacedBy: null,
    cachedBlocks: [],
    mapOutputs: [],
    lost: null,
    counts: { finished: 0, failed: 0, killed: 0 },
    host: null,
    silentSince: null,
    timeoutMs: null,
    launchEvent: event.Kindling.id,
    endEvent: null
  }
  view.executors.push(executor)
  app.executors.set(id, executor)
  return executor
}

/** Its process has ended. */
export function die(executor: ExecutorView, event: LabEvent): void {
  countLostTasks(executor)
  executor.life = 'dead'
  executor.silentSince = null
  executor.endEvent ??= event.Kindling.id
}

/** The driver, or the Master, does not count on it any more; its process may still be there. */
function giveUp(executor: ExecutorView, event: EventOf<'SparkListenerExecutorRemoved'> | EventOf<'kindling.ExecutorState'>): void {
  countLostTasks(executor)
  executor.removedAt ??= event.Kindling.t
  executor.endEvent ??= event.Kindling.id
  if (executor.life !== 'dead') executor.life = 'removed'
  executor.silentSince = null
}

function countLostTasks(executor: ExecutorView): void {
  if (executor.life === 'dead' || executor.life === 'removed') return
  const running = runningOn(executor).length
  if (running === 0) return
  executor.lost ??= { mapOutputs: 0, cachedBlocks: 0, runningTasks: 0 }
  executor.lost.runningTasks += running
}

/** Slots are cores over spark.task.cpus (§6.1). */
function setCores(view: RunView, executor: ExecutorView, cores: number): void {
  executor.cores = cores
  const each = Math.max(1, Number(currentConf(view)['spark.task.cpus'] ?? 1) || 1)
  const slots = Math.floor(cores / each)
  while (executor.slots.length < slots) executor.slots.push(null)
}
