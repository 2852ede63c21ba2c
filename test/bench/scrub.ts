/** Going through a run of 100,000 events: from the click on the time line, or the key, to the next paint. */
import { join } from 'node:path'
import { remote } from 'webdriverio'
import { findChromium } from '../../scripts/chromium.ts'
import { startWebHost } from '../../main/web/server.ts'
import { smallLab } from '../hosts/small-lab.ts'
import { spread, telling, type Spread } from './figures.ts'
import { longRun } from './long-run.ts'

const EVENTS = 100_000

export interface ScrubFigures {
  events: number
  /** By the browser's own event timing, in steps of 8 ms; what takes less than 16 ms it does not tell and counts as 16 here. */
  'click on the time line to the next paint, ms': Spread
  'key for one event back to the next paint, ms': Spread
  /** While the pointer is drawn from one end to the other and back. */
  'frame while dragging, ms': Spread
  /** The whole window with the run in it, after a collection. */
  'heap of the window, MB': number
}

/** In the page: waits until two frames have been drawn. */
const drawn = async (): Promise<void> => {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
}

/** Null with the reason where there is no Chromium. */
export async function measureScrub(): Promise<ScrubFigures | { skipped: string }> {
  const files = findChromium()
  if ('why' in files) return { skipped: files.why }
  const lab = smallLab()
  const events = longRun(EVENTS)
  lab.keep('run-b', events)
  const host = await startWebHost({ lab, renderer: join(import.meta.dirname, '..', '..', 'out', 'renderer'), port: 0 })
  const browser = await remote({
    logLevel: 'error',
    capabilities: {
      browserName: 'chrome',
      'goog:chromeOptions': { binary: files.chrome, args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--window-size=1280,800', '--js-flags=--expose-gc', '--enable-precise-memory-info'] },
      'wdio:chromedriverOptions': { binary: files.driver }
    }
  })
  try {
    telling(`a window with ${events.length} events`)
    await browser.url(host.address)
    const line = browser.$('[data-testid=time-line]')
    await browser.waitUntil(async () => Number(await line.getAttribute('aria-valuenow')) === events.length, { timeout: 120_000, interval: 250, timeoutMsg: 'the window did not get all events' })
    const { width } = await line.getSize()
    await browser.execute(() => {
      const seen: Record<string, number[]> = { pointerdown: [], keydown: [] }
      Object.assign(window, { seenPaints: seen })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) seen[entry.name]?.push(entry.duration)
      }).observe({ type: 'event', durationThreshold: 16, buffered: false } as PerformanceObserverInit)
    })
    const told = (name: string): Promise<number[]> => browser.execute((wanted: string) => (window as unknown as { seenPaints: Record<string, number[]> }).seenPaints[wanted]!, name)
    const measured = async (name: string, what: string, times: number, act: (at: number) => Promise<void>): Promise<Spread> => {
      const durations: number[] = []
      for (let at = 0; at < times; at++) {
        telling(`${what}, ${at + 1} of ${times}`)
        const before = (await told(name)).length
        await act(at)
        await browser.execute(drawn)
        await browser.execute(drawn)
        durations.push((await told(name))[before] ?? 16)
      }
      return spread(durations)
    }

    const clicks = await measured('pointerdown', 'a click on the time line', 12, async (at) => {
      // Far forwards and far back by turns.
      const part = 0.05 + 0.9 * ((at * 0.618) % 1)
      await line.click({ x: Math.round((part - 0.5) * width) })
    })
    await browser.keys('n')
    const keys = await measured('keydown', 'a step back', 8, () => browser.keys('j'))

    telling('dragging')
    const frames = await browser.execute(async () => {
      const track = document.querySelector('[data-testid=time-line]')!
      const box = track.getBoundingClientRect()
      const say = (type: string, x: number): boolean => track.dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, pointerId: 1, clientX: box.left + x, clientY: box.top + 20 }))
      // There is no such pointer to hold on to.
      Object.assign(track, { setPointerCapture: () => undefined })
      say('pointerdown', 20)
      const gaps: number[] = []
      let last = performance.now()
      for (let at = 0; at < 60; at++) {
        const part = at < 30 ? at / 30 : (60 - at) / 30
        say('pointermove', 20 + part * (box.width - 60))
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
        const now = performance.now()
        gaps.push(now - last)
        last = now
      }
      say('pointerup', 20)
      return gaps
    })
    const heap = await browser.execute(() => {
      ;(window as unknown as { gc?: () => void }).gc?.()
      return (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize
    })
    return {
      events: events.length,
      'click on the time line to the next paint, ms': clicks,
      'key for one event back to the next paint, ms': keys,
      'frame while dragging, ms': spread(frames.slice(1)),
      'heap of the window, MB': Math.round(heap / 2 ** 20)
    }
  } finally {
    await browser.deleteSession()
    await host.close()
  }
}
