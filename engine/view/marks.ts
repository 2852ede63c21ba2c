/** The moments of a run one goes to: what they are, and what stands on a time line. */
import type { EventOf, LabEvent } from '../events/index.ts'
import { because } from './because.ts'

/** What one can go to the next, or the previous, of. */
export type Stop = 'event' | 'task' | 'stage' | 'job' | 'failure'

export type MarkKind = 'job' | 'stage' | 'failure' | 'fault'

/** Something on the time line. */
export interface Mark {
  kind: MarkKind
  /** Events folded when it has just happened. */
  n: number
  /** Lab time, ms. */
  t: number
  says: string
}

/** Does one stop at this event on the way to the next of this kind? */
export function stopsAt(event: LabEvent, stop: Stop): boolean {
  switch (stop) {
    case 'event':
      return true
    case 'task':
      return event.Event === 'SparkListenerTaskStart' || event.Event === 'SparkListenerTaskEnd'
    case 'stage':
      return event.Event === 'SparkListenerStageSubmitted' || event.Event === 'SparkListenerStageCompleted'
    case 'job':
      return event.Event === 'SparkListenerJobStart' || event.Event === 'SparkListenerJobEnd'
    case 'failure':
      return isFailure(event)
  }
}

/** What stands on the time line for this event, the `n`th of the run, if anything does. */
export function markOf(event: LabEvent, n: number): Mark | null {
  const kind = kindOf(event)
  return kind && { kind, n, t: event.Kindling.t, says: because(event) ?? '' }
}

function kindOf(event: LabEvent): MarkKind | null {
  if (event.Event === 'kindling.FaultStruck' || event.Event === 'kindling.FaultHealed') return 'fault'
  if (isFailure(event)) return 'failure'
  return stopsAt(event, 'stage') ? 'stage' : stopsAt(event, 'job') ? 'job' : null
}

/** Something broke. What only follows from a loss told already (the tasks of a lost executor) is not one more. */
function isFailure(event: LabEvent): boolean {
  switch (event.Event) {
    case 'SparkListenerTaskEnd':
      return taskFailed(event)
    case 'SparkListenerStageCompleted':
      return event['Stage Info']['Failure Reason'] !== undefined
    case 'SparkListenerJobEnd':
      return event['Job Result'].Result === 'JobFailed'
    case 'SparkListenerExecutorRemoved':
      // One whose process ended was told of by its exit.
      return !/^(Command exited|Executor decommission)/.test(event['Removed Reason'])
    case 'kindling.ProcessExited':
      return event.end.code !== 0
    case 'kindling.Exception':
      return event.actor === 'driver'
    case 'kindling.WorkerLost':
      return true
    default:
      return false
  }
}

const taskFailed = (event: EventOf<'SparkListenerTaskEnd'>): boolean =>
  !['Success', 'Resubmitted', 'TaskKilled', 'TaskCommitDenied', 'ExecutorLostFailure'].includes(event['Task End Reason'].Reason)
