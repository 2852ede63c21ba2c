import type { SparkEvent } from './spark.ts'
import type { EventId, KindlingEvent } from './kindling.ts'

export type * from './spark.ts'
export type * from './kindling.ts'

/** Rides on every event, Spark's too (Spark ignores fields it does not know, §12.10). */
export interface Stamp {
  id: EventId
  /** Lab time, ms since the run started. */
  t: number
  /** The event that made this one happen, where there is one: the why-chain is made of these. */
  cause?: EventId
}

export type BareEvent = SparkEvent | KindlingEvent

/** One line of a log. `Event` must be the first key (§12, listing scan). */
export type LabEvent = BareEvent & { Kindling: Stamp }

export type EventName = BareEvent['Event']
export type EventOf<N extends EventName> = Extract<LabEvent, { Event: N }>
