/**
 * The lives ledger: the failures of each task, those that count towards spark.task.maxFailures and those that
 * do not, and why (§6.10, §6.12, §4.19). A life is a counted failure that is still allowed.
 */
import { exceptionText, firstLine } from '../events/failure-text.ts'
import { maxFailures } from './story-work.ts'
import type { RunView, TaskView } from './types.ts'

export interface LedgerEntry {
  taskId: number
  attempt: number
  executorId: string
  /** Lab ms of its end. */
  t: number
  counts: boolean
  /** It had succeeded, and its output was lost. */
  succeeded: boolean
  /** What happened, in a few words. */
  what: string
  /** Why that counts, or does not. */
  why: string
}

export interface Ledger {
  appId: string
  stageId: number
  stageAttempt: number
  index: number
  partition: number
  /** Counted failures that end the job. */
  most: number
  /** Lives left of `most`. */
  left: number
  /** How its partition stands now, whichever attempt of the stage it is in. */
  state: 'running' | 'done' | 'waiting' | 'given up'
  entries: LedgerEntry[]
}

/** `3 of 4 lives left`. */
export const livesText = (ledger: Pick<Ledger, 'left' | 'most'>): string => `${ledger.left} of ${ledger.most} ${ledger.most === 1 ? 'life' : 'lives'} left`

/** One for each task of a stage attempt that had an end without success, the poorest first. `keep` chooses attempts. */
export function livesLedger(view: RunView, keep: (task: TaskView) => boolean = () => true): Ledger[] {
  const most = maxFailures(view)
  const ledgers = new Map<string, Ledger>()
  const last = new Map<string, TaskView>()
  for (const task of view.tasks) {
    if (!keep(task)) continue
    const key = `${task.appId}/${task.stageId}.${task.stageAttempt}/${task.index}`
    if (task.ended !== undefined || task.state === 'lost') {
      let ledger = ledgers.get(key)
      if (!ledger) {
        ledger = { appId: task.appId, stageId: task.stageId, stageAttempt: task.stageAttempt, index: task.index, partition: task.partition, most, left: most, state: 'waiting', entries: [] }
        ledgers.set(key, ledger)
      }
      ledger.entries.push(entryOf(task))
    }
    last.set(`${task.appId}/${task.stageId}/${task.partition}`, task)
  }
  for (const ledger of ledgers.values()) {
    // A success forgives what was before it, also when its output is lost later (§6.10).
    const since = ledger.entries.findLastIndex((entry) => entry.succeeded) + 1
    ledger.left = Math.max(0, most - ledger.entries.slice(since).filter((entry) => entry.counts).length)
    const now = last.get(`${ledger.appId}/${ledger.stageId}/${ledger.partition}`)!
    ledger.state = now.state === 'running' ? 'running' : now.state === 'success' ? 'done' : ledger.left === 0 ? 'given up' : 'waiting'
  }
  return [...ledgers.values()].sort((a, b) => a.left - b.left || b.entries.length - a.entries.length || a.stageId - b.stageId || a.index - b.index)
}

function entryOf(task: TaskView): LedgerEntry {
  const { what, why } = wordsFor(task)
  return { taskId: task.id, attempt: task.attempt, executorId: task.executorId, t: task.endedAt ?? task.startedAt, counts: task.counted === true, succeeded: task.state === 'lost', what, why }
}

function wordsFor(task: TaskView): { what: string; why: string } {
  if (task.state === 'lost') return { what: `its output went with executor ${task.executorId}`, why: 'It had succeeded. Work that has to be done again is no failure of the task.' }
  switch (task.ended) {
    case 'ExceptionFailure':
      return { what: firstWords(task.reason), why: 'An exception in the task counts, whoever is to blame for it.' }
    case 'ExecutorLostFailure':
      return lostExecutor(task)
    case 'FetchFailed':
      return { what: 'it could not fetch shuffle data', why: 'The task is not to blame for data that is gone: its stage is tried again instead, spark.stage.maxConsecutiveAttempts times at most.' }
    case 'TaskKilled':
      return { what: firstWords(task.reason), why: 'It was told to stop. That says nothing about the task.' }
    case 'TaskCommitDenied':
      return { what: 'another attempt had written the output', why: 'Only one attempt may write. Coming second is no failure.' }
    case 'TaskResultLost':
      return { what: 'its result was lost before the driver had it', why: 'A lost result counts: the task has to run again.' }
    default:
      return { what: 'nobody knows why', why: 'An end without a reason counts.' }
  }
}

/** Who is to blame for the loss decides: the application, or someone else (§4.19, §4.20). */
function lostExecutor(task: TaskView): { what: string; why: string } {
  const loss = task.lossReason ?? ''
  const what = `executor ${task.executorId} was lost: ${loss}`
  const code = /exited with code (\d+)/.exec(loss)?.[1]
  if (task.counted === true) {
    if (code !== undefined) return { what, why: `An executor that ends with code ${code} may have been ended by one of its tasks, so it counts for every task on it.` }
    if (/heartbeat/i.test(loss)) return { what, why: 'An executor that falls silent may have been choked by its tasks, so it counts.' }
    return { what, why: 'Nobody told that it was not the application’s doing, so it counts.' }
  }
  if (/worker lost/i.test(loss)) return { what, why: 'A machine that goes is not the application’s doing.' }
  if (/killed by driver/i.test(loss)) return { what, why: 'The driver itself let the executor go.' }
  if (/decommission/i.test(loss)) return { what, why: 'The executor was taken out of service, which is not the task’s doing.' }
  if (code === '56' || code === '58' || code === '53') return { what, why: `Code ${code} is about the executor’s surroundings, not about its tasks.` }
  return { what, why: 'The driver had not heard yet that the task runs, so it cannot have ended the executor.' }
}

/** An exception in one line, or what a kill said. */
function firstWords(reason: string | null): string {
  const text = reason ?? ''
  const killed = /^TaskKilled \(([^]*)\)$/.exec(text)
  if (killed) return firstLine(killed[1]!)
  const thrown = /^([\w.$]+): ([^]*)$/.exec(text)
  return thrown ? exceptionText(thrown[1]!, thrown[2]!) : firstLine(text)
}
