import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { exceptionText } from '../events/failure-text.ts'
import type { driverMachine} from '../machines/index.ts';
import { type RunningMachine } from '../machines/index.ts'
import { ProgramThread, type ProgramEnd } from '../pyspark/program.ts'
import type { DriverBoot } from '../world/boot.ts'
import type { LabToChild } from '../world/messages.ts'
import type { Child } from '../world/real/child.ts'
import { everyReal } from '../world/real/timers.ts'
import { driverCalls } from './calls.ts'
import { DriverContext, startDriverMachine } from './context.ts'
import { DriverMemory } from './driver-memory.ts'
import { DriverFaults } from './driver-faults.ts'
import { javaFailure } from './files.ts'
import { Moments } from './moments.ts'
import { ProgramSteps } from './program-steps.ts'
import { SqlSession } from './sql.ts'
import { TaskOrders } from './task-orders.ts'

/** How often the process measures its memory for the picture, real ms. */
const MEMORY_PERIOD = 1000

/** The driver process: the learner's program in a thread, and the SparkContext it makes here. */
export class DriverProcess {
  readonly #child: Child
  readonly #boot: DriverBoot
  readonly #machine: RunningMachine<typeof driverMachine>
  readonly #program: ProgramThread
  readonly #memory: DriverMemory
  readonly #moments: Moments
  #context: DriverContext | undefined
  #sql: SqlSession | undefined
  readonly #orders = new TaskOrders()
  readonly #steps = new ProgramSteps()
  readonly #faults: DriverFaults
  #ending = false

