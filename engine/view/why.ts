/**
 * Why something happened: causes are written into the events when decisions are made, so a why-chain is
 * read, not guessed.
 */
import type { EventId, LabEvent } from '../events/index.ts'
import { aboutOf } from './about.ts'
import { because, whatHappened } from './because.ts'
import { executorIdOf, findExecutor, findJob, findStage, findTask } from './lookup.ts'
import { isDriver } from './programs.ts'
import type { Ref, RunView, TaskView } from './types.ts'

export type EventLookup = ReadonlyMap<EventId, LabEvent> | ((id: EventId) => LabEvent | undefined)

export interface WhyStep {
  event: EventId
  /** Lab ms. */
  t: number
  text: string
  /** What the step is about, where one can go. */
  ref: Ref
}

export interface Why {
  question: string
  /** The event the question is about. */
  event: EventId
  /** From what happened back to what started it all. */
  chain: WhyStep[]
}

/**
 * What happened and why, back to the first cause known. Events that only pass a cause on (books, drawn
 * states, messages) are passed over unless the question is about them. Empty when the event is not there.
 */
export function whyChain(events: EventLookup, from: EventId): WhyStep[] {
  const steps: WhyStep[] = []
  for (const event of causesOf(events, from)) {
    const text = event.Kindling.id === from ? whatHappened(event) : because(event)
    if (text !== null && text !== steps.at(-1)?.text) steps.push({ event: event.Kindling.id, t: event.Kindling.t, text, ref: aboutOf(event) })
  }
  return steps
}

/** The event, its cause, the cause of that, and so on, as far as they are known. */
export function causesOf(events: EventLookup, from: EventId): LabEvent[] {
  const causes: LabEvent[] = []
  const seen = new Set<EventId>()
  let at: EventId | undefined = from
  while (at !== undefined && !seen.has(at)) {
    seen.add(at)
    const event = eventOf(events, at)
    if (!event) break
    causes.push(event)
    at = event.Kindling.cause
  }
  return causes
}

export const eventOf = (events: EventLookup, id: EventId): LabEvent | undefined => (typeof events === 'function' ? events(id) : events.get(id))

/** The question a clicked thing raises, and its answer; null when nothing is known of it. */
export function whyFor(view: RunView, ref: Ref, lookup: EventLookup): Why | null {
  const about = questionOf(view, ref)
  if (!about || about.event === null) return null
  const chain = whyChain(lookup, about.event)
  return chain.length === 0 ? null : { question: about.question, event: about.event, chain }
}

function questionOf(view: RunView, ref: Ref): { question: string; event: EventId | null } | null {
  switch (ref.kind) {
    case 'event':
      return { question: 'Why did this happen?', event: ref.id }
    case 'task': {
      const task = findTask(view, ref.id, ref.appId)
      return task ? taskQuestion(task) : null
    }
    case 'stage': {
      const stage = findStage(view, ref.id, ref.attempt, ref.appId)
      if (!stage) return null
      if (stage.state === 'failed') return { question: `Why did stage ${stage.id} stop?`, event: stage.endEvent ?? null }
      return { question: `Why does stage ${stage.id} run${stage.attempt > 0 ? ' again' : ''}?`, event: stage.submitEvent ?? null }
    }
    case 'job': {
      const job = findJob(view, ref.id, ref.appId)
      if (!job) return null
      if (job.state === 'failed') return { question: `Why did job ${job.id} fail?`, event: job.endEvent ?? null }
      return { question: `Why is there a job ${job.id}?`, event: job.startEvent ?? null }
    }
    case 'actor':
      return actorQuestion(view, ref.id, ref.appId)
  }
}

function taskQuestion(task: TaskView): { question: string; event: EventId | null } {
  const name = `task ${task.partition} of stage ${task.stageId}`
  switch (task.state) {
    case 'lost':
      return { question: `Why does ${name} not count any more?`, event: task.lostEvent ?? task.endEvent }
    case 'failed':
    case 'fetch-failed':
      return { question: `Why did ${name} fail?`, event: task.endEvent }
    case 'killed':
      return { question: `Why was ${name} stopped?`, event: task.endEvent }
    default:
      return { question: `Why does ${name} run${task.again ? ' again' : ''}?`, event: task.startEvent }
  }
}

function actorQuestion(view: RunView, id: string, appId?: string): { question: string; event: EventId | null } | null {
  const executorId = executorIdOf(id)
  if (executorId !== null) {
    const executor = findExecutor(view, executorId, appId)
    if (!executor) return null
    if (executor.endEvent) return { question: `Why is executor ${executorId} gone?`, event: executor.endEvent }
    return { question: `Why is there an executor ${executorId}?`, event: executor.launchEvent ?? null }
  }
  if (isDriver(id)) {
    const driver = appId === undefined ? view.drivers.findLast((d) => d.actor === id) : view.drivers.findLast((d) => d.appId === appId)
    if (!driver) return null
    if (driver.endEvent) return { question: 'Why is the driver gone?', event: driver.endEvent }
    return { question: driver.attempt > 0 ? 'Why does the driver run again?' : 'Why is there a driver?', event: driver.startEvent ?? null }
  }
  if (id === 'master') return view.master?.endEvent ? { question: 'Why is the Master gone?', event: view.master.endEvent } : null
  const worker = view.workers.find((w) => w.id === id)
  return worker?.endEvent ? { question: `Why is ${id} gone?`, event: worker.endEvent } : null
}
