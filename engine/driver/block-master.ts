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
  /** Those whose blocks are known here. */
  readonly #holders = new Map<string, BlockHolder>()
  /** Where each executor that was ever here serves its blocks. */
  readonly #addresses = new Map<string, BlockHolder>()
  /** rddId → partition → executorId → sizes. */
  readonly #blocks = new Map<number, Map<number, Map<string, Held>>>()

  addHolder(holder: BlockHolder): void {
    this.#holders.set(holder.executorId, holder)
    this.#addresses.set(holder.executorId, holder)
  }

  holders(): BlockHolder[] {
    return [...this.#holders.values()]
  }

  /** Where an executor serves its blocks, also when its block manager was written off. */
  address(executorId: string): BlockHolder | undefined {
    return this.#addresses.get(executorId)
  }

  holder(executorId: string): BlockHolder | undefined {
    return this.#holders.get(executorId)
  }

  /** Forgets an executor and what it held. Answers with its blocks that others still hold, and who. */
  removeHolder(executorId: string): { rddId: number; partition: number; holders: string[] }[] {
    const left: { rddId: number; partition: number; holders: string[] }[] = []
    for (const [rddId, partitions] of this.#blocks) {
      for (const [partition, held] of partitions) {
        if (held.delete(executorId) && held.size > 0) left.push({ rddId, partition, holders: [...held.keys()] })
      }
    }
    this.#holders.delete(executorId)
    return left
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
