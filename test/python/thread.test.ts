import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeFrame, decodeFrame } from '../../engine/pyspark/codec.ts'
import type { PythonTask } from '../../engine/pyspark/contract.ts'
import { ensureSnapshot } from '../../engine/pyspark/snapshot.ts'
import { PythonWorker } from '../../engine/pyspark/worker.ts'
import { Lab, withContext } from './lab.ts'
import { LocalEngine } from './local-engine.ts'

let lab: Lab
beforeAll(async () => {
  lab = await Lab.open()
})
afterAll(() => lab.close())

it('frames keep values and bytes', () => {
  const value = { a: [1, null, 'é'], b: { deep: new Uint8Array([1, 2, 3]) }, list: [new Uint8Array(0), new Uint8Array([9])], gone: undefined }
  const back = decodeFrame(structuredClone(encodeFrame(value))) as typeof value
  expect(back).toEqual({ a: [1, null, 'é'], b: { deep: new Uint8Array([1, 2, 3]) }, list: [new Uint8Array(0), new Uint8Array([9])] })
  expect(back.b.deep.buffer.byteLength).toBe(3)
})

describe('a program thread', () => {
  it('shows output at once, partial lines too, before the call that follows', async () => {
    const engine = new LocalEngine(lab.worker)
    const seen: string[] = []
    const run: { out?: string } = {}
    engine.onCall = () => seen.push(run.out ?? '')
    const thread = lab.program(engine, run)
    const source = 'import time, sys\nprint("no newline", end="")\ntime.sleep(0.001)\nprint("é😀")\nsys.stderr.write("e")'
    await thread.run({ source, fileName: 'p.py', argv: [], cwd: lab.data, env: {} })
    await thread.terminate()
    expect(seen).toEqual(['no newline'])
    expect(run.out).toBe('no newlineé😀\n')
  })

  it('tells the line it is on: at calls, and in a tight loop', async () => {
    const run = await lab.run(`import time
time.sleep(0.001)
def wait():
    time.sleep(0.001)
wait()
end = time.time() + 0.5
while time.time() < end:
    pass
`)
    expect(run.lines.slice(0, 2)).toEqual([2, 4])
    expect(run.lines.some((line) => line === 7 || line === 8)).toBe(true)
    expect(run.lines.at(-1)).toBe(null)
  })

  it('parses without running', async () => {
    const thread = lab.program(new LocalEngine(lab.worker))
    expect(await thread.check('print(1)\n')).toEqual({ ok: true })
    expect(await thread.check('a = 1\nb = (2\nc = 3\n')).toEqual({ ok: false, message: "SyntaxError: '(' was never closed", line: 2, column: 5 })
    expect(await thread.check('if x:\n\ty\n        z\n')).toMatchObject({ ok: false, line: 3 })
    expect(await thread.check('x = "\0"')).toMatchObject({ ok: false, line: 1 })
    await thread.terminate()
  })

  it('has the arguments, the folder and the environment it is given, and no others', async () => {
    const run = await lab.run('import os, sys\nprint(sys.argv[1:], os.getcwd(), os.environ.get("A"), "PATH" in os.environ, __name__, os.path.basename(__file__))', {
      argv: ['program.py', 'x'], env: { A: 'b' }
    })
    expect(run.out).toBe(`['x'] ${lab.data} b False __main__ program.py\n`)
  })

  it('reads and writes its folder, and imports from it', async () => {
    await writeFile(join(lab.data, 'helper.py'), 'def twice(x): return 2 * x\n')
    const run = await lab.run('import helper\nopen("made.txt", "w").write(str(helper.twice(21)))\nprint(open("helper.py").read()[:3])')
    expect(run.out).toBe('def\n')
    expect(await readFile(join(lab.data, 'made.txt'), 'utf8')).toBe('42')
  })

  it('grows in the open: the size of its memory is known', async () => {
    const engine = new LocalEngine(lab.worker)
    const thread = lab.program(engine)
    await thread.ready
    const before = thread.memoryBytes()
    expect(before).toBeGreaterThan(20e6)
    await thread.run({ source: 'x = bytearray(50_000_000)', fileName: 'p.py', argv: [], cwd: lab.data, env: {} })
    expect(thread.memoryBytes()).toBeGreaterThan(before + 40e6)
    await thread.terminate()
  })

  it('raises MemoryError at the limit of its memory', async () => {
    const engine = new LocalEngine(lab.worker)
    const run: { out?: string } = {}
    const thread = lab.program(engine, run, 100_000_000)
    const source = 'try: bytearray(200_000_000)\nexcept MemoryError: print("no")\nprint(len(bytearray(20_000_000)))'
    await thread.run({ source, fileName: 'p.py', argv: [], cwd: lab.data, env: {} })
    expect(run.out).toBe('no\n20000000\n')
    expect(thread.memoryBytes()).toBeLessThanOrEqual(100_000_000)
    await thread.terminate()
  })

  it('ends where it is: in a loop, in a call', async () => {
    for (const source of ['while True: pass', 'import time\ntime.sleep(1000)']) {
      const thread = lab.program(new LocalEngine(lab.worker))
      await thread.ready
      const run = thread.run({ source, fileName: 'p.py', argv: [], cwd: lab.data, env: {} })
      const rejected = expect(run).rejects.toThrow('terminated')
      await thread.terminate()
      await rejected
    }
  })
})

