/** §6.21–6.23: second copies of slow tasks. */
import { describe, expect, it } from 'vitest'
import type { TaskMetrics } from '../../engine/events/index.ts'
import { emptyTaskMetrics } from '../../engine/rules/spark-events.ts'
import type { TaskDescription } from '../../engine/rules/types.ts'
import { TinyCluster, exception, range, short, twoStages, type TinyOptions } from './tiny-cluster.ts'

const ON = { 'spark.speculation': 'true' }

/** Ten tasks on ten executors of a host each and one free beside them; partition 9 takes `slow` ms on its first attempt. */
function straggler(slow: number, options: TinyOptions = {}, partitions = 10): TinyCluster {
  const cluster = new TinyCluster({
    duration: (task) => (task.partition === 9 && task.attempt === 0 ? slow : 1000),
    ...options,
    conf: { ...ON, ...options.conf }
  })
  cluster.rdd({ id: 0, partitions })
  for (const _ of range(partitions)) cluster.addExecutor(1)
  return cluster
}
const copies = (cluster: TinyCluster): TaskDescription[] => cluster.launched.filter((task) => task.speculative)
const started = (cluster: TinyCluster, task: TaskDescription): number => cluster.find((event) => event.Event === 'SparkListenerTaskStart' && event['Task Info']['Task ID'] === task.taskId)[0]!.t

/** Metrics of a second in which so many records were read. */
const reading = (records: number): TaskMetrics => ({ ...emptyTaskMetrics(), 'Executor Run Time': 1000, 'Shuffle Read Metrics': { ...emptyTaskMetrics()['Shuffle Read Metrics'], 'Total Records Read': records } })

describe('§6.22 who gets a copy', () => {
  it('§6.22 a task gets a copy once 0.9 of the tasks are done and it has run for more than 3 medians; the check comes every 100 ms', () => {
    // Nothing is known of its rate, which counts as slow: the first threshold decides.
    const cluster = straggler(60_000, { metrics: () => ({ ...emptyTaskMetrics(), 'Executor Run Time': 1000, 'Input Metrics': { 'Bytes Read': 1, 'Records Read': 50 } }) })
    cluster.submit(0, 0)
    cluster.run()
    const [copy] = copies(cluster)
    expect(copies(cluster)).toHaveLength(1)
    expect(copy).toMatchObject({ partition: 9, attempt: 1, speculative: true })
    // 3 × 1000 ms, found by the first check after that.
    expect(started(cluster, copy!)).toBeGreaterThan(3000)
    expect(started(cluster, copy!)).toBeLessThanOrEqual(3100)
    expect(cluster.ended.get(0)).toEqual({ ok: true, message: '' })
    const start = cluster.find((event) => event.Event === 'SparkListenerTaskStart' && event['Task Info']['Task ID'] === copy!.taskId)[0]!
    expect(start.event).toMatchObject({ 'Task Info': { Speculative: true, Attempt: 1, Index: 9 } })
    expect(cluster.chain(start.id).slice(1, 3)).toEqual([`speculate:${cluster.launched.find((task) => task.partition === 9)!.taskId}`, `task-start:${cluster.launched.find((task) => task.partition === 9)!.taskId}`])
  })

  it('§6.21 without spark.speculation nothing is copied', () => {
    const cluster = straggler(60_000, { conf: { 'spark.speculation': 'false' } })
    cluster.submit(0, 0)
    cluster.run()
    expect(copies(cluster)).toEqual([])
    expect(cluster.now).toBe(60_000)
  })

  it('§6.21 spark.speculation.multiplier, .quantile and .minTaskRuntime are obeyed', () => {
    const when = (conf: Record<string, string>, reads = 0): number | undefined => {
      const cluster = straggler(60_000, { conf, metrics: () => reading(reads) })
      cluster.submit(0, 0)
      const slow = cluster.launched.find((task) => task.partition === 9)!
      if (reads > 0) cluster.after(500, () => cluster.schedulers.progress(slow.taskId, { records: reads, runMs: 1000 }))
      cluster.run()
      const [copy] = copies(cluster)
      // The first check after the threshold comes within 100 ms.
      return copy === undefined ? undefined : Math.ceil(started(cluster, copy) / 100) * 100 - 100
    }
    // No records were read at all, so the average is not known and every rate counts as too low.
    expect(when({})).toBe(3000)
    expect(when({ 'spark.speculation.multiplier': '1.5' })).toBe(1500)
    expect(when({ 'spark.speculation.minTaskRuntime': '5s' })).toBe(5000)
    // One that reads as fast as the others needs the double.
    expect(when({}, 100)).toBe(6000)
    expect(when({ 'spark.speculation.efficiency.enabled': 'false' }, 100)).toBe(3000)
    expect(when({ 'spark.speculation.efficiency.longRunTaskFactor': '3' }, 100)).toBe(9000)
    // All ten must be done: the slow one is never.
    expect(when({ 'spark.speculation.quantile': '1' })).toBeUndefined()
  })

  it('§6.22 a task that reads as fast as the others is left alone until twice the threshold', () => {
    const rates = (records: number): number => {
      const cluster = straggler(60_000, { metrics: () => reading(100) })
      cluster.submit(0, 0)
      const slow = cluster.launched.find((task) => task.partition === 9)!
      cluster.after(2000, () => cluster.schedulers.progress(slow.taskId, { records, runMs: 2000 }))
      cluster.run()
      return Math.floor(started(cluster, copies(cluster)[0]!) / 1000)
    }
    // 100 records a second on average; below 75 is slow.
    expect(rates(148)).toBe(3)
    expect(rates(152)).toBe(6)
  })

  it('§6.22 a stage of one task gets a copy only by spark.speculation.task.duration.threshold', () => {
    const one = (conf: Record<string, string>): TinyCluster => {
      const cluster = new TinyCluster({ conf: { ...ON, ...conf }, duration: (task) => (task.attempt === 0 ? 30_000 : 100) })
      cluster.rdd({ id: 0, partitions: 1 })
      cluster.addExecutor(1)
      cluster.addExecutor(1)
      cluster.submit(0, 0)
      cluster.run()
      return cluster
    }
    expect(copies(one({}))).toEqual([])
    const cluster = one({ 'spark.speculation.task.duration.threshold': '5s' })
    expect(copies(cluster)).toHaveLength(1)
    expect(started(cluster, copies(cluster)[0]!)).toBeLessThanOrEqual(5100)
  })
})

