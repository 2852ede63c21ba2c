import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ActorId, ClusterShape, EventId } from '../../engine/events/index.ts'
import { APP_REGISTRATION } from '../../engine/rules/worker-life.ts'
import type { Timer } from '../../engine/world/interfaces.ts'
import type { ChildToLab } from '../../engine/world/messages.ts'
import type { LabClock } from '../../engine/world/real/clock.ts'
import type { ChildEnd, ChildHandle, Children } from './children.ts'
import type { ClockDesk } from './clock-desk.ts'
import type { ClusterManager } from './cluster-manager.ts'
import type { FaultDesk } from './fault-desk.ts'
import type { Journal } from './journal.ts'
import type { RunSettings } from './settings.ts'
import type { Wire } from './wire.ts'

/** Real ms the driver has to stop in order before it is ended. */
const STOP_GRACE = 3000

/** A program to be run, as one gives it to spark-submit. */
export interface Program {
  program: string
  programName: string
  argv: string[]
}

export interface SubmissionHands {
  children: Children
  journal: Journal
  wire: Wire
  clock: LabClock
  clockDesk: ClockDesk
  faultDesk: FaultDesk
  settings: RunSettings
  conf: Record<string, string>
  pythonEntry: string
  snapshot: string | null
  scratch: string
  cwd: string
  folders: string[]
  /** The cluster, started when it is not there yet. A program on `local-cluster[…]` brings its shape; null when it cannot have it. */
  cluster: (shape?: ClusterShape) => ClusterManager | null
  /** An application has its id; the ids of its driver's events begin with `origin`. */
  registered: (appId: string, origin: string) => void
  /** Its application is registered, or it needs no Master: the next program may be submitted. */
  submitted: () => void
  /** How many programs the run has, and what this one is called beside others. */
  programs: number
  label: string
  /** The program is over for good. */
  over: () => void
}

/**
 * One program of a run: its driver's process, started again when it is supervised, and its application
 * client, which speaks with the Master (§3.6–3.8).
 */
export class Submission {
  readonly program: Program
  readonly actor: ActorId
  readonly #index: number
  readonly #hands: SubmissionHands
  driver: ChildHandle | undefined
  driverEnd: ChildEnd | undefined
  /** Each driver process's application, while it has one: an old driver may still be leaving while the next runs. */
  readonly #appOf = new Map<ChildHandle, string>()
  readonly #origins = new Map<ChildHandle, string>()
  /** It runs on a `local…` master. */
  local = false
  programCode: { code: number; message?: string } | undefined
  isOver = false
  #stopping = false
  #cluster: ClusterManager | undefined

  /** `index` counts the programs of a run from 0. */
  constructor(index: number, program: Program, hands: SubmissionHands) {
    this.#index = index
    this.program = program
    this.actor = index === 0 ? 'driver' : `driver-${index + 1}`
    this.#hands = hands
  }

  /** The application of the driver that runs now. */
  get appId(): string | undefined {
    return this.driver === undefined ? undefined : this.#appOf.get(this.driver)
  }

