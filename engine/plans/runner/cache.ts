/** Cached DataFrames: recognised by what they compute, kept as blocks of one RDD. */
import type { StorageLevel } from '../../events/index.ts'
import type { LogicalPlan } from '../contract.ts'
import type { Attribute } from '../resolved.ts'
import type { Physical } from '../plan/physical.ts'
import type { Stage } from './stages.ts'

export interface CacheEntry {
  key: string
  level: StorageLevel
  /** The plan as it was when it was cached; what it reads is decided then. */
  physical?: Physical
  output: Attribute[]
  /** The cached RDD and the stage that makes its rows, once a query has needed them. */
  source?: Promise<{ rddId: number; stage: Stage }>
  rddId?: number
  /** Every partition has been computed once. */
  filled: boolean
  filling?: Promise<void>
}

/** A text that two DataFrames share when they are made of the same steps: ids of DataFrames are replaced by their order. */
export function planKey(plan: LogicalPlan): string {
  const order = new Map<number, number>()
  const rank = (id: number): number => {
    if (!order.has(id)) order.set(id, order.size)
    return order.get(id)!
  }
  const number = (p: unknown): void => {
    if (!p || typeof p !== 'object') return
    const node = p as Record<string, unknown>
    for (const k of ['child', 'left', 'right']) number(node[k])
    if (typeof node['id'] === 'number') rank(node['id'])
  }
  number(plan)
  return JSON.stringify(plan, (k, v: unknown) => ((k === 'id' || k === 'frame') && typeof v === 'number' ? order.get(v) ?? `?${v}` : v))
}

export class PlanCache {
  private readonly entries = new Map<string, CacheEntry>()

  get size(): number {
    return this.entries.size
  }

  get(key: string): CacheEntry | undefined {
    return this.entries.get(key)
  }

  add(entry: CacheEntry): void {
    this.entries.set(entry.key, entry)
  }

  remove(key: string): CacheEntry | undefined {
    const e = this.entries.get(key)
    this.entries.delete(key)
    return e
  }

  /** The key of a plan that is cached. */
  keyOf(plan: LogicalPlan): string | undefined {
    if (this.entries.size === 0) return undefined
    const key = planKey(plan)
    return this.entries.has(key) ? key : undefined
  }
}
