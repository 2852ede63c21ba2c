/** Comparisons, logic, null tests, conditionals, pattern tests. */
import type { DataType } from '../contract.ts'
import { SparkRuntimeError } from '../errors.ts'
import { comparator } from '../values.ts'
import { constant, one, two, type Builder, type Eval } from './kit.ts'

const simple = (t: DataType): boolean => typeof t === 'string' && t !== 'string' && t !== 'binary' && t !== 'float' && t !== 'double'

const compare = (test: (c: number) => boolean, fast: (a: number, b: number) => boolean): Builder => (call) => {
  const t = call.types[0]!
  if (simple(t)) {
    const [a, b] = call.args as [Eval, Eval]
    return (row) => {
      const x = a(row)
      if (x === null) return null
      const y = b(row)
      return y === null ? null : fast(x as number, y as number)
    }
  }
  const c = comparator(t)
  return two((a: unknown, b: unknown) => test(c(a, b)))(call)
}

const equal: Builder = (call) => {
  const t = call.types[0]!
  if (t === 'string' || simple(t)) return two((a: unknown, b: unknown) => a === b)(call)
  const c = comparator(t)
  return two((a: unknown, b: unknown) => c(a, b) === 0)(call)
}

const nullSafe: Builder = (call) => {
  const [a, b] = call.args as [Eval, Eval]
  const c = comparator(call.types[0]!)
  return (row) => {
    const x = a(row)
    const y = b(row)
    return x === null || y === null ? x === y : c(x, y) === 0
  }
}

const and: Builder = ({ args }) => {
  const [a, b] = args as [Eval, Eval]
  return (row) => {
    const x = a(row)
    if (x === false) return false
    const y = b(row)
    if (y === false) return false
    return x === null || y === null ? null : true
  }
}

const or: Builder = ({ args }) => {
  const [a, b] = args as [Eval, Eval]
  return (row) => {
    const x = a(row)
    if (x === true) return true
    const y = b(row)
    if (y === true) return true
    return x === null || y === null ? null : false
  }
}

const inList: Builder = (call) => {
  const [value, ...list] = call.args as [Eval, ...Eval[]]
  const c = comparator(call.types[0]!)
  if (call.exprs.slice(1).every((e) => e.k === 'lit') && (call.types[0] === 'string' || simple(call.types[0]!))) {
    const values = list.map((e) => e([]))
    const set = new Set(values.filter((v) => v !== null))
    const hasNull = set.size < values.length && values.includes(null)
    return (row) => {
      const x = value(row)
      return x === null ? null : set.has(x) ? true : hasNull ? null : false
    }
  }
  return (row) => {
    const x = value(row)
    if (x === null) return null
    let sawNull = false
    for (const e of list) {
      const y = e(row)
      if (y === null) sawNull = true
      else if (c(x, y) === 0) return true
    }
    return sawNull ? null : false
  }
}

/** A LIKE pattern as a regular expression; `\` escapes. */
export function likePattern(pattern: string, insensitive: boolean): RegExp {
  let source = ''
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!
    if (c === '\\') {
      const next = pattern[++i]
      if (next !== '_' && next !== '%' && next !== '\\') throw new SparkRuntimeError(next === undefined ? 'INVALID_FORMAT.ESC_AT_THE_END' : 'INVALID_FORMAT.ESC_IN_THE_MIDDLE', `The format is invalid: '${pattern}'. ${next === undefined ? 'The escape character is not allowed to end with.' : `The escape character is not allowed to precede '${next}'.`}`, '42601', 'org.apache.spark.SparkRuntimeException')
      source += next.replace(/[\\]/g, '\\\\')
    } else source += c === '_' ? '.' : c === '%' ? '.*' : c.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  }
  return new RegExp(`^${source}$`, insensitive ? 'siu' : 'su')
}

