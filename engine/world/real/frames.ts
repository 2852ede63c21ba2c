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
  const head = JSON.stringify(blobs.length === 0 ? { m: message, s: sent } : { m: message, s: sent, b: blobs.map((blob) => blob.byteLength) })
  const length = Buffer.byteLength(head)
  let total = 4 + length
  for (const blob of blobs) total += blob.byteLength
  const front = Buffer.allocUnsafe(8 + length)
  front.writeUInt32BE(total, 0)
  front.writeUInt32BE(length, 4)
  front.write(head, 8)
  return blobs.length === 0 ? [front] : [front, ...blobs]
}

/** Cuts what arrives into frames. Blobs point into memory of their own. */
export class FrameReader {
  /** The longest frame that is taken, bytes. */
  limit: number
  #chunks: Buffer[] = []
  /** Read up to here in the first chunk. */
  #at = 0
  #unread = 0
  #need = 4

  constructor(limit: number = MAX_FRAME) {
    this.limit = limit
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#unread += chunk.length
  }

  /** The next whole frame, if there is one. Throws on one that cannot be ours. */
  next(): Frame | undefined {
    if (this.#unread < this.#need) return undefined
    if (this.#chunks.length > 1) {
      this.#chunks[0] = this.#chunks[0]!.subarray(this.#at)
      this.#chunks = [Buffer.concat(this.#chunks, this.#unread)]
      this.#at = 0
    }
    const buffer = this.#chunks[0]!
    const total = buffer.readUInt32BE(this.#at)
    if (total < 4 || total > this.limit) throw new Error(`a frame of ${total} bytes`)
    if (this.#unread < 4 + total) {
      this.#need = 4 + total
      return undefined
    }
    const frame = decode(buffer.subarray(this.#at + 4, this.#at + 4 + total))
    this.#need = 4
    this.#at += 4 + total
    this.#unread -= 4 + total
    if (this.#unread === 0) {
      this.#chunks = []
      this.#at = 0
    }
    return frame
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
    const there = body.subarray(at, at + length)
    // A copy where the chunk it lies in holds much more, which would be kept alive.
    // Never a Buffer: its slice does not copy.
    blobs.push(2 * length > body.buffer.byteLength ? new Uint8Array(there.buffer, there.byteOffset, length) : new Uint8Array(there))
    at += length
  }
  return { message: head.m, sent: head.s, blobs }
}
