/** The whole way by keys alone: choose, run, pause, step, strike, look at what was struck. */
import assert from 'node:assert/strict'
import { Key } from 'webdriverio'
import { by, chipSays, events, focus, go, lives, openLab, press, stop, story, tells, textOf, until } from './lab.ts'

describe('the keyboard', () => {
  before(openLab)
  after(stop)

  it('chooses a scenario from the menu', async () => {
    await go(Key.Tab, 'scenario-menu')
    await press(Key.Enter)
    await by('scenario-start-an-application').waitForDisplayed()
    await go(Key.ArrowDown, 'scenario-a-crash-and-its-recovery')
    await press(Key.Enter)
    await until('the scenario is chosen', async () => /A crash and its recovery/.test(await by('scenario-menu').getText()))
  })

  it('shows the list of keys with ?, and Escape closes it', async () => {
    await press('?')
    const dialog = $('aria/Keys')
    await dialog.waitForDisplayed()
    assert.match(await dialog.getText(), /Space\s+Pause or go on[^]*C\s+Crash executor/)
    await press(Key.Escape)
    await dialog.waitForDisplayed({ reverse: true })
  })

  it('runs, pauses and steps', async () => {
    await press('3')
    await press('r')
    await tells(/^Stage 0 starts/)
    // From nowhere in particular: Space on a button would press that button.
    await browser.execute(() => (document.activeElement as HTMLElement | null)?.blur())
    await press(Key.Space)
    await chipSays('paused')
    let frozen = -1
    await until('the lab is at rest', async () => {
      const before = frozen
      frozen = await events()
      await story()
      return frozen === before
    })
    // While every process computes nothing is on its way, and the lab says so.
    await until('a step brought something', async () => {
      await press('.')
      return (await events()) > frozen
    })
    await chipSays('paused')
    await press(Key.Space)
    await chipSays('running')
  })

  it('goes through the cluster with arrows, strikes the executor it stands on, and reads why', async () => {
    await by('tree-executor-1').waitForExist()
    await go(Key.Tab, /^tree-/)
    await press(Key.Home)
    assert.equal(await focus(), 'tree-master')
    await until('the inspector shows the Master', async () => /^Master/.test(await textOf('inspector')))
    await go(Key.ArrowDown, 'tree-executor-1')
    await until('the inspector shows the executor', async () => /^Executor 1/.test(await textOf('inspector')))
    await press('c')
    await tells(/^You pressed Crash executor: executor 1/)
    await lives('1', 'dead')
    await until('the inspector tells why', async () => /exit 137.*Why is executor 1 gone\?.*You pressed Crash executor/s.test(await textOf('inspector')))
    await go(Key.Tab, 'inspector-overview')
    await press(Key.ArrowRight)
    await $('svg[aria-label^="State machine of the executor"]').waitForDisplayed()
  })

  it('stops', async () => {
    await lives('2', 'alive')
    await press('x')
    await chipSays('stopped')
  })
})
