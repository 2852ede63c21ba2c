import type { EventId, MemoryAccount, TaskEndReason, TaskMetrics } from '../events/index.ts'
import { settings } from '../rules/conf.ts'
import { containerUsed, executorContainer, type ContainerUse } from '../rules/containers.ts'
import { fatalExitCode, isFatal } from '../rules/failures.ts'
import type { TaskDescription } from '../rules/types.ts'
import type { AttemptOrders, TaskBinary } from '../world/messages.ts'
import { heapUse, readMemory, type BookedMemory } from '../world/real/child.ts'
import { BlockStore } from './block-store.ts'
import { Broadcasts } from './broadcasts.ts'
import type { ExecutorEnv, TaskReport } from './env.ts'
import { FragmentKilled, PlanTasks } from './plan-tasks.ts'
import { PythonTasks } from './python-tasks.ts'
import { Replicas } from './replicas.ts'
import { FetchFailure, ShuffleFetcher } from './shuffle-fetch.ts'
import { TaskResults } from './task-results.ts'
import { spillThreshold } from './shuffle-spill.ts'
import { newCounts, taskMetrics, type TaskCounts } from './task-counts.ts'
import { exceptionFailure, Killed, outOfMemory, poisoned, TaskException } from './task-failures.ts'

export interface LaunchedTask {
  task: TaskDescription
  binary: StoredBinary
  slices: { rddId: number; partition: number; data: Uint8Array }[]
  /** What faults ask of this attempt. */
  orders?: AttemptOrders
  /** It waits in its slot for goOn. */
  hold?: true
}

/** A task binary with the bytes that came with it. */
export interface StoredBinary {
  binary: TaskBinary
  blobs: Uint8Array[]
}

export interface Running {
  launched: LaunchedTask
  killed: { reason: string } | null
  signal: { killed: boolean }
  /** Whatever the task waits for or computes now, each to be told of a kill. */
  interrupts: Set<(reason: string) => void>
  /** What it has read, written and spilled so far. */
  counts: TaskCounts
  startedAt: number
  /** When its work began, after waiting for Python to be there; lab ms. */
  workedFrom: number
}

/** What a task made. */
export interface TaskProduct {
  value?: Uint8Array
  buckets?: Uint8Array[]
  accumulators?: Uint8Array
}

/** Runs tasks in the slots of one executor: Python's in its threads, plans' here. */
export class TaskRunner {
  readonly store: BlockStore
  readonly broadcasts: Broadcasts
  readonly results: TaskResults
  readonly #env: ExecutorEnv
  readonly #python: PythonTasks
  readonly #plans: PlanTasks
  readonly #fetcher: ShuffleFetcher
  readonly #replicas: Replicas
  readonly #running = new Map<number, Running>()
  readonly #paceMs: number
  /** Epoch of the map outputs whose places are known here (§5.21). */
  #outputsEpoch = 0
  /** Results and map output on their way out, bytes. */
  #inHand = 0
  #dying = false
  #stalled = false
  /** Bytes taken outside the heap and outside Python. */
  native = 0
  #inContainer: boolean
  #slowness = 1
  /** Ends of waits that only last because this executor is slow. */
  readonly #dawdling = new Set<() => void>()

