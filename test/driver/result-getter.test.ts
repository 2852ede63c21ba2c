/** §6.17: how many results are fetched at a time. */
import { expect, it } from 'vitest'
import { ResultGetter } from '../../engine/driver/result-getter.ts'
import type { TaskReport } from '../../engine/executor/env.ts'

it('§6.17 at most spark.resultGetter.threads results are fetched at once; each comes with what was reported of it', async () => {
  const asked: { taskId: number; answer: (value: Uint8Array | null) => void }[] = []
  const arrived: TaskReport[] = []
  const getter = new ResultGetter(2, (taskId) => new Promise((answer) => asked.push({ taskId, answer })), (_executorId, report) => void arrived.push(report))
  for (const taskId of [0, 1, 2]) {
    getter.announced({ taskId, state: 'FINISHED', indirect: 5, accumulators: new Uint8Array(taskId) })
    getter.get(taskId, '0')
  }
  expect(asked.map((one) => one.taskId)).toEqual([0, 1])
  asked[1]!.answer(new Uint8Array(5))
  await Promise.resolve()
  expect(asked.map((one) => one.taskId)).toEqual([0, 1, 2])
  asked[0]!.answer(null)
  await Promise.resolve()
  expect(arrived).toEqual([
    { taskId: 1, state: 'FINISHED', accumulators: new Uint8Array(1), value: new Uint8Array(5) },
    { taskId: 0, state: 'FAILED', reason: { Reason: 'TaskResultLost' } }
  ])
})
