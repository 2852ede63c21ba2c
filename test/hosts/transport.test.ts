/** The protocol between a window and the lab, on a channel of memory. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LAB_CALLS } from '../../engine/lab-api.ts'
import type { LabPush, RunRequest } from '../../engine/lab-api.ts'
import { connectLab } from '../../main/ipc/client.ts'
import { CONGESTED_BYTES } from '../../main/ipc/frames.ts'
import type { ClientFrame, ServerFrame } from '../../main/ipc/frames.ts'
import { serveLab } from '../../main/ipc/server.ts'
import { smallLab } from './small-lab.ts'
import type { SmallLab } from './small-lab.ts'

/** A wire that can be cut and mended; each mending is a new connection at the lab's end. */
function wire(lab: SmallLab) {
  const toClient: ((frame: ServerFrame) => void)[] = []
  const stateHandlers: ((state: 'open' | 'closed') => void)[] = []
  let toServer: ((frame: unknown) => void) | undefined
  let closed: (() => void) | undefined
  const sent: ServerFrame[] = []
  const line = { waiting: 0, sent, problems: [] as unknown[] }

  const mend = (): void => {
    const session: { handler?: (frame: unknown) => void } = {}
    serveLab(
      lab,
      {
        send: (frame) => {
          if (toServer !== session.handler) return
          sent.push(frame)
          const copy = structuredClone(frame)
          queueMicrotask(() => toClient.forEach((handler) => handler(copy)))
        },
        onFrame: (handler) => (session.handler = handler),
        onClose: (handler) => (closed = handler),
        waiting: () => line.waiting
      },
      (error) => line.problems.push(error)
    )
    toServer = session.handler
    stateHandlers.forEach((handler) => handler('open'))
  }
  const cut = (): void => {
    toServer = undefined
    closed?.()
    stateHandlers.forEach((handler) => handler('closed'))
  }
  const channel = {
    send: (frame: ClientFrame) => {
      const copy = structuredClone(frame)
      const target = toServer
      queueMicrotask(() => target === toServer && target?.(copy))
    },
    onFrame: (handler: (frame: ServerFrame) => void) => void toClient.push(handler),
    onState: (handler: (state: 'open' | 'closed') => void) => void stateHandlers.push(handler)
  }
  return Object.assign(line, { channel, mend, cut, raw: (frame: unknown) => toServer?.(frame) })
}

const cluster = { workers: 2, coresPerWorker: 2, memoryPerWorkerMb: 1024 }
const request: RunRequest = { program: 'print(1)', programName: 'p.py', cluster, conf: { 'spark.app.name': 'p' }, faults: ['crash-executor@stage=1'] }

let lab: SmallLab
let line: ReturnType<typeof wire>
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  lab = smallLab()
  line = wire(lab)
})
afterEach(() => vi.useRealTimers())
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(20)

