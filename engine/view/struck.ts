/** Who is under a fault that goes on: marked from the strike, long before the cluster notices anything. */
import type { DriverView, ExecutorView, FaultView, RunView } from './types.ts'

export interface Held {
  fault: string
  /** What it does to the process, in a word or two for a card: `silenced`. */
  word: string
  /** What it is doing, as a sentence. */
  says: string
  /** Lab ms of the strike. */
  since: number
}

const WORDS: Readonly<Record<string, { word: string; says: string }>> = {
  'hang-executor': { word: 'silenced', says: 'It sends no heartbeats and answers nobody, but its process is there.' },
  'slow-executor': { word: 'slowed', says: 'Its tasks take longer than those of the others.' },
  'oom-executor': { word: 'filling up', says: 'Its memory is being filled until it dies of it.' }
}

/** The fault that holds this executor now, the latest; null for none, and for a process that has ended. */
export function heldBy(view: RunView, executor: ExecutorView): Held | null {
  if (executor.life === 'dead') return null
  const fault = view.faults.findLast((one) => holds(one, `executor-${executor.id}`) && (one.appId ?? executor.appId) === executor.appId && one.t >= executor.launchedAt && one.fault in WORDS)
  return fault ? { fault: fault.fault, since: fault.t, ...WORDS[fault.fault]! } : null
}

/** The fault that holds the driver now; null for none. Nobody in the cluster need have noticed. */
export function driverHeldBy(view: RunView, driver: DriverView): Held | null {
  if (driver.end !== null) return null
  const fault = view.faults.findLast((one) => one.fault === 'hang-driver' && holds(one, driver.actor))
  return fault ? { fault: fault.fault, since: fault.t, word: 'stands still', says: 'Its process is stopped: it holds its connections, reads nothing and starts no task. Nobody is told.' } : null
}

/** A lasting fault says whom it holds; another one holds whom it struck last. */
const holds = (fault: FaultView, actor: string): boolean => (fault.active?.length ? fault.active.includes(actor) : fault.state === 'struck' && fault.target === actor)
