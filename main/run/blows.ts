import type { EventId } from '../../engine/events/index.ts'
import { theFault } from '../../engine/faults/index.ts'
import type { ParsedFault } from '../../engine/faults/parse.ts'
import type { Choice } from '../../engine/faults/strike.ts'
import type { ChildHandle } from './children.ts'

/** A fault that is about to strike. */
export interface Blow {
  /** Whom, as the log names it: `executor-2`, `driver`, `worker-1`, `task 1.3`. */
  target: string
  /** What happens to it, in words. */
  detail: string
  /** Strikes. `cause` is the event that tells of it. */
  act: (cause: EventId) => Acted
}

/** What a blow leaves behind. */
export interface Acted {
  /** Resolves once what it struck can do nothing more of what it was about to do; a moment is held so long. */
  done?: Promise<void>
  /** Calls back with a sentence when the process says that it cannot be done. */
  onRefused?: (refused: (why: string) => void) => void
  /** Of a lasting fault: ends it. */
  heal?: (cause: EventId) => void
  /** Of a lasting fault: calls back when what it had struck is gone. */
  onGone?: (gone: () => void) => void
}

export interface Refusal {
  refuse: string
}

/** A fault that the lab carries out itself: how, for this choice and these parameters. */
export type LabHand = (choice: Choice, fault: ParsedFault) => Blow | Refusal

/** A blow at a process of the run. `dying`: told before it is struck, when it will not outlive the blow. */
export function blowAt(child: ChildHandle | null, name: string, choice: Choice, faultId: string, fault: ParsedFault, dying: (child: ChildHandle, how: 'killed' | 'dying') => void): Blow | Refusal {
  if (child === null || child.ended) return { refuse: name === 'driver' ? 'There is no driver running.' : `Executor ${name.slice('executor-'.length)} has no process any more.` }
  const known = theFault(fault.fault)
  const target = targetOf(choice, name)
  const detail = known.does.replaceAll(/\{(\w+)\}/g, (_, key: string) => (key === 'pid' ? String(child.pid) : parameterText(known.parameters?.find((one) => one.name === key)?.kind, fault.parameters[key])))
  const gone = new Promise<void>((resolve) => child.onEnd(() => resolve()))
  if (known.by === 'kill') {
    return {
      target,
      detail,
      act: (cause) => {
        dying(child, 'killed')
        child.kill(cause)
        return { done: gone }
      }
    }
  }
  return {
    target,
    detail,
    act: (cause) => {
      if (known.fatal === true) dying(child, 'dying')
      if (known.strikes === 'executor' || known.strikes === 'driver') child.blame(cause)
      const { strike: _, ...arg } = choice
      let refused: (why: string) => void = () => undefined
      const answered = answer(child, faultId).then((why) => {
        if (why !== undefined) refused(why)
      })
      const struck = known.fatal === true ? gone : Promise.race([gone, answered])
      child.send({ type: 'Strike', faultId, fault: fault.fault, target: name.replace('executor-', ''), cause, arg: { ...arg, ...sendable(fault) } })
      return {
        done: struck,
        onRefused: (tell) => (refused = tell),
        heal: (healed) => child.send({ type: 'Heal', faultId, fault: fault.fault, cause: healed }),
        onGone: (tell) => child.onEnd(() => tell())
      }
    }
  }
}

function targetOf(choice: Choice, name: string): string {
  if (choice.strike === 'task') return choice.stage === undefined ? 'the next task' : choice.partition === undefined ? `a task of stage ${choice.stage}` : `task ${choice.stage}.${choice.partition}`
  if (choice.strike === 'message') return `the next ${choice.message ?? 'message'}${choice.at === 'driver' ? (choice.peer === undefined ? '' : ` of ${choice.peer}`) : ` at executor-${choice.at.executorId}`}`
  return name
}

const parameterText = (kind: string | undefined, value: number | string | undefined): string => (value === Infinity ? 'all' : kind === 'time' ? `${Number(value) / 1000} s` : String(value))

/** Messages are JSON, which has no Infinity. */
const sendable = (fault: ParsedFault): Record<string, unknown> => Object.fromEntries(Object.entries(fault.parameters).map(([key, value]) => [key, value === Infinity ? 'always' : value]))

/** Resolves when the process says that it has done as told, or why it cannot. */
function answer(child: ChildHandle, faultId: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.onMessage((message) => {
      if (message.type === 'Struck' && message.faultId === faultId) resolve(message.ok ? undefined : message.detail)
    })
  })
}
