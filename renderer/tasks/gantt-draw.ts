/** Paints a laid out Gantt chart. Each outcome has a sign beside its colour: stripes, a cross, an outline, ↻. */
import type { Colours } from '../state/theme.svelte.ts'
import { AXIS, LABELS, type Bar, type BarLook, type Gantt } from './gantt-layout.ts'
import { ticks } from './time-axis.ts'

export interface GanttState {
  now: number
  /** Pixels scrolled away at the top: only what is in sight is painted. */
  top: number
  selectedTask: number | null
  selectedRow: string | null
  width: number
  height: number
  sans: string
  mono: string
  running: boolean
}

const FILL: Record<BarLook, keyof Colours> = { running: 'run', success: 'ok', failed: 'fail', killed: 'line-strong', 'fetch-failed': 'again', lost: 'ok', again: 'again' }

export function drawGantt(context: CanvasRenderingContext2D, gantt: Gantt, colours: Colours, state: GanttState): void {
  const { width, height } = state
  context.clearRect(0, 0, width, height)
  context.textBaseline = 'middle'
  const bottom = state.top + height - AXIS
  const inSight = (y: number, h: number): boolean => y + h >= state.top - 8 && y <= bottom + 8
  context.save()
  context.beginPath()
  context.rect(0, 0, width, height - AXIS + 3)
  context.clip()
  context.translate(0, -state.top)
  for (const row of gantt.rows) if (inSight(row.y, row.h)) rowBehind(context, gantt, row, colours, state)
  for (const link of gantt.links) if (inSight(link.from.y, 8) || inSight(link.to.y, 8)) drawLink(context, link.from, link.to, colours, link.from.task.id === state.selectedTask || link.to.task.id === state.selectedTask)
  for (const bar of gantt.bars) if (inSight(bar.y, bar.h)) drawBar(context, bar, colours, bar.task.id === state.selectedTask)
  nowLine(context, gantt, colours, state)
  // How one died is read even where it is now.
  for (const death of gantt.deaths) if (inSight(death.row.y, death.row.h)) drawDeath(context, gantt, death, colours, state)
  context.restore()
  axis(context, gantt, colours, state)
  context.fillStyle = colours.ember
  context.beginPath()
  context.arc(gantt.scale.x(state.now), height - AXIS + 4, 4, 0, Math.PI * 2)
  context.fill()
}

function nowLine(context: CanvasRenderingContext2D, gantt: Gantt, colours: Colours, state: GanttState): void {
  const x = gantt.scale.x(state.now)
  context.strokeStyle = colours.ember
  context.lineWidth = 1.5
  line(context, x, state.top + 4, x, state.top + state.height - AXIS + 4)
}

function rowBehind(context: CanvasRenderingContext2D, gantt: Gantt, row: Gantt['rows'][number], colours: Colours, state: GanttState): void {
  context.font = `11px ${state.sans}`
  const from = gantt.scale.x(row.from)
  context.fillStyle = colours.sunk
  context.beginPath()
  context.roundRect(from, row.y, Math.max(3, gantt.scale.x(row.to) - from), row.h, 4)
  context.fill()
  context.fillStyle = state.selectedRow === row.key ? colours.ember : row.to < state.now && row.executor.end ? colours.faint : colours.soft
  context.fillText(row.label, 16, row.y + row.h / 2)
}

function axis(context: CanvasRenderingContext2D, gantt: Gantt, colours: Colours, state: GanttState): void {
  const y = state.height - AXIS + 4
  context.strokeStyle = colours.line
  context.lineWidth = 1
  line(context, LABELS, y + 0.5, state.width - 14, y + 0.5)
  context.font = `10.5px ${state.mono}`
  context.fillStyle = colours.faint
  context.textAlign = 'center'
  for (const tick of ticks(gantt.scale)) {
    const x = gantt.scale.x(tick.t)
    if (x > state.width - 30) continue
    line(context, x, y, x, y + 3)
    context.fillText(tick.text, Math.max(LABELS + 8, x), y + 11)
  }
  context.textAlign = 'start'
}

