import { describe, expect, test } from 'vitest'
import { foldAll } from '../../engine/view/fold.ts'
import { columnsFor, drawnOn, layoutMap, type Box, type MapLayout } from '../../renderer/map/layout.ts'
import { boxesOf, elementsOf } from '../../renderer/map/graph.ts'
import { treeOf } from '../../renderer/map/tree.ts'
import { crashRun } from '../view/fixtures/crash-run.ts'

const at = (t: number) => foldAll(crashRun().filter((event) => event.Kindling.t <= t))
const inside = (inner: Box, outer: Box): boolean => inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w && inner.y + inner.h <= outer.y + outer.h
const apart = (a: Box, b: Box): boolean => a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y

function cards(layout: MapLayout): Box[] {
  return [...boxesOf(layout).values()].filter((one) => one.kind === 'card').map((one) => one.box)
}

describe('the map', () => {
  test('is empty before any event', () => {
    const layout = layoutMap(foldAll([]))
    expect(layout.width).toBe(0)
    expect(elementsOf(layout)).toEqual([])
  })

  test('never lets two cards overlap, and keeps executors on their worker', () => {
    for (let t = 0; t <= 7100; t += 100) {
      const layout = layoutMap(at(t))
      const all = cards(layout)
      for (const [i, a] of all.entries()) for (const b of all.slice(i + 1)) expect(apart(a, b), `t=${t}`).toBe(true)
      for (const place of layout.executors) {
        const worker = layout.workers.find((one) => one.id === place.executor.worker)
        expect(worker && inside(place.box, worker.box), `executor ${place.executor.id} at ${t}`).toBe(true)
      }
      const [driver] = layout.drivers
      if (driver && layout.computer) expect(inside(driver.box, layout.computer)).toBe(true)
    }
  })

  test('stands the same for the same events', () => {
    expect(layoutMap(at(4300))).toEqual(layoutMap(at(4300)))
  })

  test('keeps the dead executor beside its replacement, as a ghost once that has registered', () => {
    const before = layoutMap(at(4010)).executors.find((one) => one.executor.id === '1')
    expect(before).toMatchObject({ dead: true, ghost: false })
    const after = layoutMap(at(5000)).executors
    expect(after.find((one) => one.executor.id === '1')).toMatchObject({ dead: true, ghost: true })
    expect(after.find((one) => one.executor.id === '2')).toMatchObject({ dead: false })
  })

  test('keeps only the last dead executor of a worker', () => {
    const [one] = at(5000).executors.filter((executor) => executor.id === '1')
    if (!one?.end) throw new Error('the fixture kills executor 1')
    const earlier = { ...one, id: '7', end: { ...one.end, t: one.end.t - 1000 } }
    expect(drawnOn([earlier, one]).map((executor) => executor.id)).toEqual(['1'])
  })

  test('draws a driver of cluster mode on its worker', () => {
    const view = at(3500)
    const driver = view.drivers[0]
    if (driver) driver.place = 'worker-2'
    const layout = layoutMap(view)
    expect(layout.computer).toBeNull()
    const frame = layout.workers.find((one) => one.id === 'worker-2')?.box
    expect(frame && inside(layout.drivers[0]!.box, frame)).toBe(true)
    const all = cards(layout)
    for (const [i, a] of all.entries()) for (const b of all.slice(i + 1)) expect(apart(a, b)).toBe(true)
  })

  test('is a block rather than a tower for many workers', () => {
    expect(columnsFor(2)).toBe(1)
    expect(columnsFor(100)).toBeGreaterThanOrEqual(8)
  })

  test('has a wire for each living executor and a broken one for a dead one not yet replaced', () => {
    const view = at(4010)
    const wires = elementsOf(layoutMap(view)).filter((one) => one.group === 'edges')
    const kind = (id: string) => wires.find((one) => String(one.data.id).startsWith(`wire:executor-${id}@`))?.classes
    expect(kind('0')).toBe('driver')
    expect(kind('1')).toBe('gone')
  })

  test('is told to a screen reader in the order it is drawn', () => {
    const view = at(4010)
    const items = treeOf(view, layoutMap(view))
    expect(items.map((item) => item.label.split(',')[0])).toEqual(['Master', 'Driver', 'worker-1', 'Executor 0', 'worker-2', 'Executor 1', 'Executor 2'])
    expect(items[5]?.label).toContain('dead, exit 137')
  })
})
