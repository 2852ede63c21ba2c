/** Short ways to drive a task scheduler by hand. */
import type { TaskEndReason } from '../../engine/events/index.ts'
import { TaskScheduler } from '../../engine/rules/task-scheduler.ts'
import type { RulesEffect, TaskDescription, TaskSet } from '../../engine/rules/types.ts'
import { exception, range } from './tiny-cluster.ts'

export function setOf(tasks: number | string[][], parts: Partial<TaskSet> = {}): TaskSet {
  const preferred = typeof tasks === 'number' ? range(tasks).map((): string[] => []) : tasks
  return { stageId: 0, stageAttempt: 0, priority: 0, taskType: 'ResultTask', properties: {}, tasks: preferred.map((one, index) => ({ index, partition: index, preferred: one })), ...parts }
}
export const launches = (effects: RulesEffect[]): TaskDescription[] => effects.flatMap((effect) => (effect.type === 'launch' ? [effect.task] : []))
export const ends = (effects: RulesEffect[]) => effects.flatMap((effect) => (effect.type === 'task-ended' ? [effect] : []))
export const failed = (effects: RulesEffect[]) => effects.flatMap((effect) => (effect.type === 'task-set-failed' ? [effect] : []))
export const make = (conf: Record<string, string> = {}, random: () => number = () => 0) => new TaskScheduler({ conf, random })
export const add = (scheduler: TaskScheduler, executorId: string, slots: number, host = `h${executorId}`, now = 0) => scheduler.executorReady({ executorId, host, slots, now })
export const finish = (scheduler: TaskScheduler, taskId: number, now = 1) => scheduler.statusUpdate({ taskId, state: 'FINISHED', result: { value: new Uint8Array(4) }, now })
export const fail = (scheduler: TaskScheduler, taskId: number, reason: TaskEndReason = exception(), now = 1) => scheduler.statusUpdate({ taskId, state: 'FAILED', reason, now })
export const exited = (code: number, causedByApp = true) => ({ kind: 'exited', code, causedByApp, text: `Command exited with code ${code}` }) as const
