/**
 * The death certificate of a process: how it ended, by whom, what it was doing and held, and what became of
 * that. Read from the fold and from the causes in the events; a field nobody told of is null.
 */
import { isDriver } from './programs.ts'
import type { EventId, LabEvent, MemoryAccount, ProcessEnd } from '../events/index.ts'
import { exitMeaning } from './exit-codes.ts'
import { findTask } from './lookup.ts'
import { driverAccount, heldInHeap } from './memory.ts'
import { heldParts } from './holdings.ts'
import { causesOf, eventOf, type EventLookup } from './why.ts'
import type { DriverView, ExecutorView, LossView, Ref, RunView, TaskView } from './types.ts'
import { actor, count, duration, executor as executorPart, howItEnded, isOutOfMemory, job, list, shortSite, size, stage, storyLine, tasksOf, type Part } from './words.ts'
import { faultTitle } from './fault-titles.ts'

export type Parts = { text: string; ref?: Ref }[]

export interface Certificate {
  /** `Killed from outside`, `Died of memory`, `Ended in order`. */
  how: string
  tone: 'bad' | 'plain' | 'good'
  /** `SIGKILL`; `137`. Null where there is none, or none was seen. */
  signal: string | null
  code: number | null
  /** What that code or signal says: short, and a sentence. */
  says: { short: string; long: string } | null
  /** The process’s own last word, or the lab’s. */
  meaning: string
  at: number
  /** Who or what ended it. */
  by: Parts
  /** Lab time of the last heartbeat; null for who sends none or had sent none. */
  lastHeartbeat: number | null
  heartbeat: string | null
  memory: { account: MemoryAccount; at: number | null; used: number } | null
  /** Rows of what else is known: doing, held, became. */
  doing: Parts
  held: Parts
  became: Parts
  /** Short lines for the first glance. */
  summary: string
}

/** The certificate of the actor, or null while it lives or is not known. */
export function certificateOf(view: RunView, ref: Extract<Ref, { kind: 'actor' }>, lookup: EventLookup): Certificate | null {
  if (ref.id === 'master') return masterCertificate(view, lookup)
  if (isDriver(ref.id)) return driverCertificate(view, (ref.appId && view.drivers.findLast((one) => one.appId === ref.appId)) || view.drivers.findLast((one) => one.actor === ref.id), lookup)
  const worker = view.workers.find((one) => one.id === ref.id)
  if (worker) return workerCertificate(view, worker.id, lookup)
  const executor = view.executors.findLast((one) => `executor-${one.id}` === ref.id && (ref.appId === undefined || one.appId === ref.appId))
  return executor ? executorCertificate(view, executor, lookup) : null
}

function executorCertificate(view: RunView, executor: ExecutorView, lookup: EventLookup): Certificate | null {
  const { end } = executor
  if (end === null && executor.removedAt === null && executor.life !== 'dead') return null
  const loss = lossOf(view, executor)
  const at = end?.t ?? executor.removedAt ?? view.t
  const orderly = end !== null && end.farewell && end.code === 0
  const heard = executor.lastHeartbeat !== null && executor.lastHeartbeat !== executor.registeredAt ? executor.lastHeartbeat : null
  const driver = view.drivers.findLast((one) => one.appId === executor.appId)
  const alone = orderly && driver?.end !== null && driver?.end !== undefined && !(driver.end.farewell && driver.end.code === 0) && driver.end.t <= at
  const tasks = loss ? loss.tasks : alone ? (driver.atEnd?.tasks ?? []).filter((id) => findTask(view, id, executor.appId)?.executorId === executor.id) : []
  const held = loss?.held ?? { mapOutputs: executor.mapOutputs, cached: executor.cachedBlocks }
  return certificate({
    end,
    tone: orderly ? 'good' : 'bad',
    how: end ? howOf(end) : 'Given up by the driver',
    meaning: end?.meaning ?? executor.removedReason ?? '',
    at,
    by: alone ? [actor('driver', 'the driver'), '’s end: it saw the connection close and ended itself'] : byWhom(executor.endEvent, lookup, orderly ? ['it was told to stop'] : ['no event tells']),
    lastHeartbeat: heard,
    heartbeat: heartbeatText(executor, at, heard),
    memory: executor.memory ? { account: executor.memory, at: executor.memoryAt ?? null } : null,
    doing: tasks.length > 0 ? taskParts(view, tasks, executor.appId) : ['no task'],
    held: heldParts(view, held, executor.appId),
    became: alone ? ['nothing: it had nobody to work for'] : executorBecame(view, executor, loss, end !== null)
  })
}

