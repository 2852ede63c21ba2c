/** All events of a run and the picture at any of its moments. A moment is the number of events folded. */
import type { EventId, LabEvent } from '../../engine/events/index.ts'
import type { RunView } from '../../engine/view/types.ts'
import { Checkpoints } from '../../engine/view/checkpoints.ts'
import { emptyView, fold } from '../../engine/view/fold.ts'
import { markOf, stopsAt, type Mark, type Stop } from '../../engine/view/marks.ts'

export class History {
  readonly events: LabEvent[] = []
  readonly byId = new Map<EventId, LabEvent>()
  readonly marks: Mark[] = []
  /** All of it, folded in place. */
  readonly latest: RunView = emptyView()
  /** After how many events each kind of thing has just happened. */
  readonly #stops: Record<Exclude<Stop, 'event'>, number[]> = { task: [], stage: [], job: [], failure: [] }
  /** Lab time after each event; never runs back. */
  readonly #times: number[] = []
  readonly #checkpoints = new Checkpoints(this.events)

  add(event: LabEvent): void {
    this.events.push(event)
    this.byId.set(event.Kindling.id, event)
    fold(this.latest, event)
    this.#times.push(this.latest.t)
    this.#checkpoints.note(this.latest)
    const mark = markOf(event, this.events.length)
    if (mark) this.marks.push(mark)
    for (const stop of ['task', 'stage', 'job', 'failure'] as const) if (stopsAt(event, stop)) this.#stops[stop].push(this.count)
  }

  get count(): number {
    return this.events.length
  }

  /** The view after `n` events; to be read before the next call. */
  at(n: number): RunView {
    return n >= this.count ? this.latest : this.#checkpoints.at(n)
  }

  /** Lab time after `n` events, ms. */
  timeOf(n: number): number {
    return this.#times[Math.min(n, this.count) - 1] ?? 0
  }

  /** Events up to lab time `t`. */
  countAt(t: number): number {
    return firstAbove(this.#times, t)
  }

  /** The next moment after `n` (or with -1 the last one before it) just after something of this kind, else the beginning; null when there is none. */
  seek(n: number, stop: Stop, by: 1 | -1): number | null {
    if (stop === 'event') return n + by >= 0 && n + by <= this.count ? n + by : null
    const moments = this.#stops[stop]
    if (by === 1) return moments[firstAbove(moments, n)] ?? null
    return moments[firstAbove(moments, n - 1) - 1] ?? (n > 0 && stop !== 'failure' ? 0 : null)
  }
}

/** Place of the first number above `limit` in an ascending list. */
function firstAbove(ascending: readonly number[], limit: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low
}
