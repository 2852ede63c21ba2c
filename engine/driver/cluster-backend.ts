import type { EventId } from '../events/index.ts'
import { forgetOldest } from '../executor/binaries.ts'
import { BlockClient, BlockFetchError } from '../executor/block-transfer.ts'
import { settings } from '../rules/conf.ts'
import { decommissionLoss, decommissionText } from '../rules/decommission.ts'
import { unpackMetrics } from '../rules/packed-metrics.ts'
import { disconnectedLoss, heartbeatLoss, killedByDriver, standaloneLoss } from '../rules/failures.ts'
import type { Connection, Timer } from '../world/interfaces.ts'
import type { DriverToExecutor, ExecutorToDriver, LabToChild } from '../world/messages.ts'
import type { Child } from '../world/real/child.ts'
import { afterReal } from '../world/real/timers.ts'
import type { Backend, BackendEvents, Launch } from './backend.ts'

/** How long executors may take to leave when the context stops, real ms. */
const STOP_DEADLINE = 2000

type Line = Connection<DriverToExecutor, ExecutorToDriver>

interface Executor {
  id: string
  host: string
  cores: number
  line: Line
  blockPort: number
  /** Storage memory it has told, bytes. */
  maxMemory: number
  lastHeard: number
  toldSilent: boolean
  ready: boolean
  connected: boolean
  binaries: Set<string>
  waitForCode?: Timer
}

/** Executors over loopback: registration, tasks, heartbeats, and their loss (§4.1–4.8, §4.20–4.21). */
export class ClusterBackend implements Backend {
  readonly #child: Child
  readonly #conf: Record<string, string>
  readonly #events: BackendEvents
  readonly #executors = new Map<string, Executor>()
  readonly #byLine = new Map<Line, Executor>()
  readonly #granted = new Map<string, { host: string; cores: number; cause?: EventId }>()
  /** Given up or gone: a late word from them is answered with StopExecutor (§4.27). */
  readonly #removed = new Set<string>()
  /** The driver has them ended (§4.18). */
  readonly #killed = new Map<string, EventId | undefined>()
  /** On their way out, and why. */
  readonly #decommissioning = new Map<string, { message: string; cause: EventId | undefined }>()
  readonly #fates = new Map<string, { exitStatus?: number; message: string; workerHost?: string; cause?: EventId }>()
  #server: { port: number; close: () => void } | undefined
  #checks: Timer[] = []
  /** Connections to executors for results that wait there. */
  #results: BlockClient | undefined
  #stopped = false
  #appId = ''
  #awaitAll: (() => void) | undefined
  /** Executors granted in the Master's first round; unknown until it is over. */
  #scheduled: number | undefined

  constructor(child: Child, conf: Record<string, string>, events: BackendEvents) {
    this.#child = child
    this.#conf = conf
    this.#events = events
  }

