import { createServer, type RequestListener } from 'node:http'
import { createServer as createSilence } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { whyUnreachable } from '../../scripts/reach.ts'

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
const serve = (listener: RequestListener): Promise<string> => listening(createServer(listener))

test('a file that is there can be fetched, also behind a redirect', async () => {
  const methods: string[] = []
  const host = await serve((request, response) => {
    methods.push(request.method ?? '')
    if (request.url === '/moved') response.writeHead(302, { location: '/file' })
    response.end()
  })
  expect(await whyUnreachable(`http://${host}/moved`, 5_000)).toBeUndefined()
  expect(methods).toEqual(['HEAD', 'HEAD'])
})

test('a file that is not there cannot', async () => {
  const host = await serve((_, response) => response.writeHead(404).end())
  expect(await whyUnreachable(`http://${host}/`, 5_000)).toBe(`${host} answers 404`)
})

test('a host that refuses cannot be reached', async () => {
  const server = createSilence()
  const host = await listening(server)
  server.close()
  await once(server, 'close')
  expect(await whyUnreachable(`http://${host}/`, 5_000)).toBe(`${host} cannot be reached`)
})

test('a host that never answers costs the deadline and no more', async () => {
  const server = createSilence((socket) => onTestFinished(() => void socket.destroy()))
  const host = await listening(server)
  expect(await whyUnreachable(`http://${host}/`, 200)).toBe(`${host} does not answer`)
})
