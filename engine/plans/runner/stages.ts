/** Physical plans to stages: fragments, the RDD nodes the schedulers see, the small jobs that planning needs. */
import type { StorageLevel } from '../../events/index.ts'
import type { Dependency } from '../../rules/types.ts'
import { encodeRows, decodeRows } from '../codec.ts'
import type { PlanNode, QueryEnv } from '../env.ts'
import type { FragmentOp, PlanFragment, Row, ShuffleSpec } from '../fragment.ts'
import type { Resolved } from '../resolved.ts'
import { toAttribute } from '../analyze/nodes.ts'
import { givesStates } from '../run/aggregate.ts'
import { stepOutput } from '../plan/aggregates.ts'
import { nodeName } from '../plan/explain.ts'
import type { Exchange, Physical } from '../plan/physical.ts'
import { schemaOf } from '../types.ts'
import { toJson } from '../values.ts'
import type { CacheEntry } from './cache.ts'
import { rangeBounds } from './range-bounds.ts'

/** An RDD not yet declared. */
interface Rdd {
  name: string
  scope: string
  partitions: number
  parents: { rdd: Rdd | number; dep: (id: number) => Dependency }[]
  /** Already known to the scheduler. */
  id?: number
}

export interface Stage {
  op: FragmentOp
  partitions: number
  rdd: Rdd
}

export interface Shuffle {
  shuffleId: number
  mapRdd: number
  maps: number
  reduces: number
}

export interface StageContext {
  env: QueryEnv
  /** Settings the fragment carries. */
  conf: Record<string, string>
  callSite: string
  properties: Record<string, string>
  cache(key: string): CacheEntry | undefined
}

const oneToOne = (rdd: Rdd | number): Rdd['parents'][number] => ({ rdd, dep: (id) => ({ kind: 'one-to-one', rdd: id }) })

/** Lowers the stages of one query. Shuffles and broadcasts are made once for each exchange. */
export class Stages {
  private readonly c: StageContext
  private readonly shuffles = new Map<Exchange, Promise<Shuffle>>()
  private readonly broadcasts = new Map<Physical, Promise<number>>()
  /** What each run shuffle holds for its reduce partitions, bytes. */
  readonly sizes = new Map<Exchange, number[]>()

  constructor(c: StageContext) {
    this.c = c
  }