  constructor(child: Child, boot: DriverBoot) {
    this.#child = child
    this.#boot = boot
    this.#machine = startDriverMachine(child)
    this.#moments = new Moments((message) => child.send(message))
    const call = driverCalls({
      startContext: (conf) => this.#startContext(conf),
      context: () => this.#context,
      sql: () => this.#sql,
      contextStopped: () => {
        this.#context = undefined
        this.#sql = undefined
      },
      check: () => this.#faults.check()
    })
    this.#program = new ProgramThread({
      threadEntry: child.boot.pythonEntry,
      snapshot: child.boot.snapshot,
      folders: child.boot.folders,
      onOutput: (stream, text) => child.output(stream, text),
      onLine: (line) => void child.post({ Event: 'kindling.Line', line, file: boot.program.fileName }),
      onNotes: (notes) => this.#steps.note(notes, child),
      call,
      onExit: (code, signal) => {
        if (signal !== undefined) process.kill(process.pid, signal)
        else void this.#end({ code })
      }
    })
    this.#memory = new DriverMemory(boot.heapLimit, () => this.#program.memoryBytes())
    this.#faults = new DriverFaults(child, this.#memory, boot.heapLimit, this.#orders, { context: () => this.#context, tellMemory: (cause) => this.#tellMemory(cause) })
    child.onMessage((message) => this.#fromLab(message))
    everyReal(MEMORY_PERIOD, () => {
      if (!child.clock.paused) this.#tellMemory()
    })
  }

  async run(): Promise<void> {
    const { conf } = this.#child.boot
    const { sourceFile, ...program } = this.#boot.program
    const submitted = Object.fromEntries(Object.entries(conf).filter(([key]) => key.startsWith('spark.')))
    let end: ProgramEnd
    try {
      await this.#program.ready
      this.#machine.send({ type: 'ProgramStarted' })
      this.#tellMemory()
      end = await this.#program.run({ ...program, source: readFileSync(sourceFile, 'utf8'), conf: { ...this.#submitDefaults(), ...submitted } })
    } catch (error) {
      if (this.#ending) return
      // Python itself broke down: nobody else has told of it.
      void this.#child.output('stderr', `${(error as Error).message}\n`)
      end = { code: 1, error: { className: 'SystemError', message: (error as Error).message, traceback: (error as Error).message } }
    }
    await this.#end(end)
  }

  /** What spark-submit adds where nobody says otherwise: a nameless application is called as its file. */
  #submitDefaults(): Record<string, string> {
    return { 'spark.master': this.#boot.defaultMaster, 'spark.app.name': basename(this.#boot.program.fileName) }
  }

  async #startContext(conf: Record<string, string>): Promise<DriverContext> {
    if (this.#context !== undefined) throw javaFailure('org.apache.spark.SparkException', 'Only one SparkContext should be running in this JVM (see SPARK-2243).')
    const labSettings = Object.fromEntries(Object.entries(this.#child.boot.conf).filter(([key]) => key.startsWith('kindling.')))
    const context = new DriverContext(this.#child, this.#boot, this.#machine, this.#memory, { ...this.#submitDefaults(), ...labSettings, ...conf }, this.#moments, this.#orders, () => this.#program.nextId('rdd'))
    this.#context = context
    this.#program.resetIds()
    this.#sql = new SqlSession(context, (of) => this.#program.nextId(of), this.#steps)
    try {
      await context.start()
    } catch (error) {
      this.#context = undefined
      this.#sql = undefined
      throw error
    }
    return context
  }

  #fromLab(message: LabToChild): Promise<void> | undefined {
    switch (message.type) {
      case 'Strike':
        return this.#faults.strike(message)
      case 'Heal':
        this.#faults.heal(message)
        return undefined
      case 'Watch':
      case 'MomentHeard':
        this.#moments.fromLab(message)
        return undefined
      case 'Stop':
        void this.#end({ code: 143 }, message.reason)
        return undefined
      case 'WorkerGone':
        void this.#end({ code: 255 }, `${message.worker} is gone: a driver shares the fate of its Worker.`)
        return undefined
      default:
        this.#context?.fromLab(message)
        return undefined
    }
  }

  /** The program is over: the context stops in order, then the process leaves with the program's code. */
  async #end(end: ProgramEnd, reason?: string): Promise<void> {
    if (this.#ending) return
    this.#ending = true
    if (end.error !== undefined) {
      this.#child.post({ Event: 'kindling.Exception', actor: 'driver', className: end.error.className, message: end.error.message, traceback: end.error.traceback, ...(end.error.line === undefined ? {} : { line: end.error.line }) })
    }
    this.#child.post({ Event: 'kindling.Line', line: null, file: this.#boot.program.fileName })
    // The exit code in the log is that of the context's stop: 0 unless a program said otherwise (§8.13).
    await this.#context?.stop(0)
    this.#machine.send({ type: 'ProgramEnded', code: end.code })
    const text = reason ?? endText(end)
    for (const { faultId, fault, cause, stage, partition } of this.#orders.unspent()) {
      const what = stage === undefined ? 'a task' : partition === undefined ? `stage ${stage}` : `task ${stage}.${partition}`
      this.#child.post({ Event: 'kindling.FaultFailed', faultId, fault, target: what, reason: `no attempt of ${what} was started after it.` }, cause)
    }
    this.#child.send({ type: 'ProgramEnded', code: end.code, ...(text === undefined ? {} : { message: text }) })
    await this.#child.leave(end.code, text ?? 'The program ended.')
  }

  #tellMemory(cause?: string): void {
    this.#child.post({ Event: 'kindling.Memory', actor: 'driver', account: this.#memory.account(), ...(this.#context?.appId ? { appId: this.#context.appId } : {}) }, cause)
  }
}

/** One sentence of why a program ended badly. */
function endText(end: ProgramEnd): string | undefined {
  if (end.error === undefined) return end.code === 0 ? undefined : `The program ended with exit code ${end.code}.`
  // The cause itself: a failed stage only quotes what its tasks died of.
  const java = /\n: (java\.lang\.OutOfMemoryError: [^\n]*)/.exec(end.error.message)
  if (java !== null) return `${java[1]}, in the program's own thread`
  const where = end.error.line === undefined ? '' : ` (line ${end.error.line})`
  return `${exceptionText(end.error.className, end.error.message)}${where}`
}
