import type { EventId, StorageLevel } from '../events/index.ts'
import { readBoolean, readTime } from '../rules/conf.ts'
import { sharePeers, type Held } from '../rules/decommission.ts'
import type { Schedulers } from '../rules/schedulers.ts'
import type { Child } from '../world/real/child.ts'
import type { DriverToExecutor, ExecutorToDriver } from '../world/messages.ts'
import type { BlockHolder, BlockMaster } from './block-master.ts'

export interface DecommissionsHands {
  conf: Record<string, string>
  send: (executorId: string, message: DriverToExecutor) => void
  /** Alive, registered, and not on their way out themselves. */
  peers: () => BlockHolder[]
  level: (rddId: number) => StorageLevel | undefined
  reduces: (shuffleId: number) => number
  /** Shuffles that were written. */
  shuffles: () => number[]
  /** No new tasks go there from now on. */
  noTasks: (executorId: string) => void
  kill: (executorId: string, cause: EventId) => void
}

interface Leaving {
  event: EventId
  /** Asked of peers and not answered yet. */
  asked: number
  /** What peers could not take: it is not asked for again. */
  refused: Set<string>
  told: boolean
}

/** Executors on their way out, from the driver's side (§7.6–7.7): no new tasks, their blocks go to peers. */
export class Decommissions {
  readonly #child: Child
  readonly #schedulers: Schedulers
  readonly #blocks: BlockMaster
  readonly #hands: DecommissionsHands
  readonly #leaving = new Map<string, Leaving>()
  /** What peers were asked to take, by `from>peer`. */
  readonly #asked = new Map<string, Held>()
  readonly #migrates: { any: boolean; rdds: boolean; shuffles: boolean }

  constructor(child: Child, schedulers: Schedulers, blocks: BlockMaster, hands: DecommissionsHands) {
    this.#child = child
    this.#schedulers = schedulers
    this.#blocks = blocks
    this.#hands = hands
    const { conf } = hands
    const any = readBoolean(conf, 'spark.storage.decommission.enabled', false)
    this.#migrates = { any, rdds: any && readBoolean(conf, 'spark.storage.decommission.rddBlocks.enabled', true), shuffles: any && readBoolean(conf, 'spark.storage.decommission.shuffleBlocks.enabled', true) }
  }

  has(executorId: string): boolean {
    return this.#leaving.has(executorId)
  }

