import type { EventId } from '../events/index.ts'
import type { Clock, Timer } from '../world/interfaces.ts'

/** How often an executor that is to go looks whether it may, lab ms. */
const LOOK_EVERY = 1000

export interface DecommissionHands {
  clock: Clock
  /** Blocks go to peers first (spark.storage.decommission.enabled). */
  migrates: boolean
  runningTasks: () => number
  /** Tells the driver that it is about to go. */
  tellDriver: (cause: EventId | undefined) => void
  /** Everything is done: say goodbye to the driver and exit 0. */
  finish: () => void
}

/** An executor on its way out (§7.6): no new tasks, running ones may finish, blocks are taken over, then it exits with 0. */
export class Decommission {
  readonly #hands: DecommissionHands
  #began = false
  #migrated = false
  #look: Timer | undefined

  constructor(hands: DecommissionHands) {
    this.#hands = hands
  }

  /** `told`: the driver asked for it; else it is told. */
  begin(told: boolean, cause: EventId | undefined): void {
    if (this.#began) return
    this.#began = true
    if (!told) this.#hands.tellDriver(cause)
    this.#lookSoon()
  }

  /** The driver says that peers have all of its blocks, or that nobody can take them. */
  migrated(): void {
    this.#migrated = true
  }

  stop(): void {
    this.#look?.cancel()
  }

  #lookSoon(): void {
    this.#look = this.#hands.clock.after(LOOK_EVERY, 'decommission', () => {
      if (this.#hands.runningTasks() === 0 && (!this.#hands.migrates || this.#migrated)) this.#hands.finish()
      else this.#lookSoon()
    })
  }
}
