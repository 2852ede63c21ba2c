import { availableParallelism } from 'node:os'
import type { BareEvent, EventId, StorageLevel } from '../events/index.ts'
import type { TaskReport } from '../executor/env.ts'
import { runMachine, driverMachine, type RunningMachine } from '../machines/index.ts'
import type { RddDeclaration } from '../pyspark/contract.ts'
import { allocationRules, type AllocationRules } from '../rules/allocation.ts'
import { readTime, settings } from '../rules/conf.ts'
import { decommissionEnabled } from '../rules/decommission.ts'
import { checkConf } from '../rules/refusals.ts'
import { parseMaster, type Master } from '../rules/master-urls.ts'
import { Schedulers } from '../rules/schedulers.ts'
import { localApplicationId } from '../rules/spark-events.ts'
import { TaskLog, type LogLine } from '../rules/task-log.ts'
import type { RulesEffect } from '../rules/types.ts'
import type { DriverBoot } from '../world/boot.ts'
import type { ChildToLab, LabToChild } from '../world/messages.ts'
import type { Timer } from '../world/interfaces.ts'
import type { Child } from '../world/real/child.ts'
import { AllocationManager } from './allocation-manager.ts'
import { applicationHead } from './announce.ts'
import type { Backend } from './backend.ts'
import { BlockMaster } from './block-master.ts'
import { DriverBroadcasts } from './broadcasts.ts'
import { Checkpoints } from './checkpoints.ts'
import { ClusterBackend } from './cluster-backend.ts'
import { Decommissions } from './decommissions.ts'
import type { DriverMemory } from './driver-memory.ts'
import { EventKeys } from './event-keys.ts'
import { ExecutorEvents } from './executor-events.ts'
import { DriverFiles, javaFailure } from './files.ts'
import { jobError, Jobs, type JobAnswer } from './jobs.ts'
import { readPools } from './fair-pools.ts'
import { TaskLauncher } from './launcher.ts'
import { LocalBackend } from './local-backend.ts'
import type { Moments } from './moments.ts'
import { debugString, RddTable } from './rdd-table.ts'
import { ResultGetter } from './result-getter.ts'
import { Starvation } from './starvation.ts'
import type { TaskOrders } from './task-orders.ts'

const STOPPED_WHILE_STARTING = 'The SparkContext was stopped while it started.'

/** The standalone machine that outlives a SparkContext: it belongs to the process. */
export const startDriverMachine = (child: Child): RunningMachine<typeof driverMachine> =>
  runMachine(driverMachine, (state, event) => child.post({ Event: 'kindling.MachineState', actor: 'driver', machine: 'driver', state, event }))

/** One SparkContext: its application, RDDs, jobs, and the backend its tasks run on (§1.9). */
export class DriverContext {
  readonly conf: Record<string, string>
  readonly master: string
  readonly rdds = new RddTable()
  readonly blocks = new BlockMaster()
  readonly jobs = new Jobs()
  readonly broadcasts: DriverBroadcasts
  readonly files: DriverFiles
  readonly checkpoints: Checkpoints
  appId = ''
  /** What plans need to know of a fragment by its id (driver/sql.ts). */
  planFragment: (planId: number) => unknown = (planId) => {
    throw new Error(`There is no plan ${planId}`)
  }
  readonly #child: Child
  readonly #boot: DriverBoot
  readonly #memory: DriverMemory
  readonly #machine: RunningMachine<typeof driverMachine>
  readonly #parsed: Master
  readonly #schedulers: Schedulers
  readonly #moments: Moments
  /** Events told to the lab and not yet heard, and what waits behind them. */
  #unheard = 0
  #heldBack: RulesEffect[] = []
  readonly #whenHeard: (() => void)[] = []
  #backend: Backend | undefined
  #cluster: ClusterBackend | undefined
  readonly #allocationRules: AllocationRules | null
  #allocation: AllocationManager | undefined
  #decommissions: Decommissions | undefined
  readonly #keys = new EventKeys()
  readonly #launcher: TaskLauncher
  readonly #executors: ExecutorEvents
  #nextJob = 0
  #revive: Timer | undefined
  readonly #orders: TaskOrders
  #stopped = false
  #announced = false
  #registered: { resolve: (appId: string) => void; reject: (error: Error) => void } | undefined
  readonly #starvation: Starvation
  readonly #results: ResultGetter
  readonly #log: TaskLog

