import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StorageLevel } from '../../engine/events/index.ts'
import { BlockStore } from '../../engine/executor/block-store.ts'
import type { ExecutorEnv } from '../../engine/executor/env.ts'
import { Replicas } from '../../engine/executor/replicas.ts'
import { MIB } from '../../engine/rules/memory.ts'

const level = (memory: boolean, disk: boolean, more: Partial<StorageLevel> = {}): StorageLevel => ({ 'Use Memory': memory, 'Use Disk': disk, 'Use Off Heap': false, Deserialized: false, Replication: 1, ...more })
const MEMORY_ONLY = level(true, false)
const MEMORY_AND_DISK = level(true, true)
const DISK_ONLY = level(false, true)
const OFF_HEAP = level(true, true, { 'Use Off Heap': true })

let folder = ''
let said = ''
let updates: { rddId: number; partition: number; memory: number; disk: number; stored: boolean; reason?: string }[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindling-store-'))
  said = ''
  updates = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A store with so many MiB to share. */
function envWith(mib: number, conf: Record<string, string> = {}): ExecutorEnv {
  const env: Partial<ExecutorEnv> = {
    executorId: '0',
    conf: { 'spark.memory.fraction': '1', ...conf },
    localDirectory: join(folder, 'local'),
    heapLimit: (300 + mib) * MIB,
    blockUpdated: (update) => updates.push(update),
    output: (_stream, text) => {
      said += text
      return undefined
    }
  }
  return env as ExecutorEnv
}
const block = (mib: number, fill = 7): Uint8Array => new Uint8Array(mib * MIB).fill(fill)

describe('storage levels', () => {
  test('§8.8 MEMORY_ONLY that does not fit is not kept, and said so; the job goes on', async () => {
    const store = new BlockStore(envWith(2))
    expect(await store.putRdd(1, 0, block(5), MEMORY_ONLY)).toMatchObject({ stored: false, memory: 0, disk: 0 })
    expect(said).toMatch(/^WARN MemoryStore: Not enough space to cache rdd_1_0 in memory! \(computed \d/)
    expect(await store.getRdd(1, 0)).toBe(null)
  })

  test('§8.8 MEMORY_AND_DISK that does not fit goes to disk, and comes back the same', async () => {
    const store = new BlockStore(envWith(2))
    expect(await store.putRdd(1, 0, block(5), MEMORY_AND_DISK)).toEqual({ stored: true, memory: 0, disk: 5 * MIB })
    expect(said).toBe('WARN BlockManager: Persisting block rdd_1_0 to disk instead.\n')
    expect(Buffer.compare((await store.getRdd(1, 0))!, block(5))).toBe(0)
  })

  test('§8.9 DISK_ONLY takes no memory', async () => {
    const store = new BlockStore(envWith(10))
    expect(await store.putRdd(1, 0, block(1), DISK_ONLY)).toEqual({ stored: true, memory: 0, disk: MIB })
    expect(store.storageBytes).toBe(0)
    expect((await store.getRdd(1, 0))!.byteLength).toBe(MIB)
  })

  test('§8.9 OFF_HEAP lies in the off-heap space; without one, on disk', async () => {
    const store = new BlockStore(envWith(10, { 'spark.memory.offHeap.enabled': 'true', 'spark.memory.offHeap.size': '4m' }))
    expect(await store.putRdd(1, 0, block(3), OFF_HEAP)).toEqual({ stored: true, memory: 3 * MIB, disk: 0 })
    expect([store.storageBytes, store.offHeapBytes]).toEqual([0, 3 * MIB])
    store.removeRdd(1)
    expect(store.offHeapBytes).toBe(0)
    expect(await new BlockStore(envWith(10)).putRdd(1, 0, block(3), OFF_HEAP)).toEqual({ stored: true, memory: 0, disk: 3 * MIB })
  })

  test('§8.7 an evicted block goes to disk if its level has disk, else it is forgotten; read again it comes back to memory when there is room', async () => {
    const store = new BlockStore(envWith(10))
    await store.putRdd(1, 0, block(4), MEMORY_ONLY)
    await store.putRdd(2, 0, block(4), MEMORY_AND_DISK)
    await store.putRdd(3, 0, block(9), MEMORY_ONLY)
    expect(updates).toEqual([
      { rddId: 1, partition: 0, memory: 0, disk: 0, stored: false, reason: 'dropped to make room' },
      { rddId: 2, partition: 0, memory: 0, disk: 4 * MIB, stored: true, reason: 'moved to disk to make room' }
    ])
    expect(await store.getRdd(1, 0)).toBe(null)
    store.removeRdd(3)
    expect((await store.getRdd(2, 0))!.byteLength).toBe(4 * MIB)
    expect(updates.at(-1)).toMatchObject({ rddId: 2, memory: 4 * MIB, disk: 4 * MIB })
  })

  test('§8.7 a block that a task reads is not pushed out before the task ends', async () => {
    const store = new BlockStore(envWith(10))
    await store.putRdd(1, 0, block(6), MEMORY_ONLY)
    await store.getRdd(1, 0, 77)
    expect((await store.putRdd(2, 0, block(6), MEMORY_ONLY)).stored).toBe(false)
    store.releaseTask(77)
    expect((await store.putRdd(2, 0, block(6), MEMORY_ONLY)).stored).toBe(true)
  })

  test('§8.3 execution pushes cached blocks out down to the storage region', async () => {
    const store = new BlockStore(envWith(10))
    for (const i of [0, 1, 2, 3]) await store.putRdd(i, 0, block(2), MEMORY_ONLY)
    expect(await store.acquireExecution(1, 5 * MIB)).toBe(5 * MIB)
    expect(updates.map((update) => update.rddId)).toEqual([0, 1])
    expect(store.storageBytes).toBe(4 * MIB)
  })
})

describe('copies', () => {
  const peers = ['1', '2', '3'].map((executorId) => ({ executorId, host: `worker-${executorId}`, port: 1 }))

  test('§8.9 a level with _2 gives one copy to another executor, which keeps it once', async () => {
    const sent: unknown[] = []
    const env = { ...envWith(10), askPeers: () => Promise.resolve([...peers]) }
    const replicas = new Replicas(env, (peer, rddId, partition, data, its) => {
      sent.push([peers.includes(peer), rddId, partition, data.byteLength, its.Replication])
      return Promise.resolve(true)
    })
    await replicas.make(4, 1, block(1), level(true, false, { Replication: 2 }), 1)
    expect(sent).toEqual([[true, 4, 1, MIB, 1]])
    expect(said).toBe('')
  })

  test('§8.9, §8.10 holders get no second copy; what could not be copied is told', async () => {
    const tried: string[] = []
    const env = { ...envWith(10), askPeers: () => Promise.resolve([...peers]) }
    const replicas = new Replicas(env, (peer) => {
      tried.push(peer.executorId)
      return Promise.resolve(false)
    })
    await replicas.make(4, 1, block(1), level(true, false, { Replication: 2 }), 1, ['2'])
    expect(tried.sort()).toEqual(['1', '3'])
    expect(said).toBe('WARN BlockManager: Block rdd_4_1 replicated to only 0 peer(s) instead of 1 peers\n')
  })
})

describe('disk', () => {
  const counts = { shuffleBytesWritten: 0, shuffleWriteNs: 0 }

  test('§13.16 a full disk refuses every write in Java’s words, and takes them again when it is healed', async () => {
    const store = new BlockStore(envWith(10))
    store.disk.full = true
    await expect(store.shuffles.write(0, 0, [block(1)], counts)).rejects.toMatchObject({ className: 'java.io.IOException', message: 'No space left on device' })
    await expect(store.putRdd(1, 0, block(1), DISK_ONLY)).rejects.toMatchObject({ message: 'No space left on device' })
    expect((await store.putRdd(1, 1, block(1), MEMORY_ONLY)).stored).toBe(true)
    store.disk.full = false
    expect(await store.shuffles.write(0, 0, [block(1)], counts)).toEqual([MIB])
  })

  test('§5.11 a shuffle file that is gone, cut short or spoiled gives no block', async () => {
    const store = new BlockStore(envWith(10))
    const write = (map: number): Promise<number[]> => store.shuffles.write(0, map, [block(1, 1), block(1, 2)], counts)
    for (const map of [0, 1, 2]) await write(map)
    expect((await store.shuffles.read(0, 0, 1))![0]).toBe(2)
    const file = (map: number): string => join(folder, 'local', readdirSync(join(folder, 'local')).find((name) => name.startsWith(`shuffle_0_${map}`))!)
    writeFileSync(file(1), readFileSync(file(1)).subarray(0, MIB + 5))
    writeFileSync(file(2), block(2, 9))
    expect(await store.shuffles.read(0, 1, 0)).not.toBe(null)
    expect(await store.shuffles.read(0, 1, 1)).toBe(null)
    expect(await store.shuffles.read(0, 2, 0)).toBe(null)
    expect(store.shuffles.lose('shuffle_0_2')).toEqual([{ shuffleId: 0, mapIndexes: [2] }])
    expect(store.shuffles.lose()).toEqual([{ shuffleId: 0, mapIndexes: [0, 1] }])
    expect(await store.shuffles.read(0, 0, 0)).toBe(null)
    expect(store.shuffles.lose()).toEqual([])
  })
})
