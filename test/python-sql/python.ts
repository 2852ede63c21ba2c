/** CPython with our packages; the bridge writes down what is asked instead of asking. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadPyodide } from 'pyodide'
import type { LogicalPlan, Schema } from '../../engine/plans/contract.ts'

const root = fileURLToPath(new URL('../../engine/pyspark/python', import.meta.url))

/** Answers by call name: a value, or a function of the ask. `schema("id long, name string")` is what analyze answers. */
const fakeBridge = `
from kindling import bridge as _real

asks = []
answers = {}

def schema(text):
    from pyspark.sql._wire import schema_to_wire
    from pyspark.sql.types import StructType
    fields = schema_to_wire(StructType.fromDDL(text))
    return lambda ask: {"schema": fields}

def call_as(name, ask, java_method):
    asks.append([name, ask])
    if name == "startContext":
        return {"appId": "app-1", "master": "local[2]", "defaultParallelism": 2, "version": "4.1.0", "uiWebUrl": None, "conf": ask["conf"]}
    if name == "defaultParallelism":
        return {"value": 2}
    found = answers.get(name)
    return found(ask) if callable(found) else found

def asked(name):
    return [ask for one, ask in asks if one == name]

_real.call_as = call_as

class Lent:
    """What the thread lends Python, as far as making plans needs it."""
    counts = {}

    def nextId(self, of):
        self.counts[of] = self.counts.get(of, -1) + 1
        return self.counts[of]

from kindling import host
host.functions = Lent()
`

/** Each run starts with no session and these names: SparkSession, Row, Window, F, T, bridge, plan(df), failure(f). */
const prelude = `
import json
import fake_bridge as bridge
from pyspark.sql import SparkSession, Row, Window, functions as F, types as T
if SparkSession._instantiatedSession is not None and SparkSession._instantiatedSession._alive():
    SparkSession._instantiatedSession.stop()
from pyspark.sql.conf import SessionSettings
SessionSettings.forget()
bridge.asks.clear()
bridge.answers.clear()
bridge.answers["sqlConf"] = {"conf": {"spark.sql.shuffle.partitions": "200"}}
bridge.answers["analyze"] = bridge.schema("id long, name string")

def analyzed(ask):
    from pyspark.errors.exceptions.captured import captured
    answer = json.loads(analyzer(json.dumps(ask["plan"])))
    if "message" in answer:
        raise captured(answer["pythonClass"], answer["message"])
    return answer

def plain(plan):
    """A plan without ids, so that it can be compared."""
    if isinstance(plan, dict):
        return {key: plain(value) for key, value in plan.items() if key not in ("id", "frame")}
    return [plain(one) for one in plan] if isinstance(plan, list) else plan

def plan(df):
    """The topmost operator, its children by id."""
    return {key: value["id"] if isinstance(value, dict) and "op" in value else plain(value) for key, value in df._plan.items() if key != "id"}

def failure(f, *args, **kwargs):
    try:
        return ["no error", repr(f(*args, **kwargs))]
    except BaseException as error:
        return [type(error).__module__ + "." + type(error).__name__, str(error)]
`

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? sources(path) : name.endsWith('.py') ? [path] : []
  })
}

export interface Python {
  /** Runs a program after the prelude; answers its variable `out`, and what it printed. */
  run<T = unknown>(program: string): { out: T; stdout: string; stderr: string }
}

export type Analysis = { schema: Schema } | { pythonClass: string; message: string }

/** Starts CPython; takes about two seconds. Programs that set `bridge.answers["analyze"] = analyzed` ask the given analyzer. */
export async function startPython(analyzer?: (plan: LogicalPlan) => Analysis): Promise<Python> {
  const indexURL = dirname(createRequire(import.meta.url).resolve('pyodide/package.json'))
  const python = await loadPyodide({ indexURL, env: { HOME: '/home/learner', PYTHONHASHSEED: '0', TZ: 'UTC' } })
  const texts = Object.fromEntries(sources(root).map((path) => [relative(root, path), readFileSync(path, 'utf8')]))
  texts['fake_bridge.py'] = fakeBridge
  python.globals.set('texts', python.toPy(texts))
  python.runPython(`
import sys, types
finder = types.ModuleType("kindling.finder")
sys.modules["kindling.finder"] = finder
exec(compile(texts["kindling/finder.py"], "/spark/python/kindling/finder.py", "exec"), finder.__dict__)
finder.install(texts)
from kindling import callsite
callsite.program = "lesson.py"
`)
  python.globals.set('analyzer', (plan: string) => JSON.stringify(analyzer!(JSON.parse(plan) as LogicalPlan)))
  const written = { stdout: '', stderr: '' }
  python.setStdout({ write: (bytes) => ((written.stdout += new TextDecoder().decode(bytes)), bytes.length) })
  python.setStderr({ write: (bytes) => ((written.stderr += new TextDecoder().decode(bytes)), bytes.length) })
  return {
    run<T>(program: string) {
      written.stdout = written.stderr = ''
      python.globals.set('program_text', program)
      python.globals.set('prelude_text', prelude)
      const json = python.runPython(`
names = {"__name__": "__main__", "analyzer": analyzer}
exec(compile(prelude_text, "prelude.py", "exec"), names)
exec(compile(program_text, "lesson.py", "exec"), names)
sys.stdout.flush(); sys.stderr.flush()
names["json"].dumps(names.get("out"))
`) as string
      return { out: JSON.parse(json) as T, ...written }
    }
  }
}
