/** The programs of the oracle and what Spark did with them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reduced } from './reduce.ts'

/** Folder of NAME.py and NAME.json. */
export const PROGRAMS = join(import.meta.dirname, 'programs')

export const programNames = (): string[] => readdirSync(PROGRAMS).filter((file) => file.endsWith('.py')).map((file) => file.slice(0, -3)).sort()

export const sourceOf = (name: string): string => readFileSync(join(PROGRAMS, `${name}.py`), 'utf8')

/** What Spark did. Throws when the program was never recorded. */
export function recordingOf(name: string): { spark: string; reduced: Reduced } {
  const { spark, ...reduced } = JSON.parse(readFileSync(join(PROGRAMS, `${name}.json`), 'utf8')) as Reduced & { spark: string }
  return { spark, reduced }
}

/** What the History Server told of our logs (history-server.ts). */
export const HISTORY = join(import.meta.dirname, 'history.json')
