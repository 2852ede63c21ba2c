import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Lab, withContext } from './lab.ts'
import { LocalEngine } from './local-engine.ts'

let lab: Lab
let file: string
beforeAll(async () => {
  lab = await Lab.open()
  file = join(lab.data, 'program.py')
})
afterAll(() => lab.close())

describe('a task that raises', () => {
  const program = withContext(`def divide(x):
    return 10 / x
rdd = sc.parallelize([1, 0], 2)
rdd.map(lambda x: divide(x)).collect()
`)

  it('answers PythonException with the lines of the program and nothing of ours (§11.2)', async () => {
    const run = await lab.run(program)
    expect(run.engine.answers.at(-1)).toEqual({
      ok: false,
      failure: 'exception',
      className: 'org.apache.spark.api.python.PythonException',
      message: [
        'Traceback (most recent call last):',
        `  File "${file}", line 6, in <lambda>`,
        '    rdd.map(lambda x: divide(x)).collect()',
        '                      ~~~~~~^^^',
        `  File "${file}", line 4, in divide`,
        '    return 10 / x',
        '           ~~~^~~',
        'ZeroDivisionError: division by zero',
        ''
      ].join('\n'),
      traceback: expect.stringContaining('ZeroDivisionError')
    })
  })

  it('reaches the driver as Py4JJavaError, worded as PySpark words it', async () => {
    const run = await lab.run(program)
    expect(run.end.code).toBe(1)
    expect(run.end.error).toMatchObject({ className: 'py4j.protocol.Py4JJavaError', line: 6 })
    expect(run.end.error!.message).toMatch(
      /^An error occurred while calling z:org\.apache\.spark\.api\.python\.PythonRDD\.collectAndServe\.\n: org\.apache\.spark\.SparkException: Job aborted due to stage failure: Task 1 in stage 0\.0 failed/
    )
    expect(run.err).toContain(`  File "${file}", line 6, in <module>`)
    expect(run.err).toContain('/spark/python/pyspark/core/actions.py')
    expect(run.err).not.toContain('/kindling/')
    expect(run.engine.stopped).toBe(0)
  })

  it('can be caught, and the context lives on (§5.27)', async () => {
    const run = await lab.run(
      withContext(`
from py4j.protocol import Py4JJavaError
acc = sc.accumulator(0)
def f(x):
    acc.add(x)
    assert x != 3
    return x
try:
    sc.parallelize([1, 2, 3], 3).map(f).collect()
except Py4JJavaError as e:
    print("AssertionError" in str(e), e.java_exception.getClass().getName(), acc.value)
print(sc.parallelize([1]).collect())
`)
    )
    expect(run.out).toBe('True org.apache.spark.SparkException 3\n[1]\n')
    expect(run.end).toEqual({ code: 0 })
  })

  it('names the method that was called', async () => {
    const run = await lab.run(
      withContext(`
def err(action):
    try: action()
    except Exception as e: print(str(e).split(".\\n")[0])
bad = sc.parallelize([1], 1).map(lambda x: 1 / 0)
err(lambda: bad.take(1))
err(lambda: list(bad.toLocalIterator()))
err(lambda: bad.saveAsTextFile("broken"))
err(lambda: sc.textFile("no-such-file").count())
err(lambda: sc.textFile("no-such-file").getNumPartitions())
err(lambda: bad.cache().persist(StorageLevel.DISK_ONLY))
err(lambda: sc.parallelize([1], 1).checkpoint())
`)
    )
    expect(run.out.split('\n')).toEqual([
      'An error occurred while calling z:org.apache.spark.api.python.PythonRDD.runJob',
      'An error occurred while calling z:org.apache.spark.api.python.PythonRDD.toLocalIteratorAndServe',
      expect.stringMatching(/^An error occurred while calling o\d+\.saveAsTextFile$/),
      'An error occurred while calling z:org.apache.spark.api.python.PythonRDD.collectAndServe',
      expect.stringMatching(/^An error occurred while calling o\d+\.partitions$/),
      expect.stringMatching(/^An error occurred while calling o\d+\.persist$/),
      expect.stringMatching(/^An error occurred while calling o\d+\.checkpoint$/),
      ''
    ])
  })

  it('may raise anything: SystemExit, StopIteration, deep recursion', async () => {
    const run = await lab.run(
      withContext(`
import sys
def deep(x): return deep(x + 1)
def stop(x): raise StopIteration
for f in (lambda x: sys.exit(3), stop, deep, lambda x: bytearray(1 << 40)):
    try: sc.parallelize([1, 2], 1).map(f).collect()
    except Exception as e: print([l for l in str(e).splitlines() if "Error" in l or "SystemExit" in l][-1][:60])
print(sc.parallelize([1], 1).collect())
`)
    )
    expect(run.out.split('\n')).toEqual([
      'SystemExit: 3', 'RuntimeError: generator raised StopIteration', 'RecursionError: maximum recursion depth exceeded',
      'OverflowError: cannot fit \'int\' into an index-sized integer', '[1]', ''
    ])
  })
})

