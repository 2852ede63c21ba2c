/** Dynamic allocation (§7.1–7.4): how many executors an application wants, and which of them it gives back. */
import { readBoolean, readDouble, readInt, readTime, SettingError, unmet, type Conf } from './conf.ts'

/** Tick of the allocation manager, ms (§7.3). */
export const ALLOCATION_TICK = 100

export interface AllocationRules {
  min: number
  max: number
  initial: number
  backlogMs: number
  sustainedMs: number
  ratio: number
  slots: number
  idleMs: number
  cachedIdleMs: number
  shuffleIdleMs: number
  tracking: boolean
}

const MAX = 2147483647
const KEY = 'spark.dynamicAllocation.'

/** Null when it is off. Throws SettingError with Spark's reasons (§7.2). */
export function allocationRules(conf: Conf): AllocationRules | null {
  if (!readBoolean(conf, `${KEY}enabled`, false)) return null
  const fail = (key: string, message: string): never => {
    throw new SettingError(KEY + key, conf[KEY + key] ?? '', message, 'org.apache.spark.SparkException')
  }
  const min = readInt(conf, `${KEY}minExecutors`, 0)
  const max = readInt(conf, `${KEY}maxExecutors`, MAX)
  const ratio = readDouble(conf, `${KEY}executorAllocationRatio`, 1)
  const backlogMs = readTime(conf, `${KEY}schedulerBacklogTimeout`, '1s', 's')
  const sustainedMs = readTime(conf, `${KEY}sustainedSchedulerBacklogTimeout`, `${backlogMs}ms`, 's')
  const idleMs = readTimeout(conf, 'executorIdleTimeout', '60s')
  const tracking = readBoolean(conf, `${KEY}shuffleTracking.enabled`, true)
  if (min < 0 || max < 0) fail(min < 0 ? 'minExecutors' : 'maxExecutors', 'spark.dynamicAllocation.minExecutors and spark.dynamicAllocation.maxExecutors must be positive!')
  if (max === 0) fail('maxExecutors', 'spark.dynamicAllocation.maxExecutors cannot be 0!')
  if (min > max) fail('minExecutors', `spark.dynamicAllocation.minExecutors (${min}) must be less than or equal to spark.dynamicAllocation.maxExecutors (${max})!`)
  if (backlogMs <= 0) fail('schedulerBacklogTimeout', 'spark.dynamicAllocation.schedulerBacklogTimeout must be > 0!')
  // The letter too many is Spark's.
  if (sustainedMs <= 0) fail('sustainedSchedulerBacklogTimeout', 'sspark.dynamicAllocation.sustainedSchedulerBacklogTimeout must be > 0!')
  const shuffleSurvives =
    readBoolean(conf, 'spark.shuffle.service.enabled', false) ||
    tracking ||
    (readBoolean(conf, 'spark.decommission.enabled', false) && readBoolean(conf, 'spark.storage.decommission.enabled', false) && readBoolean(conf, 'spark.storage.decommission.shuffleBlocks.enabled', true))
  if (!shuffleSurvives)
    fail(
      'enabled',
      'Dynamic allocation of executors requires one of the following conditions: 1) enabling external shuffle service through spark.shuffle.service.enabled. 2) enabling shuffle tracking through spark.dynamicAllocation.shuffleTracking.enabled. 3) enabling shuffle blocks decommission through spark.decommission.enabled and spark.storage.decommission.shuffleBlocks.enabled. 4) (Experimental) configuring spark.shuffle.sort.io.plugin.class to use a custom ShuffleDataIO who\'s ShuffleDriverComponents supports reliable storage.'
    )
  if (!(ratio > 0 && ratio <= 1)) fail('executorAllocationRatio', 'spark.dynamicAllocation.executorAllocationRatio must be > 0 and <= 1.0')
  const forever = (key: string): number => (conf[KEY + key] === undefined ? Infinity : readTimeout(conf, key, '0s'))
  // Where spark.executor.cores is unset Spark counts with 1, whatever the Worker gives (§7.3).
  const cores = readInt(conf, 'spark.executor.cores', 1, 1)
  return {
    min,
    max,
    initial: Math.max(min, readInt(conf, `${KEY}initialExecutors`, min), readInt(conf, 'spark.executor.instances', 0)),
    backlogMs,
    sustainedMs,
    ratio,
    slots: Math.max(1, Math.floor(cores / readInt(conf, 'spark.task.cpus', 1, 1))),
    idleMs,
    cachedIdleMs: forever('cachedExecutorIdleTimeout'),
    shuffleIdleMs: forever('shuffleTracking.timeout'),
    tracking
  }
}

