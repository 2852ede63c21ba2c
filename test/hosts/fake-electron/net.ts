/** The fake session: schemes, request filters and permissions, and a way to make a request through them. */
import { readFileSync, existsSync, statSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { app } from './app.ts'

type Headers = Record<string, string>
interface Route {
  match?: { host?: string; path?: string }
  source: { type: string; root: string; index?: string; headers?: Headers }
}
type Handler = (request: Request) => Response | Promise<Response>
type Filter = (details: { url: string }, callback: (answer: { cancel?: boolean }) => void) => void

const sources = new Map<string, { routes: Route[] }>()
const handlers = new Map<string, Handler>()
export const privileged: unknown[] = []
let filter: Filter | undefined

export const protocol: Record<string, unknown> = {
  registerSchemesAsPrivileged(schemes: unknown[]): void {
    app.beforeReady('registerSchemesAsPrivileged')
    privileged.push(...schemes)
  },
  handle: (scheme: string, handler: Handler): void => void handlers.set(scheme, handler),
  registerSource: (scheme: string, source: { routes: Route[] }): void => void sources.set(scheme, source)
}
// Electron 44 had none.
if (process.env['FAKE_ELECTRON_NO_SOURCE'] !== undefined) delete protocol['registerSource']

type PermissionRequest = (contents: unknown, permission: string, callback: (granted: boolean) => void) => void
type PermissionCheck = (contents: unknown, permission: string) => boolean
export const asked: { request?: PermissionRequest; check?: PermissionCheck; device?: () => boolean; display?: unknown } = {}

export const session = {
  defaultSession: {
    protocol,
    setPermissionRequestHandler: (handler: PermissionRequest) => (asked.request = handler),
    setPermissionCheckHandler: (handler: PermissionCheck) => (asked.check = handler),
    setDevicePermissionHandler: (handler: () => boolean) => (asked.device = handler),
    setDisplayMediaRequestHandler: (handler: unknown) => (asked.display = handler),
    webRequest: { onBeforeRequest: (handler: Filter) => (filter = handler) }
  }
}

export interface Answer {
  status: number
  headers: Headers
  body: string
}

/** One request as the page would make it. `status` 0: cancelled or not found, as fetch would fail. */
export async function request(url: string, method = 'GET'): Promise<Answer> {
  const failed: Answer = { status: 0, headers: {}, body: '' }
  let cancelled = false
  filter?.({ url }, (answer) => (cancelled = answer.cancel === true))
  if (cancelled) return failed
  const { protocol: scheme, host, pathname } = new URL(url)
  const handler = handlers.get(scheme.slice(0, -1))
  if (handler !== undefined) {
    const response = await handler({ url, method } as Request)
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
  }
  const route = sources.get(scheme.slice(0, -1))?.routes.find(({ match }) => match?.host === undefined || match.host === host)
  if (route === undefined || !['GET', 'HEAD'].includes(method)) return failed
  const path = normalize(join(route.source.root, decodeURIComponent(pathname.endsWith('/') ? pathname + (route.source.index ?? 'index.html') : pathname)))
  if (!path.startsWith(route.source.root) || !existsSync(path) || !statSync(path).isFile()) return failed
  const headers = Object.fromEntries(Object.entries(route.source.headers ?? {}).map(([key, value]) => [key.toLowerCase(), value]))
  return { status: 200, headers, body: readFileSync(path, 'utf8') }
}
