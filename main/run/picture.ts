import { emptyView, fold } from '../../engine/view/fold.ts'
import type { RunView } from '../../engine/view/types.ts'
import { idlyAfterReal } from '../../engine/world/real/timers.ts'
import type { Journal } from './journal.ts'

/** How often it catches up, real ms. */
const PERIOD = 200
/** More events than this in a period: the cluster is busy, and the picture waits until it is needed. */
const BUSY = 1000

/** What a run looks like, for those in the lab who ask: made when they ask, and in quiet times while somebody watches. */
export class Picture {
  readonly #journal: Journal
  readonly #watched: () => boolean
  readonly #view: RunView = emptyView()
  #folded = 0
  #seen = 0
  #waiting = false

  constructor(journal: Journal, watched: () => boolean) {
    this.#journal = journal
    this.#watched = watched
  }

  /** With every event up to now. */
  now(): RunView {
    for (const event of this.#journal.between(this.#folded)) fold(this.#view, event)
    this.#folded = this.#journal.count
    return this.#view
  }

  /** Something happened: it is taken in before long, so that whoever asks need not wait. */
  later(): void {
    if (this.#waiting || !this.#watched()) return
    this.#waiting = true
    this.#seen = this.#journal.count
    idlyAfterReal(PERIOD, () => {
      this.#waiting = false
      if (this.#journal.count - this.#seen > BUSY) this.later()
      else this.now()
    })
  }
}
