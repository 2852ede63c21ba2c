/**
 * Who may talk to the browser host: someone who opened the printed address, from a page of ours, under
 * a name that is this computer's own. There is no boundary of the operating system around a port.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Secrets of one host's life. */
export class Visitors {
  readonly #token = randomBytes(32).toString('base64url')
  /** Good for one opening each: what is handed to the system can be read in its list of processes. */
  readonly #tickets = new Set<string>()
  readonly #session = randomBytes(32).toString('base64url')
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  /** The address to print. It stays good for as long as the host lives. */
  get address(): string {
    return this.#addressWith(this.#token)
  }

  /** An address that lets in once, for a browser that the host opens itself. */
  issueTicket(): string {
    const ticket = randomBytes(32).toString('base64url')
    this.#tickets.add(ticket)
    return this.#addressWith(ticket)
  }

  /** Origins a WebSocket of the window may have; `localhost` is the same computer by its other name. */
  get webSockets(): string[] {
    return this.#hosts.map((host) => `ws://${host}`)
  }

  /** Brings the session. Strict: no page of another site can make the browser send it. */
  get cookie(): string {
    return `${this.#cookieName}=${this.#session}; Path=/; HttpOnly; SameSite=Strict`
  }

  /** False for a name that was made to point here (DNS rebinding). */
  isOurHost(request: IncomingMessage): boolean {
    return this.#hosts.includes(request.headers.host ?? '')
  }

  /** A page of another origin says so; our own pages' plain loads say nothing. */
  isForeign(request: IncomingMessage): boolean {
    const { origin, host } = request.headers
    return origin !== undefined && origin !== `http://${host}`
  }

  /** Is it the token, or a ticket? A ticket is used up by this. */
  accepts(given: string | null): boolean {
    return given !== null && (same(given, this.#token) || this.#tickets.delete(given))
  }

  hasSession(request: IncomingMessage): boolean {
    for (const pair of (request.headers.cookie ?? '').split(';')) {
      const [name, value] = pair.trim().split('=', 2)
      if (name === this.#cookieName && value !== undefined && same(value, this.#session)) return true
    }
    return false
  }

  #addressWith(token: string): string {
    return `http://127.0.0.1:${this.#port}/?token=${token}`
  }

  get #hosts(): string[] {
    return [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`]
  }

  // Cookies know no ports: two labs on one computer keep their sessions apart by name.
  get #cookieName(): string {
    return `kindling-${this.#port}`
  }
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
