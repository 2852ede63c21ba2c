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
