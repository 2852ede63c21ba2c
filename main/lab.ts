import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, FAULTS } from '../engine/faults/index.ts'
import type { Answer, FaultRequest, LabApi, LabInfo, LabPush, RunRequest, Scenario, ScenarioSummary } from '../engine/lab-api.ts'
import { ProgramThread } from '../engine/pyspark/program.ts'
import { ensureSnapshot } from '../engine/pyspark/snapshot.ts'
import { applicationId, SPARK_VERSION } from '../engine/rules/spark-events.ts'
import type { LabEvent } from '../engine/events/index.ts'
import type { Stop } from '../engine/view/marks.ts'
import type { Spawner } from '../engine/world/interfaces.ts'
import { dataDirectory, entries, packageVersion } from './entries.ts'
import { Run, type RunPlan } from './run/run.ts'
import { LAB_DEFAULTS, runSettings, WATCHED } from './run/settings.ts'
import { loadScenarios } from './scenarios.ts'

export interface LabOptions {
  spawner: Spawner
  host: 'desktop' | 'browser' | 'cli'
  /** Event logs of all runs. */
  logDirectory: string
  scenariosDirectory: string
  /** Files of running processes; the host removes it at its end. */
  scratchDirectory: string
}

/** How many past runs stay in memory for the window. */
const KEPT_RUNS = 5

/** Two workers of two cores: what a program that names no master gets. */
export const DEFAULT_CLUSTER = { workers: 2, coresPerWorker: 2, memoryPerWorkerMb: 4096 } as const

/** What one starts a run with when no window asks. */
export type DirectRun = Omit<RunPlan, 'runId' | 'scratch' | 'logDirectory'> & { logDirectory?: string }

/** The lab: its scenarios, its runs, one at a time, and who watches them. */
export class Lab implements LabApi {
  readonly #options: LabOptions
  readonly #runs = new Map<string, Run>()
  readonly #listeners: { [K in keyof LabPush]: Set<(push: LabPush[K]) => void> } = { events: new Set(), runEnded: new Set() }
  readonly #snapshot: Promise<string | null>
  #checker: ProgramThread | undefined
  #count = 0
  #closed = false

  constructor(options: LabOptions) {
    this.#options = options
    // Made once for each version of the Python sources; meanwhile, and without one, CPython loads in 2 s.
    this.#snapshot = ensureSnapshot({ threadEntry: entries.python, directory: join(dataDirectory(), 'snapshots') })
    this.#snapshot.catch(() => undefined)
  }

