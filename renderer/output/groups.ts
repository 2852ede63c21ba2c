/** Output by the process that wrote it: chunks of one process and stream run together. */
import type { RunView } from '../../engine/view/types.ts'

export interface OutputGroup {
  actor: string
  bytes: number
  /** `app` is set where the process began to work for another application, as a relaunched driver does. */
  parts: { stream: 'stdout' | 'stderr'; text: string; app?: string }[]
}

/** Most text kept on screen for one process, characters; older text is cut at the front. */
export const MOST_TEXT = 200_000

export function outputByActor(output: RunView['output']): OutputGroup[] {
  const groups = new Map<string, OutputGroup>()
  const worksFor = new Map<string, string>()
  for (const { actor, stream, text, appId } of output) {
    let group = groups.get(actor)
    if (!group) groups.set(actor, (group = { actor, bytes: 0, parts: [] }))
    const before = worksFor.get(actor)
    if (appId !== undefined) worksFor.set(actor, appId)
    const another = appId !== undefined && before !== undefined && appId !== before
    const last = group.parts.at(-1)
    if (another) group.parts.push({ stream, text, app: appId })
    else if (last && last.stream === stream) last.text += text
    else group.parts.push({ stream, text })
    group.bytes += text.length
    while (group.bytes > MOST_TEXT && group.parts[0]) {
      const first = group.parts[0]
      const over = group.bytes - MOST_TEXT
      if (first.text.length <= over) {
        group.parts.shift()
        group.bytes -= first.text.length
      } else {
        first.text = first.text.slice(over)
        group.bytes -= over
      }
    }
  }
  return [...groups.values()].sort((a, b) => order(a.actor) - order(b.actor) || a.actor.localeCompare(b.actor, 'en', { numeric: true }))
}

const order = (actor: string): number => (actor === 'driver' ? 0 : actor.startsWith('executor') ? 1 : 2)

/** `Executor 0` for `executor-0`, `Driver` for `driver`. */
export function actorName(actor: string): string {
  if (actor === 'driver') return 'Driver'
  if (actor === 'master') return 'Master'
  if (actor === 'lab') return 'Lab'
  const executor = /^executor-(.+)$/.exec(actor)
  if (executor) return `Executor ${executor[1]}`
  const worker = /^worker-(.+)$/.exec(actor)
  return worker ? `Worker ${worker[1]}` : actor
}
