/**
 * What Spark does not log: lives of processes, messages, memory, faults and decisions. Spark's replay
 * skips events it does not know (§12.10), so these stand among Spark's in the same log.
 */

/** An actor of the run: `lab`, `master`, `worker-1`, `driver` (of a second program `driver-2`), `executor-0`. */
export type ActorId = string

/** Unique within a run: origin and counter, e.g. `lab:12`, `d0:7` (first driver), `d1:3` (relaunched), `p2d0:7` (of a second program). */
export type EventId = string

export type MachineName = 'master' | 'worker' | 'driver' | 'executor'

/** How a process ended, as far as anyone can tell. */
export interface ProcessEnd {
  /** Exit code as a shell shows it: n, or 128 + signal. Null when nobody could tell. */
  code: number | null
  /** Name of the signal, `SIGKILL`, if one ended it. */
  signal: string | null
  /** True when the process announced its end and the announcement was acknowledged. */
  farewell: boolean
  /** The reason in the farewell, or what the code means, in words. */
  meaning: string
}

/** What a process's memory holds at a moment, bytes; measured or accounted, never invented. */
export interface MemoryAccount {
  /** Live V8 heap. */
  heap: number
  /** WebAssembly memory of its Python threads: the overhead outside the heap. */
  python: number
  /** Cached blocks. */
  storage: number
  /** Buffers of running tasks: sorting, joining, aggregating, shuffle writing. */
  execution: number
  /** Results held in the driver. */
  results: number
  broadcast: number
  /** Buffers outside the heap that belong to none of these. */
  native?: number
  /** Used of the off-heap space (spark.memory.offHeap.size). */
  offHeap?: number
  /** Where the process runs in a container: what it uses of it, and how much it may. */
  container?: { used: number; limit: number }
  /** Resident set as the operating system reports it. */
  rss: number
  /** The configured heap (after `kindling.memory.scale`): spark.driver.memory or spark.executor.memory. */
  limit: number
}

