/**
 * Lost, redone, saved: what went with an executor, what is computed again because of it, and what need not be.
 * Every number is counted from what the fold noted at the loss and has seen since.
 */
import { nextAttempt } from './certificate.ts'
import { byFirst } from './holdings.ts'
import { appLookup, findTask } from './lookup.ts'
import type { LossView, Ref, RunView, StoryLine } from './types.ts'
import { count, executor, stage, storyLine, tasksOf, type Part } from './words.ts'

/** `kept`: another executor had it. `copy`: lost here, another had a copy. `lost`: gone. `again`: gone, and made again. */
export type CellState = 'kept' | 'copy' | 'lost' | 'again'

export interface LossRow {
  kind: 'tasks' | 'mapOutputs' | 'cached'
  /** `map outputs of shuffle 0`. */
  name: string
  ref?: Ref
  /** One for each partition that was there, by index. */
  cells: { index: number; state: CellState }[]
  lost: number
  again: number
  /** Of the same shuffle or RDD, still there. */
  saved: number
}

export interface LossReport {
  rows: LossRow[]
  lost: StoryLine['parts'][]
  redone: StoryLine['parts'][]
  saved: StoryLine['parts'][]
  /** All of it in one line. */
  summary: string
  totals: { tasks: number; mapOutputs: number; cached: number; again: number; saved: number }
}

export function lossReport(view: RunView, loss: LossView): LossReport {
  const rows = [taskRow(view, loss), ...outputRows(view, loss), ...cachedRows(view, loss)].filter((row) => row !== null)
  const sum = (of: 'lost' | 'again' | 'saved', kind?: LossRow['kind']): number => rows.reduce((all, row) => all + (kind === undefined || row.kind === kind ? row[of] : 0), 0)
  const totals = { tasks: sum('lost', 'tasks'), mapOutputs: sum('lost', 'mapOutputs'), cached: sum('lost', 'cached'), again: sum('again'), saved: sum('saved') }
  const went = [count(totals.tasks, 'running task'), count(totals.mapOutputs, 'map output'), count(totals.cached, 'cached partition')].filter((text) => !text.startsWith('0 '))
  return {
    rows,
    lost: lostLines(view, loss),
    redone: redoneLines(view, loss, rows),
    saved: savedLines(view, loss, rows),
    summary: went.length === 0 ? 'nothing was lost' : `lost ${went.join(', ')}; ${totals.again} of them done again${totals.saved > 0 ? `; ${totals.saved} saved` : ''}`,
    totals
  }
}

/** Losses worth telling of: something went. */
export const tellable = (loss: LossView): boolean => loss.tasks.length + loss.mapOutputs.length + loss.cached.length > 0

function taskRow(view: RunView, loss: LossView): LossRow | null {
  if (loss.tasks.length === 0) return null
  const cells = loss.tasks.flatMap((id) => {
    const task = findTask(view, id, loss.appId)
    return task ? [{ index: task.partition, state: nextAttempt(view, id, loss.appId) ? ('again' as const) : ('lost' as const) }] : []
  })
  return { kind: 'tasks', name: 'running tasks', cells: cells.sort((a, b) => a.index - b.index), lost: loss.tasks.length, again: cells.filter((cell) => cell.state === 'again').length, saved: 0 }
}

function outputRows(view: RunView, loss: LossView): LossRow[] {
  return [...byFirst(loss.mapOutputs)].map(([shuffleId, lost]) => {
    const writer = appLookup(view, loss.appId).writers.get(shuffleId)
    return {
      kind: 'mapOutputs' as const,
      name: `map outputs of shuffle ${shuffleId}`,
      ...(writer === undefined ? {} : { ref: { kind: 'stage' as const, id: writer, attempt: 0 } }),
      ...cellsOf(lost, new Set(again(loss.again.mapOutputs, shuffleId)), loss.others.mapOutputs[shuffleId] ?? [], new Set())
    }
  })
}

function cachedRows(_view: RunView, loss: LossView): LossRow[] {
  return [...byFirst(loss.cached)].map(([rddId, lost]) => ({
    kind: 'cached' as const,
    name: `cached partitions of RDD ${rddId}`,
    ...cellsOf(lost, new Set(again(loss.again.cached, rddId)), loss.others.cached[rddId] ?? [], new Set(again(loss.copies, rddId)))
  }))
}

const again = (keys: readonly string[], first: number): number[] => byFirst(keys).get(first) ?? []

function cellsOf(lost: readonly number[], made: ReadonlySet<number>, others: readonly number[], copies: ReadonlySet<number>): Pick<LossRow, 'cells' | 'lost' | 'again' | 'saved'> {
  const gone = new Set(lost)
  const cells = [
    ...lost.map((index) => ({ index, state: copies.has(index) ? ('copy' as const) : made.has(index) ? ('again' as const) : ('lost' as const) })),
    ...others.filter((index) => !gone.has(index)).map((index) => ({ index, state: 'kept' as const }))
  ].sort((a, b) => a.index - b.index)
  return { cells, lost: lost.length, again: lost.filter((index) => made.has(index) && !copies.has(index)).length, saved: cells.filter((cell) => cell.state === 'kept' || cell.state === 'copy').length }
}

