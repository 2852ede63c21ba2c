/**
 * Opens logs of Kindling in the real Spark History Server and compares what its REST API tells with the logs.
 *
 *     PYSPARK_PYTHON=/path/to/python node scripts/with-node24.mjs test/oracle/history-server.ts
 *
 * Runs the programs below in Kindling (build first), starts pyspark's own server on the folder of their logs, and
 * writes what it told to history.json; the tests compare later logs with that. Needs what record.ts needs.
 */
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { LogReader } from '../../engine/events/codec.ts'
import { figuresOfLog, figuresOfRest, type Figures } from './figures.ts'
import { HISTORY, PROGRAMS } from './programs.ts'
import { PINNED, sparkPython } from './record.ts'

const CLI = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.js')

/** Programs whose every figure is the same in each run. */
const SHOWN = ['rdd-word-count', 'skipped-chain', 'cache', 'checkpoint-shuffled', 'fail-four-times', 'fail-in-map-stage', 'kill-only-executor', 'kill-map-stage', 'df-group', 'df-broadcast-join', 'df-errors']

interface Log {
  program: string
  appId: string
  figures: Figures
}

/** Runs the programs in Kindling, all logs into one folder. */
function runAll(folder: string, logs: string): Log[] {
  const seen = new Set<string>()
  return SHOWN.map((program) => {
    const work = join(folder, program)
    mkdirSync(work)
    copyFileSync(join(PROGRAMS, `${program}.py`), join(work, 'program.py'))
    const ran = spawnSync(process.execPath, [CLI, 'run', 'program.py', '--quiet', '--event-log', logs], { cwd: work, encoding: 'utf8', timeout: 120_000 })
    if (ran.error !== undefined) throw new Error(`${program} did not end in Kindling: ${ran.error.message}`)
    const appId = readdirSync(logs).find((name) => !seen.has(name))
    if (appId === undefined) throw new Error(`Kindling wrote no log for ${program}:\n${ran.stderr}`)
    seen.add(appId)
    return { program, appId, figures: figuresOfLog(new LogReader().push(readFileSync(join(logs, appId), 'utf8'))) }
  })
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

async function get<T>(url: string): Promise<T> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

type Json = Record<string, unknown>

/** What the server tells of one application. */
async function ask(api: string, appId: string): Promise<Figures> {
  const base = `${api}/applications/${appId}`
  const [app, jobs, stages, executors, queries] = await Promise.all([
    get<Json>(base), get<Json[]>(`${base}/jobs`), get<Json[]>(`${base}/stages`), get<Json[]>(`${base}/allexecutors`), get<Json[]>(`${base}/sql?details=false&length=1000`)
  ])
  const tasks: Record<string, Json[]> = {}
  for (const stage of stages) {
    const key = `${String(stage['stageId'])}.${String(stage['attemptId'])}`
    if (stage['status'] !== 'SKIPPED') tasks[key] = await get<Json[]>(`${base}/stages/${key.replace('.', '/')}/taskList?length=10000`)
  }
  return figuresOfRest(app, jobs, stages, tasks, executors, queries)
}

/** Starts the server on a folder, waits until it lists `count` applications, and asks it. */
async function withServer<T>(python: string, logs: string, count: number, use: (api: string) => Promise<T>): Promise<T> {
  const home = spawnSync(python, ['-c', 'import os, pyspark; print(os.path.dirname(pyspark.__file__))'], { encoding: 'utf8' }).stdout.trim()
  const port = await freePort()
  const options = [`-Dspark.history.fs.logDirectory=file://${logs}`, `-Dspark.history.ui.port=${port}`, '-Dspark.history.fs.update.interval=1s']
  const server = spawn(join(home, 'bin', 'spark-class'), ['org.apache.spark.deploy.history.HistoryServer'], {
    env: { ...process.env, SPARK_HOME: home, SPARK_LOCAL_IP: '127.0.0.1', SPARK_HISTORY_OPTS: options.join(' '), SPARK_DAEMON_MEMORY: '512m' },
    stdio: ['ignore', 'ignore', 'pipe']
  })
  let said = ''
  server.stderr.on('data', (data: Buffer) => (said += data.toString()))
  try {
    const api = `http://127.0.0.1:${port}/api/v1`
    for (let tries = 0; ; tries++) {
      const listed = await get<Json[]>(`${api}/applications`).catch(() => [])
      if (listed.length >= count) return await use(api)
      if (tries > 120 || server.exitCode !== null) throw new Error(`The History Server lists ${listed.length} of ${count} applications.\n${said}`)
      await pause(1000)
    }
  } catch (error) {
    process.stderr.write(said)
    throw error
  } finally {
    server.kill()
  }
}

if (import.meta.main) {
  const python = sparkPython()
  const folder = mkdtempSync(join(tmpdir(), 'kindling-history-'))
  try {
    const logs = join(folder, 'logs')
    mkdirSync(logs)
    const ours = runAll(folder, logs)
    const told = await withServer(python, logs, ours.length, async (api) => {
      const figures: Record<string, Figures> = {}
      for (const log of ours) figures[log.program] = await ask(api, log.appId)
      return figures
    })
    for (const { program, figures } of ours) {
      const same = JSON.stringify(told[program]) === JSON.stringify(figures)
      if (!same) process.exitCode = 1
      console.log(same ? `${program}: ${figures.jobs.length} jobs, ${figures.stages.length} stages, ${figures.executors.length} executors, as in the log` : `${program} differs.\nserver ${JSON.stringify(told[program])}\nlog    ${JSON.stringify(figures)}`)
    }
    if (process.exitCode !== 1) writeFileSync(HISTORY, `${JSON.stringify({ spark: PINNED, programs: told }, null, 1)}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
