/** The browser host's HTTP and WebSocket server, on the loopback only. */
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { serveLab } from '../ipc/server.ts'
import { webSocketChannel } from './channel.ts'
import type { LabApi } from '../../engine/lab-api.ts'
import { securityHeaders } from '../security/content-security-policy.ts'
import { readStatic } from '../security/static-files.ts'
import { Visitors } from '../security/visitors.ts'

/** As Spark does: a port that is taken is followed by the next, this many times. */
export const PORT_RETRIES = 16

/** Longest message of a window: a program of a million characters, and room. */
const MAX_MESSAGE = 8 << 20
const MAX_WINDOWS = 32

export const LAB_PATH = '/lab'

const STRANGER = 'Kindling serves only the person who started it. Open the address that it printed.\n'

export interface WebHost {
  port: number
  /** With the token: to be printed once, for the person who started the host. */
  address: string
  /** An address that lets in once, to be handed to a browser. */
  issueTicket(): string
  /** The ports that were taken. */
  taken: number[]
  close(): Promise<void>
}

export interface WebHostOptions {
  lab: LabApi
  /** Folder of the built window. */
  renderer: string
  /** Wanted port; 0 for any. */
  port: number
  onProblem?: (error: unknown) => void
}

/** Listens, and serves `lab` to windows that prove themselves. Rejects when no port could be had. */
export async function startWebHost({ lab, renderer, port, onProblem = () => {} }: WebHostOptions): Promise<WebHost> {
  const server = createServer({ maxHeaderSize: 16 << 10, requestTimeout: 10_000, headersTimeout: 10_000 })
  const taken = await listen(server, port)
  const visitors = new Visitors((server.address() as AddressInfo).port)
  const headers = securityHeaders(visitors.webSockets)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, perMessageDeflate: false })

  const answer = (response: ServerResponse, status: number, text: string, more: Record<string, string> = {}): void => {
    response.writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...more })
    response.end(text)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!visitors.isOurHost(request) || visitors.isForeign(request)) return answer(response, 403, STRANGER)
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, 'Only GET and HEAD.\n', { Allow: 'GET, HEAD', Connection: 'close' })
    // Read as a path, never as a URL: `//host/` and dots must not be tidied before they are judged.
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2)
    const token = path === '/' ? new URLSearchParams(query).get('token') : null
    if (visitors.accepts(token)) return answer(response, 303, '', { Location: '/', 'Set-Cookie': visitors.cookie })
    if (!visitors.hasSession(request)) return answer(response, 403, STRANGER)
    // A ticket that was used: the location is tidied for one who is in already.
    if (token !== null) return answer(response, 303, '', { Location: '/' })
    const file = await readStatic(renderer, path)
    if (file === undefined) return answer(response, 404, 'There is nothing here.\n')
    response.writeHead(200, { ...headers, 'Content-Type': file.type, 'Content-Length': file.body.length, 'Cache-Control': 'no-cache' })
    response.end(request.method === 'HEAD' ? undefined : file.body)
  }

  server.on('request', (request, response) => {
    handle(request, response).catch((error: unknown) => {
      onProblem(error)
      if (response.headersSent) response.destroy()
      else answer(response, 500, 'Kindling could not read this file.\n')
    })
  })

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {})
    const ours = visitors.isOurHost(request) && request.headers.origin !== undefined && !visitors.isForeign(request) && visitors.hasSession(request)
    if (!ours) return refuse(socket, '403 Forbidden', STRANGER)
    if (request.url !== LAB_PATH) return refuse(socket, '404 Not Found', 'There is nothing here.\n')
    if (sockets.clients.size >= MAX_WINDOWS) return refuse(socket, '503 Service Unavailable', 'Too many windows are open.\n')
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      serveLab(lab, webSocketChannel(webSocket), onProblem)
    })
  })

  return {
    port: (server.address() as AddressInfo).port,
    address: visitors.address,
    issueTicket: () => visitors.issueTicket(),
    taken,
    close: async () => {
      for (const client of sockets.clients) client.close(1001, 'The lab is closing.')
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      const late = setTimeout(() => sockets.clients.forEach((client) => client.terminate()), 500)
      await closed
      clearTimeout(late)
      sockets.clients.forEach((client) => client.terminate())
    }
  }
}

/** Listens on `port` or one of the ports after it. Returns those that were taken. */
async function listen(server: Server, port: number): Promise<number[]> {
  const taken: number[] = []
  for (;;) {
    const tried = port === 0 ? 0 : port + taken.length
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).once('listening', resolve)
        server.listen({ host: '127.0.0.1', port: tried, exclusive: true })
      }).finally(() => server.removeAllListeners('error').removeAllListeners('listening'))
      return taken
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EADDRINUSE' || tried === 0) throw error
      taken.push(tried)
      if (taken.length > PORT_RETRIES || tried === 65_535) {
        throw new Error(`The ports ${taken[0]} to ${tried} are all taken. Choose another with --port.`, { cause: error })
      }
    }
  }
}

function refuse(socket: Duplex, status: string, text: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
}
