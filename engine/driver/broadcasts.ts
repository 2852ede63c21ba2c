import type { DriverMemory } from './driver-memory.ts'
import { javaFailure } from './files.ts'

/** The values of broadcast variables, kept in the driver until they are destroyed, and who else has pieces of them (§9.1). */
export class DriverBroadcasts {
  readonly #memory: DriverMemory
  readonly #pieceSize: number
  readonly #values = new Map<number, Uint8Array>()
  /** id → piece → executors. */
  readonly #holders = new Map<number, Map<number, Set<string>>>()
  #next = 0

  /** `pieceSize`: bytes (spark.broadcast.blockSize). */
  constructor(memory: DriverMemory, pieceSize: number) {
    this.#memory = memory
    this.#pieceSize = pieceSize
  }

  get(id: number): Uint8Array | undefined {
    return this.#values.get(id)
  }

  /** How many pieces it has; 0 when it is not there (any more). */
  pieces(id: number): number {
    const value = this.#values.get(id)
    return value === undefined ? 0 : Math.max(1, Math.ceil(value.byteLength / this.#pieceSize))
  }

  piece(id: number, piece: number): Uint8Array | undefined {
    return this.#values.get(id)?.subarray(piece * this.#pieceSize, (piece + 1) * this.#pieceSize)
  }

  /** Executors that have this piece. */
  holders(id: number, piece: number): string[] {
    return [...(this.#holders.get(id)?.get(piece) ?? [])]
  }

  held(executorId: string, id: number, piece: number): void {
    if (!this.#values.has(id)) return
    const pieces = this.#holders.get(id) ?? new Map<number, Set<string>>()
    this.#holders.set(id, pieces)
    const holders = pieces.get(piece) ?? new Set<string>()
    pieces.set(piece, holders)
    holders.add(executorId)
  }

  /** The blocks of this executor are lost. */
  lost(executorId: string): void {
    for (const pieces of this.#holders.values()) for (const holders of pieces.values()) holders.delete(executorId)
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

  /** Executors drop it; the driver keeps the value. */
  unpersist(id: number): void {
    this.#holders.delete(id)
  }

  destroy(id: number): void {
    this.unpersist(id)
    this.#memory.broadcast -= this.#values.get(id)?.byteLength ?? 0
    this.#values.delete(id)
  }
}
