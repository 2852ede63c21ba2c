/** §6.16–6.20: results that stay on the executor until the driver fetches them; §5.19 decommissioned executors. */
import { describe, expect, it } from 'vitest'
import { add, ends, failed, finish, launches, make, setOf } from './task-help.ts'
import { TinyCluster, short, twoStages } from './tiny-cluster.ts'

describe('indirect results', () => {
  it('§6.16 TaskGettingResult, then the end with the time it began; the slot is free meanwhile', () => {
    const cluster = new TinyCluster({ indirectFrom: 1, fetchTakes: 40 })
    cluster.rdd({ id: 0, partitions: 2 })
    cluster.addExecutor(1)
    cluster.submit(0, 0)
    cluster.run()
    expect(cluster.ended.get(0)).toEqual({ ok: true, message: '' })
    const getting = cluster.find((event) => event.Event === 'SparkListenerTaskGettingResult')
    expect(getting.map((one) => one.t)).toEqual([10, 20])
    expect(getting[0]!.event).toMatchObject({ 'Task Info': { 'Task ID': 0, 'Getting Result Time': 1_000_010, 'Finish Time': 0 } })
    const end = cluster.find((event) => event.Event === 'SparkListenerTaskEnd')[0]!
    expect(end).toMatchObject({ t: 50, event: { 'Task Info': { 'Getting Result Time': 1_000_010, 'Finish Time': 1_000_050 } } })
    // The second task did not wait for the first one's result.
    expect(cluster.launched[1]!.launchTime).toBe(10)
    expect(cluster.outputs.get(0)!.get(1)).toEqual([cluster.truth(0, 1)])
    expect(cluster.schedulers.executors()[0]!.freeSlots).toBe(1)
  })

  it('§6.18 the block is gone before the driver has it: TaskResultLost, which counts, and the task runs again', () => {
    const cluster = new TinyCluster({ indirectFrom: 1, fetchTakes: 40 })
    cluster.rdd({ id: 0, partitions: 1 })
    const executor = cluster.addExecutor(1)
    cluster.submit(0, 0)
    cluster.after(20, () => executor.results.clear())
    cluster.run()
    expect(cluster.ended.get(0)).toEqual({ ok: true, message: '' })
    expect(cluster.lines().filter((line) => line.startsWith('TaskEnd'))).toEqual(['TaskEnd 0.0 tid 0 TaskResultLost', 'TaskEnd 0.0 tid 1 Success'])
    const retry = cluster.find((event) => event.Event === 'kindling.Decision' && event.kind === 'retry-task')[0]!
    expect(retry.event).toMatchObject({ counted: true, failures: 1 })
  })

  it('§6.18 the executor goes while its result is fetched: its loss ends the task', () => {
    const cluster = new TinyCluster({ indirectFrom: 1, fetchTakes: 40 })
    cluster.rdd({ id: 0, partitions: 1 })
    cluster.addExecutor(1)
    cluster.addExecutor(1)
    cluster.submit(0, 0)
    cluster.after(20, () => cluster.crash(cluster.launched[0]!.executorId))
    cluster.run()
    expect(cluster.ended.get(0)).toEqual({ ok: true, message: '' })
    expect(cluster.lines().filter((line) => line.startsWith('TaskEnd'))).toEqual(['TaskEnd 0.0 tid 0 ExecutorLostFailure', 'TaskEnd 0.0 tid 1 Success'])
    for (const executor of cluster.schedulers.executors()) expect(executor.freeSlots).toBe(1)
  })

  it('§6.20 too much in all is known before anything is fetched', () => {
    const scheduler = make({ 'spark.driver.maxResultSize': '1m' })
    add(scheduler, '0', 2)
    scheduler.submit(setOf(2), 0)
    const give = (taskId: number) => scheduler.statusUpdate({ taskId, state: 'FINISHED', indirect: 600 * 1024, now: 1 })
    expect(give(0).map((effect) => effect.type)).toEqual(['getting-result'])
    const effects = give(1)
    expect(failed(effects)[0]!.message).toBe('Total size of serialized results of 2 tasks (1200.0 KiB) is bigger than spark.driver.maxResultSize (1024.0 KiB)')
    expect(ends(effects)[0]!.reason).toMatchObject({ Reason: 'TaskKilled', 'Kill Reason': 'Tasks result size has exceeded maxResultSize' })
    expect(scheduler.executors()[0]!.freeSlots).toBe(2)
    // The size was counted when the fetch began, not again when it ended.
    const other = make({ 'spark.driver.maxResultSize': '1m' })
    add(other, '0', 1)
    other.submit(setOf(1), 0)
    other.statusUpdate({ taskId: 0, state: 'FINISHED', indirect: 900 * 1024, now: 1 })
    expect(ends(other.statusUpdate({ taskId: 0, state: 'FINISHED', result: {}, resultSize: 900 * 1024, now: 2 }))[0]!.reason.Reason).toBe('Success')
    expect(other.executors()[0]!.freeSlots).toBe(1)
  })
})

