/**
 * A world in virtual time for the scheduling rules: executors that hold real shuffle files and cached blocks,
 * tasks that compute real (hashed) contents, crashes, and the log the rules would write.
 */
import type { BareEvent, StorageLevel, TaskEndReason, TaskMetrics } from '../../engine/events/index.ts'
import type { CauseRef, LossReason, RddNode, RulesEffect, TaskDescription } from '../../engine/rules/types.ts'
import type { PoolSpec } from '../../engine/rules/pools.ts'
import { Schedulers } from '../../engine/rules/schedulers.ts'
import { parentPartitions } from '../../engine/rules/lineage.ts'

export const MEMORY_ONLY: StorageLevel = { 'Use Disk': false, 'Use Memory': true, 'Use Off Heap': false, Deserialized: false, Replication: 1 }

export interface Logged {
  id: number
  t: number
  event: BareEvent
  key?: string
  cause?: number
}

export interface TinyExecutor {
  id: string
  host: string
  slots: number
  alive: boolean
  known: boolean
  /** `shuffle/map` → content. */
  files: Map<string, string>
  /** `rdd/partition` → content. */
  blocks: Map<string, string>
  /** Task results kept for the driver. */
  results: Map<number, Uint8Array>
  busy: Set<number>
}

export interface TinyOptions {
  conf?: Record<string, string>
  random?: () => number
  maxFailures?: number
  /** Virtual ms a task runs. */
  duration?: (task: TaskDescription) => number
  /** Something else than success, decided as the attempt ends. */
  fate?: (task: TaskDescription) => TaskEndReason | undefined
  /** Results of this many bytes or more stay on the executor until they are fetched. */
  indirectFrom?: number
  /** Virtual ms a fetch of a result takes. */
  fetchTakes?: number
  /** FAIR pools. */
  pools?: PoolSpec[]
  /** Metrics of an attempt that ends well. */
  metrics?: (task: TaskDescription) => TaskMetrics | undefined
  /** Reduce sizes of a map output. */
  sizes?: (task: TaskDescription, reduces: number) => number[]
}

export function hash(text: string): string {
  let h = 2166136261
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619)
  return (h >>> 0).toString(16)
}

export class TinyCluster {
  now = 0
  readonly schedulers: Schedulers
  readonly log: Logged[] = []
  readonly keys = new Map<string, number>()
  readonly executors = new Map<string, TinyExecutor>()
  readonly rdds = new Map<number, RddNode>()
  readonly launched: TaskDescription[] = []
  readonly effects: RulesEffect[] = []
  readonly outputs = new Map<number, Map<number, string[]>>()
  readonly ended = new Map<number, { ok: boolean; message: string }>()
  readonly bytesByReduce = new Map<number, number[]>()
  readonly accumulated: number[] = []
  readonly kills = new Map<number, string>()
  /** Executors the rules asked the cluster manager to end. */
  readonly killed: string[] = []
  readonly #options: TinyOptions
  readonly #timers: { at: number; order: number; run: () => void }[] = []
  #order = 0
  #nextExecutor = 0

  constructor(options: TinyOptions = {}) {
    this.#options = options
    this.schedulers = new Schedulers({
      conf: options.conf ?? {},
      random: options.random ?? (() => 0),
      maxFailures: options.maxFailures,
      pools: options.pools,
      rdd: (id) => {
        const node = this.rdds.get(id)
        if (!node) throw new Error(`no RDD ${id}`)
        return node
      },
      cacheLocations: (rdd, partition) => [...this.executors.values()].filter((one) => one.known && one.blocks.has(`${rdd}/${partition}`)).map((one) => one.id),
      cachedOn: (id) => {
        const held = new Map<number, number[]>()
        for (const name of this.executors.get(id)?.blocks.keys() ?? []) {
          const [rdd, partition] = name.split('/').map(Number) as [number, number]
          held.set(rdd, [...(held.get(rdd) ?? []), partition])
        }
        return [...held].map(([rddId, partitions]) => ({ rddId, partitions }))
      },
      epoch: (now) => 1_000_000 + now,
      appId: () => 'app-test'
    })
  }

