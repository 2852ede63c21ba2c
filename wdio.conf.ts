/**
 * End-to-end tests, in one of two targets (KINDLING_TARGET): `browser`, the lab served to a Chromium, and `electron`, the
 * desktop app. Specs are the same: they see the window only, and open it by test/e2e/lab.ts.
 *
 * In the browser target every spec file gets a host of its own, so that no lab remembers another spec. Its address, token
 * included, is in KINDLING_URL. `npm test -- e2e` sets CHROME_BIN and CHROMEDRIVER_PATH; nothing is ever downloaded.
 */
import { join } from 'node:path'
import { findChromium } from './scripts/chromium.ts'
import { startHost, type Host } from './scripts/browser-host.ts'
import Results from './scripts/wdio-results.ts'

const target = process.env['KINDLING_TARGET'] ?? 'browser'
if (target !== 'browser' && target !== 'electron') throw new Error(`KINDLING_TARGET is browser or electron, not ${target}`)

const found = findChromium()
if ('why' in found) throw new Error(`The end-to-end tests need a Chromium and its chromedriver: ${found.why}.`)

const root = import.meta.dirname
const driver = { 'wdio:chromedriverOptions': { binary: found.driver } }

const browser: WebdriverIO.Capabilities = {
  ...driver,
  browserName: 'chrome',
  'goog:chromeOptions': {
    binary: found.chrome,
    args: [
      '--headless=new',
      // Chromium's sandbox refuses root, which is what a container usually is.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--window-size=1280,800',
      '--force-device-scale-factor=1',
      '--hide-scrollbars',
      '--force-prefers-reduced-motion'
    ]
  }
}

const electron: WebdriverIO.Capabilities = {
  ...driver,
  browserName: 'electron',
  'wdio:electronServiceOptions': {
    appEntryPoint: join(root, 'out', 'main', 'desktop.js'),
    appArgs: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--force-prefers-reduced-motion']
  }
}

const hosts = new Map<string, Host>()

export const config: WebdriverIO.Config = {
  runner: 'local',
  rootDir: root,
  specs: [join(root, 'test', 'e2e', '*.spec.ts')],
  // A lab is several processes, and two of them at once would make each other slow.
  maxInstances: 1,
  capabilities: [target === 'browser' ? browser : electron],
  services: target === 'electron' ? ['electron'] : [],
  autoXvfb: target === 'electron',
  baseUrl: process.env['KINDLING_URL'] ?? 'http://127.0.0.1',
  logLevel: 'error',
  waitforTimeout: 20_000,
  connectionRetryTimeout: 60_000,
  connectionRetryCount: 1,
  framework: 'mocha',
  mochaOpts: { ui: 'bdd', timeout: 120_000 },
  reporters: [['spec', { addConsoleLogs: false, showPreface: false }], [Results, {}]],

  onWorkerStart: async (id) => {
    if (target !== 'browser') return
    const host = await startHost(join(root, 'out', 'main', 'browser.js'))
    hosts.set(id, host)
    process.env['KINDLING_URL'] = host.address
  },
  onWorkerEnd: async (id) => {
    await hosts.get(id)?.stop()
    hosts.delete(id)
  },
  onComplete: async () => {
    await Promise.all([...hosts.values()].map((host) => host.stop()))
  }
}
