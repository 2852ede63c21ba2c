/** A cluster in one process: fragments run for real, shuffles are real blobs, jobs and stages are counted. */
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync, appendFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { BareEvent } from '../../engine/events/index.ts'
import type { DataType, Expression, JsonValue, LogicalPlan, Schema } from '../../engine/plans/contract.ts'
import { QueryRunner, type FileStatus, type PlanNode, type QueryEnv } from '../../engine/plans/driver.ts'
import { decodeRows, runMapTask, runResultTask, type FragmentCount, type FragmentIo, type PlanFragment, type Row } from '../../engine/plans/executor.ts'

export interface JobRecord {
  kind: 'map' | 'result'
  rdd: number
  /** Tasks run in the last stage. */
  tasks: number
  /** Tasks of each map stage that had to run first. */
  stages: number[]
  callSite: string
  properties: Record<string, string>
}

export class LocalCluster implements QueryEnv {
  conf: Record<string, string>
  defaultParallelism: number
  readonly jobs: JobRecord[] = []
  readonly events: BareEvent[] = []
  readonly nodes = new Map<number, { node: PlanNode; fragment: PlanFragment }>()
  readonly cache = new Map<string, Uint8Array>()
  readonly counts = new Map<FragmentCount, number>()
  readonly python = new Map<number, string[]>()
  readonly shuffles = new Map<number, Uint8Array[][]>()
  private readonly broadcasts: Row[][] = []
  private next = { rdd: 0, shuffle: 0, plan: 0, execution: 0, spill: 0 }
  /** Execution memory of each task, bytes. */
  memory = Infinity
  spills = 0
  readonly runner: QueryRunner
  readonly root: string

