/**
 * What a run must have in common with the same program's run on a real Spark: its output and end, its jobs
 * with their stages, each stage's attempts, parents and RDDs, and how its tasks ended. Both Spark's event log and
 * Kindling's go through here. Left out is what differs between two runs of one Spark: times, hosts, ports, task
 * ids, the order of tasks, which executor ran what.
 */
import type { BareEvent, RddInfo, SparkPlanInfo, StageInfo, TaskEndReason } from '../../engine/events/index.ts'

export interface Attempt {
  tasks: number
  /** `completed`, `failed: <reason>`, or `unfinished`. */
  outcome: string
  /** How many attempts of tasks ended how. */
  ends: Record<string, number>
}

export interface ReducedStage {
  id: number
  /** Action and line, `collect at program.py:7`. Absent where Spark names a line of its own code, and in queries. */
  name?: string
  parents: number[]
  /** Names of its RDDs, in order of id; of a query only those that read a shuffle, files or several parents, each once. */
  rdds: string[]
  /** Empty for a stage that was skipped. */
  attempts: Attempt[]
}

export interface ReducedJob {
  id: number
  stages: number[]
  /** `succeeded`, `failed: <message>` or `unfinished`. */
  result: string
  /** The query it works for. */
  query?: number
}

export interface ReducedQuery {
  id: number
  /** The last plan's nodes that move or combine rows, indented by depth: exchanges, joins, aggregates, sorts, limits, scans. */
  plan: string[]
  /** First line of what it failed with; empty for success. */
  error: string
}

export interface Reduced {
  /** Lines on stdout. */
  output: string[]
  /** Exit status of the program. */
  exit: number
  /** Whether the log has its ApplicationEnd. */
  ended: boolean
  /** Executors lost while the application ran. */
  executorsLost: number
  jobs: ReducedJob[]
  stages: ReducedStage[]
  queries: ReducedQuery[]
}

const SQL = 'org.apache.spark.sql.execution.ui.'

