/**
 * The part of a physical plan that one stage runs, as plain JSON: what travels in TaskBinary.plans. A fragment
 * knows only leaves it can read on an executor (files, shuffles, broadcasts, cached blocks, rows from Python).
 */
import type { DataType, JsonValue, Schema } from './contract.ts'
import type { AggregateCall, Attribute, Resolved } from './resolved.ts'

/** One row; values as values.ts tells. */
export type Row = unknown[]

export interface FileSplit {
  path: string
  start: number
  length: number
  /** Size of the whole file, bytes. */
  size: number
}

export interface SortKey {
  expr: Resolved
  ascending: boolean
  nullsFirst: boolean
}

/** How the rows of a map stage are dealt out to reduce partitions. */
export type ShuffleSpec =
  | { kind: 'single' }
  | { kind: 'hash'; keys: Resolved[]; reduces: number }
  | { kind: 'range'; order: SortKey[]; reduces: number; /** Upper bounds of the partitions but the last, as encoded rows. */ bounds: JsonValue[][] }
  | { kind: 'round-robin'; reduces: number }

export type FragmentOp = { output: Attribute[] } & (
  | { op: 'range'; start: string; step: string; count: string; partitions: number }
  | { op: 'local'; slices: string[] }
  | { op: 'python'; rddId: number; partitions: number }
  | { op: 'empty' }
  | { op: 'files'; format: 'csv' | 'json' | 'text'; options: Record<string, string>; schema: Schema; partitions: FileSplit[][] }
  /** Reduce partitions [from, to) of a shuffle for each of this stage's partitions. */
  | { op: 'shuffle'; shuffleId: number; reads: [number, number][] }
  | { op: 'cached'; rddId: number; child: FragmentOp }
  | { op: 'project'; child: FragmentOp; columns: Resolved[] }
  | { op: 'filter'; child: FragmentOp; condition: Resolved }
  | { op: 'aggregate'; child: FragmentOp; grouping: Resolved[]; calls: AggregateCall[]; mode: AggregateMode }
  | { op: 'sort'; child: FragmentOp; order: SortKey[] }
  | { op: 'limit'; child: FragmentOp; n: number; tail?: boolean }
  | { op: 'topN'; child: FragmentOp; order: SortKey[]; n: number }
  | { op: 'join'; strategy: 'sort-merge' | 'hash' | 'nested-loop'; left: FragmentOp; right: FragmentOp; leftKeys: Resolved[]; rightKeys: Resolved[]; how: JoinHow; condition?: Resolved; /** Which side is built into memory (hash, nested-loop). */ build: 'left' | 'right' }
  | { op: 'broadcast'; id: number }
  | { op: 'cartesian'; left: FragmentOp; right: FragmentOp; rightPartitions: number; condition?: Resolved }
  | { op: 'union'; children: { child: FragmentOp; partitions: number }[] }
  | { op: 'coalesce'; child: FragmentOp; groups: number[][] }
  | { op: 'sample'; child: FragmentOp; fraction: number; seed: number; withReplacement: boolean }
  | { op: 'generate'; child: FragmentOp; generator: Resolved; outer: boolean; position: boolean; required: Attribute[] }
  /** Keys of the rows, reservoir sampled, for the bounds of a range exchange; first column is the number of rows seen. */
  | { op: 'sampleKeys'; child: FragmentOp; order: SortKey[]; size: number; seed: number }
  | { op: 'infer'; format: 'csv' | 'json'; options: Record<string, string>; child: FragmentOp; header: string[] }
  | { op: 'write'; child: FragmentOp; format: 'csv' | 'json' | 'text'; options: Record<string, string>; directory: string; jobUuid: string }
)

export type JoinHow = 'inner' | 'left' | 'right' | 'full' | 'leftsemi' | 'leftanti' | 'cross'

/** `partial`: rows to buffers. `merge`: buffers to buffers. `final`: buffers to results. `complete`: rows to results. `mixed`: states of plain calls merged, rows of deduped calls added, states out. */
export type AggregateMode = 'partial' | 'merge' | 'final' | 'complete' | 'mixed'

/** What a stage of a DataFrame plan is, JSON through and through. */
export interface PlanFragment {
  planId: number
  root: FragmentOp
  /** Present on a map stage. */
  shuffle?: ShuffleSpec
  /** Settings that operators look at (ANSI mode, time zone …). */
  conf: Record<string, string>
  schema: { name: string; dataType: DataType; nullable: boolean }[]
}

export interface FileWriter {
  write(data: Uint8Array): Promise<void>
  close(): Promise<void>
}

/** A file of this task's own, gone when `remove` was called or the task ended. */
export interface SpillFile {
  write(data: Uint8Array): Promise<void>
  /** The chunks in the order and the cuts they were written in. */
  read(): AsyncIterable<Uint8Array>
  remove(): Promise<void>
}

/** What a running fragment may ask of its executor. */
export interface FragmentIo {
  info: { host: string; executorId: string; partition: number; stageId: number; taskId: number; attempt: number }
  /** Blocks of the reduce partitions [from, to), in map order within each. Throws the executor's FetchFailed. */
  readShuffle(shuffleId: number, from: number, to: number): AsyncIterable<Uint8Array>
  /** Bytes of a file from `start` on: at most `length` (Infinity: to its end). */
  openFile(path: string, start: number, length: number): AsyncIterable<Uint8Array>
  /** Rows of a Python RDD: a JSON array of arrays as contract.ts tells. */
  pythonRows(rddId: number, partition: number): Promise<string>
  /** Encoded rows of a cached partition (codec.ts), or undefined when it is nowhere in the cluster. */
  cachedRows(rddId: number, partition: number): Promise<Uint8Array | undefined>
  /** May be refused for want of memory: the task goes on without. */
  putCached(rddId: number, partition: number, data: Uint8Array): Promise<void>
  /** Decoded rows of a broadcast; the executor may keep them for its other tasks. */
  broadcastRows(id: number): Promise<Row[]>
  spillFile(): SpillFile
  /** Makes a file and its folders; an existing one is replaced. */
  createFile(path: string): Promise<FileWriter>
  /** Lets the process do other things; called between batches. */
  breathe(): Promise<void>
  /** Counts for the task's metrics, added up. */
  count(what: FragmentCount, n: number): void
}

export type FragmentCount = 'input-bytes' | 'input-records' | 'output-bytes' | 'output-records' | 'shuffle-read-records' | 'shuffle-write-records' | 'memory-spilled' | 'disk-spilled'

/** The task's share of execution memory (§8.3–8.5). */
export interface FragmentMemory {
  /** Grants up to `bytes`, perhaps less, perhaps after waiting (§8.4). */
  acquire(bytes: number): Promise<number>
  release(bytes: number): void
}

export interface KillSignal {
  killed: boolean
}

/** Thrown out of a fragment whose signal says killed. */
export class FragmentKilled extends Error {
  override name = 'TaskKilledException'
}
