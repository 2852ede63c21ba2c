/** §6 and §4.19–4.21: slots, offers, locality, retries, results. */
import { describe, expect, test } from 'vitest'
import type { TaskEndReason } from '../../engine/events/index.ts'
import { TaskScheduler, slotsOf } from '../../engine/rules/task-scheduler.ts'
import { countsToMaxFailures, errorText } from '../../engine/rules/failures.ts'
import type { TaskDescription } from '../../engine/rules/types.ts'
import { add, ends, exited, fail, failed, finish, launches, make, setOf } from './task-help.ts'
import { TinyCluster, exception, range, seeded } from './tiny-cluster.ts'

describe('slots and offers', () => {
  test('§6.1 slots of an executor', () => {
    expect([slotsOf(4, 1), slotsOf(5, 2), slotsOf(1, 2)]).toEqual([4, 2, 0])
  })

  test('§6.2 a freed slot is offered at once, and only that executor', () => {
    const scheduler = make()
    add(scheduler, '0', 1)
    const first = launches(scheduler.submit(setOf(3), 0))
    expect(first.length).toBe(1)
    const next = launches(finish(scheduler, first[0]!.taskId))
    expect(next.map((task) => [task.executorId, task.partition])).toEqual([['0', 1]])
    expect(launches(add(scheduler, '1', 1)).map((task) => task.partition)).toEqual([2])
  })

  test('§6.3 executors in random order, one task an executor and pass', () => {
    const scheduler = make()
    add(scheduler, '0', 2)
    add(scheduler, '1', 2)
    const where = launches(scheduler.submit(setOf(4), 0)).map((task) => task.executorId)
    expect(where).toEqual([where[0], where[1], where[0], where[1]])
    expect(new Set(where).size).toBe(2)
    const orders = new Set(
      range(20).map((seed) => {
        const one = make({}, seeded(seed + 1))
        for (const id of range(4)) add(one, String(id), 1)
        return launches(one.submit(setOf(4), 0)).map((task) => task.executorId).join()
      })
    )
    expect(orders.size).toBeGreaterThan(5)
  })

  test('§6.4 low partitions first; a failed task is retried next, maybe on the same executor', () => {
    const scheduler = make()
    add(scheduler, '0', 1)
    const [first] = launches(scheduler.submit(setOf(5), 0))
    expect(first).toMatchObject({ partition: 0, attempt: 0, taskId: 0 })
    const [again] = launches(fail(scheduler, 0))
    expect(again).toMatchObject({ partition: 0, attempt: 1, taskId: 1, executorId: '0' })
  })

  test('§6.5 FIFO by job, then stage; a later job gets what the earlier leaves free', () => {
    const scheduler = make()
    scheduler.submit(setOf(2, { priority: 1, stageId: 3 }), 0)
    scheduler.submit(setOf(1, { priority: 0, stageId: 5 }), 0)
    scheduler.submit(setOf(1, { priority: 0, stageId: 4 }), 0)
    expect(launches(add(scheduler, '0', 3)).map((task) => task.stageId)).toEqual([4, 5, 3])
  })

  test('§4.21 an executor whose connection closed gets no offers, its results still count', () => {
    const scheduler = make()
    add(scheduler, '0', 1)
    const [task] = launches(scheduler.submit(setOf(2), 0))
    scheduler.executorUnavailable('0', 1)
    const effects = finish(scheduler, task!.taskId)
    expect(ends(effects).map((end) => end.reason.Reason)).toEqual(['Success'])
    expect(launches(effects)).toEqual([])
    expect(scheduler.nextRevive(1)).toBeUndefined()
    expect(launches(scheduler.revive(2))).toEqual([])
  })
})