/** Two stages; the reduce side fails six times to fetch from `holder`. */
function sixFetchFailures(conf: Record<string, string>, holder: string): TinyCluster {
  let left = 6
  const cluster: TinyCluster = new TinyCluster({
    conf,
    fate: (task) => {
      if (task.taskType !== 'ResultTask' || left-- <= 0) return undefined
      return { Reason: 'FetchFailed', 'Block Manager Address': { 'Executor ID': holder, Host: 'h', Port: 1 }, 'Shuffle ID': 0, 'Map ID': 0, 'Map Index': 0, 'Reduce ID': 0, Message: 'gone' }
    }
  })
  twoStages(cluster, 2, 1)
  cluster.addExecutor(2)
  return cluster
}

describe('decommissioned executors', () => {
  it('§5.19 they get no tasks any more; what runs there ends well', () => {
    const scheduler = make()
    add(scheduler, '0', 1)
    scheduler.submit(setOf(2), 0)
    scheduler.executorDecommissioned('0', 1)
    expect(launches(finish(scheduler, 0))).toEqual([])
    expect(scheduler.nextRevive(1)).toBeUndefined()
    expect(launches(add(scheduler, '1', 1))).toHaveLength(1)
  })

  it('§5.19 their fetch failures do not count to the four attempts of a stage, unless spark.stage.ignoreDecommissionFetchFailure is false', () => {
    const attempts = (conf: Record<string, string>): string => {
      const cluster = sixFetchFailures(conf, 'leaving')
      cluster.schedulers.executorDecommissioned('leaving', 0)
      cluster.submit(0, 1)
      cluster.run()
      return `${cluster.ended.get(0)!.ok} after ${cluster.find((event) => event.Event === 'SparkListenerStageSubmitted').map(({ event }) => short(event)).filter((line) => line.startsWith('StageSubmitted 1.')).length}`
    }
    expect(attempts({})).toBe('true after 7')
    expect(attempts({ 'spark.stage.ignoreDecommissionFetchFailure': 'false' })).toBe('false after 4')
  })

  it('§7.8 once gone they are forgotten and their fetch failures count, unless spark.scheduler.maxRetainedRemovedDecommissionExecutors keeps them', () => {
    const attempts = (conf: Record<string, string>): string => {
      const cluster = sixFetchFailures(conf, 'gone')
      for (const executorId of ['gone', 'later']) {
        cluster.schedulers.executorDecommissioned(executorId, 0)
        cluster.schedulers.executorLost({ executorId, reason: { kind: 'decommissioned', text: 'Executor decommission: it went' }, now: 0 })
      }
      cluster.submit(0, 1)
      cluster.run()
      return String(cluster.ended.get(0)!.ok)
    }
    expect(attempts({})).toBe('false')
    // Of two, one is kept: the last.
    expect(attempts({ 'spark.scheduler.maxRetainedRemovedDecommissionExecutors': '1' })).toBe('false')
    expect(attempts({ 'spark.scheduler.maxRetainedRemovedDecommissionExecutors': '2' })).toBe('true')
  })
})
