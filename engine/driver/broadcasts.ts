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

  destroy(id: number): void {
    this.#memory.broadcast -= this.#values.get(id)?.byteLength ?? 0
    this.#values.delete(id)
  }
}
