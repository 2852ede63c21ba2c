/**
 * Each program does in Kindling what it did on a real Spark, by the recordings beside it (record.ts makes them).
 * No Spark is needed here. Where the two differ on purpose, the program says so in a line `# differs PATH: WHY`.
 */
import { describe, expect, test } from 'vitest'
import { testLab } from '../processes/lab.ts'
import { complaints, differencesOf, purposesOf } from './compare.ts'
import { programNames, recordingOf, sourceOf } from './programs.ts'
import { reduceRun } from './reduce.ts'

const bench = testLab()

describe('programs recorded on Spark 4.1.1', () => {
  for (const name of programNames()) {
    test(name, async () => {
      const source = sourceOf(name)
      const { reduced } = recordingOf(name)
      const ran = await bench.run(source)
      const ours = reduceRun(ran.events, ran.stdout, ran.outcome.exitCode)
      expect(complaints(differencesOf(reduced, ours), purposesOf(source)), ran.stderr).toEqual([])
    })
  }
})
