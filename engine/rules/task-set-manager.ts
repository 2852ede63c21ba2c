/** One stage attempt's tasks: what waits, what runs, what failed how often (§6.4, §6.8–6.13, §6.20–6.27, §5.14, §5.20). */
import type { Locality, TaskEndReason } from '../events/index.ts'
import type { CauseRef, LossReason, RulesEffect, TaskDescription, TaskResult, TaskSet } from './types.ts'
import { bytesToString } from './conf.ts'
import { SetExclusions, type ExclusionRules } from './exclusion.ts'
import { countsAgainstTask, countsToMaxFailures, errorText } from './failures.ts'
import { FinishedMaps } from './finished-maps.ts'
import { LEVEL, LocalityClock, type AliveExecutors, type Level, type LocalityWaits } from './locality.ts'
import { PendingTasks, type Fits } from './pending.ts'
import { Speculation, type SpeculationRules } from './speculation.ts'
import { killCopyDecision, resubmitDecision, retryDecision, speculateDecision, tellExclusions } from './task-decisions.ts'

/** A running attempt. */
export interface Attempt {
  readonly task: TaskDescription
  readonly manager: TaskSetManager
  /** No RUNNING was heard of it yet (§4.19). */
  launching: boolean
  /** When the driver began to fetch its result: the slot is free since then (§6.16). */
  gettingSince?: number
  /** The attempt that was faster than this one. */
  beatenBy?: TaskDescription
}

export interface ManagerOptions {
  maxFailures: number
  /** Bytes; 0 for no limit. */
  maxResultSize: number
  waits: LocalityWaits
  legacyReset: boolean
  speculation: SpeculationRules | null
  exclusion: ExclusionRules | null
  /** Lab ms → epoch ms. */
  epoch: (now: number) => number
  alive: AliveExecutors & { hostOf(executorId: string): string | undefined }
}

export class TaskSetManager {
  readonly set: TaskSet
  readonly name: string
  readonly locality: LocalityClock
  readonly legacyReset: boolean
  readonly exclusions: SetExclusions | null
  /** No new tasks; running ones go on and may still succeed (§5.13). */
  zombie = false
  /** Attempts that have not ended. */
  running = 0
  /** Tasks that wait for a slot. */
  waiting: number
  /** Whether every round since the timer was last set used what it was offered (§6.9). */
  noRejects = true
  /** The attempt whose failure told last where this set may not go. */
  lastExclusion: CauseRef | undefined
  /** State of the scheduler in which free slots were of no use to this set. */
  uselessAt = -1
  readonly #copies: Uint8Array
  readonly #done: Uint8Array
  readonly #failures: Uint16Array
  readonly #attempts: Uint16Array
  readonly #pending: PendingTasks
  readonly #options: ManagerOptions
  readonly #cause: CauseRef
  readonly #speculation: Speculation | null
  /** Running attempts and the hosts a task has been on: only while second copies are possible. */
  readonly #open = new Map<number, Attempt>()
  readonly #hosts: Map<number, Set<string>> | null
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
    this.legacyReset = options.legacyReset
    this.#copies = new Uint8Array(count)
    this.#done = new Uint8Array(count)
    this.#failures = new Uint16Array(count)
    this.#attempts = new Uint16Array(count)
    this.#options = options
    this.#cause = cause
    this.#speculation = options.speculation === null ? null : new Speculation(options.speculation, count)
    this.#hosts = options.speculation === null ? null : new Map()
    this.exclusions = options.exclusion === null ? null : new SetExclusions(options.exclusion, set.stageId, set.stageAttempt)
    this.#maps = set.taskType === 'ShuffleMapTask' ? new FinishedMaps(count) : null
    this.#pending = new PendingTasks(set.tasks, { copies: this.#copies, done: this.#done }, (id) => options.alive.hostOf(id))
    this.locality = new LocalityClock(this.#pending, options.waits, now)
    this.locality.recompute(options.alive)
    this.locality.begin(now)
  }

