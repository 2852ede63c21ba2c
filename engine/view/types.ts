/**
 * The picture of a run at a moment: fold(events up to t). Everything a panel shows is read from here;
 * nothing is here that no event said. Plain data, so it can be cloned for checkpoints and scrubbing.
 */
import type { ActorId, ClusterShape, EventId, Locality, MachineName, MemoryAccount, ProcessEnd, Step } from '../events/index.ts'

export interface RunView {
  runId: string
  programName: string
  program: string
  /** All programs of the run, the first one too; more than one where several applications share the cluster. */
  programs: ProgramView[]
  conf: Record<string, string>
  /** The settings the run was asked for, before its program added its own. */
  given: Record<string, string>
  /** Keys of `conf` that are kept and change nothing here. */
  notModelled: string[]
  cluster: ClusterShape | null
  scenario: string | null
  /** Epoch ms of lab time 0. */
  startedAt: number
  /** Lab time of the latest event folded. */
  t: number
  /** Events folded so far. */
  count: number
  phase: 'idle' | 'starting' | 'running' | 'ended'
  outcome: 'finished' | 'failed' | 'stopped' | null
  exitCode: number | null
  message: string | null
  clock: { paused: boolean; speed: number }
  /** Applications of this run, oldest first: more than one when a supervised driver was relaunched. */
  apps: AppView[]
  master: MasterView | null
  workers: WorkerView[]
  /** Drivers of this run, oldest first. The last one of each program is its current one. */
  drivers: DriverView[]
  /** Every executor ever, oldest first; ids are unique within an app. */
  executors: ExecutorView[]
  jobs: JobView[]
  /** One entry for each stage attempt. */
  stages: StageView[]
  tasks: TaskView[]
  rdds: Record<number, { id: number; name: string; callSite: string; partitions: number; parents: number[] }>
  /** Steps of the program behind each RDD. */
  steps: Record<number, Step[]>
  /** SQL executions, oldest first. */
  executions: ExecutionView[]
  /** What has become of the program's lines so far, by line, 1-based. */
  lines: Record<number, LineView>
  /** Line the (first) program is on, 1-based. */
  line: number | null
  /** The last pieces; `outputDropped` counts those before them. */
  output: { actor: ActorId; stream: 'stdout' | 'stderr'; text: string; t: number; appId?: string; event?: EventId }[]
  outputDropped: number
  /** Messages under way at t: sent ≤ t < due. */
  messages: { id: EventId; kind: string; from: ActorId; to: ActorId; sent: number; due: number; about?: string; appId?: string }[]
  faults: FaultView[]
  /** What went with executors, or out of living ones, oldest first. */
  losses: LossView[]
  exceptions: { actor: ActorId; appId?: string; className: string; message: string; traceback: string; line?: number; t: number }[]
  /** Without the oldest lines of a very long run. */
  story: StoryLine[]
  totals: Totals
}

/** A program of the run, as one gave it to spark-submit. */
export interface ProgramView {
  /** Its driver: `driver`, of the second one `driver-2`. */
  actor: ActorId
  program: string
  programName: string
  /** What it is called beside others: the name of its file; a number follows where two are called the same. */
  label: string
}

/** Task attempts of the whole run so far. */
export interface Totals {
  /** Succeeded and still counting. */
  done: number
  running: number
  failed: number
  killed: number
  /** Successes that no longer count, their output is gone. */
  lost: number
  /** Attempts started for a partition that had been run before. */
  again: number
  /** Slot time, ms, of attempts whose work was thrown away: failed, killed or lost. */
  lostMs: number
}

/** The cluster in numbers, at a moment. */
export interface Figures {
  /** Workers the Master counts on. */
  workers: number
  /** Executors the driver counts on. */
  executors: number
  /** Their slots, and the tasks in them. */
  slots: number
  running: number
  /** What they hold. */
  cachedBlocks: number
  mapOutputs: number
  /** Bytes in their heaps, as last told. */
  heap: number
}