function drawBar(context: CanvasRenderingContext2D, bar: Bar, colours: Colours, selected: boolean): void {
  const colour = bar.task.again && bar.look === 'success' ? colours.again : colours[FILL[bar.look]]
  const { x, y, w, h } = bar
  const radius = Math.min(3, w / 2)
  context.beginPath()
  context.roundRect(x, y, w, h, radius)
  if (bar.look === 'lost') {
    // Done, but what it made is gone: hollow.
    context.fillStyle = colours['ok-soft']
    context.fill()
    context.strokeStyle = colour
    context.lineWidth = 1
    context.setLineDash([3, 2])
    context.stroke()
    context.setLineDash([])
  } else {
    context.fillStyle = colour
    context.fill()
  }
  if (w >= 6 && (bar.look === 'killed' || bar.look === 'fetch-failed' || bar.look === 'running' || bar.look === 'again')) {
    stripes(context, bar, colours.panel, bar.look === 'fetch-failed' ? 'both' : bar.look === 'killed' ? 'down' : 'up')
  }
  context.strokeStyle = colours.panel
  context.fillStyle = colours.panel
  if (bar.look === 'failed' && w >= 7) cross(context, x + Math.min(w / 2, w - 4), y + h / 2, Math.min(3, h / 2 - 1.5))
  if (bar.again && w >= 12 && h >= 8) {
    context.font = `bold ${h}px sans-serif`
    if (bar.look !== 'lost') context.fillText('↻', x + 2, y + h / 2 + 0.5)
  }
  if (selected) {
    context.strokeStyle = colours.text
    context.lineWidth = 2
    context.beginPath()
    context.roundRect(x - 1.5, y - 1.5, w + 3, h + 3, radius + 1)
    context.stroke()
  }
}

function stripes(context: CanvasRenderingContext2D, bar: Bar, colour: string, way: 'up' | 'down' | 'both'): void {
  context.save()
  context.beginPath()
  context.roundRect(bar.x, bar.y, bar.w, bar.h, 3)
  context.clip()
  context.globalAlpha = way === 'up' ? 0.22 : 0.5
  context.strokeStyle = colour
  context.lineWidth = way === 'up' ? 2.5 : 1.2
  const gap = way === 'up' ? 9 : 5
  for (let x = bar.x - bar.h; x < bar.x + bar.w; x += gap) {
    if (way !== 'down') line(context, x, bar.y + bar.h, x + bar.h, bar.y)
    if (way !== 'up') line(context, x, bar.y, x + bar.h, bar.y + bar.h)
  }
  context.restore()
}

function drawLink(context: CanvasRenderingContext2D, from: Bar, to: Bar, colours: Colours, selected: boolean): void {
  const x = from.x + from.w
  const y = from.y + from.h / 2
  const end = to.y + to.h / 2
  const reach = Math.max(10, Math.min(40, (to.x - x) * 0.6))
  context.strokeStyle = colours.again
  // Many together are a hint of what came again; the one asked for stands out.
  context.lineWidth = selected ? 2 : 1
  context.globalAlpha = selected ? 1 : 0.4
  context.beginPath()
  context.moveTo(x, y)
  context.bezierCurveTo(x + reach, y, to.x - reach, end, to.x, end)
  context.stroke()
  context.globalAlpha = 1
}

function drawDeath(context: CanvasRenderingContext2D, gantt: Gantt, death: Gantt['deaths'][number], colours: Colours, state: GanttState): void {
  const x = gantt.scale.x(death.t)
  context.strokeStyle = colours.fail
  context.fillStyle = colours.fail
  context.lineWidth = 1.2
  line(context, x, death.row.y - 4, x, death.row.y + death.row.h + 4)
  cross(context, x, death.row.y - 5, 3)
  context.font = `10.5px ${state.sans}`
  const wide = context.measureText(death.label).width
  const left = death.clear + 7 + wide > state.width ? x - wide - 6 : death.clear + 7
  const middle = death.row.y + death.row.h / 2
  context.fillStyle = colours.panel
  context.fillRect(left - 2, middle - 7, wide + 4, 14)
  context.fillStyle = colours.fail
  context.fillText(death.label, left, middle)
}

function cross(context: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  context.lineWidth = 1.5
  line(context, x - r, y - r, x + r, y + r)
  line(context, x - r, y + r, x + r, y - r)
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath()
  context.moveTo(x1, y1)
  context.lineTo(x2, y2)
  context.stroke()
}
