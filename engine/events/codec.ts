/**
 * Event logs as text: one JSON object a line, as Spark writes them (§12.1). A line of a real Spark has no
 * stamp of ours; it is given one, so that everything after this file sees one kind of event.
 */
import type { LabEvent, Stamp } from './index.ts'

/** A line that is no event. The message says what is wrong with it, in words. */
export class LogLineError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'LogLineError'
  }
}

/** What a reader remembers between lines, so that lines without a stamp can be given one. */
export interface StampSource {
  /** Lines without a stamp so far; the next is `spark:<made>`. */
  made: number
  /** Epoch ms of lab time 0, taken from the first time told; null before. */
  base: number | null
  /** Lab time of the line before. */
  t: number
}

export const newStampSource = (): StampSource => ({ made: 0, base: null, t: 0 })

/**
 * One line, without its newline: compact JSON with `Event` as first key, which Spark's listing scan
 * needs (§12).
 */
export function encodeEvent(event: LabEvent): string {
  for (const first in event) {
    if (first === 'Event') return JSON.stringify(event)
    break
  }
  const { Event, ...rest } = event
  return JSON.stringify({ Event, ...rest })
}

/**
 * Reads one line. A line without our stamp gets `spark:<n>` and the lab time its own timestamps tell
 * (the line before's where it tells none); never earlier than the line before.
 * @throws LogLineError when the line is not a JSON object with an `Event`.
 */
export function decodeLine(line: string, source: StampSource = newStampSource()): LabEvent {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new LogLineError(`This is not JSON: ${excerpt(line)}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new LogLineError(`This is JSON, but not an object: ${excerpt(line)}`)
  const event = value as { Event?: unknown; Kindling?: unknown }
  if (typeof event.Event !== 'string') throw new LogLineError(`This object has no "Event": ${excerpt(line)}`)
  if (event.Kindling === undefined) event.Kindling = makeStamp(value as Record<string, unknown>, source)
  else if (!isStamp(event.Kindling)) throw new LogLineError(`The stamp "Kindling" of this ${event.Event} has no id or no t.`)
  else if (event.Kindling.t > source.t) source.t = event.Kindling.t
  return value as LabEvent
}

/** A line in the middle of a log that could not be read; it is left out and the reading goes on. */
export interface LogProblem {
  /** 1-based. */
  line: number
  message: string
}

/**
 * Reads a log that comes in pieces of any size. A last line that is cut off, as a crash leaves it, is not
 * a problem (§12.11): `cutOff` says that there was one.
 */
export class LogReader {
  readonly problems: LogProblem[] = []
  /** True after `end()` when the last line was not whole. */
  cutOff = false
  #rest = ''
  #line = 0
  #source = newStampSource()
  /** A broken line is a problem only once another line follows it. */
  #suspect: LogProblem | null = null

  /** The events that became whole with this piece of text. */
  push(text: string): LabEvent[] {
    const events: LabEvent[] = []
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#read(line, events)
    return events
  }

  /** No more text: the event on a last line without newline, if it is whole. */
  end(): LabEvent[] {
    const events: LabEvent[] = []
    const rest = this.#rest
    this.#rest = ''
    if (rest.trim() !== '') this.#read(rest, events)
    if (this.#suspect) {
      this.cutOff = true
      this.#suspect = null
    }
    return events
  }

  #read(line: string, events: LabEvent[]): void {
    this.#line += 1
    if (line.trim() === '') return
    if (this.#suspect) this.problems.push(this.#suspect)
    this.#suspect = null
    try {
      events.push(decodeLine(line, this.#source))
    } catch (error) {
      if (!(error instanceof LogLineError)) throw error
      this.#suspect = { line: this.#line, message: `Line ${this.#line} cannot be read. ${error.message}` }
    }
  }
}

function isStamp(value: unknown): value is Stamp {
  return typeof value === 'object' && value !== null && typeof (value as Stamp).id === 'string' && Number.isFinite((value as Stamp).t)
}

function makeStamp(event: Record<string, unknown>, source: StampSource): Stamp {
  const epoch = epochOf(event)
  if (epoch !== null) {
    source.base ??= epoch
    source.t = Math.max(source.t, epoch - source.base)
  }
  return { id: `spark:${source.made++}`, t: source.t }
}

/** Where Spark's events keep the time they happened, latest first: a finished thing tells its end. */
const TIME_FIELDS: readonly (readonly string[])[] = [
  ['Timestamp'],
  ['Completion Time'],
  ['Submission Time'],
  ['time'],
  ['Task Info', 'Finish Time'],
  ['Task Info', 'Getting Result Time'],
  ['Task Info', 'Launch Time'],
  ['Stage Info', 'Completion Time'],
  ['Stage Info', 'Submission Time']
]

function epochOf(event: Record<string, unknown>): number | null {
  for (const path of TIME_FIELDS) {
    let at: unknown = event
    for (const key of path) at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined
    if (typeof at === 'number' && at > 0) return at
  }
  return null
}

const excerpt = (line: string): string => (line.length <= 60 ? line : `${line.slice(0, 60)}…`)
