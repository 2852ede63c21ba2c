/**
 * The map as cytoscape knows it: flat nodes at the places of the layout, wires between them. Cards are
 * drawn over it; here are frames, wires, what the mouse hits, panning and zooming.
 */
import cytoscape, { type Core, type ElementDefinition, type StylesheetJson } from 'cytoscape'
import type { Colours } from '../state/theme.svelte.ts'
import type { Box, MapLayout } from './layout.ts'
import { inCytoscape, wireBetween } from './wires.ts'

export interface Viewport {
  zoom: number
  x: number
  y: number
}

/** Room the words over the map take, window pixels. */
const HEAD = 38
/** Above so many, wires are drawn faintly, and those of the Master not at all. */
const MANY = 12

interface WirePlan {
  id: string
  a: string
  b: string
  kind: 'driver' | 'master' | 'gone' | 'left' | 'many'
}

/** Nodes of a layout by id, in drawing order: frames first. */
export function boxesOf(layout: MapLayout): Map<string, { box: Box; kind: 'frame' | 'worker' | 'card' }> {
  const boxes = new Map<string, { box: Box; kind: 'frame' | 'worker' | 'card' }>()
  if (layout.computer) boxes.set('computer', { box: layout.computer, kind: 'frame' })
  for (const worker of layout.workers) boxes.set(worker.id, { box: worker.box, kind: 'worker' })
  if (layout.master) boxes.set('master', { box: layout.master, kind: 'card' })
  for (const { driver, box } of layout.drivers) boxes.set(driver.actor, { box, kind: 'card' })
  for (const place of layout.executors) boxes.set(place.key, { box: place.box, kind: 'card' })
  return boxes
}

/** Which wires there are: Master to drivers and workers, each driver to its executors. */
export function wiresOf(layout: MapLayout): WirePlan[] {
  const wires: WirePlan[] = []
  if (layout.master) {
    for (const { driver } of layout.drivers) wires.push({ id: `wire:master-${driver.actor}`, a: 'master', b: driver.actor, kind: 'master' })
    for (const worker of layout.workers.length > MANY ? [] : layout.workers) wires.push({ id: `wire:${worker.id}`, a: 'master', b: worker.id, kind: 'master' })
  }
  for (const place of layout.executors) {
    if (place.ghost || place.driver === null) continue
    wires.push({ id: `wire:${place.key}`, a: place.driver, b: place.key, kind: place.left ? 'left' : place.dead ? 'gone' : layout.executors.length > MANY ? 'many' : 'driver' })
  }
  return wires
}

/** A worker's wire ends at the head of its frame, not in the middle of its executors. */
export const wireBox = (box: Box, kind: 'frame' | 'worker' | 'card'): Box => (kind === 'worker' ? { ...box, h: 28 } : box)

export function elementsOf(layout: MapLayout): ElementDefinition[] {
  const boxes = boxesOf(layout)
  const elements: ElementDefinition[] = []
  for (const [id, { box, kind }] of boxes) {
    elements.push({
      group: 'nodes',
      data: { id, w: box.w, h: box.h },
      position: { x: box.x + box.w / 2, y: box.y + box.h / 2 },
      classes: kind,
      selectable: false,
      grabbable: false
    })
  }
  for (const wire of wiresOf(layout)) {
    const a = boxes.get(wire.a)
    const b = boxes.get(wire.b)
    if (!a || !b) continue
    const path = wireBetween(wireBox(a.box, a.kind), wireBox(b.box, b.kind))
    const { source, target, weights, distances } = inCytoscape(path, a.box, b.box)
    elements.push({ group: 'edges', data: { id: wire.id, source: wire.a, target: wire.b, from: source, to: target, weights: weights.join(' '), distances: distances.join(' ') }, classes: wire.kind, selectable: false })
  }
  return elements
}

