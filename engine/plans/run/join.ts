/** Joins: hash (one side in memory), sort-merge (both sides sorted), nested loop, cartesian product. */
import type { FragmentOp, Row } from '../fragment.ts'
import { BATCH } from '../codec.ts'
import { compile, positions, type Eval } from '../expr/compile.ts'
import type { Attribute } from '../resolved.ts'
import { comparator, rowKeyer } from '../values.ts'
import { Account, compileAll, pause, type Batches, type Runtime } from './runtime.ts'

type Op<K extends FragmentOp['op']> = Extract<FragmentOp, { op: K }>
type Join = Op<'join'>

const nulls = (n: number): Row => new Array<unknown>(n).fill(null)

/** True when a pair of rows (side by side) fulfils the rest of the condition. */
function tester(op: { condition?: Join['condition']; left: { output: Attribute[] }; right: { output: Attribute[] } }, rt: Runtime, partition: number): ((pair: Row) => boolean) | null {
  if (!op.condition) return null
  const f = compile(op.condition, positions([...op.left.output, ...op.right.output]), rt.task(partition))
  return (pair) => f(pair) === true
}

/** A key of several values; undefined when one is null, which matches nothing. */
function keyMaker(keys: Eval[], keyOf: (values: unknown[]) => unknown): (row: Row) => unknown {
  const values = new Array<unknown>(keys.length)
  return (row) => {
    for (let i = 0; i < keys.length; i++) {
      const v = keys[i]!(row)
      if (v === null) return undefined
      values[i] = v === 0 ? 0 : v
    }
    return keyOf(values)
  }
}

export async function* join(op: Join, partition: number, rt: Runtime): Batches {
  if (op.strategy === 'sort-merge') yield* sortMerge(op, partition, rt)
  else yield* inMemory(op, partition, rt)
}

/** Hash and nested-loop joins: the build side is read whole, the other streams past it. */
async function* inMemory(op: Join, partition: number, rt: Runtime): Batches {
  const buildLeft = op.build === 'left'
  const [build, stream] = buildLeft ? [op.left, op.right] : [op.right, op.left]
  const hashed = op.strategy === 'hash'
  const keyOf = rowKeyer(op.leftKeys.map((k) => k.type))
  const buildKey = keyMaker(compileAll(buildLeft ? op.leftKeys : op.rightKeys, build.output, rt, partition), keyOf)
  const streamKey = keyMaker(compileAll(buildLeft ? op.rightKeys : op.leftKeys, stream.output, rt, partition), keyOf)
  const test = tester(op, rt, partition)
  const account = new Account(rt)
  const table = new Map<unknown, number[]>()
  const built: Row[] = []
  try {
    for await (const batch of rt.run(build, partition)) {
      for (const row of batch) {
        if (hashed) {
          const k = buildKey(row)
          if (k !== undefined) {
            const list = table.get(k)
            if (list) list.push(built.length)
            else table.set(k, [built.length])
          }
        }
        built.push(row)
        account.row(row, 48)
      }
      if (account.short && !(await account.cover())) throw account.refuse()
    }
    const all = hashed ? [] : built.map((_, i) => i)
    const none: number[] = []
    const how = op.how
    const streamOuter = how === 'full' || (buildLeft ? how === 'right' : how === 'left')
    const buildOuter = how === 'full' || (buildLeft ? how === 'left' : how === 'right')
    const matched = buildOuter || (buildLeft && (how === 'leftsemi' || how === 'leftanti')) ? new Uint8Array(built.length) : null
    const [bw, sw] = [build.output.length, stream.output.length]
    const pairOf = (s: Row, b: Row): Row => (buildLeft ? b.concat(s) : s.concat(b))
    let out: Row[] = []
    for await (const batch of rt.run(stream, partition)) {
      for (const s of batch) {
        let candidates = all
        if (hashed) {
          const k = streamKey(s)
          candidates = k === undefined ? none : table.get(k) ?? none
        }
        let hit = false
        for (const i of candidates) {
          const pair = pairOf(s, built[i]!)
          if (test && !test(pair)) continue
          hit = true
          if (matched) matched[i] = 1
          if (how === 'leftsemi' || how === 'leftanti') {
            if (buildLeft) continue
            break
          }
          out.push(pair)
        }
        if (how === 'leftsemi' && !buildLeft && hit) out.push(s)
        else if (how === 'leftanti' && !buildLeft && !hit) out.push(s)
        else if (streamOuter && !hit) out.push(pairOf(s, nulls(bw)))
        if (out.length >= BATCH) {
          await pause(rt)
          yield out
          out = []
        }
      }
    }
    if (matched && (buildOuter || buildLeft)) {
      for (let i = 0; i < built.length; i++) {
        const was = matched[i] === 1
        if (buildOuter && !was) out.push(pairOf(nulls(sw), built[i]!))
        else if (!buildOuter && was === (how === 'leftsemi')) out.push(built[i]!)
      }
    }
    for (let i = 0; i < out.length; i += BATCH) yield out.slice(i, i + BATCH)
  } finally {
    account.free()
  }
}

