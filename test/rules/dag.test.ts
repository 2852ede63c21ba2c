/** §5: stages, fetch failures, lost executors, the end of a job. */
import { describe, expect, test } from 'vitest'
import type { TaskEndReason } from '../../engine/events/index.ts'
import { DagScheduler } from '../../engine/rules/dag-scheduler.ts'
import { MapOutputTracker } from '../../engine/rules/map-outputs.ts'
import type { RddNode, RulesEffect, TaskDescription } from '../../engine/rules/types.ts'
import { MEMORY_ONLY, TinyCluster, exception, range, twoStages } from './tiny-cluster.ts'

const killedByDriver = { kind: 'killed-by-driver', text: 'Executor killed by driver.' } as const
const jobStart = (cluster: TinyCluster, job: number) => {
  const event = cluster.find((one) => one.Event === 'SparkListenerJobStart' && one['Job ID'] === job)[0]!.event
  if (event.Event !== 'SparkListenerJobStart') throw new Error('not a JobStart')
  return event
}
const submitted = (cluster: TinyCluster): string[] => cluster.lines().filter((line) => line.startsWith('StageSubmitted'))
const fetchFailed = (executorId: string | null, mapIndex: number, host = 'h'): TaskEndReason => ({
  Reason: 'FetchFailed',
  ...(executorId === null ? {} : { 'Block Manager Address': { 'Executor ID': executorId, Host: host, Port: 7 } }),
  'Shuffle ID': 0,
  'Map ID': 0,
  'Map Index': mapIndex,
  'Reduce ID': 0,
  Message: 'Connection reset by peer'
})

