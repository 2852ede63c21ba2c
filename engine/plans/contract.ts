/**
 * DataFrame plans as Python writes them down: plain JSON, unresolved. The driver analyzes them
 * (names, types), plans them (stages, operators) and executors run them without Python.
 *
 * Values in JSON: null, boolean, string; numbers for byte, short, int, float, double and for long while
 * safe; `{"$long":"9007199254740993"}` beyond; `{"$double":"NaN"|"Infinity"|"-Infinity"}`;
 * `{"$decimal":"1.50"}`; dates `{"$date":"2024-01-31"}`, timestamps `{"$timestamp":<epoch µs as string>}`;
 * `{"$binary":"<base64>"}`; arrays as lists, maps as `{"$map":[[k,v],…]}`, structs as `{"$struct":[v,…]}`.
 */

export type DataType =
  | 'null' | 'boolean' | 'byte' | 'short' | 'integer' | 'long' | 'float' | 'double' | 'string' | 'binary' | 'date' | 'timestamp'
  | { type: 'decimal'; precision: number; scale: number }
  | { type: 'array'; element: DataType; containsNull: boolean }
  | { type: 'map'; key: DataType; value: DataType; valueContainsNull: boolean }
  | { type: 'struct'; fields: Field[] }

export interface Field {
  name: string
  dataType: DataType
  nullable: boolean
}

export type Schema = Field[]

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue }

/** Column expressions, unresolved. `name` is Spark's function name in lower case. */
export type Expression =
  | { expr: 'literal'; value: JsonValue; dataType: DataType }
  /** `frame` is the id of the DataFrame it was taken from (`df["id"]`), where there is one. */
  | { expr: 'column'; name: string; frame?: number }
  | { expr: 'star' }
  | { expr: 'alias'; child: Expression; name: string }
  | { expr: 'cast'; child: Expression; to: DataType | string }
  /** Operators and functions alike: `+ - * / % = <=> != < <= > >= and or not isnull isnotnull like rlike in substring upper concat …`. */
  | { expr: 'call'; name: string; args: Expression[]; distinct?: boolean }
  | { expr: 'when'; branches: { when: Expression; then: Expression }[]; otherwise?: Expression }
  | { expr: 'sort'; child: Expression; ascending: boolean; nulls: 'first' | 'last' }
  /** `frame.field`, `array[i]`, `map[k]`. */
  | { expr: 'item'; child: Expression; key: Expression }

/** `id` (unique per DataFrame object) lets columns say where they come from. */
export type LogicalPlan = { id: number } & (
  | { op: 'range'; start: number; end: number; step: number; partitions?: number }
  /** Rows made from a Python list; slices as JSON texts of row lists, one per partition. */
  | { op: 'local'; schema: Schema; slices: string[] }
  /** Rows made by a Python RDD (toDF). */
  | { op: 'rdd'; schema: Schema; rddId: number; partitions: number }
  | { op: 'read'; format: 'csv' | 'text' | 'json'; paths: string[]; schema: Schema; options: Record<string, string> }
  | { op: 'project'; child: LogicalPlan; columns: Expression[] }
  | { op: 'withColumns'; child: LogicalPlan; columns: { name: string; value: Expression }[] }
  | { op: 'rename'; child: LogicalPlan; names: [string, string][] }
  | { op: 'drop'; child: LogicalPlan; columns: string[] }
  | { op: 'filter'; child: LogicalPlan; condition: Expression }
  | { op: 'aggregate'; child: LogicalPlan; grouping: Expression[]; aggregates: Expression[] }
  | { op: 'sort'; child: LogicalPlan; order: Expression[]; global: boolean }
  | { op: 'limit'; child: LogicalPlan; n: number }
  | { op: 'join'; left: LogicalPlan; right: LogicalPlan; on: { using: string[] } | { condition: Expression } | null; how: 'inner' | 'left' | 'right' | 'full' | 'leftsemi' | 'leftanti' | 'cross' }
  | { op: 'union'; left: LogicalPlan; right: LogicalPlan; byName: boolean; allowMissing: boolean }
  | { op: 'distinct'; child: LogicalPlan; columns?: string[] }
  | { op: 'repartition'; child: LogicalPlan; partitions?: number; by: Expression[]; shuffle: boolean }
  | { op: 'sample'; child: LogicalPlan; fraction: number; seed: number; withReplacement: boolean }
  | { op: 'dropna'; child: LogicalPlan; how: 'any' | 'all'; columns?: string[] }
  | { op: 'fillna'; child: LogicalPlan; values: Record<string, JsonValue> | JsonValue }
  | { op: 'hint'; child: LogicalPlan; name: string }
  | { op: 'alias'; child: LogicalPlan; name: string }
)
