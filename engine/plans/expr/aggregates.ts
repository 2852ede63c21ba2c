/**
 * Aggregate functions. The state of one is a few columns of a buffer row, so that it can be shuffled; `thaw`
 * and `freeze` turn a column into something faster to work on (a map of what was seen) and back.
 */
import type { DataType } from '../contract.ts'
import { arithmeticOverflow, decimalOutOfRange } from '../errors.ts'
import { decimal, isDecimal } from '../types.ts'
import { comparator, decimalText, fitsPrecision, keyer, long, LONG_MAX, LONG_MIN, rescale, wrapLong, type Long } from '../values.ts'

type Buffer = unknown[]

export interface Aggregator {
  /** Types of the state's columns. */
  state: { name: string; dataType: DataType }[]
  init(b: Buffer, at: number): void
  /** Takes in one row's arguments. */
  update(b: Buffer, at: number, args: unknown[]): void
  /** Takes in the (frozen) state that begins at `from` of another row. */
  merge(b: Buffer, at: number, other: readonly unknown[], from: number): void
  finish(b: Buffer, at: number): unknown
  freeze?(b: Buffer, at: number): void
}

export interface AggregateInfo {
  fn: string
  argTypes: DataType[]
  type: DataType
  ansi: boolean
  distinct: boolean
}

const column = (name: string, dataType: DataType) => ({ name, dataType })

function count({ argTypes }: AggregateInfo): Aggregator {
  const n = argTypes.length
  return {
    state: [column('count', 'long')],
    init: (b, at) => void (b[at] = 0),
    update: (b, at, args) => {
      for (let i = 0; i < n; i++) if (args[i] === null) return
      b[at] = (b[at] as number) + 1
    },
    merge: (b, at, o, from) => void (b[at] = (b[at] as number) + (o[from] as number)),
    finish: (b, at) => b[at],
  }
}

const countIf = (): Aggregator => ({ ...count({ fn: 'count', argTypes: [], type: 'long', ansi: true, distinct: false }), update: (b, at, args) => void (args[0] === true && (b[at] = (b[at] as number) + 1)) })

function plusLong(a: Long, b: Long, ansi: boolean): Long {
  if (typeof a === 'number' && typeof b === 'number') {
    const s = a + b
    if (s <= 9007199254740991 && s >= -9007199254740991) return s
  }
  const s = BigInt(a) + BigInt(b)
  if (s >= LONG_MIN && s <= LONG_MAX) return long(s)
  if (ansi) throw arithmeticOverflow('long overflow', 'try_sum')
  return wrapLong(s)
}

function sum({ type, ansi }: AggregateInfo): Aggregator {
  const plus = (type === 'double' ? (a: number, b: number) => a + b : isDecimal(type) ? (a: bigint, b: bigint) => a + b : (a: Long, b: Long) => plusLong(a, b, ansi)) as (a: unknown, b: unknown) => unknown
  const take = (b: Buffer, at: number, x: unknown) => {
    if (x !== null) b[at] = b[at] === null ? x : plus(b[at], x)
  }
  return {
    state: [column('sum', type)],
    init: (b, at) => void (b[at] = null),
    update: (b, at, args) => take(b, at, args[0]),
    merge: (b, at, o, from) => take(b, at, o[from]),
    finish: (b, at) => {
      const v = b[at]
      if (v === null || !isDecimal(type) || fitsPrecision(v as bigint, type.precision)) return v
      if (ansi) throw decimalOutOfRange(decimalText(v as bigint, type.scale), type.precision, type.scale)
      return null
    },
  }
}

