import { expect, test } from 'vitest'
import { decommissionEnabled, decommissionLoss, decommissionText, sharePeers } from '../../engine/rules/decommission.ts'
import { countsAgainstTask } from '../../engine/rules/failures.ts'
import { STORAGE_NONE } from '../../engine/rules/spark-events.ts'

test('§7.6 off unless spark.decommission.enabled', () => {
  expect(decommissionEnabled({})).toBe(false)
  expect(decommissionEnabled({ 'spark.decommission.enabled': 'true' })).toBe(true)
})

test('§4.18, 7.7 its loss has Spark’s text and counts against no task', () => {
  const loss = decommissionLoss(decommissionText('1'))
  expect(loss.text).toBe('Executor decommission: Executor 1 is decommissioned.')
  expect(countsAgainstTask(loss, false)).toBe(false)
})

test('§7.6 what it holds is dealt out to its peers in turn; with no peer it stays', () => {
  const held = { shuffles: [0, 1, 2].map((mapIndex) => ({ shuffleId: 5, mapIndex, reduces: 2 })), blocks: [{ rddId: 9, partition: 3, level: STORAGE_NONE }] }
  expect(sharePeers(held, ['0', '2'])).toEqual([
    { peer: '0', share: { shuffles: [held.shuffles[0], held.shuffles[2]], blocks: [] } },
    { peer: '2', share: { shuffles: [held.shuffles[1]], blocks: held.blocks } }
  ])
  expect(sharePeers({ shuffles: [], blocks: held.blocks }, ['0', '2'])).toHaveLength(1)
  expect(sharePeers(held, [])).toEqual([])
})
