/** Stages and jobs as the DAG scheduler keeps them (§5.1–5.8). */
import type { StageInfo } from '../events/index.ts'
import type { CauseRef } from './types.ts'

export interface ShuffleDependency {
  rdd: number
  shuffleId: number
  reduces: number
}

export class Job {
  readonly id: number
  readonly final: Stage
  readonly properties: Record<string, string>
  /** Partitions asked for; output i is partitions[i]. Empty for a map stage job. */
  readonly partitions: readonly number[]
  readonly finished: Uint8Array
  left: number
  /** partition → outputs, where output i is not simply partition i. */
  readonly #outputs: Map<number, number[]> | null

  constructor(id: number, final: Stage, partitions: readonly number[], properties: Record<string, string>) {
    this.id = id
    this.final = final
    this.partitions = partitions
    this.properties = properties
    this.finished = new Uint8Array(partitions.length)
    this.left = partitions.length
    this.#outputs = null
    if (partitions.every((partition, output) => partition === output)) return
    this.#outputs = new Map()
    for (let output = 0; output < partitions.length; output++) {
      const list = this.#outputs.get(partitions[output]!)
      if (list) list.push(output)
      else this.#outputs.set(partitions[output]!, [output])
    }
  }

  /** Outputs that want this partition and do not have it yet. */
  open(partition: number): number[] {
    if (this.#outputs === null) return this.finished[partition] === 0 ? [partition] : []
    return (this.#outputs.get(partition) ?? []).filter((output) => this.finished[output] === 0)
  }

  /** Partitions still to compute, each once, in the order asked. */
  missing(): number[] {
    const missing = new Set<number>()
    for (let output = 0; output < this.finished.length; output++) if (this.finished[output] === 0) missing.add(this.partitions[output]!)
    return [...missing]
  }

  get interrupt(): boolean {
    return this.properties['spark.job.interruptOnCancel'] === 'true'
  }
}

export class Stage {
  readonly id: number
  readonly kind: 'map' | 'result'
  readonly rddId: number
  /** Partitions it has in all; an attempt may run fewer. */
  readonly tasks: number
  readonly name: string
  readonly parents: readonly Stage[]
  readonly firstJobId: number
  /** On a map stage. */
  readonly shuffle: ShuffleDependency | null
  /** A second run may give other rows (§5.23). */
  readonly indeterminate: boolean
  readonly jobIds = new Set<number>()
  /** Jobs that want just this map stage (adaptive execution). */
  readonly mapJobs = new Set<Job>()
  /** The job of a result stage, until it ended. */
  job: Job | null = null
  nextAttempt = 0
  info!: StageInfo
  /** Attempts that failed for a fetch since the last success (§5.18). */
  readonly failedAttempts = new Set<number>()
  /** attempt → epoch of the map outputs when its tasks were made (§5.21). */
  readonly epochs = new Map<number, number>()
  /** Why it runs again, until it does. */
  because: CauseRef | null = null
  #pending: Uint8Array | null = null
  #pendingCount = 0

  constructor(stage: Pick<Stage, 'id' | 'kind' | 'rddId' | 'tasks' | 'name' | 'parents' | 'firstJobId' | 'shuffle' | 'indeterminate'>) {
    this.id = stage.id
    this.kind = stage.kind
    this.rddId = stage.rddId
    this.tasks = stage.tasks
    this.name = stage.name
    this.parents = stage.parents
    this.firstJobId = stage.firstJobId
    this.shuffle = stage.shuffle
    this.indeterminate = stage.indeterminate
  }

  get attempt(): number {
    return this.info['Stage Attempt ID']
  }

  /** `1.0`, as keys and task set names have it. */
  get ref(): string {
    return `${this.id}.${this.attempt}`
  }

  /** `ResultStage 3`, as Spark's messages have it. */
  get title(): string {
    return `${this.kind === 'map' ? 'ShuffleMapStage' : 'ResultStage'} ${this.id}`
  }

  /** Map partitions of the running attempts that have not ended well. */
  get pending(): number {
    return this.#pendingCount
  }

  expect(partition: number): void {
    this.#pending ??= new Uint8Array(this.tasks)
    if (this.#pending[partition] === 1) return
    this.#pending[partition] = 1
    this.#pendingCount++
  }

  arrived(partition: number): void {
    if (this.#pending?.[partition] !== 1) return
    this.#pending[partition] = 0
    this.#pendingCount--
  }

  expectNothing(): void {
    this.#pending?.fill(0)
    this.#pendingCount = 0
  }
}