export function styleOf(colours: Colours): StylesheetJson {
  return [
    { selector: 'node', style: { shape: 'round-rectangle', width: 'data(w)', height: 'data(h)', 'background-opacity': 0, 'border-width': 0, 'overlay-opacity': 0, 'z-index': 1 } },
    { selector: 'node.frame', style: { events: 'no', 'background-opacity': 0, 'border-width': 1, 'border-style': 'dashed', 'border-color': colours['line-strong'], 'corner-radius': '14px' } },
    { selector: 'node.worker', style: { 'background-color': colours.sunk, 'background-opacity': 1, 'border-width': 1, 'border-color': colours.line, 'corner-radius': '14px' } },
    {
      selector: 'edge',
      style: {
        width: 1.4,
        events: 'no',
        'overlay-opacity': 0,
        'line-color': colours['line-strong'],
        'line-opacity': 0.75,
        'curve-style': 'unbundled-bezier',
        'edge-distances': 'endpoints',
        'source-endpoint': 'data(from)',
        'target-endpoint': 'data(to)',
        'control-point-weights': 'data(weights)',
        'control-point-distances': 'data(distances)',
        'target-arrow-shape': 'none'
      } as never
    },
    { selector: 'edge.master', style: { 'line-opacity': 0.45 } },
    { selector: 'edge.many', style: { 'line-opacity': 0.25, width: 3 } },
    { selector: 'edge.left', style: { 'line-style': 'dashed', 'line-dash-pattern': [3, 5], 'line-opacity': 0.6 } },
    { selector: 'edge.gone', style: { 'line-color': colours.fail, 'line-style': 'dashed', 'line-dash-pattern': [3, 5], 'line-opacity': 0.9 } }
  ]
}

/** A cytoscape instance in `container` that follows layouts. */
export class Graph {
  readonly cy: Core
  #known = new Map<string, string>()

  constructor(container: HTMLElement, colours: Colours, hooks: { viewport: (view: Viewport) => void; tapped: (id: string | null) => void; moved: () => void }) {
    this.cy = cytoscape({
      container,
      style: styleOf(colours),
      layout: { name: 'preset' },
      minZoom: 0.12,
      maxZoom: 2.2,
      boxSelectionEnabled: false,
      autoungrabify: true
    })
    const report = (): void => hooks.viewport({ zoom: this.cy.zoom(), ...this.cy.pan() })
    this.cy.on('viewport', report)
    this.cy.on('dragpan scrollzoom pinchzoom', () => hooks.moved())
    this.cy.on('tap', (event) => hooks.tapped(event.target === this.cy ? null : (event.target as { id: () => string }).id()))
  }

  paint(colours: Colours): void {
    this.cy.style(styleOf(colours))
  }

  /** Brings the graph to this layout in one batch, touching only what changed. */
  show(layout: MapLayout): void {
    const wanted = elementsOf(layout)
    const next = new Map(wanted.map((one) => [String(one.data.id), JSON.stringify([one.data, one.position, one.classes])]))
    this.cy.batch(() => {
      for (const id of this.#known.keys()) if (!next.has(id)) this.cy.getElementById(id).remove()
      for (const element of wanted) {
        const id = String(element.data.id)
        if (this.#known.get(id) === next.get(id)) continue
        const there = this.cy.getElementById(id)
        if (there.empty()) {
          this.cy.add(element)
          continue
        }
        there.data(element.data)
        there.classes(element.classes as string)
        if (element.position) there.position(element.position)
      }
    })
    this.#known = next
  }

  /** Shows the whole map. */
  fit(layout: MapLayout): void {
    const width = this.cy.width()
    const height = this.cy.height()
    if (layout.width === 0 || width === 0) return
    const zoom = Math.max(0.12, Math.min(1.3, (width - 40) / layout.width, (height - HEAD - 14) / layout.height))
    this.cy.viewport({ zoom, pan: { x: (width - layout.width * zoom) / 2, y: HEAD + (height - HEAD - 14 - layout.height * zoom) / 2 } })
  }

  /** Moves the view just as far as needed to see a box. */
  reveal(box: Box): void {
    const { zoom, x, y } = { zoom: this.cy.zoom(), ...this.cy.pan() }
    const shift = (start: number, size: number, room: number): number => (start < 12 ? 12 - start : start + size > room - 12 ? room - 12 - start - size : 0)
    this.cy.pan({ x: x + shift(box.x * zoom + x, box.w * zoom, this.cy.width()), y: y + shift(box.y * zoom + y, box.h * zoom, this.cy.height()) })
  }

  destroy(): void {
    this.cy.destroy()
  }
}
