/** Driver side of CPython: one thread that runs the learner's program. */
import type { DriverCalls } from './contract.ts'

export interface ProgramOptions {
  /** Absolute path of out/main/python.js. */
  threadEntry: string
  /** Snapshot file (ensureSnapshot), or null to load CPython from nothing (2 s). */
  snapshot: string | null
  /** Host folders Python sees, read-write, at the same absolute path. */
  folders: string[]
  onOutput(stream: 'stdout' | 'stderr', text: string): void
  /** Line of the program's own file that runs now; null when the program ended. At most every 30 ms, and at each bridge call. */
  onLine(line: number | null): void
  /** Rejects with BridgeFailure. */
  call<K extends keyof DriverCalls>(name: K, ask: DriverCalls[K]['ask']): Promise<DriverCalls[K]['answer']>
  /** The program ended its own process: os._exit, os.kill(os.getpid(), …), os.abort. Python runs no further. */
  onExit?(code: number, signal?: string): void
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

export type CheckAnswer = { ok: true } | { ok: false; message: string; line: number; column: number }

export declare class ProgramThread {
  constructor(options: ProgramOptions)
  readonly ready: Promise<void>
  run(program: ProgramSource): Promise<ProgramEnd>
  /** Parses only. Line from 1, column from 1. */
  check(source: string, fileName?: string): Promise<CheckAnswer>
  /** Size of the wasm memory in bytes; right also while Python is busy. */
  memoryBytes(): number
  terminate(): Promise<void>
}
