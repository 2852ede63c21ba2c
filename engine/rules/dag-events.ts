/** What the DAG scheduler posts: Spark's job and stage events, and its own decisions in words. */
import type { BareEvent, RddInfo, StageInfo, TaskEndReason } from '../events/index.ts'
import type { CauseRef, RulesEffect, TaskDescription, TaskResult } from './types.ts'
import type { DagOptions, SubmitJob, SubmitMapStage } from './contract.ts'
import { NO_EXECUTOR_METRICS, NO_METRICS, stageInfo, taskInfo } from './spark-events.ts'
import type { CachedLoss } from './lost-executors.ts'
import type { Stage } from './stage.ts'

export class DagEvents {
  readonly #options: DagOptions
  readonly #effect: (effect: RulesEffect) => void

  constructor(options: DagOptions, effect: (effect: RulesEffect) => void) {
    this.#options = options
    this.#effect = effect
  }

  jobStart(ask: SubmitJob | SubmitMapStage, infos: StageInfo[]): void {
    this.#post(`job-start:${ask.jobId}`, ask.cause, {
      Event: 'SparkListenerJobStart',
      'Job ID': ask.jobId,
      'Submission Time': this.#options.epoch(ask.now),
      'Stage Infos': infos,
      'Stage IDs': infos.map((info) => info['Stage ID']),
      Properties: ask.properties
    })
  }

  /** `failure` is the exception's message, null on success. */
  jobEnd(jobId: number, failure: string | null, cause: CauseRef | undefined, now: number): void {
    this.#post(`job-end:${jobId}`, cause, {
      Event: 'SparkListenerJobEnd',
      'Job ID': jobId,
      'Completion Time': this.#options.epoch(now),
      'Job Result': failure === null ? { Result: 'JobSucceeded' } : { Result: 'JobFailed', Exception: { Message: failure, 'Stack Trace': [] } }
    })
  }

  /** Opens the next attempt of the stage and posts it. */
  stageSubmitted(stage: Stage, tasks: number, rdds: RddInfo[], properties: Record<string, string>, cause: CauseRef, now: number): void {
    stage.info = stageInfo({ id: stage.id, attempt: stage.nextAttempt++, name: stage.name, tasks, rdds, parents: stage.parents.map((parent) => parent.id) })
    if (tasks > 0) stage.info['Submission Time'] = this.#options.epoch(now)
    this.#post(`stage-submitted:${stage.ref}`, cause, { Event: 'SparkListenerStageSubmitted', 'Stage Info': stage.info, Properties: properties })
  }

  stageCompleted(stage: Stage, failure: string | null, cause: CauseRef | undefined, now: number): void {
    // A copy: what was posted before must not change.
    stage.info = { ...stage.info, 'Completion Time': this.#options.epoch(now), ...(failure === null ? {} : { 'Failure Reason': failure }) }
    this.#post(`${failure === null ? 'stage-completed' : 'stage-failed'}:${stage.ref}`, cause, { Event: 'SparkListenerStageCompleted', 'Stage Info': stage.info })
  }

  taskEnd(task: TaskDescription, reason: TaskEndReason, result: TaskResult | undefined, at: number, gettingSince: number | undefined, cause: CauseRef | undefined): void {
    const well = reason.Reason === 'Success' || reason.Reason === 'Resubmitted'
    const killed = reason.Reason === 'TaskKilled'
    const metrics = result?.metrics ?? (well ? NO_METRICS : undefined)
    this.#post(`task-end:${task.taskId}`, cause, {
      Event: 'SparkListenerTaskEnd',
      'Stage ID': task.stageId,
      'Stage Attempt ID': task.stageAttempt,
      'Task Type': task.taskType,
      'Task End Reason': reason,
      'Task Info': taskInfo(task, this.#options.epoch, { at, failed: !well && !killed, killed, gettingResultAt: gettingSince }),
      'Task Executor Metrics': NO_EXECUTOR_METRICS,
      ...(metrics === undefined ? {} : { 'Task Metrics': metrics })
    })
  }

  gettingResult(task: TaskDescription, now: number): void {
    this.#post(`getting-result:${task.taskId}`, { key: `task-start:${task.taskId}` }, {
      Event: 'SparkListenerTaskGettingResult',
      'Task Info': { ...taskInfo(task, this.#options.epoch), 'Getting Result Time': this.#options.epoch(now) }
    })
  }

  mapOutput(task: TaskDescription, shuffleId: number, sizes: readonly number[]): void {
    let bytes = 0
    for (const size of sizes) bytes += size
    this.#post(undefined, { key: `task-end:${task.taskId}` }, { Event: 'kindling.MapOutput', executorId: task.executorId, shuffleId, mapIndex: task.partition, bytes })
  }

  skipped(stage: Stage, jobId: number, whole: boolean): void {
    const why = whole ? 'its shuffle output from an earlier job is still there' : 'what comes after it is cached'
    this.#post(`skip:${jobId}.${stage.id}`, { key: `job-start:${jobId}` }, {
      Event: 'kindling.Decision',
      kind: 'skip-stage',
      text: `Stage ${stage.id} (${shortName(stage.name)}) is skipped: ${why}.`,
      stageId: stage.id,
      jobId,
      count: stage.tasks
    })
  }

  /** Says why a stage runs again, if it does; answers the cause for its StageSubmitted. `takers` are executors its output went with. */
  again(stage: Stage, partitions: readonly number[], takers: readonly string[]): CauseRef | null {
    const attempt = stage.nextAttempt
    if (stage.because === null && takers.length === 0) return null
    if (partitions.length === 0) return stage.because
    const which = partitions.length === stage.tasks ? `all ${stage.tasks} partitions` : `${partitions.length} of ${stage.tasks} partitions`
    const why =
      takers.length > 0
        ? `their map output went with ${takers.length === 1 ? 'executor' : 'executors'} ${takers.join(', ')}`
        : stage.kind === 'map'
          ? 'their map output is missing'
          : 'they were not finished when it failed'
    const key = `resubmit:${stage.id}.${attempt}`
    this.#post(key, stage.because ?? { key: `blocks-lost:${takers[0]}` }, {
      Event: 'kindling.Decision',
      kind: 'resubmit-stage',
      text: `Stage ${stage.id} (${shortName(stage.name)}) runs again for ${which}: ${why}.`,
      stageId: stage.id,
      stageAttempt: attempt,
      count: partitions.length,
      ...(takers.length === 1 ? { executorId: takers[0] } : {})
    })
    return { key }
  }

  recomputed(stage: Stage, lost: CachedLoss): void {
    const { partitions } = lost
    const what = partitions.length === 1 ? `Partition ${partitions[0]}` : `Partitions ${partitions.join(', ')}`
    this.#post(undefined, { key: `blocks-lost:${lost.executorId}` }, {
      Event: 'kindling.Decision',
      kind: 'recompute-partition',
      text: `${what} of RDD ${lost.rddId} ${partitions.length === 1 ? 'was' : 'were'} cached on executor ${lost.executorId}, which is gone: stage ${stage.id} computes ${partitions.length === 1 ? 'it' : 'them'} again.`,
      stageId: stage.id,
      stageAttempt: stage.attempt,
      executorId: lost.executorId,
      count: partitions.length,
      ...(partitions.length === 1 ? { partition: partitions[0] } : {})
    })
  }

  ignored(task: TaskDescription): void {
    this.#post(undefined, { key: `task-end:${task.taskId}` }, {
      Event: 'kindling.Decision',
      kind: 'ignore-success',
      text: `The output of task ${task.index} of stage ${task.stageId}.${task.stageAttempt} does not count: executor ${task.executorId} was written off after the task began.`,
      stageId: task.stageId,
      stageAttempt: task.stageAttempt,
      taskId: task.taskId,
      index: task.index,
      partition: task.partition,
      executorId: task.executorId
    })
  }

  givenUp(jobId: number, stage: Stage, reason: string, cause: CauseRef | undefined): void {
    this.#post(`abort:${jobId}`, cause, {
      Event: 'kindling.Decision',
      kind: 'abort-job',
      text: `Job ${jobId} is given up: ${reason.split('\n', 1)[0]!.replace(/[,.] most recent failure.*/i, '')}.`,
      stageId: stage.id,
      stageAttempt: stage.attempt,
      jobId
    })
  }

  #post(key: string | undefined, cause: CauseRef | undefined, event: BareEvent): void {
    this.#effect({ type: 'post', event, key, cause })
  }
}

/** A stage's name without the folders of its file. */
const shortName = (name: string): string => name.replace(/ at (?:\/|[A-Za-z]:\\).*[\\/]/, ' at ')
