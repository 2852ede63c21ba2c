/**
 * What a window or a command may ask of the lab: one typed schema behind contextBridge, WebSocket
 * and the command line. Everything crosses as plain data.
 */
import type { ClusterShape, LabEvent } from './events/index.ts'
import type { Stop } from './view/marks.ts'

export interface ScenarioSummary {
  id: string
  title: string
  summary: string
  group: string
}

export interface ScenarioStep {
  title: string
  text: string
  /** The step is done once this has happened in the run; `read` waits for Next. */
  until: 'read' | 'run-started' | 'job-running' | 'job-succeeded' | 'stage-running' | 'task-failed' | 'executor-lost' | 'executor-replaced' | 'driver-died' | 'driver-relaunched' | 'run-ended' | 'fault-struck' | 'application-waits' | 'side-by-side'
  /** With `stage-running`: this stage, and not just any. */
  stage?: number
  /** Once the step is done the lab pauses and the guide goes on, so that there is time to read before acting. */
  pause?: boolean
  /** A control to point at: `run`, `fault:crash-executor`, `pause`. */
  point?: string
}

/** A program by its text and the name of its file. */
export interface ProgramText {
  program: string
  programName: string
}

export interface Scenario extends ScenarioSummary, ProgramText {
  /** Programs that run beside it on the same cluster, each with a driver of its own. */
  others?: ProgramText[]
  cluster: ClusterShape
  conf: Record<string, string>
  /** Fault arguments as on the command line, `crash-executor@stage=1`. */
  faults: string[]
  steps: ScenarioStep[]
  /** Data files beside the program, by name. */
  files: string[]
}

export interface RunRequest extends ProgramText {
  /** Programs that share the cluster with it, submitted after it in their order. All names differ. */
  others?: ProgramText[]
  scenarioId?: string
  cluster: ClusterShape
  conf: Record<string, string>
  faults: string[]
}

export interface FaultRequest {
  runId: string
  /** The name of a fault, as `kindling faults` lists them. */
  fault: string
  /** As on the command line: `any`, an executor id, `STAGE.PARTITION`, `worker-1`, a kind of message. */
  target?: string
  /** Where several programs run: whose, by number from 1, the first if absent. */
  app?: number
  /** As on the command line after the `@`, with what follows it: `stage=1,repeat=3,heal=5s`; absent: now. */
  when?: string
}

export type Answer = { ok: true } | { ok: false; message: string }

export type FaultStrikes = 'executor' | 'driver' | 'worker' | 'master' | 'task' | 'message' | 'block'

/** What a fault may be told besides target and moment, as `name=value`. */
export interface FaultParameter {
  name: string
  /** `count`: a whole number from 1, or `always` where `always` says so. `time`: `2.5s`. `factor`: a number above 1. `choice`: one of `choices`. */
  kind: 'count' | 'time' | 'factor' | 'choice'
  choices?: readonly string[]
  always?: true
  default: string
  means: string
}

export interface FaultDescription {
  name: string
  title: string
  /** What it strikes: what kind of target it takes. */
  strikes: FaultStrikes
  how: string
  follows: string
  /** § of the sheet. */
  sources: readonly string[]
  /** Single key in the window, of the faults that have a button of their own. */
  key?: string
  parameters?: readonly FaultParameter[]
  /** It goes on until it is healed; `heal` says what healing does. */
  lasting?: { heal: string }
}

export interface LabInfo {
  version: string
  sparkVersion: string
  host: 'desktop' | 'browser'
  logDirectory: string
  faults: FaultDescription[]
  defaults: { cluster: ClusterShape; conf: Record<string, string> }
  /** Logs of earlier runs, newest first. */
  runs: RunSummary[]
}

export interface RunSummary {
  runId: string
  programName: string
  state: 'running' | 'ended'
  events: number
}

/** Calls: request → answer. */
export interface LabCalls {
  info(): Promise<LabInfo>
  scenarios(): Promise<{ scenarios: ScenarioSummary[]; problems: string[] }>
  scenario(id: string): Promise<Scenario>
  /** Starts a run; refuses with a sentence. One run at a time: the one before is stopped. */
  start(request: RunRequest): Promise<{ ok: true; runId: string } | { ok: false; message: string; line?: number; /** Of several programs: the number of the one it is about, from 1. */ app?: number }>
  stop(runId: string): Promise<Answer>
  pause(runId: string): Promise<Answer>
  resume(runId: string): Promise<Answer>
  /** 0.1 to 10. */
  setSpeed(runId: string, speed: number): Promise<Answer>
  /** While paused: delivers one message, or fires the one timer that is due next. */
  step(runId: string): Promise<Answer>
  /** Lets the run go on and pauses it just after the next thing of this kind. Any other word to the clock takes it back. */
  runTo(runId: string, stop: Exclude<Stop, 'event'>): Promise<Answer>
  fault(request: FaultRequest): Promise<Answer>
  /** Ends a lasting fault that has struck, or a fault that still waits. */
  heal(runId: string, faultId: string): Promise<Answer>
  /** Events of a run from position `from` (0 based), for a window that comes late or comes back. */
  events(runId: string, from: number): Promise<{ events: LabEvent[]; next: number }>
  /** Does the program parse? The first mistake, if any. */
  check(program: string): Promise<{ ok: true } | { ok: false; message: string; line: number; column: number }>
}

/** Pushed to every open window. */
export interface LabPush {
  /** `from` is the position of the first event in this batch. */
  events: { runId: string; from: number; events: LabEvent[] }
  runEnded: { runId: string }
}

export interface LabApi extends LabCalls {
  on<K extends keyof LabPush>(kind: K, listener: (push: LabPush[K]) => void): () => void
}

export const LAB_CALLS = ['info', 'scenarios', 'scenario', 'start', 'stop', 'pause', 'resume', 'setSpeed', 'step', 'runTo', 'fault', 'heal', 'events', 'check'] as const satisfies readonly (keyof LabCalls)[]
