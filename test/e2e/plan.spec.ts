/** The plan and the places: what of the program runs where, and what an action makes of it. */
import assert from 'node:assert/strict'
import { by, chipSays, openLab, panel, press, run, speed, stop, textOf, type, until } from './lab.ts'

const PROGRAM = `from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
sc = spark.sparkContext
numbers = sc.parallelize(range(12), 4)
pairs = numbers.map(lambda x: (x % 3, x))
sums = pairs.reduceByKey(lambda a, b: a + b, 2)
never = numbers.map(lambda x: x / 0)
print(sums.count())
print(sums.collect())
`

/** What the bars beside the lines say, in the order of the lines. */
const bars = (): Promise<string[]> =>
  browser.execute(() => [...(document.querySelector('[data-testid="program"]')?.shadowRoot?.querySelectorAll<HTMLElement>('.cm-place') ?? [])].map((bar) => bar.title))

describe('the plan of a program', () => {
  before(async () => {
    await openLab()
    await type(PROGRAM)
    await speed('fastest')
  })
  after(stop)

  it('is empty before anything runs, and says what will be there', async () => {
    await press('Escape')
    await panel('plan')
    assert.match(await textOf('plan'), /Transformations are only written down/)
  })

  it('shows each job with its stages and the lines they come from', async () => {
    await run()
    await chipSays('finished')
    const plan = await textOf('plan')
    assert.match(plan, /Job 1\s*collect line 9\s*done/)
    assert.match(plan, /Job 0\s*count line 8\s*done.*Stage 0\s*complete\s*4\/4 tasks.*parallelize line 4.*map line 5.*reduceByKey line 6\s*writes the shuffle.*reads stage 0.*Stage 1\s*complete\s*2\/2 tasks.*reduceByKey line 6\s*reads the shuffle/s)
  })

  it('shows a skipped stage as a ghost of the one that made its files, and what nobody needed', async () => {
    const plan = await textOf('plan')
    assert.match(plan, /Stage 2\s*skipped\s*4 tasks saved.*its shuffle files are there already: stage 0 made them/s)
    assert.match(plan, /Written down, not needed yet\s*map line 7/)
  })

  it('leads from a step to its line, and from a stage to what is known of it', async () => {
    await by('plan').$('button*=line 5').click()
    await until('the line is marked', () => browser.execute(() => /^pairs = /.test(document.querySelector('[data-testid="program"]')?.shadowRoot?.querySelector('.cm-shown')?.textContent ?? '')))
    await by('plan').$('button=Stage 1').click()
    await until('the inspector shows the stage', async () => /Stage 1/i.test(await textOf('inspector')))
  })

  it('tells of each line where it runs', async () => {
    await panel('program')
    await until('every line that was reached has its bar', async () => (await bars()).length === 9)
    const said = await bars()
    assert.match(said[0]!, /^Runs in the driver\.$/)
    assert.match(said[4]!, /^Runs in the executors, in tasks of stage 0\. Here the driver only wrote it down \(map\)\.$/)
    assert.match(said[6]!, /^Only written down so far \(map\)/)
    assert.match(said[8]!, /^Runs in the driver, which waits here for job 1\.$/)
    assert.match(await $('aria/Where each line runs').getText(), /runs in the driver\s*runs in executors\s*only written down/)
  })

  it('forgets the places when the program is changed', async () => {
    await type('print(1)\n')
    assert.deepEqual(await bars(), [])
  })
})
