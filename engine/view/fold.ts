/**
 * The one function behind every picture: what a run looks like after an event. Each family of events has
 * a file of its own; here they are put together.
 */
import type { EventName, LabEvent } from '../events/index.ts'
import { appHandlers } from './fold-app.ts'
import { blockHandlers } from './fold-blocks.ts'
import { clusterHandlers } from './fold-cluster.ts'
import { faultHandlers } from './fold-faults.ts'
import { watchLosses } from './fold-losses.ts'
import { jobHandlers } from './fold-jobs.ts'
import { processHandlers } from './fold-processes.ts'
import { taskHandlers } from './fold-tasks.ts'
import { programHandlers } from './fold-program.ts'
import { talkHandlers } from './fold-talk.ts'
import type { Handler, Handlers } from './handlers.ts'
import { enter, leave } from './lookup.ts'
import { pruneMessages } from './fold-talk.ts'
import { tell } from './story.ts'
import type { RunView } from './types.ts'

const families: Handlers[] = [appHandlers, clusterHandlers, processHandlers, jobHandlers, taskHandlers, blockHandlers, faultHandlers, talkHandlers, programHandlers]
const handlers = new Map(families.flatMap((family) => Object.entries(family))) as Map<EventName, Handler<EventName>>

/** Lines of the story kept in a view; a little more is let grow, so that dropping is rare. */
const STORY_KEPT = 4000
const STORY_SLACK = 500

/** The view of a run of which nothing is known yet. */
export function emptyView(): RunView {
  return {
    runId: '',
    programName: '',
    program: '',
    programs: [],
    conf: {},
    given: {},
    notModelled: [],
    cluster: null,
    scenario: null,
    startedAt: 0,
    t: 0,
    count: 0,
    phase: 'idle',
    outcome: null,
    exitCode: null,
    message: null,
    clock: { paused: false, speed: 1 },
    apps: [],
    master: null,
    workers: [],
    drivers: [],
    executors: [],
    jobs: [],
    stages: [],
    tasks: [],
    rdds: {},
    steps: {},
    executions: [],
    lines: {},
    line: null,
    output: [],
    outputDropped: 0,
    messages: [],
    faults: [],
    losses: [],
    exceptions: [],
    story: [],
    totals: { done: 0, running: 0, failed: 0, killed: 0, lost: 0, again: 0, lostMs: 0 }
  }
}

/**
 * Takes one more event into the view, which is changed in place. Events it does not know are passed over,
 * as Spark's replay does (§12.10). `view` must be the plain object, not a proxy of it.
 */
export function fold(view: RunView, event: LabEvent): void {
  enter(view, event)
  const line = tell(view, event)
  if (event.Kindling.t > view.t) view.t = event.Kindling.t
  view.count += 1
  const noteLoss = watchLosses(view, event)
  handlers.get(event.Event)?.(view, event)
  noteLoss?.()
  leave(view)
  pruneMessages(view)
  if (!line) return
  view.story.push(line)
  if (view.story.length > STORY_KEPT + STORY_SLACK) view.story.splice(0, view.story.length - STORY_KEPT)
}

export function foldAll(events: Iterable<LabEvent>): RunView {
  const view = emptyView()
  for (const event of events) fold(view, event)
  return view
}
