import type { EventId } from '../events/index.ts'
import type { LabToChild } from '../world/messages.ts'
import { heapUse, type Child } from '../world/real/child.ts'
import { exhaustHeap, freeHeap } from '../world/real/exhaust.ts'
import { strikeMessages } from '../world/real/message-faults.ts'
import type { DriverContext } from './context.ts'
import type { DriverMemory } from './driver-memory.ts'
import { javaFailure } from './files.ts'
import { taskOrder, type TaskOrders } from './task-orders.ts'

type Strike = Extract<LabToChild, { type: 'Strike' }>

export interface DriverFaultHands {
  context: () => DriverContext | undefined
  tellMemory: (cause: EventId) => void
}

/** What faults do inside the driver process. */
export class DriverFaults {
  readonly #child: Child
  readonly #memory: DriverMemory
  readonly #heapLimit: number
  readonly #orders: TaskOrders
  readonly #hands: DriverFaultHands
  /** The program's next call meets a full heap: no job ran that could have met it. */
  #outOfMemory = false
  #getters = 0

  constructor(child: Child, memory: DriverMemory, heapLimit: number, orders: TaskOrders, hands: DriverFaultHands) {
    this.#child = child
    this.#memory = memory
    this.#heapLimit = heapLimit
    this.#orders = orders
    this.#hands = hands
  }

  /** Resolves when it has struck. */
  strike(message: Strike): Promise<void> | undefined {
    const order = taskOrder(message)
    if (order !== undefined) this.#orders.add(order)
    else if (message.fault === 'oom-driver') return this.#exhaust(message)
    else strikeMessages(this.#child, message)
    return undefined
  }

  heal(message: Extract<LabToChild, { type: 'Heal' }>): void {
    this.#orders.remove(message.faultId)
    this.#child.network.release(message.faultId)
  }

  /** Throws what the program's own thread meets in its next call, once. */
  check(): void {
    if (!this.#outOfMemory) return
    this.#outOfMemory = false
    throw heapSpace()
  }

  /** §8.13: what a full heap does depends on the thread that meets it. */
  async #exhaust({ arg, cause }: Strike): Promise<void> {
    const thread = (arg as { thread?: string } | undefined)?.thread ?? 'main'
    const context = this.#hands.context()
    if (thread === 'result') {
      if (context !== undefined) context.loseResult = () => this.#resultGetterDies(cause)
      return
    }
    if (thread === 'broadcast') {
      if (context !== undefined) context.broadcasts.tableTooLarge = () => void this.#fill(cause).then(freeHeap)
      return
    }
    await this.#fill(cause)
    // The program's thread gets it from the action it waits in, or from its next call.
    if (this.#hands.context()?.failJobs(heapSpace(), 'because the driver ran out of memory') !== true) this.#outOfMemory = true
    // What the failed call held is garbage now.
    freeHeap()
  }

  #fill(cause: EventId): Promise<void> {
    return exhaustHeap(() => heapUse(this.#memory.account()), this.#heapLimit, () => this.#hands.tellMemory(cause))
  }

  /** The thread is replaced; the result it held is lost, and nobody will ever mark its task as done. */
  #resultGetterDies(cause: EventId): void {
    const thread = `task-result-getter-${this.#getters++ % 4}`
    const text = `Uncaught exception in thread ${thread}`
    this.#child.post({ Event: 'kindling.Exception', actor: 'driver', className: 'java.lang.OutOfMemoryError', message: 'Java heap space', traceback: `${text}\njava.lang.OutOfMemoryError: Java heap space` }, cause)
    void this.#child.output('stderr', `ERROR Utils: ${text}\njava.lang.OutOfMemoryError: Java heap space\n`)
    void this.#fill(cause).then(freeHeap)
  }
}

const heapSpace = (): Error => javaFailure('java.lang.OutOfMemoryError', 'Java heap space')
