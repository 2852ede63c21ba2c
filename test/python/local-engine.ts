/**
 * An engine of one worker for tests: cuts jobs into stages at shuffles and runs their tasks, one after
 * another, in real Python threads. Answers the calls of contract.ts from memory.
 */
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type {
  BridgeError, DriverCalls, PythonTask, PythonTaskAnswer, RddDeclaration, TaskRdd
} from '../../engine/pyspark/contract.ts'
import { BridgeFailure } from '../../engine/pyspark/program.ts'
import { FetchFailedSignal, checkpointPart } from '../../engine/pyspark/worker.ts'
import type { PythonWorker, TaskCallTable } from '../../engine/pyspark/worker.ts'

type ShuffleDependency = Extract<RddDeclaration['dependencies'][number], { kind: 'shuffle' }>

export interface JobRecord {
  callSite: string
  rddId: number
  partitions: number[]
  properties: Record<string, string>
  tasks: number
}

const failure = (error: BridgeError): BridgeFailure => new BridgeFailure(error)

let stages = 0

export class LocalEngine {
  readonly jobs: JobRecord[] = []
  readonly calls: string[] = []
  readonly rdds = new Map<number, RddDeclaration>()
  readonly blocks = new Map<string, Uint8Array>()
  readonly stored: string[] = []
  readonly answers: PythonTaskAnswer[] = []
  readonly persisted = new Map<number, unknown>()
  conf: Record<string, string> = {}
  stopped: number | null = null
  defaultParallelism = 4
  /** Refuses blocks, as a full MEMORY_ONLY store does. */
  full = false
  /** Shuffle outputs to lose once, when a reducer asks for them. */
  loseOnce = new Set<number>()
  /** Sees each call of the program before it is answered. */
  onCall: (name: string) => void = () => undefined
  /** Of the program's thread: a new context counts from 0. */
  resetIds: () => void = () => undefined
  /** Answers a task in place of the worker. */
  onTask: ((task: PythonTask) => PythonTaskAnswer) | null = null
  readonly #worker: PythonWorker
  readonly #maps = new Map<number, Uint8Array[][]>()
  readonly #broadcasts = new Map<number, Uint8Array>()
  readonly #checkpoints = new Map<number, { directory: string; done: boolean }>()
  #checkpointDir = ''
  #taskIds = 0
  #stageIds = 0

  constructor(worker: PythonWorker) {
    this.#worker = worker
  }

  readonly call = async <K extends keyof DriverCalls>(name: K, ask: DriverCalls[K]['ask']): Promise<DriverCalls[K]['answer']> => {
    this.calls.push(name)
    this.onCall(name)
    const table = this.#driver() as unknown as Record<string, (ask: unknown) => Promise<unknown>>
    const answer = table[name]
    if (!answer) throw failure({ pythonClass: 'NotImplementedError', message: name })
    return (await answer(ask)) as DriverCalls[K]['answer']
  }