function avg({ argTypes, type }: AggregateInfo): Aggregator {
  const from = argTypes[0]!
  const exact = isDecimal(from)
  const sumType: DataType = exact ? decimal(from.precision + 10, from.scale) : 'double'
  return {
    state: [column('sum', sumType), column('count', 'long')],
    init: (b, at) => {
      b[at] = exact ? 0n : 0
      b[at + 1] = 0
    },
    update: (b, at, args) => {
      const x = args[0]
      if (x === null) return
      b[at] = exact ? (b[at] as bigint) + (x as bigint) : (b[at] as number) + Number(x)
      b[at + 1] = (b[at + 1] as number) + 1
    },
    merge: (b, at, o, i) => {
      b[at] = exact ? (b[at] as bigint) + (o[i] as bigint) : (b[at] as number) + (o[i] as number)
      b[at + 1] = (b[at + 1] as number) + (o[i + 1] as number)
    },
    finish: (b, at) => {
      const n = b[at + 1] as number
      if (n === 0) return null
      if (!exact || !isDecimal(type)) return (b[at] as number) / n
      const scaled = ((b[at] as bigint) * 10n ** BigInt(type.scale - from.scale + 1)) / BigInt(n)
      return rescale(scaled, type.scale + 1, type.scale)
    },
  }
}

function extreme({ type }: AggregateInfo, sign: 1 | -1): Aggregator {
  const c = comparator(type)
  const take = (b: Buffer, at: number, x: unknown) => {
    if (x !== null && (b[at] === null || c(x, b[at]) * sign > 0)) b[at] = x
  }
  return { state: [column(sign > 0 ? 'max' : 'min', type)], init: (b, at) => void (b[at] = null), update: (b, at, args) => take(b, at, args[0]), merge: (b, at, o, from) => take(b, at, o[from]), finish: (b, at) => b[at] }
}

/** Second argument true: nulls are passed over. */
function ends({ type }: AggregateInfo, last: boolean): Aggregator {
  const set = (b: Buffer, at: number, x: unknown) => {
    if (last || b[at + 1] === false) {
      b[at] = x
      b[at + 1] = true
    }
  }
  return {
    state: [column(last ? 'last' : 'first', type), column('valueSet', 'boolean')],
    init: (b, at) => {
      b[at] = null
      b[at + 1] = false
    },
    update: (b, at, args) => {
      if (args[0] !== null || args[1] !== true) set(b, at, args[0])
    },
    merge: (b, at, o, from) => {
      if (o[from + 1]) set(b, at, o[from])
    },
    finish: (b, at) => b[at],
  }
}

function by({ type, argTypes }: AggregateInfo, sign: 1 | -1): Aggregator {
  const order = argTypes[1]!
  const c = comparator(order)
  const take = (b: Buffer, at: number, v: unknown, o: unknown) => {
    if (o === null || (b[at + 1] !== null && c(o, b[at + 1]) * sign <= 0)) return
    b[at] = v
    b[at + 1] = o
  }
  return {
    state: [column('valueWithExtremumOrdering', type), column('extremumOrdering', order)],
    init: (b, at) => void (b[at] = b[at + 1] = null),
    update: (b, at, args) => take(b, at, args[0], args[1]),
    merge: (b, at, o, from) => take(b, at, o[from], o[from + 1]),
    finish: (b, at) => b[at],
  }
}

const arrayOf = (t: DataType): DataType => ({ type: 'array', element: t, containsNull: false })

function list({ argTypes }: AggregateInfo): Aggregator {
  return {
    state: [column('buf', arrayOf(argTypes[0]!))],
    init: (b, at) => void (b[at] = []),
    update: (b, at, args) => void (args[0] !== null && (b[at] as unknown[]).push(args[0])),
    merge: (b, at, o, from) => {
      for (const x of o[from] as unknown[]) (b[at] as unknown[]).push(x)
    },
    finish: (b, at) => b[at],
  }
}

