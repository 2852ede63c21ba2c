/** Where the word of a message stands: beside its dot, covering as little as can be. Units are window pixels. */
import type { Box } from './layout.ts'

/** From the dot's middle to the label's edge. */
const AWAY = 8
const HIGH = 16
/** Space left at the sides of the text. */
const PAD = 4

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x)) * Math.max(0, Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y))

/**
 * @param text width of the text.
 * @param room size of the area all must stay in.
 * @param others what should not be covered, in this order of places: above, below, right, left of the dot.
 */
export function placeLabel(dot: { x: number; y: number }, text: number, room: { w: number; h: number }, others: readonly Box[]): Box {
  const w = text + PAD * 2
  const places = [
    { x: dot.x - w / 2, y: dot.y - AWAY - HIGH },
    { x: dot.x - w / 2, y: dot.y + AWAY },
    { x: dot.x + AWAY, y: dot.y - HIGH / 2 },
    { x: dot.x - AWAY - w, y: dot.y - HIGH / 2 }
  ]
  let best: Box | undefined
  let least = Infinity
  for (const place of places) {
    const box = { x: clamp(place.x, room.w - w), y: clamp(place.y, room.h - HIGH), w, h: HIGH }
    const covered = others.reduce((sum, other) => sum + overlap(box, other), overlap(box, { x: dot.x - 5, y: dot.y - 5, w: 10, h: 10 }))
    if (covered < least) {
      least = covered
      best = box
    }
  }
  return best!
}

const clamp = (value: number, most: number): number => Math.max(2, Math.min(most - 2, value))
