/** The browser host's door: who gets in, what is served, and that a lost WebSocket is made good. */
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import { connectLab } from '../../main/ipc/client.ts'
import { readArguments } from '../../main/web/arguments.ts'
import { hasDisplay } from '../../main/web/open.ts'
import { startWebHost } from '../../main/web/server.ts'
import type { WebHost } from '../../main/web/server.ts'
import { webSocketChannel } from '../../renderer/lab/client.ts'
import { smallLab } from './small-lab.ts'
import type { SmallLab } from './small-lab.ts'

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

let folder: string
let host: WebHost
let lab: SmallLab
let token: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindling-web-'))
  mkdirSync(join(folder, 'window', 'assets'), { recursive: true })
  writeFileSync(join(folder, 'window', 'index.html'), '<!doctype html><title>Kindling</title>')
  writeFileSync(join(folder, 'window', 'assets', 'a b.js'), 'export {}')
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'window', 'link.txt'))
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(async () => {
  lab = smallLab()
  host = await startWebHost({ lab, renderer: join(folder, 'window'), port: 0 })
  token = new URL(host.address).searchParams.get('token')!
})
afterEach(() => host.close())

/** A request whose path and headers go out as they are written. */
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: host.port, path, method, headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text)).on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }))
    })
    request.on('error', reject).end()
  })
const session = async (): Promise<{ Cookie: string }> => {
  const { headers } = await ask(`/?token=${token}`)
  return { Cookie: headers['set-cookie']![0]!.split(';')[0]! }
}
const origin = (): string => `http://127.0.0.1:${host.port}`
/** `open`, or the status of the refusal. */
const upgrade = (headers: Record<string, string>, path = '/lab'): Promise<'open' | number> =>
  new Promise((resolve) => {
    const socket = new NodeWebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers })
    socket.on('open', () => (resolve('open'), socket.close()))
    socket.on('unexpected-response', (_request, response) => (resolve(response.statusCode!), socket.terminate()))
    socket.on('error', () => {})
  })

