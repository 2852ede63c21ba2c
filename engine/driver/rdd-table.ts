import type { StorageLevel } from '../events/index.ts'
import type { RddCompute, RddDeclaration } from '../pyspark/contract.ts'
import type { Dependency, RddNode } from '../rules/types.ts'
import type { BinaryCompute, TaskBinary } from '../world/messages.ts'

/** How a node of the driver's table is computed: Python's RDDs, and stages of DataFrame plans. */
export type TableCompute = RddCompute | { kind: 'plan'; planId: number }

export interface TableEntry extends RddNode {
  compute: TableCompute
  /** Set by checkpoint(): what is to be done after the next job (§5.33, §5.34). */
  checkpoint?: 'marked' | 'marked-local' | 'done' | 'too-late'
  checkpointFile?: string
  /** Whether a job has run on it: a checkpoint asked for later never happens (§5.33). */
  wasRun?: boolean
}

/** The RDDs of one SparkContext. */
export class RddTable {
  readonly #entries = new Map<number, TableEntry>()
  readonly #reduces = new Map<number, number>()

  declare(rdd: RddDeclaration): void {
    if (this.#entries.has(rdd.id)) throw new Error(`RDD ${rdd.id} is declared twice`)
    this.add({ ...rdd })
  }

  add(entry: TableEntry): void {
    for (const dependency of entry.dependencies) if (dependency.kind === 'shuffle') this.#reduces.set(dependency.shuffleId, dependency.reduces)
    this.#entries.set(entry.id, entry)
  }

  /** Reduce partitions of a shuffle that some RDD reads. */
  /** Shuffles of the application so far. */
  shuffleIds(): number[] {
    return [...this.#reduces.keys()]
  }

  /** Shuffles an RDD's partitions come through, however far back. */
  shufflesBehind(rddId: number): number[] {
    return this.lineage(rddId).flatMap(({ dependencies }) => dependencies.flatMap((dependency) => (dependency.kind === 'shuffle' ? [dependency.shuffleId] : [])))
  }

  reduces(shuffleId: number): number {
    return this.#reduces.get(shuffleId) ?? 0
  }

  /** Throws when there is no such RDD. */
  get(id: number): TableEntry {
    const entry = this.#entries.get(id)
    if (entry === undefined) throw new Error(`There is no RDD ${id} in this application`)
    return entry
  }

  /** The RDD and everything it is made from, the RDD first. */
  lineage(id: number): TableEntry[] {
    const seen = new Map<number, TableEntry>()
    const queue = [id]
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (seen.has(next)) continue
      const entry = this.get(next)
      seen.set(next, entry)
      for (const dependency of entry.dependencies) queue.push(dependency.rdd)
    }
    return [...seen.values()]
  }

  /** Puts an RDD of its checkpoint, `checkpointId`, in the place of what an RDD is made from, as Spark does. */
  cut(id: number, checkpointId: number, callSite: string, directory: string, file: string | undefined): void {
    const entry = this.get(id)
    const { partitions } = entry
    this.add({ id: checkpointId, name: file === undefined ? 'LocalCheckpointRDD' : 'ReliableCheckpointRDD', partitions, callSite, dependencies: [], compute: { kind: 'checkpoint', directory }, wasRun: true })
    entry.dependencies = [{ kind: 'one-to-one', rdd: checkpointId }]
    // Its partitions are its one parent's.
    entry.compute = { kind: 'union' }
    entry.checkpoint = 'done'
    if (file !== undefined) entry.checkpointFile = file
  }

  /** What all tasks of a stage attempt share, and the bytes that go with it. */
  binary(
    stage: { rddId: number; stageId: number; stageAttempt: number; properties: Record<string, string>; epoch: number },
    work: TaskBinary['work'],
    plan: (planId: number) => unknown
  ): { binary: TaskBinary; blobs: Uint8Array[] } {
    const blobs: Uint8Array[] = []
    const plans: Record<string, unknown> = {}
    const nodes = this.withinStage(stage.rddId).map((entry) => {
      const node = {
        id: entry.id,
        name: entry.name,
        partitions: entry.partitions,
        dependencies: entry.dependencies,
        compute: flatten(entry.compute, blobs),
        ...(entry.storageLevel === undefined ? {} : { storageLevel: entry.storageLevel })
      }
      if (node.compute.kind === 'plan' || node.compute.kind === 'dataframe') plans[node.compute.planId] = plan(node.compute.planId)
      return node
    })
    return { binary: { id: `${stage.stageId}.${stage.stageAttempt}`, stageId: stage.stageId, stageAttempt: stage.stageAttempt, rddId: stage.rddId, epoch: stage.epoch, nodes, work, plans, properties: stage.properties }, blobs }
  }

  /** RDDs computed by tasks of the stage that ends in `rddId`: up to shuffles. */
  withinStage(rddId: number): TableEntry[] {
    const seen = new Map<number, TableEntry>()
    const queue = [rddId]
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (seen.has(next)) continue
      const entry = this.get(next)
      seen.set(next, entry)
      for (const dependency of entry.dependencies) if (dependency.kind !== 'shuffle') queue.push(dependency.rdd)
    }
    return [...seen.values()]
  }

