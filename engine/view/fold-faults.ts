/** Faults that were asked for. */
import type { EventOf } from '../events/index.ts'
import type { Handlers } from './handlers.ts'
import type { FaultView, RunView } from './types.ts'

type Told = EventOf<'kindling.FaultStruck' | 'kindling.FaultFailed' | 'kindling.FaultHealed' | 'kindling.FaultWaiting'>

export const faultHandlers: Handlers = {
  'kindling.FaultRequested'(view, event) {
    const { faultId, fault, target, when, by, repeat, app } = event
    view.faults.push({ faultId, fault, target, state: 'waiting', detail: '', t: event.Kindling.t, when, by, event: event.Kindling.id, strikes: 0, repeat: repeat ?? 1, active: [], ...(app === undefined ? {} : { app }) })
  },
  'kindling.FaultWaiting'(view, event) {
    settle(view, event, 'waiting', event.reason)
  },
  'kindling.FaultStruck'(view, event) {
    const fault = settle(view, event, 'struck', event.detail)
    fault.strikes = (fault.strikes ?? 0) + 1
    if (event.lasting === true) fault.active = [...(fault.active ?? []), event.target]
  },
  'kindling.FaultFailed'(view, event) {
    settle(view, event, 'failed', event.reason)
  },
  'kindling.FaultHealed'(view, event) {
    const fault = settle(view, event, 'healed', event.detail)
    const active = [...(fault.active ?? [])]
    const at = active.indexOf(event.target)
    if (at !== -1) active.splice(at, 1)
    // Taken back: it will not strike any more.
    else fault.repeat = fault.strikes ?? 0
    fault.active = active
    if (active.length > 0) fault.state = 'struck'
  }
}

function settle(view: RunView, event: Told, state: FaultView['state'], detail: string): FaultView {
  const { faultId, fault, target, appId } = event
  const settled = { state, detail, target, t: event.Kindling.t, event: event.Kindling.id, ...(appId === undefined ? {} : { appId }) }
  const known = view.faults.find((one) => one.faultId === faultId)
  if (known !== undefined) return Object.assign(known, settled)
  const made: FaultView = { faultId, fault, ...settled, strikes: 0, repeat: 1, active: [] }
  view.faults.push(made)
  return made
}

/** Does it wait for its moment, the first or the next? */
export const stillWaits = (fault: FaultView): boolean =>
  fault.state !== 'failed' && fault.when !== undefined && fault.when !== 'now' && (fault.repeat === 0 ? true : (fault.strikes ?? 0) < (fault.repeat ?? 1))