/** Rows of one sorted side, a group of equal keys at a time. */
class Groups {
  private readonly it: AsyncIterator<Row[]>
  private readonly keys: Eval[]
  private readonly same: (a: unknown[], b: unknown[]) => number
  private batch: Row[] = []
  private at = 0
  private done = false
  key: unknown[] | null = null
  rows: Row[] = []
  constructor(source: Batches, keys: Eval[], same: (a: unknown[], b: unknown[]) => number) {
    this.it = source
    this.keys = keys
    this.same = same
  }

  private async peek(): Promise<Row | null> {
    while (this.at === this.batch.length) {
      if (this.done) return null
      const next = await this.it.next()
      if (next.done) this.done = true
      else {
        this.batch = next.value
        this.at = 0
      }
    }
    return this.batch[this.at]!
  }

  /** Goes to the next group; false at the end. */
  async next(): Promise<boolean> {
    const first = await this.peek()
    if (!first) {
      this.key = null
      this.rows = []
      return false
    }
    this.key = this.keys.map((k) => k(first))
    this.rows = [first]
    this.at++
    for (;;) {
      const row = this.at < this.batch.length ? this.batch[this.at]! : await this.peek()
      if (!row || this.same(this.key, this.keys.map((k) => k(row))) !== 0) return true
      this.rows.push(row)
      this.at++
    }
  }
}

async function* sortMerge(op: Join, partition: number, rt: Runtime): Batches {
  const cs = op.leftKeys.map((k) => comparator(k.type))
  const compare = (a: unknown[], b: unknown[]): number => {
    for (let i = 0; i < cs.length; i++) {
      const [x, y] = [a[i], b[i]]
      const r = x === null ? (y === null ? 0 : -1) : y === null ? 1 : cs[i]!(x, y)
      if (r) return r
    }
    return 0
  }
  const left = new Groups(rt.run(op.left, partition), compileAll(op.leftKeys, op.left.output, rt, partition), compare)
  const right = new Groups(rt.run(op.right, partition), compileAll(op.rightKeys, op.right.output, rt, partition), compare)
  const test = tester(op, rt, partition)
  const { how } = op
  const [lw, rw] = [op.left.output.length, op.right.output.length]
  const keepLeft = how === 'left' || how === 'full'
  const keepRight = how === 'right' || how === 'full'
  let out: Row[] = []
  const aloneLeft = () => {
    if (keepLeft) for (const l of left.rows) out.push(l.concat(nulls(rw)))
    else if (how === 'leftanti') for (const l of left.rows) out.push(l)
  }
  const aloneRight = () => {
    if (keepRight) for (const r of right.rows) out.push(nulls(lw).concat(r))
  }
  await left.next()
  await right.next()
  while (left.key || right.key) {
    if (out.length >= BATCH) {
      await pause(rt)
      yield out
      out = []
    }
    const order = !left.key ? 1 : !right.key ? -1 : compare(left.key, right.key)
    if (order < 0 || (left.key && left.key.includes(null))) {
      aloneLeft()
      await left.next()
    } else if (order > 0 || right.key!.includes(null)) {
      aloneRight()
      await right.next()
    } else {
      const hits = keepRight ? new Uint8Array(right.rows.length) : null
      for (const l of left.rows) {
        let hit = false
        for (let i = 0; i < right.rows.length; i++) {
          const pair = l.concat(right.rows[i]!)
          if (test && !test(pair)) continue
          hit = true
          if (hits) hits[i] = 1
          if (how === 'leftsemi' || how === 'leftanti') break
          out.push(pair)
        }
        if (how === 'leftsemi' ? hit : how === 'leftanti' && !hit) out.push(l)
        else if (keepLeft && !hit) out.push(l.concat(nulls(rw)))
        if (out.length >= BATCH) {
          await pause(rt)
          yield out
          out = []
        }
      }
      if (hits) for (let i = 0; i < hits.length; i++) if (!hits[i]) out.push(nulls(lw).concat(right.rows[i]!))
      await left.next()
      await right.next()
    }
  }
  if (out.length) yield out
}

export async function* cartesian(op: Op<'cartesian'>, partition: number, rt: Runtime): Batches {
  const test = tester(op, rt, partition)
  const right: Row[] = []
  const account = new Account(rt)
  try {
    for await (const batch of rt.run(op.right, partition % op.rightPartitions)) {
      for (const r of batch) {
        right.push(r)
        account.row(r)
      }
      if (!(await account.cover())) throw account.refuse()
    }
    let out: Row[] = []
    for await (const batch of rt.run(op.left, Math.floor(partition / op.rightPartitions))) {
      for (const l of batch) {
        for (const r of right) {
          const pair = l.concat(r)
          if (!test || test(pair)) out.push(pair)
        }
        if (out.length >= BATCH) {
          await pause(rt)
          yield out
          out = []
        }
      }
    }
    if (out.length) yield out
  } finally {
    account.free()
  }
}
