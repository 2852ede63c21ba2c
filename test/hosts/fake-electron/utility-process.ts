/**
 * utilityProcess over child_process, with the oddities the real one is known for: no exit at an empty
 * loop, rejections that only warn, exit 0 after its own kill(), raw wait statuses, streams cut at the
 * exit, no word at all after a failed launch, kill() refused before the spawn.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { statSync } from 'node:fs'
import { constants } from 'node:os'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { app } from './app.ts'

interface ForkOptions {
  execArgv?: string[]
  env?: Record<string, string>
  cwd?: string
  stdio?: string | string[]
  serviceName?: string
}

/** How the fake behaves where the real one is not fixed. Tests set these. */
export const oddities = {
  /** When child-process-gone comes, seen from exit; `never` is seen too. */
  gone: 'after' as 'before' | 'after' | 'never',
  /** `told`: only child-process-gone. `silent`: nothing. */
  launch: 'good' as 'good' | 'told' | 'silent',
  coreDumped: false,
  /** Holds back `spawn` until the promise resolves. */
  holdSpawn: undefined as Promise<void> | undefined
}

const CORE_SIGNALS = new Set(['SIGSEGV', 'SIGABRT', 'SIGTRAP', 'SIGILL', 'SIGBUS', 'SIGFPE', 'SIGQUIT'])
const prelude = fileURLToPath(new URL('./utility-prelude.ts', import.meta.url))
export const alive = new Set<FakeUtilityProcess>()

export class FakeUtilityProcess extends EventEmitter {
  stdout: PassThrough | null = null
  stderr: PassThrough | null = null
  pid: number | undefined
  #child: ChildProcess | undefined
  #killedByUs = false
  #over = false
  readonly #options: ForkOptions

  constructor(modulePath: string, args: string[], options: ForkOptions) {
    super()
    this.#options = options
    const stdio = Array.isArray(options.stdio) ? options.stdio : [options.stdio ?? 'inherit', options.stdio ?? 'inherit', options.stdio ?? 'inherit']
    if (Array.isArray(options.stdio) && stdio[0] !== 'ignore') throw new TypeError('stdin value must be ignore')
    if (stdio[1] === 'pipe') this.stdout = new PassThrough()
    if (stdio[2] === 'pipe') this.stderr = new PassThrough()
    for (const value of Object.values(options.env ?? {})) if (typeof value !== 'string') throw new TypeError('Error processing argument: env')
    // The real one takes the whole main process down here.
    if (options.cwd?.includes('.asar')) process.abort()
    if (options.cwd !== undefined && !statSync(options.cwd).isDirectory()) throw new TypeError('cwd is not a directory')
    if (oddities.launch !== 'good') {
      if (oddities.launch === 'told') setImmediate(() => this.#gone('launch-failed', 1003))
      return
    }
    void Promise.resolve(oddities.holdSpawn).then(() => this.#launch(modulePath, args))
  }

  #launch(modulePath: string, args: string[]): void {
    const { env, execArgv = [], cwd } = this.#options
    const child = spawn(process.execPath, [...nodeFlags(execArgv), '--import', prelude, modulePath, ...args], {
      // An empty env is taken for none.
      env: env === undefined || Object.keys(env).length === 0 ? process.env : env,
      cwd,
      // The fourth is the channel that breaks with the main process.
      stdio: ['ignore', 'pipe', 'pipe', 'pipe']
    })
    this.#child = child
    if (this.stdout) child.stdout!.pipe(this.stdout)
    if (this.stderr) child.stderr!.pipe(this.stderr)
    child.stdio[3]!.on('error', () => {})
    child.on('spawn', () => {
      this.pid = child.pid
      alive.add(this)
      this.emit('spawn')
    })
    child.on('exit', (code, signal) => this.#exited(code, signal))
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    const status = signal === null ? code! : constants.signals[signal] | (oddities.coreDumped && CORE_SIGNALS.has(signal) ? 0x80 : 0)
    const rewritten = this.#killedByUs && (signal === 'SIGTERM' || signal === 'SIGKILL') ? 0 : status
    const reason = signal === null ? (code === 0 ? 'clean-exit' : 'abnormal-exit') : signal === 'SIGKILL' || signal === 'SIGTERM' ? 'killed' : 'crashed'
    const gone = (): void => {
      if (reason !== 'clean-exit') this.#gone(reason, status)
    }
    if (oddities.gone === 'before') gone()
    this.finish(rewritten)
    if (oddities.gone === 'after') setImmediate(gone)
  }

  /** Tells the exit and cuts the streams, as Electron's wrapper does; also at the app's own end. */
  finish(code: number): void {
    if (this.#over) return
    this.#over = true
    alive.delete(this)
    this.emit('exit', code)
    this.stdout?.removeAllListeners()
    this.stderr?.removeAllListeners()
    this.stdout = null
    this.stderr = null
    this.pid = undefined
  }

  #gone(reason: string, exitCode: number): void {
    app.emit('child-process-gone', {}, { type: 'Utility', reason, exitCode, serviceName: 'node.mojom.NodeService', name: this.#options.serviceName ?? 'Node Utility Process' })
  }

  kill(): boolean {
    if (this.pid === undefined || this.#over) return false
    this.#killedByUs = true
    this.#child!.kill('SIGTERM')
    return true
  }

  /** The main process goes: the channel breaks, and the real one dies of that. */
  abandon(): void {
    const child = this.#child
    this.finish(0)
    child?.kill('SIGKILL')
  }
}

/** Of execArgv only js-flags reach V8; plain Node flags are ignored unless Electron lists them. */
const nodeFlags = (execArgv: string[]): string[] =>
  execArgv.flatMap((flag) => (flag.startsWith('--js-flags=') ? flag.slice('--js-flags='.length).split(' ') : flag.startsWith('--inspect') ? [flag] : []))

export const utilityProcess = {
  fork(modulePath: string, args: string[] = [], options: ForkOptions = {}): FakeUtilityProcess {
    if (!app.isReady()) throw new TypeError('utilityProcess cannot be created before app is ready.')
    return new FakeUtilityProcess(modulePath, args, options)
  }
}
