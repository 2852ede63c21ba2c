import type { Attribute } from '../resolved.ts'

/** Expression ids, the same each time the same DataFrame is analyzed. */
export class ExpressionIds {
  private next = 0
  /** Makes rand() without a seed different in every application. */
  readonly salt = Math.floor(Math.random() * 2147483648)
  private readonly byPlan = new Map<string, number[]>()
  /** What DataFrames analyzed before put out. */
  readonly outputs = new Map<number, Attribute[]>()

  /** The ids of one plan node, in the order they are asked for. */
  forPlan(key: string): () => number {
    let ids = this.byPlan.get(key)
    if (!ids) this.byPlan.set(key, (ids = []))
    let at = 0
    return () => {
      if (at === ids.length) ids.push(this.next++)
      return ids[at++]!
    }
  }

  /** An id of no plan's. */
  fresh(): number {
    return this.next++
  }
}
