import type { EventId } from '../events/index.ts'
import type { CauseRef } from '../rules/types.ts'

/** Keys of tasks kept at least: what a task's start and end cause comes soon after them. */
const TASKS_KEPT = 10_000

/** Ids of events that the rules name by a key of theirs: `task-end:17`, `executor-lost:2`. */
export class EventKeys {
  readonly #ids = new Map<string, EventId>()
  /** Keys of tasks by age: when the young are many they become the old, and the old are forgotten. */
  #tasks = new Map<string, EventId>()
  #older = new Map<string, EventId>()

  set(key: string, id: EventId): void {
    if (!key.startsWith('task-')) {
      this.#ids.set(key, id)
      return
    }
    this.#tasks.set(key, id)
    if (this.#tasks.size < TASKS_KEPT) return
    this.#older = this.#tasks
    this.#tasks = new Map()
  }

  get(key: string): EventId | undefined {
    return this.#tasks.get(key) ?? this.#older.get(key) ?? this.#ids.get(key)
  }

  cause(cause: CauseRef | undefined): EventId | undefined {
    if (cause === undefined) return undefined
    return 'id' in cause ? cause.id : this.get(cause.key)
  }
}
