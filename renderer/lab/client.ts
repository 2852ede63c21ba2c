/** The lab as the window sees it: over the desktop's bridge where there is one, else over a WebSocket. */
import type { LabApi } from '../../engine/lab-api.ts'
import { connectLab } from '../../main/ipc/client.ts'
import type { ConnectedLab } from '../../main/ipc/client.ts'
import type { ClientChannel, ServerFrame } from '../../main/ipc/frames.ts'

declare global {
  interface Window {
    /** Put there by the desktop host's preload script. */
    kindling?: LabApi
  }
}

/** First and longest pause before the connection is tried again, ms. */
const FIRST_RETRY = 250
const LAST_RETRY = 4_000

let lab: ConnectedLab | undefined

/** The lab of this window; the same one at every call. */
export function getLab(): ConnectedLab {
  lab ??= window.kindling === undefined ? connectLab(webSocketChannel(labAddress(window.location))) : overBridge(window.kindling)
  return lab
}

/**
 * The bridge cannot be lost without the window. Arguments are made plain first: the bridge refuses the
 * proxies that reactive state is made of.
 */
const overBridge = (bridge: LabApi): ConnectedLab => ({
  ...bridge,
  start: (request) => bridge.start(plain(request)),
  fault: (request) => bridge.fault(plain(request)),
  connection: (listener) => {
    listener('connected')
    return () => {}
  }
})

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

const labAddress = ({ protocol, host }: Location): string => `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/lab`

/** A channel that opens its WebSocket again whenever it is lost, after longer and longer pauses, until `close`. */
export function webSocketChannel(address: string, open: (address: string) => WebSocket = (url) => new WebSocket(url)): ClientChannel & { close(): void } {
  const frameHandlers: Parameters<ClientChannel['onFrame']>[0][] = []
  const stateHandlers: Parameters<ClientChannel['onState']>[0][] = []
  let socket: WebSocket
  let state: 'opening' | 'open' | 'closed' = 'opening'
  let pause = FIRST_RETRY
  let retry: ReturnType<typeof setTimeout> | undefined

  const become = (next: 'open' | 'closed'): void => {
    if (state === next) return
    state = next
    for (const handler of stateHandlers) handler(state)
  }

  const connect = (): void => {
    socket = open(address)
    socket.onopen = () => {
      pause = FIRST_RETRY
      become('open')
    }
    socket.onmessage = ({ data }: MessageEvent) => {
      const frame = JSON.parse(data as string) as ServerFrame
      for (const handler of frameHandlers) handler(frame)
    }
    // An error is always followed by `close`.
    socket.onclose = () => {
      become('closed')
      retry = setTimeout(connect, pause)
      pause = Math.min(pause * 2, LAST_RETRY)
    }
  }
  connect()

  return {
    send: (frame) => {
      if (state === 'open') socket.send(JSON.stringify(frame))
    },
    onFrame: (handler) => void frameHandlers.push(handler),
    onState: (handler) => {
      stateHandlers.push(handler)
      if (state !== 'opening') handler(state)
    },
    close: () => {
      clearTimeout(retry)
      socket.onclose = null
      socket.close()
      become('closed')
    }
  }
}
