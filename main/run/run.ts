import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ClusterShape, EventId } from '../../engine/events/index.ts'
import type { Answer } from '../../engine/lab-api.ts'
import { parseFault } from '../../engine/faults/parse.ts'
import { driverId } from '../../engine/rules/spark-events.ts'
import type { Stop } from '../../engine/view/marks.ts'
import { programViews } from '../../engine/view/programs.ts'
import { FaultTextError } from '../../engine/faults/fault-text-error.ts'
import type { RunView } from '../../engine/view/types.ts'
import type { Spawner } from '../../engine/world/interfaces.ts'
import { startClock, type LabClock } from '../../engine/world/real/clock.ts'
import { Children, type ChildHandle } from './children.ts'
import { ClockDesk } from './clock-desk.ts'
import { clusterFaults } from './cluster-faults.ts'
import { ClusterManager, type ExecutorLaunch } from './cluster-manager.ts'
import { FaultDesk } from './fault-desk.ts'
import { watchContainers } from './container-watch.ts'
import { Journal } from './journal.ts'
import { Picture } from './picture.ts'
import { standStill } from './stop-process.ts'
import { runSettings, type RunSettings } from './settings.ts'
import { Submission, v8Cap, type Program } from './submission.ts'
import { Wire } from './wire.ts'

/** Real ms what is left has to end once the run was stopped. */
const STOP_GRACE = 3000

/** Real ms executors have to leave by themselves once their driver is gone (§3.15, §4.9). */
const LEAVE_GRACE = 10_000

export interface RunPlan {
  runId: string
  program: string
  programName: string
  /** Programs that share the cluster with it, each with a driver and an application of its own; submitted after it, in their order. */
  others?: readonly Program[]
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
  /** Whether somebody looks at it who may want to strike at any time. */
  watched: () => boolean
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
  readonly #picture: Picture
  readonly #submissions: Submission[] = []
  /** What the event ids of an application's driver begin with. */
  readonly #origins = new Map<string, string>()
  #cluster: ClusterManager | undefined
  #drivers = 0
  /** Programs submitted so far. */
  #submitted = 0
  #stopping = false
  #over = false
  #resolveEnded: (outcome: RunOutcome) => void = () => undefined

