import type { ActorId, LabEvent } from '../../engine/events/index.ts'
import { overContainer } from '../../engine/rules/containers.ts'
import { heapUse } from '../../engine/world/real/child.ts'
import type { ChildHandle } from './children.ts'
import type { Journal } from './journal.ts'

/**
 * The node an executor's container lies on: who uses more than the container holds is killed from
 * outside, without a word of its own (§8.12). Exit code 137.
 */
export function watchContainers(journal: Journal, child: (actor: ActorId, appId: string) => ChildHandle | null): void {
  const killed = new WeakSet<ChildHandle>()
  const look = (event: LabEvent): void => {
    if (event.Event !== 'kindling.Memory' || event.account.container === undefined || event.appId === undefined) return
    const { account } = event
    const { used, limit } = event.account.container
    const heap = heapUse(account)
    const native = (account.native ?? 0) + (account.offHeap ?? 0)
    const executorId = event.actor.replace('executor-', '')
    const why = overContainer(executorId, { heap, native, python: used - heap - native }, limit)
    const victim = why === null ? null : child(event.actor, event.appId)
    if (why === null || victim === null || victim.ended || killed.has(victim)) return
    killed.add(victim)
    const decided = journal.post({ Event: 'kindling.Decision', kind: 'container-limit', text: why, executorId }, event.Kindling.id)
    // Also where a fault made it grow, this is what ends it: the fault stands behind.
    victim.blame(decided)
    victim.kill(decided)
  }
  journal.onFew((events) => events.forEach(look))
}