  /** The stage that a plan's last operators make. */
  async lower(p: Physical): Promise<Stage> {
    switch (p.op) {
      case 'Range': {
        if (p.count === 0n) return this.stage({ op: 'empty', output: p.output }, 0, { name: 'EmptyRDD', scope: 'Range', partitions: 0, parents: [] })
        const source: Rdd = { name: 'ParallelCollectionRDD', scope: 'Range', partitions: p.partitions, parents: [] }
        return this.stage({ op: 'range', start: p.start.toString(), step: p.step.toString(), count: p.count.toString(), partitions: p.partitions, output: p.output }, p.partitions, { name: 'MapPartitionsRDD', scope: 'Range', partitions: p.partitions, parents: [oneToOne(source)] })
      }
      case 'ExistingRDD': {
        const { partitions } = p
        if (p.slices) {
          const source: Rdd = { name: 'ParallelCollectionRDD', scope: 'parallelize', partitions, parents: [] }
          return this.stage({ op: 'local', slices: p.slices, output: p.output }, partitions, { name: 'MapPartitionsRDD', scope: 'Scan ExistingRDD', partitions, parents: [oneToOne(source)] })
        }
        return this.stage({ op: 'python', rddId: p.rddId!, partitions, output: p.output }, partitions, { name: 'MapPartitionsRDD', scope: 'Scan ExistingRDD', partitions, parents: [oneToOne(p.rddId!)] })
      }
      case 'FileScan': {
        const partitions = p.splits.length
        return this.stage({ op: 'files', format: p.format, options: p.options, schema: p.schema, partitions: p.splits, output: p.output }, partitions, { name: 'FileScanRDD', scope: `Scan ${p.format}`, partitions, parents: [] })
      }
      case 'InMemoryTableScan': return this.cached(p)
      case 'Project': return this.over(await this.lower(p.child), (child) => ({ op: 'project', child, columns: p.columns, output: p.output }))
      case 'Filter': return this.over(await this.lower(p.child), (child) => ({ op: 'filter', child, condition: p.condition, output: p.output }))
      case 'HashAggregate': return this.aggregate(p)
      case 'Sort': return this.over(await this.lower(p.child), (child) => ({ op: 'sort', child, order: p.order, output: p.output }))
      case 'LocalLimit':
      case 'GlobalLimit': return this.over(await this.lower(p.child), (child) => ({ op: 'limit', child, n: p.n, output: p.output }))
      case 'CollectTail': return this.over(await this.lower(p.child), (child) => ({ op: 'limit', child, n: p.n, tail: true, output: p.output }))
      case 'Sample': return this.over(await this.lower(p.child), (child) => ({ op: 'sample', child, fraction: p.fraction, seed: p.seed, withReplacement: p.withReplacement, output: p.output }), 'PartitionwiseSampledRDD', 'Sample')
      case 'Generate': return this.over(await this.lower(p.child), (child) => ({ op: 'generate', child, generator: p.generator.child, outer: p.generator.outer, position: p.generator.fn === 'posexplode', required: p.required, output: p.output }))
      case 'Exchange': return this.read(p, await this.shuffle(p), null)
      case 'ShuffleQueryStage': return this.read(p.child, await this.shuffle(p.child), null)
      case 'AQEShuffleRead': {
        const exchange = (p.child as Extract<Physical, { op: 'ShuffleQueryStage' }>).child
        return this.read(exchange, await this.shuffle(exchange), p.reads)
      }
      case 'SortMergeJoin': return this.zipped(p)
      case 'BroadcastHashJoin':
      case 'BroadcastNestedLoopJoin': return this.broadcastJoin(p)
      case 'CartesianProduct': {
        const [left, right] = [await this.lower(p.left), await this.lower(p.right)]
        const n = right.partitions
        const partitions = left.partitions * n
        const groups = (f: (i: number) => number) => Array.from({ length: partitions }, (_, i) => [f(i)])
        const rdd: Rdd = { name: 'UnsafeCartesianRDD', scope: 'CartesianProduct', partitions, parents: [{ rdd: left.rdd, dep: (id) => ({ kind: 'groups', rdd: id, groups: groups((i) => Math.floor(i / n)) }) }, { rdd: right.rdd, dep: (id) => ({ kind: 'groups', rdd: id, groups: groups((i) => i % n) }) }] }
        return this.stage({ op: 'cartesian', left: left.op, right: right.op, rightPartitions: n, ...(p.condition ? { condition: p.condition } : {}), output: p.output }, partitions, rdd)
      }
      case 'Union': {
        const parts: Stage[] = []
        for (const c of p.children) parts.push(await this.lower(c))
        let at = 0
        const parents = parts.map((s) => {
          const outStart = at
          at += s.partitions
          return { rdd: s.rdd, dep: (id: number): Dependency => ({ kind: 'range', rdd: id, inStart: 0, outStart, length: s.partitions }) }
        })
        return this.stage({ op: 'union', children: parts.map((s) => ({ child: s.op, partitions: s.partitions })), output: p.output }, at, { name: 'UnionRDD', scope: 'Union', partitions: at, parents })
      }
      case 'Coalesce': {
        const child = await this.lower(p.child)
        const n = child.partitions
        const partitions = Math.min(p.partitions, n)
        const groups = Array.from({ length: partitions }, (_, i) => {
          const from = Math.floor((i * n) / partitions)
          return Array.from({ length: Math.floor(((i + 1) * n) / partitions) - from }, (_x, k) => from + k)
        })
        return this.stage({ op: 'coalesce', child: child.op, groups, output: p.output }, partitions, { name: 'CoalescedRDD', scope: `Coalesce`, partitions, parents: [{ rdd: child.rdd, dep: (id) => ({ kind: 'groups', rdd: id, groups }) }] })
      }
      case 'CollectLimit': {
        // Not at the top: some of each partition, then some of those in one.
        const limit = (s: Stage): Stage => this.over(s, (c) => ({ op: 'limit', child: c, n: p.n, output: p.output }))
        const local = limit(await this.lower(p.child))
        return local.partitions < 2 ? local : limit(this.readOf(await this.mapStage(local, { kind: 'single' }, 1), [[0, 1]], p.output, 'CollectLimit'))
      }
      case 'TakeOrderedAndProject': {
        // Not at the top: the best of each partition, then the best of those in one.
        const child = await this.lower(p.child)
        const local = this.over(child, (c) => ({ op: 'topN', child: c, order: p.order, n: p.n, output: p.child.output }))
        const shuffle = await this.mapStage(local, { kind: 'single' }, 1)
        const read = this.readOf(shuffle, [[0, 1]], p.child.output, 'TakeOrderedAndProject')
        const top = this.over(read, (c) => ({ op: 'topN', child: c, order: p.order, n: p.n, output: p.child.output }))
        return this.over(top, (c) => ({ op: 'project', child: c, columns: p.columns, output: p.output }))
      }
      case 'BroadcastExchange':
      case 'BroadcastQueryStage': throw new Error('A broadcast is read by its join')
    }
  }

