/** axe, in both themes, on every face the window has. */
import AxeBuilder from '@axe-core/webdriverio'
import { by, chipSays, choose, lives, openLab, panel, press, run, set, speed, stop, strike, tells, theme, type, until } from './lab.ts'

async function findsNothing(where: string): Promise<void> {
  // In the window itself: the other way opens a second window for its report, which a desktop app has not.
  const { violations } = await new AxeBuilder({ client: browser }).setLegacyMode().analyze()
  const told = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n  ${node.html}\n  ${node.failureSummary ?? ''}`))
  if (told.length > 0) throw new Error(`${where}: axe finds ${told.length}\n${told.join('\n')}`)
}

for (const name of ['light', 'dark'] as const) {
  describe(`axe finds nothing, ${name},`, () => {
    before(async () => {
      await openLab()
      await theme(name)
    })
    after(stop)

    it('at the start', () => findsNothing('start'))

    it('in the menu and the dialogs', async () => {
      await by('scenario-menu').click()
      await by('scenario-start-an-application').waitForDisplayed()
      await findsNothing('scenario menu')
      await browser.keys('Escape')
      await set({ 'spark.task.maxFailures': '4' })
      await by('settings').click()
      await findsNothing('settings')
      await browser.keys('Escape')
      await browser.keys('?')
      await $('aria/Keys').waitForDisplayed()
      await findsNothing('keys')
      await browser.keys('Escape')
    })

    it('with a program that does not parse', async () => {
      await type('print("a" "b"\n')
      await until('the line is marked', () => $('[data-testid="program-foot"].bad').isExisting())
      await findsNothing('mistake')
    })

    it('with two programs on one cluster', async () => {
      await choose('two-applications')
      await speed('fastest')
      await run()
      await tells(/came first and holds/)
      await by('pause').click()
      await chipSays('paused')
      await findsNothing('two programs')
      await stop()
    })

    it('while a program runs', async () => {
      await choose('a-crash-and-its-recovery')
      await speed('normal')
      await run()
      await tells(/^Stage 0 starts/)
      await until('tasks run', () => $('[data-testid^="executor-"] .slot.run').isExisting())
      // Axe takes its time, and the run waits for it.
      await by('pause').click()
      await chipSays('paused')
      await findsNothing('running')
      await panel('plan')
      await findsNothing('plan')
      await panel('guide')
      await by('more-faults').click()
      await findsNothing('more faults')
      await browser.keys('Escape')
      await by('pause').click()
      await chipSays('running')
    })

    it('after a crash', async () => {
      await panel('program')
      await strike('crash-executor')
      await lives('2', 'alive')
      await until('work runs again', () => $('[data-testid^="executor-"] .slot.again').isExisting())
      await by('pause').click()
      await chipSays('paused')
      await findsNothing('crash')
      for (const tab of ['state', 'tasks', 'settings']) {
        await $(`#inspector-${tab}`).click()
        await findsNothing(tab)
      }
      await $('#time-stages').click()
      await findsNothing('stages')
      await $('#time-tasks').click()
      await $('#inspector-overview').click()
    })

    it('while one looks at the past', async () => {
      await press('u')
      await press('j')
      await by('past-chip').waitForExist()
      await findsNothing('past')
      await press('n')
      await by('past-chip').waitForExist({ reverse: true })
    })

    it('when the driver is dead', async () => {
      await strike('kill-driver')
      await by('pause').click()
      await chipSays('failed, exit 137')
      await panel('output')
      await findsNothing('driver dead')
    })
  })
}
