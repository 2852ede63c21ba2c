/** What executors hold for later: map outputs of shuffles and cached partitions. */
import type { EventOf } from '../events/index.ts'
import type { Handlers } from './handlers.ts'
import { addMapTask, appLookup, currentAppId, findExecutor, heldOn, latestTask, mapTask, scopeOf, type AppLookup } from './lookup.ts'
import { loseOutput } from './fold-tasks.ts'
import type { RunView, TaskView } from './types.ts'

export const blockHandlers: Handlers = {
  'kindling.MapOutput'(view, event) {
    const executor = findExecutor(view, event.executorId)
    if (!executor) return
    const key = `${event.shuffleId}/${event.mapIndex}`
    const app = appLookup(view, executor.appId)
    const held = heldOn(app, executor.id)
    if (!held.has(key)) executor.mapOutputs.push(key)
    held.add(key)
    const maker = makerOf(view, app, event)
    if (maker) addMapTask(view, app, maker, event.shuffleId, event.mapIndex)
  },

  'kindling.CachedBlock'(view, event) {
    const executor = findExecutor(view, event.executorId)
    if (!executor) return
    const key = `${event.rddId}/${event.partition}`
    const at = executor.cachedBlocks.indexOf(key)
    if (event.stored && at === -1) executor.cachedBlocks.push(key)
    else if (!event.stored && at !== -1) executor.cachedBlocks.splice(at, 1)
  },

  'kindling.BlockMigrated'(view, event) {
    const [from, to] = [findExecutor(view, event.from), findExecutor(view, event.to)]
    if (!from || !to) return
    const key = `${event.shuffleId}/${event.mapIndex}`
    const app = appLookup(view, to.appId)
    if (heldOn(app, from.id).delete(key)) from.mapOutputs.splice(from.mapOutputs.indexOf(key), 1)
    from.movedOut = (from.movedOut ?? 0) + 1
    if (!heldOn(app, to.id).has(key)) to.mapOutputs.push(key)
    heldOn(app, to.id).add(key)
  },

  'kindling.BlocksLost'(view, event) {
    const executor = findExecutor(view, event.executorId, event.appId)
    if (!executor) return
    const outputs = new Set(event.mapOutputs.flatMap(({ shuffleId, mapIndexes }) => mapIndexes.map((map) => `${shuffleId}/${map}`)))
    const cached = new Set(event.cached.flatMap(({ rddId, partitions }) => partitions.map((partition) => `${rddId}/${partition}`)))
    executor.mapOutputs = executor.mapOutputs.filter((key) => !outputs.has(key))
    executor.cachedBlocks = executor.cachedBlocks.filter((key) => !cached.has(key))
    executor.lost ??= { mapOutputs: 0, cachedBlocks: 0, runningTasks: 0 }
    executor.lost.mapOutputs += outputs.size
    executor.lost.cachedBlocks += cached.size

    const app = appLookup(view, event.appId)
    const held = heldOn(app, executor.id)
    for (const key of outputs) {
      held.delete(key)
      const [shuffleId, mapIndex] = key.split('/')
      const task = mapTask(view, app, Number(shuffleId), Number(mapIndex))
      if (task?.executorId === executor.id) loseOutput(view, task, event, `Its map output went with executor ${executor.id}`)
    }
  },

  SparkListenerUnpersistRDD(view, event) {
    const ofRdd = `${event['RDD ID']}/`
    const appId = scopeOf(view) === null ? null : currentAppId(view)
    for (const executor of view.executors) {
      if (appId !== null && executor.appId !== appId) continue
      if (executor.cachedBlocks.length > 0) executor.cachedBlocks = executor.cachedBlocks.filter((key) => !key.startsWith(ofRdd))
    }
  }
}

/**
 * The task that wrote a map output. Logs do not say it: it is the task of that partition on that executor
 * in the stage known to write the shuffle, otherwise the one whose end caused the event, otherwise the latest.
 */
function makerOf(view: RunView, app: AppLookup, event: EventOf<'kindling.MapOutput'>): TaskView | undefined {
  const fits = (stageId: number): TaskView | undefined => {
    const task = latestTask(view, app, stageId, event.mapIndex)
    const ours = task?.executorId === event.executorId && (task.shuffleId === undefined || task.shuffleId === event.shuffleId)
    return ours && (task.state === 'running' || task.state === 'success') ? task : undefined
  }
  const writer = app.writers.get(event.shuffleId)
  const known = writer === undefined ? undefined : fits(writer)
  if (known) return known
  let best: TaskView | undefined
  for (const stageId of app.stages.keys()) {
    const task = fits(stageId)
    if (!task) continue
    const caused = event.Kindling.cause !== undefined && (task.endEvent === event.Kindling.cause || task.startEvent === event.Kindling.cause)
    if (caused || !best || task.id > best.id) best = task
    if (caused) break
  }
  if (best) app.writers.set(event.shuffleId, best.stageId)
  return best
}
