/** Runs programs in tests: the bundle of the thread, a snapshot of it, one worker, a program thread each. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { mainConfig } from '../../electron.config.ts'
import { ProgramThread } from '../../engine/pyspark/program.ts'
import type { ProgramEnd } from '../../engine/pyspark/program.ts'
import { ensureSnapshot } from '../../engine/pyspark/snapshot.ts'
import { PythonWorker } from '../../engine/pyspark/worker.ts'
import { LocalEngine } from './local-engine.ts'

const root = resolve(import.meta.dirname, '../..')

export interface Run {
  end: ProgramEnd
  out: string
  err: string
  lines: (number | null)[]
  engine: LocalEngine
  exit?: { code: number; signal?: string }
}

export class Lab {
  readonly folder: string
  readonly threadEntry: string
  readonly data: string
  snapshot: string | null = null
  #worker: PythonWorker | null = null
  /** Output of tasks since the last run began. */
  taskOutput: { stream: string; text: string; taskId: number | null }[] = []
  workerExit: { code: number; signal?: string } | null = null

  private constructor(folder: string) {
    this.folder = folder
    this.threadEntry = join(folder, 'out/python.js')
    this.data = join(folder, 'data')
  }

  static async open(): Promise<Lab> {
    const folder = await mkdtemp(join(tmpdir(), 'kindling-python-'))
    const lab = new Lab(folder)
    const config = mainConfig({ python: join(root, 'engine/pyspark/thread.ts') })
    config.build!.outDir = join(folder, 'out')
    await build(config)
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    await mkdir(lab.data)
    lab.snapshot = await ensureSnapshot({ threadEntry: lab.threadEntry, directory: join(folder, 'snapshots') })
    if (!lab.snapshot || !existsSync(lab.snapshot)) throw new Error('No snapshot was made')
    return lab
  }

  get worker(): PythonWorker {
    this.#worker ??= new PythonWorker({
      threadEntry: this.threadEntry,
      snapshot: this.snapshot,
      folders: [this.data],
      onOutput: (stream, text, taskId) => this.taskOutput.push({ stream, text, taskId }),
      onExecutorExit: (code, signal) => {
        this.workerExit = signal === undefined ? { code } : { code, signal }
      }
    })
    return this.#worker
  }

  program(engine: LocalEngine, run: Partial<Run> = {}, memoryLimit?: number): ProgramThread {
    const thread = new ProgramThread({
      threadEntry: this.threadEntry,
      snapshot: this.snapshot,
      folders: [this.data],
      ...(memoryLimit === undefined ? {} : { memoryLimit }),
      onOutput: (stream, text) => {
        if (stream === 'stdout') run.out = (run.out ?? '') + text
        else run.err = (run.err ?? '') + text
      },
      onLine: (line) => run.lines?.push(line),
      onExit: (code, signal) => {
        run.exit = signal === undefined ? { code } : { code, signal }
      },
      call: engine.call
    })
    engine.resetIds = () => thread.resetIds()
    return thread
  }

  /** Runs a program to its end on a new engine (or the one given). */
  async run(source: string, options: { engine?: LocalEngine; env?: Record<string, string>; conf?: Record<string, string>; argv?: string[] } = {}): Promise<Run> {
    const engine = options.engine ?? new LocalEngine(this.worker)
    const run = { out: '', err: '', lines: [] as (number | null)[], engine, end: { code: -1 } } as Run
    this.taskOutput = []
    const thread = this.program(engine, run)
    try {
      run.end = await thread.run({
        source,
        fileName: join(this.data, 'program.py'),
        argv: options.argv ?? [join(this.data, 'program.py')],
        cwd: this.data,
        env: options.env ?? {},
        ...(options.conf ? { conf: options.conf } : {})
      })
    } catch (error) {
      if (!run.exit) throw error
    } finally {
      await thread.terminate()
    }
    return run
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** What every RDD program begins with. */
export const withContext = (body: string): string => `from pyspark import SparkContext, SparkConf, StorageLevel\nsc = SparkContext.getOrCreate()\n${body}`