/** Keeps each different value once and makes something of them at the end. */
function set({ argTypes }: AggregateInfo, result: (values: unknown[]) => unknown): Aggregator {
  const t: DataType = argTypes.length === 1 ? argTypes[0]! : { type: 'struct', fields: argTypes.map((dataType, i) => ({ name: `_${i}`, dataType, nullable: false })) }
  const key = keyer(t)
  const add = (b: Buffer, at: number, x: unknown) => {
    const m = b[at] as Map<unknown, unknown>
    const k = key(x)
    if (!m.has(k)) m.set(k, x)
  }
  return {
    state: [column('buf', arrayOf(t))],
    init: (b, at) => void (b[at] = new Map()),
    update: (b, at, args) => {
      for (let i = 0; i < argTypes.length; i++) if (args[i] === null) return
      add(b, at, argTypes.length === 1 ? args[0] : args.slice(0, argTypes.length))
    },
    merge: (b, at, o, from) => {
      for (const x of o[from] as unknown[]) add(b, at, x)
    },
    freeze: (b, at) => void (b[at] = [...(b[at] as Map<unknown, unknown>).values()]),
    finish: (b, at) => result([...(b[at] as Map<unknown, unknown>).values()]),
  }
}

/** Any function over the different values only; used where several sets of distinct arguments meet in one aggregate. */
function overDistinct(info: AggregateInfo): Aggregator {
  const inner = aggregator({ ...info, distinct: false })
  return set(info, (values) => {
    const b: Buffer = []
    inner.init(b, 0)
    for (const v of values) inner.update(b, 0, info.argTypes.length === 1 ? [v] : (v as unknown[]))
    return inner.finish(b, 0)
  })
}

/** Central moments up to the fourth. Each formula adds in CentralMomentAgg's order: the last digits show it. */
function moments(order: 2 | 3 | 4, result: (n: number, m2: number, m3: number, m4: number) => number | null): Aggregator {
  const names = ['n', 'avg', 'm2', 'm3', 'm4'].slice(0, order + 1)
  const add = (b: Buffer, at: number, x: number) => {
    const n = (b[at] as number) + 1
    const avg = b[at + 1] as number
    const delta = x - avg
    const dn = delta / n
    const m2 = (b[at + 2] as number) + delta * (delta - dn)
    const m3 = (b[at + 3] as number) - 3 * dn * m2 + delta * (delta * delta - dn * dn)
    if (order >= 4) b[at + 4] = (b[at + 4] as number) - 4 * dn * m3 - 6 * dn * dn * m2 + delta * (delta * delta * delta - dn * dn * dn)
    if (order >= 3) b[at + 3] = m3
    b[at] = n
    b[at + 1] = avg + dn
    b[at + 2] = m2
  }
  const combine = (b: Buffer, at: number, n2: number, avg2: number, m2b: number, m3b: number, m4b: number) => {
    const n1 = b[at] as number
    const n = n1 + n2
    const delta = avg2 - (b[at + 1] as number)
    const dn = n === 0 ? 0 : delta / n
    const m2 = b[at + 2] as number
    if (order >= 4) b[at + 4] = (b[at + 4] as number) + m4b + dn * dn * dn * delta * n1 * n2 * (n1 * n1 - n1 * n2 + n2 * n2) + 6 * dn * dn * (n1 * n1 * m2b + n2 * n2 * m2) + 4 * dn * (n1 * m3b - n2 * (b[at + 3] as number))
    if (order >= 3) b[at + 3] = (b[at + 3] as number) + m3b + dn * dn * delta * n1 * n2 * (n1 - n2) + 3 * dn * (n1 * m2b - n2 * m2)
    b[at + 2] = m2 + m2b + delta * dn * n1 * n2
    b[at + 1] = (b[at + 1] as number) + dn * n2
    b[at] = n
  }
  return {
    state: names.map((n) => column(n, 'double')),
    init: (b, at) => {
      for (let i = 0; i <= order; i++) b[at + i] = 0
    },
    update: (b, at, args) => {
      if (args[0] !== null) add(b, at, Number(args[0]))
    },
    merge: (b, at, o, f) => combine(b, at, o[f] as number, o[f + 1] as number, o[f + 2] as number, (o[f + 3] as number) ?? 0, (o[f + 4] as number) ?? 0),
    finish: (b, at) => {
      const n = b[at] as number
      return n === 0 ? null : result(n, b[at + 2] as number, b[at + 3] as number, b[at + 4] as number)
    },
  }
}

