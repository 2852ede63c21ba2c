/** Going through time: a crash is looked at again from before it, step by step, while the run goes on and after it has ended. */
import assert from 'node:assert/strict'
import { Key } from 'webdriverio'
import { by, chip, chipSays, choose, guideShows, life, lives, openLab, picture, press, resize, run, speed, stop, story, tells, textOf, theme, until } from './lab.ts'

const line = (): ReturnType<typeof $> => $('aria/Moment of the run')

/** Where one looks: events folded, and of how many. */
async function moment(): Promise<{ n: number; of: number; says: string }> {
  const [n, of, says] = await Promise.all(['aria-valuenow', 'aria-valuemax', 'aria-valuetext'].map((name) => line().getAttribute(name)))
  return { n: Number(n), of: Number(of), says: says ?? '' }
}

async function inThePast(): Promise<boolean> {
  return by('past-chip').isExisting()
}

async function goTo(step: number): Promise<void> {
  await press('g')
  await until('the field has the focus', async () => browser.execute(() => document.activeElement instanceof HTMLInputElement))
  await browser.keys([Key.Ctrl, 'a'])
  await browser.keys([...String(step), Key.Enter])
  await browser.keys(Key.Escape)
  await until(`step ${step} is shown`, async () => (await moment()).n === step)
}

/** What the panels show, to be compared with itself. */
const panels = async (): Promise<Record<string, unknown>> => ({
  story: await story(),
  executors: await browser.execute(() => [...document.querySelectorAll('[data-testid^="executor-"]')].map((card) => [(card as HTMLElement).dataset['testid'], (card as HTMLElement).dataset['life'], card.textContent])),
  tree: await browser.execute(() => document.querySelector('[role="tree"]')?.textContent ?? ''),
  inspector: await browser.execute(() => document.querySelector('aside section')?.textContent ?? ''),
  stages: await browser.execute(() => document.querySelector('[aria-label="Tasks and stages"], #time-stages')?.textContent ?? '')
})

describe('going through time', () => {
  before(openLab)
  after(stop)

  let killed = ''
  let struckAt = 0

  it('comes to the moment after a crash', async () => {
    await choose('a-crash-and-its-recovery')
    await speed('fastest')
    await run()
    await guideShows('Break it')
    await chipSays('paused')
    // Slow, so that the run is still there however long the looking takes; paused as soon as it has happened.
    await speed('slowest')
    struckAt = (await moment()).n
    assert.equal(await inThePast(), false)
    await by('fault-crash-executor').click()
    await tells(/^Executor \d was killed/)
    killed = /^Executor (\d)/.exec((await story()).find((one) => one.includes('was killed'))!)![1]!
    await lives(killed, 'dead')
    await by('pause').click()
    await chipSays('paused')
  })

  it('shows the executor alive again before it, while the run goes on behind', async () => {
    const before = await moment()
    await goTo(struckAt)
    assert.equal(await life(killed), 'alive')
    assert.ok(!(await story()).some((one) => one.includes('was killed')))
    assert.match(await textOf('past-chip'), /You are looking at \d+\.\d s, .* ago/)
    await by('pause').click()
    await chipSays('running')
    // The run goes on: what there is to look at grows, what is looked at does not move.
    await until('the run goes on', async () => (await moment()).of > before.of)
    await by('pause').click()
    await chipSays('paused')
    assert.equal((await moment()).n, struckAt)
    assert.equal(await by('fault-crash-executor').isEnabled(), false)
    assert.match(await browser.execute(() => document.querySelector('[aria-label="Break something"]')?.textContent ?? ''), /You are looking at the past/)
  })

  it('steps on to the crash, and back', async () => {
    await press('e')
    await until('the executor is dead', async () => (await life(killed)) === 'dead')
    assert.equal(await inThePast(), true)
    const crash = await moment()
    assert.match(crash.says, new RegExp(`step ${crash.n} of .*Executor ${killed} was killed`))
    await press('j')
    await until('it is alive', async () => (await life(killed)) === 'alive')
    assert.equal((await moment()).n, crash.n - 1)
    await press('l')
    await until('it is dead', async () => (await life(killed)) === 'dead')
  })

  it('is at each step what it was, however one comes to it', async () => {
    const { n } = await moment()
    const seen = await panels()
    for (let i = 0; i < 3; i++) await press('j')
    await until('three steps back', async () => (await moment()).n === n - 3)
    await goTo(1)
    assert.deepEqual((await story()).length <= 1, true)
    await goTo(n)
    assert.deepEqual(await panels(), seen)
  })

  it('comes back to now by one key', async () => {
    await press('n')
    await until('now', async () => !(await inThePast()))
    const now = await moment()
    assert.equal(now.n, now.of)
    assert.ok((await story()).some((one) => one.includes('was killed')))
    assert.equal(await by('fault-crash-executor').isEnabled(), true)
  })

  it('lets the run go on to the next stage, and pauses it there', async () => {
    await speed('normal')
    const before = await moment()
    await $('aria/Next stage').click()
    await until('it paused further on', async () => (await chip()) === 'paused' && (await moment()).of > before.of)
    assert.equal(await inThePast(), false)
    const now = await moment()
    // Looking back by one stage from here comes to what it stopped for.
    await press('u')
    await until('the past', inThePast)
    const stage = await moment()
    assert.ok(stage.n > before.of && stage.n <= now.of, `${stage.n} between ${before.of} and ${now.of}`)
    assert.match((await story()).at(-1) ?? '', /[Ss]tage/)
    await press('n')
  })

  it('is worked by the keyboard on the line itself', async () => {
    await browser.execute(() => document.querySelector<HTMLElement>('[role="slider"][aria-label="Moment of the run"]')?.focus())
    const { n } = await moment()
    await browser.keys(Key.ArrowLeft)
    await until('one back', async () => (await moment()).n === n - 1)
    await browser.keys(Key.Home)
    await until('the beginning', async () => (await moment()).n === 0)
    await browser.keys(Key.End)
    await until('now', async () => !(await inThePast()))
  })

  it('goes where one clicks on the line', async () => {
    await line().click({ x: -200 })
    await until('the past', inThePast)
    const { n, of } = await moment()
    assert.ok(n > 0 && n < of)
    for (const name of ['light', 'dark'] as const) {
      await theme(name)
      for (const [width, height] of [[1280, 800], [1920, 1080]] as const) if (await resize(width, height)) await picture(`past-${name}-${width}x${height}`)
    }
    await resize(1280, 800)
  })

  it('shows a run that has ended at any of its moments', async () => {
    await press('n')
    await by('pause').click()
    await speed('fastest')
    await chipSays('finished')
    const end = await moment()
    assert.equal(end.n, end.of)
    await goTo(struckAt)
    assert.equal(await life(killed), 'alive')
    assert.equal(await chip(), 'finished')
    assert.match(await textOf('past-chip'), /before the end/)
    await press('e')
    await until('it is dead', async () => (await life(killed)) === 'dead')
    await by('back-to-now').click()
    await until('the end', async () => !(await inThePast()))
    assert.match((await story()).at(-1) ?? '', /The run is over/)
  })

  it('has the past of the run in a window that comes later', async () => {
    await openLab()
    await chipSays('finished')
    await goTo(struckAt)
    assert.equal(await life(killed), 'alive')
    await press('n')
    await until('the end', async () => !(await inThePast()))
  })
})
