/** A Master and its Workers without processes: messages travel 10 ms on a clock that moves only when told. */
import { tmpdir } from 'node:os'
import type { EventName, EventOf } from '../../engine/events/index.ts'
import type { LabToChild } from '../../engine/world/messages.ts'
import { LabClock } from '../../engine/world/real/clock.ts'
import type { ChildEnd, ChildHandle } from '../../main/run/children.ts'
import { ClusterManager } from '../../main/run/cluster-manager.ts'
import type { DriverAsk } from '../../main/run/cluster/books.ts'
import { Journal } from '../../main/run/journal.ts'
import { Wire } from '../../main/run/wire.ts'

/** A process that is only told things; it leaves when it is asked to, as a healthy one does. */
export class Told implements ChildHandle {
  readonly actor: string
  readonly pid = 1
  ended = false
  readonly heard: LabToChild[] = []
  #onEnd: ((end: ChildEnd) => void)[] = []
  readonly #hangs: () => boolean
  constructor(actor: string, hangs: () => boolean = () => false) {
    this.actor = actor
    this.#hangs = hangs
  }
  send(message: LabToChild): void {
    this.heard.push(message)
    if (this.ended || this.#hangs()) return
    if (message.type === 'Terminate' || message.type === 'Stop') this.end(143)
    if (message.type === 'WorkerGone') this.end(255)
  }
  onMessage(): void {
    // It never says anything.
  }
  onEnd(handler: (end: ChildEnd) => void): void {
    this.#onEnd.push(handler)
  }
  kill(): void {
    this.end(137)
  }
  blame(): void {
    // Nobody asks.
  }
  end(code: number): void {
    if (this.ended) return
    this.ended = true
    for (const handler of this.#onEnd) handler({ code, signal: null, farewell: false, meaning: `exit code ${code}`, event: 'lab:0' })
  }
  /** Kinds of what it heard. */
  get words(): string[] {
    return this.heard.map((message) => message.type)
  }
}

export const ASK = { name: 'app', coresMax: null, executorCores: null, executorMemoryMb: 1024, driverPort: 1, conf: {} }

export interface Kit {
  manager: ClusterManager
  executors: Map<string, Told>
  drivers: Told[]
  /** Lets everything arrive that is due at the earliest moment. */
  travel: () => Promise<void>
  /** Lets lab time pass, ms. */
  pass: (ms: number) => Promise<void>
  of: <N extends EventName>(name: N) => EventOf<N>[]
  states: () => string[]
  launched: () => string[]
  /** Registers an application, which hears of it. */
  app: (driver: Told, ask?: Partial<Parameters<ClusterManager['register']>[1]>) => Promise<string>
  driver: (options?: { supervise?: boolean; memoryMb?: number }) => { over: string[] }
  /** Executors whose process hears nothing any more. */
  hung: Set<string>
}

export async function cluster(options: { workers?: number; cores?: number; conf?: Record<string, string> } = {}): Promise<Kit> {
  const clock = new LabClock({ real: 0, lab: 0, speed: 1, paused: true })
  const journal = new Journal(clock, tmpdir())
  const executors = new Map<string, Told>()
  const drivers: Told[] = []
  const hung = new Set<string>()
  let apps = 0
  let driverIds = 0
  const manager = new ClusterManager(
    {
      shape: { workers: options.workers ?? 2, coresPerWorker: options.cores ?? 2, memoryPerWorkerMb: 4096 },
      conf: options.conf ?? {},
      clock,
      random: () => 0.5,
      launch: ({ appId, executorId }) => {
        const key = `${appId}/${executorId}`
        const child = new Told(`executor-${executorId}`, () => hung.has(key))
        executors.set(key, child)
        return child
      },
      nextAppId: () => `app-${++apps}`,
      nextDriverId: () => `driver-${++driverIds}`
    },
    journal,
    new Wire(clock, journal, 10)
  )
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 4; i++) await Promise.resolve()
  }
  const travel = async (): Promise<void> => {
    await settle()
    const due = clock.nextDue()
    while (due !== undefined && clock.nextDue() === due) clock.fireNext()
    await settle()
  }
  const pass = async (ms: number): Promise<void> => {
    await settle()
    const until = clock.now() + ms
    for (let due = clock.nextDue(); due !== undefined && due <= until; due = clock.nextDue()) await travel()
    clock.set({ real: 0, lab: until, speed: 1, paused: true })
  }
  manager.start()
  await pass(20) // RegisterWorker, RegisteredWorker
  const of = <N extends EventName>(name: N): EventOf<N>[] => journal.events.filter((event) => event.Event === name) as never
  return {
    manager,
    executors,
    drivers,
    hung,
    travel,
    pass,
    of,
    states: () => of('kindling.ApplicationState').map((event) => `${event.appId} ${event.state}`),
    launched: () => of('kindling.ExecutorLaunching').map((event) => `${event.appId}/${event.executorId} ${event.worker}:${event.cores}`),
    app: async (driver, ask = {}) => {
      const appId = manager.register(driver, { ...ASK, ...ask })
      manager.registered(appId)
      await pass(30)
      return appId
    },
    driver: ({ supervise = false, memoryMb = 1024 } = {}) => {
      const over: string[] = []
      const ask: DriverAsk = {
        actor: 'driver',
        memoryMb,
        supervise,
        launch: (at) => {
          const child = new Told(`${at.driverId} on ${at.worker} attempt ${at.attempt}`)
          drivers.push(child)
          return child
        },
        over: (state) => over.push(state)
      }
      manager.submitDriver(ask)
      return { over }
    }
  }
}
