/** Spark's datetime patterns (`yyyy-MM-dd HH:mm:ss`): writing and reading. */
import { cannotParseTimestamp, SparkRuntimeError } from '../errors.ts'
import type { Long } from '../values.ts'
import { dayOfWeek, dayOfYear, daysFromCivil, daysInMonth, localTime, microsFromLocal, zoneOffset, type LocalTime } from './calendar.ts'

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

type Token = { letter: string; count: number } | { text: string }

function tokens(pattern: string): Token[] {
  const out: Token[] = []
  for (let i = 0; i < pattern.length; ) {
    const c = pattern[i]!
    if (c === "'") {
      const end = pattern.indexOf("'", i + 1)
      if (end === i + 1) out.push({ text: "'" })
      else out.push({ text: pattern.slice(i + 1, end < 0 ? undefined : end) })
      i = end < 0 ? pattern.length : end + 1
    } else if (/[A-Za-z]/.test(c)) {
      let n = 1
      while (pattern[i + n] === c) n++
      if (!'yuMLdDEaHhkKmsSQqVzOXxZGF'.includes(c)) throw invalidPattern(pattern, c)
      out.push({ letter: c, count: n })
      i += n
    } else if (c === '[' || c === ']') i++
    else {
      out.push({ text: c })
      i++
    }
  }
  return out
}

const invalidPattern = (pattern: string, c: string) => new SparkRuntimeError('INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER', `Unrecognized datetime pattern: ${pattern}. Illegal pattern character found in datetime pattern: ${c}. Please provide legal character.`, '22007', 'org.apache.spark.SparkIllegalArgumentException')

function offsetText(seconds: number, letter: string, count: number): string {
  if (seconds === 0 && letter === 'X') return 'Z'
  const sign = seconds < 0 ? '-' : '+'
  const abs = Math.abs(seconds)
  const hh = String(Math.floor(abs / 3600)).padStart(2, '0')
  const mm = String(Math.floor(abs / 60) % 60).padStart(2, '0')
  if (letter === 'Z') return count === 4 ? `GMT${seconds === 0 ? '' : `${sign}${hh}:${mm}`}` : count === 5 ? (seconds === 0 ? 'Z' : `${sign}${hh}:${mm}`) : `${sign}${hh}${mm}`
  if (count === 1) return `${sign}${hh}${mm === '00' ? '' : mm}`
  return count % 2 === 0 ? `${sign}${hh}${mm}` : `${sign}${hh}:${mm}`
}

/** A function that writes instants (µs) in a pattern and a zone. */
export function datetimeFormatter(pattern: string, zone: string): (micros: Long) => string {
  const parts = tokens(pattern)
  return (micros) => {
    const t = localTime(micros, zone)
    let out = ''
    for (const p of parts) out += 'text' in p ? p.text : formatToken(p.letter, p.count, t, zone, micros)
    return out
  }
}

function formatToken(letter: string, count: number, t: LocalTime, zone: string, micros: Long): string {
  const num = (n: number) => String(n).padStart(count, '0')
  switch (letter) {
    case 'y':
    case 'u': return count === 2 ? String(((t.year % 100) + 100) % 100).padStart(2, '0') : num(t.year)
    case 'M':
    case 'L': return count >= 4 ? MONTHS[t.month - 1]! : count === 3 ? MONTHS[t.month - 1]!.slice(0, 3) : num(t.month)
    case 'd': return num(t.day)
    case 'D': return num(dayOfYear(t.days))
    case 'E': return count >= 4 ? DAYS[dayOfWeek(t.days) - 1]! : DAYS[dayOfWeek(t.days) - 1]!.slice(0, 3)
    case 'F': return num(Math.floor((t.day - 1) / 7) + 1)
    case 'a': return t.hour < 12 ? 'AM' : 'PM'
    case 'H': return num(t.hour)
    case 'h': return num(t.hour % 12 === 0 ? 12 : t.hour % 12)
    case 'k': return num(t.hour === 0 ? 24 : t.hour)
    case 'K': return num(t.hour % 12)
    case 'm': return num(t.minute)
    case 's': return num(t.second)
    case 'S': return String(t.micros).padStart(6, '0').padEnd(count, '0').slice(0, count)
    case 'Q':
    case 'q': {
      const q = Math.ceil(t.month / 3)
      return count === 3 ? `Q${q}` : count >= 4 ? `${['1st', '2nd', '3rd', '4th'][q - 1]} quarter` : num(q)
    }
    case 'G': return t.year > 0 ? 'AD' : 'BC'
    case 'V': return zone
    case 'z': return zone
    case 'O': {
      const o = zoneOffset(zone, Number(micros) / 1000)
      return o === 0 ? 'GMT' : `GMT${offsetText(o, 'x', 3)}`
    }
    default: return offsetText(zoneOffset(zone, Number(micros) / 1000), letter, count)
  }
}