function heartbeatText(executor: ExecutorView, at: number, heard: number | null): string | null {
  if (executor.registeredAt === null) return 'none: it never registered with the driver'
  if (heard === null) return `none yet: it had registered ${duration(at - executor.registeredAt)} before`
  return `${duration(Math.max(0, at - heard))} before`
}

function executorBecame(view: RunView, executor: ExecutorView, loss: LossView | undefined, processGone: boolean): Part[] {
  const parts: Part[][] = []
  if (!processGone) parts.push(['its process may still be there: nobody has told of its end'])
  if (executor.replacedBy !== null) {
    const next = view.executors.find((one) => one.id === executor.replacedBy && one.appId === executor.appId)
    const death = executor.end?.t ?? executor.removedAt
    const later = next?.registeredAt && death !== null && death !== undefined ? `, ready ${duration(Math.max(0, next.registeredAt - death))} later` : ', which is starting'
    parts.push(['replaced by ', executorPart(executor.replacedBy, executor.appId), later])
  }
  if (loss && loss.tasks.length > 0) {
    const next = loss.tasks.flatMap((id) => nextAttempt(view, id, executor.appId) ?? [])
    if (next.length > 0) parts.push([next.length === loss.tasks.length ? `its ${next.length === 1 ? 'task' : 'tasks'} started again: ` : `${next.length} of its ${loss.tasks.length} tasks started again: `, ...tasksOf(next)])
  }
  if (loss && loss.mapOutputs.length > 0) parts.push([`${loss.again.mapOutputs.length} of ${count(loss.mapOutputs.length, 'lost map output')} made again`])
  if (loss && loss.cached.length > 0) parts.push([`${loss.again.cached.length} of ${count(loss.cached.length, 'lost cached block')} there again`])
  if ((executor.movedOut ?? 0) > 0) parts.push([`${count(executor.movedOut!, 'map output')} had moved to others before`])
  if (parts.length === 0) parts.push([executor.end?.farewell ? 'nothing: it was not needed any more' : 'nothing was started in its place'])
  return parts.flatMap((part, at) => (at === 0 ? part : ['; ', ...part]))
}

function driverCertificate(view: RunView, driver: DriverView | undefined, lookup: EventLookup): Certificate | null {
  if (!driver?.end) return null
  const { end, atEnd } = driver
  const orderly = end.farewell && end.code === 0
  const raised = end.farewell && end.code !== 0 && !isOutOfMemory(end)
  const { account, ranOut } = driverAccount(driver)
  const tasks = atEnd?.tasks ?? []
  const doing: Part[] = []
  if (atEnd && atEnd.jobs.length > 0) doing.push(...list(atEnd.jobs.map((id) => job(id))), tasks.length > 0 ? `, with ${count(tasks.length, 'task')} running: ` : '', ...(tasks.length > 0 ? taskParts(view, tasks, driver.appId ?? '') : []))
  else doing.push('no job')
  if (atEnd?.line) doing.push(`; its program was on line ${atEnd.line}`)
  const next = view.drivers.find((one) => one.attempt === driver.attempt + 1)
  const became: Part[] = next
    ? [`launched again ${duration(Math.max(0, startOf(next, lookup) - end.t))} later, from the program’s first line`]
    : driver.retryInMs
      ? [`it is supervised: launched again in ${duration(driver.retryInMs)}`]
      : orderly
        ? ['the application ended with it']
        : ['the application is over: no other driver takes up its work']
  if (!orderly && atEnd && atEnd.executors.length > 0) became.push(`; ${count(atEnd.executors.length, 'executor')} had nobody to work for`)
  return certificate({
    end,
    tone: orderly ? 'good' : 'bad',
    how: raised ? 'Its program failed' : howOf(end),
    meaning: end.meaning,
    at: end.t,
    by: byWhom(driver.endEvent, lookup, orderly ? ['its program came to its end'] : raised ? ['its own program'] : ['no event tells']),
    lastHeartbeat: null,
    heartbeat: null,
    memory: account ? { account, at: ranOut ? (driver.ranOut?.t ?? null) : (driver.memoryAt ?? null) } : null,
    doing,
    held: ['the lineage of every RDD and the list of all map outputs', account && account.results >= 1024 ? ` and ${size(account.results)} of results` : ''],
    became
  })
}