  /** The slices of local data that a task for this partition reaches through narrow dependencies. */
  slicesFor(rddId: number, partition: number): { rddId: number; partition: number; data: Uint8Array }[] {
    const slices: { rddId: number; partition: number; data: Uint8Array }[] = []
    const seen = new Set<string>()
    const walk = (id: number, at: number): void => {
      const key = `${id}/${at}`
      if (seen.has(key)) return
      seen.add(key)
      const entry = this.get(id)
      if (entry.compute.kind === 'slices') {
        slices.push({ rddId: id, partition: at, data: entry.compute.slices[at] ?? new Uint8Array() })
        return
      }
      for (const dependency of entry.dependencies) for (const parent of parentPartitions(dependency, at)) walk(dependency.rdd, parent)
    }
    walk(rddId, partition)
    return slices
  }
}

/** Partitions of the parent that a narrow dependency needs for one partition of the child. */
export function parentPartitions(dependency: Dependency, partition: number): number[] {
  switch (dependency.kind) {
    case 'one-to-one':
      return [partition]
    case 'range': {
      const at = partition - dependency.outStart
      return at >= 0 && at < dependency.length ? [at + dependency.inStart] : []
    }
    case 'groups':
      return dependency.groups[partition] ?? []
    case 'shuffle':
      return []
  }
}

function flatten(compute: TableCompute, blobs: Uint8Array[]): BinaryCompute {
  switch (compute.kind) {
    case 'slices':
      return { kind: 'slices' }
    case 'python':
      blobs.push(compute.payload)
      return { kind: 'python', blob: blobs.length - 1 }
    case 'pairwise':
      blobs.push(compute.payload)
      return { kind: 'pairwise', blob: blobs.length - 1, reduces: compute.reduces }
    default:
      return compute
  }
}

/** toDebugString of RDD (§11.14). The root's storage level stands on every line, as Spark has it. */
export function debugString(table: RddTable, rddId: number, cachedPartitions: (rddId: number) => { count: number; memory: number; disk: number }): string {
  const root = table.get(rddId)
  const level = root.storageLevel === undefined ? '' : levelText(root.storageLevel)
  const describe = (entry: TableEntry): string[] => {
    const text = `${entry.label === undefined ? '' : `${entry.label} `}${entry.name}[${entry.id}] at ${entry.callSite} [${level}]`
    const { count, memory, disk } = entry.storageLevel === undefined ? { count: 0, memory: 0, disk: 0 } : cachedPartitions(entry.id)
    return count === 0 ? [text] : [text, `    CachedPartitions: ${count}; MemorySize: ${sizeText(memory)}; DiskSize: ${sizeText(disk)}`]
  }
  /** The stroke below a `(n)`, under the middle of it. */
  const stroke = (count: string): string => {
    const left = Math.floor((count.length - 1) / 2)
    return `${' '.repeat(left)}|${' '.repeat(count.length - left)}`
  }
  const children = (entry: TableEntry, prefix: string): string[] => {
    const last = entry.dependencies.length - 1
    return entry.dependencies.flatMap((dependency, i) => print(table.get(dependency.rdd), prefix, dependency.kind === 'shuffle', i === last))
  }
  const print = (entry: TableEntry, prefix: string, shuffle: boolean, isLast: boolean): string[] => {
    if (!shuffle) return [...describe(entry).map((line) => prefix + line), ...children(entry, prefix)]
    const count = `(${entry.partitions})`
    const here = prefix.replace(/\|\s+$/, '')
    const below = `${here}${isLast ? '  ' : '| '}${stroke(count)}`
    const [first, ...rest] = describe(entry)
    return [`${here}+-${count} ${first}`, ...rest.map((line) => below + line), ...children(entry, below)]
  }
  const count = `(${root.partitions})`
  const below = stroke(count)
  const [first, ...rest] = describe(root)
  return [`${count} ${first}`, ...rest.map((line) => `${below} ${line}`), ...children(root, below)].join('\n')
}

/** `Memory Serialized 1x Replicated`, as Spark describes a level. */
export function levelText(level: StorageLevel): string {
  const parts: string[] = []
  if (level['Use Disk']) parts.push('Disk')
  if (level['Use Memory']) parts.push('Memory')
  if (level['Use Off Heap']) parts.push('(off heap)')
  parts.push(level.Deserialized ? 'Deserialized' : 'Serialized', `${level.Replication}x Replicated`)
  return parts.join(' ')
}

function sizeText(bytes: number): string {
  if (bytes >= 2 * 2 ** 20) return `${(bytes / 2 ** 20).toFixed(1)} MiB`
  if (bytes >= 2 * 2 ** 10) return `${(bytes / 2 ** 10).toFixed(1)} KiB`
  return `${bytes.toFixed(1)} B`
}
