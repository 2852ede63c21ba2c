/** What the driver does with DataFrames: analysis, actions, files, cache. */
import type { StorageLevel } from '../../events/index.ts'
import type { Dependency } from '../../rules/types.ts'
import type { LogicalPlan, Schema } from '../contract.ts'
import type { FileStatus, QueryEnv } from '../env.ts'
import type { PlanFragment } from '../fragment.ts'
import { analyze } from '../analyze/analyzer.ts'
import { ExpressionIds } from '../analyze/ids.ts'
import { attr, lit, toAttribute } from '../analyze/nodes.ts'
import { explainText, formatted, planInfo, type Explained } from '../plan/explain.ts'
import type { Physical, PhysicalPlan } from '../plan/physical.ts'
import { optimized, planLogical, type PlanEnv } from '../plan/planner.ts'
import type { AnalyzedPlan, Logical, Resolved } from '../resolved.ts'
import { showString } from '../show.ts'
import { ansiOf, zoneOf } from '../settings.ts'
import { rowsToJson } from '../values.ts'
import { planKey, PlanCache, type CacheEntry } from './cache.ts'
import { Execution } from './execution.ts'
import { inferSchema, listReads } from './reads.ts'
import { checkWrite, writeFiles, type WriteRequest } from './write.ts'

/** What an action wants of a plan's rows. */
export type PlanAction = { kind: 'collect' } | { kind: 'take'; n: number } | { kind: 'tail'; n: number } | { kind: 'count' } | { kind: 'isEmpty' }

/** Rows that show and head ask for at most. */
const MOST_ROWS = 2147483632

interface Prepared {
  analyzed: AnalyzedPlan
  logical: Logical
  physical: PhysicalPlan
}

export class QueryRunner {
  private readonly env: QueryEnv
  private readonly ids = new ExpressionIds()
  private readonly cached = new PlanCache()

  constructor(env: QueryEnv) {
    this.env = env
  }

  /** Names and types of a plan. Throws AnalysisError. Files that are not there are refused. */
  async analyze(plan: LogicalPlan): Promise<{ schema: Schema }> {
    const { schema } = this.analyzed(plan)
    await listReads(this.env, plan)
    return { schema }
  }

  /** `df.explain(mode)`. */
  async explain(plan: LogicalPlan, mode: string): Promise<string> {
    const { analyzed, logical, physical } = await this.prepare(plan, (p) => p)
    return explainText(physical, mode, { analyzed, optimized: logical, defaultParallelism: this.env.defaultParallelism })
  }

  /** An action that answers with rows: a JSON array of rows, each an array of values as contract.ts writes them. */
  async collect(plan: LogicalPlan, action: PlanAction, callSite: string): Promise<{ json: string }> {
    const shaped = await this.prepare(plan, (p) => shape(p, action, this.ids, this.env.conf), action.kind !== 'tail')
    const root: PhysicalPlan = action.kind === 'tail' ? { ...shaped.physical, root: { op: 'CollectTail', n: action.n, child: shaped.physical.root, output: shaped.physical.root.output } } : shaped.physical
    // The log has the plan without the tail, as in Spark.
    const rows = await this.execute(shaped.physical, callSite, (x) => (action.kind === 'isEmpty' ? x.isEmpty(root) : x.collect(root)))
    const types = shaped.logical.output.map((a) => a.dataType)
    return { json: rowsToJson(rows, types) }
  }

  /** `df.show()`: `truncate` 0 shows cells whole. */
  async show(plan: LogicalPlan, rows: number, truncate: number, vertical: boolean, callSite: string): Promise<string> {
    const n = Math.max(0, Math.min(rows, MOST_ROWS))
    const { analyzed, physical } = await this.prepare(plan, (p) => limited(textual(p, this.ids, this.env.conf), n + 1))
    const cells = (await this.execute(physical, callSite, (x) => x.collect(physical))) as string[][]
    return showString(analyzed.schema.map((f) => f.name), cells, n, truncate, vertical)
  }

  /** `df.write`: csv, json or text files under a path; modes as Spark's. */
  async write(plan: LogicalPlan, request: WriteRequest, callSite: string): Promise<void> {
    const analyzed = this.analyzed(plan)
    checkWrite(analyzed.plan.output, request, this.env.conf)
    const { physical } = await this.prepare(plan, (p) => p, false)
    await this.execute(physical, callSite, (x) => writeFiles(this.env, x, physical, request, crypto.randomUUID()))
  }

  /** The schema of files, found by reading them as far as needed. */
  inferSchema(format: string, paths: string[], options: Record<string, string>, callSite: string): Promise<Schema> {
    return inferSchema(this.env, format.toLowerCase(), paths, options, () => this.execution(callSite, {}))
  }

  /** Makes a plan the source of a Python RDD: the stages before its last one are run, that one's fragment is declared. */
  async toRdd(plan: LogicalPlan, callSite = 'toRdd'): Promise<{ planId: number; partitions: number; schema: Schema; dependencies: Dependency[]; fragment: PlanFragment }> {
    const { analyzed, physical } = await this.prepare(plan, (p) => p, false)
    const run = this.execution(callSite, {})
    const stage = await run.stages.lower(await run.prepare(physical))
    const { rddId, planId, fragment } = run.stages.declare(stage)
    return { planId, partitions: stage.partitions, schema: analyzed.schema, dependencies: [{ kind: 'one-to-one', rdd: rddId }], fragment }
  }

