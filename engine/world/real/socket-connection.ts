import { timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import type { ActorId } from '../../events/index.ts'
import type { Clock, Connection } from '../interfaces.ts'
import type { Hello } from '../messages.ts'
import { encodeFrame, FrameReader, MAX_FRAME, type Frame } from './frames.ts'
import { afterReal } from './timers.ts'

/** Told of each message that travels with latency, so that it can be drawn. */
export type OnSent = (sent: { kind: string; from: ActorId; to: ActorId; sent: number; due: number; bytes: number; message: unknown }) => void

export interface NetworkOptions {
  clock: Clock & { readonly paused: boolean }
  /** The run's own secret: a connection that does not know it is closed unheard. */
  secret: string
  self: ActorId
  /** Lab ms a message of the cluster travels; the lab's own control messages travel at once. */
  latencyMs: number
  onSent?: OnSent
  /** What a message is about, for the log. */
  about?: (message: unknown) => string | undefined
  /** What a fault does to a message of the cluster, where one is at work. */
  fate?: (message: unknown, from: ActorId, to: ActorId) => 'lost' | number | undefined
}

export interface ConnectionOptions {
  /** Travels on the lab clock: latency, pause and step hold its messages. */
  onClock: boolean
}

/** From here on a blob is written by itself instead of being copied, bytes. */
const LARGE_BLOB = 64 * 1024
/** The longest Hello, bytes: who has proven nothing gets no more memory than this. */
const LONGEST_HELLO = 4096
/** How long a peer may take to prove itself, real ms. */
const HELLO_DEADLINE = 10_000
/** So many bytes may lie unsent before a talker is asked to wait. */
const MUCH_UNSENT = 4 * 2 ** 20

/** How long the peer may take to read the last words, real ms. */
const FINISH_DEADLINE = 1000

const NOTHING = new Uint8Array()

/** One end of a socket between two processes of a run. */
export class SocketConnection<Out, In> implements Connection<Out, In> {
  peer: ActorId
  readonly #socket: Socket
  readonly #network: NetworkOptions
  readonly #onClock: boolean
  #handler: ((message: In, blobs: Uint8Array[]) => void) | undefined
  #early: Frame[] = []
  #hello: ((hello: Hello) => void) | undefined
  #closed = false
  #onClose: (() => void)[] = []
  #unsent: Uint8Array[] = []
  #unsentBytes = 0
  /** Told when what is unsent is with the system. */
  #taken: (() => void)[] = []
  #draining: Promise<void> | undefined
  readonly #reader = new FrameReader()
  /** The line is dead for a while: nothing leaves, nothing is heard, and nobody is told. */
  #held = false
  #heldOut: Uint8Array[][] = []
  #heldIn: Frame[] = []
  #heldEnd = false
  /** Frames on their way on the lab clock, oldest first; later frames wait behind them even when due at once. */
  #travelling: Frame[] = []

  constructor(socket: Socket, network: NetworkOptions, options: ConnectionOptions, peer: ActorId) {
    this.#socket = socket
    this.#network = network
    this.#onClock = options.onClock
    this.peer = peer
    socket.on('data', (chunk) => this.#read(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#end())
  }

  /**
   * Until a fitting Hello has come, nothing is heard and any other word ends the connection. So does
   * silence: a stranger who says nothing is not waited for.
   */
  awaitHello(heard: (hello: Hello) => void): void {
    const giveUp = afterReal(HELLO_DEADLINE, () => this.#socket.destroy())
    this.onClose(giveUp)
    this.#reader.limit = LONGEST_HELLO
    this.#hello = (hello) => {
      giveUp()
      this.#reader.limit = MAX_FRAME
      heard(hello)
    }
  }

  /** Undefined while the peer keeps up; else resolves once it has taken what lies here, or is gone. */
  drained(): Promise<void> | undefined {
    if (this.#socket.writableLength + this.#unsentBytes < MUCH_UNSENT || this.#socket.destroyed) return undefined
    this.#draining ??= new Promise<void>((resolve) => {
      const done = (): void => {
        this.#draining = undefined
        resolve()
      }
      this.#flush()
      this.#socket.once('drain', done)
      this.#socket.once('close', done)
    })
    return this.#draining
  }

  destroy(): void {
    this.#socket.destroy()
  }

  send(message: Out, blobs: Uint8Array[] = [], taken?: () => void): void {
    if (this.#closed) return
    const { clock, latencyMs, onSent, self, fate } = this.#network
    const due = this.#onClock ? fate?.(message, self, this.peer) : undefined
    if (due === 'lost') return
    const sent = clock.now() + (due ?? 0)
    if (due !== undefined) {
      clock.after(due, `late message ${(message as { type?: string }).type ?? ''}`, () => {
        if (!this.#closed) this.#write(encodeFrame(message, sent, blobs))
      })
      return
    }
    const frame = encodeFrame(message, sent, blobs)
    if (this.#held) {
      this.#heldOut.push(frame)
      return
    }
    const bytes = this.#write(frame, taken)
    if (this.#onClock && latencyMs > 0 && onSent !== undefined) {
      onSent({ kind: (message as { type?: string }).type ?? 'message', from: self, to: this.peer, sent, due: sent + latencyMs, bytes, message })
    }
  }

  /** Messages of the cluster on this line, and not the lab's own words. */
  get onClock(): boolean {
    return this.#onClock
  }

  /**
   * A held line is silent both ways, as when packets are lost or the process stands still; the socket stays
   * open. What was said meanwhile goes on its way when it is let go.
   */
  hold(held: boolean): void {
    if (held === this.#held) return
    this.#held = held
    if (held) return
    for (const parts of this.#heldOut.splice(0)) this.#write(parts)
    for (const frame of this.#heldIn.splice(0)) this.#deliver(frame)
    if (this.#heldEnd) this.#end()
  }

  sendAtOnce(message: unknown): void {
    this.#write(encodeFrame(message, -1, []))
  }

  onMessage(handler: (message: In, blobs: Uint8Array[]) => void): void {
    this.#handler = handler
    const early = this.#early
    this.#early = []
    for (const frame of early) this.#deliver(frame)
  }

  onClose(handler: () => void): void {
    if (this.#closed && this.#travelling.length === 0) handler()
    else this.#onClose.push(handler)
  }

  finish(): Promise<void> {
    if (this.#closed || this.#held) return Promise.resolve()
    return new Promise((resolve) => {
      const giveUp = afterReal(FINISH_DEADLINE, resolve)
      // The peer reads all there is before it ends its side.
      this.#socket.once('close', () => {
        giveUp()
        resolve()
      })
      this.#flush()
      this.#socket.end()
    })
  }

  close(): void {
    this.#flush()
    this.#socket.end()
    this.#socket.destroySoon()
  }

  #write(parts: Uint8Array[], taken?: () => void): number {
    if (taken !== undefined) this.#taken.push(taken)
    if (this.#unsent.length === 0) setImmediate(() => this.#flush())
    let bytes = 0
    for (const part of parts) {
      this.#unsent.push(part)
      bytes += part.byteLength
    }
    this.#unsentBytes += bytes
    return bytes
  }

  /** Everything said in one turn goes out in one write; only large blobs are spared the copy. */
  #flush(): void {
    const parts = this.#unsent
    this.#unsent = []
    this.#unsentBytes = 0
    const taken = this.#taken
    this.#taken = []
    if (this.#socket.destroyed || parts.length === 0) return
    let run: Uint8Array[] = []
    let length = 0
    const write = (): void => {
      if (length > 0) this.#socket.write(run.length === 1 ? run[0]! : Buffer.concat(run, length))
      run = []
      length = 0
    }
    for (const part of parts) {
      if (part.byteLength > LARGE_BLOB) {
        write()
        this.#socket.write(part)
      } else {
        run.push(part)
        length += part.byteLength
      }
    }
    write()
    // An empty write is over when all before it are.
    if (taken.length > 0) this.#socket.write(NOTHING, () => taken.forEach((tell) => tell()))
  }

  #read(chunk: Buffer): void {
    this.#reader.push(chunk)
    for (;;) {
      let frame: Frame | undefined
      try {
        frame = this.#reader.next()
      } catch {
        this.#socket.destroy()
        return
      }
      if (frame === undefined || this.#socket.destroyed) return
      try {
        this.#arrived(frame)
      } catch (error) {
        // Not the peer's fault: it goes where uncaught errors go, and the frames behind it are heard.
        setImmediate(() => {
          throw error
        })
      }
    }
  }

  #arrived(frame: Frame): void {
    if (this.#hello !== undefined) {
      const heard = this.#hello
      const hello = frame.message as Partial<Hello>
      if (hello.type !== 'Hello' || typeof hello.secret !== 'string' || !same(hello.secret, this.#network.secret)) {
        this.#socket.destroy()
        return
      }
      this.#hello = undefined
      this.peer = String(hello.from)
      heard(hello as Hello)
      return
    }
    const { clock, latencyMs } = this.#network
    if (!this.#onClock || frame.sent < 0 || (latencyMs === 0 && !clock.paused && this.#travelling.length === 0)) {
      this.#deliver(frame)
      return
    }
    this.#travelling.push(frame)
    // The timers of two frames may ring in either order when they are due within a moment of one another; a
    // connection keeps the order of its frames, so each ring lets the oldest arrive.
    clock.after(Math.max(0, frame.sent + latencyMs - clock.now()), `message ${(frame.message as { type?: string }).type ?? ''}`, () => {
      this.#deliver(this.#travelling.shift()!)
      if (this.#closed && this.#travelling.length === 0) this.#tellClosed()
    })
  }

  #deliver(frame: Frame): void {
    if (this.#held) {
      this.#heldIn.push(frame)
      return
    }
    if (this.#handler === undefined) {
      this.#early.push(frame)
      return
    }
    const { fate, self, clock } = this.#network
    const due = this.#onClock ? fate?.(frame.message, this.peer, self) : undefined
    if (due === 'lost') return
    const handler = this.#handler
    if (due === undefined) handler(frame.message as In, frame.blobs)
    else clock.after(due, `late message ${(frame.message as { type?: string }).type ?? ''}`, () => handler(frame.message as In, frame.blobs))
  }

  #end(): void {
    if (this.#closed) return
    if (this.#held) {
      this.#heldEnd = true
      return
    }
    this.#closed = true
    // What was on the wire still arrives before the end is noticed.
    if (this.#travelling.length === 0) this.#tellClosed()
  }

  #tellClosed(): void {
    const handlers = this.#onClose
    this.#onClose = []
    for (const handler of handlers) handler()
  }
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
