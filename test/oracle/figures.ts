/**
 * What the Spark History Server tells of an application, and what our log says it should tell: jobs, stages with
 * their tasks, executors, queries. Both sides come in one shape, free of times, hosts and places.
 */
import type { BareEvent } from '../../engine/events/index.ts'
import { plain } from './reduce.ts'

export interface JobFigures {
  id: number
  status: string
  stageIds: number[]
  tasks: number
  completedTasks: number
  failedTasks: number
  killedTasks: number
  skippedTasks: number
  completedStages: number
  skippedStages: number
  failedStages: number
}

export interface StageFigures {
  id: number
  attempt: number
  status: string
  name: string
  tasks: number
  complete: number
  failed: number
  killed: number
  /** How many of its task attempts have which status, as the page of the stage lists them. */
  listed: Record<string, number>
}

export interface Figures {
  name: string
  completed: boolean
  jobs: JobFigures[]
  stages: StageFigures[]
  /** Executors by id, the driver among them. */
  executors: { id: string; active: boolean; cores: number }[]
  queries: { id: number; status: string; jobs: number[] }[]
}

type Json = Record<string, unknown>
const number = (value: unknown): number => Number(value)
const numbers = (value: unknown): number[] => (value as number[]).map(Number).sort((a, b) => a - b)
const byId = <T extends { id: number | string; attempt?: number }>(list: T[]): T[] =>
  list.sort((a, b) => (Number(a.id) || 0) - (Number(b.id) || 0) || String(a.id).localeCompare(String(b.id)) || (a.attempt ?? 0) - (b.attempt ?? 0))

/** Brings the server's REST answers (§12.17) into our shape. `tasks` holds the task list of each `stage.attempt`. */
export function figuresOfRest(app: Json, jobs: Json[], stages: Json[], tasks: Record<string, Json[]>, executors: Json[], queries: Json[]): Figures {
  const count = (list: Json[]): Record<string, number> => {
    const counts: Record<string, number> = {}
    for (const { status } of list) counts[String(status)] = (counts[String(status)] ?? 0) + 1
    return counts
  }
  return {
    name: String(app['name']),
    completed: (app['attempts'] as Json[])[0]?.['completed'] === true,
    jobs: byId(
      jobs.map((job) => ({
        id: number(job['jobId']), status: String(job['status']), stageIds: numbers(job['stageIds']), tasks: number(job['numTasks']),
        completedTasks: number(job['numCompletedTasks']), failedTasks: number(job['numFailedTasks']), killedTasks: number(job['numKilledTasks']), skippedTasks: number(job['numSkippedTasks']),
        completedStages: number(job['numCompletedStages']), skippedStages: number(job['numSkippedStages']), failedStages: number(job['numFailedStages'])
      }))
    ),
    stages: byId(
      stages.map((stage) => ({
        id: number(stage['stageId']), attempt: number(stage['attemptId']), status: String(stage['status']), name: plain(String(stage['name'])), tasks: number(stage['numTasks']),
        complete: number(stage['numCompleteTasks']), failed: number(stage['numFailedTasks']), killed: number(stage['numKilledTasks']),
        listed: count(tasks[`${number(stage['stageId'])}.${number(stage['attemptId'])}`] ?? [])
      }))
    ),
    executors: byId(executors.map((executor) => ({ id: String(executor['id']), active: executor['isActive'] === true, cores: number(executor['totalCores']) }))),
    queries: byId(queries.map((query) => ({ id: number(query['id']), status: String(query['status']), jobs: numbers([...(query['successJobIds'] as number[]), ...(query['failedJobIds'] as number[]), ...(query['runningJobIds'] as number[])]) })))
  }
}

