/**
 * The table of messages: everything that crosses a socket in a run. Each connection starts with Hello;
 * nothing else is heard before the secret fits. Bulk data rides as blobs behind the message.
 */
import type { ActorId, BlockManagerId, ClusterShape, EventId, MemoryAccount, StorageLevel, TaskEndReason } from '../events/index.ts'
import type { PackedMetrics } from '../rules/packed-metrics.ts'
import type { RddNode, TaskDescription } from '../rules/types.ts'
import type { PythonTask } from '../pyspark/contract.ts'
import type { ClockSetting } from './interfaces.ts'

export interface Hello {
  type: 'Hello'
  secret: string
  from: ActorId
  pid: number
}

/** Lab → driver or executor process, over the child's control connection. */
export type LabToChild =
  | { type: 'Clock'; setting: ClockSetting }
  | { type: 'StepQuery'; token: number }
  /** Fire the one timer that is due next (the lab is paused), and say whether anything of it can be seen. */
  | { type: 'StepFire'; token: number }
  | { type: 'FarewellAck' }
  | { type: 'Strike'; faultId: string; fault: string; target: string; cause: EventId; arg?: Record<string, unknown> }
  /** A lasting fault ends. */
  | { type: 'Heal'; faultId: string; fault: string; cause: EventId }
  | { type: 'Stop'; reason: string }
  /** Moments a waiting fault needs to hear of: executors that come, jobs, stages whose tasks start running, tasks `STAGE.PARTITION`. */
  | { type: 'Watch'; executors: boolean; jobs: boolean; stages: number[]; tasks: string[]; /** Any stage as it is submitted, any task as it runs. */ any: ('stage' | 'task')[]; /** Names of events. */ events: string[] }
  /** Whatever waited for this moment has struck; the driver goes on. */
  | { type: 'MomentHeard'; token: number }
  /** Answers to the driver's AppClient messages. */
  | { type: 'RegisteredApplication'; appId: string; masterUrl: string }
  | { type: 'ApplicationRefused'; message: string }
  | { type: 'ApplicationRemoved'; state: string; message: string }
  /** The Master's first round for the application: it granted so many executors. */
  | { type: 'ExecutorsScheduled'; executors: number }
  | { type: 'ExecutorGranted'; executorId: string; worker: ActorId; host: string; cores: number; memoryMb: number }
  | { type: 'ExecutorUpdated'; executorId: string; state: string; message: string; exitStatus?: number; workerHost?: string; cause?: EventId }
  | { type: 'WorkerRemoved'; worker: ActorId; host: string; message: string; cause?: EventId }
  /** SIGTERM of a Worker: leave in order with 143 (§3.15). */
  | { type: 'Terminate'; reason: string }
  /** The Worker this process belongs to is gone: exit with 255 (§3.20). */
  | { type: 'WorkerGone'; worker: ActorId }

/** Driver or executor process → lab. */
export type ChildToLab =
  | Hello
  | { type: 'Ready' }
  | { type: 'StepDue'; token: number; due: number | null }
  | { type: 'StepFired'; token: number; seen: boolean }
  /** JSON lines of events, one blob, each line one event. */
  | { type: 'Events'; count: number }
  | { type: 'Output'; stream: 'stdout' | 'stderr'; text: string }
  | { type: 'Farewell'; code: number; reason: string }
  | { type: 'Struck'; faultId: string; ok: boolean; detail: string }
  /** Driver, as application client of the Master (§3.6). */
  | { type: 'RegisterApplication'; name: string; coresMax: number | null; executorCores: number | null; executorMemoryMb: number; driverPort: number; conf: Record<string, string>; /** Dynamic allocation begins with 0 (§7.5). */ executorLimit?: number; /** `local-cluster[N,C,M]` brings its own. */ cluster?: ClusterShape }
  /** A `local…` master: there is no cluster manager to register with. */
  | { type: 'LocalApplication'; appId: string }
  | { type: 'UnregisterApplication'; exitCode: number }
  /** How many executors the application wants in all. */
  | { type: 'RequestExecutors'; total: number; cause?: EventId }
  | { type: 'KillExecutors'; executorIds: string[]; reason: string; replace: boolean; cause?: EventId }
  /** Something a waiting fault may be waiting for. */
  | { type: 'Moment'; moment: { /** `posted`: an event of the watch list has been posted. */ kind: 'job' | 'stage' | 'task' | 'executor' | 'posted'; job?: number; stage?: number; partition?: number; taskId?: number; executorId?: string }; /** The driver waits for MomentHeard with it. */ token?: number }
  | { type: 'ProgramEnded'; code: number; message?: string }

