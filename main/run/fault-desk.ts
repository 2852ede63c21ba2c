import type { ActorId, EventId, EventName, LabEvent } from '../../engine/events/index.ts'
import { theFault, type FaultName } from '../../engine/faults/index.ts'
import { momentText, parseFault, targetText, whenText, type ParsedFault } from '../../engine/faults/parse.ts'
import { chooseTarget, matchesMoment, type Choice, type FaultMoment } from '../../engine/faults/strike.ts'
import type { Answer } from '../../engine/lab-api.ts'
import { indexOfDriver } from '../../engine/view/programs.ts'
import type { RunView } from '../../engine/view/types.ts'
import type { LabClock } from '../../engine/world/real/clock.ts'
import { blowAt, type Acted, type Blow, type LabHand, type Refusal } from './blows.ts'
import type { ChildHandle } from './children.ts'
import { situationOf } from './fault-situation.ts'
import type { Journal } from './journal.ts'

/** A program of the run, as faults see it. */
export interface FaultApp {
  readonly actor: ActorId
  readonly appId: string | undefined
  readonly driver: ChildHandle | undefined
  /** It runs on a `local…` master. */
  readonly local: boolean
}

export interface FaultHands {
  view: () => RunView
  /** How many programs there are. */
  programs: number
  /** The nth program, from 1, and its application. */
  app: (number: number) => FaultApp | undefined
  executor: (appId: string, executorId: string) => ChildHandle | null
  /** What the lab carries out itself, by fault: one for each fault whose `by` is `lab`. */
  lab: Partial<Record<FaultName, LabHand>>
}

interface Waiting {
  id: string
  fault: ParsedFault
  requested: EventId
  /** Times it has struck. */
  strikes: number
  /** Events of its kind seen so far. */
  seen: number
  /** Its moment has come; whom it can strike has not. */
  due: boolean
  /** What was missing when its moment was there. */
  missing?: string
  cancelTimer?: () => void
}

/** A lasting fault that has struck and is not healed. */
interface Active {
  id: string
  fault: ParsedFault
  target: string
  struck: EventId
  heal: (cause: EventId) => void
  cancelTimer?: () => void
}

/** Takes faults, waits for their moments, strikes, and heals. */
export class FaultDesk {
  readonly #clock: LabClock
  readonly #journal: Journal
  readonly #hands: FaultHands
  #waiting: Waiting[] = []
  #active: Active[] = []
  #count = 0
  /** Programs whose driver has come up, by number. */
  readonly #ready = new Set<number>()
  /** Struck so that they will die, and not dead yet. */
  readonly #doomed = new Map<ChildHandle, 'killed' | 'dying'>()
  /** Blows under way: the driver is held at a moment until they are done. */
  readonly #underWay = new Set<Promise<void>>()

  constructor(clock: LabClock, journal: Journal, hands: FaultHands) {
    this.#clock = clock
    this.#journal = journal
    this.#hands = hands
  }

