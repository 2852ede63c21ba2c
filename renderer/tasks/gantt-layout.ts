/** The bars of the tasks by executor and slot, in pixels; no drawing here. */
import { labelOf as programLabel } from '../../engine/view/programs.ts'
import type { ExecutorView, RunView, TaskView } from '../../engine/view/types.ts'
import { isDead, keyOf } from '../map/layout.ts'
import { timeSpan, timeScale, type TimeScale } from './time-axis.ts'

export type BarLook = 'running' | 'success' | 'failed' | 'killed' | 'fetch-failed' | 'lost' | 'again'

export interface GanttRow {
  key: string
  label: string
  executor: ExecutorView
  y: number
  h: number
  lane: number
  lanes: number
  from: number
  to: number
}

export interface Bar {
  task: TaskView
  look: BarLook
  /** `↻` on every attempt that runs again, whatever its outcome. */
  again: boolean
  x: number
  y: number
  w: number
  h: number
}

export interface Gantt {
  scale: TimeScale
  rows: GanttRow[]
  bars: Bar[]
  /** Attempt to later attempt of the same partition. */
  links: { from: Bar; to: Bar }[]
  /** `clear`: from where on nothing else stands in the row, pixels. */
  deaths: { t: number; label: string; row: GanttRow; clear: number }[]
  height: number
}

export const LABELS = 98
export const AXIS = 22
const TOP = 14

export function lookOf(task: TaskView): BarLook {
  if (task.state === 'running') return task.again ? 'again' : 'running'
  return task.state
}

/** Lanes get thinner as rows get more, within what can still be seen and clicked. */
export function laneHeight(lanes: number, room: number): number {
  return Math.max(7, Math.min(15, Math.floor(room / Math.max(1, lanes)) - 3))
}

/** @param end where the axis ends at least, lab ms: of a moment that is past the axis stays as it was. */
export function layoutGantt(view: RunView, now: number, width: number, room: number, end = now): Gantt {
  const first = view.executors.reduce<number | null>((least, one) => (least === null || one.launchedAt < least ? one.launchedAt : least), null)
  const span = timeSpan(first, Math.max(now, end))
  const scale = timeScale(span.start, span.end, LABELS, width - 14)
  const executors = view.executors
  const lanesOf = (executor: ExecutorView): number => Math.max(1, executor.slots.length, executor.cores)
  const lanes = executors.reduce((sum, one) => sum + lanesOf(one) + 0.6, 0)
  const lane = laneHeight(lanes, room - AXIS - TOP)
  const step = lane + 2
  const rows = new Map<string, GanttRow>()
  const several = new Set(executors.map((one) => one.appId)).size > 1
  let y = TOP
  for (const executor of executors) {
    const h = Math.max(lanesOf(executor) * step + 2, 16)
    const dead = isDead(executor)
    rows.set(keyOf(executor), {
      key: keyOf(executor),
      label: labelOf(executor, several ? (programLabel(view, executor) ?? `app ${view.apps.findIndex((app) => app.appId === executor.appId) + 1}`) : null),
      executor,
      y,
      h,
      lane,
      lanes: lanesOf(executor),
      from: executor.registeredAt ?? executor.launchedAt,
      to: dead ? (executor.end?.t ?? executor.removedAt ?? now) : now
    })
    y += h + 5
  }

  const { bars, links } = barsOf(view, now, scale, rows, step)
  const deaths = [...rows.values()].flatMap((row) => {
    const end = row.executor.end
    if (!isDead(row.executor) || !end || end.code === 0) return []
    const clear = bars.reduce((most, bar) => (bar.task.executorId === row.executor.id && bar.task.appId === row.executor.appId ? Math.max(most, bar.x + bar.w) : most), scale.x(end.t))
    return [{ t: end.t, label: end.code === null ? 'gone' : `exit ${end.code}`, row, clear }]
  })
  return { scale, rows: [...rows.values()], bars, links, deaths, height: y + AXIS }
}

/** Ids of executors begin anew with each application. */
function labelOf(executor: ExecutorView, app: string | null): string {
  const own = executor.id === 'driver' ? 'driver' : `executor ${executor.id}`
  return app === null ? own : `${app} · ${own.replace('executor', 'exec.')}`
}

function barsOf(view: RunView, now: number, scale: TimeScale, rows: ReadonlyMap<string, GanttRow>, step: number): Pick<Gantt, 'bars' | 'links'> {
  const bars: Bar[] = []
  const links: Gantt['links'] = []
  // By executor and by partition without a key to build for each of many thousand tasks.
  const rowOf = new Map<string, Map<string, GanttRow>>()
  for (const row of rows.values()) {
    const { appId, id } = row.executor
    const there = rowOf.get(appId) ?? new Map<string, GanttRow>()
    rowOf.set(appId, there.set(id, row))
  }
  const lastOf = new Map<string, Map<number, Bar>>()
  for (const task of view.tasks) {
    const row = rowOf.get(task.appId)?.get(task.executorId)
    if (!row) continue
    const x = scale.x(task.startedAt)
    const bar: Bar = {
      task,
      look: lookOf(task),
      again: task.again,
      x,
      y: row.y + 2 + Math.min(row.lanes - 1, Math.max(0, task.slot)) * step,
      w: Math.max(2, scale.x(task.endedAt ?? Math.max(now, task.startedAt)) - x),
      h: row.lane
    }
    bars.push(bar)
    let partitions = lastOf.get(task.appId)
    if (!partitions) lastOf.set(task.appId, (partitions = new Map<number, Bar>()))
    const key = task.stageId * 1_000_000 + task.partition
    const before = task.again ? partitions.get(key) : undefined
    if (before && !task.speculative) links.push({ from: before, to: bar })
    partitions.set(key, bar)
  }
  return { bars, links }
}

/** The bar under a point, the topmost first. */
export function barAt(gantt: Gantt, x: number, y: number): Bar | null {
  return gantt.bars.findLast((bar) => x >= bar.x - 1 && x <= bar.x + bar.w + 1 && y >= bar.y - 1 && y <= bar.y + bar.h + 1) ?? null
}
