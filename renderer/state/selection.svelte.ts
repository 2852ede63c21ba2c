/** The one thing that is selected in the window; everything that can be clicked selects through here. */
import type { EventId } from '../../engine/events/index.ts'
import type { Ref } from '../../engine/view/types.ts'

export const sameRef = (a: Ref | null, b: Ref | null): boolean => {
  if (a === null || b === null || a.kind !== b.kind) return a === b
  if (a.kind === 'actor' && b.kind === 'actor') return a.id === b.id && (a.appId ?? b.appId) === (b.appId ?? a.appId)
  if (a.kind === 'stage' && b.kind === 'stage') return a.id === b.id && a.attempt === b.attempt && sameApp(a, b)
  if (a.kind !== 'actor' && a.kind !== 'event' && b.kind !== 'actor' && b.kind !== 'event') return a.id === b.id && sameApp(a, b)
  return a.id === b.id
}

const sameApp = (a: { appId?: string }, b: { appId?: string }): boolean => (a.appId ?? b.appId) === (b.appId ?? a.appId)

export class Selection {
  ref = $state.raw<Ref | null>(null)
  /** The event one came here by, marked where it is told. */
  marked = $state.raw<EventId | null>(null)

  select = (ref: Ref | null): void => {
    this.ref = ref
    this.marked = ref?.kind === 'event' ? ref.id : null
  }

  /** Goes to a thing because of an event: both are marked. */
  go(ref: Ref, event?: EventId): void {
    this.ref = ref
    this.marked = event ?? (ref.kind === 'event' ? ref.id : null)
  }

  is(ref: Ref): boolean {
    return sameRef(this.ref, ref)
  }
}