/** Takes out what differs from run to run: folders before the program's name, ids of tasks, executors and expressions. */
export function plain(text: string): string {
  return text
    .replaceAll(/(?:file:)?(?:\/[^\s/'":,()]+)+\/(?=[^\s/'":,()]+\.(?:py|csv|txt|json))/g, '')
    .replaceAll(/\(TID \d+\)/g, '(TID n)')
    .replaceAll(/\([^()\s]+ executor [\w-]+\)/g, '(executor n)')
    .replaceAll(/\(executor [\w-]+ exited/g, '(executor n exited')
    .replaceAll(/ Reason: .*/g, '')
}

const firstLine = (text: string): string => text.split('\n')[0] ?? ''

/** Last line of a Python traceback, first line of anything else. */
function exceptionLine(text: string): string {
  const lines = text.trim().split('\n')
  if (!text.startsWith('Traceback')) return lines[0] ?? ''
  return lines.findLast((line) => /^[A-Za-z_.]+(?:Error|Exception|Exit|Interrupt)?\b/.test(line) && !line.startsWith('Traceback')) ?? ''
}

function endOf(reason: TaskEndReason): string {
  switch (reason.Reason) {
    case 'ExceptionFailure':
      return plain(`${reason.Reason} ${reason['Class Name']}: ${exceptionLine(reason.Description)}`)
    case 'ExecutorLostFailure':
      return `${reason.Reason}, caused by app: ${reason['Exit Caused By App']}`
    case 'TaskKilled':
      return plain(`${reason.Reason}: ${firstLine(reason['Kill Reason']).replace(/(Stage cancelled: [^:]*).*/, '$1')}`)
    default:
      return reason.Reason
  }
}

const failure = (text: string): string => (/FetchFailed/.test(firstLine(text)) ? 'FetchFailed' : plain(firstLine(text)))

/** The program's own line; undefined for a line of Spark's code, or another file's. */
const nameOf = (stage: StageInfo): string | undefined => (/ at .*\.py:\d+$/.test(stage['Stage Name']) ? plain(stage['Stage Name']) : undefined)

function rddsOf(infos: readonly RddInfo[], query: boolean): string[] {
  const names = [...infos].sort((a, b) => a['RDD ID'] - b['RDD ID']).map((info) => plain(info.Name))
  return query ? [...new Set(names.filter((name) => /^(?:Shuffled|FileScan|Union|Coalesced|(?:Unsafe)?Cartesian|Zipped)/.test(name)))].sort() : names
}

/** What generated code is cut into, and steps that take one row and give one. */
const SEAMS = /^(?:WholeStageCodegen.*|InputAdapter|AdaptiveSparkPlan|ResultQueryStage|ColumnarToRow|SerializeFromObject|Project|Filter|TableCacheQueryStage)$/

function planOf(info: SparkPlanInfo, depth = 0): string[] {
  const name = info.nodeName.trim()
  const seam = SEAMS.test(name)
  return [...(seam ? [] : [`${'  '.repeat(depth)}${name}`]), ...info.children.flatMap((child) => planOf(child, seam ? depth : depth + 1))]
}

/**
 * Shuffles of a query that adaptive execution starts side by side come in any order, and so do the ids of their
 * stages: here the jobs of one such group are put in order of their tasks, and take the group's ids in turn.
 */
function settleOrder(groups: readonly number[][], jobs: Map<number, ReducedJob>, stages: Map<number, ReducedStage>): void {
  for (const group of groups) {
    const members = group.map((id) => jobs.get(id)!)
    if (members.length < 2 || members.some((job) => job.query === undefined || job.stages.length !== 1)) continue
    const ids = members.map((job) => job.stages[0]!).sort((a, b) => a - b)
    const shape = (job: ReducedJob): string => JSON.stringify({ ...stages.get(job.stages[0]!), id: 0 })
    const sorted = members.map((job) => ({ job: { ...job }, stage: { ...stages.get(job.stages[0]!)! }, shape: shape(job) })).sort((a, b) => (a.shape < b.shape ? -1 : a.shape > b.shape ? 1 : 0))
    group.forEach((jobId, at) => {
      const { job, stage } = sorted[at]!
      jobs.set(jobId, { ...job, id: jobId, stages: [ids[at]!] })
      stages.set(ids[at]!, { ...stage, id: ids[at]! })
    })
  }
}

/** Reduces a whole log. `stdout` is the program's own output. */
export function reduceRun(events: readonly BareEvent[], stdout: string, exit: number): Reduced {
  const jobs = new Map<number, ReducedJob>()
  const stages = new Map<number, ReducedStage>()
  const queries = new Map<number, ReducedQuery>()
  const groups: number[][] = []
  const open = new Set<number>()
  let ended = false
  let executorsLost = 0
  const stage = (info: StageInfo, query: boolean): ReducedStage => {
    const known = stages.get(info['Stage ID'])
    if (known !== undefined) return known
    const name = query ? undefined : nameOf(info)
    const made: ReducedStage = { id: info['Stage ID'], ...(name === undefined ? {} : { name }), parents: [...info['Parent IDs']].sort((a, b) => a - b), rdds: rddsOf(info['RDD Info'], query), attempts: [] }
    stages.set(made.id, made)
    return made
  }
  const attempt = (id: number, number: number): Attempt | undefined => stages.get(id)?.attempts[number]
  for (const event of events) {
    switch (event.Event) {
      case 'SparkListenerApplicationEnd':
        ended = true
        break
      case 'SparkListenerExecutorRemoved':
        if (!ended) executorsLost += 1
        break
      case 'SparkListenerJobStart': {
        const query = (event.Properties as Record<string, string> | undefined)?.['spark.sql.execution.id']
        if (open.size > 0) groups.at(-1)!.push(event['Job ID'])
        else groups.push([event['Job ID']])
        open.add(event['Job ID'])
        for (const info of event['Stage Infos']) stage(info, query !== undefined)
        jobs.set(event['Job ID'], { id: event['Job ID'], stages: [...event['Stage IDs']].sort((a, b) => a - b), result: 'unfinished', ...(query === undefined ? {} : { query: Number(query) }) })
        break
      }
      case 'SparkListenerJobEnd': {
        open.delete(event['Job ID'])
        const job = jobs.get(event['Job ID'])
        const result = event['Job Result']
        if (job !== undefined) job.result = result.Result === 'JobSucceeded' ? 'succeeded' : `failed: ${failure(result.Exception.Message)}`
        break
      }
      case 'SparkListenerStageSubmitted': {
        const info = event['Stage Info']
        stage(info, event.Properties['spark.sql.execution.id'] !== undefined).attempts[info['Stage Attempt ID']] = { tasks: info['Number of Tasks'], outcome: 'unfinished', ends: {} }
        break
      }
      case 'SparkListenerStageCompleted': {
        const info = event['Stage Info']
        const found = attempt(info['Stage ID'], info['Stage Attempt ID'])
        if (found !== undefined) found.outcome = info['Failure Reason'] === undefined ? 'completed' : `failed: ${failure(info['Failure Reason'])}`
        break
      }
      case 'SparkListenerTaskEnd': {
        const found = attempt(event['Stage ID'], event['Stage Attempt ID'])
        const end = endOf(event['Task End Reason'])
        if (found !== undefined) found.ends[end] = (found.ends[end] ?? 0) + 1
        break
      }
      case `${SQL}SparkListenerSQLExecutionStart`:
        queries.set(event.executionId, { id: event.executionId, plan: planOf(event.sparkPlanInfo), error: '' })
        break
      case `${SQL}SparkListenerSQLAdaptiveExecutionUpdate`: {
        const query = queries.get(event.executionId)
        if (query !== undefined) query.plan = planOf(event.sparkPlanInfo)
        break
      }
      case `${SQL}SparkListenerSQLExecutionEnd`: {
        const query = queries.get(event.executionId)
        if (query !== undefined) query.error = plain(firstLine(event.errorMessage ?? ''))
        break
      }
      default:
    }
  }
  settleOrder(groups, jobs, stages)
  const byId = <T extends { id: number }>(map: Map<number, T>): T[] => [...map.values()].sort((a, b) => a.id - b.id)
  const output = stdout.replaceAll('\r', '').split('\n').map(plain)
  if (output.at(-1) === '') output.pop()
  return { output, exit, ended, executorsLost, jobs: byId(jobs), stages: byId(stages), queries: byId(queries) }
}