  constructor(conf: Record<string, string> = {}, parallelism = 4) {
    this.conf = conf
    this.defaultParallelism = parallelism
    this.root = mkdtempSync(join(tmpdir(), 'plans-'))
    this.runner = new QueryRunner(this)
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true })
  }

  file(name: string, text: string): string {
    const path = join(this.root, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }

  nextRddId = () => this.next.rdd++
  nextShuffleId = () => this.next.shuffle++
  nextPlanId = () => this.next.plan++
  nextExecutionId = () => this.next.execution++
  now = () => 1_706_700_000_000

  declare(node: PlanNode, fragment: PlanFragment): void {
    if (this.nodes.has(node.id)) throw new Error(`RDD ${node.id} declared twice`)
    for (const d of node.dependencies) if (!this.nodes.has(d.rdd) && !this.python.has(d.rdd)) throw new Error(`RDD ${node.id} depends on ${d.rdd}, which is not known`)
    // What crosses to an executor is JSON.
    this.nodes.set(node.id, { node, fragment: JSON.parse(JSON.stringify(fragment)) as PlanFragment })
  }

  /** Shuffles that an RDD reads, through its narrow parents. */
  private shufflesOf(rdd: number, into = new Map<number, number>()): Map<number, number> {
    for (const d of this.nodes.get(rdd)?.node.dependencies ?? []) {
      if (d.kind === 'shuffle') into.set(d.shuffleId, d.rdd)
      else this.shufflesOf(d.rdd, into)
    }
    return into
  }

  private async ensure(rdd: number, ran: number[]): Promise<void> {
    for (const [shuffleId, mapRdd] of this.shufflesOf(rdd)) {
      if (this.shuffles.has(shuffleId)) continue
      await this.ensure(mapRdd, ran)
      ran.push(await this.runMaps(mapRdd, shuffleId))
    }
  }

  private async runMaps(rdd: number, shuffleId: number): Promise<number> {
    const { node, fragment } = this.nodes.get(rdd)!
    const maps: Uint8Array[][] = []
    for (let p = 0; p < node.partitions; p++) maps.push(await runMapTask(fragment, p, this.io(p), this.accountant(), { killed: false }))
    this.shuffles.set(shuffleId, maps)
    return node.partitions
  }

  async runMapStage(rddId: number, shuffleId: number, callSite: string, properties: Record<string, string>) {
    const stages: number[] = []
    await this.ensure(rddId, stages)
    const tasks = await this.runMaps(rddId, shuffleId)
    this.jobs.push({ kind: 'map', rdd: rddId, tasks, stages, callSite, properties })
    const maps = this.shuffles.get(shuffleId)!
    return { bytesByReduce: (maps[0] ?? []).map((_, r) => maps.reduce((n, m) => n + m[r]!.length, 0)), maps: tasks }
  }

  async runJob(rddId: number, partitions: number[], callSite: string, properties: Record<string, string>) {
    const stages: number[] = []
    await this.ensure(rddId, stages)
    this.jobs.push({ kind: 'result', rdd: rddId, tasks: partitions.length, stages, callSite, properties })
    const out: Uint8Array[] = []
    for (const p of partitions) out.push(await runResultTask(this.nodes.get(rddId)!.fragment, p, this.io(p), this.accountant(), { killed: false }))
    return out
  }

  async broadcastRows(data: Uint8Array): Promise<number> {
    return this.broadcasts.push(decodeRows(data)) - 1
  }

  unpersist(rddId: number): void {
    for (const k of this.cache.keys()) if (k.startsWith(`${rddId}/`)) this.cache.delete(k)
  }

  post(event: BareEvent): void {
    this.events.push(event)
  }

  private accountant() {
    let left = this.memory
    return {
      acquire: async (bytes: number) => {
        const granted = Math.min(bytes, left)
        left -= granted
        return granted
      },
      release: (bytes: number) => void (left += bytes),
    }
  }

  io(partition: number): FragmentIo {
    const { shuffles, python, cache, broadcasts, counts } = this
    const spilled = () => this.spills++
    return {
      info: { host: 'localhost', executorId: '0', partition, stageId: 0, taskId: partition, attempt: 0 },
      async *readShuffle(shuffleId, from, to) {
        for (let r = from; r < to; r++) for (const m of shuffles.get(shuffleId)!) if (m[r]!.length) yield m[r]!
      },
      async *openFile(path, start, length) {
        for await (const c of createReadStream(path, { start, ...(Number.isFinite(length) ? { end: start + length - 1 } : {}), highWaterMark: 1 << 16 })) yield c as Uint8Array
      },
      pythonRows: async (rddId, p) => python.get(rddId)![p]!,
      cachedRows: async (rddId, p) => cache.get(`${rddId}/${p}`),
      putCached: async (rddId, p, data) => void cache.set(`${rddId}/${p}`, data),
      broadcastRows: async (id) => broadcasts[id]!,
      spillFile() {
        spilled()
        let chunks: Uint8Array[] = []
        return { write: async (d) => void chunks.push(d), read: async function* () { yield* chunks }, remove: async () => void (chunks = []) }
      },
      async createFile(path) {
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, '')
        return { write: async (d) => appendFileSync(path, d), close: async () => {} }
      },
      breathe: async () => {},
      count: (what, n) => void counts.set(what, (counts.get(what) ?? 0) + n),
    }
  }

  files = {
    list: async (path: string): Promise<FileStatus[] | null> => {
      if (!existsSync(path)) return null
      const s = statSync(path)
      if (s.isFile()) return [{ path, size: s.size }]
      return readdirSync(path, { recursive: true, withFileTypes: true }).filter((f) => f.isFile()).map((f) => join(f.parentPath, f.name)).sort().map((p) => ({ path: p, size: statSync(p).size }))
    },
    qualify: (path: string) => `file:${path}`,
    makeDirectory: async (path: string) => void mkdirSync(path, { recursive: true }),
    remove: async (path: string) => rmSync(path, { recursive: true, force: true }),
    move: async (from: string, to: string) => renameSync(from, to),
    writeFile: async (path: string, data: Uint8Array) => writeFileSync(path, data),
  }

  async rows(plan: LogicalPlan): Promise<JsonValue[][]> {
    return JSON.parse((await this.runner.collect(plan, { kind: 'collect' }, 'collect at test.py:1')).json) as JsonValue[][]
  }

  async count(plan: LogicalPlan): Promise<number> {
    return (JSON.parse((await this.runner.collect(plan, { kind: 'count' }, 'count at test.py:1')).json) as number[][])[0]![0]!
  }

  async take(plan: LogicalPlan, n: number): Promise<JsonValue[][]> {
    return JSON.parse((await this.runner.collect(plan, { kind: 'take', n }, 'take at test.py:1')).json) as JsonValue[][]
  }

  show(frame: Frame, n = 20, truncate = 20, vertical = false): Promise<string> {
    return this.runner.show(frame.plan, n, truncate, vertical, 'show at test.py:1')
  }
}

let nextPlan = 1

