/**
 * What crosses between a window and the lab, on any transport. Plain data in both directions: it is
 * structured-cloned over Electron's IPC and written as JSON on a WebSocket.
 */
import type { LabCalls, LabPush } from '../../engine/lab-api.ts'

/** One pushed message, tagged with its kind. */
export type TaggedPush = { [K in keyof LabPush]: { kind: K; push: LabPush[K] } }[keyof LabPush]

/** Window → lab. */
export type ClientFrame =
  /** First frame of a connection; pushes are held until it is heard. Sent again after a reload. */
  | { type: 'hello' }
  /** `id` is chosen by the client and unique among its calls, over reloads too. */
  | { type: 'call'; id: string; name: keyof LabCalls; args: unknown[] }

/** Lab → window. */
export type ServerFrame =
  | { type: 'answer'; id: string; ok: true; value: unknown }
  /** `message` is a sentence for people; stacks stay in the lab. */
  | { type: 'answer'; id: string; ok: false; message: string }
  /** Everything that happened since the batch before, in order. */
  | { type: 'push'; batch: TaggedPush[] }

/** The lab's end of a connection to one window. */
export interface ServerChannel {
  send(frame: ServerFrame): void
  /** Frames arrive as they came: unchecked. */
  onFrame(handler: (frame: unknown) => void): void
  onClose(handler: () => void): void
  /** Bytes handed over and not yet taken by the other side; above {@link CONGESTED_BYTES} pushes wait. */
  waiting(): number
}

/** A window's end. It may close and open again, any number of times. */
export interface ClientChannel {
  /** Only between `open` and `closed`; otherwise the frame is dropped. */
  send(frame: ClientFrame): void
  onFrame(handler: (frame: ServerFrame) => void): void
  /** Tells the present state at once, unless the first connection is still being made, then every change. */
  onState(handler: (state: 'open' | 'closed') => void): void
}

/** Above this much unread data a window gets no further pushes until it has caught up. */
export const CONGESTED_BYTES = 1 << 20

/** Electron IPC channel names; the preload script and the main process share them. */
export const TO_LAB = 'kindling:to-lab'
export const FROM_LAB = 'kindling:from-lab'
