/** The lineage of the program as it is run: jobs, cut into stages, each with the steps of the program it carries out. */
import type { Step } from '../events/index.ts'
import { lineIn, stepsOf } from './fold-program.ts'
import type { ExecutionView, JobView, RunView, StageView } from './types.ts'

export interface JobPlan {
  job: JobView
  /** What the program called, and on which line. */
  action: string
  line: number | null
  execution: ExecutionView | null
  /** Parents before children. */
  stages: StagePlan[]
}

export interface StagePlan {
  /** Its last attempt. */
  stage: StageView
  attempts: number
  /** Functions are left out: they belong to the steps they are given to. */
  steps: PlanStep[]
  /** Stages whose shuffle files it reads. */
  reads: number[]
  /** Stages that read its shuffle files. */
  feeds: number[]
  /** Skipped: the stage that made the files it stands for. */
  madeBy: number | null
}

/** `map`: the side of a shuffle that writes it, `reduce`: the side that reads it. */
export type PlanStep = Step & { side?: 'map' | 'reduce' }

/** Jobs of an application, oldest first. */
export function planOf(view: RunView, appId: string): JobPlan[] {
  const stages = new Map<number, StageView[]>()
  for (const stage of view.stages) {
    if (stage.appId !== appId) continue
    const attempts = stages.get(stage.id)
    if (attempts) attempts.push(stage)
    else stages.set(stage.id, [stage])
  }
  return view.jobs.filter((job) => job.appId === appId).map((job) => jobPlan(view, job, stages))
}

function jobPlan(view: RunView, job: JobView, all: Map<number, StageView[]>): JobPlan {
  const mine = job.stageIds.flatMap((id) => all.get(id)?.slice(-1) ?? [])
  const steps = new Map(mine.map((stage) => [stage.id, stepsOf(view, stage).filter((step) => step.to === undefined)]))
  const has = (ids: number[], step: Step): boolean => ids.some((id) => steps.get(id)?.some((other) => other.op === step.op && other.line === step.line) === true)
  const sql = job.executionId !== null
  const stages = mine.map((stage): StagePlan => {
    const reads = stage.parents.filter((id) => steps.has(id))
    const feeds = mine.filter((other) => other.parents.includes(stage.id)).map((other) => other.id)
    const sided = (step: Step): PlanStep => (has(reads, step) ? { ...step, side: 'reduce' } : has(feeds, step) ? { ...step, side: 'map' } : step)
    return { stage, attempts: all.get(stage.id)?.length ?? 1, steps: sql ? [] : (steps.get(stage.id) ?? []).map(sided), reads, feeds, madeBy: stage.state === 'skipped' ? makerOf(stage, all) : null }
  })
  return { job, action: job.name.split(' at ')[0] ?? job.name, line: lineIn(job.name), execution: (sql ? view.executions.findLast((one) => one.id === job.executionId && one.appId === job.appId) : undefined) ?? null, stages: inOrder(stages) }
}

/** The earlier stage over the same RDD that has run. */
function makerOf(stage: StageView, all: Map<number, StageView[]>): number | null {
  let maker: number | null = null
  for (const [id, attempts] of all) {
    if (id < stage.id && attempts[0]?.rdds[0] === stage.rdds[0] && attempts.some((attempt) => attempt.state === 'complete')) maker = id
  }
  return maker
}

function inOrder(stages: StagePlan[]): StagePlan[] {
  const byId = new Map(stages.map((one) => [one.stage.id, one]))
  const placed = new Set<StagePlan>()
  const place = (one: StagePlan): void => {
    if (placed.has(one)) return
    for (const id of one.reads) {
      const parent = byId.get(id)
      if (parent) place(parent)
    }
    placed.add(one)
  }
  for (const one of stages) place(one)
  return [...placed]
}

/** Where a line of the program runs, as far as anything has been told of it. */
export type Place = 'driver' | 'executors' | 'written'

/** Undefined: nothing has come to it yet. */
export function placeOf(view: RunView, line: number): Place | undefined {
  const known = view.lines[line]
  if (!known) return undefined
  if (known.stages.length > 0) return 'executors'
  if (known.ops.length > 0 && known.jobs.length === 0) return 'written'
  return known.reached || known.jobs.length > 0 ? 'driver' : undefined
}

/** The same in words, for a person who points at the line. */
export function placeText(view: RunView, line: number): string {
  const known = view.lines[line]
  const place = placeOf(view, line)
  if (!known || place === undefined) return ''
  const ops = known.ops.join(', ')
  if (place === 'written') return `Only written down so far (${ops}): no job has needed it yet.`
  if (place === 'driver') return known.jobs.length > 0 ? `Runs in the driver, which waits here for job ${list(known.jobs)}.` : 'Runs in the driver.'
  const where = `Runs in the executors, in tasks of stage ${list(known.stages)}`
  return ops === '' ? `${where}.` : `${where}. Here the driver only wrote it down (${ops}).`
}

const list = (numbers: number[]): string => (numbers.length > 4 ? `${numbers.slice(0, 3).join(', ')} and ${numbers.length - 3} more` : numbers.join(', '))