/** Java's regular expressions, as far as JavaScript's know the same. */
export function javaRegex(pattern: string, flags = ''): RegExp {
  let source = pattern
  let extra = flags
  const inline = /^\(\?([imsx]+)\)/.exec(source)
  if (inline) {
    source = source.slice(inline[0].length)
    for (const f of inline[1]!) if ('ims'.includes(f) && !extra.includes(f)) extra += f
  }
  source = source.replace(/\\A/g, '^').replace(/\\[zZ]/g, '$').replace(/([*+?}])\+/g, '$1').replace(/\\p\{(Alpha|Digit|Alnum|Upper|Lower|Punct|Space)\}/g, (_m, c: string) => ({ Alpha: '[A-Za-z]', Digit: '[0-9]', Alnum: '[A-Za-z0-9]', Upper: '[A-Z]', Lower: '[a-z]', Punct: '[!-/:-@\\[-`{-~]', Space: '\\s' })[c]!)
  try {
    return new RegExp(source, extra.includes('u') ? extra : `${extra}u`)
  } catch {
    try {
      return new RegExp(source, extra)
    } catch {
      throw new SparkRuntimeError('INVALID_PARAMETER_VALUE.PATTERN', `The value of parameter(s) \`regexp\` in \`rlike\` is invalid: '${pattern}'.`, '22023', 'org.apache.spark.SparkRuntimeException')
    }
  }
}

/** A regular expression argument: compiled once when it is a literal, else remembered. */
export function patterned(call: Parameters<Builder>[0], i: number, make: (p: string) => RegExp): (p: string) => RegExp {
  const fixed = constant(call, i)
  if (typeof fixed === 'string') {
    let re: RegExp | undefined
    return () => (re ??= make(fixed))
  }
  let last = ''
  let re: RegExp | undefined
  return (p) => {
    if (!re || p !== last) {
      re = make(p)
      last = p
    }
    return re
  }
}

const matching = (make: (p: string) => RegExp): Builder => (call) => {
  const re = patterned(call, 1, make)
  return two((s: string, p: string) => {
    const r = re(p)
    r.lastIndex = 0
    return r.test(s)
  })(call)
}

const extreme = (sign: 1 | -1): Builder => (call) => {
  const c = comparator(call.type)
  const { args } = call
  return (row) => {
    let best: unknown = null
    for (const a of args) {
      const x = a(row)
      if (x !== null && (best === null || c(x, best) * sign > 0)) best = x
    }
    return best
  }
}

export const PREDICATES: Record<string, Builder> = {
  '=': equal,
  '!=': (call) => {
    const eq = equal(call)
    return (row) => {
      const v = eq(row)
      return v === null ? null : !v
    }
  },
  '<=>': nullSafe,
  '<': compare((c) => c < 0, (a, b) => a < b),
  '<=': compare((c) => c <= 0, (a, b) => a <= b),
  '>': compare((c) => c > 0, (a, b) => a > b),
  '>=': compare((c) => c >= 0, (a, b) => a >= b),
  and,
  or,
  not: one((a: boolean) => !a),
  isnull: ({ args }) => (row) => args[0]!(row) === null,
  isnotnull: ({ args }) => (row) => args[0]!(row) !== null,
  in: inList,
  like: matching((p) => likePattern(p, false)),
  ilike: matching((p) => likePattern(p, true)),
  rlike: matching((p) => javaRegex(p)),
  startswith: two((s: string, p: string) => s.startsWith(p)),
  endswith: two((s: string, p: string) => s.endsWith(p)),
  contains: two((s: string, p: string) => s.includes(p)),
  coalesce: ({ args }) => (row) => {
    for (const a of args) {
      const x = a(row)
      if (x !== null) return x
    }
    return null
  },
  isnan: ({ args }) => (row) => Number.isNaN(args[0]!(row)),
  nanvl: ({ args }) => (row) => {
    const x = args[0]!(row)
    return Number.isNaN(x) ? args[1]!(row) : x
  },
  greatest: extreme(1),
  least: extreme(-1),
}
