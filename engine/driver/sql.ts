import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { BareEvent, StorageLevel } from '../events/index.ts'
import type { LogicalPlan, Schema } from '../plans/contract.ts'
import type { FileStatus, PlanNode, QueryEnv, QueryFiles } from '../plans/env.ts'
import type { PlanFragment } from '../plans/fragment.ts'
import { QueryRunner } from '../plans/runner/query-runner.ts'
import type { DriverCalls, PlanAction } from '../pyspark/contract.ts'
import type { DriverContext } from './context.ts'
import type { ProgramSteps } from './program-steps.ts'

/** Where ids of RDDs and shuffles come from: one count for Python's and the plans'. */
export type NextId = (of: 'rdd' | 'shuffle') => number

/** DataFrames of one SparkContext: plans are analyzed, planned and run by its schedulers. */
export class SqlSession {
  readonly #context: DriverContext
  readonly #runner: QueryRunner
  readonly #fragments = new Map<number, PlanFragment>()
  /** The context's settings and those set at run time (spark.conf.set). */
  readonly #conf: Record<string, string>
  readonly #steps: ProgramSteps
  /** The plan of the action that runs. */
  #acting: LogicalPlan | undefined
  #plans = 0
  #executions = 0

  constructor(context: DriverContext, nextId: NextId, steps: ProgramSteps) {
    this.#context = context
    this.#steps = steps
    this.#conf = { ...context.conf }
    context.planFragment = (planId) => this.#fragment(planId)
    this.#runner = new QueryRunner(this.#env(nextId))
  }

  analyze(plan: LogicalPlan): Promise<{ schema: Schema }> {
    return this.#runner.analyze(plan)
  }

  async explain(plan: LogicalPlan, mode: string): Promise<{ text: string }> {
    return { text: await this.#runner.explain(plan, mode) }
  }

  collect(plan: LogicalPlan, action: PlanAction, callSite: string): Promise<{ json: string }> {
    return this.#act(plan, () => this.#runner.collect(plan, action, callSite))
  }

  async show(plan: LogicalPlan, rows: number, truncate: number, vertical: boolean, callSite: string): Promise<{ text: string }> {
    return { text: await this.#act(plan, () => this.#runner.show(plan, rows, truncate, vertical, callSite)) }
  }

  write({ plan, callSite, ...request }: DriverCalls['writePlan']['ask']): Promise<void> {
    return this.#act(plan, () => this.#runner.write(plan, request, callSite))
  }

  async readSchema({ format, paths, options, callSite }: DriverCalls['readSchema']['ask']): Promise<{ schema: Schema }> {
    return { schema: await this.#runner.inferSchema(format, paths, options, callSite) }
  }

  async toRdd(plan: LogicalPlan): Promise<DriverCalls['planToRdd']['answer']> {
    const { planId, partitions, schema, dependencies, fragment } = await this.#runner.toRdd(plan)
    this.#fragments.set(planId, fragment)
    const steps = this.#steps.of(plan)
    const source = dependencies[0]?.rdd
    if (steps.length > 0 && source !== undefined) this.#context.post({ Event: 'kindling.Steps', rdds: { [source]: steps } })
    return { planId, partitions, schema, dependencies }
  }

  cache(plan: LogicalPlan, level: StorageLevel): Promise<void> {
    return this.#runner.cache(plan, level)
  }

  uncache(plan: LogicalPlan): void {
    this.#runner.uncache(plan)
  }

  changeConf(set: Record<string, string>, unset: readonly string[]): { conf: Record<string, string> } {
    Object.assign(this.#conf, set)
    for (const key of unset) {
      delete this.#conf[key]
      const before = this.#context.conf[key]
      if (before !== undefined) this.#conf[key] = before
    }
    return { conf: { ...this.#conf } }
  }

  async #act<T>(plan: LogicalPlan, run: () => Promise<T>): Promise<T> {
    this.#acting = plan
    try {
      return await run()
    } finally {
      this.#acting = undefined
    }
  }

  #post(event: BareEvent): void {
    this.#context.post(event)
    if (event.Event !== 'org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart' || this.#acting === undefined) return
    this.#context.post({ Event: 'kindling.Steps', executionId: event.executionId, steps: this.#steps.of(this.#acting) })
  }

  #fragment(planId: number): PlanFragment {
    const fragment = this.#fragments.get(planId)
    if (fragment === undefined) throw new Error(`There is no plan ${planId} in this application`)
    return fragment
  }

  #env(nextId: NextId): QueryEnv {
    const context = this.#context
    return {
      nextRddId: () => nextId('rdd'),
      nextShuffleId: () => nextId('shuffle'),
      nextPlanId: () => this.#plans++,
      nextExecutionId: () => this.#executions++,
      conf: this.#conf,
      get defaultParallelism() {
        return context.defaultParallelism
      },
      now: () => context.epoch(),
      declare: (node: PlanNode, fragment: PlanFragment) => {
        this.#fragments.set(fragment.planId, fragment)
        context.rdds.add(node)
      },
      runMapStage: async (rddId, shuffleId, callSite, properties) => {
        const fragment = this.#fragmentOf(rddId)
        const shuffle = fragment.shuffle
        const reduces = shuffle === undefined || shuffle.kind === 'single' ? 1 : shuffle.reduces
        const bytesByReduce = await context.runMapStage(rddId, shuffleId, reduces, callSite, properties)
        return { bytesByReduce, maps: context.rdds.get(rddId).partitions }
      },
      runJob: async (rddId, partitions, callSite, properties) => (await context.runJob(rddId, partitions, callSite, properties)).results,
      broadcastRows: (data) => Promise.resolve().then(() => context.broadcasts.addTable(data)),
      unpersist: (rddId) => context.unpersist(rddId),
      post: (event) => this.#post(event),
      files: this.#files()
    }
  }

  #fragmentOf(rddId: number): PlanFragment {
    const { compute } = this.#context.rdds.get(rddId)
    if (compute.kind !== 'plan') throw new Error(`RDD ${rddId} is not a stage of a plan`)
    return this.#fragment(compute.planId)
  }

  #files(): QueryFiles {
    const { files } = this.#context
    return {
      list: (path): Promise<FileStatus[] | null> => Promise.resolve(files.list(path)),
      qualify: (path) => files.qualify(path),
      makeDirectory: async (path) => {
        await mkdir(files.resolve(path), { recursive: true })
      },
      remove: (path) => rm(files.resolve(path), { recursive: true, force: true }),
      move: async (from, to) => {
        await mkdir(dirname(files.resolve(to)), { recursive: true })
        await rename(files.resolve(from), files.resolve(to))
      },
      writeFile: (path, data) => writeFile(files.resolve(path), data)
    }
  }
}
