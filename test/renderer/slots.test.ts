import { describe, expect, test } from 'vitest'
import { foldAll } from '../../engine/view/fold.ts'
import type { RunView } from '../../engine/view/types.ts'
import { lossText, slotLook, slotsOf } from '../../renderer/map/slots.ts'
import { crashRun } from '../view/fixtures/crash-run.ts'

const at = (t: number): RunView => foldAll(crashRun().filter((event) => event.Kindling.t <= t))
const tasksOf = (view: RunView) => new Map(view.tasks.map((task) => [task.id, task]))
function executor(view: RunView, id: string) {
  const found = view.executors.find((one) => one.id === id)
  if (!found) throw new Error(`no executor ${id}`)
  return found
}

describe('slots', () => {
  test('show stage and partition of what runs in them, and stay in place when free', () => {
    const view = at(3500)
    expect(slotsOf(executor(view, '0'), tasksOf(view)).map((slot) => slot.label)).toEqual(['1.0', '1.2'])
    expect(slotLook(undefined)).toMatchObject({ tone: 'free', label: '' })
  })

  test('mark a task that runs again with a sign, not by colour alone', () => {
    const view = at(5000)
    const again = view.executors.flatMap((one) => (one.end ? [] : slotsOf(one, tasksOf(view)))).filter((slot) => slot.tone === 'again')
    expect(again.length).toBeGreaterThan(0)
    for (const slot of again) expect(slot.label.startsWith('↻')).toBe(true)
  })

  test('of a dead executor are the tasks it took with it', () => {
    const view = at(5000)
    const slots = slotsOf(executor(view, '1'), tasksOf(view))
    expect(slots.map((slot) => slot.label).toSorted()).toEqual(['1.1', '1.3'])
    expect(slots.every((slot) => slot.tone === 'lost')).toBe(true)
  })

  test('say what was lost in words', () => {
    expect(lossText(executor(at(5000), '1'))).toBe('lost: 3 map outputs')
    expect(lossText({ ...executor(at(5000), '1'), lost: { mapOutputs: 1, cachedBlocks: 2, runningTasks: 0 } })).toBe('lost: 1 map output, 2 cached blocks')
    expect(lossText(executor(at(5000), '0'))).toBe('')
  })
})
