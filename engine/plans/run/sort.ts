/** Sorting, with spill of sorted runs; the top n; sampling of sort keys for range exchanges. */
import type { FragmentOp, Row, SortKey, SpillFile } from '../fragment.ts'
import { BATCH, decodeRows, encodeRows } from '../codec.ts'
import { XorShiftRandom } from '../expr/random.ts'
import type { Attribute } from '../resolved.ts'
import { comparator } from '../values.ts'
import { compileAll, pause, Account, type Batches, type Runtime } from './runtime.ts'

type Op<K extends FragmentOp['op']> = Extract<FragmentOp, { op: K }>
type Compare = (a: Row, b: Row) => number

/** Compares rows that hold the keys at the given places (the first ones unless told). */
export function keyComparator(order: readonly SortKey[], at: readonly number[] = order.map((_, i) => i)): Compare {
  const cs = order.map((k, i) => ({ c: comparator(k.expr.type), sign: k.ascending ? 1 : -1, nulls: k.nullsFirst ? -1 : 1, at: at[i]! }))
  if (cs.length === 1) {
    const { c, sign, nulls, at: i } = cs[0]!
    return (a, b) => {
      const x = a[i]
      const y = b[i]
      if (x === null || y === null) return x === y ? 0 : x === null ? nulls : -nulls
      return c(x, y) * sign
    }
  }
  return (a, b) => {
    for (const k of cs) {
      const x = a[k.at]
      const y = b[k.at]
      if (x === null || y === null) {
        if (x === y) continue
        return x === null ? k.nulls : -k.nulls
      }
      const r = k.c(x, y)
      if (r) return r * k.sign
    }
    return 0
  }
}

interface Keyed {
  /** The row to hold: itself where the keys are columns of it, else with the keys in front. */
  hold(row: Row): Row
  give(batch: Row[]): Row[]
  compare: Compare
}

function keyed(order: readonly SortKey[], input: readonly Attribute[], rt: Runtime, partition: number): Keyed {
  const places = order.map((k) => (k.expr.k === 'attr' ? input.findIndex((a) => a.id === (k.expr as { id: number }).id) : -1))
  if (places.every((p) => p >= 0)) return { hold: (row) => row, give: (batch) => batch, compare: keyComparator(order, places) }
  const keys = compileAll(order.map((k) => k.expr), input, rt, partition)
  return {
    hold: (row) => {
      const r = new Array<unknown>(keys.length + row.length)
      for (let i = 0; i < keys.length; i++) r[i] = keys[i]!(row)
      for (let i = 0; i < row.length; i++) r[keys.length + i] = row[i]
      return r
    },
    give: (batch) => batch.map((r) => r.slice(keys.length)),
    compare: keyComparator(order),
  }
}

async function spill(rows: Row[], rt: Runtime, memory: number): Promise<SpillFile> {
  const file = rt.io.spillFile()
  let bytes = 0
  for (let i = 0; i < rows.length; i += BATCH) {
    const data = encodeRows(rows.slice(i, i + BATCH))
    bytes += data.length
    await file.write(data)
    await pause(rt)
  }
  rt.io.count('memory-spilled', memory)
  rt.io.count('disk-spilled', bytes)
  return file
}

/** Merges sorted runs; equal rows come in the order of the runs. */
async function* merge(runs: AsyncIterable<Row[]>[], compare: Compare): Batches {
  const heads: { it: AsyncIterator<Row[]>; rows: Row[]; at: number }[] = []
  for (const run of runs) {
    const it = run[Symbol.asyncIterator]()
    const first = await it.next()
    if (!first.done) heads.push({ it, rows: first.value, at: 0 })
  }
  let out: Row[] = []
  while (heads.length) {
    let best = 0
    for (let i = 1; i < heads.length; i++) if (compare(heads[i]!.rows[heads[i]!.at]!, heads[best]!.rows[heads[best]!.at]!) < 0) best = i
    const h = heads[best]!
    out.push(h.rows[h.at++]!)
    if (h.at === h.rows.length) {
      const next = await h.it.next()
      if (next.done) heads.splice(best, 1)
      else {
        h.rows = next.value
        h.at = 0
      }
    }
    if (out.length === BATCH) {
      yield out
      out = []
    }
  }
  if (out.length) yield out
}

async function* batchesOf(rows: Row[]): Batches {
  for (let i = 0; i < rows.length; i += BATCH) yield rows.slice(i, i + BATCH)
}

async function* read(file: SpillFile): Batches {
  for await (const data of file.read()) yield decodeRows(data)
  await file.remove()
}

export async function* sort(op: Op<'sort'>, partition: number, rt: Runtime): Batches {
  const { hold, give, compare } = keyed(op.order, op.child.output, rt, partition)
  const account = new Account(rt)
  const runs: SpillFile[] = []
  let rows: Row[] = []
  try {
    for await (const batch of rt.run(op.child, partition)) {
      for (const row of batch) {
        const r = hold(row)
        account.row(r)
        rows.push(r)
      }
      if (account.short && !(await account.cover())) {
        rows.sort(compare)
        runs.push(await spill(rows, rt, account.used))
        rows = []
        account.free()
      }
    }
    rows.sort(compare)
    await pause(rt)
    const sorted = runs.length ? merge([...runs.map(read), batchesOf(rows)], compare) : batchesOf(rows)
    for await (const batch of sorted) {
      await pause(rt)
      yield give(batch)
    }
  } finally {
    account.free()
    for (const f of runs) await f.remove()
  }
}

/** The first n rows of a partition in order, held in a heap that is trimmed when it has doubled. */
export async function* topN(op: Op<'topN'>, partition: number, rt: Runtime): Batches {
  if (op.n === 0) return
  const { hold, give, compare } = keyed(op.order, op.child.output, rt, partition)
  let best: Row[] = []
  let worst: Row | null = null
  const trim = () => {
    best.sort(compare)
    best = best.slice(0, op.n)
    worst = best.length === op.n ? best.at(-1)! : null
  }
  for await (const batch of rt.run(op.child, partition)) {
    for (const row of batch) {
      const r = hold(row)
      if (worst && compare(r, worst) >= 0) continue
      best.push(r)
      if (best.length >= op.n * 2 + 64) trim()
    }
  }
  trim()
  for await (const batch of batchesOf(best)) yield give(batch)
}

/** A reservoir of sort keys; one row `[rows seen, …keys]` for each key kept. */
export async function* sampleKeys(op: Op<'sampleKeys'>, partition: number, rt: Runtime): Batches {
  const keys = compileAll(op.order.map((k) => k.expr), op.child.output, rt, partition)
  const random = new XorShiftRandom(op.seed + partition)
  const kept: Row[] = []
  let seen = 0
  for await (const batch of rt.run(op.child, partition)) {
    for (const row of batch) {
      seen++
      if (kept.length < op.size) kept.push(keys.map((k) => k(row)))
      else {
        const i = Math.floor(random.nextDouble() * seen)
        if (i < op.size) kept[i] = keys.map((k) => k(row))
      }
    }
  }
  yield kept.map((k) => [seen, ...k])
}
