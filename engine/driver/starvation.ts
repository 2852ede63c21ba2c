import type { Timer } from '../world/interfaces.ts'
import type { Child } from '../world/real/child.ts'

const STARVING = 'Initial job has not accepted any resources; check your cluster UI to ensure that workers are registered and have sufficient resources'

/** §3.13: tells again and again that tasks wait and no executor has taken any. */
export class Starvation {
  readonly #child: Child
  readonly #everyMs: number
  readonly #starving: () => boolean
  #timer: Timer | undefined
  #stopped = false

  /** `everyMs` is lab time; `starving` says whether tasks wait with nobody to run them. */
  constructor(child: Child, everyMs: number, starving: () => boolean) {
    this.#child = child
    this.#everyMs = everyMs
    this.#starving = starving
  }

  /** A stage was submitted: from now on somebody should take its tasks. */
  watch(): void {
    if (this.#timer !== undefined || this.#stopped) return
    this.#timer = this.#child.clock.after(this.#everyMs, 'starvation check', () => {
      this.#timer = undefined
      if (!this.#starving()) return
      this.#child.post({ Event: 'kindling.Note', level: 'warn', actor: 'driver', text: STARVING })
      this.watch()
    })
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }
}
