/**
 * What the schedulers offer to whoever runs them. `Schedulers` (schedulers.ts) is the front door: it keeps
 * a DagScheduler and a TaskScheduler, passes their effects to one another in Spark's order, and gives back
 * only what the outside must do: post, launch, kill-task, resubmit-later, output, accumulate, job-succeeded,
 * job-failed, map-stage-done, remove-block-manager, getting-result, kill-executor.
 */
import type { TaskEndReason } from '../events/index.ts'
import type { PoolSpec } from './pools.ts'
import type { CauseRef, LossReason, MapStatus, RddNode, RulesEffect, TaskDescription, TaskResult, TaskSet } from './types.ts'

export type { Conf } from './conf.ts'
import type { Conf } from './conf.ts'

export interface DagOptions {
  conf: Conf
  /** The RDD as it stands now: after a checkpoint its dependencies are the checkpoint's. Throws when unknown. */
  rdd: (rddId: number) => RddNode
  /** Ids of executors that hold the cached partition, best first; asked only for RDDs with a storage level. */
  cacheLocations: (rddId: number, partition: number) => string[]
  /** Cached partitions an executor holds; asked when it is written off, before `remove-block-manager`. */
  cachedOn: (executorId: string) => { rddId: number; partitions: number[] }[]
  /** Lab ms → epoch ms, for Spark's event timestamps. */
  epoch: (now: number) => number
  /** Named in kindling.BlocksLost. */
  appId: () => string
}

export interface SubmitJob {
  jobId: number
  rddId: number
  /** Partitions to compute; output i of the job is partitions[i]. */
  partitions: readonly number[]
  callSite: string
  properties: Record<string, string>
  now: number
  cause?: CauseRef
}

export interface SubmitMapStage {
  jobId: number
  /** The map-side RDD: the one the shuffle dependency points to. */
  rddId: number
  shuffleId: number
  reduces: number
  callSite: string
  properties: Record<string, string>
  now: number
  cause?: CauseRef
}

export interface ExecutorLost {
  executorId: string
  reason: LossReason
  now: number
  /** Defaults to the key `executor-lost:<id>`: post the ExecutorRemoved event under it first. */
  cause?: CauseRef
}

export interface DagSchedulerApi {
  submitJob(ask: SubmitJob): RulesEffect[]
  submitMapStage(ask: SubmitMapStage): RulesEffect[]
  taskStarted(ask: { task: TaskDescription; now: number; cause?: CauseRef }): RulesEffect[]
  taskEnded(ask: { task: TaskDescription; reason: TaskEndReason; result?: TaskResult; now: number; finishTime?: number; gettingSince?: number; cause?: CauseRef }): RulesEffect[]
  gettingResult(ask: { task: TaskDescription; now: number }): RulesEffect[]
  taskSetFailed(ask: { stageId: number; message: string; exception?: TaskEndReason; now: number; cause?: CauseRef }): RulesEffect[]
  executorAdded(ask: { executorId: string; host: string; now: number }): RulesEffect[]
  executorLost(ask: ExecutorLost): RulesEffect[]
  executorDecommissioned(executorId: string): void
  resubmitFailedStages(now: number): RulesEffect[]
  /** `reason` as §5.29 words it, e.g. `killed via Web UI`. */
  cancelJob(jobId: number, reason: string, now: number): RulesEffect[]
  /** Reason defaults to `as part of cancellation of all jobs`. */
  cancelAllJobs(now: number, reason?: string): RulesEffect[]
  /** The context stops (§1.7, B.6): every job fails, running stages complete as cancelled. Nothing may be submitted afterwards. */
  stop(now: number): RulesEffect[]
}

export interface StatusUpdate {
  taskId: number
  state: 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED' | 'LOST'
  reason?: TaskEndReason
  result?: TaskResult
  /** Serialized size of the result, bytes, for spark.driver.maxResultSize; defaults to result.value's length. */
  resultSize?: number
  /** With FINISHED: the result is not here but on the executor, this many bytes (§6.16). */
  indirect?: number
  now: number
  cause?: CauseRef
}

