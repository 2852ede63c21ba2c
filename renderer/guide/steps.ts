/** When a step of a scenario is done: said by events, never by a timer. */
import type { ScenarioStep } from '../../engine/lab-api.ts'
import type { RunView } from '../../engine/view/types.ts'
import { isDead } from '../map/layout.ts'

/** True once what the step waits for has happened in the run. `read` waits for Next alone. */
export function stepDone({ until, stage }: Pick<ScenarioStep, 'until' | 'stage'>, view: RunView): boolean {
  switch (until) {
    case 'read':
      return false
    case 'run-started':
      return view.phase !== 'idle'
    case 'job-running':
      return view.jobs.length > 0
    case 'job-succeeded':
      return view.jobs.some((job) => job.state === 'succeeded')
    case 'stage-running':
      return view.stages.some((one) => (stage === undefined || one.id === stage) && hadTasks(one))
    case 'task-failed':
      return view.tasks.some((task) => task.state === 'failed' || task.state === 'fetch-failed')
    case 'executor-lost':
      return view.executors.some((executor) => isDead(executor) && (executor.lost !== null || executor.removedReason !== null || (executor.end !== null && executor.end.code !== 0)))
    case 'executor-replaced':
      return view.executors.some((executor) => executor.registeredAt !== null && (executor.replaces !== null || view.executors.some((one) => one.replacedBy === executor.id && one.appId === executor.appId)))
    case 'driver-died':
      return view.drivers.some((driver) => driver.end !== null && driver.end.code !== 0)
    case 'driver-relaunched':
      return view.drivers.some((driver) => driver.attempt > 0)
    case 'run-ended':
      return view.phase === 'ended'
    case 'fault-struck':
      return view.faults.some((fault) => (fault.strikes ?? 0) > 0)
    case 'application-waits':
      return view.apps.some((app) => view.jobs.some((job) => job.appId === app.appId) && !view.executors.some((one) => one.appId === app.appId && one.launchedAt <= firstJob(view, app.appId)))
    case 'side-by-side':
      return overlap(view)
  }
}

/** Two applications have run tasks at the same time. */
function overlap(view: RunView): boolean {
  const spans = view.apps.flatMap(({ appId }) => {
    const tasks = view.tasks.filter((task) => task.appId === appId)
    return tasks.length === 0 ? [] : [{ from: Math.min(...tasks.map((task) => task.startedAt)), to: Math.max(...tasks.map((task) => task.endedAt ?? Infinity)) }]
  })
  return spans.some((a, at) => spans.slice(at + 1).some((b) => a.from < b.to && b.from < a.to))
}

const firstJob = (view: RunView, appId: string): number => view.jobs.find((job) => job.appId === appId)?.startedAt ?? 0

/** Once true it stays true: a crash takes tasks away. */
const hadTasks = ({ submittedAt, state, counts }: RunView['stages'][number]): boolean =>
  submittedAt !== null && (state !== 'running' || counts.running + counts.done + counts.failed + counts.killed > 0)

/** Work that goes on: when it has come so far, the next step tells of what is going on then. */
const WORK: ReadonlySet<ScenarioStep['until']> = new Set(['job-running', 'job-succeeded', 'stage-running'])

/**
 * Doing what a step asks for moves on by itself, and so does a pause of the lab, and work when the next step waits for
 * something too. A step about what was lost or won stays for the reader, and so does the last one before something to read.
 */
export function movesOn(step: ScenarioStep, next?: ScenarioStep): boolean {
  if (step.until === 'read') return false
  return step.point !== undefined || step.pause === true || (WORK.has(step.until) && next !== undefined && next.until !== 'read')
}

/** The step a run has come to: the first that is not done. */
export function stepReached(steps: readonly ScenarioStep[], view: RunView): number {
  const at = steps.findIndex((step) => !stepDone(step, view))
  return at === -1 ? Math.max(0, steps.length - 1) : at
}

/** What a waiting step says it waits for. */
export function waitingFor({ until, stage }: Pick<ScenarioStep, 'until' | 'stage'>): string {
  if (until === 'stage-running' && stage !== undefined) return `Waiting for stage ${stage} to run.`
  return until === 'read' ? '' : WAITING_FOR[until]
}

const WAITING_FOR: Record<Exclude<ScenarioStep['until'], 'read'>, string> = {
  'run-started': 'Waiting for you to press Run.',
  'job-running': 'Waiting for a job to start.',
  'job-succeeded': 'Waiting for a job to finish.',
  'stage-running': 'Waiting for a stage to run.',
  'task-failed': 'Waiting for a task to fail.',
  'executor-lost': 'Waiting for an executor to be lost.',
  'executor-replaced': 'Waiting for the replacement to register.',
  'driver-died': 'Waiting for the driver to die.',
  'driver-relaunched': 'Waiting for the driver to be launched again.',
  'run-ended': 'Waiting for the run to end.',
  'fault-struck': 'Waiting for a fault to strike.',
  'application-waits': 'Waiting for an application that gets no cores.',
  'side-by-side': 'Waiting until two applications run tasks at the same time.'
}
