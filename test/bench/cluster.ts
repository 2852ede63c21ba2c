/** What the cluster costs, measured on real runs of the built processes. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LogReader } from '../../engine/events/codec.ts'
import type { LabEvent } from '../../engine/events/index.ts'
import { repeat, spread, telling, type Spread } from './figures.ts'

const CLI = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.js')

const MINI = `
from pyspark.sql import SparkSession
spark = SparkSession.builder.appName("mini").getOrCreate()
df = spark.range(1, 1000000)
print(df.rdd.getNumPartitions(), flush=True)
df.select((df["id"] * 2).alias("value")).show(5)
`
const CRASHED = `
from pyspark import SparkContext
sc = SparkContext(appName="crashed")
print(sc.parallelize(range(8), 8).map(lambda x: x * 2).sum())
`
const PLAN_TASKS = `
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
spark.range(8).collect()
for _ in range(3):
    spark.range(0, 10000, 1, 10000).filter("id < 0").collect()
`
const PYTHON_TASKS = `
from pyspark import SparkContext
sc = SparkContext(appName="python tasks")
sc.parallelize(range(8), 8).count()
for _ in range(2):
    sc.parallelize(range(4000), 4000).foreach(lambda x: None)
`
const HELD = `
import sys, time
from pyspark.sql import SparkSession
spark = SparkSession.builder.appName("held").getOrCreate()
spark.range(100).count()
WITH_PYTHON
print("held", flush=True)
time.sleep(600)
`

interface Ran {
  events: LabEvent[]
  /** From the call of the command to the program's first line on stdout, ms. */
  firstLine: number
}

async function run(folder: string, program: string, args: string[], atFirstLine?: (child: { pid: number; kill: () => void }, events: () => LabEvent[]) => void): Promise<Ran> {
  const file = join(folder, 'program.py')
  writeFileSync(file, program)
  const logs = mkdtempSync(join(folder, 'logs-'))
  const events = (): LabEvent[] => readdirSync(logs).flatMap((name) => new LogReader().push(readFileSync(join(logs, name), 'utf8')))
  const began = performance.now()
  let firstLine = NaN
  await new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, 'run', file, '--event-log', logs, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let stderr = ''
    let killed = false
    child.stdout.on('data', () => {
      if (!Number.isNaN(firstLine)) return
      firstLine = performance.now() - began
      atFirstLine?.({ pid: child.pid!, kill: () => ((killed = true), child.kill('SIGTERM')) }, events)
    })
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
    child.on('close', (code) => (code === 0 || killed ? resolve() : reject(new Error(`the measured program ended with ${code}:\n${stderr}`))))
  })
  return { events: events(), firstLine }
}

const of = <N extends LabEvent['Event']>(ran: Ran, name: N): Extract<LabEvent, { Event: N }>[] => ran.events.filter((event) => event.Event === name) as never

/** From the Master's word to the driver's acceptance, for each executor. */
function registrations(ran: Ran): number[] {
  return of(ran, 'kindling.ExecutorLaunching').flatMap((launch) => {
    const added = of(ran, 'SparkListenerExecutorAdded').find((event) => event['Executor ID'] === launch.executorId)
    return added === undefined ? [] : [added.Kindling.t - launch.Kindling.t]
  })
}

/** Task launches a second of the busiest job of 1,000 tasks or more, by the log's own times. */
function launchRate(ran: Ran): number {
  const rates = of(ran, 'SparkListenerJobStart').flatMap((job) => {
    const ends = of(ran, 'SparkListenerTaskEnd').filter((end) => job['Stage IDs'].includes(end['Stage ID']))
    if (ends.length < 1000) return []
    return [(ends.length / (Math.max(...ends.map((end) => end.Kindling.t)) - job.Kindling.t)) * 1000]
  })
  return Math.max(...rates)
}

/** Resident MiB of a process, as the system tells. */
const resident = (pid: number): number => Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024)

async function memory(folder: string, withPython: boolean): Promise<Record<string, number>> {
  telling(`memory ${withPython ? 'with' : 'without'} Python on executors`)
  const figures: Record<string, number> = {}
  const program = HELD.replace('WITH_PYTHON', withPython ? 'spark.sparkContext.parallelize(range(8), 8).map(lambda x: x).count()' : '')
  await run(folder, program, ['--quiet'], (lab, events) => {
    figures['main'] = resident(lab.pid)
    for (const event of events()) if (event.Event === 'kindling.ProcessSpawned') figures[event.actor === 'driver' ? 'driver' : 'executor'] = resident(event.pid)
    lab.kill()
  })
  return figures
}

export interface ClusterFigures {
  'kindling run to first line, mini example, ms': Spread
  'executor launch to registered, ms': Spread
  'SIGKILL to replacement registered, ms': Spread
  'task launches per second, plan tasks, 8 slots': Spread
  'task launches per second, Python tasks, 8 slots': Spread
  'resident MiB without Python on executors': Record<string, number>
  'resident MiB with Python on executors': Record<string, number>
}

export async function measureCluster(): Promise<ClusterFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'kindling-bench-'))
  try {
    await run(folder, MINI, ['--quiet']) // makes the Python snapshot when there is none
    const launches: number[] = []
    const firstLine = await repeat('first line of the mini example', 7, async () => {
      const ran = await run(folder, MINI, ['--quiet'])
      launches.push(...registrations(ran))
      return ran.firstLine
    })
    const replaced = await repeat('a killed executor replaced', 5, async () => {
      const ran = await run(folder, CRASHED, ['--quiet', '--conf', 'kindling.task.pace=300ms', '--fault', 'crash-executor@task=0.2'])
      const [struck] = of(ran, 'kindling.FaultStruck')
      const replacement = of(ran, 'kindling.ExecutorLaunching').find((launch) => launch.replaces !== undefined)
      const added = of(ran, 'SparkListenerExecutorAdded').find((event) => event['Executor ID'] === replacement?.executorId)
      return added!.Kindling.t - struck!.Kindling.t
    })
    const cluster = ['--quiet', '--workers', '2', '--cores', '4']
    const plan = await repeat('plan tasks', 3, async () => launchRate(await run(folder, PLAN_TASKS, cluster)))
    const python = await repeat('Python tasks', 2, async () => launchRate(await run(folder, PYTHON_TASKS, cluster)))
    return {
      'kindling run to first line, mini example, ms': spread(firstLine),
      'executor launch to registered, ms': spread(launches),
      'SIGKILL to replacement registered, ms': spread(replaced),
      'task launches per second, plan tasks, 8 slots': spread(plan),
      'task launches per second, Python tasks, 8 slots': spread(python),
      'resident MiB without Python on executors': await memory(folder, false),
      'resident MiB with Python on executors': await memory(folder, true)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
