/** A window shows the lab and nothing else: no other page, no second window, no embedded one. */
import type { App, WebContents } from 'electron'
import { isOurs } from './scheme.ts'

interface Leaving {
  readonly url: string
  preventDefault(): void
}

export function guardNavigation(app: App): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents))
}

function guardContents(contents: WebContents): void {
  const stay = (event: Leaving): void => {
    if (!isOurs(event.url)) event.preventDefault()
  }
  contents.on('will-navigate', stay)
  contents.on('will-frame-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}
