/** The plan that Spark prints below the text of an analysis error: the operator that could not be resolved, over what could. */
import type { Expression, LogicalPlan } from '../contract.ts'
import type { Logical, Resolved } from '../resolved.ts'
import { logicalText } from '../plan/explain.ts'
import { simpleType } from '../types.ts'
import { named } from './expressions.ts'
import { hasAggregate } from './nodes.ts'
import { planText } from './sql-text.ts'

/** Conditions that Spark's last check of a plan raises; earlier ones come without a plan. */
const CHECKED = /^(UNRESOLVED_COLUMN|DATATYPE_MISMATCH|MISSING_AGGREGATION|MISSING_GROUP_BY|INVALID_WHERE_CONDITION|NESTED_AGGREGATE_FUNCTION|GROUP_BY_AGGREGATE|INVALID_LIMIT_LIKE_EXPRESSION|NUM_COLUMNS_MISMATCH|INCOMPATIBLE_COLUMN_TYPE)/
/** Of these, the ones about an operator whose expressions are all resolved. */
const RESOLVED = /^(MISSING_AGGREGATION|MISSING_GROUP_BY|INVALID_WHERE_CONDITION|NESTED_AGGREGATE_FUNCTION|INVALID_LIMIT_LIKE_EXPRESSION|DATATYPE_MISMATCH\.FILTER_NOT_BOOLEAN)/

export interface Tried {
  resolve: (e: Expression) => Resolved
  nextId: () => number
  defaultParallelism: number
}

/** `'Project ['nme]` over the plans of its children; undefined where Spark's message has no plan. */
export function failedPlan(errorClass: string, plan: LogicalPlan, children: readonly Logical[], t: Tried): string | undefined {
  if (!CHECKED.test(errorClass)) return undefined
  const line = operatorLine(plan, children, t)
  if (line === undefined) return undefined
  const lines = [`${RESOLVED.test(errorClass) ? '' : "'"}${line}`]
  if (plan.op === 'limit') lines.push(`+- LocalLimit ${plan.n}`)
  const indent = plan.op === 'limit' ? '   ' : ''
  children.forEach((child, i) => {
    const last = i === children.length - 1
    const [first, ...rest] = logicalText(child, t.defaultParallelism).trimEnd().split('\n')
    lines.push(`${indent}${last ? '+- ' : ':- '}${first}`, ...rest.map((l) => `${indent}${last ? '   ' : ':  '}${l}`))
  })
  return `${lines.join('\n')}\n`
}

function operatorLine(plan: LogicalPlan, children: readonly Logical[], t: Tried): string | undefined {
  const list = (es: readonly Expression[]) => es.map((e) => columnText(e, t)).join(', ')
  switch (plan.op) {
    case 'project': return `${plan.columns.some((e) => aggregates(e, t)) ? 'Aggregate' : 'Project'} [${list(plan.columns)}]`
    case 'withColumns': {
      const own = children[0]!.output.filter((a) => !plan.columns.some((c) => c.name.toLowerCase() === a.name.toLowerCase()))
      return `Project [${[...own.map((a) => planText({ k: 'attr', id: a.id, name: a.name, type: a.dataType, nullable: a.nullable })), ...plan.columns.map((c) => `${exprText(c.value, t)} AS ${c.name}#${t.nextId()}`)].join(', ')}]`
    }
    case 'filter': return `Filter ${exprText(plan.condition, t)}`
    case 'aggregate': return `Aggregate [${plan.grouping.map((e) => exprText(e, t)).join(', ')}], [${list([...plan.grouping, ...plan.aggregates])}]`
    case 'sort': return `Sort [${plan.order.map((o) => (o.expr === 'sort' ? `${exprText(o.child, t)} ${o.ascending ? 'ASC' : 'DESC'} NULLS ${o.nulls.toUpperCase()}` : `${exprText(o, t)} ASC NULLS FIRST`)).join(', ')}], ${plan.global}`
    case 'limit': return `GlobalLimit ${plan.n}`
    case 'union': return 'Union false, false'
    default: return undefined
  }
}

function attempt(e: Expression, t: Tried): Resolved | undefined {
  try {
    return t.resolve(e)
  } catch {
    return undefined
  }
}

const aggregates = (e: Expression, t: Tried): boolean => {
  const r = attempt(e, t)
  if (r) return hasAggregate(r)
  return e.expr === 'call' ? AGGREGATES.has(e.name) || e.args.some((a) => aggregates(a, t)) : (e.expr === 'alias' || e.expr === 'cast') && aggregates(e.child, t)
}
const AGGREGATES = new Set(['count', 'sum', 'avg', 'min', 'max', 'first', 'last', 'stddev', 'variance', 'collect_list', 'collect_set'])

/** One of an operator's columns. What is not resolved has no name yet. */
function columnText(e: Expression, t: Tried): string {
  const r = attempt(e, t)
  if (r) return planText(named(r, t.nextId))
  return e.expr === 'column' || e.expr === 'alias' || e.expr === 'star' ? exprText(e, t) : `unresolvedalias(${exprText(e, t)})`
}

const INFIX = new Set(['+', '-', '*', '/', '%', '&', '|', '^', '=', '<=>', '<', '<=', '>', '>='])

function exprText(e: Expression, t: Tried): string {
  const r = e.expr === 'star' ? undefined : attempt(e, t)
  if (r) return planText(r)
  switch (e.expr) {
    case 'column': return `'${e.name}`
    case 'star': return '*'
    case 'alias': return `${exprText(e.child, t)} AS ${e.name}#${t.nextId()}`
    case 'cast': return `cast(${exprText(e.child, t)} as ${typeof e.to === 'string' ? e.to.toLowerCase() : simpleType(e.to)})`
    case 'when': return `CASE${e.branches.map((b) => ` WHEN ${exprText(b.when, t)} THEN ${exprText(b.then, t)}`).join('')}${e.otherwise ? ` ELSE ${exprText(e.otherwise, t)}` : ''} END`
    case 'item': return `${exprText(e.child, t)}[${exprText(e.key, t)}]`
    case 'call': {
      const args = e.args.map((a) => exprText(a, t))
      if (INFIX.has(e.name) && args.length === 2) return `(${args.join(` ${e.name} `)})`
      if (e.name === 'and' || e.name === 'or') return `(${args.join(` ${e.name.toUpperCase()} `)})`
      if (e.name === 'not') return `NOT ${args[0]}`
      return `${e.name}(${e.distinct ? 'distinct ' : ''}${args.join(', ')})`
    }
    default: return ''
  }
}
