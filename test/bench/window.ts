/** From the click on a fault to the first changed pixel, in a real Chromium on the served lab. */
import { join } from 'node:path'
import { remote } from 'webdriverio'
import { startHost } from '../../scripts/browser-host.ts'
import { findChromium } from '../../scripts/chromium.ts'
import { spread, telling, type Spread } from './figures.ts'

const HOST = join(import.meta.dirname, '..', '..', 'out', 'main', 'browser.js')

export interface WindowFigures {
  /** By the browser's own event timing: input to next paint, in steps of 8 ms. */
  'click on a fault to the next paint, ms': Spread
}

/** Null with the reason where there is no Chromium. */
export async function measureWindow(): Promise<WindowFigures | { skipped: string }> {
  const browserFiles = findChromium()
  if ('why' in browserFiles) return { skipped: browserFiles.why }
  const host = await startHost(HOST)
  const browser = await remote({
    logLevel: 'error',
    capabilities: {
      browserName: 'chrome',
      'goog:chromeOptions': { binary: browserFiles.chrome, args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--window-size=1280,800'] },
      'wdio:chromedriverOptions': { binary: browserFiles.driver }
    }
  })
  try {
    const durations: number[] = []
    for (let round = 0; round < 3; round++) {
      telling(`a click on a fault, ${round + 1} of 3`)
      await browser.url(host.address)
      await browser.$('[data-testid=scenario-menu]').click()
      await browser.$('[data-testid=scenario-a-crash-and-its-recovery]').click()
      await browser.execute(() => {
        const seen: number[] = []
        Object.assign(window, { seenPaints: seen })
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) if (entry.name === 'click' && (entry as PerformanceEventTiming).target instanceof HTMLElement) seen.push(entry.duration)
        }).observe({ type: 'event', durationThreshold: 16, buffered: false } as PerformanceObserverInit)
      })
      await browser.$('[data-testid=run]').click()
      await browser.$('[data-testid=executor-0][data-life=alive]').waitForExist({ timeout: 30_000 })
      const before = await browser.execute(() => (window as unknown as { seenPaints: number[] }).seenPaints.length)
      await browser.$('[data-testid=fault-crash-executor]').click()
      await browser.waitUntil(async () => (await browser.execute(() => (window as unknown as { seenPaints: number[] }).seenPaints.length)) > before, { timeout: 10_000, timeoutMsg: 'the browser told of no painted click' })
      durations.push(await browser.execute((from: number) => (window as unknown as { seenPaints: number[] }).seenPaints[from]!, before))
      await browser.$('[data-testid=stop]').click()
      await browser.$('[data-testid=run]').waitForExist({ timeout: 30_000 })
    }
    return { 'click on a fault to the next paint, ms': spread(durations) }
  } finally {
    await browser.deleteSession()
    await host.stop()
  }
}