/** A function that reads text in a pattern; null when it does not fit. */
export function datetimeParser(pattern: string, zone: string): (text: string) => Long | null {
  const groups: string[] = []
  let source = '^'
  const parts = tokens(pattern)
  parts.forEach((p, i) => {
    if ('text' in p) {
      source += p.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      return
    }
    const next = parts[i + 1]
    const adjacent = next !== undefined && 'letter' in next && 'HhkKmsSdMyuD'.includes(next.letter)
    groups.push(p.letter)
    source += tokenPattern(p.letter, p.count, adjacent)
  })
  const re = new RegExp(`${source}$`)
  return (text) => {
    const m = re.exec(text)
    return m ? assemble(groups, m, zone) : null
  }
}

function tokenPattern(letter: string, count: number, adjacent: boolean): string {
  switch (letter) {
    case 'y':
    case 'u': return count === 2 ? '(\\d{2})' : count === 4 || adjacent ? `(\\d{${count}})` : '([+-]?\\d{1,10})'
    case 'M':
    case 'L': return count >= 4 ? `(${MONTHS.join('|')})` : count === 3 ? `(${MONTHS.map((x) => x.slice(0, 3)).join('|')})` : count === 2 ? '(\\d{2})' : '(\\d{1,2})'
    case 'E': return `(${[...DAYS, ...DAYS.map((d) => d.slice(0, 3))].join('|')})`
    case 'a': return '(AM|PM|am|pm)'
    case 'S': return `(\\d{1,${count}})`
    case 'G': return '(AD|BC)'
    case 'V':
    case 'z':
    case 'O':
    case 'X':
    case 'x':
    case 'Z': return '([A-Za-z0-9_/+:-]+)'
    default: return count === 1 ? '(\\d{1,3})' : `(\\d{${count}})`
  }
}

function assemble(groups: string[], m: RegExpExecArray, zone: string): Long | null {
  const f: Record<string, string> = {}
  groups.forEach((g, i) => (f[g] = m[i + 1]!))
  const yearTextValue = f['y'] ?? f['u']
  const year = yearTextValue === undefined ? 1970 : yearTextValue.length === 2 ? 2000 + Number(yearTextValue) : Number(yearTextValue)
  const monthText = f['M'] ?? f['L']
  const month = monthText === undefined ? 1 : /^\d/.test(monthText) ? Number(monthText) : MONTHS.findIndex((x) => x.startsWith(monthText)) + 1
  const day = Number(f['d'] ?? 1)
  const hour = f['H'] !== undefined ? Number(f['H']) : f['k'] !== undefined ? Number(f['k']) % 24 : ((f['h'] !== undefined ? Number(f['h']) % 12 : Number(f['K'] ?? 0)) + (f['a']?.toUpperCase() === 'PM' ? 12 : 0))
  const minute = Number(f['m'] ?? 0)
  const second = Number(f['s'] ?? 0)
  const micros = Number((f['S'] ?? '').padEnd(6, '0').slice(0, 6))
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return null
  const days = f['D'] !== undefined ? daysFromCivil(year, 1, Number(f['D'])) : daysFromCivil(year, month, day)
  try {
    return microsFromLocal(days, hour * 3600 + minute * 60 + second, micros, f['V'] ?? f['z'] ?? f['X'] ?? f['x'] ?? f['Z'] ?? zone)
  } catch {
    return null
  }
}

/** What ANSI mode throws when text does not fit a pattern. */
export const unparsable = (text: string, func: string) => cannotParseTimestamp(`Text '${text}' could not be parsed at index 0`, func)
