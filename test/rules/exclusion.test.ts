/** §6.24–6.28, 13.17: excludeOnFailure. */
import { describe, expect, it } from 'vitest'
import type { BareEvent } from '../../engine/events/index.ts'
import { checkConf } from '../../engine/rules/refusals.ts'
import type { RulesEffect } from '../../engine/rules/types.ts'
import { add, fail, failed, finish, launches, make, setOf } from './task-help.ts'
import { TinyCluster, exception, range, twoStages } from './tiny-cluster.ts'

const ON = { 'spark.excludeOnFailure.enabled': 'true' }
const spark = 'org.apache.spark.scheduler.SparkListener'
const told = (effects: RulesEffect[]): BareEvent[] => effects.flatMap((effect) => (effect.type === 'post' && effect.event.Event.startsWith(spark) ? [effect.event] : []))
const names = (effects: RulesEffect[]): string[] => told(effects).map((event) => event.Event.slice(spark.length))
const kills = (effects: RulesEffect[]) => effects.flatMap((effect) => (effect.type === 'kill-executor' ? [[effect.executorId, effect.text]] : []))

describe('task and stage', () => {
  it('§6.24 off by default: a failed task may go to the same executor', () => {
    const scheduler = make()
    add(scheduler, '0', 1)
    scheduler.submit(setOf(1), 0)
    expect(launches(fail(scheduler, 0))[0]!.executorId).toBe('0')
  })

  it('§6.26 after one failure on an executor the task avoids it; others still run there', () => {
    const scheduler = make(ON)
    add(scheduler, '0', 1, 'h')
    scheduler.submit(setOf(3), 0)
    const next = launches(fail(scheduler, 0))
    expect(next.map((task) => [task.partition, task.executorId])).toEqual([[1, '0']])
    add(scheduler, '1', 1, 'i')
    expect(scheduler.runningOn('1').map((task) => [task.partition, task.attempt])).toEqual([[0, 1]])
  })

  it('§6.26 after two attempts on a node the task avoids the whole node', () => {
    const scheduler = make({ ...ON, 'spark.excludeOnFailure.stage.maxFailedTasksPerExecutor': '5' })
    for (const id of ['0', '1', '2']) add(scheduler, id, 1, 'same')
    const tasks = launches(scheduler.submit(setOf(9), 0))
    const again = launches(fail(scheduler, tasks.find((task) => task.partition === 0)!.taskId))
    // On its own executor it may not run, so the slot goes to the next task; another executor of the node takes it.
    expect(again[0]!.partition).toBe(3)
    const second = launches(finish(scheduler, tasks.find((task) => task.partition === 1)!.taskId))[0]!
    expect(second).toMatchObject({ partition: 0, attempt: 1, host: 'same' })
    fail(scheduler, second.taskId)
    for (let task = launches(finish(scheduler, tasks.find((one) => one.partition === 2)!.taskId))[0]; task !== undefined && task.partition < 8; task = launches(finish(scheduler, task.taskId))[0]) expect(task.partition).not.toBe(0)
    expect(launches(add(scheduler, 'far', 1, 'far')).map((task) => [task.partition, task.attempt])).toEqual([[0, 2]])
  })

  it('§6.26, §6.28, 13.17 two failed tasks exclude the executor for the stage, two such executors the node; both names are posted', () => {
    const scheduler = make({ ...ON, 'spark.excludeOnFailure.application.enabled': 'false' })
    add(scheduler, '0', 2, 'h')
    add(scheduler, '1', 2, 'h')
    add(scheduler, 'else', 0, 'other')
    const tasks = launches(scheduler.submit(setOf(9), 0))
    const on = (executorId: string) => tasks.filter((task) => task.executorId === executorId).map((task) => task.taskId)
    expect(names(fail(scheduler, on('0')[0]!))).toEqual([])
    const stage = fail(scheduler, on('0')[1]!, exception(), 7)
    expect(told(stage)).toEqual([
      { Event: `${spark}ExecutorBlacklistedForStage`, time: 7, executorId: '0', taskFailures: 2, stageId: 0, stageAttemptId: 0 },
      { Event: `${spark}ExecutorExcludedForStage`, time: 7, executorId: '0', taskFailures: 2, stageId: 0, stageAttemptId: 0 }
    ])
    expect(stage.flatMap((effect) => (effect.type === 'post' && effect.event.Event === 'kindling.Decision' && effect.event.kind === 'exclude' ? [effect.event.text] : []))).toEqual(['Excluding executor 0 for stage 0.'])
    const spare = scheduler.runningOn('0')
    expect(spare).toHaveLength(1)
    // What runs there goes on, nothing new starts.
    expect(launches(finish(scheduler, spare[0]!.taskId)).filter((task) => task.executorId === '0')).toEqual([])
    fail(scheduler, on('1')[0]!)
    expect(names(fail(scheduler, on('1')[1]!))).toEqual(['ExecutorBlacklistedForStage', 'ExecutorExcludedForStage', 'NodeBlacklistedForStage', 'NodeExcludedForStage'])
    expect(launches(add(scheduler, '2', 4, 'h'))).toEqual([])
    expect(launches(add(scheduler, '3', 1, 'far'))).toHaveLength(1)
  })

  it('§6.26 only counted failures exclude', () => {
    const scheduler = make(ON)
    add(scheduler, '0', 1)
    scheduler.submit(setOf(1), 0)
    expect(launches(fail(scheduler, 0, { Reason: 'TaskKilled', 'Kill Reason': 'x', 'Accumulator Updates': [] }))).toHaveLength(1)
  })

  it('§6.24 taskAndStage and application can be set apart', () => {
    const stageOnly = make({ 'spark.excludeOnFailure.taskAndStage.enabled': 'true' })
    add(stageOnly, '0', 1)
    stageOnly.submit(setOf(2), 0)
    expect(launches(fail(stageOnly, 0)).map((task) => task.partition)).toEqual([1])
    const applicationOnly = make({ ...ON, 'spark.excludeOnFailure.taskAndStage.enabled': 'false' })
    add(applicationOnly, '0', 1)
    applicationOnly.submit(setOf(2), 0)
    expect(launches(fail(applicationOnly, 0)).map((task) => task.partition)).toEqual([0])
  })

  it('§6.26 a limit that one bad node could use up is refused, and so is one below 1', () => {
    const key = 'spark.excludeOnFailure.task.maxTaskAttemptsPerNode'
    expect(checkConf({ ...ON, [key]: '4' })[0]!.message).toBe(
      `${key} ( = 4) was >= spark.task.maxFailures ( = 4 ). Though excludeOnFailure is enabled, with this configuration, Spark will not be robust to one bad node. Decrease ${key}, increase spark.task.maxFailures, or disable excludeOnFailure with spark.excludeOnFailure.enabled`
    )
    expect(checkConf({ [key]: '4' })).toEqual([])
    expect(checkConf({ ...ON, 'spark.excludeOnFailure.stage.maxFailedTasksPerExecutor': '0' })[0]!.message).toBe('spark.excludeOnFailure.stage.maxFailedTasksPerExecutor was 0, but must be > 0.')
  })
})