export type KindlingEvent =
  | {
      /** First event of a run; repeated at the head of each application's log. */
      Event: 'kindling.RunStarted'
      runId: string
      /** Epoch ms of lab time 0. */
      startedAt: number
      program: string
      programName: string
      conf: Record<string, string>
      cluster: ClusterShape | null
      scenario?: string
      /** Where several programs run at once: all of them, the first one too. The nth is driver `driver-n` (the first: `driver`). */
      programs?: { program: string; programName: string }[]
    }
  /** Keys of Spark's that the application's settings hold and that change nothing here; beside EnvironmentUpdate. */
  | { Event: 'kindling.NotModelled'; keys: string[] }
  | { Event: 'kindling.RunEnded'; outcome: 'finished' | 'failed' | 'stopped'; exitCode: number; message?: string }
  | { Event: 'kindling.ProcessSpawned'; actor: ActorId; pid: number; host: string; attempt?: number; appId?: string }
  | { Event: 'kindling.ProcessExited'; actor: ActorId; pid: number; attempt?: number; appId?: string; end: ProcessEnd; lastHeartbeat?: number; memory?: MemoryAccount }
  | { Event: 'kindling.WorkerRegistered'; worker: ActorId; host: string; cores: number; memoryMb: number }
  | { Event: 'kindling.WorkerLost'; worker: ActorId; reason: string }
  /** The Master asked a worker for an executor (§3.14). */
  | { Event: 'kindling.ExecutorLaunching'; appId: string; executorId: string; worker: ActorId; cores: number; memoryMb: number; replaces?: string }
  /** A state of the standalone Master's books about an executor (§3.5). */
  | { Event: 'kindling.ExecutorState'; appId: string; executorId: string; state: string; exitStatus?: number; message?: string }
  /** A state of the Master's books about the application or a supervised driver (§3.5). */
  | { Event: 'kindling.ApplicationState'; appId: string; state: string; message?: string; /** Its driver, where that is not `driver`. */ actor?: ActorId }
  | { Event: 'kindling.DriverState'; /** Absent: `driver`. */ actor?: ActorId; driverId: string; state: string; worker?: ActorId; message?: string; retryInMs?: number; attempt: number }
  /** A state machine went into a state; `machine` names the xstate definition. */
  | { Event: 'kindling.MachineState'; actor: ActorId; machine: MachineName; state: string; event: string; appId?: string }
  | { Event: 'kindling.Message'; kind: string; from: ActorId; to: ActorId; /** lab ms */ sent: number; /** lab ms */ due: number; bytes: number; about?: string }
  | { Event: 'kindling.Memory'; actor: ActorId; appId?: string; account: MemoryAccount }
  | { Event: 'kindling.Heartbeat'; executorId: string; appId: string }
  | { Event: 'kindling.HeartbeatMissing'; executorId: string; appId: string; silentMs: number; timeoutMs: number }
  | { Event: 'kindling.Output'; actor: ActorId; stream: 'stdout' | 'stderr'; text: string; appId?: string }
  /** The driver's program is on this line now (1-based). Null between runs. */
  | { Event: 'kindling.Line'; line: number | null; file: string }
  /** Lines of the program that the driver came to for the first time, and steps it wrote down there: nothing of a step runs by that. */
  | { Event: 'kindling.Lines'; reached: number[]; written: Step[] }
  /** The steps of the program behind RDDs, by id, or behind a SQL execution. */
  | { Event: 'kindling.Steps'; rdds?: Record<number, Step[]>; executionId?: number; steps?: Step[] }
  /** `when` is the moment and what was asked with it, as on the command line: `stage=1,repeat=3`. */
  | { Event: 'kindling.FaultRequested'; faultId: string; fault: string; target: string; when: string; by: 'window' | 'cli' | 'scenario'; /** Whose: the nth program of several, from 1. */ app?: number; /** 0: each time its moment comes. Absent: once. */ repeat?: number }
  /** Its moment has come and there is nothing to strike yet: it waits on, for `reason`. */
  | { Event: 'kindling.FaultWaiting'; faultId: string; fault: string; target: string; appId?: string; reason: string }
  /** `lasting`: it goes on until it is healed. */
  | { Event: 'kindling.FaultStruck'; faultId: string; fault: string; target: string; /** Where several applications run: whose it is. */ appId?: string; detail: string; lasting?: true }
  | { Event: 'kindling.FaultFailed'; faultId: string; fault: string; target: string; appId?: string; reason: string }
  /** A lasting fault is over: by hand, after its time, or because what it had struck is gone. Or one that waited was taken back. */
  | { Event: 'kindling.FaultHealed'; faultId: string; fault: string; target: string; appId?: string; detail: string; by: 'window' | 'time' | 'end' }
  /** A fault took a message off the wire: for ever, or for `delayMs` of lab time. */
  | { Event: 'kindling.MessageStruck'; kind: string; from: ActorId; to: ActorId; delayMs?: number; about?: string }
  /** A decision of the rules, with its reason in words, e.g. kind `resubmit-stage`, `retry-task`. */
  | { Event: 'kindling.Decision'; kind: string; text: string; stageId?: number; stageAttempt?: number; taskId?: number; index?: number; partition?: number; executorId?: string; jobId?: number; count?: number; counted?: boolean; failures?: number; maxFailures?: number }
  /** Map outputs, cached blocks or shuffle files that went with a process. */
  | { Event: 'kindling.BlocksLost'; executorId: string; appId: string; mapOutputs: { shuffleId: number; mapIndexes: number[] }[]; cached: { rddId: number; partitions: number[] }[] }
  | { Event: 'kindling.MapOutput'; executorId: string; shuffleId: number; mapIndex: number; bytes: number }
  /** A map output of an executor that is being decommissioned lies on another now. */
  | { Event: 'kindling.BlockMigrated'; from: string; to: string; shuffleId: number; mapIndex: number }
  /** An executor got a piece of a broadcast, from the driver or an executor, and can give it to others (§9.1). */
  | { Event: 'kindling.BroadcastPiece'; executorId: string; broadcastId: number; piece: number; /** `driver` or an executor id. */ from: string; memory: number; disk: number }
  | { Event: 'kindling.CachedBlock'; executorId: string; rddId: number; partition: number; memory: number; disk: number; stored: boolean; reason?: string }
  | { Event: 'kindling.ClockChanged'; paused: boolean; speed: number }
  | { Event: 'kindling.Exception'; actor: ActorId; className: string; message: string; traceback: string; line?: number }
  | { Event: 'kindling.Note'; level: 'info' | 'warn' | 'error'; text: string; actor?: ActorId; appId?: string }

/** A transformation as the program wrote it, or (with `to`) a function of the program that tasks run. Lines count from 1. */
export interface Step {
  op: string
  line: number
  /** Last line of the function. */
  to?: number
}

export interface ClusterShape {
  workers: number
  coresPerWorker: number
  /** MiB each worker offers, before scaling. */
  memoryPerWorkerMb: number
}
