import { describe, expect, test } from 'vitest'
import { driverHeldBy } from '../../engine/view/struck.ts'
import { foldAll } from '../../engine/view/fold.ts'
import { struckText, whyNot } from '../../renderer/faults/faults.ts'
import { logRef } from '../../renderer/output/groups.ts'
import { localMode, running } from '../view/fixtures/appendix-b.ts'

const fault = (strikes: 'executor' | 'worker' | 'master' | 'task' | 'driver') => ({ name: 'f', title: 'F', strikes, how: '', follows: '', sources: [] })

describe('a line of a log', () => {
  test.each([
    ['WARN TaskSetManager: Lost task 1.0 in stage 2.0 (TID 25) (worker-2 executor 1): FetchFailed(', { kind: 'task', id: 25 }],
    ['ERROR TaskSchedulerImpl: Lost executor 1 on worker-2: Command exited with code 137', { kind: 'actor', id: 'executor-1' }],
    ['WARN HeartbeatReceiver: Removing executor 12 with no recent heartbeats: 130000 ms exceeds timeout 120000 ms', { kind: 'actor', id: 'executor-12' }],
    ['org.apache.spark.SparkException: no', null]
  ])('%s', (line, ref) => {
    expect(logRef(line)).toEqual(ref)
  })
})

describe('a fault', () => {
  test('§2.3 says in local mode why it cannot strike an executor, and can strike the driver and its tasks', () => {
    const local = foldAll(localMode())
    expect(whyNot(fault('executor'), local)).toMatch(/^Local mode/)
    expect(whyNot(fault('worker'), local)).toMatch(/^Local mode/)
    expect(whyNot(fault('driver'), local)).toBeNull()
    expect(whyNot(fault('task'), local)).toBeNull()
    expect(whyNot(fault('executor'), foldAll(running().events))).toBeNull()
  })
  test('is told with who it struck', () => {
    const told = { faultId: 'f', fault: 'hang-executor', state: 'struck' as const, detail: 'pid 7 stops answering', t: 0 }
    expect(struckText({ ...told, target: 'executor-3' })).toBe('Executor 3: pid 7 stops answering')
    expect(struckText({ ...told, target: 'driver' })).toBe('Driver: pid 7 stops answering')
    expect(struckText({ ...told, target: '1.2' })).toBe('pid 7 stops answering')
  })
  test('that stops the driver holds it until it is healed', () => {
    const s = running()
    const held = (): string | undefined => {
      const view = foldAll(s.events)
      return driverHeldBy(view, view.drivers[0]!)?.word
    }
    expect(held()).toBeUndefined()
    s.say({ Event: 'kindling.FaultStruck', faultId: 'f', fault: 'hang-driver', target: 'driver', detail: '', lasting: true })
    expect(held()).toBe('stands still')
    s.say({ Event: 'kindling.FaultHealed', faultId: 'f', fault: 'hang-driver', target: 'driver', detail: '', by: 'time' })
    expect(held()).toBeUndefined()
  })
})