function readTimeout(conf: Conf, name: string, fallback: string): number {
  const key = KEY + name
  const ms = readTime(conf, key, fallback, 's')
  if (ms < 0) throw unmet(key, `${ms}ms`, 'Timeout must be >= 0.')
  return ms
}

interface Tracked {
  idleSince: number
  running: number
  cached: Set<string>
  shuffles: Set<number>
  leaving: boolean
}

interface StageTasks {
  tasks: number
  /** Indexes that run or have run, and need not be waited for. */
  started: Set<number>
  running: number
}

export interface AllocationChange {
  /** The number of executors the application wants from now on. */
  total?: number
  /** Executors that are given back. */
  remove: string[]
  text: string
}

/** The allocation manager: it is told of stages, tasks and executors, and asked every tick what to change. */
export class Allocation {
  readonly rules: AllocationRules
  readonly #executors = new Map<string, Tracked>()
  readonly #stages = new Map<string, StageTasks>()
  /** Shuffles of running jobs. */
  readonly #jobs = new Map<number, readonly number[]>()
  #target: number
  #step = 1
  #addAt: number | undefined
  /** Until the first stage or the first idle executor the initial number stands. */
  #initializing = true

  constructor(rules: AllocationRules) {
    this.rules = rules
    this.#target = rules.initial
  }

  get target(): number {
    return this.#target
  }

  jobStarted(jobId: number, shuffles: readonly number[]): void {
    this.#jobs.set(jobId, shuffles)
  }

  jobEnded(jobId: number): void {
    this.#jobs.delete(jobId)
  }

  stageSubmitted(stageId: number, attempt: number, tasks: number, now: number): void {
    this.#initializing = false
    this.#stages.set(`${stageId}.${attempt}`, { tasks, started: new Set(), running: 0 })
    this.#backlogged(now)
  }

