/** What the log tells of the program's own lines, on real processes. */
import { describe, expect, test } from 'vitest'
import { placeOf, placeText, planOf } from '../../engine/view/plan.ts'
import { testLab } from './lab.ts'

const bench = testLab()

const RDDS = `
from pyspark import SparkContext

def triple(x):
    y = x * 3
    return y

sc = SparkContext(appName="plan")
numbers = sc.parallelize(range(12), 4)
odd = numbers.filter(lambda x: x % 2)
pairs = odd.map(triple).map(lambda x: (x % 3, x))
sums = pairs.reduceByKey(lambda a, b: a + b, 2)
print(sums.count())
print(sums.collect())
never = numbers.map(lambda x: x / 0)
`

describe('an RDD program', () => {
  test('each line is where its work is; a line that nobody needed stays written down', async () => {
    const { view } = await bench.run(RDDS)
    expect(Object.fromEntries([4, 8, 9, 10, 11, 12, 13, 15, 16].map((line) => [line, placeOf(view, line)]))).toEqual({
      4: 'driver', 8: 'driver', 9: 'executors', 10: 'executors', 11: 'executors', 12: 'executors', 13: 'driver', 15: 'written', 16: undefined
    })
    // The function runs where its elements are, though it is written above.
    expect([5, 6].map((line) => placeOf(view, line))).toEqual(['executors', 'executors'])
    expect(placeText(view, 13)).toBe('Runs in the driver, which waits here for job 0.')
    expect(placeText(view, 11)).toBe('Runs in the executors, in tasks of stage 0. Here the driver only wrote it down (map).')
    expect(placeText(view, 15)).toBe('Only written down so far (map): no job has needed it yet.')
  })

  test('its jobs are cut into stages, each with its steps; a skipped one names the stage that made its files', async () => {
    const { view } = await bench.run(RDDS)
    const jobs = planOf(view, view.apps[0]!.appId)
    expect(jobs.map(({ action, line }) => [action, line])).toEqual([['count', 13], ['collect', 14]])
    const [first, second] = jobs
    expect(first!.stages.map(({ stage, reads, feeds }) => [stage.id, reads, feeds])).toEqual([[0, [], [1]], [1, [0], []]])
    expect(first!.stages[0]!.steps).toEqual([{ op: 'parallelize', line: 9 }, { op: 'filter', line: 10 }, { op: 'map', line: 11 }, { op: 'reduceByKey', line: 12, side: 'map' }])
    expect(first!.stages[1]!.steps).toEqual([{ op: 'reduceByKey', line: 12, side: 'reduce' }])
    expect(second!.stages[0]).toMatchObject({ stage: { id: 2, state: 'skipped' }, madeBy: 0 })
  })
})

describe('a DataFrame program', () => {
  test('the plan of each action, and the lines it is made of', async () => {
    const { view } = await bench.run(`
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.getOrCreate()
numbers = spark.range(100)
pairs = numbers.select((numbers.id % 3).alias("k"), "id")
sums = pairs.groupBy("k").agg(F.sum("id"))
other = numbers.filter("id > 1")
sums.show()
print(sums.rdd.map(lambda row: row[0]).collect())
`)
    expect(Object.fromEntries([4, 5, 6, 7, 8, 9].map((line) => [line, placeOf(view, line)]))).toEqual({ 4: 'executors', 5: 'executors', 6: 'executors', 7: 'written', 8: 'driver', 9: 'executors' })
    const [execution] = view.executions
    expect(execution).toMatchObject({ final: true, error: null, steps: [{ op: 'range', line: 4 }, { op: 'select', line: 5 }, { op: 'agg', line: 6 }] })
    const names: string[] = []
    const walk = (node: NonNullable<typeof execution>['plan']): void => {
      names.push(node.name)
      node.children.forEach(walk)
    }
    walk(execution!.plan)
    expect(names).toContain('Exchange')
    expect(names.at(-1)).toBe('Range')
    const [job] = planOf(view, view.apps[0]!.appId)
    expect(job).toMatchObject({ action: 'show', line: 8, execution: { id: 0 } })
  })
})