  #driver(): { [K in keyof DriverCalls]?: (ask: DriverCalls[K]['ask']) => Promise<DriverCalls[K]['answer']> } {
    return {
      startContext: async ({ conf }) => {
        this.conf = { 'spark.master': 'spark://lab:7077', 'spark.app.name': 'program.py', ...conf }
        this.resetIds()
        this.rdds.clear()
        this.#maps.clear()
        return {
          appId: 'app-20260101000000-0000', master: this.conf['spark.master']!, defaultParallelism: this.defaultParallelism,
          conf: this.conf, version: '4.1.0', uiWebUrl: null
        }
      },
      stopContext: async ({ exitCode }) => {
        this.stopped = exitCode
        return null
      },
      declareRdds: async ({ rdds }) => {
        for (const rdd of rdds) {
          if (this.rdds.has(rdd.id)) throw failure({ pythonClass: 'AssertionError', message: `RDD ${rdd.id} is declared twice` })
          this.rdds.set(rdd.id, rdd)
        }
        return null
      },
      runJob: (ask) => this.#runJob(ask),
      textSplits: ({ path, minPartitions }) => this.#splits(path, minPartitions),
      persist: async ({ rddId, level }) => {
        this.persisted.set(rddId, level)
        return null
      },
      unpersist: async ({ rddId }) => {
        this.persisted.delete(rddId)
        for (const key of this.blocks.keys()) if (key.startsWith(`${rddId}:`)) this.blocks.delete(key)
        return null
      },
      checkpoint: async ({ rddId }) => {
        this.#checkpoints.set(rddId, { directory: join(this.#checkpointDir, `rdd-${rddId}`), done: false })
        return null
      },
      setCheckpointDir: async ({ path }) => {
        this.#checkpointDir = join(path, 'c0ffee')
        return { path: this.#checkpointDir }
      },
      rddInfo: async ({ rddId }) => {
        const point = this.#checkpoints.get(rddId)
        const rdd = this.rdds.get(rddId)!
        return {
          checkpointed: point?.done ?? false,
          checkpointFile: point?.done ? point.directory : null,
          debugString: `(${rdd.partitions}) ${rdd.label ? `${rdd.label} ` : ''}${rdd.name}[${rdd.id}] at ${rdd.callSite} []`
        }
      },
      broadcast: async ({ value }) => {
        this.#broadcasts.set(this.#broadcasts.size, value)
        return { id: this.#broadcasts.size - 1 }
      },
      unpersistBroadcast: async ({ id, destroy }) => {
        if (destroy) this.#broadcasts.delete(id)
        return null
      },
      outputPrepare: async ({ path }) => {
        if (await stat(path).then(() => true, () => false)) {
          const message = `Output directory file:${path} already exists`
          throw failure({ pythonClass: 'py4j.protocol.Py4JJavaError', javaClass: 'org.apache.hadoop.mapred.FileAlreadyExistsException', message })
        }
        const temporary = join(path, '_temporary')
        await mkdir(temporary, { recursive: true })
        return { temporary }
      },
      outputCommit: async ({ path, temporary }) => {
        for (const name of await readdir(temporary)) await rename(join(temporary, name), join(path, name))
        await rm(temporary, { recursive: true })
        await writeFile(join(path, '_SUCCESS'), '')
        return null
      },
      cancelAllJobs: async () => null,
      defaultParallelism: async () => ({ value: this.defaultParallelism }),
      sleep: async ({ seconds }) => {
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
        return null
      }
    }
  }

  async #splits(path: string, minPartitions: number): Promise<{ path: string; start: number; length: number }[]> {
    const info = await stat(path).catch(() => null)
    if (!info) {
      const message = `Input path does not exist: file:${path}`
      throw failure({ pythonClass: 'py4j.protocol.Py4JJavaError', javaClass: 'org.apache.hadoop.mapred.InvalidInputException', message })
    }
    const files = info.isDirectory() ? (await readdir(path)).sort().map((name) => join(path, name)) : [path]
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
    const goal = Math.max(1, Math.floor(sizes.reduce((sum, size) => sum + size, 0) / minPartitions))
    return files.flatMap((file, index) => {
      const size = sizes[index]!
      const splits = []
      let start = 0
      while (size - start > goal * 1.1) {
        splits.push({ path: `file:${file}`, start, length: goal })
        start += goal
      }
      return [...splits, { path: `file:${file}`, start, length: size - start }]
    })
  }

  async #runJob(ask: DriverCalls['runJob']['ask']): Promise<DriverCalls['runJob']['answer']> {
    const job: JobRecord = { callSite: ask.callSite, rddId: ask.rddId, partitions: ask.partitions, properties: ask.properties, tasks: 0 }
    this.jobs.push(job)
    const accumulators: Uint8Array[] = []
    const results: Uint8Array[] = []
    await this.#shuffles(ask.rddId, job, accumulators)
    const stageId = this.#stageIds++
    for (const partition of ask.partitions) {
      for (let attempt = 0; ; attempt++) {
        const answer = await this.#task(ask.rddId, partition, stageId, attempt, { kind: 'result' }, ask.properties, job)
        if (!answer.ok && answer.failure === 'fetch-failed') {
          this.#maps.delete(answer.detail as number)
          await this.#shuffles(ask.rddId, job, accumulators)
          continue
        }
        results.push(this.#accept(answer, partition, stageId, accumulators).result!)
        break
      }
    }
    await this.#writeCheckpoints(ask.rddId, job)
    return { results, accumulators }
  }

  /** Runs the map stages this RDD needs and that have not run yet, parents first. */
  async #shuffles(rddId: number, job: JobRecord, accumulators: Uint8Array[]): Promise<void> {
    for (const dependency of this.#shuffleParents(rddId)) {
      if (this.#maps.has(dependency.shuffleId)) continue
      await this.#shuffles(dependency.rdd, job, accumulators)
      const outputs: Uint8Array[][] = []
      const stageId = this.#stageIds++
      for (let partition = 0; partition < this.rdds.get(dependency.rdd)!.partitions; partition++) {
        const goal = { kind: 'shuffle', reduces: dependency.reduces } as const
        const answer = await this.#task(dependency.rdd, partition, stageId, 0, goal, {}, job)
        outputs.push(this.#accept(answer, partition, stageId, accumulators).buckets!)
      }
      this.#maps.set(dependency.shuffleId, outputs)
    }
  }

  #shuffleParents(rddId: number): ShuffleDependency[] {
    if (this.#checkpoints.get(rddId)?.done) return []
    return this.rdds.get(rddId)!.dependencies.flatMap((dependency) =>
      dependency.kind === 'shuffle' ? [dependency] : this.#shuffleParents(dependency.rdd)
    )
  }

  #accept(answer: PythonTaskAnswer, partition: number, stageId: number, accumulators: Uint8Array[]): Extract<PythonTaskAnswer, { ok: true }> {
    if (answer.ok) {
      if (answer.accumulators) accumulators.push(answer.accumulators)
      return answer
    }
    const error = answer.failure === 'exception' ? `${answer.className}: ${answer.message}` : answer.failure
    const lost = `Lost task ${partition}.0 in stage ${stageId}.0 (TID ${this.#taskIds - 1}) (127.0.0.1 executor 0)`
    const reason = `Task ${partition} in stage ${stageId}.0 failed 1 times, most recent failure: ${lost}: ${error}\nDriver stacktrace:`
    throw failure({
      pythonClass: 'py4j.protocol.Py4JJavaError', javaClass: 'org.apache.spark.SparkException',
      message: `Job aborted due to stage failure: ${reason}`, accumulators
    })
  }

