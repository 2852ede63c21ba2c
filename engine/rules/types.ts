/**
 * The language between the rules and whoever runs them. Rules are told what happened and answer with
 * effects; they know no clock (times come in as `now`, lab ms), no socket and no process.
 */
import type { BareEvent, EventId, Locality, StorageLevel, TaskEndReason, TaskMetrics, TaskType } from '../events/index.ts'

/** How a partition of an RDD is made from its parents' partitions. */
export type Dependency =
  | { kind: 'one-to-one'; rdd: number }
  /** Partition p of the child is partition p - outStart + inStart of the parent, for length partitions (union). */
  | { kind: 'range'; rdd: number; inStart: number; outStart: number; length: number }
  /** Partition p of the child reads the parent's partitions groups[p] (coalesce). */
  | { kind: 'groups'; rdd: number; groups: number[][] }
  | { kind: 'shuffle'; rdd: number; shuffleId: number; reduces: number }

/** An RDD as the schedulers see it. */
export interface RddNode {
  id: number
  /** Spark's class name: ParallelCollectionRDD, PythonRDD, ShuffledRDD, MapPartitionsRDD … */
  name: string
  /** What setName() said, or the path of a text file: Spark's log has it for the name. */
  label?: string
  partitions: number
  /** `reduceByKey at wordcount.py:7`; the stage takes its name from its last RDD's call site. */
  callSite: string
  /** Operation name for the RDD's scope, `map`. */
  scope?: string
  dependencies: Dependency[]
  /** Present when persist() was called on it. */
  storageLevel?: StorageLevel
  deterministic?: 'DETERMINATE' | 'UNORDERED' | 'INDETERMINATE'
  /** True when the shuffle made from it feeds it (never for map-side RDDs). */
  barrier?: boolean
  /** Hosts (`host:lab-worker-1`) or executor ids that hold the input of each partition, where the source knows them (§5.10). */
  preferred?: string[][]
}

export interface TaskSet {
  stageId: number
  stageAttempt: number
  /** Job id: the FIFO order (§6.5). */
  priority: number
  taskType: TaskType
  tasks: TaskSpec[]
  properties: Record<string, string>
  /** The shuffle this stage writes, on a map stage. */
  shuffleId?: number
}

export interface TaskSpec {
  /** Position within the task set. */
  index: number
  partition: number
  /** Executor ids (`executor-0` → `0`) or hosts (`host:lab-worker-1`) that hold its data, best first. */
  preferred: string[]
}

export interface TaskDescription {
  taskId: number
  index: number
  attempt: number
  partition: number
  stageId: number
  stageAttempt: number
  taskType: TaskType
  shuffleId?: number
  executorId: string
  host: string
  locality: Locality
  speculative: boolean
  launchTime: number
  properties: Record<string, string>
}

/** Why an executor is gone (§4.18, §4.20). */
export type LossReason =
  | { kind: 'exited'; code: number; causedByApp: boolean; text: string }
  | { kind: 'killed-by-driver'; text: string }
  | { kind: 'lost'; causedByApp: boolean; text: string; workerHost?: string }
  | { kind: 'decommissioned'; text: string }

/** Per-reduce sizes of one map output and where it lies. */
export interface MapStatus {
  executorId: string
  host: string
  mapTaskId: number
  sizes: number[]
}

export interface TaskResult {
  /** Result tasks: bytes of the answer, opaque to the rules. */
  value?: Uint8Array
  mapStatus?: MapStatus
  metrics?: TaskMetrics
  /** Opaque accumulator updates of this attempt. */
  accumulators?: Uint8Array
}

export type RulesEffect =
  /** Put an event in the log. Rules give their events a `key` when a later effect names them as cause. */
  | { type: 'post'; event: BareEvent; key?: string; cause?: CauseRef }
  | { type: 'launch'; task: TaskDescription; cause?: CauseRef }
  | { type: 'kill-task'; taskId: number; executorId: string; reason: string; interrupt: boolean }
  | { type: 'submit-task-set'; taskSet: TaskSet; cause?: CauseRef }
  /** `reason` is the whole kill reason (`Stage cancelled: …`, `Stage finished`). `interrupt` defaults to false (§5.28). */
  | { type: 'cancel-stage'; stageId: number; reason: string; interrupt?: boolean }
  /** An older attempt finished this partition: the newer task set need not run it (§5.13). */
  | { type: 'partition-completed'; stageId: number; partition: number }
  /** The executor's blocks are written off: forget its cached partitions, post BlockManagerRemoved (§4.26, §5.16). */
  | { type: 'remove-block-manager'; executorId: string; cause?: CauseRef }
  | { type: 'zombie'; stageId: number; stageAttempt: number }
  /** A task attempt came to an end: from the task scheduler to the DAG scheduler. */
  | {
      type: 'task-ended'
      task: TaskDescription
      reason: TaskEndReason
      result?: TaskResult
      cause?: CauseRef
      /** Lab ms; given when the attempt ended earlier than now (Resubmitted). */
      finishTime?: number
      /** Lab ms at which the driver began to fetch its result, where that was fetched (§6.16). */
      gettingSince?: number
    }
  /**
   * A result lies on its executor as block `taskresult_<task id>`: fetch it, then tell FINISHED with it, or FAILED with
   * TaskResultLost (§6.16, §6.18).
   */
  | { type: 'getting-result'; task: TaskDescription; bytes: number }
  /** The cluster manager is to end this executor and may give another (§6.25, §6.27). */
  | { type: 'kill-executor'; executorId: string; decommission: boolean; text: string; cause?: CauseRef }
  | { type: 'task-set-failed'; stageId: number; stageAttempt: number; message: string; exception?: TaskEndReason; cause?: CauseRef }
  /** Call DagScheduler.resubmitFailedStages after this long (§5.13). */
  | { type: 'resubmit-later'; delayMs: number; cause?: CauseRef }
  /** One partition of a job's answer was accepted; exactly once per output. */
  | { type: 'output'; jobId: number; output: number; value: Uint8Array }
  /** This attempt's accumulator updates count (§9.3). */
  | { type: 'accumulate'; taskId: number; updates: Uint8Array }
  | { type: 'job-succeeded'; jobId: number }
  | { type: 'job-failed'; jobId: number; message: string; exception?: TaskEndReason }
  /** A map stage submitted by itself (adaptive execution) is complete. */
  | { type: 'map-stage-done'; jobId: number; shuffleId: number; bytesByReduce: number[] }

/**
 * A cause by reference: an event id already known, or the `key` of an event posted by the rules
 * (`task-end:17`, `executor-lost:2`, `stage-failed:1.0`). Who runs the rules keeps the table key → id.
 */
export type CauseRef = { id: EventId } | { key: string }

export interface ExecutorOffer {
  executorId: string
  host: string
  freeSlots: number
}
