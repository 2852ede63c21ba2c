/** Bounds of a range exchange from sampled keys, as RangePartitioner finds them. */
import type { Row, SortKey } from '../fragment.ts'
import { keyComparator } from '../run/sort.ts'

/** Keys of one partition that the sample job brought: how many rows there were, and some of their keys. */
export interface Sketch {
  rows: number
  keys: Row[]
}

/** At most `partitions - 1` bounds, each the greatest key of its partition. */
export function rangeBounds(sketches: readonly Sketch[], order: readonly SortKey[], partitions: number): Row[] {
  const candidates = sketches.flatMap((s) => s.keys.map((key) => ({ key, weight: s.rows / s.keys.length })))
  const compare = keyComparator(order)
  candidates.sort((a, b) => compare(a.key, b.key))
  const step = candidates.reduce((n, c) => n + c.weight, 0) / partitions
  const bounds: Row[] = []
  let weight = 0
  let target = step
  for (const c of candidates) {
    if (bounds.length >= partitions - 1) break
    weight += c.weight
    if (weight < target) continue
    const before = bounds.at(-1)
    if (before && compare(c.key, before) <= 0) continue
    bounds.push(c.key)
    target += step
  }
  return bounds
}
