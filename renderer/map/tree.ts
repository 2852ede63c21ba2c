/** The map in words, for the tree beside it: who is where, in the order of the picture. */
import { driverHeldBy, heldBy } from '../../engine/view/struck.ts'
import type { DriverView, Ref, RunView } from '../../engine/view/types.ts'
import type { MapLayout } from './layout.ts'
import { count, lossText } from './slots.ts'
import { driverDied, driverWords, executorWords, leftWords, masterNews, whoseText, workerWords } from './words.ts'

export interface TreeItem {
  key: string
  level: 1 | 2
  label: string
  ref: Ref
  /** Which of its siblings it is, from 1, and how many these are. */
  place: number
  of: number
}

export function treeOf(view: RunView, layout: MapLayout): TreeItem[] {
  const items: Omit<TreeItem, 'place' | 'of'>[] = []
  const drivers = layout.drivers.map(({ driver }) => driver)
  const driverItem = (driver: DriverView, level: 1 | 2): void => {
    items.push({ key: driver.actor, level, label: `Driver${whoseText(view, driver)}${driver.end ? (driverDied(driver, view.outcome) ? ', dead' : ', ended') : ''}, ${driverHeldBy(view, driver)?.word ?? driverWords(driver, view)}`, ref: { kind: 'actor', id: driver.actor } })
  }
  if (view.master) items.push({ key: 'master', level: 1, label: `Master, ${masterNews(view) ?? view.master.state}`, ref: { kind: 'actor', id: 'master' } })
  for (const driver of drivers) if (!view.workers.some((worker) => worker.id === driver.place)) driverItem(driver, 1)
  for (const place of layout.workers) {
    const worker = view.workers.find((one) => one.id === place.id)
    if (!worker) continue
    items.push({ key: worker.id, level: 1, label: `${worker.id}, ${workerWords(worker)}${worker.state === 'ALIVE' ? '' : `, ${worker.state}`}`, ref: { kind: 'actor', id: worker.id } })
    for (const driver of drivers) if (driver.place === worker.id) driverItem(driver, 2)
    for (const { key, executor, dead, left } of layout.executors.filter((one) => one.executor.worker === worker.id)) {
      const holds = [count(executor.cachedBlocks.length, 'cached block'), count(executor.mapOutputs.length, 'map output')].filter((part) => part !== '')
      const more = dead ? lossText(executor) : holds.length > 0 ? `holds ${holds.join(', ')}` : ''
      items.push({
        key,
        level: 2,
        label: `Executor ${executor.id}${whoseText(view, executor)}${left ? `, ${leftWords(executor)}` : dead ? ', dead' : ''}, ${executorWords(executor, heldBy(view, executor)?.word)}${more ? `, ${more}` : ''}`,
        ref: { kind: 'actor', id: `executor-${executor.id}`, appId: executor.appId }
      })
    }
  }
  return placed(items)
}

/** Siblings are the items of one level with no item of a higher level in between. */
function placed(items: Omit<TreeItem, 'place' | 'of'>[]): TreeItem[] {
  const groups = new Map<Omit<TreeItem, 'place' | 'of'>, number>()
  const sizes: number[] = [0]
  let inner = -1
  for (const item of items) {
    if (item.level === 1) inner = -1
    else if (inner === -1) inner = sizes.push(0) - 1
    const group = item.level === 1 ? 0 : inner
    groups.set(item, group)
    sizes[group] = (sizes[group] ?? 0) + 1
  }
  const seen = sizes.map(() => 0)
  return items.map((item) => {
    const group = groups.get(item) ?? 0
    seen[group] = (seen[group] ?? 0) + 1
    return { ...item, place: seen[group] ?? 1, of: sizes[group] ?? 1 }
  })
}
