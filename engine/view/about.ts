/** What an event is about: the thing to go to when it is clicked. The event itself where it is about none. */
import type { LabEvent } from '../events/index.ts'
import type { Ref } from './types.ts'

export function aboutOf(event: LabEvent): Ref {
  switch (event.Event) {
    case 'SparkListenerTaskStart':
    case 'SparkListenerTaskEnd':
    case 'SparkListenerTaskGettingResult':
      return { kind: 'task', id: event['Task Info']['Task ID'] }
    case 'SparkListenerStageSubmitted':
    case 'SparkListenerStageCompleted':
      return { kind: 'stage', id: event['Stage Info']['Stage ID'], attempt: event['Stage Info']['Stage Attempt ID'] ?? 0 }
    case 'SparkListenerJobStart':
    case 'SparkListenerJobEnd':
      return { kind: 'job', id: event['Job ID'] }
    case 'SparkListenerExecutorAdded':
    case 'SparkListenerExecutorRemoved':
      return process(event['Executor ID'] === 'driver' ? 'driver' : `executor-${event['Executor ID']}`)
    case 'kindling.ProcessSpawned':
    case 'kindling.ProcessExited':
      return process(event.actor, event.appId)
    case 'kindling.ExecutorLaunching':
    case 'kindling.ExecutorState':
    case 'kindling.BlocksLost':
    case 'kindling.Heartbeat':
    case 'kindling.HeartbeatMissing':
      return process(`executor-${event.executorId}`, event.appId)
    case 'kindling.MapOutput':
    case 'kindling.CachedBlock':
      return process(`executor-${event.executorId}`)
    case 'kindling.WorkerRegistered':
    case 'kindling.WorkerLost':
      return process(event.worker)
    case 'kindling.DriverState':
      return process('driver')
    case 'kindling.Exception':
    case 'kindling.Memory':
    case 'kindling.MachineState':
    case 'kindling.Output':
      return event.actor === 'lab' ? self(event) : process(event.actor, 'appId' in event ? event.appId : undefined)
    case 'kindling.Decision':
      if (event.taskId !== undefined) return { kind: 'task', id: event.taskId }
      if (event.stageId !== undefined) return { kind: 'stage', id: event.stageId, attempt: event.stageAttempt ?? 0 }
      if (event.jobId !== undefined) return { kind: 'job', id: event.jobId }
      return event.executorId === undefined ? self(event) : process(`executor-${event.executorId}`)
    default:
      return self(event)
  }
}

const self = (event: LabEvent): Ref => ({ kind: 'event', id: event.Kindling.id })

const process = (id: string, appId?: string): Ref => ({ kind: 'actor', id, ...(appId === undefined ? {} : { appId }) })
