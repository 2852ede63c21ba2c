/** Finding columns by name: `id`, `a.id` (alias or struct field), `` `odd name` ``. */
import { AnalysisError } from '../errors.ts'
import type { Attribute, Resolved } from '../resolved.ts'
import { quoteName } from '../types.ts'
import { attr } from './nodes.ts'

/** Parts of a dotted name; backticks keep dots. */
export function nameParts(name: string): string[] {
  const parts: string[] = []
  const re = /`((?:[^`]|``)*)`|([^.`]+)/g
  for (let m = re.exec(name); m; m = re.exec(name)) parts.push(m[1] !== undefined ? m[1].replaceAll('``', '`') : m[2]!)
  return parts.length ? parts : [name]
}

export interface Scope {
  attributes: readonly Attribute[]
  caseSensitive: boolean
}

const same = (a: string, b: string, sensitive: boolean): boolean => a === b || (!sensitive && a.toLowerCase() === b.toLowerCase())

/** The attribute or struct field a name stands for; null when there is none; ambiguous names throw. */
export function findColumn(name: string, scope: Scope): Resolved | null {
  const parts = nameParts(name)
  const eq = (a: string, b: string) => same(a, b, scope.caseSensitive)
  const qualified = parts.length > 1 ? scope.attributes.filter((a) => a.qualifier !== undefined && eq(a.qualifier, parts[0]!) && eq(a.name, parts[1]!)) : []
  const matches = qualified.length ? qualified : scope.attributes.filter((a) => eq(a.name, parts[0]!))
  const rest = parts.slice(qualified.length ? 2 : 1)
  const distinct = matches.filter((a, i) => matches.findIndex((b) => b.id === a.id) === i)
  if (distinct.length === 0) return null
  if (distinct.length > 1) {
    const names = distinct.map((a) => (a.qualifier ? `${quoteName(a.qualifier)}.${quoteName(a.name)}` : quoteName(a.name)))
    throw new AnalysisError('AMBIGUOUS_REFERENCE', `Reference ${parts.map(quoteName).join('.')} is ambiguous, could be: [${names.join(', ')}].`, '42704')
  }
  let e: Resolved = attr(distinct[0]!)
  for (const part of rest) e = field(e, part, scope.caseSensitive)
  return e
}

/** A field of a struct, of every struct in an array, or the value under a key of a map. */
export function field(e: Resolved, name: string, caseSensitive: boolean): Resolved {
  const t = e.type
  const base = { k: 'call' as const, ansi: false, zone: 'UTC', nullable: true }
  if (typeof t === 'object' && t.type === 'map') return { ...base, name: 'item', args: [e, { k: 'lit', value: name, type: 'string' }], type: t.value }
  const struct = typeof t === 'object' && t.type === 'array' ? t.element : t
  if (typeof struct !== 'object' || struct.type !== 'struct') {
    throw new AnalysisError('INVALID_EXTRACT_BASE_FIELD_TYPE', `Can't extract a value from "${e.k === 'attr' ? e.name : e.k}". Need a complex type [STRUCT, ARRAY, MAP] but got "${typeof t === 'string' ? t.toUpperCase().replace('LONG', 'BIGINT').replace('INTEGER', 'INT') : t.type.toUpperCase()}".`, '42000')
  }
  const at = struct.fields.findIndex((f) => same(f.name, name, caseSensitive))
  if (at < 0) throw new AnalysisError('FIELD_NOT_FOUND', `No such struct field ${quoteName(name)} in ${struct.fields.map((f) => quoteName(f.name)).join(', ')}.`, '42704')
  const f = struct.fields[at]!
  const type = typeof t === 'object' && t.type === 'array' ? ({ type: 'array', element: f.dataType, containsNull: true } as const) : f.dataType
  return { ...base, name: 'field', args: [e, { k: 'lit', value: at, type: 'integer' }], type }
}

/** Edit distance, for "Did you mean". */
export function levenshtein(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]!
}

/** At most five names, the most alike first. */
export function unresolvedColumn(name: string, attributes: readonly Attribute[]): AnalysisError {
  const shown = nameParts(name).map(quoteName).join('.')
  const qualified = attributes.some((a) => a.qualifier)
  const sole = new Set(attributes.map((a) => a.qualifier ?? '')).size <= 1
  const candidates = attributes.map((a) => (qualified && !sole && a.qualifier ? `${quoteName(a.qualifier)}.${quoteName(a.name)}` : quoteName(a.name)))
  const bare = (s: string) => s.replaceAll('`', '').toLowerCase()
  const distance = new Map(candidates.map((c) => [c, levenshtein(bare(c), name.toLowerCase())]))
  const best = candidates.toSorted((x, y) => distance.get(x)! - distance.get(y)!).slice(0, 5)
  const head = `A column, variable, or function parameter with name ${shown} cannot be resolved.`
  if (best.length === 0) return new AnalysisError('UNRESOLVED_COLUMN.WITHOUT_SUGGESTION', head, '42703')
  return new AnalysisError('UNRESOLVED_COLUMN.WITH_SUGGESTION', `${head} Did you mean one of the following? [${best.join(', ')}].`, '42703')
}
