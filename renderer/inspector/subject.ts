/** What the inspector is about: the selected thing looked up in the view. */
import type { AppView, DriverView, ExecutorView, JobView, Ref, RunView, StageView, TaskView, WorkerView } from '../../engine/view/types.ts'
import { isDriver } from '../../engine/view/programs.ts'
import { whoseText } from '../map/words.ts'
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
      const task = ref.appId === undefined ? tasks.get(ref.id) : view.tasks.findLast((one) => one.id === ref.id && one.appId === ref.appId)
      return task ? { kind: 'task', title: capital(taskName(task)) + whoseText(view, task), task: { ...task } } : null
    }
    case 'stage': {
      const stage = view.stages.findLast((one) => one.id === ref.id && one.attempt === ref.attempt && isOf(one, ref))
      return stage ? { kind: 'stage', title: capital(stageName(stage)) + whoseText(view, stage), stage } : null
    }
    case 'job': {
      const job = view.jobs.findLast((one) => one.id === ref.id && isOf(one, ref))
      return job ? { kind: 'job', title: `Job ${job.id}${whoseText(view, job)}`, job } : null
    }
    case 'event':
      return { kind: 'event', title: 'Why?', id: ref.id }
    case 'actor':
      return findActor(ref.id, ref.appId, view)
  }
}

function findActor(id: string, appId: string | undefined, view: RunView): Subject | null {
  if (id === 'master') return { kind: 'master', title: 'Master' }
  if (isDriver(id)) {
    const driver = (appId && view.drivers.findLast((one) => one.appId === appId)) || view.drivers.findLast((one) => one.actor === id)
    return driver ? { kind: 'driver', title: `Driver${whoseText(view, { actor: driver.actor })}${driver.attempt > 0 ? `, launch ${driver.attempt + 1}` : ''}`, driver } : null
  }
  const worker = view.workers.find((one) => one.id === id)
  if (worker) return { kind: 'worker', title: worker.id, worker }
  const executor = view.executors.findLast((one) => `executor-${one.id}` === id && (appId === undefined || one.appId === appId))
  return executor ? { kind: 'executor', title: `Executor ${executor.id}${whoseText(view, executor)}`, executor } : null
}

const isOf = (one: { appId: string }, ref: { appId?: string }): boolean => ref.appId === undefined || ref.appId === one.appId

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