describe('the door', () => {
  test('the printed address brings a session and leaves the token behind, as often as it is opened', async () => {
    for (let i = 0; i < 2; i++) {
      const answer = await ask(`/?token=${token}`)
      expect(answer).toMatchObject({ status: 303, body: '', headers: { location: '/' } })
      expect(answer.headers['set-cookie']![0]).toMatch(/; HttpOnly; SameSite=Strict$/)
      expect(JSON.stringify(answer.headers)).not.toContain(token)
    }
    const page = await ask('/', await session())
    expect(page).toMatchObject({ status: 200, body: '<!doctype html><title>Kindling</title>' })
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringMatching(new RegExp(`^default-src 'none'; script-src 'self';.*connect-src 'self' ws://127.0.0.1:${host.port} .*frame-ancestors 'none'`))
    })
  })

  test('a ticket for the browser lets in once, and does no harm later', async () => {
    const ticket = new URL(host.issueTicket())
    const entry = await ask(ticket.pathname + ticket.search)
    expect(entry).toMatchObject({ status: 303, headers: { location: '/' } })
    expect((await ask(ticket.pathname + ticket.search)).status).toBe(403)
    expect(await ask(ticket.pathname + ticket.search, await session())).toMatchObject({ status: 303, body: '', headers: { location: '/' } })
  })

  test('a stranger gets one sentence and nothing else', async () => {
    for (const path of ['/', '/index.html', '/assets/a%20b.js', '/?token=', '/?token=wrong', `/?token=${token.slice(1)}`, `/index.html?token=${token}`]) {
      const answer = await ask(path)
      expect(answer.status).toBe(403)
      expect(answer.body).toBe('Kindling serves only the person who started it. Open the address that it printed.\n')
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
    expect((await ask('/', { Cookie: `kindling-${host.port}=guess` })).status).toBe(403)
    expect((await ask('/', { Cookie: `other=1; kindling-1=${(await session()).Cookie.split('=')[1]}` })).status).toBe(403)
  })

  test('another name for this computer is refused, token or not', async () => {
    const cookie = await session()
    for (const name of ['evil.example', `evil.example:${host.port}`, '127.0.0.1', `127.0.0.1:${host.port + 1}`, `[::1]:${host.port}`]) {
      expect((await ask(`/?token=${token}`, { Host: name })).status).toBe(403)
      expect((await ask('/', { ...cookie, Host: name })).status).toBe(403)
      expect(await upgrade({ ...cookie, Host: name, Origin: `http://${name}` })).toBe(403)
    }
    expect((await ask('/', { ...cookie, Host: `localhost:${host.port}` })).status).toBe(200)
  })

  test('a page of another origin is refused', async () => {
    const cookie = await session()
    for (const foreign of ['https://evil.example', 'null', 'http://127.0.0.1', `http://localhost:${host.port}`]) {
      expect((await ask('/', { ...cookie, Origin: foreign })).status).toBe(403)
      expect(await upgrade({ ...cookie, Origin: foreign })).toBe(403)
    }
    expect((await ask('/', { ...cookie, Origin: origin() })).status).toBe(200)
    expect(await upgrade({ ...cookie, Origin: origin() })).toBe('open')
  })

  test('a WebSocket needs the session, an origin and the right path', async () => {
    const cookie = await session()
    expect(await upgrade({ Origin: origin() })).toBe(403)
    expect(await upgrade({ ...cookie })).toBe(403)
    expect(await upgrade({ ...cookie, Origin: origin() }, '/other')).toBe(404)
    expect(await upgrade({ ...cookie, Origin: origin() }, `/lab?token=${token}`)).toBe(404)
    expect(lab.listeners()).toBe(0)
  })

  test('only reading is allowed, and HEAD has no body', async () => {
    const cookie = await session()
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await ask('/', cookie, method)).status).toBe(405)
    expect(await ask('/', cookie, 'HEAD')).toMatchObject({ status: 200, body: '' })
  })

  test('listens on the loopback only', async () => {
    const socket = connect(host.port, '127.0.0.2')
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNREFUSED')
  })

  test('a head that is too long and a message that is too long are cut off', async () => {
    expect((await ask('/', { 'X-Long': 'x'.repeat(20_000) })).status).toBe(431)
    const socket = new NodeWebSocket(`ws://127.0.0.1:${host.port}/lab`, { headers: { ...(await session()), Origin: origin() } })
    await once(socket, 'open')
    socket.on('error', () => {})
    socket.send(Buffer.alloc((8 << 20) + 1, 0x20).toString())
    expect((await once(socket, 'close'))[0]).toBe(1009)
  })
})

describe('files', () => {
  test('are served by their names', async () => {
    expect(await ask('/assets/a%20b.js', await session())).toMatchObject({ status: 200, body: 'export {}', headers: { 'content-type': 'text/javascript; charset=utf-8' } })
  })

  test('outside the folder are nothing', async () => {
    const cookie = await session()
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/assets/../../secret.txt', '/..%2fsecret.txt', '/..%5csecret.txt', '/assets/..%2f..%2fsecret.txt', '//secret.txt', '/link.txt', '/%00', '/%', '/assets', '/C:/secret.txt', '/./index.html', '/nothing', 'http://x/index.html']) {
      const answer = await ask(path, cookie)
      expect([path, answer.status]).toEqual([path, 404])
      expect(answer.body).not.toContain('secret')
    }
  })
})

describe('ports', () => {
  test('a taken one is followed by the next', async () => {
    const next = await startWebHost({ lab, renderer: folder, port: host.port })
    expect(next.port).toBeGreaterThan(host.port)
    expect(next.taken[0]).toBe(host.port)
    expect(next.port).toBe(host.port + next.taken.length)
    await next.close()
  })

  test('when all are taken, the sentence names them', async () => {
    const servers = []
    let base = 0
    // A stretch of 17 free ports to fill.
    search: for (base = 42_000; ; base += 17) {
      for (let i = 0; i < 17; i++) {
        const server = createServer().listen({ port: base + i, host: '127.0.0.1', exclusive: true })
        const good = await Promise.race([once(server, 'listening').then(() => true), once(server, 'error').then(() => false)])
        if (!good) {
          servers.splice(0).forEach((s) => s.close())
          continue search
        }
        servers.push(server)
      }
      break
    }
    await expect(startWebHost({ lab, renderer: folder, port: base })).rejects.toThrow(`The ports ${base} to ${base + 16} are all taken. Choose another with --port.`)
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  })
})

