import type { EventId } from '../events/index.ts'
import { realTurn } from '../world/real/timers.ts'
import type { TaskRunner } from './task-runner.ts'

/** Bytes taken in one piece by a process that outgrows its container. */
const PIECE = 4 * 2 ** 20

export interface StrikeHands {
  runner: TaskRunner
  appId: string
  /** The memory of this process is to be told now. */
  tellMemory: (cause: EventId) => void
  post: (event: { Event: 'kindling.BlocksLost'; executorId: string; appId: string; mapOutputs: { shuffleId: number; mapIndexes: number[] }[]; cached: { rddId: number; partitions: number[] }[] }, cause: EventId) => EventId
  executorId: string
}

/** Faults that an executor carries out on itself; those that end it or silence it lie in its process. */
export class Strikes {
  readonly #hands: StrikeHands
  /** Kept until the process is killed. */
  readonly #taken: Buffer[] = []
  /** The fault that makes this process outgrow its container: whatever its memory is from then on is caused by it. */
  outgrowing: EventId | undefined

  constructor(hands: StrikeHands) {
    this.#hands = hands
  }

  /** Answers why the fault cannot strike; undefined when it has struck, or is none of these. */
  strike(fault: string, arg: Record<string, unknown>, cause: EventId): string | undefined {
    const { runner, post, executorId, appId } = this.#hands
    const named = typeof arg['block'] === 'string' ? arg['block'] : undefined
    switch (fault) {
      case 'slow-executor':
        runner.slowDown(Number(arg['factor'] ?? 10))
        return undefined
      case 'fill-disk':
        runner.store.disk.full = true
        return undefined
      case 'lose-shuffle-files': {
        const mapOutputs = runner.store.shuffles.lose(named)
        if (mapOutputs.length === 0) return `Executor ${executorId} has no ${named === undefined ? 'shuffle files' : `file of ${named}`}.`
        post({ Event: 'kindling.BlocksLost', executorId, appId, mapOutputs, cached: [] }, cause)
        return undefined
      }
      case 'lose-cached-block': {
        const lost = runner.store.loseBlock(named)
        if (lost === null) return `Executor ${executorId} does not hold ${named ?? 'any cached block'}.`
        post({ Event: 'kindling.BlocksLost', executorId, appId, mapOutputs: [], cached: [{ rddId: lost.rddId, partitions: [lost.partition] }] }, cause)
        return undefined
      }
      case 'container-oom':
        void this.#outgrow(cause)
        return undefined
      default:
        return undefined
    }
  }

  heal(fault: string): void {
    if (fault === 'slow-executor') this.#hands.runner.slowDown(1)
    if (fault === 'fill-disk') this.#hands.runner.store.disk.full = false
  }

  /** Takes memory outside the heap until the container is too small for it (§8.12). Nothing here ends the process: the lab does, from outside. */
  async #outgrow(cause: EventId): Promise<void> {
    const { runner, tellMemory } = this.#hands
    this.outgrowing = cause
    const limit = runner.enterContainer()
    let told = runner.containerUsed()
    while (runner.containerUsed() <= limit) {
      // Written to, so that the system truly gives it.
      this.#taken.push(Buffer.alloc(PIECE, 1))
      runner.native += PIECE
      if (runner.containerUsed() - told > limit / 8) {
        told = runner.containerUsed()
        tellMemory(cause)
      }
      await realTurn()
    }
    tellMemory(cause)
  }
}
