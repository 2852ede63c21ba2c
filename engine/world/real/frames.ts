/**
 * Frames on a socket: u32 length of the rest, u32 length of the head, head as JSON, blobs. The head is
 * `{m: message, s: lab time of sending, b: [length of each blob]}`.
 */

/** A frame longer than this is taken for a stranger's noise and ends the connection. */
export const MAX_FRAME = 1 << 30

export interface Frame {
  message: unknown
  sent: number
  blobs: Uint8Array[]
}

/** The buffers to write for one message. Blobs are not copied. */
export function encodeFrame(message: unknown, sent: number, blobs: readonly Uint8Array[]): Uint8Array[] {
  const head = Buffer.from(JSON.stringify(blobs.length === 0 ? { m: message, s: sent } : { m: message, s: sent, b: blobs.map((blob) => blob.byteLength) }))
  let total = 4 + head.length
  for (const blob of blobs) total += blob.byteLength
  const front = Buffer.allocUnsafe(8 + head.length)
  front.writeUInt32BE(total, 0)
  front.writeUInt32BE(head.length, 4)
  head.copy(front, 8)
  return [front, ...blobs]
}

/** Cuts what arrives into frames. Blobs point into memory of their own. */
export class FrameReader {
  #chunks: Buffer[] = []
  #length = 0
  #need = 4
  readonly #onFrame: (frame: Frame) => void

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame
  }

  /** Throws on a frame that cannot be ours. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    while (this.#length >= this.#need) {
      const buffer = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#length)
      let at = 0
      while (buffer.length - at >= 4) {
        const total = buffer.readUInt32BE(at)
        if (total < 4 || total > MAX_FRAME) throw new Error(`a frame of ${total} bytes`)
        if (buffer.length - at < 4 + total) break
        this.#onFrame(decode(buffer.subarray(at + 4, at + 4 + total)))
        at += 4 + total
      }
      const rest = buffer.subarray(at)
      this.#chunks = rest.length > 0 ? [rest] : []
      this.#length = rest.length
      this.#need = rest.length >= 4 ? 4 + rest.readUInt32BE(0) : 4
    }
  }
}

function decode(body: Buffer): Frame {
  const headLength = body.readUInt32BE(0)
  if (headLength > body.length - 4) throw new Error('a frame whose head is longer than itself')
  const head = JSON.parse(body.toString('utf8', 4, 4 + headLength)) as { m: unknown; s: number; b?: number[] }
  const blobs: Uint8Array[] = []
  let at = 4 + headLength
  for (const length of head.b ?? []) {
    if (length < 0 || at + length > body.length) throw new Error('a frame whose blobs are longer than itself')
    // A copy: the chunk it lies in may hold much more and would be kept alive.
    blobs.push(new Uint8Array(body.subarray(at, at + length)))
    at += length
  }
  return { message: head.m, sent: head.s, blobs }
}
