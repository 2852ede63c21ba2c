/** groupBy and agg: which columns come out, and what may not stand outside an aggregate function. */
import { AnalysisError } from '../errors.ts'
import type { Logical, Resolved } from '../resolved.ts'
import { isOrderable, sqlType } from '../types.ts'
import { named } from './expressions.ts'
import { children, hasAggregate, semantic, toAttribute } from './nodes.ts'
import { pretty } from './sql-text.ts'

/** The grouping columns come first, then the aggregates; `bare` when there was no groupBy (a select of aggregates). */
export function aggregateNode(child: Logical, grouping: Resolved[], aggregates: Resolved[], nextId: () => number, bare = false): Logical {
  for (const g of grouping) {
    if (hasAggregate(g)) throw new AnalysisError('GROUP_BY_AGGREGATE', `Aggregate functions are not allowed in GROUP BY, but found ${pretty(g)}.`, '42903')
    if (!isOrderable(g.type)) throw new AnalysisError('GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE', `The expression "${pretty(g)}" cannot be used as a grouping expression because its data type "${sqlType(g.type)}" is not an orderable data type.`, '42822')
  }
  const keys = grouping.map((g) => named(g, nextId))
  const bareKeys = keys.map((k) => (k.k === 'alias' ? k.child : k))
  const keyTexts = new Set(bareKeys.map(semantic))
  const list = aggregates.map((a) => named(a, nextId))
  for (const a of list) check(a, keyTexts, bare || grouping.length === 0)
  const columns = [...keys, ...list]
  return { op: 'aggregate', child, grouping: bareKeys, columns, output: columns.map(toAttribute) }
}

function check(e: Resolved, keys: Set<string>, noKeys: boolean): void {
  if (e.k === 'agg' || keys.has(semantic(e))) return
  if (e.k === 'attr') {
    if (noKeys) throw new AnalysisError('MISSING_GROUP_BY', 'The query does not include a GROUP BY clause. Add GROUP BY or turn it into the window functions using OVER clauses.', '42803')
    throw new AnalysisError('MISSING_AGGREGATION', `The non-aggregating expression "${pretty(e)}" is based on columns which are not participating in the GROUP BY clause.\nAdd the columns or the expression to the GROUP BY, aggregate the expression, or use "any_value(${pretty(e)})" if you do not care which of the values within a group is returned.`, '42803')
  }
  for (const c of children(e)) check(c, keys, noKeys)
}
