import { describe, expect, test } from 'vitest'
import { machineDiagrams } from '../../engine/machines/index.ts'
import { layoutMachine } from '../../renderer/inspector/machine-layout.ts'

describe('the picture of a machine', () => {
  for (const [name, diagram] of Object.entries(machineDiagrams)) {
    for (const width of [250, 360]) {
      test(`${name} at ${width} pixels: every state once, none over another, all inside`, () => {
        const drawing = layoutMachine(diagram, width)
        expect(drawing.states.map((state) => state.id).toSorted()).toEqual(diagram.states.map((state) => state.id).toSorted())
        for (const [i, a] of drawing.states.entries()) {
          expect(a.x).toBeGreaterThanOrEqual(0)
          expect(a.x + a.w).toBeLessThanOrEqual(width)
          expect(a.y + a.h).toBeLessThanOrEqual(drawing.height)
          for (const b of drawing.states.slice(i + 1)) expect(a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y, `${a.id} and ${b.id}`).toBe(true)
        }
      })
    }

    test(`${name}: every way between two states is drawn once, with all its events`, () => {
      const drawing = layoutMachine(diagram, 300)
      const ways = diagram.edges.filter((edge) => edge.from !== edge.to)
      expect(drawing.edges.length).toBe(new Set(ways.map((edge) => `${edge.from}→${edge.to}`)).size)
      expect(drawing.edges.flatMap((edge) => edge.events).length).toBe(ways.length)
    })
  }
})
