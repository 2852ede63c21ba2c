/** §7.1–7.4 dynamic allocation. */
import { describe, expect, test } from 'vitest'
import { Allocation, allocationRules, type AllocationRules } from '../../engine/rules/allocation.ts'
import { range } from './tiny-cluster.ts'

const ON = { 'spark.dynamicAllocation.enabled': 'true' }
const rules = (conf: Record<string, string> = {}): AllocationRules => allocationRules({ ...ON, ...conf })!
const key = (name: string, value: string): Record<string, string> => ({ [`spark.dynamicAllocation.${name}`]: value })

/** Ticks every 100 ms up to `until`; what was asked for, by time. */
function ticks(allocation: Allocation, from: number, until: number): { at: number; total?: number; remove: string[] }[] {
  const found: { at: number; total?: number; remove: string[] }[] = []
  for (let now = from; now <= until; now += 100) {
    const change = allocation.tick(now)
    if (change !== null) found.push({ at: now, remove: change.remove, ...(change.total === undefined ? {} : { total: change.total }) })
  }
  return found
}

const runAll = (allocation: Allocation, executorId: string, tasks: number, now: number, shuffleId?: number): void => {
  for (const index of range(tasks)) {
    allocation.taskStarted({ stageId: 0, attempt: 0, index, executorId })
    allocation.taskEnded({ stageId: 0, attempt: 0, index, executorId, success: true, ...(shuffleId === undefined ? {} : { shuffleId }) }, now)
  }
}

describe('settings', () => {
  test('§7.1 off unless asked for; defaults', () => {
    expect(allocationRules({})).toBeNull()
    expect(rules()).toMatchObject({ min: 0, max: 2147483647, initial: 0, backlogMs: 1000, sustainedMs: 1000, idleMs: 60_000, cachedIdleMs: Infinity, shuffleIdleMs: Infinity, ratio: 1, slots: 1 })
    expect(rules({ ...key('minExecutors', '2'), 'spark.executor.instances': '4' }).initial).toBe(4)
    expect(rules(key('schedulerBacklogTimeout', '3s')).sustainedMs).toBe(3000)
  })

  test('§7.2 without anything that keeps shuffle files it is refused, in Spark’s words', () => {
    expect(() => rules(key('shuffleTracking.enabled', 'false'))).toThrow('Dynamic allocation of executors requires one of the following conditions')
    expect(rules({ ...key('shuffleTracking.enabled', 'false'), 'spark.decommission.enabled': 'true', 'spark.storage.decommission.enabled': 'true' }).tracking).toBe(false)
    expect(() => rules({ ...key('minExecutors', '3'), ...key('maxExecutors', '2') })).toThrow('spark.dynamicAllocation.minExecutors (3) must be less than or equal to spark.dynamicAllocation.maxExecutors (2)!')
    expect(() => rules(key('executorAllocationRatio', '0'))).toThrow('must be > 0 and <= 1.0')
  })
})