  info(): Promise<LabInfo> {
    const { host, logDirectory } = this.#options
    return Promise.resolve({
      version: packageVersion(),
      sparkVersion: SPARK_VERSION,
      host: host === 'desktop' ? 'desktop' : 'browser',
      logDirectory,
      faults: FAULTS.map(describe),
      defaults: { cluster: { ...DEFAULT_CLUSTER }, conf: { ...LAB_DEFAULTS, ...WATCHED } },
      runs: [...this.#runs.values()].reverse().map((run) => ({ runId: run.id, programName: run.programName, state: run.over ? 'ended' : 'running', events: run.journal.count }))
    })
  }

  scenarios(): Promise<{ scenarios: ScenarioSummary[]; problems: string[] }> {
    const { scenarios, problems } = loadScenarios(this.#options.scenariosDirectory)
    return Promise.resolve({ scenarios: scenarios.map(({ id, title, summary, group }) => ({ id, title, summary, group })), problems })
  }

  scenario(id: string): Promise<Scenario> {
    const found = loadScenarios(this.#options.scenariosDirectory).scenarios.find((scenario) => scenario.id === id)
    return found === undefined ? Promise.reject(new Error(`There is no scenario "${id}".`)) : Promise.resolve(found)
  }

  async start(request: RunRequest): Promise<{ ok: true; runId: string } | { ok: false; message: string; line?: number; app?: number }> {
    const conf = { ...LAB_DEFAULTS, ...request.conf }
    try {
      runSettings(conf)
      const programs = [request, ...(request.others ?? [])].map(({ program, programName }) => ({ program, programName: basename(programName) === '' ? 'program.py' : basename(programName), argv: [] }))
      for (const [index, { program, programName }] of programs.entries()) {
        if (programs.findIndex((other) => other.programName === programName) < index) return { ok: false, message: `Two programs are called ${programName}: give one of them another name.`, app: index + 1 }
        const parsed = await this.check(program)
        if (!parsed.ok) return { ok: false, message: `${programs.length > 1 ? `${programName}, line` : 'Line'} ${parsed.line}: ${parsed.message}`, line: parsed.line, ...(programs.length > 1 ? { app: index + 1 } : {}) }
      }
      const scratch = this.#newScratch()
      const cwd = join(scratch, 'work')
      this.#copyScenario(request.scenarioId, cwd)
      for (const { program, programName } of programs) writeFileSync(join(cwd, programName), program)
      const by = request.scenarioId === undefined ? 'window' : 'scenario'
      const run = await this.#begin({
        ...programs[0]!,
        ...(programs.length > 1 ? { others: programs.slice(1) } : {}),
        ...(request.scenarioId === undefined ? {} : { scenarioId: request.scenarioId }),
        cluster: request.cluster,
        conf,
        faults: request.faults.map((text) => ({ text, by })),
        cwd,
        folders: [cwd],
        scratch,
        speed: 1
      })
      return { ok: true, runId: run.id }
    } catch (error) {
      return { ok: false, message: sentence(error) }
    }
  }

  /** Starts a run that is not a window's: the program stays where it is. Throws a sentence on settings or faults that cannot be. */
  async run(direct: DirectRun): Promise<Run> {
    const conf = { ...LAB_DEFAULTS, ...direct.conf }
    runSettings(conf)
    return this.#begin({ ...direct, conf, scratch: this.#newScratch() })
  }

  async stop(runId: string): Promise<Answer> {
    return this.#with(runId, async (run) => {
      await run.stop()
      return { ok: true }
    })
  }

  pause(runId: string): Promise<Answer> {
    return this.#with(runId, (run) => run.setClock({ paused: true }))
  }

  resume(runId: string): Promise<Answer> {
    return this.#with(runId, (run) => run.setClock({ paused: false }))
  }

  setSpeed(runId: string, speed: number): Promise<Answer> {
    return this.#with(runId, (run) => run.setClock({ speed }))
  }

  step(runId: string): Promise<Answer> {
    return this.#with(runId, (run) => run.step())
  }

  runTo(runId: string, stop: Exclude<Stop, 'event'>): Promise<Answer> {
    return this.#with(runId, (run) => run.runTo(stop))
  }

  fault(request: FaultRequest): Promise<Answer> {
    return this.#with(request.runId, (run) => {
      const target = request.target === undefined || request.target === '' ? '' : `:${request.target}`
      const app = request.app === undefined || request.app === 1 ? '' : `,app=${request.app}`
      const when = request.when === undefined || request.when === '' ? '' : `@${request.when}`
      try {
        return run.fault(`${request.fault}${target}${app}${when}`, 'window')
      } catch (error) {
        return { ok: false, message: sentence(error) }
      }
    })
  }

  heal(runId: string, faultId: string): Promise<Answer> {
    return this.#with(runId, (run) => run.heal(faultId))
  }

  events(runId: string, from: number): Promise<{ events: LabEvent[]; next: number }> {
    const run = this.#runs.get(runId)
    if (run === undefined) return Promise.reject(new Error(`There is no run ${runId}.`))
    run.journal.tell()
    const events = run.journal.between(from)
    return Promise.resolve({ events, next: from + events.length })
  }

  async check(program: string): Promise<{ ok: true } | { ok: false; message: string; line: number; column: number }> {
    const checker = await this.#warmChecker()
    return checker.check(program)
  }

  on<K extends keyof LabPush>(kind: K, listener: (push: LabPush[K]) => void): () => void {
    this.#listeners[kind].add(listener)
    return () => this.#listeners[kind].delete(listener)
  }

  /** Ends the run and every process of it. `reason` is what its log gives for it. */
  async close(reason = 'The lab was closed.'): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#runs.values()].map((run) => run.stop(reason)))
    await this.#checker?.terminate()
    this.#checker = undefined
  }

  async #begin(plan: Omit<RunPlan, 'runId' | 'logDirectory'> & { logDirectory?: string }): Promise<Run> {
    if (this.#closed) throw new Error('The lab is closing.')
    for (const run of this.#runs.values()) if (!run.over) await run.stop()
    this.#forgetOldRuns()
    const runId = `run-${++this.#count}`
    const logDirectory = plan.logDirectory ?? this.#options.logDirectory
    const run = new Run(
      { ...plan, runId, logDirectory },
      { spawner: this.#options.spawner, pythonEntry: entries.python, snapshot: await this.#snapshotOrNull(), nextAppId: (at) => freeAppId(at, logDirectory), watched: () => this.#listeners.events.size > 0 }
    )
    this.#runs.set(runId, run)
    run.journal.onTold((from, to) => {
      if (this.#listeners.events.size === 0) return
      const events = run.journal.between(from, to)
      for (const listener of this.#listeners.events) listener({ runId, from, events })
    })
    void run.ended.then(() => {
      for (const listener of this.#listeners.runEnded) listener({ runId })
    })
    try {
      await run.start()
    } catch (error) {
      this.#runs.delete(runId)
      throw error
    }
    return run
  }

  async #snapshotOrNull(): Promise<string | null> {
    try {
      return await this.#snapshot
    } catch {
      return null
    }
  }

  async #warmChecker(): Promise<ProgramThread> {
    const snapshot = await this.#snapshotOrNull()
    this.#checker ??= new ProgramThread({
      threadEntry: entries.python,
      snapshot,
      folders: [],
      onOutput: () => undefined,
      onLine: () => undefined,
      call: () => Promise.reject(new Error('This thread only reads programs.'))
    })
    const checker = this.#checker
    await checker.ready
    return checker
  }

  async #with(runId: string, act: (run: Run) => Answer | Promise<Answer>): Promise<Answer> {
    const run = this.#runs.get(runId)
    return run === undefined ? { ok: false, message: `There is no run ${runId}. Press Run to start one.` } : act(run)
  }

  #newScratch(): string {
    const scratch = join(this.#options.scratchDirectory, `run-${this.#count + 1}`)
    rmSync(scratch, { recursive: true, force: true })
    mkdirSync(join(scratch, 'work'), { recursive: true })
    return scratch
  }

  #copyScenario(id: string | undefined, to: string): void {
    if (id === undefined) return
    const from = join(this.#options.scenariosDirectory, basename(id))
    const copy = (name: string): void => {
      for (const entry of readdirSync(join(from, name), { withFileTypes: true })) {
        const inner = name === '' ? entry.name : join(name, entry.name)
        if (entry.name.startsWith('.')) continue
        if (entry.isDirectory()) {
          mkdirSync(join(to, inner), { recursive: true })
          copy(inner)
        } else copyFileSync(join(from, inner), join(to, inner))
      }
    }
    if (existsSync(from)) copy('')
  }

  #forgetOldRuns(): void {
    const over = [...this.#runs.values()].filter((run) => run.over)
    for (const run of over.slice(0, Math.max(0, over.length - KEPT_RUNS + 1))) this.#runs.delete(run.id)
  }
}

export const createLab = (options: LabOptions): Lab => new Lab(options)

/** What went wrong, without a stack. */
export const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''

/** The first id of this second that no log of the folder has. */
function freeAppId(at: Date, logDirectory: string): string {
  for (let number = 0; ; number++) {
    const id = applicationId(at, number)
    if (!existsSync(join(logDirectory, id)) && !existsSync(join(logDirectory, `${id}.inprogress`))) return id
  }
}