describe('locality', () => {
  test('§6.8 no preference is reported as PROCESS_LOCAL', () => {
    const scheduler = make()
    add(scheduler, '0', 1)
    expect(launches(scheduler.submit(setOf(1), 0))[0]!.locality).toBe('PROCESS_LOCAL')
  })

  test('§6.8 closest first: the executor, then its host, then anywhere after 3 s each', () => {
    const scheduler = make()
    add(scheduler, 'mine', 1, 'near')
    add(scheduler, 'beside', 1, 'near')
    add(scheduler, 'far', 1, 'far')
    const first = launches(scheduler.submit(setOf([['mine'], ['mine'], ['mine']]), 1000))
    expect(first.map((task) => [task.executorId, task.locality])).toEqual([['mine', 'PROCESS_LOCAL']])
    expect(scheduler.nextRevive(1000)).toBe(4000)
    expect(launches(scheduler.revive(3999))).toEqual([])
    expect(launches(scheduler.revive(4000)).map((task) => [task.executorId, task.locality])).toEqual([['beside', 'NODE_LOCAL']])
    const node = scheduler.nextRevive(4000)!
    expect(launches(scheduler.revive(node - 1))).toEqual([])
    expect(launches(scheduler.revive(node)).map((task) => [task.executorId, task.locality])).toEqual([['far', 'ANY']])
    expect(scheduler.nextRevive(node)).toBeUndefined()
  })

  test('§6.9 levels nobody can use are passed without waiting', () => {
    const scheduler = make()
    add(scheduler, '0', 1, 'here')
    // Neither the executor nor the host is alive.
    expect(launches(scheduler.submit(setOf([['gone'], ['host:elsewhere']]), 0)).map((task) => task.locality)).toEqual(['ANY'])
  })

  test('§6.8 spark.locality.wait.node, or spark.locality.wait for both; 0 waits for nothing', () => {
    const waits = (conf: Record<string, string>): number | undefined => {
      const scheduler = make(conf)
      add(scheduler, 'x', 1, 'far')
      add(scheduler, 'y', 0, 'near')
      scheduler.submit(setOf([['host:near']]), 0)
      return scheduler.nextRevive(0)
    }
    expect(waits({ 'spark.locality.wait.node': '700ms' })).toBe(700)
    expect(waits({ 'spark.locality.wait': '2s' })).toBe(2000)
    expect(waits({})).toBe(3000)
    expect(waits({ 'spark.locality.wait': '0' })).toBeUndefined()
  })

  test('§6.9 a launch at the allowed level starts the wait anew when nothing was refused', () => {
    const scheduler = make()
    add(scheduler, 'mine', 1, 'near')
    const [task] = launches(scheduler.submit(setOf([['mine'], ['mine'], ['mine']]), 0))
    const [second] = launches(finish(scheduler, task!.taskId, 2500))
    expect(second!.locality).toBe('PROCESS_LOCAL')
    expect(launches(add(scheduler, 'far', 1, 'far', 2600))).toEqual([])
    expect(scheduler.nextRevive(2600)).toBe(5500)
  })

  test('§6.8 an executor that comes later opens a closer level', () => {
    const scheduler = make()
    add(scheduler, 'busy', 0, 'x')
    scheduler.submit(setOf([['host:near'], ['host:near']]), 0)
    expect(launches(add(scheduler, 'n', 1, 'near', 10)).map((task) => task.locality)).toEqual(['NODE_LOCAL'])

    // The set had nowhere to wait for and stood at ANY; now there is a near host, if a full one, and it waits for it.
    const waiting = make()
    waiting.submit(setOf([['host:near']]), 0)
    add(waiting, 'n', 0, 'near', 10)
    expect(launches(add(waiting, 'far', 1, 'far', 20))).toEqual([])
    expect(waiting.nextRevive(20)).toBe(3000)
  })
})

