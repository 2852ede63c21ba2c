/** Where cached blocks lie, as the driver knows (BlockManagerMaster). */
export interface BlockHolder {
  executorId: string
  host: string
  port: number
}

interface Held {
  memory: number
  disk: number
}

export class BlockMaster {
  readonly #holders = new Map<string, BlockHolder>()
  readonly #addresses = new Map<string, BlockHolder>()
  /** rddId → partition → executorId → sizes. */
  readonly #blocks = new Map<number, Map<number, Map<string, Held>>>()

  addHolder(holder: BlockHolder): void {
    this.#holders.set(holder.executorId, holder)
    this.#addresses.set(holder.executorId, holder)
  }

  /** Where an executor serves its blocks, also while those are written off: its shuffle files do not depend on that. */
  address(executorId: string): BlockHolder | undefined {
    return this.#addresses.get(executorId)
  }

  holder(executorId: string): BlockHolder | undefined {
    return this.#holders.get(executorId)
  }

  /** Forgets an executor and what it held. False when it was not known. */
  removeHolder(executorId: string): boolean {
    for (const partitions of this.#blocks.values()) for (const held of partitions.values()) held.delete(executorId)
    return this.#holders.delete(executorId)
  }

  /** A block was stored, moved to disk, or dropped. */
  update(executorId: string, rddId: number, partition: number, sizes: { memory: number; disk: number; stored: boolean }): void {
    if (!this.#holders.has(executorId)) return
    const partitions = this.#blocks.get(rddId) ?? new Map<number, Map<string, Held>>()
    this.#blocks.set(rddId, partitions)
    const held = partitions.get(partition) ?? new Map<string, Held>()
    partitions.set(partition, held)
    if (sizes.stored) held.set(executorId, { memory: sizes.memory, disk: sizes.disk })
    else held.delete(executorId)
  }

  locations(rddId: number, partition: number): BlockHolder[] {
    const held = this.#blocks.get(rddId)?.get(partition)
    if (held === undefined) return []
    return [...held.keys()].flatMap((id) => this.#holders.get(id) ?? [])
  }

  cachedOn(executorId: string): { rddId: number; partitions: number[] }[] {
    const found: { rddId: number; partitions: number[] }[] = []
    for (const [rddId, partitions] of this.#blocks) {
      const mine = [...partitions].filter(([, held]) => held.has(executorId)).map(([partition]) => partition)
      if (mine.length > 0) found.push({ rddId, partitions: mine })
    }
    return found
  }

  cachedPartitions(rddId: number): { count: number; memory: number; disk: number } {
    let count = 0
    let memory = 0
    let disk = 0
    for (const held of this.#blocks.get(rddId)?.values() ?? []) {
      if (held.size === 0) continue
      count++
      for (const sizes of held.values()) {
        memory += sizes.memory
        disk += sizes.disk
      }
    }
    return { count, memory, disk }
  }

  removeRdd(rddId: number): void {
    this.#blocks.delete(rddId)
  }
}
