/** The DAG scheduler and the task scheduler, coupled: the front door of the scheduling rules. */
import type { RulesEffect, TaskDescription } from './types.ts'
import type { DagOptions, ExecutorLost, MapOutputTrackerApi, SchedulersApi, StatusUpdate, SubmitJob, SubmitMapStage, TaskSchedulerOptions } from './contract.ts'
import { DagScheduler } from './dag-scheduler.ts'
import { TaskScheduler } from './task-scheduler.ts'

export type SchedulersOptions = DagOptions & TaskSchedulerOptions

export class Schedulers implements SchedulersApi {
  readonly #dag: DagScheduler
  readonly #tasks: TaskScheduler
  /** A task set came in while effects were passed on: all executors get offers at the end. */
  #newSets = false

  constructor(options: SchedulersOptions) {
    this.#dag = new DagScheduler(options)
    this.#tasks = new TaskScheduler(options)
  }

  get outputs(): MapOutputTrackerApi {
    return this.#dag.outputs
  }

  submitJob(ask: SubmitJob): RulesEffect[] {
    return this.#pass(ask.now, [this.#dag.submitJob(ask)])
  }

  submitMapStage(ask: SubmitMapStage): RulesEffect[] {
    return this.#pass(ask.now, [this.#dag.submitMapStage(ask)])
  }

  resubmitFailedStages(now: number): RulesEffect[] {
    return this.#pass(now, [this.#dag.resubmitFailedStages(now)])
  }

  cancelJob(jobId: number, reason: string, now: number): RulesEffect[] {
    return this.#pass(now, [this.#dag.cancelJob(jobId, reason, now)])
  }

  cancelAllJobs(now: number, reason?: string): RulesEffect[] {
    return this.#pass(now, [this.#dag.cancelAllJobs(now, reason)])
  }

  stop(now: number): RulesEffect[] {
    return this.#pass(now, [this.#dag.stop(now)])
  }

  executorReady(ask: { executorId: string; host: string; slots: number; now: number }): RulesEffect[] {
    return this.#pass(ask.now, [this.#dag.executorAdded(ask), this.#tasks.executorReady(ask)])
  }

  executorUnavailable(executorId: string, now: number): RulesEffect[] {
    return this.#tasks.executorUnavailable(executorId, now)
  }

  executorDecommissioned(executorId: string, now: number): RulesEffect[] {
    this.#dag.executorDecommissioned(executorId)
    return this.#tasks.executorDecommissioned(executorId, now)
  }

  progress(taskId: number, work: { records: number; runMs: number }): void {
    this.#tasks.progress(taskId, work)
  }

  /** spark.excludeOnFailure keeps the whole application off it. */
  isExcluded(executorId: string, host: string): boolean {
    return this.#tasks.isExcluded(executorId, host)
  }

  executorLost(ask: ExecutorLost): RulesEffect[] {
    const out: RulesEffect[] = []
    this.#route(this.#tasks.settleExecutorLost(ask), ask.now, out)
    // Map outputs go only after Resubmitted is known, so that a running map stage does not end too early (§5.20).
    this.#route(this.#dag.executorLost(ask), ask.now, out)
    this.#newSets = true
    return this.#offer(ask.now, out, undefined)
  }

  statusUpdate(update: StatusUpdate): RulesEffect[] {
    if (update.state === 'RUNNING') return this.#tasks.settle(update)
    const executorId = this.#tasks.running(update.taskId)?.executorId
    const out: RulesEffect[] = []
    this.#route(this.#tasks.settle(update), update.now, out)
    return this.#offer(update.now, out, executorId)
  }

  killTask(ask: { taskId: number; reason: string; interrupt: boolean }): RulesEffect[] {
    return this.#tasks.killTask(ask)
  }

  revive(now: number): RulesEffect[] {
    return this.#pass(now, [this.#tasks.revive(now)])
  }

  nextRevive(now: number): number | undefined {
    return this.#tasks.nextRevive(now)
  }

  runningOn(executorId: string): TaskDescription[] {
    return this.#tasks.runningOn(executorId)
  }

  running(taskId: number): TaskDescription | undefined {
    return this.#tasks.running(taskId)
  }

  activeJobs(): number[] {
    return this.#dag.activeJobs()
  }

  executors(): { executorId: string; host: string; slots: number; freeSlots: number; available: boolean }[] {
    return this.#tasks.executors()
  }

  #pass(now: number, lists: RulesEffect[][]): RulesEffect[] {
    const out: RulesEffect[] = []
    for (const effects of lists) this.#route(effects, now, out)
    return this.#offer(now, out, undefined)
  }

  /** Offers come last, when both schedulers have settled. */
  #offer(now: number, out: RulesEffect[], executorId: string | undefined): RulesEffect[] {
    if (this.#newSets) {
      this.#newSets = false
      this.#route(this.#tasks.revive(now), now, out)
    } else if (executorId !== undefined) {
      const launches: RulesEffect[] = []
      this.#tasks.offerTo(executorId, now, launches)
      this.#route(launches, now, out)
    }
    return out
  }

  #route(effects: RulesEffect[], now: number, out: RulesEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'submit-task-set':
          this.#route(this.#tasks.enqueue(effect.taskSet, now, effect.cause), now, out)
          this.#newSets = true
          break
        case 'launch':
          for (const started of this.#dag.taskStarted({ task: effect.task, now, cause: effect.cause })) out.push(started)
          out.push(effect)
          break
        case 'task-ended':
          this.#route(this.#dag.taskEnded({ task: effect.task, reason: effect.reason, result: effect.result, finishTime: effect.finishTime, gettingSince: effect.gettingSince, cause: effect.cause, now }), now, out)
          break
        case 'getting-result':
          for (const told of this.#dag.gettingResult({ task: effect.task, now })) out.push(told)
          out.push(effect)
          break
        case 'task-set-failed':
          this.#route(this.#dag.taskSetFailed({ ...effect, now }), now, out)
          break
        case 'cancel-stage':
          this.#route(this.#tasks.cancelStage({ stageId: effect.stageId, reason: effect.reason, interrupt: effect.interrupt ?? false, now }), now, out)
          break
        case 'zombie':
          this.#route(this.#tasks.zombie(effect.stageId, effect.stageAttempt, now), now, out)
          break
        case 'partition-completed':
          this.#route(this.#tasks.partitionCompleted({ stageId: effect.stageId, partition: effect.partition, now }), now, out)
          break
        default:
          out.push(effect)
      }
    }
  }
}
