import type { BareEvent, EventId, TaskEndReason, TaskMetrics } from '../events/index.ts'
import type { Clock } from '../world/interfaces.ts'
import type { SendCopy } from './block-store.ts'
import type { BlockAddress } from './block-transfer.ts'
import type { BroadcastSource } from './broadcasts.ts'

export interface TaskReport {
  taskId: number
  state: 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED'
  reason?: TaskEndReason
  metrics?: TaskMetrics
  /** Bytes for each reduce partition, of a map task. */
  sizes?: number[]
  value?: Uint8Array
  /** The result stays on the executor until the driver fetches it: its bytes (§6.16). */
  indirect?: number
  accumulators?: Uint8Array
}

export interface MapOutputPlaces {
  /** By map index; null where the driver knows none. */
  outputs: (null | (BlockAddress & { sizes: number[] }))[]
}

/** What runs tasks needs of the process it sits in: an executor, or the driver of a `local…` master. */
export interface ExecutorEnv {
  readonly executorId: string
  readonly host: string
  readonly cores: number
  readonly clock: Clock
  readonly conf: Readonly<Record<string, string>>
  readonly pythonEntry: string
  readonly snapshot: string | null
  readonly folders: string[]
  readonly localDirectory: string
  /** Bytes of heap this process may use. */
  readonly heapLimit: number
  report(report: TaskReport): void
  blockUpdated(update: { rddId: number; partition: number; memory: number; disk: number; stored: boolean; reason?: string }): void
  askMapOutputs(shuffleId: number): Promise<MapOutputPlaces>
  /** The other executors that hold blocks. */
  askPeers(): Promise<BlockAddress[]>
  /** Gives a peer a copy of a block. False when it could not take it. */
  sendBlock: SendCopy
  askBlockLocations(rddId: number, partition: number): Promise<BlockAddress[]>
  readonly broadcasts: BroadcastSource
  /** Blocks of a peer. Rejects with BlockFetchError. */
  fetchShuffle(address: BlockAddress, shuffleId: number, mapIndexes: number[], reduce: number): Promise<Uint8Array[]>
  fetchBlock(address: BlockAddress, rddId: number, partition: number): Promise<Uint8Array>
  post(event: BareEvent, cause?: EventId): EventId
  /** Resolves once there is room for more, when there is little. */
  output(stream: 'stdout' | 'stderr', text: string): Promise<void> | undefined
  /** The heap is full: the process is to end as Spark's would (exit 52). */
  outOfMemory(cause: EventId | undefined): void
  /** A task ended the process it runs in: os.kill(os.getppid(), …). */
  exit(code: number, signal: string | undefined): void
}