describe('failures and retries', () => {
  test('§6.10 four failures of one partition end the task set; the count is per task', () => {
    const scheduler = make()
    add(scheduler, '0', 1)
    let [task] = launches(scheduler.submit(setOf(2), 0))
    for (const _ of range(3)) [task] = launches(fail(scheduler, task!.taskId))
    ;[task] = launches(finish(scheduler, task!.taskId))
    for (const _ of range(3)) {
      const effects = fail(scheduler, task!.taskId)
      expect(failed(effects)).toEqual([])
      ;[task] = launches(effects)
    }
    const effects = fail(scheduler, task!.taskId)
    expect(failed(effects)[0]!.message).toMatch(/^Task 1 in stage 0\.0 failed 4 times, most recent failure: Lost task 1\.3 in stage 0\.0 \(TID 7\) \(h0 executor 0\): org\.apache.*\n\tat test\nDriver stacktrace:$/)
    // The end of the attempt is told before the end of the set (B.4).
    expect(effects.map((effect) => effect.type)).toEqual(['task-ended', 'task-set-failed'])
  })

  test('§6.10 spark.task.maxFailures; §2.2 local mode has one try whatever it says', () => {
    const two = make({ 'spark.task.maxFailures': '2' })
    add(two, '0', 1)
    let [task] = launches(two.submit(setOf(1), 0))
    ;[task] = launches(fail(two, task!.taskId))
    expect(failed(fail(two, task!.taskId)).length).toBe(1)
    const local = new TaskScheduler({ conf: { 'spark.task.maxFailures': '4' }, random: () => 0, maxFailures: 1 })
    add(local, 'driver', 1)
    const [only] = launches(local.submit(setOf(1), 0))
    expect(failed(fail(local, only!.taskId))[0]!.message).toMatch(/failed 1 times/)
  })

  test('§6.12 what counts and what does not', () => {
    const reasons: [TaskEndReason, boolean][] = [
      [{ Reason: 'Success' }, false],
      [exception(), true],
      [{ Reason: 'ExecutorLostFailure', 'Executor ID': '1', 'Exit Caused By App': true, 'Loss Reason': 'x' }, true],
      [{ Reason: 'ExecutorLostFailure', 'Executor ID': '1', 'Exit Caused By App': false, 'Loss Reason': 'x' }, false],
      [{ Reason: 'FetchFailed', 'Shuffle ID': 0, 'Map ID': 0, 'Map Index': 0, 'Reduce ID': 0, Message: '' }, false],
      [{ Reason: 'TaskKilled', 'Kill Reason': 'x', 'Accumulator Updates': [] }, false],
      [{ Reason: 'TaskCommitDenied', 'Job ID': 0, 'Partition ID': 0, 'Attempt Number': 0 }, false],
      [{ Reason: 'TaskResultLost' }, true],
      [{ Reason: 'Resubmitted' }, false],
      [{ Reason: 'UnknownReason' }, true]
    ]
    for (const [reason, counts] of reasons) expect(countsToMaxFailures(reason), reason.Reason).toBe(counts)
  })

  test('§6.12 ends that do not count never use up the tries', () => {
    const scheduler = make()
    add(scheduler, '0', 1)
    let [task] = launches(scheduler.submit(setOf(1), 0))
    for (const _ of range(10)) [task] = launches(fail(scheduler, task!.taskId, { Reason: 'TaskKilled', 'Kill Reason': 'by hand', 'Accumulator Updates': [] }))
    expect(task).toMatchObject({ attempt: 10 })
  })

  test('§6.13 a result that cannot be serialized, an output file that exists: no retry', () => {
    const one = make()
    add(one, '0', 1)
    one.submit(setOf(2), 0)
    expect(failed(fail(one, 0, exception('java.io.NotSerializableException', 'thing')))[0]!.message).toBe('task 0.0 in stage 0.0 (TID 0) had a not serializable result: thing')
    const two = make()
    add(two, '0', 1)
    two.submit(setOf(2), 0)
    const effects = fail(two, 0, exception('org.apache.spark.TaskOutputFileAlreadyExistException', 'part-0'))
    expect(failed(effects)[0]!.message).toBe('Task 0.0 in stage 0.0 (TID 0) can not write to output file: part-0')
    expect(launches(effects)).toEqual([])
  })

  test('§5.14 FetchFailed marks the task as done in its set and lets the set start nothing more', () => {
    const scheduler = make()
    add(scheduler, '0', 2)
    scheduler.submit(setOf(4), 0)
    const reason: TaskEndReason = { Reason: 'FetchFailed', 'Shuffle ID': 0, 'Map ID': 0, 'Map Index': 0, 'Reduce ID': 0, Message: '' }
    const effects = fail(scheduler, 0, reason)
    expect(effects.map((effect) => effect.type)).toEqual(['task-ended'])
    expect(launches(scheduler.revive(5))).toEqual([])
    expect(ends(finish(scheduler, 1)).map((end) => end.reason.Reason)).toEqual(['Success'])
    // A new attempt of the stage numbers its attempts from 0 (§5.17).
    expect(launches(scheduler.submit(setOf(4, { stageAttempt: 1 }), 9)).map((task) => [task.attempt, task.taskId])).toEqual([[0, 2], [0, 3]])
  })

  test('§4.19, §13.5, §13.6 a loss counts only against tasks that were seen running, and only if the app may have caused it', () => {
    const cases = [
      { running: true, reason: exited(137), counts: true },
      { running: false, reason: exited(137), counts: false },
      { running: true, reason: exited(56, false), counts: false },
      { running: true, reason: { kind: 'killed-by-driver', text: 'Executor killed by driver.' } as const, counts: false },
      { running: true, reason: { kind: 'decommissioned', text: 'Executor decommission: x' } as const, counts: false },
      { running: true, reason: { kind: 'lost', causedByApp: true, text: 'Executor heartbeat timed out after 130000 ms' } as const, counts: true },
      { running: true, reason: { kind: 'lost', causedByApp: false, text: 'worker lost: x', workerHost: 'h' } as const, counts: false }
    ]
    for (const { running, reason, counts } of cases) {
      const scheduler = make()
      add(scheduler, '0', 1)
      scheduler.submit(setOf(1), 0)
      if (running) scheduler.statusUpdate({ taskId: 0, state: 'RUNNING', now: 0 })
      const [end] = ends(scheduler.executorRemoved({ executorId: '0', reason, now: 1 }))
      expect(end!.reason).toEqual({ Reason: 'ExecutorLostFailure', 'Executor ID': '0', 'Exit Caused By App': counts, 'Loss Reason': reason.text })
    }
  })

  test('§4.26 a lost executor gets no offers, its late answers are not heard', () => {
    const scheduler = make()
    add(scheduler, '0', 1)
    scheduler.submit(setOf(1), 0)
    scheduler.executorRemoved({ executorId: '0', reason: exited(137), now: 1 })
    expect(finish(scheduler, 0, 2)).toEqual([])
    expect(scheduler.executorRemoved({ executorId: '0', reason: exited(137), now: 3 })).toEqual([])
    expect(launches(add(scheduler, '1', 1)).map((task) => task.attempt)).toEqual([1])
  })

  test('§6.10, 13.21 four lost executors end the job, naming the last', () => {
    const cluster = new TinyCluster({ duration: () => 50 })
    cluster.rdd({ id: 0, partitions: 1 })
    cluster.submit(0, 0)
    for (const id of range(4)) {
      cluster.addExecutor(1, 'h')
      cluster.after(10, () => cluster.crash(String(id), 0, { kind: 'exited', code: 52, causedByApp: true, text: 'Command exited with code 52' }))
      cluster.run()
    }
    expect(cluster.ended.get(0)!.message).toBe(
      'Job aborted due to stage failure: Task 0 in stage 0.0 failed 4 times, most recent failure: Lost task 0.3 in stage 0.0 (TID 3) (h executor 3): ExecutorLostFailure (executor 3 exited caused by one of the running tasks) Reason: Command exited with code 52\nDriver stacktrace:'
    )
  })

  test('§13.5, 13.8 the words of each end', () => {
    expect(errorText({ Reason: 'ExecutorLostFailure', 'Executor ID': '1', 'Exit Caused By App': false, 'Loss Reason': 'worker lost: gone' })).toBe('ExecutorLostFailure (executor 1 exited unrelated to the running tasks) Reason: worker lost: gone')
    expect(errorText({ Reason: 'FetchFailed', 'Block Manager Address': { 'Executor ID': '1', Host: 'h', Port: 7 }, 'Shuffle ID': 0, 'Map ID': 2, 'Map Index': 2, 'Reduce ID': 1, Message: 'gone' })).toBe(
      'FetchFailed(BlockManagerId(1, h, 7, None), shuffleId=0, mapIndex=2, mapId=2, reduceId=1, message=\ngone\n)'
    )
    expect(errorText({ Reason: 'TaskKilled', 'Kill Reason': 'Stage cancelled: x', 'Accumulator Updates': [] })).toBe('TaskKilled (Stage cancelled: x)')
  })
})

