import type { ClockSetting, SteerableClock, Timer } from '../interfaces.ts'

interface Waiting extends Timer {
  due: number
  seq: number
  label: string
  fire: () => void
  cancelled: boolean
}

const realNow = (): number => performance.timeOrigin + performance.now()

/**
 * Lab time over wall time. All processes of a run get the same setting, so their clocks agree as far as
 * the computer's own clock does. Timers lie in a heap by (due, order of asking).
 */
export class LabClock implements SteerableClock {
  #setting: ClockSetting
  #heap: Waiting[] = []
  #seq = 0
  #alarm: NodeJS.Timeout | undefined
  #alarmFor = Infinity

  constructor(setting: ClockSetting) {
    this.#setting = setting
  }

  get paused(): boolean {
    return this.#setting.paused
  }

  get speed(): number {
    return this.#setting.speed
  }

  now(): number {
    const { real, lab, speed, paused } = this.#setting
    return paused ? lab : lab + Math.max(0, realNow() - real) * speed
  }

  /** The setting that continues this clock from now on with another speed or pause. */
  settingFor(change: { speed?: number; paused?: boolean; lab?: number }): ClockSetting {
    return {
      real: realNow(),
      lab: change.lab ?? this.now(),
      speed: change.speed ?? this.#setting.speed,
      paused: change.paused ?? this.#setting.paused
    }
  }

  set(setting: ClockSetting): void {
    this.#setting = setting
    this.#arm(true)
  }

  after(delayMs: number, label: string, fire: () => void): Timer {
    const waiting: Waiting = {
      due: this.now() + Math.max(0, delayMs),
      seq: this.#seq++,
      label,
      fire,
      cancelled: false,
      cancel: () => {
        waiting.cancelled = true
        // Cancelled timers leave when they reach the top; a heap of mostly dead ones is swept.
        if (++this.#dead > 64 && this.#dead > this.#heap.length / 2) this.#sweep()
      }
    }
    this.#push(waiting)
    if (waiting.due < this.#alarmFor) this.#arm(false)
    return waiting
  }

  #dead = 0

  #sweep(): void {
    const alive = this.#heap.filter((timer) => !timer.cancelled)
    this.#heap = []
    this.#dead = 0
    for (const timer of alive) this.#push(timer)
  }

  nextDue(): number | undefined {
    return this.#top()?.due
  }

  fireNext(): void {
    const timer = this.#top()
    if (timer === undefined) return
    this.#pop()
    if (this.#setting.paused) this.#setting = { ...this.#setting, lab: Math.max(this.#setting.lab, timer.due) }
    timer.fire()
  }

  /** Forgets every timer, so that the process can end. */
  stop(): void {
    clearTimeout(this.#alarm)
    this.#heap = []
  }

  #top(): Waiting | undefined {
    for (;;) {
      const top = this.#heap[0]
      if (top === undefined || !top.cancelled) return top
      this.#pop()
      this.#dead = Math.max(0, this.#dead - 1)
    }
  }

  #arm(always: boolean): void {
    const top = this.#top()
    if (!always && top !== undefined && top.due >= this.#alarmFor) return
    clearTimeout(this.#alarm)
    this.#alarm = undefined
    this.#alarmFor = Infinity
    if (top === undefined || this.#setting.paused) return
    this.#alarmFor = top.due
    const realDelay = Math.max(0, (top.due - this.now()) / this.#setting.speed)
    this.#alarm = setTimeout(() => this.#ring(), Math.min(realDelay, 0x7fffffff))
  }

  #ring(): void {
    this.#alarmFor = Infinity
    const now = this.now()
    for (;;) {
      const top = this.#top()
      // setTimeout may ring up to a millisecond early.
      if (top === undefined || top.due > now + 0.5 || this.#setting.paused) break
      this.#pop()
      top.fire()
    }
    this.#arm(true)
  }

  #push(timer: Waiting): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(timer)
    while (at > 0) {
      const up = (at - 1) >> 1
      if (!before(timer, heap[up]!)) break
      heap[at] = heap[up]!
      at = up
    }
    heap[at] = timer
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      let down = 2 * at + 1
      if (down >= heap.length) break
      if (down + 1 < heap.length && before(heap[down + 1]!, heap[down]!)) down++
      if (!before(heap[down]!, last)) break
      heap[at] = heap[down]!
      at = down
    }
    heap[at] = last
  }
}

const before = (a: Waiting, b: Waiting): boolean => a.due < b.due || (a.due === b.due && a.seq < b.seq)

/** A clock that starts at lab time 0 now. */
export const startClock = (speed = 1): LabClock => new LabClock({ real: realNow(), lab: 0, speed, paused: false })
