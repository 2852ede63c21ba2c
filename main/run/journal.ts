import type { BareEvent, EventId, KindlingEvent, LabEvent } from '../../engine/events/index.ts'
import { isDriver, originDriver } from '../../engine/view/programs.ts'
import type { LabClock } from '../../engine/world/real/clock.ts'
import { EventLogs, type LogOwner } from './event-logs.ts'
import { KeptEvents } from './kept-events.ts'

export const SPARK_VERSION = '4.1.0'

/** Output kept in memory, characters: the log has all of it, whoever watches shows less. */
const OUTPUT_KEPT = 16 * 2 ** 20

/** What every log of a run begins with, so that it stands alone. */
const PROLOGUE: ReadonlySet<string> = new Set(['kindling.WorkerRegistered', 'kindling.WorkerLost', 'kindling.MachineState'])

const FIRST_DRIVER: LogOwner = { origin: 'd0', actor: 'driver' }

/**
 * The events of one run: kept for whoever watches, and written to a Spark event log as they come, one
 * file for each application (§12.3): what a driver and its executors say goes to their application's, what
 * the lab says to the application it is about, else to all. Each batch is one write to the system before anyone is told, so
 * a killed lab leaves a log that reads up to its last batch.
 */
export class Journal {
  readonly #kept = new KeptEvents()
  readonly #clock: LabClock
  /** Output before here has given its text up. */
  #oldestOutput = 0
  #outputLength = 0
  /** The log broke down; nothing is kept for another to begin with. */
  #broken = false
  readonly #logs: EventLogs
  readonly #listeners = new Set<(from: number, to: number) => void>()
  #head: (KindlingEvent & { Event: 'kindling.RunStarted' }) | undefined
  /** Lines that came before their application had an id. */
  #early: { origin: string; name: string; text: string }[] = []
  /** Events of the lab itself. */
  #said = 0
  #told = 0
  #telling = false
  /** Called with the name of each event once it is kept, before anything else happens: faults wait for some. */
  onEach: ((name: string, driver: string | null) => void) | undefined
  /** As `onEach`, for who reads them: told from which place on there are new ones. */
  onNew: ((from: number) => void) | undefined