describe('building', () => {
  test('§5.1 a job over no partitions starts and ends without stages', () => {
    const cluster = new TinyCluster()
    cluster.rdd({ id: 0, partitions: 2 })
    cluster.submit(0, 0, [])
    expect(cluster.lines()).toEqual(['JobStart 0 stages ', 'JobEnd 0 JobSucceeded'])
    expect(jobStart(cluster, 0).Properties).toEqual({})
  })

  test('§5.2–5.4 stages are cut at shuffles only; parents have the lower ids; a stage waits for its parents, which run at the same time', () => {
    const cluster = new TinyCluster()
    cluster.rdd({ id: 0, partitions: 3 })
    cluster.rdd({ id: 1, partitions: 3, dependencies: [{ kind: 'one-to-one', rdd: 0 }] })
    cluster.rdd({ id: 2, partitions: 2 })
    cluster.rdd({ id: 3, partitions: 5, dependencies: [{ kind: 'shuffle', rdd: 1, shuffleId: 0, reduces: 5 }, { kind: 'shuffle', rdd: 2, shuffleId: 1, reduces: 5 }] })
    cluster.rdd({ id: 4, partitions: 5, dependencies: [{ kind: 'one-to-one', rdd: 3 }] })
    cluster.addExecutor(8)
    cluster.submit(0, 4)
    const infos = jobStart(cluster, 0)['Stage Infos'].toSorted((a, b) => a['Stage ID'] - b['Stage ID'])
    expect(infos.map((info) => [info['Stage ID'], info['Number of Tasks'], info['Parent IDs'], info['RDD Info'].map((rdd) => rdd['RDD ID'])])).toEqual([
      [0, 3, [], [1, 0]],
      [1, 2, [], [2]],
      [2, 5, [0, 1], [4, 3]]
    ])
    // Independent parents run at the same time, in id order.
    expect(submitted(cluster)).toEqual(['StageSubmitted 0.0 tasks 3', 'StageSubmitted 1.0 tasks 2'])
    cluster.run()
    expect(cluster.ended.get(0)?.ok).toBe(true)
    expect(submitted(cluster)[2]).toBe('StageSubmitted 2.0 tasks 5')
    expect(cluster.lines().indexOf('StageSubmitted 2.0 tasks 5')).toBeGreaterThan(Math.max(cluster.lines().indexOf('StageCompleted 0.0'), cluster.lines().indexOf('StageCompleted 1.0')))
    expect(cluster.launched.filter((task) => task.stageId === 2).every((task) => task.taskType === 'ResultTask')).toBe(true)
  })

  test('§5.7 JobStart lists every stage behind the job, also those of earlier jobs that will be skipped', () => {
    const cluster = new TinyCluster()
    twoStages(cluster)
    cluster.rdd({ id: 2, partitions: 2, dependencies: [{ kind: 'shuffle', rdd: 1, shuffleId: 1, reduces: 2 }] })
    cluster.addExecutor(4)
    cluster.submit(0, 1)
    cluster.run()
    cluster.submit(1, 2)
    expect(jobStart(cluster, 1)['Stage IDs'].toSorted()).toEqual([2, 3, 4])
    expect(jobStart(cluster, 1)['Stage Infos'].map((info) => info['Stage ID'])).toEqual(jobStart(cluster, 1)['Stage IDs'])
  })

  test('§5.2 one task a requested partition, outputs in the order asked', () => {
    const cluster = new TinyCluster()
    cluster.rdd({ id: 0, partitions: 5 })
    cluster.addExecutor()
    cluster.submit(0, 0, [3, 1, 3])
    cluster.run()
    expect(cluster.launched.map((task) => task.partition)).toEqual([3, 1])
    expect([0, 1, 2].map((output) => cluster.outputs.get(0)!.get(output))).toEqual([[cluster.truth(0, 3)], [cluster.truth(0, 1)], [cluster.truth(0, 3)]])
    expect(() => cluster.submit(1, 0, [5])).toThrow('Attempting to access a non-existent partition: 5. Total number of partitions: 5')
  })

  test('§5.5 a wholly cached RDD ends the walk; one missing partition opens it again', () => {
    const cluster = new TinyCluster()
    twoStages(cluster)
    cluster.rdd({ id: 1, partitions: 3, storageLevel: MEMORY_ONLY, dependencies: [{ kind: 'shuffle', rdd: 0, shuffleId: 0, reduces: 3 }] })
    const first = cluster.addExecutor()
    cluster.submit(0, 1)
    cluster.run()
    cluster.schedulers.outputs.unregisterAll(0)
    cluster.submit(1, 1)
    cluster.run()
    expect(submitted(cluster).slice(2)).toEqual(['StageSubmitted 3.0 tasks 3'])
    first.blocks.delete('1/2')
    cluster.submit(2, 1)
    cluster.run()
    expect(submitted(cluster).slice(3)).toEqual(['StageSubmitted 4.0 tasks 4', 'StageSubmitted 5.0 tasks 3'])
  })

  test('a skipped stage is named without the folders of its file', () => {
    const cluster = new TinyCluster({ duration: () => 10 })
    cluster.rdd({ id: 0, partitions: 2, callSite: 'map at /home/a b/work/p.py:7' })
    cluster.rdd({ id: 1, partitions: 2, dependencies: [{ kind: 'shuffle', rdd: 0, shuffleId: 0, reduces: 2 }] })
    cluster.addExecutor()
    cluster.submit(0, 1)
    cluster.run()
    cluster.submit(1, 1)
    expect(cluster.find((event) => event.Event === 'kindling.Decision' && event.kind === 'skip-stage').map(({ event }) => event)).toMatchObject([{ text: expect.stringContaining(' (map at p.py:7) is skipped') }])
  })

  test('§5.6 a skipped stage has a new id, is in JobStart and is never submitted; if it must run after all it is attempt 1', () => {
    const cluster = new TinyCluster({ duration: (task) => (task.stageId === 3 ? 100 : 10) })
    twoStages(cluster)
    const first = cluster.addExecutor()
    cluster.addExecutor()
    cluster.submit(0, 1)
    cluster.run()
    cluster.submit(1, 1)
    expect(jobStart(cluster, 1)['Stage IDs'].toSorted()).toEqual([2, 3])
    expect(jobStart(cluster, 1)['Stage Infos'].find((info) => info['Stage ID'] === 2)!['Submission Time']).toBeUndefined()
    expect(cluster.find((event) => event.Event === 'kindling.Decision' && event.kind === 'skip-stage').map(({ event }) => event)).toMatchObject([
      { stageId: 2, jobId: 1, text: 'Stage 2 (rdd 0 at test.py:0) is skipped: its shuffle output from an earlier job is still there.' }
    ])
    cluster.after(20, () => cluster.crash(first.id))
    cluster.run()
    expect(submitted(cluster).slice(2).map((line) => line.split(' ')[1])).toEqual(['3.0', '2.1', '3.1'])
    expect(cluster.ended.get(1)?.ok).toBe(true)
  })

  test('§5.10 a cached block draws its task; a reduce task prefers hosts with 20 % of its input', () => {
    const outputs = new MapOutputTracker()
    const nodes: Record<number, RddNode> = {
      0: { id: 0, name: 'a', partitions: 2, callSite: 'a', dependencies: [] },
      1: { id: 1, name: 'b', partitions: 2, callSite: 'b', dependencies: [{ kind: 'shuffle', rdd: 0, shuffleId: 0, reduces: 2 }] },
      2: { id: 2, name: 'c', partitions: 2, callSite: 'c', storageLevel: MEMORY_ONLY, dependencies: [{ kind: 'one-to-one', rdd: 1 }] }
    }
    const dag = new DagScheduler(
      { conf: {}, rdd: (id) => nodes[id]!, cacheLocations: (_rdd, partition) => (partition === 0 ? ['7'] : []), cachedOn: () => [], epoch: (now) => now, appId: () => 'a' },
      outputs
    )
    outputs.registerShuffle(0, 2, 2)
    outputs.register(0, 0, { executorId: '1', host: 'big', mapTaskId: 0, sizes: [90, 85] })
    outputs.register(0, 1, { executorId: '2', host: 'small', mapTaskId: 1, sizes: [10, 25] })
    const effects = dag.submitJob({ jobId: 0, rddId: 2, partitions: [0, 1], callSite: 'x', properties: {}, now: 0 })
    const set = effects.find((effect) => effect.type === 'submit-task-set')!
    expect(set.taskSet.tasks.map((task) => task.preferred)).toEqual([['7'], ['host:big', 'host:small']])
    nodes[2]!.storageLevel = undefined
    const again = dag.submitJob({ jobId: 1, rddId: 2, partitions: [0], callSite: 'x', properties: {}, now: 0 }).find((effect) => effect.type === 'submit-task-set')!
    expect(again.taskSet.tasks[0]!.preferred).toEqual(['host:big'])
  })

  test('§5.33 a checkpointed RDD: what lookup gives now is what counts', () => {
    const cluster = new TinyCluster()
    twoStages(cluster)
    cluster.addExecutor()
    cluster.submit(0, 1)
    cluster.run()
    cluster.rdd({ id: 2, name: 'ReliableCheckpointRDD', partitions: 3 })
    cluster.rdd({ id: 1, partitions: 3, dependencies: [{ kind: 'one-to-one', rdd: 2 }] })
    cluster.submit(1, 1)
    expect(jobStart(cluster, 1)['Stage Infos'].map((info) => [info['Stage ID'], info['Parent IDs']])).toEqual([[2, []]])
  })

  test('§10.2 a map stage as a job of its own, then skipped under a new id', () => {
    const cluster = new TinyCluster({ sizes: (task, reduces) => range(reduces).map((reduce) => task.partition + reduce) })
    twoStages(cluster, 2, 3)
    cluster.addExecutor()
    const ask = { rddId: 0, shuffleId: 0, reduces: 3, callSite: 'c', properties: {}, now: 0 }
    cluster.apply(cluster.schedulers.submitMapStage({ ...ask, jobId: 0 }))
    expect(jobStart(cluster, 0)['Stage IDs']).toEqual([0])
    cluster.run()
    expect(cluster.bytesByReduce.get(0)).toEqual([1, 3, 5])
    expect(cluster.lines().at(-1)).toBe('JobEnd 0 JobSucceeded')
    cluster.submit(1, 1)
    expect(jobStart(cluster, 1)['Stage IDs'].toSorted()).toEqual([1, 2])
    cluster.run()
    expect(submitted(cluster)).toEqual(['StageSubmitted 0.0 tasks 2', 'StageSubmitted 2.0 tasks 3'])
    // Asked for again, it is whole: no stage runs.
    cluster.apply(cluster.schedulers.submitMapStage({ ...ask, jobId: 2, now: cluster.now }))
    expect(cluster.bytesByReduce.get(2)).toEqual([1, 3, 5])
    expect(submitted(cluster).length).toBe(2)
  })
})

