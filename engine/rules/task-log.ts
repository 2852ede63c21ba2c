/** The lines of Spark's driver log that tell of lost tasks and executors (§6.14, §6.15). */
import type { TaskEndReason, TaskInfo } from '../events/index.ts'
import { settings, type Conf } from './conf.ts'
import { errorText } from './failures.ts'

/** A line of the log; INFO is below what PySpark prints by default. */
export interface LogLine {
  level: 'INFO' | 'WARN' | 'ERROR'
  logger: string
  text: string
}

export class TaskLog {
  readonly #interval: number
  /** Exceptions told in full: since when, and how often they came again. */
  readonly #told = new Map<string, { at: number; again: number }>()

  constructor(conf: Conf) {
    this.#interval = settings.exceptionPrintInterval(conf)
  }

  /** The end of an attempt that did not succeed; null for ends that Spark does not log. `now` in lab ms. */
  lost(end: { stageId: number; stageAttempt: number; info: TaskInfo; reason: TaskEndReason }, now: number): LogLine | null {
    const { info, reason } = end
    if (reason.Reason === 'Success' || reason.Reason === 'Resubmitted') return null
    const lost = `Lost task ${info.Index}.${info.Attempt} in stage ${end.stageId}.${end.stageAttempt} (TID ${info['Task ID']})`
    const on = `${info.Host} executor ${info['Executor ID']}`
    if (reason.Reason === 'ExceptionFailure') {
      const same = `${reason['Class Name']}\n${reason.Description}`
      const known = this.#told.get(same)
      if (known !== undefined && now - known.at <= this.#interval) {
        known.again++
        return { level: 'INFO', logger: 'TaskSetManager', text: `${lost} on ${info.Host}, executor ${info['Executor ID']}: ${reason['Class Name']} (${reason.Description}) [duplicate ${known.again}]` }
      }
      this.#told.set(same, { at: now, again: 0 })
    }
    return { level: 'WARN', logger: 'TaskSetManager', text: `${lost} (${on}): ${errorText(reason)}` }
  }

  /** An executor is gone, and why (13.1). */
  executorLost(executorId: string, host: string, why: string): LogLine {
    return { level: 'ERROR', logger: 'TaskSchedulerImpl', text: `Lost executor ${executorId} on ${host}: ${why}` }
  }
}
