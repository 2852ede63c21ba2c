/**
 * Rows as bytes, for shuffles, results, broadcasts, cached blocks and spills. A blob is a row of batches, so
 * blobs may be put one after another. A batch is stored by columns: its length, its row count, its width, then
 * each column as a kind, a null map where there are nulls, and the values. Little-endian throughout, as every
 * machine that Node runs on is.
 */
import type { Row } from './fragment.ts'

const KIND = { allNull: 0, bool: 1, int32: 2, float64: 3, int64: 4, string: 5, json: 6 } as const
const HAS_NULLS = 16
/** Rows in one batch at most. */
export const BATCH = 4096

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A growing buffer that is cut off at the end. */
class Writer {
  bytes = new Uint8Array(65536)
  view = new DataView(this.bytes.buffer)
  at = 0
  need(n: number): void {
    if (this.at + n <= this.bytes.length) return
    const next = new Uint8Array(Math.max(this.bytes.length * 2, this.at + n))
    next.set(this.bytes.subarray(0, this.at))
    this.bytes = next
    this.view = new DataView(next.buffer)
  }
  u8(n: number): void {
    this.need(1)
    this.bytes[this.at++] = n
  }
  u32(n: number): void {
    this.need(4)
    this.view.setUint32(this.at, n, true)
    this.at += 4
  }
  raw(b: Uint8Array): void {
    this.need(b.length)
    this.bytes.set(b, this.at)
    this.at += b.length
  }
}

/** One writer serves all blobs, one after another; a very large one is let go. */
let scratch = new Writer()
const KEEP = 8 << 20

/** Encodes rows of one width; no rows give no bytes. */
export function encodeRows(rows: readonly Row[]): Uint8Array {
  if (rows.length === 0) return new Uint8Array(0)
  const w = scratch
  w.at = 0
  for (let i = 0; i < rows.length; i += BATCH) writeBatch(w, rows, i, Math.min(rows.length, i + BATCH))
  const out = w.bytes.slice(0, w.at)
  if (w.bytes.length > KEEP) scratch = new Writer()
  return out
}

function writeBatch(w: Writer, rows: readonly Row[], from: number, to: number): void {
  const width = rows[from]!.length
  const start = w.at
  w.u32(0)
  w.u32(to - from)
  w.u32(width)
  for (let c = 0; c < width; c++) writeColumn(w, rows, from, to, c)
  w.view.setUint32(start, w.at - start, true)
}

/** Every value's own kind; a column takes the narrowest that holds all of them. */
function kindOf(rows: readonly Row[], from: number, to: number, c: number): { kind: number; nulls: boolean } {
  let kind: number = KIND.allNull
  let nulls = false
  for (let i = from; i < to; i++) {
    const v = rows[i]![c]
    let k: number
    if (v === null || v === undefined) {
      nulls = true
      continue
    } else if (typeof v === 'number') k = (v | 0) === v && !(v === 0 && 1 / v < 0) ? KIND.int32 : KIND.float64
    else if (typeof v === 'string') k = KIND.string
    else if (typeof v === 'boolean') k = KIND.bool
    else if (typeof v === 'bigint') k = v >= -9223372036854775808n && v <= 9223372036854775807n ? KIND.int64 : KIND.json
    else k = KIND.json
    if (kind === KIND.allNull || kind === k) kind = k
    else if ((kind === KIND.int32 && k === KIND.float64) || (kind === KIND.float64 && k === KIND.int32)) kind = KIND.float64
    else return { kind: KIND.json, nulls: true }
  }
  return { kind, nulls }
}

function writeColumn(w: Writer, rows: readonly Row[], from: number, to: number, c: number): void {
  const { kind, nulls } = kindOf(rows, from, to, c)
  const n = to - from
  const marked = nulls && kind !== KIND.allNull && kind !== KIND.json
  w.u8(kind | (marked ? HAS_NULLS : 0))
  if (kind === KIND.allNull) return
  if (marked) {
    w.need((n + 7) >> 3)
    w.bytes.fill(0, w.at, w.at + ((n + 7) >> 3))
    for (let i = 0; i < n; i++) {
      const v = rows[from + i]![c]
      if (v === null || v === undefined) w.bytes[w.at + (i >> 3)]! |= 1 << (i & 7)
    }
    w.at += (n + 7) >> 3
  }
  switch (kind) {
    case KIND.bool:
      w.need(n)
      for (let i = from; i < to; i++) w.bytes[w.at++] = rows[i]![c] ? 1 : 0
      return
    case KIND.int32:
      w.need(n * 4)
      for (let i = from; i < to; i++, w.at += 4) w.view.setInt32(w.at, (rows[i]![c] as number) ?? 0, true)
      return
    case KIND.float64:
      w.need(n * 8)
      for (let i = from; i < to; i++, w.at += 8) w.view.setFloat64(w.at, (rows[i]![c] as number) ?? 0, true)
      return
    case KIND.int64:
      w.need(n * 8)
      for (let i = from; i < to; i++, w.at += 8) w.view.setBigInt64(w.at, (rows[i]![c] as bigint) ?? 0n, true)
      return
    case KIND.string: {
      let text = ''
      w.need(n * 4)
      for (let i = from; i < to; i++, w.at += 4) {
        const s = (rows[i]![c] as string) ?? ''
        w.view.setUint32(w.at, s.length, true)
        text += s
      }
      const bytes = encoder.encode(text)
      w.u32(bytes.length)
      w.raw(bytes)
      return
    }
    default: {
      const bytes = encoder.encode(JSON.stringify(rows.slice(from, to).map((r) => r[c] ?? null), tagged))
      w.u32(bytes.length)
      w.raw(bytes)
    }
  }
}

