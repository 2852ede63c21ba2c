import { setup } from 'xstate'

/** What reaches the standalone Master (§3). The handlers are the cluster manager's books. */
export type MasterMachineEvent =
  /** `stored`: the books of the Master before it were found (§3.26). */
  | { type: 'ElectedLeader'; stored: boolean }
  | { type: 'CompleteRecovery' }
  | { type: 'RecoveryComplete' }
  | { type: 'MasterStopped' }
  | { type: 'MasterStarted' }
  | { type: 'RegisterWorker'; worker: string }
  | { type: 'WorkerLost'; worker: string }
  | { type: 'RegisterApplication'; appId: string }
  | { type: 'UnregisterApplication'; appId: string }
  | { type: 'DriverDisassociated'; appId: string }
  | { type: 'ExecutorStateChanged'; appId: string; executorId: string; state: string }
  | { type: 'DriverStateChanged'; driverId: string; state: string }
  | { type: 'KillExecutors'; appId: string; executorIds: string[] }
  | { type: 'RequestExecutors'; appId: string; total: number }
  | { type: 'Stop' }

/**
 * The Master: schedules after everything that frees or asks for resources. `schedule` is given by the
 * cluster manager and starts executors where placement allows (§3.9–3.13, §3.17).
 */
export const masterMachine = setup({
  types: { events: {} as MasterMachineEvent },
  actions: { schedule: () => undefined },
  guards: { stored: ({ event }) => event.type === 'ElectedLeader' && event.stored }
}).createMachine({
  id: 'master',
  initial: 'STANDBY',
  states: {
    STANDBY: {
      description: 'It waits to become the leader.',
      on: { ElectedLeader: [{ guard: 'stored', target: 'RECOVERING' }, { target: 'ALIVE' }], MasterStopped: 'DOWN', Stop: 'STOPPED' }
    },
    RECOVERING: {
      description: 'It has the books of the Master before it and asks applications and workers to answer.',
      on: { CompleteRecovery: 'COMPLETING_RECOVERY', MasterStopped: 'DOWN', Stop: 'STOPPED' }
    },
    COMPLETING_RECOVERY: {
      description: 'It strikes off who did not answer.',
      on: { RecoveryComplete: { target: 'ALIVE', actions: 'schedule' }, MasterStopped: 'DOWN', Stop: 'STOPPED' }
    },
    ALIVE: {
      description: 'It keeps the books of workers, applications and executors, and places executors.',
      on: {
        MasterStopped: 'DOWN',
        RequestExecutors: { actions: 'schedule' },
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
    DOWN: {
      description: 'Its process is gone. What runs goes on; nothing is started, nothing is replaced.',
      on: { MasterStarted: 'STANDBY', Stop: 'STOPPED' }
    },
    STOPPED: { description: 'The lab has taken the cluster down.', type: 'final' }
  }
})