describe('how a program ends', () => {
  const ends = async (source: string) => {
    const { end, err, out, exit, engine } = await lab.run(source)
    return { code: end.code, error: end.error?.className, err, out, exit, stopped: engine.stopped }
  }

  it('sys.exit gives its code, or 1 and its text', async () => {
    expect(await ends('import sys\nprint("a", end="")\nsys.exit(7)')).toMatchObject({ code: 7, out: 'a', err: '', error: undefined })
    expect(await ends('raise SystemExit("no more")')).toMatchObject({ code: 1, err: 'no more\n' })
    expect(await ends('import sys\nsys.exit()')).toMatchObject({ code: 0, err: '' })
  })

  it('an uncaught exception prints its traceback', async () => {
    const run = await lab.run('def f():\n    raise KeyError("k")\nf()\n')
    expect(run.end).toEqual({ code: 1, error: { className: 'KeyError', message: "'k'", traceback: run.err, line: 2 } })
    expect(run.err).toBe(
      ['Traceback (most recent call last):', `  File "${file}", line 3, in <module>`, '    f()', '    ~^^', `  File "${file}", line 2, in f`, '    raise KeyError("k")', "KeyError: 'k'", ''].join('\n')
    )
  })

  it('a program that does not parse says where', async () => {
    const run = await lab.run('x = 1\nif x\n    y\n')
    expect(run.end).toMatchObject({ code: 1, error: { className: 'SyntaxError', line: 2 } })
    expect(run.err).toBe(`  File "${file}", line 2\n    if x\n        ^\nSyntaxError: expected ':'\n`)
  })

  it('exit handlers run, then the context is stopped', async () => {
    const run = await lab.run(withContext('import atexit\natexit.register(lambda: print("bye", sc.parallelize([1], 1).count()))'))
    expect(run.out).toBe('bye 1\n')
    expect(run.engine.stopped).toBe(0)
    expect(run.engine.calls.at(-1)).toBe('stopContext')
  })

  it('a crash of the interpreter is a segmentation fault', async () => {
    const run = await lab.run('import ctypes\nctypes.string_at(1 << 31)')
    expect(run.end).toMatchObject({ code: 139, error: { className: 'SystemError' } })
    expect(run.err).toMatch(/^Fatal Python error: /)
  })

  it('deep recursion is no crash', async () => {
    const run = await lab.run('x = []\nfor i in range(50_000): x = [x]\nprint(len(repr(x)))\ndef f(n): return f(n + 1)\ntry: f(0)\nexcept RecursionError: print("caught")')
    expect(run).toMatchObject({ out: '100002\ncaught\n', end: { code: 0 } })
  })

  it('os._exit, os.abort and a signal to itself end the process, not the thread alone', async () => {
    expect((await ends('import os\nprint("x")\nos._exit(3)\nprint("never")')).exit).toEqual({ code: 3 })
    expect((await ends('import os, signal\nos.kill(os.getpid(), signal.SIGKILL)')).exit).toEqual({ code: 137, signal: 'SIGKILL' })
    expect((await ends('import os\nos.abort()')).exit).toEqual({ code: 134, signal: 'SIGABRT' })
  })
})

