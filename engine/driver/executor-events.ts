import type { BareEvent, EventId } from '../events/index.ts'
import type { TaskReport } from '../executor/env.ts'
import { settings } from '../rules/conf.ts'
import type { Schedulers } from '../rules/schedulers.ts'
import type { LossReason, RulesEffect } from '../rules/types.ts'
import type { Child } from '../world/real/child.ts'
import type { ExecutorToDriver } from '../world/messages.ts'
import type { AllocationManager } from './allocation-manager.ts'
import { blockManagerAdded } from './announce.ts'
import type { BackendEvents } from './backend.ts'
import type { BlockHolder, BlockMaster } from './block-master.ts'
import type { Decommissions } from './decommissions.ts'
import type { DriverBroadcasts } from './broadcasts.ts'
import type { EventKeys } from './event-keys.ts'
import type { Moments } from './moments.ts'

export interface ExecutorEventHands {
  conf: Record<string, string>
  apply: (effects: RulesEffect[]) => void
  report: (executorId: string, report: TaskReport) => void
  broadcasts: DriverBroadcasts
  /** An executor is to give another one a copy of its block. */
  replicate: (executorId: string, rddId: number, partition: number, holders: string[]) => void
  /** An executor is lost, not let go. */
  lost: (executorId: string, host: string, why: string) => void
  decommissions: () => Decommissions | undefined
  allocation: () => AllocationManager | undefined
  /** The cluster manager took the application away. */
  removed: (message: string) => void
}

/** What backends tell of executors and their blocks, put in the log and passed to the schedulers (§4.3, §4.26). */
export class ExecutorEvents implements BackendEvents {
  readonly #child: Child
  readonly #schedulers: Schedulers
  readonly #blocks: BlockMaster
  readonly #keys: EventKeys
  readonly #moments: Moments
  readonly #hands: ExecutorEventHands

  constructor(child: Child, schedulers: Schedulers, blocks: BlockMaster, keys: EventKeys, moments: Moments, hands: ExecutorEventHands) {
    this.#child = child
    this.#schedulers = schedulers
    this.#blocks = blocks
    this.#keys = keys
    this.#moments = moments
    this.#hands = hands
  }

  executorAdded({ executorId, host, cores, cause }: { executorId: string; host: string; cores: number; cause?: EventId }): void {
    const now = this.#epoch()
    const event: BareEvent = {
      Event: 'SparkListenerExecutorAdded',
      Timestamp: now,
      'Executor ID': executorId,
      'Executor Info': { Host: host, 'Total Cores': cores, 'Log Urls': {}, Attributes: {}, Resources: {}, 'Resource Profile Id': 0, 'Registration Time': now }
    }
    const id = this.#child.post(event, cause)
    this.#hands.allocation()?.saw(event, id)
  }

  blockManagerAdded(holder: BlockHolder, maxMemory: number): void {
    this.#blocks.addHolder(holder)
    this.#child.post(blockManagerAdded(holder.executorId, holder.host, holder.port, maxMemory, this.#epoch()))
  }

  executorReady({ executorId, host, cores }: { executorId: string; host: string; cores: number }, there: () => boolean): void {
    const moment = { kind: 'executor' as const, executorId }
    const offer = (): void => {
      if (there()) this.#hands.apply(this.#schedulers.executorReady({ executorId, host, slots: Math.floor(cores / settings.taskCpus(this.#hands.conf)), now: this.#now() }))
    }
    if (this.#moments.watch.executors) {
      this.#moments.tell(moment, offer)
      return
    }
    this.#moments.mention(moment)
    offer()
  }

  executorUnavailable(executorId: string): void {
    this.#hands.apply(this.#schedulers.executorUnavailable(executorId, this.#now()))
  }

