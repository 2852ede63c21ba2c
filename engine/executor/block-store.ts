import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StorageLevel } from '../events/index.ts'
import { settings } from '../rules/conf.ts'
import { offHeapMemory, UnifiedMemory } from '../rules/memory.ts'
import { notEnoughSpace, unroll } from '../rules/unroll.ts'
import type { BlockAddress } from './block-transfer.ts'
import { BroadcastPieces } from './broadcast-pieces.ts'
import type { ExecutorEnv } from './env.ts'
import { LocalDisk } from './local-disk.ts'
import { ShuffleFiles } from './shuffle-files.ts'

/** Begins the directory name of a local checkpoint: its blocks lie in the block store. */
export const LOCAL_CHECKPOINT = 'local-checkpoint:'

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

/** Bytes of storage memory an executor with this heap can have at most, off-heap included (§8.1). */
export function memoryForStorage(conf: Readonly<Record<string, string>>, heapLimit: number): number {
  return unifiedMemory(conf, heapLimit).total + (offHeapMemory(conf)?.total ?? 0)
}

function unifiedMemory(conf: Readonly<Record<string, string>>, heapLimit: number): UnifiedMemory {
  return new UnifiedMemory({ heap: heapLimit, fraction: settings.memoryFraction(conf), storageFraction: settings.memoryStorageFraction(conf), scale: settings.memoryScale(conf) })
}

/** Blocks of one executor: cached partitions in memory, off the heap or on disk (§5.31, §8.7–8.10), and its shuffle files. */
export class BlockStore {
  readonly memory: UnifiedMemory
  /** spark.memory.offHeap.*; null when it is not enabled. */
  readonly offHeap: UnifiedMemory | null
  readonly disk: LocalDisk
  readonly shuffles: ShuffleFiles
  readonly pieces: BroadcastPieces
  readonly #env: ExecutorEnv
  readonly #unrollStart: number
  readonly #cached = new Map<string, CachedBlock>()
  /** Blocks that a task reads, by task id: they are not pushed out under it. */
  readonly #pinned = new Map<number, string[]>()
  #waiting: (() => void)[] = []

  constructor(env: ExecutorEnv) {
    this.#env = env
    this.memory = unifiedMemory(env.conf, env.heapLimit)
    this.offHeap = offHeapMemory(env.conf)
    this.#unrollStart = Math.max(1, Math.floor(settings.unrollThreshold(env.conf) * settings.memoryScale(env.conf)))
    this.disk = new LocalDisk(env.localDirectory)
    this.shuffles = new ShuffleFiles(this.disk)
    this.pieces = new BroadcastPieces({
      acquire: (block, bytes) => {
        const asked = this.memory.acquireStorage({ block, bytes })
        for (const evicted of asked.evicted) this.#evict(evicted)
        return asked.granted
      },
      release: (block) => this.memory.releaseStorage(block),
      touch: (block) => this.memory.touch(block),
      disk: this.disk
    })
  }

  /** Cached partitions on the heap, as the picture shows it; pieces of broadcasts are told apart. */
  get storageBytes(): number {
    return this.memory.storageUsed - this.pieces.memoryBytes
  }

  get executionBytes(): number {
    return this.memory.executionUsed
  }

  /** Bytes used of the off-heap space. */
  get offHeapBytes(): number {
    return this.offHeap === null ? 0 : this.offHeap.storageUsed + this.offHeap.executionUsed
  }

