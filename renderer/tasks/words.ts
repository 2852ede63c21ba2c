/** Tasks and stages in words. */
import type { StageView, TaskView } from '../../engine/view/types.ts'
import { durationText } from '../state/lab-clock.ts'

export const taskName = (task: TaskView): string => `task ${task.stageId}.${task.partition}`

export const TASK_STATE: Record<TaskView['state'], string> = {
  running: 'running',
  success: 'done',
  failed: 'failed',
  killed: 'killed',
  'fetch-failed': 'could not fetch',
  lost: 'done, then lost'
}

export const taskSign = (task: TaskView): string => ({ running: '●', success: '✓', failed: '✕', killed: '⊘', 'fetch-failed': '⇣', lost: '◌' })[task.state]

export const taskTone = (task: TaskView): string => ({ running: 'run', success: 'ok', failed: 'fail', killed: '', 'fetch-failed': 'again', lost: 'again' })[task.state]

export function taskLine(task: TaskView, now: number): string {
  const lasted = durationText((task.endedAt ?? now) - task.startedAt)
  return `${taskName(task)}, attempt ${task.attempt}, executor ${task.executorId}, ${TASK_STATE[task.state]}${task.again ? ', runs again' : ''}, ${lasted}`
}

export const stageName = (stage: { id: number; attempt: number }): string => `stage ${stage.id}${stage.attempt > 0 ? ` (attempt ${stage.attempt})` : ''}`

/** After a stage's name where there is little room: it runs again, or it stopped. */
export const stageSign = (stage: StageView): string => `${stage.attempt > 0 ? ` ↻${stage.attempt > 1 ? stage.attempt : ''}` : ''}${stage.state === 'failed' ? ' ✕' : ''}`

export const STAGE_STATE: Record<StageView['state'], string> = { waiting: 'waiting', running: 'running', complete: 'complete', failed: 'failed', skipped: 'skipped' }

/** Why a stage did not run. One that was never reached has no reason of its own. */
export const skippedWords = (stage: StageView): { long: string; short: string } =>
  stage.reason === null ? { long: 'its job ended before it', short: 'never reached' } : { long: `${stage.reason}, so it need not run`, short: /shuffle/.test(stage.reason) ? 'skipped: output kept' : 'skipped: cached' }

export const stageTone = (stage: StageView): string => ({ waiting: '', running: 'run', complete: 'ok', failed: 'fail', skipped: '' })[stage.state]
