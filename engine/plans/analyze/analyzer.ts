/** Names and types of a whole plan. */
import type { Expression, LogicalPlan } from '../contract.ts'
import { AnalysisError, mismatch } from '../errors.ts'
import type { AnalyzedPlan, Attribute, Logical, Resolved, SortOrder } from '../resolved.ts'
import { ansiOf, caseSensitiveOf, failSelfJoinOf, zoneOf, type Conf } from '../settings.ts'
import { isOrderable, quoteName, sameType, schemaOf, sqlType } from '../types.ts'
import { aggregateNode } from './aggregate.ts'
import { coerce, commonType, comparable, type Rules } from './coercion.ts'
import { failedPlan } from './failed-plan.ts'
import { ambiguousSelfJoin, MissingFrameColumn } from './frame-errors.ts'
import { ExpressionIds } from './ids.ts'
import { dropna, fillna, type NaContext } from './na.ts'
import { asCondition, generatedAttributes, named, resolve, type Resolver } from './expressions.ts'
import { aggregatesIn, allOf, attr, exists, hasAggregate, lit, nullable, toAttribute } from './nodes.ts'
import { findColumn, unresolvedColumn } from './scope.ts'
import { pretty } from './sql-text.ts'

export interface AnalyzeOptions {
  ids?: ExpressionIds
  /** The key under which a plan is cached, if it is. */
  cacheKey?: (plan: LogicalPlan) => string | undefined
  /** Partitions of a range that says none, for the plan in an error. */
  defaultParallelism?: number
}

/** Checks and types a plan. Throws AnalysisError with Spark's text. */
export function analyze(plan: LogicalPlan, conf: Conf, options: AnalyzeOptions = {}): AnalyzedPlan {
  const a = new Analyzer(conf, options)
  const logical = a.run(plan)
  return { plan: logical, schema: schemaOf(logical.output), source: plan }
}

class Analyzer {
  private readonly rules: Rules
  private readonly conf: Conf
  private readonly ids: ExpressionIds
  private readonly options: AnalyzeOptions
  /** What each DataFrame put out when it was first met, and the expression ids that it lost on the right of a self-join. */
  private readonly frames = new Map<number, Attribute[]>()
  private readonly moved = new Map<number, Map<number, Attribute>>()
  private readonly copies = new Map<number, number>()
  private copyOf = ''

  constructor(conf: Conf, options: AnalyzeOptions) {
    this.conf = conf
    this.options = options
    this.ids = options.ids ?? new ExpressionIds()
    this.rules = { ansi: ansiOf(conf), zone: zoneOf(conf) }
  }

  run(plan: LogicalPlan): Logical {
    const key = this.options.cacheKey?.(plan)
    const logical = this.checked(plan)
    if (!this.frames.has(plan.id)) this.frames.set(plan.id, logical.output)
    if (!this.ids.outputs.has(plan.id)) this.ids.outputs.set(plan.id, logical.output)
    return key === undefined ? logical : { op: 'cached', child: logical, key, output: logical.output }
  }

  /** An operator that fails is shown in the error, over its children. */
  private checked(plan: LogicalPlan): Logical {
    try {
      return this.node(plan)
    } catch (e) {
      if (!(e instanceof AnalysisError) || e.planned) throw e
      const below = 'left' in plan ? [plan.left, plan.right] : 'child' in plan ? [plan.child] : []
      const children = below.map((p) => this.run(p))
      const nextId = this.idsOf(plan)
      const resolver = this.resolver(children.flatMap((c) => c.output), nextId)
      throw e.withPlan(failedPlan(e.errorClass, plan, children, { resolve: (x) => resolve(x, resolver), nextId, defaultParallelism: this.options.defaultParallelism ?? 1 }))
    }
  }

  private idsOf(plan: LogicalPlan): () => number {
    return this.ids.forPlan(`${this.copyOf}${plan.id}`)
  }