describe('fetch failure', () => {
  test('§5.13 the task set takes no new task, running ones are not stopped and still count', () => {
    let broken = true
    const cluster = new TinyCluster({
      duration: (task) => (task.stageId === 1 && task.partition === 1 ? 150 : 10),
      fate: (task) => {
        if (task.stageId !== 1 || task.partition !== 0 || !broken) return undefined
        broken = false
        // Blames an executor that holds nothing, so that the other task can still read its input.
        return fetchFailed('9', 0)
      }
    })
    twoStages(cluster, 2, 4)
    cluster.addExecutor(2, 'h')
    cluster.submit(0, 1)
    cluster.run()
    expect(cluster.launched.filter((task) => task.stageId === 1 && task.stageAttempt === 0).map((task) => task.partition)).toEqual([0, 1])
    expect(cluster.kills.size).toBe(0)
    expect(cluster.launched.filter((task) => task.stageAttempt === 1 && task.stageId === 1).map((task) => task.partition)).toEqual([0, 2, 3])
    expect(cluster.outputs.get(0)!.size).toBe(4)
    for (const values of cluster.outputs.get(0)!.values()) expect(values.length).toBe(1)
    // §5.14, §6.12: it does not count; §5.17: attempt numbers start from 0 in the new set.
    const retries = cluster.find((event) => event.Event === 'kindling.Decision' && event.kind === 'retry-task')
    expect(retries).toEqual([])
    expect(cluster.launched.filter((task) => task.stageAttempt === 1).every((task) => task.attempt === 0)).toBe(true)
  })

  test('§5.13 a partition the older attempt finishes meanwhile is not run by the newer one', () => {
    let broken = true
    const cluster = new TinyCluster({
      duration: (task) => (task.stageId === 1 && task.partition === 1 ? 215 : 10),
      fate: (task) => {
        if (task.stageId !== 1 || task.partition !== 0 || !broken) return undefined
        broken = false
        return fetchFailed('9', 0)
      }
    })
    twoStages(cluster, 1, 3)
    cluster.addExecutor(2, 'h')
    cluster.submit(0, 1)
    cluster.run()
    // The map stage lacks nothing: Spark submits it all the same, without tasks.
    expect(submitted(cluster).slice(2)).toEqual(['StageSubmitted 1.1 tasks 3', 'StageSubmitted 0.1 tasks 0'])
    expect(cluster.find((event) => event.Event === 'kindling.Decision' && event.stageId === 0)).toEqual([])
    expect(cluster.launched.filter((task) => task.stageAttempt === 1).map((task) => task.partition)).toEqual([0, 2])
    expect(cluster.outputs.get(0)!.size).toBe(3)
  })

  test('§5.13 a late fetch failure of an older attempt does not fail the newer one', () => {
    const cluster = new TinyCluster({
      duration: (task) => (task.stageId === 0 ? 10 : task.stageAttempt === 1 ? 100 : task.partition === 1 ? 250 : 10),
      fate: (task) => (task.stageId === 1 && task.stageAttempt === 0 ? fetchFailed('9', 0) : undefined)
    })
    twoStages(cluster, 1, 2)
    cluster.addExecutor(3, 'h')
    cluster.submit(0, 1)
    cluster.run()
    expect(cluster.lines().filter((line) => line.endsWith('FetchFailed')).length).toBe(2)
    expect(cluster.lines().filter((line) => line.startsWith('StageCompleted 1.'))).toEqual(['StageCompleted 1.0 failed', 'StageCompleted 1.1'])
  })

  test('§5.15 every map output of the executor goes, for every shuffle, once an epoch; §5.16 its cached blocks too', () => {
    const seen: string[] = []
    const cluster = new TinyCluster({
      fate: (task) => {
        if (task.stageId !== 2 || task.stageAttempt > 0) return undefined
        seen.push(`${task.partition}`)
        return fetchFailed('0', 0)
      }
    })
    cluster.rdd({ id: 0, partitions: 2, storageLevel: MEMORY_ONLY })
    cluster.rdd({ id: 1, partitions: 2 })
    cluster.rdd({ id: 2, partitions: 2, dependencies: [{ kind: 'shuffle', rdd: 0, shuffleId: 0, reduces: 2 }, { kind: 'shuffle', rdd: 1, shuffleId: 1, reduces: 2 }] })
    cluster.addExecutor(4, 'h')
    cluster.submit(0, 2)
    cluster.run()
    expect(seen).toEqual(['0', '1'])
    const lost = cluster.find((event) => event.Event === 'kindling.BlocksLost').map(({ event }) => event)
    expect(lost).toMatchObject([{ executorId: '0', appId: 'app-test', mapOutputs: [{ shuffleId: 0, mapIndexes: [0, 1] }, { shuffleId: 1, mapIndexes: [0, 1] }], cached: [{ rddId: 0, partitions: [0, 1] }] }])
    expect(cluster.effects.filter((effect) => effect.type === 'remove-block-manager').length).toBe(1)
    expect(submitted(cluster).slice(3)).toEqual(['StageSubmitted 0.1 tasks 2', 'StageSubmitted 1.1 tasks 2', 'StageSubmitted 2.1 tasks 2'])
    expect(cluster.ended.get(0)?.ok).toBe(true)
  })

  test('§5.11 no location at all: nothing more is unregistered, the missing map runs again', () => {
    const cluster = new TinyCluster({ duration: (task) => (task.stageId === 1 ? 50 : 10) })
    twoStages(cluster, 3, 1)
    cluster.addExecutor(3, 'a')
    cluster.submit(0, 1)
    cluster.run(() => submitted(cluster).length === 2)
    cluster.schedulers.outputs.unregister(0, 1, '0')
    cluster.run()
    expect(submitted(cluster)).toEqual(['StageSubmitted 0.0 tasks 3', 'StageSubmitted 1.0 tasks 1', 'StageSubmitted 0.1 tasks 1', 'StageSubmitted 1.1 tasks 1'])
    const failed = cluster.find((event) => event.Event === 'SparkListenerStageCompleted' && event['Stage Info']['Failure Reason'] !== undefined)[0]!.event
    expect(failed).toMatchObject({ 'Stage Info': { 'Failure Reason': 'Missing an output location for shuffle 0 partition 0' } })
  })

  test('§5.18 four failed attempts in a row end the job, with the exact words', () => {
    const cluster = new TinyCluster({ fate: (task) => (task.stageId === 1 ? fetchFailed('0', 0) : undefined) })
    twoStages(cluster, 2, 1)
    cluster.addExecutor(2, 'h')
    cluster.submit(0, 1)
    cluster.run()
    expect(submitted(cluster).filter((line) => line.startsWith('StageSubmitted 1.'))).toEqual(range(4).map((attempt) => `StageSubmitted 1.${attempt} tasks 1`))
    expect(cluster.ended.get(0)).toEqual({
      ok: false,
      message: 'Job aborted due to stage failure: ResultStage 1 (collect at test.py:0) has failed the maximum allowable number of times: 4. Most recent failure reason:\nConnection reset by peer'
    })
  })

  test('§5.18 spark.stage.maxConsecutiveAttempts is obeyed; a success clears the count', () => {
    const limited = new TinyCluster({ conf: { 'spark.stage.maxConsecutiveAttempts': '2' }, fate: (task) => (task.stageId === 1 ? fetchFailed('0', 0) : undefined) })
    twoStages(limited, 1, 1)
    limited.addExecutor(1, 'h')
    limited.submit(0, 1)
    limited.run()
    expect(limited.ended.get(0)!.message).toContain('has failed the maximum allowable number of times: 2.')

    // Map stage 1 fails its fetch 3 times, succeeds, must run again later and fails 3 times more: never 4 in a row.
    let failures = 0
    const cluster = new TinyCluster({
      fate: (task) => {
        if (task.stageId === 1 && failures < 6 && (failures !== 3 || task.stageAttempt > 3)) {
          failures++
          return fetchFailed('0', 0)
        }
        if (task.stageId === 2 && task.stageAttempt === 0) return { ...fetchFailed('0', 0), 'Shuffle ID': 1 } as TaskEndReason
        return undefined
      }
    })
    cluster.rdd({ id: 0, partitions: 1 })
    cluster.rdd({ id: 1, partitions: 1, dependencies: [{ kind: 'shuffle', rdd: 0, shuffleId: 0, reduces: 1 }] })
    cluster.rdd({ id: 2, partitions: 1, dependencies: [{ kind: 'shuffle', rdd: 1, shuffleId: 1, reduces: 1 }] })
    cluster.addExecutor(1, 'h')
    cluster.submit(0, 2)
    cluster.run()
    expect(failures).toBe(6)
    expect(cluster.ended.get(0)?.ok).toBe(true)
  })
})