describe('what is not here', () => {
  const error = async (body: string) => (await lab.run(withContext(body))).end.error

  it('is named, with the line', async () => {
    expect(await error('rdd = sc.parallelize([1])\nrdd.pipe("cat")')).toMatchObject({
      className: 'NotImplementedError', message: 'RDD.pipe is not in Kindling', line: 4
    })
    expect(await error('import pyspark.ml')).toMatchObject({ className: 'NotImplementedError', message: 'pyspark.ml is not in Kindling' })
    expect(await error('from pyspark.streaming import StreamingContext')).toMatchObject({ message: 'pyspark.streaming is not in Kindling' })
    expect(await error('from pyspark import SparkFiles')).toMatchObject({ message: 'pyspark.SparkFiles is not in Kindling' })
    expect(await error('import threading\nthreading.Thread(target=print).start()')).toMatchObject({ message: 'threading.Thread is not in Kindling: its Python has one thread; call one action after another', line: 4 })
    expect(await error('sc.addPyFile("x.py")')).toMatchObject({ message: 'SparkContext.addPyFile is not in Kindling' })
  })

  it('is not a mistyped name, which Python words as ever', async () => {
    expect(await error('sc.parallelize([1]).colect()')).toMatchObject({ className: 'AttributeError', message: "'RDD' object has no attribute 'colect'" })
    expect(await error('import pyspark.nothing')).toMatchObject({ className: 'ModuleNotFoundError' })
    expect((await lab.run(withContext('print(hasattr(sc.parallelize([1]), "pipe"))'))).out).toBe('False\n')
  })
})

describe('contexts', () => {
  it('are one at a time (§1.4, §1.6), and one after another (§1.7)', async () => {
    const run = await lab.run(`from pyspark import SparkContext, SparkConf
sc = SparkContext("local[2]", "first")
try: SparkContext(appName="second")
except ValueError as e: print(e)
print(SparkContext.getOrCreate() is sc)
sc.stop()
try: sc.parallelize([1])
except Exception as e: print(str(e).strip())
with SparkContext(conf=SparkConf().setAppName("third").set("spark.x", 1)) as sc:
    print(sc.appName, sc.getConf().get("spark.x"), sc.parallelize([1], 1).id(), sc)
print(SparkContext._active_spark_context)
`)
    expect(run.out.split('\n')).toEqual([
      `Cannot run multiple SparkContexts at once; existing SparkContext(app=first, master=local[2]) created by __init__ at ${file}:2 `,
      'True',
      expect.stringMatching(/^An error occurred while calling o\d+\.sc\.$/), ': java.lang.IllegalStateException: Cannot call methods on a stopped SparkContext.',
      'third 1 0 <SparkContext master=spark://lab:7077 appName=third>',
      'None',
      ''
    ])
  })

  it('are not for tasks (§1.5)', async () => {
    const run = await lab.run(
      withContext(`
def f(x):
    from pyspark import SparkContext
    return SparkContext.getOrCreate()
sc.parallelize([1], 1).map(f).collect()
`)
    )
    expect(run.end.error!.message).toContain('[CONTEXT_ONLY_VALID_ON_DRIVER] It appears that you are attempting to reference SparkContext')
  })

  it('take what spark-submit gave as defaults', async () => {
    const run = await lab.run('from pyspark import SparkConf\nc = SparkConf().set("spark.b", True)\nprint(c.get("spark.a"), c.get("spark.b"), c.contains("spark.c"), SparkConf(False).getAll())', {
      conf: { 'spark.a': '1' }
    })
    expect(run.out).toBe('1 true False []\n')
  })
})

it('shuffle blocks that are gone end the task as fetch-failed, whatever user code catches (§5.12)', async () => {
  const engine = new LocalEngine(lab.worker)
  engine.loseOnce.add(0)
  const run = await lab.run(
    withContext(`
def swallow(it):
    try:
        return list(it)
    except:
        return ["swallowed"]
print(sorted(sc.parallelize([(1, 1), (2, 2)], 2).partitionBy(2).mapPartitions(swallow).collect()))
`),
    { engine }
  )
  expect(run.out).toBe('[(1, 1), (2, 2)]\n')
  expect(engine.answers.filter((answer) => !answer.ok)).toEqual([{ ok: false, failure: 'fetch-failed', detail: 0 }])
})
