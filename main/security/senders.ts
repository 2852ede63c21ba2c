/** Who may speak to the lab over Electron's IPC: the main frame of a window, while it shows our page. */
import type { IpcMainEvent } from 'electron'
import { isOurs } from './scheme.ts'

/** False also for a frame that is already gone (`senderFrame` is null after it navigated). */
export function isTrusted(event: Pick<IpcMainEvent, 'senderFrame'>): boolean {
  const frame = event.senderFrame
  return frame !== null && frame.parent === null && isOurs(frame.url)
}
