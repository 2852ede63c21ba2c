import { closeSync, existsSync, mkdirSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { StorageLevel } from '../events/index.ts'
import { readDouble, settings } from '../rules/conf.ts'
import { MIB, UnifiedMemory } from '../rules/memory.ts'
import type { ExecutorEnv } from './env.ts'

/** Begins the directory name of a local checkpoint: its blocks lie in the block store. */
export const LOCAL_CHECKPOINT = 'local-checkpoint:'

interface ShuffleFile {
  path: string
  offsets: number[]
  /** CRC-32 of each block: what a disk has spoiled is not given on (spark.shuffle.checksum.enabled). */
  checksums: number[]
}

interface CachedBlock {
  rddId: number
  partition: number
  /** Bytes in memory; undefined when only on disk. */
  data: Uint8Array | undefined
  size: number
  path: string | undefined
  level: StorageLevel
}

export interface Put {
  stored: boolean
  memory: number
  disk: number
  reason?: string
}

/** Bytes of storage memory an executor with this heap can have at most (§8.1). */
export function memoryForStorage(conf: Readonly<Record<string, string>>, heapLimit: number): number {
  return unifiedMemory(conf, heapLimit).total
}

function unifiedMemory(conf: Readonly<Record<string, string>>, heapLimit: number): UnifiedMemory {
  return new UnifiedMemory({ heap: heapLimit, fraction: settings.memoryFraction(conf), storageFraction: settings.memoryStorageFraction(conf), scale: readDouble(conf, 'kindling.memory.scale', 1, 0) })
}

/** Blocks of one executor: cached partitions in memory or on disk, and shuffle files (§5.31, §8.7–8.8). */
export class BlockStore {
  readonly memory: UnifiedMemory
  readonly #env: ExecutorEnv
  readonly #cached = new Map<string, CachedBlock>()
  readonly #shuffles = new Map<string, ShuffleFile>()
  #madeDirectory = false
  #waiting: (() => void)[] = []

  constructor(env: ExecutorEnv) {
    this.#env = env
    this.memory = unifiedMemory(env.conf, env.heapLimit)
  }

  get storageBytes(): number {
    return this.memory.storageUsed
  }

  get executionBytes(): number {
    return this.memory.executionUsed
  }

  /** Keeps a partition as its level says. What does not fit in memory goes to disk, or is not kept (§8.8). */
  async putRdd(rddId: number, partition: number, data: Uint8Array, level: StorageLevel): Promise<Put> {
    const key = blockId(rddId, partition)
    const before = this.#cached.get(key)
    if (before !== undefined) return { stored: true, memory: before.data === undefined ? 0 : before.size, disk: before.path === undefined ? 0 : before.size }
    if (level['Use Memory']) {
      const asked = this.memory.acquireStorage({ block: key, rddId, bytes: data.byteLength })
      for (const evicted of asked.evicted) this.#evict(evicted)
      if (asked.granted) {
        this.#cached.set(key, { rddId, partition, data, size: data.byteLength, path: undefined, level })
        return { stored: true, memory: data.byteLength, disk: 0 }
      }
    }
    if (!level['Use Disk']) {
      const text = `Not enough space to cache ${key} in memory! (computed ${(data.byteLength / MIB).toFixed(1)} MiB so far)`
      void this.#env.output('stderr', `WARN MemoryStore: ${text}\n`)
      return { stored: false, memory: 0, disk: 0, reason: text }
    }
    if (level['Use Memory']) void this.#env.output('stderr', `WARN BlockManager: Persisting block ${key} to disk instead.\n`)
    const path = this.#write(key, data)
    this.#cached.set(key, { rddId, partition, data: undefined, size: data.byteLength, path, level })
    return { stored: true, memory: 0, disk: data.byteLength }
  }

  /** Null when this executor does not hold the block. */
  async getRdd(rddId: number, partition: number): Promise<Uint8Array | null> {
    const key = blockId(rddId, partition)
    const block = this.#cached.get(key)
    if (block === undefined) return null
    if (block.data !== undefined) {
      this.memory.touch(key)
      return block.data
    }
    return new Uint8Array(await readFile(block.path!))
  }

  /** Writes one map output to disk: a file with the buckets one after another. Answers with their sizes. */
  async writeShuffle(shuffleId: number, mapIndex: number, buckets: Uint8Array[], counts: { shuffleBytesWritten: number; shuffleWriteNs: number }): Promise<number[]> {
    const began = performance.now()
    const offsets = [0]
    let at = 0
    for (const bucket of buckets) offsets.push((at += bucket.byteLength))
    const path = this.#write(`shuffle_${shuffleId}_${mapIndex}_0.data`, Buffer.concat(buckets, at))
    this.#shuffles.set(`${shuffleId}/${mapIndex}`, { path, offsets, checksums: buckets.map((bucket) => crc32(bucket)) })
    counts.shuffleBytesWritten += at
    counts.shuffleWriteNs += (performance.now() - began) * 1e6
    return Promise.resolve(buckets.map((bucket) => bucket.byteLength))
  }

  /** One block of a map output; null when the file is not here, or does not hold what was written. */
  async readShuffle(shuffleId: number, mapIndex: number, reduce: number): Promise<Uint8Array | null> {
    const file = this.#shuffles.get(`${shuffleId}/${mapIndex}`)
    if (file === undefined || !existsSync(file.path)) return null
    const start = file.offsets[reduce] ?? 0
    const length = (file.offsets[reduce + 1] ?? start) - start
    const block = new Uint8Array(length)
    if (length === 0) return block
    const descriptor = openSync(file.path, 'r')
    try {
      if (readSync(descriptor, block, 0, length, start) < length) return null
    } finally {
      closeSync(descriptor)
    }
    return Promise.resolve(crc32(block) === file.checksums[reduce] ? block : null)
  }

  isLocalCheckpoint(directory: string): boolean {
    return directory.startsWith(LOCAL_CHECKPOINT)
  }

  /** One partition of a checkpoint. Rejects with the error Spark's task would end with. */
  async readCheckpoint(directory: string, partition: number): Promise<Uint8Array> {
    if (this.isLocalCheckpoint(directory)) {
      const rddId = Number(directory.slice(LOCAL_CHECKPOINT.length))
      throw new Error(
        `[CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND] Checkpoint block ${blockId(rddId, partition)} not found! Either the executor that originally checkpointed this partition is no longer alive, or the original RDD is unpersisted. If this problem persists, you may consider using \`rdd.checkpoint()\` instead, which is slower than local checkpointing but more fault-tolerant. SQLSTATE: 56000`
      )
    }
    return new Uint8Array(await readFile(join(directory, `part-${String(partition).padStart(5, '0')}`)))
  }

  /** Execution memory for a task: grants up to `bytes`, evicting cached blocks above the storage region (§8.3–8.4). */
  async acquireExecution(taskId: number, bytes: number): Promise<number> {
    for (;;) {
      const asked = this.memory.acquireExecution({ task: taskId, bytes })
      for (const evicted of asked.evicted) this.#evict(evicted)
      if (!asked.wait) return asked.granted
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  releaseExecution(taskId: number, bytes: number): void {
    this.memory.releaseExecution(taskId, bytes)
    this.#wake()
  }

  releaseTask(taskId: number): void {
    this.memory.releaseTask(taskId)
    this.#wake()
  }

  /** Tasks that wait for their least share ask again. */
  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  removeRdd(rddId: number): void {
    for (const [key, block] of [...this.#cached]) if (block.rddId === rddId) this.#drop(key, block)
  }

  removeShuffle(shuffleId: number): void {
    for (const [key, file] of [...this.#shuffles]) {
      if (!key.startsWith(`${shuffleId}/`)) continue
      this.#shuffles.delete(key)
      rmSync(file.path, { force: true })
    }
  }

  /** A path for a file of a task's own, in this executor's folder. */
  scratch(name: string): string {
    this.#makeDirectory()
    return join(this.#env.localDirectory, name)
  }

  close(): void {
    rmSync(this.#env.localDirectory, { recursive: true, force: true })
  }

  /** Pushed out by another block or by execution: to disk when its level allows (§8.7). */
  #evict(key: string): void {
    const block = this.#cached.get(key)
    if (block === undefined) return
    if (block.level['Use Disk'] && block.data !== undefined) {
      block.path = this.#write(key, block.data)
      block.data = undefined
      this.#env.blockUpdated({ rddId: block.rddId, partition: block.partition, memory: 0, disk: block.size, stored: true, reason: 'moved to disk to make room' })
      return
    }
    this.#cached.delete(key)
    this.#env.blockUpdated({ rddId: block.rddId, partition: block.partition, memory: 0, disk: 0, stored: false, reason: 'dropped to make room' })
  }

  #drop(key: string, block: CachedBlock): void {
    this.#cached.delete(key)
    if (block.data !== undefined) this.memory.releaseStorage(key)
    if (block.path !== undefined) rmSync(block.path, { force: true })
  }

  #write(name: string, data: Uint8Array): string {
    this.#makeDirectory()
    const path = join(this.#env.localDirectory, name)
    writeFileSync(path, data)
    return path
  }

  #makeDirectory(): void {
    if (this.#madeDirectory) return
    mkdirSync(this.#env.localDirectory, { recursive: true })
    this.#madeDirectory = true
  }
}

export const blockId = (rddId: number, partition: number): string => `rdd_${rddId}_${partition}`