  executorLost(executorId: string, reason: LossReason, cause: EventId | undefined): void {
    const event: BareEvent = { Event: 'SparkListenerExecutorRemoved', Timestamp: this.#epoch(), 'Executor ID': executorId, 'Removed Reason': reason.text }
    const id = this.#child.post(event, cause)
    this.#hands.allocation()?.saw(event, id)
    this.#hands.decommissions()?.lost(executorId)
    this.#keys.set(`executor-lost:${executorId}`, id)
    if (reason.kind !== 'killed-by-driver' && reason.kind !== 'decommissioned') this.#hands.lost(executorId, this.#blocks.address(executorId)?.host ?? '', reason.text)
    this.#hands.apply(this.#schedulers.executorLost({ executorId, reason, now: this.#now() }))
  }

  report(executorId: string, report: TaskReport): void {
    this.#hands.report(executorId, report)
  }

  blockUpdated(executorId: string, update: { rddId: number; partition: number; memory: number; disk: number; stored: boolean; reason?: string }): void {
    const { rddId, partition, memory, disk, stored, reason } = update
    this.#blocks.update(executorId, rddId, partition, update)
    this.#hands.allocation()?.blockUpdated(executorId, rddId, partition, stored)
    this.#child.post({ Event: 'kindling.CachedBlock', executorId, rddId, partition, memory, disk, stored, ...(reason === undefined ? {} : { reason }) })
  }

  progress(running: readonly { taskId: number; records: number; runMs: number }[]): void {
    for (const { taskId, records, runMs } of running) this.#schedulers.progress(taskId, { records, runMs })
  }

  isExcluded(executorId: string, host: string): boolean {
    return this.#schedulers.isExcluded(executorId, host)
  }

  mapOutputs(shuffleId: number): (null | (BlockHolder & { sizes: number[] }))[] {
    return this.#schedulers.outputs.statuses(shuffleId).map((status) => {
      // A living executor serves its map outputs also while its block manager is written off.
      const holder = status === null ? undefined : this.#blocks.address(status.executorId)
      return status === null || holder === undefined ? null : { ...holder, sizes: status.sizes }
    })
  }

  peers(executorId: string): BlockHolder[] {
    return this.#blocks.holders().filter((holder) => holder.executorId !== executorId)
  }

  hasBlockManager(executorId: string): boolean {
    return this.#blocks.holder(executorId) !== undefined
  }

  blockLocations(rddId: number, partition: number): BlockHolder[] {
    return this.#blocks.locations(rddId, partition)
  }

  broadcastValue(id: number): Uint8Array | undefined {
    return this.#hands.broadcasts.get(id)
  }

  broadcastPieces(id: number): number {
    return this.#hands.broadcasts.pieces(id)
  }

  broadcastPiece(id: number, piece: number): Uint8Array | undefined {
    return this.#hands.broadcasts.piece(id, piece)
  }

  pieceHolders(id: number, piece: number): BlockHolder[] {
    return this.#hands.broadcasts.holders(id, piece).flatMap((executorId) => this.#blocks.holder(executorId) ?? [])
  }

  pieceStored(executorId: string, { id, piece, from, memory, disk }: Extract<ExecutorToDriver, { type: 'PieceStored' }>): void {
    this.#hands.broadcasts.held(executorId, id, piece)
    if (from !== undefined) this.#child.post({ Event: 'kindling.BroadcastPiece', executorId, broadcastId: id, piece, from, memory, disk })
  }

  decommissioning(executorId: string, message: string, told: boolean, cause: EventId | undefined): void {
    this.#hands.allocation()?.leaving(executorId)
    this.#hands.decommissions()?.begin(executorId, message, told, cause)
  }

  tookOver(executorId: string, done: Extract<ExecutorToDriver, { type: 'TookOver' }>): void {
    this.#hands.decommissions()?.tookOver(executorId, done)
  }

  workerRemoved(worker: string, host: string, message: string, cause: EventId | undefined): void {
    this.#child.post({ Event: 'kindling.Note', level: 'warn', actor: 'driver', text: `Master removed worker ${worker}: ${message}` }, cause)
    // Nothing of it can be fetched any more (§3.19).
    if (this.#schedulers.outputs.unregisterByHost(host).length > 0) this.#schedulers.outputs.incrementEpoch()
  }

  removed(message: string): void {
    this.#hands.removed(message)
  }

  /** The schedulers have written its blocks off. */
  removeBlockManager(executorId: string): void {
    const holder = this.#blocks.holder(executorId)
    if (holder === undefined) return
    const left = this.#blocks.removeHolder(executorId)
    this.#hands.broadcasts.lost(executorId)
    const removed = this.#child.post(
      { Event: 'SparkListenerBlockManagerRemoved', 'Block Manager ID': { 'Executor ID': executorId, Host: holder.host, Port: holder.port }, Timestamp: this.#epoch() },
      this.#keys.get(`executor-lost:${executorId}`)
    )
    if (!settings.proactiveReplication(this.#hands.conf)) return
    for (const { rddId, partition, holders } of left) {
      const one = holders[Math.floor(Math.random() * holders.length)]!
      this.#child.post({ Event: 'kindling.Decision', kind: 'replicate-block', text: `rdd_${rddId}_${partition} has lost a copy: executor ${one} gives another executor one.`, executorId: one, partition }, removed)
      this.#hands.replicate(one, rddId, partition, holders)
    }
  }

  #now(): number {
    return this.#child.clock.now()
  }

  #epoch(): number {
    return this.#child.epoch(this.#now())
  }
}
