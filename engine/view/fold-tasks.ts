/** Task attempts: which slot they take, how they end, and what is run again. */
import type { LabEvent, TaskEndReason, TaskInfo } from '../events/index.ts'
import { ensureExecutor } from './fold-cluster.ts'
import type { Handlers } from './handlers.ts'
import { addTask, appLookup, currentAppId, findExecutor, findStage, findTask, latestTask, ownTask, runningOn } from './lookup.ts'
import { reasonText } from './reasons.ts'
import type { ExecutorView, RunView, TaskView } from './types.ts'

export const taskHandlers: Handlers = {
  SparkListenerTaskStart(view, event) {
    startAttempt(view, event['Stage ID'], event['Stage Attempt ID'] ?? 0, event['Task Info'], event)
  },

  /** Its work is done and its core is free; only its result is under way (§6.20). */
  SparkListenerTaskGettingResult(view, event) {
    const task = findTask(view, event['Task Info']['Task ID'])
    const executor = task && findExecutor(view, task.executorId, task.appId)
    if (executor) freeSlot(executor, task)
  },

  SparkListenerTaskEnd(view, event) {
    const reason = event['Task End Reason']
    const known = findTask(view, event['Task Info']['Task ID'])
    if (reason.Reason === 'Resubmitted') {
      if (known) loseOutput(view, known, event, `Resubmitted: its map output went with executor ${known.executorId}`)
      return
    }
    const task = known ? ownTask(view, known) : startAttempt(view, event['Stage ID'], event['Stage Attempt ID'] ?? 0, event['Task Info'], event)
    if (reason.Reason !== 'Success') task.ended = reason.Reason
    if (reason.Reason === 'ExecutorLostFailure') task.lossReason = reason['Loss Reason']
    countFailure(view, task, reason)
    endAttempt(view, task, stateOf(reason), reason.Reason === 'Success' ? null : reasonText(reason), event)
  }
}

/** Does this end count to spark.task.maxFailures (§6.12)? Null for a success. */
export function isCounted(reason: TaskEndReason): boolean | null {
  switch (reason.Reason) {
    case 'Success':
      return null
    case 'ExecutorLostFailure':
      return reason['Exit Caused By App']
    case 'ExceptionFailure':
    case 'TaskResultLost':
    case 'UnknownReason':
      return true
    default:
      return false
  }
}

/** Ends an attempt that runs; one that has ended stays as it ended. */
export function endAttempt(view: RunView, ended: TaskView, state: Exclude<TaskView['state'], 'running' | 'lost'>, reason: string | null, event: LabEvent): void {
  if (ended.state !== 'running') return
  const task = ownTask(view, ended)
  task.state = state
  task.reason = reason
  task.endedAt = event.Kindling.t
  task.endEvent = event.Kindling.id
  const executor = findExecutor(view, task.executorId, task.appId)
  if (executor) {
    freeSlot(executor, task)
    executor.counts[state === 'success' ? 'finished' : state === 'killed' ? 'killed' : 'failed'] += 1
  }
  const which = state === 'success' ? 'done' : state === 'killed' ? 'killed' : 'failed'
  const counts = findStage(view, task.stageId, task.stageAttempt, task.appId)?.counts
  if (counts) {
    counts.running -= 1
    counts[which] += 1
  }
  view.totals.running -= 1
  view.totals[which] += 1
  if (state !== 'success') view.totals.lostMs += task.endedAt - task.startedAt
}

/** Ends what runs on an executor and will not be told of any more. */
export function endTasksOf(view: RunView, executor: ExecutorView, reason: string, event: LabEvent): void {
  for (const id of runningOn(executor)) {
    const task = findTask(view, id, executor.appId)
    if (task) endAttempt(view, task, 'killed', reason, event)
  }
}

/** A success whose output is gone: it counts no more (§5.20). */
export function loseOutput(view: RunView, done: TaskView, event: LabEvent, reason: string): void {
  if (done.state !== 'success') return
  const task = ownTask(view, done)
  task.state = 'lost'
  task.reason = reason
  task.lostEvent = event.Kindling.id
  const stage = findStage(view, task.stageId, task.stageAttempt, task.appId)
  // A stage attempt that has ended did finish its tasks; its numbers stay.
  if (stage?.state === 'running') stage.counts.done -= 1
  view.totals.done -= 1
  view.totals.lost += 1
  view.totals.lostMs += (task.endedAt ?? task.startedAt) - task.startedAt
}

function startAttempt(view: RunView, stageId: number, stageAttempt: number, info: TaskInfo, event: LabEvent): TaskView {
  const appId = currentAppId(view)
  const app = appLookup(view, appId)
  // Logs before Spark 3.x may lack the partition; it was the index then.
  const partition = info['Partition ID'] ?? info.Index
  const earlier = latestTask(view, app, stageId, partition)
  const again = earlier !== undefined && !info.Speculative
  const executor = ensureExecutor(view, info['Executor ID'], appId, event)
  const task: TaskView = {
    id: info['Task ID'],
    appId,
    stageId,
    stageAttempt,
    index: info.Index,
    partition,
    attempt: info.Attempt,
    executorId: info['Executor ID'],
    slot: takeSlot(executor, info['Task ID']),
    locality: info.Locality,
    speculative: info.Speculative,
    startedAt: event.Kindling.t,
    endedAt: null,
    state: 'running',
    again,
    reason: null,
    counted: null,
    startEvent: event.Kindling.id,
    endEvent: null
  }
  addTask(view, task)
  const counts = findStage(view, stageId, stageAttempt, appId)?.counts
  if (counts) counts.running += 1
  view.totals.running += 1
  if (again) view.totals.again += 1
  return task
}

function countFailure(view: RunView, task: TaskView, reason: TaskEndReason): void {
  task.counted = isCounted(reason)
  const { failures } = appLookup(view, task.appId)
  const key = `${task.stageId}.${task.stageAttempt}/${task.index}`
  // A success forgives what was before it (§6.10).
  if (task.counted === null) failures.delete(key)
  if (!task.counted) return
  task.failures = (failures.get(key) ?? 0) + 1
  failures.set(key, task.failures)
}

function stateOf(reason: TaskEndReason): 'success' | 'failed' | 'killed' | 'fetch-failed' {
  switch (reason.Reason) {
    case 'Success':
      return 'success'
    case 'FetchFailed':
      return 'fetch-failed'
    case 'TaskKilled':
    case 'TaskCommitDenied':
      return 'killed'
    default:
      return 'failed'
  }
}

/** The lowest free slot. A start told before the end it waited for takes one more for a while. */
function takeSlot(executor: ExecutorView, taskId: number): number {
  const free = executor.slots.indexOf(null)
  if (free === -1) return executor.slots.push(taskId) - 1
  executor.slots[free] = taskId
  return free
}

function freeSlot(executor: ExecutorView, task: TaskView): void {
  if (executor.slots[task.slot] === task.id) executor.slots[task.slot] = null
  while (executor.slots.length > executor.cores && executor.slots.at(-1) === null) executor.slots.pop()
}
