/** What every family of functions is made of: compiled expressions, null handling, the shape of a builder. */
import type { DataType } from '../contract.ts'
import type { Resolved } from '../resolved.ts'

/** A compiled expression. */
export type Eval = (row: readonly unknown[]) => unknown

/** What expressions may know of the task that runs them. */
export interface TaskContext {
  partition: number
  /** Path of the file being read, or ''. */
  file(): string
  /** Epoch microseconds when the query began. */
  now: number
}

export interface Call {
  name: string
  args: Eval[]
  exprs: Resolved[]
  /** Types of the arguments. */
  types: DataType[]
  type: DataType
  ansi: boolean
  zone: string
  seed: number
  task: TaskContext
}

export type Builder = (call: Call) => Eval

/** Null in, null out, for one argument. */
export const one = (f: (a: never, call: Call) => unknown): Builder => (call) => {
  const a = call.args[0]!
  const g = f as (a: unknown, call: Call) => unknown
  return (row) => {
    const x = a(row)
    return x === null ? null : g(x, call)
  }
}

export const two = (f: (a: never, b: never, call: Call) => unknown): Builder => (call) => {
  const [a, b] = call.args as [Eval, Eval]
  const g = f as (a: unknown, b: unknown, call: Call) => unknown
  return (row) => {
    const x = a(row)
    if (x === null) return null
    const y = b(row)
    return y === null ? null : g(x, y, call)
  }
}

/** Null when any argument is. */
export const strict = (f: (values: never[], call: Call) => unknown): Builder => (call) => {
  const { args } = call
  const g = f as (values: unknown[], call: Call) => unknown
  return (row) => {
    const values = new Array<unknown>(args.length)
    for (let i = 0; i < args.length; i++) if ((values[i] = args[i]!(row)) === null) return null
    return g(values, call)
  }
}

/** The value of a literal argument, known before any row; undefined when it is no literal. */
export function constant(call: Call, i: number): unknown {
  const e = call.exprs[i]
  if (!e) return undefined
  const bare = e.k === 'cast' || e.k === 'alias' ? e.child : e
  return bare.k === 'lit' ? call.args[i]!([]) : undefined
}
