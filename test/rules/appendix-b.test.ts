/** Whole sequences of Appendix B. */
import { expect, test } from 'vitest'
import { TinyCluster, exception, twoStages } from './tiny-cluster.ts'

const tasks = (lines: string[]): string[] => lines.filter((line) => !line.startsWith('ExecutorAdded'))

test('B.1 executor crash during a result stage', () => {
  const cluster = new TinyCluster({ duration: (task) => (task.partition < 2 ? 10 : 100) })
  cluster.rdd({ id: 0, partitions: 4 })
  cluster.addExecutor(2)
  cluster.addExecutor(2)
  cluster.submit(0, 0)
  const onOne = cluster.launched.filter((task) => task.executorId === '1').map((task) => task.taskId)
  cluster.after(5, () => cluster.crash('1'))
  cluster.after(20, () => cluster.addExecutor(2))
  cluster.run()
  const lines = cluster.lines()
  const lost = onOne.map((tid) => `TaskEnd 0.0 tid ${tid} ExecutorLostFailure`)
  const removed = lines.indexOf('ExecutorRemoved 1')
  expect(lines.slice(removed, removed + 4)).toEqual(['ExecutorRemoved 1', ...lost, 'BlockManagerRemoved 1'])
  for (const tid of onOne) {
    const { index } = cluster.launched.find((task) => task.taskId === tid)!
    const again = cluster.launched.find((task) => task.index === index && task.attempt === 1)!
    expect(again.taskId).toBeGreaterThan(tid)
    expect(lines).toContain(`TaskEnd 0.0 tid ${again.taskId} Success`)
  }
  expect(lines.at(-1)).toBe('JobEnd 0 JobSucceeded')
  const failure = cluster.find((event) => event.Event === 'SparkListenerTaskEnd' && event['Task End Reason'].Reason === 'ExecutorLostFailure')[0]!
  expect(failure.event).toMatchObject({
    'Task Info': { Failed: true, Killed: false },
    'Task End Reason': { 'Executor ID': '1', 'Exit Caused By App': true, 'Loss Reason': 'Command exited with code 137' }
  })
})

test('B.2 crash while the map stage runs: finished map tasks are resubmitted in the same attempt', () => {
  const cluster = new TinyCluster({ duration: (task) => (task.stageId === 0 && task.partition >= 2 ? 100 : 10) })
  twoStages(cluster, 4, 2)
  cluster.addExecutor(2, 'a')
  cluster.addExecutor(2, 'b')
  cluster.submit(0, 1)
  cluster.after(50, () => {
    const gone = cluster.launched.find((task) => task.partition === 0)!.executorId
    cluster.crash(gone)
  })
  cluster.run()
  const lines = cluster.lines()
  const resubmitted = lines.filter((line) => line.endsWith('Resubmitted'))
  expect(resubmitted.length).toBe(1)
  const tid = Number(/tid (\d+)/.exec(resubmitted[0]!)![1])
  // A lone TaskEnd: one start, one success, then the notice.
  expect(lines.filter((line) => line.startsWith(`TaskStart 0.0 tid ${tid} `)).length).toBe(1)
  expect(lines.filter((line) => line.startsWith(`TaskEnd 0.0 tid ${tid} `))).toEqual([`TaskEnd 0.0 tid ${tid} Success`, `TaskEnd 0.0 tid ${tid} Resubmitted`])
  const first = cluster.launched.find((task) => task.taskId === tid)!
  const again = cluster.launched.find((task) => task.index === first.index && task.attempt === 1)!
  expect(again.taskId).toBeGreaterThan(tid)
  expect(again.stageAttempt).toBe(0)
  expect(lines.indexOf(resubmitted[0]!)).toBeLessThan(lines.indexOf('BlockManagerRemoved ' + first.executorId))
  expect(lines.filter((line) => line.startsWith('StageSubmitted'))).toEqual(['StageSubmitted 0.0 tasks 4', 'StageSubmitted 1.0 tasks 2'])
  expect(lines.at(-1)).toBe('JobEnd 0 JobSucceeded')
  const end = cluster.find((event) => event.Event === 'SparkListenerTaskEnd' && event['Task End Reason'].Reason === 'Resubmitted')[0]!.event
  expect(end).toMatchObject({ 'Task Info': { Failed: false, 'Finish Time': 1_000_010, Attempt: 0 } })
})

