/** What the inspector is about: the selected thing looked up in the view. */
import type { AppView, DriverView, ExecutorView, JobView, Ref, RunView, StageView, TaskView, WorkerView } from '../../engine/view/types.ts'
import { stageName, taskName } from '../tasks/words.ts'

export type Subject =
  | { kind: 'run'; title: string; app: AppView | null }
  | { kind: 'master'; title: string }
  | { kind: 'worker'; title: string; worker: WorkerView }
  | { kind: 'driver'; title: string; driver: DriverView }
  | { kind: 'executor'; title: string; executor: ExecutorView }
  | { kind: 'task'; title: string; task: TaskView }
  | { kind: 'stage'; title: string; stage: StageView }
  | { kind: 'job'; title: string; job: JobView }
  | { kind: 'event'; title: string; id: string }

/** Null when what was selected is not in the view. */
export function subjectOf(ref: Ref | null, view: RunView, tasks: ReadonlyMap<number, TaskView>): Subject {
  return (ref && find(ref, view, tasks)) ?? { kind: 'run', title: view.programName || 'The run', app: view.apps.at(-1) ?? null }
}

function find(ref: Ref, view: RunView, tasks: ReadonlyMap<number, TaskView>): Subject | null {
  switch (ref.kind) {
    case 'task': {
      const task = tasks.get(ref.id)
      return task ? { kind: 'task', title: capital(taskName(task)), task: { ...task } } : null
    }
    case 'stage': {
      const stage = view.stages.findLast((one) => one.id === ref.id && one.attempt === ref.attempt)
      return stage ? { kind: 'stage', title: capital(stageName(stage)), stage } : null
    }
    case 'job': {
      const job = view.jobs.findLast((one) => one.id === ref.id)
      return job ? { kind: 'job', title: `Job ${job.id}`, job } : null
    }
    case 'event':
      return { kind: 'event', title: 'Why?', id: ref.id }
    case 'actor':
      return findActor(ref.id, ref.appId, view)
  }
}

function findActor(id: string, appId: string | undefined, view: RunView): Subject | null {
  if (id === 'master') return { kind: 'master', title: 'Master' }
  if (id === 'driver') {
    const driver = (appId && view.drivers.findLast((one) => one.appId === appId)) || view.drivers.at(-1)
    return driver ? { kind: 'driver', title: driver.attempt > 0 ? `Driver, launch ${driver.attempt + 1}` : 'Driver', driver } : null
  }
  const worker = view.workers.find((one) => one.id === id)
  if (worker) return { kind: 'worker', title: worker.id, worker }
  const executor = view.executors.findLast((one) => `executor-${one.id}` === id && (appId === undefined || one.appId === appId))
  return executor ? { kind: 'executor', title: `Executor ${executor.id}`, executor } : null
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
