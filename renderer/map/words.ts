/** The few words under a name on the map, in the inspector and for a screen reader. */
import type { DriverView, ExecutorView, RunView, WorkerView } from '../../engine/view/types.ts'
import { appOfDriver, indexOfDriver, labelOf } from '../../engine/view/programs.ts'
import { stateLabel } from '../inspector/machines.ts'
import { isDead, isDriverItself } from './layout.ts'
import { count } from './slots.ts'

export const busySlots = (executor: ExecutorView): number => executor.slots.filter((slot) => slot !== null).length

/** False of an end in order, and of a driver that was told to stop. */
export const driverDied = (driver: DriverView, outcome: RunView['outcome']): boolean =>
  driver.end !== null && (driver.end.code !== 0 || driver.end.signal !== null) && !(outcome === 'stopped' && driver.end.farewell)

/** `exit 137`, or `gone` while nobody knows the code. */
export function endText(end: { code: number | null; signal: string | null } | null): string {
  if (!end) return 'gone'
  if (end.code !== null) return `exit ${end.code}`
  return end.signal ?? 'ended'
}

/** `held` is the word for a fault that holds it. */
export function executorWords(executor: ExecutorView, held?: string): string {
  if (isDead(executor)) return endText(executor.end)
  if (executor.life === 'launching') return 'starting'
  if (executor.life === 'silent') return held ? `${held}, no heartbeat` : 'no heartbeat'
  return `${held ? `${held}, ` : ''}${busySlots(executor)} of ${executor.slots.length} slots busy`
}

export function driverWords(driver: DriverView, view: RunView): string {
  if (driver.end) return endText(driver.end)
  if (waitsForCores(view, driver)) return 'waits for cores'
  const state = driver.machine ? stateLabel(driver.machine.state) : driver.state
  const line = lineOf(driver, view)
  return line === null ? state : `${state} · line ${line}`
}

/** The line a driver's program is on. */
export const lineOf = (driver: DriverView, view: RunView): number | null => (view.programs.length > 1 ? (driver.line ?? null) : view.line)

/** Its application is registered and has no executor: others hold the cores (§3.13). */
export function waitsForCores(view: RunView, driver: DriverView): boolean {
  const app = appOfDriver(view, driver.actor)
  if (driver.end || app?.state !== 'WAITING' || app.appId !== driver.appId) return false
  return !view.executors.some((one) => one.appId === app.appId && !isDead(one))
}

/** A sign of its own for each program, so that colour is not the only one. */
const SIGNS = ['●', '◆', '▲', '■', '★', '⬟', '✚', '⬢']

/** `◆ second.py`, where several programs run: whose an executor or a driver is. Null where there is one. */
export function whose(view: RunView, of: { appId?: string | null; actor?: string | null }): { sign: string; label: string; tone: number } | null {
  const label = labelOf(view, of)
  if (label === null) return null
  const actor = of.appId ? view.apps.find((app) => app.appId === of.appId)?.driver : of.actor
  const index = indexOfDriver(actor ?? 'driver')
  return { sign: SIGNS[index % SIGNS.length]!, label, tone: index % 3 }
}

/** ` · second.py` behind a name, where several programs run. */
export const whoseText = (view: RunView, of: { appId?: string | null; actor?: string | null }): string => {
  const label = labelOf(view, of)
  return label === null ? '' : ` · ${label}`
}

/** What the Master is busy with, or null. */
export function masterNews(view: RunView): string | null {
  const starting = view.executors.filter((one) => one.life === 'launching' && one.end === null)
  if (starting.length === 1) return `starting executor ${starting[0]?.id}${whoseText(view, { appId: starting[0]?.appId })}…`
  return starting.length > 1 ? `starting ${starting.length} executors…` : null
}

export function workerWords(worker: WorkerView): string {
  return `${worker.cores} ${worker.cores === 1 ? 'core' : 'cores'} · ${worker.memoryMb} MB`
}

/** One sentence about the cluster. */
export function clusterSummary(view: RunView): string {
  const alive = view.executors.filter((one) => !isDead(one))
  const slots = alive.reduce((sum, one) => sum + one.slots.length, 0)
  const busy = alive.reduce((sum, one) => sum + busySlots(one), 0)
  if (view.executors.some(isDriverItself) && view.executors.every(isDriverItself)) return `no cluster: the driver runs the tasks${slots > 0 ? ` · ${busy} of ${slots} slots busy` : ''}`
  const parts = [count(view.workers.filter((one) => one.state === 'ALIVE').length || view.workers.length, 'worker'), count(alive.length, 'executor'), slots > 0 ? `${busy} of ${slots} slots busy` : '']
  return parts.filter((part) => part !== '').join(' · ')
}

/** How an executor went that nothing struck: told to, or because its driver was gone. */
export const leftWords = (executor: ExecutorView): string => (/disassociated/.test(executor.end?.meaning ?? '') ? 'left: its driver is gone' : 'left in order')
