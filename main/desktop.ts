/** The desktop host: one window, the lab behind it, and the rules that keep the window harmless. */
import { app, BrowserWindow, crashReporter, dialog, Menu, nativeTheme, protocol, screen, session, shell } from 'electron'
import { join } from 'node:path'
import { entries, labDirectories } from './entries.ts'
import type { LabDirectories } from './entries.ts'
import { farewell } from './farewell.ts'
import { windowChannel } from './window/channel.ts'
import { serveLab } from './ipc/server.ts'
import type { LabHost } from './ipc/server.ts'
import { createLab } from './lab.ts'
import { guardNavigation } from './security/navigation.ts'
import { denyPermissions } from './security/permissions.ts'
import { blockRequests } from './security/requests.ts'
import { privilegedSchemes, serveWindow, WINDOW_URL } from './security/scheme.ts'
import { webPreferences } from './security/web-preferences.ts'
import { UtilityProcessSpawner } from './spawners/utility-process.ts'
import { menuTemplate } from './window/menu.ts'
import { loadWindowState, saveWindowState, SMALLEST } from './window/state.ts'

/** The page's own background, so that a window never flashes the other colour. Kept like the theme's. */
const BACKGROUND = { light: '#f6f5f2', dark: '#141311' }

/** A window that breaks is loaded again, this often within a minute. */
const REVIVALS = 3

const complain = (error: unknown): void => console.error(`kindling: ${error instanceof Error ? error.message : String(error)}`)

app.setName('Kindling')
if (process.env['KINDLING_HOME']) app.setPath('userData', process.env['KINDLING_HOME'])
app.enableSandbox()
protocol.registerSchemesAsPrivileged(privilegedSchemes)

// The second instance hands over to the first and never becomes ready.
if (app.requestSingleInstanceLock()) begin()
else app.quit()

function begin(): void {
  crashReporter.start({ uploadToServer: false })
  // A mistake in one run must not take the lab from the person, nor show them a stack.
  process.on('uncaughtException', complain).on('unhandledRejection', complain)
  guardNavigation(app)
  // Not awaited at the top level: Electron is ready only once this module has been read.
  app.whenReady().then(open).catch((error: unknown) => {
    complain(error)
    dialog.showErrorBox('Kindling could not start', error instanceof Error ? error.message : String(error))
    app.exit(1)
  })
}

async function open(): Promise<void> {
  denyPermissions(session.defaultSession)
  blockRequests(session.defaultSession)
  serveWindow(session.defaultSession.protocol, entries.renderer)
  const directories = labDirectories(app.getPath('userData'))
  const lab = createLab({ spawner: new UtilityProcessSpawner(), host: 'desktop', ...directories })
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate({ platform: process.platform, packaged: app.isPackaged, openLogs: () => void shell.openPath(directories.logDirectory) })))
  endInOrder(lab, directories)
  const window = createWindow(lab)
  for (const problem of (await lab.scenarios()).problems) complain(problem)
  app.on('second-instance', () => {
    if (window.isDestroyed()) return
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  await window.loadURL(WINDOW_URL)
}

function createWindow(lab: LabHost): BrowserWindow {
  const stateFile = join(app.getPath('userData'), 'window.json')
  const { bounds, maximized } = loadWindowState(stateFile, screen.getAllDisplays().map((display) => display.workArea))
  const window = new BrowserWindow({
    ...bounds,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    title: 'Kindling',
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: webPreferences(entries.preload, app.isPackaged)
  })
  if (maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () => saveWindowState(stateFile, window))
  nativeTheme.on('updated', () => {
    if (!window.isDestroyed()) window.setBackgroundColor(nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light)
  })
  const { webContents } = window
  serveLab(lab, windowChannel(webContents), complain)
  reviveWindow(window)
  return window
}

/** The lab lives in this process: a new page finds the run where it is. One that breaks at once is not tried for ever. */
function reviveWindow(window: BrowserWindow): void {
  let recent: number[] = []
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    const now = Date.now()
    recent = [...recent.filter((time) => now - time < 60_000), now]
    if (recent.length <= REVIVALS) window.webContents.reload()
    else if (recent.length === REVIVALS + 1) {
      dialog.showErrorBox('The window keeps breaking', `Kindling's window has ended ${recent.length} times within a minute (${reason}). Please start Kindling again.`)
    }
  })
}

/** Runs and children end before the app does, and not without having been told. */
function endInOrder(lab: LabHost, { scratchDirectory }: LabDirectories): void {
  let state: 'running' | 'leaving' | 'left' = 'running'
  app.on('before-quit', (event) => {
    if (state === 'left') return
    event.preventDefault()
    if (state === 'leaving') return
    state = 'leaving'
    void farewell(lab, scratchDirectory).then(() => {
      state = 'left'
      app.quit()
    })
  })
  app.on('window-all-closed', () => app.quit())
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit())
}
