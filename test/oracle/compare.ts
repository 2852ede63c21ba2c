/** Compares two reduced runs, and knows where a program's file says that they differ on purpose. */
import type { Reduced } from './reduce.ts'

export interface Difference {
  /** Where, as in `stages.1.attempts.0.tasks`. */
  path: string
  spark: unknown
  ours: unknown
}

/** A line `# differs <path>: <why>` at the end of a program. `*` in the path stands for one part of it. */
export interface Purpose {
  path: string
  why: string
}

export function purposesOf(source: string): Purpose[] {
  return source.split('\n').flatMap((line) => {
    const found = /^# differs (\S+): (.+)$/.exec(line)
    return found === null ? [] : [{ path: found[1]!, why: found[2]! }]
  })
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function walk(path: string, spark: unknown, ours: unknown, found: Difference[]): void {
  if (isObject(spark) && isObject(ours)) {
    for (const key of new Set([...Object.keys(spark), ...Object.keys(ours)])) walk(path === '' ? key : `${path}.${key}`, spark[key], ours[key], found)
  } else if (spark !== ours) found.push({ path, spark, ours })
}

/** Kindling names the program's line where Spark names one of its own (docs/differences.md): nothing to compare. */
const unnamed = ({ path, spark }: Difference): boolean => spark === undefined && /^stages\.\d+\.name$/.test(path)

/** Every leaf in which the two differ. */
export function differencesOf(spark: Reduced, ours: Reduced): Difference[] {
  const found: Difference[] = []
  walk('', spark, ours, found)
  return found.filter((difference) => !unnamed(difference))
}

/** A purpose covers its path and all below it. */
export function covers(purpose: Purpose, path: string): boolean {
  const wanted = purpose.path.split('.')
  const parts = path.split('.')
  return wanted.length <= parts.length && wanted.every((part, at) => part === '*' || part === parts[at])
}

/** Sentences for differences nobody meant, and for purposes that no longer hold. Empty when all is well. */
export function complaints(differences: readonly Difference[], purposes: readonly Purpose[]): string[] {
  const unmeant = differences.filter((difference) => !purposes.some((purpose) => covers(purpose, difference.path)))
  const stale = purposes.filter((purpose) => !differences.some((difference) => covers(purpose, difference.path)))
  return [
    ...unmeant.map(({ path, spark, ours }) => `${path}: Spark ${JSON.stringify(spark)}, Kindling ${JSON.stringify(ours)}`),
    ...stale.map(({ path }) => `${path}: no longer differs; take its line "# differs" out of the program`)
  ]
}
