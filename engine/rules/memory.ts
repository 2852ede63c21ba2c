/**
 * Unified memory (§8.1–8.7): one space for cached blocks and for the buffers of running tasks, that borrow
 * from one another. Pure bookkeeping over sizes in bytes; who uses it moves the data.
 */
import { SettingError, settings, type Conf } from './conf.ts'

export const MIB = 2 ** 20
const RESERVED = 300 * MIB
const LEAST_HEAP = 1.5 * RESERVED

/** What unified memory is cut from. */
export interface MemoryShape {
  /** Bytes, after `kindling.memory.scale`. */
  heap: number
  /** spark.memory.fraction */
  fraction: number
  /** spark.memory.storageFraction */
  storageFraction: number
  /** kindling.memory.scale: shrinks the reserve as it shrank the heap. */
  scale: number
}

/**
 * Checks a configured heap against Spark's minimum (§8.2). Heap and minimum are scaled alike, so a
 * refusal speaks of the configured size and of Spark's own number. Throws SettingError.
 */
export function checkHeap(conf: Conf, of: 'driver' | 'executor'): void {
  const configured = of === 'driver' ? settings.driverMemory(conf) : settings.executorMemory(conf)
  if (configured >= LEAST_HEAP) return
  const key = of === 'driver' ? 'spark.driver.memory' : 'spark.executor.memory'
  const text =
    of === 'driver'
      ? `[INVALID_DRIVER_MEMORY] System memory ${configured} must be at least ${LEAST_HEAP}. Please increase heap size using the --driver-memory option or "${key}" in Spark configuration. SQLSTATE: F0000`
      : `[INVALID_EXECUTOR_MEMORY] Executor memory ${configured} must be at least ${LEAST_HEAP}. Please increase executor memory using the --executor-memory option or "${key}" in Spark configuration. SQLSTATE: F0000`
  throw new SettingError(key, conf[key] ?? '1g', text)
}

/** Heap and fractions of a driver or executor by its settings, after `checkHeap`. */
export function memoryShape(conf: Conf, of: 'driver' | 'executor'): MemoryShape {
  checkHeap(conf, of)
  const scale = settings.memoryScale(conf)
  const configured = of === 'driver' ? settings.driverMemory(conf) : settings.executorMemory(conf)
  return { heap: Math.floor(configured * scale), fraction: settings.memoryFraction(conf), storageFraction: settings.memoryStorageFraction(conf), scale }
}

export interface Block {
  /** `rdd_4_1`, `broadcast_0`. */
  block: string
  /** RDD it belongs to; blocks of an RDD never push out their own kind (§8.7). */
  rddId?: number
  bytes: number
}

export interface StorageAnswer {
  granted: boolean
  /** Blocks that had to go, already released here, the one used longest ago first. Empty when not granted. */
  evicted: string[]
}

export interface ExecutionAnswer {
  granted: number
  /** The share is below 1/(2N) and nothing is free: ask again after a release (§8.4). */
  wait: boolean
  evicted: string[]
}

interface Held extends Block {
  /** Readers that hold it in place. */
  pins: number
}

/** The off-heap space of spark.memory.offHeap.size bytes (scaled), shared in the same way; null when it is not enabled. */
export function offHeapMemory(conf: Conf): UnifiedMemory | null {
  if (!settings.memoryOffHeap(conf)) return null
  return new UnifiedMemory({ total: Math.floor(settings.memoryOffHeapSize(conf) * settings.memoryScale(conf)), storageFraction: settings.memoryStorageFraction(conf) })
}

export class UnifiedMemory {
  /** M: bytes that storage and execution share. */
  readonly total: number
  /** R: cached blocks up to here are safe from execution. */
  readonly storageRegion: number
  /** Insertion order is order of use: the first is the one used longest ago. */
  readonly #blocks = new Map<string, Held>()
  readonly #tasks = new Map<number, number>()
  #storage = 0
  #execution = 0
  #storagePool: number

  constructor(shape: MemoryShape | { total: number; storageFraction: number }) {
    this.total = 'total' in shape ? shape.total : Math.max(0, Math.floor((shape.heap - RESERVED * shape.scale) * shape.fraction))
    this.storageRegion = Math.floor(this.total * shape.storageFraction)
    this.#storagePool = this.storageRegion
  }

  get storageUsed(): number {
    return this.#storage
  }

  get executionUsed(): number {
    return this.#execution
  }