  constructor(env: ExecutorEnv, paceMs: number) {
    this.#env = env
    this.#paceMs = paceMs
    this.store = new BlockStore(env)
    this.#inContainer = settings.containerLimit(env.conf)
    this.broadcasts = new Broadcasts(env.broadcasts, this.store.pieces)
    this.results = new TaskResults(env.conf, (text) => void env.post({ Event: 'kindling.Note', level: 'warn', text, actor: `executor-${env.executorId}` }))
    this.#fetcher = new ShuffleFetcher(env, this.store)
    this.#replicas = new Replicas(env, env.sendBlock)
    this.#python = new PythonTasks(env, {
      store: this.store,
      fetcher: this.#fetcher,
      broadcasts: this.broadcasts,
      cached: (rddId, partition, taskId) => this.#cached(rddId, partition, taskId),
      keep: (launched, rddId, partition, data) => this.#keep(launched, rddId, partition, data),
      planRows: (running, planId, partition, counts) => this.#plans.rowsAsJson(running, planId, partition, counts)
    })
    this.#plans = new PlanTasks(env, this.store, this.#fetcher, {
      broadcast: (id) => this.broadcasts.value(id),
      pythonRows: async (running, rddId, partition, goal) => (await this.#python.run(running, rddId, partition, goal, newCounts())).rowsJson ?? '[]',
      cachedBlock: (rddId, partition, taskId) => this.#cached(rddId, partition, taskId),
      putCached: async (launched, rddId, partition, data) => {
        await this.#keep(launched, rddId, partition, data)
      }
    })
  }

  get runningTasks(): number[] {
    return [...this.#running.keys()]
  }

  /** How far each running task has come, as heartbeats tell (§4.5). */
  progress(): { taskId: number; records: number; runMs: number }[] {
    const now = this.#env.clock.now()
    return [...this.#running].map(([taskId, { counts, startedAt }]) => ({ taskId, records: counts.recordsRead + counts.shuffleRecordsRead, runMs: Math.round(now - startedAt) }))
  }

  booked(): BookedMemory {
    return {
      python: this.#python.memoryBytes(),
      storage: this.store.storageBytes,
      execution: this.store.executionBytes + this.#inHand,
      results: this.results.bytes,
      broadcast: this.store.pieces.memoryBytes,
      ...(this.native === 0 ? {} : { native: this.native }),
      ...(this.store.offHeap === null ? {} : { offHeap: this.store.offHeapBytes })
    }
  }

  account(): MemoryAccount {
    const account = readMemory(this.booked(), this.#env.heapLimit)
    if (this.#inContainer) account.container = { used: containerUsed(this.#containerUse(account)), limit: executorContainer(this.#env.conf) }
    return account
  }

  /** From now on this executor lives in a container (§8.11); answers with its size in bytes. */
  enterContainer(): number {
    this.#inContainer = true
    return executorContainer(this.#env.conf)
  }

  /** Bytes used of a container. */
  containerUsed(): number {
    return containerUsed(this.#containerUse(this.account()))
  }

  #containerUse(account: MemoryAccount): ContainerUse {
    return { heap: heapUse(account), native: this.native + this.store.offHeapBytes, python: this.#python.grownBytes() }
  }

  /** Tasks last `factor` times as long from here on; 1 is as fast as it is. */
  slowDown(factor: number): void {
    this.#slowness = factor
    if (factor === 1) for (const resume of [...this.#dawdling]) resume()
  }

  /** A copy of a block that is cached here goes to a peer that has none (§8.10). */
  async replicate(rddId: number, partition: number, holders: readonly string[]): Promise<void> {
    const level = this.store.levelOf(rddId, partition)
    const data = await this.store.getRdd(rddId, partition)
    if (level !== undefined && data !== null) await this.#replicas.make(rddId, partition, data, level, 1, holders)
  }

  /** An executor is gone or outputs moved: locations are asked anew. */
  outputsChanged(): void {
    this.#fetcher.forget()
  }

  removeBroadcast(id: number): void {
    this.broadcasts.remove(id)
    this.#plans.forgetBroadcast(id)
  }

  launch(launched: LaunchedTask): void {
    const running: Running = { launched, killed: null, signal: { killed: false }, counts: newCounts(), interrupts: new Set(), startedAt: this.#env.clock.now(), workedFrom: this.#env.clock.now() }
    this.#running.set(launched.task.taskId, running)
    const { epoch } = launched.binary.binary
    if (epoch > this.#outputsEpoch) {
      this.#outputsEpoch = epoch
      this.#fetcher.forget()
    }
    this.#env.report({ taskId: launched.task.taskId, state: 'RUNNING' })
    if (launched.hold !== true) void this.#run(running)
  }

  /** An attempt that was held starts its work. */
  goOn(taskId: number): void {
    const running = this.#running.get(taskId)
    if (running !== undefined) void this.#run(running)
  }

  kill(taskId: number, reason: string): void {
    const running = this.#running.get(taskId)
    if (running === undefined || running.killed !== null) return
    running.killed = { reason }
    running.signal.killed = true
    for (const interrupt of running.interrupts) interrupt(reason)
  }

  /** A task that cannot be started: it fails with this sentence. */
  refuse(taskId: number, why: string): void {
    this.#env.report({ taskId, state: 'FAILED', reason: exceptionFailure(new TaskException('org.apache.spark.SparkException', why)) })
  }

  /** From now on no task ends: the process has no memory to end it with. */
  stall(): void {
    this.#stalled = true
  }

  /** The heap is full. The task at fault, if any, reports first; then the process ends (§4.12). */
  async dieOfMemory(cause: EventId | undefined): Promise<void> {
    if (this.#dying) return
    this.#dying = true
    const victim = this.#running.values().next().value
    if (victim !== undefined) {
      const error = outOfMemory()
      this.#env.report({ taskId: victim.launched.task.taskId, state: 'FAILED', reason: exceptionFailure(error), metrics: this.#metrics(victim, newCounts()) })
    }
    this.#env.outOfMemory(cause)
  }

  async close(): Promise<void> {
    this.#dying = true
    await this.#python.close()
    this.store.close()
  }

  async #run(running: Running): Promise<void> {
    const { task, orders } = running.launched
    const { counts } = running
    counts.began = performance.now()
    let report: TaskReport
    try {
      const product = orders?.fail === undefined ? await this.#compute(running, counts) : await this.#failOnPurpose(running)
      const bytes = (product.value?.byteLength ?? 0) + (product.buckets ?? []).reduce((sum, bucket) => sum + bucket.byteLength, 0)
      this.#inHand += bytes
      if (bytes > 1 << 20 && this.#heapIsFull()) throw outOfMemory()
      try {
        await this.#pace(running)
        if (running.killed !== null) throw new Killed(running.killed.reason)
        const sizes = product.buckets === undefined ? undefined : await this.store.shuffles.write(task.shuffleId ?? 0, task.partition, product.buckets, counts)
        report = {
          taskId: task.taskId,
          state: 'FINISHED',
          metrics: this.#metrics(running, counts, product),
          ...(sizes === undefined ? {} : { sizes }),
          ...(product.value === undefined ? {} : this.results.goesDirectly(task, product.value) ? { value: product.value } : { indirect: product.value.byteLength }),
          ...(product.accumulators === undefined ? {} : { accumulators: product.accumulators })
        }
      } finally {
        this.#inHand -= bytes
      }
    } catch (error) {
      report = { taskId: task.taskId, ...this.#failure(running, error), metrics: this.#metrics(running, counts) }
    }
    if (this.#dying || this.#stalled) return
    this.#running.delete(task.taskId)
    this.store.releaseTask(task.taskId)
    this.#env.report(report)
    const reason = report.reason
    if (reason?.Reason === 'ExceptionFailure' && isFatal(reason['Class Name']) && fatalExitCode(reason['Class Name']) === 52) {
      this.#dying = true
      this.#env.outOfMemory(undefined)
    }
  }

  #failure(running: Running, error: unknown): { state: 'FAILED' | 'KILLED'; reason: TaskEndReason } {
    if (running.killed !== null || error instanceof Killed || error instanceof FragmentKilled) {
      return { state: 'KILLED', reason: { Reason: 'TaskKilled', 'Kill Reason': running.killed?.reason ?? (error as Error).message, 'Accumulator Updates': [] } }
    }
    if (error instanceof FetchFailure) return { state: 'FAILED', reason: error.reason }
    return { state: 'FAILED', reason: exceptionFailure(error) }
  }

  async #compute(running: Running, counts: TaskCounts): Promise<TaskProduct> {
    const { launched } = running
    const { binary } = launched.binary
    const node = binary.nodes.find((candidate) => candidate.id === binary.rddId)
    if (node?.compute.kind === 'plan' && launched.orders?.poison !== undefined) throw poisoned(launched.orders.poison)
    if (node?.compute.kind === 'plan') return this.#plans.run(running, node.compute.planId, counts)
    const { work } = binary
    const goal = work.kind === 'result' ? { kind: 'result' as const } : work.kind === 'shuffle' ? { kind: 'shuffle' as const, reduces: work.reduces, spillAt: spillThreshold(this.#env.conf), forceAt: settings.spillForceAt(this.#env.conf) } : { kind: 'checkpoint' as const, directory: work.directory }
    const answer = await this.#python.run(running, binary.rddId, launched.task.partition, goal, counts)
    return {
      ...(answer.result === undefined ? {} : { value: answer.result }),
      ...(answer.buckets === undefined ? {} : { buckets: answer.buckets }),
      ...(answer.accumulators === undefined ? {} : { accumulators: answer.accumulators })
    }
  }

  /** Stores a computed partition as the RDD's level says and tells the driver. */
  async #keep(launched: LaunchedTask, rddId: number, partition: number, data: Uint8Array): Promise<boolean> {
    const level = launched.binary.binary.nodes.find((node) => node.id === rddId)?.storageLevel
    if (level === undefined) return false
    const put = await this.store.putRdd(rddId, partition, data, level)
    this.#env.blockUpdated({ rddId, partition, ...put })
    if (put.stored && level.Replication > 1) await this.#replicas.make(rddId, partition, data, level, level.Replication - 1)
    if (this.#heapIsFull()) throw outOfMemory()
    return put.stored
  }

  /** A cached block, here or on a peer; null when it is nowhere. */
  async #cached(rddId: number, partition: number, taskId: number): Promise<Uint8Array | null> {
    const here = await this.store.getRdd(rddId, partition, taskId)
    if (here !== null) return here
    for (const address of await this.#env.askBlockLocations(rddId, partition)) {
      if (address.executorId === this.#env.executorId) continue
      try {
        return await this.#env.fetchBlock(address, rddId, partition)
      } catch {
        // It went between the answer and the question: the next one, or computing it again.
      }
    }
    return null
  }

  async #failOnPurpose(running: Running): Promise<never> {
    await this.#pace(running)
    if (running.killed !== null) throw new Killed(running.killed.reason)
    throw new TaskException('org.apache.spark.SparkException', `Kindling made this attempt fail, as the fault fail-task asks (task ${running.launched.task.stageId}.${running.launched.task.partition}, attempt ${running.launched.task.attempt}).`)
  }

  /** Small work is kept watchable: a task lasts at least kindling.task.pace of lab time; on a slow executor so many times longer. */
  async #pace(running: Running): Promise<void> {
    const { clock } = this.#env
    const paced = this.#paceMs + (running.launched.orders?.slow ?? 0)
    const natural = Math.max(paced, clock.now() - running.workedFrom)
    await this.#waitUntil(running, running.startedAt + paced)
    if (this.#slowness === 1) return
    await this.#waitUntil(running, clock.now() + natural * (this.#slowness - 1), this.#dawdling)
  }

  /** Until a lab time, or until the task is killed; `early` gets what ends the wait before. */
  async #waitUntil(running: Running, time: number, early?: Set<() => void>): Promise<void> {
    const left = time - this.#env.clock.now()
    if (left <= 0 || running.killed !== null) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = this.#env.clock.after(left, 'task pace', resolve)
    const stop = (): void => {
      timer.cancel()
      resolve()
    }
    running.interrupts.add(stop)
    early?.add(stop)
    await promise
    running.interrupts.delete(stop)
    early?.delete(stop)
  }

  #heapIsFull(): boolean {
    return heapUse(this.account()) > this.#env.heapLimit
  }

  #metrics(running: Running, counts: TaskCounts, product?: TaskProduct): TaskMetrics {
    return taskMetrics(counts, this.#env.clock.now() - running.startedAt, product?.value?.byteLength ?? 0)
  }
}
