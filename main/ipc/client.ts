/** A window's side of a connection: LabApi over any channel. Knows no transport, no Electron, no Node. */
import type { LabApi, LabCalls, LabPush } from '../../engine/lab-api.ts'
import { LAB_CALLS } from '../../engine/lab-api.ts'
import { Follower } from './follower.ts'
import type { ClientChannel, ClientFrame, ServerFrame, TaggedPush } from './frames.ts'

export type ConnectionState = 'connected' | 'reconnecting'

export interface ConnectedLab extends LabApi {
  /** Tells the present state at once, then every change. Returns a function that stops it. */
  connection(listener: (state: ConnectionState) => void): () => void
}

/** Calls that only read: asked again after a lost connection. */
const READS: ReadonlySet<keyof LabCalls> = new Set(['info', 'scenarios', 'scenario', 'events', 'check'])

const LOST = 'The window has lost the lab and is looking for it. Try again in a moment.'

interface Waiting {
  frame: ClientFrame & { type: 'call' }
  resolve(value: unknown): void
  reject(error: Error): void
}

/**
 * Offers the lab behind `channel`.
 *
 * When the connection is lost, reads wait for it to come back; commands answer `{ ok: false }` with a
 * sentence, since nobody knows whether they were heard. Missed events are fetched before later ones
 * are delivered.
 */
export function connectLab(channel: ClientChannel): ConnectedLab {
  const waiting = new Map<string, Waiting>()
  const listeners: { [K in keyof LabPush]: Set<(push: LabPush[K]) => void> } = { events: new Set(), runEnded: new Set() }
  const watchers = new Set<(state: ConnectionState) => void>()
  // Ids differ from those of the page before a reload, whose answers may still be under way.
  const nonce = Math.random().toString(36).slice(2)
  let count = 0
  // Neither open nor lost while the first connection is being made.
  let open = false
  let lost = false
  let opened = false

  const call = (name: keyof LabCalls, args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = `${nonce}-${++count}`
      const frame = { type: 'call' as const, id, name, args }
      if (lost && !READS.has(name)) return resolve({ ok: false, message: LOST })
      waiting.set(id, { frame, resolve, reject })
      if (open) channel.send(frame)
    })

  const lab = Object.fromEntries(LAB_CALLS.map((name) => [name, (...args: unknown[]) => call(name, args)])) as unknown as LabCalls

  const deliver = (push: TaggedPush): void => {
    for (const listener of [...listeners[push.kind]]) (listener as (push: LabPush[keyof LabPush]) => void)(push.push)
  }
  const follower = new Follower(lab, deliver)

  channel.onFrame((frame: ServerFrame) => {
    if (frame.type === 'push') return follower.take(frame.batch)
    const asked = waiting.get(frame.id)
    waiting.delete(frame.id)
    if (frame.ok) asked?.resolve(frame.value)
    else asked?.reject(new Error(frame.message))
  })

  channel.onState((state) => {
    const wasLost = lost
    open = state === 'open'
    lost = !open
    if (open) {
      channel.send({ type: 'hello' })
      for (const { frame } of waiting.values()) channel.send(frame)
      if (opened) follower.resume()
      opened = true
    } else {
      for (const [id, { frame, resolve }] of waiting) {
        if (READS.has(frame.name)) continue
        waiting.delete(id)
        resolve({ ok: false, message: LOST })
      }
    }
    if (wasLost !== lost) for (const watcher of [...watchers]) watcher(lost ? 'reconnecting' : 'connected')
  })

  return {
    ...lab,
    on(kind, listener) {
      listeners[kind].add(listener)
      return () => void listeners[kind].delete(listener)
    },
    connection(listener) {
      watchers.add(listener)
      listener(lost ? 'reconnecting' : 'connected')
      return () => void watchers.delete(listener)
    }
  }
}
