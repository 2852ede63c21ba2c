/** The cluster in numbers, and which of them a fault changed. */
import { findApp, runningOn } from './lookup.ts'
import { heldInHeap } from './memory.ts'
import type { Figures, RunView } from './types.ts'

export function figuresOf(view: RunView): Figures {
  const figures: Figures = { workers: 0, executors: 0, slots: 0, running: 0, cachedBlocks: 0, mapOutputs: 0, heap: 0 }
  for (const worker of view.workers) if (worker.state === 'ALIVE') figures.workers += 1
  for (const executor of view.executors) {
    if (executor.life !== 'alive' && executor.life !== 'silent') continue
    figures.executors += 1
    figures.slots += executor.slots.length
    figures.running += runningOn(executor).length
    figures.cachedBlocks += executor.cachedBlocks.length
    figures.mapOutputs += executor.mapOutputs.length
    if (executor.memory) figures.heap += heldInHeap(executor.memory)
  }
  return figures
}

/** The cluster as it is now; of an application that is over, as it was just before its end. */
export function figuresNow(view: RunView, appId: string): Figures {
  return findApp(view, appId)?.atEnd ?? figuresOf(view)
}

export interface Change {
  name: keyof Figures
  label: string
  before: number
  now: number
}

const LABELS: Readonly<Record<keyof Figures, string>> = {
  workers: 'workers',
  executors: 'executors',
  slots: 'slots',
  running: 'running tasks',
  cachedBlocks: 'cached blocks',
  mapOutputs: 'map outputs',
  heap: 'heap in use'
}

/** Heaps move all the time: a change below this share of what was there is none. */
const HEAP_STIR = 0.1

/** The figures that are not what they were, in a fixed order. */
export function changes(before: Figures, now: Figures): Change[] {
  return (Object.keys(LABELS) as (keyof Figures)[])
    .filter((name) => (name === 'heap' ? Math.abs(now.heap - before.heap) > HEAP_STIR * Math.max(before.heap, 1) : now[name] !== before[name]))
    .map((name) => ({ name, label: LABELS[name], before: before[name], now: now[name] }))
}
