/** What a task set decides, in words and with its cause: the why-chain of single tasks. */
import type { CauseRef, RulesEffect, TaskDescription } from './types.ts'
import type { Told } from './exclusion.ts'
import type { Verdict } from './speculation.ts'

const about = (task: TaskDescription) => ({ stageId: task.stageId, stageAttempt: task.stageAttempt, taskId: task.taskId, index: task.index, partition: task.partition, executorId: task.executorId })
const name = (task: TaskDescription): string => `Task ${task.index} of stage ${task.stageId}.${task.stageAttempt}`

/** Under the key `retry:<task id>`. */
export function retryDecision(task: TaskDescription, counted: boolean, failures: number, maxFailures: number): RulesEffect {
  const why = counted ? `failure ${failures} of ${maxFailures}` : `this does not count as a failure (${failures} of ${maxFailures} so far)`
  return {
    type: 'post',
    key: `retry:${task.taskId}`,
    cause: { key: `task-end:${task.taskId}` },
    event: { Event: 'kindling.Decision', kind: 'retry-task', text: `${name(task)} goes back in the queue: ${why}.`, ...about(task), counted, failures, maxFailures }
  }
}

/** Under the key `resubmitted:<task id>`. */
export function resubmitDecision(task: TaskDescription, executorId: string, cause: CauseRef): RulesEffect {
  return {
    type: 'post',
    key: `resubmitted:${task.taskId}`,
    cause,
    event: {
      Event: 'kindling.Decision',
      kind: 'resubmit-task',
      text: `${name(task)} had finished, but its map output went with executor ${executorId}: it runs again.`,
      ...about(task),
      executorId,
      counted: false
    }
  }
}

/** Under the key `speculate:<task id>` of the slow attempt. */
export function speculateDecision(task: TaskDescription, verdict: Verdict): RulesEffect {
  const limit = `${Math.round(verdict.thresholdMs)} ms`
  const why = verdict.medianMs === null ? `more than spark.speculation.task.duration.threshold (${limit})` : `more than ${limit}, where the median of its stage is ${Math.round(verdict.medianMs)} ms`
  return {
    type: 'post',
    key: `speculate:${task.taskId}`,
    cause: { key: `task-start:${task.taskId}` },
    event: { Event: 'kindling.Decision', kind: 'speculate-task', text: `${name(task)} is to get a second copy on another host: it has run for ${Math.round(verdict.ranMs)} ms on executor ${task.executorId}, ${why}.`, ...about(task) }
  }
}

/** Under the key `kill-copy:<task id>` of the loser. */
export function killCopyDecision(loser: TaskDescription, winner: TaskDescription): RulesEffect {
  return {
    type: 'post',
    key: `kill-copy:${loser.taskId}`,
    cause: { key: `task-end:${winner.taskId}` },
    event: {
      Event: 'kindling.Decision',
      kind: 'kill-copy',
      text: `Attempt ${loser.attempt} of task ${loser.index} of stage ${loser.stageId}.${loser.stageAttempt} on executor ${loser.executorId} is killed: attempt ${winner.attempt} succeeded on executor ${winner.executorId}.`,
      ...about(loser)
    }
  }
}

/** Spark's events of an exclusion, and the decision in words; the decision is their cause. */
export function tellExclusions(told: readonly Told[], key: string, cause: CauseRef | undefined, out: RulesEffect[]): void {
  told.forEach(({ events, text, executorId }, at) => {
    const mine = `${key}:${at}`
    out.push({ type: 'post', key: mine, cause, event: { Event: 'kindling.Decision', kind: 'exclude', text: `${text}.`, ...(executorId === undefined ? {} : { executorId }) } })
    for (const event of events) out.push({ type: 'post', cause: { key: mine }, event })
  })
}
