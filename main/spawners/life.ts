/**
 * What both spawners have in common: a handle whose promises are kept once, whatever order and however
 * often the host reports, and whose output is text.
 */
import { StringDecoder } from 'node:string_decoder'
import type { ProcessHandle, ProcessKind, SpawnRequest } from '../../engine/world/interfaces.ts'

export interface ProcessEnding {
  code: number | null
  signal: string | null
}

export interface SpawnerOptions {
  /** Built file of each kind of process, absolute. */
  entries: Readonly<Record<ProcessKind, string>>
  /** A process that is not up after this many ms never will be. */
  spawnDeadlineMs?: number
}

export const SPAWN_DEADLINE_MS = 10_000

/** Output kept for a listener that comes late, characters. */
const BACKLOG = 1 << 16
/** The longest value of an environment variable every system takes. */
const LONGEST_BOOT = process.platform === 'win32' ? 32_000 : 131_000

type Stream = 'stdout' | 'stderr'
type Readable = NodeJS.EventEmitter

/** The handle a spawner gives out, and the pen it writes the process's life with. */
export class ProcessLife implements ProcessHandle {
  readonly name: string
  readonly started: Promise<number>
  #settle!: { resolve(pid: number): void; reject(error: Error): void }
  #deadline: ReturnType<typeof setTimeout> | undefined
  readonly #strike: (pid: number) => void
  #pid: number | undefined
  #state: 'starting' | 'running' | 'failed' | 'ended' = 'starting'
  #killed = false
  #ending: ProcessEnding | undefined
  #endHandlers: ((end: ProcessEnding) => void)[] = []
  #outputHandlers: ((stream: Stream, text: string) => void)[] = []
  #backlog: [Stream, string][] = []
  #backlogSize = 0

  /** @param strike kills the process with this pid. */
  constructor(name: string, deadlineMs: number, strike: (pid: number) => void) {
    this.name = name
    this.#strike = strike
    this.started = new Promise((resolve, reject) => (this.#settle = { resolve, reject }))
    // The lab may prefer to hear of it elsewhere; an unheard rejection must not end the host.
    this.started.catch(() => {})
    this.#deadline = setTimeout(() => {
      // Should it come up after all, nobody waits for it.
      this.#killed = true
      this.failed(`${name} did not start within ${deadlineMs / 1000} s.`)
    }, deadlineMs)
  }

  /** kill() was called and there was a process to strike. */
  get struck(): boolean {
    return this.#killed && this.#pid !== undefined
  }

  get over(): boolean {
    return this.#state === 'ended' || this.#state === 'failed'
  }

  /** The process runs. A kill that was asked for earlier is carried out now. */
  up(pid: number): void {
    if (this.#pid !== undefined || this.#state === 'ended') return
    this.#pid = pid
    clearTimeout(this.#deadline)
    if (this.#state === 'starting') {
      this.#state = 'running'
      this.#settle.resolve(pid)
    }
    if (this.#killed) this.#strike(pid)
  }

  /** It could not be started. */
  failed(message: string): void {
    if (this.#state !== 'starting') return
    this.#state = 'failed'
    clearTimeout(this.#deadline)
    this.#settle.reject(new Error(message))
    this.#drop()
  }

  ended(end: ProcessEnding): void {
    if (this.#state === 'starting') this.failed(`${this.name} ended before it started (${end.signal ?? `exit code ${end.code}`}).`)
    if (this.#state !== 'running') return
    this.#state = 'ended'
    this.#ending = end
    const handlers = this.#endHandlers
    this.#drop()
    for (const handler of handlers) handler(end)
  }

  /** Hands on what `readable` says as text, whole characters only. Returns a function that hands on what is left. */
  listen(stream: Stream, readable: Readable | null): () => void {
    if (readable === null) return () => {}
    const decoder = new StringDecoder('utf8')
    const say = (text: string): void => {
      if (text !== '') this.#say(stream, text)
    }
    readable.on('data', (chunk: Buffer) => say(decoder.write(chunk)))
    readable.on('error', () => {})
    return () => say(decoder.end())
  }

  onEnd(handler: (end: ProcessEnding) => void): void {
    const end = this.#ending
    if (end === undefined) this.#endHandlers.push(handler)
    else queueMicrotask(() => handler(end))
  }

  onOutput(handler: (stream: Stream, text: string) => void): void {
    this.#outputHandlers.push(handler)
    const backlog = this.#backlog
    this.#backlog = []
    for (const [stream, text] of backlog) handler(stream, text)
  }

  kill(): void {
    if (this.over || this.#killed) return
    this.#killed = true
    if (this.#pid !== undefined) this.#strike(this.#pid)
  }

  #say(stream: Stream, text: string): void {
    if (this.#outputHandlers.length > 0) {
      for (const handler of this.#outputHandlers) handler(stream, text)
    } else if (this.#backlogSize < BACKLOG) {
      this.#backlogSize += text.length
      this.#backlog.push([stream, text])
    }
  }

  #drop(): void {
    this.#endHandlers = []
  }
}

/**
 * The environment of a child: the host's own, less what would bend Node, plus the boot.
 * @throws when the boot is longer than an environment variable may be on this system.
 */
export function childEnvironment(request: SpawnRequest): Record<string, string> {
  const boot = JSON.stringify(request.boot)
  const size = Buffer.byteLength(boot)
  if (size > LONGEST_BOOT) {
    throw new Error(`${request.name} cannot be started: what it has to be told is ${Math.ceil(size / 1024)} KiB, and the system takes ${Math.floor(LONGEST_BOOT / 1024)}. Is the program that long?`)
  }
  const env: Record<string, string> = {}
  for (const [key, value] of Object.entries(process.env)) {
    // NODE_* and ELECTRON_* of the host are not the child's: debug ports, loaders, run-as-node.
    if (value !== undefined && !/^(NODE_OPTIONS|NODE_CHANNEL_.*|NODE_V8_COVERAGE|ELECTRON_RUN_AS_NODE|KINDLING_BOOT)$/i.test(key)) env[key] = value
  }
  env['KINDLING_BOOT'] = boot
  return env
}

/** SIGKILL, or what the system has for it. A process that is gone already is no error. */
export function strikeDown(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // Windows says EPERM of one that is just ending.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}
