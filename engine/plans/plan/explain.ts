/** Plans as text, the way Spark prints them. */
import type { AggregateMode, SortKey } from '../fragment.ts'
import type { AggregateCall, AnalyzedPlan, Attribute, Logical, Resolved } from '../resolved.ts'
import type { SparkPlanInfo } from '../../events/index.ts'
import { simpleType } from '../types.ts'
import { conjuncts } from '../analyze/nodes.ts'
import { attributeText, planText } from '../analyze/sql-text.ts'
import { kids } from './optimize.ts'
import { childrenOf, existsIn, type Partitioning, type Physical } from './physical.ts'

/** Most fields a line shows (spark.sql.debug.maxToStringFields). */
const MAX_FIELDS = 25

function list(items: readonly string[], separator = ', '): string {
  if (items.length <= MAX_FIELDS) return `[${items.join(separator)}]`
  return `[${items.slice(0, MAX_FIELDS - 1).join(separator)}${separator}... ${items.length - MAX_FIELDS + 1} more fields]`
}

const attributes = (out: readonly Attribute[], separator = ', '): string => list(out.map(attributeText), separator)
const expressions = (es: readonly Resolved[]): string => list(es.map(planText))

function orderText(o: SortKey): string {
  return `${planText(o.expr)} ${o.ascending ? 'ASC' : 'DESC'} NULLS ${o.nullsFirst ? 'FIRST' : 'LAST'}`
}

const HOW: Record<string, string> = { inner: 'Inner', left: 'LeftOuter', right: 'RightOuter', full: 'FullOuter', leftsemi: 'LeftSemi', leftanti: 'LeftAnti', cross: 'Cross' }
const PREFIX: Record<AggregateMode, string> = { partial: 'partial_', merge: 'merge_', final: '', complete: '', mixed: 'merge_' }

function callText(c: AggregateCall, mode: AggregateMode): string {
  const prefix = mode === 'mixed' && c.deduped ? 'partial_' : PREFIX[mode]
  const args = ['first', 'last', 'any_value'].includes(c.fn) ? c.args.slice(0, 1) : c.args
  return `${prefix}${c.fn}(${c.distinct || (c.deduped && mode !== 'merge') ? 'distinct ' : ''}${args.map(planText).join(', ')}${['first', 'last', 'any_value'].includes(c.fn) ? `, ${c.args[1]?.k === 'lit' && c.args[1].value === true}` : ''})`
}

function partitioningText(p: Partitioning): string {
  switch (p.kind) {
    case 'hash': return `hashpartitioning(${p.keys.map(planText).join(', ')}, ${p.partitions})`
    case 'range': return `rangepartitioning(${p.order.map(orderText).join(', ')}, ${p.partitions})`
    case 'round-robin': return `RoundRobinPartitioning(${p.partitions})`
    case 'single': return 'SinglePartition'
    case 'unknown': return 'UnknownPartitioning(0)'
  }
}

const OBJECTS = new Set(['collect_list', 'collect_set', 'approx_count_distinct', 'percentile_approx', 'median', 'mode'])

/** The operator's name as it stands in a plan. */
export function nodeName(p: Physical): string {
  switch (p.op) {
    case 'HashAggregate': return p.calls.some((c) => OBJECTS.has(c.fn) || c.distinct) ? 'ObjectHashAggregate' : 'HashAggregate'
    case 'ExistingRDD': return 'Scan ExistingRDD'
    case 'FileScan': return `Scan ${p.format}`
    default: return p.op
  }
}