  get blocks(): string[] {
    return [...this.#blocks.keys()]
  }

  /** Stores a block if room can be made: free execution memory first, then blocks of other RDDs, by last use. */
  acquireStorage(block: Block): StorageAnswer {
    if (this.#blocks.has(block.block)) throw new Error(`block ${block.block} is stored already`)
    if (block.bytes > this.total - this.#execution) return { granted: false, evicted: [] }
    const free = this.#storagePool - this.#storage
    if (block.bytes > free) this.#storagePool += Math.min(this.#executionFree, block.bytes - free)
    const evicted = this.#choose(block.bytes - (this.#storagePool - this.#storage), block.rddId)
    if (evicted === null) return { granted: false, evicted: [] }
    for (const id of evicted) this.releaseStorage(id)
    this.#blocks.set(block.block, { ...block, pins: 0 })
    this.#storage += block.bytes
    return { granted: true, evicted }
  }

  /** A read: the block is now the one used last. */
  touch(id: string): boolean {
    const held = this.#blocks.get(id)
    if (!held) return false
    this.#blocks.delete(id)
    this.#blocks.set(id, held)
    return true
  }

  /** Holds a block in place while it is read; each pin needs its unpin. */
  pin(id: string): void {
    const held = this.#blocks.get(id)
    if (held) held.pins++
  }

  unpin(id: string): void {
    const held = this.#blocks.get(id)
    if (held && held.pins > 0) held.pins--
  }

  /** False when it was not there (any more). */
  releaseStorage(id: string): boolean {
    const held = this.#blocks.get(id)
    if (!held) return false
    this.#blocks.delete(id)
    this.#storage -= held.bytes
    return true
  }

  /**
   * Execution memory for a task: up to 1/N of the pool with N active tasks. Storage gives back what it
   * borrowed, and blocks above its region go (§8.3, §8.4).
   */
  acquireExecution(ask: { task: number; bytes: number }): ExecutionAnswer {
    const { task: taskId, bytes } = ask
    if (!this.#tasks.has(taskId)) this.#tasks.set(taskId, 0)
    const held = this.#tasks.get(taskId)!
    const active = this.#tasks.size
    const evicted = this.#reclaim(bytes - this.#executionFree)
    const most = (this.total - Math.min(this.#storage, this.storageRegion)) / active
    const least = this.#executionPool / (2 * active)
    const granted = Math.floor(Math.min(bytes, Math.max(0, most - held), this.#executionFree))
    if (granted < bytes && held + granted < least) return { granted: 0, wait: true, evicted }
    this.#tasks.set(taskId, held + granted)
    this.#execution += granted
    return { granted, wait: false, evicted }
  }

  releaseExecution(taskId: number, bytes: number): void {
    const held = this.#tasks.get(taskId) ?? 0
    const given = Math.min(bytes, held)
    this.#execution -= given
    if (this.#tasks.has(taskId)) this.#tasks.set(taskId, held - given)
  }

  /** Bytes the task holds now. */
  executionOf(taskId: number): number {
    return this.#tasks.get(taskId) ?? 0
  }

  /** The task ended: everything it held is free, and it no longer counts as active. */
  releaseTask(taskId: number): number {
    const held = this.#tasks.get(taskId) ?? 0
    this.#execution -= held
    this.#tasks.delete(taskId)
    return held
  }

  get #executionPool(): number {
    return this.total - this.#storagePool
  }

  get #executionFree(): number {
    return this.#executionPool - this.#execution
  }

  /** Makes the execution pool larger by up to `bytes`; answers the blocks that went. */
  #reclaim(bytes: number): string[] {
    if (bytes <= 0) return []
    const reclaimable = Math.max(this.#storagePool - this.#storage, this.#storagePool - this.storageRegion)
    const wanted = Math.min(bytes, reclaimable)
    if (wanted <= 0) return []
    const short = wanted - (this.#storagePool - this.#storage)
    const evicted = short > 0 ? (this.#choose(short, undefined) ?? []) : []
    for (const id of evicted) this.releaseStorage(id)
    this.#storagePool -= Math.min(wanted, this.#storagePool - this.#storage)
    return evicted
  }

  /** Blocks to drop for `bytes`, least recently used first; null when there is not enough to drop. */
  #choose(bytes: number, forRdd: number | undefined): string[] | null {
    const chosen: string[] = []
    let freed = 0
    if (bytes <= 0) return chosen
    for (const [id, held] of this.#blocks) {
      if (held.pins > 0 || (forRdd !== undefined && held.rddId === forRdd)) continue
      chosen.push(id)
      freed += held.bytes
      if (freed >= bytes) return chosen
    }
    return null
  }
}

/** Spark's text for a task that cannot get the execution memory it needs; the executor lives (§8.5). */
export const unableToAcquire = (wanted: number, got: number): string => `[UNABLE_TO_ACQUIRE_MEMORY] Unable to acquire ${wanted} bytes of memory, got ${got}. SQLSTATE: 53200`
