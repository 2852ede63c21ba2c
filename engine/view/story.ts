/**
 * The run in plain sentences: at most one for each event. Families of sentences stand in story-*.ts.
 */
import type { EventName, EventOf, LabEvent } from '../events/index.ts'
import { runStory } from './story-run.ts'
import { clusterStory } from './story-cluster.ts'
import { faultStory } from './story-faults.ts'
import { workStory } from './story-work.ts'
import { scopeOf } from './lookup.ts'
import { isDriver, labelOf } from './programs.ts'
import type { Ref, RunView, StoryLine } from './types.ts'

/** What one kind of event is told as. `view` is the run as it was just before the event. */
export type Teller<N extends EventName> = (view: RunView, event: EventOf<N>) => StoryLine | null
export type Tellers = { [N in EventName]?: Teller<N> }

const families: Tellers[] = [runStory, clusterStory, faultStory, workStory]
const tellers = new Map(families.flatMap((family) => Object.entries(family))) as Map<EventName, Teller<EventName>>

/** The sentence for an event, or null. `view` is the run as it was just before the event. */
export function tell(view: RunView, event: LabEvent): StoryLine | null {
  const line = tellers.get(event.Event)?.(view, event) ?? null
  const scope = scopeOf(view)
  if (line === null || scope === null) return line
  const label = labelOf(view, scope) ?? labelOf(view, { actor: scope.actor })
  const appId = scope.appId ?? view.drivers.findLast((driver) => driver.actor === scope.actor)?.appId ?? undefined
  for (const part of line.parts) if (part.ref) part.ref = within(part.ref, scope.actor, appId)
  if (label !== null) line.program = label
  return line
}

/** What a sentence about one of several programs points at is that program's. */
function within(ref: Ref, driver: string, appId: string | undefined): Ref {
  const own = appId === undefined ? {} : { appId }
  switch (ref.kind) {
    case 'actor':
      if (isDriver(ref.id)) return { ...ref, id: ref.id === 'driver' ? driver : ref.id }
      return ref.id.startsWith('executor-') ? { ...own, ...ref } : ref
    case 'event':
      return ref
    default:
      return { ...own, ...ref }
  }
}

/** The sentence without its links; where several programs run it begins with the one it is about. */
export function storyText(line: StoryLine): string {
  return `${line.program === undefined ? '' : `${line.program}: `}${line.parts.map((part) => part.text).join('')}`
}
