import type { ActorId, ClusterShape, EventId } from '../../engine/events/index.ts'
import { masterMachine, runMachine, workerMachine, type RunningMachine } from '../../engine/machines/index.ts'
import { settings } from '../../engine/rules/conf.ts'
import { AppRetries, placeExecutors } from '../../engine/rules/placement.ts'
import type { LabToChild } from '../../engine/world/messages.ts'
import type { ChildEnd, ChildHandle } from './children.ts'
import type { Journal } from './journal.ts'
import type { Wire } from './wire.ts'

/** Real ms between asking a process to leave and ending it. */
const KILL_GRACE = 10_000

export interface WorkerPlace {
  id: ActorId
  host: string
  cores: number
  memoryMb: number
  coresUsed: number
  memoryUsedMb: number
  machine: RunningMachine<typeof workerMachine>
}

interface ExecutorRecord {
  id: string
  worker: WorkerPlace
  cores: number
  memoryMb: number
  state: string
  child: ChildHandle | null
  launch: EventId
}

interface Application {
  id: string
  name: string
  driver: ChildHandle
  driverPort: number
  coresMax: number
  executorCores: number | null
  executorMemoryMb: number
  conf: Record<string, string>
  state: string
  nextExecutorId: number
  executors: Map<string, ExecutorRecord>
  retries: AppRetries
  /** Ids of executors that ended and have no successor yet. */
  gone: { id: string; event: EventId }[]
  waitingTold: boolean
}

export interface ExecutorLaunch {
  appId: string
  executorId: string
  worker: WorkerPlace
  cores: number
  memoryMb: number
  driverPort: number
  /** The application's settings: executors get what its program has set (§4.1). */
  conf: Record<string, string>
}

/** What an application asks the Master for. */
export interface ApplicationAsk {
  name: string
  coresMax: number | null
  executorCores: number | null
  executorMemoryMb: number
  driverPort: number
  conf: Record<string, string>
}

export interface ClusterManagerOptions {
  shape: ClusterShape
  conf: Record<string, string>
  /** Starts the process of an executor. */
  launch: (launch: ExecutorLaunch, cause: EventId) => ChildHandle
  /** An application id that no log of the folder has (§1.17). */
  nextAppId: (at: Date) => string
  epoch: (labMs: number) => number
  now: () => number
}

/** The standalone Master and its Workers (§3): books, placement, relaunch. */
export class ClusterManager {
  readonly workers: WorkerPlace[] = []
  readonly #options: ClusterManagerOptions
  readonly #journal: Journal
  readonly #wire: Wire
  readonly #master: RunningMachine<typeof masterMachine>
  readonly #apps = new Map<string, Application>()

