/** How processes end and what that means for the tasks that were on them (§4.11–4.21), and the texts of §6.12. */
import type { TaskEndReason } from '../events/index.ts'
import type { LossReason } from './types.ts'

/** Spark's exit codes (§4 table). */
export const EXIT = {
  SUCCESS: 0,
  FAILURE: 1,
  UNCAUGHT: 50,
  UNCAUGHT_TWICE: 51,
  OUT_OF_MEMORY: 52,
  NO_LOCAL_DIR: 53,
  HEARTBEAT_FAILURE: 56,
  KILLED_BY_TASK_REAPER: 57,
  BLOCK_MANAGER_REREGISTRATION: 58,
  WORKER_GONE: 255
} as const

const MEANINGS: Record<number, string> = {
  0: 'ended in order',
  1: 'general failure, its output tells more',
  2: 'misuse of the shell',
  3: 'path not found',
  10: 'uncaught exception in the application master',
  11: 'too many executor failures',
  13: 'the SparkContext was not initialised',
  15: "the user's class threw an exception",
  16: 'exited before the SparkContext was ready',
  17: 'disconnected from the driver',
  50: 'uncaught exception',
  51: 'uncaught exception, and logging it failed',
  52: 'OutOfMemoryError',
  53: 'no local directory could be made (spark.local.dir)',
  56: 'could not send heartbeats to the driver',
  57: 'a killed task did not stop and took the executor with it',
  58: 'the driver refused its block manager',
  101: 'main class not found',
  124: 'ran longer than spark.driver.timeout',
  127: 'command not found',
  134: 'aborted (SIGABRT); out of memory in the engine below is the usual cause',
  137: 'killed from outside (SIGKILL)',
  139: 'crashed (SIGSEGV)',
  143: 'asked to end (SIGTERM)',
  255: 'the worker it belonged to is gone'
}

const SIGNALS: Record<string, number> = {
  SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9, SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15
}

/**
 * How a process ended, as a shell would show it (n, or 128 + signal) and in words. After a farewell `code`
 * is the announced one, and it wins over whatever the host reports, since hosts report ends differently.
 */
export function explainExit(end: { code: number | null; signal: string | null; farewell?: boolean; kind?: 'driver' | 'executor' }): { code: number | null; meaning: string } {
  const announced = end.farewell === true && end.code !== null
  if (end.signal !== null && !announced) {
    const number = SIGNALS[end.signal]
    if (number === undefined) return { code: null, meaning: `ended by ${end.signal}` }
    return { code: 128 + number, meaning: meaningOf(128 + number) }
  }
  if (end.code === null) return { code: null, meaning: 'ended, nobody could tell how' }
  const code = end.code < 0 ? end.code & 255 : end.code
  return { code, meaning: meaningOf(code) }
}

/** How a process ends on an exception that nobody caught (§4.13): only executors have Spark's handler. */
export const uncaughtExitCode = (kind: 'driver' | 'executor'): number => (kind === 'executor' ? EXIT.UNCAUGHT : EXIT.FAILURE)

/** What an exit code means, in words. */
export function meaningOf(code: number): string {
  return MEANINGS[code] ?? (code > 128 && code < 160 ? `died from signal ${code - 128}` : `exit code ${code}`)
}

/** Spark's own generic text for an executor's exit code (§4.17). */
export function sparkExitText(code: number): string {
  const known: Record<number, string> = {
    50: 'Uncaught exception',
    51: 'Uncaught exception, and logging the exception failed',
    52: 'OutOfMemoryError',
    53: 'Failed to create local directory (bad spark.local.dir?)',
    56: 'Unable to send heartbeats to driver.',
    57: 'Executor killed by TaskReaper.'
  }
  if (known[code] !== undefined) return known[code]
  return `Unknown executor exit code (${code})${code > 128 ? ` (died from signal ${code - 128}?)` : ''}`
}

/** What the Worker writes when an executor's process ended (§3.14). */
export const workerExitText = (code: number): string => `Command exited with code ${code}`

/** Standalone: what an executor's end means for its tasks (§4.20). */
export function standaloneLoss(end: { exitStatus?: number; message: string; workerHost?: string }): LossReason {
  if (end.exitStatus !== undefined) {
    const causedByApp = end.exitStatus !== EXIT.HEARTBEAT_FAILURE && end.exitStatus !== EXIT.BLOCK_MANAGER_REREGISTRATION && end.exitStatus !== EXIT.NO_LOCAL_DIR
    return { kind: 'exited', code: end.exitStatus, causedByApp, text: end.message }
  }
  return { kind: 'lost', causedByApp: end.workerHost === undefined, text: end.message, workerHost: end.workerHost }
}

