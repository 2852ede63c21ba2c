import type { ActorId, EventId } from '../../../engine/events/index.ts'
import type { AppRetries } from '../../../engine/rules/placement.ts'
import type { ApplicationState, DriverState, ExecutorState, WorkerState } from '../../../engine/rules/standalone-states.ts'
import type { ChildHandle } from '../children.ts'
import type { Worker } from './worker.ts'

/** What an application asks the Master for. */
export interface ApplicationAsk {
  name: string
  coresMax: number | null
  executorCores: number | null
  executorMemoryMb: number
  driverPort: number
  conf: Record<string, string>
  /** Executors it wants at most; dynamic allocation begins with 0 (§7.5). Absent: as many as fit. */
  executorLimit?: number
}

/** A driver to be run on a Worker (§3.12, §3.22). */
export interface DriverAsk {
  /** `driver`; of a second program `driver-2`. */
  actor: ActorId
  memoryMb: number
  supervise: boolean
  /** Starts its process. `attempt` counts all processes of this program from 0. */
  launch: (at: { worker: string; host: string; attempt: number; driverId: string }, cause: EventId | undefined) => ChildHandle
  /** It is over for good, in the state of §3.22. */
  over: (state: string, message: string, event: EventId | undefined) => void
}

/** What the Master knows of a Worker (§3.5). */
export interface WorkerBook {
  worker: Worker
  state: WorkerState
  /** Lab ms. */
  lastHeartbeat: number
  executors: Set<ExecutorBook>
  drivers: Set<DriverBook>
}

/** What the Master knows of an executor (§3.5). */
export interface ExecutorBook {
  id: string
  app: Application
  at: WorkerBook
  cores: number
  memoryMb: number
  state: ExecutorState
}

export interface Application {
  id: string
  name: string
  /** Its driver, as the Master reaches it. */
  driver: ChildHandle
  ask: ApplicationAsk
  state: ApplicationState
  /** Its driver has heard that it is taken on: it gets executors. */
  registered: boolean
  /** Its driver was told how many executors the first round granted. */
  scheduled: boolean
  executorLimit: number
  nextExecutorId: number
  /** Those that hold resources. */
  executors: Map<string, ExecutorBook>
  retries: AppRetries
  /** Executors that ended and have no successor yet. */
  gone: { id: string; worker: string; event: EventId }[]
  waitingTold: boolean
  /** What made it ask for more executors last (dynamic allocation). */
  asked?: EventId
}

export interface DriverBook {
  id: string
  ask: DriverAsk
  state: DriverState
  at: WorkerBook | null
  /** Processes started for this program so far. */
  attempts: { count: number }
  /** Why it is to be started (again). */
  cause?: EventId
  /** It was told that it waits. */
  told?: boolean
}

/** Cores a driver takes on a Worker (spark.driver.cores' default, §2.9). */
const DRIVER_CORES = 1

export const coresUsed = (book: WorkerBook): number => [...book.executors].reduce((sum, executor) => sum + executor.cores, book.drivers.size * DRIVER_CORES)
export const memoryUsedMb = (book: WorkerBook): number => [...book.executors].reduce((sum, executor) => sum + executor.memoryMb, [...book.drivers].reduce((sum, driver) => sum + driver.ask.memoryMb, 0))

export const coresFree = (book: WorkerBook): number => book.worker.cores - coresUsed(book)
export const memoryFreeMb = (book: WorkerBook): number => book.worker.memoryMb - memoryUsedMb(book)

/** Room for a driver right now. */
export const hasRoomForDriver = (book: WorkerBook, memoryMb: number): boolean => book.state === 'ALIVE' && coresFree(book) >= DRIVER_CORES && memoryFreeMb(book) >= memoryMb

/** Notes an executor as gone: it holds nothing any more. */
export function strikeOff(executor: ExecutorBook): void {
  executor.app.executors.delete(executor.id)
  executor.at.executors.delete(executor)
}
