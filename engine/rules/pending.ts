/** Which tasks of a set wait, by what they would like to be near (§6.4, §6.8). Every step is O(1) on average. */
import type { TaskSpec } from './types.ts'

/** Whether index i still waits: no copy runs and it is not done. */
export interface Waiting {
  readonly copies: Uint8Array
  readonly done: Uint8Array
}

/** Whether a task may run where it is offered a slot (excludeOnFailure); undefined when anything may. */
export type Fits = (index: number) => boolean

/**
 * A stack of indexes, the lowest on top at first; entries that no longer wait are dropped when met. The
 * first filling of a pile of everything is a counter, not an array.
 */
class Pile {
  readonly #extra: number[]
  #next: number
  readonly #end: number

  private constructor(extra: number[], end: number) {
    this.#extra = extra
    this.#next = 0
    this.#end = end
  }

  static of(indexes: number[]): Pile {
    return new Pile(indexes.reverse(), 0)
  }

  static upTo(count: number): Pile {
    return new Pile([], count)
  }

  push(index: number): void {
    this.#extra.push(index)
  }

  /** The top index that waits and that `fits`, left in place; -1 when there is none. */
  find(waiting: Waiting, fits: (index: number) => boolean): number {
    const { copies, done } = waiting
    if (this.peek(waiting) < 0) return -1
    for (let at = this.#extra.length - 1; at >= 0; at--) {
      const index = this.#extra[at]!
      if (copies[index] === 0 && done[index] === 0 && fits(index)) return index
    }
    for (let index = this.#next; index < this.#end; index++) if (copies[index] === 0 && done[index] === 0 && fits(index)) return index
    return -1
  }

  /** The top index that waits, left in place; -1 when none does. */
  peek(waiting: Waiting): number {
    const { copies, done } = waiting
    while (this.#extra.length > 0) {
      const index = this.#extra[this.#extra.length - 1]!
      if (copies[index] === 0 && done[index] === 0) return index
      this.#extra.pop()
    }
    while (this.#next < this.#end) {
      const index = this.#next
      if (copies[index] === 0 && done[index] === 0) return index
      this.#next++
    }
    return -1
  }
}

export class PendingTasks {
  readonly forExecutor = new Map<string, Pile>()
  readonly forHost = new Map<string, Pile>()
  readonly #noPreference: Pile
  readonly #all: Pile
  readonly #waiting: Waiting
  readonly #specs: readonly TaskSpec[]
  readonly #hostOf: (executorId: string) => string | undefined

  /** `hostOf` tells the host of an executor that is alive. */
  constructor(specs: readonly TaskSpec[], waiting: Waiting, hostOf: (executorId: string) => string | undefined) {
    this.#specs = specs
    this.#waiting = waiting
    this.#hostOf = hostOf
    this.#all = Pile.upTo(specs.length)
    if (specs.every((spec) => spec.preferred.length === 0)) {
      this.#noPreference = Pile.upTo(specs.length)
      return
    }
    const free: number[] = []
    for (let index = 0; index < specs.length; index++) if (specs[index]!.preferred.length === 0) free.push(index)
    this.#noPreference = Pile.of(free)
    for (let index = specs.length - 1; index >= 0; index--) this.#pushPreferred(index)
  }

  /** Puts a task back on top of every pile it belongs to. */
  add(index: number): void {
    if (this.#specs[index]!.preferred.length === 0) this.#noPreference.push(index)
    else this.#pushPreferred(index)
    this.#all.push(index)
  }

  topForExecutor(executorId: string, fits?: Fits): number {
    return this.forExecutor.size === 0 ? -1 : this.#top(this.forExecutor.get(executorId), fits)
  }

  topForHost(host: string, fits?: Fits): number {
    return this.forHost.size === 0 ? -1 : this.#top(this.forHost.get(host), fits)
  }

  topWithoutPreference(fits?: Fits): number {
    return this.#top(this.#noPreference, fits)
  }

  top(fits?: Fits): number {
    return this.#top(this.#all, fits)
  }

  anyForExecutor(): boolean {
    return this.#any(this.forExecutor)
  }

  anyForHost(): boolean {
    return this.#any(this.forHost)
  }

  #top(pile: Pile | undefined, fits: Fits | undefined): number {
    if (pile === undefined) return -1
    return fits === undefined ? pile.peek(this.#waiting) : pile.find(this.#waiting, fits)
  }

  #any(piles: Map<string, Pile>): boolean {
    for (const [name, pile] of piles) {
      if (pile.peek(this.#waiting) >= 0) return true
      piles.delete(name)
    }
    return false
  }

  #pushPreferred(index: number): void {
    for (const place of this.#specs[index]!.preferred) {
      const isHost = place.startsWith('host:')
      const host = isHost ? place.slice(5) : this.#hostOf(place)
      if (!isHost) this.#pushTo(this.forExecutor, place, index)
      if (host !== undefined) this.#pushTo(this.forHost, host, index)
    }
  }

  #pushTo(piles: Map<string, Pile>, name: string, index: number): void {
    const pile = piles.get(name)
    if (pile) pile.push(index)
    else piles.set(name, Pile.of([index]))
  }
}
