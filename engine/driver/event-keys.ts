import type { EventId } from '../events/index.ts'
import type { CauseRef } from '../rules/types.ts'

/** Keys of tasks kept: what a task's start and end cause comes soon after them. */
const TASKS_KEPT = 20_000

/** Ids of events that the rules name by a key of theirs: `task-end:17`, `executor-lost:2`. */
export class EventKeys {
  readonly #ids = new Map<string, EventId>()
  readonly #tasks = new Map<string, EventId>()

  set(key: string, id: EventId): void {
    if (!key.startsWith('task-')) {
      this.#ids.set(key, id)
      return
    }
    this.#tasks.set(key, id)
    if (this.#tasks.size > TASKS_KEPT) this.#tasks.delete(this.#tasks.keys().next().value!)
  }

  get(key: string): EventId | undefined {
    return this.#ids.get(key) ?? this.#tasks.get(key)
  }

  cause(cause: CauseRef | undefined): EventId | undefined {
    if (cause === undefined) return undefined
    return 'id' in cause ? cause.id : this.get(cause.key)
  }
}
