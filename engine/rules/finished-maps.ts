/**
 * Which attempt finished each map task and where, so that it can be told again as Resubmitted (§5.20).
 * Columns instead of objects: a map stage may have a million tasks.
 */
import type { Locality } from '../events/index.ts'
import type { TaskDescription, TaskSet } from './types.ts'

const LOCALITIES: readonly Locality[] = ['PROCESS_LOCAL', 'NODE_LOCAL', 'NO_PREF', 'RACK_LOCAL', 'ANY']

export class FinishedMaps {
  readonly #taskId: Float64Array
  readonly #attempt: Uint16Array
  readonly #launch: Float64Array
  readonly #finish: Float64Array
  readonly #locality: Uint8Array
  /** Number of the executor + 1; 0 for none. */
  readonly #executor: Uint32Array
  readonly #executors: { id: string; host: string }[] = []
  readonly #numberOf = new Map<string, number>()

  constructor(count: number) {
    this.#taskId = new Float64Array(count)
    this.#attempt = new Uint16Array(count)
    this.#launch = new Float64Array(count)
    this.#finish = new Float64Array(count)
    this.#locality = new Uint8Array(count)
    this.#executor = new Uint32Array(count)
  }

  add(task: TaskDescription, finishTime: number): void {
    let number = this.#numberOf.get(task.executorId)
    if (number === undefined) {
      number = this.#executors.push({ id: task.executorId, host: task.host })
      this.#numberOf.set(task.executorId, number)
    }
    const { index } = task
    this.#taskId[index] = task.taskId
    this.#attempt[index] = task.attempt
    this.#launch[index] = task.launchTime
    this.#finish[index] = finishTime
    this.#locality[index] = LOCALITIES.indexOf(task.locality)
    this.#executor[index] = number
  }

  /** Indexes finished on this executor, highest first, so that putting them back leaves the lowest on top. */
  on(executorId: string): number[] {
    const number = this.#numberOf.get(executorId)
    const indexes: number[] = []
    if (number === undefined) return indexes
    for (let index = this.#executor.length - 1; index >= 0; index--) if (this.#executor[index] === number) indexes.push(index)
    return indexes
  }

  take(index: number, set: TaskSet): { task: TaskDescription; finishTime: number } {
    const executor = this.#executors[this.#executor[index]! - 1]!
    this.#executor[index] = 0
    return {
      finishTime: this.#finish[index]!,
      task: {
        taskId: this.#taskId[index]!,
        index,
        attempt: this.#attempt[index]!,
        partition: set.tasks[index]!.partition,
        stageId: set.stageId,
        stageAttempt: set.stageAttempt,
        taskType: set.taskType,
        shuffleId: set.shuffleId,
        executorId: executor.id,
        host: executor.host,
        locality: LOCALITIES[this.#locality[index]!]!,
        speculative: false,
        launchTime: this.#launch[index]!,
        properties: set.properties
      }
    }
  }
}
