import type { ActorId, EventId } from '../../engine/events/index.ts'
import type { LabClock } from '../../engine/world/real/clock.ts'
import type { Journal } from './journal.ts'

/** Messages among Master, Workers and the driver's application client: on the lab clock, seen on the map. */
export class Wire {
  readonly #clock: LabClock
  readonly #journal: Journal
  readonly #latencyMs: number

  constructor(clock: LabClock, journal: Journal, latencyMs: number) {
    this.#clock = clock
    this.#journal = journal
    this.#latencyMs = latencyMs
  }

  /** Delivers after the latency; at once when there is none and the lab is not paused. */
  send(kind: string, from: ActorId, to: ActorId, about: string | undefined, cause: EventId | undefined, deliver: () => void): void {
    if (this.#latencyMs === 0 && !this.#clock.paused) {
      deliver()
      return
    }
    const sent = this.#clock.now()
    if (this.#latencyMs > 0) {
      this.#journal.post({ Event: 'kindling.Message', kind, from, to, sent, due: sent + this.#latencyMs, bytes: 0, ...(about === undefined ? {} : { about }) }, cause)
    }
    this.#clock.after(this.#latencyMs, `message ${kind}`, deliver)
  }
}
