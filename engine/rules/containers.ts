/** Containers (§8.11–8.12): how large an executor's is, and when it is over. */
import { bytesToString, settings, type Conf } from './conf.ts'

/** What a process uses of its container, bytes. */
export interface ContainerUse {
  heap: number
  /** Outside the heap and outside Python: buffers of its own. */
  native: number
  /** Of its Python workers, beyond an idle interpreter. */
  python: number
}

/** spark.executor.memoryOverhead, or its share of the memory, at least spark.executor.minMemoryOverhead; bytes, not scaled. */
export function executorOverhead(conf: Conf): number {
  return settings.executorMemoryOverhead(conf) ?? Math.max(Math.floor(settings.executorMemoryOverheadFactor(conf) * settings.executorMemory(conf)), settings.executorMinMemoryOverhead(conf))
}

/** Bytes of an executor's container: heap, overhead, off-heap and PySpark memory; scaled by kindling.memory.scale. */
export function executorContainer(conf: Conf): number {
  const offHeap = settings.memoryOffHeap(conf) ? settings.memoryOffHeapSize(conf) : 0
  return Math.floor((settings.executorMemory(conf) + executorOverhead(conf) + offHeap + settings.executorPysparkMemory(conf)) * settings.memoryScale(conf))
}

export const containerUsed = (use: ContainerUse): number => use.heap + use.native + use.python

/** Why an executor is killed from outside, in words; null while it is within its container. */
export function overContainer(executorId: string, use: ContainerUse, limit: number): string | null {
  const used = containerUsed(use)
  if (used <= limit) return null
  return `Executor ${executorId} uses ${bytesToString(used)} of a container of ${bytesToString(limit)} (heap ${bytesToString(use.heap)}, Python ${bytesToString(use.python)}, other memory outside the heap ${bytesToString(use.native)}): it is killed from outside. Consider boosting spark.executor.memoryOverhead.`
}