/** Something of an executor that is gone: it itself with all it had, or only blocks of it. */
export interface LossView {
  /** The first event that told of it. */
  event: EventId
  t: number
  appId: string
  executorId: string
  /** `executor`: it is gone, whole. `blocks`: it lives on without them. */
  what: 'executor' | 'blocks'
  /** The cluster just before. */
  before: Figures
  /** Ids of the tasks that ran on it. */
  tasks: number[]
  /** All it held then: `shuffleId/mapIndex`, `rddId/partition`. */
  held: { mapOutputs: string[]; cached: string[] }
  /** What of it the driver wrote off. */
  mapOutputs: string[]
  cached: string[]
  /** Of `cached`, what another executor held too. */
  copies: string[]
  /** What the others held then of the same shuffles and RDDs: distinct indexes by shuffle, partitions by RDD. */
  others: { mapOutputs: Record<number, number[]>; cached: Record<number, number[]> }
  /** What of it there is again since. */
  again: { mapOutputs: string[]; cached: string[] }
}

export interface MasterView {
  state: string
  /** Since it is down, until it is there again. */
  downAt?: number | null
  endEvent?: EventId | null
}

export interface FaultView {
  faultId: string
  fault: string
  /** Who was to be struck; once it has struck, who was. */
  target: string
  /** Its last news. One that repeats is `struck` and waits for the next time all the same. */
  state: 'waiting' | 'struck' | 'failed' | 'healed'
  detail: string
  t: number
  when?: string
  by?: 'window' | 'cli' | 'scenario'
  /** Where several applications run: whose, by the number of its program from 1, and by its id once it has struck. */
  app?: number
  appId?: string
  /** The last event about it. */
  event?: EventId
  /** Times it has struck, and times it is to: 0 is each time its moment comes. */
  strikes?: number
  repeat?: number
  /** Strikes of a lasting fault that go on: whom each holds. */
  active?: string[]
  /** The cluster just before it first struck. */
  before?: Figures
}

export interface AppView {
  appId: string
  name: string
  state: string
  startedAt: number
  endedAt: number | null
  /** The cluster just before its end. */
  atEnd?: Figures
  /** Its driver. */
  driver: ActorId
  /** Where several applications run: its own settings. */
  conf?: Record<string, string>
}

export interface WorkerView {
  id: ActorId
  host: string
  cores: number
  memoryMb: number
  state: string
  machine?: MachineSeen | null
  endEvent?: EventId | null
  /** Since the Master counts it as gone, and why. */
  lostAt?: number | null
  lostReason?: string | null
}

export interface DriverView {
  /** `driver`; of the second program `driver-2`. */
  actor: ActorId
  attempt: number
  pid: number | null
  /** `client`: beside the cluster; else the worker it sits on. */
  place: 'client' | ActorId
  appId: string | null
  state: string
  machine: MachineSeen | null
  memory: MemoryAccount | null
  /** When `memory` was told. */
  memoryAt?: number | null
  peakMemory: number
  /** Its account as it ran out of memory, and whether its program went on after that. */
  ranOut?: { account: MemoryAccount; t: number; wentOn: boolean } | null
  end: (ProcessEnd & { t: number }) | null
  startEvent?: EventId | null
  endEvent?: EventId | null
  /** Where several programs run: the line its program is on, 1-based. */
  line?: number | null
  /** Supervised and ended: ms until it is started again. */
  retryInMs?: number | null
  /** What ran as it ended: ids, and the line of its program. */
  atEnd?: { jobs: number[]; tasks: number[]; executors: string[]; line: number | null }
}

export interface ExecutorView {
  id: string
  appId: string
  worker: ActorId | null
  cores: number
  pid: number | null
  /** The Master's word (§3.5): LAUNCHING, RUNNING, EXITED … */
  state: string
  /** `launching` until the driver accepted its registration. `silent`: heartbeats are missing. `removed`: the driver has given it up, the process may be gone or not. */
  life: 'launching' | 'alive' | 'silent' | 'removed' | 'dead'
  machine: MachineSeen | null
  launchedAt: number
  registeredAt: number | null
  removedAt: number | null
  removedReason: string | null
  end: (ProcessEnd & { t: number }) | null
  lastHeartbeat: number | null
  memory: MemoryAccount | null
  /** When `memory` was told. */
  memoryAt?: number | null
  /** Map outputs that moved to others before it left. */
  movedOut?: number
  /** Task ids running now, by slot; null is a free slot. */
  slots: (number | null)[]
  replaces: string | null
  replacedBy: string | null
  /** What it holds: cached partitions and map outputs, as `rddId/partition`, `shuffleId/mapIndex`. */
  cachedBlocks: string[]
  mapOutputs: string[]
  /** What went with it. */
  lost: { mapOutputs: number; cachedBlocks: number; runningTasks: number } | null
  counts: { finished: number; failed: number; killed: number }
  host?: string | null
  /** Lab ms since which heartbeats are missing, while `silent`. */
  silentSince?: number | null
  timeoutMs?: number | null
  launchEvent?: EventId | null
  /** What ended it: its process, else the driver's word. */
  endEvent?: EventId | null
}