describe('the sandbox', () => {
  const attempts = async (body: string): Promise<string[]> => {
    const run = await lab.run(`
def attempt(f):
    try: print("open", f())
    except BaseException as e: print(type(e).__name__, e)
${body}`)
    expect(run.err).toBe('')
    return run.out.trimEnd().split('\n')
  }

  it('has no way to JavaScript', async () => {
    const lines = await attempts(`
import importlib, sys
for name in ["js", "pyodide", "pyodide_js", "pyodide.code", "_pyodide", "_pyodide_core"]:
    attempt(lambda: importlib.import_module(name))
from kindling import host
attempt(lambda: host.functions.constructor.constructor("return process")())
attempt(lambda: host.functions.call.constructor("return globalThis")())
attempt(lambda: host.to_js([1]).constructor.constructor("return 1")())
attempt(lambda: host.to_js([1]).map.constructor("return 1")())
`)
    expect(lines.slice(0, 6)).toEqual(
      ['js', 'pyodide', 'pyodide_js', 'pyodide.code', '_pyodide', '_pyodide_core'].map((name) => `ModuleNotFoundError No module named '${name.split('.')[0]}'`)
    )
    expect(lines.slice(6).map((line) => line.includes("Code from text is closed in Kindling's Python"))).toEqual([true, true, true, true])
  })

  it('leaves no object of the host lying about', async () => {
    const run = await lab.run(`
import gc
kind = type(__import__("kindling.host", fromlist=["host"]).functions).__mro__
proxies = {}
for one in gc.get_objects():
    values = list(one.values()) if isinstance(one, dict) else list(one) if isinstance(one, (list, tuple)) else []
    for value in values:
        if any("JsProxy" in base.__name__ for base in type(value).__mro__):
            proxies[id(value)] = value
for proxy in proxies.values():
    for name in ("FS", "_module", "_api", "runPython", "loadPackage", "process", "globalThis", "require"):
        if hasattr(proxy, name): print(name, str(proxy)[:80])
print("looked at", len(proxies) > 0)
`)
    expect(run.out).toBe('looked at True\n')
  })

  it('has no processes and no network', async () => {
    const lines = await attempts(`
import os, subprocess, socket, urllib.request
attempt(lambda: subprocess.run(["ls"]))
attempt(lambda: os.system("echo hi > ${join('/tmp', 'kindling-escape')}"))
attempt(lambda: os.fork())
attempt(lambda: socket.create_connection(("127.0.0.1", 80), 1))
attempt(lambda: urllib.request.urlopen("http://127.0.0.1:80"))
attempt(lambda: os.kill(1, 9))
`)
    expect(lines).toHaveLength(6)
    for (const line of lines) expect(line).not.toMatch(/^open/)
  })

  it('sees its folders only, and no link leads out of them', async () => {
    await mkdir(join(lab.folder, 'secret'), { recursive: true })
    await writeFile(join(lab.folder, 'secret/key'), 'secret')
    await symlink(join(lab.folder, 'secret'), join(lab.data, 'link'))
    await symlink('../secret/key', join(lab.data, 'file-link'))
    await symlink(join(lab.data, 'inside.txt'), join(lab.data, 'inner-link'))
    await writeFile(join(lab.data, 'inside.txt'), 'inside')
    const lines = await attempts(`
import os
attempt(lambda: open("/etc/passwd").read())
attempt(lambda: open("../secret/key").read())
attempt(lambda: open("link/key").read())
attempt(lambda: open("file-link").read())
attempt(lambda: open("link/new", "w").write("x"))
attempt(lambda: os.symlink("/etc/passwd", "mine"))
attempt(lambda: os.rename("inside.txt", "../secret/moved"))
attempt(lambda: open("inner-link").read())
`)
    expect(lines.slice(0, 7).every((line) => /^(FileNotFoundError|PermissionError|OSError)/.test(line))).toBe(true)
    expect(lines[7]).toBe('open inside')
    expect(await readdir(join(lab.folder, 'secret'))).toEqual(['key'])
  })
})

