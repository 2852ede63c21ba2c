/**
 * Where everything stands on the map. Positions follow from the view alone (no randomness, no measuring),
 * so the same run always looks the same. Units are map pixels at zoom 1; boxes are given by their top left.
 */
import { currentDrivers } from '../../engine/view/programs.ts'
import type { DriverView, ExecutorView, RunView } from '../../engine/view/types.ts'

export interface Box {
  x: number
  y: number
  w: number
  h: number
}

export interface ExecutorPlace {
  /** Unique on the map: executor ids repeat when a relaunched driver starts a new application. */
  key: string
  executor: ExecutorView
  box: Box
  /** The driver it works for, by its actor; null when that is gone, or not known. */
  driver: string | null
  dead: boolean
  /** It left in order, as at the end of its application. */
  left: boolean
  /** Dead and replaced: drawn faintly. */
  ghost: boolean
}

export interface MapLayout {
  width: number
  height: number
  computer: Box | null
  /** The current driver of each program. */
  drivers: { driver: DriverView; box: Box }[]
  master: Box | null
  workers: { id: string; box: Box }[]
  executors: ExecutorPlace[]
}

export const CARD_W = 228
export const SLOTS_PER_ROW = 5
const SLOT_ROW = 28
const FRAME_PAD = 10
const FRAME_HEAD = 28
const FRAME_W = CARD_W + FRAME_PAD * 2
const GAP = 14
/** Between drivers that sit on one computer. */
const BETWEEN = 12
const WIRES = 116
const MASTER_H = 78
const DRIVER_HEAD = 106
const STAGE_ROW = 18
const STAGES_SHOWN = 4

export const keyOf = (executor: { id: string; appId: string }): string => `executor-${executor.id}@${executor.appId}`

export const isDead = (executor: ExecutorView): boolean =>
  executor.end !== null || executor.life === 'dead' || executor.life === 'removed'

/** In local mode tasks run in the driver itself, under this executor id (§2). */
export const isDriverItself = (executor: { id: string }): boolean => executor.id === 'driver'

/** True of one that ended with exit code 0, and not because it was lost. */
export const leftInOrder = (executor: ExecutorView): boolean => executor.end !== null && executor.end.code === 0 && executor.end.signal === null

/**
 * Executors drawn on a worker: all that live, those of the newest application that left in order, and the one that
 * died last. Oldest first.
 */
export function drawnOn(executors: readonly ExecutorView[]): ExecutorView[] {
  const newest = executors.at(-1)?.appId
  const lost = executors.filter((one) => isDead(one) && !leftInOrder(one))
  const last = lost.reduce<ExecutorView | null>((latest, one) => (latest === null || deathOf(one) >= deathOf(latest) ? one : latest), null)
  return executors.filter((one) => !isDead(one) || one === last || (leftInOrder(one) && one.appId === newest))
}

const deathOf = (executor: ExecutorView): number => executor.end?.t ?? executor.removedAt ?? 0

/** Cores of a live executor are its slots; a dead one keeps one row for what it lost. */
export function executorHeight(executor: ExecutorView): number {
  if (isDead(executor)) return 72
  return 62 + Math.max(1, Math.ceil(Math.max(1, executor.slots.length) / SLOTS_PER_ROW)) * SLOT_ROW
}

/** Columns of worker frames: few stand in one column beside the driver, many in a block wider than high. */
export function columnsFor(workers: number): number {
  return workers <= 3 ? 1 : Math.ceil(Math.sqrt(workers * 0.75))
}

/** Stages listed on the driver's card: those running or last run, at most four. */
export function stagesShown(view: RunView, driver: DriverView | undefined): RunView['stages'] {
  const app = driver?.appId
  if (view.programs.length > 1 && (app === null || app === undefined)) return []
  return view.stages.filter((stage) => stage.state !== 'waiting' && (app === null || app === undefined || stage.appId === app)).slice(-STAGES_SHOWN)
}

/** In local mode: the executor that the driver itself is. */
export const itselfOf = (view: RunView, driver: DriverView): ExecutorView | undefined =>
  view.executors.find((one) => isDriverItself(one) && !isDead(one) && (view.programs.length <= 1 || one.appId === driver.appId))

export function driverHeight(view: RunView, driver: DriverView): number {
  const itself = itselfOf(view, driver)
  const slots = itself ? Math.ceil(Math.max(1, itself.slots.length) / SLOTS_PER_ROW) * SLOT_ROW : 0
  return DRIVER_HEAD + stagesShown(view, driver).length * STAGE_ROW + slots
}

