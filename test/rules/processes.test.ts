/** §3 placement and relaunch, §4 exit codes and losses, §1.17 ids, §2 masters. */
import { describe, expect, test } from 'vitest'
import { applicationId, driverId, localApplicationId, workerId } from '../../engine/rules/spark-events.ts'
import { EXIT, disconnectedLoss, explainExit, fatalExitCode, heartbeatLoss, isFatal, sparkExitText, uncaughtExitCode, standaloneLoss, workerExitText } from '../../engine/rules/failures.ts'
import { AppRetries, SuperviseBackoff, couldEverFit, driverState, placeDrivers, placeExecutors } from '../../engine/rules/placement.ts'
import { parseMaster } from '../../engine/rules/master-urls.ts'
import { range, seeded } from './tiny-cluster.ts'

const workers = (...cores: number[]) => cores.map((coresFree, i) => ({ id: `w${i}`, coresFree, memoryFreeMb: 4096 }))
const place = (ask: Partial<Parameters<typeof placeExecutors>[0]>) =>
  placeExecutors({ workers: workers(4, 4), executorCores: null, executorMemoryMb: 1024, coresLeft: Infinity, spreadOut: true, ...ask }).map((one) => `${one.workerId}:${one.cores}`)

describe('placement', () => {
  test('§3.9 most free cores first, the order of the Master among equals', () => {
    expect(place({ workers: workers(1, 3, 3) })).toEqual(['w1:3', 'w2:3', 'w0:1'])
  })
  test('§3.10 spread out: one at a time around the workers; else a worker is filled first', () => {
    expect(place({ executorCores: 2, coresLeft: 4 })).toEqual(['w0:2', 'w1:2'])
    expect(place({ executorCores: 2, coresLeft: 4, spreadOut: false })).toEqual(['w0:2', 'w0:2'])
    expect(place({ coresLeft: 5 })).toEqual(['w0:3', 'w1:2'])
    expect(place({ coresLeft: 5, spreadOut: false })).toEqual(['w0:4', 'w1:1'])
  })
  test('§3.11 one executor a worker without spark.executor.cores; with it, whole executors only', () => {
    expect(place({})).toEqual(['w0:4', 'w1:4'])
    expect(place({ executorCores: 3 })).toEqual(['w0:3', 'w1:3'])
    expect(place({ executorCores: 1, workers: workers(3) })).toEqual(['w0:1', 'w0:1', 'w0:1'])
    expect(place({ executorCores: 3, coresLeft: 5 })).toEqual(['w0:3'])
  })
  test('§3.11 memory limits the number of executors; so does a limit of the application', () => {
    expect(place({ executorCores: 1, workers: [{ id: 'a', coresFree: 8, memoryFreeMb: 2500 }] })).toEqual(['a:1', 'a:1'])
    expect(place({ executorCores: 1, executorLimit: 3 })).toEqual(['w0:1', 'w0:1', 'w1:1'])
    expect(place({ executorMemoryMb: 5000 })).toEqual([])
  })
  test('§3.12 drivers go to shuffled workers with room, each to the next one', () => {
    const ask = { drivers: range(3).map((i) => ({ id: `d${i}`, cores: 2, memoryMb: 1024 })), workers: workers(2, 2, 1), spreadOut: true }
    const placed = placeDrivers({ ...ask, random: seeded(3) })
    expect(placed.map((one) => one.driverId)).toEqual(['d0', 'd1'])
    expect(new Set(placed.map((one) => one.workerId))).toEqual(new Set(['w0', 'w1']))
    const firsts = new Set(range(20).map((seed) => placeDrivers({ ...ask, random: seeded(seed) })[0]!.workerId))
    expect(firsts.size).toBe(2)
  })
  test('§3.13 nobody could ever hold it', () => {
    expect(couldEverFit([{ cores: 2, memoryMb: 1024 }], 4, 512)).toBe(false)
    expect(couldEverFit([{ cores: 2, memoryMb: 1024 }], null, 1024)).toBe(true)
  })
  test('§3.18 ten failures in a row and nobody running: removed; every start sets the count back', () => {
    const retries = new AppRetries(10)
    for (const _ of range(9)) expect(retries.failed(false)).toBe(false)
    expect(retries.failed(true)).toBe(false)
    expect(retries.failed(false)).toBe(true)
    retries.running()
    expect(retries.count).toBe(0)
    const loop = new AppRetries(10)
    for (const _ of range(100)) {
      loop.running()
      expect(loop.failed(false)).toBe(false)
    }
    const never = new AppRetries(-1)
    expect(range(100).some(() => never.failed(false))).toBe(false)
  })
  test('§3.23 supervise: 1, 2, 4, 8 s; back to 1 after a run of more than 5 s; never after 0 or a kill', () => {
    const backoff = new SuperviseBackoff()
    const end = (ranMs: number, exitCode = 1, killed = false, supervise = true) => backoff.ended({ supervise, exitCode, killed, ranMs })
    expect(range(4).map(() => end(100))).toEqual([1000, 2000, 4000, 8000].map((afterMs) => ({ relaunch: true, afterMs })))
    expect(end(5001)).toEqual({ relaunch: true, afterMs: 1000 })
    expect(end(5000)).toEqual({ relaunch: true, afterMs: 2000 })
    expect([end(1, 0), end(1, 137, true), end(1, 1, false, false)]).toEqual(range(3).map(() => ({ relaunch: false })))
  })
  test('§3.22 how a driver is booked', () => {
    expect(driverState({ exitCode: 0, killed: false, couldNotStart: false })).toBe('FINISHED')
    expect(driverState({ exitCode: 0, killed: true, couldNotStart: false })).toBe('KILLED')
    expect(driverState({ exitCode: 137, killed: false, couldNotStart: false })).toBe('FAILED')
    expect(driverState({ exitCode: null, killed: false, couldNotStart: true })).toBe('ERROR')
  })
})

