import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClusterShape, EventId } from '../../engine/events/index.ts'
import type { Answer } from '../../engine/lab-api.ts'
import { parseFault } from '../../engine/faults/parse.ts'
import { driverState, SuperviseBackoff } from '../../engine/rules/placement.ts'
import { driverId } from '../../engine/rules/spark-events.ts'
import { emptyView, fold } from '../../engine/view/fold.ts'
import type { RunView } from '../../engine/view/types.ts'
import type { Spawner } from '../../engine/world/interfaces.ts'
import type { ChildToLab } from '../../engine/world/messages.ts'
import { startClock, type LabClock } from '../../engine/world/real/clock.ts'
import { Children, type ChildEnd, type ChildHandle } from './children.ts'
import { ClockDesk } from './clock-desk.ts'
import { ClusterManager, type ExecutorLaunch } from './cluster-manager.ts'
import { FaultDesk } from './fault-desk.ts'
import { Journal } from './journal.ts'
import { runSettings, type RunSettings } from './settings.ts'
import { Wire } from './wire.ts'

/** Real ms the driver has to stop in order before it is ended. */
const STOP_GRACE = 3000

/** Real ms executors have to leave by themselves once their driver is gone (§3.15, §4.9). */
const LEAVE_GRACE = 10_000

export interface RunPlan {
  runId: string
  program: string
  programName: string
  scenarioId?: string
  argv: string[]
  cluster: ClusterShape
  conf: Record<string, string>
  faults: { text: string; by: 'cli' | 'scenario' | 'window' }[]
  /** Where the program runs, and all folders it may see. */
  cwd: string
  folders: string[]
  /** Folder of this run's own files: shuffle files, spills. Removed with the run. */
  scratch: string
  logDirectory: string
  speed: number
}

export interface RunParts {
  spawner: Spawner
  pythonEntry: string
  snapshot: string | null
  nextAppId: (at: Date) => string
}

/** How a run ended. */
export interface RunOutcome {
  outcome: 'finished' | 'failed' | 'stopped'
  exitCode: number
  message?: string
}

/** One run of a program on a cluster of its own, from the first process to the last. */
export class Run {
  readonly id: string
  readonly journal: Journal
  readonly ended: Promise<RunOutcome>
  readonly #plan: RunPlan
  readonly #parts: RunParts
  readonly #clock: LabClock
  readonly #children: Children
  readonly #wire: Wire
  readonly #clockDesk: ClockDesk
  readonly #faultDesk: FaultDesk
  readonly #startedAt = Date.now()
  readonly #settings: RunSettings
  readonly #view: RunView = emptyView()
  #cluster: ClusterManager | undefined
  #driver: ChildHandle | undefined
  #driverEnd: ChildEnd | undefined
  #appId: string | undefined
  #local = false
  #programCode: { code: number; message?: string } | undefined
  #stopping = false
  #attempt = 0
  /** Gives up a restart that waits for its back-off. */
  #restart: (() => void) | undefined
  #over = false
  #resolveEnded: (outcome: RunOutcome) => void = () => undefined

