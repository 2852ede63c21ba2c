/** Messages on their way: which are drawn now, how far they are, and how loud each kind is. */
import type { RunView } from '../../engine/view/types.ts'

export type MessageTone = 'run' | 'ok' | 'fail' | 'wire' | 'quiet'

export interface Travelling {
  id: string
  from: string
  to: string
  /** Where several applications run: whose. */
  appId?: string
  /** 0 as it is sent, 1 as it arrives. */
  part: number
  tone: MessageTone
  label: string
}

/** Most dots drawn at once; above it the oldest are left out. */
export const MOST_DRAWN = 120
/** Labels are readable only while few messages are under way. */
export const MOST_LABELLED = 6

const QUIET = new Set(['Heartbeat', 'Hello', 'Clock', 'Events', 'Output', 'Ready', 'StepDue', 'StepFired', 'StepFire', 'StepQuery', 'Moment', 'TaskBinary', 'AskMapOutputs', 'MapOutputs', 'AskBlockLocations', 'BlockLocations', 'AskBroadcast', 'BlockUpdate'])
const SHUFFLE = new Set(['FetchShuffle', 'FetchBlock', 'Blocks', 'Broadcast'])
const BAD = new Set(['KillTask', 'KillExecutors', 'StopExecutor', 'ExecutorGone', 'RegisterExecutorFailed', 'ApplicationRefused', 'Strike', 'WorkerRemoved'])

export function toneOf(kind: string, about?: string): MessageTone {
  if (QUIET.has(kind)) return 'quiet'
  if (SHUFFLE.has(kind)) return 'wire'
  if (BAD.has(kind)) return 'fail'
  if (kind === 'StatusUpdate') return about !== undefined && /FAILED|KILLED|LOST|✕/i.test(about) ? 'fail' : 'ok'
  return 'run'
}

/** Blocks are told by what they are, everything else by its kind. */
function labelOf(kind: string, tone: MessageTone, about?: string): string {
  if (tone === 'quiet') return ''
  if (tone === 'wire') return about ?? kind
  return about === undefined ? kind : `${kind} ${about}`
}

/** Messages sent and not yet due at lab time `now` (ms). */
export function travelling(messages: RunView['messages'], now: number): Travelling[] {
  const found: Travelling[] = []
  for (const message of messages) {
    if (now < message.sent || now >= message.due) continue
    const part = message.due > message.sent ? (now - message.sent) / (message.due - message.sent) : 1
    const tone = toneOf(message.kind, message.about)
    found.push({
      id: message.id,
      from: message.from,
      to: message.to,
      ...(message.appId === undefined ? {} : { appId: message.appId }),
      part,
      tone,
      label: labelOf(message.kind, tone, message.about)
    })
  }
  return found.length > MOST_DRAWN ? found.slice(-MOST_DRAWN) : found
}

/** When the last message under way arrives, lab ms; null when none is under way at `now`. */
export function lastArrival(messages: RunView['messages'], now: number): number | null {
  let last: number | null = null
  for (const message of messages) if (message.due > now && (last === null || message.due > last)) last = message.due
  return last
}