export function layoutMap(view: RunView): MapLayout {
  const drivers = currentDrivers(view).map((driver) => ({ driver, tall: driverHeight(view, driver) }))
  const ownerOf = (executor: ExecutorView): string | null =>
    (drivers.find(({ driver }) => driver.appId === executor.appId) ?? (drivers.length === 1 && drivers[0]!.driver.appId === null ? drivers[0] : undefined))?.driver.actor ?? null
  const byWorker = new Map<string, ExecutorView[]>()
  for (const executor of view.executors) {
    if (isDriverItself(executor) || executor.worker === null) continue
    const there = byWorker.get(executor.worker)
    if (there) there.push(executor)
    else byWorker.set(executor.worker, [executor])
  }
  const atHome = drivers.filter(({ driver }) => !view.workers.some((worker) => worker.id === driver.place))

  const frames = view.workers.map((worker) => {
    const drawn = drawnOn(byWorker.get(worker.id) ?? [])
    const heights = drawn.map(executorHeight)
    const placed = drivers.filter(({ driver }) => driver.place === worker.id)
    heights.unshift(...placed.map(({ tall }) => tall))
    const inner = heights.reduce((sum, one) => sum + one, 0) + Math.max(0, heights.length - 1) * 8
    return { worker, drawn, placed, height: FRAME_HEAD + Math.max(44, inner) + FRAME_PAD }
  })

  const columns = columnsFor(frames.length)
  const rows = Math.ceil(frames.length / columns)
  const rowHeights = Array.from({ length: rows }, (_, row) =>
    Math.max(...frames.slice(row * columns, (row + 1) * columns).map((one) => one.height))
  )
  const rightTall = rowHeights.reduce((sum, one) => sum + one, 0) + Math.max(0, rows - 1) * GAP
  const masterTall = view.master ? MASTER_H : 0
  const computerTall = atHome.length > 0 ? FRAME_HEAD + atHome.reduce((sum, { tall }) => sum + tall, 0) + (atHome.length - 1) * BETWEEN + FRAME_PAD : 0
  const leftTall = masterTall + computerTall + (masterTall && computerTall ? 40 : 0)
  const height = Math.max(leftTall, rightTall)

  const layout: MapLayout = { width: 0, height, computer: null, drivers: [], master: null, workers: [], executors: [] }
  let leftTop = Math.max(0, Math.min((height - leftTall) / 2, 90))
  if (view.master) {
    layout.master = { x: FRAME_PAD, y: leftTop, w: CARD_W, h: MASTER_H }
    leftTop += MASTER_H + 40
  }
  if (atHome.length > 0) {
    layout.computer = { x: 0, y: leftTop, w: FRAME_W, h: computerTall }
    let y = leftTop + FRAME_HEAD
    for (const { driver, tall } of atHome) {
      layout.drivers.push({ driver, box: { x: FRAME_PAD, y, w: CARD_W, h: tall } })
      y += tall + BETWEEN
    }
  }

  const left = view.master || atHome.length > 0 ? FRAME_W + WIRES : 0
  let top = (height - rightTall) / 2
  frames.forEach((frame, index) => {
    const column = index % columns
    const row = Math.floor(index / columns)
    if (column === 0 && row > 0) top += (rowHeights[row - 1] ?? 0) + GAP
    const box = { x: left + column * (FRAME_W + GAP), y: top, w: FRAME_W, h: rowHeights[row] ?? frame.height }
    layout.workers.push({ id: frame.worker.id, box })
    let y = top + FRAME_HEAD
    for (const { driver, tall } of frame.placed) {
      layout.drivers.push({ driver, box: { x: box.x + FRAME_PAD, y, w: CARD_W, h: tall } })
      y += tall + 8
    }
    for (const executor of frame.drawn) {
      const h = executorHeight(executor)
      const dead = isDead(executor)
      layout.executors.push({
        key: keyOf(executor),
        executor,
        driver: ownerOf(executor),
        box: { x: box.x + FRAME_PAD, y, w: CARD_W, h },
        dead,
        left: dead && leftInOrder(executor),
        ghost: dead && !leftInOrder(executor) && frame.drawn.some((one) => one.launchedAt >= deathOf(executor) && one.registeredAt !== null)
      })
      y += h + 8
    }
  })
  const right = layout.workers.reduce((most, one) => Math.max(most, one.box.x + one.box.w), 0)
  // Room at the right for the arcs of shuffle blocks.
  layout.width = Math.max(right > 0 ? right + 36 : 0, atHome.length > 0 || view.master ? FRAME_W : 0)
  return layout
}
