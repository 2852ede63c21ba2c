import type { EventName, EventOf } from '../events/index.ts'
import type { RunView } from './types.ts'

/** What one kind of event does to the view. */
export type Handler<N extends EventName> = (view: RunView, event: EventOf<N>) => void

export type Handlers = { [N in EventName]?: Handler<N> }
