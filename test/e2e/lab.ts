/**
 * The window as a person uses it: what the specs do and what they see. All of it goes through the page, so it is the same
 * in a browser and in the desktop app; what differs between the two (how the window is opened, what size it has) is here.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Key } from 'webdriverio'

type Found = ReturnType<typeof $>

export const inBrowser = (process.env['KINDLING_TARGET'] ?? 'browser') === 'browser'

/** Longest wait for something a run does, ms: only a run that is stuck takes so long. */
const LONG = 40_000

/** The element with this data-testid. */
export const by = (id: string): Found => $(`[data-testid="${id}"]`)

export async function until(what: string, happened: () => Promise<boolean>, timeout = LONG): Promise<void> {
  await browser.waitUntil(happened, { timeout, interval: 50, timeoutMsg: `It did not come to this: ${what}.` })
}

/** Opens the window afresh; a run that goes on is taken up by it. */
export async function openLab(): Promise<void> {
  if (inBrowser) await browser.url(process.env['KINDLING_URL'] ?? '')
  else await browser.refresh()
  await by('fault-crash-executor').waitForExist()
  await $('[data-ready="true"]').waitForExist()
}

/** Gives the page inside the window this size, CSS pixels. False where the host does not let a test do that. */
export async function resize(width: number, height: number): Promise<boolean> {
  const inner = (): Promise<{ width: number; height: number }> => browser.execute(() => ({ width: window.innerWidth, height: window.innerHeight }))
  if (!inBrowser) return false
  const page = await inner()
  const outer = await browser.getWindowSize()
  await browser.setWindowSize(outer.width + width - page.width, outer.height + height - page.height)
  await until(`a page of ${width}×${height}`, async () => {
    const now = await inner()
    return now.width === width && now.height === height
  })
  return true
}

/** Chooses a lesson with its program as it was written, whatever was typed into it before. */
export async function choose(scenario: string): Promise<void> {
  await chooseAsLeft(scenario)
  if (await by('restore').isExisting()) await by('restore').click()
}

/** Chooses a lesson, or `own`, as it was left. */
export async function chooseAsLeft(scenario: string): Promise<void> {
  await by('scenario-menu').click()
  await by(`scenario-${scenario}`).waitForDisplayed()
  await by(`scenario-${scenario}`).click()
  await by(`scenario-${scenario}`).waitForDisplayed({ reverse: true })
}

/** Presses Run and waits until the run is there. */
export async function run(): Promise<void> {
  await by('run').waitForClickable()
  await by('run').click()
  await by('stop').waitForExist()
}

/** Stops whatever runs. */
export async function stop(): Promise<void> {
  if (await by('stop').isExisting()) await by('stop').click()
  await by('run').waitForClickable()
}

/** The state chip: `ready`, `running`, `finished`, `failed, exit 137`. */
export const chip = async (): Promise<string> => (await by('state-chip').getText()).replace(/^\S+\s+/, '')

export const chipSays = (text: string): Promise<void> => until(`the chip says "${text}"`, async () => (await chip()) === text)

/** Where the slider of the lab clock stands: its ends, or as it is. */
export async function speed(how: 'slowest' | 'normal' | 'fastest'): Promise<void> {
  const slider = by('speed')
  if (how === 'normal') await slider.doubleClick()
  else {
    // The focus first, by the keyboard's own way in, so that no click moves the slider.
    await browser.execute(() => document.querySelector<HTMLElement>('[data-testid="speed"]')?.focus())
    await browser.keys(how === 'slowest' ? Key.Home : Key.End)
  }
  const text = { slowest: '0.1×', normal: '1×', fastest: '10×' }[how]
  await until(`a speed of ${text}`, async () => (await slider.getAttribute('aria-valuetext')) === text)
}

/** The story so far, one sentence a line, without times and signs. */
export async function story(): Promise<string[]> {
  return browser.execute(() => [...document.querySelectorAll('[data-testid="story"] li > p')].map((line) => (line.textContent ?? '').trim().replace(/^[✓✕↻➤] /, '')))
}

export async function tells(sentence: RegExp, timeout = LONG): Promise<void> {
  let told: string[] = []
  const happened = async (): Promise<boolean> => (told = await story()).some((line) => sentence.test(line))
  await browser.waitUntil(happened, { timeout, interval: 50 }).catch(() => {
    throw new Error(`The story does not tell ${String(sentence)}, but:\n${told.join('\n')}`)
  })
}

export async function panel(name: 'guide' | 'program' | 'plan' | 'output'): Promise<void> {
  await $(`#left-${name}`).click()
}

/** All that was printed, each process under its name. */
export async function output(): Promise<string> {
  await panel('output')
  return browser.execute(() => document.querySelector('[data-testid="output"]')?.textContent ?? '')
}

export interface Step {
  /** 0 when no scenario is chosen. */
  number: number
  title: string
  done: boolean
}

/** The step of the guide that is shown. */
export async function step(): Promise<Step> {
  return browser.execute(() => {
    const guide = document.querySelector('[data-testid="guide"]')
    return {
      number: Number(guide?.getAttribute('data-step') ?? 0),
      title: guide?.querySelector('h2')?.textContent ?? '',
      done: guide?.getAttribute('data-done') === 'true'
    }
  })
}

