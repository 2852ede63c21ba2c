/** Small words for sentences: names one can click, lists, counts, sizes, durations. */
import type { ActorId, EventId, ProcessEnd } from '../events/index.ts'
import type { Ref, StoryLine, TaskView } from './types.ts'

export type Part = string | { text: string; ref?: Ref }

/** A line from parts; neighbouring plain texts become one. */
export function storyLine(event: { Kindling: { id: EventId; t: number } }, tone: StoryLine['tone'], level: 1 | 2, parts: Part[]): StoryLine {
  const joined: { text: string; ref?: Ref }[] = []
  for (const part of parts) {
    const piece = typeof part === 'string' ? { text: part } : part
    const last = joined.at(-1)
    if (piece.text === '') continue
    if (last && !last.ref && !piece.ref) last.text += piece.text
    else joined.push({ ...piece })
  }
  const end = joined.at(-1)
  if (end && !end.ref) end.text = fullStop(end.text)
  return { event: event.Kindling.id, t: event.Kindling.t, tone, level, parts: joined }
}

export const executor = (id: string, appId?: string, capital = false): Part => ({
  text: id === 'driver' ? (capital ? 'The driver' : 'the driver') : `${capital ? 'Executor' : 'executor'} ${id}`,
  ref: { kind: 'actor', id: id === 'driver' ? 'driver' : `executor-${id}`, ...(appId === undefined ? {} : { appId }) }
})

export const actor = (id: ActorId, text: string = id): Part => ({ text, ref: { kind: 'actor', id } })

export const driver = (capital = false): Part => actor('driver', capital ? 'The driver' : 'the driver')

export const stage = (id: number, attempt: number, capital = false): Part => ({ text: `${capital ? 'Stage' : 'stage'} ${id}`, ref: { kind: 'stage', id, attempt } })

export const job = (id: number, capital = false): Part => ({ text: `${capital ? 'Job' : 'job'} ${id}`, ref: { kind: 'job', id } })

/** Any actor as a reader calls it: `executor-2` is executor 2. */
export function named(id: ActorId, appId?: string, capital = false): Part {
  if (id.startsWith('executor-')) return executor(id.slice('executor-'.length), appId, capital)
  if (id === 'driver') return driver(capital)
  if (id === 'master') return actor(id, capital ? 'The Master' : 'the Master')
  return id === 'lab' ? actor(id, capital ? 'The lab' : 'the lab') : actor(id)
}

/** `Tasks 3 and 5 of stage 1`: each number can be clicked; named by partition, which stays the same when they run again. */
export function tasksOf(tasks: readonly TaskView[], capital = false): Part[] {
  const byStage = new Map<string, TaskView[]>()
  for (const task of tasks) {
    const key = `${task.stageId}.${task.stageAttempt}`
    byStage.set(key, [...(byStage.get(key) ?? []), task])
  }
  const groups = [...byStage.values()].map((group, at): Part[] => {
    const sorted = group.toSorted((a, b) => a.partition - b.partition)
    const word = sorted.length === 1 ? 'task ' : 'tasks '
    const numbers = list(sorted.map((task): Part => ({ text: String(task.partition), ref: { kind: 'task', id: task.id } })))
    return [capital && at === 0 ? word.replace('t', 'T') : word, ...numbers, ' of ', stage(sorted[0]!.stageId, sorted[0]!.stageAttempt)]
  })
  return groups.flatMap((group, at) => (at === 0 ? group : [at === groups.length - 1 ? ' and ' : ', ', ...group]))
}

/** `a, b and c`. */
export function list(parts: readonly Part[]): Part[] {
  return parts.flatMap((part, at) => (at === 0 ? [part] : [at === parts.length - 1 ? ' and ' : ', ', part]))
}

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** ms → `240 ms`, `1.5 s`, `2 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 120_000) return `${trim(ms / 1000)} s`
  return `${trim(ms / 60_000)} min`
}

/** bytes → `512 MB`, `1.5 KB`; powers of 1024, as Spark prints them. */
export function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let at = 0
  let value = bytes
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024
    at += 1
  }
  return `${trim(value)} ${units[at]}`
}

const trim = (value: number): string => (value >= 100 ? String(Math.round(value)) : String(Number(value.toFixed(1))))

/** One full stop at the end, and none after another sign that ends a sentence. */
export const fullStop = (text: string): string => text.replace(/([.!?…])\.+$/, '$1').replace(/([^.!?…])$/, '$1.')

/** `its task`, `both tasks`, `all 8 tasks`; `which` goes before the noun. */
export function allTasks(n: number, which = ''): string {
  const noun = `${which}task`
  return n === 1 ? `its ${noun}` : n === 2 ? `both ${noun}s` : `all ${n} ${noun}s`
}

/** A call site without the folders of its file, `collect at program.py:10`; a path without its folders. */
export function shortSite(site: string): string {
  const parts = /^(.*? at )?((?:\/|[A-Za-z]:\\).*)$/.exec(site)
  return parts ? `${parts[1] ?? ''}${parts[2]!.split(/[\\/]/).at(-1)}` : site
}

/** A sentence with the call sites in it without their folders. */
export const shortSites = (text: string): string => text.replace(/ at (?:\/|[A-Za-z]:\\)[^():\n]*[\\/]([^():\\/\n]+:\d+)/g, ' at $1')

/** Death of memory, by the code executors die of it with, or by what the process or the lab said. Of a signal nobody knows that. */
export const isOutOfMemory = (end: ProcessEnd): boolean => end.signal === null && end.code !== ABORTED && (end.code === 52 || /^(java\.lang\.)?OutOfMemoryError\b/.test(end.meaning))

/** 128 + SIGABRT: what V8 does when it gets no more memory, and some other engines for other reasons. */
const ABORTED = 134

/** ` was killed (SIGKILL, exit code 137)`: how a process went, as the rest of a sentence. */
export function howItEnded(end: ProcessEnd): string {
  if (end.code === ABORTED) return ` aborted (${end.signal ?? 'SIGABRT'}, exit code ${ABORTED}), most likely out of memory`
  if (isOutOfMemory(end)) return ` ran out of memory and died (${codeText(end)})`
  if (end.signal !== null) return ` was killed (${end.signal}${end.code === null ? '' : `, exit code ${end.code}`})`
  if (end.farewell || end.code === 0) return ` exited (${codeText(end)})`
  return ` died (${codeText(end)})`
}

const codeText = (end: ProcessEnd): string => (end.code === null ? (end.signal ?? 'nobody saw how') : `exit code ${end.code}`)
