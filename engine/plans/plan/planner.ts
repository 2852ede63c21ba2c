/** Logical to physical: strategies, then the exchanges and sorts that operators require. */
import type { FileStatus } from '../env.ts'
import type { SortKey } from '../fragment.ts'
import type { AnalyzedPlan, Logical, Resolved, SortOrder } from '../resolved.ts'
import { ExpressionIds } from '../analyze/ids.ts'
import { allOf, attr, conjuncts, deterministic, lit, references } from '../analyze/nodes.ts'
import { adaptiveOf, broadcastThresholdOf, leafParallelismOf, topKThresholdOf, zoneOf, type Conf } from '../settings.ts'
import { csvOptions, reader } from '../formats/options.ts'
import { planAggregate } from './aggregates.ts'
import { ensureRequirements } from './exchanges.ts'
import { fileSplits } from './file-splits.ts'
import { optimize } from './optimize.ts'
import { existsIn, type Physical, type PhysicalPlan } from './physical.ts'
import { countOf, sizeOf, type SizeEnv } from './statistics.ts'

export interface PlanEnv {
  defaultParallelism: number
  /** Files under the paths of a read, listed before. */
  files?: (paths: string[]) => FileStatus[]
  /** A path as Spark shows it (`file:/data/x.csv`). */
  qualified?: (path: string) => string
  /** Epoch ms for current_timestamp. */
  now?: number
  ids?: ExpressionIds
  cachedBytes?: (key: string) => number | undefined
  /** The physical plan of a cached one, made when it was cached. */
  cachedPlan?: (key: string) => Physical | undefined
}

/** Plans a query whose rows are brought to the driver. */
export function planQuery(analyzed: AnalyzedPlan, conf: Conf, env: PlanEnv): PhysicalPlan {
  return planLogical(optimized(analyzed, conf, env), conf, env)
}

export const optimized = (analyzed: AnalyzedPlan, conf: Conf, env: PlanEnv): Logical => optimize(analyzed.plan, { now: env.now ?? 0, zone: zoneOf(conf) })

export function planLogical(logical: Logical, conf: Conf, env: PlanEnv, collects = true): PhysicalPlan {
  const planner = new Planner(conf, env)
  const root = ensureRequirements(collects ? planner.root(logical) : planner.plan(logical), conf, planner.planIds)
  const adaptive = adaptiveOf(conf) && existsIn(root, (p) => p.op === 'Exchange' || p.op === 'BroadcastExchange' || p.op === 'InMemoryTableScan')
  return { root, adaptive }
}

const sortKeys = (order: readonly SortOrder[]): SortKey[] => order.map((o) => ({ expr: o.child, ascending: o.ascending, nullsFirst: o.nulls === 'first' }))

class Planner {
  private readonly conf: Conf
  private readonly env: PlanEnv
  private readonly ids: ExpressionIds
  private readonly sizes: SizeEnv
  private nextPlanId = 0
  readonly planIds = (): number => (this.nextPlanId += 1)

  constructor(conf: Conf, env: PlanEnv) {
    this.conf = conf
    this.env = env
    this.ids = env.ids ?? new ExpressionIds()
    this.sizes = { fileBytes: (paths) => (env.files?.(paths) ?? []).reduce((n, f) => n + f.size, 0), ...(env.cachedBytes ? { cachedBytes: env.cachedBytes } : {}) }
  }

  /** Limits at the very top are taken from the first partitions, without a shuffle. */
  root(p: Logical): Physical {
    if (p.op !== 'limit') return this.plan(p)
    return this.topK(p) ?? { op: 'CollectLimit', n: p.n, child: this.plan(p.child), output: p.output }
  }

  private topK(p: Extract<Logical, { op: 'limit' }>): Physical | null {
    if (p.n >= topKThresholdOf(this.conf)) return null
    const { child } = p
    if (child.op === 'sort' && child.global) return { op: 'TakeOrderedAndProject', n: p.n, order: sortKeys(child.order), columns: child.output.map(attr), child: this.plan(child.child), output: child.output }
    if (child.op === 'project' && child.child.op === 'sort' && child.child.global) {
      const sort = child.child
      return { op: 'TakeOrderedAndProject', n: p.n, order: sortKeys(sort.order), columns: child.columns, child: this.plan(sort.child), output: child.output }
    }
    return null
  }