describe('more executors', () => {
  test('§7.3 a backlog of 1 s asks for 1, each further second for 2, 4, 8 more', () => {
    const allocation = new Allocation(rules())
    allocation.stageSubmitted(0, 0, 100, 0)
    expect(ticks(allocation, 100, 4500)).toEqual([1000, 2000, 3000, 4000].map((at, i) => ({ at, total: [1, 3, 7, 15][i], remove: [] })))
  })

  test('§7.3 no more than the tasks need; a round that is cut short begins with 1 again', () => {
    const allocation = new Allocation(rules({ 'spark.executor.cores': '2' }))
    allocation.stageSubmitted(0, 0, 7, 0)
    expect(ticks(allocation, 100, 5000).map(({ total }) => total)).toEqual([1, 3, 4])
    allocation.stageSubmitted(1, 0, 4, 5000)
    expect(ticks(allocation, 5100, 7500).map(({ total }) => total)).toEqual([5, 6])
  })

  test('§7.3 the ratio asks for fewer, the maximum bounds it', () => {
    const half = new Allocation(rules(key('executorAllocationRatio', '0.5')))
    half.stageSubmitted(0, 0, 6, 0)
    expect(ticks(half, 100, 9000).at(-1)?.total).toBe(3)
    const bounded = new Allocation(rules(key('maxExecutors', '2')))
    bounded.stageSubmitted(0, 0, 60, 0)
    expect(ticks(bounded, 100, 9000).map(({ total }) => total)).toEqual([1, 2])
  })

  test('§7.3 no task waits any more: nothing more is asked for', () => {
    const allocation = new Allocation(rules())
    allocation.stageSubmitted(0, 0, 2, 0)
    allocation.executorAdded('0', 100)
    for (const index of range(2)) allocation.taskStarted({ stageId: 0, attempt: 0, index, executorId: '0' })
    expect(ticks(allocation, 100, 5000)).toEqual([])
  })

  test('§7.3 the target falls at once when tasks end; executors stay until they are idle for long enough', () => {
    const allocation = new Allocation(rules(key('initialExecutors', '3')))
    for (const id of ['0', '1', '2']) allocation.executorAdded(id, 0)
    allocation.stageSubmitted(0, 0, 3, 0)
    runAll(allocation, '0', 3, 500)
    allocation.stageCompleted(0, 0)
    expect(ticks(allocation, 600, 1000)).toEqual([{ at: 600, total: 0, remove: [] }])
  })
})

describe('fewer executors', () => {
  test('§7.4 idle for 60 s: given back, down to the minimum', () => {
    const allocation = new Allocation(rules({ ...key('minExecutors', '1'), ...key('initialExecutors', '3') }))
    for (const id of ['0', '1', '2']) allocation.executorAdded(id, 0)
    expect(ticks(allocation, 100, 59_900)).toEqual([])
    expect(ticks(allocation, 60_000, 61_000)).toEqual([{ at: 60_000, total: 1, remove: ['0', '1'] }])
  })

  test('§7.4 one that runs a task is not idle', () => {
    const allocation = new Allocation(rules())
    allocation.executorAdded('0', 0)
    allocation.stageSubmitted(0, 0, 1, 0)
    allocation.taskStarted({ stageId: 0, attempt: 0, index: 0, executorId: '0' })
    expect(ticks(allocation, 100, 100_000).filter(({ remove }) => remove.length > 0)).toEqual([])
  })

  test('§7.4 one with cached blocks stays for the cached timeout, one with shuffle data for the shuffle timeout', () => {
    const allocation = new Allocation(rules({ ...key('cachedExecutorIdleTimeout', '90s'), ...key('shuffleTracking.timeout', '120s') }))
    for (const id of ['0', '1', '2']) allocation.executorAdded(id, 0)
    allocation.stageSubmitted(0, 0, 1, 0)
    runAll(allocation, '1', 1, 0, 7)
    allocation.blockUpdated('0', 'rdd_1_0', true)
    const removed = ticks(allocation, 100, 130_000).filter(({ remove }) => remove.length > 0)
    expect(removed).toEqual([
      { at: 60_000, remove: ['2'] },
      { at: 90_000, remove: ['0'] },
      { at: 120_000, remove: ['1'] }
    ])
  })

  test('§7.4 one with shuffle data of a running job is never given back', () => {
    const allocation = new Allocation(rules(key('shuffleTracking.timeout', '10s')))
    allocation.executorAdded('0', 0)
    allocation.jobStarted(0, [7])
    allocation.stageSubmitted(0, 0, 1, 0)
    runAll(allocation, '0', 1, 0, 7)
    allocation.stageCompleted(0, 0)
    expect(ticks(allocation, 100, 100_000).filter(({ remove }) => remove.length > 0)).toEqual([])
    allocation.jobEnded(0)
    expect(ticks(allocation, 100_100, 100_100)).toEqual([{ at: 100_100, remove: ['0'] }])
  })
})
