/** What goes with an executor: map outputs, cached blocks; and which late successes are not to be believed (§5.15, §5.16, §5.20, §5.21). */
import type { TaskEndReason } from '../events/index.ts'
import type { CauseRef, RulesEffect } from './types.ts'
import type { DagOptions, MapOutputTrackerApi } from './contract.ts'
import { narrowChain, reach } from './lineage.ts'
import type { Stage } from './stage.ts'

/** Cached partitions of one RDD that went with one executor. */
export interface CachedLoss {
  rddId: number
  executorId: string
  partitions: number[]
}

export class LostExecutors {
  readonly #options: DagOptions
  readonly #outputs: MapOutputTrackerApi
  readonly #effect: (effect: RulesEffect) => void
  /** Epoch in which an executor was last written off; its blocks, and its shuffle files. */
  readonly #blocksEpoch = new Map<string, number>()
  readonly #filesEpoch = new Map<string, number>()
  /** Executors that a BlocksLost event was posted for. */
  readonly #told = new Set<string>()
  /** rdd → partition → executor it was cached on. */
  readonly #cached = new Map<number, Map<number, string>>()

  constructor(options: DagOptions, outputs: MapOutputTrackerApi, effect: (effect: RulesEffect) => void) {
    this.#options = options
    this.#outputs = outputs
    this.#effect = effect
  }

  added(executorId: string): void {
    this.#blocksEpoch.delete(executorId)
    this.#filesEpoch.delete(executorId)
  }

  /** Success of a task that was made before its executor was written off. */
  isBogus(executorId: string, taskEpoch: number): boolean {
    const failed = this.#blocksEpoch.get(executorId)
    return failed !== undefined && taskEpoch <= failed
  }

  /**
   * Forgets everything the executor held, once an epoch; with `host`, every map output on that host. `dropped` is
   * a map output that was unregistered before, to be told with the rest.
   */
  writeOff(executorId: string, host: string | undefined, epoch: number, cause: CauseRef, dropped?: { shuffleId: number; mapIndex: number }): void {
    const blocks = below(this.#blocksEpoch.get(executorId), epoch)
    const files = below(this.#filesEpoch.get(executorId), epoch)
    const cached = blocks ? this.#options.cachedOn(executorId).filter((one) => one.partitions.length > 0) : []
    if (blocks) this.#blocksEpoch.set(executorId, epoch)
    const byExecutor = new Map<string, { shuffleId: number; mapIndexes: number[] }[]>()
    if (dropped) addTo(byExecutor, executorId, dropped.shuffleId, dropped.mapIndex)
    if (files) {
      this.#filesEpoch.set(executorId, epoch)
      const gone = host === undefined ? this.#outputs.unregisterByExecutor(executorId) : [...this.#outputs.unregisterByHost(host), ...this.#outputs.unregisterByExecutor(executorId)]
      for (const { shuffleId, mapIndexes } of gone) for (const mapIndex of mapIndexes) addTo(byExecutor, this.#outputs.lostBy(shuffleId, mapIndex)!, shuffleId, mapIndex)
    }
    for (const { rddId, partitions } of cached) {
      const map = this.#cached.get(rddId) ?? new Map<number, string>()
      this.#cached.set(rddId, map)
      for (const partition of partitions) map.set(partition, executorId)
    }
    if (cached.length > 0 && !byExecutor.has(executorId)) byExecutor.set(executorId, [])
    for (const [owner, mapOutputs] of byExecutor) {
      this.#told.add(owner)
      this.#effect({
        type: 'post',
        key: `blocks-lost:${owner}`,
        cause,
        event: { Event: 'kindling.BlocksLost', executorId: owner, appId: this.#options.appId(), mapOutputs, cached: owner === executorId ? cached : [] }
      })
    }
    if (blocks) this.#effect({ type: 'remove-block-manager', executorId, cause })
  }

  /** The loss behind a fetch failure, where it is known already. */
  causeOf(reason: Extract<TaskEndReason, { Reason: 'FetchFailed' }>): CauseRef | undefined {
    const executorId = this.#outputs.contains(reason['Shuffle ID'])
      ? (this.#outputs.lostBy(reason['Shuffle ID'], reason['Map Index']) ?? reason['Block Manager Address']?.['Executor ID'])
      : undefined
    return executorId !== undefined && this.#told.has(executorId) ? { key: `blocks-lost:${executorId}` } : undefined
  }

  /** Executors whose loss took map outputs of these partitions. */
  takersOf(stage: Stage, partitions: readonly number[]): string[] {
    if (stage.shuffle === null || this.#told.size === 0) return []
    const takers = new Set<string>()
    for (const partition of partitions) {
      const taker = this.#outputs.lostBy(stage.shuffle.shuffleId, partition)
      if (taker !== undefined && this.#told.has(taker)) takers.add(taker)
    }
    return [...takers]
  }

  /** Lost cached partitions that these tasks compute again; told once. */
  cachedNeeded(stage: Stage, partitions: readonly number[]): CachedLoss[] {
    if (this.#cached.size === 0) return []
    if (!narrowChain(stage.rddId, this.#options.rdd).some((node) => this.#cached.has(node.id))) return []
    const losses = new Map<string, CachedLoss>()
    for (const [rddId, reached] of reach(stage.rddId, partitions, this.#options.rdd)) {
      const lost = this.#cached.get(rddId)
      if (!lost) continue
      for (const partition of [...reached].sort((a, b) => a - b)) {
        const executorId = lost.get(partition)
        if (executorId === undefined) continue
        lost.delete(partition)
        if (this.#options.rdd(rddId).storageLevel === undefined || this.#options.cacheLocations(rddId, partition).length > 0) continue
        const name = `${rddId}/${executorId}`
        const loss = losses.get(name)
        if (loss) loss.partitions.push(partition)
        else losses.set(name, { rddId, executorId, partitions: [partition] })
      }
      if (lost.size === 0) this.#cached.delete(rddId)
    }
    return [...losses.values()]
  }
}

function below(known: number | undefined, epoch: number): boolean {
  return known === undefined || known < epoch
}

function addTo(map: Map<string, { shuffleId: number; mapIndexes: number[] }[]>, owner: string, shuffleId: number, mapIndex: number): void {
  let list = map.get(owner)
  if (list === undefined) map.set(owner, (list = []))
  const shuffle = list.find((one) => one.shuffleId === shuffleId)
  if (shuffle) shuffle.mapIndexes.push(mapIndex)
  else list.push({ shuffleId, mapIndexes: [mapIndex] })
}
