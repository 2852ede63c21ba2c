import type { TaskReport } from '../executor/env.ts'

/** Fetches results that lie on executors, so many at a time as spark.resultGetter.threads says (§6.16, §6.17). */
export class ResultGetter {
  readonly #threads: number
  readonly #fetch: (taskId: number, executorId: string) => Promise<Uint8Array | null>
  readonly #arrived: (executorId: string, report: TaskReport) => void
  /** What came with the word that a result is there. */
  readonly #reports = new Map<number, TaskReport>()
  readonly #queue: { taskId: number; executorId: string }[] = []
  #busy = 0

  /** `fetch` answers null when the block is gone; `arrived` gets the whole report, or one of a lost result (§6.18). */
  constructor(threads: number, fetch: (taskId: number, executorId: string) => Promise<Uint8Array | null>, arrived: (executorId: string, report: TaskReport) => void) {
    this.#threads = threads
    this.#fetch = fetch
    this.#arrived = arrived
  }

  /** Keeps what was reported of a result until the result is here. */
  announced(report: TaskReport): void {
    this.#reports.set(report.taskId, report)
  }

  /** The schedulers want the result. */
  get(taskId: number, executorId: string): void {
    this.#queue.push({ taskId, executorId })
    this.#next()
  }

  /** The schedulers do not want it: it was too much (§6.20). */
  drop(taskId: number): void {
    this.#reports.delete(taskId)
  }

  #next(): void {
    while (this.#busy < this.#threads && this.#queue.length > 0) {
      const { taskId, executorId } = this.#queue.shift()!
      this.#busy++
      void this.#fetch(taskId, executorId).then((value) => {
        this.#busy--
        const { indirect: _, ...report } = this.#reports.get(taskId) ?? { taskId, state: 'FINISHED' as const }
        this.#reports.delete(taskId)
        this.#arrived(executorId, value === null ? { taskId, state: 'FAILED', reason: { Reason: 'TaskResultLost' } } : { ...report, value })
        this.#next()
      })
    }
  }
}
