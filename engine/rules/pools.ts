/**
 * In which order task sets are served (§6.5–6.7). FIFO: one queue. FAIR: pools first, by how much of their
 * share they have, then the sets of each pool in the pool's own order. Nothing here ever stops a running task.
 */
import type { Conf } from './conf.ts'
import type { TaskSet } from './types.ts'

export type SchedulingMode = 'FIFO' | 'FAIR'

/** The local property a job's pool is chosen by. */
export const POOL_PROPERTY = 'spark.scheduler.pool'
export const DEFAULT_POOL = 'default'

/** A pool as the allocation file describes it. */
export interface PoolSpec {
  name: string
  mode: SchedulingMode
  weight: number
  minShare: number
}

/** What is ordered: a task set that may have something to launch or something running. */
export interface Schedulable {
  readonly set: TaskSet
  /** Attempts that have not ended. */
  readonly running: number
}

export const newPool = (name: string): PoolSpec => ({ name, mode: 'FIFO', weight: 1, minShare: 0 })

interface Pool<S extends Schedulable> extends PoolSpec {
  readonly sets: S[]
}

export interface PoolsOptions {
  mode: SchedulingMode
  /** From the allocation file; `default` is added where it does not name it. */
  pools?: readonly PoolSpec[]
}

/** The task sets of an application in the order in which they get offers. */
export class Pools<S extends Schedulable> {
  readonly #mode: SchedulingMode
  /** All sets, in FIFO order. */
  readonly #all: S[] = []
  readonly #pools = new Map<string, Pool<S>>()

  constructor(options: PoolsOptions) {
    this.#mode = options.mode
    for (const pool of options.pools ?? []) this.#pools.set(pool.name, { ...pool, sets: [] })
    if (!this.#pools.has(DEFAULT_POOL)) this.#pools.set(DEFAULT_POOL, { ...newPool(DEFAULT_POOL), sets: [] })
  }

  get size(): number {
    return this.#all.length
  }

  /** Answers with the name of a pool that had to be made for it, since nobody had described it. */
  add(set: S): string | undefined {
    insert(this.#all, set)
    if (this.#mode === 'FIFO') return undefined
    const name = poolOf(set.set)
    const known = this.#pools.get(name)
    if (known !== undefined) {
      insert(known.sets, set)
      return undefined
    }
    this.#pools.set(name, { ...newPool(name), sets: [set] })
    return name
  }

  remove(set: S): void {
    drop(this.#all, set)
    if (this.#mode === 'FAIR') drop(this.#pools.get(poolOf(set.set))!.sets, set)
  }

  /** In the order to be served now. The answer is valid until the next `add` or `remove`. */
  inOrder(): readonly S[] {
    if (this.#mode === 'FIFO' || this.#all.length < 2) return this.#all
    const ranked: { pool: Pool<S>; running: number }[] = []
    for (const pool of this.#pools.values()) if (pool.sets.length > 0) ranked.push({ pool, running: pool.sets.reduce((sum, set) => sum + set.running, 0) })
    ranked.sort((a, b) => fairer({ ...a.pool, running: a.running }, { ...b.pool, running: b.running }))
    return ranked.flatMap(({ pool }) => (pool.mode === 'FIFO' ? pool.sets : [...pool.sets].sort((a, b) => fairer(asSchedulable(a), asSchedulable(b)))))
  }

  pools(): PoolSpec[] {
    return [...this.#pools.values()].map(({ name, mode, weight, minShare }) => ({ name, mode, weight, minShare }))
  }
}

/** The pool of a job's tasks, by its local property. */
export const poolOf = (set: { properties: Conf }): string => set.properties[POOL_PROPERTY] ?? DEFAULT_POOL

interface Share {
  name: string
  weight: number
  minShare: number
  running: number
}

/** Below its least share comes first; then the smaller part of the least share, or of the weight; then the name. */
export function fairer(a: Share, b: Share): number {
  const aNeedy = a.running < a.minShare
  const bNeedy = b.running < b.minShare
  if (aNeedy !== bNeedy) return aNeedy ? -1 : 1
  const byShare = aNeedy ? a.running / Math.max(a.minShare, 1) - b.running / Math.max(b.minShare, 1) : a.running / a.weight - b.running / b.weight
  if (byShare !== 0) return byShare
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

const asSchedulable = (set: Schedulable): Share => ({ name: `TaskSet_${set.set.stageId}.${set.set.stageAttempt}`, weight: 1, minShare: 0, running: set.running })

/** FIFO: job id, then stage id, then attempt (§6.5). */
export function before(a: TaskSet, b: TaskSet): boolean {
  if (a.priority !== b.priority) return a.priority < b.priority
  return a.stageId !== b.stageId ? a.stageId < b.stageId : a.stageAttempt < b.stageAttempt
}

function insert<S extends Schedulable>(sets: S[], set: S): void {
  let at = sets.length
  while (at > 0 && before(set.set, sets[at - 1]!.set)) at--
  sets.splice(at, 0, set)
}

function drop<S>(sets: S[], set: S): void {
  const at = sets.indexOf(set)
  if (at >= 0) sets.splice(at, 1)
}
