/** One contract, two spawners: the same children, the same story told of them. */
import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { ProcessHandle, Spawner } from '../../engine/world/interfaces.ts'
import { ChildProcessSpawner } from '../../main/spawners/child-process.ts'
import { ProcessLife, strikeDown } from '../../main/spawners/life.ts'
import type { SpawnerOptions } from '../../main/spawners/life.ts'
import { UtilityProcessSpawner } from '../../main/spawners/utility-process.ts'
import { readEnding } from '../../main/spawners/wait-status.ts'
import { app } from './fake-electron/app.ts'
import { oddities } from './fake-electron/utility-process.ts'

vi.mock('electron', () => import('./fake-electron/index.ts'))

const child = fileURLToPath(new URL('./fixtures/child.ts', import.meta.url))
const options: SpawnerOptions = { entries: { driver: child, executor: child } }
const cwd = realpathSync(tmpdir())
const started: ProcessHandle[] = []

let count = 0
function run(spawner: Spawner, boot: object, more: Partial<Parameters<Spawner['spawn']>[0]> = {}): ProcessHandle {
  const handle = spawner.spawn({ kind: 'executor', name: `executor-${++count}`, boot, heapMb: 100, cwd, ...more })
  started.push(handle)
  return handle
}

const ending = (handle: ProcessHandle): Promise<{ code: number | null; signal: string | null }> => new Promise((resolve) => handle.onEnd(resolve))
const line = (handle: ProcessHandle): Promise<string> =>
  new Promise((resolve) => {
    let text = ''
    handle.onOutput((stream, part) => {
      text += stream === 'stdout' ? part : ''
      if (text.includes('\n')) resolve(text)
    })
  })

beforeAll(() => {
  // Each test has a spawner of its own, where an app has one.
  app.setMaxListeners(0)
  app.becomeReady()
})
afterEach(async () => {
  Object.assign(oddities, { gone: 'after', launch: 'good', coreDumped: false, holdSpawn: undefined })
  for (const handle of started.splice(0)) {
    handle.kill()
    const up = await handle.started.then(() => true, () => false)
    if (up) await ending(handle)
  }
})

const hosts: [string, (more?: Partial<SpawnerOptions>) => Spawner][] = [
  ['child_process', (more) => new ChildProcessSpawner({ ...options, ...more })],
  ['utilityProcess', (more) => new UtilityProcessSpawner({ ...options, ...more })]
]

describe.each(hosts)('a process of the %s spawner', (name, make) => {
  test('gets its boot, its folder and its heap, and nothing that bends Node', async () => {
    process.env['NODE_OPTIONS'] = '--no-deprecation'
    const handle = run(make(), { act: 'tell', text: 'naïve "quotes" and €\n' })
    delete process.env['NODE_OPTIONS']
    const told = JSON.parse(await line(handle)) as Record<string, unknown>
    expect(told).toMatchObject({ pid: await handle.started, cwd, text: 'naïve "quotes" and €\n', options: null })
    expect(told['heapMb']).toBeGreaterThanOrEqual(100)
    // The young generation comes on top; without the setting it would be gigabytes.
    expect(told['heapMb']).toBeLessThan(300)
  })

  test.each([0, 1, 3, 9, 15, 50, 52, 137])('that exits with %i is told as code', async (code) => {
    expect(await ending(run(make(), { act: 'exit', code }))).toEqual({ code, signal: null })
  })

  test('that throws exits with 1', async () => {
    expect(await ending(run(make(), { act: 'throw' }))).toEqual({ code: 1, signal: null })
  })

  test('that is killed here ends by SIGKILL, told once and also to those who ask later', async () => {
    const handle = run(make(), { act: 'wait' })
    await line(handle)
    const ends: unknown[] = []
    handle.onEnd((end) => ends.push(end))
    handle.kill()
    handle.kill()
    await ending(handle)
    handle.kill()
    expect(await ending(handle)).toEqual({ code: null, signal: 'SIGKILL' })
    expect(ends).toEqual([{ code: null, signal: 'SIGKILL' }])
  })

  test.each(['SIGKILL', 'SIGTERM', 'SIGSEGV'] as const)('that is struck by %s from outside ends by it', async (signal) => {
    const handle = run(make(), { act: 'wait' })
    await line(handle)
    process.kill(await handle.started, signal)
    expect(await ending(handle)).toEqual({ code: null, signal })
  })

  test('that is killed before it is up dies as soon as it is', async () => {
    const handle = run(make(), { act: 'wait' })
    handle.kill()
    expect(await handle.started).toBeGreaterThan(0)
    expect(await ending(handle)).toEqual({ code: null, signal: 'SIGKILL' })
  })

  test('that exhausts its heap dies of a signal', async () => {
    const end = await ending(run(make(), { act: 'exhaust' }, { heapMb: 30 }))
    expect(end.code).toBeNull()
    expect(['SIGABRT', 'SIGTRAP', 'SIGILL']).toContain(end.signal)
  })

  test('that has no folder to work in is not started, with a sentence', async () => {
    await expect(run(make(), { act: 'wait' }, { cwd: '/nowhere/at/all' }).started).rejects.toThrow(/executor-\d+ could not be started/)
  })

  test('that has too much to be told is not started, with a sentence', async () => {
    await expect(run(make(), { act: 'wait', text: 'x'.repeat(200_000) }).started).rejects.toThrow(/what it has to be told is 196 KiB/)
  })

  test('that is not up in time is given up', async () => {
    oddities.launch = 'silent'
    const life = name === 'child_process' ? new ProcessLife('late', 1, () => {}) : run(make({ spawnDeadlineMs: 1 }), { act: 'wait' })
    await expect(life.started).rejects.toThrow(/did not start within 0.001 s/)
  })
})