  /** `told`: the executor knows already. */
  begin(executorId: string, message: string, told: boolean, cause: EventId | undefined): void {
    if (this.#leaving.has(executorId)) return
    const event = this.#child.post({ Event: 'kindling.Decision', kind: 'decommission', executorId, text: `Decommission executor ${executorId}: ${message} It gets no new tasks; those that run may finish.` }, cause)
    this.#leaving.set(executorId, { event, asked: 0, refused: new Set(), told: false })
    this.#hands.noTasks(executorId)
    if (!told) this.#hands.send(executorId, { type: 'DecommissionExecutor', cause: event })
    if (this.#migrates.any) this.#migrate(executorId)
    const { conf } = this.#hands
    if (conf['spark.executor.decommission.forceKillTimeout'] === undefined) return
    this.#child.clock.after(readTime(conf, 'spark.executor.decommission.forceKillTimeout', '0s', 's'), 'decommission force kill', () => {
      if (this.#leaving.has(executorId)) this.#hands.kill(executorId, event)
    })
  }

  /** One of its tasks ended: what that left may have to move too. */
  taskEnded(executorId: string): void {
    if (this.#migrates.any && this.#leaving.has(executorId)) this.#migrate(executorId)
  }

  /** A peer's answer. */
  tookOver(by: string, done: Extract<ExecutorToDriver, { type: 'TookOver' }>): void {
    const key = `${done.from}>${by}`
    const asked = this.#asked.get(key)
    this.#asked.delete(key)
    const leaving = this.#leaving.get(done.from)
    const holder = this.#blocks.holder(by)
    if (holder !== undefined) {
      for (const { shuffleId, mapIndex } of done.shuffles) {
        const status = this.#schedulers.outputs.statuses(shuffleId)[mapIndex]
        if (status?.executorId === done.from) this.#schedulers.outputs.register(shuffleId, mapIndex, { ...status, executorId: by, host: holder.host })
      }
      // Executors that know the old places ask again.
      if (done.shuffles.length > 0) this.#schedulers.outputs.incrementEpoch()
      for (const { rddId, partition, memory, disk } of done.blocks) {
        this.#blocks.update(by, rddId, partition, { memory, disk, stored: true })
        this.#child.post({ Event: 'kindling.CachedBlock', executorId: by, rddId, partition, memory, disk, stored: true, reason: `taken over from executor ${done.from}` })
        this.#blocks.update(done.from, rddId, partition, { memory: 0, disk: 0, stored: false })
        this.#child.post({ Event: 'kindling.CachedBlock', executorId: done.from, rddId, partition, memory: 0, disk: 0, stored: false, reason: `executor ${by} has it now` })
      }
      for (const { shuffleId, mapIndex } of done.shuffles) this.#child.post({ Event: 'kindling.BlockMigrated', from: done.from, to: by, shuffleId, mapIndex }, leaving?.event)
    }
    if (leaving === undefined) return
    leaving.asked--
    const took = new Set([...done.shuffles.map(shuffleKey), ...done.blocks.map(blockKey)])
    for (const key of [...(asked?.shuffles ?? []).map(shuffleKey), ...(asked?.blocks ?? []).map(blockKey)]) if (!took.has(key)) leaving.refused.add(key)
    this.#migrate(done.from)
  }

  /** It is gone: for good, or before it was done. */
  lost(executorId: string): void {
    this.#leaving.delete(executorId)
    this.#peerLost(executorId)
  }

  /** Shares what it still holds among peers; says so once nothing is left to move. */
  #migrate(executorId: string): void {
    const leaving = this.#leaving.get(executorId)
    const from = this.#blocks.holder(executorId)
    if (leaving === undefined || from === undefined || leaving.asked > 0) return
    const held: Held = { shuffles: [], blocks: [] }
    if (this.#migrates.shuffles) {
      for (const shuffleId of this.#hands.shuffles()) {
        this.#schedulers.outputs.statuses(shuffleId).forEach((status, mapIndex) => {
          if (status?.executorId === executorId && !leaving.refused.has(shuffleKey({ shuffleId, mapIndex }))) held.shuffles.push({ shuffleId, mapIndex, reduces: this.#hands.reduces(shuffleId) })
        })
      }
    }
    if (this.#migrates.rdds) {
      for (const { rddId, partitions } of this.#blocks.cachedOn(executorId)) {
        const level = this.#hands.level(rddId)
        if (level !== undefined) for (const partition of partitions) if (!leaving.refused.has(blockKey({ rddId, partition }))) held.blocks.push({ rddId, partition, level })
      }
    }
    for (const { peer, share } of sharePeers(held, this.#hands.peers().map((peer) => peer.executorId))) {
      leaving.asked++
      this.#asked.set(`${executorId}>${peer}`, share)
      this.#hands.send(peer, { type: 'TakeOver', from, ...share })
    }
    if (leaving.asked > 0 || this.#schedulers.runningOn(executorId).length > 0) return
    this.#hands.send(executorId, { type: 'BlocksMigrated' })
  }

  /** A peer that was asked is gone: others are asked. */
  #peerLost(by: string): void {
    for (const key of [...this.#asked.keys()]) {
      const [from, peer] = key.split('>') as [string, string]
      if (peer !== by) continue
      this.#asked.delete(key)
      const leaving = this.#leaving.get(from)
      if (leaving === undefined) continue
      leaving.asked--
      this.#migrate(from)
    }
  }
}

const shuffleKey = (of: { shuffleId: number; mapIndex: number }): string => `shuffle_${of.shuffleId}_${of.mapIndex}`
const blockKey = (of: { rddId: number; partition: number }): string => `rdd_${of.rddId}_${of.partition}`
