/**
 * CPython's hash of str and bytes on a 64-bit machine with PYTHONHASHSEED=0 (SipHash-1-3, zero key). Wasm
 * CPython hashes to 32 bits; keys must land in the partitions they land in on a real Spark.
 */

/** v0..v3 as low, high halves. */
const state = new Int32Array(8)

function halfRound(a: number, b: number, c: number, d: number, s: number, t: number): void {
  add(a, b)
  add(c, d)
  rotate(b, s)
  state[b]! ^= state[a]!
  state[b + 1]! ^= state[a + 1]!
  rotate(d, t)
  state[d]! ^= state[c]!
  state[d + 1]! ^= state[c + 1]!
  const low = state[a]!
  state[a] = state[a + 1]!
  state[a + 1] = low
}

function add(to: number, from: number): void {
  const low = (state[to]! >>> 0) + (state[from]! >>> 0)
  state[to] = low | 0
  state[to + 1] = (state[to + 1]! + state[from + 1]! + (low > 0xffff_ffff ? 1 : 0)) | 0
}

/** Rotates left by less than 32. */
function rotate(at: number, by: number): void {
  const low = state[at]!
  const high = state[at + 1]!
  state[at] = (low << by) | (high >>> (32 - by))
  state[at + 1] = (high << by) | (low >>> (32 - by))
}

function round(): void {
  halfRound(0, 2, 4, 6, 13, 16)
  halfRound(4, 2, 0, 6, 17, 21)
}

function hash(data: DataView, start: number, length: number, out: DataView, outAt: number): void {
  // Zero key: the bare constants "somepseudorandomlygeneratedbytes".
  state.set([0x70736575, 0x736f6d65, 0x6e646f6d, 0x646f7261, 0x6e657261, 0x6c796765, 0x79746573, 0x74656462])
  const whole = start + (length & ~7)
  for (let at = start; at < whole; at += 8) mix(data.getInt32(at, true), data.getInt32(at + 4, true))
  let low = 0
  let high = (length & 0xff) << 24
  for (let index = 0; index < (length & 7); index++) {
    const byte = data.getUint8(whole + index)
    if (index < 4) low |= byte << (8 * index)
    else high |= byte << (8 * (index - 4))
  }
  mix(low, high)
  state[4]! ^= 0xff
  round()
  round()
  round()
  out.setInt32(outAt, state[0]! ^ state[2]! ^ state[4]! ^ state[6]!, true)
  out.setInt32(outAt + 4, state[1]! ^ state[3]! ^ state[5]! ^ state[7]!, true)
}

function mix(low: number, high: number): void {
  state[6]! ^= low
  state[7]! ^= high
  round()
  state[0]! ^= low
  state[1]! ^= high
}

/** Hashes pieces that lie one after another in `data`; `lengths` are Uint32 little-endian. 8 bytes each come back. */
export function siphashAll(data: Uint8Array, lengths: Uint8Array): Uint8Array {
  const bytes = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const sizes = new DataView(lengths.buffer, lengths.byteOffset, lengths.byteLength)
  const count = lengths.length >> 2
  const out = new Uint8Array(count * 8)
  const view = new DataView(out.buffer)
  let start = 0
  for (let index = 0; index < count; index++) {
    const length = sizes.getUint32(index * 4, true)
    hash(bytes, start, length, view, index * 8)
    start += length
  }
  return out
}
