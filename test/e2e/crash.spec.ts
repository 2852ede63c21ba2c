import assert from 'node:assert/strict'
import { by, chipSays, choose, follow, guideShows, lives, openLab, output, run, speed, story, tells, textOf } from './lab.ts'

describe('a crash and its recovery', () => {
  before(openLab)

  it('goes through the guide, kills an executor, and gets the right answer', async () => {
    await choose('a-crash-and-its-recovery')
    await guideShows('Count the words')
    await speed('fastest')
    await run()
    await guideShows('Wait for stage 1')
    await tells(/^Stage 1 starts with 8 tasks/)
    await guideShows('Break it')
    await chipSays('paused')
    await speed('normal')

    await by('fault-crash-executor').click()
    await tells(/^Executor \d was killed \(SIGKILL, exit code 137\)\. Tasks? .* of stage 1/)
    const [, killed] = /^Executor (\d)/.exec((await story()).find((line) => line.includes('was killed'))!)!
    await lives(killed!, 'dead')
    assert.match(await textOf(`executor-${killed}`), /exit 137/)

    await chipSays('running')
    await follow('What was lost')
    await follow('A new executor')
    await lives('2', 'alive')
    await tells(/^Stage 0 runs [1-9]\d? lost tasks? again, not all 12/)
    await speed('fastest')
    await follow('Only what is missing')
    await guideShows('The same answer')
    await chipSays('finished')
    assert.match(await output(), /98 the\s+38 and\s+22 it[^]*words in all: 615\s*$/)
  })
})