export interface LineView {
  /** The driver has come to it. */
  reached: boolean
  /** Transformations written down on it. */
  ops: string[]
  /** Jobs its actions asked for. */
  jobs: number[]
  /** Stages whose tasks run something of it. */
  stages: number[]
}

export interface ExecutionView {
  id: number
  appId: string
  description: string
  /** The physical plan as last told. */
  plan: PlanNodeView
  /** It will not change any more. */
  final: boolean
  /** Steps of the program it is made of. */
  steps: Step[]
  startedAt: number
  endedAt: number | null
  error: string | null
}

export interface PlanNodeView {
  name: string
  detail: string
  children: PlanNodeView[]
}

export interface MachineSeen {
  machine: MachineName
  state: string
  since: number
}

export interface JobView {
  id: number
  appId: string
  name: string
  stageIds: number[]
  /** The SQL execution it belongs to. */
  executionId: number | null
  state: 'running' | 'succeeded' | 'failed'
  startedAt: number
  endedAt: number | null
  message: string | null
  startEvent?: EventId | null
  endEvent?: EventId | null
}

export interface StageView {
  id: number
  attempt: number
  appId: string
  name: string
  jobIds: number[]
  parents: number[]
  /** What its tasks compute, the last one first. */
  rdds: number[]
  executionId: number | null
  tasks: number
  /** `skipped`: its shuffle files were still there. `waiting`: named by a job, not yet submitted. */
  state: 'waiting' | 'running' | 'complete' | 'failed' | 'skipped'
  submittedAt: number | null
  endedAt: number | null
  reason: string | null
  counts: { running: number; done: number; failed: number; killed: number }
  submitEvent?: EventId | null
  endEvent?: EventId | null
}

export interface TaskView {
  id: number
  appId: string
  stageId: number
  stageAttempt: number
  index: number
  partition: number
  attempt: number
  executorId: string
  slot: number
  locality: Locality
  speculative: boolean
  startedAt: number
  endedAt: number | null
  /** `lost`: success that no longer counts, its output went with its executor (Resubmitted). */
  state: 'running' | 'success' | 'failed' | 'killed' | 'fetch-failed' | 'lost'
  /** Runs again: an earlier attempt of the same partition ended without success, or its output was lost. */
  again: boolean
  /** Text of the end reason. */
  reason: string | null
  /** Spark's name of the end reason, of one that did not succeed; and the reason of a lost executor. */
  ended?: string
  lossReason?: string
  counted: boolean | null
  startEvent: EventId
  endEvent: EventId | null
  /** Counted failures of its partition in this stage attempt, with this one (§6.10). */
  failures?: number
  /** The shuffle it wrote, once known. */
  shuffleId?: number
  /** The event that took its output away. */
  lostEvent?: EventId
}

/** One sentence of the story. Parts in `strong` are names one can click. */
export interface StoryLine {
  event: EventId
  t: number
  tone: 'plain' | 'good' | 'bad' | 'again' | 'you'
  /** Importance: 1 always shown, 2 shown in detail. */
  level: 1 | 2
  /** Where several programs run: the one it is about, by its label. */
  program?: string
  parts: { text: string; ref?: Ref }[]
}

/** Something one can click: an actor, a task, a stage, a job, an event. */
export type Ref =
  | { kind: 'actor'; id: ActorId; appId?: string }
  | { kind: 'task'; id: number; appId?: string }
  | { kind: 'stage'; id: number; attempt: number; appId?: string }
  | { kind: 'job'; id: number; appId?: string }
  | { kind: 'event'; id: EventId }
