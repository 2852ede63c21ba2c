/** How plans are cut into jobs and tasks, a fact of the sheet each. */
import { afterEach, expect, it } from 'vitest'
import { as, asc, call, col, fields, lit, local, LocalCluster, range } from './harness.ts'

let c: LocalCluster
const cluster = (conf: Record<string, string> = {}, parallelism = 4) => (c = new LocalCluster(conf, parallelism))
afterEach(() => c?.close())

const updates = () => c.events.filter((event) => event.Event.endsWith('SparkListenerSQLAdaptiveExecutionUpdate')).length

it('§10.1 only a plan with an exchange is adapted', async () => {
  cluster()
  await c.show(range(0, 10).filter(call('>', col('id'), 3)))
  expect(updates()).toBe(0)
  await c.show(range(0, 10).groupBy(as(call('%', col('id'), 3), 'k')).agg(as(call('count', lit(1)), 'n')))
  expect(updates()).toBeGreaterThan(0)
  cluster({ 'spark.sql.adaptive.enabled': 'false' })
  await c.show(range(0, 10).groupBy(as(call('%', col('id'), 3), 'k')).agg(as(call('count', lit(1)), 'n')))
  expect(updates()).toBe(0)
})

it('§10.7 a range has the default parallelism; partitions differ by one row at most, cut by position', async () => {
  cluster({}, 8)
  const sizes = async (frame: ReturnType<typeof range>) =>
    (await c.rows(frame.groupBy(as(call('spark_partition_id'), 'p')).agg(as(call('count', lit(1)), 'n'), as(call('min', col('id')), 'first')).orderBy(asc(col('p'))).plan)).map(([, n, first]) => [n, first])
  const n = 999_999
  const expected = Array.from({ length: 8 }, (_, i) => {
    const from = Math.floor((i * n) / 8)
    return [Math.floor(((i + 1) * n) / 8) - from, 1 + from]
  })
  expect(await sizes(range(1, 1_000_000))).toEqual(expected)
  expect(new Set(expected.map(([size]) => size))).toEqual(new Set([124_999, 125_000]))
  cluster({ 'spark.sql.leafNodeDefaultParallelism': '3' }, 8)
  expect((await sizes(range(0, 10))).map(([size]) => size)).toEqual([3, 3, 4])
})

it('§10.12 rows of the program itself are shown by a job, as PySpark’s are', async () => {
  cluster()
  const df = local(fields(['x', 'integer']), [[1], [2], [3]], 2)
  await c.show(df)
  expect(c.jobs.length).toBeGreaterThan(0)
})
