import type { EventId } from '../events/index.ts'
import type { LossReason, TaskDescription } from '../rules/types.ts'
import type { AttemptOrders, ExecutorToDriver, TaskBinary } from '../world/messages.ts'
import type { TaskReport } from '../executor/env.ts'
import type { BlockHolder } from './block-master.ts'

export interface Launch {
  task: TaskDescription
  binary: { binary: TaskBinary; blobs: Uint8Array[] }
  slices: { rddId: number; partition: number; data: Uint8Array }[]
  /** What faults ask of this attempt. */
  orders?: AttemptOrders
  /** It takes its slot and waits there until goOn: a fault wants it running. */
  hold?: true
}

/** What a backend tells the context. */
export interface BackendEvents {
  executorAdded(executor: { executorId: string; host: string; cores: number; cause?: EventId }): void
  blockManagerAdded(holder: BlockHolder, maxMemory: number): void
  /** It can take tasks: it gets them once the lab has heard of it, if it is still `there`. */
  executorReady(executor: { executorId: string; host: string; cores: number }, there: () => boolean): void
  /** Its connection closed; the reason will follow (§4.21). */
  executorUnavailable(executorId: string): void
  executorLost(executorId: string, reason: LossReason, cause: EventId | undefined): void
  report(executorId: string, report: TaskReport, cause?: EventId): void
  blockUpdated(executorId: string, update: { rddId: number; partition: number; memory: number; disk: number; stored: boolean; reason?: string }): void
  /** How far running tasks have come. */
  progress(running: readonly { taskId: number; records: number; runMs: number }[]): void
  /** Nothing is to run on it: it need not register (§4.2). */
  isExcluded(executorId: string, host: string): boolean
  /** Other executors that hold blocks. */
  peers(executorId: string): BlockHolder[]
  /** False when its block manager was written off while it lived (§5.16). */
  hasBlockManager(executorId: string): boolean
  mapOutputs(shuffleId: number): (null | (BlockHolder & { sizes: number[] }))[]
  blockLocations(rddId: number, partition: number): BlockHolder[]
  broadcastValue(id: number): Uint8Array | undefined
  /** Into how many pieces it is cut; 0 when it is not there. */
  broadcastPieces(id: number): number
  broadcastPiece(id: number, piece: number): Uint8Array | undefined
  /** Executors that have a piece and can give it. */
  pieceHolders(id: number, piece: number): BlockHolder[]
  pieceStored(executorId: string, stored: Extract<ExecutorToDriver, { type: 'PieceStored' }>): void
  /** It is on its way out; `told`: it knows already (§7.6). */
  decommissioning(executorId: string, message: string, told: boolean, cause: EventId | undefined): void
  tookOver(executorId: string, done: Extract<ExecutorToDriver, { type: 'TookOver' }>): void
  /** The Master has lost a Worker: its shuffle files are out of reach (§3.19). */
  workerRemoved(worker: string, host: string, message: string, cause: EventId | undefined): void
  /** The cluster manager took the application away. */
  removed(message: string): void
}

/** Where tasks run: executors over the network, or this very process (`local…`). */
export interface Backend {
  /** Cores of the executors that are here now. */
  totalCores(): number
  launch(launch: Launch): void
  kill(taskId: number, executorId: string, reason: string): void
  /** An attempt that was launched with `hold` starts its work. */
  goOn(taskId: number, executorId: string): void
  /** Asks the cluster manager to end an executor; it may give another. */
  killExecutor(executorId: string, text: string, cause: EventId | undefined): void
  /** A result that waits on its executor; null when it is gone (§6.16). */
  fetchResult(taskId: number, executorId: string): Promise<Uint8Array | null>
  /** Nobody will fetch it. */
  removeResult(taskId: number, executorId: string): void
  removeRdd(rddId: number): void
  removeShuffle(shuffleId: number): void
  removeBroadcast(id: number): void
  /** Asks an executor to give another one a copy of its block (§8.10). */
  replicate(executorId: string, rddId: number, partition: number, holders: string[]): void
  /** An executor is gone: the others stop waiting for its blocks. */
  announceGone(executorId: string): void
  /** Bytes booked by tasks that run in this process (local mode). */
  booked(): { python: number; storage: number; execution: number; broadcast: number }
  stop(): Promise<void>
}
