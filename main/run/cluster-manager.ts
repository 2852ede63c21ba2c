import type { ActorId, ClusterShape, EventId } from '../../engine/events/index.ts'
import { couldEverFit } from '../../engine/rules/placement.ts'
import { remembers } from '../../engine/rules/recovery.ts'
import type { Clock } from '../../engine/world/interfaces.ts'
import type { ChildHandle } from './children.ts'
import type { ApplicationAsk, DriverAsk } from './cluster/books.ts'
import { Master } from './cluster/master.ts'
import { Worker, type ExecutorLaunch } from './cluster/worker.ts'
import type { Journal } from './journal.ts'
import type { Wire } from './wire.ts'

export type { ApplicationAsk, DriverAsk } from './cluster/books.ts'
export type { ExecutorLaunch } from './cluster/worker.ts'

/** Real ms executors have to leave by themselves once their driver is gone. */
const LEAVE_GRACE = 10_000

export interface ClusterManagerOptions {
  shape: ClusterShape
  conf: Record<string, string>
  clock: Clock
  /** Between 0 and 1. */
  random: () => number
  /** Starts the process of an executor. */
  launch: (launch: ExecutorLaunch, cause: EventId) => ChildHandle
  /** Ids that no log of the folder has (§1.17). */
  nextAppId: () => string
  nextDriverId: () => string
}

/** The standalone cluster of a run: one Master, its Workers, and what can befall them (§3). */
export class ClusterManager {
  readonly #options: ClusterManagerOptions
  readonly #journal: Journal
  readonly #master: Master
  readonly #workers: Worker[] = []
  /** Applications whose Master went away and that have not heard of another. */
  readonly #clients = new Map<string, ChildHandle>()
  #stopped = false

  constructor(options: ClusterManagerOptions, journal: Journal, wire: Wire) {
    this.#options = options
    this.#journal = journal
    const { conf, clock } = options
    const shared = { clock, journal, wire, conf, stopped: () => this.#stopped }
    this.#master = new Master({ ...shared, nextAppId: options.nextAppId, nextDriverId: options.nextDriverId, appEnded: (appId, event) => this.#appEnded(appId, event) })
    for (let n = 1; n <= options.shape.workers; n++) {
      const id = `worker-${n}`
      this.#workers.push(
        new Worker(
          { id, host: id, cores: options.shape.coresPerWorker, memoryMb: options.shape.memoryPerWorkerMb },
          { ...shared, random: options.random, master: () => this.#master, launch: options.launch }
        )
      )
    }
  }

  get masterUp(): boolean {
    return this.#master.up
  }

  /** The Master becomes leader, the Workers register. */
  start(): void {
    this.#master.start()
    for (const worker of this.#workers) worker.register(undefined)
  }

  /** Registers an application (§3.6) and answers with its id; executors follow. */
  register(driver: ChildHandle, ask: ApplicationAsk): string {
    const appId = this.#master.register(driver, ask)
    this.#clients.set(appId, driver)
    return appId
  }

  /** The application was not taken on after all: nothing is started for it. */
  refuse(appId: string): void {
    this.#clients.delete(appId)
    this.#master.refuse(appId)
  }

  registered(appId: string): void {
    this.#master.registered(appId)
  }

  requestExecutors(appId: string, total: number, cause: EventId | undefined): void {
    this.#master.requestExecutors(appId, total, cause)
  }

  killExecutors(appId: string, executorIds: string[], replace: boolean, cause: EventId | undefined): void {
    this.#master.killExecutors(appId, executorIds, replace, cause)
  }

  finish(appId: string, state: 'FINISHED' | 'FAILED' | 'KILLED', message: string | undefined, cause: EventId | undefined): void {
    this.#clients.delete(appId)
    this.#master.finish(appId, state, message, cause)
  }

  /** A driver for cluster deploy mode; false when no Worker could ever hold it. */
  submitDriver(ask: DriverAsk): boolean {
    if (!couldEverFit(this.#workers, 1, ask.memoryMb)) return false
    this.#master.submitDriver(ask)
    return true
  }

  /** No driver is started again any more; one that only waits is given up. */
  killDrivers(): void {
    this.#master.killDrivers()
    for (const worker of this.#workers) for (const driver of worker.drivers) worker.killDriver(driver.id)
  }

  executorChild(appId: string, executorId: string): ChildHandle | null {
    for (const worker of this.#workers) {
      const child = worker.executor(appId, executorId)
      if (child !== null) return child
    }
    return null
  }

  workers(): { id: ActorId; gone: boolean; silent: boolean; decommissioned: boolean; processes: number }[] {
    return this.#workers.map(({ id, gone, silent, decommissioned, executors, drivers }) => ({ id, gone, silent, decommissioned, processes: executors.length + drivers.length }))
  }

  // What can befall them. `cause` is the event of the fault.

  /** The Worker's process ends; what ran on it shares its fate (§3.19–3.20). */
  loseWorker(id: ActorId, cause: EventId): void {
    this.#worker(id)?.exit(cause)
  }

  restartWorker(id: ActorId, cause: EventId): void {
    this.#worker(id)?.restart(cause)
  }

  /** The Master hears nothing of it; its executors go on (§3.3). */
  hangWorker(id: ActorId, cause: EventId): void {
    this.#worker(id)?.hang(cause)
  }

  resumeWorker(id: ActorId): void {
    this.#worker(id)?.resume()
  }

  decommissionWorker(id: ActorId, cause: EventId): void {
    this.#worker(id)?.decommission(cause)
  }

  /** The Master's process ends: running applications go on, nothing is replaced (§3.7). */
  stopMaster(cause: EventId): void {
    this.#master.stop(cause)
    for (const driver of this.#clients.values()) {
      if (!driver.ended) this.#journal.post({ Event: 'kindling.Note', level: 'warn', actor: driver.actor, text: 'Connection to master failed; waiting for master to reconnect...' }, cause)
    }
    for (const worker of this.#workers) if (worker.reachable) worker.masterDisconnected(cause)
  }

  /** Another Master at the same address; with spark.deploy.recoveryMode it has the books of the one before (§3.26). */
  startMaster(cause: EventId): void {
    if (!this.#master.up) this.#master.start(cause)
  }

  /** Will a Master that comes back start a supervised driver again? */
  get remembers(): boolean {
    return remembers(this.#options.conf)
  }

  /** The run is ending: nothing is started any more. */
  startNoMore(): void {
    this.#stopped = true
  }

  stop(): void {
    this.#stopped = true
    for (const worker of this.#workers) worker.stop()
    this.#master.close()
  }

  #worker(id: ActorId): Worker | undefined {
    return this.#workers.find((worker) => worker.id === id)
  }

  /** They leave by themselves when their driver is gone (§4.9); one that does not is ended. */
  #appEnded(appId: string, event: EventId): void {
    for (const worker of this.#workers) {
      for (const { launch, child } of worker.executors) {
        if (launch.appId !== appId || child.ended) continue
        const timer = setTimeout(() => child.kill(event), LEAVE_GRACE)
        child.onEnd(() => clearTimeout(timer))
      }
    }
  }
}
