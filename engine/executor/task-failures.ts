import type { TaskEndReason } from '../events/index.ts'

/** An error a task ends with, as Spark would show it. */
export class TaskException extends Error {
  readonly className: string
  readonly fullText: string
  constructor(className: string, message: string, fullText?: string) {
    super(message)
    this.name = 'TaskException'
    this.className = className
    this.fullText = fullText ?? `${className}: ${message}`
  }
}

/** The task was told to stop; the message is the reason. */
export class Killed extends Error {}

/** A record that no operator of a plan can read (fault poisoned-record). */
export const poisoned = (record: number): TaskException => new TaskException('java.lang.IllegalArgumentException', `Record ${record} of this partition is poisoned: whatever reads it fails.`)

export const outOfMemory = (): TaskException => new TaskException('java.lang.OutOfMemoryError', 'Java heap space')

/** Errors of the file system that a JVM shows with words of its own. */
const IO_WORDS: Record<string, string> = { ENOSPC: 'No space left on device', EDQUOT: 'Disk quota exceeded', EROFS: 'Read-only file system', EACCES: 'Permission denied', ENOENT: 'No such file or directory' }

/** Any error of a task in Spark's shape. */
export function exceptionFailure(error: unknown): Extract<TaskEndReason, { Reason: 'ExceptionFailure' }> {
  const known = inJavaWords(error) as { className?: string; fullText?: string; name?: string; message?: string }
  const className = known.className ?? 'org.apache.spark.SparkException'
  // An error without a class of Spark's is a mistake of ours: said as Spark says its own, without our frames.
  const said = known.message ?? String(error)
  const message = known.className !== undefined || /^\[[A-Z_.]+\]/.test(said) ? said : `[INTERNAL_ERROR] ${known.name ?? 'Error'}: ${said} SQLSTATE: XX000`
  const full = known.fullText ?? `${className}: ${message}`
  return { Reason: 'ExceptionFailure', 'Class Name': className, Description: message, 'Stack Trace': [], 'Full Stack Trace': full, 'Accumulator Updates': [] }
}

/** A failed read or write is a java.io.IOException (§13.16); other errors stay what they are. */
export function inJavaWords(error: unknown): unknown {
  const { code, syscall } = error as { code?: string; syscall?: string }
  const words = code === undefined || syscall === undefined ? undefined : IO_WORDS[code]
  return words === undefined ? error : new TaskException('java.io.IOException', words)
}
