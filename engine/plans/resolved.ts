/** Expressions and logical plans after analysis: names bound to attributes, every node with its type. Plain JSON. */
import type { DataType, JsonValue, LogicalPlan, Schema } from './contract.ts'

/** A column of some operator's output; `id` is Spark's expression id (`id#7L`). */
export interface Attribute {
  id: number
  name: string
  dataType: DataType
  nullable: boolean
  qualifier?: string
}

/** `ansi` on calls and casts: errors instead of null (§10.14). */
export type Resolved =
  | { k: 'lit'; value: JsonValue; type: DataType }
  | { k: 'attr'; id: number; name: string; type: DataType; nullable: boolean; qualifier?: string }
  | { k: 'alias'; child: Resolved; name: string; id: number; type: DataType; /** Fields of a generator's row. */ names?: string[] }
  | { k: 'cast'; child: Resolved; type: DataType; ansi: boolean; /** Put in by the analyzer. */ implicit?: boolean; zone: string }
  | { k: 'call'; name: string; args: Resolved[]; type: DataType; nullable: boolean; ansi: boolean; zone: string; seed?: number }
  | { k: 'case'; branches: { when: Resolved; then: Resolved }[]; otherwise?: Resolved; type: DataType }
  | { k: 'agg'; fn: string; args: Resolved[]; distinct: boolean; type: DataType; nullable: boolean; ansi: boolean; id: number }
  | { k: 'gen'; fn: 'explode' | 'posexplode'; outer: boolean; child: Resolved; type: DataType }

/** An aggregate function to compute; `id` is the expression id of its result, `buffer` the attributes of its state. */
export interface AggregateCall {
  fn: string
  args: Resolved[]
  /** The state itself keeps the different values apart. */
  distinct: boolean
  /** A distinct call whose arguments were grouped before: an ordinary one, that only a `mixed` step feeds with rows. */
  deduped?: boolean
  type: DataType
  nullable: boolean
  ansi: boolean
  id: number
  buffer: Attribute[]
}

export interface SortOrder {
  child: Resolved
  ascending: boolean
  nulls: 'first' | 'last'
}

export type Logical = { output: Attribute[] } & (
  | { op: 'range'; start: bigint; end: bigint; step: bigint; partitions?: number }
  | { op: 'local'; schema: Schema; slices: string[] }
  | { op: 'rdd'; schema: Schema; rddId: number; partitions: number }
  | { op: 'read'; format: 'csv' | 'text' | 'json'; paths: string[]; schema: Schema; options: Record<string, string> }
  | { op: 'project'; child: Logical; columns: Resolved[] }
  | { op: 'filter'; child: Logical; condition: Resolved }
  | { op: 'aggregate'; child: Logical; grouping: Resolved[]; columns: Resolved[] }
  | { op: 'sort'; child: Logical; order: SortOrder[]; global: boolean }
  | { op: 'limit'; child: Logical; n: number }
  | { op: 'join'; left: Logical; right: Logical; how: 'inner' | 'left' | 'right' | 'full' | 'leftsemi' | 'leftanti' | 'cross'; condition?: Resolved; hint?: 'left' | 'right' }
  | { op: 'union'; children: Logical[] }
  | { op: 'repartition'; child: Logical; partitions?: number; by: Resolved[]; shuffle: boolean }
  | { op: 'sample'; child: Logical; fraction: number; seed: number; withReplacement: boolean }
  | { op: 'generate'; child: Logical; generator: Extract<Resolved, { k: 'gen' }>; generated: Attribute[] }
  | { op: 'hint'; child: Logical; name: string }
  | { op: 'alias'; child: Logical; name: string }
  | { op: 'cached'; child: Logical; key: string }
)

export interface AnalyzedPlan {
  plan: Logical
  schema: Schema
  /** As it came, for `explain(extended)`. */
  source: LogicalPlan
}
