import { describe, expect, test } from 'vitest'
import type { LabEvent, MemoryAccount } from '../../engine/events/index.ts'
import { foldAll } from '../../engine/view/fold.ts'
import { driverAccount, heldInHeap } from '../../engine/view/memory.ts'
import { heldBy } from '../../engine/view/struck.ts'
import type { RunView } from '../../engine/view/types.ts'
import { shortSites } from '../../engine/view/words.ts'

type Bare = LabEvent extends infer E ? (E extends LabEvent ? Omit<E, 'Kindling'> : never) : never

/** Events a second of the lab apart. */
const after = (...events: Bare[]): RunView => foldAll(events.map((event, at) => ({ ...event, Kindling: { id: `lab:${at}`, t: at * 1000 } })))

const started: Bare = { Event: 'kindling.ProcessSpawned', actor: 'driver', pid: 7, host: 'localhost', attempt: 0 }
const launch: Bare = { Event: 'kindling.ExecutorLaunching', executorId: '1', appId: 'app', worker: 'worker-1', cores: 2, memoryMb: 1024 }
const struck = (fault: string, target = 'executor-1'): Bare => ({ Event: 'kindling.FaultStruck', faultId: 'f', fault, target, detail: '' })
const beat: Bare = { Event: 'kindling.Heartbeat', executorId: '1', appId: 'app', metrics: {} } as never
const gone: Bare = { Event: 'kindling.ProcessExited', actor: 'executor-1', appId: 'app', pid: 8, end: { code: 137, signal: 'SIGKILL', farewell: false, meaning: '' } }

describe('an executor under a fault', () => {
  const of = (view: RunView) => heldBy(view, view.executors[0]!)
  test('is marked from the strike on, before anybody misses it', () => {
    expect(of(after(launch, beat))).toBeNull()
    expect(of(after(launch, beat, struck('hang-executor')))).toMatchObject({ word: 'silenced', since: 2000 })
    expect(of(after(launch, struck('oom-executor')))).toMatchObject({ word: 'filling up' })
  })
  test('not when another one was struck, nor when it has ended', () => {
    expect(of(after(launch, struck('hang-executor', 'executor-2')))).toBeNull()
    expect(of(after(launch, struck('hang-executor'), gone))).toBeNull()
    expect(of(after(launch, struck('crash-executor')))).toBeNull()
  })
  test('until it is healed', () => {
    const lasting = (executor: string): Bare => ({ Event: 'kindling.FaultStruck', faultId: 'f', fault: 'hang-executor', target: executor, detail: '', lasting: true })
    const healed: Bare = { Event: 'kindling.FaultHealed', faultId: 'f', fault: 'hang-executor', target: 'executor-1', by: 'window', detail: '' }
    expect(of(after(launch, lasting('executor-1'), lasting('executor-2')))).toMatchObject({ word: 'silenced' })
    expect(of(after(launch, lasting('executor-1'), lasting('executor-2'), healed))).toBeNull()
    expect(of(after(launch, lasting('executor-1'), healed))).toBeNull()
  })
  test('one of the same id that was launched later is another one', () => {
    expect(of(after(struck('hang-executor'), launch))).toBeNull()
  })
})

describe('the memory of a driver that ran out of it', () => {
  const limit = 128 * 1024 * 1024
  const memory = (results: number): Bare => ({ Event: 'kindling.Memory', actor: 'driver', account: { heap: 8e6, rss: 3e8, limit, python: 3e7, storage: 0, execution: 0, results, broadcast: 0 } satisfies MemoryAccount })
  const error: Bare = { Event: 'kindling.Exception', actor: 'driver', className: 'java.lang.OutOfMemoryError', message: 'Java heap space', traceback: '' }
  const end = (meaning: string): Bare => ({ Event: 'kindling.ProcessExited', actor: 'driver', pid: 7, attempt: 0, end: { code: 1, signal: null, farewell: true, meaning } })
  const shown = (view: RunView) => ({ ran: driverAccount(view.drivers[0]!).ranOut, held: heldInHeap(driverAccount(view.drivers[0]!).account!) })

  test('stays as it was at the error, whatever is given back while it dies', () => {
    const full = { ran: true, held: 8e6 + 126e6 }
    expect(shown(after(started, memory(126e6), error, memory(0)))).toEqual(full)
    expect(shown(after(started, memory(126e6), error, memory(0), end('java.lang.OutOfMemoryError: Java heap space')))).toEqual(full)
  })
  test('is measured on when the program catches the error and goes on', () => {
    const line: Bare = { Event: 'kindling.Line', line: 4, file: 'program.py' }
    expect(shown(after(started, memory(126e6), error, line, memory(1e6)))).toEqual({ ran: false, held: 9e6 })
    expect(shown(after(started, memory(126e6), error, memory(1e6), end('ValueError: something else')))).toEqual({ ran: false, held: 9e6 })
  })
})

describe('call sites in a sentence', () => {
  test('lose their folders', () => {
    expect(shortSites('Stage 1 (reduceByKey at /a/my dir/program.py:10) is skipped: it is there.')).toBe('Stage 1 (reduceByKey at program.py:10) is skipped: it is there.')
    expect(shortSites('Stage 1 (count at C:\\work\\p.py:3) is skipped.')).toBe('Stage 1 (count at p.py:3) is skipped.')
    expect(shortSites('Executor 1 ran at 4 s.')).toBe('Executor 1 ran at 4 s.')
  })
})
