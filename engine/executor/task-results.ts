import { bytesToString, settings, type Conf } from '../rules/conf.ts'

/** Results above the direct limit wait here, as blocks `taskresult_<task id>`, for the driver to fetch them (§6.16). */
export class TaskResults {
  readonly #kept = new Map<number, Uint8Array>()
  readonly #direct: number
  readonly #most: number
  readonly #warn: (text: string) => void
  bytes = 0

  constructor(conf: Conf, warn: (text: string) => void) {
    this.#direct = settings.maxDirectResultSize(conf)
    this.#most = settings.maxResultSize(conf)
    this.#warn = warn
  }

  /**
   * True when the result goes with the status update. Else it is kept, or dropped when the driver would refuse it
   * for its size alone (§6.20), and only its size is to be told.
   */
  goesDirectly(task: { taskId: number; index: number; attempt: number; stageId: number; stageAttempt: number }, value: Uint8Array): boolean {
    const { byteLength } = value
    if (this.#most > 0 && byteLength > this.#most) {
      const name = `task ${task.index}.${task.attempt} in stage ${task.stageId}.${task.stageAttempt} (TID ${task.taskId})`
      this.#warn(`Finished ${name}. Result is larger than maxResultSize (${bytesToString(byteLength)} > ${bytesToString(this.#most)}), dropping it.`)
      return false
    }
    if (byteLength <= this.#direct) return true
    this.#kept.set(task.taskId, value)
    this.bytes += byteLength
    return false
  }

  /** Gives a result away; null when it is not here. */
  take(taskId: number): Uint8Array | null {
    const value = this.#kept.get(taskId)
    if (value === undefined) return null
    this.#kept.delete(taskId)
    this.bytes -= value.byteLength
    return value
  }
}
