/** Messages between a host and its Python thread. */
import type { MessagePort } from 'node:worker_threads'
import type { Frame } from './codec.ts'

export type Role = 'program' | 'worker' | 'snapshot'

export interface ThreadData {
  role: Role
  /** Snapshot file, or null. */
  snapshot: string | null
  folders: string[]
  /** Most bytes its wasm memory may grow to; beyond, Python gets MemoryError. */
  memoryLimit: number | null
  control: SharedArrayBuffer
  /** Replies to calls come here, read while the thread is blocked. */
  replies: MessagePort
}

/** What the thread is told to do: `program`, `check`, `task`. Orders are done one after another. */
export interface Order {
  order: number
  kind: 'program' | 'check' | 'task'
  frame: Frame
}

export interface Reply {
  call: number
  kind: 'ok' | 'error' | 'fetch-failed'
  frame: Frame
}

export type FromThread =
  | { type: 'ready' }
  | { type: 'snapshot'; bytes: Uint8Array }
  | { type: 'output'; stream: 'stdout' | 'stderr'; text: string }
  | { type: 'call'; call: number; order: number; name: string; frame: Frame }
  | { type: 'done'; order: number; frame: Frame }
  /** The interpreter itself broke: nothing can run in this thread again. */
  | { type: 'broken'; message: string }
  /** Python ends its own process; `parent` when it sent the signal to the executor that started it. */
  | { type: 'exit'; code: number; signal?: string; parent?: boolean }
  | { type: 'memory'; bytes: number }
  /** ProgramNotes as JSON. */
  | { type: 'notes'; text: string }
