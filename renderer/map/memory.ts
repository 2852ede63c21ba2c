/** Rooms of a process's memory with the colours they are drawn in. */
import type { MemoryAccount } from '../../engine/events/index.ts'
import { heldInHeap, memoryRooms, type MemoryRoom } from '../../engine/view/memory.ts'

export type RoomTone = 'run' | 'ok' | 'ember' | 'again' | 'wire' | 'soft'

const TONES: Record<Exclude<MemoryRoom['name'], 'free'>, RoomTone> = { heap: 'run', storage: 'ok', execution: 'ember', results: 'again', broadcast: 'wire', python: 'soft' }

export interface Region {
  name: string
  bytes: number
  tone: RoomTone
}

/** Less cannot be seen, nor told in MB. */
const LEAST = 50_000

/** Rooms that count against the heap limit. */
export function heapRegions(account: MemoryAccount): Region[] {
  return memoryRooms(account).flatMap((room) => (room.inHeap && room.name !== 'free' && room.bytes >= LEAST ? [{ name: room.label, bytes: room.bytes, tone: TONES[room.name] }] : []))
}

export const usedMemory = heldInHeap
