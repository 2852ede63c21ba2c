import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { StorageLevel } from '../events/index.ts'
import { LOCAL_CHECKPOINT } from '../executor/block-store.ts'
import { javaFailure, type DriverFiles } from './files.ts'
import type { JobAnswer } from './jobs.ts'
import type { RddTable } from './rdd-table.ts'

/** Names the directory in a checkpoint job's properties. */
export const CHECKPOINT_PROPERTY = 'kindling.checkpoint.directory'

const MEMORY_AND_DISK: StorageLevel = { 'Use Disk': true, 'Use Memory': true, 'Use Off Heap': false, Deserialized: false, Replication: 1 }

export interface CheckpointHands {
  isCached: (rddId: number, partition: number) => boolean
  /** Runs a job over these partitions; with a directory its tasks write them there. */
  submit: (rddId: number, partitions: number[], callSite: string, properties: Record<string, string>) => Promise<JobAnswer>
  /** The id of the RDD that reads a checkpoint. */
  nextRddId: () => number
  warn: (text: string) => void
}

/** checkpoint() and localCheckpoint(): marked now, done after the next job, as jobs of their own (§5.33, §5.34). */
export class Checkpoints {
  readonly #rdds: RddTable
  readonly #files: DriverFiles
  readonly #hands: CheckpointHands
  #directory: string | undefined

  constructor(rdds: RddTable, files: DriverFiles, hands: CheckpointHands) {
    this.#rdds = rdds
    this.#files = files
    this.#hands = hands
  }

  /** A folder of its own below the given one, as Spark makes. Answers with its URL. */
  setDirectory(path: string): string {
    const directory = join(this.#files.resolve(path), randomUUID())
    mkdirSync(directory, { recursive: true })
    this.#directory = directory
    return this.#files.qualify(directory)
  }

  mark(rddId: number, local: boolean): void {
    const entry = this.#rdds.get(rddId)
    if (!local && this.#directory === undefined) throw javaFailure('org.apache.spark.SparkException', 'Checkpoint directory has not been set in the SparkContext')
    if (entry.checkpoint === 'done') return
    if (entry.wasRun === true) {
      entry.checkpoint = 'too-late'
      this.#hands.warn(`checkpoint() on RDD ${rddId} comes after a job has run on it: it will never be written. Call it before the first action.`)
      return
    }
    // Whatever level it has, a disk stands behind it.
    if (local) entry.storageLevel = { ...(entry.storageLevel ?? MEMORY_AND_DISK), 'Use Disk': true }
    entry.checkpoint = local ? 'marked-local' : 'marked'
  }

  /**
   * After a job on this RDD: writes what its lineage has marked and cuts the lineage there. Answers with the
   * accumulator updates of the tasks that wrote: they count once more (§9.3).
   */
  async afterJob(rddId: number, callSite: string): Promise<Uint8Array[]> {
    const accumulators: Uint8Array[] = []
    for (const entry of this.#rdds.lineage(rddId)) {
      const all = Array.from({ length: entry.partitions }, (_, partition) => partition)
      if (entry.checkpoint === 'marked') {
        const directory = join(this.#directory!, `rdd-${entry.id}`)
        mkdirSync(directory, { recursive: true })
        accumulators.push(...(await this.#hands.submit(entry.id, all, callSite, { [CHECKPOINT_PROPERTY]: directory })).accumulators)
        this.#rdds.cut(entry.id, this.#hands.nextRddId(), callSite, directory, this.#files.qualify(directory))
      } else if (entry.checkpoint === 'marked-local') {
        const missing = all.filter((partition) => !this.#hands.isCached(entry.id, partition))
        if (missing.length > 0) accumulators.push(...(await this.#hands.submit(entry.id, missing, callSite, {})).accumulators)
        this.#rdds.cut(entry.id, this.#hands.nextRddId(), callSite, `${LOCAL_CHECKPOINT}${entry.id}`, undefined)
      }
    }
    for (const entry of this.#rdds.lineage(rddId)) entry.wasRun = true
    return accumulators
  }
}
