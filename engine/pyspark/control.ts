/** The few words host and Python thread share in memory, so that one can be read while the other is busy. */

/** Int32 slots. */
export const slot = {
  /** Rises with every reply and every kill; the thread waits on it. */
  reply: 0,
  /** Line of the program that runs now; 0 is none. */
  line: 1,
  /** Wasm memory in pages of 64 KiB. */
  memoryPages: 2,
  /** Number of the order that runs; 0 is none. */
  running: 3,
  /** Next ids of RDDs and shuffles: Python and the driver's plans count together, as all of Spark does. */
  rddIds: 4,
  shuffleIds: 5,
  /** Characters of output under way to the host. */
  output: 6,
  /** First of the slots for orders that are to die: order n stands in slot n modulo their count. */
  kills: 8
} as const

/** So much output may be under way before the talker waits, characters. */
const outputUnderWay = 1 << 20

const killSlots = 16
const words = slot.kills + killSlots
/** Byte that CPython looks at between bytecodes: a signal number, or 0. */
const signalByte = words * 4
const controlBytes = 128

/** SIGUSR1: note the current line. */
export const lineSignal = 10
/** SIGUSR2: the running order was killed. */
export const killSignal = 12

const wasmPage = 65_536

export class Control {
  readonly buffer: SharedArrayBuffer
  readonly words: Int32Array
  readonly signal: Uint8Array

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(controlBytes)) {
    this.buffer = buffer
    this.words = new Int32Array(buffer, 0, words)
    this.signal = new Uint8Array(buffer, signalByte, 1)
  }

  get memoryBytes(): number {
    return Atomics.load(this.words, slot.memoryPages) * wasmPage
  }

  set memoryBytes(bytes: number) {
    Atomics.store(this.words, slot.memoryPages, Math.ceil(bytes / wasmPage))
  }

  get line(): number | null {
    return Atomics.load(this.words, slot.line) || null
  }

  set line(line: number | null) {
    Atomics.store(this.words, slot.line, line ?? 0)
  }

  /** Number of the order that runs; 0 is none. */
  get running(): number {
    return Atomics.load(this.words, slot.running)
  }

  /** An id nobody else gets. */
  nextId(of: 'rdd' | 'shuffle'): number {
    return Atomics.add(this.words, of === 'rdd' ? slot.rddIds : slot.shuffleIds, 1)
  }

  /** A new SparkContext counts from 0 (§1.7). */
  resetIds(): void {
    Atomics.store(this.words, slot.rddIds, 0)
    Atomics.store(this.words, slot.shuffleIds, 0)
  }

  /** The thread has said something; where it talks faster than it is heard, it waits here. */
  said(characters: number, order: number): void {
    Atomics.add(this.words, slot.output, characters)
    for (;;) {
      const unheard = Atomics.load(this.words, slot.output)
      if (unheard <= outputUnderWay || this.isKilled(order)) return
      Atomics.wait(this.words, slot.output, unheard, 50)
    }
  }

  /** The host has passed that much on. */
  heard(characters: number): void {
    Atomics.sub(this.words, slot.output, characters)
    Atomics.notify(this.words, slot.output)
  }

  /** Wakes the thread where it waits for a reply. */
  wake(): void {
    Atomics.add(this.words, slot.reply, 1)
    Atomics.notify(this.words, slot.reply)
  }

  /** Asks the running order to note its line; loses against a kill. */
  askLine(): void {
    Atomics.compareExchange(this.signal, 0, 0, lineSignal)
  }

  kill(order: number): void {
    Atomics.store(this.words, slot.kills + (order % killSlots), order)
    if (Atomics.load(this.words, slot.running) === order) Atomics.store(this.signal, 0, killSignal)
    this.wake()
  }

  isKilled(order: number): boolean {
    return Atomics.load(this.words, slot.kills + (order % killSlots)) === order
  }

  /** Marks what runs (0: nothing) and forgets signals meant for the order before. */
  run(order: number): void {
    Atomics.store(this.signal, 0, 0)
    Atomics.store(this.words, slot.running, order)
    if (order !== 0 && this.isKilled(order)) Atomics.store(this.signal, 0, killSignal)
  }
}
