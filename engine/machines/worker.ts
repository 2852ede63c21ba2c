import { setup } from 'xstate'

/** What reaches a Worker (§3.1–3.3, §3.14, §3.20, §7.6). */
export type WorkerMachineEvent =
  | { type: 'RegisteredWorker' }
  | { type: 'MasterDisconnected' }
  | { type: 'LaunchExecutor'; executorId: string }
  | { type: 'ExecutorExited'; executorId: string }
  | { type: 'KillExecutor'; executorId: string }
  | { type: 'LaunchDriver'; driverId: string }
  | { type: 'DriverExited'; driverId: string }
  | { type: 'DecommissionSelf' }
  /** It answers nobody: a hanging process, or a network that is cut. */
  | { type: 'Hang' }
  | { type: 'Resume' }
  /** Its process is gone. */
  | { type: 'Exited' }
  | { type: 'Started' }
  | { type: 'Stop' }

/** What it does wherever its process runs. */
const work = { LaunchExecutor: {}, ExecutorExited: {}, KillExecutor: {}, LaunchDriver: {}, DriverExited: {} }

/** A Worker: a place with cores and memory, where executor and driver processes are started and watched. */
export const workerMachine = setup({ types: { events: {} as WorkerMachineEvent } }).createMachine({
  id: 'worker',
  initial: 'REGISTERING',
  states: {
    REGISTERING: {
      description: 'It offers its cores and memory to the Master, again and again until one answers. What runs on it goes on.',
      on: { RegisteredWorker: 'ALIVE', ExecutorExited: {}, DriverExited: {}, Hang: 'SILENT', DecommissionSelf: 'DECOMMISSIONED', Exited: 'DEAD', Stop: 'STOPPED' }
    },
    ALIVE: {
      description: 'It starts and watches the processes the Master asks for.',
      on: { ...work, MasterDisconnected: 'REGISTERING', Hang: 'SILENT', DecommissionSelf: 'DECOMMISSIONED', Exited: 'DEAD', Stop: 'STOPPED' }
    },
    SILENT: {
      description: 'The Master hears nothing of it. Its executors do not know.',
      on: { ...work, Resume: 'ALIVE', Exited: 'DEAD', Stop: 'STOPPED' }
    },
    DECOMMISSIONED: {
      description: 'It is to be taken away: it gets nothing new, and what runs on it may finish.',
      on: { ...work, Hang: 'SILENT', Exited: 'DEAD', Stop: 'STOPPED' }
    },
    DEAD: {
      description: 'Its process is gone, and with it everything that ran on it.',
      on: { Started: 'REGISTERING', Stop: 'STOPPED' }
    },
    STOPPED: { description: 'The lab has taken the cluster down.', type: 'final' }
  }
})