  private resolver(attributes: readonly Attribute[], nextId: () => number): Resolver {
    return { scope: { attributes, caseSensitive: caseSensitiveOf(this.conf) }, rules: this.rules, nextId, salt: this.ids.salt, frameColumn: (frame, name) => this.frameColumn(frame, name, attributes) }
  }

  /** `df["x"]`: the very attribute that df had under that name, if it is still there. */
  private frameColumn(frame: number, name: string, input: readonly Attribute[]): Resolved | null {
    const known = this.frames.get(frame) ?? this.ids.outputs.get(frame)
    if (!known) return null
    const e = findColumn(name, { attributes: known, caseSensitive: caseSensitiveOf(this.conf) })
    if (!e) throw unresolvedColumn(name, known)
    const base = e.k === 'attr' ? e : null
    if (!base) return null
    const moved = this.moved.get(frame)?.get(base.id)
    if (moved && input.some((a) => a.id === moved.id) && failSelfJoinOf(this.conf) && input.some((a) => a.id === base.id)) throw ambiguousSelfJoin([base])
    const there = input.find((a) => a.id === base.id)
    if (there) return attr(there)
    if (moved && input.some((a) => a.id === moved.id)) return attr(moved)
    throw new MissingFrameColumn(base, input)
  }

  private node(plan: LogicalPlan): Logical {
    const nextId = this.idsOf(plan)
    switch (plan.op) {
      case 'range': return { op: 'range', start: BigInt(plan.start), end: BigInt(plan.end), step: BigInt(plan.step), ...(plan.partitions ? { partitions: plan.partitions } : {}), output: [{ id: nextId(), name: 'id', dataType: 'long', nullable: false }] }
      case 'local': return { op: 'local', schema: plan.schema, slices: plan.slices, output: plan.schema.map((f) => ({ ...f, id: nextId() })) }
      case 'rdd': return { op: 'rdd', schema: plan.schema, rddId: plan.rddId, partitions: plan.partitions, output: plan.schema.map((f) => ({ ...f, id: nextId() })) }
      case 'read': return { op: 'read', format: plan.format, paths: plan.paths, schema: plan.schema, options: plan.options, output: plan.schema.map((f) => ({ ...f, nullable: true, id: nextId() })) }
      case 'project': return this.project(this.run(plan.child), plan.columns, nextId)
      case 'withColumns': return this.withColumns(this.run(plan.child), plan.columns, nextId)
      case 'rename': return this.rename(this.run(plan.child), plan.names, nextId)
      case 'drop': {
        const child = this.run(plan.child)
        const gone = new Set(plan.columns.map((c) => this.fold(c)))
        const output = child.output.filter((a) => !gone.has(this.fold(a.name)))
        return output.length === child.output.length ? child : { op: 'project', child, columns: output.map(attr), output }
      }
      case 'filter': return this.filter(this.run(plan.child), plan.condition, nextId)
      case 'aggregate': {
        const child = this.run(plan.child)
        const r = this.resolver(child.output, nextId)
        return aggregateNode(child, plan.grouping.flatMap((g) => this.expand(g, child, r)), plan.aggregates.flatMap((g) => this.expand(g, child, r)), nextId)
      }
      case 'sort': return this.sort(this.run(plan.child), plan.order, plan.global, nextId)
      case 'limit': {
        const child = this.run(plan.child)
        if (plan.n < 0) throw new AnalysisError('INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE', `The limit like expression "${plan.n}" is invalid. The limit expression must be equal to or greater than 0, but got ${plan.n}.`, '42K0E')
        return { op: 'limit', child, n: plan.n, output: child.output }
      }
      case 'join': return this.join(plan, nextId)
      case 'union': return this.union(plan, nextId)
      case 'distinct': return this.distinct(this.run(plan.child), plan.columns, nextId)
      case 'repartition': {
        const child = this.run(plan.child)
        const r = this.resolver(child.output, nextId)
        return { op: 'repartition', child, ...(plan.partitions ? { partitions: plan.partitions } : {}), by: plan.by.map((e) => resolve(e, r)), shuffle: plan.shuffle, output: child.output }
      }
      case 'sample': {
        const child = this.run(plan.child)
        return { op: 'sample', child, fraction: plan.fraction, seed: plan.seed, withReplacement: plan.withReplacement, output: child.output }
      }
      case 'dropna': return dropna(this.run(plan.child), plan.how, plan.columns, this.naContext(nextId))
      case 'fillna': return fillna(this.run(plan.child), plan.values, this.naContext(nextId))
      case 'hint': {
        const child = this.run(plan.child)
        return { op: 'hint', child, name: plan.name, output: child.output }
      }
      case 'alias': {
        const child = this.run(plan.child)
        return { op: 'alias', child, name: plan.name, output: child.output.map((a) => ({ ...a, qualifier: plan.name })) }
      }
    }
  }

