/**
 * The bridge between CPython and the engine: what Python may ask and what it is asked. Calls from
 * Python block (SharedArrayBuffer + Atomics.wait, the answer by receiveMessageOnPort); everything here is
 * structured-cloneable, bytes are Uint8Array.
 *
 * RDD data is bytes that only Python opens: one block = one pickled list of elements, or several
 * such blocks one after another, each with a 4-byte big-endian length before it.
 */
import type { Dependency } from '../rules/types.ts'
import type { Step, StorageLevel } from '../events/index.ts'
import type { LogicalPlan, Schema } from '../plans/contract.ts'

/** An RDD as Python declares it. Ids are given by Python, from 0 in each SparkContext. */
export interface RddDeclaration {
  id: number
  /** Spark's class name. */
  name: string
  /** setName(), or the path of a text file: stands before the class name in debug strings and is the RDD's name in events. */
  label?: string
  partitions: number
  callSite: string
  scope?: string
  dependencies: Dependency[]
  compute: RddCompute
  /** Lines of the program that wrote it down, and functions of the program that it runs. */
  steps?: Step[]
  /** How far a re-run gives the same elements in the same order (§5.23). */
  deterministic?: 'DETERMINATE' | 'UNORDERED' | 'INDETERMINATE'
}

/** How a task makes one partition of an RDD. */
export type RddCompute =
  /** slices[p] is partition p (bytes as above). A task gets only its own slice. */
  | { kind: 'slices'; slices: Uint8Array[] }
  | { kind: 'text'; splits: { path: string; start: number; length: number }[] }
  /** Whole lines of work of the pipelined Python functions; payload is opened only by Python. */
  | { kind: 'python'; payload: Uint8Array }
  /** Map side of a shuffle: elements are (key, value), bucketed by Python; the shuffle dependency on it makes it a map stage. */
  | { kind: 'pairwise'; payload: Uint8Array; reduces: number }
  /** Reads the shuffle of its only dependency; yields (key, value) as bucketed. */
  | { kind: 'shuffled'; shuffleId: number }
  | { kind: 'union' }
  | { kind: 'coalesced' }
  /** Rows of a DataFrame plan, as Python Row tuples. */
  | { kind: 'dataframe'; planId: number; schema: Schema }
  /** Lineage cut: partitions read back from the checkpoint directory. */
  | { kind: 'checkpoint'; directory: string }

/** Driver side: what the program may ask. The answer type stands beside the request. */
export interface DriverCalls {
  /** First SparkContext: contacts the cluster manager and returns when the application is registered. */
  startContext: { ask: { conf: Record<string, string>; callSite: string }; answer: { appId: string; master: string; defaultParallelism: number; conf: Record<string, string>; version: string; uiWebUrl: string | null } }
  stopContext: { ask: { exitCode: number }; answer: null }
  /** Declares RDDs that an action is about to use. Declaring the same id again is an error. */
  declareRdds: { ask: { rdds: RddDeclaration[] }; answer: null }
  /** Runs one job; blocks until it ended. One entry per asked partition, in that order. */
  runJob: { ask: { rddId: number; partitions: number[]; callSite: string; properties: Record<string, string> }; answer: { results: Uint8Array[]; accumulators: Uint8Array[] } }
  /** Splits as Hadoop's text input would cut them (§11, minPartitions). */
  textSplits: { ask: { path: string; minPartitions: number }; answer: { path: string; start: number; length: number }[] }
  persist: { ask: { rddId: number; level: StorageLevel }; answer: null }
  unpersist: { ask: { rddId: number; blocking: boolean }; answer: null }
  checkpoint: { ask: { rddId: number; local: boolean }; answer: null }
  setCheckpointDir: { ask: { path: string }; answer: { path: string } }
  rddInfo: { ask: { rddId: number }; answer: { checkpointed: boolean; checkpointFile: string | null; debugString: string } }
  broadcast: { ask: { value: Uint8Array }; answer: { id: number } }
  unpersistBroadcast: { ask: { id: number; destroy: boolean }; answer: null }
  /** Commits the output of saveAsTextFile: prepare makes the directory (fails when it exists), commit moves the parts and writes _SUCCESS. */
  outputPrepare: { ask: { path: string; callSite: string }; answer: { temporary: string } }
  outputCommit: { ask: { path: string; temporary: string }; answer: null }
  cancelAllJobs: { ask: Record<string, never>; answer: null }
  defaultParallelism: { ask: Record<string, never>; answer: { value: number } }
  /** DataFrames: types and names checked; throws AnalysisException. */
  analyze: { ask: { plan: LogicalPlan }; answer: { schema: Schema } }
  explain: { ask: { plan: LogicalPlan; mode: string }; answer: { text: string } }
  /** Action on a plan. `json` rows are lists of JSON values as plans/contract.ts tells. */
  collectPlan: { ask: { plan: LogicalPlan; action: PlanAction; callSite: string }; answer: { json: string } }
  showPlan: { ask: { plan: LogicalPlan; rows: number; truncate: number; vertical: boolean; callSite: string }; answer: { text: string } }
  writePlan: { ask: { plan: LogicalPlan; format: string; path: string; mode: string; options: Record<string, string>; callSite: string }; answer: null }
  /** The schema of files, reading them as far as needed (runs jobs, as Spark does). */
  readSchema: { ask: { format: string; paths: string[]; options: Record<string, string>; callSite: string }; answer: { schema: Schema } }
  /** Makes a plan usable as an RDD source: answers its partition count and the stages before it are run as needed. */
  planToRdd: { ask: { plan: LogicalPlan }; answer: { planId: number; partitions: number; schema: Schema; dependencies: Dependency[] } }
  cachePlan: { ask: { plan: LogicalPlan; level: StorageLevel }; answer: null }
  uncachePlan: { ask: { plan: LogicalPlan }; answer: null }
  sqlConf: { ask: { set?: Record<string, string>; unset?: string[] }; answer: { conf: Record<string, string> } }
  /** time.sleep, without spinning. Real seconds. */
  sleep: { ask: { seconds: number }; answer: null }
}