describe('several attempts of a stage', () => {
  test('§5.13 a failure in a set that takes no new tasks counts for nothing', () => {
    const scheduler = make()
    add(scheduler, '0', 2)
    const open = launches(scheduler.submit(setOf(2), 0))
    let victim = open.find((task) => task.partition === 0)!
    for (const _ of range(3)) victim = launches(fail(scheduler, victim.taskId))[0]!
    const other = open.find((task) => task.partition === 1)!
    fail(scheduler, other.taskId, { Reason: 'FetchFailed', 'Shuffle ID': 0, 'Map ID': 0, 'Map Index': 0, 'Reduce ID': 0, Message: '' })
    const effects = fail(scheduler, victim.taskId)
    expect(effects.map((effect) => effect.type)).toEqual(['task-ended'])
  })

  test('§5.8 once a newer attempt is there the older one launches nothing', () => {
    const scheduler = make()
    add(scheduler, '0', 1)
    scheduler.submit(setOf(3), 0)
    scheduler.submit(setOf(2, { stageAttempt: 1 }), 1)
    expect(launches(finish(scheduler, 0)).map((task) => task.stageAttempt)).toEqual([1])
    expect(launches(finish(scheduler, 1)).map((task) => task.stageAttempt)).toEqual([1])
    expect(launches(finish(scheduler, 2))).toEqual([])
  })
})

