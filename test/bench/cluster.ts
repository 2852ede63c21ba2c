/** What the cluster costs, measured on real runs of the built processes. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureWork, type WorkFigures } from './work.ts'
import { repeat, spread, telling, type Spread } from './figures.ts'
import { of, run, type Ran } from './measured-run.ts'

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
const HELD = `
import sys, time
from pyspark.sql import SparkSession
spark = SparkSession.builder.appName("held").getOrCreate()
spark.range(100).count()
WITH_PYTHON
print("held", flush=True)
time.sleep(600)
`

/** From the Master's word to the driver's acceptance, for each executor. */
function registrations(ran: Ran): number[] {
  return of(ran, 'kindling.ExecutorLaunching').flatMap((launch) => {
    const added = of(ran, 'SparkListenerExecutorAdded').find((event) => event['Executor ID'] === launch.executorId)
    return added === undefined ? [] : [added.Kindling.t - launch.Kindling.t]
  })
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

export interface ClusterFigures extends WorkFigures {
  'kindling run to first line, mini example, ms': Spread
  'executor launch to registered, ms': Spread
  'SIGKILL to replacement registered, ms': Spread
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
    const work = await measureWork(folder)
    return {
      'kindling run to first line, mini example, ms': spread(firstLine),
      'executor launch to registered, ms': spread(launches),
      'SIGKILL to replacement registered, ms': spread(replaced),
      ...work,
      'resident MiB without Python on executors': await memory(folder, false),
      'resident MiB with Python on executors': await memory(folder, true)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
