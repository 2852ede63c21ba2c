import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Connection } from '../../engine/world/interfaces.ts'
import { FrameReader, encodeFrame, MAX_FRAME } from '../../engine/world/real/frames.ts'
import { RealNetwork } from '../../engine/world/real/network.ts'
import { startClock } from '../../engine/world/real/clock.ts'

interface Said {
  type: 'Said'
  text: string
}

const SECRET = 'the secret of this run'
const networks: RealNetwork[] = []
const sockets: Socket[] = []
afterEach(() => {
  for (const one of networks.splice(0)) one.closeAll()
  for (const socket of sockets.splice(0)) socket.destroy()
})

/** A driver's port, and what it took for words of its own people. */
async function house(): Promise<{ port: number; heard: string[]; friend: () => Promise<Connection<Said, never>> }> {
  const make = (self: string): RealNetwork => {
    const made = new RealNetwork({ clock: startClock(), secret: SECRET, self, latencyMs: 0 })
    networks.push(made)
    return made
  }
  const heard: string[] = []
  const { port } = await make('driver').listen<never, Said>({ onClock: true }, (hello, peer) => {
    heard.push(`hello ${hello.from}`)
    peer.onMessage((message) => heard.push(message.text))
  })
  return { port, heard, friend: () => make('executor-0').connect<Said, never>(port, 'driver', { onClock: true }) }
}

function stranger(port: number): { socket: Socket; closed: Promise<void> } {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => undefined)
  return { socket, closed: new Promise((resolve) => socket.on('close', () => resolve())) }
}

const frame = (message: unknown): Buffer => Buffer.concat(encodeFrame(message, -1, []))

/** A friend is heard, so the house stands. */
async function stillStands({ friend, heard }: Awaited<ReturnType<typeof house>>): Promise<void> {
  const connection = await friend()
  connection.send({ type: 'Said', text: 'here I am' })
  await expect.poll(() => heard.slice(-2)).toEqual(['hello executor-0', 'here I am'])
}

const wrong: [name: string, bytes: Buffer][] = [
  ['a wrong secret', frame({ type: 'Hello', secret: 'a guess', from: 'executor-9', pid: 1 })],
  ['a secret that is no text', frame({ type: 'Hello', secret: { length: 22 }, from: 'executor-9', pid: 1 })],
  ['a word before the secret', frame({ type: 'RegisterExecutor', executorId: '9' })],
  ['a wrong secret, then a word', Buffer.concat([frame({ type: 'Hello', secret: 'a guess' }), frame({ type: 'Said', text: 'let me in' })])],
  ['a web browser', Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')],
  ['a frame of 1 GiB', Buffer.from([0x3f, 0xff, 0xff, 0xff, 0, 0, 0, 2])],
  ['a hello longer than any of ours', frame({ type: 'Hello', secret: 'x'.repeat(10_000) })],
  ['a head longer than its frame', Buffer.from([0, 0, 0, 8, 0, 0, 1, 0, 1, 2, 3, 4])],
  ['no JSON', Buffer.from([0, 0, 0, 8, 0, 0, 0, 4, 1, 2, 3, 4])]
]
for (const [name, bytes] of wrong) {
  test(`${name} ends the connection, and nothing of it is heard`, async () => {
    const here = await house()
    const { socket, closed } = stranger(here.port)
    socket.write(bytes)
    await closed
    expect(here.heard).toEqual([])
    await stillStands(here)
  })
}

test('a flood of silent strangers pushes out its own, and the door stays open', async () => {
  const here = await house()
  const flood = Array.from({ length: 200 }, () => stranger(here.port))
  for (const { socket } of flood) socket.write(Buffer.from([0, 0]))
  await Promise.all(flood.slice(0, 100).map(({ closed }) => closed))
  await stillStands(here)
})

test('a handler that throws does not cut the line, nor lose the words behind', async () => {
  const make = (self: string): RealNetwork => {
    const made = new RealNetwork({ clock: startClock(), secret: SECRET, self, latencyMs: 0 })
    networks.push(made)
    return made
  }
  const thrown = new Promise<unknown>((resolve) => {
    const before = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.once('uncaughtException', (error) => {
      for (const listener of before) process.on('uncaughtException', listener)
      resolve(error)
    })
  })
  const heard: string[] = []
  const { port } = await make('driver').listen<never, Said>({ onClock: true }, (_hello, peer) => {
    peer.onMessage((message) => {
      heard.push(message.text)
      if (message.text === 'one') throw new Error('a mistake of ours')
    })
  })
  const connection = await make('executor-0').connect<Said, never>(port, 'driver', { onClock: true })
  connection.send({ type: 'Said', text: 'one' })
  connection.send({ type: 'Said', text: 'two' })
  expect(await thrown).toMatchObject({ message: 'a mistake of ours' })
  await expect.poll(() => heard).toEqual(['one', 'two'])
})

test('frames are cut alike however they arrive', () => {
  const blob = new Uint8Array(300).map((_, i) => i % 256)
  const bytes = Buffer.concat([...encodeFrame({ n: 1 }, 5, []), ...encodeFrame({ n: 2 }, 6, [blob, new Uint8Array()]), ...encodeFrame({ n: 3 }, 7, [])])
  for (const size of [1, 3, 7, 64, bytes.length]) {
    const reader = new FrameReader(MAX_FRAME)
    const frames = []
    for (let at = 0; at < bytes.length; at += size) {
      reader.push(bytes.subarray(at, at + size))
      for (let next = reader.next(); next !== undefined; next = reader.next()) frames.push(next)
    }
    expect(frames).toEqual([
      { message: { n: 1 }, sent: 5, blobs: [] },
      { message: { n: 2 }, sent: 6, blobs: [blob, new Uint8Array()] },
      { message: { n: 3 }, sent: 7, blobs: [] }
    ])
  }
})
