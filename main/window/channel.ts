/** A desktop window as a channel. The one place where messages of a window enter the main process. */
import type { WebContents } from 'electron'
import { isTrusted } from '../security/senders.ts'
import { FROM_LAB, TO_LAB } from '../ipc/frames.ts'
import type { ServerChannel } from '../ipc/frames.ts'

export function windowChannel(contents: WebContents): ServerChannel {
  return {
    send: (frame) => {
      if (!contents.isDestroyed() && !contents.isCrashed()) contents.send(FROM_LAB, frame)
    },
    onFrame: (handler) => {
      contents.ipc.on(TO_LAB, (event, frame: unknown) => {
        if (isTrusted(event)) handler(frame)
      })
    },
    onClose: (handler) => void contents.once('destroyed', handler),
    // Electron tells nobody how much waits in its pipe.
    waiting: () => 0
  }
}
