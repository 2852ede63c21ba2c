/** Hash aggregation: rows to buffers, buffers to buffers, buffers to results; groups go to disk by hash when memory is refused. */
import type { AggregateMode, FragmentOp, Row, SpillFile } from '../fragment.ts'
import { BATCH, decodeRows, encodeRows } from '../codec.ts'
import { aggregator, type Aggregator } from '../expr/aggregates.ts'
import { positiveMod, rowHasher } from '../expr/hash.ts'
import { positions, type Eval } from '../expr/compile.ts'
import { rowKeyer } from '../values.ts'
import { Account, compileAll, pause, type Batches, type Runtime } from './runtime.ts'

type Op<K extends FragmentOp['op']> = Extract<FragmentOp, { op: K }>

interface Slot {
  agg: Aggregator
  /** Where its state begins in a group's row. */
  at: number
  args: Eval[]
  /** Where its state begins in an input row, when states are taken in. */
  from: number
  merges: boolean
}

const SPILL_FILES = 16

const takesStates = (mode: AggregateMode, deduped: boolean): boolean => mode === 'merge' || mode === 'final' || (mode === 'mixed' && !deduped)
export const givesStates = (mode: AggregateMode): boolean => mode === 'partial' || mode === 'merge' || mode === 'mixed'

function slots(op: Op<'aggregate'>, rt: Runtime, partition: number): { slots: Slot[]; width: number } {
  const at = positions(op.child.output)
  let next = op.grouping.length
  const list = op.calls.map((c) => {
    const agg = aggregator({ fn: c.fn, argTypes: c.args.map((a) => a.type), type: c.type, ansi: c.ansi, distinct: c.distinct })
    const merges = takesStates(op.mode, c.deduped === true)
    const slot: Slot = { agg, at: next, args: merges ? [] : compileAll(c.args, op.child.output, rt, partition), from: merges ? at.get(c.buffer[0]!.id)! : -1, merges }
    next += agg.state.length
    return slot
  })
  return { slots: list, width: next }
}

/** Takes one input row into a group. */
function taker(list: Slot[]): (group: Row, row: Row) => void {
  const steps = list.map((s) => {
    const { agg, at, args, from } = s
    if (s.merges) return (group: Row, row: Row) => agg.merge(group, at, row, from)
    if (args.length === 1) {
      const [a] = args
      const one: unknown[] = [null]
      return (group: Row, row: Row) => {
        one[0] = a!(row)
        agg.update(group, at, one)
      }
    }
    return (group: Row, row: Row) => agg.update(group, at, args.map((a) => a(row)))
  })
  if (steps.length === 1) return steps[0]!
  return (group, row) => {
    for (let i = 0; i < steps.length; i++) steps[i]!(group, row)
  }
}

export async function* aggregate(op: Op<'aggregate'>, partition: number, rt: Runtime): Batches {
  const keys = compileAll(op.grouping, op.child.output, rt, partition)
  const { slots: list, width } = slots(op, rt, partition)
  const take = taker(list)
  const emits = givesStates(op.mode)
  const nk = keys.length
  const fresh = (values: Row): Row => {
    const g = new Array<unknown>(width)
    for (let i = 0; i < nk; i++) g[i] = values[i]
    for (const s of list) s.agg.init(g, s.at)
    return g
  }
  const frozen = (g: Row): Row => {
    for (const s of list) s.agg.freeze?.(g, s.at)
    return g
  }
  const finished = (g: Row): Row => {
    if (emits) return frozen(g)
    const out = new Array<unknown>(nk + list.length)
    for (let i = 0; i < nk; i++) out[i] = g[i]
    for (let i = 0; i < list.length; i++) out[nk + i] = list[i]!.agg.finish(g, list[i]!.at)
    return out
  }
  if (nk === 0) {
    const g = fresh([])
    for await (const batch of rt.run(op.child, partition)) for (let i = 0; i < batch.length; i++) take(g, batch[i]!)
    yield [finished(g)]
    return
  }

  const types = op.grouping.map((e) => e.type)
  const keyOf = rowKeyer(types)
  const hash = rowHasher(types)
  const account = new Account(rt)
  let groups = new Map<unknown, Row>()
  const files: SpillFile[] = []
  const values = new Array<unknown>(nk)
  // States that collect values grow with every row.
  const growing = list.some((s) => s.agg.state.some((c) => typeof c.dataType === 'object' && c.dataType.type === 'array'))

  const spill = async (): Promise<void> => {
    while (files.length < SPILL_FILES) files.push(rt.io.spillFile())
    const parts: Row[][] = files.map(() => [])
    for (const g of groups.values()) parts[positiveMod(hash(g), SPILL_FILES)]!.push(frozen(g))
    rt.io.count('memory-spilled', account.used)
    for (let i = 0; i < parts.length; i++) {
      if (!parts[i]!.length) continue
      const data = encodeRows(parts[i]!)
      rt.io.count('disk-spilled', data.length)
      await files[i]!.write(data)
      await pause(rt)
    }
    groups = new Map()
    account.free()
  }

  try {
    for await (const batch of rt.run(op.child, partition)) {
      for (let i = 0; i < batch.length; i++) {
        const row = batch[i]!
        for (let k = 0; k < nk; k++) {
          const v = keys[k]!(row)
          values[k] = v === 0 ? 0 : v
        }
        const key = keyOf(values)
        let g = groups.get(key)
        if (!g) {
          g = fresh(values)
          groups.set(key, g)
          account.row(g, 64)
        }
        take(g, row)
      }
      if (growing) account.used += batch.length * 24
      if (account.short && !(await account.cover())) await spill()
    }
    if (!files.length) {
      yield* emit(groups, finished, rt)
      return
    }
    await spill()
    for (const file of files) {
      const again = new Map<unknown, Row>()
      for await (const data of file.read()) {
        for (const row of decodeRows(data)) {
          const key = keyOf(row)
          let g = again.get(key)
          if (!g) {
            g = fresh(row)
            again.set(key, g)
            account.row(g, 64)
          }
          for (const s of list) s.agg.merge(g, s.at, row, s.at)
        }
        if (!(await account.cover())) throw account.refuse()
      }
      yield* emit(again, finished, rt)
      account.free()
    }
  } finally {
    account.free()
    for (const f of files) await f.remove()
  }
}

async function* emit(groups: Map<unknown, Row>, finished: (g: Row) => Row, rt: Runtime): Batches {
  let out: Row[] = []
  for (const g of groups.values()) {
    out.push(finished(g))
    if (out.length === BATCH) {
      await pause(rt)
      yield out
      out = []
    }
  }
  if (out.length) yield out
}
