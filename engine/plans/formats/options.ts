/** Options of csv and json sources, with Spark's names (any case) and defaults. */
import { AnalysisError } from '../errors.ts'

export type Mode = 'PERMISSIVE' | 'DROPMALFORMED' | 'FAILFAST'

export interface CsvOptions {
  header: boolean
  inferSchema: boolean
  separator: string
  quote: string
  escape: string
  comment: string
  nullValue: string
  nanValue: string
  positiveInf: string
  negativeInf: string
  emptyValue: string | null
  trimStart: boolean
  trimEnd: boolean
  multiLine: boolean
  mode: Mode
  corruptColumn: string
  dateFormat: string | null
  timestampFormat: string | null
  encoding: string
  lineSep: string | undefined
  samplingRatio: number
  quoteAll: boolean
  escapeQuotes: boolean
  enforceSchema: boolean
}

/** Looks options up without regard to case. */
export function reader(options: Record<string, string>): (name: string) => string | undefined {
  const lower = new Map(Object.entries(options).map(([k, v]) => [k.toLowerCase(), v]))
  return (name) => lower.get(name.toLowerCase())
}

function bool(get: (n: string) => string | undefined, name: string, fallback: boolean): boolean {
  const v = get(name)
  if (v === undefined) return fallback
  if (/^true$/i.test(v)) return true
  if (/^false$/i.test(v)) return false
  throw new AnalysisError('_LEGACY_ERROR_TEMP_2070', `${name} flag can be true or false.`, '42000', 'pyspark.errors.IllegalArgumentException')
}

export function parseMode(v: string | undefined): Mode {
  const m = (v ?? 'PERMISSIVE').toUpperCase()
  // Spark warns about an unknown mode and goes on with PERMISSIVE.
  return m === 'DROPMALFORMED' || m === 'FAILFAST' ? m : 'PERMISSIVE'
}

const SPECIAL: Record<string, string> = { '\\t': '\t', '\\r': '\r', '\\b': '\b', '\\f': '\f', '\\"': '"', "\\'": "'", '\\\\': '\\', '\\0': '\0' }

const character = (v: string | undefined, fallback: string): string => (v === undefined ? fallback : v === '' ? '\0' : SPECIAL[v] ?? v[0]!)

/** `writing` turns on what differs between reading and writing (trimming, the text of empty strings). */
export function csvOptions(options: Record<string, string>, conf: Record<string, string>, writing = false): CsvOptions {
  const get = reader(options)
  const sep = get('sep') ?? get('delimiter') ?? ','
  return {
    header: bool(get, 'header', false),
    inferSchema: bool(get, 'inferSchema', false),
    separator: sep.replace(/\\[trbf"'0\\]/g, (m) => SPECIAL[m] ?? m),
    quote: character(get('quote'), '"'),
    escape: character(get('escape'), '\\'),
    comment: character(get('comment'), '\0'),
    nullValue: get('nullValue') ?? '',
    nanValue: get('nanValue') ?? 'NaN',
    positiveInf: get('positiveInf') ?? 'Inf',
    negativeInf: get('negativeInf') ?? '-Inf',
    emptyValue: get('emptyValue') ?? (writing ? '""' : null),
    trimStart: bool(get, 'ignoreLeadingWhiteSpace', writing),
    trimEnd: bool(get, 'ignoreTrailingWhiteSpace', writing),
    multiLine: bool(get, 'multiLine', false),
    mode: parseMode(get('mode')),
    corruptColumn: get('columnNameOfCorruptRecord') ?? conf['spark.sql.columnNameOfCorruptRecord'] ?? '_corrupt_record',
    dateFormat: get('dateFormat') ?? null,
    timestampFormat: get('timestampFormat') ?? null,
    encoding: get('encoding') ?? get('charset') ?? 'utf-8',
    lineSep: get('lineSep'),
    samplingRatio: Number(get('samplingRatio') ?? 1),
    quoteAll: bool(get, 'quoteAll', false),
    escapeQuotes: bool(get, 'escapeQuotes', true),
    enforceSchema: bool(get, 'enforceSchema', true),
  }
}
