/** Thread side of the bridge: the functions lent to Python. All are synchronous. */
import { parentPort, receiveMessageOnPort } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { slot } from './control.ts'
import type { Control } from './control.ts'
import type { FromThread, Reply } from './protocol.ts'
import { siphashAll } from './siphash.ts'

export const tell = (message: FromThread, transfer: ArrayBuffer[] = []): void => parentPort!.postMessage(message, transfer)

/** [kind, head, blob]; `killed` when the order died while it waited. */
type Answer = [Reply['kind'] | 'killed', string, Uint8Array | undefined]

export interface PythonFunctions {
  call(name: string, head: string, blob: Uint8Array | undefined, line: number): Answer
  answer(head: string, blob: Uint8Array | undefined): void
  line(line: number): void
  /** Lines reached and steps written down, as JSON. */
  notes(text: string): void
  isKilled(): boolean
  exit(code: number, signal: string | undefined, parent: boolean): void
  /** The next id of an RDD or a shuffle of this context. */
  nextId(of: 'rdd' | 'shuffle'): number
  siphash(data: Uint8Array, lengths: Uint8Array): Uint8Array
}

export class ThreadBridge {
  readonly #control: Control
  readonly #replies: MessagePort
  #calls = 0
  #order = 0

  constructor(control: Control, replies: MessagePort) {
    this.#control = control
    this.#replies = replies
  }

  begin(order: number): void {
    this.#order = order
    this.#control.line = null
    this.#control.run(order)
  }

  end(): void {
    this.#control.run(0)
    this.#order = 0
  }

  functions(): PythonFunctions {
    return {
      call: (name, head, blob, line) => {
        if (line > 0) this.#control.line = line
        return this.#call(name, head, blob)
      },
      answer: (head, blob) => {
        tell({ type: 'done', order: this.#order, frame: { head, blob: blob ?? null } }, blob ? [blob.buffer as ArrayBuffer] : [])
      },
      line: (line) => {
        this.#control.line = line
      },
      notes: (text) => tell({ type: 'notes', text }),
      isKilled: () => this.#control.isKilled(this.#order),
      exit: (code, signal, parent) => {
        tell({ type: 'exit', code, ...(signal === undefined ? {} : { signal }), ...(parent ? { parent } : {}) })
        // The host ends this thread; Python must not run one bytecode more.
        const never = new Int32Array(new SharedArrayBuffer(4))
        for (;;) Atomics.wait(never, 0, 0)
      },
      nextId: (of) => this.#control.nextId(of),
      siphash: siphashAll
    }
  }

  #call(name: string, head: string, blob: Uint8Array | undefined): Answer {
    const call = ++this.#calls
    const words = this.#control.words
    // A killed task that swallows its end must not go on asking.
    if (this.#control.isKilled(this.#order)) return ['killed', '', undefined]
    tell({ type: 'call', call, order: this.#order, name, frame: { head, blob: blob ?? null } }, blob ? [blob.buffer as ArrayBuffer] : [])
    for (;;) {
      const seen = Atomics.load(words, slot.reply)
      const received = receiveMessageOnPort(this.#replies)
      if (received) {
        const reply = received.message as Reply
        // A reply to a call given up by a killed order may still be under way.
        if (reply.call === call) return [reply.kind, reply.frame.head, reply.frame.blob ?? undefined]
        continue
      }
      if (this.#control.isKilled(this.#order)) return ['killed', '', undefined]
      Atomics.wait(words, slot.reply, seen)
    }
  }
}