  plan(p: Logical): Physical {
    switch (p.op) {
      case 'range': return { op: 'Range', start: p.start, end: p.end, step: p.step, count: countOf(p), partitions: p.partitions ?? leafParallelismOf(this.conf, this.env.defaultParallelism), output: p.output }
      case 'local': return { op: 'ExistingRDD', slices: p.slices, partitions: p.slices.length, output: p.output }
      case 'rdd': return { op: 'ExistingRDD', rddId: p.rddId, partitions: p.partitions, output: p.output }
      case 'read': return this.scan(p, [])
      case 'project': return { op: 'Project', columns: p.columns, child: this.plan(p.child), output: p.output }
      case 'filter': {
        const child = p.child.op === 'read' ? this.scan(p.child, conjuncts(p.condition)) : this.plan(p.child)
        return { op: 'Filter', condition: p.condition, child, output: p.output }
      }
      case 'aggregate': return planAggregate(p, this.plan(p.child), this.ids)
      case 'sort': return { op: 'Sort', order: sortKeys(p.order), global: p.global, child: this.plan(p.child), output: p.output }
      case 'limit': return this.topK(p) ?? { op: 'GlobalLimit', n: p.n, child: { op: 'LocalLimit', n: p.n, child: this.plan(p.child), output: p.output }, output: p.output }
      case 'join': return this.join(p)
      case 'union': return { op: 'Union', children: p.children.map((c) => this.plan(c)), output: p.output }
      case 'repartition': return this.repartition(p)
      case 'sample': return { op: 'Sample', fraction: p.fraction, seed: p.seed, withReplacement: p.withReplacement, child: this.plan(p.child), output: p.output }
      case 'generate': return { op: 'Generate', generator: p.generator, required: p.output.slice(0, p.output.length - p.generated.length), generated: p.generated, child: this.plan(p.child), output: p.output }
      case 'cached': {
        const child = this.env.cachedPlan?.(p.key)
        return { op: 'InMemoryTableScan', key: p.key, relation: p.output, child: child ?? this.plan(optimize(p.child, { now: this.env.now ?? 0, zone: zoneOf(this.conf) })), output: p.output }
      }
      case 'hint':
      case 'alias': return this.plan(p.child)
    }
  }

  private scan(p: Extract<Logical, { op: 'read' }>, filters: Resolved[]): Physical {
    const list = this.env.files?.(p.paths) ?? []
    const get = reader(p.options)
    const whole = get('multiLine')?.toLowerCase() === 'true' || get('wholetext')?.toLowerCase() === 'true' || (p.format === 'csv' && /^utf-?(16|32)/i.test(csvOptions(p.options, this.conf).encoding)) || list.some((f) => /\.(gz|bz2|zst)$/.test(f.path))
    return { op: 'FileScan', format: p.format, options: p.options, schema: p.schema, splits: fileSplits(list, !whole, this.conf, this.env.defaultParallelism), location: `InMemoryFileIndex(${p.paths.length} paths)[${p.paths.map((path) => this.env.qualified?.(path) ?? path).join(', ')}]`, filters, output: p.output }
  }

  private repartition(p: Extract<Logical, { op: 'repartition' }>): Physical {
    const child = this.plan(p.child)
    if (!p.shuffle) return { op: 'Coalesce', partitions: p.partitions ?? 1, child, output: p.output }
    const byNumber = p.partitions !== undefined
    const partitions = p.partitions ?? Number(this.conf['spark.sql.shuffle.partitions'] ?? 200)
    const partitioning = partitions === 1 && p.by.length === 0 ? ({ kind: 'single' } as const) : p.by.length ? ({ kind: 'hash', keys: p.by, partitions } as const) : ({ kind: 'round-robin', partitions } as const)
    return { op: 'Exchange', partitioning, origin: byNumber ? 'REPARTITION_BY_NUM' : 'REPARTITION_BY_COL', child, id: this.planIds(), output: p.output }
  }

