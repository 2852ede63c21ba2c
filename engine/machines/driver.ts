import { assign, setup } from 'xstate'

/** What happens in a driver's life, seen from inside its process (§1.9, §5.27, §8.13). */
export type DriverMachineEvent =
  | { type: 'ProgramStarted' }
  | { type: 'StartContext' }
  | { type: 'Registered' }
  | { type: 'RegistrationFailed' }
  | { type: 'JobSubmitted'; jobId: number }
  | { type: 'JobEnded'; jobId: number }
  | { type: 'StopContext' }
  | { type: 'ContextStopped' }
  | { type: 'ProgramEnded'; code: number }
  | { type: 'HeapExhausted' }

/** The driver: a Python program, then an application once it makes a SparkContext. */
export const driverMachine = setup({
  types: { context: {} as { jobs: number }, events: {} as DriverMachineEvent },
  guards: { lastJob: ({ context }) => context.jobs <= 1 }
}).createMachine({
  id: 'driver',
  context: { jobs: 0 },
  initial: 'launching',
  states: {
    launching: {
      description: 'The process is up; Python starts.',
      on: { ProgramStarted: 'program', ProgramEnded: 'ended', HeapExhausted: 'outOfMemory' }
    },
    program: {
      description: 'Plain Python: there is no SparkContext.',
      on: { StartContext: 'registering', ProgramEnded: 'ended', HeapExhausted: 'outOfMemory' }
    },
    registering: {
      description: 'It asks the cluster manager to register the application.',
      on: { Registered: 'idle', RegistrationFailed: 'program', ProgramEnded: 'ended', HeapExhausted: 'outOfMemory' }
    },
    idle: {
      description: 'The application is registered; no job runs.',
      entry: assign({ jobs: 0 }),
      on: { JobSubmitted: 'runningJob', StopContext: 'stopping', ProgramEnded: 'stopping', HeapExhausted: 'outOfMemory' }
    },
    runningJob: {
      description: 'An action waits while stages and tasks run.',
      entry: assign({ jobs: 1 }),
      on: {
        JobSubmitted: { actions: assign({ jobs: ({ context }) => context.jobs + 1 }) },
        JobEnded: [{ guard: 'lastJob', target: 'idle' }, { actions: assign({ jobs: ({ context }) => context.jobs - 1 }) }],
        StopContext: 'stopping',
        ProgramEnded: 'stopping',
        HeapExhausted: 'outOfMemory'
      }
    },
    stopping: {
      description: 'The SparkContext stops: executors are told to leave, the log is closed.',
      on: { ContextStopped: 'program', ProgramEnded: 'ended', HeapExhausted: 'outOfMemory' }
    },
    outOfMemory: { description: 'Its heap is full; the application dies with it.', type: 'final' },
    ended: { description: 'The program is over.', type: 'final' }
  }
})
