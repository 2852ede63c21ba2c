import type { EventId } from '../../../engine/events/index.ts'
import { driverState, SuperviseBackoff } from '../../../engine/rules/placement.ts'
import type { DriverState } from '../../../engine/rules/standalone-states.ts'
import type { Timer } from '../../../engine/world/interfaces.ts'
import type { ChildEnd, ChildHandle } from '../children.ts'
import type { Journal } from '../journal.ts'
import type { DriverBook } from './books.ts'

export interface DriverRunnerHands {
  journal: Journal
  worker: { id: string; host: string }
  now: () => number
  after: (delayMs: number, label: string, fire: () => void) => Timer
  started: () => void
  exited: () => void
  /** It will not be started again here. */
  over: (state: DriverState, end: ChildEnd) => void
}

/** A driver on a Worker (§3.22–3.23): its process, started again after a bad end when it is supervised. */
export class DriverRunner {
  readonly #driver: DriverBook
  readonly #hands: DriverRunnerHands
  readonly #backoff = new SuperviseBackoff()
  #child: ChildHandle | undefined
  #waiting: Timer | undefined
  #end: ChildEnd | undefined
  #killed = false
  #abandoned = false

  constructor(driver: DriverBook, hands: DriverRunnerHands) {
    this.#driver = driver
    this.#hands = hands
  }

  run(cause: EventId | undefined): void {
    const { journal, worker } = this.#hands
    const driverId = this.#driver.id
    const who = this.#driver.ask.actor === 'driver' ? {} : { actor: this.#driver.ask.actor }
    const attempt = this.#driver.attempts.count++
    const running = journal.post({ Event: 'kindling.DriverState', ...who, driverId, state: 'RUNNING', worker: worker.id, attempt }, cause)
    const startedAt = this.#hands.now()
    this.#hands.started()
    const child = this.#driver.ask.launch({ worker: worker.id, host: worker.host, attempt, driverId }, running)
    this.#child = child
    child.onEnd((end) => {
      this.#end = end
      this.#hands.exited()
      if (this.#abandoned) return
      const next = this.#backoff.ended({ supervise: this.#driver.ask.supervise && end.code !== null, exitCode: end.code ?? 1, killed: this.#killed, ranMs: this.#hands.now() - startedAt })
      if (!next.relaunch) {
        this.#hands.over(driverState({ exitCode: end.code, killed: this.#killed, couldNotStart: end.code === null }), end)
        return
      }
      const event = journal.post({ Event: 'kindling.DriverState', ...who, driverId, state: 'RELAUNCHING', worker: worker.id, attempt, message: end.meaning, retryInMs: next.afterMs }, end.event)
      this.#waiting = this.#hands.after(next.afterMs, 'driver restart', () => {
        this.#waiting = undefined
        this.run(event)
      })
    })
  }

  /** It is not to be started again: somebody ends it, or it waits for its back-off and is given up now. */
  kill(): void {
    this.#killed = true
    if (this.#waiting === undefined || this.#end === undefined) return
    this.#waiting.cancel()
    this.#waiting = undefined
    this.#hands.over('KILLED', this.#end)
  }

  /** The Master does not know it, or wants it ended (KillDriver). */
  terminate(cause: EventId | undefined): void {
    this.kill()
    if (this.#child === undefined || this.#child.ended) return
    if (cause !== undefined) this.#child.blame(cause, true)
    this.#child.send({ type: 'Stop', reason: 'The Master has the driver ended.' })
  }

  /** The Worker's process is gone, and its driver goes with it (§3.20). Nobody here will start it again. */
  abandon(cause: EventId | undefined): void {
    this.#abandoned = true
    this.#waiting?.cancel()
    if (this.#child === undefined || this.#child.ended) return
    if (cause !== undefined) this.#child.blame(cause, true)
    this.#child.send({ type: 'WorkerGone', worker: this.#hands.worker.id })
  }
}
