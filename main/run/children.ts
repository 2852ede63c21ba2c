import { randomBytes } from 'node:crypto'
import type { ActorId, EventId, MemoryAccount, ProcessEnd } from '../../engine/events/index.ts'
import type { Boot } from '../../engine/world/boot.ts'
import type { Connection, ProcessHandle, Spawner } from '../../engine/world/interfaces.ts'
import type { ChildToLab, LabToChild } from '../../engine/world/messages.ts'
import type { LabClock } from '../../engine/world/real/clock.ts'
import { RealNetwork } from '../../engine/world/real/network.ts'
import { explainExit } from '../../engine/rules/failures.ts'
import type { Journal } from './journal.ts'

/** How long a new process may take to say hello, real ms. */
const HELLO_DEADLINE = 30_000

export interface ChildEnd extends ProcessEnd {
  /** The event that tells of the end in the log. */
  event: EventId
}

/** A driver or executor process of the run, from the lab's side. */
export interface ChildHandle {
  readonly actor: ActorId
  readonly pid: number | null
  readonly ended: boolean
  send(message: LabToChild): void
  onMessage(handler: (message: ChildToLab, blobs: Uint8Array[]) => void): void
  onEnd(handler: (end: ChildEnd) => void): void
  /** SIGKILL. `cause` becomes the cause of the end in the log. */
  kill(cause: EventId | undefined): void
  /** What the end, when it comes, will be caused by. With `unlessStruck` a fault that struck before stays the cause. */
  blame(cause: EventId, unlessStruck?: true): void
}

/** What the rest of a boot is filled up with. */
export type BootPart = Omit<Boot, 'runId' | 'secret' | 'labPort' | 'clock' | 'startedAt' | 'latencyMs'>

interface Entry {
  handle: ChildHandle
  actor: ActorId
  connection: Connection<LabToChild, ChildToLab> | undefined
}

/**
 * The processes of one run: spawned, greeted over loopback with the run's secret, listened to, and
 * their ends told to the log. Nothing here knows what they do.
 */
export class Children {
  readonly secret = randomBytes(32).toString('hex')
  readonly network: RealNetwork
  readonly #spawner: Spawner
  readonly #clock: LabClock
  readonly #journal: Journal
  readonly #run: { runId: string; startedAt: number; latencyMs: number }
  /** By actor and pid: a relaunched driver has the same actor name. */
  readonly #entries = new Set<Entry>()
  #port = 0
  #births = 0

  constructor(spawner: Spawner, clock: LabClock, journal: Journal, run: { runId: string; startedAt: number; latencyMs: number }) {
    this.#spawner = spawner
    this.#clock = clock
    this.#journal = journal
    this.#run = run
    this.network = new RealNetwork({ clock, secret: this.secret, self: 'lab', latencyMs: 0 })
  }

