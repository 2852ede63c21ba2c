/** Fake windows: each loads its page through the fake protocol and runs the real preload bundle. */
import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { app } from './app.ts'
import { request } from './net.ts'

interface Frame {
  url: string
  parent: Frame | null
}

type OpenHandler = (details: { url: string }) => { action: string }

export class FakeWebContents extends EventEmitter {
  readonly ipc = new EventEmitter()
  readonly mainFrame: Frame = { url: '', parent: null }
  openHandler: OpenHandler = () => ({ action: 'allow' })
  reloads = 0
  /** What the preload script put into the page. */
  world: Record<string, unknown> = {}
  /** Every name the preload script required. */
  required: string[] = []
  #toPage = new EventEmitter()
  #destroyed = false
  #preload: string

  constructor(preload: string) {
    super()
    this.#preload = preload
    app.emit('web-contents-created', {}, this)
  }

  isDestroyed(): boolean {
    return this.#destroyed
  }
  isCrashed(): boolean {
    return false
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler
  }
  send(channel: string, ...args: unknown[]): void {
    if (this.#destroyed) throw new TypeError('Object has been destroyed')
    const copy = structuredClone(args)
    setImmediate(() => this.#toPage.emit(channel, {}, ...copy))
  }
  /** A message as a frame of a page would send it. */
  fromFrame(frame: Frame | null, channel: string, ...args: unknown[]): void {
    this.ipc.emit(channel, { type: 'frame', sender: this, senderFrame: frame }, ...structuredClone(args))
  }
  reload(): void {
    this.reloads++
    this.#runPreload()
  }
  destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    this.emit('destroyed')
  }
  async load(url: string): Promise<void> {
    const response = await request(url)
    if (response.status !== 200) throw new Error(`ERR_FILE_NOT_FOUND (-6) loading '${url}'`)
    this.mainFrame.url = url
    this.#runPreload()
  }

  #runPreload(): void {
    this.world = {}
    this.#toPage = new EventEmitter()
    const electron = {
      contextBridge: { exposeInMainWorld: (name: string, api: unknown) => (this.world[name] = api) },
      ipcRenderer: {
        send: (channel: string, ...args: unknown[]) => setImmediate(() => this.fromFrame(this.mainFrame, channel, ...args)),
        on: (channel: string, listener: (...args: unknown[]) => void) => this.#toPage.on(channel, listener)
      }
    }
    const require = (name: string): unknown => {
      this.required.push(name)
      if (name !== 'electron') throw new Error(`module not found: ${name}`)
      return electron
    }
    // A sandboxed preload has no process, no Buffer of Node's and no module of its own.
    const module = { exports: {} }
    runInNewContext(readFileSync(this.#preload, 'utf8'), { require, module, exports: module.exports, setTimeout, clearTimeout, setImmediate, queueMicrotask, console })
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly all: BrowserWindow[] = []
  static readonly events = new EventEmitter()
  readonly options: Record<string, unknown> & { webPreferences: { preload: string } }
  readonly webContents: FakeWebContents
  shown = false
  focused = 0
  minimized = false
  background: unknown
  #maximized = false
  #destroyed = false

  constructor(options: BrowserWindow['options']) {
    super()
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready')
    this.options = options
    this.background = options['backgroundColor']
    this.webContents = new FakeWebContents(options.webPreferences.preload)
    BrowserWindow.all.push(this)
    BrowserWindow.events.emit('created')
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.load(url)
    this.emit('ready-to-show')
  }
  show(): void {
    this.shown = true
  }
  focus(): void {
    this.focused++
  }
  restore(): void {
    this.minimized = false
  }
  isMinimized(): boolean {
    return this.minimized
  }
  maximize(): void {
    this.#maximized = true
  }
  isMaximized(): boolean {
    return this.#maximized
  }
  isDestroyed(): boolean {
    return this.#destroyed
  }
  setBackgroundColor(color: string): void {
    this.background = color
  }
  getNormalBounds(): object {
    return { x: 10, y: 20, width: this.options['width'], height: this.options['height'] }
  }
  close(): void {
    if (this.#destroyed) return
    this.emit('close', { preventDefault: () => {} })
    this.#destroyed = true
    this.webContents.destroy()
    BrowserWindow.all.splice(BrowserWindow.all.indexOf(this), 1)
    this.emit('closed')
    if (BrowserWindow.all.length === 0 && !app.quitting) app.emit('window-all-closed')
  }
}

app.closeWindows = () => [...BrowserWindow.all].forEach((window) => window.close())
