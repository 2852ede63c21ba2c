import type { BlockAddress } from './block-transfer.ts'
import { pieceId, type BroadcastPieces, type PieceSizes } from './broadcast-pieces.ts'
import { TaskException } from './task-failures.ts'

/** How an executor comes by broadcasts. */
export interface BroadcastSource {
  /** Into how many pieces the driver has cut it; the value itself where the driver is this very process; undefined when it was destroyed. */
  broadcast: (id: number) => Promise<{ pieces: number } | { value: Uint8Array } | undefined>
  /** Who has a piece now: the driver and executors. */
  holders: (id: number, piece: number) => Promise<BlockAddress[]>
  /** Rejects when the holder does not give it. */
  fetch: (from: BlockAddress, id: number, piece: number) => Promise<Uint8Array>
  /** This executor can serve the piece from now on. */
  stored: (id: number, piece: number, from: string, sizes: PieceSizes) => void
  /** Between 0 and 1. */
  random: () => number
}

interface Arriving {
  value: Promise<Uint8Array>
  /** It was removed meanwhile. */
  removed: boolean
}

/** Values of broadcasts in this executor (§9.1): put together from pieces that the driver or any executor gave. */
export class Broadcasts {
  readonly #source: BroadcastSource
  readonly #pieces: BroadcastPieces
  readonly #counts = new Map<number, number>()
  readonly #arriving = new Map<number, Arriving>()

  constructor(source: BroadcastSource, pieces: BroadcastPieces) {
    this.#source = source
    this.#pieces = pieces
  }

  /** Rejects with TaskException when a piece can be had nowhere. */
  value(id: number): Promise<Uint8Array> {
    const known = this.#arriving.get(id)
    if (known !== undefined) return known.value
    const arriving: Arriving = { value: Promise.resolve(new Uint8Array()), removed: false }
    // Tasks that ask meanwhile wait for the same.
    arriving.value = this.#collect(id, arriving).finally(() => {
      if (this.#arriving.get(id) === arriving) this.#arriving.delete(id)
      if (arriving.removed) this.#pieces.remove(id)
    })
    this.#arriving.set(id, arriving)
    return arriving.value
  }

  remove(id: number): void {
    const arriving = this.#arriving.get(id)
    if (arriving !== undefined) arriving.removed = true
    this.#arriving.delete(id)
    this.#counts.delete(id)
    this.#pieces.remove(id)
  }

  async #collect(id: number, arriving: Arriving): Promise<Uint8Array> {
    let count = this.#counts.get(id)
    if (count === undefined) {
      const known = await this.#source.broadcast(id)
      if (known === undefined) throw notThere(id, 0)
      if ('value' in known) return known.value
      count = known.pieces
      if (!arriving.removed) this.#counts.set(id, count)
    }
    const parts = new Array<Uint8Array>(count)
    // In random order, so that executors soon have different pieces to give one another.
    for (const piece of shuffled([...parts.keys()], this.#source.random)) parts[piece] = (await this.#pieces.get(id, piece)) ?? (await this.#fetch(id, piece))
    return parts.length === 1 ? parts[0]! : new Uint8Array(Buffer.concat(parts))
  }

  async #fetch(id: number, piece: number): Promise<Uint8Array> {
    const holders = await this.#source.holders(id, piece)
    for (const from of shuffled(holders, this.#source.random)) {
      let data: Uint8Array
      try {
        data = await this.#source.fetch(from, id, piece)
      } catch {
        // It went meanwhile: the next one.
        continue
      }
      this.#source.stored(id, piece, from.executorId, this.#pieces.put(id, piece, data))
      return data
    }
    throw notThere(id, piece)
  }
}

const notThere = (id: number, piece: number): TaskException => new TaskException('org.apache.spark.SparkException', `Failed to get ${pieceId(id, piece)} of broadcast_${id}`)

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  const mixed = [...all]
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!]
  }
  return mixed
}