export type PlanAction = { kind: 'collect' } | { kind: 'take'; n: number } | { kind: 'tail'; n: number } | { kind: 'count' } | { kind: 'isEmpty' }

/** A refused or failed call: raised in Python as this class with this text. */
export interface BridgeError {
  /** Python exception class to raise, e.g. `pyspark.errors.AnalysisException`, `py4j.protocol.Py4JJavaError`, `ValueError`. */
  pythonClass: string
  message: string
  /** Java-style class of the cause, `org.apache.spark.SparkException`. */
  javaClass?: string
  /** runJob that failed: updates of the tasks that had succeeded before (§9.3). */
  accumulators?: Uint8Array[]
}

/** Executor side: what a running task's Python may ask. All block. */
export interface TaskCalls {
  /** Undefined when the block is nowhere in the cluster. */
  getBlock: { ask: { rddId: number; partition: number }; answer: { data: Uint8Array } | null }
  /** False when it did not fit (MEMORY_ONLY): the task goes on without. */
  putBlock: { ask: { rddId: number; partition: number; data: Uint8Array }; answer: { stored: boolean } }
  /** Blocks of one reduce partition in map order. Throws FetchFailed, which no user code can catch. */
  fetchShuffle: { ask: { shuffleId: number; reduce: number }; answer: { blocks: Uint8Array[] } }
  /** The map output holds so many bytes: how many it may hold from here on. No more than that means: spill. */
  growShuffle: { ask: { held: number }; answer: { limit: number } }
  /** Map output that goes to disk, each bucket with a length before each of its pieces; how many bytes may be held now. */
  spillShuffle: { ask: { buckets: Uint8Array[]; elements: number }; answer: { limit: number } }
  getBroadcast: { ask: { id: number }; answer: { data: Uint8Array } }
  /** JSON rows of one partition of a DataFrame plan. */
  planRows: { ask: { planId: number; partition: number }; answer: { json: string } }
  readCheckpoint: { ask: { directory: string; partition: number }; answer: { data: Uint8Array } }
  sleep: { ask: { seconds: number }; answer: null }
}

/** One RDD of a stage as a task's Python gets it (the parts a task of this partition needs). */
export interface TaskRdd {
  id: number
  dependencies: Dependency[]
  compute: Exclude<RddCompute, { kind: 'slices' }> | { kind: 'slices' }
  cached: boolean
}

/** What the tasks of one stage attempt share. A Python thread is told it once. */
export interface PythonStage {
  /** Two stages with the same id are the same to the thread. */
  id: string
  rdds: TaskRdd[]
  localProperties: Record<string, string>
  host: string
  executorId: string
}

/** What the executor hands to its Python thread. */
export interface PythonTask {
  stage: PythonStage
  taskId: number
  stageId: number
  stageAttempt: number
  attempt: number
  partition: number
  /** The last RDD of the stage. */
  rddId: number
  /** Slices of `slices` RDDs this partition reaches, by RDD id and partition. */
  slices: { rddId: number; partition: number; data: Uint8Array }[]
  /** This record of those it reads, from 1, cannot be used by any function (a fault asks for it). */
  poison?: number
  goal:
    | { kind: 'result' }
    /** `spillAt`: bytes of map output after which it asks for memory; none where it never does. `forceAt`: elements after which it spills in any case. */
    | { kind: 'shuffle'; reduces: number; spillAt?: number; forceAt?: number }
    | { kind: 'checkpoint'; directory: string }
    /** Rows for a DataFrame operator: the elements as a JSON array of arrays. */
    | { kind: 'rows'; schema: Schema }
}

export type PythonTaskAnswer =
  | { ok: true; result?: Uint8Array; buckets?: Uint8Array[]; rowsJson?: string; accumulators?: Uint8Array; recordsRead: number; recordsWritten: number }
  | { ok: false; failure: 'exception'; className: string; message: string; traceback: string }
  | { ok: false; failure: 'fetch-failed'; detail: unknown }
  | { ok: false; failure: 'killed' }
