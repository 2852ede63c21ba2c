import type { ActorId } from '../events/index.ts'
import type { ClockSetting, ProcessKind } from './interfaces.ts'

/** Everything a driver or executor process is told at its birth (KINDLING_BOOT, as JSON). */
export interface Boot {
  kind: ProcessKind
  runId: string
  /** Proves to every other process of the run that this one belongs to it. */
  secret: string
  labPort: number
  actor: ActorId
  /** Prefix of the ids of events made here. */
  origin: string
  clock: ClockSetting
  /** Epoch ms of lab time 0. */
  startedAt: number
  latencyMs: number
  /** Settings of the run, `spark.*` and `kindling.*`; a driver's program may add its own. */
  conf: Record<string, string>
  /** Absolute path of the built Python thread. */
  pythonEntry: string
  /** Memory snapshot of CPython, where one could be made. */
  snapshot: string | null
  /** Folders the program may see. */
  folders: string[]
  /** Folder of this process for its own files (shuffle files, spills, cached blocks). */
  localDirectory: string
  driver?: DriverBoot
  executor?: ExecutorBoot
}

export interface DriverBoot {
  attempt: number
  /** The text lies in a file: it may be longer than an environment can carry. */
  program: { sourceFile: string; fileName: string; argv: string[]; cwd: string; env: Record<string, string> }
  /** What `SparkContext` finds when the program names no master. */
  defaultMaster: string
  /** `client`, or the worker the driver sits on. */
  place: 'client' | ActorId
  host: string
  /** Bytes of the driver's heap, after scaling. */
  heapLimit: number
}

export interface ExecutorBoot {
  executorId: string
  appId: string
  driverPort: number
  host: string
  worker: ActorId
  cores: number
  /** Bytes of the executor's heap, after scaling. */
  heapLimit: number
}
