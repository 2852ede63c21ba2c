/**
 * How a utility process ended, told from what Electron says (reference: `exit` gives process.exit's
 * code as it is, but after a signal the raw wait status, so that 9 may be exit(9) or SIGKILL).
 */
import { constants } from 'node:os'
import type { ProcessEnding } from './life.ts'

/** Why Chromium thinks a process is gone; `undefined` while it has not said. */
export type GoneReason = 'clean-exit' | 'abnormal-exit' | 'killed' | 'crashed' | 'oom' | 'launch-failed' | 'integrity-failure' | 'memory-eviction'

const CORE_DUMPED = 0x80

/** Where a number has several names (SIGABRT, SIGIOT) the first one is the usual one. */
const signalNames = new Map<number, string>(Object.entries(constants.signals).toReversed().map(([name, number]) => [number, name]))

/** Signals that end a process nobody asked to end: what an unexplained status is taken for. */
const USUAL = new Set(['SIGKILL', 'SIGTERM', 'SIGSEGV', 'SIGABRT', 'SIGTRAP', 'SIGILL', 'SIGBUS', 'SIGFPE'])

/** True when `code` alone does not say whether it is an exit code or a signal. */
export function isAmbiguous(code: number, platform: NodeJS.Platform = process.platform): boolean {
  return platform !== 'win32' && signalNames.has(code & ~CORE_DUMPED)
}

/**
 * @param code what `exit` reported
 * @param struck the spawner killed it
 * @param reason what `child-process-gone` said, if it came
 */
export function readEnding(code: number, struck: boolean, reason: GoneReason | undefined, platform: NodeJS.Platform = process.platform): ProcessEnding {
  if (platform === 'win32') return struck && code !== 0 && reason !== 'oom' ? { code: null, signal: 'SIGKILL' } : { code: code >>> 0, signal: null }
  const signal = signalNames.get(code & ~CORE_DUMPED)
  if (signal === undefined) return { code, signal: null }
  if (struck && signal === 'SIGKILL') return { code: null, signal }
  if (reason === 'abnormal-exit' || reason === 'clean-exit') return { code, signal: null }
  if (reason === 'killed' || reason === 'crashed' || reason === 'oom') return { code: null, signal }
  return USUAL.has(signal) ? { code: null, signal } : { code, signal: null }
}
