/** Starts the lab served to a browser, for tests: waits for the address it prints, and stops it in good order. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface Host {
  /** http://127.0.0.1:PORT/?token=… */
  address: string
  pid: number
  /** Asks it to end, and kills it when it has not after 10 s. Resolves when it is gone. May be called again. */
  stop: () => Promise<void>
}

const addressIn = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/

/**
 * @param file out/main/browser.js
 * @param deadline ms for the address to be printed
 * @throws when the host ends or the deadline passes before that; the message holds what it wrote
 */
export async function startHost(file: string, deadline = 60_000): Promise<Host> {
  // What a lab keeps for its person is kept apart from the person who runs the tests.
  const home = mkdtempSync(join(tmpdir(), 'kindling-home-'))
  const child = spawn(process.execPath, [file, '--port', '0', '--no-open'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, KINDLING_HOME: home }
  })
  const gone = once(child, 'close')
  let wrote = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (wrote += text))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await gone
    clearTimeout(timer)
    rmSync(home, { recursive: true, force: true })
  }
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const timer = setTimeout(() => reject(new Error(`no address after ${deadline / 1000} s`)), deadline)
  createInterface(child.stdout).on('line', (line) => {
    wrote += `${line}\n`
    const match = addressIn.exec(line)
    if (match !== null) resolve(match[0])
  })
  child.on('error', reject)
  child.on('exit', (code, signal) => reject(new Error(`it ended (${signal ?? code})`)))
  try {
    return { address: await promise, pid: child.pid ?? 0, stop }
  } catch (error) {
    await stop()
    throw new Error(`The browser host did not start: ${(error as Error).message}\n${wrote}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