describe('§6.23 what becomes of copies', () => {
  it('§6.23 never on a host where the task already ran; it waits for another', () => {
    const cluster = new TinyCluster({ conf: ON, duration: (task) => (task.partition === 3 && task.attempt === 0 ? 60_000 : 100) })
    cluster.rdd({ id: 0, partitions: 4 })
    cluster.addExecutor(4, 'same')
    cluster.addExecutor(4, 'same')
    cluster.after(20_000, () => cluster.addExecutor(1, 'other'))
    cluster.submit(0, 0)
    cluster.run()
    const [copy] = copies(cluster)
    expect(copy).toMatchObject({ host: 'other' })
    expect(started(cluster, copy!)).toBe(20_000)
  })

  it('§6.23 the copy wins: the first is killed with "another attempt succeeded", which counts for nothing', () => {
    const cluster = straggler(60_000)
    cluster.submit(0, 0)
    cluster.run()
    const slow = cluster.launched.find((task) => task.partition === 9 && !task.speculative)!
    expect(cluster.kills.get(slow.taskId)).toBe('another attempt succeeded')
    const end = cluster.find((event) => event.Event === 'SparkListenerTaskEnd' && event['Task Info']['Task ID'] === slow.taskId)[0]!
    expect(end.event).toMatchObject({ 'Task End Reason': { Reason: 'TaskKilled', 'Kill Reason': 'another attempt succeeded' }, 'Task Info': { Killed: true, Failed: false } })
    expect(cluster.chain(end.id)[1]).toBe(`kill-copy:${slow.taskId}`)
    // One result a partition, and the job did not wait for the loser.
    expect([...cluster.outputs.get(0)!.values()].every((values) => values.length === 1)).toBe(true)
    expect(cluster.find((event) => event.Event === 'SparkListenerJobEnd')[0]!.t).toBeLessThan(10_000)
  })

  it('§6.23 the first wins: the copy is killed', () => {
    const cluster = straggler(6500, { duration: (task) => (task.partition === 9 ? (task.attempt === 0 ? 6500 : 5000) : 1000) })
    cluster.submit(0, 0)
    cluster.run()
    const [copy] = copies(cluster)
    expect(cluster.kills.get(copy!.taskId)).toBe('another attempt succeeded')
    expect(cluster.find((event) => event.Event === 'SparkListenerJobEnd')[0]!.t).toBe(6500)
  })

  it('§6.23 a loser that finished before the kill reached it is told as killed, its result is not taken', () => {
    const cluster = new TinyCluster({ conf: { ...ON, 'spark.speculation.quantile': '0.3', 'spark.driver.maxResultSize': '130k' } })
    const { schedulers } = cluster
    cluster.rdd({ id: 0, partitions: 3 })
    for (const host of ['a', 'b', 'c', 'd']) cluster.apply(schedulers.executorReady({ executorId: host, host, slots: 1, now: 0 }))
    const launched: TaskDescription[] = []
    const apply = (effects: ReturnType<typeof schedulers.revive>): void => {
      for (const effect of effects) {
        if (effect.type === 'launch') launched.push(effect.task)
        if (effect.type === 'post') cluster.post(effect.event, effect.key, effect.cause)
      }
    }
    cluster.outputs.set(0, new Map())
    apply(schedulers.submitJob({ jobId: 0, rddId: 0, partitions: [0, 1, 2], callSite: 'x', properties: {}, now: 0 }))
    const done = (taskId: number, now: number): void => apply(schedulers.statusUpdate({ taskId, state: 'FINISHED', result: { value: new Uint8Array(40_000) }, now }))
    done(launched[0]!.taskId, 100)
    apply(schedulers.revive(100_000))
    const [first, copy] = launched.filter((task) => task.partition === 1)
    expect(copy).toMatchObject({ speculative: true })
    done(copy!.taskId, 100_500)
    done(first!.taskId, 100_501)
    done(launched.find((task) => task.partition === 2)!.taskId, 100_502)
    const reasons = cluster.find((event) => event.Event === 'SparkListenerTaskEnd').map(({ event }) => (event.Event === 'SparkListenerTaskEnd' ? event['Task End Reason'] : null))
    expect(reasons[2]).toEqual({ Reason: 'TaskKilled', 'Kill Reason': 'Finish but did not commit due to another attempt succeeded', 'Accumulator Updates': [] })
    // Four results of 40 kB would be more than 130k: the loser's was not counted.
    expect(cluster.find((event) => event.Event === 'SparkListenerJobEnd')[0]!.event).toMatchObject({ 'Job Result': { Result: 'JobSucceeded' } })
  })

  it('§6.23 a failed copy is not replaced while the first runs; a failed first leaves the copy alone', () => {
    const fails = (attempt: number): TinyCluster => {
      const cluster = straggler(20_000, { duration: (task) => (task.partition !== 9 ? 1000 : task.attempt === attempt ? 7000 : 20_000), fate: (task) => (task.partition === 9 && task.attempt === attempt ? exception() : undefined) })
      cluster.submit(0, 0)
      cluster.run()
      expect(cluster.ended.get(0)).toEqual({ ok: true, message: '' })
      return cluster
    }
    expect(fails(1).launched.filter((task) => task.partition === 9)).toHaveLength(2)
    expect(fails(0).launched.filter((task) => task.partition === 9)).toHaveLength(2)
  })

  it('§9.3 a map task whose copy finishes too adds its accumulators only if both ended well', () => {
    const cluster = new TinyCluster({ conf: ON, duration: (task) => (task.taskType === 'ShuffleMapTask' && task.partition === 3 && task.attempt === 0 ? 5000 : 300) })
    twoStages(cluster, 4, 2)
    for (const _ of range(5)) cluster.addExecutor(1)
    cluster.submit(0, 1)
    cluster.run()
    expect(copies(cluster)).toHaveLength(1)
    // 4 maps and 2 results; the loser was killed and adds nothing.
    expect(cluster.accumulated).toHaveLength(6)
    expect(cluster.find((event) => event.Event === 'SparkListenerTaskEnd').map(({ event }) => short(event)).filter((line) => line.endsWith('TaskKilled'))).toHaveLength(1)
  })

  it('§6.22 a set that takes no new tasks gets no copies', () => {
    const cluster = straggler(60_000, { fate: (task) => (task.partition === 0 ? { Reason: 'FetchFailed', 'Shuffle ID': 7, 'Map ID': 0, 'Map Index': 0, 'Reduce ID': 0, Message: 'gone' } : undefined) })
    cluster.submit(0, 0)
    cluster.run(() => cluster.now >= 50_000)
    expect(copies(cluster).filter((task) => task.stageAttempt === 0)).toEqual([])
  })
})