  constructor(clock: LabClock, directory: string) {
    this.#clock = clock
    this.#logs = new EventLogs(directory, (error) => {
      this.#broken = true
      this.post({ Event: 'kindling.Note', level: 'error', text: `${error.message} The run goes on; the log ends here.` })
    })
  }

  /** Everything that happened so far. */
  get events(): readonly LabEvent[] {
    return this.#kept.all()
  }

  /** How many events there are. */
  get count(): number {
    return this.#kept.length
  }

  /** The events from one place up to before another. */
  between(from: number, to?: number): LabEvent[] {
    return this.#kept.slice(from, to)
  }

  /** Paths of the logs of this run, oldest first, as they are named now. */
  get paths(): readonly string[] {
    return this.#logs.paths
  }

  /** An event of the lab itself. */
  post(event: BareEvent, cause?: EventId): EventId {
    const id = `lab:${++this.#said}`
    const stamped = event as LabEvent
    stamped.Kindling = cause === undefined ? { id, t: this.#clock.now() } : { id, t: this.#clock.now(), cause }
    if (stamped.Event === 'kindling.RunStarted') this.#head = stamped
    this.#writeOwn(stamped)
    const from = this.#kept.length
    this.#kept.add(stamped)
    this.#keep(stamped)
    if (this.onEach !== undefined) this.onEach(stamped.Event, this.#driverOf(stamped))
    this.onNew?.(from)
    return id
  }

  /** Whose driver's application it is about; null for none in particular. */
  #driverOf(event: LabEvent): string | null {
    const { appId, actor } = event as { appId?: string; actor?: string }
    return actor !== undefined && isDriver(actor) ? actor : appId === undefined ? null : (this.#logs.actorOf(appId) ?? null)
  }

  /** Events of a child, as JSON lines. */
  take(lines: Uint8Array): void {
    const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength)
    const text = bytes.toString('utf8')
    if (text === '') return
    const from = this.#kept.length
    const all: string[] = []
    const events: LabEvent[] = []
    for (const line of text.split('\n')) {
      if (line === '') continue
      const { name, event } = this.#kept.addLine(line)
      all.push(name)
      if (event !== undefined) events.push(event)
    }
    const origin = originOf(this.#kept.at(from))
    if (!this.#logs.toOrigin(origin, bytes)) this.#keepEarly(origin, '', text)
    for (const event of events) {
      if (event.Event === 'SparkListenerApplicationEnd') this.#logs.sawApplicationEnd(origin)
      this.#keep(event)
    }
    this.#tellSoon()
    const driver = originDriver(`${origin}:`)?.actor ?? null
    if (this.onEach !== undefined) for (const name of all) this.onEach?.(name, driver)
    this.onNew?.(from)
  }

  /** Hears of events in batches, after they are in the log. */
  onEvents(listener: (events: LabEvent[], from: number) => void): () => void {
    return this.onTold((from, to) => listener(this.#kept.slice(from, to), from))
  }

  /** As `onEvents` for whoever need not read them all: the events from one place up to before another. */
  onTold(listener: (from: number, to: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** As `onEvents`, without the events of single tasks. */
  onFew(listener: (events: LabEvent[]) => void): () => void {
    return this.onTold((from, to) => {
      const few = this.#kept.few(from, to)
      if (few.length > 0) listener(few)
    })
  }

  /** Makes the folder of the logs. Throws a sentence when it cannot be written. */
  prepare(): void {
    this.#logs.prepare()
  }

  /** Opens the log of an application. Throws a sentence when the folder cannot be written. */
  open(appId: string, owner: LogOwner = FIRST_DRIVER): void {
    const another = this.#logs.paths.length > 0
    this.#logs.open(appId, owner)
    this.#broken = false
    let first = JSON.stringify({ Event: 'SparkListenerLogStart', 'Spark Version': SPARK_VERSION }) + '\n'
    if (another) {
      // What the run and its cluster are was said in the first log.
      if (this.#head !== undefined) first += JSON.stringify(this.#head) + '\n'
      for (const event of this.#kept.few(0)) if (isPrologue(event)) first += JSON.stringify(event) + '\n'
    }
    const mine = this.#early.filter(({ origin, name }) => (origin === LAB && !(another && PROLOGUE.has(name))) || origin === owner.origin || origin === owner.actor)
    this.#early = this.#early.filter(({ origin }) => origin !== LAB && origin !== owner.origin && origin !== owner.actor)
    this.#logs.toApp(appId, first + mine.map(({ text }) => text).join(''))
  }

  /** Closes the logs; each loses `.inprogress` only when its application said its end (§12.6). */
  closeLog(): void {
    this.#logs.close()
  }

  /** Tells the listeners of everything not told yet, now. */
  tell(): void {
    this.#telling = false
    if (this.#told === this.#kept.length) return
    const from = this.#told
    const to = (this.#told = this.#kept.length)
    for (const listener of this.#listeners) listener(from, to)
  }

  #keep(event: LabEvent): void {
    if (event.Event === 'kindling.Output') this.#keepOutput(event.text.length)
    this.#tellSoon()
  }

  #tellSoon(): void {
    if (this.#telling) return
    this.#telling = true
    setImmediate(() => this.tell())
  }

  /** The oldest output gives its text up when there is too much of it; it stays in the log. */
  #keepOutput(length: number): void {
    this.#outputLength += length
    // What was not told yet must still be told whole.
    for (; this.#outputLength > OUTPUT_KEPT && this.#oldestOutput < this.#told; this.#oldestOutput++) {
      const old = this.#kept.read(this.#oldestOutput)
      if (old?.Event !== 'kindling.Output') continue
      this.#outputLength -= old.text.length
      this.#kept.replace(this.#oldestOutput, { ...old, text: '' })
    }
  }

  #writeOwn(event: LabEvent): void {
    const text = JSON.stringify(event) + '\n'
    if (event.Event === 'SparkListenerApplicationEnd') this.#logs.sawApplicationEnd(LAB)
    const { appId, actor } = event as { appId?: string; actor?: string }
    // What a second program's driver does before it has an application waits for its log.
    if (actor !== undefined && isDriver(actor) && actor !== 'driver' && appId === undefined && !this.#logs.has(actor)) return this.#keepEarly(actor, event.Event, text)
    const said = (appId !== undefined && this.#logs.toApp(appId, text)) || (actor !== undefined && this.#logs.toActor(actor, text)) || this.#logs.toAll(text)
    if (!said) this.#keepEarly(LAB, event.Event, text)
  }

  /** The run goes on when its log cannot: a full disk must not take the cluster with it. */
  #keepEarly(origin: string, name: string, text: string): void {
    if (!this.#broken) this.#early.push({ origin, name, text })
  }
}

const LAB = 'lab'

/** `d0:17` and `d0e3:5` are the first driver's and its executor's. */
const originOf = (event: LabEvent | undefined): string => (event?.Kindling.id ?? LAB).replace(/(e\d+)?:\d+$/, '')

const isPrologue = (event: LabEvent): boolean => PROLOGUE.has(event.Event) && (event.Event !== 'kindling.MachineState' || event.machine === 'master' || event.machine === 'worker')
