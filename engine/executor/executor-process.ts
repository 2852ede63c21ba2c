import type { EventId, StorageLevel } from '../events/index.ts'
import { executorMachine, runMachine, settled, type RunningMachine } from '../machines/index.ts'
import { readBoolean, readTime, settings } from '../rules/conf.ts'
import { DECOMMISSION_FINISHED, DECOMMISSION_OFF, decommissionEnabled } from '../rules/decommission.ts'
import { EXIT } from '../rules/failures.ts'
import { packMetrics } from '../rules/packed-metrics.ts'
import type { ExecutorBoot } from '../world/boot.ts'
import type { Connection } from '../world/interfaces.ts'
import type { DriverToExecutor, ExecutorToDriver, LabToChild } from '../world/messages.ts'
import type { Child } from '../world/real/child.ts'
import { heapUse } from '../world/real/child.ts'
import { exhaustHeap } from '../world/real/exhaust.ts'
import { strikeMessages } from '../world/real/message-faults.ts'
import { afterReal, everyReal } from '../world/real/timers.ts'
import { forgetOldest } from './binaries.ts'
import { BlockClient, BlockFetchError, serveBlocks } from './block-transfer.ts'
import type { BroadcastSource } from './broadcasts.ts'
import { Decommission } from './decommission.ts'
import { takeOver } from './take-over.ts'
import { memoryForStorage } from './block-store.ts'
import type { ExecutorEnv, MapOutputPlaces, TaskReport } from './env.ts'
import { Strikes } from './strikes.ts'
import { TaskRunner, type StoredBinary } from './task-runner.ts'
import type { BlockAddress } from './block-transfer.ts'

/** An executor whose slots are empty so long is idle, real ms: between two tasks of a stage it is not. */
const REST = 5

const NOTHING = new Uint8Array()

/** How often a process measures its memory for the picture, real ms. */
const MEMORY_PERIOD = 1000

/** An executor process (§4): registers, runs tasks, serves blocks, sends heartbeats, leaves when its driver is gone. */
export class ExecutorProcess {
  readonly #child: Child
  readonly #boot: ExecutorBoot
  readonly #machine: RunningMachine<typeof executorMachine>
  readonly #runner: TaskRunner
  readonly #blocks: BlockClient
  readonly #strikes: Strikes
  readonly #binaries = new Map<string, StoredBinary>()
  readonly #asked = new Map<number, (answer: never) => void>()
  readonly #decommission: Decommission
  #nextAsk = 0
  /** Tasks in its slots, and whether the machine knows of any. */
  #tasks = 0
  #busy = false
  #resting = false
  /** Heartbeats in a row that the driver has not answered. */
  #unanswered = 0
  #driver: Connection<ExecutorToDriver, DriverToExecutor> | undefined
  #hung = false
  /** What it was told to end by while it hung. */
  #unheard: LabToChild | undefined
  #leaving = false