  private stage(op: FragmentOp, partitions: number, rdd: Rdd): Stage {
    return { op, partitions, rdd }
  }

  /** One more operator in the same stage; operators that Spark fuses share an RDD. */
  over(s: Stage, make: (child: FragmentOp) => FragmentOp, name = 'MapPartitionsRDD', scope = 'WholeStageCodegen'): Stage {
    const fused = s.rdd.scope === scope && s.rdd.id === undefined
    return { op: make(s.op), partitions: s.partitions, rdd: fused ? s.rdd : { name, scope, partitions: s.partitions, parents: [oneToOne(s.rdd)] } }
  }

  private async aggregate(p: Extract<Physical, { op: 'HashAggregate' }>): Promise<Stage> {
    const keys = p.keys.map(toAttribute)
    const states = givesStates(p.mode)
    const step = stepOutput(keys, p.calls, states)
    const scope = nodeName(p) === 'HashAggregate' ? 'WholeStageCodegen' : 'ObjectHashAggregate'
    const aggregated = this.over(await this.lower(p.child), (child) => ({ op: 'aggregate', child, grouping: p.keys, calls: p.calls, mode: p.mode, output: step }), 'MapPartitionsRDD', scope)
    if (!p.results) return aggregated
    const same = p.results.length === step.length && p.results.every((r, i) => r.k === 'attr' && r.id === step[i]!.id)
    return same ? aggregated : this.over(aggregated, (child) => ({ op: 'project', child, columns: p.results!, output: p.output }), 'MapPartitionsRDD', scope)
  }

  private async zipped(p: Extract<Physical, { op: 'SortMergeJoin' }>): Promise<Stage> {
    const [left, right] = [await this.lower(p.left), await this.lower(p.right)]
    if (left.partitions !== right.partitions) throw new Error(`Can't zip RDDs with unequal numbers of partitions: List(${left.partitions}, ${right.partitions})`)
    const rdd: Rdd = { name: 'ZippedPartitionsRDD2', scope: 'SortMergeJoin', partitions: left.partitions, parents: [oneToOne(left.rdd), oneToOne(right.rdd)] }
    return this.stage({ op: 'join', strategy: 'sort-merge', left: left.op, right: right.op, leftKeys: p.leftKeys, rightKeys: p.rightKeys, how: p.how, ...(p.condition ? { condition: p.condition } : {}), build: 'right', output: p.output }, left.partitions, rdd)
  }

  private async broadcastJoin(p: Extract<Physical, { op: 'BroadcastHashJoin' | 'BroadcastNestedLoopJoin' }>): Promise<Stage> {
    const [buildPlan, streamPlan] = p.build === 'left' ? [p.left, p.right] : [p.right, p.left]
    const id = await this.broadcast(buildPlan.op === 'BroadcastQueryStage' ? buildPlan.child : buildPlan)
    const stream = await this.lower(streamPlan)
    const built: FragmentOp = { op: 'broadcast', id, output: buildPlan.output }
    const hash = p.op === 'BroadcastHashJoin'
    return this.over(stream, (s) => ({ op: 'join', strategy: hash ? 'hash' : 'nested-loop', left: p.build === 'left' ? built : s, right: p.build === 'left' ? s : built, leftKeys: hash ? p.leftKeys : [], rightKeys: hash ? p.rightKeys : [], how: p.how, ...(p.condition ? { condition: p.condition } : {}), build: p.build, output: p.output }))
  }

