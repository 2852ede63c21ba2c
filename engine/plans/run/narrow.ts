/** Operators that turn batches into batches: project, filter, limit, sample, explode, union, coalesce. */
import type { FragmentOp, Row } from '../fragment.ts'
import { BATCH } from '../codec.ts'
import { XorShiftRandom } from '../expr/random.ts'
import { compileAll, type Batches, type Runtime } from './runtime.ts'

type Op<K extends FragmentOp['op']> = Extract<FragmentOp, { op: K }>

export async function* project(op: Op<'project'>, partition: number, rt: Runtime): Batches {
  const cols = compileAll(op.columns, op.child.output, rt, partition)
  const n = cols.length
  const [first] = cols
  for await (const batch of rt.run(op.child, partition)) {
    const out = new Array<Row>(batch.length)
    if (n === 1) for (let i = 0; i < batch.length; i++) out[i] = [first!(batch[i]!)]
    else {
      for (let i = 0; i < batch.length; i++) {
        const row = batch[i]!
        const r = new Array<unknown>(n)
        for (let c = 0; c < n; c++) r[c] = cols[c]!(row)
        out[i] = r
      }
    }
    yield out
  }
}

export async function* filter(op: Op<'filter'>, partition: number, rt: Runtime): Batches {
  const [condition] = compileAll([op.condition], op.child.output, rt, partition)
  for await (const batch of rt.run(op.child, partition)) {
    const out: Row[] = []
    for (const row of batch) if (condition!(row) === true) out.push(row)
    if (out.length) yield out
  }
}

export async function* limit(op: Op<'limit'>, partition: number, rt: Runtime): Batches {
  if (op.tail) {
    let last: Row[] = []
    for await (const batch of rt.run(op.child, partition)) last = last.concat(batch).slice(-op.n)
    if (last.length && op.n > 0) yield last
    return
  }
  let left = op.n
  if (left <= 0) return
  for await (const batch of rt.run(op.child, partition)) {
    if (batch.length >= left) {
      yield batch.slice(0, left)
      return
    }
    left -= batch.length
    yield batch
  }
}

export async function* sample(op: Op<'sample'>, partition: number, rt: Runtime): Batches {
  const random = new XorShiftRandom(BigInt(op.seed) + BigInt(partition))
  const enough = Math.exp(-op.fraction)
  for await (const batch of rt.run(op.child, partition)) {
    const out: Row[] = []
    for (const row of batch) {
      if (!op.withReplacement) {
        if (random.nextDouble() < op.fraction) out.push(row)
        continue
      }
      for (let p = random.nextDouble(); p > enough; p *= random.nextDouble()) out.push(row)
    }
    if (out.length) yield out
  }
}

export async function* generate(op: Op<'generate'>, partition: number, rt: Runtime): Batches {
  const [source, ...kept] = compileAll([op.generator, ...op.required.map((a) => ({ k: 'attr' as const, id: a.id, name: a.name, type: a.dataType, nullable: a.nullable }))], op.child.output, rt, partition)
  const t = op.generator.type
  const isMap = typeof t === 'object' && t.type === 'map'
  const width = (op.position ? 1 : 0) + (isMap ? 2 : 1)
  let out: Row[] = []
  for await (const batch of rt.run(op.child, partition)) {
    for (const row of batch) {
      const list = source!(row) as unknown[] | null
      const head = kept.map((k) => k(row))
      if (list === null || list.length === 0) {
        if (op.outer) out.push([...head, ...new Array<null>(width).fill(null)])
        continue
      }
      for (let i = 0; i < list.length; i++) {
        const tail = isMap ? (list[i] as unknown[]) : [list[i]]
        out.push(op.position ? [...head, i, ...tail] : [...head, ...tail])
      }
      if (out.length >= BATCH) {
        yield out
        out = []
      }
    }
  }
  if (out.length) yield out
}

export async function* union(op: Op<'union'>, partition: number, rt: Runtime): Batches {
  let p = partition
  for (const c of op.children) {
    if (p < c.partitions) {
      yield* rt.run(c.child, p)
      return
    }
    p -= c.partitions
  }
}

export async function* coalesce(op: Op<'coalesce'>, partition: number, rt: Runtime): Batches {
  for (const p of op.groups[partition] ?? []) yield* rt.run(op.child, p)
}
