/** All faults in one dialog: found by a word, struck again and again, and healed. */
import assert from 'node:assert/strict'
import { Key } from 'webdriverio'
import { by, chipSays, choose, lives, openLab, panel, picture, resize, run, set, speed, stop, tells, textOf, theme, until } from './lab.ts'

const field = (label: string): ReturnType<typeof $> => $(`aria/${label}`)

describe('the catalog of faults', () => {
  before(openLab)
  beforeEach(async () => {
    await choose('a-crash-and-its-recovery')
    await panel('output')
    await speed('normal')
  })
  afterEach(stop)

  it('finds a fault by a word, by keyboard too, and tells what follows', async () => {
    await by('more-faults').click()
    await by('fault-search').setValue('heartbeat timeout')
    await until('few are left', async () => (await $$('[data-testid^="choice-"]').getElements()).length < 5)
    await by('fault-search').setValue('poison')
    await until('one is shown', async () => /Poison a record/.test(await textOf('fault-form')))
    assert.match(await textOf('fault-form'), /Each attempt fails at the same line/)
    await by('fault-search').click()
    await browser.keys([Key.Ctrl, 'a'])
    await browser.keys(Key.Delete)
    await by('choice-crash-executor').click()
    await browser.keys('ArrowDown')
    await until('the next one is shown', async () => /oom-executor/.test(await textOf('fault-form')))
    for (const name of ['light', 'dark'] as const) {
      await browser.keys('Escape')
      await by('fault-form').waitForExist({ reverse: true })
      await theme(name)
      await by('more-faults').click()
      for (const [width, height] of [[1280, 800], [1920, 1080]] as const) {
        if (await resize(width, height)) await picture(`faults-${name}-${width}`)
      }
    }
    await browser.keys('Escape')
  })

  it('strikes again and again, and a lasting one is healed by hand', async () => {
    await set({ 'spark.network.timeout': '600s', 'spark.network.timeoutInterval': '600s', 'spark.executor.heartbeatInterval': '1s' })
    await run()
    await tells(/^Stage 0 starts with 12 tasks/)
    await until('a task is on the map', () => $('[data-testid^="executor-"] .slot.run').isExisting())
    // However long the form takes to fill, the run waits for it.
    await by('pause').click()
    await chipSays('paused')
    await by('more-faults').click()
    await by('choice-fail-task').click()
    await field('When').selectByAttribute('value', 'stage')
    await $('[data-testid="fault-form"] input[placeholder="1"]').setValue('any')
    await field('Repeat').selectByAttribute('value', 'every')
    await $('[data-testid="fault-form"] button').click()
    await tells(/^You pressed Fail a task, to strike at stage=any,every/)
    await by('more-faults').click()
    await by('choice-hang-executor').click()
    await field('Executor').setValue('0')
    await field('When').selectByAttribute('value', 'now')
    await $('[data-testid="fault-form"] button').click()
    await tells(/^You pressed Silence/)
    await by('pause').click()
    await lives('0', 'silent')
    await by('more-faults').click()
    assert.match(await textOf('active-hang-executor'), /executor-0/)
    assert.match(await textOf('active-fail-task'), /waits for stage=any,every/)
    await by('heal-hang-executor').click()
    await until('it is gone from the list', async () => !(await by('active-hang-executor').isExisting()))
    await browser.keys('Escape')
    await tells(/^You healed Silence: executor 0\./)
    await lives('0', 'alive')
    await speed('fastest')
    await tells(/^Fail a task strikes a task of stage 1/)
    await chipSays('finished')
  })
})
