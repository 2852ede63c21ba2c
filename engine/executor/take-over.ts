import type { DriverToExecutor, ExecutorToDriver } from '../world/messages.ts'
import type { BlockStore } from './block-store.ts'
import type { BlockClient } from './block-transfer.ts'

type Order = Extract<DriverToExecutor, { type: 'TakeOver' }>
type Done = Extract<ExecutorToDriver, { type: 'TookOver' }>

/**
 * Fetches shuffle files and cached partitions of an executor that is being decommissioned, and keeps them
 * (§7.6). What cannot be had, or finds no room here, stays where it is and is left out of the answer.
 */
export async function takeOver({ from, shuffles, blocks }: Order, store: BlockStore, client: BlockClient): Promise<Done> {
  const done: Done = { type: 'TookOver', from: from.executorId, shuffles: [], blocks: [] }
  for (const { shuffleId, mapIndex, reduces } of shuffles) {
    try {
      const buckets: Uint8Array[] = []
      for (let reduce = 0; reduce < reduces; reduce++) {
        const [bucket] = await client.fetch(from, { type: 'FetchShuffle', shuffleId, mapIndexes: [mapIndex], reduce })
        buckets.push(bucket ?? new Uint8Array())
      }
      await store.shuffles.write(shuffleId, mapIndex, buckets, { shuffleBytesWritten: 0, shuffleWriteNs: 0 })
      done.shuffles.push({ shuffleId, mapIndex })
    } catch {
      // It stays where it was: whoever needs it later finds it gone and has it made again (§5.13).
    }
  }
  for (const { rddId, partition, level } of blocks) {
    try {
      const [data] = await client.fetch(from, { type: 'FetchBlock', rddId, partition })
      const put = await store.putRdd(rddId, partition, data ?? new Uint8Array(), level)
      if (put.stored) done.blocks.push({ rddId, partition, memory: put.memory, disk: put.disk })
    } catch {
      // A cached partition that is lost is computed again (§5.31).
    }
  }
  return done
}
