/** Sentences about stages, tasks and the data they leave behind. */
import { exceptionText, firstLine } from '../events/failure-text.ts'
import type { EventOf } from '../events/index.ts'
import { appLookup, currentAppId, currentConf, findStage, findTask } from './lookup.ts'
import { isCounted } from './fold-tasks.ts'
import type { Tellers } from './story.ts'
import type { RunView, StageView, StoryLine } from './types.ts'
import { allTasks, count, executor, fullStop, list, shortSite, shortSites, stage, storyLine, type Part } from './words.ts'

export const workStory: Tellers = {
  SparkListenerStageSubmitted(view, event) {
    const info = event['Stage Info']
    const id = info['Stage ID']
    const tasks = info['Number of Tasks']
    const attempt = info['Stage Attempt ID'] ?? 0
    const name = stage(id, attempt, true)
    const earlier = earlierAttempts(view, id, attempt)
    const whole = Math.max(tasks, ...earlier.map((s) => s.tasks))
    if (!earlier.some((s) => s.submittedAt !== null)) return storyLine(event, 'plain', 1, [name, ` starts with ${count(tasks, 'task')}: ${shortSite(info['Stage Name'])}.`])
    if (tasks === whole) return storyLine(event, 'again', 1, [name, ` runs ${allTasks(tasks)} again.`])
    if (earlier.some((s) => s.state === 'complete')) return storyLine(event, 'again', 1, [name, ` runs ${count(tasks, 'lost task')} again, not all ${whole}.`])
    return storyLine(event, 'again', 1, [name, ` starts again for the ${count(tasks, 'task')} still missing; ${whole - tasks} of ${whole} ${whole - tasks === 1 ? 'is' : 'are'} done.`])
  },

  SparkListenerStageCompleted(view, event) {
    const info = event['Stage Info']
    const id = info['Stage ID']
    const attempt = info['Stage Attempt ID'] ?? 0
    const name = stage(id, attempt, true)
    const failure = info['Failure Reason']
    if (failure !== undefined) return storyLine(event, 'bad', 2, [name, ` stops: ${firstLine(failure)}.`])
    if (info['Submission Time'] === undefined) return null
    const tasks = info['Number of Tasks']
    const earlier = earlierAttempts(view, id, attempt)
    if (earlier.some((s) => s.state === 'complete')) return storyLine(event, 'good', 1, [name, `: ${allTasks(tasks, 'lost ')} ${tasks === 1 ? 'is' : 'are'} done again.`])
    // A stage whose output was partly there from before ran only what was missing.
    const started = findStage(view, id, attempt)?.tasks ?? tasks
    const whole = Math.max(started, ...earlier.map((s) => s.tasks))
    return storyLine(event, 'good', 1, [name, `: ${allTasks(whole)} done.`])
  },

  SparkListenerTaskStart(view, event) {
    const info = event['Task Info']
    const text: Part[] = [task(info['Task ID'], info['Partition ID'] ?? info.Index, true), ' of ', stage(event['Stage ID'], event['Stage Attempt ID'] ?? 0)]
    const where: Part[] = [' on ', executor(info['Executor ID'], currentAppId(view)), '.']
    if (info.Speculative) return storyLine(event, 'plain', 2, ['A second copy of ', lower(text[0]!), ...text.slice(1), ' starts', ...where])
    if (info.Attempt > 0) return storyLine(event, 'again', 2, [...text, ` starts again, attempt ${info.Attempt},`, ...where])
    return null
  },

  SparkListenerTaskEnd(view, event) {
    const reason = event['Task End Reason']
    switch (reason.Reason) {
      case 'Success':
        return null
      case 'FetchFailed':
        return fetchFailed(view, event)
      case 'ExceptionFailure':
        return failed(view, event, ` failed: ${fullStop(exceptionText(reason['Class Name'], reason.Description))}`)
      case 'TaskResultLost':
        return failed(view, event, ' is done, but its result is lost.')
      case 'UnknownReason':
        return failed(view, event, ' failed, nobody knows why.')
      case 'ExecutorLostFailure':
        return storyLine(event, 'bad', 2, [...taskParts(event), ' is lost with ', executor(reason['Executor ID'], currentAppId(view)), reason['Exit Caused By App'] ? `. It counts: ${lives(view, event)}.` : '. It does not count as a failure.'])
      case 'Resubmitted':
        return storyLine(event, 'again', 2, [...taskParts(event), ' was done, but its output is gone: it goes back in the queue.'])
      case 'TaskKilled':
        return storyLine(event, 'plain', 2, [...taskParts(event), ` is stopped: ${firstLine(reason['Kill Reason'])}.`])
      case 'TaskCommitDenied':
        return storyLine(event, 'plain', 2, [...taskParts(event), ' may not commit its output: another attempt has.'])
    }
  },

  'kindling.BlocksLost'(_view, event) {
    const maps = event.mapOutputs.filter(({ mapIndexes }) => mapIndexes.length > 0)
    const parts: Part[] = maps.map(({ shuffleId, mapIndexes }) => `${count(mapIndexes.length, 'map output')} of shuffle ${shuffleId}`)
    for (const { rddId, partitions } of event.cached) if (partitions.length > 0) parts.push(`${count(partitions.length, 'cached partition')} of RDD ${rddId}`)
    if (parts.length === 0) return null
    return storyLine(event, 'bad', 1, ['Gone with ', executor(event.executorId, event.appId), ': ', ...list(parts), '.'])
  },

  'kindling.CachedBlock'(view, event) {
    if (event.stored) return null
    const why = event.reason ? `: ${firstLine(event.reason)}` : ''
    return storyLine(event, 'plain', 2, [`Partition ${event.partition} of RDD ${event.rddId} is not kept on `, executor(event.executorId, currentAppId(view)), `${why}.`])
  },

  'kindling.Decision'(_view, event) {
    // The end of the task has just told it.
    if (event.kind === 'retry-task' || event.kind === 'resubmit-task' || event.kind === 'kill-copy') return null
    const text = shortSites(event.text.trim())
    return text === '' ? null : storyLine(event, 'plain', TOLD_FIRST.has(event.kind) ? 1 : 2, [text])
  }
}