describe('a window over a WebSocket', () => {
  test('calls, hears, loses its connection, and has missed nothing', async () => {
    const cookie = await session()
    const sockets: NodeWebSocket[] = []
    const channel = webSocketChannel(`ws://127.0.0.1:${host.port}/lab`, (address) => {
      const socket = new NodeWebSocket(address, { headers: { ...cookie, Origin: origin() } })
      sockets.push(socket)
      return socket as unknown as WebSocket
    })
    const client = connectLab(channel)
    expect(await client.info()).toMatchObject({ host: 'browser' })

    const times: number[] = []
    let wanted = 0
    let arrived: () => void = () => {}
    client.on('events', ({ events }) => {
      times.push(...events.map((event) => event.Kindling.t))
      if (times.length >= wanted) arrived()
    })
    const until = (count: number): Promise<void> => new Promise((resolve) => ((wanted = count), (arrived = resolve)))
    const states: string[] = []
    let reconnected: () => void = () => {}
    client.connection((state) => {
      states.push(state)
      if (state === 'connected' && states.length > 1) reconnected()
    })

    const first = until(100)
    lab.write('r', 100)
    await first
    const back = new Promise<void>((resolve) => (reconnected = resolve))
    sockets.at(-1)!.terminate()
    await once(sockets.at(-1)!, 'close')
    lab.write('r', 100)
    const rest = until(250)
    await back
    lab.write('r', 50)
    await rest
    expect(times).toEqual(Array.from({ length: 250 }, (_, i) => i))
    expect(states).toEqual(['connected', 'reconnecting', 'connected'])
    expect(sockets.length).toBe(2)
    channel.close()
  })

  test('that stops reading for a while gets everything, in order, in few messages', async () => {
    const socket = new NodeWebSocket(`ws://127.0.0.1:${host.port}/lab`, { headers: { ...(await session()), Origin: origin() } })
    await once(socket, 'open')
    socket.send('{"type":"hello"}')
    socket.send('{"type":"call","id":"1","name":"info","args":[]}')
    await once(socket, 'message')
    socket.pause()
    const total = 60_000
    lab.write('r', total)
    const from: number[] = []
    const all = new Promise<void>((resolve) =>
      socket.on('message', (data) => {
        const frame = JSON.parse((data as Buffer).toString()) as { batch: { push: { from: number; events: unknown[] } }[] }
        for (const { push } of frame.batch) {
          from.push(push.from)
          if (push.from + push.events.length === total) resolve()
        }
      })
    )
    socket.resume()
    await all
    expect(from).toEqual(Array.from({ length: 12 }, (_, i) => i * 5_000))
    socket.terminate()
  })
})

test.each([
  [[], { port: undefined, open: true }],
  [['--port', '4040'], { port: 4040, open: true }],
  [['--no-open', '--port=0'], { port: 0, open: false }]
])('%j is understood', (args, wanted) => expect(readArguments(args)).toEqual(wanted))

test.each([
  [['--port', 'abc'], /--port takes a number from 0 to 65535, not "abc"/],
  [['--port', '70000'], /--port takes a number/],
  [['--prot', '1'], /Unknown option '--prot'\. Known are --port N and --no-open\./]
])('%j is refused with a sentence', (args, sentence) => expect(() => readArguments(args)).toThrow(sentence))

test('a display is what the system says', () => {
  expect(hasDisplay('linux', {})).toBe(false)
  expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true)
  expect(hasDisplay('darwin', {})).toBe(true)
})
