/** Faults on messages, as the process at one end of the wire carries them out. */
import type { LabToChild } from '../messages.ts'
import type { Child } from './child.ts'

/**
 * Takes the next messages off the wire, for ever or for a while, as `drop-message` or `delay-message` asks.
 * Each one that is struck is told in the log.
 */
export function strikeMessages(child: Child, { faultId, fault, cause, arg }: Extract<LabToChild, { type: 'Strike' }>): void {
  if (fault !== 'drop-message' && fault !== 'delay-message') return
  const { message: kind, peer, count, by } = (arg ?? {}) as { message?: string; peer?: string; count?: number; by?: number }
  let left = count ?? 1
  child.network.tamper(faultId, (sent) => {
    if ((kind !== undefined && sent.kind !== kind) || (peer !== undefined && sent.from !== peer && sent.to !== peer)) return undefined
    if (--left === 0) child.network.release(faultId)
    child.post({ Event: 'kindling.MessageStruck', kind: sent.kind, from: sent.from, to: sent.to, ...(fault === 'delay-message' ? { delayMs: by ?? 0 } : {}), ...(sent.about === undefined ? {} : { about: sent.about }) }, cause)
    return fault === 'drop-message' ? 'lost' : (by ?? 0)
  })
}