describe('application', () => {
  const PATIENT = { ...ON, 'spark.excludeOnFailure.stage.maxFailedTasksPerExecutor': '9', 'spark.excludeOnFailure.timeout': '60s' }

  /** Both tasks of a set fail on executor 0 and then end well on executor 1. */
  function twoFailures(conf: Record<string, string> = {}) {
    const scheduler = make({ ...PATIENT, ...conf })
    add(scheduler, '0', 2, 'a')
    // Somewhere the tasks might go, once there is room.
    add(scheduler, 'full', 0, 'b')
    const tasks = launches(scheduler.submit(setOf(2), 0))
    for (const task of tasks) fail(scheduler, task.taskId, exception(), 10)
    const retried = launches(add(scheduler, '1', 2, 'b', 20))
    finish(scheduler, retried[0]!.taskId, 30)
    return { scheduler, end: finish(scheduler, retried[1]!.taskId, 40) }
  }

  it('§6.26 failures count for the application only when their task set ended well', () => {
    const { end, scheduler } = twoFailures()
    expect(told(end)).toEqual([
      { Event: `${spark}ExecutorBlacklisted`, time: 40, executorId: '0', taskFailures: 2 },
      { Event: `${spark}ExecutorExcluded`, time: 40, executorId: '0', taskFailures: 2 }
    ])
    expect(launches(scheduler.submit(setOf(4, { stageId: 1 }), 50)).map((task) => task.executorId)).toEqual(['1', '1'])

    // The same failures in a set that is given up teach nothing about the executor.
    const other = make({ ...PATIENT, 'spark.task.maxFailures': '3', 'spark.excludeOnFailure.task.maxTaskAttemptsPerExecutor': '9', 'spark.excludeOnFailure.task.maxTaskAttemptsPerNode': '9' })
    add(other, '0', 1, 'a')
    other.submit(setOf(1), 0)
    const effects = range(3).flatMap((taskId) => fail(other, taskId))
    expect(failed(effects)).toHaveLength(1)
    expect(names(effects)).toEqual([])
  })

  it('§6.26 the exclusion is over after the timeout', () => {
    const { scheduler } = twoFailures()
    scheduler.submit(setOf(4, { stageId: 1 }), 50)
    expect(scheduler.nextRevive(50)).toBe(60_041)
    expect(launches(scheduler.revive(60_040))).toEqual([])
    const back = scheduler.revive(60_041)
    expect(names(back)).toEqual(['ExecutorUnblacklisted', 'ExecutorUnexcluded'])
    expect(launches(back).map((task) => task.executorId)).toEqual(['0', '0'])
  })

  it('§6.26 failures older than the timeout do not add up', () => {
    const scheduler = make({ ...PATIENT, 'spark.excludeOnFailure.task.maxTaskAttemptsPerExecutor': '2' })
    add(scheduler, '0', 1, 'a')
    const round = (stageId: number, at: number): RulesEffect[] => {
      const [task] = launches(scheduler.submit(setOf(1, { stageId }), at))
      const [again] = launches(fail(scheduler, task!.taskId, exception(), at + 1))
      return finish(scheduler, again!.taskId, at + 2)
    }
    expect(names(round(0, 0))).toEqual([])
    expect(names(round(1, 70_000))).toEqual([])
    expect(names(round(2, 80_000))).toEqual(['ExecutorBlacklisted', 'ExecutorExcluded'])
  })

  it('§6.25 spark.excludeOnFailure.killExcludedExecutors ends the executor', () => {
    const { end } = twoFailures({ 'spark.excludeOnFailure.killExcludedExecutors': 'true' })
    expect(kills(end)).toEqual([['0', 'Killing excluded executor id 0 since spark.excludeOnFailure.killExcludedExecutors is set.']])
    const gently = twoFailures({ 'spark.excludeOnFailure.killExcludedExecutors': 'true', 'spark.excludeOnFailure.killExcludedExecutors.decommission': 'true' })
    expect(gently.end.flatMap((effect) => (effect.type === 'kill-executor' ? [effect.decommission] : []))).toEqual([true])
  })

  it('§6.26 two excluded executors of a node exclude the node', () => {
    const scheduler = make({ ...PATIENT, 'spark.excludeOnFailure.application.maxFailedTasksPerExecutor': '1' })
    const lose = (stageId: number, executorId: string): string[] => {
      add(scheduler, executorId, 1, 'bad')
      const [task] = launches(scheduler.submit(setOf(1, { stageId }), 0))
      expect(task!.executorId).toBe(executorId)
      fail(scheduler, task!.taskId)
      add(scheduler, `good-${stageId}`, 1, 'good')
      const [again] = scheduler.runningOn(`good-${stageId}`)
      const end = finish(scheduler, again!.taskId)
      scheduler.executorRemoved({ executorId: `good-${stageId}`, reason: { kind: 'killed-by-driver', text: 'x' }, now: 2 })
      return names(end)
    }
    expect(lose(0, '0')).toEqual(['ExecutorBlacklisted', 'ExecutorExcluded'])
    expect(lose(1, '1')).toEqual(['ExecutorBlacklisted', 'ExecutorExcluded', 'NodeBlacklisted', 'NodeExcluded'])
    add(scheduler, '2', 1, 'bad')
    expect(launches(scheduler.submit(setOf(1, { stageId: 2 }), 3))).toEqual([])
  })

  it('§6.25 application.fetchFailure.enabled: the executor that did not give its output is excluded at once', () => {
    const cluster = (on: boolean): string[] => {
      const one = new TinyCluster({ conf: { ...ON, 'spark.excludeOnFailure.application.fetchFailure.enabled': String(on) } })
      twoStages(one)
      one.addExecutor(2, 'a')
      one.addExecutor(2, 'b')
      one.after(15, () => one.executors.get('0')!.files.clear())
      one.submit(0, 1)
      one.run()
      expect(one.ended.get(0)).toEqual({ ok: true, message: '' })
      return one.find((event) => event.Event.startsWith(spark)).map(({ event }) => event.Event.slice(spark.length))
    }
    expect(cluster(true)).toEqual(['ExecutorBlacklisted', 'ExecutorExcluded'])
    expect(cluster(false)).toEqual([])
  })
})