function lostLines(view: RunView, loss: LossView): StoryLine['parts'][] {
  const lines: Part[][] = []
  const tasks = loss.tasks.flatMap((id) => findTask(view, id, loss.appId) ?? [])
  if (tasks.length > 0) {
    const counted = tasks.filter((task) => task.counted === true).length
    const told = tasks.some((task) => task.counted !== null)
    lines.push([...tasksOf(tasks, true), ' ran on it', told ? (counted === 0 ? ': no failure is counted.' : `: ${count(counted, 'failure')} counted.`) : '.'])
  }
  for (const [shuffleId, maps] of byFirst(loss.mapOutputs)) lines.push([`${count(maps.length, 'map output')} of shuffle ${shuffleId}: ${maps.length === 1 ? 'map' : 'maps'} ${numbers(maps)}.`])
  for (const [rddId, partitions] of byFirst(loss.cached)) lines.push([`${count(partitions.length, 'cached partition')} of RDD ${rddId}: ${numbers(partitions)}.`])
  return told(lines)
}

function redoneLines(view: RunView, loss: LossView, rows: readonly LossRow[]): StoryLine['parts'][] {
  const lines: Part[][] = []
  const next = loss.tasks.flatMap((id) => nextAttempt(view, id, loss.appId) ?? [])
  if (next.length > 0) lines.push([...tasksOf(next, true), next.length === 1 ? ' has started again.' : ' have started again.'])
  for (const row of rows) {
    if (row.kind === 'mapOutputs') {
      const ref = row.ref?.kind === 'stage' ? stage(row.ref.id, appLookup(view, loss.appId).stages.get(row.ref.id)?.at(-1)?.attempt ?? 0) : null
      lines.push(row.again === 0 ? [`None of ${row.lost} ${row.name} made again so far: only when a task asks for them.`] : [`${row.again} of ${row.lost} ${row.name} made again`, ...(ref ? [' by ', ref] : []), '.'])
    }
    if (row.kind === 'cached') {
      const needed = row.cells.filter((cell) => cell.state === 'lost' || cell.state === 'again').length
      const so = row.again === 0 ? 'so far: only when a job needs it' : row.again < needed ? 'from the lineage; the rest only when a job needs it' : 'from the lineage'
      if (needed > 0) lines.push([`${row.again === 0 ? 'None' : row.again} of ${needed} ${row.name} computed again ${so}.`])
    }
  }
  return told(lines)
}

function savedLines(view: RunView, loss: LossView, rows: readonly LossRow[]): StoryLine['parts'][] {
  const lines: Part[][] = []
  for (const row of rows) {
    const kept = row.cells.filter((cell) => cell.state === 'kept').length
    const copies = row.cells.filter((cell) => cell.state === 'copy').length
    const whole = kept + row.lost
    if (row.kind === 'mapOutputs' && kept > 0) lines.push([`${kept} of ${whole} ${row.name} lay on other executors: their tasks do not run again.`])
    if (row.kind !== 'cached') continue
    if (copies > 0) lines.push([`A copy on another executor saved ${copies} of ${row.lost} ${row.name}.`])
    if (kept > 0) lines.push([`${kept} of ${whole} ${row.name} lay on other executors.`])
  }
  for (const rddId of byFirst(loss.cached).keys()) {
    const file = view.rdds[rddId]?.parents.map((id) => view.rdds[id]).find((rdd) => rdd?.name === 'ReliableCheckpointRDD')
    if (file) lines.push([`RDD ${rddId} is checkpointed: what is lost of it is read from the files, nothing before it is computed.`])
  }
  const gone = new Set(loss.mapOutputs)
  const served = loss.what === 'executor' ? loss.held.mapOutputs.filter((key) => !gone.has(key)).length : 0
  if (served > 0 && view.conf['spark.shuffle.service.enabled'] === 'true') lines.push([`The shuffle service on its worker serves ${count(served, 'map output')} of `, executor(loss.executorId, loss.appId), ' on.'])
  return told(lines)
}

const told = (lines: readonly Part[][]): StoryLine['parts'][] => lines.map((parts) => storyLine({ Kindling: { id: '', t: 0 } }, 'plain', 1, parts).parts)

/** `0, 2, 7 to 9`. */
export function numbers(sorted: readonly number[]): string {
  const runs: string[] = []
  for (let at = 0; at < sorted.length; ) {
    let end = at
    while (end + 1 < sorted.length && sorted[end + 1] === sorted[end]! + 1) end += 1
    if (end - at >= 2) runs.push(`${sorted[at]} to ${sorted[end]}`)
    else for (let one = at; one <= end; one += 1) runs.push(String(sorted[one]))
    at = end + 1
  }
  return runs.length < 2 ? runs.join('') : `${runs.slice(0, -1).join(', ')} and ${runs.at(-1)}`
}