const startOf = (driver: DriverView, lookup: EventLookup): number => (driver.startEvent ? (eventOf(lookup, driver.startEvent)?.Kindling.t ?? 0) : 0)

function workerCertificate(view: RunView, id: string, lookup: EventLookup): Certificate | null {
  const worker = view.workers.find((one) => one.id === id)
  if (!worker || worker.lostAt === null || worker.lostAt === undefined) return null
  const at = worker.lostAt
  const losses = view.losses.filter((loss) => loss.what === 'executor' && loss.t >= at && on(view, loss, id))
  const executors = view.executors.filter((one) => one.worker === id && (one.end === null ? (one.removedAt ?? Infinity) >= at : one.end.t >= at) && one.launchedAt <= at)
  const tasks = losses.flatMap((loss) => loss.tasks)
  const elsewhere = executors.flatMap((one) => (one.replacedBy === null ? [] : [executorPart(one.replacedBy, one.appId)]))
  return certificate({
    end: null,
    tone: 'bad',
    how: 'Lost to the Master',
    meaning: worker.lostReason ?? '',
    at,
    by: byWhom(worker.endEvent, lookup, ['no event tells']),
    lastHeartbeat: null,
    heartbeat: /heartbeat/i.test(worker.lostReason ?? '') ? worker.lostReason! : 'its connection closed, so the Master knew at once',
    memory: null,
    doing: executors.length > 0 ? ['ran ', ...list(executors.map((one) => executorPart(one.id, one.appId))), tasks.length > 0 ? `, with ${count(tasks.length, 'task')}` : ', with no task'] : ['ran no executor'],
    held: losses.length > 0 ? heldParts(view, { mapOutputs: losses.flatMap((loss) => loss.held.mapOutputs), cached: losses.flatMap((loss) => loss.held.cached) }, losses[0]!.appId) : ['nothing that the driver counted'],
    became: elsewhere.length > 0 ? ['replaced by ', ...list(elsewhere)] : executors.length > 0 ? ['no room elsewhere so far: its executors are not replaced'] : ['nothing had to be replaced']
  })
}

const on = (view: RunView, loss: LossView, worker: string): boolean => view.executors.some((one) => one.id === loss.executorId && one.appId === loss.appId && one.worker === worker)

function masterCertificate(view: RunView, lookup: EventLookup): Certificate | null {
  const { master } = view
  if (!master || master.downAt === null || master.downAt === undefined) return null
  const apps = view.apps.filter((app) => app.startedAt <= master.downAt! && (app.endedAt === null || app.endedAt >= master.downAt!))
  return certificate({
    end: null,
    tone: 'bad',
    how: 'Down',
    meaning: 'Its process ended.',
    at: master.downAt,
    by: byWhom(master.endEvent, lookup, ['no event tells']),
    lastHeartbeat: null,
    heartbeat: null,
    memory: null,
    doing: [apps.length > 0 ? `kept the books of ${count(apps.length, 'application')}` : 'no application'],
    held: [`the books about ${count(view.workers.length, 'worker')} and their executors`],
    became: ['drivers and executors go on without it; until there is a Master again nothing is started and nothing replaced']
  })
}

interface Draft {
  end: ProcessEnd | null
  tone: Certificate['tone']
  how: string
  meaning: string
  at: number
  by: Part[]
  lastHeartbeat: number | null
  heartbeat: string | null
  memory: { account: MemoryAccount; at: number | null } | null
  doing: Part[]
  held: Part[]
  became: Part[]
}

