/** What one types is kept: one's own program, what was edited in a lesson, and the settings as they were given. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { by, chipSays, choose, chooseAsLeft, inBrowser, openLab, output, panel, problem, run, set, speed, stop, type, until } from './lab.ts'

const program = (): Promise<string> => browser.execute(() => [...(document.querySelector('[data-testid="program"]')?.shadowRoot?.querySelectorAll('.cm-line') ?? [])].map((line) => line.textContent).join('\n'))

const shows = (text: RegExp): Promise<void> => until(`the editor shows ${String(text)}`, async () => text.test(await program()))

/** Key and value of the settings in the drawer. */
async function settings(): Promise<Record<string, string>> {
  await by('settings').click()
  await by('add-setting').waitForDisplayed()
  const found = await browser.execute(() =>
    Object.fromEntries([...document.querySelectorAll('[data-testid="setting"]')].map((row) => [...row.querySelectorAll('input')].map((field) => field.value) as [string, string]))
  )
  await browser.keys('Escape')
  await by('add-setting').waitForExist({ reverse: true })
  return found
}

/** Gives a file to Open… */
async function openFile(name: string, content: string | Buffer): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kindling-file-'))
  writeFileSync(join(folder, name), content)
  await browser.execute(() => document.querySelector<HTMLInputElement>('[data-testid="open-file"]')!.removeAttribute('hidden'))
  await by('open-file').addValue(join(folder, name))
  await until('the file was read', async () => (await by('open-file').getValue()) === '')
  await browser.execute(() => document.querySelector<HTMLInputElement>('[data-testid="open-file"]')!.setAttribute('hidden', ''))
  rmSync(folder, { recursive: true })
}

describe('what one types', () => {
  before(openLab)
  after(stop)

  it('is kept over a reload, and so are the settings: a program adds none to them', async () => {
    await type('from pyspark import SparkContext\nsc = SparkContext("local[2]", "alpha")\nprint(sc.master, sc.appName)\n')
    await set({ 'spark.task.maxFailures': '3' })
    const given = await settings()
    await speed('fastest')
    await run()
    await chipSays('finished')
    assert.match(await output(), /local\[2\] alpha\n/)

    await openLab()
    await chipSays('finished')
    await panel('program')
    await shows(/SparkContext\("local\[2\]", "alpha"\)/)
    assert.deepEqual(await settings(), given)
    assert.equal(given['spark.task.maxFailures'], '3')

    await type('from pyspark import SparkContext\nsc = SparkContext()\nprint("now:", sc.master, sc.appName)\n')
    await speed('fastest')
    await run()
    await chipSays('finished')
    assert.match(await output(), /now: spark:\/\//)
    assert.doesNotMatch(await output(), /alpha/)
  })

  it('is not lost when it was not run', async () => {
    await type('print("typed, never run")\n')
    await openLab()
    await panel('program')
    await shows(/typed, never run/)
  })

  it('in a lesson stays with the lesson, and one\'s own program with oneself', async () => {
    await chooseAsLeft('start-an-application')
    await shows(/parallelize/)
    await type('print("a lesson, edited")\n')
    await choose('the-mini-example')
    await shows(/spark\.range/)
    assert.equal(await by('restore').isExisting(), false)

    await chooseAsLeft('own')
    await shows(/^print\("typed, never run"\)/)
    assert.match(await by('scenario-menu').getText(), /Your program/)

    await chooseAsLeft('start-an-application')
    await shows(/^print\("a lesson, edited"\)/)
    await openLab()
    assert.match(await by('scenario-menu').getText(), /Start an application/i)
    await shows(/^print\("a lesson, edited"\)/)
    await by('restore').click()
    await shows(/parallelize/)
    await by('restore').waitForExist({ reverse: true })
    await openLab()
    await shows(/parallelize/)
  })

  it('makes room for a program from a file, and can be brought back', async () => {
    await panel('program')
    await openFile('count.py', 'print("from a file")\n')
    await shows(/^print\("from a file"\)/)
    assert.match(await by('scenario-menu').getText(), /count\.py/)
    await by('scenario-menu').click()
    await by('scenario-earlier').waitForDisplayed()
    assert.match(await by('scenario-earlier').getText(), /program\.py, earlier[^]*typed, never run/)
    await by('scenario-earlier').click()
    await shows(/^print\("typed, never run"\)/)
    await openFile('picture.py', Buffer.from([0xff, 0xfe, 0x00]))
    assert.match(await problem(), /picture\.py is not a text file/)
    await shows(/^print\("typed, never run"\)/)
  })

  it('is saved as a file under its name', async function () {
    // Where the desktop app saves to is asked in a dialog of the system.
    if (!inBrowser) return this.skip()
    const folder = mkdtempSync(join(tmpdir(), 'kindling-saved-'))
    await browser.sendCommand('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder })
    await by('save').click()
    const file = join(folder, 'program.py')
    await until('the file is there', async () => Promise.resolve(existsSync(file)))
    assert.equal(readFileSync(file, 'utf8'), await program())
    rmSync(folder, { recursive: true })
  })
})
