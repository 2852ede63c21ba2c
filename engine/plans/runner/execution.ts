/** One run of one plan: adaptive stages first, then the job that brings the answer. */
import type { QueryEnv } from '../env.ts'
import type { Row } from '../fragment.ts'
import { decodeRows } from '../codec.ts'
import { compile, NO_TASK, positions } from '../expr/compile.ts'
import { keyComparator } from '../run/sort.ts'
import { childrenOf, withChildrenOf, type Exchange, type Physical, type PhysicalPlan } from '../plan/physical.ts'
import { takeGrowthOf, type Conf } from '../settings.ts'
import type { CacheEntry } from './cache.ts'
import { coalescedReads } from './coalesce.ts'
import { Stages, type Stage, type StageContext } from './stages.ts'

export interface ExecutionHooks {
  /** The plan changed: a stage of it has run. */
  updated?(current: Physical): void
}

export class Execution {
  readonly stages: Stages
  private readonly c: StageContext
  private readonly conf: Conf
  private readonly env: QueryEnv
  private readonly hooks: ExecutionHooks
  private nextStage = 0
  /** The plan as it was run, after `prepare`. */
  final: Physical | undefined

  constructor(c: StageContext, hooks: ExecutionHooks = {}) {
    this.c = c
    this.conf = c.conf
    this.env = c.env
    this.hooks = hooks
    this.stages = new Stages(c)
  }

  /** Runs what must run before the last stage; answers the plan that is left. */
  async prepare(plan: PhysicalPlan): Promise<Physical> {
    if (!plan.adaptive) return plan.root
    let current = plan.root
    const ready = await this.materialize(plan.root, (id, to) => {
      current = replace(current, id, to)
      this.hooks.updated?.(current)
    })
    this.final = this.coalesced(ready)
    return this.final
  }

  /** Exchanges below come first; sides of a join run at the same time. */
  private async materialize(p: Physical, changed: (id: number, to: Physical) => void): Promise<Physical> {
    if (p.op === 'InMemoryTableScan') {
      await this.fill(p)
      return p
    }
    const children = childrenOf(p)
    const next = children.length > 1 ? await Promise.all(children.map((c) => this.materialize(c, changed))) : children.length ? [await this.materialize(children[0]!, changed)] : []
    const q = withChildrenOf(p, next)
    if (q.op === 'Exchange') {
      const exchange: Exchange = { ...q, child: this.coalesced(q.child) }
      await this.stages.runShuffle(exchange)
      const stage: Physical = { op: 'ShuffleQueryStage', stage: this.nextStage++, child: exchange, output: q.output }
      changed(q.id, stage)
      return stage
    }
    if (q.op === 'BroadcastExchange') {
      const ready: Physical = { ...q, child: this.coalesced(q.child) }
      await this.stages.broadcast(ready)
      const stage: Physical = { op: 'BroadcastQueryStage', stage: this.nextStage++, child: ready, output: q.output }
      changed(q.id, stage)
      return stage
    }
    return q
  }

  /** Small reduce partitions of the shuffles that this stage reads are merged (§10.4). */
  private coalesced(stage: Physical): Physical {
    const sizes = new Map<Physical, number[]>()
    const note = (p: Physical): void => {
      if (p.op === 'ShuffleQueryStage') sizes.set(p, this.stages.sizes.get(p.child) ?? [])
      else childrenOf(p).forEach(note)
    }
    note(stage)
    const reads = coalescedReads(stage, (s) => sizes.get(s) ?? [], this.conf, this.env.defaultParallelism)
    const swap = (p: Physical): Physical => {
      if (p.op === 'ShuffleQueryStage') {
        const r = reads.get(p)
        return r ? { op: 'AQEShuffleRead', reads: r, coalesced: true, child: p, output: p.output } : p
      }
      return p.op === 'BroadcastQueryStage' || p.op === 'InMemoryTableScan' ? p : withChildrenOf(p, childrenOf(p).map(swap))
    }
    return swap(stage)
  }

