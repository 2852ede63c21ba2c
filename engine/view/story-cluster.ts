/** Sentences about processes, workers and executors. */
import { firstLine } from '../events/failure-text.ts'
import type { EventOf } from '../events/index.ts'
import { isDriver } from './programs.ts'
import { currentAppId, currentDriver, executorIdOf, findApp, findExecutor, findTask, runningOn } from './lookup.ts'
import type { Tellers } from './story.ts'
import type { ExecutorView, RunView, StoryLine, TaskView } from './types.ts'
import { actor, count, driver, duration, executor, howItEnded, isOutOfMemory, list, named, size, storyLine, tasksOf, type Part } from './words.ts'

export const clusterStory: Tellers = {
  'kindling.WorkerRegistered'(_view, event) {
    return storyLine(event, 'plain', 2, [actor(event.worker), ` offers ${count(event.cores, 'core')} and ${size(event.memoryMb * 1024 * 1024)}.`])
  },

  'kindling.WorkerLost'(_view, event) {
    return storyLine(event, 'bad', 1, [named('master', undefined, true), ' has lost ', actor(event.worker), `: ${firstLine(event.reason)}.`])
  },

  'kindling.ProcessSpawned'(view, event) {
    const executorId = executorIdOf(event.actor)
    if (executorId !== null) return storyLine(event, 'plain', 2, [executor(executorId, event.appId, true), ` is process ${event.pid}.`])
    if (!isDriver(event.actor)) return null
    if ((event.attempt ?? 0) === 0) return storyLine(event, 'plain', 1, [driver(true), ` starts as process ${event.pid}.`])
    const place = currentDriver(view)?.place
    const where: Part[] = place && place !== 'client' && place !== 'master' ? [' on ', actor(place)] : []
    return storyLine(event, 'again', 1, [driver(true), ' starts again', ...where, ` as process ${event.pid}: a new application, from the program's first line.`])
  },

  'kindling.ProcessExited'(view, event) {
    const executorId = executorIdOf(event.actor)
    if (executorId !== null) return executorExited(view, executorId, event)
    return isDriver(event.actor) ? driverExited(view, event) : null
  },

  'kindling.DriverState'(view, event) {
    if (event.state !== 'RELAUNCHING' && event.retryInMs === undefined) {
      return event.state === 'SUBMITTED' && event.attempt === 0 ? storyLine(event, 'plain', 2, [named('master', undefined, true), ` has a driver to place: ${event.driverId}.`]) : null
    }
    const worker = event.worker ?? currentDriver(view)?.place
    const who: Part = worker && worker !== 'client' && worker !== 'master' ? actor(worker) : named('master', undefined, true)
    const when = event.retryInMs === undefined ? '' : ` in ${duration(event.retryInMs)}`
    return storyLine(event, 'again', 1, [who, ` starts the driver again${when}, because spark.driver.supervise is on.`])
  },

  'kindling.ExecutorLaunching'(view, event) {
    const start: Part[] = [named('master', undefined, true), ' starts ', executor(event.executorId, event.appId), ' on ', actor(event.worker)]
    if (event.replaces === undefined) return storyLine(event, 'plain', 1, [...start, ` with ${count(event.cores, 'core')} and ${size(event.memoryMb * 1024 * 1024)}.`])
    const before = findExecutor(view, event.replaces, event.appId)
    const justTold = before?.endEvent !== undefined && before.endEvent !== null && view.story.findLast((line) => line.level === 1)?.event === before.endEvent
    return storyLine(event, 'good', 1, justTold ? [...start, ' in its place.'] : [...start, ' in place of ', executor(event.replaces, event.appId), '.'])
  },

  'kindling.ExecutorState'(view, event) {
    if (event.state !== 'LOST' && event.state !== 'FAILED') return null
    const known = findExecutor(view, event.executorId, event.appId)
    if (known?.end) return null
    const why = event.message ? `: ${firstLine(event.message)}` : ''
    return storyLine(event, 'bad', 1, [named('master', undefined, true), ' counts ', executor(event.executorId, event.appId), ` as ${event.state}${why}.`])
  },

  SparkListenerExecutorAdded(view, event) {
    const id = event['Executor ID']
    const cores = event['Executor Info']['Total Cores']
    if (id === 'driver') return storyLine(event, 'plain', 1, [`Local mode: the driver runs the tasks itself, ${count(cores, 'task')} at a time.`])
    const known = findExecutor(view, id)
    const host = known?.worker ? '' : ` on ${event['Executor Info'].Host}`
    return storyLine(event, 'good', 1, [executor(id, currentAppId(view), true), `${host} has registered with the driver and can run ${count(cores, 'task')} at a time.`])
  },

  SparkListenerExecutorRemoved(view, event) {
    const known = findExecutor(view, event['Executor ID'])
    const who = executor(event['Executor ID'], currentAppId(view))
    const why = firstLine(event['Removed Reason'])
    if (!known || known.life === 'dead') return storyLine(event, 'plain', 2, [driver(true), ' takes ', who, ` off its list: ${why}.`])
    return storyLine(event, 'bad', 1, [driver(true), ' gives up ', who, `: ${why}.`, ...whatWasOn(view, known)])
  },

  'kindling.HeartbeatMissing'(view, event) {
    const first = findExecutor(view, event.executorId, event.appId)?.life !== 'silent'
    return storyLine(event, 'bad', first ? 1 : 2, [executor(event.executorId, event.appId, true), ` has sent no heartbeat for ${duration(event.silentMs)}. At ${duration(event.timeoutMs)} the driver gives it up.`])
  }
}