describe('executor lost', () => {
  test('§5.20 the map stage ended and no reducer failed yet: nothing runs again', () => {
    const cluster = new TinyCluster({ duration: (task) => (task.stageId === 1 ? 100 : 10) })
    twoStages(cluster, 2, 2)
    cluster.addExecutor(2, 'a')
    const idle = cluster.addExecutor(2, 'b')
    cluster.submit(0, 1)
    cluster.run(() => submitted(cluster).length === 2)
    const before = cluster.launched.length
    // An executor that holds map output and runs nothing of the reduce stage.
    const holder = [...cluster.executors.values()].find((executor) => executor.files.size > 0)!
    expect([holder.id, idle.id]).toContain(holder.id)
    cluster.crash(holder.id)
    const maps = cluster.launched.slice(before).filter((task) => task.stageId === 0)
    expect(maps).toEqual([])
    expect(cluster.lines().filter((line) => line.endsWith('Resubmitted'))).toEqual([])
  })

  test('§3.19, §5.20 a lost worker takes the map outputs of its whole host', () => {
    const cluster = new TinyCluster()
    twoStages(cluster, 4, 1)
    cluster.addExecutor(1, 'w1')
    cluster.addExecutor(1, 'w1')
    cluster.addExecutor(2, 'w2')
    cluster.submit(0, 1)
    cluster.run()
    cluster.lose('0', { kind: 'lost', causedByApp: false, text: 'worker lost: Not receiving heartbeat for 60 seconds', workerHost: 'w1' })
    expect(cluster.schedulers.outputs.statuses(0).filter((status) => status?.host === 'w1')).toEqual([])
    expect(cluster.schedulers.outputs.available(0)).toBe(2)
    const owners = cluster.find((event) => event.Event === 'kindling.BlocksLost').map(({ event }) => (event.Event === 'kindling.BlocksLost' ? event.executorId : ''))
    expect(owners.toSorted()).toEqual(['0', '1'])
  })

  test('§5.21 a success of a task made before its executor was written off is not believed; §5.22 the stage runs again for it', () => {
    const nodes: Record<number, RddNode> = {
      0: { id: 0, name: 'a', partitions: 1, callSite: 'a', dependencies: [] },
      1: { id: 1, name: 'b', partitions: 1, callSite: 'b', dependencies: [{ kind: 'shuffle', rdd: 0, shuffleId: 0, reduces: 1 }] }
    }
    const dag = new DagScheduler({ conf: {}, rdd: (id) => nodes[id]!, cacheLocations: () => [], cachedOn: () => [], epoch: (now) => now, appId: () => 'a' })
    dag.submitJob({ jobId: 0, rddId: 1, partitions: [0], callSite: 'x', properties: {}, now: 0 })
    const task: TaskDescription = { taskId: 0, index: 0, attempt: 0, partition: 0, stageId: 0, stageAttempt: 0, taskType: 'ShuffleMapTask', shuffleId: 0, executorId: '0', host: 'h', locality: 'ANY', speculative: false, launchTime: 0, properties: {} }
    dag.executorLost({ executorId: '0', reason: killedByDriver, now: 1 })
    const effects = dag.taskEnded({ task, reason: { Reason: 'Success' }, result: { mapStatus: { executorId: '0', host: 'h', mapTaskId: 0, sizes: [1] } }, now: 2 })
    expect(dag.outputs.available(0)).toBe(0)
    expect(posted(effects).map((event) => (event.Event === 'kindling.Decision' ? event.kind : event.Event))).toEqual([
      'SparkListenerTaskEnd',
      'ignore-success',
      'SparkListenerStageCompleted',
      'resubmit-stage',
      'SparkListenerStageSubmitted'
    ])
    expect(effects.at(-1)).toMatchObject({ type: 'submit-task-set', taskSet: { stageId: 0, stageAttempt: 1 } })
    // The same executor again, but a task made since: believed.
    const { epoch } = dag.outputs
    const second = dag.taskEnded({ task: { ...task, taskId: 1, stageAttempt: 1, executorId: '1' }, reason: { Reason: 'Success' }, result: { mapStatus: { executorId: '1', host: 'h', mapTaskId: 1, sizes: [1] } }, now: 3 })
    expect(dag.outputs.available(0)).toBe(1)
    // Executors must ask anew where the map output lies.
    expect(dag.outputs.epoch).toBe(epoch + 1)
    expect(second.at(-1)).toMatchObject({ type: 'submit-task-set', taskSet: { stageId: 1, taskType: 'ResultTask' } })
  })

  test('§5.23 an indeterminate map stage: unfinished results run again whole, finished ones end the job', () => {
    const run = (failPartition: number): TinyCluster => {
      let failed = false
      const cluster = new TinyCluster({
        duration: (task) => (task.stageId === 1 ? 10 + task.partition * 20 : 10),
        fate: (task) => {
          if (task.stageId !== 1 || task.partition !== failPartition || failed) return undefined
          failed = true
          return fetchFailed('0', 0, 'a')
        }
      })
      cluster.rdd({ id: 0, partitions: 2, deterministic: 'INDETERMINATE' })
      cluster.rdd({ id: 1, partitions: 2, dependencies: [{ kind: 'shuffle', rdd: 0, shuffleId: 0, reduces: 2 }] })
      cluster.addExecutor(1, 'a')
      cluster.addExecutor(1, 'b')
      cluster.submit(0, 1)
      cluster.run()
      return cluster
    }
    const early = run(0)
    // Only executor 0's output was lost, yet every map partition runs again.
    expect(submitted(early)[2]).toBe('StageSubmitted 0.1 tasks 2')
    const late = run(1)
    expect(late.ended.get(0)).toEqual({
      ok: false,
      message:
        'Job aborted due to stage failure: A shuffle map stage with indeterminate output was failed and retried. However, Spark cannot rollback the ResultStage 1 to re-process the input data, and has to fail this job. Please eliminate the indeterminacy by checkpointing the RDD before repartition and try again.'
    })
  })
})

