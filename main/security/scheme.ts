/**
 * The scheme the desktop window is loaded from. Unlike file: it has an origin, can carry headers, and
 * reaches one folder only.
 */
import type { CustomScheme, Protocol } from 'electron'
import { securityHeaders } from './content-security-policy.ts'
import { readStatic } from './static-files.ts'

export const SCHEME = 'kindling'
const HOST = 'lab'
export const WINDOW_URL = `${SCHEME}://${HOST}/index.html`

/** To be registered once, before the app is ready. Never with bypassCSP. */
export const privilegedSchemes: CustomScheme[] = [{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]

/** Is this a page of ours? Node's URL gives `null` as origin of schemes it does not know. */
export function isOurs(url: string): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  return parsed?.protocol === `${SCHEME}:` && parsed.host === HOST
}

/**
 * Serves the files of `root` under the scheme, with the security headers: by Electron itself where it
 * can do that without asking this process, else by a handler here.
 */
export function serveWindow(protocol: Pick<Protocol, 'handle'> & Partial<Pick<Protocol, 'registerSource'>>, root: string): void {
  const headers = securityHeaders()
  if (typeof protocol.registerSource === 'function') {
    try {
      protocol.registerSource(SCHEME, { routes: [{ match: { host: HOST }, source: { type: 'directory', root, index: 'index.html', headers } }] })
      return
    } catch {
      // Experimental in Electron 45: the handler below does the same.
    }
  }
  protocol.handle(SCHEME, async (request) => {
    const plain = (status: number, text: string): Response => new Response(text, { status, headers: { ...headers, 'Content-Type': 'text/plain' } })
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Only GET and HEAD.')
    if (!isOurs(request.url)) return plain(404, 'There is nothing here.')
    const file = await readStatic(root, new URL(request.url).pathname)
    if (file === undefined) return plain(404, 'There is nothing here.')
    return new Response(request.method === 'HEAD' ? null : file.body, { headers: { ...headers, 'Content-Type': file.type } })
  })
}