describe('ends of processes', () => {
  test('§4.13 an exception that nobody caught ends an executor with 50, a driver with 1', () => {
    expect([uncaughtExitCode('executor'), uncaughtExitCode('driver')]).toEqual([50, 1])
  })
  test('§4 table: codes as a shell shows them, with words', () => {
    expect(explainExit({ code: null, signal: 'SIGKILL' })).toEqual({ code: 137, meaning: 'killed from outside (SIGKILL)' })
    expect(explainExit({ code: null, signal: 'SIGTERM' }).code).toBe(143)
    expect(explainExit({ code: 52, signal: null }).meaning).toBe('OutOfMemoryError')
    expect(explainExit({ code: -1, signal: null })).toEqual({ code: EXIT.WORKER_GONE, meaning: 'the worker it belonged to is gone' })
    expect(explainExit({ code: 0, signal: 'SIGKILL', farewell: true })).toEqual({ code: 0, meaning: 'ended in order' })
    expect(explainExit({ code: 7, signal: null }).meaning).toBe('exit code 7')
    expect(explainExit({ code: null, signal: null }).code).toBeNull()
  })
  test('§4.17 Spark’s own texts', () => {
    expect(sparkExitText(137)).toBe('Unknown executor exit code (137) (died from signal 9?)')
    expect(sparkExitText(7)).toBe('Unknown executor exit code (7)')
    expect(workerExitText(52)).toBe('Command exited with code 52')
  })
  test('§4.20 standalone: 53, 56 and 58 are not the application’s doing, every other status is', () => {
    for (const code of [0, 1, 50, 52, 137, 143, 255]) expect(standaloneLoss({ exitStatus: code, message: 'm' })).toEqual({ kind: 'exited', code, causedByApp: true, text: 'm' })
    for (const code of [53, 56, 58]) expect(standaloneLoss({ exitStatus: code, message: 'm' })).toMatchObject({ causedByApp: false })
    expect(standaloneLoss({ message: 'worker lost: x', workerHost: 'h' })).toMatchObject({ kind: 'lost', causedByApp: false, workerHost: 'h' })
    expect(standaloneLoss({ message: 'm' })).toMatchObject({ kind: 'lost', causedByApp: true })
  })
  test('§4.8, §4.21, §13.7 silent and vanished executors count', () => {
    expect(heartbeatLoss(123456)).toMatchObject({ causedByApp: true, text: 'Executor heartbeat timed out after 123456 ms' })
    expect(disconnectedLoss()).toMatchObject({ causedByApp: true, text: expect.stringMatching(/^Remote RPC client disassociated\. Likely due to containers exceeding thresholds/) })
  })
  test('§4.11 what takes an executor with it', () => {
    for (const name of ['java.lang.OutOfMemoryError', 'java.lang.StackOverflowError', 'java.lang.InternalError']) expect(isFatal(name), name).toBe(true)
    for (const name of ['org.apache.spark.memory.SparkOutOfMemoryError', 'java.lang.AssertionError', 'scala.NotImplementedError', 'java.lang.RuntimeException']) expect(isFatal(name), name).toBe(false)
    expect(isFatal('java.lang.RuntimeException', ['x', 'y', 'z', 'java.lang.OutOfMemoryError'])).toBe(true)
    expect(isFatal('java.lang.RuntimeException', ['x', 'y', 'z', 'a', 'java.lang.OutOfMemoryError'])).toBe(false)
  })
  test('§4.12, §4.14, 13.22 52 for out of memory anywhere in the causes, else 50', () => {
    expect(fatalExitCode('java.lang.OutOfMemoryError')).toBe(52)
    expect(fatalExitCode('java.lang.InternalError', ['java.lang.OutOfMemoryError'])).toBe(52)
    expect(fatalExitCode('java.lang.StackOverflowError')).toBe(50)
  })
})

