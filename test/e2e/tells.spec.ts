/** What a failure tells: the certificate, what was lost, redone and saved, lives, why, before and now, the bill. Through roles and words. */
import assert from 'node:assert/strict'
import AxeBuilder from '@axe-core/webdriverio'
import { by, chipSays, choose, guideShows, lives, openLab, panel, picture, resize, run, select, speed, step, stop, story, strike, tells, textOf, theme, until } from './lab.ts'

const certificate = (): ReturnType<typeof $> => $('aria/Death certificate')

async function axeFindsNothing(where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ client: browser }).setLegacyMode().analyze()
  const told = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n  ${node.html}`))
  assert.deepEqual(told, [], where)
}

/** Everything folded away in the inspector is opened. */
const unfold = (): Promise<void> => browser.execute(() => document.querySelectorAll<HTMLDetailsElement>('[data-testid="inspector"] details').forEach((one) => (one.open = true)))

const inspector = (): Promise<string> => textOf('inspector')

/** The tops of the fault buttons: one, when they stand in one row. */
const rows = (): Promise<number> => browser.execute(() => new Set([...document.querySelectorAll('[aria-label="Break something"] .buttons > .btn')].map((one) => Math.round(one.getBoundingClientRect().top))).size)

describe('what a failure tells', () => {
  let killed = ''
  before(openLab)
  after(stop)

  it('gives a killed executor its certificate', async () => {
    await choose('a-crash-and-its-recovery')
    await speed('fastest')
    await run()
    await guideShows('Break it')
    await chipSays('paused')
    await speed('normal')
    await strike('crash-executor')
    await tells(/^Executor \d was killed/)
    ;[, killed = ''] = /^Executor (\d)/.exec((await story()).find((line) => line.includes('was killed'))!)!
    await lives(killed, 'dead')
    await select(`executor-${killed}`)
    await certificate().waitForDisplayed()
    await until('the certificate is whole', async () => /Killed from outside · SIGKILL · exit 137.*At \d+\.\d s\. Last heartbeat: .*What 137 means: 128 \+ 9: SIGKILL.*ended by\s*you, with Crash executor at .*doing\s*task \d+ of stage 1 \(attempt 0\).*held\s*\d+ map outputs? of shuffle 0 \(stage 0\).*then\s*replaced by executor 2/s.test(await inspector()))
  })

  it('draws as many lost outputs as the log tells', async () => {
    await tells(/^Stage 0 runs [1-9]\d? lost tasks? again, not all 12/)
    const gone = (await story()).find((line) => line.startsWith(`Gone with executor ${killed}`))!
    const told = Number(/(\d+) map outputs? of shuffle 0/.exec(gone)![1])
    const shown = await by('loss').getAttribute('data-lost-outputs')
    assert.equal(Number(shown), told)
    const cells = await browser.execute(() => [...document.querySelectorAll('[data-testid="loss"] .row:nth-of-type(n+2) .cells i')].map((one) => one.className.split(' ')[0]!))
    assert.equal(cells.length, 12)
    assert.equal(cells.filter((state) => !state.startsWith('kept')).length, told)
    await until('they are all made again', async () => new RegExp(`map outputs of shuffle 0: ${12 - told} kept, ${told} done again`).test(await inspector()))
  })

  it('goes back along the causes, and marks where one is', async () => {
    const why = $('aria/Why')
    assert.match(await why.getText(), /Why is executor \d gone\?/)
    await why.$('button*=You pressed Crash executor').click()
    await until('the story marks the press', async () => /You pressed Crash executor/.test(await $('[data-testid="story"] [aria-current]').getText()))
    await select(`executor-${killed}`)
    // By the keyboard: to a task that was on it, and from there to why it failed.
    await browser.execute(() => [...document.querySelectorAll<HTMLElement>('[data-testid="inspector"] dd button')].find((one) => /^task \d/.test(one.textContent ?? ''))!.focus())
    await browser.keys('Enter')
    await until('the task tells of its life', async () => /Task 1\.\d.*Lives:.*3 of 4 lives left.*− 1 life\..*may have been ended by one of its tasks/s.test(await inspector()))
    assert.match(await inspector(), /Why did task \d+ of stage 1 fail\?.*was lost with executor \d/s)
    await $('aria/Why').$('button*=You pressed Crash executor').waitForExist()
  })

  for (const name of ['light', 'dark'] as const) {
    it(`passes axe with all of it open, ${name}`, async () => {
      await theme(name)
      await select(`executor-${killed}`)
      await unfold()
      await axeFindsNothing('certificate')
      await resize(1280, 800)
      await picture(`tells-certificate-${name}-1280x800`)
    })
  }

  it('has the bill at the end, and what is in it', async () => {
    await theme('light')
    await speed('fastest')
    // The guide pauses for its reader.
    await until('the run is over', async () => {
      if ((await step()).done) await by('next').click()
      return (await by('state-chip').getText()).includes('finished')
    })
    await $('aria/Back to the run').click()
    await until('the run tells what it cost', async () => /The bill\s*: .* lost, \d+ task attempts done twice/s.test(await inspector()))
    assert.match(await inspector(), new RegExp(`What was lost.*Executor ${killed}\\s*lost \\d+ running tasks?, \\d+ map outputs?`, 's'))
    await unfold()
    assert.match(await inspector(), /time lost.*Lab time from the first failure.*work done twice.*core-seconds, \d+ attempts.*slots idle/s)
    assert.match(await inspector(), /Before the last fault → at the end/)
    await axeFindsNothing('bill')
    await picture('tells-bill-light-1280x800')
    if (await resize(1920, 1080)) {
      await picture('tells-bill-light-1920x1080')
      await select(`executor-${killed}`)
      await picture('tells-certificate-light-1920x1080')
      await resize(1280, 800)
    }
    await panel('guide')
  })

  it('answers why at a line of the log', async () => {
    await panel('output')
    await $('[data-testid="output"]').$('button[aria-label*="Lost executor"]').click()
    await until('the executor is looked at', async () => new RegExp(`Executor ${killed}.*Killed from outside`, 's').test(await inspector()))
  })
})

describe('a driver that stands still', () => {
  before(openLab)
  after(stop)

  it('is marked on the map, in the tree and in the inspector, until it is healed', async () => {
    await choose('a-crash-and-its-recovery')
    await panel('output')
    await speed('normal')
    await run()
    await tells(/^Stage 0 starts with 12 tasks/)
    if (await resize(1280, 800)) assert.equal(await rows(), 1)
    await select('executor-1')
    assert.equal(await rows(), 1)
    await by('more-faults').click()
    await by('choice-hang-driver').click()
    await $('[data-testid="fault-form"] button').click()
    await tells(/^You pressed Stop the driver's heart/)
    await until('the card says so', async () => /stands still since \d+\.\d s/.test(await textOf('driver-card')))
    assert.match(await textOf('tree-driver'), /Driver, stands still/)
    assert.match(await $('aria/Break something').getText(), /Driver: SIGSTOP to pid \d+/)
    await select('driver')
    assert.match(await inspector(), /stands still since .*Nobody is told/s)
    await picture('tells-driver-still-light-1280x800')
  })
})
