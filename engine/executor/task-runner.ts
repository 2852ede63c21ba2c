import type { EventId, StackTraceElement, TaskEndReason, TaskMetrics } from '../events/index.ts'
import type { TaskCallTable } from '../pyspark/worker.ts'
import { BridgeFailure, FetchFailedSignal } from '../pyspark/worker.ts'
import type { PythonTask, PythonTaskAnswer, TaskRdd } from '../pyspark/contract.ts'
import { fatalExitCode, isFatal } from '../rules/failures.ts'
import type { TaskDescription } from '../rules/types.ts'
import type { TaskBinary } from '../world/messages.ts'
import { heapUse, readMemory, type BookedMemory } from '../world/real/child.ts'
import type { MemoryAccount } from '../events/index.ts'
import { realDelay } from '../world/real/timers.ts'
import { BlockStore } from './block-store.ts'
import type { ExecutorEnv, TaskReport } from './env.ts'
import { FragmentKilled, PlanTasks } from './plan-tasks.ts'
import { PythonPool } from './python-pool.ts'
import { FetchFailure, ShuffleFetcher } from './shuffle-fetch.ts'
import { newCounts, taskMetrics, type TaskCounts } from './task-counts.ts'

export interface LaunchedTask {
  task: TaskDescription
  binary: StoredBinary
  slices: { rddId: number; partition: number; data: Uint8Array }[]
  /** This attempt is to end with an exception: a fault asks for it. */
  fail?: { faultId: string; cause: EventId }
  /** It waits in its slot for goOn. */
  hold?: true
}

/** A task binary with the bytes that came with it. */
export interface StoredBinary {
  binary: TaskBinary
  blobs: Uint8Array[]
}

interface Running {
  launched: LaunchedTask
  killed: { reason: string } | null
  signal: { killed: boolean }
  interrupt: ((reason: string) => void) | null
  startedAt: number
}

/** What a task made. */
export interface TaskProduct {
  value?: Uint8Array
  buckets?: Uint8Array[]
  accumulators?: Uint8Array
}

/** An error a task ends with, as Spark would show it. */
export class TaskException extends Error {
  readonly className: string
  readonly fullText: string
  constructor(className: string, message: string, fullText?: string) {
    super(message)
    this.name = 'TaskException'
    this.className = className
    this.fullText = fullText ?? `${className}: ${message}`
  }
}

/** Runs tasks in the slots of one executor: Python's in its threads, plans' here. */
export class TaskRunner {
  readonly store: BlockStore
  readonly #env: ExecutorEnv
  readonly #python: PythonPool
  readonly #plans: PlanTasks
  readonly #fetcher: ShuffleFetcher
  readonly #running = new Map<number, Running>()
  readonly #broadcasts = new Map<number, Promise<Uint8Array | undefined>>()
  readonly #paceMs: number
  #broadcastBytes = 0
  /** Epoch of the map outputs whose places are known here (§5.21). */
  #outputsEpoch = 0
  /** Results and map output on their way out, bytes. */
  #inHand = 0
  #dying = false