/** Executor → driver. */
export type ExecutorToDriver =
  | Hello
  | { type: 'RegisterExecutor'; executorId: string; host: string; cores: number; blockPort: number }
  | { type: 'LaunchedExecutor'; executorId: string; maxMemory: number }
  /** `running`: how far each task has come: records read, and ms of its run. */
  | { type: 'Heartbeat'; executorId: string; memory: MemoryAccount; running: { taskId: number; records: number; runMs: number }[] }
  /** FINISHED carries the result as first blob and the accumulators as second, either may be empty. */
  | { type: 'StatusUpdate'; taskId: number; state: 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED'; reason?: TaskEndReason; /** As `packMetrics` packs them. */ metrics?: PackedMetrics; sizes?: number[]; hasValue?: boolean; /** Bytes of a result that waits on the executor to be fetched. */ indirect?: number }
  /** The block manager was asked to register anew; its blocks follow as BlockUpdates. */
  | { type: 'ReregisterBlockManager' }
  | { type: 'BlockUpdate'; rddId: number; partition: number; memory: number; disk: number; stored: boolean; reason?: string }
  /** It got the signal to go (§7.6). */
  | { type: 'ExecutorDecommissioning'; cause?: EventId }
  /** What it could take over of another executor's blocks. */
  | { type: 'TookOver'; from: string; shuffles: { shuffleId: number; mapIndex: number }[]; blocks: { rddId: number; partition: number; memory: number; disk: number }[] }
  /** The last word of an executor that was decommissioned. */
  | { type: 'RemoveExecutor'; reason: string }
  | { type: 'AskMapOutputs'; ask: number; shuffleId: number }
  /** Where copies of blocks may go (§8.9). */
  | { type: 'AskPeers'; ask: number }
  | { type: 'AskBlockLocations'; ask: number; rddId: number; partition: number }
  | { type: 'AskBroadcast'; ask: number; id: number }
  /** Which executors have a piece of a broadcast (§9.1). */
  | { type: 'AskPiece'; ask: number; id: number; piece: number }
  /** The driver's own piece. */
  | { type: 'FetchPiece'; ask: number; id: number; piece: number }
  /** It can give this piece to others now. Without `from` it only tells again what it has. */
  | { type: 'PieceStored'; id: number; piece: number; from?: string; memory: number; disk: number }
  | { type: 'Output'; stream: 'stdout' | 'stderr'; text: string; taskId?: number }

/** Driver → executor. */
export type DriverToExecutor =
  | { type: 'RegisteredExecutor'; conf: Record<string, string> }
  | { type: 'RegisterExecutorFailed'; message: string }
  /** Sent before the first task of a stage attempt that runs here. Payloads of RDDs as blobs, in order. */
  | { type: 'TaskBinary'; binary: TaskBinary }
  /** Slices as blobs, in the order of `slices`. */
  | { type: 'LaunchTask'; task: TaskOrder; binaryId: string; slices: { rddId: number; partition: number }[]; orders?: AttemptOrders; /** It takes its slot and waits there for GoOn. */ hold?: true }
  | { type: 'GoOn'; taskId: number }
  | { type: 'KillTask'; taskId: number; reason: string }
  /** A result that was kept for the driver is not wanted. */
  | { type: 'RemoveResult'; taskId: number }
  | { type: 'StopExecutor'; reason: string }
  | { type: 'DecommissionExecutor'; cause: EventId }
  /** Fetch these from an executor that is on its way out, and keep them. */
  | { type: 'TakeOver'; from: { executorId: string; host: string; port: number }; shuffles: { shuffleId: number; mapIndex: number; reduces: number }[]; blocks: { rddId: number; partition: number; level: StorageLevel }[] }
  /** Peers have what they could take: it may go. */
  | { type: 'BlocksMigrated' }
  | { type: 'MapOutputs'; ask: number; shuffleId: number; outputs: ({ executorId: string; host: string; port: number; sizes: number[] } | null)[] }
  | { type: 'Peers'; ask: number; peers: { executorId: string; host: string; port: number }[] }
  /** Answers a heartbeat; `reregister`: the driver has no block manager of this executor any more (§5.16). */
  | { type: 'HeartbeatResponse'; reregister: boolean }
  /** One copy of a cached block was lost with its executor: make another, on none of these (§8.10). */
  | { type: 'ReplicateBlock'; rddId: number; partition: number; holders: string[] }
  | { type: 'BlockLocations'; ask: number; locations: { executorId: string; host: string; port: number }[] }
  /** The value is the first blob; `found` false when it was destroyed. */
  /** Into how many pieces it is cut; 0 when it was destroyed. */
  | { type: 'Broadcast'; ask: number; id: number; pieces: number }
  | { type: 'PieceHolders'; ask: number; holders: { executorId: string; host: string; port: number }[] }
  /** The piece as blob; without one it is gone. */
  | { type: 'Piece'; ask: number; id: number; piece: number }
  | { type: 'RemoveRdd'; rddId: number }
  | { type: 'RemoveShuffle'; shuffleId: number }
  | { type: 'RemoveBroadcast'; id: number }
  /** Executors that are gone: waiting fetches from them fail at once (§5.11). */
  | { type: 'ExecutorGone'; executorId: string }

/** Executor ↔ executor: block transfer. */
export type BlockRequest =
  | Hello
  | { type: 'FetchShuffle'; ask: number; shuffleId: number; mapIndexes: number[]; reduce: number }
  | { type: 'FetchBlock'; ask: number; rddId: number; partition: number }
  | { type: 'FetchPiece'; ask: number; id: number; piece: number }
  /** From the driver: a result that was too big for a status update. It is given away. */
  | { type: 'FetchResult'; ask: number; taskId: number }
  /** A copy for the peer to keep, as its blob; `missing` in the answer: it had no room. */
  | { type: 'PutBlock'; ask: number; rddId: number; partition: number; level: StorageLevel }
export type BlockAnswer =
  /** One blob for each block asked, in order. `missing` names the first that is not there. */
  | { type: 'Blocks'; ask: number; missing?: number }

/** A task without what its binary says for all tasks of the stage attempt. */
export type TaskOrder = Omit<TaskDescription, 'properties'>

/** What faults ask of one attempt. */
export interface AttemptOrders {
  /** It ends with an exception. */
  fail?: true
  /** It takes so much longer, lab ms. */
  slow?: number
  /** This record, from 1, cannot be used by any function. */
  poison?: number
}

/** What all tasks of one stage attempt share (Spark broadcasts it, §5.9). */
export interface TaskBinary {
  id: string
  stageId: number
  stageAttempt: number
  /** The last RDD of the stage. */
  rddId: number
  /** Epoch of the map outputs when it was made: places known from before are asked anew (§5.21). */
  epoch: number
  nodes: (Pick<RddNode, 'id' | 'name' | 'partitions' | 'dependencies'> & { storageLevel?: StorageLevel; compute: BinaryCompute })[]
  work: { kind: 'result' } | { kind: 'shuffle'; shuffleId: number; reduces: number } | { kind: 'checkpoint'; directory: string }
  /** DataFrame plan fragments by plan id, as engine/plans serialises them. */
  plans: Record<string, unknown>
  properties: Record<string, string>
}

/** RddCompute without its bytes; `blob` is the position among the message's blobs. */
export type BinaryCompute =
  | { kind: 'slices' }
  | { kind: 'text'; splits: { path: string; start: number; length: number }[] }
  | { kind: 'python'; blob: number }
  | { kind: 'pairwise'; blob: number; reduces: number }
  | { kind: 'shuffled'; shuffleId: number }
  | { kind: 'union' }
  | { kind: 'coalesced' }
  | { kind: 'dataframe'; planId: number; schema: unknown }
  | { kind: 'checkpoint'; directory: string }
  /** A stage of a DataFrame plan: no Python. */
  | { kind: 'plan'; planId: number }

export type { BlockManagerId, PythonTask }