  constructor(plan: RunPlan, parts: RunParts) {
    this.id = plan.runId
    this.#plan = plan
    this.#parts = parts
    this.#settings = runSettings(plan.conf)
    this.#clock = startClock(plan.speed)
    this.journal = new Journal(this.#clock, plan.logDirectory)
    this.#picture = new Picture(this.journal, parts.watched)
    this.journal.onTold(() => this.#picture.later())
    this.#children = new Children(parts.spawner, this.#clock, this.journal, { runId: plan.runId, startedAt: this.#startedAt, latencyMs: this.#settings.latencyMs })
    this.#wire = new Wire(this.#clock, this.journal, this.#settings.latencyMs)
    this.#clockDesk = new ClockDesk(this.#clock, this.#children, this.journal)
    this.#faultDesk = new FaultDesk(this.#clock, this.journal, {
      view: () => this.view,
      programs: 1 + (plan.others?.length ?? 0),
      app: (number) => this.#submissions[number - 1],
      executor: (appId, id) => this.#cluster?.executorChild(appId, id) ?? null,
      lab: { ...clusterFaults(() => this.#cluster, plan.conf), 'hang-driver': standStill((number) => this.#submissions[number - 1]?.driver ?? null) }
    })
    watchContainers(this.journal, (actor, appId) => this.#cluster?.executorChild(appId, actor.replace('executor-', '')) ?? null)
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve))
  }

  /** The picture now. */
  get view(): RunView {
    this.journal.tell()
    return this.#picture.now()
  }

  get programName(): string {
    return this.#plan.programName
  }

  get over(): boolean {
    return this.#over
  }

  /** Throws FaultTextError for a fault that cannot be read, and a sentence when the log cannot be written; everything else that goes wrong is told in the log. */
  async start(): Promise<void> {
    const plan = this.#plan
    const programs = [plan, ...(plan.others ?? [])]
    for (const { text } of plan.faults) {
      const { app } = parseFault(text)
      if (app > programs.length) throw new FaultTextError(noSuchProgram(text, app, programs.length))
    }
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
      ...(plan.scenarioId === undefined ? {} : { scenario: plan.scenarioId }),
      ...(programs.length === 1 ? {} : { programs: programs.map(({ program, programName }) => ({ program, programName })) })
    })
    for (const note of this.#settings.notes) this.journal.post({ Event: 'kindling.Note', level: 'warn', text: note })
    const labels = programViews(programs).map(({ label }) => label)
    programs.forEach((program, index) => this.#submissions.push(this.#submission(index, program, labels[index]!)))
    for (const { text, by } of plan.faults) this.#faultDesk.request(text, by)
    this.#submit(0)
  }

  /** One after the other, as one types them: the next once the one before has its application, or is over. */
  #submit(index: number): void {
    if (index !== this.#submitted || this.#stopping) return
    this.#submitted++
    this.#submissions[index]?.start()
  }

  fault(text: string, by: 'window' | 'cli'): Answer {
    if (this.#over) return { ok: false, message: 'This run has ended: there is nothing left to strike. Press Run to start again.' }
    return this.#faultDesk.request(text, by)
  }

  /** Ends a lasting fault that has struck, or takes back one that waits. */
  heal(faultId: string): Answer {
    return this.#over ? { ok: false, message: 'This run has ended: there is nothing left to heal.' } : this.#faultDesk.heal(faultId)
  }

  setClock(change: { speed?: number; paused?: boolean }): Answer {
    return this.#over ? { ok: false, message: 'This run has ended.' } : this.#clockDesk.change(change)
  }

  runTo(stop: Exclude<Stop, 'event'>): Answer {
    return this.#over ? { ok: false, message: 'This run has ended.' } : this.#clockDesk.runTo(stop)
  }

  step(): Promise<Answer> {
    return this.#over ? Promise.resolve({ ok: false, message: 'This run has ended.' }) : this.#clockDesk.step()
  }

  /** Ends the run: the driver may stop in order, what does not is killed. */
  async stop(reason = 'You pressed Stop.'): Promise<void> {
    if (this.#over) return
    this.#stopping = true
    if (this.#clock.paused) this.#clockDesk.change({ paused: false })
    if (this.#submissions.length === 0) this.#finish()
    for (const submission of this.#submissions) submission.stop(reason)
    await this.ended
  }

  #submission(index: number, program: Program, label: string): Submission {
    const plan = this.#plan
    const programs = 1 + (plan.others?.length ?? 0)
    return new Submission(index, program, {
      children: this.#children,
      journal: this.journal,
      wire: this.#wire,
      clock: this.#clock,
      clockDesk: this.#clockDesk,
      faultDesk: this.#faultDesk,
      settings: this.#settings,
      conf: plan.conf,
      pythonEntry: this.#parts.pythonEntry,
      snapshot: this.#parts.snapshot,
      scratch: plan.scratch,
      cwd: plan.cwd,
      folders: plan.folders,
      cluster: (shape) => (shape !== undefined && programs > 1 ? null : this.#startCluster(shape ?? plan.cluster)),
      registered: (appId, origin) => this.#origins.set(appId, origin),
      programs,
      label,
      submitted: () => this.#submit(index + 1),
      over: () => {
        this.#submit(index + 1)
        if (this.#submissions.every((submission) => submission.isOver)) this.#finish()
      }
    })
  }

  #startCluster(shape: ClusterShape): ClusterManager {
    if (this.#cluster !== undefined) return this.#cluster
    const epoch = (): Date => new Date(this.#startedAt + this.#clock.now())
    this.#cluster = new ClusterManager(
      {
        shape,
        conf: this.#plan.conf,
        clock: this.#clock,
        random: Math.random,
        launch: (launch, cause) => this.#launchExecutor(launch, cause),
        nextAppId: () => this.#parts.nextAppId(epoch()),
        nextDriverId: () => driverId(epoch(), this.#drivers++)
      },
      this.journal,
      this.#wire
    )
    this.#cluster.start()
    return this.#cluster
  }

  #launchExecutor(launch: ExecutorLaunch, cause: EventId): ChildHandle {
    const plan = this.#plan
    const heapLimit = this.#settings.scaled(launch.memoryMb)
    const child = this.#children.spawn(
      {
        kind: 'executor',
        actor: `executor-${launch.executorId}`,
        origin: `${this.#origins.get(launch.appId) ?? 'd0'}e${launch.executorId}`,
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
      // Of several programs the first that failed speaks.
      const first = this.#submissions.find((submission) => submission.exitCode !== 0) ?? this.#submissions[0]
      const exitCode = first?.exitCode ?? 1
      const outcome = this.#stopping ? 'stopped' : exitCode === 0 ? 'finished' : 'failed'
      const said = first?.programCode?.message ?? (exitCode === 0 ? undefined : first?.driverEnd?.meaning)
      const message = said === undefined || this.#submissions.length === 1 ? said : `${first?.label}: ${said}`
      const result: RunOutcome = { outcome, exitCode, ...(message === undefined ? {} : { message }) }
      this.#cluster?.stop()
      this.journal.post({ Event: 'kindling.RunEnded', ...result }, first?.driverEnd?.event)
      this.journal.tell()
      this.journal.closeLog()
      this.#resolveEnded(result)
    })
    // One that hangs is ended.
    for (const child of left) setTimeout(() => child.kill(undefined), this.#stopping ? STOP_GRACE : LEAVE_GRACE).unref()
  }
}

const noSuchProgram = (fault: string, app: number, programs: number): string =>
  `"${fault}" is for program ${app}, and there ${programs === 1 ? 'is one program' : `are ${programs} programs`}.`
