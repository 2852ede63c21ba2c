/**
 * Runs a built main bundle as Electron would, with only the module `electron` replaced, and lets the
 * test that forked this process see and do what a page, a person and the system could.
 * Usage: node run.ts BUNDLE
 */
import { once } from 'node:events'
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

const fake = new URL('./index.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) => (specifier === 'electron' ? { url: fake, shortCircuit: true, format: 'module-typescript' } : next(specifier, context))
})

await import(pathToFileURL(process.argv[2]!).href)

const { app, BrowserWindow, nativeTheme, seen } = await import('./index.ts')
const { asked, privileged, request } = await import('./net.ts')

const page = (): InstanceType<typeof BrowserWindow> => BrowserWindow.all[0]!
type Kindling = Record<string, (...args: unknown[]) => unknown>
const bridge = (): Kindling => page().webContents.world['kindling'] as Kindling

const look = (window: InstanceType<typeof BrowserWindow>): object => ({
  options: window.options,
  shown: window.shown,
  focused: window.focused,
  background: window.background,
  maximized: window.isMaximized(),
  url: window.webContents.mainFrame.url,
  reloads: window.webContents.reloads,
  required: window.webContents.required,
  world: Object.fromEntries(Object.entries(window.webContents.world).map(([name, api]) => [name, Object.keys(api as object).sort()]))
})

const acts: Record<string, (...args: never[]) => unknown> = {
  state: () => ({ early: app.early, privileged, seen, paths: { userData: app.getPath('userData') }, windows: BrowserWindow.all.map(look) }),
  shown: async () => {
    while (BrowserWindow.all.length === 0) await once(BrowserWindow.events, 'created')
    if (!page().shown) await once(page(), 'ready-to-show')
    return look(page())
  },
  request: (url: string, method?: string) => request(url, method),
  call: (name: string, ...args: unknown[]) => bridge()[name]!(...args),
  listen: (kind: string) => void bridge()['on']!(kind, (push: unknown) => process.send!({ push: { kind, push } })),
  /** Speaks to the lab as a frame, and tells what it says to that at once. */
  forge: (frame: 'own' | 'gone' | 'inner' | 'foreign', message: unknown) => {
    const { webContents } = page()
    const answers: unknown[] = []
    const send = webContents.send
    webContents.send = (_channel, ...args) => void answers.push(...args)
    const frames = { own: webContents.mainFrame, gone: null, inner: { url: webContents.mainFrame.url, parent: webContents.mainFrame }, foreign: { url: 'https://elsewhere.invalid/', parent: null } }
    webContents.fromFrame(frames[frame], 'kindling:to-lab', message)
    webContents.send = send
    return answers
  },
  navigate: (kind: string, url: string) => {
    let prevented = false
    page().webContents.emit(kind, { url, preventDefault: () => (prevented = true) })
    return prevented
  },
  openWindow: (url: string) => page().webContents.openHandler({ url }).action,
  permission: (name: string) => {
    let granted: boolean | undefined
    asked.request!({}, name, (answer) => (granted = answer))
    return { granted, check: asked.check!({}, name), device: asked.device!() }
  },
  renderProcessGone: (reason: string) => void page().webContents.emit('render-process-gone', {}, { reason, exitCode: 1 }),
  secondInstance: () => void app.emit('second-instance', {}, [], ''),
  setDark: (dark: boolean) => {
    nativeTheme.shouldUseDarkColors = dark
    nativeTheme.emit('updated')
  },
  closeWindow: () => page().close(),
  quit: () => app.quit()
}

process.on('message', ({ id, act, args }: { id: number; act: string; args: never[] }) => {
  Promise.resolve()
    .then(() => acts[act]!(...args))
    .then(
      (value) => process.connected && process.send!({ id, value }),
      (error: unknown) => process.connected && process.send!({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    )
})
process.on('disconnect', () => app.exit(9))

app.becomeReady()
process.send!({ ready: true })