  rdd(node: Partial<RddNode> & { id: number; partitions: number }): RddNode {
    const whole: RddNode = { name: 'PythonRDD', callSite: `rdd ${node.id} at test.py:${node.id}`, dependencies: [], ...node }
    this.rdds.set(node.id, whole)
    return whole
  }

  addExecutor(slots = 2, host = `host-${this.#nextExecutor}`): TinyExecutor {
    const executor: TinyExecutor = { id: String(this.#nextExecutor++), host, slots, alive: true, known: true, files: new Map(), blocks: new Map(), results: new Map(), busy: new Set() }
    this.executors.set(executor.id, executor)
    this.post({ Event: 'kindling.Note', level: 'info', text: `ExecutorAdded ${executor.id}` }, `executor-added:${executor.id}`)
    this.apply(this.schedulers.executorReady({ executorId: executor.id, host, slots, now: this.now }))
    return executor
  }

  /** The process is gone; the driver hears of it after `noticeMs`. */
  crash(id: string, noticeMs = 0, reason: LossReason = { kind: 'exited', code: 137, causedByApp: true, text: 'Command exited with code 137' }): void {
    const executor = this.executors.get(id)!
    if (!executor.alive) return
    const fault = this.post({ Event: 'kindling.FaultStruck', faultId: `f${id}`, fault: 'crash-executor', target: id, detail: '' })
    executor.alive = false
    executor.files.clear()
    executor.results.clear()
    this.after(noticeMs, () => this.lose(id, reason, { id: String(fault) }))
  }

  lose(id: string, reason: LossReason, cause?: CauseRef): void {
    const executor = this.executors.get(id)!
    if (!executor.known) return
    this.post({ Event: 'SparkListenerExecutorRemoved', Timestamp: this.now, 'Executor ID': id, 'Removed Reason': reason.text }, `executor-lost:${id}`, cause)
    this.apply(this.schedulers.executorLost({ executorId: id, reason, now: this.now }))
    executor.known = false
    executor.alive = false
    executor.blocks.clear()
    executor.busy.clear()
  }

  submit(jobId: number, rddId: number, partitions?: number[], properties: Record<string, string> = {}): void {
    const node = this.rdds.get(rddId)!
    this.outputs.set(jobId, new Map())
    this.apply(this.schedulers.submitJob({ jobId, rddId, partitions: partitions ?? range(node.partitions), callSite: `collect at test.py:${jobId}`, properties, now: this.now }))
  }

  after(delay: number, run: () => void): void {
    this.#timers.push({ at: this.now + delay, order: this.#order++, run })
  }

  /** Runs until nothing is due or `until` says so; false when `limit` virtual ms have passed. */
  run(until: () => boolean = () => false, limit = 3_600_000): boolean {
    for (;;) {
      if (until()) return true
      const revive = this.schedulers.nextRevive(this.now)
      let next = -1
      for (let i = 0; i < this.#timers.length; i++) {
        const timer = this.#timers[i]!
        const best = this.#timers[next]
        if (!best || timer.at < best.at || (timer.at === best.at && timer.order < best.order)) next = i
      }
      const due = this.#timers[next]
      if (revive !== undefined && (!due || revive < due.at)) {
        this.now = revive
        const before = this.launched.length
        this.apply(this.schedulers.revive(this.now))
        if (this.launched.length === before && this.schedulers.nextRevive(this.now) === revive) throw new Error('revive promised a launch and gave none')
        continue
      }
      if (!due) return true
      if (due.at > limit) return false
      this.#timers.splice(next, 1)
      this.now = due.at
      due.run()
    }
  }

  post(event: BareEvent, key?: string, cause?: CauseRef): number {
    const id = this.log.length
    const from = cause === undefined ? undefined : 'id' in cause ? Number(cause.id) : this.keys.get(cause.key)
    if (cause !== undefined && 'key' in cause && from === undefined) throw new Error(`${event.Event} names a cause nobody posted: ${cause.key}`)
    this.log.push({ id, t: this.now, event, key, cause: from })
    if (key !== undefined) this.keys.set(key, id)
    return id
  }

  apply(effects: RulesEffect[]): void {
    for (const effect of effects) {
      this.effects.push(effect)
      switch (effect.type) {
        case 'post':
          this.post(effect.event, effect.key, effect.cause)
          break
        case 'launch':
          this.#launch(effect.task)
          break
        case 'kill-task':
          if (!this.kills.has(effect.taskId)) this.kills.set(effect.taskId, effect.reason)
          break
        case 'getting-result':
          this.after(this.#options.fetchTakes ?? 1, () => this.#fetched(effect.task))
          break
        case 'kill-executor':
          this.killed.push(effect.executorId)
          this.after(0, () => this.lose(effect.executorId, { kind: 'killed-by-driver', text: 'Executor killed by driver.' }, effect.cause))
          break
        case 'resubmit-later':
          this.after(effect.delayMs, () => this.apply(this.schedulers.resubmitFailedStages(this.now)))
          break
        case 'remove-block-manager': {
          const executor = this.executors.get(effect.executorId)
          executor?.blocks.clear()
          this.post({ Event: 'SparkListenerBlockManagerRemoved', 'Block Manager ID': { 'Executor ID': effect.executorId, Host: executor?.host ?? '', Port: 1 }, Timestamp: this.now })
          break
        }
        case 'output': {
          const job = this.outputs.get(effect.jobId)!
          job.set(effect.output, [...(job.get(effect.output) ?? []), new TextDecoder().decode(effect.value)])
          break
        }
        case 'accumulate':
          this.accumulated.push(effect.taskId)
          break
        case 'job-succeeded':
          this.ended.set(effect.jobId, { ok: true, message: '' })
          break
        case 'job-failed':
          this.ended.set(effect.jobId, { ok: false, message: effect.message })
          break
        case 'map-stage-done':
          this.ended.set(effect.jobId, { ok: true, message: '' })
          this.bytesByReduce.set(effect.jobId, effect.bytesByReduce)
          break
        default:
          throw new Error(`the coupled schedulers let ${effect.type} out`)
      }
    }
  }

  /** Fault-free content of a partition. */
  truth(rddId: number, partition: number): string {
    return this.#content(rddId, partition, null)
  }

  #launch(task: TaskDescription): void {
    const executor = this.executors.get(task.executorId)!
    this.launched.push(task)
    executor.busy.add(task.taskId)
    if (executor.busy.size > executor.slots) throw new Error(`executor ${executor.id} got ${executor.busy.size} tasks for ${executor.slots} slots`)
    const duration = this.#options.duration?.(task) ?? 10
    this.after(0, () => {
      if (executor.alive) this.apply(this.schedulers.statusUpdate({ taskId: task.taskId, state: 'RUNNING', now: this.now }))
    })
    this.after(duration, () => {
      if (!executor.alive) return
      executor.busy.delete(task.taskId)
      this.#end(task, executor)
    })
  }

  #end(task: TaskDescription, executor: TinyExecutor): void {
    const { taskId } = task
    const killed = this.kills.get(taskId)
    const reason: TaskEndReason | undefined =
      killed !== undefined ? { Reason: 'TaskKilled', 'Kill Reason': killed, 'Accumulator Updates': [] } : this.#options.fate?.(task)
    if (reason) {
      this.apply(this.schedulers.statusUpdate({ taskId, state: killed === undefined ? 'FAILED' : 'KILLED', reason, now: this.now }))
      return
    }
    const stage = this.stageInfo(task.stageId)
    try {
      const content = this.#content(stage['RDD Info'][0]!['RDD ID'], task.partition, executor)
      const metrics = this.#options.metrics?.(task)
      if (task.taskType === 'ResultTask') {
        const value = new TextEncoder().encode(content)
        if (value.byteLength >= (this.#options.indirectFrom ?? Infinity)) {
          executor.results.set(taskId, value)
          this.apply(this.schedulers.statusUpdate({ taskId, state: 'FINISHED', indirect: value.byteLength, now: this.now }))
          return
        }
        this.apply(this.schedulers.statusUpdate({ taskId, state: 'FINISHED', result: { value, metrics, accumulators: new Uint8Array(1) }, now: this.now }))
        return
      }
      const reduces = this.#reducesOf(task.shuffleId!)
      executor.files.set(`${task.shuffleId}/${task.partition}`, content)
      const sizes = this.#options.sizes?.(task, reduces) ?? new Array<number>(reduces).fill(10)
      this.apply(
        this.schedulers.statusUpdate({
          taskId,
          state: 'FINISHED',
          result: { mapStatus: { executorId: executor.id, host: executor.host, mapTaskId: taskId, sizes }, metrics, accumulators: new Uint8Array(1) },
          now: this.now
        })
      )
    } catch (error) {
      if (!(error instanceof FetchError)) throw error
      this.apply(this.schedulers.statusUpdate({ taskId, state: 'FAILED', reason: error.reason, now: this.now }))
    }
  }

  /** The fetch of a result that lies on an executor ends. */
  #fetched(task: TaskDescription): void {
    const value = this.executors.get(task.executorId)?.results.get(task.taskId)
    if (value === undefined) this.apply(this.schedulers.statusUpdate({ taskId: task.taskId, state: 'FAILED', reason: { Reason: 'TaskResultLost' }, now: this.now }))
    else this.apply(this.schedulers.statusUpdate({ taskId: task.taskId, state: 'FINISHED', result: { value, accumulators: new Uint8Array(1) }, now: this.now }))
  }

  stageInfo(stageId: number) {
    for (let i = this.log.length - 1; i >= 0; i--) {
      const { event } = this.log[i]!
      if (event.Event === 'SparkListenerStageSubmitted' && event['Stage Info']['Stage ID'] === stageId) return event['Stage Info']
    }
    throw new Error(`stage ${stageId} was never submitted`)
  }

  #reducesOf(shuffleId: number): number {
    for (const node of this.rdds.values()) for (const dependency of node.dependencies) if (dependency.kind === 'shuffle' && dependency.shuffleId === shuffleId) return dependency.reduces
    return 1
  }