describe('calls', () => {
  test('all of LabApi reach the lab with their arguments', async () => {
    const client = connectLab(line.channel)
    line.mend()
    expect(await client.info()).toEqual(await lab.info())
    expect(await client.start(request)).toEqual({ ok: true, runId: 'run-1' })
    await client.stop('r')
    await client.pause('r')
    await client.resume('r')
    await client.setSpeed('r', 0.5)
    await client.step('r')
    await client.fault({ runId: 'r', fault: 'crash-executor', target: 'any' })
    expect(await client.check('x')).toEqual({ ok: true })
    expect(await client.scenarios()).toEqual({ scenarios: [], problems: [] })
    expect(lab.asked).toEqual([`start ${JSON.stringify(request)}`, 'stop "r"', 'pause "r"', 'resume "r"', 'setSpeed "r" 0.5', 'step "r"', 'fault {"runId":"r","fault":"crash-executor","target":"any"}'])
    expect(Object.keys(client).sort()).toEqual([...LAB_CALLS, 'connection', 'on'].sort())
  })

  test('a long run is told in parts of bounded size', async () => {
    const client = connectLab(line.channel)
    line.mend()
    lab.write('r', 45_000)
    const parts: number[] = []
    for (let from = 0; ; ) {
      const { events, next } = await client.events('r', from)
      if (events.length === 0) break
      expect(events[0]!.Kindling.t).toBe(from)
      parts.push(events.length)
      from = next
    }
    expect(parts).toEqual([20_000, 20_000, 5_000])
  })

  test('an error comes as its first line, without stack or path, and the host hears all of it', async () => {
    const client = connectLab(line.channel)
    line.mend()
    const error = await client.events('nowhere', 0).catch((e: unknown) => e as Error)
    expect((error as Error).message).toBe('There is no run nowhere.')
    expect(JSON.stringify(line.sent)).not.toContain('private/path')
    expect(String(line.problems[0])).toContain('private/path')
  })

  test.each<[string, unknown[], RegExp]>([
    ['setSpeed', ['r', 100], /^setSpeed: argument 2: /],
    ['setSpeed', ['r'], /^setSpeed: /],
    ['stop', [{ evil: 1 }], /^stop: argument 1: /],
    ['start', [{ ...request, cluster: { ...cluster, workers: -1 } }], /^start: cluster\.workers: /],
    ['start', [{ ...request, conf: { a: 1 } }], /^start: conf\.a: /],
    ['start', [{ ...request, extra: true }], /^start: .*extra/],
    ['start', [{ ...request, program: 'x'.repeat(1_000_001) }], /^start: program: /],
    ['start', [{ ...request, programName: '../../p.py' }], /^start: programName: must be the name of a file/],
    ['start', [{ ...request, programName: '..' }], /^start: programName: /],
    ['start', [{ ...request, programName: 'a\\b.py' }], /^start: programName: /],
    ['start', [{ ...request, scenarioId: '../..' }], /^start: scenarioId: /],
    ['scenario', ['..'], /^scenario: /],
    ['events', ['r', -1], /^events: argument 2: /],
    ['events', ['r', 1.5], /^events: argument 2: /],
    ['info', [1], /^info: /],
    ['close', [], /no call named "close"/],
    ['constructor', [], /no call named "constructor"/],
    ['on', ['events'], /no call named "on"/]
  ])('%s with wrong arguments is refused before the lab hears it', async (name, args, message) => {
    line.mend()
    line.raw({ type: 'call', id: '1', name, args })
    await settle()
    expect(line.sent).toEqual([{ type: 'answer', id: '1', ok: false, message: expect.stringMatching(message) }])
    expect(lab.asked).toEqual([])
  })

  test.each([[undefined], [null], ['hello'], [{ type: 'bye' }], [{ type: 'call', id: 1, name: 'info', args: [] }], [{ type: 'call', id: 'a', name: 'info', args: 'all' }]])('%j is no frame and gets no answer', async (frame) => {
    line.mend()
    line.raw(frame)
    await settle()
    expect(line.sent).toEqual([])
  })
})

