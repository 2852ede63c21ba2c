/** The built browser host as a person starts it: one line, a door, and an orderly end. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import type { LabEvent } from '../../engine/events/index.ts'
import { connectLab } from '../../main/ipc/client.ts'
import type { ConnectedLab } from '../../main/ipc/client.ts'
import { webSocketChannel } from '../../renderer/lab/client.ts'
import { makeHome } from './home.ts'

const out = fileURLToPath(new URL('../../out/', import.meta.url))

interface Host {
  process: ChildProcess
  address: URL
  stdout(): string
  stderr(): string
  /** Code and signal, once it has ended and said all. */
  ended: Promise<[number | null, string | null]>
}

let home: string
const hosts: Host[] = []
beforeEach(() => (home = makeHome('browser')))
afterEach(async () => {
  for (const host of hosts.splice(0)) {
    host.process.kill('SIGKILL')
    await host.ended
  }
  rmSync(home, { recursive: true, force: true })
})

async function start(...args: string[]): Promise<Host> {
  const child = spawn(process.execPath, [join(out, 'main', 'browser.js'), '--no-open', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', KINDLING_HOME: home, TMPDIR: home }
  })
  let stdout = ''
  let stderr = ''
  const ended = once(child, 'close') as Promise<[number | null, string | null]>
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const line = new Promise<string>((resolve) =>
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (stdout.includes('\n')) resolve(stdout)
    })
  )
  const said = await Promise.race([line, ended.then(() => '')])
  const host = { process: child, address: new URL(/http\S+/.exec(said)?.[0] ?? 'http://none/'), stdout: () => stdout, stderr: () => stderr, ended }
  hosts.push(host)
  return host
}

async function open({ address }: Host): Promise<{ lab: ConnectedLab; close: () => void }> {
  const entry = await fetch(address, { redirect: 'manual' })
  const headers = { Cookie: entry.headers.get('set-cookie')!.split(';')[0]!, Origin: address.origin }
  const channel = webSocketChannel(`ws://${address.host}/lab`, (url) => new NodeWebSocket(url, { headers }) as unknown as WebSocket)
  return { lab: connectLab(channel), close: channel.close }
}

test('prints its address in one line, serves the window, and leaves in order', async () => {
  const host = await start()
  expect(host.stdout()).toMatch(/^Kindling is at http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n$/)
  const entry = await fetch(host.address, { redirect: 'manual' })
  expect(entry.status).toBe(303)
  const page = await fetch(host.address.origin, { headers: { Cookie: entry.headers.get('set-cookie')!.split(';')[0]! } })
  expect(await page.text()).toBe(readFileSync(join(out, 'renderer', 'index.html'), 'utf8'))
  expect((await fetch(host.address.origin)).status).toBe(403)
  const { lab, close } = await open(host)
  expect(await lab.info()).toMatchObject({ host: 'browser', logDirectory: join(home, 'logs') })
  expect(await lab.events('nowhere', 0).catch((error: unknown) => (error as Error).message)).not.toMatch(/\n/)
  close()
  host.process.kill('SIGINT')
  expect(await host.ended).toEqual([0, null])
  expect(host.stdout().trim().split('\n').length).toBe(1)
  expect(readdirSync(home).filter((name) => name.startsWith('kindling-'))).toEqual([])
})

test('comes back to the address it had, where the browser has kept what was typed', async () => {
  const first = await start()
  first.process.kill('SIGINT')
  await first.ended
  expect((await start()).address.port).toBe(first.address.port)
  // It has one already: another lab beside it takes another, and says nothing.
  const beside = await start()
  expect(beside.address.port).not.toBe(first.address.port)
  expect(beside.stderr()).toBe('')
})

test('ends a run that goes on for ever, with every process of it', async () => {
  const host = await start()
  const { lab, close } = await open(host)
  const pids: number[] = []
  const working = new Promise<void>((resolve) =>
    lab.on('events', ({ events }: { events: LabEvent[] }) => {
      for (const event of events) {
        if (event.Event === 'kindling.ProcessSpawned') pids.push(event.pid)
        if (event.Event === 'SparkListenerTaskStart') resolve()
      }
    })
  )
  const { defaults } = await lab.info()
  const program = 'from pyspark import SparkContext\nsc = SparkContext(appName="on")\nsc.parallelize([1, 2], 2).map(lambda x: [x for _ in iter(int, 1)]).count()\n'
  expect(await lab.start({ program, programName: 'on.py', cluster: defaults.cluster, conf: defaults.conf, faults: [] })).toEqual({ ok: true, runId: expect.any(String) })
  await working
  close()
  host.process.kill('SIGTERM')
  expect(await host.ended).toEqual([0, null])
  expect(pids.length).toBeGreaterThanOrEqual(3)
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/)
})

test('takes the next port, and says so in one line', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const host = await start('--port', String(port))
  expect(Number(host.address.port)).toBeGreaterThan(port)
  expect(host.stderr()).toMatch(new RegExp(`^Port ${port} is taken.*; Kindling uses ${host.address.port}\\.\n$`))
  server.close()
})

test('removes what a host that was killed left behind, and nothing of one that lives', async () => {
  const scratch = (): string[] => readdirSync(home).filter((name) => /^kindling-\d+-/.test(name))
  const killed = await start()
  const living = await start()
  const [first, second] = [`kindling-${killed.process.pid}-`, `kindling-${living.process.pid}-`]
  killed.process.kill('SIGKILL')
  await killed.ended
  expect(scratch().map((name) => name.slice(0, -6)).sort()).toEqual([first, second].sort())
  await start()
  expect(scratch().some((name) => name.startsWith(first))).toBe(false)
  expect(scratch().some((name) => name.startsWith(second))).toBe(true)
})

test('refuses what it does not understand with a sentence', async () => {
  const host = await start('--port', 'many')
  expect(await host.ended).toEqual([1, null])
  expect(host.stderr()).toBe('kindling: --port takes a number from 0 to 65535, not "many".\n')
})