function covariance(result: (n: number, ck: number, mx: number, my: number) => number | null): Aggregator {
  // n, xAvg, yAvg, ck, xMk, yMk
  const add = (b: Buffer, at: number, x: number, y: number) => {
    const n = (b[at] as number) + 1
    const dx = x - (b[at + 1] as number)
    const dy = y - (b[at + 2] as number)
    const xAvg = (b[at + 1] as number) + dx / n
    const yAvg = (b[at + 2] as number) + dy / n
    b[at] = n
    b[at + 1] = xAvg
    b[at + 2] = yAvg
    b[at + 3] = (b[at + 3] as number) + dx * (y - yAvg)
    b[at + 4] = (b[at + 4] as number) + dx * (x - xAvg)
    b[at + 5] = (b[at + 5] as number) + dy * (y - yAvg)
  }
  const combine = (b: Buffer, at: number, n2: number, x2: number, y2: number, ck2: number, mx2: number, my2: number) => {
    const n1 = b[at] as number
    const n = n1 + n2
    const dx = x2 - (b[at + 1] as number)
    const dy = y2 - (b[at + 2] as number)
    const dxn = n === 0 ? 0 : dx / n
    const dyn = n === 0 ? 0 : dy / n
    b[at + 1] = (b[at + 1] as number) + dxn * n2
    b[at + 2] = (b[at + 2] as number) + dyn * n2
    b[at + 3] = (b[at + 3] as number) + ck2 + dx * dyn * n1 * n2
    b[at + 4] = (b[at + 4] as number) + mx2 + dx * dxn * n1 * n2
    b[at + 5] = (b[at + 5] as number) + my2 + dy * dyn * n1 * n2
    b[at] = n
  }
  return {
    state: ['n', 'xAvg', 'yAvg', 'ck', 'xMk', 'yMk'].map((n) => column(n, 'double')),
    init: (b, at) => {
      for (let i = 0; i < 6; i++) b[at + i] = 0
    },
    update: (b, at, args) => {
      if (args[0] !== null && args[1] !== null) add(b, at, Number(args[0]), Number(args[1]))
    },
    merge: (b, at, o, f) => combine(b, at, o[f] as number, o[f + 1] as number, o[f + 2] as number, o[f + 3] as number, o[f + 4] as number, o[f + 5] as number),
    finish: (b, at) => ((b[at] as number) === 0 ? null : result(b[at] as number, b[at + 3] as number, b[at + 4] as number, b[at + 5] as number)),
  }
}

function logical(all: boolean): Aggregator {
  const take = (b: Buffer, at: number, x: unknown) => {
    if (x !== null) b[at] = b[at] === null ? x : all ? b[at] === true && x === true : b[at] === true || x === true
  }
  return { state: [column(all ? 'min' : 'max', 'boolean')], init: (b, at) => void (b[at] = null), update: (b, at, args) => take(b, at, args[0]), merge: (b, at, o, from) => take(b, at, o[from]), finish: (b, at) => b[at] }
}

function mode(info: AggregateInfo): Aggregator {
  const key = keyer(info.argTypes[0]!)
  return { ...list(info), finish: (b, at) => {
    const seen = new Map<unknown, { value: unknown; n: number }>()
    for (const value of b[at] as unknown[]) {
      const k = key(value)
      const e = seen.get(k)
      if (e) e.n++
      else seen.set(k, { value, n: 1 })
    }
    let best: { value: unknown; n: number } | null = null
    for (const e of seen.values()) if (!best || e.n > best.n) best = e
    return best ? best.value : null
  } }
}

