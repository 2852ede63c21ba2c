/** `df.na`: dropping and filling missing values, as filters and projections. */
import type { JsonValue } from '../contract.ts'
import type { Attribute, Logical, Resolved } from '../resolved.ts'
import { isFractional, isNumeric } from '../types.ts'
import { coerce, type Rules } from './coercion.ts'
import { allOf, attr, lit, toAttribute } from './nodes.ts'
import { findColumn, unresolvedColumn } from './scope.ts'

export interface NaContext {
  rules: Rules
  caseSensitive: boolean
  fold(name: string): string
  nextId(): number
}

/** Rows with any (or all) of the columns null or NaN are left out. */
export function dropna(child: Logical, how: 'any' | 'all', columns: string[] | undefined, c: NaContext): Logical {
  const list = columns ? columns.map((name) => findColumn(name, { attributes: child.output, caseSensitive: c.caseSensitive }) ?? fail(unresolvedColumn(name, child.output))) : child.output.map(attr)
  if (list.length === 0) return child
  const b = { k: 'call' as const, type: 'boolean' as const, nullable: false, ansi: c.rules.ansi, zone: c.rules.zone }
  const tests = list.map((e): Resolved => {
    const there: Resolved = { ...b, name: 'isnotnull', args: [e] }
    return isFractional(e.type) ? { ...b, name: 'and', args: [there, { ...b, name: 'not', args: [{ ...b, name: 'isnan', args: [e] }] }] } : there
  })
  const condition = how === 'any' ? allOf(tests)! : tests.reduce((x, y) => ({ ...b, name: 'or', args: [x, y] }))
  return { op: 'filter', child, condition, output: child.output }
}

/** Nulls (and NaN) replaced, in the columns whose type fits the value, or in those named. */
export function fillna(child: Logical, values: Record<string, JsonValue> | JsonValue, c: NaContext): Logical {
  const isMap = values !== null && typeof values === 'object' && !Array.isArray(values)
  const typeOfValue = (v: JsonValue) => (typeof v === 'boolean' ? 'boolean' : typeof v === 'number' ? (Number.isInteger(v) ? 'long' : 'double') : typeof v === 'string' ? 'string' : 'null')
  const valueFor = (a: Attribute): { value: JsonValue; type: 'boolean' | 'long' | 'double' | 'string' | 'null' } | null => {
    if (isMap) {
      const k = Object.keys(values as object).find((n) => c.fold(n) === c.fold(a.name))
      if (k === undefined) return null
      const value = (values as Record<string, JsonValue>)[k]!
      return { value, type: typeOfValue(value) }
    }
    const type = typeOfValue(values)
    const fits = type === 'string' ? a.dataType === 'string' : type === 'boolean' ? a.dataType === 'boolean' : isNumeric(a.dataType)
    return fits ? { value: values as JsonValue, type } : null
  }
  if (isMap) for (const n of Object.keys(values)) if (!child.output.some((a) => c.fold(a.name) === c.fold(n))) throw unresolvedColumn(n, child.output)
  const columns = child.output.map((a): Resolved => {
    const v = valueFor(a)
    if (!v) return attr(a)
    const source: Resolved = isFractional(a.dataType) ? { k: 'call', name: 'nanvl', args: [attr(a), lit(null, a.dataType)], type: a.dataType, nullable: true, ansi: c.rules.ansi, zone: c.rules.zone } : attr(a)
    return { k: 'alias', child: { k: 'call', name: 'coalesce', args: [source, coerce(lit(v.value, v.type), a.dataType, c.rules)], type: a.dataType, nullable: false, ansi: c.rules.ansi, zone: c.rules.zone }, name: a.name, id: c.nextId(), type: a.dataType }
  })
  return { op: 'project', child, columns, output: columns.map(toAttribute) }
}

function fail(e: Error): never {
  throw e
}