  /** Opens the driver's port. */
  async listen(): Promise<number> {
    this.#server = await this.#child.network.listen<DriverToExecutor, ExecutorToDriver>({ onClock: true }, (_hello, line) => {
      line.onMessage((message, blobs) => this.#hear(line, message, blobs))
    })
    return this.#server.port
  }

  started(appId: string): void {
    this.#appId = appId
    const timeout = settings.networkTimeout(this.#conf)
    const interval = settings.heartbeatInterval(this.#conf)
    this.#every(settings.networkTimeoutInterval(this.#conf), 'heartbeat check', () => this.#expire(timeout))
    this.#every(Math.max(interval, 100), 'silence check', () => this.#notice(interval, timeout))
  }

  /**
   * Waits until every executor of the Master's first round has registered or failed, so that a program's
   * first partitions do not depend on a race; at most `maxWaitMs` of lab time (§1.11).
   */
  async awaitExecutors(maxWaitMs: number): Promise<void> {
    const settled = (id: string): boolean => this.#executors.get(id)?.ready === true || this.#removed.has(id) || this.#fates.has(id)
    const complete = (): boolean => this.#scheduled !== undefined && this.#granted.size >= this.#scheduled && [...this.#granted.keys()].every(settled)
    if (complete()) return
    await new Promise<void>((resolve) => {
      const timer = this.#child.clock.after(maxWaitMs, 'registered resources', resolve)
      this.#awaitAll = () => {
        if (!complete() && !this.#stopped) return
        timer.cancel()
        resolve()
      }
    })
    this.#awaitAll = undefined
  }

  /** Words of the Master about this application's executors. */
  fromMaster(message: LabToChild): void {
    if (message.type === 'ExecutorsScheduled') {
      this.#scheduled = message.executors
      this.#awaitAll?.()
    } else if (message.type === 'ExecutorGranted') {
      this.#granted.set(message.executorId, { host: message.host, cores: message.cores })
    } else if (message.type === 'ExecutorUpdated' && message.state === 'DECOMMISSIONED') {
      this.#decommissioning.set(message.executorId, { message: message.message, cause: message.cause })
      this.#events.decommissioning(message.executorId, message.message, false, message.cause)
    } else if (message.type === 'WorkerRemoved') {
      this.#events.workerRemoved(message.worker, message.host, message.message, message.cause)
    } else if (message.type === 'ExecutorUpdated') {
      const fate = { message: message.message, ...(message.exitStatus === undefined ? {} : { exitStatus: message.exitStatus }), ...(message.workerHost === undefined ? {} : { workerHost: message.workerHost }), ...(message.cause === undefined ? {} : { cause: message.cause }) }
      this.#fates.set(message.executorId, fate)
      const executor = this.#executors.get(message.executorId)
      if (executor?.connected === true && message.exitStatus !== undefined) {
        // Its process is over, but its last words may still be on the line: they are heard first, then the line closes (§4.12).
        this.#events.executorUnavailable(executor.id)
        executor.waitForCode = this.#child.clock.after(settings.executorRemoveDelay(this.#conf), 'last words of a lost executor', () => this.#lose(executor.id, standaloneLoss(fate), fate.cause))
      } else this.#lose(message.executorId, standaloneLoss(fate), message.cause)
      this.#awaitAll?.()
    } else if (message.type === 'ApplicationRemoved') {
      this.#events.removed(message.message)
    }
  }

  totalCores(): number {
    let cores = 0
    for (const executor of this.#executors.values()) if (executor.ready) cores += executor.cores
    return cores
  }

  launch({ task, binary, slices, orders, hold }: Launch): void {
    const executor = this.#executors.get(task.executorId)
    if (executor === undefined) return
    if (!executor.binaries.has(binary.binary.id)) {
      executor.binaries.add(binary.binary.id)
      forgetOldest(executor.binaries)
      executor.line.send({ type: 'TaskBinary', binary: binary.binary }, binary.blobs)
    }
    const { properties: _, ...order } = task
    executor.line.send(
      {
        type: 'LaunchTask',
        task: order,
        binaryId: binary.binary.id,
        slices: slices.map(({ rddId, partition }) => ({ rddId, partition })),
        ...(orders === undefined ? {} : { orders }),
        ...(hold === undefined ? {} : { hold })
      },
      slices.map((slice) => slice.data)
    )
  }

  kill(taskId: number, executorId: string, reason: string): void {
    this.#executors.get(executorId)?.line.send({ type: 'KillTask', taskId, reason })
  }

  goOn(taskId: number, executorId: string): void {
    this.#executors.get(executorId)?.line.send({ type: 'GoOn', taskId })
  }

  send(executorId: string, message: DriverToExecutor): void {
    this.#executors.get(executorId)?.line.send(message)
  }

  /** Executors that are registered, reachable and not on their way out. */
  staying(): { executorId: string; host: string; port: number }[] {
    return [...this.#executors.values()]
      .filter((executor) => executor.ready && executor.connected && !this.#killed.has(executor.id) && !this.#decommissioning.has(executor.id))
      .map((executor) => ({ executorId: executor.id, host: executor.host, port: executor.blockPort }))
  }

  requestExecutors(total: number, cause: EventId | undefined): void {
    this.#child.send({ type: 'RequestExecutors', total, ...(cause === undefined ? {} : { cause }) })
  }

  /** Has the Master end executors: no tasks for them from now on, and their loss does not count (§4.18). */
  killExecutors(executorIds: readonly string[], reason: string, replace: boolean, cause: EventId | undefined): void {
    for (const id of executorIds) {
      this.#killed.set(id, cause)
      this.#events.executorUnavailable(id)
    }
    this.#child.send({ type: 'KillExecutors', executorIds: [...executorIds], reason, replace, ...(cause === undefined ? {} : { cause }) })
  }

  killExecutor(executorId: string, text: string, cause: EventId | undefined): void {
    if (this.#executors.has(executorId)) this.killExecutors([executorId], text, true, cause)
  }

  /** Has an executor leave in order. */
  decommission(executorId: string, message: string, cause: EventId | undefined): void {
    this.#decommissioning.set(executorId, { message, cause })
    this.#events.decommissioning(executorId, message, false, cause)
  }

  async fetchResult(taskId: number, executorId: string): Promise<Uint8Array | null> {
    const executor = this.#executors.get(executorId)
    if (executor === undefined) return null
    this.#results ??= new BlockClient(this.#child.network, { clock: this.#child.clock, maxRetries: settings.shuffleMaxRetries(this.#conf), waitMs: settings.shuffleRetryWait(this.#conf) })
    try {
      const [value] = await this.#results.fetch({ executorId, host: executor.host, port: executor.blockPort }, { type: 'FetchResult', taskId })
      return value ?? null
    } catch (error) {
      if (error instanceof BlockFetchError) return null
      throw error
    }
  }

  removeResult(taskId: number, executorId: string): void {
    this.#executors.get(executorId)?.line.send({ type: 'RemoveResult', taskId })
  }

  removeRdd(rddId: number): void {
    this.#all({ type: 'RemoveRdd', rddId })
  }

  removeShuffle(shuffleId: number): void {
    this.#all({ type: 'RemoveShuffle', shuffleId })
  }

  removeBroadcast(id: number): void {
    this.#all({ type: 'RemoveBroadcast', id })
  }

  replicate(executorId: string, rddId: number, partition: number, holders: string[]): void {
    this.#executors.get(executorId)?.line.send({ type: 'ReplicateBlock', rddId, partition, holders })
  }

  announceGone(executorId: string): void {
    this.#all({ type: 'ExecutorGone', executorId })
  }

  booked(): { python: number; storage: number; execution: number; broadcast: number } {
    return { python: 0, storage: 0, execution: 0, broadcast: 0 }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#awaitAll?.()
    for (const timer of this.#checks) timer.cancel()
    this.#server?.close()
    const lines = [...this.#executors.values()].filter((executor) => executor.connected)
    await Promise.all(
      lines.map(
        (executor) =>
          new Promise<void>((resolve) => {
            const giveUp = afterReal(STOP_DEADLINE, resolve)
            executor.line.onClose(() => {
              giveUp()
              resolve()
            })
            executor.line.send({ type: 'StopExecutor', reason: 'The SparkContext stops.' })
          })
      )
    )
    for (const executor of lines) executor.line.close()
  }

  #all(message: DriverToExecutor): void {
    for (const executor of this.#executors.values()) if (executor.connected) executor.line.send(message)
  }

  #every(periodMs: number, label: string, act: () => void): void {
    const slot = this.#checks.length
    const arm = (): void => {
      this.#checks[slot] = this.#child.clock.after(periodMs, label, () => {
        if (this.#stopped) return
        act()
        arm()
      })
    }
    arm()
  }

  #hear(line: Line, message: ExecutorToDriver, blobs: Uint8Array[]): void {
    if (message.type === 'RegisterExecutor') {
      this.#register(line, message)
      return
    }
    const executor = this.#byLine.get(line)
    if (executor === undefined || this.#removed.has(executor.id)) {
      line.send({ type: 'StopExecutor', reason: 'The driver has given this executor up.' })
      return
    }
    executor.lastHeard = this.#child.clock.now()
    executor.toldSilent = false
    switch (message.type) {
      case 'LaunchedExecutor':
        executor.ready = true
        executor.maxMemory = message.maxMemory
        this.#events.blockManagerAdded({ executorId: executor.id, host: executor.host, port: executor.blockPort }, message.maxMemory)
        this.#events.executorReady({ executorId: executor.id, host: executor.host, cores: executor.cores }, () => !this.#removed.has(executor.id))
        this.#awaitAll?.()
        return
      case 'Heartbeat':
        this.#child.post({ Event: 'kindling.Heartbeat', executorId: executor.id, appId: this.#appId })
        this.#events.progress(message.running)
        line.send({ type: 'HeartbeatResponse', reregister: executor.ready && !this.#events.hasBlockManager(executor.id) })
        return
      case 'ReregisterBlockManager':
        this.#events.blockManagerAdded({ executorId: executor.id, host: executor.host, port: executor.blockPort }, executor.maxMemory)
        return
      case 'AskPeers':
        line.send({ type: 'Peers', ask: message.ask, peers: this.#events.peers(executor.id) })
        return
      case 'StatusUpdate': {
        const hasValue = message.hasValue === true
        this.#events.report(executor.id, {
          taskId: message.taskId,
          state: message.state,
          ...(message.reason === undefined ? {} : { reason: message.reason }),
          ...(message.metrics === undefined ? {} : { metrics: unpackMetrics(message.metrics) }),
          ...(message.sizes === undefined ? {} : { sizes: message.sizes }),
          ...(message.indirect === undefined ? {} : { indirect: message.indirect }),
          ...(hasValue ? { value: blobs[0] ?? new Uint8Array() } : {}),
          ...((blobs[1]?.byteLength ?? 0) > 0 ? { accumulators: blobs[1] } : {})
        })
        return
      }
      case 'BlockUpdate':
        this.#events.blockUpdated(executor.id, message)
        return
      case 'ExecutorDecommissioning': {
        const text = decommissionText(executor.id)
        this.#decommissioning.set(executor.id, { message: text, cause: message.cause })
        this.#events.decommissioning(executor.id, text, true, message.cause)
        return
      }
      case 'TookOver':
        this.#events.tookOver(executor.id, message)
        return
      case 'RemoveExecutor':
        this.#lose(executor.id, { kind: 'lost', causedByApp: false, text: message.reason }, undefined)
        return
      case 'AskMapOutputs':
        line.send({ type: 'MapOutputs', ask: message.ask, shuffleId: message.shuffleId, outputs: this.#events.mapOutputs(message.shuffleId) })
        return
      case 'AskBlockLocations':
        line.send({ type: 'BlockLocations', ask: message.ask, locations: this.#events.blockLocations(message.rddId, message.partition) })
        return
      case 'AskBroadcast': {
        line.send({ type: 'Broadcast', ask: message.ask, id: message.id, pieces: this.#events.broadcastPieces(message.id) })
        return
      }
      case 'AskPiece':
        line.send({ type: 'PieceHolders', ask: message.ask, holders: this.#events.pieceHolders(message.id, message.piece) })
        return
      case 'FetchPiece': {
        const data = this.#events.broadcastPiece(message.id, message.piece)
        line.send({ type: 'Piece', ask: message.ask, id: message.id, piece: message.piece }, data === undefined ? [] : [data])
        return
      }
      case 'PieceStored':
        this.#events.pieceStored(executor.id, message)
        return
      default:
        return
    }
  }

  #register(line: Line, message: Extract<ExecutorToDriver, { type: 'RegisterExecutor' }>): void {
    const { executorId } = message
    if (this.#stopped || this.#removed.has(executorId)) {
      line.send({ type: 'StopExecutor', reason: 'The application does not take executors any more.' })
      return
    }
    if (this.#executors.has(executorId)) {
      line.send({ type: 'RegisterExecutorFailed', message: `Duplicate executor ID: ${executorId}` })
      return
    }
    if (this.#events.isExcluded(executorId, message.host)) {
      line.send({ type: 'RegisterExecutorFailed', message: `Executor is excluded due to failures: ${executorId}` })
      return
    }
    const executor: Executor = { id: executorId, host: message.host, cores: message.cores, line, blockPort: message.blockPort, maxMemory: 0, lastHeard: this.#child.clock.now(), toldSilent: false, ready: false, connected: true, binaries: new Set() }
    this.#executors.set(executorId, executor)
    this.#byLine.set(line, executor)
    line.onClose(() => this.#disconnected(executor))
    line.send({ type: 'RegisteredExecutor', conf: this.#conf })
    this.#events.executorAdded({ executorId, host: message.host, cores: message.cores })
  }

  /** The fast path: the socket closed. The exit code comes by the Worker and the Master (§4.21). */
  #disconnected(executor: Executor): void {
    executor.connected = false
    this.#byLine.delete(executor.line)
    if (this.#stopped || this.#removed.has(executor.id)) return
    const fate = this.#fates.get(executor.id)
    if (fate !== undefined) {
      this.#lose(executor.id, standaloneLoss(fate), fate.cause)
      return
    }
    this.#events.executorUnavailable(executor.id)
    executor.waitForCode = this.#child.clock.after(settings.executorRemoveDelay(this.#conf), 'exit code of a lost executor', () => this.#lose(executor.id, disconnectedLoss(), undefined))
  }

  #lose(executorId: string, reason: ReturnType<typeof standaloneLoss>, cause: EventId | undefined): void {
    const executor = this.#executors.get(executorId)
    if (this.#removed.has(executorId) || this.#stopped) return
    this.#removed.add(executorId)
    if (executor === undefined) return
    executor.waitForCode?.cancel()
    this.#executors.delete(executorId)
    this.announceGone(executorId)
    this.#results?.peerGone(executorId)
    // Who was told to go is not lost by anyone's fault (§4.18).
    const leaving = this.#decommissioning.get(executorId)
    this.#decommissioning.delete(executorId)
    if (this.#killed.has(executorId)) this.#events.executorLost(executorId, killedByDriver(), cause ?? this.#killed.get(executorId))
    else if (leaving !== undefined) this.#events.executorLost(executorId, decommissionLoss(leaving.message), cause ?? leaving.cause)
    else this.#events.executorLost(executorId, reason, cause)
  }

  /** §4.7–4.8: silence longer than the timeout. The Master is asked to end it and give another. */
  #expire(timeoutMs: number): void {
    const now = this.#child.clock.now()
    for (const executor of [...this.#executors.values()]) {
      const silent = Math.round(now - executor.lastHeard)
      if (!executor.ready || !executor.connected || silent <= timeoutMs) continue
      const cause = this.#child.post({
        Event: 'kindling.Decision',
        kind: 'heartbeat-timeout',
        text: `Removing executor ${executor.id} with no recent heartbeats: ${silent} ms exceeds timeout ${timeoutMs} ms`,
        executorId: executor.id
      }, this.#silences.get(executor.id))
      this.#child.send({ type: 'KillExecutors', executorIds: [executor.id], reason: `Executor heartbeat timed out after ${silent} ms`, replace: true, cause })
      this.#lose(executor.id, heartbeatLoss(silent), cause)
      executor.line.close()
    }
  }

  #silences = new Map<string, EventId>()

  /** Tells once that heartbeats are missing, so that the wait for the timeout can be seen. */
  #notice(intervalMs: number, timeoutMs: number): void {
    const now = this.#child.clock.now()
    for (const executor of this.#executors.values()) {
      const silent = Math.round(now - executor.lastHeard)
      if (!executor.ready || executor.toldSilent || silent < 2.5 * intervalMs) continue
      executor.toldSilent = true
      this.#silences.set(executor.id, this.#child.post({ Event: 'kindling.HeartbeatMissing', executorId: executor.id, appId: this.#appId, silentMs: silent, timeoutMs }))
    }
  }
}
