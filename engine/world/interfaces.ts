/**
 * What the rules and machines need of a world. `real/` gives processes, sockets and wall time;
 * a simulated world gives virtual time and one seed behind the same interfaces.
 */

export interface Timer {
  cancel(): void
}

/** Lab time: milliseconds since the run started, at the lab's speed; frozen while paused. */
export interface Clock {
  now(): number
  /** Calls `fire` once lab time has reached now() + delayMs. `label` says what waits, for `step`. */
  after(delayMs: number, label: string, fire: () => void): Timer
}

/** A clock that the lab can pause, slow and step. Speed 0.1 to 10. */
export interface SteerableClock extends Clock {
  readonly paused: boolean
  readonly speed: number
  set(setting: ClockSetting): void
  /** Lab time at which the earliest timer is due, or undefined when nothing waits. */
  nextDue(): number | undefined
  /** While paused: moves lab time to the earliest timer and fires that one only. */
  fireNext(): void
}

/** Sent by the lab to every process, so that all clocks agree. */
export interface ClockSetting {
  /** Epoch ms at which lab time was `lab`. */
  real: number
  lab: number
  speed: number
  paused: boolean
}

/** One end of a connection; frames arrive whole and in order. */
export interface Connection<Out, In> {
  readonly peer: string
  /** Queues a message; delivered at lab time now + latency. Dropped when the connection is closed. */
  /** `taken`, when it is called, is called once the memory of the blobs may be used again. */
  send(message: Out, blobs?: Uint8Array[], taken?: () => void): void
  onMessage(handler: (message: In, blobs: Uint8Array[]) => void): void
  onClose(handler: () => void): void
  /** Undefined while the peer keeps up; else resolves once it has taken what was sent, or is gone. */
  drained(): Promise<void> | undefined
  close(): void
  /** Ends the line once everything said is with the peer; resolves when the peer has read it, or after a moment. */
  finish(): Promise<void>
}

export type ProcessKind = 'driver' | 'executor'

export interface SpawnRequest {
  kind: ProcessKind
  /** Unique name, for logs and for matching what the host reports. */
  name: string
  /** Handed to the child as JSON in the environment variable KINDLING_BOOT. */
  boot: unknown
  /** V8 old-space limit, MiB: the backstop behind the memory account. */
  heapMb: number
  cwd: string
}

export interface ProcessHandle {
  readonly name: string
  /** Resolves with the pid once the process runs; rejects when it cannot be started. */
  readonly started: Promise<number>
  /** Called once. Signals are told as `signal`; `code` is then null. */
  onEnd(handler: (end: { code: number | null; signal: string | null }) => void): void
  onOutput(handler: (stream: 'stdout' | 'stderr', text: string) => void): void
  /** SIGKILL, or what the system has for it. Remembered when the process is not up yet. */
  kill(): void
}

/** Spawns, watches and kills processes. Nothing else: what they say goes over the network. */
export interface Spawner {
  spawn(request: SpawnRequest): ProcessHandle
}
