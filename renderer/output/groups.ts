/** Output by the process that wrote it: chunks of one process and stream run together. */
import { isDriver } from '../../engine/view/programs.ts'
import type { Ref, RunView } from '../../engine/view/types.ts'

export interface OutputGroup {
  actor: string
  /** Where several programs run: the one it is of, and its application. */
  program?: string
  appId?: string
  bytes: number
  /** `again` where a new process of this name began: a relaunched driver, and the executors it got. */
  parts: { stream: 'stdout' | 'stderr'; text: string; again?: true }[]
}

/** Most text kept on screen for one process, characters; older text is cut at the front. */
export const MOST_TEXT = 200_000

export function outputByActor(output: RunView['output'], drivers: RunView['drivers'] = [], whose: (piece: { actor: string; appId?: string }) => string | null = () => null): OutputGroup[] {
  const groups = new Map<string, OutputGroup>()
  const lives = new Map<string, string>()
  const deathsOf = (actor: string): number[] => drivers.filter((driver) => driver.actor === actor).slice(0, -1).flatMap((driver) => (driver.end ? [driver.end.t] : []))
  const deaths = new Map([...new Set(drivers.map(({ actor }) => actor))].map((actor) => [actor, deathsOf(actor)]))
  for (const { actor, stream, text, appId, t } of output) {
    const program = whose({ actor, ...(appId === undefined ? {} : { appId }) })
    const key = program === null ? actor : `${actor} ${program}`
    let group = groups.get(key)
    if (!group) groups.set(key, (group = { actor, ...(program === null ? {} : { program }), ...(appId === undefined ? {} : { appId }), bytes: 0, parts: [] }))
    const before = lives.get(key)
    const life = isDriver(actor) ? String((deaths.get(actor) ?? []).filter((death) => death < t).length) : (appId ?? before)
    if (life !== undefined) lives.set(key, life)
    const last = group.parts.at(-1)
    if (before !== undefined && life !== before) group.parts.push({ stream, text, again: true })
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
  return [...groups.values()].sort((a, b) => order(a.actor) - order(b.actor) || a.actor.localeCompare(b.actor, 'en', { numeric: true }) || (a.program ?? '').localeCompare(b.program ?? '', 'en'))
}

/** Where a line of a log leads: the task it names by its TID, the executor it speaks of. */
export function logRef(line: string): Ref | null {
  const task = /\(TID (\d+)\)/.exec(line)
  if (task) return { kind: 'task', id: Number(task[1]) }
  const executor = /\b(?:Lost|Removing|Decommissioning|Decommission) executor (\d+)\b/.exec(line)
  return executor ? { kind: 'actor', id: `executor-${executor[1]}` } : null
}

const order = (actor: string): number => (isDriver(actor) ? 0 : actor.startsWith('executor') ? 1 : 2)

/** `Executor 0` for `executor-0`, `Driver` for `driver`. */
export function actorName(actor: string): string {
  if (isDriver(actor)) return 'Driver'
  if (actor === 'master') return 'Master'
  if (actor === 'lab') return 'Lab'
  const executor = /^executor-(.+)$/.exec(actor)
  if (executor) return `Executor ${executor[1]}`
  const worker = /^worker-(.+)$/.exec(actor)
  return worker ? `Worker ${worker[1]}` : actor
}