function certificate(draft: Draft): Certificate {
  const { end } = draft
  const told = (parts: Part[]): Parts => storyLine({ Kindling: { id: '', t: 0 } }, 'plain', 1, parts).parts
  return {
    how: draft.how,
    tone: draft.tone,
    signal: end?.signal ?? null,
    code: end?.code ?? null,
    says: end ? exitMeaning(end) : null,
    meaning: shortSite(draft.meaning),
    at: draft.at,
    by: told(draft.by),
    lastHeartbeat: draft.lastHeartbeat,
    heartbeat: draft.heartbeat,
    memory: draft.memory ? { ...draft.memory, used: heldInHeap(draft.memory.account) } : null,
    doing: told(draft.doing),
    held: told(draft.held),
    became: told(draft.became),
    summary: end ? howItEnded(end).trim() : draft.how
  }
}

function howOf(end: ProcessEnd): string {
  if (isOutOfMemory(end)) return 'Died of memory'
  if (end.signal !== null) return 'Killed from outside'
  if (end.farewell && end.code === 0) return 'Ended in order'
  if (end.code === null) return 'Gone'
  return end.farewell ? 'Ended itself' : 'Died'
}

/** The first cause known of its end: a fault and who asked for it, else what the chain begins with. */
function byWhom(event: EventId | null | undefined, lookup: EventLookup, otherwise: Part[]): Part[] {
  if (!event) return otherwise
  const causes = causesOf(lookup, event)
  const struck = causes.find((one) => one.Event === 'kindling.FaultStruck')
  const asked = causes.find((one) => one.Event === 'kindling.FaultRequested')
  if (asked?.Event === 'kindling.FaultRequested') return [WHO[asked.by], ', with ', { text: faultTitle(asked.fault), ref: { kind: 'event', id: asked.Kindling.id } }, ` at ${((struck ?? asked).Kindling.t / 1000).toFixed(1)} s`]
  if (struck?.Event === 'kindling.FaultStruck') return [{ text: faultTitle(struck.fault), ref: { kind: 'event', id: struck.Kindling.id } }]
  const first = causes.at(-1)
  if (first === undefined || causes.length < 2) return otherwise
  return rootText(first) ?? otherwise
}

const WHO = { window: 'you', cli: 'the command line', scenario: 'the lesson' } as const

function rootText(event: LabEvent): Part[] | null {
  const ref: Ref = { kind: 'event', id: event.Kindling.id }
  switch (event.Event) {
    case 'kindling.ProcessExited':
      return [event.actor === 'driver' ? actor('driver', 'the driver') : { text: event.actor, ref }, ', which had ended before']
    case 'kindling.WorkerLost':
      return [actor(event.worker), ', which was lost']
    case 'kindling.Decision':
      return [{ text: event.text.replace(/\.$/, ''), ref }]
    default:
      return null
  }
}

function taskParts(view: RunView, ids: readonly number[], appId: string): Part[] {
  const tasks = ids.flatMap((id) => findTask(view, id, appId) ?? [])
  if (tasks.length === 0 || tasks.length > MANY_TASKS) return [count(ids.length, 'task')]
  return eachTask(tasks)
}

/** `task 3 of stage 1 (attempt 0) and task 5 of stage 1 (attempt 1)`; partitions are the tasks' names here. */
function eachTask(tasks: readonly TaskView[]): Part[] {
  return tasks.flatMap((task, at): Part[] => [
    at === 0 ? '' : at === tasks.length - 1 ? ' and ' : ', ',
    { text: `task ${task.partition}`, ref: { kind: 'task', id: task.id } },
    ' of ',
    stage(task.stageId, task.stageAttempt),
    ` (attempt ${task.attempt})`
  ])
}

const MANY_TASKS = 8

/** The attempt that took the place of this one, if one was started. */
export function nextAttempt(view: RunView, taskId: number, appId: string): TaskView | undefined {
  const task = findTask(view, taskId, appId)
  if (!task) return undefined
  return view.tasks.find((one) => one.appId === appId && one.stageId === task.stageId && one.partition === task.partition && one.id > task.id && !one.speculative)
}

export const lossOf = (view: RunView, executor: Pick<ExecutorView, 'id' | 'appId'>): LossView | undefined => view.losses.findLast((loss) => loss.what === 'executor' && loss.executorId === executor.id && loss.appId === executor.appId)
