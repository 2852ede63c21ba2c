/** §6.14, §6.15: what Spark's driver log says of lost tasks. */
import { expect, it } from 'vitest'
import { taskInfo } from '../../engine/rules/spark-events.ts'
import { TaskLog } from '../../engine/rules/task-log.ts'
import { exception } from './tiny-cluster.ts'

const info = taskInfo(
  { taskId: 3, index: 0, attempt: 1, partition: 0, stageId: 1, stageAttempt: 0, taskType: 'ResultTask', executorId: '2', host: 'h', locality: 'ANY', speculative: false, launchTime: 0, properties: {} },
  (now) => now
)
const end = { stageId: 1, stageAttempt: 0, info }

it('§6.15 a lost task is a WARN line with its whole error, a success none', () => {
  const log = new TaskLog({})
  expect(log.lost({ ...end, reason: { Reason: 'Success' } }, 0)).toBeNull()
  expect(log.lost({ ...end, reason: exception('java.lang.RuntimeException', 'boom') }, 0)).toEqual({
    level: 'WARN',
    logger: 'TaskSetManager',
    text: 'Lost task 0.1 in stage 1.0 (TID 3) (h executor 2): java.lang.RuntimeException: boom\n\tat test'
  })
  expect(log.lost({ ...end, reason: { Reason: 'TaskKilled', 'Kill Reason': 'another attempt succeeded', 'Accumulator Updates': [] } }, 0)?.text).toBe(
    'Lost task 0.1 in stage 1.0 (TID 3) (h executor 2): TaskKilled (another attempt succeeded)'
  )
})

it('§4.25 a lost executor is an ERROR line with its host and the reason', () => {
  expect(new TaskLog({}).executorLost('2', 'h', 'Command exited with code 137')).toEqual({ level: 'ERROR', logger: 'TaskSchedulerImpl', text: 'Lost executor 2 on h: Command exited with code 137' })
})

it('§6.14 the same exception again within 10 s is one INFO line that counts', () => {
  const log = new TaskLog({})
  const at = (now: number, reason = exception('E', 'same')) => log.lost({ ...end, reason }, now)!
  expect(at(0).level).toBe('WARN')
  expect(at(9000)).toEqual({ level: 'INFO', logger: 'TaskSetManager', text: 'Lost task 0.1 in stage 1.0 (TID 3) on h, executor 2: E (same) [duplicate 1]' })
  expect(at(9500).text).toMatch(/\[duplicate 2\]$/)
  expect(at(9600, exception('E', 'other')).level).toBe('WARN')
  expect(at(10_001).level).toBe('WARN')
  const short = new TaskLog({ 'spark.logging.exceptionPrintInterval': '100' })
  short.lost({ ...end, reason: exception() }, 0)
  expect(short.lost({ ...end, reason: exception() }, 101)!.level).toBe('WARN')
})
