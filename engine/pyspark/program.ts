/** Driver side of CPython: one thread that runs the learner's program. */
import type { DriverCalls } from './contract.ts'
import { PythonThread, ThreadEnded } from './host.ts'
import { guestPath } from './thread-files.ts'
import { afterReal } from '../world/real/timers.ts'

export { BridgeFailure } from './failures.ts'

export interface ProgramOptions {
  /** Absolute path of out/main/python.js. */
  threadEntry: string
  /** Snapshot file (ensureSnapshot), or null to load CPython from nothing (2 s). */
  snapshot: string | null
  /** Host folders Python sees, read-write, at the same absolute path. */
  folders: string[]
  /** Most bytes the wasm memory may grow to; beyond, Python raises MemoryError. No limit but 4 GiB unless told. */
  memoryLimit?: number
  onOutput(stream: 'stdout' | 'stderr', text: string): unknown
  /** Line of the program's own file that runs now; null when the program ended. At most every 30 ms, and at each bridge call. */
  onLine(line: number | null): void
  /** What the program's lines have done so far, told as it comes. */
  onNotes?(notes: ProgramNotes): void
  /** Rejects with BridgeFailure. */
  call<K extends keyof DriverCalls>(name: K, ask: DriverCalls[K]['ask']): Promise<DriverCalls[K]['answer']>
  /** The program ended its own process: os._exit, os.kill(os.getpid(), …), os.abort. Python runs no further. */
  onExit?(code: number, signal?: string): void
  /** The wasm memory grew to this many bytes. */
  onMemory?(bytes: number): void
}

/** Lines count from 1. */
export interface ProgramNotes {
  /** Lines the driver came to for the first time. */
  reached: number[]
  /** Transformations written down; `plan` is the operator's id in the logical plan of a DataFrame. */
  written: { op: string; line: number; plan?: number }[]
}

export interface ProgramSource {
  source: string
  /** As tracebacks and call sites name it. */
  fileName: string
  argv: string[]
  cwd: string
  env: Record<string, string>
  /** What spark-submit would have set: defaults of SparkConf(). */
  conf?: Record<string, string>
}

export interface ProgramEnd {
  code: number
  error?: { className: string; message: string; traceback: string; line?: number }
}

/** Line and column count from 1. */
export type CheckAnswer = { ok: true } | { ok: false; message: string; line: number; column: number }

const lineInterval = 30

/** Runs one program at a time; the thread can be reused for `check`, but a second `run` wants a new thread. */
export class ProgramThread {
  readonly ready: Promise<void>
  readonly #thread: PythonThread
  readonly #options: ProgramOptions
  #line: number | null = null

  constructor(options: ProgramOptions) {
    this.#options = options
    this.#thread = new PythonThread({
      threadEntry: options.threadEntry,
      snapshot: options.snapshot,
      folders: options.folders,
      memoryLimit: options.memoryLimit,
      role: 'program',
      onOutput: (stream, text) => options.onOutput(stream, text),
      onCall: (name, ask) => {
        this.#tellLine(this.#thread.control.line)
        return options.call(name as keyof DriverCalls, ask as never)
      },
      onExit: (code, signal) => options.onExit?.(code, signal),
      onMemory: (bytes) => options.onMemory?.(bytes),
      onNotes: (text) => options.onNotes?.(JSON.parse(text) as ProgramNotes)
    })
    this.ready = this.#thread.ready
  }

  /** Runs the program to its end. Rejects when the thread ends first (os._exit, terminate). */
  async run(program: ProgramSource): Promise<ProgramEnd> {
    // Python notes its line when asked, so a tight loop pays nothing for being watched.
    let cancel = (): void => undefined
    const look = (): void => {
      this.#tellLine(this.#thread.control.line)
      this.#thread.control.askLine()
      cancel = afterReal(lineInterval, look)
    }
    look()
    try {
      return (await this.#thread.order('program', { ...program, cwd: guestPath(program.cwd) }).answer) as ProgramEnd
    } catch (error) {
      if (!(error instanceof ThreadEnded && error.crashed)) throw error
      return this.#crashed(error.message)
    } finally {
      cancel()
      this.#tellLine(null)
    }
  }

  /** As a shell sees a segmentation fault of CPython. */
  #crashed(why: string): ProgramEnd {
    const text = `Fatal Python error: ${why}\n`
    void this.#options.onOutput('stderr', text)
    const error = { className: 'SystemError', message: `Python crashed: ${why}`, traceback: text }
    const line = this.#thread.control.line
    return { code: 139, error: line === null ? error : { ...error, line } }
  }

  /** Parses only. */
  async check(source: string, fileName = 'program.py'): Promise<CheckAnswer> {
    return (await this.#thread.order('check', { source, fileName }).answer) as CheckAnswer
  }

  /** An RDD or shuffle id, counted together with those Python gives. */
  nextId(of: 'rdd' | 'shuffle'): number {
    return this.#thread.control.nextId(of)
  }

  /** A new SparkContext counts from 0. */
  resetIds(): void {
    this.#thread.control.resetIds()
  }

  /** Size of the wasm memory in bytes; right also while Python is busy. */
  memoryBytes(): number {
    return this.#thread.control.memoryBytes
  }

  terminate(): Promise<void> {
    return this.#thread.terminate()
  }

  #tellLine(line: number | null): void {
    if (line === this.#line) return
    this.#line = line
    this.#options.onLine(line)
  }
}
