/** What an exit code says, and from where the end came (§4.10–§4.17). */
import type { ProcessEnd } from '../events/index.ts'

export interface ExitMeaning {
  /** `128 + 9: SIGKILL`, `OutOfMemoryError`: the code in a few words. */
  short: string
  /** A sentence: what such an end means, and where to look. */
  long: string
}

const CODES: Readonly<Record<number, ExitMeaning>> = {
  0: { short: 'in order', long: 'The process came to its end as it should.' },
  1: { short: 'general failure', long: 'An exception nobody caught, or a registration that was refused. What it printed last says which.' },
  2: { short: 'misuse of a shell command', long: 'The command that started it was wrong.' },
  3: { short: 'path not found', long: 'The command that started it names a file that is not there.' },
  10: { short: 'uncaught exception in the application master', long: 'The manager’s process for this application met an exception nobody caught.' },
  11: { short: 'too many executors failed', long: 'The application gave up after spark.executor.maxNumFailures failed executors.' },
  50: { short: 'uncaught exception', long: 'A thread of the process met an exception nobody caught, such as a StackOverflowError, and Spark’s handler ended it.' },
  51: { short: 'uncaught exception, twice', long: 'A thread met an exception nobody caught, and writing that to the log failed too.' },
  52: { short: 'OutOfMemoryError', long: 'Its own heap was full: the process ended itself from inside. spark.executor.memory and what one task holds at once decide about it.' },
  53: { short: 'no local directory', long: 'It could make no directory for its blocks: see spark.local.dir, its disk and its rights.' },
  54: { short: 'external block store did not start', long: 'A code of older versions of Spark that nothing uses any more.' },
  55: { short: 'external block store made no directory', long: 'A code of older versions of Spark that nothing uses any more.' },
  56: { short: 'the driver did not hear it', long: 'Its heartbeats failed spark.executor.heartbeat.maxFailures times in a row (60), so it ended itself.' },
  57: { short: 'ended by its task reaper', long: 'A killed task did not stop in time, so the executor ended itself to be rid of it.' },
  58: { short: 'block manager refused', long: 'The driver had given it up and would not take its block manager back.' },
  101: { short: 'main class not found', long: 'What was to be started is not in the application.' },
  124: { short: 'driver ran out of time', long: 'The driver ran longer than spark.driver.timeout.' },
  127: { short: 'command not found', long: 'What was to be started is not there.' },
  134: { short: '128 + 6: SIGABRT', long: 'It aborted itself, as V8 does when it gets no more memory.' },
  137: { short: '128 + 9: SIGKILL', long: 'Killed from outside, without a chance to say anything: by a hand, or by the system when a container is over its limit. Nothing in its own log tells of it.' },
  143: { short: '128 + 15: SIGTERM', long: 'Asked from outside to end, as a cluster manager does before it kills.' },
  255: { short: 'exit(-1): its Worker is gone', long: 'An executor, and a driver on a Worker, watch their Worker and end when it does.' }
}

/** Signals by number, as most systems count them. */
const SIGNALS: Readonly<Record<number, string>> = { 1: 'SIGHUP', 2: 'SIGINT', 3: 'SIGQUIT', 4: 'SIGILL', 6: 'SIGABRT', 8: 'SIGFPE', 9: 'SIGKILL', 10: 'SIGUSR1', 11: 'SIGSEGV', 13: 'SIGPIPE', 14: 'SIGALRM', 15: 'SIGTERM' }

/** What the end of a process says by its code or signal. */
export function exitMeaning(end: Pick<ProcessEnd, 'code' | 'signal'>): ExitMeaning {
  const { code, signal } = end
  if (code === null) return signal === null ? { short: 'nobody saw how', long: 'Its connection closed, and nobody could tell how the process ended.' } : { short: signal, long: `The signal ${signal} ended it, from outside.` }
  const known = CODES[code]
  if (known) return known
  if (code > 128 && code < 192) {
    const name = signal ?? SIGNALS[code - 128] ?? `signal ${code - 128}`
    return { short: `128 + ${code - 128}: ${name}`, long: `The signal ${name} ended it.` }
  }
  return { short: 'a code of the program’s own', long: `The program ended with sys.exit(${code}) or the like; Spark gives this code no meaning.` }
}