describe('nowhere to run', () => {
  const words = (stage: string, lost: string): string => `\nAborting TaskSet ${stage} because task 0 (partition 0)\ncannot run anywhere due to node and executor excludeOnFailure.\nMost recent failure:\n${lost}\n\nExcludeOnFailure behavior can be configured via spark.excludeOnFailure.*.\n`

  it('§6.27 with no idle executor the set is given up at once, with Spark’s words', () => {
    const scheduler = make(ON)
    add(scheduler, '0', 2)
    scheduler.submit(setOf(2), 0)
    const effects = fail(scheduler, 0)
    expect(failed(effects)[0]!.message).toBe(words('0.0', 'Lost task 0.0 in stage 0.0 (TID 0) (h0 executor 0): org.apache.spark.api.python.PythonException: boom\n\tat test'))
    expect(kills(effects)).toEqual([])
  })

  it('§6.27 an idle executor is ended to get another; when none comes within 120 s the set is given up', () => {
    const scheduler = make(ON)
    add(scheduler, '0', 1)
    scheduler.submit(setOf(1), 0)
    const effects = fail(scheduler, 0, exception(), 1000)
    expect(kills(effects)).toEqual([['0', 'Killing excluded idle executor id 0 because of task unschedulability and trying to acquire a new executor.']])
    expect(failed(effects)).toEqual([])
    expect(kills(scheduler.revive(50_000))).toEqual([])
    expect(scheduler.nextRevive(50_000)).toBe(121_000)
    expect(failed(scheduler.revive(121_000))[0]!.message).toMatch(/^\nAborting TaskSet 0\.0 because task 0 \(partition 0\)\ncannot run anywhere/)
    expect(scheduler.nextRevive(121_001)).toBeUndefined()
  })

  it('§6.27 the new executor takes the task, and nothing is given up', () => {
    const cluster = new TinyCluster({ conf: { ...ON, 'spark.scheduler.excludeOnFailure.unschedulableTaskSetTimeout': '30s' }, fate: (task) => (task.attempt === 0 ? exception() : undefined) })
    cluster.rdd({ id: 0, partitions: 1 })
    cluster.addExecutor(1, 'h')
    cluster.after(5000, () => cluster.addExecutor(1, 'h'))
    cluster.submit(0, 0)
    expect(cluster.run()).toBe(true)
    expect(cluster.killed).toEqual(['0'])
    expect(cluster.ended.get(0)).toEqual({ ok: true, message: '' })
    expect(cluster.launched.map((task) => task.executorId)).toEqual(['0', '1'])
  })

  it('§6.27 before any executor is there nothing is given up', () => {
    const scheduler = make(ON)
    scheduler.submit(setOf(1), 0)
    expect(failed(scheduler.revive(1))).toEqual([])
  })
})
