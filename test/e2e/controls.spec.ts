/** Pause, step, speed and stop; the program, the settings, and what one gives them that cannot be. */
import assert from 'node:assert/strict'
import { by, chipSays, choose, events, openLab, output, panel, problem, run, set, speed, stop, tells, textOf, type, until } from './lab.ts'

const START = 'from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\nsc = spark.sparkContext\n'

/** Some other use of the window. */
async function lookAround(): Promise<void> {
  await panel('output')
  await panel('guide')
  await by('settings').click()
  await browser.keys('Escape')
}

/** Seconds of the lab in a second of the world, while one looks around. */
async function pace(): Promise<number> {
  const read = (): Promise<{ lab: number; world: number }> =>
    browser.execute(() => {
      const [minutes, seconds] = document.querySelector('[data-testid="clock"]')!.textContent.split(':').map(Number)
      return { lab: minutes! * 60 + seconds!, world: performance.now() / 1000 }
    })
  const before = await read()
  await lookAround()
  const after = await read()
  return (after.lab - before.lab) / (after.world - before.world)
}

describe('the controls', () => {
  before(openLab)
  beforeEach(async () => {
    await openLab()
    await choose('start-an-application')
    await speed('normal')
  })
  afterEach(stop)

  it('pause freezes the lab, a step lets one thing happen, resume goes on', async () => {
    await run()
    await tells(/^Stage 0 starts with 8 tasks/)
    await by('pause').click()
    await chipSays('paused')
    // What happened just before is still told; then nothing more, whatever one does in the window.
    let frozen = -1
    await until('the lab is at rest', async () => {
      const before = frozen
      frozen = await events()
      await lookAround()
      return frozen === before
    })
    const clock = await by('clock').getText()
    await lookAround()
    assert.equal(await events(), frozen)
    assert.equal(await by('clock').getText(), clock)

    await by('step').click()
    await until('a step brought something', async () => (await events()) > frozen || (await by('clock').getText()) !== clock)
    await chipSays('paused')
    await by('pause').click()
    await chipSays('running')
    await speed('fastest')
    await chipSays('finished')
    assert.match(await output(), /sum of the squares: 338350\n/)
  })

  it('the lab clock goes as fast as its slider says, and stop ends the run', async () => {
    // A program without an end: however fast its clock goes, it is there to be stopped.
    await type(`${START}while True:\n    sc.parallelize(range(4), 2).count()\n`)
    await run()
    await tells(/^Job 0 starts/)
    await speed('slowest')
    assert.ok((await pace()) < 0.5)
    await speed('fastest')
    assert.ok((await pace()) > 2)
    await speed('slowest')
    await stop()
    await chipSays('stopped')
    await tells(/^You stopped the run/)
    assert.equal(await by('death-banner').isExisting(), false)
  })

  it('runs the program as it stands in the editor', async () => {
    await type(`${START}print("seven times six:", sc.parallelize([6], 1).map(lambda n: n * 7).first())\nprint(nothing)\n`)
    await speed('fastest')
    await run()
    await tells(/^The program stops in line 5 with NameError: name 'nothing' is not defined/)
    await chipSays('failed, exit 1')
    assert.match(await output(), /seven times six: 42\n.*Traceback.*line 5.*NameError/s)
    await panel('program')
    await until('the line is marked and said', async () => /Line 5\s*NameError/.test(await textOf('program-foot')))
  })

  it('refuses a program that does not parse, with its line, and lives on', async () => {
    await type('from pyspark.sql import SparkSession\nprint("a" "b"\nx = = 1\n')
    await by('run').click()
    await until('a sentence names the line', async () => /^Line 2: SyntaxError: '\(' was never closed/.test(await problem()))
    await type(`${START}print("well:", sc.parallelize([1, 2, 3]).sum())\n`)
    assert.equal(await problem(), '')
    await speed('fastest')
    await run()
    await chipSays('finished')
    assert.match(await output(), /well: 6\n/)
  })

  it('refuses a setting that cannot be, with a sentence, and lives on', async () => {
    await set({ 'spark.task.maxFailures': 'many' })
    await by('run').click()
    await until('a sentence names the setting', async () => /The value 'many' in the config "spark\.task\.maxFailures" is invalid/.test(await problem()))
    await by('settings').click()
    await $('aria/Value of spark.task.maxFailures').setValue('4')
    await browser.keys('Escape')
    await speed('fastest')
    await run()
    await chipSays('finished')
  })

  it('says what is not there to be struck', async () => {
    await run()
    await tells(/^Stage 0 starts/)
    await speed('slowest')
    await by('more-faults').click()
    await $('aria/Executor').setValue('7')
    await $('[data-testid="fault-form"] button').click()
    await until('a sentence says so', async () => /no executor 7|executor 7/i.test(await problem()))
    await by('more-faults').click()
    await $('aria/Executor').setValue('any')
    await $('aria/When').selectByAttribute('value', 'task')
    await $('[data-testid="fault-form"] input[placeholder="1.2"]').setValue('four')
    await $('[data-testid="fault-form"] button').click()
    await until('the field says what it takes', async () => /stage\.partition/.test(await $('[data-testid="fault-form"] [role="alert"]').getText()))
    await $('[data-testid="fault-form"] input[placeholder="1.2"]').setValue('9.9')
    await $('[data-testid="fault-form"] button').click()
    await tells(/^You pressed Crash executor, to strike at task=9\.9/)
    await speed('fastest')
    await chipSays('finished')
    await tells(/struck nothing: the run ended before task=9\.9 came/)
  })

  it('says that a local master has no executor to lose', async () => {
    await type(START.replace('builder', 'builder.master("local[2]")') + 'print(sc.master, sc.parallelize(range(40), 20).map(lambda n: n + 1).sum())\n')
    await run()
    await tells(/^Local mode: the driver runs the tasks itself, 2 tasks at a time/)
    await until('its slots are on the driver', async () => (await $$('[data-testid="driver-card"] .slot').getElements()).length === 2)
    await by('fault-crash-executor').click()
    assert.equal(await by('fault-crash-executor').getAttribute('aria-disabled'), 'true')
    await until('a sentence says so', async () => /Local mode: .* no executor to strike/.test(await $('aria/Break something').getText()))
    // By its key the lab is asked, and says the same.
    await browser.execute(() => (document.activeElement as HTMLElement | null)?.blur())
    await browser.keys('c')
    await until('the lab says so', async () => /local master.*no executor to lose/.test(await problem()))
    // A long sentence does not push the window apart.
    assert.equal(await browser.execute(() => document.querySelector('main')!.scrollWidth <= document.querySelector('main')!.clientWidth), true)
    await speed('fastest')
    await chipSays('finished')
    assert.match(await output(), /local\[2\] 820\n/)
  })
})