  /** Fills a cached plan in a job of its own before the query reads it (§10.9, TableCacheQueryStage). */
  private async fill(p: Extract<Physical, { op: 'InMemoryTableScan' }>): Promise<void> {
    const entry = this.c.cache(p.key)
    if (!entry || entry.filled) return
    entry.filling ??= this.runFill(p, entry)
    await entry.filling
  }

  private async runFill(p: Physical, entry: CacheEntry): Promise<void> {
    try {
      const stage = await this.stages.lower(p)
      const counted = this.stages.over(stage, (child) => ({ op: 'aggregate', child, grouping: [], calls: [], mode: 'complete', output: [] }), 'MapPartitionsRDD', 'TableCacheQueryStage')
      await this.stages.collect(counted)
      entry.filled = true
    } finally {
      entry.filling = undefined
    }
  }

  /** The answer's rows. */
  async collect(plan: PhysicalPlan): Promise<Row[]> {
    const p = await this.prepare(plan)
    return this.rows(p)
  }

  /** Whether the plan, a limit of one row, has none: unlike take, all partitions are asked at once. */
  async isEmpty(plan: PhysicalPlan): Promise<Row[]> {
    return this.take(await this.stages.lower(await this.prepare(plan)), 1, false)
  }

  private async rows(p: Physical): Promise<Row[]> {
    if (p.op === 'CollectLimit') return this.take(await this.stages.lower(p.child), p.n, false)
    if (p.op === 'CollectTail') return this.take(await this.stages.lower(p.child), p.n, true)
    if (p.op === 'TakeOrderedAndProject') return this.takeOrdered(p)
    return (await this.stages.collect(await this.stages.lower(p))).flat()
  }

  /** The first n rows: one partition, then more and more until there are enough (§10.9, §10.10). */
  async take(stage: Stage, n: number, fromEnd: boolean): Promise<Row[]> {
    const total = stage.partitions
    if (n === 0 || total === 0) return []
    const { initial, factor } = takeGrowthOf(this.conf)
    const limited = this.stages.over(stage, (child) => ({ op: 'limit', child, n, ...(fromEnd ? { tail: true } : {}), output: child.output }), 'MapPartitionsRDD', 'mapPartitionsInternal')
    const { rddId } = this.stages.declare(limited)
    let found: Row[] = []
    let scanned = 0
    while (found.length < n && scanned < total) {
      let wanted = initial
      if (scanned > 0) wanted = found.length === 0 ? scanned * factor : Math.min(Math.ceil((1.5 * (n - found.length) * scanned) / found.length), scanned * factor)
      const parts = Array.from({ length: Math.min(wanted, total - scanned) }, (_, i) => scanned + i).map((i) => (fromEnd ? total - 1 - i : i))
      const blobs = await this.stages.run(rddId, parts)
      for (const b of blobs) {
        const rows = decodeRows(b)
        found = fromEnd ? [...rows, ...found] : found.concat(rows)
      }
      scanned += parts.length
    }
    return fromEnd ? found.slice(Math.max(0, found.length - n)) : found.slice(0, n)
  }

  /** Each partition's best, put in order on the driver: one job, no shuffle. */
  private async takeOrdered(p: Extract<Physical, { op: 'TakeOrderedAndProject' }>): Promise<Row[]> {
    if (p.n === 0) return []
    const child = await this.stages.lower(p.child)
    const top = this.stages.over(child, (c) => ({ op: 'topN', child: c, order: p.order, n: p.n, output: p.child.output }), 'MapPartitionsRDD', 'TakeOrderedAndProject')
    const rows = (await this.stages.collect(top)).flat()
    const at = positions(p.child.output)
    const keys = p.order.map((o) => compile(o.expr, at, NO_TASK))
    const columns = p.columns.map((c) => compile(c, at, NO_TASK))
    const compare = keyComparator(p.order)
    const best = rows.map((row) => ({ row, key: keys.map((k) => k(row)) })).sort((a, b) => compare(a.key, b.key)).slice(0, p.n)
    return best.map(({ row }) => columns.map((c) => c(row)))
  }
}

/** Exchanges keep their plan_id while what is below them changes. */
function replace(p: Physical, id: number, to: Physical): Physical {
  return 'id' in p && p.id === id ? to : withChildrenOf(p, childrenOf(p).map((c) => replace(c, id, to)))
}