/** JSON for what JSON lacks: big integers, bytes, numbers that are no numbers. */
function tagged(_key: string, v: unknown): unknown {
  if (typeof v === 'bigint') return { n: v.toString() }
  if (v instanceof Uint8Array) return { b: Array.from(v) }
  if (typeof v === 'number' && (!Number.isFinite(v) || Object.is(v, -0))) return { d: Object.is(v, -0) ? '-0' : String(v) }
  return v
}

function untagged(_key: string, v: unknown): unknown {
  if (v === null || typeof v !== 'object' || Array.isArray(v)) return v
  const o = v as { n?: string; b?: number[]; d?: string }
  return o.n !== undefined ? BigInt(o.n) : o.b ? Uint8Array.from(o.b) : Number(o.d)
}

/** All rows of a blob. */
export function decodeRows(data: Uint8Array): Row[] {
  const out: Row[] = []
  for (const batch of decodeBatches(data)) for (const r of batch) out.push(r)
  return out
}

/** The batches of a blob, one at a time. */
export function* decodeBatches(data: Uint8Array): Generator<Row[]> {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  let at = 0
  while (at < data.length) {
    const length = view.getUint32(at, true)
    yield readBatch(data, view, at + 4)
    at += length
  }
}

/** Rows in a blob, without reading them. */
export function countRows(data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  let n = 0
  for (let at = 0; at < data.length; at += view.getUint32(at, true)) n += view.getUint32(at + 4, true)
  return n
}

type Column = ArrayLike<unknown>

function readBatch(data: Uint8Array, view: DataView, from: number): Row[] {
  const n = view.getUint32(from, true)
  const width = view.getUint32(from + 4, true)
  const columns = new Array<Column>(width)
  let at = from + 8
  for (let c = 0; c < width; c++) {
    const read = readColumn(data, view, at, n)
    columns[c] = read.values
    at = read.next
  }
  const rows = new Array<Row>(n)
  for (let i = 0; i < n; i++) {
    const row = new Array<unknown>(width)
    for (let c = 0; c < width; c++) row[c] = columns[c]![i]
    rows[i] = row
  }
  return rows
}

/** Bytes copied to where a typed array may look at them. (The `slice` of a Buffer copies nothing.) */
const aligned = (data: Uint8Array, at: number, bytes: number): ArrayBuffer => new Uint8Array(data.subarray(at, at + bytes)).buffer

function readColumn(data: Uint8Array, view: DataView, from: number, n: number): { values: Column; next: number } {
  const head = data[from]!
  let at = from + 1
  let map = -1
  if (head & HAS_NULLS) {
    map = at
    at += (n + 7) >> 3
  }
  let values: Column
  switch (head & 15) {
    case KIND.allNull: return { values: new Array<null>(n).fill(null), next: at }
    case KIND.bool:
      values = Array.from(data.subarray(at, at + n), (b) => b === 1)
      at += n
      break
    case KIND.int32:
      values = new Int32Array(aligned(data, at, n * 4))
      at += n * 4
      break
    case KIND.float64:
      values = new Float64Array(aligned(data, at, n * 8))
      at += n * 8
      break
    case KIND.int64:
      values = new BigInt64Array(aligned(data, at, n * 8))
      at += n * 8
      break
    case KIND.string: {
      const lengths = new Uint32Array(aligned(data, at, n * 4))
      at += n * 4
      const bytes = view.getUint32(at, true)
      const text = decoder.decode(data.subarray(at + 4, at + 4 + bytes))
      at += 4 + bytes
      const strings = new Array<string>(n)
      for (let i = 0, p = 0; i < n; i++) {
        const q = p + lengths[i]!
        strings[i] = text.slice(p, q)
        p = q
      }
      values = strings
      break
    }
    default: {
      const bytes = view.getUint32(at, true)
      values = JSON.parse(decoder.decode(data.subarray(at + 4, at + 4 + bytes)), untagged) as unknown[]
      at += 4 + bytes
    }
  }
  if (map < 0) return { values, next: at }
  const withNulls = Array.from<unknown>(values)
  for (let i = 0; i < n; i++) if (data[map + (i >> 3)]! & (1 << (i & 7))) withNulls[i] = null
  return { values: withNulls, next: at }
}

/** Bytes a row takes in memory, roughly. */
export function rowBytes(row: readonly unknown[]): number {
  let n = 32
  for (const v of row) n += typeof v === 'string' ? 32 + v.length * 2 : Array.isArray(v) ? rowBytes(v) : typeof v === 'bigint' ? 32 : v instanceof Uint8Array ? 64 + v.length : 8
  return n
}