export interface TaskSchedulerOptions {
  conf: Conf
  random: () => number
  /** True for `local…` masters: one failure is enough unless `local[N,F]` says otherwise (§2.2). */
  maxFailures?: number
  /** FAIR pools of the allocation file (§6.6). */
  pools?: readonly PoolSpec[]
  /** Lab ms → epoch ms, for Spark's event timestamps; the same number when not given. */
  epoch?: (now: number) => number
}

export interface TaskSchedulerApi {
  submit(taskSet: TaskSet, now: number, cause?: CauseRef): RulesEffect[]
  /** The executor has free slots from now on (LaunchedExecutor, §4.3). `slots` = floor(cores / spark.task.cpus). */
  executorReady(ask: { executorId: string; host: string; slots: number; now: number }): RulesEffect[]
  /** Its connection closed; no offers until its exit code is known (§4.21). */
  executorUnavailable(executorId: string, now: number): RulesEffect[]
  /** It is to leave: no offers any more; fetch failures from it do not count to the stage's limit (§5.19). */
  executorDecommissioned(executorId: string, now: number): RulesEffect[]
  executorRemoved(ask: ExecutorLost): RulesEffect[]
  /** How far a running task has come, as a heartbeat tells: records read, ms of running (§6.22). */
  progress(taskId: number, work: { records: number; runMs: number }): void
  statusUpdate(update: StatusUpdate): RulesEffect[]
  cancelStage(ask: { stageId: number; reason: string; interrupt: boolean; now: number }): RulesEffect[]
  /** Ask an executor to stop one attempt; its slot frees when the executor answers. */
  killTask(ask: { taskId: number; reason: string; interrupt: boolean }): RulesEffect[]
  zombie(stageId: number, stageAttempt: number, now: number): RulesEffect[]
  partitionCompleted(ask: { stageId: number; partition: number; now: number }): RulesEffect[]
  /** Does what is due: looks for slow tasks, ends exclusions, gives up what can run nowhere, and offers all that is free. */
  revive(now: number): RulesEffect[]
  /** Lab time at which `revive` has something to do; undefined when nothing is due by itself. */
  nextRevive(now: number): number | undefined
}

/** Both schedulers, coupled. */
export interface SchedulersApi
  extends Pick<DagSchedulerApi, 'submitJob' | 'submitMapStage' | 'resubmitFailedStages' | 'cancelJob' | 'cancelAllJobs' | 'stop'>,
    Pick<TaskSchedulerApi, 'executorReady' | 'executorUnavailable' | 'executorDecommissioned' | 'progress' | 'statusUpdate' | 'killTask' | 'revive' | 'nextRevive'> {
  /** Call after posting ExecutorRemoved under the key `executor-lost:<id>`. */
  executorLost(ask: ExecutorLost): RulesEffect[]
  readonly outputs: MapOutputTrackerApi
  /** Attempts on the executor that have not ended. */
  runningOn(executorId: string): TaskDescription[]
  running(taskId: number): TaskDescription | undefined
  activeJobs(): number[]
  executors(): { executorId: string; host: string; slots: number; freeSlots: number; available: boolean }[]
}

export interface MapOutputTrackerApi {
  readonly epoch: number
  incrementEpoch(): void
  /** Idempotent. */
  registerShuffle(shuffleId: number, maps: number, reduces: number): void
  unregisterShuffle(shuffleId: number): void
  contains(shuffleId: number): boolean
  register(shuffleId: number, mapIndex: number, status: MapStatus): void
  /** Only when it still lies on that executor. */
  unregister(shuffleId: number, mapIndex: number, executorId: string): boolean
  unregisterAll(shuffleId: number): void
  unregisterByExecutor(executorId: string): { shuffleId: number; mapIndexes: number[] }[]
  unregisterByHost(host: string): { shuffleId: number; mapIndexes: number[] }[]
  available(shuffleId: number): number
  missing(shuffleId: number): number[]
  /** One entry a map, null where it is missing: the MapOutputs answer. */
  statuses(shuffleId: number): readonly (MapStatus | null)[]
  /** Total bytes by reduce partition, known outputs only. */
  statistics(shuffleId: number): number[]
  /** Hosts that hold at least 20 % of a reduce partition's input (§5.10). */
  preferredHosts(shuffleId: number, reduce: number): string[]
  /** The executor whose loss took this output away, while it is missing; of -1, which is any of the shuffle's, the one told of last. */
  lostBy(shuffleId: number, mapIndex: number): string | undefined
}

