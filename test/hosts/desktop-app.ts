/** The built desktop host in a process of its own, with the fake `electron`, driven from a test. */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LabPush } from '../../engine/lab-api.ts'

export interface SeenWindow {
  options: { width: number; height: number; minWidth: number; show: boolean; backgroundColor: string; webPreferences: Record<string, unknown> }
  shown: boolean
  focused: number
  background: string
  maximized: boolean
  url: string
  reloads: number
  required: string[]
  world: Record<string, string[]>
}

export interface SeenState {
  early: string[]
  privileged: { scheme: string; privileges: Record<string, boolean> }[]
  seen: { errors: string[]; opened: string[]; menu: { label?: string; role?: string; submenu?: { role?: string; label?: string }[] }[] }
  paths: { userData: string }
  windows: SeenWindow[]
}

export type Push = { [K in keyof LabPush]: { kind: K; push: LabPush[K] } }[keyof LabPush]

export interface DesktopApp {
  process: ChildProcess
  /** What a page, a person or the system does; see fake-electron/run.ts. */
  act<T = unknown>(act: string, ...args: unknown[]): Promise<T>
  state(): Promise<SeenState>
  /** Resolves once the window shows its page. */
  shown(): Promise<SeenWindow>
  onPush(listener: (push: Push) => void): void
  /** Exit code, once it has ended. */
  ended: Promise<number | null>
  stderr(): string
}

const runner = fileURLToPath(new URL('./fake-electron/run.ts', import.meta.url))

/** Starts the bundle; `home` becomes its userData folder. */
export async function startDesktop(bundle: string, home: string, env: Record<string, string> = {}): Promise<DesktopApp> {
  const child = fork(runner, [bundle], { env: { ...process.env, NODE_OPTIONS: '', KINDLING_HOME: home, TMPDIR: home, ...env }, execArgv: ['--disable-warning=ExperimentalWarning'], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
  let errors = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>()
  const listeners: ((push: Push) => void)[] = []
  let count = 0
  const ready = new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The desktop host ended with ${code}:\n${errors}`)))
    child.on('message', (message: { ready?: true; id?: number; value?: unknown; error?: string; push?: Push }) => {
      if (message.ready) return resolve()
      if (message.push) return listeners.forEach((listener) => listener(message.push!))
      const waiter = waiting.get(message.id!)
      waiting.delete(message.id!)
      if (message.error === undefined) waiter?.resolve(message.value as never)
      else waiter?.reject(new Error(message.error))
    })
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  void ended.then((code) => waiting.forEach(({ reject }) => reject(new Error(`The desktop host ended with ${code}:\n${errors}`))))

  const act = <T>(name: string, ...args: unknown[]): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = ++count
      waiting.set(id, { resolve, reject })
      child.send({ id, act: name, args })
    })
  await ready
  return {
    process: child,
    act,
    state: () => act('state'),
    shown: () => act('shown'),
    onPush: (listener) => void listeners.push(listener),
    ended,
    stderr: () => errors
  }
}
