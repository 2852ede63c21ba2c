/** Counts of tests, and how each runner's own result file is read into them. */
import { readFileSync } from 'node:fs'

export interface Tally {
  passed: number
  failed: number
  skipped: number
}

export const tally = (passed = 0, failed = 0, skipped = 0): Tally => ({ passed, failed, skipped })

export const add = (a: Tally, b: Tally): Tally =>
  tally(a.passed + b.passed, a.failed + b.failed, a.skipped + b.skipped)

/** "3 passed, 1 failed", and ", 2 skipped" where there are any. */
export const phrase = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`

/** A run that ended badly has failed at something, also when no test of it says so. */
export const atLeastOneFailure = (counted: Tally, good: boolean): Tally =>
  good || counted.failed > 0 ? counted : { ...counted, failed: 1 }

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests?: number
  testResults: { status: string; assertionResults: unknown[] }[]
}

/** Reads vitest's JSON report; a file that could not even be loaded counts as one failure. */
export function vitestTally(path: string): Tally {
  const text = read(path)
  if (text === undefined) return tally()
  const report = JSON.parse(text) as VitestReport
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  return tally(
    report.numPassedTests,
    report.numFailedTests + broken.length,
    report.numPendingTests + (report.numTodoTests ?? 0)
  )
}

/** Reads what scripts/wdio-results.ts wrote: a line for each test, `passed`, `failed` or `skipped`, then its name. */
export function wdioTally(path: string): Tally {
  const counted = tally()
  for (const line of (read(path) ?? '').split('\n')) {
    const state = line.split(' ', 1)[0]
    if (state === 'passed' || state === 'failed' || state === 'skipped') counted[state] += 1
  }
  return counted
}