describe('pushes', () => {
  test('wait for the window, then come as one batch', async () => {
    line.mend()
    lab.write('r', 50)
    lab.end('r')
    await settle()
    expect(line.sent).toEqual([])
    line.raw({ type: 'hello' })
    await settle()
    expect(line.sent.length).toBe(1)
    expect(line.sent[0]).toMatchObject({ type: 'push', batch: [{ kind: 'events', push: { runId: 'r', from: 0 } }, { kind: 'runEnded', push: { runId: 'r' } }] })
  })

  test('come at most once in 16 ms', async () => {
    line.mend()
    line.raw({ type: 'hello' })
    const times: number[] = []
    for (let ms = 0; ms < 160; ms++) {
      const before = line.sent.length
      lab.write('r', 10)
      await vi.advanceTimersByTimeAsync(1)
      if (line.sent.length > before) times.push(ms)
    }
    expect(times.length).toBeGreaterThanOrEqual(9)
    expect(times.length).toBeLessThanOrEqual(11)
  })

  test('are held while the window does not keep up, and come together when it does', async () => {
    line.mend()
    line.raw({ type: 'hello' })
    line.waiting = CONGESTED_BYTES + 1
    for (let i = 0; i < 20; i++) {
      lab.write('r', 10)
      await settle()
    }
    expect(line.sent).toEqual([])
    line.waiting = 0
    await settle()
    expect(line.sent).toMatchObject([{ type: 'push', batch: [{ push: { runId: 'r', from: 0, events: { length: 200 } } }] }])
  })

  test('of many thousands are cut into several messages without a hole', async () => {
    const client = connectLab(line.channel)
    const seen: LabPush['events'][] = []
    client.on('events', (push) => seen.push(push))
    line.mend()
    lab.write('r', 12_345)
    await vi.advanceTimersByTimeAsync(200)
    expect(line.sent.length).toBe(3)
    expect(seen.flatMap(({ events }) => events.map((event) => event.Kindling.t))).toEqual(Array.from({ length: 12_345 }, (_, i) => i))
  })

  test('do not change the lists the lab keeps', async () => {
    line.mend()
    const kept = { runId: 'r', from: 0, events: [] as LabPush['events']['events'] }
    lab.on('events', (push) => kept.events.push(...push.events))
    lab.write('r', 3)
    expect(kept.events.length).toBe(3)
    expect((await lab.events('r', 0)).events.length).toBe(3)
  })

  test('stop with the connection', async () => {
    line.mend()
    expect(lab.listeners()).toBe(2)
    line.cut()
    expect(lab.listeners()).toBe(0)
  })
})

describe('a lost connection', () => {
  const follow = () => {
    const client = connectLab(line.channel)
    const times: number[] = []
    const ended: string[] = []
    const states: string[] = []
    client.on('events', ({ from, events }) => {
      expect(from).toBe(times.length)
      times.push(...events.map((event) => event.Kindling.t))
    })
    client.on('runEnded', ({ runId }) => ended.push(runId))
    client.connection((state) => states.push(state))
    line.mend()
    return { client, times, ended, states }
  }
  const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

  test('leaves no hole and no double event', async () => {
    const { times, states, ended } = follow()
    lab.write('r', 10)
    await settle()
    line.cut()
    lab.write('r', 10)
    line.mend()
    lab.write('r', 10)
    await settle()
    expect(times).toEqual(upTo(30))
    line.cut()
    lab.write('r', 10)
    lab.end('r')
    line.mend()
    await settle()
    expect(times).toEqual(upTo(40))
    expect(ended).toEqual(['r'])
    expect(states).toEqual(['connected', 'reconnecting', 'connected', 'reconnecting', 'connected'])
  })

  test('twice in a row, the second while the first is being mended', async () => {
    const { times, ended } = follow()
    lab.write('r', 10)
    await settle()
    line.cut()
    lab.write('r', 5)
    line.mend()
    line.cut()
    lab.write('r', 5)
    lab.end('r')
    line.mend()
    await settle()
    expect(times).toEqual(upTo(20))
    expect(ended).toEqual(['r'])
  })

  test('lets reads wait and answers commands', async () => {
    const { client } = follow()
    await settle()
    line.cut()
    const info = client.info()
    expect(await client.stop('r')).toMatchObject({ ok: false, message: expect.stringMatching(/lost the lab/) })
    line.mend()
    expect(await info).toMatchObject({ host: 'browser' })
    expect(lab.asked).toEqual([])
  })

  test('answers a command that was under way: nobody knows if it was heard', async () => {
    const { client } = follow()
    await settle()
    const fault = client.fault({ runId: 'r', fault: 'kill-driver' })
    line.cut()
    expect(await fault).toMatchObject({ ok: false })
    line.mend()
    await settle()
    expect(lab.asked).toEqual([])
  })
})