  async #task(
    rddId: number, partition: number, stageId: number, attempt: number,
    goal: PythonTask['goal'], localProperties: Record<string, string>, job: JobRecord
  ): Promise<PythonTaskAnswer> {
    const task: PythonTask = {
      taskId: this.#taskIds++, stageId, stageAttempt: 0, attempt, partition, rddId, goal, slices: [],
      // Each task is told its own stage: the lineage here is that of one partition.
      stage: { id: `${++stages}`, rdds: [], localProperties, host: '127.0.0.1', executorId: '0' }
    }
    this.#gather(rddId, partition, task)
    job.tasks++
    const answer = this.onTask ? this.onTask(task) : await this.#worker.run(task, this.taskCalls())
    this.answers.push(answer)
    return answer
  }

  /** The lineage of one partition up to shuffles, and the slices it reaches. */
  #gather(rddId: number, partition: number, task: PythonTask): void {
    const rdd = this.rdds.get(rddId)!
    const point = this.#checkpoints.get(rddId)
    const compute = point?.done ? ({ kind: 'checkpoint', directory: point.directory } as const) : rdd.compute
    if (!task.stage.rdds.some(({ id }) => id === rddId)) {
      const bare: TaskRdd['compute'] = compute.kind === 'slices' ? { kind: 'slices' } : compute
      task.stage.rdds.push({ id: rddId, dependencies: rdd.dependencies, compute: bare, cached: this.persisted.has(rddId) })
    }
    if (compute.kind === 'slices') task.slices.push({ rddId, partition, data: compute.slices[partition]! })
    if (compute.kind === 'checkpoint') return
    for (const dependency of rdd.dependencies) {
      if (dependency.kind === 'one-to-one') this.#gather(dependency.rdd, partition, task)
      if (dependency.kind === 'groups') for (const parent of dependency.groups[partition]!) this.#gather(dependency.rdd, parent, task)
      if (dependency.kind === 'range') {
        const inside = partition - dependency.outStart
        if (inside >= 0 && inside < dependency.length) this.#gather(dependency.rdd, inside + dependency.inStart, task)
      }
    }
  }

  taskCalls(): TaskCallTable {
    return {
      getBlock: async ({ rddId, partition }) => {
        const data = this.blocks.get(`${rddId}:${partition}`)
        return data ? { data } : null
      },
      putBlock: async ({ rddId, partition, data }) => {
        if (this.full) return { stored: false }
        this.blocks.set(`${rddId}:${partition}`, data)
        this.stored.push(`${rddId}:${partition}`)
        return { stored: true }
      },
      fetchShuffle: async ({ shuffleId, reduce }) => {
        if (this.loseOnce.delete(shuffleId)) throw new FetchFailedSignal(shuffleId)
        return { blocks: this.#maps.get(shuffleId)!.map((buckets) => buckets[reduce]!) }
      },
      growShuffle: async ({ held }) => ({ limit: held * 2 }),
      spillShuffle: async () => Promise.reject(new Error('there is always memory here')),
      getBroadcast: async ({ id }) => {
        this.calls.push('getBroadcast')
        const data = this.#broadcasts.get(id)
        if (!data) throw new Error(`Failed to get broadcast_${id}`)
        return { data }
      },
      planRows: async () => ({ json: '[[1,"one"],[2,"two"]]' }),
      readCheckpoint: async ({ directory, partition }) => ({ data: new Uint8Array(await readFile(checkpointPart(directory, partition))) }),
      sleep: async ({ seconds }) => {
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
        return null
      }
    }
  }

  async #writeCheckpoints(rddId: number, job: JobRecord): Promise<void> {
    const point = this.#checkpoints.get(rddId)
    if (point && !point.done) {
      const stageId = this.#stageIds++
      for (let partition = 0; partition < this.rdds.get(rddId)!.partitions; partition++) {
        const answer = await this.#task(rddId, partition, stageId, 0, { kind: 'checkpoint', directory: point.directory }, {}, job)
        this.#accept(answer, partition, stageId, [])
      }
      point.done = true
      return
    }
    for (const dependency of this.rdds.get(rddId)!.dependencies) await this.#writeCheckpoints(dependency.rdd, job)
  }
}
