import type { EventId } from '../../engine/events/index.ts'
import { FAULTS } from '../../engine/faults/index.ts'
import { parseFault, targetText, whenText, type ParsedFault } from '../../engine/faults/parse.ts'
import { chooseTarget, matchesMoment, type FaultMoment, type Situation } from '../../engine/faults/strike.ts'
import type { Answer } from '../../engine/lab-api.ts'
import type { RunView } from '../../engine/view/types.ts'
import type { LabClock } from '../../engine/world/real/clock.ts'
import type { ChildHandle } from './children.ts'
import type { Journal } from './journal.ts'

export interface FaultHands {
  view: () => RunView
  driver: () => ChildHandle | null
  executor: (executorId: string) => ChildHandle | null
  /** True when the application runs on a `local…` master. */
  local: () => boolean
}

interface Waiting {
  id: string
  /** What was missing when its moment was there. */
  missing?: string
  fault: ParsedFault
  requested: EventId
}

/** Takes faults, waits for their moment, and strikes. */
export class FaultDesk {
  readonly #clock: LabClock
  readonly #journal: Journal
  readonly #hands: FaultHands
  #waiting: Waiting[] = []
  #count = 0
  #driverReady = false
  /** Struck so that they will die, and not dead yet. */
  readonly #doomed = new Map<ChildHandle, 'killed' | 'dying'>()

  constructor(clock: LabClock, journal: Journal, hands: FaultHands) {
    this.#clock = clock
    this.#journal = journal
    this.#hands = hands
  }