/** One line: the operator and what it does. */
export function simpleString(p: Physical): string {
  switch (p.op) {
    case 'Range': return `Range (${p.start}, ${p.end}, step=${p.step}, splits=${p.partitions})`
    case 'ExistingRDD': return `Scan ExistingRDD${attributes(p.output, ',')}`
    case 'FileScan': return `FileScan ${p.format} ${attributes(p.output, ',')} Batched: false, DataFilters: [${p.filters.map(planText).join(', ')}], Format: ${p.format === 'csv' ? 'CSV' : p.format === 'json' ? 'JSON' : 'Text'}, Location: ${p.location}, PartitionFilters: [], PushedFilters: [${p.filters.map(pushed).filter((f) => f !== '').join(', ')}], ReadSchema: struct<${p.output.map((a) => `${a.name}:${simpleType(a.dataType)}`).join(',')}>`
    case 'InMemoryTableScan': return `InMemoryTableScan ${attributes(p.output)}`
    case 'Project': return p.columns.length ? `Project ${expressions(p.columns)}` : 'Project'
    case 'Filter': return `Filter ${planText(p.condition)}`
    case 'HashAggregate': return `${nodeName(p)}(keys=${expressions(p.keys)}, functions=${list(p.calls.map((c) => callText(c, p.mode)))})`
    case 'Sort': return `Sort ${list(p.order.map(orderText))}, ${p.global}, 0`
    case 'Exchange': return `Exchange ${partitioningText(p.partitioning)}, ${p.origin}, [plan_id=${p.id}]`
    case 'BroadcastExchange': return `BroadcastExchange ${p.keys.length ? `HashedRelationBroadcastMode(List(${p.keys.map((k) => hashKey(k)).join(', ')}),false)` : 'IdentityBroadcastMode'}, [plan_id=${p.id}]`
    case 'SortMergeJoin': return `SortMergeJoin ${expressions(p.leftKeys)}, ${expressions(p.rightKeys)}, ${HOW[p.how]}${p.condition ? `, ${planText(p.condition)}` : ''}`
    case 'BroadcastHashJoin': return `BroadcastHashJoin ${expressions(p.leftKeys)}, ${expressions(p.rightKeys)}, ${HOW[p.how]}, Build${p.build === 'left' ? 'Left' : 'Right'}, ${p.condition ? `${planText(p.condition)}, ` : ''}false`
    case 'BroadcastNestedLoopJoin': return `BroadcastNestedLoopJoin Build${p.build === 'left' ? 'Left' : 'Right'}, ${HOW[p.how]}${p.condition ? `, ${planText(p.condition)}` : ''}`
    case 'CartesianProduct': return `CartesianProduct${p.condition ? ` ${planText(p.condition)}` : ''}`
    case 'Union': return 'Union'
    case 'Coalesce': return `Coalesce ${p.partitions}`
    case 'CollectLimit':
    case 'CollectTail':
    case 'LocalLimit': return `${p.op} ${p.n}`
    case 'GlobalLimit': return `GlobalLimit ${p.n}, 0`
    case 'TakeOrderedAndProject': return `TakeOrderedAndProject(limit=${p.n}, orderBy=${list(p.order.map(orderText), ',')}, output=${attributes(p.output, ',')})`
    case 'Sample': return `Sample 0.0, ${p.fraction}, ${p.withReplacement}, ${p.seed}`
    case 'Generate': return `Generate ${p.generator.fn}(${planText(p.generator.child)}), ${attributes(p.required)}, ${p.generator.outer}, ${attributes(p.generated)}`
    case 'AQEShuffleRead': return p.coalesced ? 'AQEShuffleRead coalesced' : 'AQEShuffleRead'
    case 'ShuffleQueryStage': return `ShuffleQueryStage ${p.stage}`
    case 'BroadcastQueryStage': return `BroadcastQueryStage ${p.stage}`
  }
}

const hashKey = (e: Resolved): string => (e.type === 'integer' ? `cast(input[0, int, true] as bigint)` : `input[0, ${simpleType(e.type)}, ${e.k === 'attr' ? e.nullable : true}]`)

/** A filter as a data source is told of it: IsNotNull(a), GreaterThan(a,3). */
function pushed(e: Resolved): string {
  if (e.k !== 'call') return ''
  const [a, b] = e.args
  if (a?.k !== 'attr') return ''
  if (e.name === 'isnotnull') return `IsNotNull(${a.name})`
  if (e.name === 'isnull') return `IsNull(${a.name})`
  const name = { '=': 'EqualTo', '>': 'GreaterThan', '>=': 'GreaterThanOrEqual', '<': 'LessThan', '<=': 'LessThanOrEqual', startswith: 'StringStartsWith', endswith: 'StringEndsWith', contains: 'StringContains' }[e.name]
  return name && b?.k === 'lit' ? `${name}(${a.name},${planText(b)})` : ''
}

