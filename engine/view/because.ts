/** One happening as a step of an explanation: a whole sentence that needs no view beside it. */
import { exceptionText, firstLine } from '../events/failure-text.ts'
import type { LabEvent } from '../events/index.ts'
import { isCounted } from './fold-tasks.ts'
import { jobName } from './job-name.ts'
import { faultTitle, whyNothing } from './fault-titles.ts'
import { count, duration, fullStop, howItEnded, shortSite, shortSites } from './words.ts'

/** Null for events that only pass a cause on: books kept, states drawn, messages carried. */
export function because(event: LabEvent): string | null {
  const text = told(event)
  return text === null || text.trim() === '' ? null : fullStop(text.trim())
}

function told(event: LabEvent): string | null {
  switch (event.Event) {
    case 'kindling.FaultRequested':
      return asked(event.fault, event.by, event.when, event.Kindling.t)
    case 'kindling.FaultStruck':
      return `${faultTitle(event.fault)} struck ${struckName(event.target)}${event.detail === '' ? '' : `: ${firstLine(event.detail)}`}.`
    case 'kindling.FaultFailed':
      return `The fault ${event.fault} struck nothing: ${whyNothing(event.reason)}.`
    case 'kindling.FaultHealed':
      return event.by === 'window' ? `You healed ${faultTitle(event.fault)} at ${duration(event.Kindling.t)}.` : `${faultTitle(event.fault)} was over at ${duration(event.Kindling.t)}.`
    case 'kindling.MessageStruck':
      return `A ${event.kind} message from ${name(event.from)} to ${name(event.to)} was ${event.delayMs === undefined ? 'lost' : `held for ${duration(event.delayMs)}`}.`
    case 'kindling.ProcessSpawned':
      return `${capital(name(event.actor))} was started as process ${event.pid}.`
    case 'kindling.ProcessExited':
      return `${capital(name(event.actor))}${howItEnded(event.end)} at ${duration(event.Kindling.t)}.`
    case 'kindling.WorkerLost':
      return `The Master lost ${event.worker}: ${firstLine(event.reason)}.`
    case 'kindling.ExecutorLaunching':
      return `The Master started executor ${event.executorId} on ${event.worker}${event.replaces === undefined ? '' : ` in place of executor ${event.replaces}`}.`
    case 'kindling.ExecutorState':
      return event.state === 'LOST' ? `The Master counted executor ${event.executorId} as LOST: ${firstLine(event.message ?? '')}.` : null
    case 'kindling.MachineState':
      return event.machine === 'master' && event.state === 'DOWN' ? `The Master’s process ended at ${duration(event.Kindling.t)}.` : null
    case 'kindling.DriverState':
      return event.retryInMs === undefined ? null : `The driver is supervised and was to start again in ${duration(event.retryInMs)}.`
    case 'kindling.HeartbeatMissing':
      return `Executor ${event.executorId} had been silent for ${duration(event.silentMs)}; the limit is ${duration(event.timeoutMs)}.`
    case 'kindling.BlocksLost':
      return lostText(event)
    case 'kindling.Decision':
      return shortSites(event.text)
    case 'kindling.Exception':
      return `${capital(name(event.actor))} met ${exceptionText(event.className, event.message)}.`
    case 'kindling.Note':
      return event.text
    case 'SparkListenerExecutorAdded':
      return `Executor ${event['Executor ID']} registered with the driver.`
    case 'SparkListenerExecutorRemoved':
      return `The driver gave up executor ${event['Executor ID']}: ${firstLine(event['Removed Reason'])}.`
    case 'SparkListenerJobStart':
      return `The program asked for job ${event['Job ID']}: ${shortSite(jobName(event))}.`
    case 'SparkListenerJobEnd':
      return event['Job Result'].Result === 'JobSucceeded' ? `Job ${event['Job ID']} was done.` : `Job ${event['Job ID']} failed: ${firstLine(event['Job Result'].Exception.Message)}.`
    case 'SparkListenerStageSubmitted': {
      const info = event['Stage Info']
      return `Stage ${info['Stage ID']} was submitted${(info['Stage Attempt ID'] ?? 0) > 0 ? ` again, attempt ${info['Stage Attempt ID']},` : ''} with ${count(info['Number of Tasks'], 'task')}.`
    }
    case 'SparkListenerStageCompleted': {
      const failure = event['Stage Info']['Failure Reason']
      return `Stage ${event['Stage Info']['Stage ID']} ${failure === undefined ? 'was complete' : `stopped: ${firstLine(failure)}`}.`
    }
    case 'SparkListenerTaskStart':
      return startText(event)
    case 'SparkListenerTaskEnd':
      return endText(event)
    default:
      return null
  }
}

