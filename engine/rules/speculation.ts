/** Second copies of slow tasks: who gets one, and what became of the first (§6.21–6.23). */
import { settings, type Conf } from './conf.ts'

export interface SpeculationRules {
  /** ms between checks. */
  interval: number
  quantile: number
  multiplier: number
  /** ms. */
  minTaskRuntime: number
  /** ms a task may run where too few have finished for a median; null for no such limit. */
  threshold: number | null
  efficiency: boolean
  rateMultiplier: number
  longFactor: number
}

/** Null while spark.speculation is off. */
export function speculationRules(conf: Conf): SpeculationRules | null {
  if (!settings.speculation(conf)) return null
  return {
    interval: settings.speculationInterval(conf),
    quantile: settings.speculationQuantile(conf),
    multiplier: settings.speculationMultiplier(conf),
    minTaskRuntime: settings.speculationMinTaskRuntime(conf),
    threshold: settings.speculationThreshold(conf),
    efficiency: settings.speculationEfficiency(conf),
    rateMultiplier: settings.speculationRateMultiplier(conf),
    longFactor: settings.speculationLongFactor(conf)
  }
}

/** What has to be known of a running attempt to judge it. */
export interface Runner {
  readonly index: number
  readonly taskId: number
  readonly launchTime: number
}

export interface Verdict {
  runner: Runner
  ranMs: number
  thresholdMs: number
  /** Median of the finished tasks, ms; null when the fixed threshold decided. */
  medianMs: number | null
}

/** What one task set knows of how long its tasks take. Times in ms. */
export class Speculation {
  readonly #rules: SpeculationRules
  readonly #tasks: number
  /** Run times of tasks that ended well. */
  readonly #durations: number[] = []
  /** Length of `#durations` when it was last sorted: the front part is in order. */
  #sorted = 0
  #records = 0
  #runMs = 0
  /** Records a second of running tasks, as heartbeats told; nothing heard counts as 0, as in Spark. */
  readonly #rates = new Map<number, number>()
  /** Tasks that were found slow; each gets one copy at most. */
  readonly #marked = new Set<number>()
  /** Marked tasks whose copy waits for a slot, the last marked first. */
  readonly #waiting: number[] = []

  constructor(rules: SpeculationRules, tasks: number) {
    this.#rules = rules
    this.#tasks = tasks
  }

  get waiting(): readonly number[] {
    return this.#waiting
  }

  finished(taskId: number, ranMs: number, work: { records: number; runMs: number } | undefined): void {
    this.#durations.push(ranMs)
    this.#rates.delete(taskId)
    if (work === undefined) return
    this.#records += work.records
    this.#runMs += work.runMs
  }

  /** How far a running task has come, as a heartbeat tells. */
  progress(taskId: number, work: { records: number; runMs: number }): void {
    if (work.runMs > 0) this.#rates.set(taskId, (work.records * 1000) / work.runMs)
  }

  ended(taskId: number): void {
    this.#rates.delete(taskId)
  }

  settled(index: number): void {
    this.#marked.delete(index)
    this.#forget(index)
  }

  /** The copy of this task is on its way. */
  launched(index: number): void {
    this.#forget(index)
  }

  isMarked(index: number): boolean {
    return this.#marked.has(index)
  }

  /** Whether a check could find anything, now or later, without another task ending first. `slots` is what one executor has. */
  mayFind(slots: number): boolean {
    return this.#enough() || this.#fixed(slots) !== null
  }

  /** Marks and answers the attempts among `alone` (tasks with exactly one copy) that have run for too long. */
  check(alone: Iterable<Runner>, now: number, slots: number): Verdict[] {
    const fixed = this.#fixed(slots)
    const median = this.#enough() ? this.#median() : null
    const threshold = median === null ? fixed : Math.max(this.#rules.multiplier * median, this.#rules.minTaskRuntime)
    if (threshold === null) return []
    const found: Verdict[] = []
    for (const runner of alone) {
      const ranMs = now - runner.launchTime
      if (this.#marked.has(runner.index) || ranMs <= threshold) continue
      if (median !== null && !this.#inefficient(runner, ranMs, threshold)) continue
      this.#marked.add(runner.index)
      this.#waiting.unshift(runner.index)
      found.push({ runner, ranMs, thresholdMs: threshold, medianMs: median })
    }
    return found
  }

  #enough(): boolean {
    if (this.#tasks === 1 && this.#rules.threshold === null) return false
    return this.#durations.length >= Math.max(Math.floor(this.#rules.quantile * this.#tasks), 1)
  }

  /** The threshold that needs no finished task: only for stages that fit on one executor. */
  #fixed(slots: number): number | null {
    const { threshold } = this.#rules
    return threshold !== null && threshold > 0 && this.#tasks <= slots ? threshold : null
  }

  #inefficient(runner: Runner, ranMs: number, threshold: number): boolean {
    const { efficiency, longFactor, rateMultiplier } = this.#rules
    if (!efficiency || this.#tasks <= 1 || ranMs > longFactor * threshold) return true
    // As long as no finished task has read a record, every rate is too low, as in Spark.
    const average = this.#records > 0 && this.#runMs > 0 ? (this.#records * 1000) / this.#runMs : Infinity
    return (this.#rates.get(runner.taskId) ?? 0) < average * rateMultiplier
  }

  #median(): number {
    if (this.#sorted !== this.#durations.length) {
      this.#durations.sort((a, b) => a - b)
      this.#sorted = this.#durations.length
    }
    const { length } = this.#durations
    const middle = length >> 1
    return length % 2 === 1 ? this.#durations[middle]! : (this.#durations[middle - 1]! + this.#durations[middle]!) / 2
  }

  #forget(index: number): void {
    const at = this.#waiting.indexOf(index)
    if (at >= 0) this.#waiting.splice(at, 1)
  }
}