  constructor(env: ExecutorEnv, paceMs: number) {
    this.#env = env
    this.#paceMs = paceMs
    this.store = new BlockStore(env)
    this.#fetcher = new ShuffleFetcher(env, this.store)
    this.#python = new PythonPool({
      size: env.cores,
      threadEntry: env.pythonEntry,
      snapshot: env.snapshot,
      folders: env.folders,
      onOutput: (stream, text) => env.output(stream, text),
      onExecutorExit: (code, signal) => env.exit(code, signal)
    })
    this.#plans = new PlanTasks(env, this.store, this.#fetcher, {
      broadcast: (id) => this.broadcast(id),
      pythonRows: (launched, rddId, partition, goal) => this.#pythonRows(launched, rddId, partition, goal),
      cachedBlock: (rddId, partition) => this.#cached(rddId, partition),
      putCached: async (launched, rddId, partition, data) => {
        await this.#keep(launched, rddId, partition, data)
      }
    })
  }

  get runningTasks(): number[] {
    return [...this.#running.keys()]
  }

  booked(): BookedMemory {
    return {
      python: this.#python.memoryBytes(),
      storage: this.store.storageBytes,
      execution: this.store.executionBytes + this.#inHand,
      results: 0,
      broadcast: this.#broadcastBytes
    }
  }

  account(): MemoryAccount {
    return readMemory(this.booked(), this.#env.heapLimit)
  }

  /** An executor is gone or outputs moved: locations are asked anew. */
  outputsChanged(): void {
    this.#fetcher.forget()
  }

  removeBroadcast(id: number): void {
    const known = this.#broadcasts.get(id)
    this.#broadcasts.delete(id)
    void known?.then((data) => {
      this.#broadcastBytes -= data?.byteLength ?? 0
    })
    this.#plans.forgetBroadcast(id)
  }

  /** The value of a broadcast, fetched from the driver once (§9.1). */
  async broadcast(id: number): Promise<Uint8Array> {
    let asking = this.#broadcasts.get(id)
    if (asking === undefined) {
      asking = this.#env.askBroadcast(id).then((data) => {
        this.#broadcastBytes += data?.byteLength ?? 0
        return data
      })
      this.#broadcasts.set(id, asking)
    }
    const data = await asking
    if (data === undefined) {
      this.#broadcasts.delete(id)
      throw new TaskException('org.apache.spark.SparkException', `Failed to get broadcast_${id}_piece0 of broadcast_${id}`)
    }
    return data
  }

  launch(launched: LaunchedTask): void {
    const running: Running = { launched, killed: null, signal: { killed: false }, interrupt: null, startedAt: this.#env.clock.now() }
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
    running.interrupt?.(reason)
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
    const { task, fail } = running.launched
    const counts = newCounts()
    let report: TaskReport
    try {
      const product = fail === undefined ? await this.#compute(running, counts) : await this.#failOnPurpose(running)
      const bytes = (product.value?.byteLength ?? 0) + (product.buckets ?? []).reduce((sum, bucket) => sum + bucket.byteLength, 0)
      this.#inHand += bytes
      if (bytes > 1 << 20 && this.#heapIsFull()) throw outOfMemory()
      try {
        await this.#pace(running)
        if (running.killed !== null) throw new Killed(running.killed.reason)
        const sizes = product.buckets === undefined ? undefined : await this.store.writeShuffle(task.shuffleId ?? 0, task.partition, product.buckets, counts)
        report = {
          taskId: task.taskId,
          state: 'FINISHED',
          metrics: this.#metrics(running, counts, product),
          ...(sizes === undefined ? {} : { sizes }),
          ...(product.value === undefined ? {} : { value: product.value }),
          ...(product.accumulators === undefined ? {} : { accumulators: product.accumulators })
        }
      } finally {
        this.#inHand -= bytes
      }
    } catch (error) {
      report = { taskId: task.taskId, ...this.#failure(running, error), metrics: this.#metrics(running, counts) }
    }
    this.#running.delete(task.taskId)
    if (this.#dying) return
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
    if (node?.compute.kind === 'plan') return this.#plans.run(launched, node.compute.planId, running.signal, counts)
    const answer = await this.#inPython(
      running,
      launched,
      binary.rddId,
      launched.task.partition,
      binary.work.kind === 'result' ? { kind: 'result' } : binary.work.kind === 'shuffle' ? { kind: 'shuffle', reduces: binary.work.reduces } : { kind: 'checkpoint', directory: binary.work.directory },
      counts
    )
    return {
      ...(answer.result === undefined ? {} : { value: answer.result }),
      ...(answer.buckets === undefined ? {} : { buckets: answer.buckets }),
      ...(answer.accumulators === undefined ? {} : { accumulators: answer.accumulators })
    }
  }

  /** JSON rows of a Python RDD, for a DataFrame operator that starts from one. */
  async #pythonRows(launched: LaunchedTask, rddId: number, partition: number, goal: PythonTask['goal']): Promise<string> {
    const running = this.#running.get(launched.task.taskId)
    const answer = await this.#inPython(running ?? null, launched, rddId, partition, goal, newCounts())
    return answer.rowsJson ?? '[]'
  }

  async #inPython(running: Running | null, launched: LaunchedTask, rddId: number, partition: number, goal: PythonTask['goal'], counts: TaskCounts): Promise<Extract<PythonTaskAnswer, { ok: true }>> {
    const { task, binary: stored } = launched
    const pythonTask: PythonTask = {
      taskId: task.taskId,
      stageId: task.stageId,
      stageAttempt: task.stageAttempt,
      attempt: task.attempt,
      partition,
      rddId,
      rdds: stored.binary.nodes.filter((node) => node.compute.kind !== 'plan').map((node) => taskRdd(node, stored.blobs)),
      slices: launched.slices,
      goal,
      localProperties: task.properties,
      host: this.#env.host,
      executorId: this.#env.executorId
    }
    const answer = await this.#python.use(async (worker) => {
      if (running !== null) {
        if (running.killed !== null) throw new Killed(running.killed.reason)
        running.interrupt = (reason) => worker.interrupt(reason)
      }
      try {
        return await worker.run(pythonTask, this.#calls(launched, counts))
      } finally {
        if (running !== null) running.interrupt = null
      }
    })
    if (answer.ok) {
      counts.recordsRead += answer.recordsRead
      counts.recordsWritten += answer.recordsWritten
      return answer
    }
    if (answer.failure === 'fetch-failed') throw new FetchFailure((answer.detail as FetchFailure['reason'] | undefined) ?? lostDetail())
    if (answer.failure === 'killed') throw new Killed(running?.killed?.reason ?? 'killed')
    throw new TaskException(answer.className, answer.message, `${answer.className}: ${answer.traceback}`)
  }

  #calls(launched: LaunchedTask, counts: TaskCounts): TaskCallTable {
    return {
      getBlock: async ({ rddId, partition }) => {
        const data = await this.#cached(rddId, partition)
        return data === null ? null : { data }
      },
      putBlock: async ({ rddId, partition, data }) => ({ stored: await this.#keep(launched, rddId, partition, data) }),
      fetchShuffle: async ({ shuffleId, reduce }) => {
        try {
          return { blocks: await this.#fetcher.fetch(shuffleId, reduce, counts) }
        } catch (error) {
          if (error instanceof FetchFailure) throw new FetchFailedSignal(error.reason)
          throw error
        }
      },
      getBroadcast: async ({ id }) => {
        try {
          return { data: await this.broadcast(id) }
        } catch (error) {
          throw new BridgeFailure({ pythonClass: 'py4j.protocol.Py4JJavaError', message: (error as Error).message, javaClass: 'org.apache.spark.SparkException' })
        }
      },
      planRows: async ({ planId, partition }) => ({ json: await this.#plans.rowsAsJson(launched, planId, partition, counts) }),
      readCheckpoint: async ({ directory, partition }) => ({ data: await this.store.readCheckpoint(directory, partition) }),
      sleep: async ({ seconds }) => {
        await realDelay(seconds * 1000)
        return null
      }
    }
  }

  /** Stores a computed partition as the RDD's level says and tells the driver. */
  async #keep(launched: LaunchedTask, rddId: number, partition: number, data: Uint8Array): Promise<boolean> {
    const level = launched.binary.binary.nodes.find((node) => node.id === rddId)?.storageLevel
    if (level === undefined) return false
    const put = await this.store.putRdd(rddId, partition, data, level)
    this.#env.blockUpdated({ rddId, partition, ...put })
    if (this.#heapIsFull()) throw outOfMemory()
    return put.stored
  }

  /** A cached block, here or on a peer; null when it is nowhere. */
  async #cached(rddId: number, partition: number): Promise<Uint8Array | null> {
    const here = await this.store.getRdd(rddId, partition)
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

  /** Small work is kept watchable: a task lasts at least kindling.task.pace of lab time. */
  async #pace(running: Running): Promise<void> {
    const left = running.startedAt + this.#paceMs - this.#env.clock.now()
    if (left <= 0 || running.killed !== null) return
    await new Promise<void>((resolve) => {
      const timer = this.#env.clock.after(left, 'task pace', resolve)
      running.interrupt = () => {
        timer.cancel()
        resolve()
      }
    })
    running.interrupt = null
  }

  #heapIsFull(): boolean {
    return heapUse(this.account()) > this.#env.heapLimit
  }

  #metrics(running: Running, counts: TaskCounts, product?: TaskProduct): TaskMetrics {
    return taskMetrics(counts, this.#env.clock.now() - running.startedAt, product?.value?.byteLength ?? 0)
  }
}

class Killed extends Error {}

const outOfMemory = (): TaskException => new TaskException('java.lang.OutOfMemoryError', 'Java heap space')

const lostDetail = (): FetchFailure['reason'] => ({ Reason: 'FetchFailed', 'Shuffle ID': -1, 'Map ID': -1, 'Map Index': -1, 'Reduce ID': -1, Message: 'org.apache.spark.shuffle.FetchFailedException' })

/** Any error of a task in Spark's shape. */
function exceptionFailure(error: unknown): Extract<TaskEndReason, { Reason: 'ExceptionFailure' }> {
  const known = error as { className?: string; fullText?: string; message?: string; stack?: string }
  const className = known.className ?? 'org.apache.spark.SparkException'
  const message = known.message ?? String(error)
  const full = known.fullText ?? (known.className === undefined ? (known.stack ?? message) : `${className}: ${message}`)
  const trace: StackTraceElement[] = []
  return { Reason: 'ExceptionFailure', 'Class Name': className, Description: message, 'Stack Trace': trace, 'Full Stack Trace': full, 'Accumulator Updates': [] }
}

function taskRdd(node: TaskBinary['nodes'][number], blobs: Uint8Array[]): TaskRdd {
  const { id, dependencies, storageLevel } = node
  const cached = storageLevel !== undefined
  const compute = node.compute
  switch (compute.kind) {
    case 'python':
      return { id, dependencies, cached, compute: { kind: 'python', payload: blobs[compute.blob]! } }
    case 'pairwise':
      return { id, dependencies, cached, compute: { kind: 'pairwise', payload: blobs[compute.blob]!, reduces: compute.reduces } }
    case 'plan':
      throw new Error(`RDD ${id} is a stage of a plan; Python does not run it`)
    default:
      return { id, dependencies, cached, compute: compute as TaskRdd['compute'] }
  }
}