  /** Tasks and second copies that wait for a slot. */
  get wanting(): number {
    return this.waiting + (this.#speculation?.waiting.length ?? 0)
  }

  /** Every task is done, or will be done by another attempt of the stage. */
  get complete(): boolean {
    return this.#succeeded === this.set.tasks.length
  }

  /** Launches the best task for this executor that `farthest` allows; null when there is none. */
  offer(executorId: string, host: string, farthest: Level, taskId: number, now: number): Attempt | null {
    if (this.zombie || this.wanting === 0 || this.exclusions?.isExcluded(executorId, host) === true) return null
    const allowed = farthest === LEVEL.NO_PREF ? farthest : (Math.min(farthest, this.locality.allowed(now)) as Level)
    const { exclusions } = this
    const fits: Fits | undefined = exclusions === null || exclusions.failures.size === 0 ? undefined : (index) => !exclusions.isTaskExcluded(index, executorId, host)
    let locality: Locality = 'PROCESS_LOCAL'
    let index = this.waiting === 0 ? -1 : this.#pending.topForExecutor(executorId, fits)
    if (index < 0 && this.waiting > 0) {
      if (allowed >= LEVEL.NODE_LOCAL) {
        index = this.#pending.topForHost(host, fits)
        locality = 'NODE_LOCAL'
      }
      if (index < 0 && allowed >= LEVEL.NO_PREF) {
        index = this.#pending.topWithoutPreference(fits)
        // A task without preference is reported as PROCESS_LOCAL (§6.8).
        locality = 'PROCESS_LOCAL'
      }
      if (index < 0 && allowed >= LEVEL.ANY) {
        index = this.#pending.top(fits)
        locality = 'ANY'
      }
    }
    let attempt: Attempt | null = null
    if (index >= 0) attempt = this.#launch(index, locality, false, executorId, host, taskId, now)
    else if (this.#speculation !== null && this.#speculation.waiting.length > 0) attempt = this.#offerCopy(executorId, host, allowed, fits, taskId, now)
    if (attempt !== null && this.legacyReset && farthest !== LEVEL.NO_PREF) this.locality.reset(LEVEL[attempt.task.locality as keyof typeof LEVEL], now)
    return attempt
  }

  /** A second copy, never on a host where the task has been (§6.23). */
  #offerCopy(executorId: string, host: string, allowed: Level, fits: Fits | undefined, taskId: number, now: number): Attempt | null {
    let best = -1
    let level: Level = LEVEL.ANY
    for (const index of this.#speculation!.waiting) {
      if (this.#done[index] === 1 || this.#copies[index]! > 1 || this.#hosts!.get(index)?.has(host) === true || fits?.(index) === false) continue
      const here = closeness(this.set.tasks[index]!.preferred, executorId, host, (id) => this.#options.alive.hostOf(id))
      if (here > allowed || (best >= 0 && here >= level)) continue
      best = index
      level = here
    }
    if (best < 0) return null
    return this.#launch(best, level === LEVEL.NODE_LOCAL ? 'NODE_LOCAL' : level === LEVEL.ANY ? 'ANY' : 'PROCESS_LOCAL', true, executorId, host, taskId, now)
  }

  #launch(index: number, locality: Locality, speculative: boolean, executorId: string, host: string, taskId: number, now: number): Attempt {
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
      speculative,
      launchTime: now,
      properties: set.properties
    }
    if (this.#copies[index]!++ === 0) this.waiting--
    this.running++
    const attempt: Attempt = { task, manager: this, launching: true }
    if (this.#hosts !== null) {
      this.#open.set(taskId, attempt)
      const hosts = this.#hosts.get(index)
      if (hosts === undefined) this.#hosts.set(index, new Set([host]))
      else hosts.add(host)
      this.#speculation!.launched(index)
    }
    return attempt
  }

  /** Why this launch happens; forgets it. */
  takeCause(index: number): CauseRef {
    if (this.#again.size === 0) return this.#cause
    const cause = this.#again.get(index)
    if (cause === undefined) return this.#cause
    this.#again.delete(index)
    return cause
  }

  /** The result lies on the executor, to be fetched (§6.16). False when it is too much: then the attempt has ended (§6.20). */
  gettingResult(attempt: Attempt, bytes: number, now: number, cause: CauseRef | undefined, out: RulesEffect[]): boolean {
    if (!this.#fits(bytes, attempt.task, out)) {
      this.#tooMuch(attempt, undefined, now, cause, out)
      return false
    }
    attempt.gettingSince = now
    return true
  }

  succeeded(attempt: Attempt, result: TaskResult, bytes: number, now: number, cause: CauseRef | undefined, out: RulesEffect[]): void {
    const { task } = attempt
    const { index } = task
    if (attempt.gettingSince === undefined && !this.#fits(bytes, task, out)) {
      this.#tooMuch(attempt, result, now, cause, out)
      return
    }
    if (attempt.beatenBy !== undefined && this.#done[index] === 1) {
      this.#results--
      this.#resultBytes -= bytes
      this.failed(attempt, killed('Finish but did not commit due to another attempt succeeded'), result, now, cause, out)
      return
    }
    this.running--
    this.#copies[index]!--
    const losers = this.#othersOf(task)
    for (const loser of losers) {
      loser.beatenBy = task
      out.push({ type: 'kill-task', taskId: loser.task.taskId, executorId: loser.task.executorId, reason: 'another attempt succeeded', interrupt: true })
    }
    if (this.#done[index] === 0) {
      this.#done[index] = 1
      this.#failures[index] = 0
      this.#succeeded++
      this.#maps?.add(task, now)
      if (this.complete) this.zombie = true
    }
    this.#speculation?.finished(task.taskId, now - task.launchTime, workOf(result))
    this.#closed(task)
    this.#speculation?.settled(index)
    out.push({ type: 'task-ended', task, reason: { Reason: 'Success' }, result, gettingSince: attempt.gettingSince, cause })
    for (const loser of losers) out.push(killCopyDecision(loser.task, task))
  }

  /** The attempt ended without success. Decides whether that counts, whether the task waits again, or the set is given up. */
  failed(attempt: Attempt, reason: TaskEndReason, result: TaskResult | undefined, now: number, cause: CauseRef | undefined, out: RulesEffect[]): void {
    const { task } = attempt
    const { index } = task
    this.running--
    this.#copies[index]!--
    this.#closed(task)
    if (reason.Reason === 'FetchFailed') {
      // Not to be run again here: the stage runs again as a whole (§5.14).
      if (this.#done[index] === 0) {
        this.#done[index] = 1
        this.#succeeded++
        this.#speculation?.settled(index)
      }
      this.zombie = true
    }
    const why: CauseRef | undefined = attempt.beatenBy === undefined ? cause : { key: `kill-copy:${task.taskId}` }
    out.push({ type: 'task-ended', task, reason, result, gettingSince: attempt.gettingSince, cause: why })
    const ended: CauseRef = { key: `task-end:${task.taskId}` }
    const hopeless = this.#hopeless(task, reason)
    if (hopeless !== null) {
      this.#abort(hopeless, reason, ended, out)
      return
    }
    const counted = countsToMaxFailures(reason)
    if (!this.zombie && counted) {
      const lost = `Lost ${this.#taskName(task)} (${task.host} executor ${task.executorId}): ${errorText(reason)}`
      if (this.exclusions !== null) {
        const told = this.exclusions.failed({ executorId: task.executorId, host: task.host, index, text: lost, now, time: this.#options.epoch(now) })
        tellExclusions(told, `excluded:${task.taskId}`, ended, out)
        this.lastExclusion = ended
      }
      const failures = ++this.#failures[index]!
      if (failures >= this.#options.maxFailures) {
        this.#abort(`Task ${index} in stage ${this.name} failed ${failures} times, most recent failure: ${lost}\nDriver stacktrace:`, reason, ended, out)
        return
      }
    }
    // While another copy runs there is nothing to wait for (§6.23).
    if (this.#done[index] === 0 && this.#copies[index] === 0) {
      this.waiting++
      if (!this.zombie) {
        this.#pending.add(index)
        this.#again.set(index, { key: `retry:${task.taskId}` })
        out.push(retryDecision(task, counted, this.#failures[index]!, this.#options.maxFailures))
      }
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
        if (this.#copies[index] === 0) this.waiting++
        this.#pending.add(index)
        out.push({ type: 'task-ended', task: finished.task, reason: { Reason: 'Resubmitted' }, finishTime: finished.finishTime, cause })
        this.#again.set(index, { key: `resubmitted:${finished.task.taskId}` })
        out.push(resubmitDecision(finished.task, executorId, cause))
      }
    }
    for (const attempt of running) {
      const lost: TaskEndReason = {
        Reason: 'ExecutorLostFailure',
        'Executor ID': executorId,
        'Exit Caused By App': countsAgainstTask(reason, attempt.launching),
        'Loss Reason': reason.text
      }
      attempt.beatenBy = undefined
      this.failed(attempt, lost, undefined, now, cause, out)
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
    this.#speculation?.settled(index)
    if (this.complete) this.zombie = true
  }

  /** Whether running tasks may turn out to be slow, without another one ending first. `slots` is what one executor has. */
  maySpeculate(slots: number): boolean {
    if (this.#speculation === null || this.zombie || this.running === 0 || !this.#speculation.mayFind(slots)) return false
    for (const { task } of this.#open.values()) if (this.#isAlone(task) && !this.#speculation.isMarked(task.index)) return true
    return false
  }

  /** Finds slow tasks and lets each have a second copy (§6.22). True when there are new ones. */
  speculate(now: number, slots: number, out: RulesEffect[]): boolean {
    if (!this.maySpeculate(slots)) return false
    const alone = [...this.#open.values()].flatMap(({ task }) => (this.#isAlone(task) ? [task] : []))
    const found = this.#speculation!.check(alone, now, slots)
    for (const verdict of found) {
      const { task } = this.#open.get(verdict.runner.taskId)!
      this.#again.set(task.index, { key: `speculate:${task.taskId}` })
      out.push(speculateDecision(task, verdict))
    }
    return found.length > 0
  }

  progress(taskId: number, work: { records: number; runMs: number }): void {
    this.#speculation?.progress(taskId, work)
  }

  /** A task that waits and may run on none of these executors (§6.27); null when all may go somewhere, or nobody is there. */
  nowhere(executors: readonly { executorId: string; host: string; excluded: boolean }[]): number | null {
    const { exclusions } = this
    if (exclusions === null || this.waiting === 0 || executors.length === 0) return null
    const index = this.#pending.top()
    if (index < 0) return null
    return executors.every(({ executorId, host, excluded }) => excluded || exclusions.isExcluded(executorId, host) || exclusions.isTaskExcluded(index, executorId, host)) ? index : null
  }

  abortNowhere(index: number, cause: CauseRef, out: RulesEffect[]): void {
    const { partition } = this.set.tasks[index]!
    this.#abort(
      `\nAborting TaskSet ${this.name} because task ${index} (partition ${partition})\ncannot run anywhere due to node and executor excludeOnFailure.\nMost recent failure:\n${this.exclusions!.latestFailure}\n\nExcludeOnFailure behavior can be configured via spark.excludeOnFailure.*.\n`,
      undefined,
      cause,
      out
    )
  }

  #isAlone(task: TaskDescription): boolean {
    return this.#done[task.index] === 0 && this.#copies[task.index] === 1
  }

  #othersOf(task: TaskDescription): Attempt[] {
    if (this.#copies[task.index] === 0 || this.#hosts === null) return []
    return [...this.#open.values()].filter((other) => other.task.index === task.index && other.task.taskId !== task.taskId && other.beatenBy === undefined)
  }

  #closed(task: TaskDescription): void {
    if (this.#hosts === null) return
    this.#open.delete(task.taskId)
    this.#speculation!.ended(task.taskId)
  }

  #tooMuch(attempt: Attempt, result: TaskResult | undefined, now: number, cause: CauseRef | undefined, out: RulesEffect[]): void {
    this.failed(attempt, killed('Tasks result size has exceeded maxResultSize'), result, now, cause, out)
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

  #taskName(task: TaskDescription): string {
    return `task ${task.index}.${task.attempt} in stage ${this.name} (TID ${task.taskId})`
  }
}

const killed = (reason: string): TaskEndReason => ({ Reason: 'TaskKilled', 'Kill Reason': reason, 'Accumulator Updates': [] })

/** Records read, from files and shuffles, and the time it took: what the efficiency of a task is measured by (§6.22). */
function workOf({ metrics }: TaskResult): { records: number; runMs: number } | undefined {
  if (metrics === undefined) return undefined
  return { records: metrics['Input Metrics']['Records Read'] + metrics['Shuffle Read Metrics']['Total Records Read'], runMs: metrics['Executor Run Time'] }
}

/** How near an executor is to what a task would like. */
function closeness(preferred: readonly string[], executorId: string, host: string, hostOf: (executorId: string) => string | undefined): Level {
  if (preferred.length === 0) return LEVEL.NO_PREF
  if (preferred.includes(executorId)) return LEVEL.PROCESS_LOCAL
  return preferred.some((place) => (place.startsWith('host:') ? place.slice(5) : hostOf(place)) === host) ? LEVEL.NODE_LOCAL : LEVEL.ANY
}
