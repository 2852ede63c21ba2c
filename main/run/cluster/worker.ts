import type { EventId } from '../../../engine/events/index.ts'
import { runMachine, workerMachine, type RunningMachine } from '../../../engine/machines/index.ts'
import { nextRegistration, stateSyncAttempts, stateSyncWait, workerHeartbeatInterval } from '../../../engine/rules/worker-life.ts'
import type { Clock, Timer } from '../../../engine/world/interfaces.ts'
import type { ChildEnd, ChildHandle } from '../children.ts'
import type { Journal } from '../journal.ts'
import type { Wire } from '../wire.ts'
import type { DriverBook } from './books.ts'
import { DriverRunner } from './driver-runner.ts'
import type { Master } from './master.ts'

/** Between SIGTERM and SIGKILL, lab ms (§3.15). */
const KILL_GRACE = 10_000

/** What the Master asks a Worker to start. */
export interface ExecutorLaunch {
  appId: string
  executorId: string
  worker: { id: string; host: string }
  cores: number
  memoryMb: number
  driverPort: number
  /** The application's settings: executors get what its program has set (§4.1). */
  conf: Record<string, string>
}

export interface RunningExecutor {
  launch: ExecutorLaunch
  child: ChildHandle
  killed: boolean
}

export interface WorkerHands {
  clock: Clock
  journal: Journal
  wire: Wire
  conf: Record<string, string>
  random: () => number
  master: () => Master
  /** Starts the process of an executor. */
  launch: (launch: ExecutorLaunch, cause: EventId) => ChildHandle
  /** Nothing is to be started any more. */
  stopped: () => boolean
}

/** An executor's state as a Worker tells it to the Master (§3.14). */
export interface ExecutorNews {
  appId: string
  executorId: string
  state: 'RUNNING' | 'EXITED' | 'KILLED' | 'FAILED'
  message?: string
  exitStatus?: number
  cause: EventId | undefined
}

/** A Worker (§3.1–3.4, §3.14–3.16, §3.20): a place with cores and memory that starts and watches processes. */
export class Worker {
  readonly id: string
  readonly host: string
  readonly cores: number
  readonly memoryMb: number
  readonly machine: RunningMachine<typeof workerMachine>
  readonly #hands: WorkerHands
  readonly #executors = new Map<string, RunningExecutor>()
  readonly #drivers = new Map<string, { runner: DriverRunner; driver: DriverBook }>()
  readonly #spread: number
  /** States the Master has not heard. */
  readonly #unsaid: { news: ExecutorNews; failures: number; timer: Timer }[] = []
  /** What made it fall silent. */
  silencedBy: EventId | undefined
  #registered = false
  #decommissioned = false
  #silent = false
  #gone = false
  #attempt = 0
  #retry: Timer | undefined
  #beat: Timer | undefined

  constructor(at: { id: string; host: string; cores: number; memoryMb: number }, hands: WorkerHands) {
    this.id = at.id
    this.host = at.host
    this.cores = at.cores
    this.memoryMb = at.memoryMb
    this.#hands = hands
    this.#spread = 0.5 + hands.random()
    this.machine = runMachine(workerMachine, (state, event) => hands.journal.post({ Event: 'kindling.MachineState', actor: this.id, machine: 'worker', state, event }))
  }

  /** Its process is there and the network reaches it. */
  get reachable(): boolean {
    return !this.#gone && !this.#silent
  }

  get gone(): boolean {
    return this.#gone
  }

  get silent(): boolean {
    return this.#silent
  }

  get decommissioned(): boolean {
    return this.#decommissioned
  }