  async listen(): Promise<void> {
    const { port } = await this.network.listen<LabToChild, ChildToLab>({ onClock: false }, (hello, connection) => this.#greeted(hello.from, hello.pid, connection))
    this.#port = port
  }

  all(): ChildHandle[] {
    return [...this.#entries].map((entry) => entry.handle)
  }

  tellAll(message: LabToChild): void {
    for (const entry of this.#entries) entry.connection?.send(message)
  }

  /** Spawns a process. Its birth and end are put in the log. */
  spawn(part: BootPart, at: { host: string; heapMb: number; cwd: string; attempt?: number; appId?: string }, cause: EventId | undefined): ChildHandle {
    const boot: Boot = {
      ...part,
      ...this.#run,
      secret: this.secret,
      labPort: this.#port,
      clock: this.#clock.settingFor({})
    }
    const identity = { actor: part.actor, ...(at.attempt === undefined ? {} : { attempt: at.attempt }), ...(at.appId === undefined ? {} : { appId: at.appId }) }
    const process_ = this.#spawner.spawn({ kind: part.kind, name: `${this.#run.runId}-${part.actor}-${++this.#births}`, boot, heapMb: at.heapMb, cwd: at.cwd })
    const entry = new ChildEntry(part.actor, process_, (handle, end) => {
      this.#entries.delete(handle.entry)
      const { code, meaning } = end.error === undefined ? explainExit({ code: handle.farewell?.code ?? end.code, signal: end.signal, farewell: handle.farewell !== undefined, kind: part.kind }) : { code: null, meaning: end.error }
      const told: ProcessEnd = { code, signal: end.signal, farewell: handle.farewell !== undefined, meaning: handle.farewell?.reason ?? meaning }
      const event = this.#journal.post(
        {
          Event: 'kindling.ProcessExited',
          ...identity,
          pid: handle.pid ?? 0,
          end: told,
          ...(handle.memory === undefined ? {} : { memory: handle.memory })
        },
        handle.cause
      )
      return { ...told, event }
    })
    this.#entries.add(entry.entry)
    process_.started.then(
      (pid) => {
        entry.pid = pid
        if (!entry.ended) this.#journal.post({ Event: 'kindling.ProcessSpawned', ...identity, pid, host: at.host }, cause)
      },
      (error: unknown) => entry.finish({ code: null, signal: null, error: error instanceof Error ? error.message : String(error) })
    )
    process_.onOutput((stream, text) => {
      this.#journal.post({ Event: 'kindling.Output', actor: part.actor, stream, text, ...(at.appId === undefined ? {} : { appId: at.appId }) })
    })
    process_.onEnd((end) => entry.finish(end))
    entry.deadline = setTimeout(() => {
      if (entry.entry.connection !== undefined || entry.ended) return
      this.#journal.post({ Event: 'kindling.Note', level: 'error', text: `${part.actor} did not come up within ${HELLO_DEADLINE / 1000} s; it is ended.`, actor: part.actor })
      process_.kill()
    }, HELLO_DEADLINE)
    return entry
  }

  /** Ends every process that is left, and the network. Resolves when all are gone. */
  async close(): Promise<void> {
    const left = this.all().filter((child) => !child.ended)
    await Promise.all(
      left.map(
        (child) =>
          new Promise<void>((resolve) => {
            child.onEnd(() => resolve())
            child.kill(undefined)
          })
      )
    )
    this.network.closeAll()
  }

  #greeted(actor: ActorId, pid: number, connection: Connection<LabToChild, ChildToLab>): void {
    // Two applications may each have an executor of that name starting.
    const waiting = [...this.#entries].filter((candidate) => candidate.actor === actor && candidate.connection === undefined)
    const entry = waiting.find((candidate) => candidate.handle.pid === pid) ?? waiting.find((candidate) => candidate.handle.pid === null)
    if (entry === undefined) {
      connection.close()
      return
    }
    entry.connection = connection
    const handle = entry.handle as ChildEntry
    clearTimeout(handle.deadline)
    connection.send({ type: 'Clock', setting: this.#clock.settingFor({}) })
    connection.onMessage((message, blobs) => {
      if (message.type === 'Events') {
        this.#journal.take(blobs[0] ?? new Uint8Array())
        return
      }
      if (message.type === 'Farewell') {
        handle.farewell = { code: message.code, reason: message.reason }
        connection.send({ type: 'FarewellAck' })
        return
      }
      handle.hear(message, blobs)
    })
    connection.onClose(() => handle.lineCut())
    handle.connected()
  }
}

interface RawEnd {
  code: number | null
  signal: string | null
  error?: string
}

class ChildEntry implements ChildHandle {
  readonly actor: ActorId
  readonly entry: Entry
  pid: number | null = null
  ended = false
  cause: EventId | undefined
  memory: MemoryAccount | undefined
  farewell: { code: number; reason: string } | undefined
  deadline: NodeJS.Timeout | undefined
  readonly #process: ProcessHandle
  readonly #tell: (handle: ChildEntry, end: RawEnd) => ChildEnd
  #handlers: ((message: ChildToLab, blobs: Uint8Array[]) => void)[] = []
  #endHandlers: ((end: ChildEnd) => void)[] = []
  #unsent: LabToChild[] = []
  #raw: RawEnd | undefined
  #end: ChildEnd | undefined

  constructor(actor: ActorId, process_: ProcessHandle, tell: (handle: ChildEntry, end: RawEnd) => ChildEnd) {
    this.actor = actor
    this.#process = process_
    this.#tell = tell
    this.entry = { handle: this, actor, connection: undefined }
  }

  send(message: LabToChild): void {
    if (this.entry.connection === undefined) this.#unsent.push(message)
    else this.entry.connection.send(message)
  }

  onMessage(handler: (message: ChildToLab, blobs: Uint8Array[]) => void): void {
    this.#handlers.push(handler)
  }

  onEnd(handler: (end: ChildEnd) => void): void {
    if (this.#end !== undefined) handler(this.#end)
    else this.#endHandlers.push(handler)
  }

  kill(cause: EventId | undefined): void {
    this.cause ??= cause
    this.#process.kill()
  }

  blame(cause: EventId, unlessStruck?: true): void {
    if (unlessStruck === true) this.cause ??= cause
    else this.cause = cause
  }

  hear(message: ChildToLab, blobs: Uint8Array[]): void {
    for (const handler of this.#handlers) handler(message, blobs)
  }

  connected(): void {
    const unsent = this.#unsent
    this.#unsent = []
    for (const message of unsent) this.entry.connection?.send(message)
  }

  /** The process is gone. Its last events may still be on the line: the end is told after them. */
  finish(raw: RawEnd): void {
    if (this.ended) return
    this.ended = true
    clearTimeout(this.deadline)
    this.#raw = raw
    if (this.entry.connection === undefined || this.#lineIsCut) this.#finished()
  }

  #lineIsCut = false

  lineCut(): void {
    this.#lineIsCut = true
    if (this.#raw !== undefined) this.#finished()
  }

  #finished(): void {
    const raw = this.#raw
    if (raw === undefined || this.#end !== undefined) return
    this.#end = this.#tell(this, raw)
    const handlers = this.#endHandlers
    this.#endHandlers = []
    for (const handler of handlers) handler(this.#end)
  }
}
