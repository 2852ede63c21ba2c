/** Arrays, maps and structs. Maps are lists of pairs with distinct keys. */
import { arrayIndex, duplicateMapKey, elementAtIndex, indexZero, nullMapKey } from '../errors.ts'
import type { DataType } from '../contract.ts'
import { comparator, keyer } from '../values.ts'
import { stringifier } from './format.ts'
import { one, strict, two, type Builder } from './kit.ts'

type Pairs = [unknown, unknown][]

const elementOf = (t: DataType): DataType => (typeof t === 'object' && t.type === 'array' ? t.element : 'null')

function lookup(t: DataType): (m: Pairs, k: unknown) => unknown {
  const c = comparator(typeof t === 'object' && t.type === 'map' ? t.key : 'null')
  return (m, k) => m.find((p) => c(p[0], k) === 0)?.[1] ?? null
}

const item: Builder = (call) => {
  const t = call.types[0]!
  if (typeof t === 'object' && t.type === 'map') return two(lookup(t))(call)
  return two((a: unknown[], i: number) => {
    if (i >= 0 && i < a.length) return a[i]
    if (call.ansi) throw arrayIndex(i, a.length)
    return null
  })(call)
}

const elementAt: Builder = (call) => {
  const t = call.types[0]!
  if (typeof t === 'object' && t.type === 'map') return two(lookup(t))(call)
  return two((a: unknown[], i: number) => {
    if (i === 0) throw indexZero()
    const at = i > 0 ? i - 1 : a.length + i
    if (at >= 0 && at < a.length) return a[at]
    if (call.ansi) throw elementAtIndex(i, a.length)
    return null
  })(call)
}

const contains: Builder = (call) => {
  const c = comparator(elementOf(call.types[0]!))
  return two((a: unknown[], v: unknown) => {
    let sawNull = false
    for (const x of a) {
      if (x === null) sawNull = true
      else if (c(x, v) === 0) return true
    }
    return sawNull ? null : false
  })(call)
}

const distinct: Builder = (call) => {
  const key = keyer(elementOf(call.types[0]!))
  return one((a: unknown[]) => {
    const seen = new Set<unknown>()
    return a.filter((x) => {
      const k = x === null ? null : key(x)
      if (seen.has(k)) return false
      seen.add(k)
      return true
    })
  })(call)
}

const extreme = (sign: 1 | -1): Builder => (call) => {
  const c = comparator(elementOf(call.types[0]!))
  return one((a: unknown[]) => {
    let best: unknown = null
    for (const x of a) if (x !== null && (best === null || c(x, best) * sign > 0)) best = x
    return best
  })(call)
}

const sorted: Builder = (call) => {
  const c = comparator(elementOf(call.types[0]!))
  return strict((v: never[]) => {
    const [list, ascending] = v as unknown as [unknown[], boolean | undefined]
    const up = (ascending ?? true) ? 1 : -1
    return list.toSorted((a, b) => (a === null ? (b === null ? 0 : -up) : b === null ? up : c(a, b) * up))
  })(call)
}

const join: Builder = (call) => {
  const text = stringifier(elementOf(call.types[0]!), call.zone)
  return strict((v: never[]) => {
    const [a, sep, nulls] = v as unknown as [unknown[], string, string | undefined]
    return a.filter((x) => x !== null || nulls !== undefined).map((x) => (x === null ? nulls! : text(x))).join(sep)
  })(call)
}

const size: Builder = ({ args, ansi }) => (row) => {
  const a = args[0]!(row)
  // spark.sql.legacy.sizeOfNull is off in ANSI mode.
  return a === null ? (ansi ? null : -1) : (a as unknown[]).length
}

const map: Builder = ({ args, type }) => {
  const keyType = typeof type === 'object' && type.type === 'map' ? type.key : 'null'
  const key = keyer(keyType)
  const text = stringifier(keyType, 'UTC')
  return (row) => {
    const out: Pairs = []
    const seen = new Set<unknown>()
    for (let i = 0; i + 1 < args.length; i += 2) {
      const k = args[i]!(row)
      if (k === null) throw nullMapKey()
      if (seen.has(key(k))) throw duplicateMapKey(text(k))
      seen.add(key(k))
      out.push([k, args[i + 1]!(row)])
    }
    return out
  }
}

const slice = strict((v: never[]) => {
  const [a, start, length] = v as unknown as [unknown[], number, number]
  if (start === 0) throw indexZero()
  const from = start > 0 ? start - 1 : a.length + start
  return from < 0 ? [] : a.slice(from, from + Math.max(0, length))
})

export const COLLECTIONS: Record<string, Builder> = {
  item,
  field: (call) => {
    const a = call.args[0]!
    const at = Number((call.exprs[1] as { value: number }).value)
    const t = call.types[0]!
    if (typeof t === 'object' && t.type === 'array') return (row) => (a(row) as unknown[][] | null)?.map((x) => (x === null ? null : x[at] ?? null)) ?? null
    return (row) => (a(row) as unknown[] | null)?.[at] ?? null
  },
  array: ({ args }) => (row) => args.map((a) => a(row)),
  struct: ({ args }) => (row) => args.map((a) => a(row)),
  map,
  array_contains: contains,
  array_distinct: distinct,
  array_join: join,
  array_max: extreme(1),
  array_min: extreme(-1),
  size,
  sort_array: sorted,
  element_at: elementAt,
  slice,
  flatten: one((a: (unknown[] | null)[]) => (a.includes(null) ? null : a.flatMap((x) => x!))),
  map_keys: one((m: Pairs) => m.map((p) => p[0])),
  map_values: one((m: Pairs) => m.map((p) => p[1])),
}
