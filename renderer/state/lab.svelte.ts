/**
 * The window's state: events of the current run, folded. Pushes are gathered and folded once a frame;
 * nothing on screen comes from anywhere else.
 */
import type { EventId, LabEvent } from '../../engine/events/index.ts'
import type { FaultDescription, LabApi, LabInfo, RunRequest, Scenario, ScenarioSummary } from '../../engine/lab-api.ts'
import type { Ref, RunView, TaskView } from '../../engine/view/types.ts'
import { emptyView } from '../../engine/view/fold.ts'
import type { Mark, Stop } from '../../engine/view/marks.ts'
import { appOfDriver, driverOfProgram } from '../../engine/view/programs.ts'
import { whyFor, type Why } from '../../engine/view/why.ts'
import { answerTo, type Pending } from '../faults/faults.ts'
import { History } from './history.ts'
import { LabClock } from './lab-clock.ts'
import { snapshot } from './snapshot.ts'

/** Above so many executors the picture is brought up to date less often than each frame. */
export const MANY_EXECUTORS = 24
const LARGE_PAUSE = 80

/** An earlier moment of the run that is looked at. */
interface Past {
  /** Events folded. */
  n: number
  /** Lab time, ms. */
  t: number
  view: RunView
}
const NO_TASKS: ReadonlyMap<number, TaskView> = new Map()

export class LabStore {
  readonly api: LabApi
  info = $state.raw<LabInfo | null>(null)
  scenarios = $state.raw<ScenarioSummary[]>([])
  scenarioProblems = $state.raw<string[]>([])
  /** The run as it is now, whatever is looked at. */
  live = $state.raw<RunView>(emptyView())
  /** The moment that is looked at when that is not now. */
  past = $state.raw<Past | null>(null)
  /** What every panel shows: the run now, or at the moment looked at. */
  view: RunView = $derived(this.past?.view ?? this.live)
  runId = $state<string | null>(null)
  /** Lab time of the run now, ms; reckoned between events. */
  liveNow = $state(0)
  /** Lab time of what is shown, ms. */
  now: number = $derived(this.past?.t ?? this.liveNow)
  connected = $state(true)
  /** The last refusal, in words, until it is dismissed or something works. */
  problem = $state<string | null>(null)
  /** Line of the program the last refusal was about. */
  problemLine = $state<number | null>(null)
  /** The run goes on until something of this kind happens, and pauses there. */
  goingTo = $state<Stop | null>(null)
  /** The number of the program it was about, from 1. */
  problemApp = $state(1)
  /** A call to start is under way. */
  starting = $state(false)
  pending = $state.raw<Pending[]>([])
  /** Speed wished for the next run, and that of the current one. */
  speed = $state(1)

  /** Its latest view is what the fold works on; `live` is the snapshot of it. */
  #history = new History()
  #waiting: LabEvent[] = []
  #frame = 0
  #lastFold = 0
  #ticking = 0
  #filling = false
  #clock = new LabClock()