  /** Throws BridgeFailure for settings that Spark refuses. */
  constructor(child: Child, boot: DriverBoot, machine: RunningMachine<typeof driverMachine>, memory: DriverMemory, conf: Record<string, string>, moments: Moments, orders: TaskOrders, nextRddId: () => number) {
    this.#moments = moments
    this.#orders = orders
    child.onPosted = (event) => {
      if (moments.watch.events.has(event)) this.#hold()
    }
    this.#child = child
    this.#boot = boot
    this.#machine = machine
    this.#memory = memory
    this.broadcasts = new DriverBroadcasts(memory, settings.broadcastBlockSize(conf))
    this.conf = { ...conf }
    this.master = conf['spark.master'] ?? boot.defaultMaster
    this.conf['spark.master'] = this.master
    this.files = new DriverFiles(boot.program.cwd, child.boot.folders)
    this.checkpoints = new Checkpoints(this.rdds, this.files, {
      isCached: (rddId, partition) => this.blocks.locations(rddId, partition).length > 0,
      submit: (rddId, partitions, callSite, properties) => this.#submit(rddId, partitions, callSite, properties),
      nextRddId,
      warn: (text) => void child.post({ Event: 'kindling.Note', level: 'warn', text, actor: 'driver' })
    })
    const [wrong] = checkConf(this.conf)
    if (wrong !== undefined) throw javaFailure(wrong.className, wrong.message)
    try {
      this.#parsed = parseMaster(this.master, availableParallelism(), settings.executorMemory(this.conf) / 2 ** 20)
    } catch (error) {
      throw javaFailure('org.apache.spark.SparkException', (error as Error).message)
    }
    if (this.#parsed.kind === 'yarn' || this.#parsed.kind === 'k8s') {
      throw javaFailure('org.apache.spark.SparkException', `Kindling has no ${this.#parsed.kind === 'yarn' ? 'YARN' : 'Kubernetes'}: leave the master out for the lab's standalone cluster, or write local[*].`)
    }
    try {
      // A local master has nothing to allocate (§7.1).
      this.#allocationRules = this.#parsed.kind === 'local' ? null : allocationRules(this.conf)
    } catch (error) {
      throw javaFailure('org.apache.spark.SparkException', (error as Error).message)
    }
    this.#schedulers = new Schedulers({
      conf: this.conf,
      random: Math.random,
      rdd: (id) => this.rdds.get(id),
      cacheLocations: (rddId, partition) => this.blocks.locations(rddId, partition).map((holder) => holder.executorId),
      cachedOn: (executorId) => this.blocks.cachedOn(executorId),
      epoch: (now) => child.epoch(now),
      appId: () => this.appId,
      pools: readPools(this.conf, this.files, (level, text) => void child.post({ Event: 'kindling.Note', level, text, actor: 'driver' })),
      ...(this.#parsed.kind === 'local' ? { maxFailures: this.#parsed.maxFailures } : {})
    })
    this.#launcher = new TaskLauncher(this.rdds, this.#orders, moments, {
      warn: (text) => void child.post({ Event: 'kindling.Note', level: 'warn', text, actor: 'driver' }),
      backend: () => this.#backend,
      fragment: (planId) => this.planFragment(planId),
      epoch: () => this.#schedulers.outputs.epoch
    })
    this.#log = new TaskLog(this.conf)
    this.#results = new ResultGetter(
      settings.resultGetterThreads(this.conf),
      async (taskId, executorId) => (await this.#backend?.fetchResult(taskId, executorId)) ?? null,
      (executorId, report) => {
        if (!this.#stopped) this.#report(executorId, report)
      }
    )
    this.#starvation = new Starvation(child, settings.starvationTimeout(this.conf), () => !this.isLocal && this.jobs.running > 0 && (this.#backend?.totalCores() ?? 0) === 0)
    this.#executors = new ExecutorEvents(child, this.#schedulers, this.blocks, this.#keys, moments, {
      conf: this.conf,
      apply: (effects) => this.#apply(effects),
      report: (executorId, report) => this.#report(executorId, report),
      broadcasts: this.broadcasts,
      replicate: (executorId, rddId, partition, holders) => this.#backend?.replicate(executorId, rddId, partition, holders),
      lost: (executorId, host, why) => {
        if (!this.#stopped) this.#say(this.#log.executorLost(executorId, host, why))
      },
      decommissions: () => this.#decommissions,
      allocation: () => this.#allocation,
      removed: (message) => {
        child.post({ Event: 'kindling.Note', level: 'error', text: message, actor: 'driver' })
        this.#apply(this.#schedulers.cancelAllJobs(this.#now(), message))
        // As Spark does (§3.18): an application that nobody runs is no application.
        void this.stop(0)
      }
    })
  }

  get isLocal(): boolean {
    return this.#parsed.kind === 'local'
  }

  get defaultParallelism(): number {
    const set = settings.defaultParallelism(this.conf)
    if (set !== null) return set
    if (this.#parsed.kind === 'local') return this.#parsed.threads
    return Math.max(this.#backend?.totalCores() ?? 0, 2)
  }

  /** Registers the application and waits for its first executors. */
  async start(): Promise<void> {
    const { conf } = this
    this.#machine.send({ type: 'StartContext' })
    const events = this.#executors
    try {
      if (this.#parsed.kind === 'local') {
        this.appId = await this.#register({ type: 'LocalApplication', appId: localApplicationId(this.#child.epoch(this.#now())) })
        conf['spark.app.id'] = this.appId
        this.#announce(this.#child.boot.labPort)
        const local = new LocalBackend(this.#child, conf, this.#boot, this.#parsed.threads, events)
        this.#backend = local
        this.#memory.withTasks(() => local.booked())
        await local.start()
      } else {
        const cluster = new ClusterBackend(this.#child, conf, events)
        this.#cluster = cluster
        this.#backend = cluster
        this.#decommissions = this.#makeDecommissions(cluster)
        if (this.#allocationRules !== null) this.#allocation = this.#makeAllocation(cluster, this.#allocationRules)
        const driverPort = await cluster.listen()
        this.appId = await this.#register({
          type: 'RegisterApplication',
          name: conf['spark.app.name']!,
          coresMax: settings.coresMax(conf),
          executorCores: this.#parsed.kind === 'local-cluster' ? this.#parsed.coresPerWorker : settings.executorCores(conf),
          executorMemoryMb: settings.executorMemory(conf) / 2 ** 20,
          driverPort,
          conf,
          ...(this.#allocationRules === null ? {} : { executorLimit: 0 }),
          ...(this.#parsed.kind === 'local-cluster'
            ? { cluster: { workers: this.#parsed.workers, coresPerWorker: this.#parsed.coresPerWorker, memoryPerWorkerMb: this.#parsed.memoryPerWorkerMb } }
            : {})
        })
        conf['spark.app.id'] = this.appId
        conf['spark.driver.port'] = String(driverPort)
        this.#announce(driverPort)
        cluster.started(this.appId)
        this.#allocation?.start()
      }
    } catch (error) {
      this.#machine.send({ type: 'RegistrationFailed' })
      throw error instanceof Error && error.name === 'BridgeFailure' ? error : javaFailure('org.apache.spark.SparkException', (error as Error).message)
    }
    this.#machine.send({ type: 'Registered' })
    // With dynamic allocation executors come when tasks wait for them.
    if (this.#allocationRules === null || this.#allocationRules.initial > 0) await this.#cluster?.awaitExecutors(readTime(conf, 'spark.scheduler.maxRegisteredResourcesWaitingTime', '30s'))
    if (this.#stopped) throw javaFailure('java.lang.IllegalStateException', STOPPED_WHILE_STARTING)
  }

  /** Answers with the application's id; rejects when it is refused. */
  async #register(ask: Extract<ChildToLab, { type: 'RegisterApplication' | 'LocalApplication' }>): Promise<string> {
    const appId = await new Promise<string>((resolve, reject) => {
      this.#registered = { resolve, reject }
      this.#child.send(ask)
    })
    // A stop that came with the answer has ended what was about to begin.
    if (this.#stopped) throw new Error(STOPPED_WHILE_STARTING)
    return appId
  }

  /** Words of the lab that concern the application. */
  fromLab(message: LabToChild): void {
    if (message.type === 'RegisteredApplication') this.#registered?.resolve(message.appId)
    else if (message.type === 'ApplicationRefused') this.#registered?.reject(new Error(message.message))
    else this.#cluster?.fromMaster(message)
  }

  declare(rdds: RddDeclaration[]): void {
    for (const rdd of rdds) this.rdds.declare(rdd)
    const steps = rdds.flatMap((rdd) => (rdd.steps === undefined ? [] : [[rdd.id, rdd.steps] as const]))
    if (steps.length > 0) this.#child.post({ Event: 'kindling.Steps', rdds: Object.fromEntries(steps) })
  }

  /** Runs a job and what it brings with it: checkpoints of RDDs that were marked (§5.33). */
  async runJob(rddId: number, partitions: number[], callSite: string, properties: Record<string, string>): Promise<JobAnswer> {
    const answer = await this.#submit(rddId, partitions, callSite, properties)
    const written = await this.checkpoints.afterJob(rddId, callSite)
    return { results: answer.results, accumulators: [...answer.accumulators, ...written, ...this.jobs.takeAccumulators()] }
  }

  /** One job of one map stage (adaptive execution, §10.2). */
  async runMapStage(rddId: number, shuffleId: number, reduces: number, callSite: string, properties: Record<string, string>): Promise<number[]> {
    const jobId = this.#newJob()
    const done = this.jobs.addMapStage(jobId)
    this.#allocation?.jobStarted(jobId, [shuffleId, ...this.rdds.shufflesBehind(rddId)])
    this.#apply(this.#schedulers.submitMapStage({ jobId, rddId, shuffleId, reduces, callSite, properties, now: this.#now() }))
    return done
  }

  persist(rddId: number, level: StorageLevel): void {
    this.rdds.get(rddId).storageLevel = level
  }

  unpersist(rddId: number): void {
    delete this.rdds.get(rddId).storageLevel
    this.blocks.removeRdd(rddId)
    this.#backend?.removeRdd(rddId)
    this.#child.post({ Event: 'SparkListenerUnpersistRDD', 'RDD ID': rddId })
  }

  rddInfo(rddId: number): { checkpointed: boolean; checkpointFile: string | null; debugString: string } {
    const entry = this.rdds.get(rddId)
    return {
      checkpointed: entry.checkpoint === 'done',
      checkpointFile: entry.checkpointFile ?? null,
      debugString: debugString(this.rdds, rddId, (id) => this.blocks.cachedPartitions(id))
    }
  }

  removeBroadcast(id: number, destroy: boolean): void {
    this.#backend?.removeBroadcast(id)
    if (destroy) this.broadcasts.destroy(id)
    else this.broadcasts.unpersist(id)
  }

  cancelAllJobs(): void {
    this.#apply(this.#schedulers.cancelAllJobs(this.#now()))
  }

  /** Epoch ms on the lab clock. */
  epoch(): number {
    return this.#child.epoch(this.#now())
  }

  post(event: BareEvent, cause?: EventId): EventId {
    return this.#child.post(event, cause)
  }

  /** Ends the application in order (§1.7): the end is posted first, then running jobs fail. */
  async stop(exitCode: number): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    this.#machine.send({ type: 'StopContext' })
    this.#revive?.cancel()
    this.#starvation.stop()
    this.#allocation?.stop()
    this.#registered?.reject(new Error(STOPPED_WHILE_STARTING))
    // Before it is announced there is no application to end.
    if (this.#announced) this.#child.post({ Event: 'SparkListenerApplicationEnd', Timestamp: this.#child.epoch(this.#now()), ExitCode: exitCode })
    await this.#heard()
    this.#apply(this.#schedulers.stop(this.#now()))
    // The Master hears of it first, or it would replace the executors that leave now.
    this.#child.send({ type: 'UnregisterApplication', exitCode })
    await this.#backend?.stop()
    this.#machine.send({ type: 'ContextStopped' })
  }

  #now(): number {
    return this.#child.clock.now()
  }

  #newJob(): number {
    const jobId = this.#nextJob++
    this.#machine.send({ type: 'JobSubmitted', jobId })
    this.#launcher.jobSubmitted(jobId)
    return jobId
  }

  async #submit(rddId: number, partitions: number[], callSite: string, properties: Record<string, string>): Promise<JobAnswer> {
    if (this.#stopped) throw javaFailure('java.lang.IllegalStateException', 'Cannot call methods on a stopped SparkContext.')
    const jobId = this.#newJob()
    const answer = this.jobs.add(jobId, partitions.length)
    this.#allocation?.jobStarted(jobId, this.rdds.shufflesBehind(rddId))
    this.#apply(this.#schedulers.submitJob({ jobId, rddId, partitions, callSite, properties, now: this.#now() }))
    return answer
  }

  #apply(effects: RulesEffect[]): void {
    this.#performAll(effects)
    this.#armRevive()
  }

  /** In order; what follows an event that a fault waits for is held back until it has struck. */
  #performAll(effects: readonly RulesEffect[]): void {
    for (let i = 0; i < effects.length; i++) {
      if (this.#unheard > 0) {
        this.#heldBack.push(...effects.slice(i))
        return
      }
      this.#perform(effects[i]!)
    }
  }

  /** An event that a fault waits for has been posted. */
  #hold(): void {
    this.#unheard++
    this.#moments.tell({ kind: 'posted' }, () => {
      if (--this.#unheard > 0) return
      const held = this.#heldBack
      this.#heldBack = []
      this.#performAll(held)
      if (this.#unheard === 0) for (const goOn of this.#whenHeard.splice(0)) goOn()
    })
  }

  /** Resolves when the lab has heard of every event that a fault waits for. */
  #heard(): Promise<void> {
    return this.#unheard === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenHeard.push(resolve))
  }

  #perform(effect: RulesEffect): void {
    switch (effect.type) {
      case 'post': {
        const { event } = effect
        if (event.Event === 'SparkListenerStageSubmitted') {
          this.#launcher.stageSubmitted(event['Stage Info'])
          this.#starvation.watch()
        } else if (event.Event === 'SparkListenerTaskEnd' && event['Task End Reason'].Reason !== 'Success') {
          this.#say(this.#log.lost({ stageId: event['Stage ID'], stageAttempt: event['Stage Attempt ID'], info: event['Task Info'], reason: event['Task End Reason'] }, this.#now()))
        } else if (event.Event === 'SparkListenerStageCompleted') this.#launcher.stageCompleted(event['Stage Info'])
        const id = this.#child.post(event, this.#keys.cause(effect.cause))
        if (effect.key !== undefined) this.#keys.set(effect.key, id)
        this.#allocation?.saw(event, id)
        if (event.Event === 'SparkListenerTaskEnd') this.#decommissions?.taskEnded(event['Task Info']['Executor ID'])
        return
      }
      case 'launch':
        this.#allocation?.launched(effect.task)
        this.#launcher.launch(effect.task)
        return
      case 'kill-task':
        this.#launcher.kill(effect.taskId, effect.executorId, effect.reason)
        return
      case 'resubmit-later':
        this.#child.clock.after(effect.delayMs, 'resubmit failed stages', () => {
          if (!this.#stopped) this.#apply(this.#schedulers.resubmitFailedStages(this.#now()))
        })
        return
      case 'output':
        this.#output(effect)
        return
      case 'accumulate':
        this.jobs.accumulate(effect.updates)
        return
      case 'job-succeeded':
        this.#jobEnded(effect.jobId)
        this.jobs.succeeded(effect.jobId)
        return
      case 'job-failed':
        this.#jobEnded(effect.jobId)
        this.jobs.failed(effect.jobId, jobError(effect.message, effect.exception))
        return
      case 'map-stage-done':
        this.#jobEnded(effect.jobId)
        this.jobs.mapStageDone(effect.jobId, effect.bytesByReduce)
        return
      case 'kill-executor':
        if (effect.decommission) this.#cluster?.decommission(effect.executorId, effect.text, this.#keys.cause(effect.cause))
        else this.#backend?.killExecutor(effect.executorId, effect.text, this.#keys.cause(effect.cause))
        return
      case 'getting-result':
        this.#results.get(effect.task.taskId, effect.task.executorId)
        return
      case 'remove-block-manager':
        this.#executors.removeBlockManager(effect.executorId)
        return
      default:
        return
    }
  }

  /** A line of Spark's log, on stderr from WARN on, as PySpark has it. */
  #say(line: LogLine | null): void {
    if (line !== null && line.level !== 'INFO') void this.#child.output('stderr', `${line.level} ${line.logger}: ${line.text}\n`)
  }

  /** Every call that waits for a job gets this error, and the jobs are cancelled. False when none waited. */
  failJobs(error: unknown, why: string): boolean {
    const ids = this.jobs.ids.filter((jobId) => this.jobs.failed(jobId, error))
    this.#memory.results = this.jobs.bytes
    for (const jobId of ids) this.#apply(this.#schedulers.cancelJob(jobId, why, this.#now()))
    return ids.length > 0
  }

  /** A fault: the next result that comes is lost in the hands of the thread that reads it (§8.13). */
  loseResult: (() => void) | undefined

  #jobEnded(jobId: number): void {
    this.#memory.results = this.jobs.bytes
    this.#machine.send({ type: 'JobEnded', jobId })
  }

  /** Keeps a result; a driver that cannot hold it fails the job with OutOfMemoryError in the program's thread (§8.13). */
  #output(effect: { jobId: number; output: number; value: Uint8Array }): void {
    this.jobs.output(effect.jobId, effect.output, effect.value)
    this.#memory.results = this.jobs.bytes
    if (effect.value.byteLength < 4096 || !this.#memory.full) return
    const account = this.#memory.account()
    this.#child.post({ Event: 'kindling.Memory', actor: 'driver', account, appId: this.appId })
    this.#child.post({ Event: 'kindling.Exception', actor: 'driver', className: 'java.lang.OutOfMemoryError', message: 'Java heap space', traceback: `java.lang.OutOfMemoryError: Java heap space\n\tresults of job ${effect.jobId}: ${account.results} bytes, heap limit ${account.limit} bytes` })
    if (this.jobs.failed(effect.jobId, javaFailure('java.lang.OutOfMemoryError', 'Java heap space'))) {
      this.#memory.results = this.jobs.bytes
      this.#apply(this.#schedulers.cancelJob(effect.jobId, 'because the driver ran out of memory', this.#now()))
    }
  }

  #report(executorId: string, report: TaskReport): void {
    const { taskId, state } = report
    if (state === 'FINISHED' && this.loseResult !== undefined) {
      const lose = this.loseResult
      this.loseResult = undefined
      lose()
      return
    }
    const task = this.#schedulers.running(taskId)
    if (state === 'RUNNING') {
      if (task !== undefined) this.#launcher.running(task)
      // Nothing follows from it but that the attempt has reached its slot.
      this.#schedulers.statusUpdate({ taskId, state, now: this.#now() })
      return
    }
    const cause = this.#orders.causeOfEnd(taskId) ?? this.#lossBehind(report.reason)
    if (report.indirect !== undefined) this.#results.announced(report)
    this.#apply(
      this.#schedulers.statusUpdate({
        taskId,
        state,
        now: this.#now(),
        ...(report.indirect === undefined ? {} : { indirect: report.indirect }),
        ...(report.reason === undefined ? {} : { reason: report.reason }),
        ...(cause === undefined ? {} : { cause: { id: cause } }),
        result: {
          ...(report.value === undefined ? {} : { value: report.value }),
          ...(report.metrics === undefined ? {} : { metrics: report.metrics }),
          ...(report.accumulators === undefined ? {} : { accumulators: report.accumulators }),
          ...(report.sizes === undefined || task === undefined ? {} : { mapStatus: { executorId, host: task.host, mapTaskId: taskId, sizes: report.sizes } })
        }
      })
    )
    // It was too much, or nobody waits for it any more (§6.20).
    if (report.indirect !== undefined && this.#schedulers.running(taskId) === undefined) {
      this.#results.drop(taskId)
      this.#backend?.removeResult(taskId, executorId)
    }
  }

  /** The loss of the executor whose blocks could not be fetched, once it is known. */
  #lossBehind(reason: TaskReport['reason']): EventId | undefined {
    if (reason?.Reason !== 'FetchFailed') return undefined
    const holder = reason['Block Manager Address']?.['Executor ID'] ?? this.#schedulers.outputs.lostBy(reason['Shuffle ID'], reason['Map Index'])
    return holder === undefined ? undefined : this.#keys.get(`executor-lost:${holder}`)
  }

  /** What the task scheduler has to do by itself: locality waits that end, slow tasks to look for, exclusions that are over. */
  #armRevive(): void {
    const at = this.#schedulers.nextRevive(this.#now())
    this.#revive?.cancel()
    this.#revive = undefined
    if (at === undefined || this.#stopped) return
    this.#revive = this.#child.clock.after(Math.max(0, at - this.#now()), 'offers', () => this.#apply(this.#schedulers.revive(this.#now())))
  }

  #makeDecommissions(cluster: ClusterBackend): Decommissions {
    return new Decommissions(this.#child, this.#schedulers, this.blocks, {
      conf: this.conf,
      send: (executorId, message) => cluster.send(executorId, message),
      peers: () => cluster.staying(),
      level: (rddId) => this.rdds.get(rddId).storageLevel,
      reduces: (shuffleId) => this.rdds.reduces(shuffleId),
      shuffles: () => this.rdds.shuffleIds().filter((shuffleId) => this.#schedulers.outputs.contains(shuffleId)),
      noTasks: (executorId) => this.#apply(this.#schedulers.executorDecommissioned(executorId, this.#now())),
      kill: (executorId, cause) => cluster.killExecutors([executorId], 'It took too long to leave (spark.executor.decommission.forceKillTimeout).', true, cause)
    })
  }

  #makeAllocation(cluster: ClusterBackend, rules: AllocationRules): AllocationManager {
    return new AllocationManager(this.#child, rules, {
      request: (total, cause) => cluster.requestExecutors(total, cause),
      release: (executorIds, cause) => {
        if (!decommissionEnabled(this.conf)) cluster.killExecutors(executorIds, 'idle', false, cause)
        else for (const executorId of executorIds) cluster.decommission(executorId, 'spark scale down', cause)
      }
    })
  }

  #announce(port: number): void {
    this.#announced = true
    for (const event of applicationHead(this.appId, this.conf, this.#boot, port, this.#child.epoch(this.#now()))) this.#child.post(event)
  }
}
