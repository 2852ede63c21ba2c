/**
 * Wires between the things on the map: two quadratic curves joined at the middle of their control points,
 * which is what cytoscape draws for `unbundled-bezier`, so that a message can travel exactly along one.
 */
import type { Box } from './layout.ts'

export interface Point {
  x: number
  y: number
}

export interface Wire {
  from: Point
  bend: [Point, Point]
  to: Point
}

const rightOf = (box: Box): Point => ({ x: box.x + box.w, y: box.y + box.h / 2 })
const leftOf = (box: Box): Point => ({ x: box.x, y: box.y + box.h / 2 })
const centre = (box: Box): Point => ({ x: box.x + box.w / 2, y: box.y + box.h / 2 })

/** Room between two boxes of a column above which something may stand between them, map pixels. */
const NEXT = 80
/** How far a bow swings out beside its column. */
const OUT = 44

/**
 * The wire from one box to another: sideways between columns, upright between neighbours in one, else a bow at the
 * left of the column. Among executors (`peers`) it is always a bow, at the right.
 */
export function wireBetween(a: Box, b: Box, peers = false): Wire {
  const ca = centre(a)
  const cb = centre(b)
  const overlapX = a.x < b.x + b.w && b.x < a.x + a.w
  if (overlapX && (peers || Math.abs(ca.x - cb.x) < 40)) {
    if (peers) return bow(rightOf(a), rightOf(b), Math.max(a.x + a.w, b.x + b.w) + OUT)
    const between = Math.max(a.y, b.y) - Math.min(a.y + a.h, b.y + b.h)
    return between < NEXT ? upright(a, b) : bow(leftOf(a), leftOf(b), Math.min(a.x, b.x) - OUT)
  }
  const forward = ca.x <= cb.x
  const from = forward ? rightOf(a) : leftOf(a)
  const to = forward ? leftOf(b) : rightOf(b)
  const reach = (to.x - from.x) * 0.32
  return { from, bend: [{ x: from.x + reach, y: from.y }, { x: to.x - reach, y: to.y }], to }
}

const bow = (from: Point, to: Point, x: number): Wire => ({
  from,
  bend: [{ x, y: from.y + (to.y - from.y) * 0.12 }, { x, y: to.y - (to.y - from.y) * 0.12 }],
  to
})

function upright(a: Box, b: Box): Wire {
  const down = a.y <= b.y
  const x = centre(a).x
  const from = { x, y: down ? a.y + a.h : a.y }
  const to = { x: centre(b).x, y: down ? b.y : b.y + b.h }
  const third = (to.y - from.y) / 3
  return { from, bend: [{ x: from.x, y: from.y + third }, { x: to.x, y: to.y - third }], to }
}

const quadratic = (a: number, c: number, b: number, t: number): number => (1 - t) * (1 - t) * a + 2 * (1 - t) * t * c + t * t * b

/** A point of the wire; `part` runs from 0 at its start to 1 at its end. */
export function pointOn(wire: Wire, part: number): Point {
  const t = Math.min(1, Math.max(0, part))
  const middle = { x: (wire.bend[0].x + wire.bend[1].x) / 2, y: (wire.bend[0].y + wire.bend[1].y) / 2 }
  if (t < 0.5) {
    return { x: quadratic(wire.from.x, wire.bend[0].x, middle.x, t * 2), y: quadratic(wire.from.y, wire.bend[0].y, middle.y, t * 2) }
  }
  return { x: quadratic(middle.x, wire.bend[1].x, wire.to.x, t * 2 - 1), y: quadratic(middle.y, wire.bend[1].y, wire.to.y, t * 2 - 1) }
}

/** The same wire in cytoscape's words: ends relative to the centres of the nodes, bends by weight and distance. */
export function inCytoscape(wire: Wire, a: Box, b: Box): { source: string; target: string; weights: number[]; distances: number[] } {
  const ca = centre(a)
  const cb = centre(b)
  const dx = wire.to.x - wire.from.x
  const dy = wire.to.y - wire.from.y
  const length = Math.hypot(dx, dy) || 1
  const relative = wire.bend.map((point) => {
    const px = point.x - wire.from.x
    const py = point.y - wire.from.y
    return { weight: (px * dx + py * dy) / (length * length), distance: (px * -dy + py * dx) / length }
  })
  return {
    source: `${wire.from.x - ca.x}px ${wire.from.y - ca.y}px`,
    target: `${wire.to.x - cb.x}px ${wire.to.y - cb.y}px`,
    weights: relative.map((one) => one.weight),
    distances: relative.map((one) => one.distance)
  }
}