/** What the server should tell, by our log alone. */
export function figuresOfLog(events: readonly BareEvent[]): Figures {
  const figures: Figures = { name: '', completed: false, jobs: [], stages: [], executors: [], queries: [] }
  const jobs = new Map<number, JobFigures & { done: Set<number> }>()
  const stages = new Map<string, StageFigures>()
  const stageJob = new Map<number, number[]>()
  const jobsOf = (stage: number) => (stageJob.get(stage) ?? []).flatMap((id) => { const job = jobs.get(id); return job !== undefined && job.status === 'RUNNING' ? [job] : [] })
  const queryJobs = new Map<number, { id: number; status: string; jobs: number[] }>()
  const ran = new Map<string, Map<number, string>>()
  for (const event of events) {
    switch (event.Event) {
      case 'SparkListenerApplicationStart':
        figures.name = event['App Name']
        break
      case 'SparkListenerApplicationEnd':
        figures.completed = true
        break
      case 'SparkListenerBlockManagerAdded': {
        const id = event['Block Manager ID']['Executor ID']
        if (!figures.executors.some((executor) => executor.id === id)) figures.executors.push({ id, active: true, cores: 0 })
        break
      }
      case 'SparkListenerExecutorAdded': {
        const known = figures.executors.find((executor) => executor.id === event['Executor ID'])
        const cores = event['Executor Info']['Total Cores']
        if (known === undefined) figures.executors.push({ id: event['Executor ID'], active: true, cores })
        else known.cores = cores
        break
      }
      case 'SparkListenerExecutorRemoved':
        for (const executor of figures.executors) if (executor.id === event['Executor ID']) executor.active = false
        break
      case 'SparkListenerJobStart': {
        const id = event['Job ID']
        const waiting = event['Stage Infos'].filter((info) => info['Completion Time'] === undefined)
        jobs.set(id, {
          id, status: 'RUNNING', stageIds: [...event['Stage IDs']].sort((a, b) => a - b), tasks: waiting.reduce((sum, info) => sum + info['Number of Tasks'], 0), completedTasks: 0, failedTasks: 0,
          killedTasks: 0, skippedTasks: 0, completedStages: 0, skippedStages: 0, failedStages: 0, done: new Set()
        })
        for (const info of event['Stage Infos']) {
          stageJob.set(info['Stage ID'], [...(stageJob.get(info['Stage ID']) ?? []), id])
          const key = `${info['Stage ID']}.${info['Stage Attempt ID']}`
          if (!stages.has(key)) stages.set(key, { id: info['Stage ID'], attempt: info['Stage Attempt ID'], status: 'PENDING', name: plain(info['Stage Name']), tasks: info['Number of Tasks'], complete: 0, failed: 0, killed: 0, listed: {} })
        }
        const query = event.Properties['spark.sql.execution.id']
        if (query !== undefined) queryJobs.get(Number(query))?.jobs.push(id)
        break
      }
      case 'SparkListenerStageSubmitted': {
        const info = event['Stage Info']
        stages.set(`${info['Stage ID']}.${info['Stage Attempt ID']}`, { id: info['Stage ID'], attempt: info['Stage Attempt ID'], status: 'ACTIVE', name: plain(info['Stage Name']), tasks: info['Number of Tasks'], complete: 0, failed: 0, killed: 0, listed: {} })
        break
      }
      case 'SparkListenerTaskStart':
        tasksOf(ran, `${event['Stage ID']}.${event['Stage Attempt ID']}`).set(event['Task Info']['Task ID'], 'RUNNING')
        break
      case 'SparkListenerTaskEnd': {
        const key = `${event['Stage ID']}.${event['Stage Attempt ID']}`
        const reason = event['Task End Reason'].Reason
        const kind = reason === 'Success' ? 'complete' : reason === 'TaskKilled' || reason === 'TaskCommitDenied' ? 'killed' : 'failed'
        const stage = stages.get(key)
        if (stage !== undefined) stage[kind] += 1
        for (const job of jobsOf(event['Stage ID'])) job[kind === 'complete' ? 'completedTasks' : kind === 'killed' ? 'killedTasks' : 'failedTasks'] += 1
        tasksOf(ran, key).set(event['Task Info']['Task ID'], event['Task Info'].Failed ? 'FAILED' : event['Task Info'].Killed ? 'KILLED' : 'SUCCESS')
        break
      }
      case 'SparkListenerStageCompleted': {
        const info = event['Stage Info']
        const stage = stages.get(`${info['Stage ID']}.${info['Stage Attempt ID']}`)
        const failed = info['Failure Reason'] !== undefined
        if (stage !== undefined) stage.status = failed ? 'FAILED' : info['Submission Time'] === undefined ? 'SKIPPED' : 'COMPLETE'
        for (const job of jobsOf(info['Stage ID'])) {
          if (failed) job.failedStages += 1
          else job.done.add(info['Stage ID'])
        }
        break
      }
      case 'SparkListenerJobEnd': {
        const job = jobs.get(event['Job ID'])
        if (job === undefined) break
        job.status = event['Job Result'].Result === 'JobSucceeded' ? 'SUCCEEDED' : 'FAILED'
        for (const stage of stages.values()) {
          if (stage.status !== 'PENDING' || !job.stageIds.includes(stage.id)) continue
          stage.status = 'SKIPPED'
          job.skippedStages += 1
          job.skippedTasks += stage.tasks
        }
        break
      }
      case 'org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart':
        queryJobs.set(event.executionId, { id: event.executionId, status: 'RUNNING', jobs: [] })
        break
      case 'org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd': {
        const query = queryJobs.get(event.executionId)
        if (query !== undefined) query.status = event.errorMessage === '' ? 'COMPLETED' : 'FAILED'
        break
      }
      default:
    }
  }
  for (const [key, tasks] of ran) for (const status of tasks.values()) { const listed = stages.get(key)?.listed; if (listed !== undefined) listed[status] = (listed[status] ?? 0) + 1 }
  figures.jobs = byId([...jobs.values()].map(({ done, ...job }) => ({ ...job, completedStages: done.size })))
  figures.stages = byId([...stages.values()])
  figures.executors = byId(figures.executors)
  figures.queries = byId([...queryJobs.values()])
  return figures
}

function tasksOf(ran: Map<string, Map<number, string>>, key: string): Map<number, string> {
  const known = ran.get(key)
  if (known !== undefined) return known
  const made = new Map<number, string>()
  ran.set(key, made)
  return made
}