describe('results', () => {
  test('§6.19, §6.20 too much in all: the job fails at once, the task is killed, the driver stays', () => {
    const scheduler = make({ 'spark.driver.maxResultSize': '1m' })
    add(scheduler, '0', 3)
    scheduler.submit(setOf(3), 0)
    const give = (taskId: number, bytes: number) => scheduler.statusUpdate({ taskId, state: 'FINISHED', result: {}, resultSize: bytes, now: 1 })
    expect(failed(give(0, 600 * 1024))).toEqual([])
    const effects = give(1, 600 * 1024)
    expect(failed(effects)[0]!.message).toBe('Total size of serialized results of 2 tasks (1200.0 KiB) is bigger than spark.driver.maxResultSize (1024.0 KiB)')
    expect(ends(effects)[0]!.reason).toEqual({ Reason: 'TaskKilled', 'Kill Reason': 'Tasks result size has exceeded maxResultSize', 'Accumulator Updates': [] })
    expect(effects.map((effect) => effect.type)).toEqual(['task-set-failed', 'task-ended'])
    expect(launches(scheduler.revive(2))).toEqual([])
  })

  test('§6.19 no limit at 0, and none for map tasks', () => {
    for (const [conf, taskType] of [[{ 'spark.driver.maxResultSize': '0' }, 'ResultTask'], [{ 'spark.driver.maxResultSize': '1' }, 'ShuffleMapTask']] as const) {
      const scheduler = make(conf)
      add(scheduler, '0', 1)
      scheduler.submit(setOf(1, { taskType }), 0)
      expect(ends(scheduler.statusUpdate({ taskId: 0, state: 'FINISHED', result: {}, resultSize: 2 ** 40, now: 1 }))[0]!.reason.Reason).toBe('Success')
    }
  })

  test('§5.28 cancelling asks every running attempt to stop; slots free as they answer', () => {
    const scheduler = make()
    add(scheduler, '0', 2)
    scheduler.submit(setOf(4), 0)
    const kills = scheduler.cancelStage({ stageId: 0, reason: 'Stage cancelled: x', interrupt: true, now: 1 })
    expect(kills).toEqual([0, 1].map((taskId) => ({ type: 'kill-task', taskId, executorId: '0', reason: 'Stage cancelled: x', interrupt: true })))
    expect(launches(scheduler.submit(setOf(1, { stageId: 1 }), 1))).toEqual([])
    const effects = scheduler.statusUpdate({ taskId: 0, state: 'KILLED', reason: { Reason: 'TaskKilled', 'Kill Reason': 'Stage cancelled: x', 'Accumulator Updates': [] }, now: 2 })
    expect(launches(effects).map((task) => task.stageId)).toEqual([1])
  })

  test('§5.13 a partition that another attempt finished is not run here', () => {
    const scheduler = make()
    add(scheduler, '0', 1)
    scheduler.submit(setOf(3), 0)
    scheduler.partitionCompleted({ stageId: 0, partition: 1, now: 1 })
    expect(launches(finish(scheduler, 0)).map((task) => task.partition)).toEqual([2])
    expect(launches(finish(scheduler, 1))).toEqual([])
  })

  test('nothing is kept of what has ended', () => {
    const scheduler = make()
    add(scheduler, '0', 4)
    let open = launches(scheduler.submit(setOf(1000), 0))
    let done = 0
    while (open.length > 0) {
      const next: TaskDescription[] = []
      for (const task of open) {
        next.push(...launches(finish(scheduler, task.taskId)))
        done++
      }
      open = next
    }
    expect(done).toBe(1000)
    expect(scheduler.runningOn('0')).toEqual([])
    expect(scheduler.running(999)).toBeUndefined()
    expect(scheduler.nextRevive(5)).toBeUndefined()
    expect(scheduler.cancelStage({ stageId: 0, reason: 'x', interrupt: false, now: 5 })).toEqual([])
  })
})