  private join(p: Extract<Logical, { op: 'join' }>): Physical {
    const leftIds = new Set(p.left.output.map((a) => a.id))
    const rightIds = new Set(p.right.output.map((a) => a.id))
    const from = (e: Resolved, ids: Set<number>) => {
      const refs = [...references(e)]
      return refs.length > 0 && refs.every((id) => ids.has(id))
    }
    const leftKeys: Resolved[] = []
    const rightKeys: Resolved[] = []
    const rest: Resolved[] = []
    for (const c of p.condition ? conjuncts(p.condition).flatMap(nullSafeKeys) : []) {
      const [a, b] = c.k === 'call' && c.name === '=' && deterministic(c) ? (c.args as [Resolved, Resolved]) : [null, null]
      if (a && b && from(a, leftIds) && from(b, rightIds)) {
        leftKeys.push(a)
        rightKeys.push(b)
      } else if (a && b && from(b, leftIds) && from(a, rightIds)) {
        leftKeys.push(b)
        rightKeys.push(a)
      } else rest.push(c)
    }
    const condition = allOf(rest)
    const left = this.plan(p.left)
    const right = this.plan(p.right)
    const build = this.buildSide(p)
    const common = { how: p.how, ...(condition ? { condition } : {}), output: p.output }
    const broadcast = (child: Physical, keys: Resolved[]): Physical => ({ op: 'BroadcastExchange', keys, child, id: this.planIds(), output: child.output })
    const sides = (b: 'left' | 'right', l: Resolved[], r: Resolved[]) => (b === 'left' ? { left: broadcast(left, l), right } : { left, right: broadcast(right, r) })
    if (leftKeys.length) {
      if (build) return { op: 'BroadcastHashJoin', ...sides(build, leftKeys, rightKeys), leftKeys, rightKeys, build, ...common }
      return { op: 'SortMergeJoin', left, right, leftKeys, rightKeys, ...common }
    }
    const inner = p.how === 'inner' || p.how === 'cross'
    if (p.how === 'full') return { op: 'BroadcastNestedLoopJoin', left, right: broadcast(right, []), build: 'right', ...common }
    if (build) return { op: 'BroadcastNestedLoopJoin', ...sides(build, [], []), build, ...common }
    if (inner) return { op: 'CartesianProduct', left, right, ...(condition ? { condition } : {}), output: p.output }
    const b = p.how === 'right' ? 'left' : 'right'
    return { op: 'BroadcastNestedLoopJoin', ...sides(b, [], []), build: b, ...common }
  }

  /** The side to broadcast, by hint or by size; an outer side cannot be. */
  private buildSide(p: Extract<Logical, { op: 'join' }>): 'left' | 'right' | null {
    const canLeft = ['inner', 'cross', 'right'].includes(p.how)
    const canRight = ['inner', 'cross', 'left', 'leftsemi', 'leftanti'].includes(p.how)
    if (p.hint === 'left' && canLeft) return 'left'
    if (p.hint === 'right' && canRight) return 'right'
    const limit = broadcastThresholdOf(this.conf)
    const [l, r] = [sizeOf(p.left, this.sizes), sizeOf(p.right, this.sizes)]
    const left = canLeft && limit >= 0 && l <= limit
    const right = canRight && limit >= 0 && r <= limit
    if (left && right) return l < r ? 'left' : 'right'
    return right ? 'right' : left ? 'left' : null
  }
}

/** What stands for null of a type in a key. */
const standIn = (type: Resolved['type']): Resolved | null =>
  type === 'string' ? lit('', 'string') : type === 'boolean' ? lit(false, 'boolean') : typeof type === 'string' && ['byte', 'short', 'integer', 'long', 'float', 'double'].includes(type) ? lit(0, type) : null

/** `a <=> b` as two equalities that a join can have as keys: of the values, and of being null. */
function nullSafeKeys(c: Resolved): Resolved[] {
  if (c.k !== 'call' || c.name !== '<=>' || !deterministic(c)) return [c]
  const [a, b] = c.args as [Resolved, Resolved]
  const instead = standIn(a.type)
  if (instead === null || JSON.stringify(a.type) !== JSON.stringify(b.type)) return [c]
  const call = (name: string, args: Resolved[], type: Resolved['type']): Resolved => ({ ...c, name, args, type, nullable: false })
  return [call('=', [call('coalesce', [a, instead], a.type), call('coalesce', [b, instead], b.type)], 'boolean'), call('=', [call('isnull', [a], 'boolean'), call('isnull', [b], 'boolean')], 'boolean')]
}
