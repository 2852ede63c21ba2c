/** A window on the other end of a WebSocket: JSON text, one frame a message. */
import type { RawData, WebSocket } from 'ws'
import type { ServerChannel, ServerFrame } from '../ipc/frames.ts'

/** A window that does not say hello, or answer a ping, within this time is gone. */
const SILENCE_MS = 30_000

export function webSocketChannel(socket: WebSocket): ServerChannel {
  let heard = false
  // Also bounds what is held for a window that has stopped reading.
  const pulse = setInterval(() => {
    if (!heard) return socket.terminate()
    heard = false
    socket.ping()
  }, SILENCE_MS)
  pulse.unref()
  socket.on('pong', () => (heard = true))
  socket.on('message', () => (heard = true))
  socket.on('close', () => clearInterval(pulse))
  // What is wrong with a socket ends it: `close` follows.
  socket.on('error', () => {})
  return {
    send: (frame: ServerFrame) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame))
    },
    onFrame: (handler) => {
      socket.on('message', (data, binary) => handler(binary ? undefined : parse(data)))
    },
    onClose: (handler) => void socket.on('close', handler),
    waiting: () => socket.bufferedAmount
  }
}

function parse(data: RawData): unknown {
  try {
    // With `nodebuffer`, the default, it is one Buffer.
    return JSON.parse((data as Buffer).toString())
  } catch {
    return undefined
  }
}
