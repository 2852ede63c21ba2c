/** What fills a process's memory, in rooms to draw. */
import type { MemoryAccount } from '../events/index.ts'
import type { DriverView } from './types.ts'
import { isOutOfMemory } from './words.ts'

export interface MemoryRoom {
  name: 'heap' | 'storage' | 'execution' | 'results' | 'broadcast' | 'free' | 'python'
  label: string
  bytes: number
  /** False for memory outside the heap limit. */
  inHeap: boolean
}

/** Bytes that count against the configured heap. */
export function heldInHeap(account: MemoryAccount): number {
  return account.heap + account.storage + account.execution + account.results + account.broadcast
}

/** Of a driver that ran out of memory the account of that moment, as long as nothing else happens in it: what is given back while it dies hides what it died of. */
export function driverAccount(driver: DriverView): { account: MemoryAccount | null; ranOut: boolean } {
  const { ranOut, end, memory } = driver
  const shown = ranOut !== undefined && ranOut !== null && (end ? isOutOfMemory(end) : !ranOut.wentOn)
  return shown ? { account: ranOut.account, ranOut: true } : { account: memory, ranOut: false }
}

/** The heap's rooms in a fixed order, empty ones left out, then what is free of the limit, then Python outside it. */
export function memoryRooms(account: MemoryAccount): MemoryRoom[] {
  const rooms: MemoryRoom[] = [
    { name: 'heap', label: 'program and engine', bytes: account.heap, inHeap: true },
    { name: 'storage', label: 'storage', bytes: account.storage, inHeap: true },
    { name: 'execution', label: 'execution', bytes: account.execution, inHeap: true },
    { name: 'results', label: 'results', bytes: account.results, inHeap: true },
    { name: 'broadcast', label: 'broadcast', bytes: account.broadcast, inHeap: true },
    { name: 'free', label: 'free', bytes: Math.max(0, account.limit - heldInHeap(account)), inHeap: true },
    { name: 'python', label: 'Python', bytes: account.python, inHeap: false }
  ]
  return rooms.filter((room) => room.bytes > 0)
}