/** The connection closed and no exit code came in time (§4.21). Counts. */
export const disconnectedLoss = (): LossReason => ({
  kind: 'lost',
  causedByApp: true,
  text: 'Remote RPC client disassociated. Likely due to containers exceeding thresholds, or network issues. Check driver logs for WARN messages.'
})

/** Heartbeats stopped (§4.8). Counts. */
export const heartbeatLoss = (silentMs: number): LossReason => ({ kind: 'lost', causedByApp: true, text: `Executor heartbeat timed out after ${silentMs} ms` })

/** The driver asked for it (§4.18). Does not count. */
export const killedByDriver = (): LossReason => ({ kind: 'killed-by-driver', text: 'Executor killed by driver.' })

/** The worker went (§3.19). Does not count. */
export const workerLost = (why: string, workerHost: string): LossReason => ({ kind: 'lost', causedByApp: false, text: `worker lost: ${why}`, workerHost })

/** Whether a loss counts against a task that was on the executor (§4.19). */
export function countsAgainstTask(reason: LossReason, launching: boolean): boolean {
  if (launching) return false
  return (reason.kind === 'exited' || reason.kind === 'lost') && reason.causedByApp
}

const FATAL = /(^|\.)(OutOfMemoryError|StackOverflowError|InternalError|UnknownError|VirtualMachineError)$/

/** Whether a throwable takes its executor with it; `causes` outermost first, looked at to a depth of 5 (§4.11). */
export function isFatal(className: string, causes: readonly string[] = [], depth = 5): boolean {
  return [className, ...causes].slice(0, depth).some((name) => FATAL.test(name) && !name.endsWith('SparkOutOfMemoryError'))
}

/** Exit code of an executor whose task threw something fatal (§4.12). */
export function fatalExitCode(className: string, causes: readonly string[] = []): number {
  const chain = [className, ...causes]
  if (chain.some((name) => /(^|\.)OutOfMemoryError$/.test(name))) return EXIT.OUT_OF_MEMORY
  if (chain.some((name) => name.endsWith('KilledByTaskReaperException'))) return EXIT.KILLED_BY_TASK_REAPER
  return EXIT.UNCAUGHT
}

/** Whether this end of an attempt counts to spark.task.maxFailures (§6.12). */
export function countsToMaxFailures(reason: TaskEndReason): boolean {
  switch (reason.Reason) {
    case 'ExceptionFailure':
    case 'TaskResultLost':
    case 'UnknownReason':
      return true
    case 'ExecutorLostFailure':
      return reason['Exit Caused By App']
    default:
      return false
  }
}

/** The reason as Spark's logs and abort messages put it. */
export function errorText(reason: TaskEndReason): string {
  switch (reason.Reason) {
    case 'Success':
      return 'Success'
    case 'Resubmitted':
      return 'Resubmitted (resubmitted due to lost executor)'
    case 'TaskResultLost':
      return 'TaskResultLost (result lost from block manager)'
    case 'UnknownReason':
      return 'UnknownReason'
    case 'FetchFailed': {
      const at = reason['Block Manager Address']
      const address = at ? `BlockManagerId(${at['Executor ID']}, ${at.Host}, ${at.Port}, None)` : 'null'
      return `FetchFailed(${address}, shuffleId=${reason['Shuffle ID']}, mapIndex=${reason['Map Index']}, mapId=${reason['Map ID']}, reduceId=${reason['Reduce ID']}, message=\n${reason.Message}\n)`
    }
    case 'ExceptionFailure':
      return reason['Full Stack Trace'] || `${reason['Class Name']}: ${reason.Description}`
    case 'ExecutorLostFailure': {
      const how = reason['Exit Caused By App'] ? 'caused by one of the running tasks' : 'unrelated to the running tasks'
      return `ExecutorLostFailure (executor ${reason['Executor ID']} exited ${how}) Reason: ${reason['Loss Reason']}`
    }
    case 'TaskKilled':
      return `TaskKilled (${reason['Kill Reason']})`
    case 'TaskCommitDenied':
      return `TaskCommitDenied (Driver denied task commit) for job: ${reason['Job ID']}, partition: ${reason['Partition ID']}, attemptNumber: ${reason['Attempt Number']}`
  }
}