  /** Collects a small side in a job of its own and hands it out (§10.9, broadcast join). */
  broadcast(p: Physical): Promise<number> {
    let made = this.broadcasts.get(p)
    if (!made) {
      made = (async () => {
        const child = p.op === 'BroadcastExchange' ? p.child : p
        const rows = await this.collect(await this.lower(child))
        return this.c.env.broadcastRows(encodeRows(rows.flat()))
      })()
      this.broadcasts.set(p, made)
    }
    return made
  }

  private async cached(p: Extract<Physical, { op: 'InMemoryTableScan' }>): Promise<Stage> {
    const entry = this.c.cache(p.key)
    if (!entry) return this.lower(p.child)
    entry.source ??= this.cachedRdd(p, entry)
    const { rddId, stage } = await entry.source
    // The columns of this use may have other expression ids than the plan that was cached; they stand in the same places.
    const op: FragmentOp = { op: 'cached', rddId, child: stage.op, output: p.relation }
    return { op, partitions: stage.partitions, rdd: { name: 'MapPartitionsRDD', scope: 'InMemoryTableScan', partitions: stage.partitions, parents: [oneToOne(rddId)] } }
  }

  private async cachedRdd(p: Extract<Physical, { op: 'InMemoryTableScan' }>, entry: CacheEntry): Promise<{ rddId: number; stage: Stage }> {
    const stage = await this.lower(p.child)
    const rddId = this.c.env.nextRddId()
    entry.rddId = rddId
    const op: FragmentOp = { op: 'cached', rddId, child: stage.op, output: entry.output }
    const rdd: Rdd = { name: 'MapPartitionsRDD', scope: 'InMemoryTableScan', partitions: stage.partitions, parents: [oneToOne(stage.rdd)] }
    this.declare({ op, partitions: stage.partitions, rdd }, undefined, { id: rddId, storageLevel: entry.level })
    return { rddId, stage }
  }

  /** Declares a stage's RDDs, its last one with the fragment that makes its rows; answers the last one's id. */
  declare(s: Stage, shuffle?: ShuffleSpec, top: { id?: number; storageLevel?: StorageLevel } = {}): { rddId: number; planId: number; fragment: PlanFragment } {
    const { env, conf, callSite } = this.c
    const planId = env.nextPlanId()
    const fragment: PlanFragment = { planId, root: s.op, ...(shuffle ? { shuffle } : {}), conf, schema: schemaOf(s.op.output) }
    const visit = (r: Rdd): number => {
      if (r.id !== undefined) return r.id
      const dependencies = r.parents.map((x) => x.dep(typeof x.rdd === 'number' ? x.rdd : visit(x.rdd)))
      const last = r === s.rdd
      r.id = last && top.id !== undefined ? top.id : env.nextRddId()
      const node: PlanNode = { id: r.id, name: r.name, partitions: r.partitions, callSite, scope: r.scope, dependencies, compute: { kind: 'plan', planId }, ...(last && top.storageLevel ? { storageLevel: top.storageLevel } : {}) }
      env.declare(node, fragment)
      return r.id
    }
    return { rddId: visit(s.rdd), planId, fragment }
  }

  /** An exchange's map side, declared once; the job that runs it is started elsewhere. */
  shuffle(e: Exchange): Promise<Shuffle> {
    let made = this.shuffles.get(e)
    if (!made) {
      made = (async () => {
        const child = await this.lower(e.child)
        const { spec, reduces } = await this.spec(e, child)
        return this.mapStage(child, spec, reduces)
      })()
      this.shuffles.set(e, made)
    }
    return made
  }

  private async spec(e: Exchange, child: Stage): Promise<{ spec: ShuffleSpec; reduces: number }> {
    const p = e.partitioning
    switch (p.kind) {
      case 'single': return { spec: { kind: 'single' }, reduces: 1 }
      case 'hash': return { spec: { kind: 'hash', keys: p.keys, reduces: p.partitions }, reduces: p.partitions }
      case 'round-robin': return { spec: { kind: 'round-robin', reduces: p.partitions }, reduces: p.partitions }
      case 'range': {
        const bounds = p.partitions <= 1 ? [] : await this.sample(child, p.order, p.partitions)
        const reduces = bounds.length + 1
        return { spec: { kind: 'range', order: p.order, reduces, bounds: bounds.map((b) => b.map((v, i) => toJson(v, p.order[i]!.expr.type))) }, reduces }
      }
      case 'unknown': throw new Error('An exchange needs a partitioning')
    }
  }

