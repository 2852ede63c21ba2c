/** Rows to CSV lines. */
import type { DataType } from '../contract.ts'
import type { Row } from '../fragment.ts'
import { datetimeFormatter } from '../expr/datetime-pattern.ts'
import { stringifier } from '../expr/format.ts'
import type { CsvOptions } from './options.ts'

/** A token as univocity writes it: quoted when it holds the separator, a quote, a line break or a leading quote. */
export function csvToken(s: string, o: CsvOptions): string {
  let t = s
  if (o.trimStart) t = t.trimStart()
  if (o.trimEnd) t = t.trimEnd()
  if (t === '') return o.emptyValue ?? ''
  const quotes = t.includes(o.quote)
  if (!o.quoteAll && !t.includes(o.separator) && !/[\r\n]/.test(t) && !(quotes && o.escapeQuotes) && !(o.comment !== '\0' && t.startsWith(o.comment))) return t
  // Only quotes are escaped; the escape character itself when a quote follows it.
  const escaped = t.replaceAll(o.quote, o.escape + o.quote)
  return `${o.quote}${escaped}${o.quote}`
}

/** A function that writes a row as one line, without its line break. */
export function csvLine(types: readonly DataType[], o: CsvOptions, zone: string): (row: Row) => string {
  const text = types.map((t) => (t === 'timestamp' ? timestampText(o, zone) : t === 'date' && o.dateFormat ? dateText(o.dateFormat) : stringifier(t, zone)))
  return (row) => row.map((v, i) => (v === null ? o.nullValue : csvToken(text[i]!(v), o))).join(o.separator)
}

function timestampText(o: CsvOptions, zone: string): (v: unknown) => string {
  const f = datetimeFormatter(o.timestampFormat ?? "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", zone)
  return (v) => f(v as number)
}

function dateText(pattern: string): (v: unknown) => string {
  const f = datetimeFormatter(pattern, 'UTC')
  return (v) => f((v as number) * 86_400_000_000)
}