describe('the child_process spawner', () => {
  test('hands on the last words before the end', async () => {
    const handle = run(new ChildProcessSpawner(options), { act: 'last-words' })
    let text = ''
    handle.onOutput((_stream, part) => (text += part))
    expect(await ending(handle)).toEqual({ code: 7, signal: null })
    expect(text.length).toBe(300_004)
    expect(text.endsWith('amen')).toBe(true)
  })

  test('takes even a busy child along when the host itself is killed', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const script = fileURLToPath(new URL('./fixtures/host.ts', import.meta.url))
    const host = spawn(process.execPath, [script, String((server.address() as AddressInfo).port)], { stdio: 'inherit' })
    const [socket] = (await once(server, 'connection')) as [Socket]
    const [pid] = (await once(socket, 'data')) as [Buffer]
    expect(Number(pid)).toBeGreaterThan(0)
    onTestFinished(() => strikeDown(Number(pid)))
    const gone = once(socket, 'close')
    socket.on('error', () => {})
    host.kill('SIGKILL')
    await gone
    server.close()
  })
})

describe('the utilityProcess spawner', () => {
  test.each(['before', 'after', 'never'] as const)('knows a kill from outside when the word of it comes %s the exit', async (gone) => {
    oddities.gone = gone
    const handle = run(new UtilityProcessSpawner(options), { act: 'wait' })
    await line(handle)
    process.kill(await handle.started, 'SIGKILL')
    expect(await ending(handle)).toEqual({ code: null, signal: 'SIGKILL' })
  })

  test('tells exit(9) from SIGKILL when the word of it comes first', async () => {
    oddities.gone = 'before'
    expect(await ending(run(new UtilityProcessSpawner(options), { act: 'exit', code: 9 }))).toEqual({ code: 9, signal: null })
  })

  test('reads a crash with a core dump', async () => {
    oddities.coreDumped = true
    const handle = run(new UtilityProcessSpawner(options), { act: 'wait' })
    await line(handle)
    process.kill(await handle.started, 'SIGSEGV')
    expect(await ending(handle)).toEqual({ code: null, signal: 'SIGSEGV' })
  })

  test('hears of a failed launch although neither spawn nor exit comes', async () => {
    oddities.launch = 'told'
    await expect(run(new UtilityProcessSpawner(options), { act: 'wait' }).started).rejects.toThrow(/launch failed, error 1003/)
  })

  test('kills what comes up after it was given up', async () => {
    let release!: () => void
    oddities.holdSpawn = new Promise((resolve) => (release = resolve))
    const handle = run(new UtilityProcessSpawner({ ...options, spawnDeadlineMs: 1 }), { act: 'wait' })
    await expect(handle.started).rejects.toThrow(/did not start/)
    const gone = once(app, 'child-process-gone')
    release()
    expect(((await gone) as [unknown, { reason: string }])[1].reason).toBe('killed')
  })

  test('does not give Electron a folder in an archive', async () => {
    await expect(run(new UtilityProcessSpawner(options), { act: 'wait' }, { cwd: '/x/app.asar/out' }).started).rejects.toThrow(/archive/)
  })
})

test('output arrives in whole characters, however the bytes are cut', () => {
  const life = new ProcessLife('p', 1000, () => {})
  life.up(1)
  const stream = new EventEmitter()
  const finish = life.listen('stdout', stream)
  const parts: string[] = []
  const bytes = Buffer.from('a€b')
  stream.emit('data', bytes.subarray(0, 2))
  life.onOutput((_stream, text) => parts.push(text))
  stream.emit('data', bytes.subarray(2, 3))
  stream.emit('data', bytes.subarray(3))
  stream.emit('data', Buffer.from([0xe2]))
  finish()
  expect(parts).toEqual(['a', '€b', '\ufffd'])
})

test.each([
  [0xe0000008, false, 'oom', { code: 0xe0000008, signal: null }],
  [-1073741819, false, 'crashed', { code: 0xc0000005, signal: null }],
  [1, true, undefined, { code: null, signal: 'SIGKILL' }],
  [1, false, 'killed', { code: 1, signal: null }],
  [52, false, 'crashed', { code: 52, signal: null }]
] as const)('on Windows, %i (struck: %s, %s) is read as %o', (code, struck, reason, end) => {
  expect(readEnding(code, struck, reason, 'win32')).toEqual(end)
})