  /**
   * Keeps a partition as its level says. What does not fit in memory goes to disk, or is not kept (§8.8).
   * Throws java.io.IOException when the disk it should go to is full.
   */
  async putRdd(rddId: number, partition: number, data: Uint8Array, level: StorageLevel): Promise<Put> {
    const key = blockId(rddId, partition)
    const before = this.#cached.get(key)
    if (before !== undefined) return sizes(before)
    let computed = 0
    if (level['Use Memory']) {
      const pool = this.#poolOf(level)
      const unrolled = pool === null ? { stored: false, evicted: [], computed: 0 } : unroll(pool, { block: key, rddId, bytes: data.byteLength }, this.#unrollStart)
      computed = unrolled.computed
      try {
        for (const evicted of unrolled.evicted) this.#evict(evicted)
      } catch (error) {
        pool?.releaseStorage(key)
        throw error
      }
      if (unrolled.stored) {
        const block = { rddId, partition, data, size: data.byteLength, path: undefined, level }
        this.#cached.set(key, block)
        return sizes(block)
      }
    }
    if (!level['Use Disk']) {
      const text = notEnoughSpace(key, computed)
      void this.#env.output('stderr', `WARN MemoryStore: ${text}\n`)
      return { stored: false, memory: 0, disk: 0, reason: text }
    }
    if (level['Use Memory']) void this.#env.output('stderr', `WARN BlockManager: Persisting block ${key} to disk instead.\n`)
    const block = { rddId, partition, data: undefined, size: data.byteLength, path: this.disk.write(key, data), level }
    this.#cached.set(key, block)
    return Promise.resolve(sizes(block))
  }

  /** Null when this executor does not hold the block. For a task, it stays in place until the task ends. */
  async getRdd(rddId: number, partition: number, taskId?: number): Promise<Uint8Array | null> {
    const key = blockId(rddId, partition)
    const block = this.#cached.get(key)
    if (block === undefined) return null
    if (block.data !== undefined) {
      const pool = this.#poolOf(block.level)
      pool?.touch(key)
      if (taskId !== undefined) this.#pin(taskId, key)
      return block.data
    }
    const data = new Uint8Array(await readFile(block.path!))
    this.#backToMemory(key, block, data)
    return data
  }

  levelOf(rddId: number, partition: number): StorageLevel | undefined {
    return this.#cached.get(blockId(rddId, partition))?.level
  }

  /** Blocks held here: what the driver is told when this executor registers its blocks anew (§5.16). */
  held(): ({ rddId: number; partition: number } & Put)[] {
    return [...this.#cached.values()].map((block) => ({ rddId: block.rddId, partition: block.partition, ...sizes(block) }))
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

  isLocalCheckpoint(directory: string): boolean {
    return directory.startsWith(LOCAL_CHECKPOINT)
  }

  /**
   * Execution memory for a task: grants up to `bytes`, evicting cached blocks above the storage region
   * (§8.3–8.4). With off-heap memory enabled it comes from there.
   */
  async acquireExecution(taskId: number, bytes: number): Promise<number> {
    const pool = this.offHeap ?? this.memory
    for (;;) {
      const asked = pool.acquireExecution({ task: taskId, bytes })
      for (const evicted of asked.evicted) this.#evict(evicted)
      if (!asked.wait) return asked.granted
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  releaseExecution(taskId: number, bytes: number): void {
    const pool = this.offHeap ?? this.memory
    pool.releaseExecution(taskId, bytes)
    this.#wake()
  }

  /** The task has ended: its execution memory is free, and what it read may be pushed out. */
  releaseTask(taskId: number): void {
    const pool = this.offHeap ?? this.memory
    pool.releaseTask(taskId)
    for (const key of this.#pinned.get(taskId) ?? []) {
      this.memory.unpin(key)
      this.offHeap?.unpin(key)
    }
    this.#pinned.delete(taskId)
    this.#wake()
  }

  removeRdd(rddId: number): void {
    for (const [key, block] of [...this.#cached]) if (block.rddId === rddId) this.#drop(key, block)
  }

  removeShuffle(shuffleId: number): void {
    this.shuffles.remove(shuffleId)
  }

  /** Takes a block away as a fault: the named one (`rdd_2_0`), else the one stored longest ago. Null when it is not held. */
  loseBlock(named?: string): { rddId: number; partition: number } | null {
    for (const [key, block] of this.#cached) {
      if (named !== undefined && named !== key) continue
      this.#drop(key, block)
      const { rddId, partition } = block
      this.#env.blockUpdated({ rddId, partition, memory: 0, disk: 0, stored: false, reason: 'lost by a fault' })
      return { rddId, partition }
    }
    return null
  }

  close(): void {
    this.disk.close()
  }

  #poolOf(level: StorageLevel): UnifiedMemory | null {
    return level['Use Off Heap'] ? this.offHeap : this.memory
  }

  #pin(taskId: number, key: string): void {
    this.memory.pin(key)
    this.offHeap?.pin(key)
    const pinned = this.#pinned.get(taskId)
    if (pinned === undefined) this.#pinned.set(taskId, [key])
    else pinned.push(key)
  }

  /** A block read from disk is kept in memory again where its level has memory and there is room. */
  #backToMemory(key: string, block: CachedBlock, data: Uint8Array): void {
    if (!block.level['Use Memory'] || block.data !== undefined || this.#cached.get(key) !== block || this.disk.full) return
    const asked = this.#poolOf(block.level)?.acquireStorage({ block: key, rddId: block.rddId, bytes: block.size })
    if (asked?.granted !== true) return
    for (const evicted of asked.evicted) this.#evict(evicted)
    block.data = data
    this.#env.blockUpdated({ rddId: block.rddId, partition: block.partition, ...sizes(block), reason: 'read from disk and kept in memory again' })
  }

  /** Tasks that wait for their least share ask again. */
  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  /** Pushed out by another block or by execution: to disk when its level allows (§8.7). */
  #evict(key: string): void {
    if (this.pieces.evict(key)) return
    const block = this.#cached.get(key)
    if (block === undefined) return
    const { rddId, partition } = block
    if (block.level['Use Disk'] && block.data !== undefined) {
      try {
        block.path ??= this.disk.write(key, block.data)
      } catch (error) {
        this.#cached.delete(key)
        this.#env.blockUpdated({ rddId, partition, memory: 0, disk: 0, stored: false, reason: 'dropped to make room; the disk is full' })
        throw error
      }
      block.data = undefined
      this.#env.blockUpdated({ rddId, partition, memory: 0, disk: block.size, stored: true, reason: 'moved to disk to make room' })
      return
    }
    this.#cached.delete(key)
    this.#env.blockUpdated({ rddId, partition, memory: 0, disk: 0, stored: false, reason: 'dropped to make room' })
  }

  #drop(key: string, block: CachedBlock): void {
    this.#cached.delete(key)
    if (block.data !== undefined) this.#poolOf(block.level)?.releaseStorage(key)
    if (block.path !== undefined) this.disk.remove(block.path)
  }
}

/** A peer that takes a copy of a block. Answers false when it cannot. */
export type SendCopy = (peer: BlockAddress, rddId: number, partition: number, data: Uint8Array, level: StorageLevel) => Promise<boolean>

const sizes = (block: CachedBlock): Put => ({ stored: true, memory: block.data === undefined ? 0 : block.size, disk: block.path === undefined ? 0 : block.size })

export const blockId = (rddId: number, partition: number): string => `rdd_${rddId}_${partition}`