  private naContext(nextId: () => number): NaContext {
    return { rules: this.rules, caseSensitive: caseSensitiveOf(this.conf), fold: (name) => this.fold(name), nextId }
  }

  private fold(name: string): string {
    return caseSensitiveOf(this.conf) ? name : name.toLowerCase()
  }

  /** Stars become columns; `alias.*` too. */
  private expand(e: Expression, child: Logical, r: Resolver): Resolved[] {
    if (e.expr === 'star') return child.output.map(attr)
    if (e.expr === 'column' && e.name.endsWith('.*')) {
      const q = e.name.slice(0, -2)
      const own = child.output.filter((a) => a.qualifier !== undefined && this.fold(a.qualifier) === this.fold(q))
      if (own.length) return own.map(attr)
      const base = findColumn(q, r.scope)
      if (base && typeof base.type === 'object' && base.type.type === 'struct') return base.type.fields.map((f, i) => named({ k: 'call', name: 'field', args: [base, lit(i, 'integer')], type: f.dataType, nullable: true, ansi: false, zone: 'UTC' }, r.nextId))
      throw new AnalysisError('CANNOT_RESOLVE_STAR_EXPAND', `Cannot resolve ${quoteName(q)}.* given input columns ${child.output.map((a) => quoteName(a.name)).join(', ')}. Please check that the specified table or struct exists and is accessible in the input columns.`, '42704')
    }
    return [resolve(e, r)]
  }

  private project(child: Logical, columns: Expression[], nextId: () => number): Logical {
    const r = this.resolver(child.output, nextId)
    const list = this.orMissing('Project', () => columns.flatMap((c) => this.expand(c, child, r)))
    if (list.some(hasAggregate)) return aggregateNode(child, [], list, nextId, true)
    return this.projectOf(child, list, nextId)
  }

  private projectOf(child: Logical, list: Resolved[], nextId: () => number): Logical {
    const generators = list.filter((e) => generatorOf(e))
    if (generators.length > 1) throw new AnalysisError('UNSUPPORTED_GENERATOR.MULTI_GENERATOR', `The generator is not supported: only one generator allowed per SELECT clause but found ${generators.length}: ${generators.map((g) => `"${pretty(g)}"`).join(', ')}.`, '42K0E')
    if (generators.length === 0) {
      const nested = list.find((e) => exists(e, (c) => c.k === 'gen'))
      if (nested) throw new AnalysisError('UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS', `The generator is not supported: nested in expressions "${pretty(nested)}".`, '42K0E')
      const columns = list.map((e) => named(e, nextId))
      return { op: 'project', child, columns, output: columns.map(toAttribute) }
    }
    const g = generatorOf(generators[0]!)!
    const alias = generators[0]!.k === 'alias' ? generators[0]! : null
    const generated = generatedAttributes(g, alias ? [alias.name] : undefined, nextId)
    const below: Logical = { op: 'generate', child, generator: g, generated, output: [...child.output, ...generated] }
    const columns = list.flatMap((e) => (generatorOf(e) ? generated.map(attr) : [named(e, nextId)]))
    return { op: 'project', child: below, columns, output: columns.map(toAttribute) }
  }

