/** The numbers a window shows at a glance. */
import { runningOn } from './lookup.ts'
import type { RunView } from './types.ts'

export { heldInHeap, memoryRooms, type MemoryRoom } from './memory.ts'

export interface Summary {
  tasksDone: number
  tasksRunning: number
  /** Attempts started for a partition that had been run before. */
  tasksAgain: number
  tasksFailed: number
  tasksKilled: number
  /** Successes that no longer count. */
  tasksLost: number
  slotsBusy: number
  /** Slots of executors that are alive or only silent. */
  slots: number
  executorsAlive: number
  executorsLaunching: number
  executorsGone: number
  workersAlive: number
  jobsRunning: number
  /** Slot time, ms, of work that was thrown away. */
  lostMs: number
}

/** Cheap enough for every frame: it looks at executors, workers and jobs, never at tasks. */
export function summarize(view: RunView): Summary {
  const { totals } = view
  let slotsBusy = 0
  let slots = 0
  let executorsAlive = 0
  let executorsLaunching = 0
  let executorsGone = 0
  for (const executor of view.executors) {
    if (executor.life === 'launching') executorsLaunching += 1
    else if (executor.life === 'alive' || executor.life === 'silent') {
      executorsAlive += 1
      slots += executor.slots.length
      slotsBusy += runningOn(executor).length
    } else executorsGone += 1
  }
  return {
    tasksDone: totals.done,
    tasksRunning: totals.running,
    tasksAgain: totals.again,
    tasksFailed: totals.failed,
    tasksKilled: totals.killed,
    tasksLost: totals.lost,
    slotsBusy,
    slots,
    executorsAlive,
    executorsLaunching,
    executorsGone,
    workersAlive: view.workers.filter((worker) => worker.state === 'ALIVE').length,
    jobsRunning: view.jobs.filter((job) => job.state === 'running').length,
    lostMs: totals.lostMs
  }
}