/** Any event as a sentence, also those that are no step by themselves. */
export function whatHappened(event: LabEvent): string {
  const said = because(event)
  if (said !== null) return said
  if (event.Event === 'kindling.Message') return `${capital(name(event.from))} sent ${event.kind} to ${name(event.to)}.`
  if (event.Event === 'kindling.MachineState') return `${capital(name(event.actor))} went to ${event.state} on ${event.event}.`
  if (event.Event === 'kindling.ExecutorState') return `The Master noted executor ${event.executorId} as ${event.state}.`
  if (event.Event === 'kindling.ApplicationState') return `The Master noted the application as ${event.state}.`
  return `${event.Event.replace(/^kindling\./, '').replace(/^.*SparkListener/, '')}.`
}

function asked(fault: string, by: 'window' | 'cli' | 'scenario', when: string, t: number): string {
  if (by === 'window') return `You pressed ${faultTitle(fault)} at ${duration(t)}.`
  const at = when === '' || when === 'now' ? '' : ` at ${when}`
  return by === 'cli' ? `The command line asked for ${fault}${at}.` : `The lesson asked for ${fault}${at}.`
}

function lostText(event: Extract<LabEvent, { Event: 'kindling.BlocksLost' }>): string | null {
  const maps = event.mapOutputs.reduce((sum, { mapIndexes }) => sum + mapIndexes.length, 0)
  const cached = event.cached.reduce((sum, { partitions }) => sum + partitions.length, 0)
  const what = [maps > 0 ? count(maps, 'map output') : '', cached > 0 ? count(cached, 'cached partition') : ''].filter((text) => text !== '')
  return what.length === 0 ? null : `${capital(what.join(' and '))} went with executor ${event.executorId}.`
}

function startText(event: Extract<LabEvent, { Event: 'SparkListenerTaskStart' }>): string {
  const info = event['Task Info']
  const again = info.Attempt > 0 || (event['Stage Attempt ID'] ?? 0) > 0
  return `Task ${info['Partition ID'] ?? info.Index} of stage ${event['Stage ID']} was started${again ? ' again' : ''} on ${info['Executor ID'] === 'driver' ? 'the driver' : `executor ${info['Executor ID']}`}.`
}

function endText(event: Extract<LabEvent, { Event: 'SparkListenerTaskEnd' }>): string {
  const reason = event['Task End Reason']
  const info = event['Task Info']
  const task = `Task ${info['Partition ID'] ?? info.Index} of stage ${event['Stage ID']}`
  switch (reason.Reason) {
    case 'Success':
      return `${task} succeeded.`
    case 'FetchFailed': {
      const address = reason['Block Manager Address']
      if (!address) return `${task} could not fetch shuffle ${reason['Shuffle ID']}: nobody holds all of it any more.`
      return `${task} could not fetch the output of map ${reason['Map Index']} of shuffle ${reason['Shuffle ID']} from executor ${address['Executor ID']}.`
    }
    case 'ExceptionFailure':
      return `${task} failed on executor ${info['Executor ID']}: ${exceptionText(reason['Class Name'], reason.Description)}.`
    case 'ExecutorLostFailure':
      return `${task} was lost with executor ${reason['Executor ID']}${isCounted(reason) ? ', which counts as a failure' : ''}.`
    case 'Resubmitted':
      return `${task} had succeeded, but its output went with executor ${info['Executor ID']}.`
    case 'TaskKilled':
      return `${task} was stopped: ${firstLine(reason['Kill Reason'])}.`
    default:
      return `${task} ended with ${reason.Reason}.`
  }
}

const name = (actor: string): string => (actor.startsWith('executor-') ? `executor ${actor.slice('executor-'.length)}` : actor === 'driver' || actor === 'master' || actor === 'lab' ? `the ${actor === 'master' ? 'Master' : actor}` : /^\d+$/.test(actor) ? `executor ${actor}` : actor)

/** A task is named by stage and partition, `1.3`. */
function struckName(target: string): string {
  const task = /^(\d+)\.(\d+)$/.exec(target)
  return task ? `task ${task[2]} of stage ${task[1]}` : name(target)
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
