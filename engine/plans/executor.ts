/** What an executor needs to run a stage of a DataFrame plan. */
import type { FragmentIo, FragmentMemory, FragmentOp, KillSignal, PlanFragment, Row, ShuffleSpec } from './fragment.ts'
import { encodeRows, BATCH } from './codec.ts'
import { positiveMod, rowHasher } from './expr/hash.ts'
import { aggregate } from './run/aggregate.ts'
import { files, infer, write } from './run/files.ts'
import { cartesian, join } from './run/join.ts'
import { coalesce, filter, generate, limit, project, sample, union } from './run/narrow.ts'
import { Account, compileAll, pause, typesOf, type Batches, type Runtime } from './run/runtime.ts'
import { keyComparator, sampleKeys, sort, topN } from './run/sort.ts'
import { broadcast, cached, local, python, range, shuffle } from './run/sources.ts'
import { fromJson, rowsToJson } from './values.ts'

export type * from './fragment.ts'
export { FragmentKilled } from './fragment.ts'
export { SparkOutOfMemoryError, SparkRuntimeError } from './errors.ts'
export { countRows, decodeRows, encodeRows } from './codec.ts'

function dispatch(op: FragmentOp, partition: number, rt: Runtime): Batches {
  switch (op.op) {
    case 'range': return range(op, partition, rt)
    case 'local': return local(op, partition, rt)
    case 'python': return python(op, partition, rt)
    case 'empty': return nothing()
    case 'files': return files(op, partition, rt)
    case 'shuffle': return shuffle(op, partition, rt)
    case 'cached': return cached(op, partition, rt)
    case 'project': return project(op, partition, rt)
    case 'filter': return filter(op, partition, rt)
    case 'aggregate': return aggregate(op, partition, rt)
    case 'sort': return sort(op, partition, rt)
    case 'limit': return limit(op, partition, rt)
    case 'topN': return topN(op, partition, rt)
    case 'join': return join(op, partition, rt)
    case 'broadcast': return broadcast(op, rt)
    case 'cartesian': return cartesian(op, partition, rt)
    case 'union': return union(op, partition, rt)
    case 'coalesce': return coalesce(op, partition, rt)
    case 'sample': return sample(op, partition, rt)
    case 'generate': return generate(op, partition, rt)
    case 'sampleKeys': return sampleKeys(op, partition, rt)
    case 'infer': return infer(op, partition, rt)
    case 'write': return write(op, partition, rt)
  }
}

async function* nothing(): Batches {}

function runtime(fragment: PlanFragment, io: FragmentIo, memory: FragmentMemory, signal: KillSignal): Runtime {
  let file = ''
  const now = Number(fragment.conf['kindling.query.now'] ?? 0) * 1000
  const rt: Runtime = { io, memory, signal, conf: fragment.conf, task: (partition) => ({ partition, file: () => file, now }), setFile: (path) => void (file = path), run: (op, partition) => dispatch(op, partition, rt) }
  return rt
}

/** Rows of one partition, in batches of at most a few thousand. Ends early with FragmentKilled when `signal.killed` is set. */
export function runFragment(fragment: PlanFragment, partition: number, io: FragmentIo, memory: FragmentMemory, signal: KillSignal): AsyncGenerator<Row[]> {
  const rt = runtime(fragment, io, memory, signal)
  return rt.run(fragment.root, partition)
}

/** A result task: the rows of one partition, encoded. */
export async function runResultTask(fragment: PlanFragment, partition: number, io: FragmentIo, memory: FragmentMemory, signal: KillSignal): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const batch of runFragment(fragment, partition, io, memory, signal)) parts.push(encodeRows(batch))
  return concat(parts)
}

/** Rows of one partition as the JSON array of arrays that Python reads. */
export async function fragmentRowsToJson(fragment: PlanFragment, partition: number, io: FragmentIo, memory: FragmentMemory, signal: KillSignal): Promise<string> {
  const types = typesOf(fragment.root.output)
  const parts: string[] = []
  for await (const batch of runFragment(fragment, partition, io, memory, signal)) parts.push(rowsToJson(batch, types).slice(1, -1))
  return `[${parts.filter((p) => p !== '').join(',')}]`
}

/** A map task: the encoded rows for each reduce partition. The fragment must have a `shuffle`. */
export async function runMapTask(fragment: PlanFragment, partition: number, io: FragmentIo, memory: FragmentMemory, signal: KillSignal): Promise<Uint8Array[]> {
  const spec = fragment.shuffle
  if (!spec) throw new Error(`Plan ${fragment.planId} writes no shuffle`)
  const rt = runtime(fragment, io, memory, signal)
  const reduces = spec.kind === 'single' ? 1 : spec.reduces
  const bucketOf = partitioner(spec, fragment.root, rt, partition)
  const buckets: Row[][] = Array.from({ length: reduces }, () => [])
  const done: Uint8Array[][] = buckets.map(() => [])
  const account = new Account(rt)
  const flush = async () => {
    for (let r = 0; r < reduces; r++) {
      if (!buckets[r]!.length) continue
      done[r]!.push(encodeRows(buckets[r]!))
      buckets[r] = []
    }
    account.free()
    await pause(rt)
  }
  try {
    for await (const batch of rt.run(fragment.root, partition)) {
      for (let i = 0; i < batch.length; i++) {
        const row = batch[i]!
        const r = bucketOf(row)
        const bucket = buckets[r]!
        bucket.push(row)
        account.row(row)
        if (bucket.length >= BATCH) {
          done[r]!.push(encodeRows(bucket))
          buckets[r] = []
        }
      }
      io.count('shuffle-write-records', batch.length)
      // Encoded rows are small: being refused memory means encoding what there is, sooner.
      if (account.used > 32 << 20 || (account.short && !(await account.cover()))) await flush()
    }
    await flush()
  } finally {
    account.free()
  }
  return done.map(concat)
}

/** Which reduce partition a row goes to, as Spark's partitionings decide. */
function partitioner(spec: ShuffleSpec, root: FragmentOp, rt: Runtime, partition: number): (row: Row) => number {
  if (spec.kind === 'single') return () => 0
  const n = spec.reduces
  if (spec.kind === 'round-robin') {
    let next = partition % n
    return () => (next = (next + 1) % n)
  }
  if (spec.kind === 'hash') {
    const keys = compileAll(spec.keys, root.output, rt, partition)
    const hash = rowHasher(spec.keys.map((k) => k.type))
    const values = new Array<unknown>(keys.length)
    return (row) => {
      for (let i = 0; i < keys.length; i++) values[i] = keys[i]!(row)
      return positiveMod(hash(values), n)
    }
  }
  const keys = compileAll(spec.order.map((k) => k.expr), root.output, rt, partition)
  const bounds = spec.bounds.map((b) => b.map((v, i) => fromJson(v, spec.order[i]!.expr.type)))
  const compare = keyComparator(spec.order)
  return (row) => {
    const key = keys.map((k) => k(row))
    let low = 0
    let high = bounds.length
    while (low < high) {
      const mid = (low + high) >> 1
      if (compare(key, bounds[mid]!) > 0) low = mid + 1
      else high = mid
    }
    return low
  }
}

/** One blob of several. */
export function concat(parts: Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of parts) {
    out.set(p, at)
    at += p.length
  }
  return out
}
