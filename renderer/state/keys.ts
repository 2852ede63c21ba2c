/**
 * Which key does what, as data: the list in the window and the handler read the same table. Keys never
 * fire while typing, with a modifier held, or inside a dialog.
 */
import type { Stop } from '../../engine/view/marks.ts'

export type Action =
  | { do: 'run' | 'pause' | 'step' | 'keys' | 'settings' | 'stop' | 'now' | 'step-number' }
  | { do: 'go'; stop: Stop; by: 1 | -1 }
  | { do: 'panel'; panel: 'guide' | 'program' | 'plan' | 'output' }
  | { do: 'fault'; fault: string }

export interface KeyLine {
  key: string
  says: string
}

/** What the handler needs to know of a keyboard event. */
export interface Press {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  shiftKey?: boolean
  altKey: boolean
  /** The innermost thing that has the focus, through shadow roots. */
  target: { tagName: string; isContentEditable?: boolean; type?: string; role?: string | null } | null
  inDialog: boolean
  repeat: boolean
}

export const FIXED_KEYS: KeyLine[] = [
  { key: 'R', says: 'Run the program' },
  { key: 'X', says: 'Stop the run' },
  { key: 'Space', says: 'Pause or go on' },
  { key: '.', says: 'One step while paused' },
  { key: '1', says: 'Guide' },
  { key: '2', says: 'Program' },
  { key: '3', says: 'Plan' },
  { key: '4', says: 'Output' },
  { key: ',', says: 'Cluster and settings' },
  { key: '?', says: 'This list' }
]

export const TIME_KEYS: KeyLine[] = [
  { key: 'J L', says: 'One event back, on' },
  { key: '⇧J ⇧L', says: 'One task back, on' },
  { key: 'U O', says: 'One stage back, on' },
  { key: '⇧U ⇧O', says: 'One job back, on' },
  { key: 'E ⇧E', says: 'The next failure, the one before' },
  { key: 'G', says: 'Go to a step by its number' },
  { key: 'N', says: 'Back to now' }
]

/** Keys that go through time: what they stop at, without and with Shift, and which way. */
const GOES: Readonly<Record<string, { plain: [Stop, 1 | -1]; shift: [Stop, 1 | -1] }>> = {
  j: { plain: ['event', -1], shift: ['task', -1] },
  l: { plain: ['event', 1], shift: ['task', 1] },
  u: { plain: ['stage', -1], shift: ['job', -1] },
  o: { plain: ['stage', 1], shift: ['job', 1] },
  e: { plain: ['failure', 1], shift: ['failure', -1] }
}

const TYPING = new Set(['INPUT', 'TEXTAREA', 'SELECT'])
const PRESSED_BY_SPACE = new Set(['BUTTON', 'SUMMARY', 'A'])

function isTyping(target: Press['target']): boolean {
  if (!target) return false
  if (target.isContentEditable) return true
  return TYPING.has(target.tagName) && target.type !== 'range' && target.type !== 'checkbox' && target.type !== 'radio'
}

/** What a key press asks for; null when it is none of ours. */
export function actionOf(press: Press, faults: readonly { name: string; key?: string }[]): Action | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.inDialog || isTyping(press.target)) return null
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key
  if (key === ' ') {
    const tag = press.target?.tagName ?? ''
    if (PRESSED_BY_SPACE.has(tag) || tag === 'INPUT' || press.target?.role === 'treeitem') return null
    return press.repeat ? null : { do: 'pause' }
  }
  if (key === '.') return { do: 'step' }
  const goes = GOES[key]
  if (goes) {
    const [stop, by] = press.shiftKey ? goes.shift : goes.plain
    return { do: 'go', stop, by }
  }
  if (press.repeat) return null
  if (key === 'r') return { do: 'run' }
  if (key === 'x') return { do: 'stop' }
  if (key === 'n') return { do: 'now' }
  if (key === 'g') return { do: 'step-number' }
  if (key === '?') return { do: 'keys' }
  if (key === ',') return { do: 'settings' }
  if (key === '1') return { do: 'panel', panel: 'guide' }
  if (key === '2') return { do: 'panel', panel: 'program' }
  if (key === '3') return { do: 'panel', panel: 'plan' }
  if (key === '4') return { do: 'panel', panel: 'output' }
  const fault = faults.find((one) => one.key?.toLowerCase() === key)
  return fault ? { do: 'fault', fault: fault.name } : null
}