  private withColumns(child: Logical, columns: { name: string; value: Expression }[], nextId: () => number): Logical {
    const seen = new Set<string>()
    for (const c of columns) {
      if (seen.has(this.fold(c.name))) throw new AnalysisError('COLUMN_ALREADY_EXISTS', `The column ${quoteName(this.fold(c.name))} already exists. Choose another name or rename the existing column.`, '42711')
      seen.add(this.fold(c.name))
    }
    const r = this.resolver(child.output, nextId)
    const values = this.orMissing('Project', () => columns.map((c) => ({ name: c.name, value: resolve(c.value, r) })))
    const aliased = (v: { name: string; value: Resolved }): Resolved => ({ k: 'alias', child: v.value.k === 'alias' ? v.value.child : v.value, name: v.name, id: nextId(), type: v.value.type })
    const used = new Set<number>()
    const list = child.output.map((a): Resolved => {
      const i = values.findIndex((v) => this.fold(v.name) === this.fold(a.name))
      if (i < 0) return attr(a)
      used.add(i)
      return aliased(values[i]!)
    })
    values.forEach((v, i) => {
      if (!used.has(i)) list.push(aliased(v))
    })
    if (list.some(hasAggregate)) return aggregateNode(child, [], list, nextId, true)
    return this.projectOf(child, list, nextId)
  }

  private rename(child: Logical, names: [string, string][], nextId: () => number): Logical {
    let changed = false
    const columns = child.output.map((a): Resolved => {
      const to = names.find(([from]) => this.fold(from) === this.fold(a.name))
      if (!to) return attr(a)
      changed = true
      return { k: 'alias', child: attr(a), name: to[1], id: nextId(), type: a.dataType }
    })
    return changed ? { op: 'project', child, columns, output: columns.map(toAttribute) } : child
  }

  private filter(child: Logical, condition: Expression, nextId: () => number): Logical {
    return this.withHidden(child, 'Filter', (input) => {
      const c = asCondition(resolve(condition, this.resolver(input.output, nextId)))
      if (hasAggregate(c)) throw new AnalysisError('INVALID_WHERE_CONDITION', `The WHERE condition "${pretty(c)}" contains invalid expressions: ${aggregatesIn(c).map(pretty).join(', ')}.\nRewrite the query to avoid window functions, aggregate functions, and generator functions in the WHERE clause.`, '42903')
      return { op: 'filter', child: input, condition: c, output: input.output }
    })
  }

  private sort(child: Logical, order: Expression[], global: boolean, nextId: () => number): Logical {
    return this.withHidden(child, 'Sort', (input) => {
      const r = this.resolver(input.output, nextId)
      const keys = order.map((o): SortOrder => {
        const e = resolve(o, r)
        const bare = e.k === 'alias' ? e.child : e
        if (!isOrderable(bare.type)) throw mismatch('INVALID_ORDERING_TYPE', `${pretty(bare)} ASC NULLS FIRST`, `The \`sortorder\` does not support ordering on type "${sqlType(bare.type)}".`)
        return o.expr === 'sort' ? { child: bare, ascending: o.ascending, nulls: o.nulls } : { child: bare, ascending: true, nulls: 'first' }
      })
      return { op: 'sort', child: input, order: keys, global, output: input.output }
    })
  }

  /** A filter or sort may name columns that the projection below it left out: they are carried up and dropped again. */
  private withHidden(child: Logical, operator: string, make: (input: Logical) => Logical): Logical {
    try {
      return make(child)
    } catch (e) {
      const plain = child.op === 'project' && child.columns.every((c) => !exists(c, (x) => x.k === 'gen'))
      const missing = e instanceof MissingFrameColumn || (e instanceof AnalysisError && e.errorClass.startsWith('UNRESOLVED_COLUMN'))
      if (plain && missing) {
        const names = new Set(child.output.map((a) => this.fold(a.name)))
        const ids = new Set(child.output.map((a) => a.id))
        const hidden = child.child.output.filter((a) => !ids.has(a.id) && (e instanceof MissingFrameColumn || !names.has(this.fold(a.name))))
        if (hidden.length) {
          try {
            const wide: Logical = { ...child, columns: [...child.columns, ...hidden.map(attr)], output: [...child.output, ...hidden] }
            const made = make(wide)
            return { op: 'project', child: made, columns: child.output.map(attr), output: child.output }
          } catch (again) {
            if (!(again instanceof MissingFrameColumn) && !(again instanceof AnalysisError && again.errorClass.startsWith('UNRESOLVED_COLUMN'))) throw again
          }
        }
      }
      throw e instanceof MissingFrameColumn ? e.toError(operator) : e
    }
  }

