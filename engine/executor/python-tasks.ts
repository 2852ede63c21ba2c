import { BridgeFailure, FetchFailedSignal, type TaskCallTable } from '../pyspark/worker.ts'
import type { PythonStage, PythonTask, PythonTaskAnswer, TaskRdd } from '../pyspark/contract.ts'
import type { TaskBinary } from '../world/messages.ts'
import { realDelay } from '../world/real/timers.ts'
import type { BlockStore } from './block-store.ts'
import type { Broadcasts } from './broadcasts.ts'
import type { ExecutorEnv } from './env.ts'
import { PythonPool } from './python-pool.ts'
import { Reach } from './reach.ts'
import { FetchFailure, lostDetail, type ShuffleFetcher } from './shuffle-fetch.ts'
import { ShuffleSpill } from './shuffle-spill.ts'
import type { TaskCounts } from './task-counts.ts'
import { Killed, TaskException } from './task-failures.ts'
import type { LaunchedTask, Running, StoredBinary } from './task-runner.ts'

type Answer = Extract<PythonTaskAnswer, { ok: true }>

export interface PythonHands {
  store: BlockStore
  fetcher: ShuffleFetcher
  broadcasts: Broadcasts
  /** A cached block, here or on a peer; null when it is nowhere. */
  cached: (rddId: number, partition: number, taskId: number) => Promise<Uint8Array | null>
  /** Keeps a computed partition as its level says. False when there was no room. */
  keep: (launched: LaunchedTask, rddId: number, partition: number, data: Uint8Array) => Promise<boolean>
  planRows: (running: Running, planId: number, partition: number, counts: TaskCounts) => Promise<string>
}

/** Runs what tasks compute in Python, and answers what their Python asks. */
export class PythonTasks {
  readonly #env: ExecutorEnv
  readonly #hands: PythonHands
  readonly #pool: PythonPool
  readonly #reach: Reach
  readonly #stages = new WeakMap<StoredBinary, PythonStage>()

  constructor(env: ExecutorEnv, hands: PythonHands) {
    this.#env = env
    this.#hands = hands
    this.#reach = new Reach(env.folders)
    this.#pool = new PythonPool({
      size: env.cores,
      threadEntry: env.pythonEntry,
      snapshot: env.snapshot,
      folders: env.folders,
      onOutput: (stream, text) => env.output(stream, text),
      onExecutorExit: (code, signal) => env.exit(code, signal)
    })
  }

  memoryBytes(): number {
    return this.#pool.memoryBytes()
  }

  /** Bytes of WebAssembly memory beyond those of idle interpreters. */
  grownBytes(): number {
    return this.#pool.grownBytes()
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  /** One partition of an RDD of the task's stage, computed for the goal. Throws what the task ends with. */
  async run(running: Running, rddId: number, partition: number, goal: PythonTask['goal'], counts: TaskCounts): Promise<Answer> {
    const { task, binary, slices } = running.launched
    const pythonTask: PythonTask = { stage: this.#stage(binary), taskId: task.taskId, stageId: task.stageId, stageAttempt: task.stageAttempt, attempt: task.attempt, partition, rddId, slices, goal, ...(running.launched.orders?.poison === undefined ? {} : { poison: running.launched.orders.poison }) }
    const broken: { error?: Error } = {}
    const spill = new ShuffleSpill(this.#env, this.#hands.store, counts, task.taskId)
    try {
      return await this.#inThread(running, pythonTask, counts, spill, broken)
    } finally {
      spill.close()
    }
  }

  async #inThread(running: Running, pythonTask: PythonTask, counts: TaskCounts, spill: ShuffleSpill, broken: { error?: Error }): Promise<Answer> {
    // A plan that reads Python rows below Python work holds a thread already: its second must not wait for the first.
    const answer = await this.#pool.use(running.interrupts.size > 0, async (worker) => {
      if (running.killed !== null) throw new Killed(running.killed.reason)
      running.workedFrom = this.#env.clock.now()
      const interrupt = (reason: string): void => worker.interrupt(reason)
      running.interrupts.add(interrupt)
      try {
        return await worker.run(pythonTask, this.#calls(running, counts, spill, broken))
      } finally {
        running.interrupts.delete(interrupt)
      }
    })
    if (answer.ok) {
      counts.recordsRead += answer.recordsRead
      counts.recordsWritten += answer.recordsWritten
      return answer.buckets === undefined ? answer : { ...answer, buckets: spill.merge(answer.buckets) }
    }
    if (answer.failure === 'fetch-failed') throw new FetchFailure((answer.detail as FetchFailure['reason'] | undefined) ?? lostDetail())
    if (answer.failure === 'killed') throw new Killed(running.killed?.reason ?? 'killed')
    throw broken.error ?? new TaskException(answer.className, answer.message, `${answer.className}: ${answer.traceback}`)
  }

  #stage(binary: StoredBinary): PythonStage {
    let stage = this.#stages.get(binary)
    if (stage !== undefined) return stage
    const { id, nodes, properties } = binary.binary
    stage = {
      id,
      rdds: nodes.filter((node) => node.compute.kind !== 'plan').map((node) => taskRdd(node, binary.blobs)),
      localProperties: properties,
      host: this.#env.host,
      executorId: this.#env.executorId
    }
    this.#stages.set(binary, stage)
    return stage
  }

  #calls(running: Running, counts: TaskCounts, spill: ShuffleSpill, broken: { error?: Error }): TaskCallTable {
    const { store, fetcher, broadcasts, cached, keep, planRows } = this.#hands
    /** What goes wrong on this side is what the task ends with, whatever Python makes of it (§5.12). */
    const ours = async <T>(work: Promise<T>): Promise<T> => {
      try {
        return await work
      } catch (error) {
        if (error instanceof FetchFailure) throw new FetchFailedSignal(error.reason)
        if (!(error instanceof Killed)) broken.error ??= error as Error
        throw error
      }
    }
    return {
      getBlock: async ({ rddId, partition }) => {
        const data = await ours(cached(rddId, partition, running.launched.task.taskId))
        return data === null ? null : { data }
      },
      putBlock: async ({ rddId, partition, data }) => ({ stored: await ours(keep(running.launched, rddId, partition, data)) }),
      fetchShuffle: async ({ shuffleId, reduce }) => ({ blocks: await ours(fetcher.fetch(shuffleId, reduce, counts)) }),
      growShuffle: async ({ held }) => ({ limit: await ours(spill.grow(held)) }),
      spillShuffle: async ({ buckets, elements }) => ({ limit: await ours(Promise.resolve().then(() => spill.spill(buckets, elements))) }),
      getBroadcast: async ({ id }) => {
        try {
          return { data: await broadcasts.value(id) }
        } catch (error) {
          throw new BridgeFailure({ pythonClass: 'py4j.protocol.Py4JJavaError', message: (error as Error).message, javaClass: 'org.apache.spark.SparkException' })
        }
      },
      planRows: async ({ planId, partition }) => ({ json: await ours(planRows(running, planId, partition, counts)) }),
      readCheckpoint: async ({ directory, partition }) => ({ data: await ours(this.#readCheckpoint(store, directory, partition)) }),
      sleep: async ({ seconds }) => {
        await realDelay(seconds * 1000)
        return null
      }
    }
  }

  /** Python says where a checkpoint lies, so it is looked at. */
  async #readCheckpoint(store: BlockStore, directory: string, partition: number): Promise<Uint8Array> {
    if (!store.isLocalCheckpoint(directory)) this.#reach.check(directory)
    return store.readCheckpoint(directory, partition)
  }
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
