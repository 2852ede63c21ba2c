import type { EventId } from '../events/index.ts'
import type { TaskDescription } from '../rules/types.ts'

/** A fault that wants the next fitting attempt to end with an exception. */
export interface FailOrder {
  faultId: string
  cause: EventId
  stage?: number
  partition?: number
  executorId?: string
}

/** Orders of the fault fail-task: taken by the next attempt that fits, once each. */
export class FailOrders {
  readonly #waiting: FailOrder[] = []
  readonly #taken = new Map<number, EventId>()

  add(order: FailOrder): void {
    this.#waiting.push(order)
  }

  /** The order this attempt is to carry out, if any. */
  take(task: TaskDescription): { faultId: string; cause: EventId } | undefined {
    const at = this.#waiting.findIndex(
      (order) => (order.stage ?? task.stageId) === task.stageId && (order.partition ?? task.partition) === task.partition && (order.executorId ?? task.executorId) === task.executorId
    )
    if (at === -1) return undefined
    const [order] = this.#waiting.splice(at, 1)
    if (order === undefined) return undefined
    this.#taken.set(task.taskId, order.cause)
    return { faultId: order.faultId, cause: order.cause }
  }

  /** The fault that made this attempt end, told once. */
  causeOfEnd(taskId: number): EventId | undefined {
    const cause = this.#taken.get(taskId)
    this.#taken.delete(taskId)
    return cause
  }
}
