import { mkdirSync } from 'node:fs'
import v8 from 'node:v8'
import type { ActorId, BareEvent, EventId, LabEvent, MemoryAccount } from '../../events/index.ts'
import type { Boot } from '../boot.ts'
import type { Connection } from '../interfaces.ts'
import type { ChildToLab, LabToChild } from '../messages.ts'
import { afterReal } from './timers.ts'
import { LabClock } from './clock.ts'
import { EventLines } from './event-lines.ts'
import { RealNetwork, type OnSent } from './network.ts'

/** How long a goodbye may take, real ms: the lab may have much to read before it. */
const FAREWELL_DEADLINE = 30_000
/** Events wait so long for others to go with them, real ms: a write for each would cost more than the work it tells of. */
const FLUSH_DELAY = 2
/** So many go at once, whatever the time. */
const MANY_EVENTS = 500
/** Output said in one breath is one event, up to so many characters. */
const LONGEST_OUTPUT = 8192

/**
 * What every child process of a run has: the boot, the lab clock, the network, and the line to the lab
 * over which events, output and the farewell go. A child leaves when that line is cut.
 */
export class Child {
  readonly boot: Boot
  readonly clock: LabClock
  readonly network: RealNetwork
  readonly #lab: Connection<ChildToLab, LabToChild>
  readonly #events = new EventLines()
  /** Output that may still grow before it becomes an event. */
  #speech: { stream: 'stdout' | 'stderr'; text: string; t: number } | undefined
  #flushing = false
  #flushTimer: (() => void) | undefined
  #count = 0
  #leaving = false
  #acknowledged: (() => void) | undefined
  #handlers: ((message: LabToChild) => Promise<void> | string | undefined)[] = []
  /** Called before an unforeseen end (uncaught error) with what happened. */
  onFatal: ((error: unknown) => void) | undefined

  /** Called with the name of each event once it is posted. */
  onPosted: ((event: string) => void) | undefined