  constructor(options: ClusterManagerOptions, journal: Journal, wire: Wire) {
    this.#options = options
    this.#journal = journal
    this.#wire = wire
    this.#master = runMachine(masterMachine.provide({ actions: { schedule: () => this.#scheduleSoon() } }), (state, event) =>
      journal.post({ Event: 'kindling.MachineState', actor: 'master', machine: 'master', state, event })
    )
  }

  /** The Master becomes leader, the Workers register. */
  start(): void {
    this.#master.send({ type: 'ElectedLeader' })
    for (let n = 1; n <= this.#options.shape.workers; n++) {
      const id = `worker-${n}`
      const machine = runMachine(workerMachine, (state, event) => this.#journal.post({ Event: 'kindling.MachineState', actor: id, machine: 'worker', state, event }))
      const worker: WorkerPlace = { id, host: id, cores: this.#options.shape.coresPerWorker, memoryMb: this.#options.shape.memoryPerWorkerMb, coresUsed: 0, memoryUsedMb: 0, machine }
      this.workers.push(worker)
      this.#journal.post({ Event: 'kindling.WorkerRegistered', worker: id, host: id, cores: worker.cores, memoryMb: worker.memoryMb })
      machine.send({ type: 'RegisteredWorker' })
      this.#master.send({ type: 'RegisterWorker', worker: id })
    }
  }

  /** Registers an application (§3.6) and answers with its id; executors follow. */
  register(driver: ChildHandle, ask: ApplicationAsk): string {
    const id = this.#options.nextAppId(new Date(this.#options.epoch(this.#options.now())))
    this.#apps.set(id, {
      id,
      name: ask.name,
      driver,
      driverPort: ask.driverPort,
      coresMax: ask.coresMax ?? Infinity,
      executorCores: ask.executorCores,
      executorMemoryMb: ask.executorMemoryMb,
      conf: ask.conf,
      state: 'WAITING',
      nextExecutorId: 0,
      executors: new Map(),
      retries: new AppRetries(settings.maxExecutorRetries(this.#options.conf)),
      gone: [],
      waitingTold: false
    })
    return id
  }

  /** The application was not taken on after all: nothing is started for it. */
  refuse(appId: string): void {
    this.#apps.delete(appId)
  }

  /** The driver has heard that it is registered: executors may be started. */
  registered(appId: string): void {
    const app = this.#apps.get(appId)
    if (app === undefined || isOver(app.state)) return
    this.#journal.post({ Event: 'kindling.ApplicationState', appId, state: 'WAITING' })
    this.#master.send({ type: 'RegisterApplication', appId })
  }

  /** The driver asks to end executors; with `replace` the Master may start others (§4.8). */
  killExecutors(appId: string, executorIds: string[], cause: EventId | undefined): void {
    const app = this.#apps.get(appId)
    if (app === undefined) return
    for (const id of executorIds) {
      const executor = app.executors.get(id)
      if (executor === undefined) continue
      executor.state = 'KILLED'
      this.#wire.send('KillExecutor', 'master', executor.worker.id, `executor ${id}`, cause, () => {
        executor.worker.machine.send({ type: 'KillExecutor', executorId: id })
        executor.child?.kill(cause)
      })
    }
    this.#master.send({ type: 'KillExecutors', appId, executorIds })
  }

  /** The application ended: by its own word (UnregisterApplication) or because its driver's connection is gone (§3.8). */
  finish(appId: string, state: 'FINISHED' | 'FAILED' | 'KILLED', message: string | undefined, cause: EventId | undefined): void {
    const app = this.#apps.get(appId)
    if (app === undefined || isOver(app.state)) return
    app.state = state
    const event = this.#journal.post({ Event: 'kindling.ApplicationState', appId, state, ...(message === undefined ? {} : { message }) }, cause)
    for (const executor of app.executors.values()) {
      const child = executor.child
      if (child === null || child.ended) continue
      // They leave by themselves when their driver is gone (§4.9); one that does not is ended.
      const timer = setTimeout(() => child.kill(event), KILL_GRACE)
      child.onEnd(() => clearTimeout(timer))
    }
    this.#master.send({ type: cause === undefined ? 'UnregisterApplication' : 'DriverDisassociated', appId })
  }

  /** Resources a driver in cluster mode takes on a worker; null when none has them. The first with room: the choice is random in Spark (§3.12). */
  placeDriver(memoryMb: number): WorkerPlace | null {
    const worker = this.workers.find((candidate) => candidate.cores - candidate.coresUsed >= 1 && candidate.memoryMb - candidate.memoryUsedMb >= memoryMb)
    if (worker === undefined) return null
    worker.coresUsed += 1
    worker.memoryUsedMb += memoryMb
    return worker
  }

  freeDriver(worker: WorkerPlace, memoryMb: number): void {
    worker.coresUsed -= 1
    worker.memoryUsedMb -= memoryMb
  }

  driverChanged(driverId: string, state: string): void {
    this.#master.send({ type: 'DriverStateChanged', driverId, state })
  }

  executorChild(appId: string, executorId: string): ChildHandle | null {
    return this.#apps.get(appId)?.executors.get(executorId)?.child ?? null
  }

  /** The run is ending: nothing is started any more. */
  startNoMore(): void {
    this.#stopped = true
  }

  stop(): void {
    this.#stopped = true
    for (const worker of this.workers) worker.machine.send({ type: 'Stop' })
    this.#master.send({ type: 'Stop' })
  }

  #stopped = false
  #scheduling = false

  /** One scheduling round after everything of this turn, as the Master's mailbox would do. */
  #scheduleSoon(): void {
    if (this.#scheduling) return
    this.#scheduling = true
    queueMicrotask(() => {
      this.#scheduling = false
      if (this.#stopped) return
      for (const app of this.#apps.values()) if (!isOver(app.state)) this.#schedule(app)
    })
  }

  #schedule(app: Application): void {
    const coresLeft = app.coresMax - [...app.executors.values()].filter(occupies).reduce((sum, executor) => sum + executor.cores, 0)
    const usable = this.workers.filter((worker) => worker.machine.state === 'ALIVE')
    const placed = placeExecutors({
      workers: usable.map((worker) => ({
        id: worker.id,
        coresFree: worker.cores - worker.coresUsed,
        memoryFreeMb: worker.memoryMb - worker.memoryUsedMb,
        hasExecutor: [...app.executors.values()].some((executor) => executor.worker === worker && occupies(executor))
      })),
      executorCores: app.executorCores,
      executorMemoryMb: app.executorMemoryMb,
      coresLeft,
      spreadOut: (this.#options.conf['spark.deploy.spreadOutApps'] ?? this.#options.conf['spark.deploy.spreadOut'] ?? 'true') === 'true'
    })
    for (const { workerId, cores } of placed) {
      const worker = this.workers.find((candidate) => candidate.id === workerId)!
      this.#launch(app, worker, cores)
    }
    const alive = [...app.executors.values()].some(occupies)
    if (!alive && placed.length === 0 && !app.waitingTold) {
      app.waitingTold = true
      const largest = Math.max(...this.workers.map((worker) => worker.memoryMb))
      this.#journal.post({
        Event: 'kindling.Note',
        level: 'warn',
        actor: 'master',
        text:
          this.workers.length === 0
            ? `Application ${app.id} waits: the cluster has no worker.`
            : `Application ${app.id} requires more resource than any of Workers could have: an executor takes ${app.executorCores ?? 1} cores and ${app.executorMemoryMb} MiB, the largest worker offers ${Math.max(...this.workers.map((worker) => worker.cores))} cores and ${largest} MiB.`
      })
    }
  }

  #launch(app: Application, worker: WorkerPlace, cores: number): void {
    const id = String(app.nextExecutorId++)
    worker.coresUsed += cores
    worker.memoryUsedMb += app.executorMemoryMb
    // The one that left this worker is the one replaced, when there is one.
    const before = app.gone.findIndex((gone) => app.executors.get(gone.id)?.worker === worker)
    const replaced = app.gone.splice(before === -1 ? 0 : before, 1)[0]
    const launch = this.#journal.post(
      { Event: 'kindling.ExecutorLaunching', appId: app.id, executorId: id, worker: worker.id, cores, memoryMb: app.executorMemoryMb, ...(replaced === undefined ? {} : { replaces: replaced.id }) },
      replaced?.event
    )
    const executor: ExecutorRecord = { id, worker, cores, memoryMb: app.executorMemoryMb, state: 'LAUNCHING', child: null, launch }
    app.executors.set(id, executor)
    this.#wire.send('ExecutorAdded', 'master', 'driver', `executor ${id}`, launch, () =>
      this.#tell(app, { type: 'ExecutorGranted', executorId: id, worker: worker.id, host: worker.host, cores, memoryMb: app.executorMemoryMb })
    )
    this.#wire.send('LaunchExecutor', 'master', worker.id, `executor ${id}`, launch, () => {
      if (this.#stopped || isOver(app.state)) {
        this.#ended(app, executor, { code: null, signal: null, farewell: false, meaning: 'The application ended before it was started.', event: launch }, 'KILLED')
        return
      }
      worker.machine.send({ type: 'LaunchExecutor', executorId: id })
      executor.child = this.#options.launch({ appId: app.id, executorId: id, worker, cores, memoryMb: app.executorMemoryMb, driverPort: app.driverPort, conf: app.conf }, launch)
      executor.child.onEnd((end) => {
        worker.machine.send({ type: 'ExecutorExited', executorId: id })
        this.#wire.send('ExecutorStateChanged', worker.id, 'master', `executor ${id}`, end.event, () => this.#ended(app, executor, end))
      })
      // Running as soon as the process is there, not when the driver knows it (§3.14).
      this.#wire.send('ExecutorStateChanged', worker.id, 'master', `executor ${id}`, launch, () => {
        if (isFinished(executor.state)) return
        executor.state = 'RUNNING'
        app.retries.running()
        if (app.state === 'WAITING') {
          app.state = 'RUNNING'
          this.#journal.post({ Event: 'kindling.ApplicationState', appId: app.id, state: 'RUNNING' }, launch)
        }
        this.#journal.post({ Event: 'kindling.ExecutorState', appId: app.id, executorId: id, state: 'RUNNING' }, launch)
      })
    })
  }

  #ended(app: Application, executor: ExecutorRecord, end: ChildEnd, forced?: 'KILLED'): void {
    const killed = executor.state === 'KILLED' || forced !== undefined
    const state = killed ? 'KILLED' : end.code === null ? 'FAILED' : 'EXITED'
    executor.state = state
    executor.worker.coresUsed -= executor.cores
    executor.worker.memoryUsedMb -= executor.memoryMb
    const message = end.code === null ? end.meaning : `Command exited with code ${end.code}`
    const event = this.#journal.post(
      { Event: 'kindling.ExecutorState', appId: app.id, executorId: executor.id, state, message, ...(end.code === null ? {} : { exitStatus: end.code }) },
      end.event
    )
    if (isOver(app.state)) return
    app.gone.push({ id: executor.id, event })
    this.#wire.send('ExecutorUpdated', 'master', 'driver', `executor ${executor.id} ${state}`, event, () =>
      this.#tell(app, { type: 'ExecutorUpdated', executorId: executor.id, state, message, cause: event, ...(end.code === null ? {} : { exitStatus: end.code }) })
    )
    const anyRunning = [...app.executors.values()].some((other) => other.state === 'RUNNING')
    if (end.code !== 0 && app.retries.failed(anyRunning)) {
      const text = `${app.retries.count} executors in a row could not be started; the Master gives the application up (spark.deploy.maxExecutorRetries).`
      this.finish(app.id, 'FAILED', text, event)
      app.driver.send({ type: 'ApplicationRemoved', state: 'FAILED', message: 'Master removed our application: FAILED' })
      return
    }
    this.#master.send({ type: 'ExecutorStateChanged', appId: app.id, executorId: executor.id, state })
  }

  /** A word that travelled while its application ended is for nobody: the driver may have begun another. */
  #tell(app: Application, message: LabToChild): void {
    if (!isOver(app.state)) app.driver.send(message)
  }
}

const isOver = (state: string): boolean => state === 'FINISHED' || state === 'FAILED' || state === 'KILLED'
const isFinished = (state: string): boolean => state === 'EXITED' || state === 'KILLED' || state === 'FAILED' || state === 'LOST'
/** Holds cores: starting, running, or told to leave and not gone yet. */
const occupies = (executor: ExecutorRecord): boolean => executor.state === 'LAUNCHING' || executor.state === 'RUNNING' || (executor.state === 'KILLED' && executor.child !== null && !executor.child.ended)
