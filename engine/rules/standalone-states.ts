/** The states in the books of a standalone Master (§3.5), by Spark's names. */
export const STANDALONE_STATES = {
  worker: ['ALIVE', 'DEAD', 'DECOMMISSIONED', 'UNKNOWN'],
  application: ['WAITING', 'RUNNING', 'FINISHED', 'FAILED', 'KILLED', 'UNKNOWN'],
  executor: ['LAUNCHING', 'RUNNING', 'KILLED', 'FAILED', 'LOST', 'EXITED', 'DECOMMISSIONED'],
  driver: ['SUBMITTED', 'RUNNING', 'FINISHED', 'RELAUNCHING', 'UNKNOWN', 'KILLED', 'FAILED', 'ERROR']
} as const

type StateOf<K extends keyof typeof STANDALONE_STATES> = (typeof STANDALONE_STATES)[K][number]

export type WorkerState = StateOf<'worker'>
export type ApplicationState = StateOf<'application'>
export type ExecutorState = StateOf<'executor'>
export type DriverState = StateOf<'driver'>

/** The application has ended. */
export const isOver = (state: ApplicationState): boolean => state === 'FINISHED' || state === 'FAILED' || state === 'KILLED'

/** Nothing of the executor is left. */
export const isFinished = (state: ExecutorState): boolean => state === 'EXITED' || state === 'KILLED' || state === 'FAILED' || state === 'LOST'
