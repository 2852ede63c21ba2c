/** A DataFrame program in the real Python thread; the driver's side of the bridge is played here, with the real analyzer. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mainConfig } from '../../electron.config.ts'
import { analyze } from '../../engine/plans/analyze/analyzer.ts'
import { AnalysisError } from '../../engine/plans/errors.ts'
import type { DriverCalls } from '../../engine/pyspark/contract.ts'
import { BridgeFailure, ProgramThread } from '../../engine/pyspark/program.ts'
import type { ProgramEnd } from '../../engine/pyspark/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'python-sql-'))
beforeAll(async () => {
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'))
  const config = mainConfig({ python: fileURLToPath(new URL('../../engine/pyspark/thread.ts', import.meta.url)) })
  await build({ ...config, build: { ...config.build, outDir: join(folder, 'main'), emptyOutDir: false } })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ran {
  end: ProgramEnd
  stdout: string
  stderr: string
  asked: [string, unknown][]
}

async function run(source: string): Promise<Ran> {
  const ran = { stdout: '', stderr: '', asked: [] as [string, unknown][] }
  const answers: { [K in keyof DriverCalls]?: (ask: DriverCalls[K]['ask']) => DriverCalls[K]['answer'] } = {
    startContext: ({ conf }) => ({ appId: 'app-1', master: 'local[2]', defaultParallelism: 2, conf, version: '4.1.0', uiWebUrl: null }),
    stopContext: () => null,
    defaultParallelism: () => ({ value: 2 }),
    sqlConf: () => ({ conf: {} }),
    analyze: ({ plan }) => ({ schema: analyze(plan, {}).schema }),
    showPlan: () => ({ text: '+-----+\n|value|\n+-----+\n|    2|\n+-----+\nonly showing top 1 row\n' }),
    collectPlan: ({ action }) => ({ json: action.kind === 'count' ? '[[3]]' : '[[1,"a"],[2,null]]' }),
    declareRdds: () => null
  }
  const thread = new ProgramThread({
    threadEntry: join(folder, 'main', 'python.js'),
    snapshot: null,
    folders: [],
    onOutput: (stream, text) => (ran[stream] += text),
    onLine: () => undefined,
    call: async (name, ask) => {
      ran.asked.push([name, ask])
      try {
        return (answers[name] as (ask: unknown) => never)(ask)
      } catch (error) {
        if (error instanceof AnalysisError) throw new BridgeFailure({ pythonClass: error.pythonClass, message: error.message, javaClass: error.javaClass })
        throw error
      }
    }
  })
  try {
    await thread.ready
    const end = await thread.run({ source, fileName: 'lesson.py', argv: ['lesson.py'], cwd: '/', env: {} })
    return { end, ...ran }
  } finally {
    await thread.terminate()
  }
}

test('the mini example prints what the engine shows', async () => {
  const { end, stdout, stderr, asked } = await run(`from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[*]").appName("mini").getOrCreate()
df = spark.range(1, 1000000)
df.select((df["id"] * 2).alias("value")).show(1)
named = spark.createDataFrame([(1, "a"), (2, None)], ["id", "name"])
named.printSchema()
print(named.count(), named.collect())
spark.stop()
`)
  expect(stderr).toBe('')
  expect(end).toEqual({ code: 0 })
  expect(stdout).toBe(`+-----+
|value|
+-----+
|    2|
+-----+
only showing top 1 row

root
 |-- id: long (nullable = true)
 |-- name: string (nullable = true)

3 [Row(id=1, name='a'), Row(id=2, name=None)]
`)
  expect(asked.map(([name]) => name).filter((name) => name !== 'sqlConf' && name !== 'defaultParallelism')).toEqual(['startContext', 'analyze', 'showPlan', 'collectPlan', 'collectPlan', 'stopContext'])
  expect(asked.find(([name]) => name === 'showPlan')![1]).toMatchObject({ rows: 1, truncate: 20, vertical: false, callSite: 'show at lesson.py:4', plan: { op: 'project', child: { op: 'range', start: 1, end: 1000000, step: 1 } } })
})

test('a name that is not there stops the program at its line, as AnalysisException', async () => {
  const { end, stdout } = await run(`from pyspark.sql import SparkSession
from pyspark.errors import AnalysisException
from pyspark.sql.utils import AnalysisException as Older
spark = SparkSession.builder.getOrCreate()
df = spark.range(3)
try:
    df.select("nme")
except AnalysisException as error:
    print(error.getCondition(), error.getSqlState(), AnalysisException is Older)
df.filter("idd > 1")
`)
  expect(stdout).toBe('UNRESOLVED_COLUMN.WITH_SUGGESTION 42703 True\n')
  expect(end.code).toBe(1)
  expect(end.error).toMatchObject({ line: 10, message: expect.stringContaining('[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `idd` cannot be resolved. Did you mean one of the following? [`id`]. SQLSTATE: 42703') })
  expect(end.error!.className).toMatch(/AnalysisException$/)
})

test('what is missing is named with its line', async () => {
  const { end } = await run(`from pyspark.sql import SparkSession
from pyspark.sql.functions import udf
spark = SparkSession.builder.getOrCreate()
twice = udf(lambda x: x * 2)
`)
  expect(end.error).toMatchObject({ line: 4, message: expect.stringContaining('pyspark.sql.functions.udf') })
  expect(end.error!.className).toBe('NotImplementedError')
})
