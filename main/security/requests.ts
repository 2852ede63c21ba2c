/** The window needs no network: whatever a page or a library of it tries to reach is refused. */
import type { Session } from 'electron'
import { isOurs } from './scheme.ts'

export function blockRequests(session: Session): void {
  session.webRequest.onBeforeRequest((details, callback) => {
    callback({ cancel: !(isOurs(details.url) || details.url.startsWith('devtools://') || /^(data|blob):/.test(details.url)) })
  })
}
