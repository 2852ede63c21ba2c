import { readFile } from 'node:fs/promises'
import type { LocalDisk } from './local-disk.ts'

/** Storage memory, as the pieces need it. */
export interface PieceRoom {
  /** Room for a block of this name, made by pushing out others where needed; false when there is none. */
  acquire: (block: string, bytes: number) => boolean
  release: (block: string) => void
  touch: (block: string) => void
  disk: LocalDisk
}

export interface PieceSizes {
  memory: number
  disk: number
}

interface Held {
  id: number
  piece: number
  /** Undefined when only on disk. */
  data: Uint8Array | undefined
  size: number
  path: string | undefined
}

/** Pieces of broadcasts that one executor holds (§9.1): MEMORY_AND_DISK, so that what finds no room lies on disk. */
export class BroadcastPieces {
  readonly #room: PieceRoom
  readonly #held = new Map<string, Held>()
  /** Bytes in memory. */
  memoryBytes = 0

  constructor(room: PieceRoom) {
    this.#room = room
  }

  /** Throws java.io.IOException when neither memory nor disk has room. */
  put(id: number, piece: number, data: Uint8Array): PieceSizes {
    const key = pieceId(id, piece)
    const before = this.#held.get(key)
    if (before !== undefined) return sizes(before)
    const size = data.byteLength
    const held: Held = this.#room.acquire(key, size) ? { id, piece, data, size, path: undefined } : { id, piece, data: undefined, size, path: this.#room.disk.write(key, data) }
    if (held.data !== undefined) this.memoryBytes += size
    this.#held.set(key, held)
    return sizes(held)
  }

  /** Null when it is not held here. */
  async get(id: number, piece: number): Promise<Uint8Array | null> {
    const key = pieceId(id, piece)
    const held = this.#held.get(key)
    if (held === undefined) return null
    if (held.data === undefined) return new Uint8Array(await readFile(held.path!))
    this.#room.touch(key)
    return held.data
  }

  /** Everything held here. */
  held(): ({ id: number; piece: number } & PieceSizes)[] {
    return [...this.#held.values()].map((held) => ({ id: held.id, piece: held.piece, ...sizes(held) }))
  }

  /** Its memory is wanted for something else, and taken already: to disk with it. False when no piece has that name. */
  evict(block: string): boolean {
    const held = this.#held.get(block)
    if (held === undefined) return false
    if (held.data === undefined) return true
    this.memoryBytes -= held.size
    try {
      held.path ??= this.#room.disk.write(block, held.data)
      held.data = undefined
    } catch (error) {
      this.#held.delete(block)
      throw error
    }
    return true
  }

  /** The broadcast is not wanted here any more. */
  remove(id: number): void {
    for (const [key, held] of [...this.#held]) {
      if (held.id !== id) continue
      this.#held.delete(key)
      if (held.data !== undefined) {
        this.memoryBytes -= held.size
        this.#room.release(key)
      }
      if (held.path !== undefined) this.#room.disk.remove(held.path)
    }
  }
}

const sizes = (held: Held): PieceSizes => ({ memory: held.data === undefined ? 0 : held.size, disk: held.path === undefined ? 0 : held.size })

export const pieceId = (id: number, piece: number): string => `broadcast_${id}_piece${piece}`
