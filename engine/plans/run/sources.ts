/** Leaves of a fragment that are not files: ranges, local rows, rows from Python, shuffles, broadcasts, cached blocks. */
import type { FragmentOp, Row } from '../fragment.ts'
import { BATCH, decodeBatches, encodeRows } from '../codec.ts'
import { long, rowsFromJson, type Long } from '../values.ts'
import { pause, typesOf, type Batches, type Runtime } from './runtime.ts'

type Op<K extends FragmentOp['op']> = Extract<FragmentOp, { op: K }>

/** Partition i of k holds the elements floor(i·n/k) to floor((i+1)·n/k) (§10.7). */
export async function* range(op: Op<'range'>, partition: number, rt: Runtime): Batches {
  const [start, step, count, k] = [BigInt(op.start), BigInt(op.step), BigInt(op.count), BigInt(op.partitions)]
  const first = (BigInt(partition) * count) / k
  const end = (BigInt(partition + 1) * count) / k
  const low = start + first * step
  const high = start + (end - 1n) * step
  const safe = typeof long(low) === 'number' && typeof long(high) === 'number' && typeof long(step) === 'number'
  const n = Number(end - first)
  for (let i = 0; i < n; i += BATCH) {
    await pause(rt)
    const size = Math.min(BATCH, n - i)
    const out = new Array<Row>(size)
    if (safe) {
      const [s, by] = [Number(low), Number(step)]
      for (let j = 0; j < size; j++) out[j] = [s + (i + j) * by]
    } else for (let j = 0; j < size; j++) out[j] = [long(low + BigInt(i + j) * step) satisfies Long]
    rt.io.count('input-records', size)
    yield out
  }
}

async function* inBatches(rows: Row[], rt: Runtime): Batches {
  for (let i = 0; i < rows.length; i += BATCH) {
    await pause(rt)
    yield rows.length <= BATCH ? rows : rows.slice(i, i + BATCH)
  }
}

export async function* local(op: Op<'local'>, partition: number, rt: Runtime): Batches {
  yield* inBatches(rowsFromJson(op.slices[partition] ?? '[]', typesOf(op.output)), rt)
}

export async function* python(op: Op<'python'>, partition: number, rt: Runtime): Batches {
  yield* inBatches(rowsFromJson(await rt.io.pythonRows(op.rddId, partition), typesOf(op.output)), rt)
}

export async function* shuffle(op: Op<'shuffle'>, partition: number, rt: Runtime): Batches {
  const [from, to] = op.reads[partition]!
  // Bucket blobs may hold few rows each: they are gathered to whole batches.
  let out: Row[] = []
  for await (const blob of rt.io.readShuffle(op.shuffleId, from, to)) {
    for (const batch of decodeBatches(blob)) {
      rt.io.count('shuffle-read-records', batch.length)
      if (batch.length >= BATCH / 2 && out.length === 0) {
        await pause(rt)
        yield batch
        continue
      }
      for (const row of batch) out.push(row)
      if (out.length >= BATCH) {
        await pause(rt)
        yield out
        out = []
      }
    }
  }
  if (out.length) yield out
}

export async function* broadcast(op: Op<'broadcast'>, rt: Runtime): Batches {
  yield* inBatches(await rt.io.broadcastRows(op.id), rt)
}

/** A partition of a cached plan: its block, or what makes it, which is then put in the block store. */
export async function* cached(op: Op<'cached'>, partition: number, rt: Runtime): Batches {
  const block = await rt.io.cachedRows(op.rddId, partition)
  if (block) {
    for (const batch of decodeBatches(block)) {
      await pause(rt)
      yield batch
    }
    return
  }
  const rows: Row[] = []
  for await (const batch of rt.run(op.child, partition)) for (const r of batch) rows.push(r)
  await rt.io.putCached(op.rddId, partition, encodeRows(rows))
  yield* inBatches(rows, rt)
}