  get executors(): readonly RunningExecutor[] {
    return [...this.#executors.values()]
  }

  get drivers(): readonly DriverBook[] {
    return [...this.#drivers.values()].map(({ driver }) => driver)
  }

  executor(appId: string, executorId: string): ChildHandle | null {
    return this.#executors.get(`${appId}/${executorId}`)?.child ?? null
  }

  /** Offers itself to the Master, again and again until it answers (§3.1–3.2). */
  register(cause: EventId | undefined): void {
    this.#registered = false
    this.#attempt = 0
    this.#tryToRegister(cause)
  }

  #tryToRegister(cause: EventId | undefined): void {
    this.#retry?.cancel()
    this.#retry = undefined
    if (this.#gone || this.#registered || this.#hands.stopped()) return
    this.#toMaster('RegisterWorker', undefined, cause, (master) => master.registerWorker(this, cause))
    if (this.#registered) return
    const wait = nextRegistration(++this.#attempt, this.#hands.conf, this.#spread)
    if (wait === null) {
      this.exit(this.#hands.journal.post({ Event: 'kindling.Note', level: 'error', actor: this.id, text: 'All masters are unresponsive! Giving up.' }, cause))
      return
    }
    this.#retry = this.#hands.clock.after(wait, 'worker registration', () => this.#tryToRegister(cause))
  }

  /** The Master has taken it on. */
  registeredWorker(): void {
    this.#registered = true
    this.#retry?.cancel()
    this.#retry = undefined
    this.machine.send({ type: 'RegisteredWorker' })
    this.#beat?.cancel()
    this.#heartbeat()
    // What runs here, so that a Master that does not know it can have it ended.
    if (this.#executors.size > 0 || this.#drivers.size > 0) this.#toMaster('WorkerLatestState', undefined, undefined, (master) => master.workerLatestState(this))
  }

  /** A new Master has the books of the old one (§3.26). */
  masterChanged(): void {
    this.#registered = true
    this.#retry?.cancel()
    this.#retry = undefined
    this.machine.send({ type: 'RegisteredWorker' })
    this.#beat?.cancel()
    this.#heartbeat()
    this.#toMaster('WorkerSchedulerStateResponse', undefined, undefined, (master) => master.workerSchedulerState(this))
  }

  /** The connection to the Master closed. Processes go on (§3.7). */
  masterDisconnected(cause: EventId | undefined): void {
    if (this.#gone) return
    this.#hands.journal.post({ Event: 'kindling.Note', level: 'error', actor: this.id, text: 'Connection to master failed! Waiting for master to reconnect...' }, cause)
    this.#beat?.cancel()
    this.machine.send({ type: 'MasterDisconnected' })
    this.register(cause)
  }

  launchExecutor(launch: ExecutorLaunch, cause: EventId): void {
    const key = `${launch.appId}/${launch.executorId}`
    this.machine.send({ type: 'LaunchExecutor', executorId: launch.executorId })
    const executor: RunningExecutor = { launch, child: this.#hands.launch(launch, cause), killed: false }
    this.#executors.set(key, executor)
    executor.child.onEnd((end) => {
      this.#executors.delete(key)
      if (this.#gone) return
      this.machine.send({ type: 'ExecutorExited', executorId: launch.executorId })
      this.#tell(newsOfEnd(executor, end))
    })
    // Running as soon as the process is there, not when the driver knows it (§3.14).
    this.#tell({ appId: launch.appId, executorId: launch.executorId, state: 'RUNNING', cause })
  }

  /** SIGTERM, ten seconds, SIGKILL (§3.15). */
  killExecutor(appId: string, executorId: string, cause: EventId | undefined): void {
    const executor = this.#executors.get(`${appId}/${executorId}`)
    if (executor === undefined || executor.killed) return
    executor.killed = true
    this.machine.send({ type: 'KillExecutor', executorId })
    const { child } = executor
    if (cause !== undefined) child.blame(cause, true)
    child.send({ type: 'Terminate', reason: 'The Worker ends it (SIGTERM).' })
    const timer = this.#hands.clock.after(KILL_GRACE, 'SIGKILL', () => child.kill(cause))
    child.onEnd(() => timer.cancel())
  }

  launchDriver(driver: DriverBook, cause: EventId | undefined): void {
    const { clock, journal } = this.#hands
    const runner = new DriverRunner(driver, {
      journal,
      worker: this,
      now: () => clock.now(),
      after: (delay, label, fire) => clock.after(delay, label, fire),
      started: () => this.machine.send({ type: 'LaunchDriver', driverId: driver.id }),
      exited: () => this.machine.send({ type: 'DriverExited', driverId: driver.id }),
      over: (state, end) => {
        this.#drivers.delete(driver.id)
        driver.state = state
        const event = journal.post({ Event: 'kindling.DriverState', ...(driver.ask.actor === 'driver' ? {} : { actor: driver.ask.actor }), driverId: driver.id, state, worker: this.id, attempt: driver.attempts.count - 1, message: end.meaning }, end.event)
        this.#toMaster('DriverStateChanged', driver.id, event, (master) => master.driverStateChanged(driver))
        driver.ask.over(state, end.meaning, event)
      }
    })
    this.#drivers.set(driver.id, { runner, driver })
    runner.run(cause)
  }

  killDriver(driverId: string): void {
    this.#drivers.get(driverId)?.runner.kill()
  }

  /** The Master does not know this driver. */
  terminateDriver(driverId: string, cause: EventId): void {
    this.#drivers.get(driverId)?.runner.terminate(cause)
  }

  /** Signal PWR with spark.decommission.enabled (§7.6): it takes nothing new; the Master tells the applications. */
  decommission(cause: EventId | undefined): void {
    this.#decommissioned = true
    this.machine.send({ type: 'DecommissionSelf' })
    this.#toMaster('WorkerDecommissioning', undefined, cause, (master) => master.workerDecommissioning(this, cause))
  }

  /** From now on nobody hears it and it hears nobody of the Master's side. */
  hang(cause: EventId): void {
    this.#silent = true
    this.silencedBy = cause
    this.machine.send({ type: 'Hang' })
  }

  /** It is heard again: the next heartbeat shows whether the Master still counts on it. */
  resume(): void {
    this.#silent = false
    this.silencedBy = undefined
    this.machine.send({ type: 'Resume' })
    for (const waiting of this.#unsaid.splice(0)) {
      waiting.timer.cancel()
      this.#tell(waiting.news)
    }
    this.#beat?.cancel()
    this.#heartbeat()
  }

  /** Its process ends, and everything on it shares its fate (§3.20). */
  exit(cause: EventId | undefined): void {
    if (this.#gone) return
    this.#gone = true
    this.#silent = false
    this.#registered = false
    this.#quiet()
    this.machine.send({ type: 'Exited' })
    for (const { child } of this.#executors.values()) {
      if (cause !== undefined) child.blame(cause, true)
      child.send({ type: 'WorkerGone', worker: this.id })
    }
    for (const { runner } of this.#drivers.values()) runner.abandon(cause)
    this.#executors.clear()
    this.#drivers.clear()
    // A Master that is not there sees no connection close.
    if (this.#hands.master().up) this.#hands.wire.send('Disconnected', this.id, 'master', undefined, cause, () => this.#hands.master().workerDisconnected(this, cause))
  }

  /** Somebody starts its process again. */
  restart(cause: EventId | undefined): void {
    if (!this.#gone) return
    this.#gone = false
    this.#decommissioned = false
    this.machine.send({ type: 'Started' })
    this.register(cause)
  }

  stop(): void {
    this.#quiet()
    this.machine.send({ type: 'Stop' })
  }

  #quiet(): void {
    this.#retry?.cancel()
    this.#beat?.cancel()
    for (const { timer } of this.#unsaid.splice(0)) timer.cancel()
  }

  #heartbeat(): void {
    if (this.#gone || !this.#registered || this.#hands.stopped()) return
    if (this.reachable) this.#hands.master().heartbeat(this)
    this.#beat = this.#hands.clock.after(workerHeartbeatInterval(this.#hands.conf), 'worker heartbeat', () => this.#heartbeat())
  }

  /** Tells the Master of an executor; tries again while it does not hear (§3.16). */
  #tell(news: ExecutorNews, failures = 0): void {
    const { clock, conf, master, stopped } = this.#hands
    if (this.#gone || stopped()) return
    if (this.reachable && master().up) {
      this.#toMaster('ExecutorStateChanged', `executor ${news.executorId}`, news.cause, (heard) => heard.executorStateChanged(this, news))
      return
    }
    if (failures + 1 >= stateSyncAttempts(conf)) {
      this.exit(this.#hands.journal.post({ Event: 'kindling.Note', level: 'error', actor: this.id, text: `The Master has not heard of executor ${news.executorId} in ${failures + 1} tries (spark.worker.executorStateSync.maxAttempts): the Worker exits with 1.` }, news.cause))
      return
    }
    const waiting = {
      news,
      failures: failures + 1,
      timer: clock.after(stateSyncWait(conf), 'executor state', () => {
        this.#unsaid.splice(this.#unsaid.indexOf(waiting), 1)
        this.#tell(news, waiting.failures)
      })
    }
    this.#unsaid.push(waiting)
  }

  #toMaster(kind: string, about: string | undefined, cause: EventId | undefined, hear: (master: Master) => void): void {
    const { wire, master } = this.#hands
    if (!this.reachable || !master().up) return
    wire.send(kind, this.id, 'master', about, cause, () => {
      if (this.reachable && master().up) hear(master())
    })
  }
}

function newsOfEnd(executor: RunningExecutor, end: ChildEnd): ExecutorNews {
  const { appId, executorId } = executor.launch
  const state = executor.killed ? 'KILLED' : end.code === null ? 'FAILED' : 'EXITED'
  return { appId, executorId, state, message: end.code === null ? end.meaning : `Command exited with code ${end.code}`, ...(end.code === null ? {} : { exitStatus: end.code }), cause: end.event }
}
