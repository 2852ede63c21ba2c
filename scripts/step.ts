/** Runs one command as a group of processes that is gone, whole, when the command ends or its deadline passes. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** How a command ended. `late`: its deadline passed and the group was killed. */
export interface Ending {
  code: number | null
  signal: NodeJS.Signals | null
  late: boolean
  /** What it wrote on stdout, when asked to keep it; else ''. */
  output: string
}

export interface Command {
  file: string
  args: readonly string[]
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Milliseconds after which the group is killed. */
  deadline: number
  /** Keep what it writes on stdout instead of showing it. */
  keep?: boolean
  /** Show nothing it writes. */
  quiet?: boolean
}

const running = new Set<ChildProcess>()

const killGroup = (child: ChildProcess): void => {
  if (child.pid === undefined) return
  try {
    // Windows has no process groups to signal; there the child alone is ended.
    if (process.platform === 'win32') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    // Nothing of the group was left.
  }
}

/** Runs a command to its end with no stdin. Rejects when it cannot be started. */
export async function run(command: Command): Promise<Ending> {
  const shown = command.quiet === true ? 'ignore' : 'inherit'
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env: command.env ?? process.env,
    stdio: ['ignore', command.keep === true ? 'pipe' : shown, shown],
    detached: process.platform !== 'win32'
  })
  running.add(child)
  let late = false
  const timer = setTimeout(() => {
    late = true
    killGroup(child)
  }, command.deadline)
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return { code, signal, late, output }
  } finally {
    clearTimeout(timer)
    killGroup(child)
    running.delete(child)
  }
}

/** On ^C or a polite kill, ends this process and takes every running group along. Returns what stops that. */
export function dieTogether(): () => void {
  const endings = ([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const).map(([signal, code]) => {
    const end = (): void => {
      for (const child of running) killGroup(child)
      process.exit(code)
    }
    process.on(signal, end)
    return () => void process.off(signal, end)
  })
  return () => {
    for (const stop of endings) stop()
  }
}
