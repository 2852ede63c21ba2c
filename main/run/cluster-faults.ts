import type { FaultName } from '../../engine/faults/index.ts'
import { theFault } from '../../engine/faults/index.ts'
import { DECOMMISSION_OFF, decommissionEnabled } from '../../engine/rules/decommission.ts'
import type { EventId } from '../../engine/events/index.ts'
import type { LabHand } from './blows.ts'
import type { ClusterManager } from './cluster-manager.ts'

const NO_CLUSTER = { refuse: 'There is no cluster yet: the program has not registered with a Master.' }

/** Faults of the cluster manager (§3): the lab carries them out itself. */
export function clusterFaults(cluster: () => ClusterManager | undefined, conf: Readonly<Record<string, string>>): Partial<Record<FaultName, LabHand>> {
  const atWorker = (name: FaultName, act: (manager: ClusterManager, id: string, cause: EventId) => void, heal?: (manager: ClusterManager, id: string, cause: EventId) => void): LabHand => (choice) => {
    const manager = cluster()
    if (manager === undefined) return NO_CLUSTER
    if (choice.strike !== 'worker') return { refuse: `${name} strikes a worker.` }
    const { workerId } = choice
    const worker = manager.workers().find(({ id }) => id === workerId)
    if (worker === undefined || worker.gone) return { refuse: `${workerId} is gone already.` }
    return {
      target: workerId,
      detail: theFault(name).does,
      act: (cause) => {
        act(manager, workerId, cause)
        return heal === undefined ? {} : { heal: (healed) => heal(manager, workerId, healed) }
      }
    }
  }
  return {
    'lose-worker': atWorker(
      'lose-worker',
      (manager, id, cause) => manager.loseWorker(id, cause),
      (manager, id, cause) => manager.restartWorker(id, cause)
    ),
    'hang-worker': atWorker(
      'hang-worker',
      (manager, id, cause) => manager.hangWorker(id, cause),
      (manager, id) => manager.resumeWorker(id)
    ),
    'decommission-worker': (choice, fault) =>
      decommissionEnabled(conf) ? atWorker('decommission-worker', (manager, id, cause) => manager.decommissionWorker(id, cause))(choice, fault) : { refuse: DECOMMISSION_OFF },
    'stop-master': () => {
      const manager = cluster()
      if (manager === undefined) return NO_CLUSTER
      if (!manager.masterUp) return { refuse: 'The Master is down already.' }
      return {
        target: 'master',
        detail: theFault('stop-master').does,
        act: (cause) => {
          manager.stopMaster(cause)
          return { heal: (healed) => manager.startMaster(healed) }
        }
      }
    }
  }
}
