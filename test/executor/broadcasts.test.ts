import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DriverBroadcasts } from '../../engine/driver/broadcasts.ts'
import { DriverMemory } from '../../engine/driver/driver-memory.ts'
import { BlockStore } from '../../engine/executor/block-store.ts'
import { Broadcasts, type BroadcastSource } from '../../engine/executor/broadcasts.ts'
import type { ExecutorEnv } from '../../engine/executor/env.ts'
import { MIB } from '../../engine/rules/memory.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kindling-broadcast-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A driver with values cut into pieces of so many bytes, and executors that fetch from it and from one another. */
function cluster(pieceSize: number, mib = 50) {
  const driver = new DriverBroadcasts(new DriverMemory(1024 * MIB, () => 0), pieceSize)
  const fetched: string[] = []
  const executors = new Map<string, { store: BlockStore; broadcasts: Broadcasts; seed: { value: number }; down: boolean }>()
  const add = (id: string): { store: BlockStore; broadcasts: Broadcasts } => {
    const env: Partial<ExecutorEnv> = { executorId: id, conf: { 'spark.memory.fraction': '1' }, localDirectory: join(folder, id), heapLimit: (300 + mib) * MIB, blockUpdated: () => undefined, output: () => undefined }
    const store = new BlockStore(env as ExecutorEnv)
    const seed = { value: Number(id) + 1 }
    const source: BroadcastSource = {
      broadcast: (broadcast) => Promise.resolve(driver.pieces(broadcast) === 0 ? undefined : { pieces: driver.pieces(broadcast) }),
      holders: (broadcast, piece) => Promise.resolve(['driver', ...driver.holders(broadcast, piece)].map((executorId) => ({ executorId, host: '', port: 0 }))),
      fetch: async (from, broadcast, piece) => {
        if (executors.get(from.executorId)?.down === true) throw new Error('gone')
        fetched.push(`${from.executorId}>${id} ${piece}`)
        const data = from.executorId === 'driver' ? driver.piece(broadcast, piece) : await executors.get(from.executorId)!.store.pieces.get(broadcast, piece)
        if (data === null || data === undefined) throw new Error('not there')
        return data
      },
      stored: (broadcast, piece) => driver.held(id, broadcast, piece),
      // A small generator: the same test meets the same order every time.
      random: () => (seed.value = (seed.value * 16807) % 2147483647) / 2147483647
    }
    const executor = { store, broadcasts: new Broadcasts(source, store.pieces), seed, down: false }
    executors.set(id, executor)
    return executor
  }
  return { driver, fetched, add, executors }
}
const value = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, (_, i) => i % 251)

describe('broadcasts', () => {
  test('§9.1 a value travels in pieces of spark.broadcast.blockSize, each once, in random order', async () => {
    const { driver, fetched, add } = cluster(1000)
    const id = driver.add(value(4500))
    const { broadcasts, store } = add('0')
    expect(Buffer.compare(await broadcasts.value(id), value(4500))).toBe(0)
    expect([...fetched].sort()).toEqual(['driver>0 0', 'driver>0 1', 'driver>0 2', 'driver>0 3', 'driver>0 4'])
    expect(fetched).not.toEqual([...fetched].sort())
    await broadcasts.value(id)
    expect(fetched).toHaveLength(5)
    expect(store.pieces.memoryBytes).toBe(4500)
    expect(store.memory.storageUsed).toBe(4500)
    expect(store.storageBytes).toBe(0)
  })

  test('§9.1 executors that have pieces give them to others', async () => {
    const { driver, fetched, add } = cluster(100)
    const id = driver.add(value(4000))
    await add('0').broadcasts.value(id)
    expect(Buffer.compare(await add('1').broadcasts.value(id), value(4000))).toBe(0)
    const peers = fetched.filter((text) => text.startsWith('0>1'))
    const driverGave = fetched.filter((text) => text.startsWith('driver>1'))
    expect(peers.length + driverGave.length).toBe(40)
    expect(peers.length).toBeGreaterThan(5)
    expect(driverGave.length).toBeGreaterThan(5)
  })

  test('§9.1 a holder that is gone: the next one is asked; tasks that ask at the same time share one fetch', async () => {
    const { driver, fetched, add, executors } = cluster(100)
    const id = driver.add(value(2000))
    await add('0').broadcasts.value(id)
    executors.get('0')!.down = true
    const { broadcasts } = add('1')
    const [one, two] = await Promise.all([broadcasts.value(id), broadcasts.value(id)])
    expect(one).toBe(two)
    expect(fetched.filter((text) => text.startsWith('driver>1'))).toHaveLength(20)
  })

  test('§9.1 MEMORY_AND_DISK: a piece that finds no memory lies on disk, one that is pushed out goes there', async () => {
    const { driver, add } = cluster(MIB, 2)
    const id = driver.add(value(4 * MIB))
    const { broadcasts, store } = add('0')
    expect(Buffer.compare(await broadcasts.value(id), value(4 * MIB))).toBe(0)
    expect(store.pieces.memoryBytes).toBe(2 * MIB)
    expect(store.pieces.held().filter((piece) => piece.disk > 0)).toHaveLength(2)
    await store.acquireExecution(1, 2 * MIB)
    expect(store.pieces.memoryBytes).toBe(MIB)
    expect(Buffer.compare(await broadcasts.value(id), value(4 * MIB))).toBe(0)
  })

  test('§9.1 unpersist takes the pieces from executors, they come again when wanted; destroy takes the value', async () => {
    const { driver, fetched, add } = cluster(1000, 1)
    const id = driver.add(value(2 * MIB))
    const { broadcasts, store } = add('0')
    await broadcasts.value(id)
    driver.unpersist(id)
    broadcasts.remove(id)
    expect([store.pieces.memoryBytes, store.memory.storageUsed, readdirSync(join(folder, '0'))]).toEqual([0, 0, []])
    expect(driver.holders(id, 0)).toEqual([])
    await broadcasts.value(id)
    expect(fetched.length).toBe(2 * driver.pieces(id))
    driver.destroy(id)
    broadcasts.remove(id)
    await expect(broadcasts.value(id)).rejects.toMatchObject({ className: 'org.apache.spark.SparkException', message: `Failed to get broadcast_${id}_piece0 of broadcast_${id}` })
  })
})
