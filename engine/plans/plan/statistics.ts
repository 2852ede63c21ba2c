/** How big Spark reckons a plan's result to be, bytes. */
import type { Attribute, Logical } from '../resolved.ts'
import { defaultSize } from '../types.ts'

/** What Spark assumes of data it knows nothing about (spark.sql.defaultSizeInBytes): never small enough to broadcast. */
export const UNKNOWN_SIZE = Number.MAX_SAFE_INTEGER

export interface SizeEnv {
  fileBytes(paths: string[]): number
  /** Real size of a cached plan once it is filled. */
  cachedBytes?(key: string): number | undefined
}

const rowSize = (output: readonly Attribute[]): number => 8 + output.reduce((n, a) => n + defaultSize(a.dataType), 0)

export function sizeOf(p: Logical, env: SizeEnv): number {
  switch (p.op) {
    case 'range': return Number(countOf(p)) * 8
    case 'local':
    case 'rdd': return UNKNOWN_SIZE
    case 'read': return scaled(env.fileBytes(p.paths), p.schema.length ? rowSize(p.schema.map((f, id) => ({ ...f, id }))) : 8, rowSize(p.output))
    case 'cached': return env.cachedBytes?.(p.key) ?? sizeOf(p.child, env)
    case 'limit': return Math.min(sizeOf(p.child, env), Math.max(1, p.n * rowSize(p.output)))
    case 'join':
      if (p.how === 'leftsemi' || p.how === 'leftanti') return sizeOf(p.left, env)
      return capped(sizeOf(p.left, env) * sizeOf(p.right, env))
    case 'union': return capped(p.children.reduce((n, c) => n + sizeOf(c, env), 0))
    case 'aggregate':
      if (p.grouping.length === 0) return rowSize(p.output)
      return scaled(sizeOf(p.child, env), rowSize(p.child.output), rowSize(p.output))
    case 'sample': return Math.max(1, capped(sizeOf(p.child, env) * p.fraction))
    case 'filter':
    case 'sort':
    case 'repartition':
    case 'hint':
    case 'alias': return sizeOf(p.child, env)
    case 'project':
    case 'generate': return scaled(sizeOf(p.child, env), rowSize(p.child.output), rowSize(p.output))
  }
}

const capped = (n: number): number => Math.min(n, UNKNOWN_SIZE)
const scaled = (size: number, from: number, to: number): number => Math.max(1, capped(size >= UNKNOWN_SIZE ? size : Math.floor((size * to) / from)))

/** Elements of a range. */
export function countOf(p: { start: bigint; end: bigint; step: bigint }): bigint {
  const { start, end, step } = p
  if (step === 0n || (step > 0n ? start >= end : start <= end)) return 0n
  const span = end - start
  const whole = span / step
  return span % step === 0n ? whole : whole + 1n
}