  constructor(plan: RunPlan, parts: RunParts) {
    this.id = plan.runId
    this.#plan = plan
    this.#parts = parts
    this.#settings = runSettings(plan.conf)
    this.#clock = startClock(plan.speed)
    this.journal = new Journal(this.#clock, plan.logDirectory)
    this.journal.onEvents((events) => {
      for (const event of events) fold(this.#view, event)
    })
    this.#children = new Children(parts.spawner, this.#clock, this.journal, { runId: plan.runId, startedAt: this.#startedAt, latencyMs: this.#settings.latencyMs })
    this.#wire = new Wire(this.#clock, this.journal, this.#settings.latencyMs)
    this.#clockDesk = new ClockDesk(this.#clock, this.#children, this.journal)
    this.#faultDesk = new FaultDesk(this.#clock, this.journal, {
      view: () => this.view,
      driver: () => this.#driver ?? null,
      executor: (id) => (this.#appId === undefined ? null : (this.#cluster?.executorChild(this.#appId, id) ?? null)),
      local: () => this.#local
    })
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve))
  }

  /** The picture now. */
  get view(): RunView {
    this.journal.tell()
    return this.#view
  }

  get over(): boolean {
    return this.#over
  }

  /** Throws FaultTextError for a fault that cannot be read, and a sentence when the log cannot be written; everything else that goes wrong is told in the log. */
  async start(): Promise<void> {
    const plan = this.#plan
    for (const { text } of plan.faults) parseFault(text)
    this.journal.prepare()
    mkdirSync(plan.scratch, { recursive: true })
    await this.#children.listen()
    if (this.#over) return
    this.journal.post({
      Event: 'kindling.RunStarted',
      runId: plan.runId,
      startedAt: this.#startedAt,
      program: plan.program,
      programName: plan.programName,
      conf: plan.conf,
      cluster: plan.cluster,
      ...(plan.scenarioId === undefined ? {} : { scenario: plan.scenarioId })
    })
    for (const note of this.#settings.notes) this.journal.post({ Event: 'kindling.Note', level: 'warn', text: note })
    for (const { text, by } of plan.faults) this.#faultDesk.request(text, by)
    if (this.#settings.clusterMode) this.#launchOnCluster()
    else this.#launchDriver({ place: 'client', host: 'localhost', attempt: 0 }, undefined)
  }

  fault(text: string, by: 'window' | 'cli'): Answer {
    if (this.#over) return { ok: false, message: 'This run has ended: there is nothing left to strike. Press Run to start again.' }
    return this.#faultDesk.request(text, by)
  }

  setClock(change: { speed?: number; paused?: boolean }): Answer {
    return this.#over ? { ok: false, message: 'This run has ended.' } : this.#clockDesk.change(change)
  }

  step(): Promise<Answer> {
    return this.#over ? Promise.resolve({ ok: false, message: 'This run has ended.' }) : this.#clockDesk.step()
  }

  /** Ends the run: the driver may stop in order, what does not is killed. */
  async stop(reason = 'You pressed Stop.'): Promise<void> {
    if (this.#over) return
    this.#stopping = true
    if (this.#clock.paused) this.#clockDesk.change({ paused: false })
    const driver = this.#driver
    if (driver !== undefined && !driver.ended) {
      driver.send({ type: 'Stop', reason })
      const timer = setTimeout(() => driver.kill(undefined), STOP_GRACE)
      driver.onEnd(() => clearTimeout(timer))
    } else if (this.#restart !== undefined) this.#restart()
    else this.#finish()
    await this.ended
  }

  #startCluster(shape: ClusterShape): ClusterManager {
    if (this.#cluster !== undefined) return this.#cluster
    this.#cluster = new ClusterManager(
      {
        shape,
        conf: this.#plan.conf,
        launch: (launch, cause) => this.#launchExecutor(launch, cause),
        nextAppId: this.#parts.nextAppId,
        epoch: (lab) => this.#startedAt + lab,
        now: () => this.#clock.now()
      },
      this.journal,
      this.#wire
    )
    this.#cluster.start()
    return this.#cluster
  }

  /** Cluster deploy mode (§2.5, §3.22): the driver is a process on a Worker, supervised when asked. */
  #launchOnCluster(): void {
    const cluster = this.#startCluster(this.#plan.cluster)
    const id = driverId(new Date(this.#startedAt), 0)
    const memoryMb = this.#settings.driverMemoryMb
    const worker = cluster.placeDriver(memoryMb)
    if (worker === null) {
      this.journal.post({ Event: 'kindling.DriverState', driverId: id, state: 'ERROR', attempt: 0, message: `No worker has a core and ${memoryMb} MiB free for the driver.` })
      this.#programCode = { code: 1, message: `No worker has a core and ${memoryMb} MiB free for the driver: give the workers more memory, or lower spark.driver.memory.` }
      this.#finish()
      return
    }
    const backoff = new SuperviseBackoff()
    const over = (state: string, end: ChildEnd): void => {
      cluster.freeDriver(worker, memoryMb)
      this.journal.post({ Event: 'kindling.DriverState', driverId: id, state, worker: worker.id, attempt: this.#attempt, message: end.meaning }, end.event)
      cluster.driverChanged(id, state)
      this.#finish()
    }
    const launch = (attempt: number, cause: EventId | undefined): void => {
      this.#attempt = attempt
      const running = this.journal.post({ Event: 'kindling.DriverState', driverId: id, state: 'RUNNING', worker: worker.id, attempt }, cause)
      worker.machine.send({ type: 'LaunchDriver', driverId: id })
      const started = this.#clock.now()
      const driver = this.#launchDriver({ place: worker.id, host: worker.host, attempt }, running)
      driver.onEnd((end) => {
        worker.machine.send({ type: 'DriverExited', driverId: id })
        const next = backoff.ended({ supervise: this.#settings.supervise && end.code !== null, exitCode: end.code ?? 1, killed: this.#stopping, ranMs: this.#clock.now() - started })
        if (next.relaunch) {
          const event = this.journal.post({ Event: 'kindling.DriverState', driverId: id, state: 'RELAUNCHING', worker: worker.id, attempt, message: end.meaning, retryInMs: next.afterMs }, end.event)
          const waiting = this.#clock.after(next.afterMs, 'driver restart', () => {
            this.#restart = undefined
            launch(attempt + 1, event)
          })
          this.#restart = () => {
            waiting.cancel()
            over('KILLED', end)
          }
          return
        }
        over(driverState({ exitCode: end.code, killed: this.#stopping, couldNotStart: end.code === null }), end)
      })
    }
    this.journal.post({ Event: 'kindling.DriverState', driverId: id, state: 'SUBMITTED', attempt: 0 })
    launch(0, undefined)
  }

  #launchDriver(at: { place: string; host: string; attempt: number }, cause: EventId | undefined): ChildHandle {
    const plan = this.#plan
    this.#appId = undefined
    this.#driverEnd = undefined
    this.#programCode = undefined
    const heapLimit = this.#settings.driverHeap
    const sourceFile = join(plan.scratch, `program-${at.attempt}`)
    writeFileSync(sourceFile, plan.program)
    const driver = this.#children.spawn(
      {
        kind: 'driver',
        actor: 'driver',
        origin: `d${at.attempt}`,
        conf: plan.conf,
        pythonEntry: this.#parts.pythonEntry,
        snapshot: this.#parts.snapshot,
        folders: plan.folders,
        localDirectory: join(plan.scratch, `driver-${at.attempt}`),
        driver: {
          attempt: at.attempt,
          program: { sourceFile, fileName: plan.programName, argv: [plan.programName, ...plan.argv], cwd: plan.cwd, env: {} },
          defaultMaster: this.#settings.defaultMaster,
          place: at.place,
          host: at.host,
          heapLimit
        }
      },
      { host: at.host, heapMb: v8Cap(heapLimit), cwd: plan.scratch, attempt: at.attempt },
      cause
    )
    this.#driver = driver
    driver.onMessage((message) => this.#fromDriver(driver, message))
    driver.onEnd((end) => this.#driverEnded(end))
    return driver
  }

  #launchExecutor(launch: ExecutorLaunch, cause: EventId): ChildHandle {
    const plan = this.#plan
    const heapLimit = this.#settings.scaled(launch.memoryMb)
    const child = this.#children.spawn(
      {
        kind: 'executor',
        actor: `executor-${launch.executorId}`,
        origin: `${launch.appId.slice(-4)}e${launch.executorId}`,
        conf: { ...plan.conf, ...launch.conf },
        pythonEntry: this.#parts.pythonEntry,
        snapshot: this.#parts.snapshot,
        folders: plan.folders,
        localDirectory: join(plan.scratch, launch.appId, launch.executorId),
        executor: {
          executorId: launch.executorId,
          appId: launch.appId,
          driverPort: launch.driverPort,
          host: launch.worker.host,
          worker: launch.worker.id,
          cores: launch.cores,
          heapLimit
        }
      },
      { host: launch.worker.host, heapMb: v8Cap(heapLimit), cwd: plan.scratch, appId: launch.appId },
      cause
    )
    child.onMessage((message) => {
      if (message.type === 'StepDue' || message.type === 'StepFired') this.#clockDesk.answered(child, message)
    })
    return child
  }

  #fromDriver(driver: ChildHandle, message: ChildToLab): void {
    switch (message.type) {
      case 'Ready':
        this.#faultDesk.driverUp()
        return
      case 'StepDue':
      case 'StepFired':
        this.#clockDesk.answered(driver, message)
        return
      case 'RegisterApplication': {
        const cluster = this.#startCluster(message.cluster ?? this.#plan.cluster)
        this.#wire.send('RegisterApplication', 'driver', 'master', message.name, undefined, () => {
          if (driver.ended) return
          const appId = cluster.register(driver, message)
          if (!this.#openLog(driver, appId)) {
            cluster.refuse(appId)
            return
          }
          this.#appId = appId
          this.#wire.send('RegisteredApplication', 'master', 'driver', appId, undefined, () => {
            driver.send({ type: 'RegisteredApplication', appId, masterUrl: this.#settings.masterUrl })
            cluster.registered(appId)
          })
        })
        return
      }
      case 'LocalApplication':
        if (!this.#openLog(driver, message.appId)) return
        this.#local = true
        this.#appId = message.appId
        driver.send({ type: 'RegisteredApplication', appId: message.appId, masterUrl: 'local' })
        return
      case 'UnregisterApplication': {
        const appId = this.#appId
        this.#appId = undefined
        this.#local = false
        if (appId !== undefined) this.#cluster?.finish(appId, 'FINISHED', undefined, undefined)
        return
      }
      case 'KillExecutors':
        if (this.#appId !== undefined) this.#cluster?.killExecutors(this.#appId, message.executorIds, message.cause)
        return
      case 'Moment':
        if (message.moment.kind === 'executor') this.#faultDesk.executorUp()
        else this.#faultDesk.moment(message.moment)
        // Whatever waited has struck by now, or been sent to strike.
        if (message.token !== undefined) driver.send({ type: 'MomentHeard', token: message.token })
        return
      case 'ProgramEnded':
        this.#programCode = { code: message.code, ...(message.message === undefined ? {} : { message: message.message }) }
        return
      default:
        return
    }
  }

  #openLog(driver: ChildHandle, appId: string): boolean {
    try {
      this.journal.open(appId)
      return true
    } catch (error) {
      driver.send({ type: 'ApplicationRefused', message: (error as Error).message })
      return false
    }
  }

  #driverEnded(end: ChildEnd): void {
    this.#driverEnd = end
    // The Master sees no more than a connection that closed (§3.8).
    if (this.#appId !== undefined) this.#cluster?.finish(this.#appId, 'FINISHED', 'The driver is gone.', end.event)
    this.#appId = undefined
    this.#local = false
    if (!this.#settings.clusterMode) this.#finish()
  }

  /** Waits for the executors to leave, then closes the books. */
  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#cluster?.startNoMore()
    const left = this.#children.all().filter((child) => !child.ended)
    void Promise.all(left.map((child) => new Promise<void>((resolve) => child.onEnd(() => resolve())))).then(async () => {
      await this.#children.close()
      this.#clock.stop()
      this.#faultDesk.close()
      const exitCode = this.#driverEnd?.code ?? this.#programCode?.code ?? 1
      const outcome = this.#stopping ? 'stopped' : exitCode === 0 ? 'finished' : 'failed'
      const message = this.#programCode?.message ?? (exitCode === 0 ? undefined : this.#driverEnd?.meaning)
      const result: RunOutcome = { outcome, exitCode, ...(message === undefined ? {} : { message }) }
      this.#cluster?.stop()
      this.journal.post({ Event: 'kindling.RunEnded', ...result }, this.#driverEnd?.event)
      this.journal.tell()
      this.journal.closeLog()
      this.#resolveEnded(result)
    })
    // One that hangs is ended.
    for (const child of left) setTimeout(() => child.kill(undefined), this.#stopping ? STOP_GRACE : LEAVE_GRACE).unref()
  }
}

/** V8's own cap lies above the configured heap: the account speaks first, the cap stands behind it. */
const v8Cap = (heapBytes: number): number => Math.ceil((heapBytes / 2 ** 20) * 1.25) + 96