function executorExited(view: RunView, executorId: string, event: EventOf<'kindling.ProcessExited'>): StoryLine {
  const { end } = event
  const who = executor(executorId, event.appId ?? currentAppId(view), true)
  const known = findExecutor(view, executorId, event.appId)
  const orderly = end.farewell && end.code === 0
  // What the driver has given up before, or lets go, is no news.
  const driverEnd = driverOf(view, event)?.end
  const driverGone = driverEnd !== undefined && driverEnd !== null && !(driverEnd.farewell && driverEnd.code === 0)
  if (orderly && driverGone) return storyLine(event, 'bad', 1, [who, ' has lost its driver and exits by itself.'])
  if (orderly) return storyLine(event, 'plain', 2, [who, `${howItEnded(end)}: ${firstLine(end.meaning)}.`])
  const told = known && known.life !== 'removed' ? whatWasOn(view, known) : []
  const why = end.signal !== null || isOutOfMemory(end) || end.meaning === '' ? '' : `: ${firstLine(end.meaning)}`
  return storyLine(event, 'bad', known?.life === 'removed' ? 2 : 1, [who, `${howItEnded(end)}${why}.`, ...told])
}

function driverExited(view: RunView, event: EventOf<'kindling.ProcessExited'>): StoryLine {
  const { end } = event
  if (end.farewell && end.code === 0) return storyLine(event, 'plain', 2, [driver(true), ' exited: the program is over.'])
  const why = end.signal !== null || isOutOfMemory(end) || end.meaning === '' ? '' : `: ${firstLine(end.meaning)}`
  const appId = event.appId ?? currentDriver(view)?.appId ?? currentAppId(view)
  const jobs = view.jobs.filter((job) => job.appId === appId && job.state === 'running')
  const alive = view.executors.filter((e) => e.appId === appId && e.id !== 'driver' && e.life !== 'dead' && e.life !== 'removed')
  const parts: Part[] = [driver(true), `${howItEnded(end)}${why}.`]
  if (jobs.length > 0) parts.push(jobs.length === 1 ? ' Job ' : ' Jobs ', ...list(jobs.map((job): Part => ({ text: String(job.id), ref: { kind: 'job', id: job.id } }))), jobs.length === 1 ? ' ends with it.' : ' end with it.')
  if (alive.length > 0) parts.push(alive.length === 1 ? ' Executor ' : ' Executors ', ...list(alive.map((e): Part => ({ text: e.id, ref: { kind: 'actor', id: `executor-${e.id}`, appId } }))), alive.length === 1 ? ' has nobody to work for.' : ' have nobody to work for.')
  return storyLine(event, 'bad', 1, parts)
}

/** ` Tasks 3 and 5 of stage 1 were on it; they go back in the queue.` */
function whatWasOn(view: RunView, known: ExecutorView): Part[] {
  const tasks = runningOn(known)
    .map((id) => findTask(view, id, known.appId))
    .filter((task): task is TaskView => task !== undefined)
  if (tasks.length === 0) return known.registeredAt === null || !goesOn(view, known.appId) ? [] : [' No task was on it.']
  const one = tasks.length === 1
  return [' ', ...tasksOf(tasks, true), one ? ' was on it; it goes back in the queue.' : ' were on it; they go back in the queue.']
}

/** The application goes on. At its end, and when its job has failed, tasks are ended before their executors: an empty executor then says nothing. */
function goesOn(view: RunView, appId: string): boolean {
  const driver = view.drivers.findLast((d) => d.appId === appId)
  const ended = findApp(view, appId)?.endedAt ?? null
  return (driver?.end ?? null) === null && ended === null && view.jobs.findLast((job) => job.appId === appId)?.state !== 'failed'
}

function driverOf(view: RunView, event: EventOf<'kindling.ProcessExited'>) {
  return view.drivers.findLast((d) => event.appId === undefined || d.appId === event.appId)
}
