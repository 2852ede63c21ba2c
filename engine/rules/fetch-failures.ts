/** A task could not read map output: what is written off, what runs again, and when to give up (§5.13–5.19, §5.23). */
import type { TaskEndReason } from '../events/index.ts'
import type { CauseRef, RulesEffect, TaskDescription } from './types.ts'
import type { MapOutputTrackerApi } from './contract.ts'
import type { LostExecutors } from './lost-executors.ts'
import type { StageGraph } from './stage-graph.ts'
import type { Job, Stage } from './stage.ts'

/** Wait before failed stages are submitted again, so that one loss with many fetch failures is handled once (§5.13), ms. */
export const RESUBMIT_DELAY = 200

interface Parts {
  maxConsecutiveAttempts: number
  outputs: MapOutputTrackerApi
  graph: StageGraph
  lost: LostExecutors
  running: ReadonlySet<Stage>
  failed: Set<Stage>
  /** Whether fetch failures from this executor do not count to the limit: it was decommissioned (§5.19). */
  forgiven: (executorId: string) => boolean
  activeJobs: () => Iterable<Job>
  post: (effect: RulesEffect) => void
  finish: (stage: Stage, failure: string, cause: CauseRef) => void
  abort: (stage: Stage, reason: string, cause: CauseRef) => void
}

export class FetchFailures {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  handle(stage: Stage, task: TaskDescription, reason: Extract<TaskEndReason, { Reason: 'FetchFailed' }>): void {
    // A newer attempt runs already: this failure was dealt with.
    if (stage.attempt !== task.stageAttempt) return
    const { outputs, graph, running, failed } = this.#parts
    const shuffleId = reason['Shuffle ID']
    const address = reason['Block Manager Address']
    const cause: CauseRef = { key: `task-end:${task.taskId}` }
    if (address === undefined || !this.#parts.forgiven(address['Executor ID'])) stage.failedAttempts.add(task.stageAttempt)
    const hopeless = stage.failedAttempts.size >= this.#parts.maxConsecutiveAttempts
    if (running.has(stage)) this.#parts.finish(stage, reason.Message, cause)
    const dropped = address !== undefined && outputs.contains(shuffleId) && outputs.unregister(shuffleId, reason['Map Index'], address['Executor ID'])
    if (hopeless) {
      const times = this.#parts.maxConsecutiveAttempts
      this.#parts.abort(stage, `${stage.title} (${stage.name}) has failed the maximum allowable number of times: ${times}. Most recent failure reason:\n${reason.Message}`, cause)
    } else {
      const first = !failed.has(stage)
      const mapStage = graph.knownMapStage(shuffleId)
      stage.because ??= { key: `stage-failed:${stage.ref}` }
      failed.add(stage)
      if (mapStage) {
        mapStage.because ??= stage.because
        failed.add(mapStage)
      }
      if (first) {
        if (mapStage?.indeterminate) this.#refuseRollback(mapStage, cause)
        this.#parts.post({ type: 'resubmit-later', delayMs: RESUBMIT_DELAY, cause: { key: `stage-failed:${stage.ref}` } })
      }
    }
    if (address) this.#parts.lost.writeOff(address['Executor ID'], undefined, stage.epochs.get(task.stageAttempt) ?? 0, cause, dropped ? { shuffleId, mapIndex: reason['Map Index'] } : undefined)
  }

  /** Rows may come out otherwise: everything behind the map stage must run again, which finished results cannot (§5.23). */
  #refuseRollback(mapStage: Stage, cause: CauseRef): void {
    for (const job of [...this.#parts.activeJobs()]) {
      const { final } = job
      if (final.kind !== 'result' || job.left === job.finished.length || !dependsOn(final, mapStage)) continue
      this.#parts.abort(
        final,
        `A shuffle map stage with indeterminate output was failed and retried. However, Spark cannot rollback the ${final.title} to re-process the input data, and has to fail this job. Please eliminate the indeterminacy by checkpointing the RDD before repartition and try again.`,
        cause
      )
    }
  }
}

function dependsOn(stage: Stage, target: Stage): boolean {
  const seen = new Set<Stage>()
  const stack = [stage]
  while (stack.length > 0) {
    const one = stack.pop()!
    if (one === target) return true
    if (seen.has(one)) continue
    seen.add(one)
    stack.push(...one.parents)
  }
  return false
}