  private orMissing<T>(operator: string, f: () => T): T {
    try {
      return f()
    } catch (e) {
      throw e instanceof MissingFrameColumn ? e.toError(operator) : e
    }
  }

  private join(plan: Extract<LogicalPlan, { op: 'join' }>, nextId: () => number): Logical {
    const left = this.run(plan.left)
    let right = this.run(plan.right)
    const taken = new Set(left.output.map((a) => a.id))
    if (right.output.some((a) => taken.has(a.id))) right = this.again(plan.right)
    const hint: 'left' | 'right' | undefined = left.op === 'hint' && left.name === 'broadcast' ? 'left' : right.op === 'hint' && right.name === 'broadcast' ? 'right' : undefined
    const how = plan.how
    const nulled = (list: Attribute[], yes: boolean) => (yes ? list.map((a) => ({ ...a, nullable: true })) : list)
    const leftOut = nulled(left.output, how === 'right' || how === 'full')
    const rightOut = nulled(right.output, how === 'left' || how === 'full')
    const semi = how === 'leftsemi' || how === 'leftanti'
    const base = { op: 'join' as const, left, right, ...(hint ? { hint: hint } : {}) }
    if (plan.on === null) return { ...base, how: how === 'inner' ? 'cross' : how, output: semi ? left.output : [...leftOut, ...rightOut] }
    if ('condition' in plan.on) {
      const condition = this.orMissing('Join', () => asCondition(this.joinCondition((plan.on as { condition: Expression }).condition, left, right, nextId)))
      return { ...base, how: how === 'cross' ? 'inner' : how, condition, output: semi ? left.output : [...leftOut, ...rightOut] }
    }
    return this.using(plan.on.using, { ...base, how: how === 'cross' ? 'inner' : how, output: [...leftOut, ...rightOut] }, nextId)
  }

  /** The right side of a self-join once more, with expression ids of its own. */
  private again(plan: LogicalPlan): Logical {
    const copy = (this.copies.get(plan.id) ?? 0) + 1
    this.copies.set(plan.id, copy)
    const outer = this.copyOf
    const knownFrames = new Map(this.frames)
    this.frames.clear()
    this.copyOf = `${outer}${plan.id}/${copy}:`
    const second = this.run(plan)
    this.copyOf = outer
    const copied = new Map(this.frames)
    this.frames.clear()
    for (const [k, v] of knownFrames) this.frames.set(k, v)
    for (const [frame, output] of copied) {
      const before = knownFrames.get(frame)
      if (!before) continue
      const map = this.moved.get(frame) ?? new Map<number, Attribute>()
      before.forEach((a, i) => map.set(a.id, output[i]!))
      this.moved.set(frame, map)
    }
    return second
  }

