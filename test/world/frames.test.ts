import { expect, test } from 'vitest'
import { FrameReader, encodeFrame } from '../../engine/world/real/frames.ts'

test('blobs are plain bytes whose slice copies, small or most of their frame', () => {
  for (const size of [5, 1 << 20]) {
    const reader = new FrameReader()
    reader.push(Buffer.concat(encodeFrame({ type: 'Said' }, 0, [new Uint8Array(size).fill(7)])))
    const blob = reader.next()!.blobs[0]!
    expect(Object.getPrototypeOf(blob)).toBe(Uint8Array.prototype)
    expect(blob.byteLength).toBe(size)
    const copy = blob.slice(1, 4)
    expect([copy.buffer.byteLength, ...copy]).toEqual([3, 7, 7, 7])
  }
})
