/** Files cut and packed into partitions as FilePartition does. */
import type { FileSplit } from '../fragment.ts'
import type { FileStatus } from '../env.ts'
import { filesOf, leafParallelismOf, type Conf } from '../settings.ts'

/** Splits of at most maxSplitBytes, the longest first, packed next-fit; an unsplittable file stays whole. */
export function fileSplits(list: readonly FileStatus[], splittable: boolean, conf: Conf, defaultParallelism: number): FileSplit[][] {
  const { maxPartitionBytes, openCostInBytes, minPartitionNum } = filesOf(conf)
  const total = list.reduce((n, f) => n + f.size + openCostInBytes, 0)
  const perCore = total / (minPartitionNum ?? leafParallelismOf(conf, defaultParallelism))
  const maxSplit = Math.max(1, Math.floor(Math.min(maxPartitionBytes, Math.max(openCostInBytes, perCore))))
  const splits: FileSplit[] = []
  for (const f of list) {
    if (f.size === 0) continue
    if (!splittable) splits.push({ path: f.path, start: 0, length: f.size, size: f.size })
    else for (let at = 0; at < f.size; at += maxSplit) splits.push({ path: f.path, start: at, length: Math.min(maxSplit, f.size - at), size: f.size })
  }
  splits.sort((a, b) => b.length - a.length)
  const out: FileSplit[][] = []
  let current: FileSplit[] = []
  let size = 0
  for (const s of splits) {
    if (current.length && size + s.length > maxSplit) {
      out.push(current)
      current = []
      size = 0
    }
    current.push(s)
    size += s.length + openCostInBytes
  }
  if (current.length) out.push(current)
  return out
}