function median(info: AggregateInfo): Aggregator {
  return { ...list(info), finish: (b, at) => {
    const values = (b[at] as Long[]).map(Number).sort(comparator('double'))
    if (values.length === 0) return null
    const p = (values.length - 1) / 2
    const low = values[Math.floor(p)]!
    const high = values[Math.ceil(p)]!
    return low === high ? low : (Math.ceil(p) - p) * low + (p - Math.floor(p)) * high
  } }
}

/** The exact percentile stands in for the sketch: it is within any accuracy asked. Second argument: a fraction or several. */
function percentile(info: AggregateInfo): Aggregator {
  const base = list({ ...info, argTypes: [info.argTypes[0]!] })
  const c = comparator(info.argTypes[0]!)
  return {
    ...base,
    state: [column('buf', arrayOf(info.argTypes[0]!)), column('fractions', arrayOf('double'))],
    init: (b, at) => {
      b[at] = []
      b[at + 1] = null
    },
    update: (b, at, args) => {
      b[at + 1] ??= Array.isArray(args[1]) ? args[1].map(Number) : [Number(args[1])]
      base.update(b, at, args)
    },
    merge: (b, at, o, from) => {
      b[at + 1] ??= o[from + 1]
      base.merge(b, at, o, from)
    },
    finish: (b, at) => {
      const values = (b[at] as unknown[]).sort(c)
      if (values.length === 0) return null
      const out = (b[at + 1] as number[]).map((f) => values[Math.max(0, Math.ceil(f * values.length) - 1)])
      return typeof info.type === 'object' && info.type.type === 'array' ? out : out[0]
    },
  }
}

const root = (x: number): number => Math.sqrt(x)

/** The aggregator of a function; unknown names throw. */
export function aggregator(info: AggregateInfo): Aggregator {
  switch (info.distinct ? 'distinct' : info.fn) {
    case 'distinct': return overDistinct(info)
    case 'count': return count(info)
    case 'count_if': return countIf()
    case 'sum': return sum(info)
    case 'avg': return avg(info)
    case 'min': return extreme(info, -1)
    case 'max': return extreme(info, 1)
    case 'first':
    case 'any_value': return ends(info, false)
    case 'last': return ends(info, true)
    case 'max_by': return by(info, 1)
    case 'min_by': return by(info, -1)
    case 'collect_list': return list(info)
    case 'collect_set': return set(info, (v) => v)
    case 'approx_count_distinct': return set({ ...info, argTypes: [info.argTypes[0]!] }, (v) => v.length)
    case 'stddev':
    case 'stddev_samp': return moments(2, (n, m2) => (n === 1 ? null : root(m2 / (n - 1))))
    case 'stddev_pop': return moments(2, (n, m2) => root(m2 / n))
    case 'variance':
    case 'var_samp': return moments(2, (n, m2) => (n === 1 ? null : m2 / (n - 1)))
    case 'var_pop': return moments(2, (n, m2) => m2 / n)
    case 'skewness': return moments(3, (n, m2, m3) => (m2 === 0 ? null : (root(n) * m3) / root(m2 * m2 * m2)))
    case 'kurtosis': return moments(4, (n, m2, _m3, m4) => (m2 === 0 ? null : (n * m4) / (m2 * m2) - 3))
    case 'corr': return covariance((n, ck, mx, my) => (n === 1 ? null : ck / root(mx * my)))
    case 'covar_samp': return covariance((n, ck) => (n === 1 ? null : ck / (n - 1)))
    case 'covar_pop': return covariance((n, ck) => ck / n)
    case 'bool_and': return logical(true)
    case 'bool_or': return logical(false)
    case 'mode': return mode(info)
    case 'median': return median(info)
    case 'percentile_approx': return percentile(info)
    default: throw new Error(`No aggregate function ${info.fn}`)
  }
}
