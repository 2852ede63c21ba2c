import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { BareEvent, EventId, KindlingEvent, LabEvent } from '../../engine/events/index.ts'
import type { LabClock } from '../../engine/world/real/clock.ts'

export const SPARK_VERSION = '4.1.0'

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

  /** Opens the log of an application. Throws a sentence when the folder cannot be written. */
  open(appId: string): void {
    this.closeLog()
    try {
      mkdirSync(this.#directory, { recursive: true })
      const path = join(this.#directory, `${appId}.inprogress`)
      this.#log = { appId, path, descriptor: openSync(path, 'w'), sawApplicationEnd: false }
      this.paths.push(path)
    } catch (error) {
      throw new Error(`The event log cannot be written to ${this.#directory}: ${(error as Error).message}`, { cause: error })
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
    closeSync(log.descriptor)
    if (!log.sawApplicationEnd) return
    const done = join(this.#directory, log.appId)
    renameSync(log.path, done)
    this.paths[this.paths.length - 1] = done
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
    if (event.Event === 'SparkListenerApplicationEnd' && this.#log !== undefined) this.#log.sawApplicationEnd = true
    if (this.#telling) return
    this.#telling = true
    setImmediate(() => this.tell())
  }

  #write(text: string): void {
    if (this.#log === undefined) this.#early.push(text)
    else writeSync(this.#log.descriptor, text)
  }
}
