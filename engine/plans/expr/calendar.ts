/** Days and microseconds since the epoch to and from calendar fields and text; proleptic Gregorian, as Spark's. */
import { long, type Long } from '../values.ts'

export interface Civil {
  year: number
  /** 1 to 12. */
  month: number
  day: number
}

const MICROS_PER_DAY = 86_400_000_000

/** Days since 1970-01-01 of a calendar date (days of the month may overflow). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yoe = y - era * 400
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146097 + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - 719468
}

export function civilFromDays(days: number): Civil {
  const z = days + 719468
  const era = Math.floor(z / 146097)
  const doe = z - era * 146097
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365)
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return { year: yoe + era * 400 + (month <= 2 ? 1 : 0), month, day: doy - Math.floor((153 * mp + 2) / 5) + 1 }
}

export const isLeap = (y: number): boolean => (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0
export const daysInMonth = (y: number, m: number): number => (m === 2 ? (isLeap(y) ? 29 : 28) : m === 4 || m === 6 || m === 9 || m === 11 ? 30 : 31)

const pad = (n: number, width: number): string => String(n).padStart(width, '0')
const yearText = (y: number): string => (y < 0 ? `-${pad(-y, 4)}` : y > 9999 ? `+${y}` : pad(y, 4))

export function formatDate(days: number): string {
  const c = civilFromDays(days)
  return `${yearText(c.year)}-${pad(c.month, 2)}-${pad(c.day, 2)}`
}

/** `yyyy`, `yyyy-[m]m`, `yyyy-[m]m-[d]d`, the last also with ` …` or `T…` behind it; null when it is none. */
export function parseDate(text: string): number | null {
  const m = /^([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?$/s.exec(text.trim())
  if (!m) return null
  return checkedDays(Number(m[1]), Number(m[2] ?? 1), Number(m[3] ?? 1))
}

function checkedDays(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  return daysFromCivil(year, month, day)
}

const formatters = new Map<string, Intl.DateTimeFormat | null>()

/** The offset of a zone at an instant, in seconds east of UTC. Unknown zones throw RangeError. */
export function zoneOffset(zone: string, epochMillis: number): number {
  const fixed = fixedOffset(zone)
  if (fixed !== null) return fixed
  let f = formatters.get(zone)
  if (!f) {
    f = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric', era: 'short' })
    formatters.set(zone, f)
  }
  const part: Record<string, string> = {}
  for (const p of f.formatToParts(epochMillis)) part[p.type] = p.value
  const year = part['era'] === 'BC' ? 1 - Number(part['year']) : Number(part['year'])
  const local = daysFromCivil(year, Number(part['month']), Number(part['day'])) * 86400 + Number(part['hour']) * 3600 + Number(part['minute']) * 60 + Number(part['second'])
  return local - Math.floor(epochMillis / 1000)
}

function fixedOffset(zone: string): number | null {
  if (zone === 'UTC' || zone === 'Z' || zone === 'GMT' || zone === 'Etc/UTC') return 0
  const m = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?$/.exec(zone)
  return m ? (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 3600 + Number(m[3] ?? 0) * 60 + Number(m[4] ?? 0)) : null
}

const floorDiv = (a: Long, b: number): number => (typeof a === 'number' ? Math.floor(a / b) : Number((a - (((a % BigInt(b)) + BigInt(b)) % BigInt(b))) / BigInt(b)))
export const floorMod = (a: Long, b: number): number => (typeof a === 'number' ? ((a % b) + b) % b : Number(((a % BigInt(b)) + BigInt(b)) % BigInt(b)))

export interface LocalTime extends Civil {
  days: number
  hour: number
  minute: number
  second: number
  micros: number
}

/** The wall clock of a zone at an instant (µs since the epoch). */
export function localTime(micros: Long, zone: string): LocalTime {
  const offset = zoneOffset(zone, floorDiv(micros, 1000))
  const local = typeof micros === 'number' && Number.isSafeInteger(micros + offset * 1e6) ? micros + offset * 1e6 : BigInt(micros) + BigInt(offset) * 1_000_000n
  const days = floorDiv(local, MICROS_PER_DAY)
  let rest = floorMod(local, MICROS_PER_DAY)
  const sub = rest % 1e6
  rest = (rest - sub) / 1e6
  return { ...civilFromDays(days), days, hour: Math.floor(rest / 3600), minute: Math.floor(rest / 60) % 60, second: rest % 60, micros: sub }
}

/** The instant of a wall clock in a zone; a gap moves forward, an overlap takes the earlier offset, as Java does. */
export function microsFromLocal(days: number, secondsOfDay: number, micros: number, zone: string): Long {
  const localSeconds = days * 86400 + secondsOfDay
  const before = zoneOffset(zone, (localSeconds - 86400) * 1000)
  const after = zoneOffset(zone, (localSeconds + 86400) * 1000)
  let offset = before
  if (before !== after) {
    const fits = (o: number) => zoneOffset(zone, (localSeconds - o) * 1000) === o
    offset = fits(before) ? before : fits(after) ? after : before
  }
  const seconds = localSeconds - offset
  const whole = seconds * 1e6 + micros
  return Number.isSafeInteger(whole) ? whole : long(BigInt(seconds) * 1_000_000n + BigInt(micros))
}

/** `2024-01-31 10:00:00.5`: trailing zeros of the fraction left out. */
export function formatTimestamp(micros: Long, zone: string): string {
  const t = localTime(micros, zone)
  const fraction = t.micros ? `.${pad(t.micros, 6).replace(/0+$/, '')}` : ''
  return `${yearText(t.year)}-${pad(t.month, 2)}-${pad(t.day, 2)} ${pad(t.hour, 2)}:${pad(t.minute, 2)}:${pad(t.second, 2)}${fraction}`
}

const TIMESTAMP = /^([+-]?\d{4,6})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{0,9}))?)?\s*([A-Za-z+-][\w/+:-]*)?)?)?)?$/

/** Spark's cast from text; null when malformed. */
export function parseTimestamp(text: string, zone: string): Long | null {
  const m = TIMESTAMP.exec(text.trim())
  if (!m) return null
  const days = checkedDays(Number(m[1]), Number(m[2] ?? 1), Number(m[3] ?? 1))
  const hour = Number(m[4] ?? 0)
  const minute = Number(m[5] ?? 0)
  const second = Number(m[6] ?? 0)
  if (days === null || hour > 23 || minute > 59 || second > 59) return null
  const fraction = Number((m[7] ?? '').padEnd(6, '0').slice(0, 6))
  try {
    return microsFromLocal(days, hour * 3600 + minute * 60 + second, fraction, m[8] ?? zone)
  } catch {
    return null
  }
}

/** Adds months, the day held within the month (`add_months`). */
export function addMonths(days: number, months: number): number {
  const c = civilFromDays(days)
  const total = c.year * 12 + c.month - 1 + months
  const year = Math.floor(total / 12)
  const month = (((total % 12) + 12) % 12) + 1
  return daysFromCivil(year, month, Math.min(c.day, daysInMonth(year, month)))
}

/** 1 Sunday … 7 Saturday. */
export const dayOfWeek = (days: number): number => ((((days + 4) % 7) + 7) % 7) + 1
export const dayOfYear = (days: number): number => days - daysFromCivil(civilFromDays(days).year, 1, 1) + 1

/** ISO 8601 week. */
export function weekOfYear(days: number): number {
  const thursday = days + 4 - (((dayOfWeek(days) + 5) % 7) + 1)
  return Math.floor((thursday - daysFromCivil(civilFromDays(thursday).year, 1, 1)) / 7) + 1
}
