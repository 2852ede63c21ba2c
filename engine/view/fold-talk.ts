/** What is said: messages under way, output, the program's line, exceptions. */
import type { Handlers } from './handlers.ts'
import { actorIn, currentAppId, currentDriver, lookupOf, scopeOf } from './lookup.ts'
import type { RunView } from './types.ts'

/** Pieces of output kept in a view; a little more is let grow, so that dropping is rare. */
const OUTPUT_KEPT = 2000
const OUTPUT_SLACK = 200

export const talkHandlers: Handlers = {
  'kindling.Message'(view, event) {
    if (event.due <= view.t) return
    const { kind, sent, due, about } = event
    const from = actorIn(view, event.from)
    const to = actorIn(view, event.to)
    const appId = scopeOf(view) === null ? undefined : currentAppId(view)
    view.messages.push({ id: event.Kindling.id, kind, from, to, sent, due, ...(about === undefined ? {} : { about }), ...(appId === undefined ? {} : { appId }) })
    const lookup = lookupOf(view)
    if (due < lookup.nextDue) lookup.nextDue = due
  },

  'kindling.Output'(view, event) {
    const { actor, stream, text, appId } = event
    view.output.push({ actor, stream, text, t: event.Kindling.t, event: event.Kindling.id, ...(appId === undefined ? {} : { appId }) })
    if (view.output.length <= OUTPUT_KEPT + OUTPUT_SLACK) return
    const over = view.output.length - OUTPUT_KEPT
    view.output.splice(0, over)
    view.outputDropped += over
  },

  'kindling.Line'(view, event) {
    const driver = currentDriver(view)
    if (scopeOf(view) !== null && driver) driver.line = event.line
    if ((scopeOf(view)?.actor ?? 'driver') === 'driver') view.line = event.line
    if (view.phase === 'starting') view.phase = 'running'
    const ranOut = driver?.ranOut
    if (ranOut) ranOut.wentOn = true
  },

  'kindling.Exception'(view, event) {
    const { className, message, traceback, line } = event
    const actor = actorIn(view, event.actor)
    const driver = event.actor === 'driver' ? currentDriver(view) : undefined
    const appId = scopeOf(view) === null ? undefined : currentAppId(view)
    if (driver?.memory && className.endsWith('OutOfMemoryError')) driver.ranOut = { account: driver.memory, t: event.Kindling.t, wentOn: false }
    view.exceptions.push({ actor, className, message, traceback, t: event.Kindling.t, ...(line === undefined ? {} : { line }), ...(appId === undefined ? {} : { appId }) })
  }
}

/** Messages that have arrived by now are under way no more. */
export function pruneMessages(view: RunView): void {
  const lookup = lookupOf(view)
  if (view.t < lookup.nextDue) return
  view.messages = view.messages.filter((message) => message.due > view.t)
  lookup.nextDue = view.messages.reduce((next, message) => Math.min(next, message.due), Infinity)
}
