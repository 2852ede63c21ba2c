import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'
import { decodeRows, fragmentRowsToJson, FragmentKilled, runMapTask, runResultTask, type FileWriter, type FragmentIo, type FragmentMemory, type FragmentOp, type PlanFragment, type Row, type SpillFile } from '../plans/executor.ts'
import type { Schema } from '../plans/contract.ts'
import type { PythonTask } from '../pyspark/contract.ts'
import type { BlockStore } from './block-store.ts'
import type { ExecutorEnv } from './env.ts'
import { Reach } from './reach.ts'
import type { ShuffleFetcher } from './shuffle-fetch.ts'
import type { LaunchedTask, Running, TaskProduct } from './task-runner.ts'
import type { TaskCounts } from './task-counts.ts'

/** How long a fragment may compute before the process hears its messages, ms. */
const BREATH = 8

type PythonRows = (running: Running, rddId: number, partition: number, goal: PythonTask['goal']) => Promise<string>

/** What plan tasks ask of the rest of the executor. */
export interface PlanHands {
  broadcast: (id: number) => Promise<Uint8Array>
  pythonRows: PythonRows
  cachedBlock: (rddId: number, partition: number, taskId: number) => Promise<Uint8Array | null>
  putCached: (launched: LaunchedTask, rddId: number, partition: number, data: Uint8Array) => Promise<void>
}

/** Runs stages of DataFrame plans in this process, without Python. */
export class PlanTasks {
  readonly #env: ExecutorEnv
  readonly #store: BlockStore
  readonly #fetcher: ShuffleFetcher
  readonly #hands: PlanHands
  readonly #reach: Reach
  readonly #broadcastRows = new Map<number, Promise<Row[]>>()
  #spills = 0

  constructor(env: ExecutorEnv, store: BlockStore, fetcher: ShuffleFetcher, hands: PlanHands) {
    this.#env = env
    this.#store = store
    this.#fetcher = fetcher
    this.#hands = hands
    this.#reach = new Reach(env.folders)
  }

  forgetBroadcast(id: number): void {
    this.#broadcastRows.delete(id)
  }

  async run(running: Running, planId: number, counts: TaskCounts): Promise<TaskProduct> {
    const { launched, signal } = running
    return this.#with(running, planId, counts, async (fragment, io, memory) => {
      const { partition } = launched.task
      if (launched.binary.binary.work.kind === 'shuffle') return { buckets: await runMapTask(fragment, partition, io, memory, signal) }
      return { value: await runResultTask(fragment, partition, io, memory, signal) }
    })
  }

  /** Rows of a plan's partition for Python, as JSON. */
  rowsAsJson(running: Running, planId: number, partition: number, counts: TaskCounts): Promise<string> {
    return this.#with(running, planId, counts, (fragment, io, memory) => fragmentRowsToJson(fragment, partition, io, memory, running.signal))
  }

  async #with<T>(running: Running, planId: number, counts: TaskCounts, work: (fragment: PlanFragment, io: FragmentIo, memory: FragmentMemory) => Promise<T>): Promise<T> {
    const { launched } = running
    const fragment = launched.binary.binary.plans[planId] as PlanFragment
    const spills: SpillFile[] = []
    const { taskId } = launched.task
    let held = 0
    const memory: FragmentMemory = {
      acquire: async (bytes) => {
        const granted = await this.#store.acquireExecution(taskId, bytes)
        held += granted
        counts.peakExecution = Math.max(counts.peakExecution, held)
        return granted
      },
      release: (bytes) => {
        held -= bytes
        this.#store.releaseExecution(taskId, bytes)
      }
    }
    try {
      return await work(fragment, this.#io(running, fragment, counts, spills), memory)
    } finally {
      for (const spill of spills) await spill.remove()
    }
  }

  #io(running: Running, fragment: PlanFragment, counts: TaskCounts, spills: SpillFile[]): FragmentIo {
    const { launched } = running
    const { task } = launched
    const { executorId, host } = this.#env
    let breathed = performance.now()
    const fetcher = this.#fetcher
    const reach = this.#reach
    return {
      info: { host, executorId, partition: task.partition, stageId: task.stageId, taskId: task.taskId, attempt: task.attempt },
      async *readShuffle(shuffleId, from, to) {
        for (let reduce = from; reduce < to; reduce++) for (const block of await fetcher.fetch(shuffleId, reduce, counts)) if (block.byteLength > 0) yield block
      },
      async *openFile(path, start, length) {
        if (length <= 0) return
        reach.check(path)
        for await (const chunk of createReadStream(path, { start, ...(Number.isFinite(length) ? { end: start + length - 1 } : {}) })) yield chunk as Uint8Array
      },
      pythonRows: (rddId, partition) => this.#hands.pythonRows(running, rddId, partition, { kind: 'rows', schema: scanSchema(fragment.root, rddId) }),
      cachedRows: async (rddId, partition) => (await this.#hands.cachedBlock(rddId, partition, task.taskId)) ?? undefined,
      putCached: (rddId, partition, data) => this.#hands.putCached(launched, rddId, partition, data),
      broadcastRows: (id) => {
        let rows = this.#broadcastRows.get(id)
        if (rows === undefined) {
          rows = this.#hands.broadcast(id).then((data) => decodeRows(data))
          this.#broadcastRows.set(id, rows)
        }
        return rows
      },
      spillFile: () => {
        const spill = spillFile(this.#store.disk.path(`temp_local_${executorId}_${++this.#spills}`), () => this.#store.disk.checkRoom())
        spills.push(spill)
        return spill
      },
      createFile: (path) => {
        reach.check(path)
        return createFile(path)
      },
      breathe: async () => {
        if (performance.now() - breathed < BREATH) return
        await new Promise<void>((resolve) => setImmediate(resolve))
        breathed = performance.now()
      },
      count: (what, n) => {
        switch (what) {
          case 'input-bytes':
            counts.inputBytes += n
            return
          case 'input-records':
            counts.recordsRead += n
            return
          case 'output-bytes':
            counts.outputBytes += n
            return
          case 'output-records':
            counts.recordsWritten += n
            return
          case 'shuffle-read-records':
            counts.shuffleRecordsRead += n
            return
          case 'shuffle-write-records':
            counts.shuffleRecordsWritten += n
            return
          case 'memory-spilled':
            counts.memorySpilled += n
            return
          case 'disk-spilled':
            counts.diskSpilled += n
        }
      }
    }
  }
}

