/** Unrolling a partition into memory (§8.8): its size is not known before, so room is asked for as it grows. */
import { bytesToString } from './conf.ts'
import type { UnifiedMemory } from './memory.ts'

/** Each time the partition has filled what it was given, so many times as much is asked for. */
const GROWTH = 1.5

export interface Unrolled {
  /** The block is stored: what unrolling took is its own now. */
  stored: boolean
  /** Blocks that had to go for it; they are gone also when it failed in the end. */
  evicted: string[]
  /** Bytes that had been unrolled when it went through, or could not go on. */
  computed: number
}

/**
 * Takes storage memory for a block of `bytes` bytes in the steps in which Spark would: `initial` first,
 * then half as much again each time it is full. The block is in `memory` afterwards, or nothing of it is.
 */
export function unroll(memory: UnifiedMemory, block: { block: string; rddId?: number; bytes: number }, initial: number): Unrolled {
  const { bytes, ...named } = block
  const evicted: string[] = []
  let computed = 0
  for (let room = Math.min(Math.max(1, initial), bytes); ; room = Math.min(Math.ceil(room * GROWTH), bytes)) {
    memory.releaseStorage(block.block)
    const asked = memory.acquireStorage({ ...named, bytes: room })
    evicted.push(...asked.evicted)
    if (!asked.granted) return { stored: false, evicted, computed }
    computed = room
    if (room === bytes) return { stored: true, evicted, computed }
  }
}

/** What the executor's log says of a partition that found no room and has no disk to go to. */
export const notEnoughSpace = (block: string, computed: number): string => `Not enough space to cache ${block} in memory! (computed ${bytesToString(computed)} so far)`