/** Waits until the guide shows this step: one that asks for something turns the page by itself when it is done. */
export const guideShows = (title: string): Promise<void> => until(`the guide shows "${title}"`, async () => (await step()).title === title)

/** Waits until this step is shown and what it waits for has happened, and presses Next. */
export async function follow(title: string): Promise<void> {
  await until(`the step "${title}" is done`, async () => {
    const now = await step()
    return now.title === title && now.done
  })
  await by('next').click()
}

/** `dead`, `alive`, `silent`, `launching` of an executor's card; undefined when it is not on the map. */
export async function life(executor: string): Promise<string | undefined> {
  const card = by(`executor-${executor}`)
  return (await card.isExisting()) ? ((await card.getAttribute('data-life')) ?? undefined) : undefined
}

export const lives = (executor: string, state: string): Promise<void> => until(`executor ${executor} is ${state}`, async () => (await life(executor)) === state)

/** All text of an element, whether it is in sight or not. */
export const textOf = (id: string): Promise<string> => browser.execute((wanted: string) => document.querySelector(`[data-testid="${wanted}"]`)?.textContent?.trim() ?? '', id)

/** Replaces the program by typing over it. No line may be indented: the editor indents by itself. */
export async function type(program: string): Promise<void> {
  await panel('program')
  const text = by('program').shadow$('.cm-content')
  await text.click()
  await browser.keys([Key.Ctrl, 'a'])
  await browser.keys(Key.Delete)
  await browser.keys(program)
}

/** Gives a setting in the drawer, in the first free row. */
export async function set(settings: Record<string, string>): Promise<void> {
  await by('settings').click()
  for (const [key, value] of Object.entries(settings)) {
    await by('add-setting').click()
    const rows = await $$('[data-testid="setting"]').getElements()
    const fields = await rows.at(-1)!.$$('input').getElements()
    await fields[0]!.setValue(key)
    await fields[1]!.setValue(value)
  }
  await browser.keys(Key.Escape)
  await by('add-setting').waitForExist({ reverse: true })
}

export async function theme(name: 'light' | 'dark'): Promise<void> {
  for (let tries = 0; tries < 3; tries++) {
    if ((await by('theme').getAttribute('aria-label'))?.endsWith(name)) return
    await by('theme').click()
  }
  throw new Error(`The window has no ${name} theme.`)
}

/** Writes a picture of the window into test/e2e/shots. */
export async function picture(name: string): Promise<string> {
  const folder = join(import.meta.dirname, 'shots')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}.png`)
  await browser.saveScreenshot(path)
  return path
}

export interface Shown {
  /** Frames painted between the click and the first change of the page that shows it. */
  frames: number
  /** The line of the fault bar then. */
  line: string
  pressed: boolean
}

/** Clicks a fault button, and answers what the window showed first. */
export async function strike(fault: string): Promise<Shown> {
  await by(`fault-${fault}`).waitForEnabled()
  await browser.execute((id: string) => {
    const button = document.querySelector<HTMLElement>(`[data-testid="fault-${id}"]`)!
    const bar = button.closest('section')!
    const page = window as unknown as { shown: Promise<Shown> }
    page.shown = new Promise((resolve) => {
      button.addEventListener(
        'click',
        () => {
          let frames = 0
          let frame = requestAnimationFrame(function count() {
            frames += 1
            frame = requestAnimationFrame(count)
          })
          const watch = new MutationObserver(() => {
            watch.disconnect()
            cancelAnimationFrame(frame)
            resolve({ frames, line: bar.querySelector('[role="status"]')?.textContent ?? '', pressed: button.classList.contains('pressed') })
          })
          watch.observe(bar, { subtree: true, childList: true, characterData: true, attributes: true })
        },
        { capture: true, once: true }
      )
    })
  }, fault)
  await by(`fault-${fault}`).click()
  return browser.execute(() => (window as unknown as { shown: Promise<Shown> }).shown)
}

/** Selects a process of the cluster, in the tree that says the map to the keyboard. */
export async function select(actor: string): Promise<void> {
  await by(`tree-${actor}`).waitForExist()
  await browser.execute((id: string) => document.querySelector<HTMLElement>(`[data-testid="tree-${id}"]`)?.click(), actor)
}

/** Events the picture is made of so far. */
export const events = async (): Promise<number> => Number(await by('clock').getAttribute('data-events'))

/** The sentence about what was refused; empty when there is none. */
export async function problem(): Promise<string> {
  const shown = by('problem')
  return (await shown.isExisting()) ? shown.getText() : ''
}

export const press = (key: string): Promise<void> => browser.keys(key)

/** What has the focus: its data-testid, or else its id. */
export const focus = (): Promise<string> =>
  browser.execute(() => (document.activeElement instanceof HTMLElement ? (document.activeElement.dataset['testid'] ?? document.activeElement.id) : ''))

/** Presses a key until the focus is there. */
export async function go(key: string, there: string | RegExp): Promise<void> {
  const passed: string[] = []
  for (let presses = 0; presses < 80; presses++) {
    const at = await focus()
    if (typeof there === 'string' ? at === there : there.test(at)) return
    passed.push(at)
    await browser.keys(key)
  }
  throw new Error(`The focus does not come to ${String(there)}, but past ${passed.join(', ')}.`)
}
