/**
 * The same programs on a real Spark's `local-cluster` and here, one after the other. Needs a Python with pyspark,
 * named in PYSPARK_PYTHON_BENCH; without one the part says that it was left out.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spread, telling, type Spread } from './figures.ts'

const CLI = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.js')

/** Every program tells the seconds of its work on its last line; its start is measured from outside. */
const HEAD = `
import time
from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local-cluster[2,2,1024]").appName("beside").config("spark.cores.max", "4").config("spark.scheduler.minRegisteredResourcesRatio", "1.0").config("spark.ui.showConsoleProgress", "false").getOrCreate()
sc = spark.sparkContext
sc.setLogLevel("OFF")
began = time.time()
`
const TAIL = '\nprint(time.time() - began)\nspark.stop()\n'

const PROGRAMS: Record<string, string> = {
  'word count, 200,000 words': 'sc.parallelize(range(200000), 8).map(lambda i: ("w%d" % (i % 997), 1)).reduceByKey(lambda a, b: a + b).collect()',
  '200 small Python tasks': 'sc.parallelize(range(200), 200).map(lambda x: x + 1).sum()',
  'sum of 5,000,000 rows by key': 'spark.range(0, 5000000, 1, 8).selectExpr("id % 100 as k", "id").groupBy("k").sum("id").collect()',
  'ten small queries': 'for _ in range(10):\n    spark.range(1000).selectExpr("id % 10 as k").groupBy("k").count().collect()'
}

export interface BesideFigures {
  /** Seconds of the whole command, and of the program's work in it. */
  [program: string]: { spark: Record<'whole' | 'work', Spread>; kindling: Record<'whole' | 'work', Spread>; 'Kindling by Spark': Record<'whole' | 'work', number> }
}

interface Timed {
  whole: number
  work: number
}

function timed(file: string, args: readonly string[], folder: string, env: NodeJS.ProcessEnv): Timed {
  const began = performance.now()
  const ran = spawnSync(file, args, { cwd: folder, env: { ...process.env, ...env }, encoding: 'utf8', timeout: 300_000 })
  const whole = (performance.now() - began) / 1000
  const work = Number(ran.stdout?.trim().split('\n').at(-1))
  if (ran.status !== 0 || Number.isNaN(work)) throw new Error(`${file} ${args.join(' ')} ended with ${ran.status}:\n${ran.stderr}`)
  return { whole, work }
}

function times(measure: () => Timed): Record<'whole' | 'work', Spread> {
  const all: Timed[] = []
  for (let i = 0; i < 3; i++) all.push(measure())
  return { whole: spread(all.map(({ whole }) => whole)), work: spread(all.map(({ work }) => work)) }
}

/** Ratios below 1 mean that Kindling took less time. */
export function measureBesideSpark(): BesideFigures | string {
  const python = process.env['PYSPARK_PYTHON_BENCH']
  if (python === undefined || python === '') return 'left out: PYSPARK_PYTHON_BENCH names no Python with pyspark'
  const said = spawnSync(python, ['-c', 'import pyspark'], { encoding: 'utf8' })
  if (said.status !== 0) return `left out: ${python} (PYSPARK_PYTHON_BENCH) has no pyspark`
  const folder = mkdtempSync(join(tmpdir(), 'kindling-beside-'))
  try {
    const figures: BesideFigures = {}
    for (const [name, body] of Object.entries(PROGRAMS)) {
      telling(`${name}: on Spark, then here`)
      writeFileSync(join(folder, 'program.py'), `${HEAD}${body}${TAIL}`)
      const spark = times(() => timed(python, ['program.py'], folder, { SPARK_LOCAL_IP: '127.0.0.1', PYSPARK_PYTHON: python }))
      const kindling = times(() => timed(process.execPath, [CLI, 'run', 'program.py', '--quiet', '--event-log', folder], folder, {}))
      const ratio = (key: 'whole' | 'work'): number => Math.round((kindling[key].median / Math.max(0.01, spark[key].median)) * 100) / 100
      figures[name] = { spark, kindling, 'Kindling by Spark': { whole: ratio('whole'), work: ratio('work') } }
    }
    return figures
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
