/** How adaptive execution merges small reduce partitions (§10.4). */
import type { Exchange, Physical } from '../plan/physical.ts'
import { childrenOf } from '../plan/physical.ts'
import { coalesceOf, type Conf } from '../settings.ts'

/**
 * Ranges of reduce partitions, cut so that each is near the target size. `sizes[s][r]` is what shuffle s holds for
 * reduce partition r.
 */
export function coalescePartitions(sizes: readonly number[][], advisory: number, minimumPartitions: number, minimumSize: number): [number, number][] {
  const n = sizes[0]?.length ?? 0
  const total = sizes.reduce((sum, s) => sum + s.reduce((a, b) => a + b, 0), 0)
  const share = Math.ceil(total / Math.max(1, minimumPartitions))
  const target = Math.max(Math.min(share, advisory), minimumSize)
  const specs: [number, number][] = []
  let from = 0
  let size = 0
  let last = -1
  const close = (to: number, forceMerge = false) => {
    if (from >= to) return
    if (forceMerge && specs.length) {
      specs[specs.length - 1]![1] = to
      last += size
    } else {
      specs.push([from, to])
      last = size
    }
    from = to
    size = 0
  }
  // A partition below a fifth of the target is merged with its smaller neighbour.
  const small = 0.2 * target
  for (let i = 0; i < n; i++) {
    const here = sizes.reduce((sum, s) => sum + s[i]!, 0)
    if (i > from && size + here > target) {
      if (size < small) {
        if (last > 0 && last < here) {
          close(i, true)
          size = here
          continue
        }
        size += here
      } else {
        close(i)
        size = here
      }
    } else size += here
  }
  close(n, size < small && last > 0)
  return specs.length ? specs : [[0, n]]
}

type Stage = Extract<Physical, { op: 'ShuffleQueryStage' }>

/** Shuffles that one stage reads side by side; null where something else is read beside them. */
export function coalesceGroups(p: Physical): Stage[][] {
  switch (p.op) {
    case 'ShuffleQueryStage': return [[p]]
    case 'Union': return p.children.flatMap(coalesceGroups)
    case 'BroadcastHashJoin':
    case 'BroadcastNestedLoopJoin': return coalesceGroups(p.build === 'left' ? p.right : p.left)
    case 'SortMergeJoin': {
      const [l, r] = [coalesceGroups(p.left), coalesceGroups(p.right)]
      return l.length === 1 && r.length === 1 ? [[...l[0]!, ...r[0]!]] : []
    }
    default: {
      const kids = childrenOf(p)
      return kids.length === 1 && p.op !== 'InMemoryTableScan' && p.op !== 'Coalesce' ? coalesceGroups(kids[0]!) : []
    }
  }
}

const mayCoalesce = (e: Exchange): boolean => e.partitioning.kind !== 'single' && e.origin !== 'REPARTITION_BY_NUM'

/** The reads of each shuffle of a stage that are to be merged. */
export function coalescedReads(stage: Physical, sizesOf: (s: Stage) => number[], conf: Conf, parallelism: number): Map<Physical, [number, number][]> {
  const out = new Map<Physical, [number, number][]>()
  const settings = coalesceOf(conf)
  if (!settings.enabled) return out
  const least = conf['spark.sql.adaptive.coalescePartitions.minPartitionNum'] === undefined ? (settings.parallelismFirst ? parallelism : 1) : Number(conf['spark.sql.adaptive.coalescePartitions.minPartitionNum'])
  for (const group of coalesceGroups(stage)) {
    if (!group.every((s) => mayCoalesce(s.child))) continue
    const sizes = group.map(sizesOf)
    if (new Set(sizes.map((s) => s.length)).size !== 1) continue
    const reads = coalescePartitions(sizes, settings.advisory, least, settings.minimum)
    if (reads.length < sizes[0]!.length) for (const s of group) out.set(s, reads)
  }
  return out
}
