/**
 * Pushes on their way to one window: held until it is ready, joined into one message per frame of a
 * screen, and held back while the window does not keep up.
 */
import { CONGESTED_BYTES } from './frames.ts'
import type { ServerChannel, TaggedPush } from './frames.ts'

/** At most one message in this many milliseconds. */
const PERIOD_MS = 16
/** Most events in one message: what is left goes with the next. */
const MOST_EVENTS = 5_000

export class Outbox {
  readonly #channel: ServerChannel
  #queue: TaggedPush[] = []
  #ready = false
  #closed = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #lastSent = -Infinity

  constructor(channel: ServerChannel) {
    this.#channel = channel
  }

  /** The window listens now; what waited goes out. */
  ready(): void {
    this.#ready = true
    this.#schedule()
  }

  push(push: TaggedPush): void {
    if (this.#closed) return
    const last = this.#queue.at(-1)
    if (push.kind === 'events' && last?.kind === 'events' && last.push.runId === push.push.runId && last.push.from + last.push.events.length === push.push.from) {
      for (const event of push.push.events) last.push.events.push(event)
    } else {
      // A copy of the list: it grows here, and the lab keeps its own.
      this.#queue.push(push.kind === 'events' ? { kind: 'events', push: { ...push.push, events: [...push.push.events] } } : push)
    }
    this.#schedule()
  }

  close(): void {
    this.#closed = true
    this.#queue = []
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    if (!this.#ready || this.#closed || this.#timer !== undefined || this.#queue.length === 0) return
    const wait = Math.max(0, this.#lastSent + PERIOD_MS - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#flush()
    }, wait)
  }

  #flush(): void {
    this.#lastSent = performance.now()
    if (this.#channel.waiting() <= CONGESTED_BYTES) {
      const batch = this.#take()
      if (batch.length > 0) this.#channel.send({ type: 'push', batch })
    }
    this.#schedule()
  }

  /** The oldest pushes, up to MOST_EVENTS events; a longer list of events is cut. */
  #take(): TaggedPush[] {
    let room = MOST_EVENTS
    let whole = 0
    for (; whole < this.#queue.length; whole++) {
      const size = eventCount(this.#queue[whole]!)
      if (size > room) break
      room -= size
    }
    const batch = this.#queue.slice(0, whole)
    const rest = this.#queue.slice(whole)
    const cut = rest[0]
    if (cut?.kind === 'events' && room > 0) {
      const { runId, from, events } = cut.push
      batch.push({ kind: 'events', push: { runId, from, events: events.slice(0, room) } })
      rest[0] = { kind: 'events', push: { runId, from: from + room, events: events.slice(room) } }
    }
    this.#queue = rest
    return batch
  }
}

const eventCount = (push: TaggedPush): number => (push.kind === 'events' ? push.push.events.length : 0)