  tasksById: ReadonlyMap<number, TaskView> = $derived(new Map(this.view.tasks.map((task) => [task.id, task])))
  /** Where there are several applications: ids of tasks begin anew with each. */
  #tasksByApp: ReadonlyMap<string, ReadonlyMap<number, TaskView>> = $derived.by(() => {
    const apps = new Map<string, Map<number, TaskView>>()
    if (this.view.apps.length <= 1) return apps
    for (const task of this.view.tasks) {
      let tasks = apps.get(task.appId)
      if (!tasks) apps.set(task.appId, (tasks = new Map<number, TaskView>()))
      tasks.set(task.id, task)
    }
    return apps
  })
  /** The run goes on, whatever is looked at. */
  running: boolean = $derived(this.live.phase === 'starting' || this.live.phase === 'running')
  paused: boolean = $derived(this.running && this.live.clock.paused)
  /** It went on at the moment that is shown. */
  wentOn: boolean = $derived(this.view.phase === 'starting' || this.view.phase === 'running')
  faults: FaultDescription[] = $derived(this.info?.faults ?? [])

  /** Tasks of an application, by id. */
  tasksOf(appId: string): ReadonlyMap<number, TaskView> {
    return this.view.apps.length <= 1 ? this.tasksById : (this.#tasksByApp.get(appId) ?? NO_TASKS)
  }

  constructor(api: LabApi) {
    this.api = api
    api.on('events', (push) => this.#receive(push.runId, push.from, push.events))
    api.on('runEnded', (push) => {
      if (push.runId === this.runId) void this.#fill()
    })
  }

  /** Asks the lab what there is, and takes up a run that is going on, or else the last one. */
  async load(): Promise<void> {
    try {
      const [info, listed] = await Promise.all([this.api.info(), this.api.scenarios()])
      this.info = info
      this.scenarios = listed.scenarios
      this.scenarioProblems = listed.problems
      const current = info.runs.find((run) => run.state === 'running') ?? info.runs[0]
      if (current && this.runId === null) {
        this.#begin(current.runId)
        await this.#fill()
        this.#foldWaiting()
        this.speed = this.live.clock.speed
      }
    } catch (error) {
      this.#complain(error)
    }
  }

  /** The connection was lost, or came back: then whatever was missed is asked for. */
  connection(open: boolean): void {
    const before = this.connected
    this.connected = open
    if (!open || before) return
    void (this.runId === null ? this.load() : this.#fill())
  }

  scenario(id: string): Promise<Scenario> {
    return this.api.scenario(id)
  }

  async start(request: RunRequest): Promise<boolean> {
    this.problem = null
    this.problemLine = null
    this.starting = true
    try {
      const answer = await this.api.start(request)
      if (!answer.ok) {
        this.problem = answer.message
        this.problemLine = answer.line ?? null
        this.problemApp = answer.app ?? 1
        return false
      }
      if (this.runId !== answer.runId) this.#begin(answer.runId)
      if (this.speed !== 1) await this.api.setSpeed(answer.runId, this.speed)
      await this.#fill()
      return true
    } catch (error) {
      this.#complain(error)
      return false
    } finally {
      this.starting = false
    }
  }

  stop = (): Promise<void> => this.#ask((runId) => this.api.stop(runId))
  step = (): Promise<void> => this.#ask((runId) => this.api.step(runId))
  togglePause = (): Promise<void> => this.#ask((runId) => (this.live.clock.paused ? this.api.resume(runId) : this.api.pause(runId)))

  async setSpeed(speed: number): Promise<void> {
    this.speed = speed
    if (this.running) await this.#ask((runId) => this.api.setSpeed(runId, speed))
  }

  /** Shows the strike at once; the event that answers it takes the notice away again. */
  async strike(fault: string, target: string, when?: string, app?: number): Promise<void> {
    const runId = this.runId
    if (runId === null || !this.running || this.past !== null) return
    const appId = app === undefined ? undefined : appOfDriver(this.live, driverOfProgram(app - 1))?.appId
    const pending: Pending = { fault, target, known: this.live.faults.length, ...(app === undefined ? {} : { app }), ...(appId === undefined ? {} : { appId }) }
    if (when === undefined) this.pending = [...this.pending, pending]
    try {
      const answer = await this.api.fault({ runId, fault, target, when, ...(app === undefined ? {} : { app }) })
      if (!answer.ok) throw new Error(answer.message)
      this.problem = null
    } catch (error) {
      this.pending = this.pending.filter((one) => one !== pending)
      this.#complain(error)
    }
  }

  heal = (faultId: string): Promise<void> => this.#ask((runId) => this.api.heal(runId, faultId))

  /** Why something is as it is, from the causes written in the events; follows the view. */
  why(ref: Ref): Why | null {
    const { count } = this.view
    return whyFor(this.#history.at(count), ref, this.#history.byId)
  }

  /** What stands on the time line; follows the run. */
  get marks(): readonly Mark[] {
    void this.live
    return this.#history.marks
  }

  /** Looks at the moment after `n` events; `t` (ms) may be a little after the last of them. The last moment is now. */
  lookAt(n: number, t?: number): void {
    const history = this.#history
    const count = Math.max(0, Math.round(n))
    if (count >= history.count) return this.backToNow()
    this.past = { n: count, t: t ?? history.timeOf(count), view: snapshot(history.at(count)) }
  }

  /** Looks at lab time `t`, ms. */
  lookAtTime(t: number): void {
    const n = this.#history.countAt(t)
    // Between the last event and now nothing has happened: that is still the past while the clock goes on.
    if (n < this.#history.count) this.lookAt(n, t)
    else this.backToNow()
  }

  /** The moment just after the next thing of this kind, or the one before; null when none is known. */
  moment(stop: Stop, by: 1 | -1): number | null {
    void this.live
    return this.#history.seek(this.view.count, stop, by)
  }

  backToNow = (): void => {
    this.past = null
  }

  /** Goes to the next (or previous) thing of this kind: in the past by looking there; from now on by letting the run go until it happens. */
  async goTo(stop: Stop, by: 1 | -1): Promise<void> {
    const moment = this.moment(stop, by)
    if (moment !== null) return this.lookAt(moment)
    if (by === -1 || !this.running) return
    this.backToNow()
    if (stop === 'event') return this.paused ? this.step() : undefined
    this.goingTo = stop
    await this.#ask((runId) => this.api.runTo(runId, stop))
    if (this.problem !== null) this.goingTo = null
  }

  /** An event of the run by its id, if it has come. */
  event(id: EventId): LabEvent | undefined {
    return this.#history.byId.get(id)
  }

  dismiss(): void {
    this.problem = null
    this.problemLine = null
  }

  async #ask(call: (runId: string) => Promise<{ ok: true } | { ok: false; message: string }>): Promise<void> {
    if (this.runId === null) return
    try {
      const answer = await call(this.runId)
      if (answer.ok) this.problem = null
      else this.problem = answer.message
    } catch (error) {
      this.#complain(error)
    }
  }

  #complain(error: unknown): void {
    this.problem = error instanceof Error ? error.message : String(error)
  }

  #begin(runId: string): void {
    this.runId = runId
    this.#history = new History()
    this.#waiting = []
    this.pending = []
    this.past = null
    this.goingTo = null
    this.live = snapshot(this.#history.latest)
    this.#clock.reset(performance.now())
    this.liveNow = 0
  }

  #receive(runId: string, from: number, events: LabEvent[]): void {
    if (runId !== this.runId) {
      // Events of an older run may still be on their way; a run begins with its first event.
      if (from !== 0 && this.runId !== null) return
      this.#begin(runId)
    }
    const next = this.#history.count + this.#waiting.length
    if (from > next) void this.#fill()
    else this.#take(events.slice(next - from))
  }

  #take(events: LabEvent[]): void {
    if (events.length === 0) return
    for (const event of events) this.#waiting.push(event)
    this.#schedule()
  }

  /** Asks for everything after the last event known. */
  async #fill(): Promise<void> {
    const runId = this.runId
    if (runId === null || this.#filling) return
    this.#filling = true
    try {
      for (;;) {
        const from = this.#history.count + this.#waiting.length
        const answer = await this.api.events(runId, from)
        if (runId !== this.runId) return
        const now = this.#history.count + this.#waiting.length
        this.#take(answer.events.slice(now - from))
        if (answer.events.length === 0 || answer.next <= now) return
      }
    } catch (error) {
      this.#complain(error)
    } finally {
      this.#filling = false
    }
  }

  #schedule(): void {
    if (this.#frame !== 0) return
    const pause = this.live.executors.length > MANY_EXECUTORS ? this.#lastFold + LARGE_PAUSE - performance.now() : 0
    const ask = (): number => requestAnimationFrame(() => this.#foldWaiting())
    // Any number but 0 says that a fold is on its way.
    this.#frame = pause > 0 ? -1 : ask()
    if (pause > 0) setTimeout(() => (this.#frame = ask()), pause)
  }

  #foldWaiting(): void {
    this.#frame = 0
    this.#lastFold = performance.now()
    const batch = this.#waiting
    this.#waiting = []
    for (const event of batch) this.#history.add(event)
    const view = this.#history.latest
    if (view.phase === 'ended' || batch.some((event) => event.Event === 'kindling.ClockChanged' && event.paused)) this.goingTo = null
    this.live = snapshot(view)
    const wall = performance.now()
    this.#clock.hear(view.t, view.clock, view.phase === 'starting' || view.phase === 'running', wall)
    this.liveNow = this.#clock.now(wall)
    if (this.pending.length > 0) {
      this.pending = view.phase === 'ended' ? [] : this.pending.filter((one) => answerTo(one, view) === null)
    }
    this.#tick()
  }

  /** Frames are asked for only while the lab clock goes. */
  #tick(): void {
    if (this.#ticking !== 0 || !this.#clock.moving) return
    this.#ticking = requestAnimationFrame(() => {
      this.#ticking = 0
      this.liveNow = this.#clock.now(performance.now())
      this.#tick()
    })
  }
}
