import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import type { LabToChild } from '../../engine/world/messages.ts'
import { LabClock } from '../../engine/world/real/clock.ts'
import type { ChildEnd, ChildHandle } from '../../main/run/children.ts'
import { ClusterManager } from '../../main/run/cluster-manager.ts'
import { Journal } from '../../main/run/journal.ts'
import { Wire } from '../../main/run/wire.ts'

/** A process that is only told things. */
class Told implements ChildHandle {
  readonly actor: string
  readonly pid = 1
  ended = false
  readonly heard: LabToChild[] = []
  #onEnd: ((end: ChildEnd) => void)[] = []
  constructor(actor: string) {
    this.actor = actor
  }
  send(message: LabToChild): void {
    this.heard.push(message)
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
    this.ended = true
    for (const handler of this.#onEnd) handler({ code, signal: null, farewell: false, meaning: '', event: 'lab:0' })
  }
}

const ASK = { name: 'app', coresMax: null, executorCores: null, executorMemoryMb: 1024, driverPort: 1, conf: {} }

/** A Master and two Workers whose messages travel 10 ms on a clock that moves only when it is stepped. */
async function cluster(): Promise<{ manager: ClusterManager; executors: Map<string, Told>; travel: () => Promise<void>; states: () => string[] }> {
  const clock = new LabClock({ real: 0, lab: 0, speed: 1, paused: true })
  const journal = new Journal(clock, tmpdir())
  const executors = new Map<string, Told>()
  let apps = 0
  const manager = new ClusterManager(
    {
      shape: { workers: 2, coresPerWorker: 2, memoryPerWorkerMb: 4096 },
      conf: {},
      launch: ({ appId, executorId }) => {
        const child = new Told(`executor-${executorId}`)
        executors.set(`${appId}/${executorId}`, child)
        return child
      },
      clock,
      random: () => 0.5,
      nextAppId: () => `app-${++apps}`,
      nextDriverId: () => 'driver-1'
    },
    journal,
    new Wire(clock, journal, 10)
  )
  /** Lets everything arrive that is due at the earliest moment. */
  const travel = async (): Promise<void> => {
    await Promise.resolve()
    const due = clock.nextDue()
    while (due !== undefined && clock.nextDue() === due) clock.fireNext()
    await Promise.resolve()
  }
  manager.start()
  await travel() // RegisterWorker
  await travel() // RegisteredWorker
  return {
    manager,
    executors,
    travel,
    states: () => journal.events.flatMap((event) => (event.Event === 'kindling.ApplicationState' ? [`${event.appId} ${event.state}`] : []))
  }
}

describe('one application after another', () => {
  test('what travels to a driver about an application that has ended meanwhile does not reach its next one', async () => {
    const { manager, executors, travel } = await cluster()
    const driver = new Told('driver')
    const first = manager.register(driver, ASK)
    manager.registered(first)
    await travel()
    await travel()
    expect(driver.heard.map((message) => message.type)).toEqual(['ExecutorGranted', 'ExecutorGranted'])
    executors.get(`${first}/0`)!.end(137)
    await travel() // the Worker tells the Master
    manager.finish(first, 'FINISHED', undefined, undefined)
    const second = manager.register(driver, ASK)
    driver.heard.length = 0
    await travel() // the Master's word would arrive now
    expect(driver.heard).toEqual([])
    expect(second).not.toBe(first)
    for (const child of executors.values()) if (!child.ended) child.end(0)
  })
})

describe('an application that is not taken on', () => {
  test('gets no executors', async () => {
    const { manager, executors, travel, states } = await cluster()
    const appId = manager.register(new Told('driver'), ASK)
    manager.refuse(appId)
    manager.registered(appId)
    await travel()
    await travel()
    expect(executors.size).toBe(0)
    expect(states()).toEqual([])
  })
})

describe('a run that is ending', () => {
  test('starts nothing for executors that end', async () => {
    const { manager, executors, travel } = await cluster()
    const appId = manager.register(new Told('driver'), ASK)
    manager.registered(appId)
    await travel()
    expect(executors.size).toBe(2)
    manager.startNoMore()
    for (const child of executors.values()) child.end(1)
    for (let i = 0; i < 4; i++) await travel()
    expect(executors.size).toBe(2)
  })
})