  /** Content of a partition as computed on `executor` (fetching, reading and filling caches), or in theory. */
  #content(rddId: number, partition: number, executor: TinyExecutor | null): string {
    const node = this.rdds.get(rddId)!
    const name = `${rddId}/${partition}`
    const cached = executor?.blocks.get(name)
    if (cached !== undefined) return cached
    const parts: string[] = [name]
    for (const dependency of node.dependencies) {
      if (dependency.kind !== 'shuffle') {
        for (const parent of parentPartitions(dependency, partition)) parts.push(this.#content(dependency.rdd, parent, executor))
        continue
      }
      const maps = this.rdds.get(dependency.rdd)!.partitions
      for (let map = 0; map < maps; map++)
        parts.push(executor === null ? this.#content(dependency.rdd, map, null) : this.#fetch(dependency.shuffleId, map, partition))
    }
    const content = hash(parts.join())
    if (executor && node.storageLevel) executor.blocks.set(name, content)
    return content
  }

  #fetch(shuffleId: number, map: number, reduce: number): string {
    const status = this.schedulers.outputs.statuses(shuffleId)[map]
    const reason = { Reason: 'FetchFailed', 'Shuffle ID': shuffleId, 'Map ID': status?.mapTaskId ?? -1, 'Map Index': status ? map : -1, 'Reduce ID': reduce } as const
    if (!status) throw new FetchError({ ...reason, Message: `Missing an output location for shuffle ${shuffleId} partition ${reduce}` })
    const content = this.executors.get(status.executorId)?.files.get(`${shuffleId}/${map}`)
    if (content === undefined)
      throw new FetchError({ ...reason, 'Block Manager Address': { 'Executor ID': status.executorId, Host: status.host, Port: 1 }, Message: `Connection from ${status.host} closed` })
    return content
  }