test('§1.17 ids', () => {
  const at = new Date(2026, 0, 31, 9, 3, 5)
  expect(applicationId(at, 0)).toBe('app-20260131090305-0000')
  expect(applicationId(at, 12345)).toBe('app-20260131090305-12345')
  expect(driverId(at, 3)).toBe('driver-20260131090305-0003')
  expect(workerId(at, '127.0.0.1', 7078)).toBe('worker-20260131090305-127.0.0.1-7078')
  expect(localApplicationId(1700000000000)).toBe('local-1700000000000')
})

describe('masters', () => {
  test('§2.1, §2.2 local strings', () => {
    expect(parseMaster('local', 8)).toEqual({ kind: 'local', threads: 1, maxFailures: 1 })
    expect(parseMaster('local[3]', 8)).toEqual({ kind: 'local', threads: 3, maxFailures: 1 })
    expect(parseMaster('local[*]', 8)).toEqual({ kind: 'local', threads: 8, maxFailures: 1 })
    expect(parseMaster('local[*, 4]', 8)).toEqual({ kind: 'local', threads: 8, maxFailures: 4 })
    expect(() => parseMaster('local[0]', 8)).toThrow('Asked to run locally with 0 threads')
  })
  test('§2.4 local-cluster', () => {
    expect(parseMaster('local-cluster[2, 1, 1024]', 8)).toEqual({ kind: 'local-cluster', workers: 2, coresPerWorker: 1, memoryPerWorkerMb: 1024 })
    expect(() => parseMaster('local-cluster[2,1,512]', 8, 1024)).toThrow('Asked to launch cluster with 512 MiB/worker but requested 1024 MiB/executor')
  })
  test('§2.1 standalone and others', () => {
    expect(parseMaster('spark://a:7077,b:7078', 8)).toEqual({ kind: 'standalone', masters: [{ host: 'a', port: 7077 }, { host: 'b', port: 7078 }] })
    expect(() => parseMaster('spark://a', 8)).toThrow('Invalid master URL: spark://a')
    expect(parseMaster('yarn', 8)).toEqual({ kind: 'yarn' })
    expect(parseMaster('k8s://https://x', 8)).toEqual({ kind: 'k8s', url: 'https://x' })
    for (const bad of ['mesos://a:5050', 'local[x]', 'local[-1]', 'spark']) expect(() => parseMaster(bad, 8)).toThrow(`Could not parse Master URL: '${bad}'`)
    expect(() => parseMaster(undefined, 8)).toThrow('A master URL must be set in your configuration')
  })
})
