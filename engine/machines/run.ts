import { createActor, type AnyStateMachine, type EventFromLogic } from 'xstate'

export interface RunningMachine<Machine extends AnyStateMachine> {
  send(event: EventFromLogic<Machine>): void
  readonly state: string
}

/**
 * Starts a machine and tells of each state it enters, with the event that brought it there. Events a
 * state does not handle change nothing, as in xstate.
 */
export function runMachine<Machine extends AnyStateMachine>(machine: Machine, onState: (state: string, event: string) => void): RunningMachine<Machine> {
  const actor = createActor(machine)
  let state = ''
  let event = 'start'
  actor.subscribe((snapshot) => {
    const now = String((snapshot as { value: unknown }).value)
    if (now === state) return
    state = now
    onState(state, event)
  })
  actor.start()
  return {
    send(next) {
      event = (next as { type: string }).type
      actor.send(next)
    },
    get state() {
      return state
    }
  }
}

/**
 * Tells a state only when the machine is still in it a turn later: an executor that goes between idle and
 * busy ten thousand times a second is worth no line of log for each.
 */
export function settled(tell: (state: string, event: string) => void): (state: string, event: string) => void {
  let told = ''
  let latest: [state: string, event: string] | undefined
  return (state, event) => {
    const waiting = latest !== undefined
    latest = [state, event]
    if (waiting) return
    setImmediate(() => {
      const [last, because] = latest!
      latest = undefined
      if (last === told) return
      told = last
      tell(last, because)
    })
  }
}