/** Operators that whole-stage code generation fuses. */
const fuses = (p: Physical): boolean => {
  switch (p.op) {
    case 'HashAggregate': return nodeName(p) === 'HashAggregate'
    case 'Range':
    case 'ExistingRDD':
    case 'Project':
    case 'Filter':
    case 'Sort':
    case 'SortMergeJoin':
    case 'BroadcastHashJoin':
    case 'LocalLimit':
    case 'GlobalLimit':
    case 'Sample':
    case 'Generate': return true
    case 'BroadcastNestedLoopJoin': return p.how !== 'full'
    default: return false
  }
}

/** The number of the generated stage each operator belongs to; children's stages come first, as Spark counts. */
function codegenStages(root: Physical): Map<Physical, number> {
  const out = new Map<Physical, number>()
  let next = 0
  const visit = (p: Physical, members: Physical[] | null): void => {
    if (!fuses(p)) {
      for (const c of childrenOf(p)) visit(c, null)
      return
    }
    const own = members ?? []
    own.push(p)
    // The sides of a sort-merge join are read as rows: each is a stage of its own.
    for (const c of childrenOf(p)) visit(c, p.op === 'SortMergeJoin' ? null : own)
    if (!members) {
      const id = ++next
      for (const m of own) out.set(m, id)
    }
  }
  visit(root, null)
  return out
}

interface Tree {
  line: string
  children: Tree[]
}

/** Spark's tree: `+- ` before the last child, `:- ` before others. */
export function treeText(t: Tree): string {
  const out: string[] = []
  const visit = (node: Tree, lasts: boolean[]): void => {
    const head = lasts.map((last, i) => (i === lasts.length - 1 ? (last ? '+- ' : ':- ') : last ? '   ' : ':  ')).join('')
    out.push(head + node.line)
    node.children.forEach((c, i) => visit(c, [...lasts, i === node.children.length - 1]))
  }
  visit(t, [])
  return `${out.join('\n')}\n`
}

function physicalTree(p: Physical, stars: Map<Physical, number> | null): Tree {
  const star = stars?.get(p)
  const children = childrenOf(p).map((c) => physicalTree(c, stars))
  if (p.op === 'InMemoryTableScan') return { line: simpleString(p), children: [{ line: `InMemoryRelation ${attributes(p.relation)}, StorageLevel(disk, memory, deserialized, 1 replicas)`, children: [physicalTree(p.child, codegenStages(p.child))] }] }
  return { line: `${star === undefined ? '' : `*(${star}) `}${simpleString(p)}`, children }
}

export interface Explained {
  root: Physical
  adaptive: boolean
  /** The plan as it was run, where it has been. */
  final?: Physical
}

/** The physical plan alone, as `explain()` prints it below its heading. */
export function physicalText(e: Explained): string {
  if (!e.adaptive) return treeText(physicalTree(e.root, codegenStages(e.root)))
  if (!e.final) return treeText({ line: 'AdaptiveSparkPlan isFinalPlan=false', children: [physicalTree(e.root, null)] })
  const inside = (t: Tree) => treeText(t).replace(/^(?=.)/gm, '   ')
  return `AdaptiveSparkPlan isFinalPlan=true\n+- == Final Plan ==\n${inside(physicalTree(e.final, codegenStages(e.final)))}+- == Initial Plan ==\n${inside(physicalTree(e.root, null))}`
}

