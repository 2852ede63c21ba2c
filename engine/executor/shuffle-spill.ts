import { readFileSync } from 'node:fs'
import { bytesToString, settings } from '../rules/conf.ts'
import type { BlockStore } from './block-store.ts'
import type { ExecutorEnv } from './env.ts'
import type { TaskCounts } from './task-counts.ts'

interface Spill {
  path: string
  offsets: number[]
}

/** Bytes a task may hold of its map output before it first asks for memory (spark.shuffle.spill.initialMemoryThreshold, scaled). */
export const spillThreshold = (conf: Readonly<Record<string, string>>): number => Math.floor(settings.spillInitialThreshold(conf) * settings.memoryScale(conf))

/** The map output of one task while it grows: in execution memory as long as there is some, then on disk (§8.6). */
export class ShuffleSpill {
  readonly #env: ExecutorEnv
  readonly #store: BlockStore
  readonly #counts: TaskCounts
  readonly #taskId: number
  readonly #start: number
  readonly #spills: Spill[] = []
  /** Bytes that may be held now. */
  #limit: number

  constructor(env: ExecutorEnv, store: BlockStore, counts: TaskCounts, taskId: number) {
    this.#env = env
    this.#store = store
    this.#counts = counts
    this.#taskId = taskId
    this.#start = this.#limit = spillThreshold(env.conf)
  }

  /** Asks for twice what is held. Answers with what may be held from here on: at most `held` means spill. */
  async grow(held: number): Promise<number> {
    this.#limit += await this.#store.acquireExecution(this.#taskId, 2 * held - this.#limit)
    this.#counts.peakExecution = Math.max(this.#counts.peakExecution, this.#limit - this.#start)
    return this.#limit
  }

  /** Writes what is held to disk and gives its memory back. Throws java.io.IOException on a full disk. */
  spill(buckets: Uint8Array[], elements: number): number {
    const offsets = [0]
    let at = 0
    for (const bucket of buckets) offsets.push((at += bucket.byteLength))
    const times = this.#spills.length + 1
    void this.#env.output('stderr', `INFO ExternalSorter: Thread ${this.#taskId} spilling in-memory map of ${bytesToString(at)} (elements: ${elements}) to disk (${times} time${times === 1 ? '' : 's'} so far)\n`)
    this.#spills.push({ path: this.#store.disk.write(`temp_shuffle_${this.#taskId}_${times}`, Buffer.concat(buckets, at)), offsets })
    this.#counts.memorySpilled += at
    this.#counts.diskSpilled += at
    this.#store.releaseExecution(this.#taskId, this.#limit - this.#start)
    return (this.#limit = this.#start)
  }

  /** The whole map output: what was spilled, in order, before what is still in memory. */
  merge(buckets: Uint8Array[]): Uint8Array[] {
    if (this.#spills.length === 0) return buckets
    const files = this.#spills.map(({ path, offsets }) => ({ data: readFileSync(path), offsets }))
    return buckets.map((bucket, i) => new Uint8Array(Buffer.concat([...files.map(({ data, offsets }) => data.subarray(offsets[i], offsets[i + 1])), bucket])))
  }

  /** Its files are of no more use. */
  close(): void {
    for (const { path } of this.#spills.splice(0)) this.#store.disk.remove(path)
  }
}
