/** Settings, memory (§8), and the fields of §12. */
import { describe, expect, test } from 'vitest'
import { SettingError, bytesToString, parseBytes, parseTime, readBoolean, settings } from '../../engine/rules/conf.ts'
import { checkConf } from '../../engine/rules/refusals.ts'
import { MIB, UnifiedMemory, checkHeap, memoryShape } from '../../engine/rules/memory.ts'
import { NO_METRICS, emptyTaskMetrics, rddInfo, stageInfo, taskInfo } from '../../engine/rules/spark-events.ts'
import type { TaskDescription } from '../../engine/rules/types.ts'
import { MEMORY_ONLY } from './tiny-cluster.ts'

describe('settings', () => {
  test('sizes and times with Spark’s units', () => {
    expect([parseBytes('1g'), parseBytes('512', 'm'), parseBytes('10 '.trim() + 'kb'), parseBytes('1B')]).toEqual([2 ** 30, 2 ** 29, 10240, 1])
    expect([parseTime('10s', 'ms'), parseTime('250', 'ms'), parseTime('2min', 's'), parseTime('120', 's'), parseTime('-1', 's')]).toEqual([10_000, 250, 120_000, 120_000, -1000])
    expect([bytesToString(2 ** 30), bytesToString(2 ** 31), bytesToString(100), bytesToString(2048)]).toEqual(['1024.0 MiB', '2.0 GiB', '100.0 B', '2.0 KiB'])
  })
  test('bad values are refused with Spark’s reason, naming the key', () => {
    expect(() => parseBytes('1.5g')).toThrow(/Fractional values are not supported\. Input was: 1\.5/)
    expect(() => parseBytes('1x')).toThrow('Invalid suffix: "x"')
    expect(() => settings.driverMemory({ 'spark.driver.memory': 'lots' })).toThrow("The value 'lots' in the config \"spark.driver.memory\" is invalid. It should be a/an 'bytes in MiB' value.")
    expect(() => settings.localityWait({ 'spark.locality.wait': 'soon' })).toThrow("It should be a/an 'time in MILLISECONDS' value.")
    expect(() => readBoolean({ a: 'yes' }, 'a', true)).toThrow("The value 'yes' in the config \"a\" is invalid. It should be a/an 'boolean' value.")
    expect(() => settings.taskMaxFailures({ 'spark.task.maxFailures': '4.5' })).toThrow("It should be a/an 'int' value.")
    expect(() => settings.taskCpus({ 'spark.task.cpus': '0' })).toThrow(SettingError)
  })
  test('defaults of Spark 4.1', () => {
    const c = {}
    expect([settings.taskMaxFailures(c), settings.localityWaitNode(c), settings.maxResultSize(c), settings.networkTimeout(c), settings.heartbeatInterval(c), settings.stageMaxConsecutiveAttempts(c), settings.executorRemoveDelay(c)]).toEqual([4, 3000, 2 ** 30, 120_000, 10_000, 4, 5000])
    expect([settings.executorCores(c), settings.coresMax(c), settings.spreadOutApps({ 'spark.deploy.spreadOut': 'false' })]).toEqual([null, null, false])
  })
  test('§4.7 and all bad keys at once', () => {
    expect(checkConf({})).toEqual([])
    expect(checkConf({ 'spark.task.cpus': 'a', 'spark.driver.supervise': 'b' }).map((one) => one.key).toSorted()).toEqual(['spark.driver.supervise', 'spark.task.cpus'])
    expect(checkConf({ 'spark.executor.heartbeatInterval': '10s', 'spark.network.timeout': '5s' })[0]!.message).toContain('The value of spark.network.timeout=5000ms must be greater than the value of spark.executor.heartbeatInterval=10000ms.')
  })
})