describe('a task worker', () => {
  const task = (taskId: number, source: string): Promise<PythonTask> => taskOf(lab, taskId, source)

  it('kills the running task, in Python and in a call, and goes on', async () => {
    const engine = new LocalEngine(lab.worker)
    for (const body of ['while True: pass', 'time.sleep(1000)', 'while True:\n        try: time.sleep(1000)\n        except: pass']) {
      const printed = Promise.withResolvers<void>()
      const worker = new PythonWorker({
        threadEntry: lab.threadEntry, snapshot: lab.snapshot, folders: [lab.data], onOutput: (_, text) => text.includes('started') && printed.resolve()
      })
      const hanging = await task(1, `import time\ndef f(x):\n    print("started")\n    ${body}`)
      const answer = worker.run(hanging, engine.taskCalls())
      await printed.promise
      worker.interrupt('stage cancelled')
      expect(await answer).toEqual({ ok: false, failure: 'killed' })
      const next = await worker.run(await task(2, 'def f(x): return x'), engine.taskCalls())
      expect(next).toMatchObject({ ok: true, recordsRead: 1 })
      await worker.terminate()
    }
  })

  it('kills a task that waits its turn', async () => {
    const engine = new LocalEngine(lab.worker)
    const [first, second, third] = await Promise.all([
      task(1, 'import time\ndef f(x): time.sleep(0.2)'), task(2, 'def f(x): return x'), task(3, 'def f(x): return x')
    ])
    const runs = [first, second, third].map((one) => lab.worker.run(one, engine.taskCalls()))
    lab.worker.interrupt('speculation', 2)
    expect((await Promise.all(runs)).map((one) => one.ok)).toEqual([true, false, true])
  })

  it('tells who printed', async () => {
    const run = await lab.run(withContext('sc.parallelize([1, 2], 2).foreach(lambda x: print("see", x))'))
    expect(run.end.code).toBe(0)
    const ids = [...new Set(lab.taskOutput.map(({ taskId }) => taskId))]
    expect(ids).toHaveLength(2)
    expect(lab.taskOutput.map(({ text }) => text).join('')).toBe('see 1\nsee 2\n')
  })

  it('is ended by os._exit in a task, and a new thread takes the next', async () => {
    const engine = new LocalEngine(lab.worker)
    const exits: unknown[] = []
    const worker = new PythonWorker({
      threadEntry: lab.threadEntry, snapshot: lab.snapshot, folders: [lab.data], onOutput: () => undefined, onExecutorExit: (...exit) => exits.push(exit)
    })
    const dead = await worker.run(await task(1, 'import os\ndef f(x): os._exit(1)'), engine.taskCalls())
    expect(dead).toMatchObject({ ok: false, className: 'org.apache.spark.SparkException', message: expect.stringMatching(/^Python worker exited unexpectedly \(crashed\)/) })
    expect(exits).toEqual([])
    const killed = await worker.run(await task(3, 'import os\ndef f(x): os.kill(os.getppid(), 9)'), engine.taskCalls())
    expect(killed).toMatchObject({ ok: false })
    expect(exits).toEqual([[137, 'SIGKILL']])
    expect(await worker.run(await task(2, 'def f(x): return x'), engine.taskCalls())).toMatchObject({ ok: true })
    await worker.terminate()
  })

  it('turns rows of plans into Row and back (goal rows)', async () => {
    const engine = new LocalEngine(lab.worker)
    const schema = [{ name: 'n', dataType: 'long', nullable: true }, { name: 'word', dataType: 'string', nullable: true }] as const
    const base = await task(1, 'def f(row): return (row.n + 1, row.word.upper())')
    const rdds = base.stage.rdds.map((rdd) => (rdd.compute.kind === 'slices' ? { ...rdd, compute: { kind: 'dataframe' as const, planId: 0, schema: [...schema] } } : rdd))
    const answer = await lab.worker.run({ ...base, stage: { ...base.stage, id: 'rows', rdds }, slices: [], goal: { kind: 'rows', schema: [...schema] } }, engine.taskCalls())
    expect(answer).toMatchObject({ ok: true, rowsJson: '[[2,"ONE"],[3,"TWO"]]', recordsRead: 2 })
  })
})

