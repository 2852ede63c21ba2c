import type { EventId } from '../events/index.ts'
import type { TaskDescription } from '../rules/types.ts'
import type { AttemptOrders } from '../world/messages.ts'

/** A fault that waits for attempts to strike. */
export interface TaskOrder {
  faultId: string
  fault: string
  cause: EventId
  /** An attempt has taken it. */
  taken?: true
  kind: 'fail' | 'slow' | 'poison'
  stage?: number
  partition?: number
  executorId?: string
  /** Attempts it has yet to strike; `Infinity` until it is healed. */
  times: number
  /** `slow`: lab ms more. */
  ms?: number
  /** `poison`: which record of the partition, from 1. */
  record?: number
}

/** What a Strike says of a fault on tasks; undefined for other faults. */
export function taskOrder(message: { faultId: string; fault: string; cause: EventId; arg?: Record<string, unknown> }): TaskOrder | undefined {
  const kind = ({ 'fail-task': 'fail', 'slow-task': 'slow', 'poisoned-record': 'poison' } as const)[message.fault]
  if (kind === undefined) return undefined
  const { stage, partition, executorId, times, by, record } = (message.arg ?? {}) as { stage?: number; partition?: number; executorId?: string; times?: number | 'always'; by?: number; record?: number }
  return {
    faultId: message.faultId,
    fault: message.fault,
    cause: message.cause,
    kind,
    ...(stage === undefined ? {} : { stage }),
    ...(partition === undefined ? {} : { partition }),
    ...(executorId === undefined ? {} : { executorId }),
    times: kind === 'poison' || times === 'always' ? Infinity : (times ?? 1),
    ...(by === undefined ? {} : { ms: by }),
    ...(record === undefined ? {} : { record })
  }
}

/** Orders of faults on tasks: taken by the next attempts that fit. Those of one driver process, whatever its contexts. */
export class TaskOrders {
  #waiting: TaskOrder[] = []
  readonly #taken = new Map<number, EventId>()

  add(order: TaskOrder): void {
    this.#waiting.push(order)
  }

  /** A lasting one is healed: attempts from now on are spared. */
  remove(faultId: string): void {
    this.#waiting = this.#waiting.filter((order) => order.faultId !== faultId)
  }

  /** What this attempt is to do; of several orders of one kind the oldest. Undefined for nearly all. */
  take(task: TaskDescription): AttemptOrders | undefined {
    if (this.#waiting.length === 0) return undefined
    const orders: AttemptOrders = {}
    for (const order of [...this.#waiting]) {
      if ((order.stage ?? task.stageId) !== task.stageId || (order.partition ?? task.partition) !== task.partition || (order.executorId ?? task.executorId) !== task.executorId) continue
      if (order.kind in orders) continue
      if (order.kind === 'fail') orders.fail = true
      else if (order.kind === 'slow') orders.slow = order.ms ?? 0
      else orders.poison = order.record ?? 1
      order.taken = true
      if (order.kind !== 'slow') this.#taken.set(task.taskId, order.cause)
      // What goes on and on stays with the partition it found.
      if (order.times === Infinity) Object.assign(order, { stage: task.stageId, partition: task.partition })
      else if (--order.times === 0) this.#waiting = this.#waiting.filter((one) => one !== order)
    }
    return Object.keys(orders).length === 0 ? undefined : orders
  }

  /** The program is over: orders that no attempt has taken, told once. */
  unspent(): TaskOrder[] {
    const left = this.#waiting.filter((order) => order.taken !== true)
    this.#waiting = []
    return left
  }

  /** The fault that made this attempt fail, told once. */
  causeOfEnd(taskId: number): EventId | undefined {
    const cause = this.#taken.get(taskId)
    this.#taken.delete(taskId)
    return cause
  }
}
