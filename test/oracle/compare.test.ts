import { describe, expect, it } from 'vitest'
import type { BareEvent } from '../../engine/events/index.ts'
import { complaints, covers, differencesOf, purposesOf } from './compare.ts'
import { plain, reduceRun, type Reduced } from './reduce.ts'

const run = (stages: Reduced['stages'], output: string[] = []): Reduced => ({ output, exit: 0, ended: true, executorsLost: 0, jobs: [], stages, queries: [] })
const stage = { id: 0, name: 'count at program.py:3', parents: [], rdds: ['PythonRDD'], attempts: [{ tasks: 2, outcome: 'completed', ends: { Success: 2 } }] }

describe('comparing two runs', () => {
  it('is content with what is the same, and names each leaf that is not', () => {
    expect(differencesOf(run([stage]), run([stage]))).toEqual([])
    const other = { ...stage, attempts: [{ ...stage.attempts[0]!, ends: { Success: 1, Resubmitted: 1 } }] }
    expect(differencesOf(run([stage], ['1']), run([other], ['2'])).map(({ path }) => path)).toEqual(['output.0', 'stages.0.attempts.0.ends.Success', 'stages.0.attempts.0.ends.Resubmitted'])
    expect(differencesOf(run([stage]), run([])).map(({ path }) => path)).toEqual(['stages.0'])
  })

  it('does not ask for a name where Spark names its own code', () => {
    const { name: _, ...unnamed } = stage
    expect(differencesOf(run([unnamed]), run([stage]))).toEqual([])
    expect(differencesOf(run([stage]), run([unnamed]))).toHaveLength(1)
  })

  it('knows what differs on purpose, and when it no longer does', () => {
    const purposes = purposesOf('# About.\n# differs stages.*.attempts: it is told here\nprint(1)\n')
    expect(purposes).toEqual([{ path: 'stages.*.attempts', why: 'it is told here' }])
    expect(covers(purposes[0]!, 'stages.3.attempts.0.tasks')).toBe(true)
    expect(covers(purposes[0]!, 'stages.3.name')).toBe(false)
    const more = { ...stage, attempts: [{ ...stage.attempts[0]!, tasks: 3 }] }
    expect(complaints(differencesOf(run([stage]), run([more])), purposes)).toEqual([])
    expect(complaints(differencesOf(run([stage]), run([more])), [])).toEqual(['stages.0.attempts.0.tasks: Spark 2, Kindling 3'])
    expect(complaints([], purposes)).toEqual(['stages.*.attempts: no longer differs; take its line "# differs" out of the program'])
  })
})

describe('reducing a run', () => {
  it('takes out folders, task ids, executors', () => {
    expect(plain('collect at /tmp/a/b/program.py:3')).toBe('collect at program.py:3')
    expect(plain('Lost task 1.3 in stage 0.0 (TID 5) (127.0.0.1 executor 0): ExecutorLostFailure (executor 0 exited caused by one of the running tasks) Reason: Command exited with code 137')).toBe(
      'Lost task 1.3 in stage 0.0 (TID n) (executor n): ExecutorLostFailure (executor n exited caused by one of the running tasks)'
    )
  })

  it('keeps stages that never ran as skipped, and losses only until the end of the application', () => {
    const info = { 'Stage ID': 4, 'Stage Attempt ID': 0, 'Stage Name': 'count at /x/program.py:9', 'Number of Tasks': 2, 'RDD Info': [], 'Parent IDs': [3, 1], Details: '', Accumulables: [], 'Resource Profile Id': 0, 'Shuffle Push Enabled': false, 'Shuffle Push Mergers Count': 0 }
    const lost = { Event: 'SparkListenerExecutorRemoved', Timestamp: 1, 'Executor ID': '0', 'Removed Reason': 'x' } as const
    const events: BareEvent[] = [
      { Event: 'SparkListenerJobStart', 'Job ID': 0, 'Submission Time': 1, 'Stage Infos': [info], 'Stage IDs': [4], Properties: {} },
      lost,
      { Event: 'SparkListenerApplicationEnd', Timestamp: 2 },
      lost
    ]
    expect(reduceRun(events, 'a\nb\n', 1)).toEqual({
      output: ['a', 'b'], exit: 1, ended: true, executorsLost: 1, queries: [],
      jobs: [{ id: 0, stages: [4], result: 'unfinished' }],
      stages: [{ id: 4, name: 'count at program.py:9', parents: [1, 3], rdds: [], attempts: [] }]
    })
  })
})