  constructor(child: Child, boot: ExecutorBoot) {
    this.#child = child
    this.#boot = boot
    this.#machine = runMachine(executorMachine, settled((state, event) => child.post({ Event: 'kindling.MachineState', actor: child.actor, machine: 'executor', state, event, appId: boot.appId })))
    this.#blocks = new BlockClient(child.network, { clock: child.clock, maxRetries: settings.shuffleMaxRetries(child.boot.conf), waitMs: settings.shuffleRetryWait(child.boot.conf) })
    this.#runner = new TaskRunner(this.#env(), readTime(child.boot.conf, 'kindling.task.pace', '0ms'))
    this.#strikes = new Strikes({ runner: this.#runner, executorId: boot.executorId, appId: boot.appId, tellMemory: (cause) => this.#tellMemory(cause), post: (event, cause) => child.post(event, cause) })
    this.#decommission = new Decommission({
      clock: child.clock,
      migrates: readBoolean(child.boot.conf, 'spark.storage.decommission.enabled', false),
      runningTasks: () => this.#runner.runningTasks.length,
      tellDriver: (cause) => {
        if (!this.#hung) this.#driver?.send({ type: 'ExecutorDecommissioning', ...(cause === undefined ? {} : { cause }) })
      },
      finish: () => {
        if (this.#hung || this.#leaving) return
        this.#driver?.send({ type: 'RemoveExecutor', reason: DECOMMISSION_FINISHED })
        void this.#leave(0, DECOMMISSION_FINISHED)
      }
    })
    child.onMessage((message) => this.#fromLab(message))
    everyReal(MEMORY_PERIOD, () => {
      if (!child.clock.paused && !this.#hung) this.#tellMemory()
    })
  }

  async run(): Promise<void> {
    const { executorId, host, cores, driverPort } = this.#boot
    const blockPort = await serveBlocks(this.#child.network, this.#runner.store, this.#runner.results, (copy, data) => this.#takeCopy(copy, data))
    let driver: Connection<ExecutorToDriver, DriverToExecutor>
    try {
      driver = await this.#child.network.connect<ExecutorToDriver, DriverToExecutor>(driverPort, 'driver', { onClock: true })
    } catch {
      this.#machine.send({ type: 'DriverDisassociated' })
      await this.#leave(1, 'Cannot connect to the driver')
      return
    }
    this.#driver = driver
    driver.onMessage((message, blobs) => this.#hear(message, blobs))
    driver.onClose(() => this.#driverGone())
    this.#machine.send({ type: 'Connected' })
    driver.send({ type: 'RegisterExecutor', executorId, host, cores, blockPort })
  }

  #hear(message: DriverToExecutor, blobs: Uint8Array[]): void {
    // Who leaves takes on nothing new: a task that reaches it now was never started.
    if (this.#leaving) return
    switch (message.type) {
      case 'RegisteredExecutor':
        this.#machine.send({ type: 'Registered' })
        this.#driver?.send({ type: 'LaunchedExecutor', executorId: this.#boot.executorId, maxMemory: memoryForStorage(this.#child.boot.conf, this.#boot.heapLimit) })
        this.#tellMemory()
        this.#startHeartbeats()
        return
      case 'RegisterExecutorFailed':
        this.#machine.send({ type: 'RegistrationRefused', message: message.message })
        void this.#leave(1, message.message)
        return
      case 'TaskBinary':
        this.#binaries.set(message.binary.id, { binary: message.binary, blobs })
        forgetOldest(this.#binaries)
        return
      case 'LaunchTask': {
        const binary = this.#binaries.get(message.binaryId)
        this.#taskStarted(message.task.taskId)
        if (binary === undefined) {
          this.#runner.refuse(message.task.taskId, `Failed to get the task binary of stage ${message.binaryId}: this executor does not have it (any more).`)
          return
        }
        this.#runner.launch({ task: { ...message.task, properties: binary.binary.properties }, binary, slices: message.slices.map((slice, i) => ({ ...slice, data: blobs[i]! })), ...(message.orders === undefined ? {} : { orders: message.orders }), ...(message.hold === undefined ? {} : { hold: message.hold }) })
        return
      }
      case 'GoOn':
        this.#runner.goOn(message.taskId)
        return
      case 'KillTask':
        this.#runner.kill(message.taskId, message.reason)
        return
      case 'RemoveResult':
        this.#runner.results.take(message.taskId)
        return
      case 'StopExecutor':
        this.#machine.send({ type: 'StopExecutor' })
        void this.#leave(0, `Told to stop: ${message.reason}`)
        return
      case 'DecommissionExecutor':
        this.#machine.send({ type: 'Decommission' })
        this.#decommission.begin(true, message.cause)
        return
      case 'TakeOver':
        void takeOver(message, this.#runner.store, this.#blocks).then((done) => {
          if (!this.#hung) this.#driver?.send(done)
        })
        return
      case 'BlocksMigrated':
        this.#decommission.migrated()
        return
      case 'MapOutputs':
      case 'BlockLocations':
      case 'Peers':
        this.#answer(message.ask, message)
        return
      case 'HeartbeatResponse':
        this.#unanswered = 0
        if (message.reregister) this.#reregister()
        return
      case 'ReplicateBlock':
        void this.#runner.replicate(message.rddId, message.partition, message.holders)
        return
      case 'Broadcast':
        this.#answer(message.ask, message.pieces === 0 ? undefined : { pieces: message.pieces })
        return
      case 'PieceHolders':
        this.#answer(message.ask, message.holders)
        return
      case 'Piece':
        this.#answer(message.ask, blobs[0])
        return
      case 'RemoveRdd':
        this.#runner.store.removeRdd(message.rddId)
        return
      case 'RemoveShuffle':
        this.#runner.store.removeShuffle(message.shuffleId)
        return
      case 'RemoveBroadcast':
        this.#runner.removeBroadcast(message.id)
        return
      case 'ExecutorGone':
        this.#blocks.peerGone(message.executorId)
        this.#runner.outputsChanged()
        return
    }
  }

  #fromLab(message: LabToChild): string | undefined {
    if (message.type === 'Heal') {
      if (message.fault === 'hang-executor') this.#wake(message.faultId)
      else this.#child.network.release(message.faultId)
      this.#strikes.heal(message.fault)
      return undefined
    }
    // Who hangs does not even hear SIGTERM in time.
    if (this.#hung && (message.type === 'Terminate' || message.type === 'WorkerGone')) this.#unheard = message
    else if (message.type === 'Terminate') void this.#leave(143, message.reason)
    else if (message.type === 'WorkerGone') void this.#leave(255, `${message.worker} is gone: an executor shares the fate of its Worker.`)
    if (message.type !== 'Strike') return undefined
    if (message.fault === 'oom-executor') void this.#exhaust(message.cause)
    else if (message.fault === 'hang-executor') this.#hang(message.faultId)
    else if (message.fault === 'cut-off-driver') this.#child.network.hold(message.faultId, (peer) => !peer.startsWith('executor-'))
    else if (message.fault === 'cut-off-peers') this.#child.network.cut(message.faultId, (peer) => peer.startsWith('executor-'))
    else if (message.fault === 'drop-message' || message.fault === 'delay-message') strikeMessages(this.#child, message)
    else if (message.fault === 'decommission-executor') {
      if (!decommissionEnabled(this.#child.boot.conf)) return DECOMMISSION_OFF
      this.#machine.send({ type: 'Decommission' })
      this.#decommission.begin(false, message.cause)
    }
    else return this.#strikes.strike(message.fault, message.arg ?? {}, message.cause)
    return undefined
  }

  /** As in a long garbage collection: nothing is heard, and what there is to say waits. */
  #hang(faultId: string): void {
    this.#hung = true
    this.#child.network.hold(faultId, () => true)
    this.#machine.send({ type: 'Hang' })
  }

  #wake(faultId: string): void {
    this.#hung = false
    this.#machine.send({ type: 'Resume' })
    this.#child.network.release(faultId)
    if (this.#unheard !== undefined) this.#fromLab(this.#unheard)
    if (!this.#leaving) this.#startHeartbeats()
  }

  /** Takes memory until the heap is full; then it dies as Spark's executor does (§4.12). */
  async #exhaust(cause: EventId): Promise<void> {
    // With no memory to spare no thread gets anywhere: what runs now is lost with the process.
    this.#runner.stall()
    const use = (): number => heapUse(this.#runner.account())
    await exhaustHeap(use, this.#boot.heapLimit, () => this.#tellMemory(cause))
    await this.#runner.dieOfMemory(cause)
  }

  #outOfMemory(cause: EventId | undefined): void {
    if (this.#leaving) return
    const account = this.#runner.account()
    this.#child.post({ Event: 'kindling.Memory', actor: this.#child.actor, appId: this.#boot.appId, account }, cause)
    void this.#child.output('stderr', `ERROR Executor: Exception in task, java.lang.OutOfMemoryError: Java heap space\nERROR SparkUncaughtExceptionHandler: Uncaught exception in thread; exiting with 52\n`)
    this.#machine.send({ type: 'HeapExhausted' })
    void this.#leave(52, `OutOfMemoryError: ${Math.round(heapUse(account) / 2 ** 20)} MiB in a heap of ${Math.round(account.limit / 2 ** 20)} MiB`)
  }

  /** Keeps a peer's copy and tells the driver. */
  async #takeCopy({ rddId, partition, level }: { rddId: number; partition: number; level: StorageLevel }, data: Uint8Array): Promise<boolean> {
    try {
      const put = await this.#runner.store.putRdd(rddId, partition, data, level)
      if (put.stored) this.#driver?.send({ type: 'BlockUpdate', rddId, partition, ...put, reason: 'a copy' })
      return put.stored
    } catch {
      return false
    }
  }

  /** The driver wrote this executor's blocks off although it lives: it hears of them again (§5.16). */
  #reregister(): void {
    this.#driver?.send({ type: 'ReregisterBlockManager' })
    for (const block of this.#runner.store.held()) this.#driver?.send({ type: 'BlockUpdate', ...block })
    for (const piece of this.#runner.store.pieces.held()) this.#driver?.send({ type: 'PieceStored', ...piece })
  }

  #driverGone(): void {
    if (this.#leaving) return
    this.#machine.send({ type: 'DriverDisassociated' })
    void this.#child.output('stderr', 'ERROR CoarseGrainedExecutorBackend: Executor self-exiting due to : Driver disassociated! Shutting down.\n')
    void this.#leave(0, 'Driver disassociated! Shutting down.')
  }

  async #leave(code: number, reason: string): Promise<void> {
    if (this.#leaving) return
    this.#leaving = true
    // A process that exits with unread words on its line takes its own last ones along (§4.12).
    await this.#driver?.finish()
    await this.#child.leave(code, reason)
  }

  #startHeartbeats(): void {
    const interval = settings.heartbeatInterval(this.#child.boot.conf)
    const beat = (): void => {
      if (this.#hung || this.#leaving) return
      if (this.#unanswered++ >= settings.heartbeatMaxFailures(this.#child.boot.conf)) {
        void this.#child.output('stderr', `ERROR Executor: Exit as unable to send heartbeats to driver more than ${this.#unanswered - 1} times\n`)
        void this.#leave(EXIT.HEARTBEAT_FAILURE, `Unable to send heartbeats to the driver: ${this.#unanswered - 1} in a row were not answered`)
        return
      }
      this.#driver?.send({ type: 'Heartbeat', executorId: this.#boot.executorId, memory: this.#runner.account(), running: this.#runner.progress() })
      this.#child.clock.after(interval, 'heartbeat', beat)
    }
    // The first after one to two intervals, so that executors do not beat in step (§4.5).
    this.#child.clock.after(interval * (1 + Math.random()), 'heartbeat', beat)
  }

  #tellMemory(cause?: EventId): void {
    this.#child.post({ Event: 'kindling.Memory', actor: this.#child.actor, appId: this.#boot.appId, account: this.#runner.account() }, cause ?? this.#strikes.outgrowing)
  }

  #ask<T>(send: (ask: number) => void): Promise<T> {
    return new Promise((resolve) => {
      const ask = this.#nextAsk++
      this.#asked.set(ask, resolve)
      send(ask)
    })
  }

  #answer(ask: number, answer: unknown): void {
    const asked = this.#asked.get(ask)
    this.#asked.delete(ask)
    asked?.(answer as never)
  }

  /** The machine hears of the first task that runs and of the last that ends: it goes between idle and busy. */
  #taskStarted(taskId: number): void {
    this.#tasks++
    if (this.#busy) return
    this.#busy = true
    this.#machine.send({ type: 'TaskStarted', taskId })
  }

  /** Heard a little later, when no other task has come for the slot meanwhile. */
  #taskEnded(taskId: number): void {
    this.#tasks--
    if (this.#tasks > 0 || this.#resting) return
    this.#resting = true
    afterReal(REST, () => {
      this.#resting = false
      if (this.#tasks > 0 || !this.#busy) return
      this.#busy = false
      this.#machine.send({ type: 'TaskEnded', taskId })
    })
  }

  #report(report: TaskReport): void {
    // Who goes down tells of no failures: they are its own (§4.15).
    if (this.#leaving && report.state === 'FAILED') return
    const { value, accumulators, metrics, ...message } = report
    if (message.state !== 'RUNNING') this.#taskEnded(message.taskId)
    const blobs = accumulators !== undefined ? [value ?? NOTHING, accumulators] : value !== undefined ? [value] : []
    this.#driver?.send({ type: 'StatusUpdate', ...message, ...(metrics === undefined ? {} : { metrics: packMetrics(metrics) }), ...(value === undefined ? {} : { hasValue: true }) }, blobs)
  }

  /** The driver has every piece; executors have what they have fetched. */
  #broadcastSource(): BroadcastSource {
    const driver: BlockAddress = { executorId: 'driver', host: '', port: 0 }
    return {
      broadcast: (id) => this.#ask<{ pieces: number } | undefined>((ask) => this.#driver?.send({ type: 'AskBroadcast', ask, id })),
      holders: async (id, piece) => [driver, ...(await this.#ask<BlockAddress[]>((ask) => this.#driver?.send({ type: 'AskPiece', ask, id, piece })))],
      fetch: async (from, id, piece) => {
        const data = from === driver ? await this.#ask<Uint8Array | undefined>((ask) => this.#driver?.send({ type: 'FetchPiece', ask, id, piece })) : (await this.#blocks.fetch(from, { type: 'FetchPiece', id, piece }))[0]
        if (data === undefined) throw new BlockFetchError(`${from.executorId} has no such piece`, from, piece)
        return data
      },
      stored: (id, piece, from, sizes) => this.#driver?.send({ type: 'PieceStored', id, piece, from, ...sizes }),
      random: Math.random
    }
  }

  #env(): ExecutorEnv {
    const child = this.#child
    const boot = this.#boot
    return {
      executorId: boot.executorId,
      host: boot.host,
      cores: boot.cores,
      clock: child.clock,
      conf: child.boot.conf,
      pythonEntry: child.boot.pythonEntry,
      snapshot: child.boot.snapshot,
      folders: child.boot.folders,
      localDirectory: child.boot.localDirectory,
      heapLimit: boot.heapLimit,
      report: (report) => this.#report(report),
      blockUpdated: (update) => {
        this.#driver?.send({ type: 'BlockUpdate', ...update })
      },
      askMapOutputs: async (shuffleId): Promise<MapOutputPlaces> => this.#ask<MapOutputPlaces>((ask) => this.#driver?.send({ type: 'AskMapOutputs', ask, shuffleId })),
      askPeers: async () => (await this.#ask<{ peers: BlockAddress[] }>((ask) => this.#driver?.send({ type: 'AskPeers', ask }))).peers,
      sendBlock: async (peer, rddId, partition, data, level) => {
        try {
          await this.#blocks.fetch(peer, { type: 'PutBlock', rddId, partition, level }, [data])
          return true
        } catch {
          return false
        }
      },
      askBlockLocations: async (rddId, partition): Promise<BlockAddress[]> => (await this.#ask<{ locations: BlockAddress[] }>((ask) => this.#driver?.send({ type: 'AskBlockLocations', ask, rddId, partition }))).locations,
      broadcasts: this.#broadcastSource(),
      fetchShuffle: (address, shuffleId, mapIndexes, reduce) => this.#blocks.fetch(address, { type: 'FetchShuffle', shuffleId, mapIndexes, reduce }),
      fetchBlock: async (address, rddId, partition) => {
        const [data] = await this.#blocks.fetch(address, { type: 'FetchBlock', rddId, partition })
        return data ?? new Uint8Array()
      },
      post: (event, cause) => child.post(event, cause),
      output: (stream, text) => child.output(stream, text),
      outOfMemory: (cause) => this.#outOfMemory(cause),
      exit: (code, signal) => {
        child.flush()
        if (signal !== undefined) process.kill(process.pid, signal)
        else process.exit(code)
      }
    }
  }
}