describe('end of a job', () => {
  test('§5.26 an error with a condition of its own is thrown as it is', () => {
    const cluster = new TinyCluster({ fate: () => exception('org.apache.spark.SparkArithmeticException', '[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012') })
    cluster.rdd({ id: 0, partitions: 1 })
    cluster.addExecutor()
    cluster.submit(0, 0)
    cluster.run()
    expect(cluster.ended.get(0)!.message).toBe('[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012')
    const internal = new TinyCluster({ fate: () => exception('org.apache.spark.SparkException', '[INTERNAL_ERROR] x') })
    internal.rdd({ id: 0, partitions: 1 })
    internal.addExecutor()
    internal.submit(0, 0)
    internal.run()
    expect(internal.ended.get(0)!.message).toMatch(/^Job aborted due to stage failure: Task 0 in stage 0\.0 failed 4 times/)
  })

  test('§5.27, §5.28 other jobs go on; a shared stage is not cancelled', () => {
    const cluster = new TinyCluster({ duration: () => 50, fate: (task) => (task.stageId === 1 ? exception() : undefined) })
    twoStages(cluster, 2, 1)
    cluster.rdd({ id: 2, partitions: 1, dependencies: [{ kind: 'shuffle', rdd: 0, shuffleId: 0, reduces: 1 }] })
    cluster.addExecutor(2)
    cluster.submit(0, 1)
    cluster.submit(1, 2)
    expect(jobStart(cluster, 1)['Stage IDs']).toContain(0)
    cluster.run(() => cluster.ended.has(0))
    expect(cluster.ended.get(0)!.ok).toBe(false)
    cluster.run()
    expect(cluster.ended.get(1)!.ok).toBe(true)

    const both = new TinyCluster()
    twoStages(both, 2, 1)
    both.addExecutor(2)
    both.submit(0, 1)
    both.submit(1, 1)
    both.apply(both.schedulers.cancelJob(0, 'killed via Web UI', 0))
    expect(both.effects.filter((effect) => effect.type === 'kill-task')).toEqual([])
    both.run()
    expect(both.ended.get(1)!.ok).toBe(true)
  })

  test('§5.28 threads are interrupted only when the job says so; §5.29 words of a cancelled job', () => {
    for (const interrupt of [false, true]) {
      const cluster = new TinyCluster()
      cluster.rdd({ id: 0, partitions: 3 })
      cluster.addExecutor(2)
      cluster.submit(7, 0, undefined, interrupt ? { 'spark.job.interruptOnCancel': 'true' } : {})
      cluster.apply(cluster.schedulers.cancelAllJobs(5))
      const message = '[SPARK_JOB_CANCELLED] Job 7 cancelled as part of cancellation of all jobs SQLSTATE: XXKDA'
      expect(cluster.effects.filter((effect) => effect.type === 'kill-task')).toMatchObject([
        { taskId: 0, executorId: '0', interrupt, reason: `Stage cancelled: ${message}` },
        { taskId: 1, interrupt }
      ])
      expect(cluster.ended.get(7)).toEqual({ ok: false, message })
      cluster.run()
      expect(cluster.launched.length).toBe(2)
    }
  })

  test('§5.30 what is left of a finished result stage is killed with reason "Stage finished"', () => {
    let broken = true
    const cluster = new TinyCluster({
      duration: (task) => (task.partition === 1 && task.stageAttempt === 0 && task.stageId === 1 ? 5000 : 10),
      fate: (task) => {
        if (task.stageId !== 1 || task.partition !== 0 || !broken) return undefined
        broken = false
        return fetchFailed('0', 0)
      }
    })
    twoStages(cluster, 1, 2)
    cluster.addExecutor(2, 'h')
    cluster.submit(0, 1)
    cluster.run(() => cluster.ended.has(0))
    expect(cluster.ended.get(0)!.ok).toBe(true)
    expect([...cluster.kills.values()]).toEqual(['Stage finished'])
  })

  test('§9.3 accumulators: a result partition once, a map task every time it succeeds', () => {
    const cluster = new TinyCluster({ duration: (task) => (task.stageId === 1 ? 50 : 10) })
    twoStages(cluster, 2, 1)
    cluster.addExecutor(1, 'a')
    cluster.addExecutor(1, 'b')
    cluster.submit(0, 1)
    cluster.run(() => submitted(cluster).length === 2)
    const reducer = cluster.launched.at(-1)!.executorId
    cluster.crash(reducer === '0' ? '1' : '0')
    cluster.run()
    const maps = cluster.launched.filter((task) => task.stageId === 0).map((task) => task.taskId)
    expect(maps.length).toBe(3)
    expect(cluster.accumulated.filter((id) => maps.includes(id))).toEqual(maps)
    expect(cluster.accumulated.length).toBe(4)
  })
})

