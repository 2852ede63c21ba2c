import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { whyNotShown } from './choose-host.ts'

/** How a desktop lab ended: with an exit status to pass on, or never shown, for a reason. */
export type DesktopEnd = { status: number } | { why: string }

/** Runs the lab of this checkout in Electron, to its end. Signals are passed on; what it writes is shown. */
export async function runElectron(electron: string, root: string): Promise<DesktopEnd> {
  const started = Date.now()
  const child = spawn(electron, [root], { cwd: root, stdio: ['inherit', 'inherit', 'pipe'] })
  const passOn = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    // A terminal sends ^C to the whole group, the child included.
    const pass = (): void => void (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal))
    process.on(signal, pass)
    return () => void process.off(signal, pass)
  })
  let tail = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text)
    tail = (tail + text).slice(-20_000)
  })
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    const why = whyNotShown(code, Date.now() - started, tail)
    if (why !== undefined) return { why }
    return { status: code ?? 128 + constants.signals[signal ?? 'SIGKILL'] }
  } catch (error) {
    return { why: `Electron did not start: ${(error as Error).message}` }
  } finally {
    for (const stop of passOn) stop()
  }
}
