/**
 * Records what a real Spark does with the programs of this folder, as NAME.json beside NAME.py.
 *
 *     PYSPARK_PYTHON=/path/to/python node scripts/with-node24.mjs test/oracle/record.ts [--raw FOLDER] [name…]
 *
 * That Python needs pyspark 4.1.1 (`pip install pyspark==4.1.1`), and JAVA_HOME or the path a JDK 17. With --raw,
 * what Spark wrote is kept in FOLDER, and a program that did not change since is only reduced again.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { LogReader } from '../../engine/events/codec.ts'
import { PROGRAMS, programNames } from './programs.ts'
import { reduceRun, type Reduced } from './reduce.ts'

export const PINNED = '4.1.1'

/** The Python that has pyspark, once it is known to be the pinned one. */
export function sparkPython(): string {
  const python = process.env['PYSPARK_PYTHON'] ?? 'python3'
  const said = spawnSync(python, ['-c', 'import pyspark; print(pyspark.__version__)'], { encoding: 'utf8' })
  const version = said.status === 0 ? said.stdout.trim() : undefined
  if (version === PINNED) return python
  const what = version === undefined ? 'has no pyspark' : `has pyspark ${version}`
  throw new Error(`${python} ${what}. Give a Python with pyspark ${PINNED} in PYSPARK_PYTHON (pip install pyspark==${PINNED}).`)
}

export interface SparkRun {
  stdout: string
  stderr: string
  exit: number
  logs: string[]
}

/** Runs a program on Spark in a folder of its own, with a plain event log. */
export function runOnSpark(python: string, program: string, folder: string): SparkRun {
  const logs = join(folder, 'logs')
  const work = join(folder, 'work')
  mkdirSync(logs, { recursive: true })
  mkdirSync(work, { recursive: true })
  copyFileSync(program, join(work, 'program.py'))
  const conf = {
    'spark.eventLog.enabled': 'true', 'spark.eventLog.dir': `file://${logs}`, 'spark.eventLog.rolling.enabled': 'false', 'spark.eventLog.compress': 'false',
    'spark.ui.enabled': 'false', 'spark.ui.showConsoleProgress': 'false'
  }
  const submit = Object.entries(conf).flatMap(([key, value]) => ['--conf', `${key}=${value}`])
  const env = { ...process.env, PYSPARK_PYTHON: python, SPARK_LOCAL_IP: '127.0.0.1', PYTHONHASHSEED: '0', PYSPARK_SUBMIT_ARGS: [...submit, 'pyspark-shell'].join(' ') }
  const ran = spawnSync(python, ['program.py'], { cwd: work, env, encoding: 'utf8', timeout: 240_000, maxBuffer: 2 ** 28 })
  if (ran.error !== undefined) throw new Error(`${program} did not end on Spark: ${ran.error.message}`)
  return { stdout: ran.stdout, stderr: ran.stderr, exit: ran.status ?? -1, logs: readdirSync(logs).map((name) => join(logs, name)) }
}

/** The program without what is said about differences: lines at its end, which Spark never sees. */
const meant = (file: string): string => readFileSync(file, 'utf8').replaceAll(/^# differs .*\n?/gm, '')

/** Spark's run of a program: the one kept in `raw` when the program is still the same, else a new one. */
function runOf(python: () => string, name: string, raw: string): SparkRun {
  const program = join(PROGRAMS, `${name}.py`)
  const folder = join(raw, name)
  const kept = join(folder, 'run.json')
  if (existsSync(kept) && meant(join(folder, 'work', 'program.py')) === meant(program)) return JSON.parse(readFileSync(kept, 'utf8')) as SparkRun
  rmSync(folder, { recursive: true, force: true })
  const ran = runOnSpark(python(), program, folder)
  writeFileSync(kept, JSON.stringify(ran))
  return ran
}

function record(python: () => string, name: string, raw: string): Reduced {
  const ran = runOf(python, name, raw)
  const reader = new LogReader()
  const events = ran.logs.flatMap((log) => reader.push(readFileSync(log, 'utf8')))
  if (events.length === 0) throw new Error(`Spark wrote no event log for ${name}:\n${ran.stderr}`)
  return reduceRun(events, ran.stdout, ran.exit)
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { raw: { type: 'string' } } })
  let python: string | undefined
  const raw = values.raw ?? mkdtempSync(join(tmpdir(), 'kindling-oracle-'))
  try {
    for (const name of positionals.length > 0 ? positionals : programNames()) {
      const reduced = record(() => (python ??= sparkPython()), name, raw)
      writeFileSync(join(PROGRAMS, `${name}.json`), `${JSON.stringify({ spark: PINNED, ...reduced }, null, 1)}\n`)
      console.log(`${name}: ${reduced.jobs.length} jobs, ${reduced.stages.length} stages, exit ${reduced.exit}`)
    }
  } finally {
    if (values.raw === undefined) rmSync(raw, { recursive: true, force: true })
  }
}
