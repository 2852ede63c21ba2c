/**
 * Each program does in Kindling what it did on a real Spark, by the recordings beside it (record.ts makes them), and
 * its log holds what the real History Server told of such a log (history-server.ts). No Spark is needed here. Where
 * the two differ on purpose, the program says so in a line `# differs PATH: WHY`.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { testLab, type Ran } from '../processes/lab.ts'
import { complaints, differencesOf, purposesOf } from './compare.ts'
import { figuresOfLog, type Figures } from './figures.ts'
import { HISTORY, programNames, recordingOf, sourceOf } from './programs.ts'
import { reduceRun } from './reduce.ts'

const bench = testLab()
const history = JSON.parse(readFileSync(HISTORY, 'utf8')) as { spark: string; programs: Record<string, Figures> }

describe('programs recorded on Spark 4.1.1', () => {
  for (const name of programNames()) {
    let ran: Ran | undefined
    test(name, async () => {
      const source = sourceOf(name)
      ran = await bench.run(source)
      const ours = reduceRun(ran.events, ran.stdout, ran.outcome.exitCode)
      expect(complaints(differencesOf(recordingOf(name).reduced, ours), purposesOf(source)), ran.stderr).toEqual([])
    })
    const told = history.programs[name]
    if (told !== undefined) {
      test(`§12 ${name}: its log tells the History Server what it told before`, () => {
        expect(ran, 'the program did not run').toBeDefined()
        expect(figuresOfLog(ran!.events)).toEqual(told)
      })
    }
  }
})
