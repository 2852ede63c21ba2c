import { describe, expect, test } from 'vitest'
import { inCytoscape, pointOn, wireBetween } from '../../renderer/map/wires.ts'

const driver = { x: 0, y: 100, w: 200, h: 100 }
const executor = { x: 320, y: 20, w: 200, h: 80 }
const below = { x: 320, y: 220, w: 200, h: 80 }

describe('wires', () => {
  test('run from edge to edge, and back the same way', () => {
    const there = wireBetween(driver, executor)
    const back = wireBetween(executor, driver)
    expect(pointOn(there, 0)).toEqual({ x: 200, y: 150 })
    expect(pointOn(there, 1)).toEqual({ x: 320, y: 60 })
    for (const part of [0, 0.2, 0.5, 0.9]) {
      const a = pointOn(there, part)
      const b = pointOn(back, 1 - part)
      expect(a.x).toBeCloseTo(b.x)
      expect(a.y).toBeCloseTo(b.y)
    }
  })

  test('go forward all the way: no hook', () => {
    const wire = wireBetween(driver, executor)
    let last = -Infinity
    for (let part = 0; part <= 1.0001; part += 0.05) {
      const { x } = pointOn(wire, part)
      expect(x).toBeGreaterThan(last)
      last = x
    }
  })

  test('bow out at the right between executors of one column', () => {
    const wire = wireBetween(executor, below, true)
    expect(wire.from.x).toBe(520)
    expect(wire.to.x).toBe(520)
    expect(pointOn(wire, 0.5).x).toBeGreaterThan(540)
  })

  test('pass what stands between two of one column at its left', () => {
    const far = { ...below, y: 400 }
    const wire = wireBetween(executor, far)
    expect(wire.from.x).toBe(320)
    expect(pointOn(wire, 0.5).x).toBeLessThan(300)
    expect(wireBetween(executor, { ...below, y: 140 }).from).toEqual({ x: 420, y: 100 })
  })

  test('stay within their ends when the part is out of range', () => {
    const wire = wireBetween(driver, below)
    expect(pointOn(wire, -1)).toEqual(wire.from)
    expect(pointOn(wire, 7)).toEqual(wire.to)
  })

  test('mean the same to cytoscape: weight and distance give the bends back', () => {
    const wire = wireBetween(driver, executor)
    const { weights, distances, source } = inCytoscape(wire, driver, executor)
    expect(source).toBe('100px 0px')
    const dx = wire.to.x - wire.from.x
    const dy = wire.to.y - wire.from.y
    const length = Math.hypot(dx, dy)
    wire.bend.forEach((bend, index) => {
      const weight = weights[index] ?? NaN
      const distance = distances[index] ?? NaN
      expect(wire.from.x + dx * weight + (-dy / length) * distance).toBeCloseTo(bend.x)
      expect(wire.from.y + dy * weight + (dx / length) * distance).toBeCloseTo(bend.y)
    })
  })
})
