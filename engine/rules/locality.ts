/** Delay scheduling: how far from its data a task may run now (§6.8, §6.9). */
import type { Locality } from '../events/index.ts'
import type { PendingTasks } from './pending.ts'
import { settings, type Conf } from './conf.ts'

/** Closest first; a level is compared by its place in this order. */
export const LEVEL = { PROCESS_LOCAL: 0, NODE_LOCAL: 1, NO_PREF: 2, ANY: 4 } as const satisfies Partial<Record<Locality, number>>
export type Level = (typeof LEVEL)[keyof typeof LEVEL]

/** Waits in ms before the next level is allowed; NO_PREF and ANY do not wait. */
export interface LocalityWaits {
  process: number
  node: number
}

export const localityWaits = (conf: Conf): LocalityWaits => ({ process: settings.localityWaitProcess(conf), node: settings.localityWaitNode(conf) })

export interface AliveExecutors {
  hasExecutor(executorId: string): boolean
  hasHost(host: string): boolean
}

export class LocalityClock {
  /** Levels at which this set has anything to gain, closest first; ANY is always the last. */
  levels: Level[] = [LEVEL.ANY]
  #at = 0
  #since: number
  readonly #pending: PendingTasks
  readonly #waits: LocalityWaits

  constructor(pending: PendingTasks, waits: LocalityWaits, now: number) {
    this.#pending = pending
    this.#waits = waits
    this.#since = now
  }

  /** Finds the levels anew after executors came or went; never falls behind the level already reached. */
  recompute(alive: AliveExecutors): void {
    const before = this.levels[this.#at]!
    const first = this.#at
    const levels: Level[] = []
    if (some(this.#pending.forExecutor.keys(), (id) => alive.hasExecutor(id))) levels.push(LEVEL.PROCESS_LOCAL)
    if (some(this.#pending.forHost.keys(), (host) => alive.hasHost(host))) levels.push(LEVEL.NODE_LOCAL)
    if (this.#pending.topWithoutPreference() >= 0) levels.push(LEVEL.NO_PREF)
    levels.push(LEVEL.ANY)
    this.levels = levels
    this.#at = this.#indexOf(before)
    // A closer level that opened below the one we had reached is tried first (SPARK-31837).
    if (this.#at > first) this.#at = first
  }

  /** Start at the closest level: for a new set, after the first `recompute`. */
  begin(now: number): void {
    this.#at = 0
    this.#since = now
  }

  /** The farthest level allowed now. Levels without a candidate are passed without waiting. */
  allowed(now: number): Level {
    while (this.#at < this.levels.length - 1) {
      const level = this.levels[this.#at]!
      const wait = this.#wait(level)
      if (!this.#hasTasks(level)) this.#since = now
      else if (now - this.#since >= wait) this.#since += wait
      else return level
      this.#at++
    }
    return this.levels[this.#at]!
  }

  /** When the next level opens, lab ms; undefined at the last level. Call after `allowed(now)`. */
  opensAt(): number | undefined {
    return this.#at >= this.levels.length - 1 ? undefined : this.#since + this.#wait(this.levels[this.#at]!)
  }

  /** No resource was refused for locality in a round: wait anew, at the closest level just used. */
  reset(closest: Level, now: number): void {
    this.#since = now
    this.#at = this.#indexOf(closest)
  }

  #indexOf(level: Level): number {
    const at = this.levels.findIndex((one) => one >= level)
    return at < 0 ? this.levels.length - 1 : at
  }

  #wait(level: Level): number {
    if (level === LEVEL.PROCESS_LOCAL) return this.#waits.process
    return level === LEVEL.NODE_LOCAL ? this.#waits.node : 0
  }

  #hasTasks(level: Level): boolean {
    if (level === LEVEL.PROCESS_LOCAL) return this.#pending.anyForExecutor()
    if (level === LEVEL.NODE_LOCAL) return this.#pending.anyForHost()
    return this.#pending.topWithoutPreference() >= 0
  }
}

function some<T>(items: Iterable<T>, test: (item: T) => boolean): boolean {
  for (const item of items) if (test(item)) return true
  return false
}