test('B.3, §12.9 crash after the map stage ended', () => {
  const cluster = new TinyCluster({ duration: (task) => (task.stageId === 1 ? 50 : 10) })
  twoStages(cluster, 4, 2)
  cluster.addExecutor(2, 'a')
  cluster.addExecutor(2, 'b')
  cluster.submit(0, 1)
  cluster.run(() => cluster.lines().includes('StageSubmitted 1.0 tasks 2'))
  const gone = cluster.launched.find((task) => task.stageId === 0)!.executorId
  const lostMaps = cluster.launched.filter((task) => task.stageId === 0 && task.executorId === gone).length
  cluster.after(1, () => cluster.crash(gone))
  cluster.run()
  const lines = cluster.lines()
  const order = [
    'StageCompleted 0.0',
    'StageSubmitted 1.0 tasks 2',
    `ExecutorRemoved ${gone}`,
    'StageCompleted 1.0 failed',
    `StageSubmitted 0.1 tasks ${lostMaps}`,
    'StageCompleted 0.1',
    'StageSubmitted 1.1 tasks 2',
    'StageCompleted 1.1',
    'JobEnd 0 JobSucceeded'
  ]
  expect(lines.filter((line) => order.includes(line))).toEqual(order)
  const failed = cluster.find((event) => event.Event === 'SparkListenerStageCompleted' && event['Stage Info']['Failure Reason'] !== undefined)[0]!
  const again = cluster.find((event) => event.Event === 'SparkListenerStageSubmitted' && event['Stage Info']['Stage ID'] === 0 && event['Stage Info']['Stage Attempt ID'] === 1)[0]!
  expect(again.t - failed.t).toBe(200)
  expect(cluster.outputs.get(0)).toEqual(new Map([[0, [cluster.truth(1, 0)]], [1, [cluster.truth(1, 1)]]]))
})

test('B.4 a task fails four times', () => {
  const cluster = new TinyCluster({
    duration: (task) => (task.partition === 0 ? 10 : 1000),
    fate: (task) => (task.partition === 0 ? exception() : undefined)
  })
  cluster.rdd({ id: 0, partitions: 2 })
  cluster.addExecutor(2, 'h')
  cluster.submit(0, 0)
  cluster.run()
  const tids = cluster.launched.filter((task) => task.partition === 0).map((task) => task.taskId)
  const other = cluster.launched.find((task) => task.partition === 1)!.taskId
  expect(tids.length).toBe(4)
  expect(tasks(cluster.lines())).toEqual([
    'JobStart 0 stages 0',
    'StageSubmitted 0.0 tasks 2',
    'TaskStart 0.0 tid 0 index 0 attempt 0 exec 0',
    'TaskStart 0.0 tid 1 index 1 attempt 0 exec 0',
    'TaskEnd 0.0 tid 0 ExceptionFailure',
    'TaskStart 0.0 tid 2 index 0 attempt 1 exec 0',
    'TaskEnd 0.0 tid 2 ExceptionFailure',
    'TaskStart 0.0 tid 3 index 0 attempt 2 exec 0',
    'TaskEnd 0.0 tid 3 ExceptionFailure',
    'TaskStart 0.0 tid 4 index 0 attempt 3 exec 0',
    'TaskEnd 0.0 tid 4 ExceptionFailure',
    'StageCompleted 0.0 failed',
    'JobEnd 0 JobFailed',
    `TaskEnd 0.0 tid ${other} TaskKilled`
  ])
  const message =
    'Job aborted due to stage failure: Task 0 in stage 0.0 failed 4 times, most recent failure: Lost task 0.3 in stage 0.0 (TID 4) (h executor 0): org.apache.spark.api.python.PythonException: boom\n\tat test\nDriver stacktrace:'
  expect(cluster.ended.get(0)).toEqual({ ok: false, message })
  expect(cluster.find((event) => event.Event === 'SparkListenerStageCompleted')[0]!.event).toMatchObject({ 'Stage Info': { 'Failure Reason': message } })
  expect(cluster.find((event) => event.Event === 'SparkListenerJobEnd')[0]!.event).toMatchObject({ 'Job Result': { Result: 'JobFailed', Exception: { Message: message } } })
  expect(cluster.log.at(-1)!.event).toMatchObject({ 'Task End Reason': { 'Kill Reason': `Stage cancelled: ${message}` }, 'Task Info': { Failed: false, Killed: true } })
})

test('B.6, §13.19 the context stops with a running job', () => {
  const cluster = new TinyCluster()
  cluster.rdd({ id: 0, partitions: 4 })
  cluster.addExecutor(2)
  cluster.submit(0, 0)
  cluster.post({ Event: 'SparkListenerApplicationEnd', Timestamp: cluster.now })
  cluster.apply(cluster.schedulers.stop(cluster.now))
  expect(cluster.lines().slice(-2)).toEqual(['StageCompleted 0.0 failed', 'JobEnd 0 JobFailed'])
  expect(cluster.find((event) => event.Event === 'SparkListenerStageCompleted')[0]!.event).toMatchObject({ 'Stage Info': { 'Failure Reason': 'Stage cancelled because SparkContext was shut down' } })
  expect(cluster.ended.get(0)).toEqual({ ok: false, message: 'Job 0 cancelled because SparkContext was shut down' })
  expect(cluster.schedulers.activeJobs()).toEqual([])
  // Nothing is launched any more, whatever frees up.
  const launched = cluster.launched.length
  cluster.run()
  expect(cluster.launched.length).toBe(launched)
})
