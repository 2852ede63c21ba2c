import { describe, expect, test } from 'vitest'
import { chain, testLab } from './lab.ts'

const bench = testLab()

describe('cached blocks', () => {
  test('§8.9, §8.10 a block with two copies outlives an executor: nothing is computed again, and a lost copy is made anew', async () => {
    const ran = await bench.run(
      `
from pyspark import SparkContext, StorageLevel
sc = SparkContext(appName="copies")
seen = sc.accumulator(0)
def f(x):
    seen.add(1)
    return x
rdd = sc.parallelize(range(8), 4).map(f).persist(StorageLevel.MEMORY_AND_DISK_2)
print(rdd.sum())
print(rdd.sum(), seen.value)
`,
      { workers: 3, cores: 1, conf: { 'kindling.task.pace': '100ms' }, faults: ['crash-executor@job=1'] }
    )
    expect(ran.stdout).toBe('28\n28 8\n')
    const copies = ran.of('kindling.CachedBlock').filter((event) => event.stored)
    for (const partition of [0, 1, 2, 3]) expect(new Set(copies.filter((event) => event.partition === partition).map((event) => event.executorId)).size).toBeGreaterThanOrEqual(2)
    const again = ran.of('kindling.Decision').filter((event) => event.kind === 'replicate-block')
    expect(again.length).toBeGreaterThan(0)
    expect(chain(ran, again[0]!).map((event) => event.Event)).toContain('kindling.FaultStruck')
  })
})

describe('broadcasts', () => {
  test('§9.1 executors fetch pieces from the driver and from one another [simplified: pieces are neither compressed nor checked by a sum]', async () => {
    const ran = await bench.run(
      `
from pyspark import SparkContext
sc = SparkContext(appName="pieces")
table = sc.broadcast({n: str(n) * 20 for n in range(20000)})
print(sc.parallelize([1], 1).map(lambda x: len(table.value[x])).sum())
print(sc.parallelize(range(4), 4).map(lambda x: len(table.value[x + 10])).sum())
`,
      { workers: 2, cores: 1, conf: { 'spark.broadcast.blockSize': '32k', 'kindling.task.pace': '500ms' } }
    )
    expect(ran.stdout).toBe('20\n160\n')
    const pieces = ran.of('kindling.BroadcastPiece')
    const count = 1 + Math.max(...pieces.map((event) => event.piece))
    expect(count).toBeGreaterThan(20)
    // The first job's executor had only the driver to ask; the other could ask either.
    const first = pieces[0]!.executorId
    expect(pieces.slice(0, count).map((event) => `${event.executorId} ${event.from}`)).toEqual(new Array(count).fill(`${first} driver`))
    const second = pieces.slice(count, 2 * count)
    expect(new Set(second.map((event) => event.executorId))).toEqual(new Set([first === '0' ? '1' : '0']))
    expect(new Set(second.map((event) => event.from))).toEqual(new Set(['driver', first]))
    expect(pieces).toHaveLength(2 * count)
  })
})

describe('map output that finds no memory', () => {
  const PROGRAM = `
from pyspark import SparkContext
sc = SparkContext(appName="spill")
pairs = sc.parallelize(range(60000), 2).map(lambda i: (i % 50, str(i) * 4))
print(sorted(pairs.groupByKey(3).mapValues(lambda v: sum(len(x) for x in v)).collect())[:2])
`
  const spilled = (ran: Awaited<ReturnType<typeof bench.run>>): number[] => ran.of('SparkListenerTaskEnd').filter((end) => end['Stage ID'] === 0).map((end) => end['Task Metrics']?.['Disk Bytes Spilled'] ?? -1)

  test('§8.6, §13.15 spills to disk where execution memory is short, is put together again, and counts what went', async () => {
    const plain = await bench.run(PROGRAM)
    const short = await bench.run(PROGRAM, { conf: { 'spark.memory.fraction': '0.001', 'spark.shuffle.spill.initialMemoryThreshold': '256k' } })
    expect(short.stdout).toBe(plain.stdout)
    expect(plain.stdout).toMatch(/^\[\(0, \d+\), \(1, \d+\)\]\n$/)
    expect(spilled(plain)).toEqual([0, 0])
    for (const bytes of spilled(short)) expect(bytes).toBeGreaterThan(100_000)
    const said = short.of('kindling.Output').map((event) => event.text).join('')
    expect(said).toMatch(/INFO ExternalSorter: Thread \d+ spilling in-memory map of [\d.]+ KiB \(elements: \d+\) to disk \(1 time so far\)/)
  })

  test('§8.6 spark.shuffle.spill.numElementsForceSpillThreshold spills in any case', async () => {
    const forced = await bench.run(PROGRAM, { conf: { 'spark.shuffle.spill.numElementsForceSpillThreshold': '20' } })
    for (const bytes of spilled(forced)) expect(bytes).toBeGreaterThan(100_000)
    expect(forced.outcome.exitCode).toBe(0)
  })
})

describe('containers', () => {
  test('§8.12, §13.2 Python that outgrows the container gets its executor killed from outside: 137, no word of its own, and it counts', async () => {
    const ran = await bench.run(
      `
from pyspark import SparkContext, TaskContext
import time
sc = SparkContext(appName="outgrown")
def f(x):
    if TaskContext.get().attemptNumber() == 0:
        held = bytearray(180 << 20)
        time.sleep(3600)
    return x
print(sc.parallelize([1], 1).map(f).collect())
`,
      { workers: 1, cores: 1, conf: { 'kindling.container.limit': 'true', 'spark.executor.memory': '500m', 'spark.executor.memoryOverhead': '40m' } }
    )
    expect(ran.stdout).toBe('[1]\n')
    const died = ran.of('kindling.ProcessExited').find((event) => event.end.code === 137)!
    expect(died.end).toMatchObject({ signal: 'SIGKILL', farewell: false })
    expect(chain(ran, died).map((event) => event.Event)).toEqual(['kindling.ProcessExited', 'kindling.Decision', 'kindling.Memory'])
    expect(ran.of('SparkListenerExecutorRemoved')[0]!['Removed Reason']).toBe('Command exited with code 137')
    const lost = ran.of('SparkListenerTaskEnd').find((end) => end['Task End Reason'].Reason === 'ExecutorLostFailure')!
    expect(lost['Task End Reason']).toMatchObject({ 'Exit Caused By App': true })
  })
})
