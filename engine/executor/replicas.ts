import type { StorageLevel } from '../events/index.ts'
import { settings } from '../rules/conf.ts'
import { blockId, type SendCopy } from './block-store.ts'
import type { ExecutorEnv } from './env.ts'

/** Copies of cached blocks on other executors: levels with _2 and _3, and blocks that lost one (§8.9–8.10). */
export class Replicas {
  readonly #env: ExecutorEnv
  readonly #send: SendCopy

  constructor(env: ExecutorEnv, send: SendCopy) {
    this.#env = env
    this.#send = send
  }

  /** Sends copies to `count` peers chosen at random, none of `holders`; a peer that cannot take one is passed over, at most spark.storage.maxReplicationFailures times. */
  async make(rddId: number, partition: number, data: Uint8Array, level: StorageLevel, count: number, holders: readonly string[] = []): Promise<void> {
    const peers = (await this.#env.askPeers()).filter((peer) => peer.executorId !== this.#env.executorId && !holders.includes(peer.executorId))
    let failures = settings.maxReplicationFailures(this.#env.conf)
    let made = 0
    while (made < count && peers.length > 0 && failures >= 0) {
      const [peer] = peers.splice(Math.floor(Math.random() * peers.length), 1)
      if (await this.#send(peer!, rddId, partition, data, { ...level, Replication: 1 })) made++
      else failures--
    }
    if (made < count) void this.#env.output('stderr', `WARN BlockManager: Block ${blockId(rddId, partition)} replicated to only ${made} peer(s) instead of ${count} peers\n`)
  }
}
