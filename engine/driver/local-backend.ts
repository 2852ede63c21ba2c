import { BlockFetchError } from '../executor/block-transfer.ts'
import { memoryForStorage } from '../executor/block-store.ts'
import type { ExecutorEnv } from '../executor/env.ts'
import { TaskRunner } from '../executor/task-runner.ts'
import { readTime } from '../rules/conf.ts'
import type { DriverBoot } from '../world/boot.ts'
import type { Child } from '../world/real/child.ts'
import type { Backend, BackendEvents, Launch } from './backend.ts'

/**
 * `local[N]`: the tasks run in the driver's own process (§2.2–2.3). There is no executor to lose, and
 * a task that exhausts the memory takes the whole application with it (exit 52).
 */
export class LocalBackend implements Backend {
  readonly #child: Child
  readonly #threads: number
  readonly #events: BackendEvents
  readonly #runner: TaskRunner
  readonly #heapLimit: number
  readonly #conf: Record<string, string>
  readonly #host: string
  readonly #port: number

  constructor(child: Child, conf: Record<string, string>, boot: DriverBoot, threads: number, events: BackendEvents) {
    this.#child = child
    this.#conf = conf
    this.#threads = threads
    this.#events = events
    this.#heapLimit = boot.heapLimit
    this.#host = boot.host
    // Nobody fetches from it: it is reached where the lab is.
    this.#port = child.boot.labPort
    const env: ExecutorEnv = {
      executorId: 'driver',
      host: boot.host,
      cores: threads,
      clock: child.clock,
      conf,
      pythonEntry: child.boot.pythonEntry,
      snapshot: child.boot.snapshot,
      folders: child.boot.folders,
      localDirectory: child.boot.localDirectory,
      heapLimit: boot.heapLimit,
      report: (report) => events.report('driver', report),
      blockUpdated: (update) => events.blockUpdated('driver', update),
      askMapOutputs: (shuffleId) => Promise.resolve({ outputs: events.mapOutputs(shuffleId) }),
      askPeers: () => Promise.resolve([]),
      sendBlock: () => Promise.resolve(false),
      askBlockLocations: (rddId, partition) => Promise.resolve(events.blockLocations(rddId, partition)),
      broadcasts: {
        broadcast: (id) => {
          const value = events.broadcastValue(id)
          return Promise.resolve(value === undefined ? undefined : { value })
        },
        holders: () => Promise.resolve([]),
        fetch: (address) => Promise.reject(new BlockFetchError('there is no other executor in local mode', address)),
        stored: () => undefined,
        random: Math.random
      },
      fetchShuffle: (address) => Promise.reject(new BlockFetchError('there is no other executor in local mode', address)),
      fetchBlock: (address) => Promise.reject(new BlockFetchError('there is no other executor in local mode', address)),
      post: (event, cause) => child.post(event, cause),
      output: (stream, text) => child.output(stream, text),
      outOfMemory: () => void child.leave(52, 'java.lang.OutOfMemoryError: Java heap space, in a task of a local master: the driver is the executor'),
      exit: (code, signal) => {
        if (signal !== undefined) process.kill(process.pid, signal)
        else process.exit(code)
      }
    }
    this.#runner = new TaskRunner(env, readTime(conf, 'kindling.task.pace', '0ms'))
  }

  start(): Promise<void> {
    this.#events.executorAdded({ executorId: 'driver', host: this.#host, cores: this.#threads })
    this.#events.blockManagerAdded({ executorId: 'driver', host: this.#host, port: this.#port }, memoryForStorage(this.#conf, this.#heapLimit))
    this.#events.executorReady({ executorId: 'driver', host: this.#host, cores: this.#threads }, () => true)
    return Promise.resolve()
  }

  totalCores(): number {
    return this.#threads
  }

  launch({ task, binary, slices, orders, hold }: Launch): void {
    // A turn later, as a message would be: the rules are not called from within themselves.
    setImmediate(() => this.#runner.launch({ task, binary, slices, ...(orders === undefined ? {} : { orders }), ...(hold === undefined ? {} : { hold }) }))
  }

  kill(taskId: number, _executorId: string, reason: string): void {
    setImmediate(() => this.#runner.kill(taskId, reason))
  }

  goOn(taskId: number): void {
    setImmediate(() => this.#runner.goOn(taskId))
  }

  killExecutor(): void {
    // The driver is the executor: nobody can be ended.
  }

  fetchResult(taskId: number): Promise<Uint8Array | null> {
    return Promise.resolve(this.#runner.results.take(taskId))
  }

  removeResult(taskId: number): void {
    this.#runner.results.take(taskId)
  }

  removeRdd(rddId: number): void {
    this.#runner.store.removeRdd(rddId)
  }

  removeShuffle(shuffleId: number): void {
    this.#runner.store.removeShuffle(shuffleId)
  }

  removeBroadcast(id: number): void {
    this.#runner.removeBroadcast(id)
  }

  replicate(): void {
    // There is nowhere to go.
  }

  announceGone(): void {
    // Nobody can go.
  }

  booked(): { python: number; storage: number; execution: number; broadcast: number } {
    const { python, storage, execution, broadcast } = this.#runner.booked()
    return { python, storage, execution, broadcast }
  }

  async stop(): Promise<void> {
    await this.#runner.close()
  }
}
