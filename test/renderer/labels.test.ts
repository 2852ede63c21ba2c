import { expect, test } from 'vitest'
import { placeLabel } from '../../renderer/map/labels.ts'

const room = { w: 600, h: 400 }

test('a label stands above its dot where nothing is', () => {
  const place = placeLabel({ x: 300, y: 200 }, 80, room, [])
  expect(place.y + place.h).toBeLessThan(200)
  expect(place.x + place.w / 2).toBe(300)
})

test('a label leaves the cards readable', () => {
  const above = { x: 200, y: 120, w: 200, h: 75 }
  expect(placeLabel({ x: 300, y: 200 }, 80, room, [above]).y).toBeGreaterThan(200)
  const below = { x: 200, y: 205, w: 200, h: 75 }
  const beside = placeLabel({ x: 410, y: 200 }, 80, room, [above, below])
  expect(beside.x).toBeGreaterThan(410)
})

test('a label stays in sight', () => {
  for (const x of [0, 600]) for (const y of [0, 400]) {
    const place = placeLabel({ x, y }, 80, room, [])
    expect(place.x).toBeGreaterThanOrEqual(0)
    expect(place.x + place.w).toBeLessThanOrEqual(600)
    expect(place.y).toBeGreaterThanOrEqual(0)
    expect(place.y + place.h).toBeLessThanOrEqual(400)
  }
})
