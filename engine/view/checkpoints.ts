/**
 * Any moment of a run, quickly: copies of the view are kept every so many events, and a moment is folded on
 * from the copy before it. What has not changed between two copies is shared by them, so that a copy costs what
 * is new in it; and the longer the run, the farther apart the copies stand, so that there are never many.
 */
import type { LabEvent } from '../events/index.ts'
import { emptyView, fold } from './fold.ts'
import { shareTasks } from './lookup.ts'
import type { RunView } from './types.ts'

/** Copies at most; one more, and every second one goes. */
const MOST = 64
/** Events between two copies, as long as the run is short. */
const FIRST_EVERY = 512

/** Lists whose entries are shared with the fold itself: they never change once they are in; of tasks the fold replaces what is shared. */
const SETTLED: ReadonlySet<string> = new Set(['tasks', 'story', 'output', 'messages', 'exceptions'])

export class Checkpoints {
  readonly #events: readonly LabEvent[]
  readonly #most: number
  #copies: RunView[] = []
  #every: number
  /** A view that was asked for before: what comes next is often near. */
  #near: RunView = emptyView()

  /**
   * @param events all events of the run so far, in order; may grow.
   * @param every events between two copies while the run is short, and `most` copies at once.
   */
  constructor(events: readonly LabEvent[], every = FIRST_EVERY, most = MOST) {
    this.#events = events
    this.#every = every
    this.#most = most
  }

  /** Copies kept now, and the events between two of them. */
  get size(): { copies: number; every: number } {
    return { copies: this.#copies.length, every: this.#every }
  }

  /** To be called by who folds the run, after each event: keeps a copy of the view when it is time for one. */
  note(view: RunView): void {
    if (view.count % this.#every !== 0 || view.count <= (this.#copies.at(-1)?.count ?? 0)) return
    this.#copies.push(copyOf(view, this.#copies.at(-1)))
    if (this.#copies.length <= this.#most) return
    this.#every *= 2
    this.#copies = this.#copies.filter((copy) => copy.count % this.#every === 0)
  }

  /**
   * The view after the first `n` events (bounded to what there is). It is for reading, and good until the next
   * call: the next moment may be folded on in it.
   */
  at(n: number): RunView {
    const count = Math.max(0, Math.min(Math.trunc(n), this.#events.length))
    const before = this.#copies.findLast((copy) => copy.count <= count)
    const from = before?.count ?? 0
    if (this.#near.count > count || this.#near.count < from) this.#near = before ? ownCopy(before) : emptyView()
    for (let at = this.#near.count; at < count; at++) {
      fold(this.#near, this.#events[at]!)
      this.note(this.#near)
    }
    return this.#near
  }
}

/** A copy nobody folds on, which shares with the one before all that is the same. */
function copyOf(view: RunView, before: RunView | undefined): RunView {
  const copy: Record<string, unknown> = {}
  const earlier = before as unknown as Record<string, unknown> | undefined
  for (const [key, value] of Object.entries(view)) copy[key] = SETTLED.has(key) ? (value as unknown[]).slice() : shared(earlier?.[key], value)
  shareTasks(view)
  return copy as unknown as RunView
}

/** A view of one's own to fold on. */
function ownCopy(kept: RunView): RunView {
  const copy: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(kept)) copy[key] = SETTLED.has(key) ? (value as unknown[]).slice() : deepCopy(value)
  const own = copy as unknown as RunView
  shareTasks(own)
  return own
}

function deepCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return typeof value[0] === 'string' ? value.slice() : value.map(deepCopy)
  // Spread first: entries of one kind keep their shape, which makes the copies quick and small.
  const copy: Record<string, unknown> = { ...value }
  for (const key in copy) {
    const inner = copy[key]
    if (typeof inner === 'object' && inner !== null) copy[key] = deepCopy(inner)
  }
  return copy
}

/** `value` copied deeply; where it equals `before`, `before` itself. */
function shared(before: unknown, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (typeof before !== 'object' || before === null) return deepCopy(value)
  if (Array.isArray(value)) return Array.isArray(before) ? sharedList(before as unknown[], value) : deepCopy(value)
  return Array.isArray(before) ? deepCopy(value) : sharedObject(before as Record<string, unknown>, value as Record<string, unknown>)
}

function sharedList(before: unknown[], value: readonly unknown[]): unknown[] {
  const copy = new Array<unknown>(value.length)
  let same = before.length === value.length
  for (let at = 0; at < value.length; at++) {
    const one = value[at]
    copy[at] = typeof one === 'object' && one !== null ? shared(before[at], one) : one
    same &&= copy[at] === before[at]
  }
  return same ? before : copy
}

function sharedObject(before: Record<string, unknown>, value: Record<string, unknown>): Record<string, unknown> {
  const copy = { ...value }
  let same = true
  let fields = 0
  for (const key in copy) {
    fields++
    let inner = copy[key]
    if (typeof inner === 'object' && inner !== null) copy[key] = inner = shared(before[key], inner)
    same &&= inner === before[key]
  }
  if (same) for (const key in before) fields -= key in copy ? 1 : 0
  return same && fields === 0 ? before : copy
}