function logicalLine(p: Logical, parallelism: number): string {
  switch (p.op) {
    case 'range': return `Range (${p.start}, ${p.end}, step=${p.step}, splits=Some(${p.partitions ?? parallelism}))`
    case 'local':
    case 'rdd': return `LogicalRDD ${attributes(p.output)}, false`
    case 'read': return `Relation ${attributes(p.output, ',')} ${p.format}`
    case 'project': return `Project ${expressions(p.columns)}`
    case 'filter': return `Filter ${planText(p.condition)}`
    case 'aggregate': return `Aggregate ${expressions(p.grouping)}, ${expressions(p.columns)}`
    case 'sort': return `Sort ${list(p.order.map((o) => orderText({ expr: o.child, ascending: o.ascending, nullsFirst: o.nulls === 'first' })))}, ${p.global}`
    case 'limit': return `GlobalLimit ${p.n}`
    case 'join': return `Join ${HOW[p.how]}${p.condition ? `, ${planText(p.condition)}` : ''}`
    case 'union': return 'Union false, false'
    case 'repartition': return p.by.length ? `RepartitionByExpression ${expressions(p.by)}${p.partitions ? `, ${p.partitions}` : ''}` : `Repartition ${p.partitions}, ${p.shuffle}`
    case 'sample': return `Sample 0.0, ${p.fraction}, ${p.withReplacement}, ${p.seed}`
    case 'generate': return `Generate ${p.generator.fn}(${planText(p.generator.child)}), ${p.generator.outer}, ${attributes(p.generated)}`
    case 'hint': return `ResolvedHint (strategy=${p.name})`
    case 'alias': return `SubqueryAlias ${p.name}`
    case 'cached': return `InMemoryRelation ${attributes(p.output)}, StorageLevel(disk, memory, deserialized, 1 replicas)`
  }
}

function logicalTree(p: Logical, parallelism: number): Tree {
  const below = p.op === 'cached' ? [] : kids(p).map((k) => logicalTree(k, parallelism))
  if (p.op === 'limit') return { line: `GlobalLimit ${p.n}`, children: [{ line: `LocalLimit ${p.n}`, children: below }] }
  return { line: logicalLine(p, parallelism), children: below }
}

/** `parallelism`: partitions of a range that says none. */
export const logicalText = (p: Logical, parallelism: number): string => treeText(logicalTree(p, parallelism))

/** What is known of a query before it is planned. */
export interface LogicalPlans {
  analyzed: AnalyzedPlan
  optimized: Logical
  defaultParallelism: number
}

/** `explain(mode)`: simple, extended, formatted, cost, codegen. Ends with an empty line of its own, before that of `print`. */
export function explainText(e: Explained, mode: string, plans?: LogicalPlans): string {
  const physical = `== Physical Plan ==\n${physicalText(e)}\n`
  switch (mode.toLowerCase()) {
    case 'extended':
    case 'cost': {
      if (!plans) return physical
      const schema = plans.analyzed.schema.map((f) => `${f.name}: ${simpleType(f.dataType)}`).join(', ')
      const logical = logicalText(plans.analyzed.plan, plans.defaultParallelism)
      const head = mode === 'cost' ? '' : `== Parsed Logical Plan ==\n${logical}\n== Analyzed Logical Plan ==\n${schema}\n${logical}\n`
      return `${head}== Optimized Logical Plan ==\n${logicalText(plans.optimized, plans.defaultParallelism)}\n${physical}`
    }
    case 'formatted': return formatted(e)
    default: return physical
  }
}