describe('snapshots', () => {
  it('are made once, also when many ask', async () => {
    const directory = join(lab.folder, 'many')
    const files = await Promise.all([1, 2].map(() => ensureSnapshot({ threadEntry: lab.threadEntry, directory })))
    expect(new Set(files).size).toBe(1)
    expect(await readdir(directory)).toHaveLength(1)
    expect(await ensureSnapshot({ threadEntry: lab.threadEntry, directory })).toBe(files[0])
  })

  it('that are damaged are left aside, and made anew by the next who asks', async () => {
    const directory = join(lab.folder, 'damaged')
    const file = (await ensureSnapshot({ threadEntry: lab.threadEntry, directory }))!
    await writeFile(file, 'no snapshot')
    const snapshot = lab.snapshot
    lab.snapshot = file
    try {
      expect((await lab.run('print(1 + 1)')).out).toBe('2\n')
    } finally {
      lab.snapshot = snapshot
    }
    expect(await readdir(directory)).toEqual([])
    expect(await ensureSnapshot({ threadEntry: lab.threadEntry, directory })).toBe(file)
  })

  it('are given up quietly where they cannot be kept', async () => {
    await writeFile(join(lab.folder, 'a-file'), '')
    expect(await ensureSnapshot({ threadEntry: lab.threadEntry, directory: join(lab.folder, 'a-file', 'below') })).toBe(null)
    expect(await ensureSnapshot({ threadEntry: join(lab.folder, 'nothing.js'), directory: lab.folder })).toBe(null)
  })

  it('are not needed', async () => {
    const snapshot = lab.snapshot
    lab.snapshot = null
    try {
      const run = await lab.run('import random\nprint(1 + 1)')
      expect(run.out).toBe('2\n')
    } finally {
      lab.snapshot = snapshot
    }
  })

  it('do not make all threads draw the same numbers', async () => {
    const draws = await Promise.all([1, 2].map(() => lab.run('import random, uuid\nprint(random.random(), uuid.uuid4())')))
    expect(draws[0]!.out).not.toBe(draws[1]!.out)
  })
})

/** A task over one element whose pipeline maps `f` of this source over it. */
async function taskOf(lab: Lab, taskId: number, source: string): Promise<PythonTask> {
  const engine = new LocalEngine(lab.worker)
  const tasks: PythonTask[] = []
  engine.onTask = (task) => {
    tasks.push(task)
    return { ok: true, result: new Uint8Array(0), recordsRead: 0, recordsWritten: 0 }
  }
  const run = await lab.run(withContext(`${source}\nsc.parallelize([1], 1).map(f).collect()`), { engine })
  if (run.err) throw new Error(run.err)
  return { ...tasks[0]!, taskId }
}
