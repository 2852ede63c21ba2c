import type { BareEvent, EventId } from '../events/index.ts'
import { Allocation, ALLOCATION_TICK, type AllocationRules } from '../rules/allocation.ts'
import type { TaskDescription } from '../rules/types.ts'
import type { Timer } from '../world/interfaces.ts'
import type { Child } from '../world/real/child.ts'

export interface AllocationHands {
  request: (total: number, cause: EventId) => void
  /** Gives executors back. */
  release: (executorIds: string[], cause: EventId) => void
}

/** The ExecutorAllocationManager (§7.1–7.5): hears the events of the application and asks the Master for more or fewer executors. */
export class AllocationManager {
  readonly #child: Child
  readonly #allocation: Allocation
  readonly #hands: AllocationHands
  /** The shuffle a stage writes. */
  readonly #shuffleOf = new Map<number, number>()
  #tick: Timer | undefined
  /** What last put tasks in the queue, and what last left an executor idle. */
  #backlog: EventId | undefined
  #idle: EventId | undefined
  #stopped = false

  constructor(child: Child, rules: AllocationRules, hands: AllocationHands) {
    this.#child = child
    this.#allocation = new Allocation(rules)
    this.#hands = hands
  }

  /** Asks for the initial number, and looks every 100 ms from then on. */
  start(): void {
    const { initial } = this.#allocation.rules
    const event = this.#child.post({ Event: 'kindling.Decision', kind: 'allocation', count: initial, text: `Dynamic allocation begins with ${initial} executor${initial === 1 ? '' : 's'}.` })
    this.#hands.request(initial, event)
    this.#arm()
  }

  stop(): void {
    this.#stopped = true
    this.#tick?.cancel()
  }

  jobStarted(jobId: number, shuffles: readonly number[]): void {
    this.#allocation.jobStarted(jobId, shuffles)
  }

  launched(task: TaskDescription): void {
    if (task.shuffleId !== undefined) this.#shuffleOf.set(task.stageId, task.shuffleId)
  }

  blockUpdated(executorId: string, rddId: number, partition: number, stored: boolean): void {
    this.#allocation.blockUpdated(executorId, `rdd_${rddId}_${partition}`, stored)
  }

  leaving(executorId: string): void {
    this.#allocation.executorLeaving(executorId)
  }

  /** An event of the application has been posted. */
  saw(event: BareEvent, id: EventId): void {
    const now = this.#child.clock.now()
    switch (event.Event) {
      case 'SparkListenerJobEnd':
        this.#allocation.jobEnded(event['Job ID'])
        return
      case 'SparkListenerStageSubmitted': {
        const info = event['Stage Info']
        this.#backlog = id
        this.#allocation.stageSubmitted(info['Stage ID'], info['Stage Attempt ID'], info['Number of Tasks'], now)
        return
      }
      case 'SparkListenerStageCompleted':
        this.#allocation.stageCompleted(event['Stage Info']['Stage ID'], event['Stage Info']['Stage Attempt ID'])
        return
      case 'SparkListenerTaskStart':
        this.#allocation.taskStarted({ stageId: event['Stage ID'], attempt: event['Stage Attempt ID'], index: event['Task Info'].Index, executorId: event['Task Info']['Executor ID'] })
        return
      case 'SparkListenerTaskEnd': {
        const reason = event['Task End Reason'].Reason
        const shuffleId = event['Task Type'] === 'ShuffleMapTask' ? this.#shuffleOf.get(event['Stage ID']) : undefined
        if (reason === 'Success') this.#idle = id
        else this.#backlog = id
        this.#allocation.taskEnded(
          {
            stageId: event['Stage ID'],
            attempt: event['Stage Attempt ID'],
            index: event['Task Info'].Index,
            executorId: event['Task Info']['Executor ID'],
            success: reason === 'Success',
            resubmitted: reason === 'Resubmitted',
            ...(shuffleId === undefined ? {} : { shuffleId })
          },
          now
        )
        return
      }
      case 'SparkListenerExecutorAdded':
        this.#allocation.executorAdded(event['Executor ID'], now)
        return
      case 'SparkListenerExecutorRemoved':
        this.#allocation.executorRemoved(event['Executor ID'])
        return
      default:
        return
    }
  }

  #arm(): void {
    this.#tick = this.#child.clock.after(ALLOCATION_TICK, 'dynamic allocation', () => {
      if (this.#stopped) return
      this.#look()
      this.#arm()
    })
  }

  #look(): void {
    const change = this.#allocation.tick(this.#child.clock.now())
    if (change === null) return
    const event = this.#child.post({ Event: 'kindling.Decision', kind: 'allocation', count: this.#allocation.target, text: change.text }, change.remove.length > 0 ? this.#idle : this.#backlog)
    if (change.total !== undefined) this.#hands.request(change.total, event)
    if (change.remove.length > 0) this.#hands.release(change.remove, event)
  }
}
