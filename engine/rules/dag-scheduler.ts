/** Jobs to stages to task sets, and what happens when any of it fails (§5). Answers effects; holds no clock. */
import type { TaskEndReason } from '../events/index.ts'
import type { CauseRef, RulesEffect, TaskDescription, TaskResult, TaskSpec } from './types.ts'
import type { DagOptions, DagSchedulerApi, ExecutorLost, MapOutputTrackerApi, SubmitJob, SubmitMapStage } from './contract.ts'
import { settings } from './conf.ts'
import { DagEvents } from './dag-events.ts'
import { FetchFailures } from './fetch-failures.ts'
import { LostExecutors } from './lost-executors.ts'
import { preferences } from './lineage.ts'
import { MapOutputTracker } from './map-outputs.ts'
import { taskInfo } from './spark-events.ts'
import { Job, type Stage } from './stage.ts'
import { StageGraph } from './stage-graph.ts'

export class DagScheduler implements DagSchedulerApi {
  readonly outputs: MapOutputTrackerApi
  readonly #options: DagOptions
  readonly #graph: StageGraph
  readonly #events: DagEvents
  readonly #lost: LostExecutors
  readonly #fetches: FetchFailures
  readonly #jobs = new Map<number, Job>()
  readonly #running = new Set<Stage>()
  readonly #waiting = new Set<Stage>()
  readonly #failed = new Set<Stage>()
  readonly #decommissioned = new Set<string>()
  /** Gone, and still remembered as decommissioned; the oldest first (§7.8). */
  readonly #decommissionedGone = new Set<string>()
  readonly #retainedDecommissioned: number
  readonly #maxStageAttempts: number
  readonly #reduceLocality: boolean
  #out: RulesEffect[] = []
  #now = 0

