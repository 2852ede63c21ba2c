/** String functions. Positions count characters (code points), from 1. */
import { isDecimal } from '../types.ts'
import { decimalText, rescale } from '../values.ts'
import { formatNumber, formatString, rawText } from './format.ts'
import { one, strict, two, type Builder } from './kit.ts'
import { javaRegex, patterned } from './predicates.ts'

const SURROGATE = /[\ud800-\udfff]/

/** The characters of a string; code units serve when there is nothing beyond the basic plane. */
const chars = (s: string): string | string[] => (SURROGATE.test(s) ? [...s] : s)
const cut = (c: string | string[], from: number, to: number): string => (typeof c === 'string' ? c.slice(from, to) : c.slice(from, to).join(''))

function substring(s: string, pos: number, len: number): string {
  const c = chars(s)
  const start = pos > 0 ? pos - 1 : pos < 0 ? c.length + pos : 0
  const end = Math.min(c.length, start + len)
  return len <= 0 || end <= 0 ? '' : cut(c, Math.max(0, start), end)
}

/** The same of bytes. */
function sliced(b: Uint8Array, pos: number, len: number): Uint8Array {
  const start = pos > 0 ? pos - 1 : pos < 0 ? b.length + pos : 0
  return b.slice(Math.max(0, start), Math.max(0, Math.min(b.length, start + len)))
}

const trimmer = (left: boolean, right: boolean): Builder => (call) => {
  const strip = (s: string, set: string) => {
    const c = chars(s)
    let from = 0
    let to = c.length
    if (left) while (from < to && set.includes(c[from]!)) from++
    if (right) while (to > from && set.includes(c[to - 1]!)) to--
    return cut(c, from, to)
  }
  return call.args.length === 1 ? one((s: string) => strip(s, ' '))(call) : two((s: string, set: string) => strip(s, set))(call)
}

const padded = (left: boolean): Builder => strict((v: never[]) => {
  const [s, length, pad] = v as unknown as [string, number, string]
  const c = chars(s)
  if (c.length >= length) return length <= 0 ? '' : cut(c, 0, length)
  const p = chars(pad)
  if (p.length === 0) return s
  let fill = ''
  for (let i = 0; i < length - c.length; i++) fill += p[i % p.length]
  return left ? fill + s : s + fill
})

/** 1-based position, 0 when not found. */
function position(s: string, part: string, from: number): number {
  if (from < 1) return 0
  const c = chars(s)
  if (typeof c === 'string') return s.indexOf(part, from - 1) + 1
  const at = s.indexOf(part, c.slice(0, from - 1).join('').length)
  return at < 0 ? 0 : [...s.slice(0, at)].length + 1
}

/** java.lang.String.split with a limit: at most so many pieces when positive, all (the empty ones at the end too) else. */
function split(s: string, re: RegExp, limit: number): string[] {
  const out: string[] = []
  const r = new RegExp(re.source, re.flags.includes('g') ? re.flags : `${re.flags}g`)
  let from = 0
  for (let m = r.exec(s); m; m = r.exec(s)) {
    if (m[0] === '') {
      if (m.index >= s.length) break
      r.lastIndex++
      if (m.index === 0) continue
    }
    if (limit > 0 && out.length === limit - 1) break
    out.push(s.slice(from, m.index))
    from = m.index + m[0].length
  }
  out.push(s.slice(from))
  return out
}

/** Replacement text of Java: `$1` is a group, `\x` is x. */
function replacer(text: string): (groups: (string | undefined)[]) => string {
  const parts: (string | number)[] = []
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === '\\' && i + 1 < text.length) parts.push(text[++i]!)
    else if (c === '$' && /\d/.test(text[i + 1] ?? '')) parts.push(Number(text[++i]))
    else parts.push(c)
  }
  return (groups) => parts.map((p) => (typeof p === 'number' ? groups[p] ?? '' : p)).join('')
}

const regexpReplace: Builder = (call) => {
  const re = patterned(call, 1, (p) => javaRegex(p, 'g'))
  return strict((v: never[]) => {
    const [s, p, r] = v as unknown as [string, string, string]
    const make = replacer(r)
    return s.replace(re(p), (...m: unknown[]) => {
      const end = m.findIndex((x) => typeof x === 'number')
      return make(m.slice(0, end) as string[])
    })
  })(call)
}

