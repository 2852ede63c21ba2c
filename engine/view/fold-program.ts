/** What the program's own lines do: which the driver has come to, what is written down there, and what of it tasks run. */
import type { SparkPlanInfo, Step } from '../events/index.ts'
import type { Handlers } from './handlers.ts'
import { currentAppId, isForeign, scopeOf } from './lookup.ts'
import { rddOffset } from './programs.ts'
import type { ExecutionView, JobView, LineView, PlanNodeView, RunView, StageView } from './types.ts'

const SQL = 'org.apache.spark.sql.execution.ui.SparkListenerSQL' as const

export const programHandlers: Handlers = {
  'kindling.Lines'(view, event) {
    if ((scopeOf(view)?.actor ?? 'driver') !== 'driver') return
    for (const line of event.reached) lineOf(view, line).reached = true
    for (const { line, op } of event.written) {
      const { ops } = lineOf(view, line)
      if (!ops.includes(op)) ops.push(op)
    }
  },

  'kindling.Steps'(view, event) {
    const offset = rddOffset(view, currentAppId(view))
    if (offset === 0) Object.assign(view.steps, event.rdds)
    else for (const [id, steps] of Object.entries(event.rdds ?? {})) view.steps[Number(id) + offset] = steps
    const execution = event.executionId === undefined ? undefined : executionIn(view, event.executionId)
    if (execution) execution.steps = event.steps ?? []
  },

  [`${SQL}ExecutionStart` as const](view, event) {
    const { executionId, description, sparkPlanInfo } = event
    view.executions.push({ id: executionId, appId: currentAppId(view), description, plan: planNode(sparkPlanInfo), final: isFinal(sparkPlanInfo), steps: [], startedAt: event.Kindling.t, endedAt: null, error: null })
  },

  [`${SQL}AdaptiveExecutionUpdate` as const](view, event) {
    const execution = executionIn(view, event.executionId)
    if (!execution) return
    execution.plan = planNode(event.sparkPlanInfo)
    execution.final = isFinal(event.sparkPlanInfo)
  },

  [`${SQL}ExecutionEnd` as const](view, event) {
    const execution = executionIn(view, event.executionId)
    if (!execution) return
    execution.endedAt = event.Kindling.t
    execution.error = event.errorMessage === '' ? null : event.errorMessage
  }
}

const executionIn = (view: RunView, id: number): ExecutionView | undefined => view.executions.findLast((one) => one.id === id && one.appId === currentAppId(view))

/** The job's action stands on this line. */
export function noteAction(view: RunView, job: JobView): void {
  const line = lineIn(job.name)
  if (line === null) return
  if (rddOffset(view, job.appId) > 0) return
  const { jobs } = lineOf(view, line)
  if (!jobs.includes(job.id)) jobs.push(job.id)
}

/** Tasks of the stage begin: what its steps say runs in them. */
export function noteRunning(view: RunView, stage: StageView): void {
  // Lines are those of the first program.
  if (rddOffset(view, stage.appId) > 0) return
  for (const step of stepsOf(view, stage)) {
    for (let line = step.line; line <= (step.to ?? step.line); line++) {
      const { stages } = lineOf(view, line)
      if (!stages.includes(stage.id)) stages.push(stage.id)
    }
  }
}

/** Steps of the program that the tasks of a stage run, those nearest to the data first, each once. */
export function stepsOf(view: RunView, stage: StageView): Step[] {
  const own = stage.rdds.toSorted((a, b) => a - b).flatMap((rdd) => view.steps[rdd + rddOffset(view, stage.appId)] ?? (isForeign(view) ? calledAt(view.rdds[rdd]?.callSite ?? '') : []))
  const all = own.length > 0 || stage.executionId === null ? own : (view.executions.findLast((one) => one.id === stage.executionId && one.appId === stage.appId)?.steps ?? [])
  return [...new Map(all.map((step) => [`${step.line} ${step.op}`, step])).values()]
}

/** The line a call site such as `collect at program.py:13` names. */
export function lineIn(callSite: string): number | null {
  const found = /:(\d+)$/.exec(callSite)
  return found ? Number(found[1]) : null
}

/** A log of Spark's tells of steps only by the call sites of RDDs. */
function calledAt(callSite: string): Step[] {
  const found = /^(\S+) at .*:(\d+)$/.exec(callSite)
  return found ? [{ op: found[1]!, line: Number(found[2]) }] : []
}

const lineOf = (view: RunView, line: number): LineView => (view.lines[line] ??= { reached: false, ops: [], jobs: [], stages: [] })

const isFinal = (info: SparkPlanInfo): boolean => /isFinalPlan=true/.test(info.simpleString) || info.nodeName !== 'AdaptiveSparkPlan'

/** The tree without the wrapper that only says whether it may still change. */
function planNode(info: SparkPlanInfo): PlanNodeView {
  const only = info.children[0]
  if (info.nodeName === 'AdaptiveSparkPlan' && only) return planNode(only)
  return { name: info.nodeName, detail: info.simpleString, children: info.children.map(planNode) }
}
