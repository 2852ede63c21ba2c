/** The standalone Master's scheduling: who gets executors and drivers (§3.9–3.13), and when it stops relaunching (§3.18, §3.23). */
import { SettingError, type Conf } from './conf.ts'

export interface WorkerOffer {
  id: string
  coresFree: number
  memoryFreeMb: number
}

/** Which workers come first (§3.9). */
const POLICIES = {
  CORES_FREE_DESC: (a, b) => b.coresFree - a.coresFree,
  CORES_FREE_ASC: (a, b) => a.coresFree - b.coresFree,
  MEMORY_FREE_DESC: (a, b) => b.memoryFreeMb - a.memoryFreeMb,
  MEMORY_FREE_ASC: (a, b) => a.memoryFreeMb - b.memoryFreeMb,
  WORKER_ID: (a, b) => a.id.localeCompare(b.id)
} as const satisfies Record<string, (a: WorkerOffer, b: WorkerOffer) => number>

export type WorkerPolicy = keyof typeof POLICIES

/** spark.deploy.workerSelectionPolicy. Throws SettingError. */
export function workerPolicy(conf: Conf): WorkerPolicy {
  const value = conf['spark.deploy.workerSelectionPolicy'] ?? 'CORES_FREE_DESC'
  const policy = value.toUpperCase()
  if (!(policy in POLICIES)) throw new SettingError('spark.deploy.workerSelectionPolicy', value, `spark.deploy.workerSelectionPolicy is "${value}"; it can be ${Object.keys(POLICIES).join(', ')}.`)
  return policy as WorkerPolicy
}

export interface ExecutorRequest {
  /** Alive workers, in the Master's order. */
  workers: readonly WorkerOffer[]
  /** spark.executor.cores; null: one executor a worker and round, with all cores it is assigned (§3.11). */
  executorCores: number | null
  executorMemoryMb: number
  /** What spark.cores.max leaves the application; Infinity without a limit. */
  coresLeft: number
  spreadOut: boolean
  /** spark.deploy.workerSelectionPolicy (§3.9). */
  policy?: WorkerPolicy
  /** How many more executors the application may have (dynamic allocation). */
  executorLimit?: number
}

/** One entry an executor to launch, in launch order. */
export function placeExecutors(ask: ExecutorRequest): { workerId: string; cores: number }[] {
  const perExecutor = ask.executorCores
  const least = perExecutor ?? 1
  // A stable sort keeps the Master's order among equals: most free cores first (§3.9).
  const usable = ask.workers
    .filter((worker) => worker.coresFree >= least && worker.memoryFreeMb >= ask.executorMemoryMb)
    .sort(POLICIES[ask.policy ?? 'CORES_FREE_DESC'])
  const cores = usable.map(() => 0)
  const executors = usable.map(() => 0)
  const limit = ask.executorLimit ?? Infinity
  let left = Math.min(ask.coresLeft, usable.reduce((sum, worker) => sum + worker.coresFree, 0))
  let launched = 0

  const fits = (at: number): boolean => {
    const worker = usable[at]!
    if (left < least || worker.coresFree - cores[at]! < least) return false
    const opensNew = perExecutor !== null || executors[at] === 0
    if (!opensNew) return true
    return worker.memoryFreeMb - executors[at]! * ask.executorMemoryMb >= ask.executorMemoryMb && launched < limit
  }

  let open = usable.map((_, at) => at).filter(fits)
  while (open.length > 0) {
    for (const at of open) {
      while (fits(at)) {
        left -= least
        cores[at]! += least
        if (perExecutor !== null || executors[at] === 0) {
          executors[at]!++
          launched++
        }
        if (ask.spreadOut) break
      }
    }
    open = open.filter(fits)
  }

  return usable.flatMap((worker, at) => {
    if (executors[at] === 0) return []
    const each = perExecutor ?? cores[at]!
    return Array.from({ length: executors[at]! }, () => ({ workerId: worker.id, cores: each }))
  })
}

/** Whether any single worker could ever hold one executor of the application (§3.13). */
export function couldEverFit(workers: readonly { cores: number; memoryMb: number }[], executorCores: number | null, executorMemoryMb: number): boolean {
  return workers.some((worker) => worker.cores >= (executorCores ?? 1) && worker.memoryMb >= executorMemoryMb)
}

/**
 * Drivers of cluster mode, placed before executors on alive workers in shuffled order; `spreadOut`
 * goes on from the worker after the last one used (§3.12). Drivers that fit nowhere are left out.
 */
export function placeDrivers(ask: {
  drivers: readonly { id: string; cores: number; memoryMb: number }[]
  workers: readonly WorkerOffer[]
  spreadOut: boolean
  random: () => number
}): { driverId: string; workerId: string }[] {
  const workers = shuffle(ask.workers.map((worker) => ({ ...worker })), ask.random)
  const placed: { driverId: string; workerId: string }[] = []
  let at = 0
  for (const driver of ask.drivers) {
    if (!ask.spreadOut) at = 0
    for (let tried = 0; tried < workers.length; tried++) {
      const worker = workers[at]!
      at = (at + 1) % workers.length
      if (worker.coresFree < driver.cores || worker.memoryFreeMb < driver.memoryMb) continue
      worker.coresFree -= driver.cores
      worker.memoryFreeMb -= driver.memoryMb
      placed.push({ driverId: driver.id, workerId: worker.id })
      break
    }
  }
  return placed
}

/** Fisher–Yates with the given random; changes and returns `items`. */
export function shuffle<T>(items: T[], random: () => number): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const held = items[i]!
    items[i] = items[j]!
    items[j] = held
  }
  return items
}

/** Failing executors of one application (§3.18). Every start of a process sets the count back to 0. */
export class AppRetries {
  readonly #max: number
  #count = 0

  /** `max` is spark.deploy.maxExecutorRetries; below 0 the application is never removed. */
  constructor(max: number) {
    this.#max = max
  }

  get count(): number {
    return this.#count
  }

  /** An executor process started (the Worker reported RUNNING). */
  running(): void {
    this.#count = 0
  }

  /** An executor ended with a status other than 0. True when the Master removes the application. */
  failed(anyRunning: boolean): boolean {
    this.#count++
    return this.#max >= 0 && this.#count >= this.#max && !anyRunning
  }
}

/** Runs longer than this count as good and set the back-off back (§3.23), ms. */
const GOOD_RUN_MS = 5000

/** Back-off of a supervised driver: 1, 2, 4, 8 … s, without a last try (§3.23). */
export class SuperviseBackoff {
  #waitMs = 1000

  /** What to do after the driver ended. `ranMs` is the length of that run. */
  ended(end: { supervise: boolean; exitCode: number; killed: boolean; ranMs: number }): { relaunch: false } | { relaunch: true; afterMs: number } {
    if (!end.supervise || end.exitCode === 0 || end.killed) return { relaunch: false }
    if (end.ranMs > GOOD_RUN_MS) this.#waitMs = 1000
    const afterMs = this.#waitMs
    this.#waitMs *= 2
    return { relaunch: true, afterMs }
  }
}

/** How a driver that was run by a Worker is booked (§3.22). */
export function driverState(end: { exitCode: number | null; killed: boolean; couldNotStart: boolean }): 'FINISHED' | 'KILLED' | 'FAILED' | 'ERROR' {
  if (end.couldNotStart) return 'ERROR'
  if (end.killed) return 'KILLED'
  return end.exitCode === 0 ? 'FINISHED' : 'FAILED'
}
