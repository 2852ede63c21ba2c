/** A Worker and the Master, as they keep sight of each other: registration, heartbeats, silence (§3.1–3.4, §3.16). */
import { readInt, readTime, type Conf } from './conf.ts'

/** Spark's waits between registrations of a Worker, ms, before each is spread by 0.5 to 1.5 (§3.2). */
const FIRST_RETRY_MS = 10_000
const LATER_RETRY_MS = 60_000

/** How long a silent Worker is believed, ms (§3.3). */
export const workerTimeout = (conf: Conf): number => readTime(conf, 'spark.worker.timeout', '60s', 's')

/** A Worker sends a heartbeat so often, ms. */
export const workerHeartbeatInterval = (conf: Conf): number => workerTimeout(conf) / 4

/**
 * When a Worker that found no Master tries the next time. `attempt` counts retries from 1; `spread` is
 * between 0.5 and 1.5, drawn once for a Worker. Null: it gives up and exits with 1 (§3.2).
 */
export function nextRegistration(attempt: number, conf: Conf, spread: number): number | null {
  const first = readInt(conf, 'spark.worker.initialRegistrationRetries', 6, 0)
  const most = readInt(conf, 'spark.worker.maxRegistrationRetries', 16, 0)
  if (attempt > most) return null
  return Math.round((attempt <= first ? FIRST_RETRY_MS : LATER_RETRY_MS) * spread)
}

/** The Master's look at a Worker, every spark.worker.timeout: has it been silent for too long (§3.3)? */
export const isSilent = (lastHeartbeat: number, now: number, conf: Conf): boolean => now - lastHeartbeat > workerTimeout(conf)

/** Spark's words for a Worker that said nothing. */
export const silenceText = (conf: Conf): string => `Not receiving heartbeat for ${Math.round(workerTimeout(conf) / 1000)} seconds`

/** Spark's words for a Worker whose connection closed. */
export const disconnectText = (address: string): string => `${address} got disassociated`

/** How often a Worker tells the Master of the state of an executor before it gives up and exits with 1 (§3.16). */
export const stateSyncAttempts = (conf: Conf): number => readInt(conf, 'spark.worker.executorStateSync.maxAttempts', 5, 1)

/** How long it waits between two of those tries, ms. */
export const stateSyncWait = (conf: Conf): number => readTime(conf, 'spark.rpc.askTimeout', conf['spark.network.timeout'] ?? '120s', 's')

/** An application registers so often, ms, and so many times, before it gives the Masters up (§3.6). */
export const APP_REGISTRATION = { everyMs: 20_000, times: 3, text: 'All masters are unresponsive! Giving up.' } as const
