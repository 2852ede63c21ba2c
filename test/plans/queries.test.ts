import { afterEach, describe, expect, it } from 'vitest'
import { as, asc, call, cast, col, desc, distinct, fields, lit, local, Frame, LocalCluster, randomNumbers, range } from './harness.ts'
import { FragmentKilled, runFragment, type PlanFragment } from '../../engine/plans/executor.ts'

let c: LocalCluster
const cluster = (conf: Record<string, string> = {}, parallelism = 4) => (c = new LocalCluster(conf, parallelism))
afterEach(() => c?.close())

const shape = () => c.jobs.map((j) => `${j.kind}:${[...j.stages, j.tasks].join('+')}`)

describe('jobs of each action (§10 table)', () => {
  it('shows a range with one job of one task', async () => {
    cluster()
    const df = range(1, 1000000)
    const text = await c.show(df.select(as(call('*', df.col('id'), 2), 'value')), 5)
    expect(text).toBe(['+-----+', '|value|', '+-----+', '|    2|', '|    4|', '|    6|', '|    8|', '|   10|', '+-----+', 'only showing top 5 rows'].join('\n'))
    expect(shape()).toEqual(['result:1'])
  })

  it('counts with a map job and a result job, with one job when there is one partition', async () => {
    cluster()
    expect(await c.count(range(1, 1000000).plan)).toBe(999999)
    expect(shape()).toEqual(['map:4', 'result:1'])
    cluster()
    expect(await c.count(range(0, 100, 1, 1).plan)).toBe(100)
    expect(shape()).toEqual(['result:1'])
  })

  it('coalesces the 200 shuffle partitions of a small groupBy into one task (§10.4)', async () => {
    cluster()
    const df = range(0, 1000)
    const rows = await c.rows(df.groupBy(as(call('%', col('id'), 3), 'k')).agg(as(call('count', lit(1)), 'n')).plan)
    expect(rows.toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual([[0, 334], [1, 333], [2, 333]])
    expect(shape()).toEqual(['map:4', 'result:1'])
  })

  it('runs 1+4+20+100+75 tasks for groupBy.show without adaptive execution', async () => {
    cluster({ 'spark.sql.adaptive.enabled': 'false' })
    const df = range(0, 100)
    await c.show(df.groupBy(as(call('%', col('id'), 3), 'k')).agg(as(call('count', lit(1)), 'n')))
    expect(shape()).toEqual(['result:4+1', 'result:4', 'result:20', 'result:100', 'result:75'])
  })

  it('runs groupBy.collect without adaptive execution as one job of two stages', async () => {
    cluster({ 'spark.sql.adaptive.enabled': 'false' })
    await c.rows(range(0, 100).groupBy(as(call('%', col('id'), 3), 'k')).agg(as(call('count', lit(1)), 'n')).plan)
    expect(shape()).toEqual(['result:4+200'])
  })

  it('sorts with a sample job, a map job and a result job', async () => {
    cluster()
    const df = range(0, 1000)
    const rows = await c.rows(df.select(as(call('pmod', call('*', col('id'), 7919), 1000), 'x')).orderBy('x').plan)
    expect(rows.map((r) => r[0])).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    expect(shape()).toEqual(['result:4', 'map:4', 'result:1'])
  })

  it('takes the top rows of a sort with one job and no shuffle', async () => {
    cluster()
    const df = range(0, 1000)
    expect(await c.take(df.orderBy(desc(col('id'))).plan, 3)).toEqual([[999], [998], [997]])
    expect(shape()).toEqual(['result:4'])
  })

  it('joins by sort and merge with two map jobs and a result job, by broadcast with two jobs', async () => {
    cluster({ 'spark.sql.autoBroadcastJoinThreshold': '-1' })
    const a = range(0, 100)
    const b = range(50, 150)
    expect((await c.rows(a.join(b, ['id']).plan)).length).toBe(50)
    expect(shape()).toEqual(['map:4', 'map:4', 'result:1'])
    cluster()
    expect((await c.rows(range(0, 100).join(range(50, 150), ['id']).plan)).length).toBe(50)
    expect(shape()).toEqual(['result:4', 'result:4'])
  })

  it('fills a cached plan in a job of its own the first time', async () => {
    cluster()
    const df = range(0, 100).filter(call('>', col('id'), 9))
    await c.runner.cache(df.plan, { 'Use Disk': true, 'Use Memory': true, 'Use Off Heap': false, Deserialized: true, Replication: 1 })
    expect(await c.count(df.plan)).toBe(90)
    expect(shape()).toEqual(['result:4', 'map:4', 'result:1'])
    c.jobs.length = 0
    expect(await c.count(df.plan)).toBe(90)
    expect(shape()).toEqual(['map:4', 'result:1'])
    const cachedNode = [...c.nodes.values()].filter((n) => n.node.storageLevel)
    expect(cachedNode.map((n) => n.node.partitions)).toEqual([4])
    // The same steps built anew are recognised; other steps are not.
    c.jobs.length = 0
    expect(await c.count(range(0, 100).filter(call('>', col('id'), 9)).plan)).toBe(90)
    expect(c.counts.get('input-records')).toBe(100)
    c.runner.uncache(df.plan)
    expect(await c.count(df.plan)).toBe(90)
    expect(c.counts.get('input-records')).toBe(200)
  })

  it('scans more partitions for take as it finds too few: 1, 4, then what is missing (§10.10)', async () => {
    cluster({}, 100)
    const df = range(0, 1000).filter(call('>=', col('id'), 900))
    expect((await c.take(df.plan, 3)).map((r) => r[0])).toEqual([900, 901, 902])
    expect(c.jobs.map((j) => j.tasks)).toEqual([1, 4, 20, 75])
  })

  it('answers isEmpty and tail', async () => {
    cluster()
    const json = async (kind: object) => JSON.parse((await c.runner.collect(range(0, 100).plan, kind as never, 'x')).json) as unknown[][]
    expect((await json({ kind: 'isEmpty' })).length).toBe(1)
    // One job: some of each partition, then of those.
    expect(c.jobs.map((job) => job.tasks)).toEqual([1])
    expect(await json({ kind: 'tail', n: 3 })).toEqual([[97], [98], [99]])
    expect((JSON.parse((await c.runner.collect(range(0, 0).plan, { kind: 'isEmpty' }, 'x')).json) as unknown[]).length).toBe(0)
  })

  it('tells the log of an execution, its jobs carry the id (§10.13)', async () => {
    cluster()
    await c.count(range(0, 10).plan)
    const names = c.events.map((e) => e.Event.split('.').at(-1))
    expect(names[0]).toBe('SparkListenerSQLExecutionStart')
    expect(names.at(-1)).toBe('SparkListenerSQLExecutionEnd')
    expect(names.filter((n) => n === 'SparkListenerSQLAdaptiveExecutionUpdate').length).toBe(2)
    expect(c.jobs.every((j) => j.properties['spark.sql.execution.id'] === '0')).toBe(true)
  })
})

describe('whole queries against plain computation', () => {
  const random = randomNumbers(20240131)
  const data = Array.from({ length: 2000 }, (_, i) => [i, Math.floor(random() * 40), random() < 0.1 ? null : Math.floor(random() * 1000) / 4, `name${Math.floor(random() * 25)}`] as [number, number, number | null, string])
  const frame = (partitions = 5) => local(fields(['id', 'long'], ['k', 'integer'], ['v', 'double'], ['s', 'string']), data, partitions)
  const sorted = (rows: readonly unknown[]) => rows.map((r) => JSON.stringify(r)).toSorted()

  it.each([['adaptive', {}], ['not adaptive', { 'spark.sql.adaptive.enabled': 'false' }], ['few partitions', { 'spark.sql.shuffle.partitions': '3' }]])('groups and aggregates, %s', async (_name, conf) => {
    cluster(conf)
    const rows = await c.rows(frame().groupBy('k').agg(call('count', lit(1)), call('sum', col('v')), call('min', col('s')), call('max', col('v')), call('count', col('v')), distinct('count', col('s'))).plan)
    const groups = new Map<number, typeof data>()
    for (const d of data) groups.set(d[1], [...(groups.get(d[1]) ?? []), d])
    const expected = [...groups].map(([k, g]) => {
      const vs = g.map((d) => d[2]).filter((v) => v !== null)
      return [k, g.length, vs.reduce((a, b) => a + b, 0), g.map((d) => d[3]).toSorted()[0], Math.max(...vs), vs.length, new Set(g.map((d) => d[3])).size]
    })
    expect(sorted(rows)).toEqual(sorted(expected))
  })

  it('counts several sets of distinct values at once', async () => {
    cluster()
    const rows = await c.rows(frame().groupBy().agg(distinct('count', col('k')), distinct('count', col('s'), col('k')), distinct('sum', col('k'))).plan)
    expect(rows).toEqual([[new Set(data.map((d) => d[1])).size, new Set(data.map((d) => `${d[1]}${d[3]}`)).size, [...new Set(data.map((d) => d[1]))].reduce((a, b) => a + b, 0)]])
  })

  it.each(['inner', 'left', 'right', 'full', 'leftsemi', 'leftanti'])('joins %s, by every strategy alike', async (how) => {
    const left = data.slice(0, 300)
    const right = Array.from({ length: 60 }, (_, i) => [i % 7 === 0 ? null : Math.floor(i * 0.9), `r${i}`] as [number | null, string])
    const expected: unknown[][] = []
    for (const l of left) {
      const hits = right.filter((r) => r[0] === l[1])
      if (how === 'leftsemi' ? hits.length : how === 'leftanti' && !hits.length) expected.push([l[0], l[1]])
      if (how === 'leftsemi' || how === 'leftanti') continue
      for (const h of hits) expected.push([l[0], l[1], h[0], h[1]])
      if (!hits.length && (how === 'left' || how === 'full')) expected.push([l[0], l[1], null, null])
    }
    if (how === 'right' || how === 'full') for (const r of right) if (!left.some((l) => l[1] === r[0])) expected.push([null, null, r[0], r[1]])
    for (const strategy of ['sort-merge', 'hinted', 'condition']) {
      cluster({ 'spark.sql.autoBroadcastJoinThreshold': '-1' })
      const a = local(fields(['id', 'long'], ['k', 'integer']), left.map((l) => [l[0], l[1]]), 3)
      const b = local(fields(['rk', 'integer'], ['name', 'string']), right, 2)
      const other = strategy === 'hinted' ? b.with('hint', { name: 'broadcast' }) : b
      const on = strategy === 'condition' ? call('and', call('<=', a.col('k'), b.col('rk')), call('>=', a.col('k'), b.col('rk'))) : call('=', a.col('k'), b.col('rk'))
      expect(sorted(await c.rows(a.join(other, on, how).plan)), strategy).toEqual(sorted(expected))
    }
  })

  it('joins with a rest of a condition', async () => {
    cluster({ 'spark.sql.autoBroadcastJoinThreshold': '-1' })
    const a = frame(3)
    const b = local(fields(['rk', 'integer'], ['w', 'double']), [[1, 10], [1, 200], [2, 50]], 1)
    const rows = await c.rows(a.join(b, call('and', call('=', col('k'), col('rk')), call('<', col('v'), col('w'))), 'left').select('id', 'w').plan)
    const expected = data.flatMap((d): unknown[][] => {
      const hits = [[1, 10], [1, 200], [2, 50]].filter(([k, w]) => k === d[1] && d[2] !== null && d[2] < w!)
      return hits.length ? hits.map((h) => [d[0], h[1]]) : [[d[0], null]]
    })
    expect(sorted(rows)).toEqual(sorted(expected))
  })

  it('joins a frame with itself', async () => {
    cluster()
    const df = range(0, 10)
    const other = df.filter(call('>', col('id'), 4))
    expect((await c.rows(df.join(other, call('=', df.col('id'), other.col('id'))).plan)).map((r) => r[0]).toSorted()).toEqual([5, 6, 7, 8, 9])
    expect((await c.rows(df.join(df, ['id']).plan)).length).toBe(10)
  })

  it('multiplies frames', async () => {
    cluster({ 'spark.sql.autoBroadcastJoinThreshold': '-1' })
    expect((await c.rows(range(0, 7).join(range(0, 5), null, 'cross').plan)).length).toBe(35)
    cluster()
    expect((await c.rows(range(0, 7).join(range(0, 5), null).plan)).length).toBe(35)
  })

  it('sorts over partitions with nulls, several keys and both directions', async () => {
    cluster({ 'spark.sql.shuffle.partitions': '5', 'spark.sql.adaptive.coalescePartitions.enabled': 'false' })
    const rows = await c.rows(frame().orderBy(desc(col('k')), asc(col('v')), asc(col('id'))).select('k', 'v', 'id').plan)
    const expected = data.toSorted((x, y) => y[1] - x[1] || (x[2] === null ? (y[2] === null ? 0 : -1) : y[2] === null ? 1 : x[2] - y[2]) || x[0] - y[0]).map((d) => [d[1], d[2], d[0]])
    expect(rows).toEqual(expected)
    expect(c.jobs.at(-1)!.tasks).toBe(5)
  })

  it('repartitions, coalesces, unions, limits, samples', async () => {
    cluster()
    const parts = async (f: Frame) => (await c.runner.toRdd(f.plan)).partitions
    expect(await parts(range(0, 100).repartition(7))).toBe(7)
    expect(await parts(range(0, 100).coalesce(2))).toBe(2)
    expect(await parts(range(0, 10).union(range(0, 10)))).toBe(8)
    expect(sorted(await c.rows(range(0, 100).repartition(7).plan))).toEqual(sorted(Array.from({ length: 100 }, (_, i) => [i])))
    expect((await c.rows(range(0, 100).coalesce(3).plan)).map((r) => r[0])).toEqual(Array.from({ length: 100 }, (_, i) => i))
    expect(await c.count(range(0, 10).union(range(5, 20)).plan)).toBe(25)
    expect(await c.count(range(0, 100).limit(37).plan)).toBe(37)
    const sampled = await c.count(range(0, 10000).with('sample', { fraction: 0.1, seed: 3, withReplacement: false }).plan)
    expect(sampled).toBeGreaterThan(850)
    expect(sampled).toBeLessThan(1150)
    expect(await c.count(range(0, 10000).with('sample', { fraction: 0.1, seed: 3, withReplacement: false }).plan)).toBe(sampled)
    // Hash partitioning puts equal keys together, where Spark's Murmur3 puts them.
    const where = await c.rows(range(0, 8).repartition(4, col('id')).select('id', call('spark_partition_id'), call('pmod', call('hash', col('id')), 4)).plan)
    for (const r of where) expect(r[1]).toBe(r[2])
  })

  it('removes duplicates, drops and fills nulls', async () => {
    cluster()
    const df = local(fields(['a', 'integer'], ['b', 'string'], ['d', 'double']), [[1, 'x', null], [1, 'x', null], [null, 'y', { $double: 'NaN' }], [2, null, 1.5]], 3)
    expect(await c.count(df.with('distinct', {}).plan)).toBe(3)
    expect(await c.count(df.with('distinct', { columns: ['a'] }).plan)).toBe(3)
    expect(sorted(await c.rows(df.with('dropna', { how: 'any' }).plan))).toEqual([])
    expect(sorted(await c.rows(df.with('dropna', { how: 'all', columns: ['a', 'd'] }).plan)).length).toBe(3)
    expect(sorted(await c.rows(df.with('fillna', { values: 0 }).plan))).toEqual(sorted([[1, 'x', 0], [1, 'x', 0], [0, 'y', 0], [2, null, 1.5]]))
    expect(sorted(await c.rows(df.with('fillna', { values: { b: '?' } }).select('a', 'b').plan))).toEqual(sorted([[1, 'x'], [1, 'x'], [null, 'y'], [2, '?']]))
  })

  it('explodes', async () => {
    cluster()
    const df = local(fields(['id', 'integer'], ['xs', { type: 'array', element: 'integer', containsNull: true }]), [[1, [10, 20]], [2, []], [3, null]], 2)
    expect(await c.rows(df.select('id', as(call('explode', col('xs')), 'x')).plan)).toEqual([[1, 10], [1, 20]])
    expect(await c.rows(df.select('id', call('explode_outer', col('xs'))).plan)).toEqual([[1, 10], [1, 20], [2, null], [3, null]])
    expect(await c.rows(df.select('id', call('posexplode', col('xs'))).plan)).toEqual([[1, 0, 10], [1, 1, 20]])
  })

  it('reads rows of a Python RDD', async () => {
    cluster()
    c.python.set(1000, ['[[1,"a"]]', '[[2,"b"],[3,"c"]]'])
    const rdd = local(fields(['n', 'long'], ['s', 'string']), []).plan
    const plan = { ...rdd, op: 'rdd', rddId: 1000, partitions: 2 } as never
    expect(await c.rows(plan)).toEqual([[1, 'a'], [2, 'b'], [3, 'c']])
  })

  it('spills sorts and aggregates when memory is refused, and fails when that is not enough (§8.5, 13.12)', async () => {
    cluster({ 'spark.sql.autoBroadcastJoinThreshold': '-1' }, 2)
    c.memory = 1 << 20
    const big = range(0, 60000).select(as(call('pmod', call('*', col('id'), 7919), 60000), 'x'), as(call('concat', lit('some text to fill memory '), cast(col('id'), 'string')), 's'))
    const rows = await c.rows(big.orderBy('x').plan)
    expect(rows.length).toBe(60000)
    expect(rows.every((r, i) => r[0] === i && (r[1] as string).startsWith('some text'))).toBe(true)
    expect(c.spills).toBeGreaterThan(0)
    expect(c.counts.get('disk-spilled')).toBeGreaterThan(100000)
    const before = c.spills
    expect(await c.count(big.groupBy('s').agg(as(call('count', lit(1)), 'n')).plan)).toBe(60000)
    expect(c.spills).toBeGreaterThan(before)
    c.memory = 1 << 18
    await expect(c.rows(range(0, 60000).join(range(0, 60000).with('hint', { name: 'broadcast' }), ['id']).plan)).rejects.toThrow(/^\[UNABLE_TO_ACQUIRE_MEMORY\] Unable to acquire \d+ bytes of memory, got \d+\. SQLSTATE: 53200$/)
  })
})

describe('steps of a frame', () => {
  const df = () => local(fields(['a', 'integer'], ['b', 'string']), [[1, 'x'], [2, 'y']], 1)
  it('add, replace, rename and drop columns', async () => {
    cluster()
    const f = df().withColumn('c', call('+', col('a'), 10)).withColumn('A', call('*', col('a'), 2))
    expect((await c.runner.analyze(f.plan)).schema.map((x) => x.name)).toEqual(['A', 'b', 'c'])
    expect(await c.rows(f.plan)).toEqual([[2, 'x', 11], [4, 'y', 12]])
    expect((await c.runner.analyze(f.with('rename', { names: [['b', 'B2'], ['none', 'x']] }).plan)).schema.map((x) => x.name)).toEqual(['A', 'B2', 'c'])
    expect(await c.rows(f.with('drop', { columns: ['c', 'zzz'] }).plan)).toEqual([[2, 'x'], [4, 'y']])
  })
  it('unite by name, missing columns null', async () => {
    cluster()
    const other = local(fields(['b', 'string'], ['z', 'double']), [['q', 1.5]], 1)
    expect(await c.rows(new Frame({ op: 'union', left: df().plan, right: other.plan, byName: true, allowMissing: true }).plan)).toEqual([[1, 'x', null], [2, 'y', null], [null, 'q', 1.5]])
    await expect(c.rows(new Frame({ op: 'union', left: df().plan, right: other.plan, byName: true, allowMissing: false }).plan)).rejects.toThrow('Cannot resolve column name "a" among (b, z).')
  })
  it('widen types of a union', async () => {
    cluster()
    const wide = local(fields(['a', 'long'], ['b', 'string']), [[{ $long: '9007199254740993' }, 'z']], 1)
    expect(await c.rows(df().union(wide).plan)).toEqual([[1, 'x'], [2, 'y'], [{ $long: '9007199254740993' }, 'z']])
  })
  it('make ranges of any step, and none', async () => {
    cluster({}, 3)
    expect((await c.rows(range(10, 0, -3).plan)).flat()).toEqual([10, 7, 4, 1])
    expect((await c.rows(range(0, 10, 4).plan)).flat()).toEqual([0, 4, 8])
    expect(await c.count(range(5, 5).plan)).toBe(0)
    expect((await c.rows(range(9007199254740990, 9007199254740991, 1, 1).select(call('+', col('id'), 3)).plan))[0]![0]).toEqual({ $long: '9007199254740993' })
    // §10.7: partition i holds the elements from floor(i·n/k) on.
    const sizes = await c.rows(range(1, 1000000, 1, 8).groupBy(as(call('spark_partition_id'), 'p')).agg(as(call('count', lit(1)), 'n')).orderBy('p').plan)
    expect(sizes.map((r) => r[1])).toEqual([124999, 125000, 125000, 125000, 125000, 125000, 125000, 125000])
  })
})

describe('tasks that are stopped or lose blocks', () => {
  it('end when they are killed', async () => {
    cluster()
    const { fragment } = await c.runner.toRdd(range(0, 1e9, 1, 1).plan)
    const signal = { killed: false }
    let seen = 0
    const io = { ...c.io(0), breathe: async () => void (signal.killed = ++seen > 3) }
    const read = async () => {
      for await (const batch of runFragment(JSON.parse(JSON.stringify(fragment)) as PlanFragment, 0, io, { acquire: async (n) => n, release: () => {} }, signal)) expect(batch.length).toBeLessThanOrEqual(4096)
    }
    await expect(read()).rejects.toThrow(FragmentKilled)
    expect(seen).toBe(4)
  })
  it('compute a cached block again where it is lost', async () => {
    cluster()
    const df = range(0, 100).groupBy(as(call('%', col('id'), 7), 'k')).agg(as(call('count', lit(1)), 'n'))
    await c.runner.cache(df.plan, { 'Use Disk': true, 'Use Memory': true, 'Use Off Heap': false, Deserialized: true, Replication: 1 })
    expect(await c.count(df.plan)).toBe(7)
    const blocks = [...c.cache.keys()]
    expect(blocks.length).toBe(200)
    for (const k of blocks.slice(0, 100)) c.cache.delete(k)
    expect(await c.count(df.plan)).toBe(7)
    expect(c.cache.size).toBe(200)
  })
})

it('unpacks gzip', async () => {
  cluster()
  const packed = new Response(new Blob(['id,v\n1,a\n2,b\n']).stream().pipeThrough(new CompressionStream('gzip')))
  const path = c.file('x.csv.gz', '')
  await c.files.writeFile(path, new Uint8Array(await packed.arrayBuffer()))
  const schema = await c.runner.inferSchema('csv', [path], { header: 'true', inferSchema: 'true' }, 'x')
  expect(await c.rows(new Frame({ op: 'read', format: 'csv', paths: [path], schema, options: { header: 'true' } }).plan)).toEqual([[1, 'a'], [2, 'b']])
})
