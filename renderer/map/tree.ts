/** The map in words, for the tree beside it: who is where, in the order of the picture. */
import type { Ref, RunView } from '../../engine/view/types.ts'
import type { MapLayout } from './layout.ts'
import { count, lossText } from './slots.ts'
import { driverWords, executorWords, masterNews, workerWords } from './words.ts'

export interface TreeItem {
  key: string
  level: 1 | 2
  label: string
  ref: Ref
}

export function treeOf(view: RunView, layout: MapLayout): TreeItem[] {
  const items: TreeItem[] = []
  const driver = view.drivers.at(-1)
  const driverItem = (level: 1 | 2): void => {
    if (driver) items.push({ key: 'driver', level, label: `Driver${driver.end ? ', dead' : ''}, ${driverWords(driver, view)}`, ref: { kind: 'actor', id: 'driver' } })
  }
  if (view.master) items.push({ key: 'master', level: 1, label: `Master, ${masterNews(view) ?? view.master.state}`, ref: { kind: 'actor', id: 'master' } })
  if (layout.computer) driverItem(1)
  for (const place of layout.workers) {
    const worker = view.workers.find((one) => one.id === place.id)
    if (!worker) continue
    items.push({ key: worker.id, level: 1, label: `${worker.id}, ${workerWords(worker)}${worker.state === 'ALIVE' ? '' : `, ${worker.state}`}`, ref: { kind: 'actor', id: worker.id } })
    if (driver && driver.place === worker.id) driverItem(2)
    for (const { key, executor, dead } of layout.executors.filter((one) => one.executor.worker === worker.id)) {
      const holds = [count(executor.cachedBlocks.length, 'cached block'), count(executor.mapOutputs.length, 'map output')].filter((part) => part !== '')
      const more = dead ? lossText(executor) : holds.length > 0 ? `holds ${holds.join(', ')}` : ''
      items.push({
        key,
        level: 2,
        label: `Executor ${executor.id}${dead ? ', dead' : ''}, ${executorWords(executor)}${more ? `, ${more}` : ''}`,
        ref: { kind: 'actor', id: `executor-${executor.id}`, appId: executor.appId }
      })
    }
  }
  return items
}
