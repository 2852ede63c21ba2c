/** Jobs and the attempts of their stages. */
import type { EventOf, RddInfo, StageInfo } from '../events/index.ts'
import type { Handlers } from './handlers.ts'
import { addStage, appLookup, currentAppId, findJob, findStage } from './lookup.ts'
import { endTasksOf } from './fold-tasks.ts'
import { jobName } from './job-name.ts'
import { rddOffset } from './programs.ts'
import { noteAction, noteRunning } from './fold-program.ts'
import type { JobView, RunView, StageView } from './types.ts'

export const jobHandlers: Handlers = {
  SparkListenerJobStart(view, event) {
    const appId = currentAppId(view)
    const infos = event['Stage Infos'] ?? []
    const job: JobView = {
      id: event['Job ID'],
      appId,
      name: jobName(event),
      stageIds: [...event['Stage IDs']].sort((a, b) => a - b),
      executionId: executionOf(event.Properties),
      state: 'running',
      startedAt: event.Kindling.t,
      endedAt: null,
      message: null,
      startEvent: event.Kindling.id,
      endEvent: null
    }
    view.jobs.push(job)
    appLookup(view, appId).jobs.set(job.id, job)
    for (const info of infos) {
      const stage = ensureStage(view, info)
      stage.jobIds.push(job.id)
      stage.executionId ??= job.executionId
    }
    noteAction(view, job)
    if (view.phase === 'starting') view.phase = 'running'
  },

  SparkListenerJobEnd(view, event) {
    const job = findJob(view, event['Job ID'])
    if (!job) return
    const result = event['Job Result']
    job.state = result.Result === 'JobSucceeded' ? 'succeeded' : 'failed'
    job.message = result.Result === 'JobFailed' ? result.Exception.Message : null
    job.endedAt = event.Kindling.t
    job.endEvent = event.Kindling.id
    skipWaiting(view, job)
  },

  /** Spark logs nothing for a stage that need not run; our decision says so as the job starts, and why. */
  'kindling.Decision'(view, event) {
    if (event.kind !== 'skip-stage' || event.stageId === undefined) return
    const stage = findStage(view, event.stageId)
    if (stage?.state !== 'waiting') return
    stage.state = 'skipped'
    stage.reason = /skipped: (.*?)\.?$/.exec(event.text)?.[1] ?? null
  },

  SparkListenerStageSubmitted(view, event) {
    const stage = ensureStage(view, event['Stage Info'])
    stage.tasks = event['Stage Info']['Number of Tasks']
    stage.state = 'running'
    stage.reason = null
    stage.submittedAt = event.Kindling.t
    stage.submitEvent = event.Kindling.id
    noteRunning(view, stage)
  },

  SparkListenerStageCompleted(view, event) {
    const info = event['Stage Info']
    const stage = ensureStage(view, info)
    const failure = info['Failure Reason']
    // A stage that ends without ever being submitted did not run (§12: such a stage shows as skipped).
    if (info['Submission Time'] === undefined) stage.state = 'skipped'
    else stage.state = failure === undefined ? 'complete' : 'failed'
    stage.reason = failure ?? null
    stage.endedAt = event.Kindling.t
    stage.endEvent = event.Kindling.id
  }
}

/** The driver is gone and nobody waits for its jobs any more: what ran has failed, what waited is skipped. */
export function abandonWork(view: RunView, appId: string, event: EventOf<'kindling.ProcessExited'>): void {
  const why = `The driver is gone: ${event.end.meaning}`
  const app = appLookup(view, appId)
  for (const job of app.jobs.values()) {
    if (job.state !== 'running') continue
    job.state = 'failed'
    job.message = why
    job.endedAt = event.Kindling.t
    job.endEvent = event.Kindling.id
    skipWaiting(view, job)
  }
  for (const attempts of app.stages.values()) {
    for (const stage of attempts) {
      if (stage.state !== 'running') continue
      stage.state = 'failed'
      stage.reason = why
      stage.endedAt = event.Kindling.t
      stage.endEvent = event.Kindling.id
    }
  }
  for (const executor of app.executors.values()) endTasksOf(view, executor, why, event)
}

function skipWaiting(view: RunView, job: JobView): void {
  const app = appLookup(view, job.appId)
  for (const id of job.stageIds) {
    for (const stage of app.stages.get(id) ?? []) {
      const wanted = stage.jobIds.some((other) => app.jobs.get(other)?.state === 'running')
      if (stage.state === 'waiting' && !wanted) stage.state = 'skipped'
    }
  }
}

function ensureStage(view: RunView, info: StageInfo): StageView {
  for (const rdd of info['RDD Info']) noteRdd(view, rdd)
  const appId = currentAppId(view)
  const attempt = info['Stage Attempt ID'] ?? 0
  const found = findStage(view, info['Stage ID'], attempt)
  if (found) return found
  const before = findStage(view, info['Stage ID'])
  const stage: StageView = {
    id: info['Stage ID'],
    attempt,
    appId,
    name: info['Stage Name'],
    jobIds: before ? [...before.jobIds] : [],
    parents: info['Parent IDs'] ?? [],
    rdds: info['RDD Info'].map((rdd) => rdd['RDD ID']),
    executionId: before?.executionId ?? null,
    tasks: info['Number of Tasks'],
    state: 'waiting',
    submittedAt: null,
    endedAt: null,
    reason: null,
    counts: { running: 0, done: 0, failed: 0, killed: 0 },
    submitEvent: null,
    endEvent: null
  }
  view.stages.push(stage)
  addStage(appLookup(view, appId), stage)
  return stage
}

/** Null for a job that no SQL execution asked for. */
function executionOf(properties: Record<string, string> | undefined): number | null {
  const id = properties?.['spark.sql.execution.id']
  return id === undefined ? null : Number(id)
}

function noteRdd(view: RunView, rdd: RddInfo): void {
  view.rdds[rdd['RDD ID'] + rddOffset(view, currentAppId(view))] = { id: rdd['RDD ID'], name: rdd.Name, callSite: rdd.Callsite ?? '', partitions: rdd['Number of Partitions'], parents: rdd['Parent IDs'] ?? [] }
}
