/**
 * The run in plain sentences: at most one for each event. Families of sentences stand in story-*.ts.
 */
import type { EventName, EventOf, LabEvent } from '../events/index.ts'
import { runStory } from './story-run.ts'
import { clusterStory } from './story-cluster.ts'
import { faultStory } from './story-faults.ts'
import { workStory } from './story-work.ts'
import type { RunView, StoryLine } from './types.ts'

/** What one kind of event is told as. `view` is the run as it was just before the event. */
export type Teller<N extends EventName> = (view: RunView, event: EventOf<N>) => StoryLine | null
export type Tellers = { [N in EventName]?: Teller<N> }

const families: Tellers[] = [runStory, clusterStory, faultStory, workStory]
const tellers = new Map(families.flatMap((family) => Object.entries(family))) as Map<EventName, Teller<EventName>>

/** The sentence for an event, or null. `view` is the run as it was just before the event. */
export function tell(view: RunView, event: LabEvent): StoryLine | null {
  return tellers.get(event.Event)?.(view, event) ?? null
}

/** The sentence without its links. */
export function storyText(line: StoryLine): string {
  return line.parts.map((part) => part.text).join('')
}
