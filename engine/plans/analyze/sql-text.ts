/** Expressions as text: `pretty` for column names and messages (`(id * 2)`), `plan` for plans (`(id#0L * 2)`). */
import type { DataType } from '../contract.ts'
import type { Resolved } from '../resolved.ts'
import { simpleType, sqlType } from '../types.ts'
import { fromJson } from '../values.ts'
import { stringifier } from '../expr/format.ts'

/** Functions whose pretty name is written in capitals. */
const CAPITALS: Record<string, string> = Object.fromEntries(['sqrt', 'power', 'exp', 'log10', 'log2', 'floor', 'ceil', 'signum', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'tanh', 'degrees', 'radians', 'spark_partition_id'].map((n) => [n, n.toUpperCase()]))
const INFIX = new Set(['+', '-', '*', '/', '%', '&', '|', '^', '=', '<=>', '<', '<=', '>', '>='])

const suffix = (t: DataType): string => (t === 'long' ? 'L' : '')

export const attributeText = (a: { name: string; id: number; type?: DataType; dataType?: DataType }): string => `${a.name}#${a.id}${suffix((a.type ?? a.dataType)!)}`

export function literalText(e: Extract<Resolved, { k: 'lit' }>, plan: boolean): string {
  if (e.value === null) return plan ? 'null' : 'NULL'
  const text = stringifier(e.type, 'UTC', 'NULL')(fromJson(e.value, e.type))
  if (!plan && e.type === 'date') return `DATE '${text}'`
  if (!plan && e.type === 'timestamp') return `TIMESTAMP '${text}'`
  return text
}

/** The name Spark gives a column made of this expression. */
export const pretty = (e: Resolved): string => text(e, false)
/** As plans print it. */
export const planText = (e: Resolved): string => text(e, true)

function text(e: Resolved, plan: boolean): string {
  const t = (x: Resolved) => text(x, plan)
  switch (e.k) {
    case 'lit': return literalText(e, plan)
    case 'attr': return plan ? attributeText(e) : e.name
    case 'alias': return plan ? `${t(e.child)} AS ${attributeText(e)}` : t(e.child)
    case 'cast':
      if (e.implicit && !plan) return t(e.child)
      return plan ? `cast(${t(e.child)} as ${simpleType(e.type)})` : `CAST(${t(e.child)} AS ${sqlType(e.type)})`
    case 'case': {
      const branches = e.branches.map((b) => ` WHEN ${t(b.when)} THEN ${t(b.then)}`).join('')
      return `CASE${branches}${e.otherwise ? ` ELSE ${t(e.otherwise)}` : ''} END`
    }
    case 'agg': {
      const body = `${e.fn}(${e.distinct ? (plan ? 'distinct ' : 'DISTINCT ') : ''}${(['first', 'last', 'any_value'].includes(e.fn) ? e.args.slice(0, 1) : e.args).map(t).join(', ')})`
      const ignore = ['first', 'last', 'any_value'].includes(e.fn) && e.args[1]?.k === 'lit' && e.args[1].value === true
      return ignore ? `${body} ignore nulls` : body
    }
    case 'gen': return `${e.fn}(${t(e.child)})`
    case 'call': return callText(e, t, plan)
  }
}

function callText(e: Extract<Resolved, { k: 'call' }>, t: (x: Resolved) => string, plan: boolean): string {
  const [a, b] = e.args
  if (INFIX.has(e.name)) return `(${t(a!)} ${e.name} ${t(b!)})`
  switch (e.name) {
    case 'and':
    case 'or': return `(${t(a!)} ${e.name.toUpperCase()} ${t(b!)})`
    case 'not': return plan ? `NOT ${t(a!)}` : `(NOT ${t(a!)})`
    case '!=': return plan ? `NOT (${t(a!)} = ${t(b!)})` : `(NOT (${t(a!)} = ${t(b!)}))`
    case '~': return `~${t(a!)}`
    case 'isnull': return plan ? `isnull(${t(a!)})` : `(${t(a!)} IS NULL)`
    case 'isnotnull': return plan ? `isnotnull(${t(a!)})` : `(${t(a!)} IS NOT NULL)`
    case 'in': return plan ? `${t(a!)} IN (${e.args.slice(1).map(t).join(',')})` : `(${t(a!)} IN (${e.args.slice(1).map(t).join(', ')}))`
    case 'like': return `${t(a!)} LIKE ${t(b!)}`
    case 'ilike': return `ilike(${t(a!)}, ${t(b!)})`
    case 'rlike': return plan ? `RLIKE(${t(a!)}, ${t(b!)})` : `RLIKE(${t(a!)}, ${t(b!)})`
    case 'item': return `${t(a!)}[${t(b!)}]`
    case 'field': {
      const at = Number((b as { value: number }).value)
      const type = typeof a!.type === 'object' && a!.type.type === 'array' ? a!.type.element : a!.type
      return `${t(a!)}.${typeof type === 'object' && type.type === 'struct' ? type.fields[at]!.name : at}`
    }
    case 'log': return e.args.length === 1 ? `ln(${t(a!)})` : `LOG(${t(a!)}, ${t(b!)})`
    case 'rand':
    case 'randn': return `${e.name}(${e.seed ?? ''})`
    case 'struct': return `struct(${e.args.map((x) => (x.k === 'alias' ? t(x.child) : t(x))).join(', ')})`
    case 'regexp_replace': return `regexp_replace(${e.args.map(t).join(', ')}, 1)`
    case 'split': return `split(${e.args.map(t).join(', ')}${e.args.length === 2 ? ', -1' : ''})`
    case 'toprettystring': return `toprettystring(${t(a!)}${plan ? `, Some(${e.zone})` : ''})`
    default: return `${CAPITALS[e.name] ?? e.name}(${e.args.map(t).join(', ')})`
  }
}