describe('why-chains', () => {
  test('a map task that runs again leads back to the fault', () => {
    const cluster = new TinyCluster({ duration: (task) => (task.stageId === 1 ? 50 : 10) })
    twoStages(cluster, 2, 1)
    cluster.addExecutor(1, 'a')
    cluster.addExecutor(1, 'b')
    cluster.submit(0, 1)
    cluster.run(() => submitted(cluster).length === 2)
    const gone = cluster.launched.at(-1)!.executorId === '0' ? '1' : '0'
    const reducer = cluster.launched.at(-1)!.taskId
    cluster.crash(gone)
    cluster.run()
    const again = cluster.launched.find((task) => task.stageId === 0 && task.stageAttempt === 1)!
    expect(cluster.chain(cluster.keys.get(`task-start:${again.taskId}`)!)).toEqual([
      `task-start:${again.taskId}`,
      'stage-submitted:0.1',
      'resubmit:0.1',
      'stage-failed:1.0',
      `task-end:${reducer}`,
      `blocks-lost:${gone}`,
      `executor-lost:${gone}`,
      'kindling.FaultStruck'
    ])
    const reduceAgain = cluster.launched.find((task) => task.stageId === 1 && task.stageAttempt === 1)!
    expect(cluster.chain(cluster.keys.get(`task-start:${reduceAgain.taskId}`)!).slice(1, 4)).toEqual(['stage-submitted:1.1', 'resubmit:1.1', 'stage-failed:1.0'])
    const decision = cluster.log[cluster.keys.get('resubmit:0.1')!]!.event
    expect(decision).toMatchObject({ kind: 'resubmit-stage', stageId: 0, stageAttempt: 1, count: 1, executorId: gone, text: `Stage 0 (rdd 0 at test.py:0) runs again for 1 of 2 partitions: their map output went with executor ${gone}.` })
  })

  test('a retried task leads back to the fault, and says whether it counted', () => {
    const cluster = new TinyCluster({ duration: () => 50 })
    cluster.rdd({ id: 0, partitions: 2 })
    cluster.addExecutor(1)
    cluster.addExecutor(1)
    cluster.submit(0, 0)
    cluster.after(10, () => cluster.crash('0'))
    cluster.run()
    const lost = cluster.launched.find((task) => task.executorId === '0')!.taskId
    const again = cluster.launched.find((task) => task.attempt === 1)!.taskId
    expect(cluster.chain(cluster.keys.get(`task-start:${again}`)!)).toEqual([`task-start:${again}`, `retry:${lost}`, `task-end:${lost}`, 'executor-lost:0', 'kindling.FaultStruck'])
    expect(cluster.log[cluster.keys.get(`retry:${lost}`)!]!.event).toMatchObject({ kind: 'retry-task', counted: true, failures: 1, maxFailures: 4, executorId: '0' })
  })

  test('a resubmitted map task and a recomputed cached partition say so', () => {
    const cluster = new TinyCluster({ duration: (task) => (task.partition === 0 ? 10 : 100) })
    cluster.rdd({ id: 0, partitions: 2, storageLevel: MEMORY_ONLY })
    cluster.rdd({ id: 1, partitions: 1, dependencies: [{ kind: 'shuffle', rdd: 0, shuffleId: 0, reduces: 1 }] })
    cluster.addExecutor(1, 'a')
    cluster.addExecutor(1, 'b')
    cluster.submit(0, 1)
    cluster.after(50, () => cluster.crash(cluster.launched.find((task) => task.partition === 0)!.executorId))
    cluster.run()
    const done = cluster.launched.find((task) => task.partition === 0)!
    const again = cluster.launched.find((task) => task.partition === 0 && task.attempt === 1)!
    expect(cluster.chain(cluster.keys.get(`task-start:${again.taskId}`)!)).toEqual([`task-start:${again.taskId}`, `resubmitted:${done.taskId}`, `executor-lost:${done.executorId}`, 'kindling.FaultStruck'])

    const second = new TinyCluster()
    second.rdd({ id: 0, partitions: 2, storageLevel: MEMORY_ONLY })
    second.addExecutor(1)
    second.addExecutor(1)
    second.submit(0, 0)
    second.run()
    second.crash('0')
    second.run()
    second.submit(1, 0)
    second.run()
    const decisions = second.find((event) => event.Event === 'kindling.Decision' && event.kind === 'recompute-partition')
    expect(decisions.map(({ event }) => event)).toMatchObject([{ executorId: '0', count: 1, stageId: 1 }])
    expect(second.chain(decisions[0]!.id).slice(1)).toEqual(['blocks-lost:0', 'executor-lost:0', 'kindling.FaultStruck'])
  })
})

function posted(effects: RulesEffect[]) {
  return effects.flatMap((effect) => (effect.type === 'post' ? [effect.event] : []))
}
