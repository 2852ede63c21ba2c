/** Executor side of CPython: one thread that runs tasks, one at a time, in the order given. */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PythonTask, PythonTaskAnswer, TaskCalls } from './contract.ts'
import { FetchFailedSignal } from './failures.ts'
import { PythonThread } from './host.ts'
import { afterReal } from '../world/real/timers.ts'

export { BridgeFailure, FetchFailedSignal } from './failures.ts'

export interface WorkerOptions {
  threadEntry: string
  snapshot: string | null
  folders: string[]
  /** `spark.executor.pyspark.memory` in bytes: beyond, Python raises MemoryError. No limit but 4 GiB unless told. */
  memoryLimit?: number
  onOutput(stream: 'stdout' | 'stderr', text: string, taskId: number | null): unknown
  /** A task ended its executor: os.kill(os.getppid(), …). Python runs no further. */
  onExecutorExit?(code: number, signal?: string): void
  /** The wasm memory grew to this many bytes. */
  onMemory?(bytes: number): void
}

export type TaskCallTable = { [K in keyof TaskCalls]: (ask: TaskCalls[K]['ask']) => Promise<TaskCalls[K]['answer']> }

interface Running {
  task: PythonTask
  calls: TaskCallTable
  killed?: boolean
  /** Gives up the deadline of a kill. */
  ended?: () => void
  fetchFailure?: FetchFailedSignal
}

/** `spark.python.task.killTimeout`, real ms: a killed task that goes on this long loses its thread. */
const killTimeout = 2000

/** Spark's words for a Python worker that is gone (§13.13). */
const CRASHED =
  "Python worker exited unexpectedly (crashed). Consider setting 'spark.sql.execution.pyspark.udf.faulthandler.enabled' or'spark.python.worker.faulthandler.enabled' configuration to 'true' for the better Python traceback."

/** Stages a Python thread is taken to know; kindling/task.py keeps twice as many. */
const KEPT_STAGES = 16

/** The file a checkpoint keeps a partition in. */
export const checkpointPart = (directory: string, partition: number): string =>
  join(directory, `part-${String(partition).padStart(5, '0')}`)

export class PythonWorker {
  readonly ready: Promise<void>
  readonly #options: WorkerOptions
  readonly #running = new Map<number, Running>()
  /** Threads ended because a killed task went on. */
  readonly #stubborn = new WeakSet<PythonThread>()
  /** Ids of stages each thread knows, the one used longest ago first. */
  readonly #known = new WeakMap<PythonThread, Set<string>>()
  #thread: PythonThread
  #terminated = false

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#thread = this.#start()
    this.ready = this.#thread.ready
  }

  #start(): PythonThread {
    const options = this.#options
    return new PythonThread({
      threadEntry: options.threadEntry,
      snapshot: options.snapshot,
      folders: options.folders,
      memoryLimit: options.memoryLimit,
      role: 'worker',
      onOutput: (stream, text) => options.onOutput(stream, text, this.#current?.task.taskId ?? null),
      onCall: (name, ask, order) => this.#call(name as keyof TaskCalls, ask, order),
      // os._exit and the like end this Python worker alone: its task fails, the executor lives (§11.2, §13.13).
      onExit: (code, signal, parent) => {
        if (parent === true) options.onExecutorExit?.(code, signal)
      },
      onMemory: (bytes) => options.onMemory?.(bytes)
    })
  }

  /**
   * Runs a task; tasks given meanwhile wait their turn. Never rejects: a thread that ends under the task
   * answers as Spark does for a crashed Python worker (§11.2), and the next task gets a new thread.
   */
  async run(task: PythonTask, calls: TaskCallTable): Promise<PythonTaskAnswer> {
    if (this.#thread.ended && !this.#terminated) this.#thread = this.#start()
    const thread = this.#thread
    const { order, answer } = thread.order('task', this.#unsaid(thread, task))
    const running: Running = { task, calls }
    this.#running.set(order, running)
    try {
      const ended = (await answer) as PythonTaskAnswer
      if (ended.ok || ended.failure !== 'killed') this.#knows(thread, task.stage.id)
      if (!ended.ok && ended.failure === 'fetch-failed') return { ...ended, detail: running.fetchFailure?.detail }
      if (ended.ok && task.goal.kind === 'checkpoint') return await writeCheckpoint(task, task.goal.directory, ended)
      return ended
    } catch {
      if (running.killed) return { ok: false, failure: 'killed' }
      // It only waited behind a task that would not die.
      if (this.#stubborn.has(thread) && !this.#terminated) return await this.run(task, calls)
      const message = CRASHED
      return { ok: false, failure: 'exception', className: 'org.apache.spark.SparkException', message, traceback: message }
    } finally {
      running.ended?.()
      this.#running.delete(order)
    }
  }

  /** The task with what the thread does not know yet: a stage is told until a task of it has run there. */
  #unsaid(thread: PythonThread, { stage, ...task }: PythonTask): object {
    return this.#known.get(thread)?.has(stage.id) === true ? { ...task, stage: stage.id } : { ...task, stage: stage.id, told: stage }
  }

  /** A task that was not killed has read its stage. */
  #knows(thread: PythonThread, stageId: string): void {
    let known = this.#known.get(thread)
    if (known === undefined) this.#known.set(thread, (known = new Set()))
    known.delete(stageId)
    known.add(stageId)
    if (known.size > KEPT_STAGES) known.delete(known.values().next().value!)
  }

  /** The running task, or the waiting task of that id, raises TaskKilled at the next bytecode and answers `killed`. */
  interrupt(_reason: string, taskId?: number): void {
    for (const [order, running] of this.#running) {
      if (taskId !== undefined && running.task.taskId !== taskId) continue
      if (running.killed) return
      running.killed = true
      this.#thread.kill(order)
      const thread = this.#thread
      running.ended = afterReal(killTimeout, () => {
        if (this.#current !== running) return
        this.#stubborn.add(thread)
        void thread.terminate()
      })
      return
    }
  }

  memoryBytes(): number {
    return this.#thread.ended ? 0 : this.#thread.control.memoryBytes
  }

  terminate(): Promise<void> {
    this.#terminated = true
    return this.#thread.terminate()
  }

  get #current(): Running | undefined {
    for (const running of this.#running.values()) return running
    return undefined
  }

  async #call(name: keyof TaskCalls, ask: unknown, order: number): Promise<unknown> {
    const running = this.#running.get(order)
    if (!running) throw new Error(`No task runs that could ask for ${name}`)
    try {
      return await (running.calls[name] as (ask: unknown) => Promise<unknown>)(ask)
    } catch (error) {
      if (error instanceof FetchFailedSignal) running.fetchFailure = error
      throw error
    }
  }
}

/** Written whole beside its place, then renamed: a task that dies, or runs twice, leaves no half part. */
async function writeCheckpoint(
  task: PythonTask,
  directory: string,
  answer: Extract<PythonTaskAnswer, { ok: true }>
): Promise<PythonTaskAnswer> {
  const { result, ...rest } = answer
  const part = checkpointPart(directory, task.partition)
  const draft = `${part}.attempt-${task.taskId}`
  try {
    await mkdir(directory, { recursive: true })
    await writeFile(draft, result ?? new Uint8Array(0))
    await rename(draft, part)
    return rest
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ok: false, failure: 'exception', className: 'java.io.IOException', message, traceback: message }
  }
}