describe('memory', () => {
  const unified = (mib: number, storageFraction = 0.5) => new UnifiedMemory({ heap: 300 * MIB + mib * MIB, fraction: 1, storageFraction, scale: 1 })
  const block = (name: string, mib: number, rddId = 0) => ({ block: name, rddId, bytes: mib * MIB })

  test('§8.1 sizes; kindling.memory.scale shrinks heap and reserve alike', () => {
    const whole = new UnifiedMemory(memoryShape({ 'spark.executor.memory': '1g' }, 'executor'))
    expect(Math.floor(whole.total / MIB)).toBe(434)
    expect(whole.storageRegion).toBe(Math.floor(whole.total / 2))
    const small = new UnifiedMemory(memoryShape({ 'spark.executor.memory': '1g', 'kindling.memory.scale': '0.25' }, 'executor'))
    expect(Math.abs(small.total - whole.total / 4)).toBeLessThan(2)
  })
  test('§8.2 the least heap, in Spark’s words', () => {
    expect(() => checkHeap({ 'spark.driver.memory': '200m' }, 'driver')).toThrow('System memory 209715200 must be at least 471859200. Please increase heap size using the --driver-memory option or "spark.driver.memory" in Spark configuration.')
    expect(() => checkHeap({ 'spark.executor.memory': '449m', 'kindling.memory.scale': '0.25' }, 'executor')).toThrow('[INVALID_EXECUTOR_MEMORY] Executor memory 470810624 must be at least 471859200.')
    checkHeap({ 'spark.executor.memory': '450m', 'kindling.memory.scale': '0.25' }, 'executor')
  })
  test('§8.3 storage borrows all free execution memory; execution takes it back down to R, never the other way', () => {
    const memory = unified(100)
    for (const i of [0, 1, 2, 3, 4, 5, 6, 7]) expect(memory.acquireStorage(block(`b${i}`, 10, i)).granted).toBe(true)
    const took = memory.acquireExecution({ task: 1, bytes: 45 * MIB })
    expect(took).toEqual({ granted: 45 * MIB, wait: false, evicted: ['b0', 'b1', 'b2'] })
    expect(memory.storageUsed).toBe(50 * MIB)
    // R is safe: no more than the rest is granted.
    expect(memory.acquireExecution({ task: 1, bytes: 45 * MIB })).toEqual({ granted: 5 * MIB, wait: false, evicted: [] })
    expect(memory.storageUsed).toBe(50 * MIB)
    expect(memory.acquireStorage(block('new', 60, 9))).toEqual({ granted: false, evicted: [] })
    expect(memory.executionUsed).toBe(50 * MIB)
  })
  test('§8.4 at most 1/N each; waits below 1/2N', () => {
    const memory = unified(100, 0)
    expect(memory.acquireExecution({ task: 1, bytes: 100 * MIB }).granted).toBe(100 * MIB)
    expect(memory.acquireExecution({ task: 2, bytes: 10 * MIB })).toEqual({ granted: 0, wait: true, evicted: [] })
    memory.releaseExecution(1, 30 * MIB)
    expect(memory.acquireExecution({ task: 2, bytes: 80 * MIB })).toMatchObject({ granted: 30 * MIB, wait: false })
    expect(memory.acquireExecution({ task: 1, bytes: 10 * MIB })).toMatchObject({ granted: 0, wait: false })
    expect(memory.releaseTask(1)).toBe(70 * MIB)
    expect(memory.acquireExecution({ task: 2, bytes: 80 * MIB }).granted).toBe(70 * MIB)
    expect(memory.executionOf(2)).toBe(100 * MIB)
  })
  test('§8.7 by last use, never of the same RDD, never in use, all or nothing', () => {
    const memory = unified(100)
    memory.acquireStorage(block('a', 30, 1))
    memory.acquireStorage(block('b', 30, 2))
    memory.acquireStorage(block('c', 30, 3))
    memory.touch('a')
    expect(memory.acquireStorage(block('d', 20, 4))).toEqual({ granted: true, evicted: ['b'] })
    memory.pin('c')
    expect(memory.acquireStorage(block('e', 30, 4)).evicted).toEqual(['a'])
    expect(memory.blocks).toEqual(['c', 'd', 'e'])
    expect(memory.acquireStorage(block('f', 60, 4))).toEqual({ granted: false, evicted: [] })
    memory.unpin('c')
    expect(memory.acquireStorage(block('g', 50, 3))).toEqual({ granted: true, evicted: ['d', 'e'] })
    expect(memory.releaseStorage('d')).toBe(false)
    expect(memory.storageUsed).toBe(80 * MIB)
  })
})

test('§12 table: no field is left out', () => {
  const task: TaskDescription = { taskId: 3, index: 1, attempt: 2, partition: 5, stageId: 0, stageAttempt: 0, taskType: 'ResultTask', executorId: '1', host: 'h', locality: 'ANY', speculative: false, launchTime: 10, properties: {} }
  const started = taskInfo(task, (now) => 1000 + now)
  expect(started).toEqual({ 'Task ID': 3, Index: 1, Attempt: 2, 'Partition ID': 5, 'Launch Time': 1010, 'Executor ID': '1', Host: 'h', Locality: 'ANY', Speculative: false, 'Getting Result Time': 0, 'Finish Time': 0, Failed: false, Killed: false, Accumulables: [] })
  expect(taskInfo(task, (now) => now, { at: 20, failed: true, killed: false })).toMatchObject({ 'Finish Time': 20, Failed: true })
  expect(rddInfo({ id: 4, name: 'PythonRDD', partitions: 2, callSite: 'map at x.py:1', scope: 'map', storageLevel: MEMORY_ONLY, dependencies: [{ kind: 'one-to-one', rdd: 3 }] })).toEqual({
    'RDD ID': 4, Name: 'PythonRDD', Scope: '{"id":"4","name":"map"}', Callsite: 'map at x.py:1', 'Parent IDs': [3], 'Storage Level': MEMORY_ONLY, Barrier: false, DeterministicLevel: 'DETERMINATE', 'Number of Partitions': 2, 'Number of Cached Partitions': 0, 'Memory Size': 0, 'Disk Size': 0
  })
  // Without a submission time the UI shows the stage as skipped.
  expect(Object.keys(stageInfo({ id: 0, attempt: 0, name: 'n', tasks: 1, rdds: [], parents: [] }))).not.toContain('Submission Time')
  expect(NO_METRICS).toEqual(emptyTaskMetrics())
})
