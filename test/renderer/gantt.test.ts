import { describe, expect, test } from 'vitest'
import { foldAll } from '../../engine/view/fold.ts'
import { LABELS, barAt, layoutGantt } from '../../renderer/tasks/gantt-layout.ts'
import { crashRun } from '../view/fixtures/crash-run.ts'

const view = foldAll(crashRun())
const gantt = layoutGantt(view, view.t, 800, 200)

describe('the timeline', () => {
  test('has a bar for every attempt, in the row of its executor, right of the names', () => {
    expect(gantt.bars).toHaveLength(view.tasks.length)
    for (const bar of gantt.bars) {
      const row = gantt.rows.find((one) => one.executor.id === bar.task.executorId)
      expect(row && bar.y >= row.y && bar.y + bar.h <= row.y + row.h).toBe(true)
      expect(bar.x).toBeGreaterThanOrEqual(LABELS)
      expect(bar.x + bar.w).toBeLessThanOrEqual(800)
    }
  })

  test('never puts two bars of one executor over each other', () => {
    for (const [i, a] of gantt.bars.entries()) {
      for (const b of gantt.bars.slice(i + 1)) {
        if (a.task.executorId !== b.task.executorId || a.y !== b.y) continue
        expect(a.x + a.w <= b.x + 0.5 || b.x + b.w <= a.x + 0.5).toBe(true)
      }
    }
  })

  test('links an attempt to the one that runs again for it', () => {
    expect(gantt.links.length).toBe(view.tasks.filter((task) => task.again).length)
    for (const { from, to } of gantt.links) {
      expect(to.task.again).toBe(true)
      expect([from.task.stageId, from.task.partition]).toEqual([to.task.stageId, to.task.partition])
      expect(from.task.startedAt).toBeLessThan(to.task.startedAt)
    }
  })

  test('marks the death of executor 1 with its exit code, and no orderly end', () => {
    expect(gantt.deaths.map((death) => [death.row.executor.id, death.label])).toEqual([['1', 'exit 137']])
  })

  test('finds the bar under a point', () => {
    const bar = gantt.bars[3]
    if (!bar) throw new Error('no bar')
    expect(barAt(gantt, bar.x + bar.w / 2, bar.y + bar.h / 2)?.task.id).toBe(bar.task.id)
    expect(barAt(gantt, 5, 5)).toBeNull()
  })
})