  private constructor(boot: Boot, clock: LabClock, network: RealNetwork, lab: Connection<ChildToLab, LabToChild>) {
    this.boot = boot
    this.clock = clock
    this.network = network
    this.#lab = lab
    lab.onMessage((message) => this.#hear(message))
    lab.onClose(() => {
      // The lab is gone: nobody is left to work for.
      if (this.#leaving) this.#acknowledged?.()
      else process.exit(0)
    })
  }

  /** Reads the boot from the environment and joins the run. */
  static async join(): Promise<Child> {
    const text = process.env['KINDLING_BOOT']
    if (text === undefined) throw new Error('This program is a part of Kindling; the lab starts it.')
    delete process.env['KINDLING_BOOT']
    const boot = JSON.parse(text) as Boot
    const clock = new LabClock(boot.clock)
    mkdirSync(boot.localDirectory, { recursive: true })
    const joining: { child?: Child } = {}
    const onSent: OnSent = ({ kind, from, to, sent, due, bytes, message }) => {
      const about = aboutMessage(message)
      joining.child?.post({ Event: 'kindling.Message', kind, from, to, sent, due, bytes, ...(about === undefined ? {} : { about }) })
    }
    const network = new RealNetwork({ clock, secret: boot.secret, self: boot.actor, latencyMs: boot.latencyMs, onSent, about: aboutMessage })
    const lab = await network.connect<ChildToLab, LabToChild>(boot.labPort, 'lab', { onClock: false }).catch(() => {
      // The run is over before this process came up: there is nobody to tell.
      process.exit(0)
    })
    const joined = new Child(boot, clock, network, lab)
    joining.child = joined
    const fatal = (error: unknown): void => {
      joined.onFatal?.(error)
      void joined.leave(joined.uncaughtExitCode, error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
    process.on('uncaughtException', fatal)
    process.on('unhandledRejection', fatal)
    process.on('SIGINT', () => undefined) // Ctrl-C goes to the whole group; the lab decides.
    lab.send({ type: 'Ready' })
    return joined
  }

  /** What it exits with when nobody caught an exception. */
  uncaughtExitCode = 1

  get actor(): ActorId {
    return this.boot.actor
  }

  /** Epoch ms of a lab time: what Spark's timestamps show. */
  epoch(labMs: number): number {
    return Math.round(this.boot.startedAt + labMs)
  }

  /** A handler of Strike may answer with a sentence of why it cannot be done, or with when it will have struck. */
  onMessage(handler: (message: LabToChild) => Promise<void> | string | undefined): void {
    this.#handlers.push(handler)
  }

  send(message: ChildToLab): void {
    this.flush()
    this.#lab.send(message)
  }

  /** Puts an event in the run's log. */
  post(event: BareEvent, cause?: EventId): EventId {
    this.#endSpeech()
    const id = this.#append(event, this.clock.now(), cause)
    this.onPosted?.(event.Event)
    return id
  }

  #append(event: BareEvent, t: number, cause: EventId | undefined): EventId {
    const id = `${this.boot.origin}:${++this.#count}`
    const stamped = event as LabEvent
    stamped.Kindling = cause === undefined ? { id, t } : { id, t, cause }
    this.#events.add(JSON.stringify(stamped))
    if (this.#events.count >= MANY_EVENTS) this.flush()
    else this.#flushSoon()
    return id
  }

  #flushSoon(): void {
    if (this.#flushing) return
    this.#flushing = true
    this.#flushTimer = afterReal(FLUSH_DELAY, () => this.flush())
  }

  flush(): void {
    this.#flushing = false
    this.#flushTimer?.()
    this.#flushTimer = undefined
    this.#endSpeech()
    const { count } = this.#events
    if (count === 0) return
    const lines = this.#events.take()
    this.#lab.send({ type: 'Events', count }, [lines], () => this.#events.giveBack(lines))
  }

  /** Says something in this process's name. When the lab cannot keep up, the answer resolves once it has. */
  output(stream: 'stdout' | 'stderr', text: string): Promise<void> | undefined {
    if (text === '') return undefined
    const speech = this.#speech
    if (speech?.stream === stream && speech.text.length + text.length <= LONGEST_OUTPUT) speech.text += text
    else {
      this.#endSpeech()
      this.#speech = { stream, text, t: this.clock.now() }
      this.#flushSoon()
    }
    return this.#lab.drained()
  }

  #endSpeech(): void {
    const speech = this.#speech
    if (speech === undefined) return
    this.#speech = undefined
    this.#append({ Event: 'kindling.Output', actor: this.actor, stream: speech.stream, text: speech.text }, speech.t, undefined)
  }

  /**
   * Ends this process in order: says so, waits until the lab has heard it, then exits with `code`.
   * Without an answer it leaves all the same in the end, or when the line is cut.
   */
  async leave(code: number, reason: string): Promise<never> {
    if (!this.#leaving) {
      this.#leaving = true
      this.send({ type: 'Farewell', code, reason })
      await new Promise<void>((resolve) => {
        this.#acknowledged = resolve
        setTimeout(resolve, FAREWELL_DEADLINE)
      })
      process.exit(code)
    }
    return new Promise<never>(() => undefined)
  }

  #hear(message: LabToChild): void {
    switch (message.type) {
      case 'Clock':
        this.clock.set(message.setting)
        return
      case 'StepQuery':
        this.send({ type: 'StepDue', token: message.token, due: this.clock.nextDue() ?? null })
        return
      case 'StepFire': {
        const before = this.#count
        this.clock.fireNext()
        this.#endSpeech()
        this.send({ type: 'StepFired', token: message.token, seen: this.#count > before })
        return
      }
      case 'FarewellAck':
        this.#acknowledged?.()
        return
      default: {
        const answers = this.#handlers.map((handler) => handler(message)).filter((answer) => answer !== undefined)
        if (message.type !== 'Strike') return
        const refused = answers.find((answer) => typeof answer === 'string')
        const struck = (): void => this.send({ type: 'Struck', faultId: message.faultId, ok: refused === undefined, detail: refused ?? '' })
        if (answers.length === 0 || refused !== undefined) struck()
        else void Promise.all(answers.filter((answer) => typeof answer !== 'string')).then(struck)
      }
    }
  }
}

/** What a message is about, for the one who watches it travel: `1.2` is task 2 of stage 1. */
function aboutMessage(message: unknown): string | undefined {
  const m = message as { type: string; task?: { stageId: number; partition: number }; state?: string; taskId?: number; shuffleId?: number; reduce?: number; executorId?: string; stage?: string }
  switch (m.type) {
    case 'LaunchTask':
      return m.task === undefined ? undefined : `${m.task.stageId}.${m.task.partition}`
    case 'StatusUpdate':
      return m.state
    case 'FetchShuffle':
      return `shuffle ${m.shuffleId}, partition ${m.reduce}`
    case 'RegisterExecutor':
    case 'LaunchedExecutor':
      return `executor ${m.executorId}`
    default:
      return undefined
  }
}

/** Parts of an account that this process books itself, bytes. */
export interface BookedMemory {
  python: number
  storage: number
  execution: number
  results: number
  broadcast: number
  native?: number
  offHeap?: number
}

/** Measures the heap and adds the books. `limit` is the configured heap in bytes. */
export function readMemory(booked: BookedMemory, limit: number): MemoryAccount {
  return { heap: v8.getHeapStatistics().used_heap_size, rss: process.memoryUsage.rss(), limit, ...booked }
}

/** What counts against the heap: everything but Python, which lies outside it. */
export const heapUse = (account: MemoryAccount): number => account.heap + account.storage + account.execution + account.results + account.broadcast
