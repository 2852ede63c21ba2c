import type { DriverMemory } from './driver-memory.ts'
import { javaFailure } from './files.ts'

/** The values of broadcast variables, kept in the driver until they are destroyed (§9.1). */
export class DriverBroadcasts {
  readonly #memory: DriverMemory
  readonly #values = new Map<number, Uint8Array>()
  #next = 0

  constructor(memory: DriverMemory) {
    this.#memory = memory
  }

  get(id: number): Uint8Array | undefined {
    return this.#values.get(id)
  }

  /** Keeps a value and names it. Throws OutOfMemoryError when the driver's heap has no room (§8.13). */
  add(value: Uint8Array): number {
    this.#memory.broadcast += value.byteLength
    if (this.#memory.full) {
      this.#memory.broadcast -= value.byteLength
      throw javaFailure('java.lang.OutOfMemoryError', 'Java heap space')
    }
    const id = this.#next++
    this.#values.set(id, value)
    return id
  }

  /** A fault: the next table that is built for a broadcast fills the heap. */
  tableTooLarge: (() => void) | undefined

  /** A table of a broadcast join. Where it does not fit, the query fails and the driver lives (§8.13). */
  addTable(value: Uint8Array): number {
    const full = this.tableTooLarge
    this.tableTooLarge = undefined
    full?.()
    try {
      if (full === undefined) return this.add(value)
    } catch {
      // The heap is full: told below, in the words of the thread that builds the table.
    }
    throw javaFailure(
      'org.apache.spark.SparkException',
      'Not enough memory to build and broadcast the table to all worker nodes. As a workaround, you can either disable broadcast by setting spark.sql.autoBroadcastJoinThreshold to -1 or increase the spark driver memory by setting spark.driver.memory to a higher value.'
    )
  }

  destroy(id: number): void {
    this.#memory.broadcast -= this.#values.get(id)?.byteLength ?? 0
    this.#values.delete(id)
  }
}
