/** Lines of a piece of a text file, cut as Hadoop's record reader cuts them: a line belongs to the split it begins in. */
import type { FileSplit, FragmentIo } from '../fragment.ts'

/** The bytes of a file; `.gz` is unpacked on the way (such a file is one split). */
async function* bytesOf(path: string, start: number, io: FragmentIo): AsyncGenerator<Uint8Array> {
  const raw = io.openFile(path, start, Infinity)
  if (!path.endsWith('.gz')) {
    yield* raw
    return
  }
  const from = raw[Symbol.asyncIterator]()
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(c) {
      const next = await from.next()
      if (next.done) c.close()
      else c.enqueue(Uint8Array.from(next.value))
    },
  })
  const unpacked = source.pipeThrough(new DecompressionStream('gzip')).getReader()
  for (let next = await unpacked.read(); !next.done; next = await unpacked.read()) yield next.value
}

/** Batches of lines of a split; the line break is `\n`, `\r\n` or `\r` unless `separator` names another. */
export async function* splitLines(split: FileSplit, io: FragmentIo, encoding = 'utf-8', separator?: string): AsyncGenerator<string[]> {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true })
  const breaks = separator ? separator : /\r\n|\n|\r/
  // What is packed is read to its end.
  const end = split.path.endsWith('.gz') ? Infinity : split.start + split.length
  let skipFirst = split.start > 0
  let held: Uint8Array = new Uint8Array(0)
  /** File offset of held[0]. */
  let at = split.start
  let read = 0
  for await (const chunk of bytesOf(split.path, split.start, io)) {
    read += chunk.length
    held = held.length ? join(held, chunk) : chunk
    if (skipFirst) {
      const nl = held.indexOf(10)
      if (nl < 0) continue
      skipFirst = false
      held = held.subarray(nl + 1)
      at += nl + 1
      // The line that begins right at the end of this split is this split's too.
      if (at > end) return void io.count('input-bytes', Math.min(read, split.length))
    }
    const offset = Math.max(0, end - at)
    const stop = held.length > offset ? held.indexOf(10, offset) : -1
    const upTo = stop >= 0 ? stop + 1 : held.lastIndexOf(10) + 1
    if (upTo > 0) {
      const lines = decoder.decode(held.subarray(0, upTo)).split(breaks)
      lines.pop()
      yield strip(lines, at)
      held = held.subarray(upTo)
      at += upTo
    }
    if (stop >= 0) {
      io.count('input-bytes', Math.min(read, split.length))
      return
    }
  }
  io.count('input-bytes', Math.min(read, split.length))
  if (skipFirst || held.length === 0) return
  const lines = decoder.decode(held).split(breaks)
  if (lines.at(-1) === '') lines.pop()
  yield strip(lines, at)
}

/** The byte order mark at the head of a file is no part of its first line. */
function strip(lines: string[], at: number): string[] {
  if (at === 0 && lines[0]?.startsWith('\ufeff')) lines[0] = lines[0].slice(1)
  return lines
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length)
  out.set(a)
  out.set(b, a.length)
  return out
}

/** A whole file as one text. */
export async function wholeText(split: FileSplit, io: FragmentIo, encoding = 'utf-8'): Promise<string> {
  const decoder = new TextDecoder(encoding)
  let text = ''
  for await (const chunk of bytesOf(split.path, 0, io)) {
    io.count('input-bytes', chunk.length)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
