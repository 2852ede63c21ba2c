import { setup } from 'xstate'

/** What reaches the standalone Master (§3). The handlers are the cluster manager's books. */
export type MasterMachineEvent =
  | { type: 'ElectedLeader' }
  | { type: 'RegisterWorker'; worker: string }
  | { type: 'WorkerLost'; worker: string }
  | { type: 'RegisterApplication'; appId: string }
  | { type: 'UnregisterApplication'; appId: string }
  | { type: 'DriverDisassociated'; appId: string }
  | { type: 'ExecutorStateChanged'; appId: string; executorId: string; state: string }
  | { type: 'DriverStateChanged'; driverId: string; state: string }
  | { type: 'KillExecutors'; appId: string; executorIds: string[] }
  | { type: 'Stop' }

/**
 * The Master: schedules after everything that frees or asks for resources. `schedule` is given by the
 * cluster manager and starts executors where placement allows (§3.9–3.13, §3.17).
 */
export const masterMachine = setup({
  types: { events: {} as MasterMachineEvent },
  actions: { schedule: () => undefined }
}).createMachine({
  id: 'master',
  initial: 'STANDBY',
  states: {
    STANDBY: { description: 'It waits to become the leader.', on: { ElectedLeader: 'ALIVE', Stop: 'STOPPED' } },
    ALIVE: {
      description: 'It keeps the books of workers, applications and executors, and places executors.',
      on: {
        RegisterWorker: { actions: 'schedule' },
        WorkerLost: { actions: 'schedule' },
        RegisterApplication: { actions: 'schedule' },
        UnregisterApplication: { actions: 'schedule' },
        DriverDisassociated: { actions: 'schedule' },
        ExecutorStateChanged: { actions: 'schedule' },
        DriverStateChanged: { actions: 'schedule' },
        KillExecutors: { actions: 'schedule' },
        Stop: 'STOPPED'
      }
    },
    STOPPED: { description: 'The lab has taken the cluster down.', type: 'final' }
  }
})
