/** Gives tasks to slots and hears how they end (§6). */
import type { TaskEndReason } from '../events/index.ts'
import type { CauseRef, RulesEffect, TaskDescription, TaskSet } from './types.ts'
import type { ExecutorLost, StatusUpdate, TaskSchedulerApi, TaskSchedulerOptions } from './contract.ts'
import { settings } from './conf.ts'
import { exclusionRules } from './exclusion.ts'
import { localityWaits } from './locality.ts'
import { offerRound, type SlotHolder } from './offers.ts'
import { shuffle } from './placement.ts'
import { Pools, POOL_PROPERTY } from './pools.ts'
import { speculationRules, type SpeculationRules } from './speculation.ts'
import { TaskSetManager, type Attempt, type ManagerOptions } from './task-set-manager.ts'
import { Unschedulable } from './unschedulable.ts'

interface Executor extends SlotHolder {
  readonly slots: number
  available: boolean
  /** It is to leave: no new tasks (§7). */
  decommissioned: boolean
  readonly running: Set<Attempt>
}

const UNKNOWN: TaskEndReason = { Reason: 'UnknownReason' }

/** Slots of an executor: floor(cores / spark.task.cpus) (§6.1). */
export function slotsOf(cores: number, taskCpus: number): number {
  return Math.floor(cores / taskCpus)
}

export class TaskScheduler implements TaskSchedulerApi {
  readonly #executors = new Map<string, Executor>()
  /** Executors alive on each host. */
  readonly #hosts = new Map<string, number>()
  readonly #running = new Map<number, Attempt>()
  /** Every set with something left to wait for. */
  readonly #pools: Pools<TaskSetManager>
  readonly #sets = new Map<number, Map<number, TaskSetManager>>()
  readonly #random: () => number
  readonly #managers: ManagerOptions
  readonly #speculation: SpeculationRules | null
  readonly #exclusion: Unschedulable | null
  /** When slow tasks are looked for next, lab ms. */
  #nextCheck = -Infinity
  /** Counts what may make a free slot useful again. */
  #state = 0
  #nextTaskId = 0