  /** The job that samples sort keys before a range exchange (§10.9, orderBy). */
  private async sample(child: Stage, order: Extract<Exchange['partitioning'], { kind: 'range' }>['order'], partitions: number): Promise<Row[]> {
    const perPartition = Number(this.c.conf['spark.sql.execution.rangeExchange.sampleSizePerPartition'] ?? 100)
    const size = Math.ceil((3 * Math.min(perPartition * partitions, 1e6)) / Math.max(1, child.partitions))
    const keys: Resolved[] = order.map((o) => o.expr)
    const output = [{ id: -1, name: 'rows', dataType: 'long' as const, nullable: false }, ...keys.map((k, i) => ({ id: -2 - i, name: `key${i}`, dataType: k.type, nullable: true }))]
    const sampler = this.over(child, (c) => ({ op: 'sampleKeys', child: c, order, size, seed: child.partitions, output }), 'MapPartitionsRDD', 'Exchange')
    const parts = await this.collect(sampler)
    return rangeBounds(parts.filter((rows) => rows.length).map((rows) => ({ rows: Number(rows[0]![0]), keys: rows.map((r) => r.slice(1)) })), order, partitions)
  }

  private async mapStage(child: Stage, spec: ShuffleSpec, reduces: number): Promise<Shuffle> {
    const rdd: Rdd = { name: 'MapPartitionsRDD', scope: 'Exchange', partitions: child.partitions, parents: [oneToOne(child.rdd)] }
    const { rddId } = this.declare({ ...child, rdd }, spec)
    return { shuffleId: this.c.env.nextShuffleId(), mapRdd: rddId, maps: child.partitions, reduces }
  }

  /** Runs a map stage as a job of its own (§10.2). */
  async runShuffle(e: Exchange): Promise<Shuffle> {
    const s = await this.shuffle(e)
    if (this.sizes.has(e)) return s
    const bytes = s.maps === 0 ? new Array<number>(s.reduces).fill(0) : (await this.c.env.runMapStage(s.mapRdd, s.shuffleId, this.c.callSite, this.c.properties)).bytesByReduce
    this.sizes.set(e, bytes)
    return s
  }

  private read(e: Exchange, s: Shuffle, reads: [number, number][] | null): Stage {
    return this.readOf(s, reads ?? Array.from({ length: s.reduces }, (_, i): [number, number] => [i, i + 1]), e.output, reads ? 'AQEShuffleRead' : 'Exchange')
  }

  private readOf(s: Shuffle, reads: [number, number][], output: Physical['output'], scope: string): Stage {
    if (s.maps === 0) {
      return this.stage({ op: 'empty', output }, reads.length, { name: 'EmptyRDD', scope, partitions: reads.length, parents: [] })
    }
    const rdd: Rdd = { name: 'ShuffledRowRDD', scope, partitions: reads.length, parents: [{ rdd: s.mapRdd, dep: (id) => ({ kind: 'shuffle', rdd: id, shuffleId: s.shuffleId, reduces: s.reduces }) }] }
    return this.stage({ op: 'shuffle', shuffleId: s.shuffleId, reads, output }, reads.length, rdd)
  }

  /** The RDD whose tasks answer with rows. */
  result(s: Stage): { rddId: number; planId: number; fragment: PlanFragment } {
    return this.declare({ ...s, rdd: { name: 'MapPartitionsRDD', scope: 'mapPartitionsInternal', partitions: s.partitions, parents: [oneToOne(s.rdd)] } })
  }

  /** All rows of a stage, partition by partition, in one job. */
  async collect(s: Stage): Promise<Row[][]> {
    if (s.partitions === 0) return []
    const { rddId } = this.result(s)
    const data = await this.run(rddId, Array.from({ length: s.partitions }, (_, i) => i))
    return data.map(decodeRows)
  }

  async run(rddId: number, partitions: number[]): Promise<Uint8Array[]> {
    return this.c.env.runJob(rddId, partitions, this.c.callSite, this.c.properties)
  }
}
