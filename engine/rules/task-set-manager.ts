/** One stage attempt's tasks: what waits, what runs, what failed how often (§6.4, §6.8–6.13, §5.14, §5.20). */
import type { Locality, TaskEndReason } from '../events/index.ts'
import type { CauseRef, LossReason, RulesEffect, TaskDescription, TaskResult, TaskSet } from './types.ts'
import { bytesToString } from './conf.ts'
import { countsAgainstTask, countsToMaxFailures, errorText } from './failures.ts'
import { LEVEL, LocalityClock, type AliveExecutors, type Level, type LocalityWaits } from './locality.ts'
import { PendingTasks } from './pending.ts'
import { FinishedMaps } from './finished-maps.ts'

/** A running attempt. */
export interface Attempt {
  readonly task: TaskDescription
  readonly manager: TaskSetManager
  /** No RUNNING was heard of it yet (§4.19). */
  launching: boolean
}

export interface ManagerOptions {
  maxFailures: number
  /** Bytes; 0 for no limit. */
  maxResultSize: number
  waits: LocalityWaits
  alive: AliveExecutors & { hostOf(executorId: string): string | undefined }
}

export class TaskSetManager {
  readonly set: TaskSet
  readonly name: string
  readonly locality: LocalityClock
  /** No new tasks; running ones go on and may still succeed (§5.13). */
  zombie = false
  /** Attempts that have not ended. */
  running = 0
  /** Tasks that wait for a slot. */
  waiting: number
  /** Whether every round since the timer was last set used what it was offered (§6.9). */
  noRejects = true
  readonly #copies: Uint8Array
  readonly #done: Uint8Array
  readonly #failures: Uint16Array
  readonly #attempts: Uint16Array
  readonly #pending: PendingTasks
  readonly #options: ManagerOptions
  readonly #cause: CauseRef
  /** Why a waiting task runs again. */
  readonly #again = new Map<number, CauseRef>()
  readonly #maps: FinishedMaps | null
  #indexOf: Map<number, number> | null = null
  #aborted = false
  #succeeded = 0
  #results = 0
  #resultBytes = 0

  constructor(set: TaskSet, options: ManagerOptions, now: number, cause: CauseRef) {
    const count = set.tasks.length
    this.set = set
    this.name = `${set.stageId}.${set.stageAttempt}`
    this.waiting = count
    this.#copies = new Uint8Array(count)
    this.#done = new Uint8Array(count)
    this.#failures = new Uint16Array(count)
    this.#attempts = new Uint16Array(count)
    this.#options = options
    this.#cause = cause
    this.#maps = set.taskType === 'ShuffleMapTask' ? new FinishedMaps(count) : null
    this.#pending = new PendingTasks(set.tasks, { copies: this.#copies, done: this.#done }, (id) => options.alive.hostOf(id))
    this.locality = new LocalityClock(this.#pending, options.waits, now)
    this.locality.recompute(options.alive)
    this.locality.begin(now)
  }

  /** Launches the best task for this executor that `farthest` allows; null when there is none. */
  offer(executorId: string, host: string, farthest: Level, taskId: number, now: number): Attempt | null {
    if (this.zombie || this.waiting === 0) return null
    const allowed = farthest === LEVEL.NO_PREF ? farthest : (Math.min(farthest, this.locality.allowed(now)) as Level)
    let locality: Locality = 'PROCESS_LOCAL'
    let index = this.#pending.topForExecutor(executorId)
    if (index < 0 && allowed >= LEVEL.NODE_LOCAL) {
      index = this.#pending.topForHost(host)
      locality = 'NODE_LOCAL'
    }
    if (index < 0 && allowed >= LEVEL.NO_PREF) {
      index = this.#pending.topWithoutPreference()
      // A task without preference is reported as PROCESS_LOCAL (§6.8).
      locality = 'PROCESS_LOCAL'
    }
    if (index < 0 && allowed >= LEVEL.ANY) {
      index = this.#pending.top()
      locality = 'ANY'
    }
    if (index < 0) return null
    return this.#launch(index, locality, executorId, host, taskId, now)
  }

  #launch(index: number, locality: Locality, executorId: string, host: string, taskId: number, now: number): Attempt {
    const { set } = this
    const task: TaskDescription = {
      taskId,
      index,
      attempt: this.#attempts[index]!++,
      partition: set.tasks[index]!.partition,
      stageId: set.stageId,
      stageAttempt: set.stageAttempt,
      taskType: set.taskType,
      shuffleId: set.shuffleId,
      executorId,
      host,
      locality,
      speculative: false,
      launchTime: now,
      properties: set.properties
    }
    this.#copies[index]!++
    this.waiting--
    this.running++
    return { task, manager: this, launching: true }
  }

