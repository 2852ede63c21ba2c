import type { MemoryAccount } from '../events/index.ts'
import { heapUse, readMemory, type BookedMemory } from '../world/real/child.ts'

/** What the driver holds, measured and booked, against its heap (§8.13–8.14). */
export class DriverMemory {
  readonly limit: number
  results = 0
  broadcast = 0
  readonly #python: () => number
  #tasks: () => { python: number; storage: number; execution: number; broadcast: number } = () => ({ python: 0, storage: 0, execution: 0, broadcast: 0 })

  constructor(limit: number, python: () => number) {
    this.limit = limit
    this.#python = python
  }

  /** In local mode tasks run here too. */
  withTasks(booked: () => { python: number; storage: number; execution: number; broadcast: number }): void {
    this.#tasks = booked
  }

  account(): MemoryAccount {
    const tasks = this.#tasks()
    const booked: BookedMemory = {
      python: this.#python() + tasks.python,
      storage: tasks.storage,
      execution: tasks.execution,
      results: this.results,
      broadcast: this.broadcast + tasks.broadcast
    }
    return readMemory(booked, this.limit)
  }

  get full(): boolean {
    return heapUse(this.account()) > this.limit
  }
}