const regexpExtract: Builder = (call) => {
  const re = patterned(call, 1, (p) => javaRegex(p))
  return strict((v: never[]) => {
    const [s, p, i] = v as unknown as [string, string, number]
    const m = re(p).exec(s)
    return m ? m[i ?? 1] ?? '' : ''
  })(call)
}

const concatWs: Builder = ({ args, types }) => (row) => {
  const sep = args[0]!(row)
  if (sep === null) return null
  const parts: string[] = []
  for (let i = 1; i < args.length; i++) {
    const v = args[i]!(row)
    if (v === null) continue
    if (typeof types[i] === 'object') {
      for (const x of v as (string | null)[]) if (x !== null) parts.push(x)
    } else parts.push(v as string)
  }
  return parts.join(sep as string)
}

/** Decimal digits of a number, rounded half even as java.text.DecimalFormat does. */
function halfEven(x: number, places: number): string {
  const text = x.toFixed(Math.min(places, 100))
  const scaled = Math.abs(x) * 10 ** places
  if (scaled < 2 ** 52 && scaled % 1 === 0.5 && Math.floor(scaled) % 2 === 0) return `${x < 0 ? '-' : ''}${(Math.floor(scaled) / 10 ** places).toFixed(places)}`
  return text
}

const numberFormat: Builder = (call) => {
  const t = call.types[0]!
  return two((v: unknown, d: number) => {
    if (d < 0) return null
    if (isDecimal(t)) return formatNumber(decimalText(rescale(v as bigint, t.scale, d), d), d)
    if (t === 'double' || t === 'float') return Number.isFinite(v) ? formatNumber(halfEven(v as number, d), d) : String(v).replace('Infinity', '∞')
    return formatNumber(String(v), d)
  })(call)
}

const formatted: Builder = (call) => {
  return (row) => {
    const f = call.args[0]!(row)
    if (f === null) return null
    return formatString(f as string, call.args.slice(1).map((a, i) => {
      const value = a(row)
      return { value, text: rawText(value, call.types[i + 1]!), type: call.types[i + 1]! }
    }))
  }
}

const translate = (s: string, from: string, to: string): string => {
  const map = new Map<string, string>()
  const target = [...to]
  ;[...from].forEach((c, i) => {
    if (!map.has(c)) map.set(c, target[i] ?? '')
  })
  let out = ''
  for (const c of s) out += map.get(c) ?? c
  return out
}

export const STRINGS: Record<string, Builder> = {
  upper: one((s: string) => s.toUpperCase()),
  lower: one((s: string) => s.toLowerCase()),
  trim: trimmer(true, true),
  ltrim: trimmer(true, false),
  rtrim: trimmer(false, true),
  length: (call) => (call.types[0] === 'binary' ? one((b: Uint8Array) => b.length)(call) : one((s: string) => chars(s).length)(call)),
  concat: (call) => {
    if (typeof call.type === 'object') return strict((v: never[]) => ([] as unknown[]).concat(...(v as unknown[][])))(call)
    if (call.type === 'binary') return strict((v: never[]) => Uint8Array.from((v as Uint8Array[]).flatMap((b) => [...b])))(call)
    return strict((v: never[]) => (v as string[]).join(''))(call)
  },
  concat_ws: concatWs,
  substring: strict((v: never[], call) => (call.type === 'binary' ? sliced : substring)(v[0]!, v[1]!, (v[2] as number | undefined) ?? 2147483647)),
  split: (call) => {
    const re = patterned(call, 1, (p) => javaRegex(p, 'g'))
    return strict((v: never[]) => split(v[0]!, re(v[1]!), (v[2] as number | undefined) ?? -1))(call)
  },
  regexp_replace: regexpReplace,
  regexp_extract: regexpExtract,
  initcap: one((s: string) => s.toLowerCase().replace(/(^| )(\S)/gu, (_m, sp: string, c: string) => sp + c.toUpperCase())),
  reverse: (call) => (typeof call.type === 'object' ? one((a: unknown[]) => a.toReversed())(call) : one((s: string) => [...s].reverse().join(''))(call)),
  lpad: padded(true),
  rpad: padded(false),
  repeat: two((s: string, n: number) => (n <= 0 ? '' : s.repeat(n))),
  instr: two((s: string, part: string) => position(s, part, 1)),
  locate: strict((v: never[]) => position(v[1]!, v[0]!, (v[2] as number | undefined) ?? 1)),
  format_number: numberFormat,
  format_string: formatted,
  translate: strict((v: never[]) => translate(v[0]!, v[1]!, v[2]!)),
  ascii: one((s: string) => s.codePointAt(0) ?? 0),
}
