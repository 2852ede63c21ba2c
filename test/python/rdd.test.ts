import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Lab, withContext } from './lab.ts'

let lab: Lab
beforeAll(async () => {
  lab = await Lab.open()
})
afterAll(() => lab.close())

const prints = async (body: string): Promise<string> => {
  const run = await lab.run(withContext(body))
  expect(run.err).toBe('')
  expect(run.end).toEqual({ code: 0 })
  return run.out
}

describe('RDD programs', () => {
  it('do what the mini example does', async () => {
    expect(
      await prints(`
rdd = sc.parallelize([1, 2, 3, 4, 5])
print(sc.master, rdd.getNumPartitions())
print(rdd.map(lambda x: x * x).collect(), rdd.filter(lambda x: x % 2).collect())
print(rdd.flatMap(lambda x: range(x)).collect())
print(rdd.reduce(lambda a, b: a + b), rdd.count(), rdd.take(3), rdd.first(), rdd.sum(), rdd.glom().collect())
print(rdd.max(), rdd.min(), rdd.mean(), rdd.stats(), rdd.fold(0, lambda a, b: a + b))
print(rdd.top(2), rdd.takeOrdered(2), rdd.isEmpty(), sc.emptyRDD().isEmpty(), sc.emptyRDD().collect())
`)
    ).toBe(
      [
        'spark://lab:7077 4',
        '[1, 4, 9, 16, 25] [1, 3, 5]',
        '[0, 0, 1, 0, 1, 2, 0, 1, 2, 3, 0, 1, 2, 3, 4]',
        '15 5 [1, 2, 3] 1 15 [[1], [2], [3], [4, 5]]',
        '5 1 3.0 (count: 5, mean: 3.0, stdev: 1.4142135623730951, max: 5, min: 1) 15',
        '[5, 4] [1, 2] False True []',
        ''
      ].join('\n')
    )
  })

  it('count words and save them', async () => {
    await writeFile(join(lab.data, 'words.txt'), 'to be or not to be\nthat is the question\r\nto sleep\n')
    const run = await lab.run(
      withContext(`
counts = (sc.textFile("words.txt")
  .flatMap(lambda line: line.split())
  .map(lambda w: (w, 1))
  .reduceByKey(lambda a, b: a + b)
  .sortBy(lambda kv: (-kv[1], kv[0])))
print(counts.collect()[:3])
counts.saveAsTextFile("out")
`)
    )
    expect(run.err).toBe('')
    expect(run.out).toBe("[('to', 3), ('be', 2), ('is', 1)]\n")
    const parts = (await readdir(join(lab.data, 'out'))).sort()
    expect(parts).toEqual(['_SUCCESS', 'part-00000', 'part-00001'])
    const text = await Promise.all(parts.slice(1).map((name) => readFile(join(lab.data, 'out', name), 'utf8')))
    expect(text.join('').split('\n').slice(0, 3)).toEqual(["('to', 3)", "('be', 2)", "('is', 1)"])
    // sortBy: count, sample; then collect and save.
    expect(run.engine.jobs.map((job) => job.callSite.split(' ')[0])).toEqual(['sortBy', 'sortBy', 'collect', 'saveAsTextFile'])
    expect(run.engine.jobs[2]!.callSite).toBe(`collect at ${join(lab.data, 'program.py')}:8`)
  })
})
