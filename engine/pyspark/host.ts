/** Host side of one Python thread: its worker_thread, the orders it is given and the calls it makes. */
import { MessageChannel, Worker } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { decodeFrame, encodeFrame } from './codec.ts'
import { Control } from './control.ts'
import { BridgeFailure, FetchFailedSignal } from './failures.ts'
import type { FromThread, Order, Reply, Role, ThreadData } from './protocol.ts'

export interface HostOptions {
  threadEntry: string
  snapshot: string | null
  folders: string[]
  memoryLimit?: number | undefined
  role: Role
  /** Who answers with a promise is sent little more before it resolves: the thread waits. */
  onOutput(stream: 'stdout' | 'stderr', text: string): unknown
  /** `order` is the order that calls. */
  onCall(name: string, ask: unknown, order: number): Promise<unknown>
  onExit(code: number, signal?: string, parent?: boolean): void
  onSnapshot?(bytes: Uint8Array): void
  onMemory?(bytes: number): void
  onNotes?(text: string): void
}

/** Why a thread runs no more orders. */
export class ThreadEnded extends Error {
  /** True when the interpreter itself crashed, as a process would with a segmentation fault. */
  readonly crashed: boolean
  constructor(message: string, crashed = false) {
    super(message)
    this.name = 'ThreadEnded'
    this.crashed = crashed
  }
}

/** The interpreter's own stack is deeper than a thread of Node has by default (4 MiB). */
const stackSizeMb = 32

interface Waiting {
  resolve(answer: unknown): void
  reject(error: Error): void
}

/** Numbers of orders are never used twice in a process, whichever thread they went to. */
let orders = 0

export class PythonThread {
  readonly control = new Control()
  readonly ready: Promise<void>
  readonly #worker: Worker
  readonly #replies: MessagePort
  readonly #options: HostOptions
  readonly #waiting = new Map<number, Waiting>()
  readonly #isReady: { resolve(): void; reject(error: Error): void }
  #ended: ThreadEnded | null = null

  constructor(options: HostOptions) {
    this.#options = options
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.ready = promise
    this.#isReady = { resolve, reject }
    // A thread nobody waits for must not bring the process down when it is terminated early.
    promise.catch(() => undefined)
    const { port1, port2 } = new MessageChannel()
    this.#replies = port1
    const data: ThreadData = {
      role: options.role,
      snapshot: options.snapshot,
      folders: options.folders,
      memoryLimit: options.memoryLimit ?? null,
      control: this.control.buffer,
      replies: port2
    }
    this.#worker = new Worker(options.threadEntry, {
      workerData: data,
      transferList: [port2],
      env: {},
      argv: [],
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { stackSizeMb },
      name: `python-${options.role}`
    })
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#worker[stream].setEncoding('utf8').on('data', (text: string) => void options.onOutput(stream, text))
    }
    this.#worker.on('message', (message: FromThread) => this.#hear(message))
    this.#worker.on('error', (error) => this.#end(error instanceof Error ? error.message : String(error), true))
    this.#worker.on('exit', () => this.#end('The Python thread ended'))
  }

  get ended(): boolean {
    return this.#ended !== null
  }

  /** Gives an order; rejects with ThreadEnded when the thread ends first. */
  order(kind: Order['kind'], ask: unknown): { order: number; answer: Promise<unknown> } {
    const order = ++orders
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    if (this.#ended) reject(this.#ended)
    else {
      this.#waiting.set(order, { resolve, reject })
      const message: Order = { order, kind, frame: encodeFrame(ask) }
      this.#worker.postMessage(message)
    }
    return { order, answer: promise }
  }

  kill(order: number): void {
    if (this.#waiting.has(order)) this.control.kill(order)
  }

  /** Ends the thread wherever Python is. Waiting orders reject. */
  async terminate(): Promise<void> {
    this.#end('The Python thread was terminated')
    await this.#worker.terminate()
  }

  #hear(message: FromThread): void {
    switch (message.type) {
      case 'ready':
        return this.#isReady.resolve()
      case 'output':
        this.#output(message.stream, message.text)
        return
      case 'call':
        void this.#answer(message)
        return
      case 'done': {
        const waiting = this.#waiting.get(message.order)
        this.#waiting.delete(message.order)
        waiting?.resolve(decodeFrame(message.frame))
        return
      }
      case 'memory':
        return this.#options.onMemory?.(message.bytes)
      case 'notes':
        return this.#options.onNotes?.(message.text)
      case 'exit':
        this.#end('Python ended its own process')
        void this.#worker.terminate()
        return this.#options.onExit(message.code, message.signal, message.parent)
      case 'broken':
        this.#end(message.message, true)
        void this.#worker.terminate()
        return
      case 'snapshot':
        return this.#options.onSnapshot?.(message.bytes)
    }
  }

  #output(stream: 'stdout' | 'stderr', text: string): void {
    const heard = (): void => this.control.heard(text.length)
    const busy = this.#options.onOutput(stream, text)
    if (busy instanceof Promise) void busy.then(heard, heard)
    else heard()
  }

  async #answer(message: Extract<FromThread, { type: 'call' }>): Promise<void> {
    const reply = async (): Promise<Omit<Reply, 'call'>> => {
      try {
        const answer = await this.#options.onCall(message.name, decodeFrame(message.frame), message.order)
        return { kind: 'ok', frame: encodeFrame(answer) }
      } catch (error) {
        if (error instanceof FetchFailedSignal) return { kind: 'fetch-failed', frame: { head: 'null', blob: null } }
        if (error instanceof BridgeFailure) return { kind: 'error', frame: encodeFrame(error.error) }
        const text = error instanceof Error ? error.message : String(error)
        return { kind: 'error', frame: encodeFrame({ pythonClass: 'RuntimeError', message: text }) }
      }
    }
    const answer: Reply = { call: message.call, ...(await reply()) }
    if (this.#ended) return
    this.#replies.postMessage(answer)
    this.control.wake()
  }

  #end(why: string, crashed = false): void {
    if (this.#ended) return
    this.#ended = new ThreadEnded(why, crashed)
    this.#replies.close()
    this.#isReady.reject(this.#ended)
    for (const { reject } of this.#waiting.values()) reject(this.#ended)
    this.#waiting.clear()
  }
}
