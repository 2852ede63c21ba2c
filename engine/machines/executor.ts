import { assign, setup } from 'xstate'

/** What happens in an executor's life, seen from inside its process (§4.1–4.12). */
export type ExecutorMachineEvent =
  | { type: 'Connected' }
  | { type: 'Registered' }
  | { type: 'RegistrationRefused'; message: string }
  /** The first task in its slots. */
  | { type: 'TaskStarted'; taskId: number }
  /** The last task in its slots. */
  | { type: 'TaskEnded'; taskId: number }
  | { type: 'HeapExhausted' }
  | { type: 'Hang' }
  | { type: 'Resume' }
  | { type: 'Decommission' }
  | { type: 'StopExecutor' }
  | { type: 'DriverDisassociated' }

/** The executor: registers with the driver, then goes between idle and busy until it is told or made to leave. */
export const executorMachine = setup({
  types: { context: {} as { busy: boolean }, events: {} as ExecutorMachineEvent },
  guards: { busy: ({ context }) => context.busy }
}).createMachine({
  id: 'executor',
  context: { busy: false },
  initial: 'launching',
  states: {
    launching: {
      description: 'The process is up and connects to the driver.',
      on: { Connected: 'registering', DriverDisassociated: 'exiting' }
    },
    registering: {
      description: 'It has asked the driver to be taken on.',
      on: { Registered: 'idle', RegistrationRefused: 'exiting', DriverDisassociated: 'exiting', StopExecutor: 'exiting' }
    },
    idle: {
      description: 'It has free slots and waits for tasks.',
      entry: assign({ busy: false }),
      on: {
        TaskStarted: 'runningTasks',
        StopExecutor: 'exiting',
        DriverDisassociated: 'exiting',
        HeapExhausted: 'outOfMemory',
        Decommission: 'decommissioning',
        Hang: 'hung'
      }
    },
    runningTasks: {
      description: 'At least one task runs in its slots.',
      entry: assign({ busy: true }),
      on: {
        TaskEnded: 'idle',
        StopExecutor: 'exiting',
        DriverDisassociated: 'exiting',
        HeapExhausted: 'outOfMemory',
        Decommission: 'decommissioning',
        Hang: 'hung'
      }
    },
    decommissioning: {
      description: 'It is to go: no new tasks, those that run may finish, peers take its blocks.',
      on: { TaskStarted: {}, TaskEnded: {}, StopExecutor: 'exiting', DriverDisassociated: 'exiting', HeapExhausted: 'outOfMemory', Hang: 'hung' }
    },
    hung: {
      description: 'The process lives but answers nobody: no heartbeats, no results.',
      on: {
        TaskStarted: { actions: assign({ busy: true }) },
        TaskEnded: { actions: assign({ busy: false }) },
        StopExecutor: 'exiting',
        DriverDisassociated: 'exiting',
        HeapExhausted: 'outOfMemory',
        Resume: [{ guard: 'busy', target: 'runningTasks' }, { target: 'idle' }]
      }
    },
    outOfMemory: { description: 'Its heap is full. It reports what it can and exits with 52.', type: 'final' },
    exiting: { description: 'It leaves in order.', type: 'final' }
  }
})
