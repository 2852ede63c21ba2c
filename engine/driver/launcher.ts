import type { StageInfo } from '../events/index.ts'
import { bytesToString } from '../rules/conf.ts'
import type { TaskDescription } from '../rules/types.ts'
import type { TaskBinary } from '../world/messages.ts'
import type { Backend } from './backend.ts'
import { CHECKPOINT_PROPERTY } from './checkpoints.ts'
import type { TaskOrders } from './task-orders.ts'
import type { Moments } from './moments.ts'
import type { RddTable } from './rdd-table.ts'

type StoredBinary = { binary: TaskBinary; blobs: Uint8Array[] }

/** A binary of more bytes than this is warned of (§5.9). */
const LARGE_BINARY = 1000 * 1024

export interface LauncherHands {
  warn: (text: string) => void
  backend: () => Backend | undefined
  /** What executors are to know of a plan. */
  fragment: (planId: number) => unknown
  /** Epoch of the map outputs: executors ask for their places anew when it grows (§5.21). */
  epoch: () => number
}

/** Sends attempts to where they run, with what they need; holds those that a fault waits for. */
export class TaskLauncher {
  readonly #rdds: RddTable
  readonly #orders: TaskOrders
  readonly #moments: Moments
  readonly #hands: LauncherHands
  /** The RDD each stage computes, by stage id. */
  readonly #stageRdd = new Map<number, number>()
  readonly #binaries = new Map<string, StoredBinary>()
  /** Attempts that wait in their slots for a word. */
  readonly #held = new Set<number>()
  /** What waits for the lab to hear of a moment, in order. */
  #waiting: (() => void)[] = []
  #unheard = 0

  constructor(rdds: RddTable, orders: TaskOrders, moments: Moments, hands: LauncherHands) {
    this.#rdds = rdds
    this.#orders = orders
    this.#moments = moments
    this.#hands = hands
  }

  jobSubmitted(jobId: number): void {
    if (this.#moments.watch.jobs) this.#awaitLab({ kind: 'job', job: jobId })
  }

  stageSubmitted(info: StageInfo): void {
    const stage = info['Stage ID']
    // The stage's own RDD comes first among its RDDs.
    this.#stageRdd.set(stage, info['RDD Info'][0]?.['RDD ID'] ?? -1)
    if (this.#moments.watchesStage(stage)) this.#awaitLab({ kind: 'stage', stage })
  }

  stageCompleted(info: StageInfo): void {
    this.#binaries.delete(`${info['Stage ID']}.${info['Stage Attempt ID']}`)
  }

  launch(task: TaskDescription): void {
    this.#inOrder(() => {
      const binary = this.#binary(task)
      const hasSlices = binary.binary.nodes.some((node) => node.compute.kind === 'slices')
      const orders = this.#orders.take(task)
      const hold = this.#moments.watchesTask(task)
      if (hold) this.#held.add(task.taskId)
      this.#hands.backend()?.launch({
        task,
        binary,
        slices: hasSlices ? this.#rdds.slicesFor(binary.binary.rddId, task.partition) : [],
        ...(orders === undefined ? {} : { orders }),
        ...(hold ? { hold } : {})
      })
    })
  }

  kill(taskId: number, executorId: string, reason: string): void {
    this.#inOrder(() => this.#hands.backend()?.kill(taskId, executorId, reason))
  }

  /** An attempt has a slot and runs. One that is held goes on when the lab has heard of it. */
  running(task: TaskDescription): void {
    const { taskId, executorId, stageId, partition } = task
    if (!this.#held.delete(taskId)) return
    const goOn = (): void => this.#hands.backend()?.goOn(taskId, executorId)
    if (this.#moments.watchesTask(task)) this.#moments.tell({ kind: 'task', stage: stageId, partition, taskId, executorId }, goOn)
    else goOn()
  }

  #awaitLab(moment: Parameters<Moments['tell']>[0]): void {
    this.#unheard++
    this.#moments.tell(moment, () => {
      if (--this.#unheard > 0) return
      const waiting = this.#waiting
      this.#waiting = []
      for (const act of waiting) act()
    })
  }

  #inOrder(act: () => void): void {
    if (this.#unheard > 0) this.#waiting.push(act)
    else act()
  }

  /** What the tasks of the stage attempt share. */
  #binary(task: TaskDescription): StoredBinary {
    const key = `${task.stageId}.${task.stageAttempt}`
    const known = this.#binaries.get(key)
    if (known !== undefined) return known
    const rddId = this.#stageRdd.get(task.stageId) ?? -1
    const checkpoint = task.properties[CHECKPOINT_PROPERTY]
    const shuffle = task.shuffleId
    const work: TaskBinary['work'] =
      shuffle !== undefined ? { kind: 'shuffle', shuffleId: shuffle, reduces: this.#rdds.reduces(shuffle) } : checkpoint !== undefined ? { kind: 'checkpoint', directory: checkpoint } : { kind: 'result' }
    const made = this.#rdds.binary({ rddId, stageId: task.stageId, stageAttempt: task.stageAttempt, properties: task.properties, epoch: this.#hands.epoch() }, work, this.#hands.fragment)
    this.#binaries.set(key, made)
    const bytes = made.blobs.reduce((sum, blob) => sum + blob.byteLength, 0)
    if (bytes > LARGE_BINARY) this.#hands.warn(`Broadcasting large task binary with size ${bytesToString(bytes)}`)
    return made
  }
}
