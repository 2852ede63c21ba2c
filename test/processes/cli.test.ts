import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LogReader } from '../../engine/events/codec.ts'
import { alive } from './lab.ts'

const CLI = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.js')

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'kindling-cli-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

interface Called {
  code: number | null
  stdout: string
  stderr: string
}

/** Calls the command as a shell would. `watch` sees stderr grow and may act on it. */
function kindling(args: string[], watch?: (stderr: string, kill: (signal: NodeJS.Signals) => void) => void): Promise<Called> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, ...args], { cwd: root, env: { ...process.env, KINDLING_HOME: join(root, 'home') }, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString()
      watch?.(stderr, (signal) => child.kill(signal))
    })
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

const program = (name: string, text: string): string => {
  writeFileSync(join(root, name), text)
  return name
}

const SUM = `
import sys
from pyspark import SparkContext
sc = SparkContext(appName="sum")
print(sc.parallelize(range(8), 4).map(lambda x: x * 2).reduce(lambda a, b: a + b), sys.argv[1:])
`

describe('kindling run', () => {
  test('output on stdout, the story on stderr, arguments after --', async () => {
    const called = await kindling(['run', program('sum.py', SUM), '--workers', '1', '--cores', '2', '--event-log', 'logs', '--', 'one', '--two'])
    expect(called.stdout).toBe("56 ['one', '--two']\n")
    expect(called.code).toBe(0)
    expect(called.stderr).toContain('The Master starts executor 0 on worker-1')
    // Nothing is told twice.
    const told = called.stderr.trim().split('\n')
    expect(told).toEqual([...new Set(told)])
    expect(called.stderr).not.toMatch(/\n\s+at /)
    expect(readdirSync(join(root, 'logs'))).toEqual([expect.stringMatching(/^app-\d{14}-\d{4}$/)])
  })

  test('a fault by the command line', async () => {
    const called = await kindling(['run', program('sum.py', SUM), '--fault', 'crash-executor@task=0.2', '--conf', 'kindling.task.pace=200ms'])
    expect(called.stdout).toBe('56 []\n')
    expect(called.stderr).toMatch(/Fault crash-executor, as asked on the command line, strikes executor \d \(SIGKILL to pid \d+\)/)
  })

  test('--quiet leaves only what the program says', async () => {
    const called = await kindling(['run', program('sum.py', SUM), '--quiet'])
    expect(called).toEqual({ code: 0, stdout: '56 []\n', stderr: '' })
  })

  test('the exit status is the program’s own', async () => {
    expect((await kindling(['run', program('seven.py', 'import sys\nprint("bye")\nsys.exit(7)\n')])).code).toBe(7)
  })

  test('a nameless application is called as its file, everywhere', async () => {
    const text = 'from pyspark import SparkContext, SparkConf\nsc = SparkContext()\nprint(sc.appName, sc.getConf().get("spark.app.name"), SparkConf().get("spark.app.name"))\n'
    const called = await kindling(['run', program('nameless.py', text), '--event-log', 'nameless'])
    expect(called.stdout).toBe('nameless.py nameless.py nameless.py\n')
    expect(called.stderr).toContain('The application “nameless.py” is registered')
  })

  test('a program reads and writes beside where the person stands, as with spark-submit', async () => {
    mkdirSync(join(root, 'elsewhere'), { recursive: true })
    writeFileSync(join(root, 'elsewhere', 'writes.py'), 'open("out.txt", "w").write("here")\n')
    expect(await kindling(['run', join('elsewhere', 'writes.py'), '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(readFileSync(join(root, 'out.txt'), 'utf8')).toBe('here')
  })

  test('a mistake is told once with its line', async () => {
    const broken = await kindling(['run', program('broken.py', 'x = 1\nx = = 2\n')])
    expect(broken.stderr).toContain('The run is over, the program failed (exit code 1): SyntaxError: invalid syntax (line 2).')
    const absent = await kindling(['run', program('absent.py', 'from pyspark import SparkContext\nSparkContext().statusTracker()\n')])
    expect(absent.stderr).toContain('(exit code 1): NotImplementedError: SparkContext.statusTracker is not in Kindling (line 2).')
    const empty = await kindling(['run', program('empty.py', 'raise MemoryError()\n')])
    expect(empty.stderr).toContain('The program stops in line 1 with MemoryError.')
    expect(empty.stderr).toContain('(exit code 1): MemoryError (line 1).')
  })

  test.each([['yarn', 'Kindling has no YARN'], ['local[0]', 'Asked to run locally with 0 threads'], ['foo', "Could not parse Master URL: 'foo'"]])('the last sentence of a run on %s names what is wrong', async (master, what) => {
    const called = await kindling(['run', program('master.py', `from pyspark import SparkContext\nSparkContext("${master}", "m")\n`)])
    expect(called.stderr.trim().split('\n').at(-1)).toContain(`(exit code 1): SparkException: ${what}`)
  })

  test('--version', async () => {
    expect(await kindling(['--version'])).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' })
  })

  test('Ctrl-C ends the run and every process of it', async () => {
    const slow = program('slow.py', 'import time\nfrom pyspark import SparkContext\nsc = SparkContext(appName="slow")\nsc.parallelize([1], 1).foreach(lambda x: time.sleep(600))\n')
    let sent = false
    const called = await kindling(['run', slow, '--event-log', 'interrupted'], (stderr, kill) => {
      if (!sent && stderr.includes('Stage 0 starts')) {
        sent = true
        kill('SIGINT')
      }
    })
    expect(called.code).toBe(130)
    const [log] = readdirSync(join(root, 'interrupted'))
    const pids = new LogReader().push(readFileSync(join(root, 'interrupted', log!), 'utf8')).flatMap((event) => (event.Event === 'kindling.ProcessSpawned' ? [event.pid] : []))
    expect(pids.length).toBeGreaterThanOrEqual(2)
    for (const pid of pids) expect(alive(pid)).toBe(false)
  })
})

describe('output that nobody reads', () => {
  test('as with `| head -1`: the run ends without a stack trace, exit status 141, no process is left', async () => {
    const talk = program('talk.py', 'from pyspark import SparkContext\nsc = SparkContext(appName="talk")\nwhile True: print("on and on")\n')
    const child = spawn(process.execPath, [CLI, 'run', talk, '--event-log', 'unread'], { cwd: root, env: { ...process.env, KINDLING_HOME: join(root, 'home') }, stdio: ['ignore', 'pipe', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
    child.stdout.once('data', () => child.stdout.destroy())
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(code).toBe(141)
    expect(stderr).not.toMatch(/\n\s+at /)
    const [log] = readdirSync(join(root, 'unread'))
    for (const event of new LogReader().push(readFileSync(join(root, 'unread', log!), 'utf8'))) if (event.Event === 'kindling.ProcessSpawned') expect(alive(event.pid)).toBe(false)
  })
})

describe('what is wrong is said in a sentence, exit status 2', () => {
  const refused = (name: string, args: () => string[], sentence: RegExp): void => {
    test(name, async () => {
      const called = await kindling(args())
      expect(called.stdout).toBe('')
      expect(called.stderr).toMatch(sentence)
      expect(called.stderr).not.toMatch(/\n\s+at /)
      expect(called.code).toBe(2)
    })
  }
  refused('a missing file', () => ['run', 'nowhere.py'], /There is no file .*nowhere\.py\./)
  refused('a folder', () => { mkdirSync(join(root, 'folder'), { recursive: true }); return ['run', 'folder'] }, /is a folder; give the program's file/)
  refused('a fault that is none', () => ['run', program('sum.py', SUM), '--fault', 'crash-exeuctor@stage=1'], /There is no fault named "crash-exeuctor"\. Did you mean crash-executor\?/)
  refused('a moment that is none', () => ['run', program('sum.py', SUM), '--fault', 'crash-executor@stag=1'], /stag/)
  refused('a setting without a value', () => ['run', program('sum.py', SUM), '--conf', 'spark.task.maxFailures'], /write KEY=VALUE/)
  refused('a setting Spark refuses', () => ['run', program('sum.py', SUM), '--conf', 'spark.task.maxFailures=many'], /The value 'many' in the config "spark\.task\.maxFailures" is invalid/)
  refused('a setting of ours that is none', () => ['run', program('sum.py', SUM), '--conf', 'kindling.nope=1'], /^kindling: Kindling has no setting kindling\.nope\. Its own are kindling\./)
  refused('a log folder that is a file', () => { writeFileSync(join(root, 'a-file'), ''); return ['run', program('sum.py', SUM), '--event-log', 'a-file'] }, /^kindling: The event log cannot be written to .*a-file is a file\.\n$/)
  refused('no such command', () => ['rum'], /unknown command 'rum'/)
  refused('a log that is not there', () => ['events', 'nowhere'], /There is no log .*nowhere\./)
  refused('a log that is none', () => { writeFileSync(join(root, 'none'), 'hello\nworld\n'); return ['events', 'none'] }, /^kindling: \S*none is no event log: none of its lines is an event\.\n$/)
  refused('a folder as a log', () => { mkdirSync(join(root, 'folder'), { recursive: true }); return ['events', 'folder'] }, /is a folder; give one of the logs in it\./)
})

describe('the log', () => {
  test('kindling events tells its story again', async () => {
    const run = await kindling(['run', program('sum.py', SUM), '--event-log', 'told'])
    const [log] = readdirSync(join(root, 'told'))
    const told = await kindling(['events', join('told', log!)])
    expect(told.code).toBe(0)
    for (const line of told.stdout.trim().split('\n')) expect(run.stderr).toContain(line)
    expect(told.stdout).toContain('Stage 0: all 4 tasks done.')
  })

  test('after kill -9 of the lab the log up to then can be read, and no process is left', async () => {
    const slow = program('endless.py', 'import time\nfrom pyspark import SparkContext\nsc = SparkContext(appName="endless")\nprint(sc.parallelize([1], 1).map(lambda x: time.sleep(600)).count())\n')
    let sent = false
    const called = await kindling(['run', slow, '--event-log', 'killed'], (stderr, kill) => {
      if (!sent && stderr.includes('Stage 0 starts')) {
        sent = true
        kill('SIGKILL')
      }
    })
    expect(called.code).toBeNull()
    const [log] = readdirSync(join(root, 'killed'))
    expect(log).toMatch(/\.inprogress$/)
    const told = await kindling(['events', join('killed', log!)])
    expect(told.code).toBe(0)
    expect(told.stdout).toContain('Stage 0 starts')
    const pids = new LogReader().push(readFileSync(join(root, 'killed', log!), 'utf8')).flatMap((event) => (event.Event === 'kindling.ProcessSpawned' ? [event.pid] : []))
    expect(pids.length).toBeGreaterThanOrEqual(2)
    // They leave when their line to the lab is cut; wait for that, not for a time.
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = setInterval(() => {
      if (pids.some(alive)) return
      clearInterval(look)
      resolve()
    }, 50)
    await promise
  })
})
