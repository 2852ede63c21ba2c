import type { FaultMoment, Situation } from '../../engine/faults/strike.ts'
import type { RunView } from '../../engine/view/types.ts'
import type { FaultApp } from './fault-desk.ts'

/** What there is to strike now, as the log tells it; `strikeable` adds what only the lab knows of a process. */
export function situationOf(view: RunView, app: FaultApp | undefined, moment: FaultMoment | undefined, strikeable: (executorId: string) => boolean): Situation {
  const driver = app?.driver ?? null
  const appId = app?.appId
  const tasks = new Map(view.tasks.flatMap((task) => (task.appId === appId && task.state === 'running' ? [[task.id, task]] : [])))
  const executors = view.executors.filter((executor) => executor.appId === appId)
  const place = view.drivers.findLast((one) => one.actor === (app?.actor ?? 'driver'))?.place
  return {
    driverAlive: driver !== null && !driver.ended,
    executors: executors.map((executor) => ({
      id: executor.id,
      alive: (executor.life === 'alive' || executor.life === 'silent') && strikeable(executor.id),
      coming: executor.life === 'launching',
      running: executor.slots.flatMap((taskId) => {
        const task = taskId === null ? undefined : tasks.get(taskId)
        return task === undefined ? [] : [{ taskId: task.id, stage: task.stageId, partition: task.partition }]
      }),
      cached: executor.cachedBlocks,
      mapOutputs: executor.mapOutputs
    })),
    workers: view.workers.map((worker) => ({
      id: worker.id,
      alive: worker.state === 'ALIVE' || worker.state === 'DECOMMISSIONED',
      holdsDriver: worker.id === place && driver !== null && !driver.ended,
      executors: executors.filter((executor) => executor.worker === worker.id && executor.life === 'alive').length
    })),
    master: view.master !== null,
    ...(moment === undefined ? {} : { moment })
  }
}
