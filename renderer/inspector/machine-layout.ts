/**
 * Where the states of a machine stand: layers by distance from the first state, edges merged by their
 * ends. Deterministic; units are pixels.
 */
export interface Diagram {
  initial?: string
  states: { id: string; label: string; description?: string; final?: boolean }[]
  edges: { from: string; to: string; event: string }[]
}

export interface StateBox {
  id: string
  label: string
  description?: string
  final: boolean
  x: number
  y: number
  w: number
  h: number
}

export interface EdgePath {
  from: string
  to: string
  events: string[]
  /** SVG path. */
  d: string
}

export interface DiagramLayout {
  width: number
  height: number
  states: StateBox[]
  edges: EdgePath[]
}

const ROW = 52
const STATE_H = 28
const MARGIN = 30
const CHAR = 6.6

export function layoutMachine(diagram: Diagram, width: number): DiagramLayout {
  const layers = layersOf(diagram, width)
  const states = new Map<string, StateBox>()
  layers.forEach((layer, row) => {
    const room = (width - MARGIN * 2) / layer.length
    layer.forEach((state, column) => {
      const w = Math.min(room - 10, widthOf(state))
      states.set(state.id, { id: state.id, label: state.label, description: state.description, final: state.final ?? false, x: MARGIN + room * column + (room - w) / 2, y: 10 + row * ROW, w, h: STATE_H })
    })
  })
  return {
    width,
    height: 10 + layers.length * ROW - (ROW - STATE_H) + 14,
    states: [...states.values()],
    edges: pathsOf(diagram, states, width)
  }
}

/** Breadth first from the initial state; final states, and those nothing leads to, stand at the end. */
function layersOf(diagram: Diagram, width: number): Diagram['states'][] {
  const first = diagram.initial ?? diagram.states[0]?.id
  const depth = new Map<string, number>()
  if (first !== undefined) depth.set(first, 0)
  const queue = first === undefined ? [] : [first]
  for (const id of queue) {
    for (const edge of diagram.edges) {
      if (edge.from !== id || depth.has(edge.to)) continue
      depth.set(edge.to, (depth.get(id) ?? 0) + 1)
      queue.push(edge.to)
    }
  }
  const deepest = Math.max(0, ...depth.values())
  const layers: Diagram['states'][] = []
  for (const state of diagram.states) {
    const at = state.final ? deepest + 2 : (depth.get(state.id) ?? deepest + 1)
    ;(layers[at] ??= []).push(state)
  }
  const filled = layers.filter((layer) => layer !== undefined && layer.length > 0)
  return filled.flatMap((layer) => wrapped(layer, width - MARGIN * 2))
}

const widthOf = (state: { label: string }): number => Math.max(64, state.label.length * CHAR + 22)

/** States of one layer in as many rows as their labels need. */
function wrapped(layer: Diagram['states'], room: number): Diagram['states'][] {
  const rows: Diagram['states'][] = [[]]
  let used = 0
  for (const state of layer) {
    const w = widthOf(state) + 18
    if (used > 0 && used + w > room) {
      rows.push([])
      used = 0
    }
    rows.at(-1)?.push(state)
    used += w
  }
  return rows
}

function pathsOf(diagram: Diagram, states: Map<string, StateBox>, width: number): EdgePath[] {
  const merged = new Map<string, EdgePath>()
  for (const edge of diagram.edges) {
    if (edge.from === edge.to) continue
    const key = `${edge.from}→${edge.to}`
    const there = merged.get(key)
    if (there) there.events.push(edge.event)
    else merged.set(key, { from: edge.from, to: edge.to, events: [edge.event], d: '' })
  }
  // Ways to one state share a lane at the side, so that there are as few lines as states.
  const lanes = { left: new Map<string, number>(), right: new Map<string, number>() }
  const laneTo = (side: 'left' | 'right', id: string): number => {
    const there = lanes[side].get(id)
    if (there !== undefined) return there
    lanes[side].set(id, lanes[side].size)
    return lanes[side].size - 1
  }
  for (const edge of merged.values()) {
    const a = states.get(edge.from)
    const b = states.get(edge.to)
    if (!a || !b) continue
    const back = merged.has(`${edge.to}→${edge.from}`)
    edge.d = pathBetween(a, b, back, width, {
      left: () => Math.max(3, MARGIN - 6 - 7 * laneTo('left', b.id)),
      right: () => Math.min(width - 3, width - MARGIN + 6 + 7 * laneTo('right', b.id))
    })
  }
  return [...merged.values()].filter((edge) => edge.d !== '')
}

function pathBetween(a: StateBox, b: StateBox, back: boolean, width: number, lane: { left: () => number; right: () => number }): string {
  const ca = a.x + a.w / 2
  const cb = b.x + b.w / 2
  const rows = Math.round((b.y - a.y) / ROW)
  if (rows === 0) {
    const forward = ca < cb
    if (Math.abs(cb - ca) > Math.max(a.w, b.w) * 1.7 + 40) {
      // Past a neighbour: under it.
      const low = a.y + a.h + 20
      return `M${ca} ${a.y + a.h} C${ca} ${low} ${cb} ${low} ${cb} ${b.y + b.h}`
    }
    const y = a.y + a.h / 2 + (back ? (forward ? -5 : 5) : 0)
    return `M${forward ? a.x + a.w : a.x} ${y} L${forward ? b.x : b.x + b.w} ${y}`
  }
  const shift = back ? (rows > 0 ? -7 : 7) : 0
  if (Math.abs(rows) === 1) {
    const y1 = rows > 0 ? a.y + a.h : a.y
    const y2 = rows > 0 ? b.y : b.y + b.h
    const middle = (y1 + y2) / 2
    return `M${ca + shift} ${y1} C${ca + shift} ${middle} ${cb + shift} ${middle} ${cb + shift} ${y2}`
  }
  // Longer ways go along a side: forward at the right, back at the left.
  const onLeft = rows < 0
  const x = onLeft ? lane.left() : lane.right()
  const from = onLeft ? a.x : a.x + a.w
  const to = onLeft ? b.x : b.x + b.w
  const y1 = a.y + a.h / 2
  const y2 = b.y + b.h / 2
  const bend = y2 > y1 ? 8 : -8
  return `M${from} ${y1} Q${x} ${y1} ${x} ${y1 + bend} L${x} ${y2 - bend} Q${x} ${y2} ${to} ${y2}`
}