  /** Asks for a fault. Answers with a sentence when it can never strike. Throws FaultTextError on a text that is none. */
  request(text: string, by: 'window' | 'cli' | 'scenario'): Answer {
    const fault = parseFault(text)
    const id = `fault-${++this.#count}`
    const requested = this.#journal.post({ Event: 'kindling.FaultRequested', faultId: id, fault: fault.fault, target: targetText(fault.target), when: whenText(fault.when), by })
    const waiting: Waiting = { id, fault, requested }
    if (fault.when.at === 'now') return this.#strike(waiting, undefined)
    this.#waiting.push(waiting)
    if (fault.when.at === 'time') this.#clock.after(Math.max(0, fault.when.ms - this.#clock.now()), 'fault', () => this.moment({ kind: 'time', t: this.#clock.now() + 0.5 }))
    if (fault.when.at === 'start' && this.#driverReady) this.moment({ kind: 'start' })
    this.#watch()
    return { ok: true }
  }

  /** A driver has come up: it hears what to watch for, and faults for the start can strike. */
  driverUp(): void {
    this.#driverReady = true
    this.#watch()
    this.moment({ kind: 'start' })
  }

  /** Something happened that a fault may be waiting for. At most one of several equal faults strikes on it. */
  moment(moment: FaultMoment): void {
    const struck = new Set<string>()
    for (const waiting of [...this.#waiting]) {
      if (!matchesMoment(waiting.fault.when, moment) || struck.has(waiting.fault.text)) continue
      if (this.#try(waiting, moment)) struck.add(waiting.fault.text)
    }
    this.#watch()
  }

  /** An executor has been taken on: faults whose moment passed without one can strike now. */
  executorUp(): void {
    const struck = new Set<string>()
    for (const waiting of [...this.#waiting]) {
      const { at } = waiting.fault.when
      const moment: FaultMoment = at === 'time' ? { kind: 'time', t: this.#clock.now() } : { kind: 'start' }
      if ((at !== 'start' && at !== 'time') || !matchesMoment(waiting.fault.when, moment) || struck.has(waiting.fault.text)) continue
      if (this.#try(waiting, moment)) struck.add(waiting.fault.text)
    }
  }

  /** The run is over: what still waits never struck. */
  close(): void {
    for (const { id, fault, requested, missing } of this.#waiting) {
      const why = missing ?? `the run ended before ${whenText(fault.when)} came.`
      this.#journal.post({ Event: 'kindling.FaultFailed', faultId: id, fault: fault.fault, target: targetText(fault.target), reason: `It never struck: ${why}` }, requested)
    }
    this.#waiting = []
  }

  /** True when it struck or can never strike. */
  #try(waiting: Waiting, moment: FaultMoment): boolean {
    const choice = chooseTarget(waiting.fault, this.#situation(waiting.fault, moment))
    // On a local master no executor will ever come: that is told now.
    const hopeless = this.#hands.local() && FAULTS.find((known) => known.name === waiting.fault.fault)!.strikes === 'executor'
    if (choice.strike === 'wait' && !hopeless) {
      waiting.missing = choice.message
      return false
    }
    this.#waiting = this.#waiting.filter((other) => other !== waiting)
    this.#strike(waiting, moment)
    return true
  }

  #strike(waiting: Waiting, moment: FaultMoment | undefined): Answer {
    const { id, fault, requested } = waiting
    const refuse = (message: string): Answer => {
      this.#journal.post({ Event: 'kindling.FaultFailed', faultId: id, fault: fault.fault, target: targetText(fault.target), reason: message }, requested)
      return { ok: false, message }
    }
    const strikes = FAULTS.find((known) => known.name === fault.fault)!.strikes
    if (strikes === 'executor' && this.#hands.local()) {
      return refuse('This program runs on a local master: the driver runs the tasks itself and there is no executor to lose (§2.3). Give it a cluster master, or none, to have executors.')
    }
    const choice = chooseTarget(fault, this.#situation(fault, moment))
    if (choice.strike === 'wait' || choice.strike === 'nothing') return refuse(choice.message)
    const driver = this.#hands.driver()
    const struck = (target: string, detail: string): EventId => this.#journal.post({ Event: 'kindling.FaultStruck', faultId: id, fault: fault.fault, target, detail }, requested)
    if (choice.strike === 'executor') {
      const child = this.#hands.executor(choice.executorId)
      if (child === null || child.ended) return refuse(`Executor ${choice.executorId} has no process any more.`)
      const target = `executor-${choice.executorId}`
      if (fault.fault === 'crash-executor') {
        this.#doom(child, 'killed')
        child.kill(struck(target, `SIGKILL to pid ${child.pid}`))
        return { ok: true }
      }
      const cause = struck(target, fault.fault === 'oom-executor' ? `pid ${child.pid} takes memory until its heap is full` : `pid ${child.pid} stops answering`)
      if (fault.fault === 'oom-executor') this.#doom(child, 'dying')
      child.blame(cause)
      child.send({ type: 'Strike', faultId: id, fault: fault.fault, target: choice.executorId, cause })
      return { ok: true }
    }
    if (driver === null || driver.ended) return refuse('There is no driver running.')
    if (choice.strike === 'driver') {
      if (fault.fault === 'kill-driver') {
        driver.kill(struck('driver', `SIGKILL to pid ${driver.pid}`))
        return { ok: true }
      }
      const cause = struck('driver', `pid ${driver.pid} takes memory until its heap is full`)
      driver.blame(cause)
      driver.send({ type: 'Strike', faultId: id, fault: fault.fault, target: 'driver', cause })
      return { ok: true }
    }
    const target = choice.stage === undefined ? 'the next task' : choice.partition === undefined ? `a task of stage ${choice.stage}` : `task ${choice.stage}.${choice.partition}`
    const cause = struck(target, 'its next attempt ends with an exception')
    const { strike: _, ...arg } = choice
    driver.send({ type: 'Strike', faultId: id, fault: fault.fault, target, cause, arg })
    return { ok: true }
  }

  #doom(child: ChildHandle, how: 'killed' | 'dying'): void {
    this.#doomed.set(child, how)
    child.onEnd(() => this.#doomed.delete(child))
  }

  /** Who is killed is gone already; who is dying is only struck again by name. */
  #strikeable(fault: ParsedFault, executorId: string): boolean {
    const child = this.#hands.executor(executorId)
    if (child === null || child.ended) return false
    const doom = this.#doomed.get(child)
    return doom === undefined || (doom === 'dying' && fault.target.kind === 'executor')
  }

  #situation(fault: ParsedFault, moment: FaultMoment | undefined): Situation {
    const view = this.#hands.view()
    const driver = this.#hands.driver()
    const appId = view.apps.at(-1)?.appId
    const running = new Map<string, { taskId: number; stage: number; partition: number }[]>()
    for (const executor of view.executors) {
      if (executor.appId !== appId) continue
      running.set(
        executor.id,
        executor.slots.flatMap((taskId) => {
          const task = taskId === null ? undefined : view.tasks.findLast((candidate) => candidate.id === taskId && candidate.appId === appId)
          return task === undefined ? [] : [{ taskId: task.id, stage: task.stageId, partition: task.partition }]
        })
      )
    }
    return {
      driverAlive: driver !== null && !driver.ended,
      executors: view.executors
        .filter((executor) => executor.appId === appId)
        .map((executor) => ({ id: executor.id, alive: (executor.life === 'alive' || executor.life === 'silent') && this.#strikeable(fault, executor.id), running: running.get(executor.id) ?? [] })),
      ...(moment === undefined ? {} : { moment })
    }
  }

  #watch(): void {
    const driver = this.#hands.driver()
    if (driver === null || driver.ended) return
    let jobs = false
    const stages = new Set<number>()
    const tasks = new Set<string>()
    for (const { fault } of this.#waiting) {
      if (fault.when.at === 'job') jobs = true
      if (fault.when.at === 'stage') stages.add(fault.when.stage)
      if (fault.when.at === 'task') tasks.add(`${fault.when.stage}.${fault.when.partition}`)
    }
    driver.send({ type: 'Watch', jobs, stages: [...stages], tasks: [...tasks] })
  }
}