  constructor(options: DagOptions, outputs: MapOutputTrackerApi = new MapOutputTracker()) {
    this.#options = options
    this.outputs = outputs
    this.#maxStageAttempts = settings.stageMaxAttempts(options.conf)
    this.#reduceLocality = settings.reduceLocality(options.conf)
    this.#retainedDecommissioned = settings.retainedDecommissioned(options.conf)
    const ignoreDecommissioned = settings.ignoreDecommissionFetchFailure(options.conf)
    const post = (effect: RulesEffect): void => void this.#out.push(effect)
    this.#graph = new StageGraph(options.rdd, outputs, options.cacheLocations)
    this.#events = new DagEvents(options, post)
    this.#lost = new LostExecutors(options, outputs, post)
    this.#fetches = new FetchFailures({
      maxConsecutiveAttempts: settings.stageMaxConsecutiveAttempts(options.conf),
      outputs,
      graph: this.#graph,
      lost: this.#lost,
      running: this.#running,
      failed: this.#failed,
      forgiven: (executorId) => ignoreDecommissioned && (this.#decommissioned.has(executorId) || this.#decommissionedGone.has(executorId)),
      activeJobs: () => this.#jobs.values(),
      post,
      finish: (stage, failure, cause) => this.#finish(stage, failure, cause),
      abort: (stage, reason, cause) => this.#abort(stage, reason, undefined, cause)
    })
  }

  activeJobs(): number[] {
    return [...this.#jobs.keys()]
  }

  submitJob(ask: SubmitJob): RulesEffect[] {
    return this.#during(ask.now, () => {
      const node = this.#options.rdd(ask.rddId)
      const wrong = ask.partitions.find((partition) => !(partition >= 0 && partition < node.partitions))
      if (wrong !== undefined) throw new RangeError(`Attempting to access a non-existent partition: ${wrong}. Total number of partitions: ${node.partitions}`)
      if (ask.partitions.length === 0) {
        this.#events.jobStart(ask, [])
        this.#events.jobEnd(ask.jobId, null, { key: `job-start:${ask.jobId}` }, ask.now)
        this.#out.push({ type: 'job-succeeded', jobId: ask.jobId })
        return
      }
      const final = this.#graph.resultStage(ask.rddId, ask.partitions.length, ask.callSite, ask.jobId)
      final.job = new Job(ask.jobId, final, ask.partitions, ask.properties)
      this.#start(final.job, ask)
      this.#submit(final, { key: `job-start:${ask.jobId}` })
    })
  }

  submitMapStage(ask: SubmitMapStage): RulesEffect[] {
    return this.#during(ask.now, () => {
      if (this.#options.rdd(ask.rddId).partitions === 0) throw new RangeError("Can't run submitMapStage on RDD with 0 partitions")
      const final = this.#graph.mapStage({ rdd: ask.rddId, shuffleId: ask.shuffleId, reduces: ask.reduces }, ask.jobId)
      this.#graph.adopt(final, ask.jobId)
      const job = new Job(ask.jobId, final, [], ask.properties)
      final.mapJobs.add(job)
      this.#start(job, ask)
      if (this.#graph.isAvailable(final)) this.#finishMapJobs(final, { key: `job-start:${ask.jobId}` })
      else this.#submit(final, { key: `job-start:${ask.jobId}` })
    })
  }

  taskStarted(ask: { task: TaskDescription; now: number; cause?: CauseRef }): RulesEffect[] {
    const { task } = ask
    return [
      {
        type: 'post',
        key: `task-start:${task.taskId}`,
        cause: ask.cause,
        event: { Event: 'SparkListenerTaskStart', 'Stage ID': task.stageId, 'Stage Attempt ID': task.stageAttempt, 'Task Info': taskInfo(task, this.#options.epoch) }
      }
    ]
  }

  taskEnded(ask: { task: TaskDescription; reason: TaskEndReason; result?: TaskResult; now: number; finishTime?: number; gettingSince?: number; cause?: CauseRef }): RulesEffect[] {
    return this.#during(ask.now, () => {
      const { task, reason, result } = ask
      const stage = this.#graph.stages.get(task.stageId)
      const cause = reason.Reason === 'FetchFailed' ? (this.#lost.causeOf(reason) ?? ask.cause) : ask.cause
      if (stage && reason.Reason === 'Success') this.#accumulate(stage, task, result)
      this.#events.taskEnd(task, reason, result, ask.finishTime ?? ask.now, ask.gettingSince, cause)
      // The stage was cancelled, or its job ended: nothing more follows from its tasks.
      if (!stage) return
      if (reason.Reason === 'Success') this.#succeeded(stage, task, result ?? {})
      else if (reason.Reason === 'FetchFailed') this.#fetches.handle(stage, task, reason)
      else if (reason.Reason === 'Resubmitted' && stage.kind === 'map') stage.expect(task.partition)
    })
  }

  gettingResult(ask: { task: TaskDescription; now: number }): RulesEffect[] {
    return this.#during(ask.now, () => this.#events.gettingResult(ask.task, ask.now))
  }

  taskSetFailed(ask: { stageId: number; message: string; exception?: TaskEndReason; now: number; cause?: CauseRef }): RulesEffect[] {
    return this.#during(ask.now, () => {
      const stage = this.#graph.stages.get(ask.stageId)
      if (stage) this.#abort(stage, ask.message, ask.exception, ask.cause)
    })
  }

  executorAdded(ask: { executorId: string; host: string; now: number }): RulesEffect[] {
    this.#lost.added(ask.executorId)
    return []
  }

  executorLost(ask: ExecutorLost): RulesEffect[] {
    return this.#during(ask.now, () => {
      if (this.#decommissioned.delete(ask.executorId)) this.#decommissionedGone.add(ask.executorId)
      for (const oldest of this.#decommissionedGone) {
        if (this.#decommissionedGone.size <= this.#retainedDecommissioned) break
        this.#decommissionedGone.delete(oldest)
      }
      const host = ask.reason.kind === 'lost' ? ask.reason.workerHost : undefined
      this.#lost.writeOff(ask.executorId, host, this.outputs.epoch, ask.cause ?? { key: `executor-lost:${ask.executorId}` })
    })
  }

  executorDecommissioned(executorId: string): void {
    this.#decommissioned.add(executorId)
  }

  resubmitFailedStages(now: number): RulesEffect[] {
    return this.#during(now, () => {
      const stages = [...this.#failed].sort((a, b) => a.firstJobId - b.firstJobId)
      this.#failed.clear()
      for (const stage of stages) this.#submit(stage, stage.because ?? { key: `job-start:${stage.firstJobId}` })
    })
  }

  cancelJob(jobId: number, reason: string, now: number): RulesEffect[] {
    return this.#during(now, () => {
      const job = this.#jobs.get(jobId)
      if (job) this.#failJob(job, `[SPARK_JOB_CANCELLED] Job ${jobId} cancelled ${reason} SQLSTATE: XXKDA`, undefined, undefined)
    })
  }

  cancelAllJobs(now: number, reason = 'as part of cancellation of all jobs'): RulesEffect[] {
    return this.activeJobs().flatMap((jobId) => this.cancelJob(jobId, reason, now))
  }

  stop(now: number): RulesEffect[] {
    return this.#during(now, () => {
      for (const job of [...this.#jobs.values()]) {
        for (const stage of [...this.#running]) {
          this.#finish(stage, 'Stage cancelled because SparkContext was shut down', undefined)
          this.#out.push({ type: 'zombie', stageId: stage.id, stageAttempt: stage.attempt })
        }
        const message = `Job ${job.id} cancelled because SparkContext was shut down`
        this.#forget(job)
        this.#events.jobEnd(job.id, message, undefined, now)
        this.#out.push({ type: 'job-failed', jobId: job.id, message })
      }
    })
  }

  #during(now: number, work: () => void): RulesEffect[] {
    this.#now = now
    this.#out = []
    work()
    const out = this.#out
    this.#out = []
    return out
  }

  #start(job: Job, ask: SubmitJob | SubmitMapStage): void {
    this.#jobs.set(job.id, job)
    this.#events.jobStart(ask, this.#graph.ofJob(job.id).map((stage) => stage.info))
    for (const stage of this.#graph.skipped(job.final, job.id)) this.#events.skipped(stage, job.id, this.#graph.isAvailable(stage))
  }

  #submit(stage: Stage, cause: CauseRef): void {
    if (this.#waiting.has(stage) || this.#running.has(stage) || this.#failed.has(stage)) return
    const job = this.#activeJob(stage)
    if (!job) return
    if (stage.nextAttempt >= this.#maxStageAttempts) {
      this.#abort(stage, `${stage.title} (name=${stage.name}) has been resubmitted for the maximum allowable number of times: ${this.#maxStageAttempts}, which is the max allowable number set by spark.stage.maxAttempts.`, undefined, cause)
      return
    }
    const missing = this.#graph.missingParents(stage)
    if (missing.length === 0) {
      this.#submitTasks(stage, job, cause)
      return
    }
    for (const parent of missing) this.#submit(parent, stage.because ?? cause)
    if (this.#graph.stages.has(stage.id)) this.#waiting.add(stage)
  }

  #activeJob(stage: Stage): Job | undefined {
    let first: Job | undefined
    for (const jobId of stage.jobIds) if ((first === undefined || jobId < first.id) && this.#jobs.has(jobId)) first = this.#jobs.get(jobId)
    return first
  }

  #submitTasks(stage: Stage, job: Job, cause: CauseRef): void {
    const { shuffle } = stage
    if (shuffle && stage.indeterminate && !this.#graph.isAvailable(stage)) this.outputs.unregisterAll(shuffle.shuffleId)
    const partitions = shuffle ? this.outputs.missing(shuffle.shuffleId) : job.missing()
    const because = this.#events.again(stage, partitions, this.#lost.takersOf(stage, partitions)) ?? cause
    stage.because = null
    this.#events.stageSubmitted(stage, partitions.length, this.#graph.rddInfos(stage), job.properties, because, this.#now)
    for (const lost of this.#lost.cachedNeeded(stage, partitions)) this.#events.recomputed(stage, lost)
    stage.epochs.set(stage.attempt, this.outputs.epoch)
    this.#running.add(stage)
    if (partitions.length === 0) {
      this.#finish(stage, null, { key: `stage-submitted:${stage.ref}` })
      this.#mapStageWhole(stage)
      return
    }
    const preferred = preferences(stage.rddId, this.#options.rdd, {
      cacheLocations: this.#options.cacheLocations,
      reduceHosts: (shuffleId, reduce) => (this.#reduceLocality ? this.outputs.preferredHosts(shuffleId, reduce) : [])
    })
    const tasks: TaskSpec[] = partitions.map((partition, index) => ({ index, partition, preferred: preferred(partition) }))
    if (shuffle) {
      stage.expectNothing()
      for (const partition of partitions) stage.expect(partition)
    }
    this.#out.push({
      type: 'submit-task-set',
      cause: { key: `stage-submitted:${stage.ref}` },
      taskSet: {
        stageId: stage.id,
        stageAttempt: stage.attempt,
        priority: job.id,
        taskType: shuffle ? 'ShuffleMapTask' : 'ResultTask',
        tasks,
        properties: job.properties,
        shuffleId: shuffle?.shuffleId
      }
    })
  }

  /** §9.3: a result partition counts once, a map task every time it succeeds. */
  #accumulate(stage: Stage, task: TaskDescription, result: TaskResult | undefined): void {
    if (result?.accumulators === undefined) return
    if (stage.kind === 'result' && !(stage.job && stage.job.open(task.partition).length > 0)) return
    this.#out.push({ type: 'accumulate', taskId: task.taskId, updates: result.accumulators })
  }

  #succeeded(stage: Stage, task: TaskDescription, result: TaskResult): void {
    // A running task of an older attempt still counts, unless a second run may give other rows (§5.13, §5.23).
    const older = task.stageAttempt < stage.attempt
    if (older && !stage.indeterminate) this.#out.push({ type: 'partition-completed', stageId: stage.id, partition: task.partition })
    if (stage.kind === 'result') this.#outputArrived(stage, task, result)
    else if (!(older && stage.indeterminate)) this.#mapArrived(stage, task, result)
  }

  #outputArrived(stage: Stage, task: TaskDescription, result: TaskResult): void {
    const { job } = stage
    if (!job) return
    for (const output of job.open(task.partition)) {
      job.finished[output] = 1
      job.left--
      this.#out.push({ type: 'output', jobId: job.id, output, value: result.value ?? new Uint8Array(0) })
    }
    if (job.left > 0) return
    const cause: CauseRef = { key: `task-end:${task.taskId}` }
    this.#finish(stage, null, cause)
    this.#cancelStages(job, `Job ${job.id} is finished.`, cause)
    this.#forget(job)
    this.#out.push({ type: 'cancel-stage', stageId: stage.id, reason: 'Stage finished', interrupt: job.interrupt })
    this.#events.jobEnd(job.id, null, { key: `stage-completed:${stage.ref}` }, this.#now)
    this.#out.push({ type: 'job-succeeded', jobId: job.id })
  }

  #mapArrived(stage: Stage, task: TaskDescription, result: TaskResult): void {
    const { shuffleId } = stage.shuffle!
    if (!result.mapStatus) throw new Error(`task ${task.taskId} is a ShuffleMapTask and came without its map status`)
    stage.arrived(task.partition)
    if (this.#lost.isBogus(task.executorId, stage.epochs.get(task.stageAttempt) ?? 0)) this.#events.ignored(task)
    else {
      this.outputs.register(shuffleId, task.partition, result.mapStatus)
      this.#events.mapOutput(task, shuffleId, result.mapStatus.sizes)
    }
    if (!this.#running.has(stage) || stage.pending > 0) return
    this.#finish(stage, null, { key: `task-end:${task.taskId}` })
    this.outputs.incrementEpoch()
    this.#mapStageWhole(stage)
  }

  /** All tasks of a map stage ended: its children may go, or what got lost meanwhile is made again (§5.22). */
  #mapStageWhole(stage: Stage): void {
    const cause: CauseRef = { key: `stage-completed:${stage.ref}` }
    if (stage.kind === 'map' && !this.#graph.isAvailable(stage)) {
      stage.because = cause
      this.#submit(stage, cause)
      return
    }
    this.#finishMapJobs(stage, cause)
    const children = [...this.#waiting].filter((child) => child.parents.includes(stage)).sort((a, b) => a.firstJobId - b.firstJobId)
    for (const child of children) this.#waiting.delete(child)
    for (const child of children) this.#submit(child, cause)
  }

  #finishMapJobs(stage: Stage, cause: CauseRef): void {
    if (stage.mapJobs.size === 0) return
    const { shuffleId } = stage.shuffle!
    const bytesByReduce = this.outputs.statistics(shuffleId)
    for (const job of [...stage.mapJobs]) {
      this.#forget(job)
      this.#events.jobEnd(job.id, null, cause, this.#now)
      this.#out.push({ type: 'map-stage-done', jobId: job.id, shuffleId, bytesByReduce })
    }
  }

  #finish(stage: Stage, failure: string | null, cause: CauseRef | undefined): void {
    if (failure === null) stage.failedAttempts.clear()
    this.#events.stageCompleted(stage, failure, cause, this.#now)
    this.#running.delete(stage)
  }

  /** Fails every job that needs this stage (§5.25). */
  #abort(stage: Stage, reason: string, exception: TaskEndReason | undefined, cause: CauseRef | undefined): void {
    const message = userFacing(exception) ?? `Job aborted due to stage failure: ${reason}`
    for (const jobId of [...stage.jobIds].sort((a, b) => a - b)) {
      const job = this.#jobs.get(jobId)
      if (!job) continue
      this.#events.givenUp(job.id, stage, reason, cause)
      this.#failJob(job, message, exception, { key: `abort:${job.id}` })
    }
  }

  #failJob(job: Job, message: string, exception: TaskEndReason | undefined, cause: CauseRef | undefined): void {
    this.#cancelStages(job, message, cause)
    this.#forget(job)
    this.#events.jobEnd(job.id, message, cause, this.#now)
    this.#out.push({ type: 'job-failed', jobId: job.id, message, exception })
  }

  /** Stops what runs for this job alone (§5.28). */
  #cancelStages(job: Job, reason: string, cause: CauseRef | undefined): void {
    for (const stage of this.#graph.ofJob(job.id)) {
      // What a fetch failure left behind is not running for the scheduler: its tasks go on to their end, as in Spark.
      if (stage.jobIds.size > 1 || !this.#running.has(stage)) continue
      this.#out.push({ type: 'cancel-stage', stageId: stage.id, reason: `Stage cancelled: ${reason}`, interrupt: job.interrupt })
      this.#finish(stage, reason, cause)
    }
  }

  #forget(job: Job): void {
    this.#jobs.delete(job.id)
    job.final.mapJobs.delete(job)
    if (job.final.job === job) job.final.job = null
    for (const stage of this.#graph.release(job.id)) {
      this.#running.delete(stage)
      this.#waiting.delete(stage)
      this.#failed.delete(stage)
    }
  }
}

/** A Spark error with a condition a user can act on is thrown as it is, without "Job aborted" (§5.26). */
function userFacing(exception: TaskEndReason | undefined): string | null {
  if (exception?.Reason !== 'ExceptionFailure' || !exception['Class Name'].startsWith('org.apache.spark.')) return null
  const condition = /^\[([A-Z][A-Z0-9_.]*)\] /.exec(exception.Description)
  return condition && !condition[1]!.startsWith('INTERNAL_ERROR') ? exception.Description : null
}
