/** One round of offers: executors in shuffled order, set by set, level by level, one task an executor and pass (§6.3). */
import { LEVEL, type Level } from './locality.ts'
import type { Attempt, TaskSetManager } from './task-set-manager.ts'

export interface SlotHolder {
  readonly executorId: string
  readonly host: string
  freeSlots: number
}

/**
 * Offers the free slots of `executors` to `sets` (both in the order to be served). `everything` tells that
 * these are all executors of the application, which matters to the locality timers (§6.9). `launched` must
 * take the slot; `served` hears of every set that had its turn.
 */
export function offerRound(
  executors: readonly SlotHolder[],
  sets: readonly TaskSetManager[],
  everything: boolean,
  now: number,
  nextTaskId: () => number,
  launched: (attempt: Attempt, executor: SlotHolder) => void,
  served?: (set: TaskSetManager, launchedAny: boolean) => void
): void {
  let free = 0
  for (const executor of executors) free += executor.freeSlots
  for (const set of sets) {
    if (free === 0) return
    if (set.zombie || set.wanting === 0) continue
    let closest: Level | null = null
    let refused = false
    for (const level of set.locality.levels) {
      let launchedAny: boolean
      do {
        launchedAny = false
        for (const executor of executors) {
          if (executor.freeSlots === 0) continue
          const attempt = set.offer(executor.executorId, executor.host, level, nextTaskId(), now)
          if (attempt === null) {
            if (level === LEVEL.ANY && set.wanting > 0) refused = true
            continue
          }
          launched(attempt, executor)
          free--
          launchedAny = true
          const reached = LEVEL[attempt.task.locality as keyof typeof LEVEL]
          if (closest === null || reached < closest) closest = reached
        }
      } while (launchedAny && free > 0 && set.wanting > 0)
      if (free === 0 || set.wanting === 0) break
    }
    served?.(set, closest !== null)
    if (set.legacyReset) continue
    if (refused) set.noRejects = false
    else if (closest !== null && (everything || set.noRejects)) {
      set.locality.reset(closest, now)
      set.noRejects = true
    }
  }
}
