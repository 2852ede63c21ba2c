/** Faults that were asked for. */
import type { EventOf } from '../events/index.ts'
import type { Handlers } from './handlers.ts'
import type { RunView } from './types.ts'

export const faultHandlers: Handlers = {
  'kindling.FaultRequested'(view, event) {
    const { faultId, fault, target, when, by } = event
    view.faults.push({ faultId, fault, target, state: 'waiting', detail: '', t: event.Kindling.t, when, by, event: event.Kindling.id })
  },
  'kindling.FaultStruck': (view, event) => settle(view, event, 'struck', event.detail),
  'kindling.FaultFailed': (view, event) => settle(view, event, 'failed', event.reason)
}

function settle(view: RunView, event: EventOf<'kindling.FaultStruck'> | EventOf<'kindling.FaultFailed'>, state: 'struck' | 'failed', detail: string): void {
  const { faultId, fault, target } = event
  const known = view.faults.find((f) => f.faultId === faultId)
  const settled = { state, detail, target, t: event.Kindling.t, event: event.Kindling.id }
  if (known) Object.assign(known, settled)
  else view.faults.push({ faultId, fault, ...settled })
}
