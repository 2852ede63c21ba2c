/**
 * Keeps a window's copy of the runs whole: events are delivered once and in order, and a hole (a
 * connection was lost) is filled by asking the lab before anything later is delivered.
 */
import type { LabCalls, LabPush } from '../../engine/lab-api.ts'
import type { TaggedPush } from './frames.ts'

interface Followed {
  /** Position of the next event. */
  next: number
  ended: boolean
}

type Deliver = (push: TaggedPush) => void

export class Follower {
  readonly #lab: Pick<LabCalls, 'events' | 'info'>
  readonly #deliver: Deliver
  readonly #runs = new Map<string, Followed>()
  /** Pushes that arrive while a hole is being filled. */
  #held: TaggedPush[] | undefined
  /** The connection was lost and came back while a hole was being filled. */
  #again = false

  constructor(lab: Pick<LabCalls, 'events' | 'info'>, deliver: Deliver) {
    this.#lab = lab
    this.#deliver = deliver
  }

  take(batch: TaggedPush[]): void {
    for (const push of batch) {
      if (this.#held !== undefined) this.#held.push(push)
      else if (push.kind === 'events' && this.#behind(push.push)) void this.#fill([push.push.runId], [push])
      else this.#pass(push)
    }
  }

  /** The connection is back: asks for what was missed of every run that had not ended. */
  resume(): void {
    const open = [...this.#runs].filter(([, run]) => !run.ended).map(([runId]) => runId)
    if (this.#held !== undefined) this.#again = true
    else if (open.length > 0) void this.#fill(open, [])
  }

  #behind({ runId, from }: LabPush['events']): boolean {
    const run = this.#runs.get(runId)
    return run !== undefined && from > run.next
  }

  async #fill(runIds: string[], held: TaggedPush[]): Promise<void> {
    this.#held = held
    try {
      for (const runId of runIds) {
        for (;;) {
          const from = this.#runs.get(runId)?.next ?? 0
          const { events } = await this.#lab.events(runId, from)
          if (events.length === 0) break
          this.#pass({ kind: 'events', push: { runId, from, events } })
        }
      }
      const { runs } = await this.#lab.info()
      for (const runId of runIds) {
        if (runs.find((run) => run.runId === runId)?.state === 'ended') this.#pass({ kind: 'runEnded', push: { runId } })
      }
    } catch {
      // The lab does not know the run any more (another lab answers): there is nothing to fill.
      for (const runId of runIds) this.#runs.delete(runId)
    }
    const waiting = this.#held
    this.#held = undefined
    this.take(waiting)
    if (this.#again && this.#held === undefined) {
      this.#again = false
      this.resume()
    }
  }

  #pass(push: TaggedPush): void {
    const runId = push.push.runId
    const run = this.#runs.get(runId) ?? { next: push.kind === 'events' ? push.push.from : 0, ended: false }
    this.#runs.set(runId, run)
    if (push.kind === 'runEnded') {
      if (run.ended) return
      run.ended = true
      return this.#deliver(push)
    }
    const { from, events } = push.push
    const known = run.next - from
    if (known >= events.length && events.length > 0) return
    run.next = from + events.length
    this.#deliver(known > 0 ? { kind: 'events', push: { runId, from: from + known, events: events.slice(known) } } : push)
  }
}
