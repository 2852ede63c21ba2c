/** Writes the two icon formats that are containers of PNGs. Both hold the pictures as they are. */

export interface Picture {
  /** Width and height in pixels. */
  size: number
  png: Buffer
}

/** Apple's names for PNG pictures by size; the `@2x` name of the half size stands beside the plain one. */
const appleTypes: Record<number, readonly string[]> = {
  16: ['icp4'],
  32: ['icp5', 'ic11'],
  64: ['icp6', 'ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10']
}

/** macOS: chunks of a four-letter type, a length that counts its own header, and a PNG. Other sizes are left out. */
export function icns(pictures: readonly Picture[]): Buffer {
  const chunk = (type: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(8)
    head.write(type, 'latin1')
    head.writeUInt32BE(body.length + 8, 4)
    return Buffer.concat([head, body])
  }
  const chunks = pictures.flatMap(({ size, png }) => (appleTypes[size] ?? []).map((type) => chunk(type, png)))
  return chunk('icns', Buffer.concat(chunks))
}

/** Windows: a directory of pictures, then the PNGs. At most 256 pixels wide, which is written as 0. */
export function ico(pictures: readonly Picture[]): Buffer {
  const fitting = pictures.filter(({ size }) => size <= 256)
  const head = Buffer.alloc(6)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(fitting.length, 4)
  let offset = head.length + 16 * fitting.length
  const entries = fitting.map(({ size, png }) => {
    const entry = Buffer.alloc(16)
    entry.writeUInt8(size % 256, 0)
    entry.writeUInt8(size % 256, 1)
    entry.writeUInt16LE(1, 4)
    entry.writeUInt16LE(32, 6)
    entry.writeUInt32LE(png.length, 8)
    entry.writeUInt32LE(offset, 12)
    offset += png.length
    return entry
  })
  return Buffer.concat([head, ...entries, ...fitting.map(({ png }) => png)])
}
