import type { EventName, LabEvent } from '../../engine/events/index.ts'

/**
 * A stage of ten thousand tasks says twenty thousand of these, and most often nobody in the lab reads them:
 * their lines are read when somebody asks.
 */
const OF_ONE_TASK: ReadonlySet<string> = new Set<EventName>(['SparkListenerTaskStart', 'SparkListenerTaskEnd', 'SparkListenerTaskGettingResult', 'kindling.MapOutput'])

const FRONT = '{"Event":"'

/** The events of a run in order, in memory; those of single tasks as text until they are looked at. */
export class KeptEvents {
  readonly #items: (LabEvent | string)[] = []
  /** All before here are read. */
  #read = 0

  get length(): number {
    return this.#items.length
  }

  add(event: LabEvent): void {
    this.#items.push(event)
  }

  /** Takes a line of JSON. Answers with the event's name, and with the event where it is worth reading at once. */
  addLine(line: string): { name: string; event?: LabEvent } {
    const name = line.startsWith(FRONT) ? line.slice(FRONT.length, line.indexOf('"', FRONT.length)) : ''
    if (OF_ONE_TASK.has(name)) {
      this.#items.push(line)
      return { name }
    }
    const event = JSON.parse(line) as LabEvent
    this.#items.push(event)
    return { name: event.Event, event }
  }

  at(place: number): LabEvent {
    const item = this.#items[place]!
    if (typeof item !== 'string') return item
    return (this.#items[place] = JSON.parse(item) as LabEvent)
  }

  /** The event when it is not one that is read late. */
  read(place: number): LabEvent | undefined {
    const item = this.#items[place]
    return typeof item === 'string' ? undefined : item
  }

  replace(place: number, event: LabEvent): void {
    this.#items[place] = event
  }

  slice(from: number, to: number = this.#items.length): LabEvent[] {
    const events: LabEvent[] = []
    for (let place = from; place < to; place++) events.push(this.at(place))
    return events
  }

  /** As `slice`, without the events of single tasks. */
  few(from: number, to: number = this.#items.length): LabEvent[] {
    const events: LabEvent[] = []
    for (let place = from; place < to; place++) {
      const item = this.#items[place]!
      if (typeof item !== 'string' && !OF_ONE_TASK.has(item.Event)) events.push(item)
    }
    return events
  }

  /** All of them, read; the list itself. */
  all(): LabEvent[] {
    for (; this.#read < this.#items.length; this.#read++) this.at(this.#read)
    return this.#items as LabEvent[]
  }
}
