/** What stands behind the colon: whom a fault strikes. */
import { FaultTextError } from './fault-text-error.ts'
import type { NamedFault } from './index.ts'
import { isMessageKind, MESSAGE_KINDS, MESSAGE_NAMES, type MessageKind } from './message-kinds.ts'
import { nearest } from './nearest.ts'

export type FaultTarget =
  /** Whichever runs most; of messages, whichever comes next. */
  | { kind: 'any' }
  | { kind: 'executor'; id: string }
  | { kind: 'driver' }
  /** A task: an executor fault strikes the executor that runs it. */
  | { kind: 'task'; stage: number; partition: number }
  | { kind: 'worker'; id: string }
  | { kind: 'master' }
  /** One kind of message; with an executor, only those it says or hears. */
  | { kind: 'message'; message: MessageKind; executor?: string }
  /** `rdd_R_P`, `shuffle_S` or `shuffle_S_M`. */
  | { kind: 'block'; name: string }

/** The target as it is written: `any`, `driver`, `2`, `1.3`, `worker-1`, `StatusUpdate/2`. */
export function targetText(target: FaultTarget): string {
  switch (target.kind) {
    case 'executor':
    case 'worker':
      return target.id
    case 'task':
      return `${target.stage}.${target.partition}`
    case 'message':
      return target.executor === undefined ? target.message : `${target.message}/${target.executor}`
    case 'block':
      return target.name
    default:
      return target.kind
  }
}

/** @throws FaultTextError */
export function parseTarget(fault: NamedFault, text: string | undefined, whole: string): FaultTarget {
  if (text === '') throw new FaultTextError(`"${whole}" has a colon but no target after it. ${possible(fault)}`)
  const refuse = (): never => {
    throw new FaultTextError(`${fault.name} cannot strike "${text}". ${possible(fault)}`)
  }
  switch (fault.strikes) {
    case 'driver':
      return text === undefined || text === 'driver' || text === 'any' ? { kind: 'driver' } : refuse()
    case 'master':
      return text === undefined || text === 'master' || text === 'any' ? { kind: 'master' } : refuse()
    case 'worker': {
      if (text === undefined || text === 'any') return { kind: 'any' }
      if (text === 'driver') return { kind: 'driver' }
      const worker = /^(?:worker-)?(\d+)$/.exec(text)
      return worker ? { kind: 'worker', id: `worker-${Number(worker[1])}` } : refuse()
    }
    case 'message':
      return text === undefined || text === 'any' ? { kind: 'any' } : parseMessage(fault, text)
    case 'block': {
      if (text === undefined || text === 'any') return { kind: 'any' }
      const block = fault.block === 'cached' ? /^rdd_\d+_\d+$/ : /^shuffle_\d+(_\d+)?$/
      if (block.test(text)) return { kind: 'block', name: text }
      const executor = executorId(text)
      return executor === undefined ? refuse() : { kind: 'executor', id: executor }
    }
    default: {
      if (text === undefined || text === 'any') return { kind: 'any' }
      if (text === 'driver') throw new FaultTextError(`${fault.name} cannot strike the driver. ${possible(fault)}`)
      const task = /^(\d+)\.(\d+)$/.exec(text)
      if (task) return { kind: 'task', stage: Number(task[1]), partition: Number(task[2]) }
      const executor = executorId(text)
      if (executor !== undefined) return { kind: 'executor', id: executor }
      throw new FaultTextError(`"${text}" is not a target. ${possible(fault)}`)
    }
  }
}

function parseMessage(fault: NamedFault, text: string): FaultTarget {
  const slash = text.indexOf('/')
  const message = slash === -1 ? text : text.slice(0, slash)
  if (!isMessageKind(message)) {
    const near = nearest(message, MESSAGE_NAMES)
    throw new FaultTextError(`There is no message "${message}".${near ? ` Did you mean ${near}?` : ''} The messages are: ${MESSAGE_NAMES.join(', ')}.`)
  }
  if (slash === -1) return { kind: 'message', message }
  const executor = executorId(text.slice(slash + 1))
  if (executor === undefined) throw new FaultTextError(`"${text.slice(slash + 1)}" is not an executor. ${possible(fault)}`)
  return { kind: 'message', message, executor }
}

function executorId(text: string): string | undefined {
  const found = /^(?:executor-)?(\d+)$/.exec(text)
  return found === null ? undefined : String(Number(found[1]))
}

/** One sentence: what may stand there. */
function possible(fault: NamedFault): string {
  switch (fault.strikes) {
    case 'driver':
      return `${fault.name} strikes the driver: leave the target out, or write driver.`
    case 'master':
      return `${fault.name} strikes the Master: leave the target out, or write master.`
    case 'worker':
      return 'Write a worker (worker-1), driver for the worker that holds the driver, or any.'
    case 'message':
      return 'Write a kind of message (StatusUpdate), one with an executor (StatusUpdate/2), or any.'
    case 'block':
      return `Write ${fault.block === 'cached' ? 'a cached block (rdd_2_0)' : 'a shuffle (shuffle_0) or one map output (shuffle_0_3)'}, an executor id (2), or any.`
    default:
      return 'Write an executor id (2), a task as STAGE.PARTITION (1.3), or any.'
  }
}

/** Where a message of this kind is waited for. */
export const endOf = (kind: MessageKind): 'driver' | 'executor' => MESSAGE_KINDS[kind]