/** Decisions that nothing else tells. */
const TOLD_FIRST = new Set(['skip-stage', 'speculate-task', 'exclude', 'unschedulable'])

type TaskEnd = EventOf<'SparkListenerTaskEnd'>

const task = (id: number, partition: number, capital = false): Part => ({ text: `${capital ? 'Task' : 'task'} ${partition}`, ref: { kind: 'task', id } })

const lower = (part: Part): Part => (typeof part === 'string' ? part : { ...part, text: part.text.replace('Task', 'task') })

function taskParts(event: TaskEnd): Part[] {
  const info = event['Task Info']
  return [task(info['Task ID'], info['Partition ID'] ?? info.Index, true), ' of ', stage(event['Stage ID'], event['Stage Attempt ID'] ?? 0)]
}

/** The first one stops the stage; those after it say the same. */
function fetchFailed(view: RunView, event: TaskEnd): StoryLine {
  const reason = event['Task End Reason'] as Extract<TaskEnd['Task End Reason'], { Reason: 'FetchFailed' }>
  const address = reason['Block Manager Address']
  const from: Part[] = address ? [' from ', executor(address['Executor ID'], currentAppId(view))] : []
  const id = event['Stage ID']
  const attempt = event['Stage Attempt ID'] ?? 0
  const first = findStage(view, id, attempt)?.state === 'running'
  const what = address ? ' that is gone' : ' that nobody holds any more'
  return storyLine(event, 'bad', first ? 1 : 2, [...taskParts(event), ' wants shuffle data', ...from, `${what}${first ? ': ' : '.'}`, ...(first ? [stage(id, attempt), ' waits.'] : [])])
}

function failed(view: RunView, event: TaskEnd, how: string): StoryLine {
  const info = event['Task Info']
  const failures = failuresWith(view, event)
  const most = maxFailures(view)
  const next = failures < most ? ` Failure ${failures} of ${most}: it is tried again.` : ` Failure ${failures} of ${most}: the job is given up.`
  const level = failures >= most || isFirstTo(view, event, failures) ? 1 : 2
  return storyLine(event, 'bad', level, [...taskParts(event), ' on ', executor(info['Executor ID'], currentAppId(view)), how, next])
}

/** Of the tasks of a stage that fail alike, the first to fail so often speaks for all. */
function isFirstTo(view: RunView, event: TaskEnd, failures: number): boolean {
  const attempt = `${event['Stage ID']}.${event['Stage Attempt ID'] ?? 0}/`
  const own = `${attempt}${event['Task Info'].Index}`
  for (const [key, others] of appLookup(view).failures) if (key.startsWith(attempt) && key !== own && others >= failures) return false
  return true
}

const lives = (view: RunView, event: TaskEnd): string => `failure ${failuresWith(view, event)} of ${maxFailures(view)}`

/** Counted failures of this partition in this stage attempt, this end included. */
function failuresWith(view: RunView, event: TaskEnd): number {
  const before = appLookup(view).failures.get(`${event['Stage ID']}.${event['Stage Attempt ID'] ?? 0}/${event['Task Info'].Index}`) ?? 0
  return before + (isCounted(event['Task End Reason']) && findTask(view, event['Task Info']['Task ID'])?.state !== 'failed' ? 1 : 0)
}

/** spark.task.maxFailures; local masters allow one failure, `local[N,F]` F (§2.2). */
export function maxFailures(view: RunView): number {
  const conf = currentConf(view)
  const master = conf['spark.master'] ?? ''
  if (/^local(\[|$)/.test(master)) return Number(/^local\[[^,\]]+,\s*(\d+)\]$/.exec(master)?.[1] ?? 1)
  return Number(conf['spark.task.maxFailures'] ?? 4) || 4
}

function earlierAttempts(view: RunView, id: number, attempt: number): StageView[] {
  return (appLookup(view).stages.get(id) ?? []).filter((s) => s.attempt < attempt)
}
