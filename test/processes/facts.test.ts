/** What one plain run shows of Spark's facts: one program, looked at from many sides. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { LabEvent } from '../../engine/events/index.ts'
import { testLab, type Ran } from './lab.ts'

const bench = testLab()
let ran: Ran
beforeAll(async () => {
  ran = await bench.run(`
from pyspark import SparkContext, StorageLevel
sc = SparkContext()
print(sc.appName, sc.master, sc.defaultParallelism, sc.defaultMinPartitions)
kept = sc.parallelize(range(4), 4).cache()
print(kept.count())
try:
    kept.persist(StorageLevel.DISK_ONLY)
except Exception as e:
    print("Cannot change storage level of an RDD after it was already assigned a level" in str(e))
kept.unpersist()
print(kept.persist(StorageLevel.DISK_ONLY).map(lambda x: (x % 2, x)).reduceByKey(lambda a, b: a + b).count())
marked = sc.parallelize(range(4), 2).map(lambda x: x + 1)
marked.localCheckpoint()
print(marked.isLocallyCheckpointed(), marked.sum(), b"LocalCheckpointRDD" in marked.toDebugString())
sc.stop()
`)
  expect(ran.stderr).toBe('')
})

const sparks = (): LabEvent[] => ran.events.filter((event) => event.Event.startsWith('SparkListener'))
const firstAt = (name: string, also: (event: LabEvent) => boolean = () => true): number => ran.events.findIndex((event) => event.Event === name && also(event))

test('§1.8 a program that names neither master nor application runs [simplified: on the lab’s cluster, under the name of its file]', () => {
  expect(ran.stdout.split('\n')[0]).toBe('program.py spark://master:7077 4 2')
})

test('§1.9, §1.10, §12.8 what a log begins with: the driver’s block manager, the settings, the application, then its executors', () => {
  const head = sparks().slice(0, 8).map((event) =>
    event.Event === 'SparkListenerExecutorAdded' ? `${event.Event} ${event['Executor ID']}` : event.Event === 'SparkListenerBlockManagerAdded' ? `${event.Event} ${event['Block Manager ID']['Executor ID']}` : event.Event
  )
  expect(head.slice(0, 4)).toEqual(['SparkListenerResourceProfileAdded', 'SparkListenerBlockManagerAdded driver', 'SparkListenerEnvironmentUpdate', 'SparkListenerApplicationStart'])
  // Which of the two comes first is theirs; each is added before its blocks are.
  for (const id of ['0', '1']) {
    const its = head.slice(4).filter((name) => name.endsWith(` ${id}`))
    expect(its).toEqual([`SparkListenerExecutorAdded ${id}`, `SparkListenerBlockManagerAdded ${id}`])
  }
})

test('§1.11 the program goes on once executors have registered [simplified: it waits for all it was granted, Spark for a share of spark.cores.max]', () => {
  const jobs = firstAt('SparkListenerJobStart')
  expect(ran.events.slice(0, jobs).filter((event) => event.Event === 'SparkListenerExecutorAdded')).toHaveLength(2)
})

test('§1.18 executors are numbered from 0', () => {
  expect(ran.of('kindling.ExecutorLaunching').map((event) => event.executorId)).toEqual(['0', '1'])
})

test('§2.9 without a word: one executor a worker with all its cores and 1 GiB', () => {
  expect(ran.of('kindling.ExecutorLaunching').map(({ worker, cores, memoryMb }) => [worker, cores, memoryMb])).toEqual([['worker-1', 2, 1024], ['worker-2', 2, 1024]])
})

test('§2.10 what a worker offers [simplified: 2 cores and 4 GiB unless told otherwise, not those of the computer]', () => {
  expect(ran.of('kindling.WorkerRegistered').map(({ cores, memoryMb }) => [cores, memoryMb])).toEqual([[2, 4096], [2, 4096]])
})

test('§4.10 executors that are told to stop exit 0', () => {
  const ends = ran.of('kindling.ProcessExited').filter((event) => event.actor.startsWith('executor'))
  expect(ends.map((event) => [event.end.code, event.end.farewell])).toEqual([[0, true], [0, true]])
})

test('§5.32 a storage level is not changed before unpersist', () => {
  expect(ran.stdout.split('\n').slice(1, 4)).toEqual(['4', 'True', '2'])
})

test('§5.34 localCheckpoint: kept on the executors, the lineage cut after the first job', () => {
  expect(ran.stdout.split('\n')[4]).toBe('True 10 True')
})

test('§12.1, §12.3 the log: its first line, its name once the application has ended', () => {
  expect(ran.logs).toEqual([ran.of('SparkListenerApplicationStart')[0]!['App ID']])
  const lines = readFileSync(join(ran.folder, 'logs', ran.logs[0]!), 'utf8').split('\n')
  expect(lines[0]).toBe('{"Event":"SparkListenerLogStart","Spark Version":"4.1.0"}')
  for (const line of lines.slice(0, -1)) expect(line).toMatch(/^\{"Event":"/)
})

test('§12.13 every task that started ended, once', () => {
  const started = ran.of('SparkListenerTaskStart').map((event) => event['Task Info']['Task ID'])
  const ended = ran.of('SparkListenerTaskEnd').map((event) => event['Task Info']['Task ID'])
  expect(started.length).toBeGreaterThan(8)
  expect(ended.toSorted((a, b) => a - b)).toEqual(started.toSorted((a, b) => a - b))
  expect(new Set(ended).size).toBe(ended.length)
})
