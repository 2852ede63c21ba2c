import { describe, expect, test } from 'vitest'
import { containerUsed, executorContainer, executorOverhead, overContainer } from '../../engine/rules/containers.ts'
import { MIB, offHeapMemory, UnifiedMemory } from '../../engine/rules/memory.ts'
import { notEnoughSpace, unroll } from '../../engine/rules/unroll.ts'

const memoryOf = (mib: number, storageFraction = 0.5): UnifiedMemory => new UnifiedMemory({ total: mib * MIB, storageFraction })

describe('unrolling', () => {
  test('§8.8 a partition asks for 1 MiB, then half as much again each time it is full, and is stored when it fits', () => {
    const memory = memoryOf(100)
    expect(unroll(memory, { block: 'rdd_0_0', rddId: 0, bytes: 10 * MIB }, MIB)).toEqual({ stored: true, evicted: [], computed: 10 * MIB })
    expect(memory.storageUsed).toBe(10 * MIB)
    expect(memory.blocks).toEqual(['rdd_0_0'])
  })

  test('§8.8 it gives up where no more can be had, and keeps nothing', () => {
    const memory = memoryOf(4)
    const { stored, computed } = unroll(memory, { block: 'rdd_0_0', rddId: 0, bytes: 50 * MIB }, MIB)
    expect(stored).toBe(false)
    expect(computed / MIB).toBeCloseTo(3.375, 5)
    expect(memory.storageUsed).toBe(0)
    expect(notEnoughSpace('rdd_0_0', computed)).toBe('Not enough space to cache rdd_0_0 in memory! (computed 3.4 MiB so far)')
  })

  test('§8.7, §8.8 blocks of other RDDs go for it, those of its own never', () => {
    const memory = memoryOf(10)
    memory.acquireStorage({ block: 'rdd_1_0', rddId: 1, bytes: 4 * MIB })
    memory.acquireStorage({ block: 'rdd_2_0', rddId: 2, bytes: 4 * MIB })
    expect(unroll(memory, { block: 'rdd_2_1', rddId: 2, bytes: 6 * MIB }, MIB)).toMatchObject({ stored: true, evicted: ['rdd_1_0'] })
    expect(unroll(memory, { block: 'rdd_2_2', rddId: 2, bytes: MIB }, MIB)).toMatchObject({ stored: false, evicted: [] })
  })
})

describe('off the heap', () => {
  test('§8.3 spark.memory.offHeap.size is a space of its own, and there is none unless it is enabled', () => {
    expect(offHeapMemory({ 'spark.memory.offHeap.size': '64m' })).toBe(null)
    const memory = offHeapMemory({ 'spark.memory.offHeap.enabled': 'true', 'spark.memory.offHeap.size': '64m', 'kindling.memory.scale': '0.25' })!
    expect(memory.total).toBe(16 * MIB)
    expect(memory.storageRegion).toBe(8 * MIB)
  })
})

describe('containers', () => {
  test('§8.11 overhead: the value given, else a tenth of the memory, at least 384 MiB', () => {
    expect(executorOverhead({}) / MIB).toBe(384)
    expect(executorOverhead({ 'spark.executor.memory': '10g' }) / MIB).toBe(1024)
    expect(executorOverhead({ 'spark.executor.memory': '10g', 'spark.executor.memoryOverheadFactor': '0.4' }) / MIB).toBe(4096)
    expect(executorOverhead({ 'spark.executor.memory': '1g', 'spark.executor.minMemoryOverhead': '100m' }) / MIB).toBeCloseTo(102.4, 1)
    expect(executorOverhead({ 'spark.executor.memory': '10g', 'spark.executor.memoryOverhead': '77' }) / MIB).toBe(77)
  })

  test('§8.11 a container holds memory, overhead, off-heap and PySpark memory, scaled alike', () => {
    expect(executorContainer({}) / MIB).toBe(1024 + 384)
    const all = { 'spark.memory.offHeap.enabled': 'true', 'spark.memory.offHeap.size': '200m', 'spark.executor.pyspark.memory': '100m', 'kindling.memory.scale': '0.25' }
    expect(executorContainer(all) / MIB).toBe((1024 + 384 + 200 + 100) / 4)
  })

  test('§8.12 what uses more is over, and told in numbers', () => {
    const use = { heap: 100 * MIB, native: 20 * MIB, python: 30 * MIB }
    expect(containerUsed(use)).toBe(150 * MIB)
    expect(overContainer('1', use, 150 * MIB)).toBe(null)
    expect(overContainer('1', use, 140 * MIB)).toMatch(/^Executor 1 uses 150\.0 MiB of a container of 140\.0 MiB \(heap 100\.0 MiB, Python 30\.0 MiB, other memory outside the heap 20\.0 MiB\)/)
  })
})
