/**
 * Sees to it that no child outlives a host that was killed. A child notices the cut connection by
 * itself unless its main thread is busy; so one small process holds a pipe to the host, knows the
 * pids, and kills what is left of them when the pipe breaks.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'

/** `+pid` guards, `-pid` releases; the end of the pipe is the end of the host. */
const PROGRAM = `
process.on('SIGINT', () => {}); process.on('SIGTERM', () => {}); process.on('SIGHUP', () => {})
const pids = new Set()
let text = ''
process.stdin.on('data', (chunk) => {
  const lines = (text + chunk).split('\\n')
  text = lines.pop()
  for (const line of lines) line[0] === '+' ? pids.add(+line.slice(1)) : pids.delete(+line.slice(1))
})
process.stdin.on('end', () => {
  for (const pid of pids) { try { process.kill(pid, 'SIGKILL') } catch {} }
  process.exit(0)
})
`

export class Warden {
  #process: ChildProcess | undefined
  readonly #guarded = new Set<number>()

  guard(pid: number): void {
    this.#guarded.add(pid)
    if (this.#process === undefined) this.#start()
    else this.#tell(`+${pid}\n`)
  }

  release(pid: number): void {
    if (this.#guarded.delete(pid)) this.#tell(`-${pid}\n`)
  }

  #start(): void {
    const { NODE_OPTIONS: _, ...env } = process.env
    const warden = spawn(process.execPath, ['--max-old-space-size=16', '--no-warnings', '-e', PROGRAM], { stdio: ['pipe', 'ignore', 'ignore'], env, windowsHide: true })
    this.#process = warden
    const gone = (): void => {
      if (this.#process === warden) this.#process = undefined
    }
    warden.on('error', gone)
    warden.on('exit', gone)
    warden.stdin.on('error', gone)
    // It must not keep the host alive: it is there for the host's end.
    warden.unref()
    ;(warden.stdin as Socket).unref()
    for (const pid of this.#guarded) this.#tell(`+${pid}\n`)
  }

  #tell(line: string): void {
    this.#process?.stdin?.write(line)
  }
}