  /** Why this launch happens; forgets it. */
  takeCause(index: number): CauseRef {
    if (this.#again.size === 0) return this.#cause
    const cause = this.#again.get(index)
    if (cause === undefined) return this.#cause
    this.#again.delete(index)
    return cause
  }

  succeeded(attempt: Attempt, result: TaskResult, bytes: number, now: number, cause: CauseRef | undefined, out: RulesEffect[]): void {
    const { task } = attempt
    const { index } = task
    if (!this.#fits(bytes, task, out)) {
      const reason: TaskEndReason = { Reason: 'TaskKilled', 'Kill Reason': 'Tasks result size has exceeded maxResultSize', 'Accumulator Updates': [] }
      this.failed(attempt, reason, result, cause, out)
      return
    }
    this.running--
    this.#copies[index]!--
    if (this.#done[index] === 0) {
      this.#done[index] = 1
      this.#failures[index] = 0
      this.#succeeded++
      this.#maps?.add(task, now)
      if (this.#succeeded === this.set.tasks.length) this.zombie = true
    }
    out.push({ type: 'task-ended', task, reason: { Reason: 'Success' }, result, cause })
  }

  /** The attempt ended without success. Decides whether that counts, whether the task waits again, or the set is given up. */
  failed(attempt: Attempt, reason: TaskEndReason, result: TaskResult | undefined, cause: CauseRef | undefined, out: RulesEffect[]): void {
    const { task } = attempt
    const { index } = task
    this.running--
    this.#copies[index]!--
    if (reason.Reason === 'FetchFailed') {
      // Not to be run again here: the stage runs again as a whole (§5.14).
      if (this.#done[index] === 0) {
        this.#done[index] = 1
        this.#succeeded++
      }
      this.zombie = true
    }
    out.push({ type: 'task-ended', task, reason, result, cause })
    const hopeless = this.#hopeless(task, reason)
    if (hopeless !== null) {
      this.#abort(hopeless, reason, { key: `task-end:${task.taskId}` }, out)
      return
    }
    const counted = countsToMaxFailures(reason)
    if (!this.zombie && counted) {
      const failures = ++this.#failures[index]!
      if (failures >= this.#options.maxFailures) {
        const lost = `Lost ${this.#taskName(task)} (${task.host} executor ${task.executorId}): ${errorText(reason)}`
        this.#abort(`Task ${index} in stage ${this.name} failed ${failures} times, most recent failure: ${lost}\nDriver stacktrace:`, reason, { key: `task-end:${task.taskId}` }, out)
        return
      }
    }
    if (this.#done[index] === 0) {
      this.waiting++
      if (!this.zombie) this.#retry(task, reason, counted, out)
    }
  }

  /** The executor is gone: finished map tasks whose output went with it wait again (§5.20), running ones fail. */
  executorLost(executorId: string, reason: LossReason, running: readonly Attempt[], now: number, cause: CauseRef, out: RulesEffect[]): void {
    if (this.#maps && !this.zombie) {
      for (const index of this.#maps.on(executorId)) {
        if (this.#done[index] === 0) continue
        const finished = this.#maps.take(index, this.set)
        this.#done[index] = 0
        this.#succeeded--
        this.waiting++
        this.#pending.add(index)
        out.push({ type: 'task-ended', task: finished.task, reason: { Reason: 'Resubmitted' }, finishTime: finished.finishTime, cause })
        const key = `resubmitted:${finished.task.taskId}`
        this.#again.set(index, { key })
        out.push({
          type: 'post',
          key,
          cause,
          event: {
            Event: 'kindling.Decision',
            kind: 'resubmit-task',
            text: `Task ${index} of stage ${this.name} had finished, but its map output went with executor ${executorId}: it runs again.`,
            stageId: this.set.stageId,
            stageAttempt: this.set.stageAttempt,
            taskId: finished.task.taskId,
            index,
            partition: finished.task.partition,
            executorId,
            counted: false
          }
        })
      }
    }
    for (const attempt of running) {
      const lost: TaskEndReason = {
        Reason: 'ExecutorLostFailure',
        'Executor ID': executorId,
        'Exit Caused By App': countsAgainstTask(reason, attempt.launching),
        'Loss Reason': reason.text
      }
      this.failed(attempt, lost, undefined, cause, out)
    }
    this.locality.recompute(this.#options.alive)
  }

  /** Another attempt of the stage finished this partition (§5.13). */
  partitionCompleted(partition: number): void {
    this.#indexOf ??= new Map(this.set.tasks.map((spec) => [spec.partition, spec.index]))
    const index = this.#indexOf.get(partition)
    if (index === undefined || this.#done[index] === 1) return
    if (this.#copies[index] === 0) this.waiting--
    this.#done[index] = 1
    this.#succeeded++
    if (this.#succeeded === this.set.tasks.length) this.zombie = true
  }

  #fits(bytes: number, task: TaskDescription, out: RulesEffect[]): boolean {
    this.#results++
    this.#resultBytes += bytes
    const limit = this.#options.maxResultSize
    if (this.set.taskType === 'ShuffleMapTask' || limit <= 0 || this.#resultBytes <= limit) return true
    const message = `Total size of serialized results of ${this.#results} tasks (${bytesToString(this.#resultBytes)}) is bigger than spark.driver.maxResultSize (${bytesToString(limit)})`
    this.#abort(message, undefined, { key: `task-start:${task.taskId}` }, out)
    return false
  }

  #hopeless(task: TaskDescription, reason: TaskEndReason): string | null {
    if (reason.Reason !== 'ExceptionFailure') return null
    if (reason['Class Name'] === 'java.io.NotSerializableException') return `${this.#taskName(task)} had a not serializable result: ${reason.Description}`
    if (reason['Class Name'] === 'org.apache.spark.TaskOutputFileAlreadyExistException')
      return `Task ${task.index}.${task.attempt} in stage ${this.name} (TID ${task.taskId}) can not write to output file: ${reason.Description}`
    return null
  }

  #abort(message: string, exception: TaskEndReason | undefined, cause: CauseRef, out: RulesEffect[]): void {
    this.zombie = true
    if (this.#aborted) return
    this.#aborted = true
    out.push({ type: 'task-set-failed', stageId: this.set.stageId, stageAttempt: this.set.stageAttempt, message, exception, cause })
  }

  #retry(task: TaskDescription, reason: TaskEndReason, counted: boolean, out: RulesEffect[]): void {
    this.#pending.add(task.index)
    const key = `retry:${task.taskId}`
    this.#again.set(task.index, { key })
    const failures = this.#failures[task.index]!
    const max = this.#options.maxFailures
    const why = counted ? `failure ${failures} of ${max}` : `this does not count as a failure (${failures} of ${max} so far)`
    out.push({
      type: 'post',
      key,
      cause: { key: `task-end:${task.taskId}` },
      event: {
        Event: 'kindling.Decision',
        kind: 'retry-task',
        text: `Task ${task.index} of stage ${this.name} goes back in the queue: ${why}.`,
        stageId: task.stageId,
        stageAttempt: task.stageAttempt,
        taskId: task.taskId,
        index: task.index,
        partition: task.partition,
        executorId: task.executorId,
        counted,
        failures,
        maxFailures: max
      }
    })
  }

  #taskName(task: TaskDescription): string {
    return `task ${task.index}.${task.attempt} in stage ${this.name} (TID ${task.taskId})`
  }
}
