import assert from 'node:assert/strict'
import { by, chipSays, choose, follow, guideShows, openLab, output, panel, run, speed, story, tells, textOf, until } from './lab.ts'

describe('too much for the driver', () => {
  before(openLab)

  it('fills the driver until it dies of memory, and the lab lives on', async () => {
    await choose('too-much-for-the-driver')
    await speed('fastest')
    await guideShows('The same pages, twice')
    await run()
    // As the guide asks: the driver is what to watch.
    await by('tree-driver').waitForExist()
    await browser.execute(() => document.querySelector<HTMLElement>('[data-testid="tree-driver"]')?.click())
    await guideShows('The room fills')
    await until('results fill the heap of the driver', async () => /results \d+ MB/.test(await textOf('inspector')))
    await follow('The room fills')
    await tells(/^The driver (ran out of memory and died|is out of memory)/)
    await chipSays('failed, exit 1')
    assert.match(await textOf('driver-card'), /Driver ✕/)
    assert.match(await textOf('death-banner'), /The driver died at .*OutOfMemoryError/)
    assert.match(await textOf('inspector'), /Died of memory · exit 1/)
    await guideShows('The driver is the application')
    await by('next').click()
    await guideShows('What to do instead')
    assert.match(await output(), /letters: 201326592\n/)
    assert.doesNotMatch(await output(), /pages in the driver/)
  })

  it('is stopped by the guard the guide names, and then the driver lives', async () => {
    await panel('guide')
    await by('settings').click()
    const guard = $('aria/Value of spark.driver.maxResultSize')
    await guard.setValue('64m')
    await browser.keys('Escape')
    await run()
    await tells(/^Job 1 failed after .*spark\.driver\.maxResultSize/)
    await chipSays('failed, exit 1')
    assert.equal((await story()).some((line) => /out of memory/.test(line)), false)
  })
})