  /** `df["id"] == df2["id"]` where both mean the same attribute: one side each (Spark resolves this one by itself). */
  private joinCondition(e: Expression, left: Logical, right: Logical, nextId: () => number): Resolved {
    if (e.expr === 'call' && (e.name === 'and' || e.name === '&')) {
      const parts = e.args.map((a) => this.joinCondition(a, left, right, nextId))
      return allOf(parts)!
    }
    if (e.expr === 'call' && (e.name === '=' || e.name === '==' || e.name === '<=>') && e.args.every((a) => a.expr === 'column' && a.frame !== undefined)) {
      const [a, b] = e.args as { name: string; frame: number }[]
      const fa = this.frames.get(a!.frame)
      const fb = this.frames.get(b!.frame)
      const x = fa && findColumn(a!.name, { attributes: fa, caseSensitive: caseSensitiveOf(this.conf) })
      const y = fb && findColumn(b!.name, { attributes: fb, caseSensitive: caseSensitiveOf(this.conf) })
      if (x?.k === 'attr' && y?.k === 'attr' && x.id === y.id && this.moved.size) {
        const one = findColumn(a!.name, { attributes: left.output, caseSensitive: caseSensitiveOf(this.conf) })
        const two = findColumn(b!.name, { attributes: right.output, caseSensitive: caseSensitiveOf(this.conf) })
        if (one && two) return this.equality(e.name === '<=>' ? '<=>' : '=', one, two)
      }
    }
    return resolve(e, this.resolver([...left.output, ...right.output], nextId))
  }

  private equality(name: string, a: Resolved, b: Resolved): Resolved {
    const [x, y] = comparable(a, b, this.rules, () => `(${pretty(a)} ${name} ${pretty(b)})`)
    return { k: 'call', name, args: [x, y], type: 'boolean', nullable: nullable(x) || nullable(y), ansi: this.rules.ansi, zone: this.rules.zone }
  }

  /** Join columns come once, first, then the rest of the left and of the right. */
  private using(columns: string[], node: Extract<Logical, { op: 'join' }>, nextId: () => number): Logical {
    const { left, right, how } = node
    const side = (name: string, s: Logical, which: string): Resolved => {
      const e = findColumn(name, { attributes: s.output, caseSensitive: caseSensitiveOf(this.conf) })
      if (e) return e
      throw new AnalysisError('UNRESOLVED_USING_COLUMN_FOR_JOIN', `USING column ${quoteName(name)} cannot be resolved on the ${which} side of the join. The ${which}-side columns: [${s.output.map((a) => quoteName(a.name)).toSorted().join(', ')}].`, '42703')
    }
    const lefts = columns.map((c) => side(c, left, 'left') as Extract<Resolved, { k: 'attr' }>)
    const rights = columns.map((c) => side(c, right, 'right') as Extract<Resolved, { k: 'attr' }>)
    const condition = allOf(lefts.map((l, i) => this.equality('=', l, rights[i]!)))
    const semi = how === 'leftsemi' || how === 'leftanti'
    const joined: Logical = { ...node, ...(condition ? { condition } : {}), output: semi ? left.output : node.output }
    if (semi) return joined
    const inOutput = (id: number) => attr(node.output.find((a) => a.id === id)!)
    const keyIds = new Set([...lefts, ...rights].map((k) => k.id))
    const keys = lefts.map((l, i): Resolved => {
      const r = rights[i]!
      if (how === 'right') return inOutput(r.id)
      if (how !== 'full') return inOutput(l.id)
      const [a, b] = comparable(inOutput(l.id), inOutput(r.id), this.rules, () => l.name)
      return { k: 'alias', child: { k: 'call', name: 'coalesce', args: [a, b], type: a.type, nullable: true, ansi: this.rules.ansi, zone: this.rules.zone }, name: l.name, id: nextId(), type: a.type }
    })
    const list = [...keys, ...node.output.filter((a) => !keyIds.has(a.id)).map(attr)]
    return { op: 'project', child: joined, columns: list, output: list.map(toAttribute) }
  }

