import type { ChildToLab, LabToChild } from '../world/messages.ts'

/** Moments the lab wants to hear of, for faults that wait. */
export interface WatchList {
  /** Executors that come. */
  executors: boolean
  jobs: boolean
  stages: Set<number>
  tasks: Set<string>
  any: { stage: boolean; task: boolean }
  /** Names of events. */
  events: Set<string>
}

export type Moment = Extract<ChildToLab, { type: 'Moment' }>['moment']

/**
 * Moments that faults wait for. What follows a moment waits until the lab has heard of it and struck, or
 * the moment would be over before the fault comes: an empty task lasts a fraction of a millisecond.
 */
export class Moments {
  readonly watch: WatchList = { executors: false, jobs: false, stages: new Set(), tasks: new Set(), any: { stage: false, task: false }, events: new Set() }
  readonly #send: (message: ChildToLab) => void
  readonly #unheard = new Map<number, () => void>()
  #tokens = 0

  constructor(send: (message: ChildToLab) => void) {
    this.#send = send
  }

  /** The lab answers the moments of a list it has changed before it sends the list. */
  fromLab(message: Extract<LabToChild, { type: 'Watch' | 'MomentHeard' }>): void {
    if (message.type === 'Watch') {
      this.watch.executors = message.executors
      this.watch.jobs = message.jobs
      this.watch.stages = new Set(message.stages)
      this.watch.tasks = new Set(message.tasks)
      this.watch.any = { stage: message.any.includes('stage'), task: message.any.includes('task') }
      this.watch.events = new Set(message.events)
      return
    }
    const then = this.#unheard.get(message.token)
    this.#unheard.delete(message.token)
    then?.()
  }

  /** Does a fault wait for this task to run? */
  watchesTask(task: { stageId: number; partition: number }): boolean {
    return this.watch.any.task || this.watch.stages.has(task.stageId) || this.watch.tasks.has(`${task.stageId}.${task.partition}`)
  }

  /** Does a fault wait for this stage to be submitted? */
  watchesStage(stage: number): boolean {
    return this.watch.any.stage || this.watch.stages.has(stage)
  }

  /** Tells of a moment; `then` is called once the lab has heard it. */
  tell(moment: Moment, then: () => void): void {
    const token = ++this.#tokens
    this.#unheard.set(token, then)
    this.#send({ type: 'Moment', moment, token })
  }

  /** Tells of something that waits for nobody. */
  mention(moment: Moment): void {
    this.#send({ type: 'Moment', moment })
  }
}