/** The two-part form: a tree of numbered operators, then each operator's details. */
export function formatted(e: Explained): string {
  const root = e.final ?? e.root
  const numbers = new Map<Physical, number>()
  const order: Physical[] = []
  const number = (p: Physical): void => {
    childrenOf(p).forEach(number)
    numbers.set(p, order.length + 1)
    order.push(p)
  }
  number(root)
  const stars = e.adaptive && !e.final ? null : codegenStages(root)
  const tree = (p: Physical): Tree => ({ line: `${stars?.has(p) ? '* ' : ''}${nodeName(p)} (${numbers.get(p)})`, children: childrenOf(p).map(tree) })
  const top: Tree = e.adaptive ? { line: `AdaptiveSparkPlan (${order.length + 1})`, children: [tree(root)] } : tree(root)
  const details = order.map((p) => {
    const id = stars?.get(p)
    const inputs = childrenOf(p)
    const lines = [`(${numbers.get(p)}) ${nodeName(p)}${id === undefined ? '' : ` [codegen id : ${id}]`}`]
    if (inputs.length === 0) lines.push(`Output [${p.output.length}]: ${attributes(p.output)}`)
    else if (inputs.length === 1) lines.push(`Input [${inputs[0]!.output.length}]: ${attributes(inputs[0]!.output)}`)
    lines.push(...argumentLines(p))
    return `${lines.join('\n')}\n`
  })
  if (e.adaptive) details.push(`(${order.length + 1}) AdaptiveSparkPlan\nOutput [${root.output.length}]: ${attributes(root.output)}\nArguments: isFinalPlan=${e.final !== undefined}\n`)
  return `== Physical Plan ==\n${treeText(top)}\n\n${details.join('\n')}\n`
}

function argumentLines(p: Physical): string[] {
  switch (p.op) {
    case 'Range': return [`Arguments: Range (${p.start}, ${p.end}, step=${p.step}, splits=Some(${p.partitions}))`]
    case 'Project': return [`Output [${p.columns.length}]: ${expressions(p.columns)}`]
    case 'Filter': return [`Condition : ${planText(p.condition)}`]
    case 'HashAggregate': return [`Keys [${p.keys.length}]: ${expressions(p.keys)}`, `Functions [${p.calls.length}]: ${list(p.calls.map((c) => callText(c, p.mode)))}`, `Results [${p.output.length}]: ${p.results ? expressions(p.results) : attributes(p.output)}`]
    case 'FileScan': return [`Batched: false`, `Location: ${p.location}`, ...(p.filters.length ? [`PushedFilters: [${p.filters.flatMap(conjuncts).map(pushed).filter((f) => f).join(', ')}]`] : []), `ReadSchema: struct<${p.output.map((a) => `${a.name}:${simpleType(a.dataType)}`).join(',')}>`]
    case 'SortMergeJoin':
    case 'BroadcastHashJoin': return [`Left keys [${p.leftKeys.length}]: ${expressions(p.leftKeys)}`, `Right keys [${p.rightKeys.length}]: ${expressions(p.rightKeys)}`, `Join type: ${HOW[p.how]}`, `Join condition: ${p.condition ? planText(p.condition) : 'None'}`]
    default: {
      const text = simpleString(p)
      const name = nodeName(p)
      const rest = text.startsWith(name) ? text.slice(name.length).trim() : ''
      return rest ? [`Arguments: ${rest.replace(/^\((.*)\)$/s, '$1')}`] : []
    }
  }
}

/** The plan as the SQL events carry it. */
export function planInfo(e: Explained): SparkPlanInfo {
  const root = e.final ?? e.root
  const stars = e.adaptive && !e.final ? new Map<Physical, number>() : codegenStages(root)
  const visit = (p: Physical, inside: number | undefined): SparkPlanInfo => {
    const id = stars.get(p)
    const node: SparkPlanInfo = { nodeName: nodeName(p), simpleString: simpleString(p), children: childrenOf(p).map((c) => visit(c, id)), metadata: p.op === 'FileScan' ? { Location: p.location, Format: p.format, ReadSchema: `struct<${p.output.map((a) => `${a.name}:${simpleType(a.dataType)}`).join(',')}>` } : {}, metrics: [] }
    if (id === undefined || id === inside) return node
    return { nodeName: `WholeStageCodegen (${id})`, simpleString: `WholeStageCodegen (${id})`, children: [node], metadata: {}, metrics: [] }
  }
  const tree = visit(root, undefined)
  return e.adaptive ? { nodeName: 'AdaptiveSparkPlan', simpleString: `AdaptiveSparkPlan isFinalPlan=${e.final !== undefined}`, children: [tree], metadata: {}, metrics: [] } : tree
}

export const needsShuffle = (p: Physical): boolean => existsIn(p, (x) => x.op === 'Exchange')