export { FragmentKilled }

/** What the scan of a Python RDD gives: its rows are to come in this shape. */
function scanSchema(op: FragmentOp, rddId: number): Schema {
  const found = findScan(op, rddId)
  return (found?.output ?? []).map(({ name, dataType, nullable }) => ({ name, dataType, nullable }))
}

function findScan(op: FragmentOp, rddId: number): FragmentOp | undefined {
  if (op.op === 'python' && op.rddId === rddId) return op
  for (const value of Object.values(op)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child !== 'object' || child === null || !('op' in child)) continue
      const found = findScan(child as FragmentOp, rddId)
      if (found !== undefined) return found
    }
  }
  return undefined
}

async function createFile(path: string): Promise<FileWriter> {
  mkdirSync(dirname(path), { recursive: true })
  const stream = createWriteStream(path)
  return Promise.resolve({
    write: (data) => new Promise<void>((resolve, reject) => stream.write(data, (error) => (error ? reject(error) : resolve()))),
    close: async () => {
      stream.end()
      await finished(stream)
    }
  })
}

function spillFile(path: string, checkRoom: () => void): SpillFile {
  const cuts: number[] = []
  let stream: ReturnType<typeof createWriteStream> | undefined
  const close = async (): Promise<void> => {
    const open = stream
    stream = undefined
    if (open === undefined) return
    open.end()
    await finished(open)
  }
  return {
    write: (data) => {
      checkRoom()
      stream ??= createWriteStream(path, { flags: 'a' })
      cuts.push(data.byteLength)
      const out = stream
      return new Promise<void>((resolve, reject) => out.write(data, (error) => (error ? reject(error) : resolve())))
    },
    async *read() {
      await close()
      let at = 0
      for (const length of cuts) {
        const parts: Uint8Array[] = []
        if (length > 0) for await (const chunk of createReadStream(path, { start: at, end: at + length - 1 })) parts.push(chunk as Uint8Array)
        at += length
        yield parts.length === 1 ? parts[0]! : new Uint8Array(Buffer.concat(parts))
      }
    },
    remove: async () => {
      await close()
      rmSync(path, { force: true })
    }
  }
}
