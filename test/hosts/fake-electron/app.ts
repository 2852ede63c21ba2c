/** The fake `app`: its life from start to quit, in Electron's order. */
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { tmpdir } from 'node:os'

class FakeApp extends EventEmitter {
  isPackaged = false
  #ready = false
  #paths = new Map<string, string>()
  #lock = process.env['FAKE_ELECTRON_SECOND'] === undefined
  /** What was called before the app was ready, in order. */
  readonly early: string[] = []
  readonly becomeReady: () => void
  readonly #whenReady: Promise<void>
  /** Set by windows.ts: closes every window. */
  closeWindows: () => void = () => {}
  /** Set by index.ts: ends what is left of the children. */
  lastAct: () => void = () => {}
  name = 'Electron'
  #quitting = false

  constructor() {
    super()
    let resolve!: () => void
    this.#whenReady = new Promise((r) => (resolve = r))
    this.becomeReady = () => {
      this.#ready = true
      this.emit('ready')
      resolve()
    }
  }

  isReady(): boolean {
    return this.#ready
  }
  whenReady(): Promise<void> {
    return this.#whenReady
  }
  enableSandbox(): void {
    this.beforeReady('enableSandbox')
  }
  beforeReady(what: string): void {
    if (this.#ready) throw new Error(`${what} must be called before the app is ready`)
    this.early.push(what)
  }
  setName(name: string): void {
    this.name = name
  }
  getVersion(): string {
    return '0.1.0'
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }
  getPath(name: string): string {
    return this.#paths.get(name) ?? join(tmpdir(), `fake-electron-${process.pid}`, this.name, name)
  }
  requestSingleInstanceLock(): boolean {
    return this.#lock
  }
  get quitting(): boolean {
    return this.#quitting
  }

  quit(): void {
    setImmediate(() => {
      let prevented = false
      this.emit('before-quit', { preventDefault: () => (prevented = true) })
      if (prevented) return
      this.#quitting = true
      this.closeWindows()
      this.emit('will-quit', { preventDefault: () => {} })
      this.exit(0)
    })
  }

  exit(code: number): void {
    this.emit('quit', {}, code)
    this.lastAct()
    process.exit(code)
  }
}

export const app = new FakeApp()
