/** Two programs on one cluster: the second waits, gets what is freed, and with spark.cores.max both run side by side. */
import assert from 'node:assert/strict'
import { by, chipSays, choose, follow, guideShows, openLab, output, panel, run, set, speed, stop, story, tells, textOf, until } from './lab.ts'

const tabs = (): Promise<string[]> => browser.execute(() => [...document.querySelectorAll('[role="tablist"][aria-label="Programs"] [role="tab"]')].map((tab) => tab.textContent?.trim() ?? ''))

const editor = (): Promise<string> => browser.execute(() => document.querySelector('[data-testid="program"]')?.shadowRoot?.querySelector('.cm-content')?.textContent ?? '')

/** Programs of the executors on the map that live. */
const alive = (): Promise<string[]> => browser.execute(() => [...document.querySelectorAll('[data-program][data-life="alive"]')].map((card) => card.getAttribute('data-program') ?? '').sort())

describe('two applications', () => {
  before(openLab)

  it('shows both programs, each in a tab', async () => {
    await choose('two-applications')
    await guideShows('Submit both')
    assert.deepEqual(await tabs(), ['hungry.py', 'patient.py'])
    assert.match(await editor(), /appName\("hungry"\)/)
    await $('[role="tab"]=patient.py').click()
    await until('the second program stands in the editor', async () => (await editor()).includes('appName("patient")'))
  })

  it('lets the second one wait for the cores of the first, and says so', async () => {
    await run()
    await guideShows('The second one waits')
    await tells(/^patient\.py: Application .* waits: hungry \(app-.*\) came first and holds 4 cores/)
    await until('its driver waits', async () => (await textOf('driver-2-card')).includes('waits for cores'))
    assert.match(await textOf('driver-card'), /hungry\.py/)
    assert.match(await textOf('driver-2-card'), /patient\.py/)
    assert.deepEqual(await alive(), ['hungry.py', 'hungry.py'])
    await tells(/^patient\.py: .*Initial job has not accepted any resources; check your cluster UI to ensure that workers are registered and have sufficient resources/)
    await follow('The second one waits')
    await speed('fastest')
    await tells(/^patient\.py: .*The Master starts executor 0 on worker-\d/)
    await follow('Cores are freed')
    await chipSays('finished')
    const told = await story()
    const ended = told.findIndex((line) => /^hungry\.py: .*Job 0 is done/.test(line))
    assert.ok(ended !== -1 && told.findIndex((line) => /^patient\.py: .*The Master starts executor 0/.test(line)) > ended)
    assert.match(await output(), /Driver · hungry\.py\s*hungry has its sum: 2668667000\s*Driver · patient\.py\s*2 turn\s+3 wait\s+1 your/)
  })

  it('runs both side by side with spark.cores.max, and a driver that is killed takes only its own with it', async () => {
    await panel('guide')
    await set({ 'spark.cores.max': '2' })
    await speed('normal')
    await run()
    // The lab pauses there: both have tasks running, whatever the machine's speed.
    await guideShows('Each on its own')
    await chipSays('paused')
    assert.deepEqual(await alive(), ['hungry.py', 'hungry.py', 'patient.py', 'patient.py'])
    await by('inspector').$('button=patient.py').click()
    await by('fault-kill-driver').click()
    await tells(/^patient\.py: .*The driver was killed \(SIGKILL, exit code 137\)/)
    await speed('fastest')
    await until('only the first has executors', async () => (await alive()).join() === 'hungry.py,hungry.py')
    await chipSays('failed, exit 137')
    assert.match(await output(), /hungry has its sum: 2668667000/)
  })

  it('takes a second program beside one of one’s own', async () => {
    await stop()
    await by('scenario-menu').click()
    await by('scenario-own').waitForDisplayed()
    await by('scenario-own').click()
    await panel('program')
    assert.deepEqual(await tabs(), [])
    await by('add-program').click()
    await until('two tabs', async () => (await tabs()).join() === 'program.py,program-2.py')
    assert.match(await editor(), /setAppName\("beside"\)/)
    await speed('fastest')
    await run()
    await chipSays('finished')
    assert.match(await output(), /Driver · program\.py\s*\d+\s*Driver · program-2\.py\s*338350/)
    await panel('program')
    await by('remove-program').click()
    await until('one program', async () => (await tabs()).length === 0)
  })
})
