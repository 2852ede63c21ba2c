/** A Master that comes back (§3.26): what it remembers, and when its recovery is complete. */
import { readTime, SettingError, type Conf } from './conf.ts'
import { workerTimeout } from './worker-life.ts'

const MODES = ['NONE', 'FILESYSTEM', 'ROCKSDB', 'ZOOKEEPER', 'CUSTOM'] as const
export type RecoveryMode = (typeof MODES)[number]

/** spark.deploy.recoveryMode. Throws SettingError. */
export function recoveryMode(conf: Conf): RecoveryMode {
  const value = conf['spark.deploy.recoveryMode'] ?? 'NONE'
  const mode = MODES.find((known) => known === value.toUpperCase())
  if (mode === undefined) throw new SettingError('spark.deploy.recoveryMode', value, `spark.deploy.recoveryMode is "${value}"; it can be ${MODES.join(', ')}.`)
  return mode
}

/** Does a new Master find the books of the one before? */
export const remembers = (conf: Conf): boolean => recoveryMode(conf) !== 'NONE'

/** How long it waits for applications and Workers to answer, ms. */
export const recoveryTimeout = (conf: Conf): number => (conf['spark.deploy.recoveryTimeout'] === undefined ? workerTimeout(conf) : readTime(conf, 'spark.deploy.recoveryTimeout', '60s', 's'))

/** Everybody of the stored books has answered. */
export const canComplete = (workers: Iterable<{ state: string }>, apps: Iterable<{ state: string }>): boolean => [...workers, ...apps].every(({ state }) => state !== 'UNKNOWN')
