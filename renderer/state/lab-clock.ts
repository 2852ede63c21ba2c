/**
 * The lab clock between two events. Events say what time it is in the lab and how fast its clock goes;
 * in between the window reckons on, so that messages move smoothly, and never runs back.
 */
export interface ClockReading {
  paused: boolean
  speed: number
}

export class LabClock {
  #lab = 0
  #wall = 0
  #setting: ClockReading = { paused: true, speed: 1 }
  #going = false

  /**
   * An event of lab time `t` (ms) arrived at `wall` (ms of any steady clock).
   * @param going false before a run starts and after it ended: the clock then stands at `t`.
   */
  hear(t: number, setting: ClockReading, going: boolean, wall: number): void {
    const reckoned = this.now(wall)
    // A paused or ended lab stands exactly where its events say; a running one may be ahead of them.
    this.#lab = going && !setting.paused ? Math.max(t, reckoned) : t
    this.#wall = wall
    this.#setting = setting
    this.#going = going
  }

  /** A new run: time starts again. */
  reset(wall: number): void {
    this.#lab = 0
    this.#wall = wall
    this.#going = false
    this.#setting = { paused: true, speed: 1 }
  }

  get moving(): boolean {
    return this.#going && !this.#setting.paused
  }

  /** Lab time in ms at `wall`. */
  now(wall: number): number {
    if (!this.moving) return this.#lab
    return this.#lab + Math.max(0, wall - this.#wall) * this.#setting.speed
  }
}

/** `01:14.2` from lab milliseconds. */
export function clockText(ms: number): string {
  const tenths = Math.floor(Math.max(0, ms) / 100)
  const minutes = Math.floor(tenths / 600)
  const seconds = Math.floor(tenths / 10) % 60
  return `${String(minutes).padStart(2, '0')}:${String(seconds).padStart(2, '0')}.${tenths % 10}`
}

/** `12.4 s` or `340 ms`, for sentences. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

/** `12.4 s`: a moment of the lab. */
export function momentText(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

/** `61 MB` from bytes; one decimal below 10. */
export function megabytes(bytes: number): string {
  const mb = bytes / 1048576
  return mb >= 10 || mb === 0 ? `${Math.round(mb)} MB` : `${mb.toFixed(1)} MB`
}