/** Plans the way Python builds them. */
export class Frame {
  readonly plan: LogicalPlan
  constructor(plan: Record<string, unknown>) {
    this.plan = { id: nextPlan++, ...plan } as LogicalPlan
  }
  get id(): number {
    return this.plan.id
  }
  col(name: string): Expression {
    return { expr: 'column', name, frame: this.plan.id }
  }
  select(...columns: (Expression | string)[]): Frame {
    return new Frame({ op: 'project', child: this.plan, columns: columns.map(toCol) })
  }
  filter(condition: Expression): Frame {
    return new Frame({ op: 'filter', child: this.plan, condition })
  }
  withColumn(name: string, value: Expression): Frame {
    return new Frame({ op: 'withColumns', child: this.plan, columns: [{ name, value }] })
  }
  groupBy(...grouping: (Expression | string)[]) {
    return { agg: (...aggregates: Expression[]) => new Frame({ op: 'aggregate', child: this.plan, grouping: grouping.map(toCol), aggregates }) }
  }
  orderBy(...order: (Expression | string)[]): Frame {
    return new Frame({ op: 'sort', child: this.plan, order: order.map((o) => (typeof o === 'string' ? asc(col(o)) : o)), global: true })
  }
  limit(n: number): Frame {
    return new Frame({ op: 'limit', child: this.plan, n })
  }
  join(other: Frame, on: unknown, how = 'inner'): Frame {
    return new Frame({ op: 'join', left: this.plan, right: other.plan, on: on === null ? null : Array.isArray(on) ? { using: on } : { condition: on }, how })
  }
  union(other: Frame): Frame {
    return new Frame({ op: 'union', left: this.plan, right: other.plan, byName: false, allowMissing: false })
  }
  repartition(partitions: number | undefined, ...by: Expression[]): Frame {
    return new Frame({ op: 'repartition', child: this.plan, ...(partitions === undefined ? {} : { partitions }), by, shuffle: true })
  }
  coalesce(partitions: number): Frame {
    return new Frame({ op: 'repartition', child: this.plan, partitions, by: [], shuffle: false })
  }
  with(op: string, more: Record<string, unknown>): Frame {
    return new Frame({ op, child: this.plan, ...more })
  }
}

const toCol = (c: Expression | string): Expression => (typeof c === 'string' ? (c === '*' ? { expr: 'star' } : col(c)) : c)

export const range = (start: number, end: number, step = 1, partitions?: number): Frame => new Frame({ op: 'range', start, end, step, ...(partitions ? { partitions } : {}) })

export function local(schema: Schema, rows: JsonValue[][], partitions = 2): Frame {
  const slices = Array.from({ length: partitions }, (_, i) => JSON.stringify(rows.slice(Math.floor((i * rows.length) / partitions), Math.floor(((i + 1) * rows.length) / partitions))))
  return new Frame({ op: 'local', schema, slices })
}

export const fields = (...list: [string, DataType][]): Schema => list.map(([name, dataType]) => ({ name, dataType, nullable: true }))
export const col = (name: string): Expression => ({ expr: 'column', name })

/** A Python value as a literal. */
export function lit(value: JsonValue, dataType?: DataType): Expression {
  const t: DataType = dataType ?? (value === null ? 'null' : typeof value === 'boolean' ? 'boolean' : typeof value === 'string' ? 'string' : Number.isInteger(value) ? (Math.abs(value as number) > 2147483647 ? 'long' : 'integer') : 'double')
  return { expr: 'literal', value, dataType: t }
}

const arg = (a: Expression | JsonValue): Expression => (a !== null && typeof a === 'object' && 'expr' in a ? (a as Expression) : lit(a))
export const call = (name: string, ...args: (Expression | JsonValue)[]): Expression => ({ expr: 'call', name, args: args.map(arg) })
export const distinct = (name: string, ...args: Expression[]): Expression => ({ expr: 'call', name, args, distinct: true })
export const as = (child: Expression, name: string): Expression => ({ expr: 'alias', child, name })
export const cast = (child: Expression | JsonValue, to: string | DataType): Expression => ({ expr: 'cast', child: arg(child), to })
export const asc = (child: Expression): Expression => ({ expr: 'sort', child, ascending: true, nulls: 'first' })
export const desc = (child: Expression): Expression => ({ expr: 'sort', child, ascending: false, nulls: 'last' })

/** Seeded numbers in [0, 1). */
export function randomNumbers(seed: number): () => number {
  let s = seed >>> 0
  return () => {
    s = (s + 0x6d2b79f5) | 0
    let t = Math.imul(s ^ (s >>> 15), 1 | s)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
