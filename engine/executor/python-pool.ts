import { PythonWorker } from '../pyspark/worker.ts'

export interface PythonPoolOptions {
  size: number
  threadEntry: string
  snapshot: string | null
  folders: string[]
  onOutput: (stream: 'stdout' | 'stderr', text: string, taskId: number | null) => unknown
  onExecutorExit: (code: number, signal?: string) => void
}

/**
 * Python threads of an executor, one for each task that needs Python at the same time, as Spark has
 * Python workers (§11.2): started when first needed, used again afterwards.
 */
export class PythonPool {
  readonly #options: PythonPoolOptions
  readonly #all = new Set<PythonWorker>()
  /** Bytes of each when it had done nothing yet. */
  readonly #bare = new WeakMap<PythonWorker, number>()
  #idle: PythonWorker[] = []
  #queue: ((worker: PythonWorker) => void)[] = []

  constructor(options: PythonPoolOptions) {
    this.#options = options
  }

  /** Runs `work` with a thread of its own; one beyond the pool's size where `beyond` says that it must not wait. */
  async use<T>(beyond: boolean, work: (worker: PythonWorker) => Promise<T>): Promise<T> {
    const worker = await this.#take(beyond)
    let dead = false
    try {
      await worker.ready
      if (!this.#bare.has(worker)) this.#bare.set(worker, worker.memoryBytes())
      return await work(worker)
    } catch (error) {
      // A thread that broke down is not used again.
      dead = true
      this.#all.delete(worker)
      void worker.terminate()
      throw error
    } finally {
      if (dead) this.#replaceFor(this.#queue.shift())
      else this.#give(worker)
    }
  }

  /** Bytes of WebAssembly memory of all threads. */
  memoryBytes(): number {
    let bytes = 0
    for (const worker of this.#all) bytes += worker.memoryBytes()
    return bytes
  }

  /** Bytes beyond those of interpreters that have done nothing. */
  grownBytes(): number {
    let bytes = 0
    for (const worker of this.#all) bytes += Math.max(0, worker.memoryBytes() - (this.#bare.get(worker) ?? worker.memoryBytes()))
    return bytes
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((worker) => worker.terminate()))
    this.#all.clear()
    this.#idle = []
  }

  #take(beyond: boolean): Promise<PythonWorker> | PythonWorker {
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    if (beyond || this.#all.size < this.#options.size) return this.#start()
    return new Promise((resolve) => this.#queue.push(resolve))
  }

  #start(): PythonWorker {
    const { threadEntry, snapshot, folders, onOutput, onExecutorExit } = this.#options
    const worker = new PythonWorker({ threadEntry, snapshot, folders, onOutput, onExecutorExit })
    this.#all.add(worker)
    return worker
  }

  /** Who waited for a thread that broke down gets a new one. */
  #replaceFor(waiting: ((worker: PythonWorker) => void) | undefined): void {
    waiting?.(this.#start())
  }

  #give(worker: PythonWorker): void {
    const next = this.#queue.shift()
    if (next !== undefined) next(worker)
    else this.#idle.push(worker)
  }
}