  /** Asks for a fault. Answers with a sentence when it can never strike. Throws FaultTextError on a text that is none. */
  request(text: string, by: 'window' | 'cli' | 'scenario'): Answer {
    const fault = parseFault(text)
    // Before there is a driver, now is as soon as there is somebody to strike.
    if (fault.when.at === 'now' && !this.#ready.has(fault.app)) fault.when = { at: 'start' }
    const known = theFault(fault.fault)
    const id = `fault-${++this.#count}`
    const repeat = fault.repeat === 1 ? {} : { repeat: fault.repeat === Infinity ? 0 : fault.repeat }
    const requested = this.#journal.post({ Event: 'kindling.FaultRequested', faultId: id, fault: fault.fault, target: targetText(fault.target), when: momentText(known, fault.when, fault), by, ...(this.#hands.programs > 1 ? { app: fault.app } : {}), ...repeat })
    if (fault.app > this.#hands.programs) {
      const reason = `There is no program ${fault.app} in this run.`
      this.#journal.post({ Event: 'kindling.FaultFailed', faultId: id, fault: fault.fault, target: targetText(fault.target), reason }, requested)
      return { ok: false, message: reason }
    }
    const waiting: Waiting = { id, fault, requested, strikes: 0, seen: 0, due: false }
    if (fault.when.at === 'now') return this.#strike(waiting, chooseTarget(fault, this.#situation(fault, undefined)))
    this.#waiting.push(waiting)
    if (fault.when.at === 'time') this.#arm(waiting, fault.when.ms)
    if (fault.when.at === 'start' && this.#ready.has(fault.app)) void this.moment({ kind: 'start' }, fault.app)
    this.#watch()
    return { ok: true }
  }

  /** A driver has come up: it hears what to watch for, and faults for the start can strike. */
  driverUp(app: number): void {
    this.#ready.add(app)
    this.#watch()
    void this.moment({ kind: 'start' }, app)
  }

  /**
   * Something happened in a program (by its number; undefined: in none in particular) that a fault may be waiting for. At most one of several equal faults strikes on it.
   * Resolves when what was struck can do no more; undefined when nothing is under way.
   */
  moment(moment: FaultMoment, app: number | undefined): Promise<void> | undefined {
    const struck = new Set<string>()
    for (const waiting of [...this.#waiting]) {
      const { when, text } = waiting.fault
      if (app !== undefined && waiting.fault.app !== app) continue
      if (!this.#waiting.includes(waiting) || !matchesMoment(when, moment)) continue
      if (struck.has(text)) {
        // The start does not come again: its twin strikes as soon as there is somebody else.
        if (when.at === 'start') waiting.due = true
        continue
      }
      if (when.at === 'event' && ++waiting.seen % when.count !== 0 && !waiting.due) continue
      if (this.#try(waiting, moment)) struck.add(text)
    }
    this.#watch()
    return this.#heldUp()
  }

  /** An executor has been taken on: faults whose moment passed without one can strike now. Resolves as `moment` does. */
  executorUp(app: number): Promise<void> | undefined {
    const struck = new Set<string>()
    for (const waiting of [...this.#waiting]) {
      if (!waiting.due || waiting.fault.app !== app || struck.has(waiting.fault.text)) continue
      if (this.#try(waiting, undefined)) struck.add(waiting.fault.text)
    }
    this.#watch()
    return this.#heldUp()
  }

  #heldUp(): Promise<void> | undefined {
    return this.#underWay.size === 0 ? undefined : Promise.all(this.#underWay).then(() => undefined)
  }

  /** Ends a lasting fault, and takes back one that waits. */
  heal(id: string): Answer {
    const active = this.#active.filter((one) => one.id === id)
    const waiting = this.#waiting.find((one) => one.id === id)
    for (const one of active) this.#heal(one, 'window')
    if (waiting !== undefined) {
      this.#drop(waiting)
      this.#journal.post({ Event: 'kindling.FaultHealed', faultId: id, fault: waiting.fault.fault, target: targetText(waiting.fault.target), detail: 'taken back: it will not strike any more', by: 'window' }, waiting.requested)
      this.#watch()
    }
    return active.length > 0 || waiting !== undefined ? { ok: true } : { ok: false, message: `Fault ${id} is neither waiting nor going on: there is nothing to heal.` }
  }

  /** The run is over: what still waits never struck. */
  close(): void {
    for (const waiting of [...this.#waiting]) {
      const { id, fault, requested, missing, strikes } = waiting
      this.#drop(waiting)
      if (strikes > 0) continue
      const why = missing ?? `the run ended before ${whenText(fault.when)} came.`
      this.#journal.post({ Event: 'kindling.FaultFailed', faultId: id, fault: fault.fault, target: targetText(fault.target), reason: why }, requested)
    }
    for (const one of this.#active) one.cancelTimer?.()
    this.#active = []
  }

  /** Lab time `ms` from the start; one that repeats comes again after as much. */
  #arm(waiting: Waiting, at: number): void {
    const timer = this.#clock.after(Math.max(0, at - this.#clock.now()), 'fault', () => {
      const { when } = waiting.fault
      if (this.#try(waiting, { kind: 'time', t: at })) this.#watch()
      if (when.at === 'time' && this.#waiting.includes(waiting)) this.#arm(waiting, at + when.ms)
    })
    waiting.cancelTimer = () => timer.cancel()
  }

  /** True when it struck or can never strike. */
  #try(waiting: Waiting, moment: FaultMoment | undefined): boolean {
    const { fault } = waiting
    const choice = chooseTarget(fault, this.#situation(fault, moment))
    if (choice.strike === 'wait' && !this.#hopeless(fault)) {
      if (waiting.missing !== choice.message) {
        this.#journal.post({ Event: 'kindling.FaultWaiting', faultId: waiting.id, fault: fault.fault, target: targetText(fault.target), reason: choice.message }, waiting.requested)
      }
      waiting.missing = choice.message
      // A stage or task tells of itself again; other moments are over.
      waiting.due = fault.when.at !== 'stage' && fault.when.at !== 'task'
      return false
    }
    waiting.due = false
    if (choice.strike === 'nothing' || this.#hopeless(fault) || ++waiting.strikes >= fault.repeat) this.#drop(waiting)
    this.#strike(waiting, choice)
    return true
  }

  /** On a local master no executor will ever come: that is told at once. */
  #hopeless(fault: ParsedFault): boolean {
    const { strikes } = theFault(fault.fault)
    if (strikes === 'driver' || strikes === 'task') return false
    // Workers and the Master are nobody's: they are there as long as one program has a cluster.
    if (strikes === 'worker' || strikes === 'master') return Array.from({ length: this.#hands.programs }, (_, at) => this.#hands.app(at + 1)).every((app) => app?.local === true)
    return this.#hands.app(fault.app)?.local === true
  }

  #strike(waiting: Waiting, choice: Choice): Answer {
    const { id, fault, requested } = waiting
    const refuse = (message: string): Answer => {
      this.#journal.post({ Event: 'kindling.FaultFailed', faultId: id, fault: fault.fault, target: targetText(fault.target), reason: message }, requested)
      return { ok: false, message }
    }
    if (this.#hopeless(fault)) {
      const what = theFault(fault.fault).strikes === 'executor' ? 'executor to lose' : 'cluster to strike'
      return refuse(`A local master has no ${what}: the driver runs the tasks itself. Name no master, or a cluster, to have executors.`)
    }
    if (choice.strike === 'wait' || choice.strike === 'nothing') return refuse(choice.message)
    const found = this.#blow(id, fault, choice)
    const own = 'refuse' in found || found.target !== 'driver' ? {} : { target: this.#hands.app(fault.app)?.actor ?? 'driver' }
    const blow = { ...found, ...own }
    const whose = this.#whose(fault)
    if ('refuse' in blow) return refuse(blow.refuse)
    // A fault on so many attempts is over with the last of them.
    const lasting = theFault(fault.fault).lasting !== undefined && (fault.parameters['times'] ?? Infinity) === Infinity
    const struck = this.#journal.post({ Event: 'kindling.FaultStruck', faultId: id, fault: fault.fault, target: blow.target, ...whose, detail: blow.detail, ...(lasting ? { lasting } : {}) }, requested)
    const acted = blow.act(struck)
    if (acted.done !== undefined) {
      const done = acted.done.then(() => void this.#underWay.delete(done))
      this.#underWay.add(done)
    }
    const active: Active = { id, fault, target: blow.target, struck, heal: acted.heal ?? ((): void => undefined) }
    if (lasting) this.#keep(active, acted)
    acted.onRefused?.((why) => {
      this.#active = this.#active.filter((one) => one !== active)
      active.cancelTimer?.()
      refuse(why)
    })
    return { ok: true }
  }

  #blow(id: string, fault: ParsedFault, choice: Choice): Blow | Refusal {
    const hand = this.#hands.lab[fault.fault]
    if (hand !== undefined) return hand(choice, fault)
    const dying = (child: ChildHandle, how: 'killed' | 'dying'): void => {
      this.#doomed.set(child, how)
      child.onEnd(() => this.#doomed.delete(child))
    }
    const executorId = 'executorId' in choice && choice.strike !== 'task' ? choice.executorId : choice.strike === 'message' && choice.at !== 'driver' ? choice.at.executorId : undefined
    return executorId === undefined
      ? blowAt(this.#hands.app(fault.app)?.driver ?? null, 'driver', choice, id, fault, dying)
      : blowAt(this.#executor(fault, executorId), `executor-${executorId}`, choice, id, fault, dying)
  }

  /** A lasting fault goes on until it is healed, its time is over, or what it struck is gone. */
  #keep(active: Active, acted: Acted): void {
    this.#active.push(active)
    acted.onGone?.(() => this.#heal(active, 'end'))
    const { heal } = active.fault
    if (heal === null) return
    const timer = this.#clock.after(heal, 'heal', () => this.#heal(active, 'time'))
    active.cancelTimer = () => timer.cancel()
  }

  #heal(active: Active, by: 'window' | 'time' | 'end'): void {
    if (!this.#active.includes(active)) return
    this.#active = this.#active.filter((one) => one !== active)
    active.cancelTimer?.()
    const { id, fault, target, struck } = active
    const detail = by === 'end' ? 'what it had struck is gone' : (theFault(fault.fault).lasting?.heal ?? '')
    const healed = this.#journal.post({ Event: 'kindling.FaultHealed', faultId: id, fault: fault.fault, target, ...this.#whose(fault), detail, by }, struck)
    if (by !== 'end') active.heal(healed)
  }

  #executor(fault: ParsedFault, executorId: string): ChildHandle | null {
    const appId = this.#hands.app(fault.app)?.appId
    return appId === undefined ? null : this.#hands.executor(appId, executorId)
  }

  /** Where several applications run, a strike says whose it is; the Master and the Workers are nobody's. */
  #whose(fault: ParsedFault): { appId?: string } {
    const appId = this.#hands.app(fault.app)?.appId
    const { strikes } = theFault(fault.fault)
    return this.#hands.programs === 1 || appId === undefined || strikes === 'worker' || strikes === 'master' ? {} : { appId }
  }

  #drop(waiting: Waiting): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiting)
    waiting.cancelTimer?.()
  }

  #situation(fault: ParsedFault, moment: FaultMoment | undefined): ReturnType<typeof situationOf> {
    return situationOf(this.#hands.view(), this.#hands.app(fault.app), moment, (executorId) => {
      const child = this.#executor(fault, executorId)
      if (child === null || child.ended) return false
      // Who is killed is gone already; who is dying is only struck again by name.
      const doom = this.#doomed.get(child)
      return doom === undefined || (doom === 'dying' && fault.target.kind === 'executor')
    })
  }

  /** Tells the driver what to wait at, and listens to the log when an event is waited for. */
  #watch(): void {
    const events = new Set(this.#waiting.flatMap(({ fault }) => (fault.when.at === 'event' ? [fault.when.event] : [])))
    this.#journal.onEach = events.size === 0 ? undefined : (name: string, driver: string | null): void => {
      if ((events as Set<string>).has(name)) void this.moment({ kind: 'event', event: name as LabEvent['Event'] }, driver === null || this.#hands.programs === 1 ? undefined : indexOfDriver(driver) + 1)
    }
    for (let app = 1; app <= this.#hands.programs; app++) this.#tellWatch(app, [...events])
  }

  #tellWatch(app: number, events: EventName[]): void {
    const driver = this.#hands.app(app)?.driver
    if (driver === undefined || driver.ended) return
    const mine = this.#waiting.filter((waiting) => waiting.fault.app === app)
    const watch = { type: 'Watch' as const, executors: mine.some((waiting) => waiting.due), jobs: false, stages: [] as number[], tasks: [] as string[], any: [] as ('stage' | 'task')[], events }
    for (const { fault } of mine) {
      const { when } = fault
      if (when.at === 'job') watch.jobs = true
      if (when.at === 'stage') {
        if (when.stage !== 'any') watch.stages.push(when.stage)
        else watch.any.push(when.first === 'task' ? 'task' : 'stage')
      }
      if (when.at === 'task') {
        if (when.stage === 'any' || when.partition === 'any') watch.any.push('task')
        else watch.tasks.push(`${when.stage}.${when.partition}`)
      }
    }
    driver.send(watch)
  }
}
