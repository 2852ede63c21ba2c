/** Builders that leave no field of §12 out, and the ids of §1.17. */
import type { RddInfo, StageInfo, StorageLevel, TaskInfo, TaskMetrics } from '../events/index.ts'
import type { RddNode, TaskDescription } from './types.ts'

/** The version our logs claim. */
export const SPARK_VERSION = '4.1.0'

export const STORAGE_NONE: StorageLevel = Object.freeze({ 'Use Disk': false, 'Use Memory': false, 'Use Off Heap': false, Deserialized: false, Replication: 1 })

export function taskInfo(task: TaskDescription, epoch: (now: number) => number, end?: { at: number; failed: boolean; killed: boolean; gettingResultAt?: number }): TaskInfo {
  return {
    'Task ID': task.taskId,
    Index: task.index,
    Attempt: task.attempt,
    'Partition ID': task.partition,
    'Launch Time': epoch(task.launchTime),
    'Executor ID': task.executorId,
    Host: task.host,
    Locality: task.locality,
    Speculative: task.speculative,
    'Getting Result Time': end?.gettingResultAt === undefined ? 0 : epoch(end.gettingResultAt),
    'Finish Time': end === undefined ? 0 : epoch(end.at),
    Failed: end?.failed ?? false,
    Killed: end?.killed ?? false,
    Accumulables: []
  }
}

export function rddInfo(node: RddNode): RddInfo {
  return {
    'RDD ID': node.id,
    Name: node.label ?? node.name,
    ...(node.scope === undefined ? {} : { Scope: JSON.stringify({ id: String(node.id), name: node.scope }) }),
    Callsite: node.callSite,
    'Parent IDs': node.dependencies.map((dependency) => dependency.rdd),
    'Storage Level': node.storageLevel ?? STORAGE_NONE,
    Barrier: node.barrier ?? false,
    DeterministicLevel: node.deterministic ?? 'DETERMINATE',
    'Number of Partitions': node.partitions,
    'Number of Cached Partitions': 0,
    'Memory Size': 0,
    'Disk Size': 0
  }
}

export function stageInfo(stage: { id: number; attempt: number; name: string; tasks: number; rdds: RddInfo[]; parents: number[] }): StageInfo {
  return {
    'Stage ID': stage.id,
    'Stage Attempt ID': stage.attempt,
    'Stage Name': stage.name,
    'Number of Tasks': stage.tasks,
    'RDD Info': stage.rdds,
    'Parent IDs': stage.parents,
    Details: stage.name,
    Accumulables: [],
    'Resource Profile Id': 0,
    'Shuffle Push Enabled': false,
    'Shuffle Push Mergers Count': 0
  }
}

/** A new, writable set of zeros. */
export function emptyTaskMetrics(): TaskMetrics {
  return {
    'Executor Deserialize Time': 0,
    'Executor Deserialize CPU Time': 0,
    'Executor Run Time': 0,
    'Executor CPU Time': 0,
    'Peak Execution Memory': 0,
    'Result Size': 0,
    'JVM GC Time': 0,
    'Result Serialization Time': 0,
    'Memory Bytes Spilled': 0,
    'Disk Bytes Spilled': 0,
    'Shuffle Read Metrics': {
      'Remote Blocks Fetched': 0,
      'Local Blocks Fetched': 0,
      'Fetch Wait Time': 0,
      'Remote Bytes Read': 0,
      'Remote Bytes Read To Disk': 0,
      'Local Bytes Read': 0,
      'Total Records Read': 0,
      'Remote Requests Duration': 0
    },
    'Shuffle Write Metrics': { 'Shuffle Bytes Written': 0, 'Shuffle Write Time': 0, 'Shuffle Records Written': 0 },
    'Input Metrics': { 'Bytes Read': 0, 'Records Read': 0 },
    'Output Metrics': { 'Bytes Written': 0, 'Records Written': 0 },
    'Updated Blocks': []
  }
}

/** Shared zeros for attempts that sent no metrics; never change it. */
export const NO_METRICS: TaskMetrics = Object.freeze(emptyTaskMetrics())

/** Peaks of an executor while a task ran: not measured here, and every field of it may be absent (§12). */
export const NO_EXECUTOR_METRICS: Record<string, number> = Object.freeze({})

const two = (value: number): string => String(value).padStart(2, '0')

/** yyyyMMddHHmmss in local time, as Spark's Master writes it. */
export function compactTime(date: Date): string {
  return `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`
}

/** `app-20260131093000-0007` (§1.17). `number` counts from 0 for the life of the Master. */
export const applicationId = (at: Date, number: number): string => `app-${compactTime(at)}-${String(number).padStart(4, '0')}`

/** `driver-20260131093000-0000`. */
export const driverId = (at: Date, number: number): string => `driver-${compactTime(at)}-${String(number).padStart(4, '0')}`

/** `worker-20260131093000-127.0.0.1-7078`. */
export const workerId = (at: Date, host: string, port: number): string => `worker-${compactTime(at)}-${host}-${port}`

/** `local-<epoch ms>`, for masters `local…`. */
export const localApplicationId = (epochMs: number): string => `local-${Math.floor(epochMs)}`
