import { join } from 'node:path'
import { expect, test } from 'vitest'
import { add, atLeastOneFailure, phrase, tally, vitestTally, wdioTally } from '../../scripts/tally.ts'
import { folderWith, put } from './folders.ts'

test('the last line has the form every reader of it knows', () => {
  expect(phrase(tally(3, 1))).toBe('3 passed, 1 failed')
  expect(phrase(add(tally(3, 1), tally(1, 0, 2)))).toBe('4 passed, 1 failed, 2 skipped')
})

test('a run that ended badly has failed at least once', () => {
  expect(atLeastOneFailure(tally(5), false)).toEqual(tally(5, 1))
  expect(atLeastOneFailure(tally(5, 2), false)).toEqual(tally(5, 2))
  expect(atLeastOneFailure(tally(5), true)).toEqual(tally(5))
})

test("vitest's report is counted, files that did not load included", () => {
  const report = {
    numPassedTests: 4, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1,
    testResults: [
      { status: 'failed', assertionResults: [{}] },
      { status: 'failed', assertionResults: [] },
      { status: 'passed', assertionResults: [{}] }
    ]
  }
  expect(vitestTally(put(folderWith(), 'report.json', JSON.stringify(report)))).toEqual(tally(4, 2, 3))
  expect(vitestTally(join(folderWith(), 'none.json'))).toEqual(tally())
})

test("our lines from WebdriverIO are counted, whatever the tests' names", () => {
  const lines = 'passed one\nfailed two passed\nskipped three\npassed four\n'
  expect(wdioTally(put(folderWith(), 'lines', lines))).toEqual(tally(2, 1, 1))
  expect(wdioTally(join(folderWith(), 'none'))).toEqual(tally())
})
