import type { EventId } from '../events/index.ts'
import type { CauseRef } from '../rules/types.ts'

/** Tasks kept at least: what a task's start and end cause comes soon after them. */
const TASKS_KEPT = 5000

/** The events of one task that are causes: its start and its end. */
const START = 'task-start:'
const END = 'task-end:'

/** Ids of events that the rules name by a key of theirs: `task-end:17`, `executor-lost:2`. */
export class EventKeys {
  readonly #ids = new Map<string, EventId>()
  readonly #starts = new OfTasks()
  readonly #ends = new OfTasks()

  set(key: string, id: EventId): void {
    if (key.startsWith(START)) this.#starts.set(Number(key.slice(START.length)), id)
    else if (key.startsWith(END)) this.#ends.set(Number(key.slice(END.length)), id)
    else this.#ids.set(key, id)
  }

  get(key: string): EventId | undefined {
    if (key.startsWith(START)) return this.#starts.get(Number(key.slice(START.length)))
    if (key.startsWith(END)) return this.#ends.get(Number(key.slice(END.length)))
    return this.#ids.get(key)
  }

  cause(cause: CauseRef | undefined): EventId | undefined {
    if (cause === undefined) return undefined
    return 'id' in cause ? cause.id : this.get(cause.key)
  }
}

/** By task id and by age: when the young are many they become the old, and the old are forgotten. */
class OfTasks {
  #young = new Map<number, EventId>()
  #old = new Map<number, EventId>()

  set(taskId: number, id: EventId): void {
    this.#young.set(taskId, id)
    if (this.#young.size < TASKS_KEPT) return
    this.#old = this.#young
    this.#young = new Map()
  }

  get(taskId: number): EventId | undefined {
    return this.#young.get(taskId) ?? this.#old.get(taskId)
  }
}