  /** `df.cache()`: from now on plans that contain this one read its blocks. Nothing runs yet. */
  async cache(plan: LogicalPlan, level: StorageLevel): Promise<void> {
    const key = planKey(plan)
    if (this.cached.get(key)) return
    const { physical, analyzed } = await this.prepare(plan, (p) => p, false)
    this.cached.add({ key, level, physical: physical.root, output: analyzed.plan.output, filled: false })
  }

  /** `df.unpersist()`. */
  uncache(plan: LogicalPlan): void {
    const entry = this.cached.remove(planKey(plan))
    if (entry?.rddId !== undefined) this.env.unpersist(entry.rddId)
  }

  /** True for a plan that `cache` was called on. */
  isCached(plan: LogicalPlan): boolean {
    return this.cached.get(planKey(plan)) !== undefined
  }

  private analyzed(plan: LogicalPlan): AnalyzedPlan {
    return analyze(plan, this.env.conf, { ids: this.ids, cacheKey: (p) => this.cached.keyOf(p), defaultParallelism: this.env.defaultParallelism })
  }

  /** Analysis, then `reshape` (what the action adds on top), then planning. */
  private async prepare(plan: LogicalPlan, reshape: (p: Logical) => Logical, collects = true): Promise<Prepared> {
    const analyzed = this.analyzed(plan)
    const listed = await listReads(this.env, plan)
    const env: PlanEnv = {
      defaultParallelism: this.env.defaultParallelism,
      files: (paths): FileStatus[] => listed.get(paths.join('\n')) ?? [],
      qualified: (path) => this.env.files.qualify(path),
      now: this.env.now(),
      ids: this.ids,
      cachedPlan: (key) => this.cached.get(key)?.physical,
    }
    const logical = optimized({ ...analyzed, plan: reshape(analyzed.plan) }, this.env.conf, env)
    return { analyzed, logical, physical: planLogical(logical, this.env.conf, env, collects) }
  }

  private execution(callSite: string, properties: Record<string, string>, updated?: (p: Physical) => void): Execution {
    const conf: Record<string, string> = { 'kindling.query.now': String(this.env.now()) }
    for (const [k, v] of Object.entries(this.env.conf)) if (k.startsWith('spark.sql.')) conf[k] = v
    return new Execution({ env: this.env, conf, callSite, properties, cache: (key): CacheEntry | undefined => this.cached.get(key) }, updated ? { updated } : {})
  }

  /** Runs an action as one SQL execution, told to the log from start to end (§10.13, §12.7). */
  private async execute<T>(plan: PhysicalPlan, callSite: string, run: (x: Execution) => Promise<T>): Promise<T> {
    const { env } = this
    const executionId = env.nextExecutionId()
    const prefix = 'org.apache.spark.sql.execution.ui.SparkListenerSQL' as const
    const tell = (e: Explained) => ({ physicalPlanDescription: formatted(e), sparkPlanInfo: planInfo(e) })
    env.post({ Event: `${prefix}ExecutionStart`, executionId, rootExecutionId: executionId, description: callSite, details: callSite, ...tell(plan), time: env.now(), modifiedConfigs: modified(env.conf), jobTags: [] })
    const x = this.execution(callSite, { 'spark.sql.execution.id': String(executionId), 'spark.sql.execution.root.id': String(executionId) }, (current) => env.post({ Event: `${prefix}AdaptiveExecutionUpdate`, executionId, ...tell({ root: current, adaptive: true }) }))
    let errorMessage = ''
    try {
      const answer = await run(x)
      if (x.final) env.post({ Event: `${prefix}AdaptiveExecutionUpdate`, executionId, ...tell({ ...plan, final: x.final }) })
      return answer
    } catch (e) {
      errorMessage = e instanceof Error ? e.message : String(e)
      throw e
    } finally {
      env.post({ Event: `${prefix}ExecutionEnd`, executionId, time: env.now(), errorMessage })
    }
  }
}

const modified = (conf: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(conf).filter(([k]) => k.startsWith('spark.sql.') && !k.startsWith('spark.sql.warehouse')))

const limited = (p: Logical, n: number): Logical => ({ op: 'limit', child: p, n, output: p.output })

/** What an action puts on top of a plan. */
function shape(p: Logical, action: PlanAction, ids: ExpressionIds, conf: Record<string, string>): Logical {
  switch (action.kind) {
    case 'collect':
    case 'tail': return p
    case 'take': return limited(p, action.n)
    case 'isEmpty': return limited({ op: 'project', child: p, columns: [], output: [] }, 1)
    case 'count': {
      const count: Resolved = { k: 'agg', fn: 'count', args: [lit(1, 'integer')], distinct: false, type: 'long', nullable: false, ansi: ansiOf(conf), id: ids.fresh() }
      const column: Resolved = { k: 'alias', child: count, name: 'count', id: ids.fresh(), type: 'long' }
      return { op: 'aggregate', child: p, grouping: [], columns: [column], output: [toAttribute(column)] }
    }
  }
}

/** Every column as the text that show prints. */
function textual(p: Logical, ids: ExpressionIds, conf: Record<string, string>): Logical {
  const columns = p.output.map((a): Resolved => ({ k: 'alias', child: { k: 'call', name: 'toprettystring', args: [attr(a)], type: 'string', nullable: false, ansi: false, zone: zoneOf(conf) }, name: `toprettystring(${a.name})`, id: ids.fresh(), type: 'string' }))
  return { op: 'project', child: p, columns, output: columns.map(toAttribute) }
}

