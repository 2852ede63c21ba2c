/** Gives tasks to slots and hears how they end (§6). The order among task sets is FIFO (§6.5). */
import type { TaskEndReason } from '../events/index.ts'
import type { CauseRef, RulesEffect, TaskDescription, TaskSet } from './types.ts'
import type { ExecutorLost, StatusUpdate, TaskSchedulerApi, TaskSchedulerOptions } from './contract.ts'
import { settings } from './conf.ts'
import { localityWaits } from './locality.ts'
import { offerRound, type SlotHolder } from './offers.ts'
import { shuffle } from './placement.ts'
import { TaskSetManager, type Attempt, type ManagerOptions } from './task-set-manager.ts'

interface Executor extends SlotHolder {
  readonly slots: number
  available: boolean
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
  /** Sets that may still launch, in FIFO order. */
  #queue: TaskSetManager[] = []
  /** Every set with something left to wait for, by stage and attempt. */
  readonly #sets = new Map<number, Map<number, TaskSetManager>>()
  readonly #random: () => number
  readonly #managers: ManagerOptions
  #nextTaskId = 0

  constructor(options: TaskSchedulerOptions) {
    this.#random = options.random
    this.#managers = {
      maxFailures: options.maxFailures ?? settings.taskMaxFailures(options.conf),
      maxResultSize: settings.maxResultSize(options.conf),
      waits: localityWaits(options.conf),
      alive: {
        hasExecutor: (id) => this.#executors.has(id),
        hasHost: (host) => this.#hosts.has(host),
        hostOf: (id) => this.#executors.get(id)?.host
      }
    }
  }

  submit(taskSet: TaskSet, now: number, cause: CauseRef = { key: `stage-submitted:${taskSet.stageId}.${taskSet.stageAttempt}` }): RulesEffect[] {
    this.enqueue(taskSet, now, cause)
    return this.revive(now)
  }

  /** `submit` without the offers. Older attempts of the stage launch nothing any more. */
  enqueue(taskSet: TaskSet, now: number, cause: CauseRef = { key: `stage-submitted:${taskSet.stageId}.${taskSet.stageAttempt}` }): void {
    let attempts = this.#sets.get(taskSet.stageId)
    if (attempts === undefined) this.#sets.set(taskSet.stageId, (attempts = new Map<number, TaskSetManager>()))
    for (const older of attempts.values()) this.#retire(older)
    const manager = new TaskSetManager(taskSet, this.#managers, now, cause)
    attempts.set(taskSet.stageAttempt, manager)
    let at = this.#queue.length
    while (at > 0 && before(taskSet, this.#queue[at - 1]!.set)) at--
    this.#queue.splice(at, 0, manager)
  }

  executorReady(ask: { executorId: string; host: string; slots: number; now: number }): RulesEffect[] {
    if (this.#executors.has(ask.executorId)) return []
    this.#executors.set(ask.executorId, { executorId: ask.executorId, host: ask.host, slots: ask.slots, freeSlots: ask.slots, available: true, running: new Set() })
    this.#hosts.set(ask.host, (this.#hosts.get(ask.host) ?? 0) + 1)
    for (const manager of this.#queue) manager.locality.recompute(this.#managers.alive)
    return this.revive(ask.now)
  }

  executorUnavailable(executorId: string, _now: number): RulesEffect[] {
    const executor = this.#executors.get(executorId)
    if (executor) executor.available = false
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
    for (const manager of this.#inOrder()) {
      manager.executorLost(ask.executorId, ask.reason, byManager.get(manager) ?? [], ask.now, cause, out)
      this.#maybeFinish(manager)
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
    this.#running.delete(update.taskId)
    const { manager, task } = attempt
    const executor = this.#executors.get(task.executorId)!
    executor.running.delete(attempt)
    executor.freeSlots++
    const cause = update.cause ?? { key: `task-start:${update.taskId}` }
    if (update.state === 'FINISHED') {
      const result = update.result ?? {}
      manager.succeeded(attempt, result, update.resultSize ?? result.value?.byteLength ?? 0, update.now, cause, out)
    } else {
      manager.failed(attempt, update.reason ?? UNKNOWN, update.result, cause, out)
    }
    this.#maybeFinish(manager)
    return out
  }

  cancelStage(ask: { stageId: number; reason: string; interrupt: boolean; now: number }): RulesEffect[] {
    const out: RulesEffect[] = []
    const attempts = this.#sets.get(ask.stageId)
    if (!attempts) return out
    const retired = new Set(attempts.values())
    for (const attempt of this.#running.values())
      if (retired.has(attempt.manager))
        out.push({ type: 'kill-task', taskId: attempt.task.taskId, executorId: attempt.task.executorId, reason: ask.reason, interrupt: ask.interrupt })
    for (const manager of retired) this.#retire(manager)
    return out
  }

  killTask(ask: { taskId: number; reason: string; interrupt: boolean }): RulesEffect[] {
    const attempt = this.#running.get(ask.taskId)
    if (!attempt) return []
    return [{ type: 'kill-task', taskId: ask.taskId, executorId: attempt.task.executorId, reason: ask.reason, interrupt: ask.interrupt }]
  }

  zombie(stageId: number, stageAttempt: number): RulesEffect[] {
    const manager = this.#sets.get(stageId)?.get(stageAttempt)
    if (manager) this.#retire(manager)
    return []
  }

  partitionCompleted(ask: { stageId: number; partition: number; now: number }): RulesEffect[] {
    for (const manager of [...(this.#sets.get(ask.stageId)?.values() ?? [])]) {
      manager.partitionCompleted(ask.partition)
      this.#maybeFinish(manager)
    }
    return []
  }

  revive(now: number): RulesEffect[] {
    const out: RulesEffect[] = []
    this.#offerAll(now, out)
    return out
  }

  /** Offers one executor's free slots, as after the end of a task there (§6.2). */
  offerTo(executorId: string, now: number, out: RulesEffect[]): void {
    const executor = this.#executors.get(executorId)
    if (executor?.available && executor.freeSlots > 0 && this.#queue.length > 0) this.#round([executor], this.#executors.size === 1, now, out)
  }

  nextRevive(now: number): number | undefined {
    let earliest: number | undefined
    let free: boolean | undefined
    for (const manager of this.#queue) {
      if (manager.waiting === 0) continue
      free ??= this.#anyFree()
      if (!free) return undefined
      manager.locality.allowed(now)
      // At the last level anything free takes anything that waits: a round would launch at once.
      const at = Math.max(now, manager.locality.opensAt() ?? now)
      if (earliest === undefined || at < earliest) earliest = at
    }
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
    if (this.#queue.length === 0) return
    const free: Executor[] = []
    for (const executor of this.#executors.values()) if (executor.available && executor.freeSlots > 0) free.push(executor)
    if (free.length > 0) this.#round(shuffle(free, this.#random), true, now, out)
  }

  #round(executors: Executor[], everything: boolean, now: number, out: RulesEffect[]): void {
    offerRound(
      executors,
      this.#queue,
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
      }
    )
  }

  #anyFree(): boolean {
    for (const executor of this.#executors.values()) if (executor.available && executor.freeSlots > 0) return true
    return false
  }

  #inOrder(): TaskSetManager[] {
    return [...this.#sets.values()].flatMap((attempts) => [...attempts.values()]).sort((a, b) => (before(a.set, b.set) ? -1 : 1))
  }

  #retire(manager: TaskSetManager): void {
    manager.zombie = true
    this.#maybeFinish(manager)
  }

  /** Takes sets out of the queue, and forgets them once nothing of them runs. */
  #maybeFinish(manager: TaskSetManager): void {
    if (!manager.zombie) return
    const at = this.#queue.indexOf(manager)
    if (at >= 0) this.#queue.splice(at, 1)
    if (manager.running > 0) return
    const { stageId, stageAttempt } = manager.set
    const attempts = this.#sets.get(stageId)
    if (attempts?.get(stageAttempt) !== manager) return
    attempts.delete(stageAttempt)
    if (attempts.size === 0) this.#sets.delete(stageId)
  }
}

/** FIFO: job id, then stage id, then attempt (§6.5). */
function before(a: TaskSet, b: TaskSet): boolean {
  return a.priority - b.priority < 0 || (a.priority === b.priority && (a.stageId - b.stageId < 0 || (a.stageId === b.stageId && a.stageAttempt < b.stageAttempt)))
}
