/** A stand-in for the module `electron` in a plain Node process: what the desktop host uses of it. */
import { EventEmitter } from 'node:events'
import { app } from './app.ts'
import { alive } from './utility-process.ts'

export { app } from './app.ts'
export { protocol, session } from './net.ts'
export { utilityProcess } from './utility-process.ts'
export { BrowserWindow } from './windows.ts'

/** What was shown to the person, asked of the system, or set once. */
export const seen = { errors: [] as string[], opened: [] as string[], menu: undefined as unknown, crashReporter: undefined as unknown }

export const crashReporter = { start: (options: unknown) => (seen.crashReporter = options) }
export const dialog = { showErrorBox: (title: string, text: string) => seen.errors.push(`${title}: ${text}`) }
export const Menu = { buildFromTemplate: (template: unknown) => template, setApplicationMenu: (menu: unknown) => (seen.menu = menu) }
export const nativeTheme = Object.assign(new EventEmitter(), { shouldUseDarkColors: process.env['FAKE_ELECTRON_DARK'] !== undefined })
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] }
export const shell = { openPath: async (path: string) => (seen.opened.push(path), '') }

app.lastAct = () => [...alive].forEach((child) => child.abandon())
