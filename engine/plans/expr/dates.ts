/** Dates and timestamps. */
import type { Long } from '../values.ts'
import { addMonths, civilFromDays, dayOfWeek, dayOfYear, daysFromCivil, daysInMonth, floorMod, localTime, microsFromLocal, parseDate, parseTimestamp, weekOfYear } from './calendar.ts'
import { datetimeFormatter, datetimeParser, unparsable } from './datetime-pattern.ts'
import { castInvalid } from '../errors.ts'
import { constant, one, strict, two, type Builder, type Call } from './kit.ts'


/** Something built from a pattern argument, once for a literal, remembered else. */
function byPattern<T>(call: Call, i: number, make: (pattern: string) => T): (pattern: string) => T {
  const fixed = constant(call, i)
  let last = typeof fixed === 'string' ? fixed : undefined
  let made = last === undefined ? undefined : make(last)
  return (p) => {
    if (made === undefined || p !== last) {
      made = make(p)
      last = p
    }
    return made
  }
}

const part = (f: (days: number) => number): Builder => one((d: number) => f(d))
const clock = (f: (t: { hour: number; minute: number; second: number }) => number): Builder => one((m: Long, call) => f(localTime(m, call.zone)))

const DEFAULT_PATTERN = 'yyyy-MM-dd HH:mm:ss'

const toDate: Builder = (call) => {
  const { zone, ansi } = call
  if (call.types[0] !== 'string') return call.args[0]!
  if (call.args.length === 1) {
    return one((s: string) => {
      const d = parseDate(s)
      if (d === null && ansi) throw castInvalid(`'${s}'`, 'STRING', 'DATE')
      return d
    })(call)
  }
  const parser = byPattern(call, 1, (p) => datetimeParser(p, zone))
  return two((s: string, p: string) => {
    const m = parser(p)(s)
    if (m === null && ansi) throw unparsable(s, 'try_to_date')
    return m === null ? null : localTime(m, zone).days
  })(call)
}

const toTimestamp: Builder = (call) => {
  const { zone, ansi } = call
  if (call.types[0] !== 'string') return call.args[0]!
  if (call.args.length === 1) {
    return one((s: string) => {
      const m = parseTimestamp(s, zone)
      if (m === null && ansi) throw castInvalid(`'${s}'`, 'STRING', 'TIMESTAMP')
      return m
    })(call)
  }
  const parser = byPattern(call, 1, (p) => datetimeParser(p, zone))
  return two((s: string, p: string) => {
    const m = parser(p)(s)
    if (m === null && ansi) throw unparsable(s, 'try_to_timestamp')
    return m
  })(call)
}

const seconds = (m: Long): number => (typeof m === 'number' ? Math.floor(m / 1e6) : Math.floor(Number(m / 1000n) / 1000))

const unixTimestamp: Builder = (call) => {
  if (call.args.length === 0) return () => seconds(call.task.now)
  if (call.types[0] !== 'string') return one((m: Long) => seconds(m))(call)
  const parser = byPattern(call, 1, (p) => datetimeParser(p, call.zone))
  const text = call.args[1] ?? (() => DEFAULT_PATTERN)
  const source = call.args[0]!
  return (row) => {
    const s = source(row)
    const p = text(row)
    if (s === null || p === null) return null
    const m = parser(p as string)(s as string)
    if (m === null && call.ansi) throw unparsable(s as string, 'try_to_timestamp')
    return m === null ? null : seconds(m)
  }
}

const fromUnixtime: Builder = (call) => {
  const format = byPattern(call, 1, (p) => datetimeFormatter(p, call.zone))
  return (row) => {
    const s = call.args[0]!(row)
    const p = call.args[1] ? call.args[1](row) : DEFAULT_PATTERN
    return s === null || p === null ? null : format(p as string)(Number(s) * 1e6)
  }
}

const dateFormat: Builder = (call) => {
  const format = byPattern(call, 1, (p) => datetimeFormatter(p, call.zone))
  return two((m: Long, p: string) => format(p)(m))(call)
}

/** First day of the unit, or null for an unknown unit. */
function truncateDate(days: number, unit: string): number | null {
  const c = civilFromDays(days)
  switch (unit.toUpperCase()) {
    case 'YEAR':
    case 'YYYY':
    case 'YY': return daysFromCivil(c.year, 1, 1)
    case 'QUARTER': return daysFromCivil(c.year, Math.floor((c.month - 1) / 3) * 3 + 1, 1)
    case 'MONTH':
    case 'MON':
    case 'MM': return daysFromCivil(c.year, c.month, 1)
    case 'WEEK': return days - ((dayOfWeek(days) + 5) % 7)
    default: return null
  }
}

function truncateTimestamp(micros: Long, unit: string, zone: string): Long | null {
  const t = localTime(micros, zone)
  const u = unit.toUpperCase()
  const secondsOfDay = t.hour * 3600 + t.minute * 60 + t.second
  switch (u) {
    case 'DAY':
    case 'DD': return microsFromLocal(t.days, 0, 0, zone)
    case 'HOUR': return microsFromLocal(t.days, t.hour * 3600, 0, zone)
    case 'MINUTE': return microsFromLocal(t.days, t.hour * 3600 + t.minute * 60, 0, zone)
    case 'SECOND': return microsFromLocal(t.days, secondsOfDay, 0, zone)
    case 'MILLISECOND': return typeof micros === 'number' ? micros - floorMod(micros, 1000) : micros - BigInt(floorMod(micros, 1000))
    case 'MICROSECOND': return micros
    default: {
      const days = truncateDate(t.days, u)
      return days === null ? null : microsFromLocal(days, 0, 0, zone)
    }
  }
}

export const DATES: Record<string, Builder> = {
  to_date: toDate,
  to_timestamp: toTimestamp,
  year: part((d) => civilFromDays(d).year),
  quarter: part((d) => Math.ceil(civilFromDays(d).month / 3)),
  month: part((d) => civilFromDays(d).month),
  dayofmonth: part((d) => civilFromDays(d).day),
  dayofweek: part(dayOfWeek),
  dayofyear: part(dayOfYear),
  weekofyear: part(weekOfYear),
  hour: clock((t) => t.hour),
  minute: clock((t) => t.minute),
  second: clock((t) => t.second),
  date_add: two((d: number, n: number) => d + n),
  date_sub: two((d: number, n: number) => d - n),
  datediff: two((end: number, start: number) => end - start),
  add_months: two((d: number, n: number) => addMonths(d, n)),
  last_day: one((d: number) => {
    const c = civilFromDays(d)
    return daysFromCivil(c.year, c.month, daysInMonth(c.year, c.month))
  }),
  trunc: two((d: number, unit: string) => truncateDate(d, unit)),
  date_trunc: strict((v: never[], call) => truncateTimestamp(v[1]!, v[0]!, call.zone)),
  date_format: dateFormat,
  unix_timestamp: unixTimestamp,
  from_unixtime: fromUnixtime,
  current_date: (call) => () => localTime(call.task.now, call.zone).days,
  current_timestamp: (call) => () => call.task.now,
}
