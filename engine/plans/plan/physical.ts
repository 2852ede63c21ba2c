/** Physical operators, named as Spark names them. */
import type { Schema } from '../contract.ts'
import type { AggregateMode, FileSplit, JoinHow, SortKey } from '../fragment.ts'
import type { AggregateCall, Attribute, Resolved } from '../resolved.ts'

export type Partitioning =
  | { kind: 'hash'; keys: Resolved[]; partitions: number }
  | { kind: 'range'; order: SortKey[]; partitions: number }
  | { kind: 'round-robin'; partitions: number }
  | { kind: 'single' }
  | { kind: 'unknown' }

export type ExchangeOrigin = 'ENSURE_REQUIREMENTS' | 'REPARTITION_BY_NUM' | 'REPARTITION_BY_COL'

export interface Exchange {
  op: 'Exchange'
  output: Attribute[]
  partitioning: Partitioning
  origin: ExchangeOrigin
  child: Physical
  /** Spark's plan_id. */
  id: number
}

export type Physical = { output: Attribute[] } & (
  | { op: 'Range'; start: bigint; end: bigint; step: bigint; count: bigint; partitions: number }
  | { op: 'ExistingRDD'; slices?: string[]; rddId?: number; partitions: number }
  | { op: 'FileScan'; format: 'csv' | 'json' | 'text'; options: Record<string, string>; schema: Schema; splits: FileSplit[][]; location: string; filters: Resolved[] }
  | { op: 'InMemoryTableScan'; key: string; relation: Attribute[]; child: Physical }
  | { op: 'Project'; columns: Resolved[]; child: Physical }
  | { op: 'Filter'; condition: Resolved; child: Physical }
  | { op: 'HashAggregate'; mode: AggregateMode; keys: Resolved[]; calls: AggregateCall[]; /** Columns made of keys and results, on a final or complete step. */ results?: Resolved[]; child: Physical }
  | { op: 'Sort'; order: SortKey[]; global: boolean; child: Physical }
  | Exchange
  | { op: 'BroadcastExchange'; keys: Resolved[]; child: Physical; id: number }
  | { op: 'SortMergeJoin'; left: Physical; right: Physical; leftKeys: Resolved[]; rightKeys: Resolved[]; how: JoinHow; condition?: Resolved }
  | { op: 'BroadcastHashJoin'; left: Physical; right: Physical; leftKeys: Resolved[]; rightKeys: Resolved[]; how: JoinHow; build: 'left' | 'right'; condition?: Resolved }
  | { op: 'BroadcastNestedLoopJoin'; left: Physical; right: Physical; how: JoinHow; build: 'left' | 'right'; condition?: Resolved }
  | { op: 'CartesianProduct'; left: Physical; right: Physical; condition?: Resolved }
  | { op: 'Union'; children: Physical[] }
  | { op: 'Coalesce'; partitions: number; child: Physical }
  | { op: 'CollectLimit'; n: number; child: Physical }
  | { op: 'CollectTail'; n: number; child: Physical }
  | { op: 'LocalLimit'; n: number; child: Physical }
  | { op: 'GlobalLimit'; n: number; child: Physical }
  | { op: 'TakeOrderedAndProject'; n: number; order: SortKey[]; columns: Resolved[]; child: Physical }
  | { op: 'Sample'; fraction: number; seed: number; withReplacement: boolean; child: Physical }
  | { op: 'Generate'; generator: Extract<Resolved, { k: 'gen' }>; required: Attribute[]; generated: Attribute[]; child: Physical }
  /** Adaptive execution has run this shuffle; `reads` are the reduce partitions of each task. */
  | { op: 'AQEShuffleRead'; reads: [number, number][]; coalesced: boolean; child: Physical }
  | { op: 'ShuffleQueryStage'; stage: number; child: Exchange }
  | { op: 'BroadcastQueryStage'; stage: number; child: Physical }
)

export interface PhysicalPlan {
  root: Physical
  /** Adaptive execution applies (§10.1). */
  adaptive: boolean
}

export function childrenOf(p: Physical): Physical[] {
  if ('children' in p) return p.children
  if ('left' in p) return [p.left, p.right]
  return 'child' in p ? [p.child] : []
}

export function withChildrenOf(p: Physical, next: Physical[]): Physical {
  if (childrenOf(p).every((c, i) => c === next[i])) return p
  if ('children' in p) return { ...p, children: next }
  if ('left' in p) return { ...p, left: next[0]!, right: next[1]! }
  return { ...p, child: next[0]! } as Physical
}

export const existsIn = (p: Physical, test: (p: Physical) => boolean): boolean => test(p) || childrenOf(p).some((c) => existsIn(c, test))

/** Bottom up. */
export function transformPlan(p: Physical, f: (p: Physical) => Physical): Physical {
  return f(withChildrenOf(p, childrenOf(p).map((c) => transformPlan(c, f))))
}