  /** The log as short lines, for comparing sequences. */
  lines(): string[] {
    return this.log.map(({ event }) => short(event)).filter((line) => line !== '')
  }

  /** Keys or event names from an event back to its first cause. */
  chain(id: number): string[] {
    const names: string[] = []
    for (let at: number | undefined = id; at !== undefined; at = this.log[at]!.cause) names.push(this.log[at]!.key ?? this.log[at]!.event.Event)
    return names
  }

  find(test: (event: BareEvent) => boolean): Logged[] {
    return this.log.filter((one) => test(one.event))
  }
}

class FetchError extends Error {
  readonly reason: TaskEndReason
  constructor(reason: TaskEndReason) {
    super('fetch failed')
    this.reason = reason
  }
}

export function short(event: BareEvent): string {
  switch (event.Event) {
    case 'SparkListenerJobStart':
      return `JobStart ${event['Job ID']} stages ${event['Stage IDs'].join()}`
    case 'SparkListenerJobEnd':
      return `JobEnd ${event['Job ID']} ${event['Job Result'].Result}`
    case 'SparkListenerStageSubmitted':
      return `StageSubmitted ${event['Stage Info']['Stage ID']}.${event['Stage Info']['Stage Attempt ID']} tasks ${event['Stage Info']['Number of Tasks']}`
    case 'SparkListenerStageCompleted':
      return `StageCompleted ${event['Stage Info']['Stage ID']}.${event['Stage Info']['Stage Attempt ID']}${event['Stage Info']['Failure Reason'] === undefined ? '' : ' failed'}`
    case 'SparkListenerTaskStart':
      return `TaskStart ${event['Stage ID']}.${event['Stage Attempt ID']} tid ${event['Task Info']['Task ID']} index ${event['Task Info'].Index} attempt ${event['Task Info'].Attempt} exec ${event['Task Info']['Executor ID']}`
    case 'SparkListenerTaskEnd':
      return `TaskEnd ${event['Stage ID']}.${event['Stage Attempt ID']} tid ${event['Task Info']['Task ID']} ${event['Task End Reason'].Reason}`
    case 'SparkListenerExecutorRemoved':
      return `ExecutorRemoved ${event['Executor ID']}`
    case 'SparkListenerBlockManagerRemoved':
      return `BlockManagerRemoved ${event['Block Manager ID']['Executor ID']}`
    case 'kindling.Note':
      return event.text
    default:
      return ''
  }
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** A small generator with a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export const exception = (className = 'org.apache.spark.api.python.PythonException', description = 'boom'): TaskEndReason => ({
  Reason: 'ExceptionFailure',
  'Class Name': className,
  Description: description,
  'Stack Trace': [],
  'Full Stack Trace': `${className}: ${description}\n\tat test`,
  'Accumulator Updates': []
})

/** Map RDD 0 with `maps` partitions, shuffled into RDD 1 with `reduces`. */
export function twoStages(cluster: TinyCluster, maps = 4, reduces = 3): void {
  cluster.rdd({ id: 0, partitions: maps, name: 'PairwiseRDD' })
  cluster.rdd({ id: 1, partitions: reduces, name: 'ShuffledRDD', dependencies: [{ kind: 'shuffle', rdd: 0, shuffleId: 0, reduces }] })
}