  start(): void {
    if (this.isOver || this.#stopping) return
    const { settings } = this.#hands
    if (!settings.clusterMode) {
      this.#launch({ worker: 'client', host: 'localhost', attempt: 0 }, undefined)
      return
    }
    const { driverMemoryMb: memoryMb, supervise } = settings
    const cluster = this.#hands.cluster()
    this.#cluster = cluster ?? undefined
    const fits = cluster?.submitDriver({
      actor: this.actor,
      memoryMb,
      supervise,
      launch: (at, cause) => this.#launch(at, cause),
      over: (state, message) => {
        if (state !== 'FINISHED') this.programCode ??= { code: this.driverEnd?.code ?? 1, message }
        this.#end()
      }
    })
    if (fits === true) return
    const message = `No worker has a core and ${memoryMb} MiB for the driver: give the workers more memory, or lower spark.driver.memory.`
    this.#hands.journal.post({ Event: 'kindling.DriverState', ...(this.actor === 'driver' ? {} : { actor: this.actor }), driverId: 'driver', state: 'ERROR', attempt: 0, message })
    this.programCode = { code: 1, message }
    this.#end()
  }

  /** The driver may stop in order; what does not is killed. */
  stop(reason: string): void {
    this.#stopping = true
    if (this.#hands.settings.clusterMode) this.#cluster?.killDrivers()
    const { driver } = this
    if (driver !== undefined && !driver.ended) {
      driver.send({ type: 'Stop', reason })
      const timer = setTimeout(() => driver.kill(undefined), STOP_GRACE)
      driver.onEnd(() => clearTimeout(timer))
    } else this.#end()
  }

  /** What it is called beside others. */
  get label(): string {
    return this.#hands.label
  }

  get exitCode(): number {
    return this.driverEnd?.code ?? this.programCode?.code ?? 1
  }

  #launch(at: { worker: string; host: string; attempt: number }, cause: EventId | undefined): ChildHandle {
    const { children, settings, scratch, conf, pythonEntry, snapshot, folders, cwd } = this.#hands
    this.driverEnd = undefined
    this.programCode = undefined
    const heapLimit = settings.driverHeap
    const name = `${this.actor}-${at.attempt}`
    const sourceFile = join(scratch, `program-${name}`)
    writeFileSync(sourceFile, this.program.program)
    const origin = `${this.#index === 0 ? '' : `p${this.#index + 1}`}d${at.attempt}`
    const driver = children.spawn(
      {
        kind: 'driver',
        actor: this.actor,
        origin,
        conf,
        pythonEntry,
        snapshot,
        folders,
        localDirectory: join(scratch, name),
        driver: {
          attempt: at.attempt,
          program: { sourceFile, fileName: this.program.programName, argv: [this.program.programName, ...this.program.argv], cwd, env: {} },
          defaultMaster: settings.defaultMaster,
          place: at.worker,
          host: at.host,
          heapLimit
        }
      },
      { host: at.host, heapMb: v8Cap(heapLimit), cwd: scratch, attempt: at.attempt },
      cause
    )
    this.driver = driver
    this.#origins.set(driver, origin)
    driver.onMessage((message) => this.#hear(driver, message))
    driver.onEnd((end) => this.#driverEnded(driver, end))
    return driver
  }

  #hear(driver: ChildHandle, message: ChildToLab): void {
    const { clockDesk, faultDesk } = this.#hands
    switch (message.type) {
      case 'Ready':
        faultDesk.driverUp(this.#index + 1)
        return
      case 'StepDue':
      case 'StepFired':
        clockDesk.answered(driver, message)
        return
      case 'RegisterApplication':
        this.#register(driver, message)
        return
      case 'LocalApplication':
        if (!this.#openLog(driver, message.appId)) return
        this.local = true
        this.#appOf.set(driver, message.appId)
        driver.send({ type: 'RegisteredApplication', appId: message.appId, masterUrl: 'local' })
        if (this.#hands.programs > 1) {
          this.#hands.journal.post({ Event: 'kindling.Note', level: 'info', actor: this.actor, appId: message.appId, text: `${this.#hands.label} has a local master: its driver runs the tasks itself. It takes nothing of the cluster, and the others take nothing of it.` })
        }
        this.#hands.submitted()
        return
      case 'UnregisterApplication': {
        const appId = this.#forgetApp(driver)
        if (appId !== undefined) this.#cluster?.finish(appId, 'FINISHED', undefined, undefined)
        return
      }
      case 'RequestExecutors':
        this.#toMaster(driver, 'RequestExecutors', `${message.total} executors`, message.cause, (cluster, appId) => cluster.requestExecutors(appId, message.total, message.cause))
        return
      case 'KillExecutors':
        this.#toMaster(driver, 'KillExecutors', `executor ${message.executorIds.join(', ')}`, message.cause, (cluster, appId) => cluster.killExecutors(appId, message.executorIds, message.replace, message.cause))
        return
      case 'Moment':
        this.#heard(driver, message.token, message.moment.kind === 'executor' ? faultDesk.executorUp(this.#index + 1) : faultDesk.moment(message.moment, this.#index + 1))
        return
      case 'ProgramEnded':
        this.programCode = { code: message.code, ...(message.message === undefined ? {} : { message: message.message }) }
        return
      default:
        return
    }
  }

  /** The driver goes on from a moment once whatever waited for it has struck. */
  #heard(driver: ChildHandle, token: number | undefined, struck: Promise<void> | undefined): void {
    if (token === undefined) return
    const goOn = (): void => driver.send({ type: 'MomentHeard', token })
    if (struck === undefined) goOn()
    else void struck.then(goOn)
  }

  /** Asks the Master, again every 20 s while none answers; after the third time it is dead (§3.6). */
  #register(driver: ChildHandle, ask: Extract<ChildToLab, { type: 'RegisterApplication' }>): void {
    const { cluster: start, wire, clock, settings, journal } = this.#hands
    const cluster = start(ask.cluster)
    if (cluster === null) {
      driver.send({ type: 'ApplicationRefused', message: `local-cluster[…] has a cluster of its own: run ${this.#hands.label} by itself.` })
      return
    }
    this.#cluster = cluster
    let done = false
    let timer: Timer | undefined
    const attempt = (nth: number): void => {
      if (done || driver.ended) return
      timer = clock.after(APP_REGISTRATION.everyMs, 'application registration', () => {
        if (done || driver.ended) return
        if (nth < APP_REGISTRATION.times) attempt(nth + 1)
        else driver.send({ type: 'ApplicationRefused', message: APP_REGISTRATION.text })
      })
      if (!cluster.masterUp) {
        journal.post({ Event: 'kindling.Note', level: 'warn', actor: this.actor, text: `Failed to connect to master ${settings.masterUrl.slice('spark://'.length)}` })
        return
      }
      wire.send('RegisterApplication', this.actor, 'master', ask.name, undefined, () => {
        if (done || driver.ended || !cluster.masterUp) return
        done = true
        timer?.cancel()
        const appId = cluster.register(driver, ask)
        if (!this.#openLog(driver, appId)) {
          cluster.refuse(appId)
          return
        }
        this.#appOf.set(driver, appId)
        wire.send('RegisteredApplication', 'master', this.actor, appId, undefined, () => {
          driver.send({ type: 'RegisteredApplication', appId, masterUrl: settings.masterUrl })
          cluster.registered(appId)
          this.#hands.submitted()
        })
      })
    }
    driver.onEnd(() => timer?.cancel())
    attempt(1)
  }

  #toMaster(driver: ChildHandle, kind: string, about: string, cause: EventId | undefined, deliver: (cluster: ClusterManager, appId: string) => void): void {
    const appId = this.#appOf.get(driver)
    const cluster = this.#cluster
    if (appId === undefined || cluster === undefined) return
    this.#hands.wire.send(kind, this.actor, 'master', about, cause, () => deliver(cluster, appId))
  }

  #openLog(driver: ChildHandle, appId: string): boolean {
    try {
      const origin = this.#origins.get(driver)!
      this.#hands.registered(appId, origin)
      this.#hands.journal.open(appId, { origin, actor: this.actor })
      return true
    } catch (error) {
      driver.send({ type: 'ApplicationRefused', message: (error as Error).message })
      return false
    }
  }

  #forgetApp(driver: ChildHandle): string | undefined {
    const appId = this.#appOf.get(driver)
    this.#appOf.delete(driver)
    if (driver === this.driver) this.local = false
    return appId
  }

  #driverEnded(driver: ChildHandle, end: ChildEnd): void {
    const appId = this.#forgetApp(driver)
    // The Master sees no more than a connection that closed (§3.8).
    if (appId !== undefined) this.#cluster?.finish(appId, 'FINISHED', 'The driver is gone.', end.event)
    if (driver !== this.driver) return
    this.driverEnd = end
    // A supervised driver is the Worker's affair, or, when that is lost, the Master's.
    const nobodyElse = this.#stopping || (this.#cluster !== undefined && !this.#cluster.masterUp && !this.#cluster.remembers && end.code === 255)
    if (!this.#hands.settings.clusterMode || nobodyElse) this.#end()
  }

  #end(): void {
    if (this.isOver) return
    this.isOver = true
    this.#hands.over()
  }
}

/** V8's own cap lies above the configured heap: the account speaks first, the cap stands behind it. */
export const v8Cap = (heapBytes: number): number => Math.ceil((heapBytes / 2 ** 20) * 1.25) + 96
