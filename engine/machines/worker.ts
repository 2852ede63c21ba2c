import { setup } from 'xstate'

/** What reaches a Worker (§3.1, §3.14, §3.20). */
export type WorkerMachineEvent =
  | { type: 'RegisteredWorker' }
  | { type: 'LaunchExecutor'; executorId: string }
  | { type: 'ExecutorExited'; executorId: string }
  | { type: 'KillExecutor'; executorId: string }
  | { type: 'LaunchDriver'; driverId: string }
  | { type: 'DriverExited'; driverId: string }
  | { type: 'Stop' }

/** A Worker: a place with cores and memory, where executor and driver processes are started and watched. */
export const workerMachine = setup({
  types: { events: {} as WorkerMachineEvent },
  actions: {
    launchExecutor: (_, _params: { executorId: string }) => undefined,
    killExecutor: (_, _params: { executorId: string }) => undefined,
    launchDriver: (_, _params: { driverId: string }) => undefined
  }
}).createMachine({
  id: 'worker',
  initial: 'REGISTERING',
  states: {
    REGISTERING: { description: 'It offers its cores and memory to the Master.', on: { RegisteredWorker: 'ALIVE', Stop: 'STOPPED' } },
    ALIVE: {
      description: 'It starts and watches the processes the Master asks for.',
      on: {
        LaunchExecutor: { actions: { type: 'launchExecutor', params: ({ event }) => ({ executorId: event.executorId }) } },
        KillExecutor: { actions: { type: 'killExecutor', params: ({ event }) => ({ executorId: event.executorId }) } },
        LaunchDriver: { actions: { type: 'launchDriver', params: ({ event }) => ({ driverId: event.driverId }) } },
        ExecutorExited: {},
        DriverExited: {},
        Stop: 'STOPPED'
      }
    },
    STOPPED: { description: 'The lab has taken the cluster down.', type: 'final' }
  }
})
