import type { Answer } from '../../engine/lab-api.ts'
import type { LabClock } from '../../engine/world/real/clock.ts'
import type { ChildHandle, Children } from './children.ts'
import type { Journal } from './journal.ts'

/** Real ms a process has to say when its next timer is due. */
const ANSWER_DEADLINE = 1000

/** Pause, speed and step: one lab clock, kept alike in every process of the run. */
export class ClockDesk {
  readonly #clock: LabClock
  readonly #children: Children
  readonly #journal: Journal
  #token = 0
  #waiting = new Map<number, { left: Set<ChildHandle>; due: Map<ChildHandle, number>; done: () => void }>()
  #stepping = false

  constructor(clock: LabClock, children: Children, journal: Journal) {
    this.#clock = clock
    this.#children = children
    this.#journal = journal
  }

  change(change: { speed?: number; paused?: boolean }): Answer {
    const speed = change.speed
    if (speed !== undefined && !(speed >= 0.1 && speed <= 10)) return { ok: false, message: `The speed is ${speed}; it can be 0.1 to 10.` }
    this.#set(change)
    this.#journal.post({ Event: 'kindling.ClockChanged', paused: this.#clock.paused, speed: this.#clock.speed })
    return { ok: true }
  }

  /** Moves a paused lab to the next thing that is due anywhere, and lets that one happen. */
  async step(): Promise<Answer> {
    if (!this.#clock.paused) return { ok: false, message: 'Step works while the lab is paused.' }
    if (this.#stepping) return { ok: false, message: 'The step before is still under way.' }
    this.#stepping = true
    try {
      const due = await this.#askAll()
      let owner: ChildHandle | 'lab' | undefined
      let earliest = Infinity
      const own = this.#clock.nextDue()
      if (own !== undefined) {
        owner = 'lab'
        earliest = own
      }
      for (const [child, at] of due) {
        if (at < earliest) {
          owner = child
          earliest = at
        }
      }
      if (owner === undefined) return { ok: false, message: 'Nothing is on its way: a task or the program is computing. Step again when it has something to say, or resume.' }
      if (owner === 'lab') this.#clock.fireNext()
      else owner.send({ type: 'StepFire' })
      this.#set({ lab: Math.max(earliest, this.#clock.now()) })
      return { ok: true }
    } finally {
      this.#stepping = false
    }
  }

  /** A child's answer to a StepQuery. */
  answered(child: ChildHandle, token: number, due: number | null): void {
    const waiting = this.#waiting.get(token)
    if (waiting === undefined) return
    waiting.left.delete(child)
    if (due !== null) waiting.due.set(child, due)
    if (waiting.left.size === 0) waiting.done()
  }

  #set(change: { speed?: number; paused?: boolean; lab?: number }): void {
    const setting = this.#clock.settingFor(change)
    this.#clock.set(setting)
    this.#children.tellAll({ type: 'Clock', setting })
  }

  async #askAll(): Promise<Map<ChildHandle, number>> {
    const children = this.#children.all().filter((child) => !child.ended)
    const due = new Map<ChildHandle, number>()
    if (children.length === 0) return due
    const token = ++this.#token
    await new Promise<void>((resolve) => {
      // A process that computes in JavaScript cannot answer now: it has nothing due before it is done.
      const timer = setTimeout(resolve, ANSWER_DEADLINE)
      const done = (): void => {
        clearTimeout(timer)
        resolve()
      }
      this.#waiting.set(token, { left: new Set(children), due, done })
      for (const child of children) child.send({ type: 'StepQuery', token })
    })
    this.#waiting.delete(token)
    return due
  }
}
