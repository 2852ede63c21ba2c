import { accessSync, closeSync, constants, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BareEvent, EventId, KindlingEvent, LabEvent } from '../../engine/events/index.ts'
import type { LabClock } from '../../engine/world/real/clock.ts'

export const SPARK_VERSION = '4.1.0'

/** Output kept in memory, characters: the log has all of it, whoever watches shows less. */
const OUTPUT_KEPT = 16 * 2 ** 20

interface OpenLog {
  appId: string
  path: string
  descriptor: number
  sawApplicationEnd: boolean
}

/**
 * The events of one run: kept for whoever watches, and written to a Spark event log as they come, one
 * file for each application (§12.3). Each batch is one write to the system before anyone is told, so
 * a killed lab leaves a log that reads up to its last batch.
 */
export class Journal {
  readonly events: LabEvent[] = []
  readonly #clock: LabClock
  /** Output before here has given its text up. */
  #oldestOutput = 0
  #outputLength = 0
  /** The log broke down; nothing is kept for another to begin with. */
  #broken = false
  readonly #directory: string
  readonly #listeners = new Set<(events: LabEvent[], from: number) => void>()
  #head: (KindlingEvent & { Event: 'kindling.RunStarted' }) | undefined
  /** Lines that came before the application had an id. */
  #early: string[] = []
  #log: OpenLog | undefined
  #count = 0
  #told = 0
  #telling = false
  /** Paths of the logs of this run, oldest first, as they are named now. */
  readonly paths: string[] = []

  constructor(clock: LabClock, directory: string) {
    this.#clock = clock
    this.#directory = directory
  }

  /** An event of the lab itself. */
  post(event: BareEvent, cause?: EventId): EventId {
    const id = `lab:${++this.#count}`
    const stamped = event as LabEvent
    stamped.Kindling = cause === undefined ? { id, t: this.#clock.now() } : { id, t: this.#clock.now(), cause }
    if (stamped.Event === 'kindling.RunStarted') this.#head = stamped
    this.#write(JSON.stringify(stamped) + '\n')
    this.#keep(stamped)
    return id
  }

  /** Events of a child, as JSON lines. */
  take(lines: Uint8Array): void {
    const text = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength).toString('utf8')
    this.#write(text)
    for (const line of text.split('\n')) if (line !== '') this.#keep(JSON.parse(line) as LabEvent)
  }

  onEvents(listener: (events: LabEvent[], from: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Makes the folder of the logs. Throws a sentence when it cannot be written. */
  prepare(): void {
    try {
      makeFolder(this.#directory)
      accessSync(this.#directory, constants.W_OK | constants.X_OK)
    } catch (error) {
      throw this.#unwritable(error)
    }
  }

  /** Opens the log of an application. Throws a sentence when the folder cannot be written. */
  open(appId: string): void {
    this.closeLog()
    this.prepare()
    try {
      const path = join(this.#directory, `${appId}.inprogress`)
      this.#log = { appId, path, descriptor: openSync(path, 'w'), sawApplicationEnd: false }
      this.#broken = false
      this.paths.push(path)
    } catch (error) {
      throw this.#unwritable(error)
    }
    let first = JSON.stringify({ Event: 'SparkListenerLogStart', 'Spark Version': SPARK_VERSION }) + '\n'
    const head = this.#head
    // A second application of the same run gets the run's head again, so that each log stands alone.
    if (head !== undefined && this.paths.length > 1) first += JSON.stringify(head) + '\n'
    this.#write(first + this.#early.join(''))
    this.#early = []
  }

  /** Closes the log; it loses `.inprogress` only when the application said its end (§12.6). */
  closeLog(): void {
    const log = this.#log
    if (log === undefined) return
    this.#log = undefined
    try {
      closeSync(log.descriptor)
      if (!log.sawApplicationEnd) return
      const done = join(this.#directory, log.appId)
      renameSync(log.path, done)
      this.paths[this.paths.length - 1] = done
    } catch (error) {
      this.#lost(error)
    }
  }

  /** Tells the listeners of everything not told yet, now. */
  tell(): void {
    this.#telling = false
    if (this.#told === this.events.length) return
    const from = this.#told
    const batch = this.events.slice(from)
    this.#told = this.events.length
    for (const listener of this.#listeners) listener(batch, from)
  }

  #keep(event: LabEvent): void {
    this.events.push(event)
    if (event.Event === 'kindling.Output') this.#keepOutput(event.text.length)
    if (event.Event === 'SparkListenerApplicationEnd' && this.#log !== undefined) this.#log.sawApplicationEnd = true
    if (this.#telling) return
    this.#telling = true
    setImmediate(() => this.tell())
  }

  /** The oldest output gives its text up when there is too much of it; it stays in the log. */
  #keepOutput(length: number): void {
    this.#outputLength += length
    // What was not told yet must still be told whole.
    for (; this.#outputLength > OUTPUT_KEPT && this.#oldestOutput < this.#told; this.#oldestOutput++) {
      const old = this.events[this.#oldestOutput]
      if (old?.Event !== 'kindling.Output') continue
      this.#outputLength -= old.text.length
      this.events[this.#oldestOutput] = { ...old, text: '' }
    }
  }

  #write(text: string): void {
    if (this.#log === undefined) {
      if (!this.#broken) this.#early.push(text)
      return
    }
    try {
      writeSync(this.#log.descriptor, text)
    } catch (error) {
      this.#lost(error)
    }
  }

  /** The run goes on when its log cannot: a full disk must not take the cluster with it. */
  #lost(error: unknown): void {
    const log = this.#log
    this.#log = undefined
    if (log !== undefined) closeSync(log.descriptor)
    this.#broken = true
    this.post({ Event: 'kindling.Note', level: 'error', text: `${this.#unwritable(error).message}. The run goes on; the log ends here.` })
  }

  #unwritable(error: unknown): Error {
    return new Error(`The event log cannot be written to ${this.#directory}: ${(error as Error).message}`, { cause: error })
  }
}

/** As mkdir with `recursive`, which never ends where a folder can be seen but not made (/proc). */
function makeFolder(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false })
  if (there?.isDirectory() === true) return
  if (there !== undefined) throw new Error(`${path} is a file`)
  makeFolder(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    // Another lab made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

