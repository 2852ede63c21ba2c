/**
 * What failures cost: time lost, work thrown away and done twice, slots that stood empty. Counted from the
 * tasks, executors and jobs of the view; each item says how.
 */
import type { RunView } from './types.ts'

export interface BillItem {
  name: 'lost' | 'thrown' | 'again' | 'missing' | 'idle'
  label: string
  /** Lab ms; of slots, the sum over slots. */
  ms: number
  /** Tasks behind it, where it is about tasks. */
  tasks?: number
  /** How it is computed, in a sentence. */
  how: string
}

export interface Bill {
  items: BillItem[]
  /** Lab ms during which a job was open. */
  open: number
  /** Slot time of all task attempts. */
  worked: number
  /** Cores a slot takes. */
  coresPerSlot: number
  /** Anything to pay for. */
  owed: boolean
}

type Span = readonly [from: number, to: number]

/** The bill so far; of a run that has ended, the whole one. */
export function billOf(view: RunView): Bill {
  const open = union(view.jobs.map((job) => [job.startedAt, job.endedAt ?? view.t] as const))
  const coresPerSlot = Math.max(1, Number(view.conf['spark.task.cpus'] ?? 1) || 1)
  const first: Span[] = []
  let worked = 0
  let thrown = 0
  let thrownTasks = 0
  let again = 0
  let againTasks = 0
  const busy = new Map<string, number>()
  const gone = new Map(view.losses.filter((loss) => loss.what === 'executor').map((loss) => [`${loss.appId}/${loss.executorId}`, loss.t]))
  for (const task of view.tasks) {
    const span = [task.startedAt, task.endedAt ?? view.t] as const
    const ms = Math.max(0, span[1] - span[0])
    worked += ms
    const key = `${task.appId}/${task.executorId}`
    // The driver may tell of a task’s end later than its executor was gone.
    busy.set(key, (busy.get(key) ?? 0) + within([span[0], Math.min(span[1], gone.get(key) ?? Infinity)], open))
    if (task.again) {
      again += ms
      againTasks += 1
    } else if (task.state === 'running' || task.state === 'success') first.push(span)
    if (task.state !== 'running' && task.state !== 'success') {
      thrown += ms
      thrownTasks += 1
    }
  }
  const lost = lostTime(view, open, union(first))
  const { idle, missing } = slotTime(view, open, busy, gone)
  const items: BillItem[] = [
    { name: 'lost', label: 'time lost', ms: lost, how: 'Lab time from the first failure on in which a job was open and no task was doing work for the first time: only repeats ran, or nothing.' },
    { name: 'thrown', label: 'work thrown away', ms: thrown, tasks: thrownTasks, how: 'How long the attempts ran that failed, were killed, or whose output was lost later, slot by slot.' },
    { name: 'again', label: 'work done twice', ms: again, tasks: againTasks, how: 'How long the attempts ran that repeat a partition which had been run before, slot by slot.' },
    { name: 'missing', label: 'slots missing', ms: missing, how: 'For each executor that went while a job was open: its slots times the time until its replacement had registered, or the job was over.' },
    { name: 'idle', label: 'slots idle', ms: idle, how: 'For each executor the driver counted on: its slots times the time a job was open, less the time tasks ran in them.' }
  ]
  return { items, open: length(open), worked, coresPerSlot, owed: thrownTasks > 0 || againTasks > 0 || missing > 0 }
}

/** Time in open jobs after the first failure with no first-time work. */
function lostTime(view: RunView, open: readonly Span[], first: readonly Span[]): number {
  const began = Math.min(...view.losses.filter((loss) => loss.tasks.length + loss.mapOutputs.length + loss.cached.length > 0).map((loss) => loss.t), ...view.tasks.filter((task) => task.ended !== undefined && task.ended !== 'TaskKilled').map((task) => task.endedAt ?? Infinity))
  if (began === Infinity) return 0
  return open.reduce((sum, [from, to]) => {
    const span = [Math.max(from, began), to] as const
    return span[1] <= span[0] ? sum : sum + span[1] - span[0] - within(span, first)
  }, 0)
}

function slotTime(view: RunView, open: readonly Span[], busy: ReadonlyMap<string, number>, gone: ReadonlyMap<string, number>): { idle: number; missing: number } {
  let idle = 0
  let missing = 0
  for (const executor of view.executors) {
    if (executor.registeredAt === null) continue
    const key = `${executor.appId}/${executor.id}`
    const left = gone.get(key) ?? Math.min(executor.removedAt ?? Infinity, executor.end?.t ?? Infinity, view.t)
    const slots = Math.max(1, executor.slots.length)
    idle += Math.max(0, within([executor.registeredAt, left], open) * slots - (busy.get(key) ?? 0))
    if (!gone.has(key) || /killed by driver|decommission/i.test(executor.removedReason ?? '')) continue
    const next = view.executors.find((one) => one.appId === executor.appId && one.id === executor.replacedBy)
    missing += within([left, next?.registeredAt ?? view.t], open) * slots
  }
  return { idle, missing }
}

/** Spans without overlaps, in order. */
function union(spans: readonly Span[]): Span[] {
  const joined: [number, number][] = []
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else if (to > from) joined.push([from, to])
  }
  return joined
}

/** How much of a span lies in spans that do not overlap. */
function within([from, to]: Span, spans: readonly Span[]): number {
  let sum = 0
  // The first span that ends after `from`.
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (spans[middle]![1] <= from) low = middle + 1
    else high = middle
  }
  for (let at = low; at < spans.length && spans[at]![0] < to; at += 1) sum += Math.max(0, Math.min(to, spans[at]![1]) - Math.max(from, spans[at]![0]))
  return sum
}

const length = (spans: readonly Span[]): number => spans.reduce((sum, [from, to]) => sum + to - from, 0)
