/** An executor on its way out (§7.6): its texts, and who takes what it holds. */
import type { StorageLevel } from '../events/index.ts'
import { readBoolean, type Conf } from './conf.ts'
import type { LossReason } from './types.ts'

/** What an executor still holds. */
export interface Held {
  shuffles: { shuffleId: number; mapIndex: number; reduces: number }[]
  blocks: { rddId: number; partition: number; level: StorageLevel }[]
}

export const decommissionEnabled = (conf: Conf): boolean => readBoolean(conf, 'spark.decommission.enabled', false)

/** Spark's words for an executor that got the signal itself. */
export const decommissionText = (executorId: string): string => `Executor ${executorId} is decommissioned.`

/** Its end does not count against its tasks (§4.19, §7.7). */
export const decommissionLoss = (message: string): LossReason => ({ kind: 'decommissioned', text: `Executor decommission: ${message}` })

/** What an executor says at its end. */
export const DECOMMISSION_FINISHED = 'Finished decommissioning'

/** Nobody handles the signal. */
export const DECOMMISSION_OFF = 'spark.decommission.enabled is false: nobody would hear the signal. Set it to true to try this.'

/** Deals shuffle files and cached partitions out to the peers in turn; a peer that gets nothing is left out. */
export function sharePeers(held: Held, peers: readonly string[]): { peer: string; share: Held }[] {
  if (peers.length === 0) return []
  const shares = peers.map((peer): { peer: string; share: Held } => ({ peer, share: { shuffles: [], blocks: [] } }))
  let at = 0
  for (const shuffle of held.shuffles) shares[at++ % shares.length]!.share.shuffles.push(shuffle)
  for (const block of held.blocks) shares[at++ % shares.length]!.share.blocks.push(block)
  return shares.filter(({ share }) => share.shuffles.length + share.blocks.length > 0)
}
