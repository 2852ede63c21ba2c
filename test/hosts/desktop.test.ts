/**
 * The built desktop host, whole: its bundle, the real preload bundle and the real lab, with only the
 * module `electron` replaced.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LabEvent } from '../../engine/events/index.ts'
import { LAB_CALLS } from '../../engine/lab-api.ts'
import type { LabInfo } from '../../engine/lab-api.ts'
import { startDesktop } from './desktop-app.ts'
import type { DesktopApp } from './desktop-app.ts'
import { makeHome } from './home.ts'

const out = fileURLToPath(new URL('../../out/', import.meta.url))
const bundle = join(out, 'main', 'desktop.js')

let home: string
const apps: DesktopApp[] = []
beforeEach(() => (home = makeHome('desktop')))
afterEach(async () => {
  for (const app of apps.splice(0)) {
    app.process.kill('SIGKILL')
    await app.ended
  }
  rmSync(home, { recursive: true, force: true })
})
const start = async (env?: Record<string, string>): Promise<DesktopApp> => {
  const app = await startDesktop(bundle, home, env)
  apps.push(app)
  return app
}

describe('the window', () => {
  test('is made after the app is ready, sandboxed, hidden until painted, and shows the built page', async () => {
    const app = await start()
    const window = await app.shown()
    expect(window).toMatchObject({ shown: true, url: 'kindling://lab/index.html', options: { show: false, minWidth: 960, backgroundColor: '#f6f5f2' } })
    expect(window.options.webPreferences).toEqual({
      preload: join(out, 'preload', 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      safeDialogs: true,
      devTools: true
    })
    const { early, privileged, paths } = await app.state()
    expect(early).toEqual(['enableSandbox', 'registerSchemesAsPrivileged'])
    expect(privileged).toEqual([{ scheme: 'kindling', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }])
    expect(paths.userData).toBe(home)
    expect(existsSync(join(home, 'logs'))).toBe(true)
  })

  test('has the calls of LabApi on its bridge and nothing else', async () => {
    const { world, required } = await (await start()).shown()
    expect(world).toEqual({ kindling: [...LAB_CALLS, 'on'].sort() })
    expect([...new Set(required)]).toEqual(['electron'])
  })

  test('remembers its size, and starts dark where the system is dark', async () => {
    writeFileSync(join(home, 'window.json'), JSON.stringify({ bounds: { x: 50, y: 60, width: 1111, height: 777 }, maximized: true }))
    const app = await start({ FAKE_ELECTRON_DARK: '1' })
    expect(await app.shown()).toMatchObject({ maximized: true, options: { x: 50, y: 60, width: 1111, height: 777, backgroundColor: '#141311' } })
    await app.act('setDark', false)
    expect((await app.state()).windows[0]!.background).toBe('#f6f5f2')
    rmSync(join(home, 'window.json'))
    await app.act('closeWindow').catch(() => {})
    expect(await app.ended).toBe(0)
    expect(JSON.parse(readFileSync(join(home, 'window.json'), 'utf8'))).toEqual({ bounds: { x: 10, y: 20, width: 1111, height: 777 }, maximized: true })
  })

  test.each([['not json'], ['{"bounds":{"x":90000,"y":0,"width":10,"height":10},"maximized":false}'], ['[]'], ['null']])('comes up with %s for a memory', async (memory) => {
    writeFileSync(join(home, 'window.json'), memory)
    const { options } = await (await start()).shown()
    expect(options.width).toBeGreaterThanOrEqual(960)
    expect(options).not.toHaveProperty('x', 90000)
  })

  test('a second start brings the first to the front, and ends by itself', async () => {
    const app = await start()
    await app.shown()
    await app.act('secondInstance')
    expect((await app.state()).windows[0]!.focused).toBe(1)
    const second = await start({ FAKE_ELECTRON_SECOND: '1' })
    expect(await second.ended).toBe(0)
  })

  test('is loaded again when its process dies, and finds the lab', async () => {
    const app = await start()
    await app.shown()
    await app.act('renderProcessGone', 'crashed')
    expect((await app.state()).windows[0]!.reloads).toBe(1)
    expect(await app.act('call', 'info')).toMatchObject({ host: 'desktop' })
    for (let i = 0; i < 5; i++) await app.act('renderProcessGone', 'crashed')
    const { windows, seen } = await app.state()
    expect(windows[0]!.reloads).toBe(3)
    expect(seen.errors).toEqual(["The window keeps breaking: Kindling's window has ended 4 times within a minute (crashed). Please start Kindling again."])
  })

  test('has a native menu of the system’s things', async () => {
    const { seen } = await start().then(async (app) => (await app.shown(), app.state()))
    expect(seen.menu.map(({ label, role }) => label ?? role)).toEqual([process.platform === 'darwin' ? 'appMenu' : '&Kindling', 'editMenu', '&View', 'help'])
    expect(seen.menu[2]!.submenu!.map(({ role }) => role).filter(Boolean)).toEqual(['resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen', 'toggleDevTools'])
  })
})

describe.each([['registerSource', {}], ['handle', { FAKE_ELECTRON_NO_SOURCE: '1' }]])('the scheme, by protocol.%s', (_name, env) => {
  test('serves the built page with its policy, and nothing else', async () => {
    const app = await start(env)
    await app.shown()
    const page = await app.act<{ status: number; headers: Record<string, string>; body: string }>('request', 'kindling://lab/index.html')
    expect(page).toMatchObject({ status: 200, body: readFileSync(join(out, 'renderer', 'index.html'), 'utf8') })
    expect(page.headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    )
    expect(page.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    for (const [url, method] of [['kindling://lab/..%2f..%2fpackage.json'], ['kindling://lab/%2e%2e/main/desktop.js'], ['kindling://other/index.html'], ['kindling://lab/none.js'], ['kindling://lab/index.html', 'POST']] as const) {
      expect([url, (await app.act<{ status: number }>('request', url, method)).status]).not.toEqual([url, 200])
    }
  })
})

describe('what the window may not do', () => {
  test('reach the network, other pages, other windows or the computer', async () => {
    const app = await start()
    await app.shown()
    for (const url of ['https://example.org/', 'http://127.0.0.1:80/', 'file:///etc/passwd', 'ws://127.0.0.1/', 'kindling://elsewhere/'])
      expect([url, await app.act<{ status: number }>('request', url)]).toMatchObject([url, { status: 0 }])
    for (const kind of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) expect([kind, await app.act('navigate', kind, 'https://example.org/')]).toEqual([kind, true])
    for (const url of ['kindling://lab.evil/', 'kindling-lab://lab/', 'file:///index.html', 'javascript:alert(1)', 'no url']) expect(await app.act('navigate', 'will-navigate', url)).toBe(true)
    expect(await app.act('navigate', 'will-navigate', 'kindling://lab/index.html#run')).toBe(false)
    expect(await app.act('openWindow', 'kindling://lab/index.html')).toBe('deny')
    for (const name of ['media', 'geolocation', 'clipboard-read', 'openExternal', 'unheard-of']) expect(await app.act('permission', name)).toEqual({ granted: false, check: false, device: false })
    expect(await app.act('permission', 'clipboard-sanitized-write')).toMatchObject({ granted: true, check: true })
  })

  test('speak for another frame', async () => {
    const app = await start()
    await app.shown()
    // What is no call is answered at once, if the one who makes it is heard at all.
    const call = { type: 'call', id: 'forged', name: 'exit', args: [] }
    expect(await app.act('forge', 'own', call)).toEqual([{ type: 'answer', id: 'forged', ok: false, message: 'The lab has no call named "exit".' }])
    for (const frame of ['gone', 'inner', 'foreign']) expect([frame, await app.act('forge', frame, call)]).toEqual([frame, []])
  })

  test('say what is no call', async () => {
    const app = await start()
    await app.shown()
    await expect(app.act('call', 'setSpeed', 'run', 99)).rejects.toThrow(/setSpeed: argument 2: /)
    await expect(app.act('call', 'scenario', '../../etc')).rejects.toThrow()
  })
})

describe('a run in the desktop', () => {
  const program = 'from pyspark.sql import SparkSession\nspark = SparkSession.builder.appName("hosts").getOrCreate()\nprint(spark.sparkContext.parallelize([1, 2, 3, 4], 4).map(lambda x: x * 2).sum())\nspark.stop()\n'
  const forEver = program.replace('lambda x: x * 2', 'lambda x: [x for _ in iter(int, 1)]')
  const begin = async (source: string): Promise<{ app: DesktopApp; runId: string; events: LabEvent[]; until<T>(find: (events: LabEvent[]) => T | undefined | false): Promise<T> }> => {
    const app = await start()
    await app.shown()
    const events: LabEvent[] = []
    let look = (): void => {}
    app.onPush(({ kind, push }) => {
      if (kind === 'events') events.push(...push.events)
      look()
    })
    await app.act('listen', 'events')
    const { defaults } = await app.act<LabInfo>('call', 'info')
    const conf = { ...defaults.conf, 'kindling.task.pace': '0', 'kindling.network.latency': '0' }
    const answer = await app.act<{ ok: boolean; runId: string }>('call', 'start', { program: source, programName: 'hosts.py', cluster: defaults.cluster, conf, faults: [] })
    expect(answer).toEqual({ ok: true, runId: expect.any(String) })
    const until = <T>(find: (seen: LabEvent[]) => T | undefined | false): Promise<T> =>
      new Promise((resolve) => {
        look = () => {
          const found = find(events)
          if (found !== undefined && found !== false) resolve(found)
        }
        look()
      })
    return { app, runId: answer.runId, events, until }
  }
  const pids = (events: LabEvent[]): number[] => events.flatMap((event) => (event.Event === 'kindling.ProcessSpawned' ? [event.pid] : []))
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }

  test('is made of utility processes, and its events reach the page in order, once', async () => {
    const { app, runId, events, until } = await begin(program)
    const end = await until((seen) => seen.find((event) => event.Event === 'kindling.RunEnded'))
    expect(end).toMatchObject({ outcome: 'finished', exitCode: 0 })
    expect(events.flatMap((event) => (event.Event === 'kindling.Output' && event.stream === 'stdout' ? [event.text] : [])).join('')).toBe('20\n')
    expect(pids(events).length).toBeGreaterThanOrEqual(3)
    const all = await app.act<{ events: LabEvent[] }>('call', 'events', runId, 0)
    expect(all.events.slice(0, events.length).map((event) => event.Kindling.id)).toEqual(events.map((event) => event.Kindling.id))
    await app.act('quit')
    expect(await app.ended).toBe(0)
    expect(pids(events).filter(isAlive)).toEqual([])
  })

  test('ends with the app, and no process of it is left', async () => {
    const { app, events, until } = await begin(forEver)
    await until((seen) => seen.find((event) => event.Event === 'SparkListenerTaskStart'))
    expect(pids(events).every(isAlive)).toBe(true)
    await app.act('quit')
    expect(await app.ended).toBe(0)
    expect(pids(events).filter(isAlive)).toEqual([])
    expect(app.stderr()).not.toContain('    at ')
  })
})
