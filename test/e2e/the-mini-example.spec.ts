import assert from 'node:assert/strict'
import { by, chipSays, choose, follow, guideShows, openLab, output, panel, run, speed, tells, type } from './lab.ts'

const table = `partitions: 4
+-----+
|value|
+-----+
|    2|
|    4|
|    6|
|    8|
|   10|
+-----+
only showing top 5 rows
`

describe('the mini example', () => {
  before(openLab)

  it('shows five rows with one task', async () => {
    await choose('the-mini-example')
    await guideShows('Guess first')
    await run()
    await guideShows('One task')
    await follow('One task')
    await guideShows('Try it')
    await chipSays('finished')
    assert.equal((await output()).trimStart().replace(/^Driver\s*/, '').trimEnd(), table.trimEnd())
    await tells(/^Stage 0 starts with 1 task:/)
  })

  it('needs every partition to count, as the guide has one try', async () => {
    await type('from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\nprint("rows:", spark.range(1, 1000000).count())\n')
    await speed('fastest')
    await run()
    await tells(/^Stage 0 starts with 4 tasks/)
    await chipSays('finished')
    assert.match(await output(), /rows: 999999\n/)
    await panel('guide')
    assert.equal(await by('next').isExisting(), true)
  })
})