  stageCompleted(stageId: number, attempt: number): void {
    const key = `${stageId}.${attempt}`
    const stage = this.#stages.get(key)
    if (stage === undefined) return
    if (stage.running === 0) this.#stages.delete(key)
    else stage.tasks = stage.started.size
    if (this.#pending() === 0) this.#emptied()
  }

  taskStarted(task: { stageId: number; attempt: number; index: number; executorId: string }): void {
    const stage = this.#stages.get(`${task.stageId}.${task.attempt}`)
    if (stage !== undefined) {
      stage.started.add(task.index)
      stage.running++
    }
    const executor = this.#executors.get(task.executorId)
    if (executor !== undefined) executor.running++
    if (this.#pending() === 0) this.#emptied()
  }

  taskEnded(task: { stageId: number; attempt: number; index: number; executorId: string; success: boolean; resubmitted?: boolean; shuffleId?: number }, now: number): void {
    const key = `${task.stageId}.${task.attempt}`
    const stage = this.#stages.get(key)
    if (stage !== undefined) {
      if (task.resubmitted !== true) stage.running = Math.max(0, stage.running - 1)
      if (!task.success) {
        if (this.#pending() === 0) this.#backlogged(now)
        stage.started.delete(task.index)
      }
      if (stage.running === 0 && stage.started.size >= stage.tasks) this.#stages.delete(key)
    }
    const executor = this.#executors.get(task.executorId)
    if (executor === undefined || task.resubmitted === true) return
    executor.running = Math.max(0, executor.running - 1)
    if (executor.running === 0) executor.idleSince = now
    if (task.success && task.shuffleId !== undefined && this.rules.tracking) executor.shuffles.add(task.shuffleId)
  }

  executorAdded(executorId: string, now: number): void {
    if (!this.#executors.has(executorId)) this.#executors.set(executorId, { idleSince: now, running: 0, cached: new Set(), shuffles: new Set(), leaving: false })
  }

  executorRemoved(executorId: string): void {
    this.#executors.delete(executorId)
  }

  /** It is told to go, by whomever. */
  executorLeaving(executorId: string): void {
    const executor = this.#executors.get(executorId)
    if (executor !== undefined) executor.leaving = true
  }

  blockUpdated(executorId: string, block: string, stored: boolean): void {
    const cached = this.#executors.get(executorId)?.cached
    if (stored) cached?.add(block)
    else cached?.delete(block)
  }

  /** What is to change now; null when nothing is. */
  tick(now: number): AllocationChange | null {
    const idle = [...this.#executors].filter(([, executor]) => now >= this.#timeoutAt(executor) && !executor.leaving && !this.#holdsActiveShuffle(executor)).map(([id]) => id)
    if (idle.length > 0) this.#initializing = false
    const change: AllocationChange = { remove: [], text: '' }
    if (!this.#initializing) this.#retarget(now, change)
    let left = [...this.#executors.values()].filter((executor) => !executor.leaving).length
    for (const id of idle) {
      if (left - 1 < Math.max(this.rules.min, this.#target)) break
      left--
      this.#executors.get(id)!.leaving = true
      change.remove.push(id)
    }
    if (change.remove.length > 0) change.text = `${change.text}${change.text === '' ? '' : ' '}Executors ${change.remove.join(',')} removed due to idle timeout.`
    return change.text === '' && change.total === undefined ? null : change
  }

  #retarget(now: number, change: AllocationChange): void {
    const needed = this.#needed()
    if (needed < this.#target) {
      const before = this.#target
      this.#target = Math.max(needed, this.rules.min)
      this.#step = 1
      if (this.#target < before) {
        change.total = this.#target
        change.text = `Lowering target number of executors to ${this.#target} (previously ${before}) because not all requested executors are actually needed.`
      }
      return
    }
    if (this.#addAt === undefined || now < this.#addAt) return
    this.#addAt = now + this.rules.sustainedMs
    if (this.#target >= this.rules.max) {
      this.#step = 1
      return
    }
    const before = this.#target
    this.#target = Math.max(this.#target, this.#executors.size) + this.#step
    this.#target = Math.max(Math.min(this.#target, needed, this.rules.max), this.rules.min)
    const added = this.#target - before
    if (added === 0) {
      this.#step = 1
      return
    }
    change.total = this.#target
    change.text = `Requesting ${added} new executor${added === 1 ? '' : 's'} because tasks are backlogged (new desired total will be ${this.#target}).`
    this.#step = added === this.#step ? this.#step * 2 : 1
  }

  #needed(): number {
    let running = 0
    for (const stage of this.#stages.values()) running += stage.running
    return Math.ceil(((this.#pending() + running) * this.rules.ratio) / this.rules.slots)
  }

  #pending(): number {
    let pending = 0
    for (const stage of this.#stages.values()) pending += Math.max(0, stage.tasks - stage.started.size)
    return pending
  }

  #backlogged(now: number): void {
    this.#addAt ??= now + this.rules.backlogMs
  }

  #emptied(): void {
    this.#addAt = undefined
    this.#step = 1
  }

  #timeoutAt(executor: Tracked): number {
    if (executor.running > 0) return Infinity
    const { idleMs, cachedIdleMs, shuffleIdleMs } = this.rules
    return executor.idleSince + Math.max(idleMs, executor.cached.size > 0 ? cachedIdleMs : 0, executor.shuffles.size > 0 ? shuffleIdleMs : 0)
  }

  #holdsActiveShuffle(executor: Tracked): boolean {
    for (const shuffles of this.#jobs.values()) if (shuffles.some((shuffleId) => executor.shuffles.has(shuffleId))) return true
    return false
  }
}