  private union(plan: Extract<LogicalPlan, { op: 'union' }>, nextId: () => number): Logical {
    let left = this.run(plan.left)
    let right = this.run(plan.right)
    if (plan.byName) [left, right] = this.matchNames(left, right, plan.allowMissing, nextId)
    if (left.output.length !== right.output.length) throw new AnalysisError('NUM_COLUMNS_MISMATCH', `UNION can only be performed on inputs with the same number of columns, but the first input has ${left.output.length} columns and the second input has ${right.output.length} columns.`, '42826')
    const types = left.output.map((a, i) => {
      const b = right.output[i]!
      const t = commonType(a.dataType, b.dataType, this.rules)
      if (!t) throw new AnalysisError('INCOMPATIBLE_COLUMN_TYPE', `UNION can only be performed on tables with compatible column types. The ${['first', 'second', 'third', 'fourth', 'fifth'][i] ?? `${i + 1}th`} column of the second table is "${sqlType(b.dataType)}" type which is not compatible with "${sqlType(a.dataType)}" at the same column of the first table.`, '42825')
      return t
    })
    const fit = (side: Logical): Logical => {
      if (side.output.every((a, i) => sameType(a.dataType, types[i]!))) return side
      const columns = side.output.map((a, i): Resolved => (sameType(a.dataType, types[i]!) ? attr(a) : { k: 'alias', child: coerce(attr(a), types[i]!, this.rules), name: a.name, id: nextId(), type: types[i]! }))
      return { op: 'project', child: side, columns, output: columns.map(toAttribute) }
    }
    const [l, r] = [fit(left), fit(right)]
    const output = l.output.map((a, i) => ({ ...a, nullable: a.nullable || r.output[i]!.nullable }))
    return { op: 'union', children: [...(l.op === 'union' ? l.children : [l]), ...(r.op === 'union' ? r.children : [r])], output }
  }

  private matchNames(left: Logical, right: Logical, allowMissing: boolean, nextId: () => number): [Logical, Logical] {
    const find = (s: Logical, name: string) => s.output.find((a) => this.fold(a.name) === this.fold(name))
    const missing = (a: Attribute): Resolved => ({ k: 'alias', child: lit(null, a.dataType), name: a.name, id: nextId(), type: a.dataType })
    const extra = right.output.filter((a) => !find(left, a.name))
    if (!allowMissing) {
      const lost = left.output.find((a) => !find(right, a.name))
      if (lost) throw new AnalysisError('_LEGACY_ERROR_TEMP_1201', `Cannot resolve column name "${lost.name}" among (${right.output.map((a) => a.name).join(', ')}).`, '42000')
    }
    const of = (s: Logical, columns: Resolved[]): Logical => ({ op: 'project', child: s, columns, output: columns.map(toAttribute) })
    const wide = allowMissing && extra.length ? of(left, [...left.output.map(attr), ...extra.map(missing)]) : left
    const rest = allowMissing ? [] : extra.map(attr)
    return [wide, of(right, [...wide.output.map((a) => { const r = find(right, a.name); return r ? attr(r) : missing(a) }), ...rest])]
  }

  private distinct(child: Logical, columns: string[] | undefined, nextId: () => number): Logical {
    const keys = columns ? columns.map((c) => {
      const e = findColumn(c, { attributes: child.output, caseSensitive: caseSensitiveOf(this.conf) })
      if (e?.k !== 'attr') throw unresolvedColumn(c, child.output)
      return e
    }) : child.output.map(attr)
    for (const k of keys) if (!isOrderable(k.type)) throw new AnalysisError('UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE', `The feature is not supported: Cannot have MAP type columns in DataFrame which calls set operations (INTERSECT, EXCEPT, etc.), but the type of column ${quoteName(k.name)} is "${sqlType(k.type)}".`, '0A000')
    const ids = new Set(keys.map((k) => k.id))
    const list = child.output.map((a): Resolved => (ids.has(a.id) ? attr(a) : { k: 'alias', child: { k: 'agg', fn: 'first', args: [attr(a)], distinct: false, type: a.dataType, nullable: true, ansi: this.rules.ansi, id: nextId() }, name: a.name, id: a.id, type: a.dataType }))
    return { op: 'aggregate', child, grouping: keys, columns: list, output: list.map(toAttribute).map((a, i) => ({ ...a, nullable: child.output[i]!.nullable })) }
  }
}

const generatorOf = (e: Resolved): Extract<Resolved, { k: 'gen' }> | null => (e.k === 'gen' ? e : e.k === 'alias' && e.child.k === 'gen' ? e.child : null)
