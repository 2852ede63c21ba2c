/** What an executor holds for later, in words: map outputs by shuffle and the stage that wrote it, cached partitions by RDD. */
import { appLookup, findStage } from './lookup.ts'
import type { RunView } from './types.ts'
import { count, stage, type Part } from './words.ts'

export interface Held {
  mapOutputs: readonly string[]
  cached: readonly string[]
}

/** Keys such as `0/3` by their first number, second numbers sorted. */
export function byFirst(keys: readonly string[]): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  for (const key of keys) {
    const [first, second] = key.split('/').map(Number) as [number, number]
    const group = groups.get(first)
    if (group) group.push(second)
    else groups.set(first, [second])
  }
  for (const group of groups.values()) group.sort((a, b) => a - b)
  return groups
}

/** `5 map outputs of shuffle 0 (stage 1) and 5 cached partitions of RDD 1`, or `nothing`. */
export function heldParts(view: RunView, held: Held, appId: string): Part[] {
  const groups: Part[][] = []
  for (const [shuffleId, maps] of byFirst(held.mapOutputs)) {
    const writer = appLookup(view, appId).writers.get(shuffleId)
    const attempt = writer === undefined ? undefined : findStage(view, writer, undefined, appId)
    groups.push([`${count(maps.length, 'map output')} of shuffle ${shuffleId}`, ...(attempt ? [' (', stage(attempt.id, attempt.attempt), ')'] : [])])
  }
  for (const [rddId, partitions] of byFirst(held.cached)) groups.push([`${count(partitions.length, 'cached partition')} of RDD ${rddId}`])
  if (groups.length === 0) return ['nothing']
  return groups.flatMap((group, at) => (at === 0 ? group : [at === groups.length - 1 ? ' and ' : ', ', ...group]))
}

