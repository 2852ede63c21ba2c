import type { Answer } from '../../engine/lab-api.ts'
import type { ChildToLab, LabToChild } from '../../engine/world/messages.ts'
import { stopsAt, type Stop } from '../../engine/view/marks.ts'
import type { LabClock } from '../../engine/world/real/clock.ts'
import { afterReal } from '../../engine/world/real/timers.ts'
import type { ChildHandle, Children } from './children.ts'
import type { Journal } from './journal.ts'

/** Real ms a process has to say when its next timer is due. */
const ANSWER_DEADLINE = 1000
/** Timers that show nothing, fired in one step at most: a cluster that only passes data on still gives the hand back. */
const UNSEEN_AT_MOST = 1000

type Answered = Extract<ChildToLab, { type: 'StepDue' | 'StepFired' }>

/** Pause, speed and step: one lab clock, kept alike in every process of the run. */
export class ClockDesk {
  readonly #clock: LabClock
  readonly #children: Children
  readonly #journal: Journal
  #token = 0
  readonly #waiting = new Map<number, (child: ChildHandle, answer: Answered) => void>()
  #stepping = false

  constructor(clock: LabClock, children: Children, journal: Journal) {
    this.#clock = clock
    this.#children = children
    this.#journal = journal
  }

  change(change: { speed?: number; paused?: boolean }): Answer {
    const speed = change.speed
    if (speed !== undefined && !(speed >= 0.1 && speed <= 10)) return { ok: false, message: `The speed is ${speed}; it can be 0.1 to 10.` }
    if (change.paused !== undefined) this.#journal.onNew = undefined
    this.#set(change)
    this.#journal.post({ Event: 'kindling.ClockChanged', paused: this.#clock.paused, speed: this.#clock.speed })
    return { ok: true }
  }

  /** Goes on, and pauses just after the next thing of this kind. */
  runTo(stop: Exclude<Stop, 'event'>): Answer {
    const answer = this.#clock.paused ? this.change({ paused: false }) : ({ ok: true } as const)
    this.#journal.onNew = (from) => {
      if (this.#journal.between(from).some((event) => stopsAt(event, stop))) this.change({ paused: true })
    }
    return answer
  }

  /** Moves a paused lab to the next thing that is due anywhere and can be seen, and lets that one happen. */
  async step(): Promise<Answer> {
    if (!this.#clock.paused) return { ok: false, message: 'Step works while the lab is paused.' }
    if (this.#stepping) return { ok: false, message: 'The step before is still under way.' }
    this.#stepping = true
    try {
      // A message that only carries data changes nothing one could see: the step goes on to what does.
      for (let unseen = 0; unseen < UNSEEN_AT_MOST && this.#clock.paused; unseen++) {
        const next = await this.#next()
        if (next === undefined) return { ok: false, message: 'Nothing is on its way: a task or the program is computing. Step again when it has something to say, or resume.' }
        if (await this.#fire(next)) return { ok: true }
      }
      return { ok: true }
    } finally {
      this.#stepping = false
    }
  }

  /** A child's answer to a StepQuery or a StepFire. */
  answered(child: ChildHandle, answer: Answered): void {
    this.#waiting.get(answer.token)?.(child, answer)
  }

  /** Who has the earliest timer, and when it is due. */
  async #next(): Promise<{ owner: ChildHandle | 'lab'; due: number } | undefined> {
    const dues = await this.#ask(this.#children.all(), (token) => ({ type: 'StepQuery', token }))
    const own = this.#clock.nextDue()
    let next: { owner: ChildHandle | 'lab'; due: number } | undefined = own === undefined ? undefined : { owner: 'lab', due: own }
    for (const [owner, answer] of dues) {
      if (answer.type === 'StepDue' && answer.due !== null && answer.due < (next?.due ?? Infinity)) next = { owner, due: answer.due }
    }
    return next
  }

  /** Lets it happen. True when the log says something of it. */
  async #fire({ owner, due }: { owner: ChildHandle | 'lab'; due: number }): Promise<boolean> {
    let seen: boolean
    if (owner === 'lab') {
      const before = this.#journal.count
      this.#clock.fireNext()
      seen = this.#journal.count > before
    } else {
      const answers = await this.#ask([owner], (token) => ({ type: 'StepFire', token }))
      const answer = answers.get(owner)
      // A process that ended, or computes so long that it cannot answer, is something to look at.
      seen = answer?.type !== 'StepFired' || answer.seen
    }
    // Whoever resumed meanwhile has set the clock already.
    if (this.#clock.paused) this.#set({ lab: Math.max(due, this.#clock.now()) })
    return seen
  }

  #set(change: { speed?: number; paused?: boolean; lab?: number }): void {
    const setting = this.#clock.settingFor(change)
    this.#clock.set(setting)
    this.#children.tellAll({ type: 'Clock', setting })
  }

  /** Asks each of these processes, and waits for those that can answer. */
  async #ask(children: ChildHandle[], question: (token: number) => LabToChild): Promise<Map<ChildHandle, Answered>> {
    const asked = children.filter((child) => !child.ended)
    const answers = new Map<ChildHandle, Answered>()
    if (asked.length === 0) return answers
    const token = ++this.#token
    await new Promise<void>((resolve) => {
      // A process that computes in JavaScript cannot answer now: it has nothing due before it is done.
      const giveUp = afterReal(ANSWER_DEADLINE, resolve)
      this.#waiting.set(token, (child, answer) => {
        answers.set(child, answer)
        if (answers.size < asked.length) return
        giveUp()
        resolve()
      })
      for (const child of asked) child.send(question(token))
    })
    this.#waiting.delete(token)
    return answers
  }
}
