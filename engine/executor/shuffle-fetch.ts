import type { TaskEndReason } from '../events/index.ts'
import { BlockFetchError } from './block-transfer.ts'
import type { BlockStore } from './block-store.ts'
import type { ExecutorEnv, MapOutputPlaces } from './env.ts'

export type FetchFailed = Extract<TaskEndReason, { Reason: 'FetchFailed' }>

/** A block of a shuffle could not be had: the task ends with FetchFailed, not with an exception (§5.11). */
export class FetchFailure extends Error {
  readonly reason: FetchFailed
  constructor(reason: FetchFailed) {
    super(reason.Message)
    this.name = 'FetchFailedException'
    this.reason = reason
  }
}

/** Blocks were lost and nobody knows which. */
export const lostDetail = (): FetchFailed => ({ Reason: 'FetchFailed', 'Shuffle ID': -1, 'Map ID': -1, 'Map Index': -1, 'Reduce ID': -1, Message: 'org.apache.spark.shuffle.FetchFailedException' })

export interface FetchCounts {
  localBlocks: number
  remoteBlocks: number
  localBytes: number
  remoteBytes: number
  waitMs: number
}

/** Reads reduce partitions: own blocks from disk, the others from their executors. */
export class ShuffleFetcher {
  readonly #env: ExecutorEnv
  readonly #store: BlockStore
  /** Map output locations as the driver told them, until it says that they changed. */
  #places = new Map<number, Promise<MapOutputPlaces>>()

  constructor(env: ExecutorEnv, store: BlockStore) {
    this.#env = env
    this.#store = store
  }

  /** Locations are asked again from here on: outputs were lost or made anew (a new epoch). */
  forget(shuffleId?: number): void {
    if (shuffleId === undefined) this.#places.clear()
    else this.#places.delete(shuffleId)
  }

  /** All blocks of one reduce partition, in map order. Throws FetchFailure. */
  async fetch(shuffleId: number, reduce: number, counts: FetchCounts): Promise<Uint8Array[]> {
    let asking = this.#places.get(shuffleId)
    if (asking === undefined) {
      asking = this.#env.askMapOutputs(shuffleId)
      this.#places.set(shuffleId, asking)
    }
    const { outputs } = await asking
    const blocks = new Array<Uint8Array>(outputs.length)
    const remote = new Map<string, number[]>()
    for (const [mapIndex, place] of outputs.entries()) {
      if (place === null) {
        this.#places.delete(shuffleId)
        throw new FetchFailure({
          Reason: 'FetchFailed',
          'Shuffle ID': shuffleId,
          'Map ID': -1,
          // Spark names no map output here, only the shuffle (§5.11).
          'Map Index': -1,
          'Reduce ID': reduce,
          Message: `org.apache.spark.shuffle.MetadataFetchFailedException: Missing an output location for shuffle ${shuffleId} partition ${reduce}`
        })
      }
      // An empty block is never asked for.
      if ((place.sizes[reduce] ?? 0) === 0) blocks[mapIndex] = EMPTY
      else if (place.executorId === this.#env.executorId) {
        const block = await this.#store.shuffles.read(shuffleId, mapIndex, reduce)
        if (block === null) throw this.#failure(shuffleId, reduce, mapIndex, place, `shuffle file of map output ${mapIndex} is gone from the local disk`)
        blocks[mapIndex] = block
        counts.localBlocks++
        counts.localBytes += block.byteLength
      } else {
        const list = remote.get(place.executorId)
        if (list === undefined) remote.set(place.executorId, [mapIndex])
        else list.push(mapIndex)
      }
    }
    const began = performance.now()
    await Promise.all(
      [...remote.values()].map(async (mapIndexes) => {
        const place = outputs[mapIndexes[0]!]!
        try {
          const got = await this.#env.fetchShuffle(place, shuffleId, mapIndexes, reduce)
          for (const [i, mapIndex] of mapIndexes.entries()) {
            const block = got[i] ?? EMPTY
            const told = outputs[mapIndex]!.sizes[reduce]
            if (block.byteLength !== told) throw new BlockFetchError(`executor ${place.executorId} sent ${block.byteLength} bytes where the map output has ${told}`, place, mapIndex)
            blocks[mapIndex] = block
            counts.remoteBlocks++
            counts.remoteBytes += block.byteLength
          }
        } catch (error) {
          if (!(error instanceof BlockFetchError)) throw error
          throw this.#failure(shuffleId, reduce, error.missing ?? mapIndexes[0]!, place, error.message)
        }
      })
    )
    if (remote.size > 0) counts.waitMs += performance.now() - began
    return blocks
  }

  #failure(shuffleId: number, reduce: number, mapIndex: number, place: { executorId: string; host: string; port: number }, message: string): FetchFailure {
    this.#places.delete(shuffleId)
    return new FetchFailure({
      Reason: 'FetchFailed',
      'Block Manager Address': { 'Executor ID': place.executorId, Host: place.host, Port: place.port },
      'Shuffle ID': shuffleId,
      'Map ID': mapIndex,
      'Map Index': mapIndex,
      'Reduce ID': reduce,
      Message: `org.apache.spark.shuffle.FetchFailedException: ${message}`
    })
  }
}

const EMPTY = new Uint8Array()
