import assert from 'node:assert/strict'
import { by, chipSays, choose, events, guideShows, lives, openLab, output, run, speed, step, stop, story, strike, tells, textOf, until } from './lab.ts'

describe('a window that is loaded again', () => {
  before(openLab)
  after(stop)

  it('shows the whole picture of the run that goes on', async () => {
    await choose('a-crash-and-its-recovery')
    await run()
    await guideShows('Break it')
    await chipSays('paused')
    await strike('crash-executor')
    await lives('2', 'alive')
    await by('pause').click()
    await chipSays('paused')
    let count = -1
    await until('the lab is at rest', async () => {
      const before = count
      count = await events()
      await story()
      return count === before
    })
    const before = { events: count, story: await story(), clock: await by('clock').getText(), dead: await textOf('executor-0'), driver: await textOf('driver-card') }

    await openLab()
    await chipSays('paused')
    await until('all events have come again', async () => (await events()) === before.events)
    assert.deepEqual({ events: before.events, story: await story(), clock: await by('clock').getText(), dead: await textOf('executor-0'), driver: await textOf('driver-card') }, before)
    assert.match(await by('scenario-menu').getText(), /A crash and its recovery/)
    assert.ok((await step()).number > 4, 'the guide is where the run is')
    assert.match(await browser.execute(() => document.querySelector('[data-testid="program"]')!.shadowRoot!.textContent), /reduceByKey/)

    await by('pause').click()
    await speed('fastest')
    await chipSays('finished')
    assert.match(await output(), /words in all: 615\n/)
  })

  it('shows the last run when that has ended', async () => {
    await openLab()
    await chipSays('finished')
    await tells(/^The run is over/)
    assert.match(await output(), /words in all: 615\n/)
  })
})
