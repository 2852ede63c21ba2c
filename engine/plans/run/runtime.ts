/** What every operator of a running fragment shares. */
import type { DataType } from '../contract.ts'
import type { FragmentIo, FragmentMemory, FragmentOp, KillSignal, Row } from '../fragment.ts'
import { FragmentKilled } from '../fragment.ts'
import { SparkOutOfMemoryError } from '../errors.ts'
import type { Attribute, Resolved } from '../resolved.ts'
import { compile, positions, type Eval, type TaskContext } from '../expr/compile.ts'
import { rowBytes } from '../codec.ts'

export type Batches = AsyncGenerator<Row[]>

export interface Runtime {
  io: FragmentIo
  memory: FragmentMemory
  signal: KillSignal
  conf: Record<string, string>
  /** What expressions see of the task, for a partition of the operator they belong to. */
  task(partition: number): TaskContext
  setFile(path: string): void
  run(op: FragmentOp, partition: number): Batches
}

/** Between batches: lets the process breathe, and stops a task that was killed. */
export async function pause(rt: Runtime): Promise<void> {
  if (rt.signal.killed) throw new FragmentKilled('Task killed')
  await rt.io.breathe()
  if (rt.signal.killed) throw new FragmentKilled('Task killed')
}

export function compileAll(exprs: readonly Resolved[], input: readonly Attribute[], rt: Runtime, partition: number): Eval[] {
  const at = positions(input)
  const task = rt.task(partition)
  return exprs.map((e) => compile(e, at, task))
}

export const typesOf = (output: readonly Attribute[]): DataType[] => output.map((a) => a.dataType)

const STEP = 1 << 20

/** The memory of one consumer, asked for in steps of at least 1 MiB (§8.6). */
export class Account {
  private readonly rt: Runtime
  private granted = 0
  used = 0
  private sampled = 64
  private seen = 0
  constructor(rt: Runtime) {
    this.rt = rt
  }

  /** Reckons with one more row held; every sixteenth is measured. */
  row(r: readonly unknown[], extra = 0): void {
    if ((this.seen++ & 15) === 0) this.sampled = rowBytes(r)
    this.used += this.sampled + extra
  }

  get short(): boolean {
    return this.used > this.granted
  }

  /** Asks for what is missing. False when it was refused: spill, or fail with `refuse`. */
  async cover(): Promise<boolean> {
    if (this.used <= this.granted) return true
    const want = Math.max(this.used - this.granted, STEP, Math.min(this.granted, 64 << 20))
    this.granted += await this.rt.memory.acquire(want)
    return this.used <= this.granted
  }

  refuse(): SparkOutOfMemoryError {
    return new SparkOutOfMemoryError(Math.max(STEP, this.used - this.granted), Math.max(0, Math.min(STEP, this.granted)))
  }

  /** Everything held was let go. */
  free(): void {
    if (this.granted) this.rt.memory.release(this.granted)
    this.granted = 0
    this.used = 0
  }
}
