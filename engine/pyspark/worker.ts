/** Executor side of CPython: one thread that runs tasks, one at a time, in the order given. */
import type { PythonTask, PythonTaskAnswer, TaskCalls } from './contract.ts'

export { BridgeFailure, FetchFailedSignal } from './failures.ts'

export interface WorkerOptions {
  threadEntry: string
  snapshot: string | null
  folders: string[]
  onOutput(stream: 'stdout' | 'stderr', text: string, taskId: number | null): void
  /** A task ended its own process: os._exit, os.kill(os.getpid(), …), os.abort. Python runs no further. */
  onExit?(code: number, signal?: string): void
}

export type TaskCallTable = { [K in keyof TaskCalls]: (ask: TaskCalls[K]['ask']) => Promise<TaskCalls[K]['answer']> }

export declare class PythonWorker {
  constructor(options: WorkerOptions)
  readonly ready: Promise<void>
  run(task: PythonTask, calls: TaskCallTable): Promise<PythonTaskAnswer>
  /** The running task raises TaskKilled at the next bytecode and answers `killed`. Nothing when none runs. */
  interrupt(reason: string): void
  memoryBytes(): number
  terminate(): Promise<void>
}
