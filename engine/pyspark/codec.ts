/** Frames that cross the border to Python: one JSON text, and all bytes beside it in one blob. */

/** Bytes inside `head` stand as `{"$bytes":[offset,length]}` into `blob`. */
export interface Frame {
  head: string
  blob: Uint8Array | null
}

interface BytesReference {
  $bytes: [number, number]
}

const isReference = (value: object): value is BytesReference => '$bytes' in value

/** Packs a structured-cloneable value of plain objects, arrays, scalars and Uint8Arrays. */
export function encodeFrame(value: unknown): Frame {
  const parts: Uint8Array[] = []
  let length = 0
  const strip = (item: unknown): unknown => {
    if (item === null || typeof item !== 'object') return item
    if (item instanceof Uint8Array) {
      const reference: BytesReference = { $bytes: [length, item.length] }
      parts.push(item)
      length += item.length
      return reference
    }
    if (Array.isArray(item)) return item.map(strip)
    const copy: Record<string, unknown> = {}
    for (const key in item) copy[key] = strip((item as Record<string, unknown>)[key])
    return copy
  }
  const head = JSON.stringify(strip(value) ?? null)
  if (length === 0) return { head, blob: null }
  const blob = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    blob.set(part, offset)
    offset += part.length
  }
  return { head, blob }
}

/** The value of a frame. Each Uint8Array is a copy of its own, fit to be sent on without its neighbours. */
export function decodeFrame(frame: Frame): unknown {
  const value: unknown = JSON.parse(frame.head)
  if (!frame.head.includes('"$bytes"')) return value
  const blob = frame.blob ?? new Uint8Array(0)
  const fill = (item: unknown): unknown => {
    if (item === null || typeof item !== 'object') return item
    if (Array.isArray(item)) {
      for (let index = 0; index < item.length; index++) item[index] = fill(item[index])
      return item
    }
    if (isReference(item)) return blob.slice(item.$bytes[0], item.$bytes[0] + item.$bytes[1])
    const record = item as Record<string, unknown>
    for (const key in record) record[key] = fill(record[key])
    return record
  }
  return fill(value)
}
