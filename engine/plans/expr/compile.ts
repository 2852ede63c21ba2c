/** Expressions to closures: no text is ever evaluated as code. */
import type { DataType } from '../contract.ts'
import type { Attribute, Resolved } from '../resolved.ts'
import { fromJson } from '../values.ts'
import { ARITHMETIC } from './arithmetic.ts'
import { caster } from './cast.ts'
import { COLLECTIONS } from './collections.ts'
import { DATES } from './dates.ts'
import { stringifier } from './format.ts'
import { HASHES } from './hash.ts'
import type { Builder, Eval, TaskContext } from './kit.ts'
import { MATH } from './math.ts'
import { PREDICATES } from './predicates.ts'
import { PER_PARTITION } from './random.ts'
import { STRINGS } from './strings.ts'

export type { Eval, TaskContext } from './kit.ts'

const pretty: Builder = ({ args, types, zone }) => {
  const a = args[0]!
  const text = types[0] === 'binary' ? (v: unknown) => `[${Array.from(v as Uint8Array, (b) => b.toString(16).toUpperCase().padStart(2, '0')).join(' ')}]` : stringifier(types[0]!, zone, 'NULL')
  return (row) => {
    const v = a(row)
    return v === null ? 'NULL' : text(v)
  }
}

export const BUILDERS: Record<string, Builder> = { ...ARITHMETIC, ...PREDICATES, ...MATH, ...STRINGS, ...COLLECTIONS, ...DATES, ...HASHES, ...PER_PARTITION, toprettystring: pretty }

export const typeOf = (e: Resolved): DataType => e.type

/** Where each attribute lies in a row. */
export type Positions = ReadonlyMap<number, number>

export const positions = (input: readonly Attribute[]): Positions => new Map(input.map((a, i) => [a.id, i]))

export const NO_TASK: TaskContext = { partition: 0, file: () => '', now: 0 }

/** A function from a row laid out as `input` to the expression's value. */
export function compile(e: Resolved, input: Positions, task: TaskContext): Eval {
  switch (e.k) {
    case 'lit': {
      const v = fromJson(e.value, e.type)
      return () => v
    }
    case 'attr': {
      const i = input.get(e.id)
      if (i === undefined) throw new Error(`Couldn't find ${e.name}#${e.id} in [${[...input.keys()].map((k) => `#${k}`).join(',')}]`)
      return (row) => row[i]
    }
    case 'alias':
      return compile(e.child, input, task)
    case 'cast': {
      const child = compile(e.child, input, task)
      const convert = caster(e.child.type, e.type, e.ansi, e.zone)
      return (row) => {
        const v = child(row)
        return v === null ? null : convert(v)
      }
    }
    case 'case': {
      const branches = e.branches.map((b) => [compile(b.when, input, task), compile(b.then, input, task)] as const)
      const otherwise = e.otherwise ? compile(e.otherwise, input, task) : () => null
      return (row) => {
        for (const [when, then] of branches) if (when(row) === true) return then(row)
        return otherwise(row)
      }
    }
    case 'call': {
      const build = BUILDERS[e.name]
      if (!build) throw new Error(`No function ${e.name}`)
      return build({ name: e.name, args: e.args.map((a) => compile(a, input, task)), exprs: e.args, types: e.args.map(typeOf), type: e.type, ansi: e.ansi, zone: e.zone, seed: e.seed ?? 0, task })
    }
    default:
      throw new Error(`${e.k} has no value of its own`)
  }
}
