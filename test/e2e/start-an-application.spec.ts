import assert from 'node:assert/strict'
import { by, chipSays, choose, follow, guideShows, openLab, output, panel, run, speed, tells, textOf, until } from './lab.ts'

describe('start an application', () => {
  before(openLab)

  it('goes through the guide: executors arrive, eight tasks run, all ends in order', async () => {
    await choose('start-an-application')
    await guideShows('Run it')
    await run()
    await guideShows('Executors arrive')
    await guideShows('One action, eight tasks')
    await tells(/^The application .* is registered as app-\d{14}-\d{4}/)
    await tells(/^Executor 0 has registered with the driver/)
    await tells(/^Executor 1 has registered with the driver/)
    await until('tasks stand in the slots', async () => (await $$('[data-testid^="executor-"] .slot.run').getElements()).length > 0)
    await speed('fastest')
    await follow('One action, eight tasks')
    await tells(/^Stage 0: all 8 tasks done/)
    await guideShows('What is where')
    await by('next').click()
    await guideShows('The end')
    await chipSays('finished')
    assert.match(await output(), /^Driver\s*master: spark:\/\/\S+\nsum of the squares: 338350\n$/)
    for (const id of ['0', '1']) assert.match(await textOf(`executor-${id}`), /exit 0\s*left in order/)
    assert.match(await textOf('driver-card'), /exit 0/)
    await panel('guide')
    await until('the last step is done', async () => (await by('guide').getAttribute('data-done')) === 'true')
  })
})
