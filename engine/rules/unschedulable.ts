/** excludeOnFailure for a whole application: who gets no offers, and what becomes of tasks that may run nowhere (§6.24–6.28). */
import type { BlockManagerId } from '../events/index.ts'
import type { CauseRef, RulesEffect, TaskDescription } from './types.ts'
import { settings, type Conf } from './conf.ts'
import { Health, healthRules, type HealthNews } from './health.ts'
import { tellExclusions } from './task-decisions.ts'
import type { TaskSetManager } from './task-set-manager.ts'

interface Place {
  readonly executorId: string
  readonly host: string
  readonly running: ReadonlySet<unknown>
}

export class Unschedulable {
  readonly #health: Health | null
  readonly #timeout: number
  readonly #epoch: (now: number) => number
  readonly #executors: () => Iterable<Place>
  /** Sets with a task that can run nowhere, and when each is given up, lab ms. */
  readonly #until = new Map<TaskSetManager, number>()
  #told = 0

  constructor(conf: Conf, epoch: (now: number) => number, executors: () => Iterable<Place>) {
    const rules = healthRules(conf)
    this.#timeout = settings.unschedulableTimeout(conf)
    this.#epoch = epoch
    this.#executors = executors
    this.#health = rules === null ? null : new Health(rules, (host) => [...executors()].flatMap((one) => (one.host === host ? [one.executorId] : [])))
  }

  isExcluded(executorId: string, host: string): boolean {
    return this.#health?.isExcluded(executorId, host) === true
  }

  /** Ends exclusions whose time is over; true when there were any. */
  expire(now: number, out: RulesEffect[]): boolean {
    const told = this.#health?.expire(now, this.#epoch(now)) ?? []
    tellExclusions(told, `unexcluded:${this.#told++}`, undefined, out)
    return told.length > 0
  }

  fetchFailed(from: BlockManagerId, task: TaskDescription, now: number, out: RulesEffect[]): void {
    this.#tell(this.#health?.fetchFailed(from['Executor ID'], from.Host, now, this.#epoch(now)), { key: `task-end:${task.taskId}` }, out)
  }

  /** Nothing of the set runs any more. What failed in it counts only if it ended well. */
  finished(set: TaskSetManager, now: number, out: RulesEffect[]): void {
    this.#until.delete(set)
    if (set.complete && set.exclusions !== null) this.#tell(this.#health?.taskSetSucceeded(set.set, set.exclusions.failures, now, this.#epoch(now)), { key: `stage-submitted:${set.name}` }, out)
  }

  executorRemoved(executorId: string): void {
    this.#health?.executorRemoved(executorId)
  }

  /**
   * A set that launched nothing: if one of its tasks may run nowhere, an idle executor is ended to get another and
   * the set waits for it; with none idle it is given up at once, and the answer is true.
   */
  judge(set: TaskSetManager, now: number, out: RulesEffect[]): boolean {
    const executors = [...this.#executors()]
    const index = set.nowhere(executors.map(({ executorId, host }) => ({ executorId, host, excluded: this.isExcluded(executorId, host) })))
    if (index === null) return false
    const idle = executors.find((one) => one.running.size === 0)
    if (idle === undefined) {
      this.#giveUp(set, index, 'Cannot schedule any task because all executors excluded from failures. No idle executors can be found to kill.', out)
      return true
    }
    if (this.#until.has(set)) return false
    this.#until.set(set, now + this.#timeout)
    const kill = this.#health?.killIdle(idle.executorId)
    const key = this.#decide(set, `Waiting for ${this.#timeout} ms for completely excluded task to be schedulable again before aborting stage ${set.set.stageId}.`, out)
    if (kill !== undefined) out.push({ type: 'kill-executor', ...kill, cause: key })
    return false
  }

  /** Something could be launched: whoever waited to be given up waits anew. */
  clear(): void {
    this.#until.clear()
  }

  /** Sets whose time to become schedulable is over. */
  giveUp(now: number, out: RulesEffect[]): TaskSetManager[] {
    const over: TaskSetManager[] = []
    const executors = [...this.#executors()].map(({ executorId, host }) => ({ executorId, host, excluded: this.isExcluded(executorId, host) }))
    for (const [set, until] of [...this.#until]) {
      if (until > now) continue
      this.#until.delete(set)
      const index = set.nowhere(executors)
      if (index === null) continue
      this.#giveUp(set, index, 'Cannot schedule any task because all executors excluded from failures. Wait time for scheduling expired.', out)
      over.push(set)
    }
    return over
  }

  /** Lab ms at which an exclusion ends or a set is given up. */
  nextDue(): number | undefined {
    let next = this.#health?.nextExpiry()
    for (const until of this.#until.values()) if (next === undefined || until < next) next = until
    return next
  }

  #giveUp(set: TaskSetManager, index: number, why: string, out: RulesEffect[]): void {
    set.abortNowhere(index, this.#decide(set, `${why} Aborting stage ${set.set.stageId}.`, out), out)
  }

  #decide(set: TaskSetManager, text: string, out: RulesEffect[]): CauseRef {
    const key = `unschedulable:${set.name}:${this.#told++}`
    out.push({ type: 'post', key, cause: set.lastExclusion, event: { Event: 'kindling.Decision', kind: 'unschedulable', text, stageId: set.set.stageId, stageAttempt: set.set.stageAttempt } })
    return { key }
  }

  #tell(news: HealthNews | undefined, cause: CauseRef, out: RulesEffect[]): void {
    if (news === undefined || news.told.length === 0) return
    const key = `excluded:app:${this.#told++}`
    tellExclusions(news.told, key, cause, out)
    for (const kill of news.kills) out.push({ type: 'kill-executor', ...kill, cause: { key: `${key}:0` } })
  }
}
