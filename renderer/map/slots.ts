/** What stands in a slot of an executor: a word and a sign beside the colour, so colour never speaks alone. */
import type { ExecutorView, TaskView } from '../../engine/view/types.ts'
import { isDead } from './layout.ts'

export interface SlotLook {
  taskId: number | null
  tone: 'free' | 'run' | 'again' | 'lost'
  /** `stage.partition`, with ↻ before a task that runs again, ⚡ before a speculative copy. */
  label: string
  says: string
}

const FREE: SlotLook = { taskId: null, tone: 'free', label: '', says: 'free' }

export function slotLook(task: TaskView | undefined): SlotLook {
  if (!task) return FREE
  const name = `${task.stageId}.${task.partition}`
  if (task.again) return { taskId: task.id, tone: 'again', label: `↻${name}`, says: `task ${name}, running again` }
  if (task.speculative) return { taskId: task.id, tone: 'run', label: `⚡${name}`, says: `task ${name}, a speculative copy` }
  return { taskId: task.id, tone: 'run', label: name, says: `task ${name}` }
}

/** Slots of an executor, or, when it is dead, the tasks that were on it as it died. */
export function slotsOf(executor: ExecutorView, tasks: ReadonlyMap<number, TaskView>): SlotLook[] {
  if (!isDead(executor)) {
    return executor.slots.map((id) => (id === null ? FREE : slotLook(tasks.get(id))))
  }
  const went: SlotLook[] = []
  const death = Math.min(executor.end?.t ?? Infinity, executor.removedAt ?? Infinity)
  for (const task of tasks.values()) {
    if (task.executorId !== executor.id || task.appId !== executor.appId || task.startedAt > death) continue
    const cutShort = task.state === 'running' || (task.endedAt !== null && task.endedAt >= death && (task.state === 'failed' || task.state === 'killed'))
    if (cutShort) went.push({ taskId: task.id, tone: 'lost', label: `${task.stageId}.${task.partition}`, says: `task ${task.stageId}.${task.partition}, lost` })
  }
  return went
}

/** `lost: 3 map outputs, 2 cached blocks`, or nothing to tell. */
export function lossText(executor: ExecutorView): string {
  const lost = executor.lost
  if (!lost) return ''
  const parts = [count(lost.mapOutputs, 'map output'), count(lost.cachedBlocks, 'cached block')].filter((part) => part !== '')
  return parts.length > 0 ? `lost: ${parts.join(', ')}` : ''
}

export const count = (n: number, name: string): string => (n === 0 ? '' : `${n} ${name}${n === 1 ? '' : 's'}`)
