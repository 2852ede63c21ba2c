/** CSV text to tokens. A token is null when nothing stood there; what was quoted is never null, only empty. */
import type { CsvOptions } from './options.ts'

export type Tokens = (string | null)[]

/** The tokens of one record. */
export function parseLine(line: string, o: CsvOptions): Tokens {
  const out: Tokens = []
  const { separator, quote } = o
  let i = 0
  if (line.indexOf(quote) < 0) {
    for (;;) {
      const end = line.indexOf(separator, i)
      out.push(bare(end < 0 ? line.slice(i) : line.slice(i, end), o))
      if (end < 0) return out
      i = end + separator.length
    }
  }
  for (;;) {
    let start = i
    while (o.trimStart && line[start] === ' ') start++
    if (line[start] === quote) {
      const { text, next } = quoted(line, start, o)
      out.push(text)
      if (next >= line.length) return out
      i = next + separator.length
      if (i === line.length) {
        out.push(null)
        return out
      }
      continue
    }
    const end = line.indexOf(separator, i)
    out.push(bare(end < 0 ? line.slice(i) : line.slice(i, end), o))
    if (end < 0) return out
    i = end + separator.length
  }
}

function bare(s: string, o: CsvOptions): string | null {
  let t = s
  if (o.trimStart) t = t.trimStart()
  if (o.trimEnd) t = t.trimEnd()
  return t === '' ? null : t
}

/**
 * A token that begins with a quote. The escape character keeps a quote inside; so does a doubled quote when the
 * escape is the quote. When a quote stands where no separator follows, the token was not quoted at all: it is taken
 * as it is up to the next separator (STOP_AT_DELIMITER).
 */
function quoted(line: string, start: number, o: CsvOptions): { text: string; next: number } {
  const { quote, escape, separator } = o
  let text = ''
  let i = start + 1
  while (i < line.length) {
    const c = line[i]!
    if (c === escape && escape !== quote && (line[i + 1] === quote || line[i + 1] === escape)) {
      text += line[i + 1]
      i += 2
    } else if (c === quote) {
      if (escape === quote && line[i + 1] === quote) {
        text += quote
        i += 2
        continue
      }
      let after = i + 1
      while (line[after] === ' ' && !separator.startsWith(' ')) after++
      if (after >= line.length) return { text, next: line.length }
      if (line.startsWith(separator, after)) return { text, next: after }
      const end = line.indexOf(separator, i)
      return { text: line.slice(start, end < 0 ? undefined : end), next: end < 0 ? line.length : end }
    } else {
      text += c
      i++
    }
  }
  // No closing quote: the text is taken with its opening quote.
  return { text: quote + text, next: line.length }
}

/** The records of a whole text whose quoted tokens may hold line breaks. */
export function splitRecords(text: string, o: CsvOptions): string[] {
  const out: string[] = []
  const { quote, escape } = o
  let from = 0
  let inside = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (inside && c === escape && escape !== quote) i++
    else if (c === quote) inside = !inside
    else if (!inside && (c === '\n' || c === '\r')) {
      out.push(text.slice(from, i))
      if (c === '\r' && text[i + 1] === '\n') i++
      from = i + 1
    }
  }
  if (from < text.length) out.push(text.slice(from))
  return out
}

/** Comment lines and empty lines are no records. */
export const isRecord = (line: string, o: CsvOptions): boolean => line.trim() !== '' && !(o.comment !== '\0' && line.startsWith(o.comment))

/** Column names from a header line: empty ones become `_c<i>`, doubled ones get their position (CSVUtils.makeSafeHeader). */
export function headerNames(tokens: Tokens, o: CsvOptions, caseSensitive: boolean): string[] {
  if (!o.header) return tokens.map((_, i) => `_c${i}`)
  const fold = (s: string) => (caseSensitive ? s : s.toLowerCase())
  const count = new Map<string, number>()
  for (const t of tokens) if (t !== null) count.set(fold(t), (count.get(fold(t)) ?? 0) + 1)
  return tokens.map((t, i) => (t === null || t === '' || t === o.nullValue ? `_c${i}` : count.get(fold(t))! > 1 ? `${t}${i}` : t))
}