  constructor(options: TaskSchedulerOptions) {
    const { conf } = options
    const epoch = options.epoch ?? ((now) => now)
    this.#random = options.random
    this.#pools = new Pools({ mode: settings.schedulerMode(conf), ...(options.pools === undefined ? {} : { pools: options.pools }) })
    this.#speculation = speculationRules(conf)
    const exclusion = exclusionRules(conf)
    this.#exclusion = exclusion === null ? null : new Unschedulable(conf, epoch, () => this.#executors.values())
    this.#managers = {
      maxFailures: options.maxFailures ?? settings.taskMaxFailures(conf),
      maxResultSize: settings.maxResultSize(conf),
      waits: localityWaits(conf),
      legacyReset: settings.localityLegacyReset(conf),
      speculation: this.#speculation,
      exclusion,
      epoch,
      alive: {
        hasExecutor: (id) => this.#executors.has(id),
        hasHost: (host) => this.#hosts.has(host),
        hostOf: (id) => this.#executors.get(id)?.host
      }
    }
  }

  submit(taskSet: TaskSet, now: number, cause: CauseRef = { key: `stage-submitted:${taskSet.stageId}.${taskSet.stageAttempt}` }): RulesEffect[] {
    const out = this.enqueue(taskSet, now, cause)
    this.#offerAll(now, out)
    return out
  }

  /** `submit` without the offers. Older attempts of the stage launch nothing any more. */
  enqueue(taskSet: TaskSet, now: number, cause: CauseRef = { key: `stage-submitted:${taskSet.stageId}.${taskSet.stageAttempt}` }): RulesEffect[] {
    const out: RulesEffect[] = []
    let attempts = this.#sets.get(taskSet.stageId)
    if (attempts === undefined) this.#sets.set(taskSet.stageId, (attempts = new Map<number, TaskSetManager>()))
    for (const older of attempts.values()) this.#retire(older, now, out)
    const manager = new TaskSetManager(taskSet, this.#managers, now, cause)
    attempts.set(taskSet.stageAttempt, manager)
    this.#state++
    const made = this.#pools.add(manager)
    if (made !== undefined && taskSet.properties[POOL_PROPERTY] !== undefined) {
      const text = `A job was submitted with scheduler pool ${made}, which has not been configured. This can happen when the file that pools are read from isn't set, or when that file doesn't contain ${made}. Created ${made} with default configuration (schedulingMode: FIFO, minShare: 0, weight: 1)`
      out.push({ type: 'post', cause, event: { Event: 'kindling.Note', level: 'warn', text, actor: 'driver' } })
    }
    return out
  }

  executorReady(ask: { executorId: string; host: string; slots: number; now: number }): RulesEffect[] {
    if (this.#executors.has(ask.executorId)) return []
    this.#executors.set(ask.executorId, { executorId: ask.executorId, host: ask.host, slots: ask.slots, freeSlots: ask.slots, available: true, decommissioned: false, running: new Set() })
    this.#hosts.set(ask.host, (this.#hosts.get(ask.host) ?? 0) + 1)
    for (const manager of this.#pools.inOrder()) manager.locality.recompute(this.#managers.alive)
    this.#state++
    return this.revive(ask.now)
  }

  executorUnavailable(executorId: string, _now: number): RulesEffect[] {
    const executor = this.#executors.get(executorId)
    if (executor) executor.available = false
    return []
  }

  executorDecommissioned(executorId: string, _now: number): RulesEffect[] {
    const executor = this.#executors.get(executorId)
    if (executor) executor.decommissioned = true
    return []
  }

  executorRemoved(ask: ExecutorLost): RulesEffect[] {
    const out = this.settleExecutorLost(ask)
    this.#offerAll(ask.now, out)
    return out
  }

  /** `executorRemoved` without the offers. */
  settleExecutorLost(ask: ExecutorLost): RulesEffect[] {
    const out: RulesEffect[] = []
    const executor = this.#executors.get(ask.executorId)
    if (!executor) return out
    this.#executors.delete(ask.executorId)
    this.#exclusion?.executorRemoved(ask.executorId)
    this.#state++
    const left = this.#hosts.get(executor.host)! - 1
    if (left === 0) this.#hosts.delete(executor.host)
    else this.#hosts.set(executor.host, left)
    const byManager = new Map<TaskSetManager, Attempt[]>()
    for (const attempt of executor.running) {
      this.#running.delete(attempt.task.taskId)
      const list = byManager.get(attempt.manager)
      if (list) list.push(attempt)
      else byManager.set(attempt.manager, [attempt])
    }
    const cause = ask.cause ?? { key: `executor-lost:${ask.executorId}` }
    for (const manager of [...this.#pools.inOrder()]) {
      manager.executorLost(ask.executorId, ask.reason, byManager.get(manager) ?? [], ask.now, cause, out)
      this.#maybeFinish(manager, ask.now, out)
    }
    return out
  }

  statusUpdate(update: StatusUpdate): RulesEffect[] {
    const executorId = this.#running.get(update.taskId)?.task.executorId
    const out = this.settle(update)
    if (executorId !== undefined && update.state !== 'RUNNING') this.offerTo(executorId, update.now, out)
    return out
  }

  /** `statusUpdate` without the offers. Updates of attempts that have ended, or of lost executors, are ignored. */
  settle(update: StatusUpdate): RulesEffect[] {
    const out: RulesEffect[] = []
    const attempt = this.#running.get(update.taskId)
    if (!attempt) return out
    if (update.state === 'RUNNING') {
      attempt.launching = false
      return out
    }
    const { manager, task } = attempt
    const cause = update.cause ?? { key: `task-start:${update.taskId}` }
    this.#state++
    if (update.state === 'FINISHED' && update.indirect !== undefined) {
      // The slot is free from now on; the attempt ends when its result is here (§6.16).
      if (attempt.gettingSince !== undefined) return out
      this.#executors.get(task.executorId)!.freeSlots++
      if (manager.gettingResult(attempt, update.indirect, update.now, cause, out)) out.push({ type: 'getting-result', task, bytes: update.indirect })
      else this.#close(attempt, false)
    } else {
      this.#close(attempt, attempt.gettingSince === undefined)
      if (update.state === 'FINISHED') {
        const result = update.result ?? {}
        manager.succeeded(attempt, result, update.resultSize ?? result.value?.byteLength ?? 0, update.now, cause, out)
      } else {
        const reason = update.reason ?? UNKNOWN
        manager.failed(attempt, reason, update.result, update.now, cause, out)
        if (reason.Reason === 'FetchFailed' && reason['Block Manager Address'] !== undefined) this.#exclusion?.fetchFailed(reason['Block Manager Address'], task, update.now, out)
      }
    }
    this.#maybeFinish(manager, update.now, out)
    return out
  }

  /** What a heartbeat tells of a running task: records read and ms of running (§6.22). */
  isExcluded(executorId: string, host: string): boolean {
    return this.#exclusion?.isExcluded(executorId, host) === true
  }

  progress(taskId: number, work: { records: number; runMs: number }): void {
    this.#running.get(taskId)?.manager.progress(taskId, work)
  }

  cancelStage(ask: { stageId: number; reason: string; interrupt: boolean; now: number }): RulesEffect[] {
    const out: RulesEffect[] = []
    const attempts = this.#sets.get(ask.stageId)
    if (!attempts) return out
    const retired = new Set(attempts.values())
    for (const attempt of this.#running.values())
      if (retired.has(attempt.manager))
        out.push({ type: 'kill-task', taskId: attempt.task.taskId, executorId: attempt.task.executorId, reason: ask.reason, interrupt: ask.interrupt })
    for (const manager of retired) this.#retire(manager, ask.now, out)
    return out
  }

  killTask(ask: { taskId: number; reason: string; interrupt: boolean }): RulesEffect[] {
    const attempt = this.#running.get(ask.taskId)
    if (!attempt) return []
    return [{ type: 'kill-task', taskId: ask.taskId, executorId: attempt.task.executorId, reason: ask.reason, interrupt: ask.interrupt }]
  }

  zombie(stageId: number, stageAttempt: number, now: number): RulesEffect[] {
    const out: RulesEffect[] = []
    const manager = this.#sets.get(stageId)?.get(stageAttempt)
    if (manager) this.#retire(manager, now, out)
    return out
  }

  partitionCompleted(ask: { stageId: number; partition: number; now: number }): RulesEffect[] {
    const out: RulesEffect[] = []
    for (const manager of [...(this.#sets.get(ask.stageId)?.values() ?? [])]) {
      manager.partitionCompleted(ask.partition)
      this.#maybeFinish(manager, ask.now, out)
    }
    return out
  }

  /** Does what is due: ends exclusions, looks for slow tasks, gives up what can run nowhere, offers all free slots. */
  revive(now: number): RulesEffect[] {
    const out: RulesEffect[] = []
    if (this.#speculation !== null && now >= this.#nextCheck) {
      const slots = this.#slots()
      for (const manager of this.#pools.inOrder()) if (manager.speculate(now, slots, out)) this.#state++
      this.#nextCheck = now + this.#speculation.interval
    }
    if (this.#exclusion !== null) {
      for (const manager of this.#exclusion.giveUp(now, out)) this.#maybeFinish(manager, now, out)
    }
    this.#offerAll(now, out)
    return out
  }

  /** Offers one executor's free slots, as after the end of a task there (§6.2). */
  offerTo(executorId: string, now: number, out: RulesEffect[]): void {
    const executor = this.#executors.get(executorId)
    if (executor !== undefined && this.#isFree(executor) && this.#pools.size > 0) this.#round([executor], this.#executors.size === 1, now, out)
  }

  nextRevive(now: number): number | undefined {
    let earliest: number | undefined
    const at = (time: number | undefined): void => {
      if (time !== undefined && (earliest === undefined || time < earliest)) earliest = Math.max(now, time)
    }
    let free: boolean | undefined
    let waits = false
    for (const manager of this.#pools.inOrder()) {
      if (manager.zombie || manager.wanting === 0) continue
      waits = true
      free ??= this.#anyFree()
      if (!free) break
      manager.locality.allowed(now)
      // At the last level anything free takes anything that waits, unless a round has shown that it may not.
      const opens = manager.locality.opensAt()
      if (opens !== undefined) at(opens)
      else if (manager.uselessAt !== this.#state) at(now)
    }
    if (this.#speculation !== null) {
      const slots = this.#slots()
      for (const manager of this.#pools.inOrder()) if (manager.maySpeculate(slots)) at(this.#nextCheck)
    }
    if (this.#exclusion !== null && waits) at(this.#exclusion.nextDue())
    return earliest
  }

  running(taskId: number): TaskDescription | undefined {
    return this.#running.get(taskId)?.task
  }

  runningOn(executorId: string): TaskDescription[] {
    return [...(this.#executors.get(executorId)?.running ?? [])].map((attempt) => attempt.task)
  }

  executors(): { executorId: string; host: string; slots: number; freeSlots: number; available: boolean }[] {
    return [...this.#executors.values()].map(({ executorId, host, slots, freeSlots, available }) => ({ executorId, host, slots, freeSlots, available }))
  }

  #offerAll(now: number, out: RulesEffect[]): void {
    if (this.#pools.size === 0) return
    const free: Executor[] = []
    for (const executor of this.#executors.values()) if (this.#isFree(executor)) free.push(executor)
    if (free.length > 0 || this.#exclusion !== null) this.#round(shuffle(free, this.#random), true, now, out)
  }

  #round(offered: Executor[], everything: boolean, now: number, out: RulesEffect[]): void {
    const exclusion = this.#exclusion
    if (exclusion?.expire(now, out) === true) this.#state++
    const executors = exclusion === null ? offered : offered.filter((one) => !exclusion.isExcluded(one.executorId, one.host))
    const stuck: TaskSetManager[] = []
    let launchedAny = false
    offerRound(
      executors,
      this.#pools.inOrder(),
      everything,
      now,
      () => this.#nextTaskId,
      (attempt, holder) => {
        const executor = holder as Executor
        const { task } = attempt
        this.#nextTaskId++
        executor.freeSlots--
        executor.running.add(attempt)
        this.#running.set(task.taskId, attempt)
        out.push({ type: 'launch', task, cause: attempt.manager.takeCause(task.index) })
      },
      (set, launched) => {
        if (launched) launchedAny = true
        else stuck.push(set)
      }
    )
    if (everything) for (const set of this.#pools.inOrder()) set.uselessAt = this.#state
    if (exclusion === null) return
    // With no executor that may be offered no set has its turn, and each may be stuck (§6.27).
    if (executors.length === 0) stuck.push(...this.#pools.inOrder().filter((set) => !set.zombie && set.waiting > 0))
    if (launchedAny) exclusion.clear()
    else for (const set of stuck) if (exclusion.judge(set, now, out)) this.#maybeFinish(set, now, out)
  }

  #close(attempt: Attempt, freesSlot: boolean): void {
    this.#running.delete(attempt.task.taskId)
    const executor = this.#executors.get(attempt.task.executorId)!
    executor.running.delete(attempt)
    if (freesSlot) executor.freeSlots++
  }

  #isFree(executor: Executor): boolean {
    return executor.available && !executor.decommissioned && executor.freeSlots > 0
  }

  #anyFree(): boolean {
    for (const executor of this.#executors.values()) if (this.#isFree(executor)) return true
    return false
  }

  /** Slots that one executor has. */
  #slots(): number {
    for (const executor of this.#executors.values()) return executor.slots
    return 0
  }

  #retire(manager: TaskSetManager, now: number, out: RulesEffect[]): void {
    manager.zombie = true
    this.#maybeFinish(manager, now, out)
  }

  /** Forgets a set that launches nothing more, once nothing of it runs. */
  #maybeFinish(manager: TaskSetManager, now: number, out: RulesEffect[]): void {
    if (!manager.zombie || manager.running > 0) return
    const { stageId, stageAttempt } = manager.set
    const attempts = this.#sets.get(stageId)
    if (attempts?.get(stageAttempt) !== manager) return
    attempts.delete(stageAttempt)
    if (attempts.size === 0) this.#sets.delete(stageId)
    this.#pools.remove(manager)
    this.#exclusion?.finished(manager, now, out)
  }
}
