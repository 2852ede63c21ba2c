import { createServer, connect as netConnect, type Server } from 'node:net'
import type { ActorId } from '../../events/index.ts'
import type { Connection } from '../interfaces.ts'
import type { Hello } from '../messages.ts'
import { SocketConnection, type ConnectionOptions, type NetworkOptions } from './socket-connection.ts'

export type { NetworkOptions, OnSent } from './socket-connection.ts'

/** Peers that have said nothing yet and are kept; a stranger's flood pushes out its own. */
const UNPROVEN_KEPT = 64

/** What becomes of a message: nothing special, `lost`, or late by so much lab time, ms. */
export type Tamper = (message: { kind: string; from: ActorId; to: ActorId; about?: string }) => 'lost' | number | undefined

/** Loopback TCP among the processes of one run. */
export class RealNetwork {
  readonly #tampers = new Map<string, Tamper>()
  /** Faults on lines of the cluster, by the id of the fault. The lab's own line is never among them. */
  readonly #troubles = new Map<string, { kind: 'hold' | 'cut'; with: (peer: ActorId) => boolean }>()
  readonly #options: NetworkOptions
  readonly #open = new Set<SocketConnection<unknown, unknown>>()
  readonly #servers = new Set<Server>()

  constructor(options: NetworkOptions) {
    this.#options = {
      ...options,
      fate: (message, from, to) => {
        if (this.#tampers.size === 0) return undefined
        const kind = (message as { type?: string }).type ?? 'message'
        const about = options.about?.(message)
        for (const tamper of [...this.#tampers.values()]) {
          const fate = tamper({ kind, from, to, ...(about === undefined ? {} : { about }) })
          if (fate !== undefined) return fate
        }
        return undefined
      }
    }
  }

  /** Listens on a free port of 127.0.0.1. `onPeer` is called once a peer has proven the secret. */
  async listen<Out, In>(options: ConnectionOptions, onPeer: (hello: Hello, connection: Connection<Out, In>) => void): Promise<{ port: number; close: () => void }> {
    const unproven = new Set<SocketConnection<Out, In>>()
    const server = createServer({ noDelay: true }, (socket) => {
      const connection = new SocketConnection<Out, In>(socket, this.#options, options, 'unknown')
      this.#open.add(connection as SocketConnection<unknown, unknown>)
      unproven.add(connection)
      connection.onClose(() => {
        unproven.delete(connection)
        this.#open.delete(connection as SocketConnection<unknown, unknown>)
      })
      connection.awaitHello((hello) => {
        unproven.delete(connection)
        if (this.#trouble('cut', connection)) {
          connection.destroy()
          return
        }
        connection.hold(this.#trouble('hold', connection))
        onPeer(hello, connection)
      })
      if (unproven.size > UNPROVEN_KEPT) unproven.values().next().value!.destroy()
    })
    this.#servers.add(server)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', resolve)
    })
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the server has no port')
    const close = (): void => {
      server.close()
      this.#servers.delete(server)
    }
    return { port: address.port, close }
  }

  /** Rejects when nobody listens there. */
  async connect<Out, In>(port: number, peer: ActorId, options: ConnectionOptions): Promise<Connection<Out, In>> {
    if (options.onClock && this.#troubled('cut', peer)) throw new Error(`There is no way to ${peer}`)
    const socket = netConnect({ host: '127.0.0.1', port, noDelay: true })
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve()
      })
    })
    const connection = new SocketConnection<Out, In>(socket, this.#options, options, peer)
    this.#open.add(connection as SocketConnection<unknown, unknown>)
    connection.onClose(() => this.#open.delete(connection as SocketConnection<unknown, unknown>))
    const hello: Hello = { type: 'Hello', secret: this.#options.secret, from: this.#options.self, pid: process.pid }
    connection.sendAtOnce(hello)
    connection.hold(this.#trouble('hold', connection))
    return connection
  }

  /** Lines to these peers fall silent both ways, those that are open and those to come, until `release`. Nothing is lost. */
  hold(key: string, peers: (peer: ActorId) => boolean): void {
    this.#troubles.set(key, { kind: 'hold', with: peers })
    this.#settle()
  }

  /** Lines to these peers break, and no new one comes to be, until `release`. */
  cut(key: string, peers: (peer: ActorId) => boolean): void {
    this.#troubles.set(key, { kind: 'cut', with: peers })
    for (const connection of [...this.#open]) if (this.#trouble('cut', connection)) connection.destroy()
  }

  /** Asks `tamper` of each message of the cluster that this process says or hears, until `release`. */
  tamper(key: string, tamper: Tamper): void {
    this.#tampers.set(key, tamper)
  }

  /** Ends what `tamper`, `hold` or `cut` began under this key. */
  release(key: string): void {
    this.#tampers.delete(key)
    if (this.#troubles.delete(key)) this.#settle()
  }

  #settle(): void {
    for (const connection of [...this.#open]) connection.hold(this.#trouble('hold', connection))
  }

  #trouble(kind: 'hold' | 'cut', connection: { onClock: boolean; peer: ActorId }): boolean {
    return connection.onClock && this.#troubled(kind, connection.peer)
  }

  #troubled(kind: 'hold' | 'cut', peer: ActorId): boolean {
    return [...this.#troubles.values()].some((trouble) => trouble.kind === kind && trouble.with(peer))
  }

  closeAll(): void {
    for (const server of this.#servers) server.close()
    for (const connection of this.#open) connection.close()
  }
}
