/** `df.show()`: Spark's table, from cells that are text already. */

/** Characters that take two columns on a terminal (East Asian wide and full-width forms), as Spark's pattern lists them. */
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/g

/** Columns a text takes on a terminal: code units, plus one for each wide one. */
export const displayWidth = (s: string): number => s.length + (s.match(WIDE)?.length ?? 0)

/** Control characters are shown as what they are. */
export function escapeControls(s: string): string {
  return s.replace(/[\n\r\t\f\b\u000b\u0007]/g, (c) => ({ '\n': '\\n', '\r': '\\r', '\t': '\\t', '\f': '\\f', '\b': '\\b', '\u000b': '\\v', '\u0007': '\\a' })[c]!)
}

/** Cut to so many characters, with three dots where there is room for them. */
export function truncateCell(s: string, truncate: number): string {
  if (truncate <= 0 || s.length <= truncate) return s
  return truncate < 4 ? s.slice(0, truncate) : `${s.slice(0, truncate - 3)}...`
}

/**
 * The table of the first `n` of `cells` (one more is asked for, to know whether there are others).
 * `truncate` 0 shows cells whole, left-aligned; else they are right-aligned and cut, names never (§10.11).
 * The line about further rows has no end of its own: `print` gives it one.
 */
export function showString(names: readonly string[], cells: readonly string[][], n: number, truncate: number, vertical: boolean): string {
  const more = cells.length > n
  const rows = [names.map(escapeControls), ...cells.slice(0, n).map((r) => r.map((c) => truncateCell(escapeControls(c), truncate)))]
  const text = vertical ? verticalText(rows) : tableText(rows, names.length, truncate)
  const rest = more ? `only showing top ${n} ${n === 1 ? 'row' : 'rows'}` : ''
  if (vertical && rows.length === 1) return `${text}(0 rows)`
  return text + rest
}

const MINIMUM = 3

function tableText(rows: string[][], columns: number, truncate: number): string {
  const widths = Array.from({ length: columns }, (_, i) => rows.reduce((w, r) => Math.max(w, displayWidth(r[i]!)), MINIMUM))
  const line = `+${widths.map((w) => '-'.repeat(w)).join('+')}+\n`
  const pad = (s: string, w: number) => {
    const fill = ' '.repeat(Math.max(0, w - displayWidth(s)))
    return truncate > 0 ? fill + s : s + fill
  }
  const text = rows.map((r) => `|${r.map((c, i) => pad(c, widths[i]!)).join('|')}|\n`)
  return line + text[0]! + line + text.slice(1).join('') + line
}

function verticalText(rows: string[][]): string {
  const [names, ...data] = rows as [string[], ...string[][]]
  const nameWidth = names.reduce((w, s) => Math.max(w, displayWidth(s)), MINIMUM)
  const valueWidth = data.reduce((w, r) => r.reduce((x, s) => Math.max(x, displayWidth(s)), w), MINIMUM)
  const fill = (s: string, w: number) => s + ' '.repeat(Math.max(0, w - displayWidth(s)))
  return data.map((r, i) => `${`-RECORD ${i}`.padEnd(nameWidth + valueWidth + 5, '-')}\n${r.map((c, k) => ` ${fill(names[k]!, nameWidth)} | ${fill(c, valueWidth)} \n`).join('')}`).join('')
}
