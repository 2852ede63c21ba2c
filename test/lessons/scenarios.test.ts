import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { parseScenario, problemText } from '../../engine/lessons/read.ts'
import { scenarioJsonSchema } from '../../engine/lessons/schema.ts'
import { loadScenarios } from '../../main/scenarios.ts'

const GOOD = `title: Small
summary: A small one.
group: Tests
order: 1
cluster:
  workers: 2
  coresPerWorker: 2
  memoryPerWorkerMb: 2048
conf:
  spark.driver.memory: 512m
  spark.driver.maxResultSize: 0
  spark.driver.supervise: true
faults:
  - crash-executor@stage=1
steps:
  - title: Run
    text: Press Run.
    until: run-started
    point: run
  - title: Break
    text: Press Crash.
    until: fault-struck
    point: fault:crash-executor
`

/** The good file with one piece replaced; where it went wrong, in sentences. */
function mistakes(from: string, to: string): string[] {
  expect(GOOD.split(from)).toHaveLength(2)
  const reading = parseScenario(GOOD.replace(from, to), 'x/lesson.yaml')
  return reading.ok ? [] : reading.problems.map(problemText)
}

describe('parseScenario', () => {
  test('reads a good file; settings become texts', () => {
    const reading = parseScenario(GOOD, 'x/lesson.yaml')
    expect(reading).toEqual({
      ok: true,
      scenario: {
        title: 'Small',
        summary: 'A small one.',
        group: 'Tests',
        order: 1,
        programName: 'program.py',
        cluster: { workers: 2, coresPerWorker: 2, memoryPerWorkerMb: 2048 },
        conf: { 'spark.driver.memory': '512m', 'spark.driver.maxResultSize': '0', 'spark.driver.supervise': 'true' },
        faults: ['crash-executor@stage=1'],
        steps: [
          { title: 'Run', text: 'Press Run.', until: 'run-started', point: 'run' },
          { title: 'Break', text: 'Press Crash.', until: 'fault-struck', point: 'fault:crash-executor' }
        ]
      }
    })
  })

  test.each([
    ['summary: A', 'sumary: A', ['x/lesson.yaml, line 1, summary: summary is missing. It must be a text.', 'x/lesson.yaml, line 2, sumary: There is no key "sumary" here. Did you mean summary?']],
    ['  workers: 2', '  wrokers: 2', ['x/lesson.yaml, line 6, cluster.workers: cluster.workers is missing. It must be a number.', 'x/lesson.yaml, line 6, cluster.wrokers: There is no key "wrokers" here. Did you mean workers?']],
    ['  workers: 2', '  workers: two', ['x/lesson.yaml, line 6, cluster.workers: cluster.workers must be a number, not "two".']],
    ['  workers: 2', '  workers: 2.5', ['x/lesson.yaml, line 6, cluster.workers: cluster.workers must be a whole number, not 2.5.']],
    ['  workers: 2', '  workers: 0', ['x/lesson.yaml, line 6, cluster.workers: cluster.workers must be 1 or more.']],
    ['  workers: 2', '  workers: 99', ['x/lesson.yaml, line 6, cluster.workers: cluster.workers must be 8 or less.']],
    ['title: Small', 'title: ""', ['x/lesson.yaml, line 1, title: title is empty.']],
    ['title: Small', 'title: [a, b]', ['x/lesson.yaml, line 1, title: title must be a text, not a list.']],
    ['title: Small', `title: ${'x'.repeat(81)}`, ['x/lesson.yaml, line 1, title: title is longer than 80 characters.']],
    ['title: Small', 'title: Small\nprogram: prog', ['x/lesson.yaml, line 2, program: program must be the name of a Python file beside this one, such as program.py, not "prog".']],
    ['title: Small', 'title: Small\nprogram: 3', ['x/lesson.yaml, line 2, program: program must be the name of a Python file beside this one, such as program.py, not 3.']],
    ['title: Small', 'title: Small\nprogram: []', ['x/lesson.yaml, line 2, program: program needs at least 1.']],
    ['title: Small', 'title: Small\nprogram:\n  - one.py\n  - two', ['x/lesson.yaml, line 4, program[1]: program[1] must be the name of a Python file beside this one, such as program.py, not "two".']],
    ['title: Small', 'title: Small\nprogram: [one.py, one.py]', ['x/lesson.yaml, line 2, program[1]: "one.py" is there twice: each program needs a file of its own.']],
    ['crash-executor@stage=1', 'crash-executor@stage=1,app=2', ['x/lesson.yaml, line 14, faults[0]: "crash-executor@stage=1,app=2" is for program 2, and the scenario has one program.']],
    ['until: fault-struck', 'until: fault-strikes', ['x/lesson.yaml, line 22, steps[1].until: steps[1].until cannot be "fault-strikes". Did you mean fault-struck? It must be one of: read, run-started, job-running, job-succeeded, stage-running, task-failed, executor-lost, executor-replaced, driver-died, driver-relaunched, run-ended, fault-struck, application-waits, side-by-side.']],
    ['    until: fault-struck\n', '', ['x/lesson.yaml, line 20, steps[1].until: steps[1].until is missing. It must be one of: read, run-started, job-running, job-succeeded, stage-running, task-failed, executor-lost, executor-replaced, driver-died, driver-relaunched, run-ended, fault-struck, application-waits, side-by-side.']],
    ['fault:crash-executor', 'fault:crash-exekutor', ['x/lesson.yaml, line 23, steps[1].point: steps[1].point cannot be "fault:crash-exekutor". Did you mean fault:crash-executor? It must be one of: run, stop, pause, step, speed, fault:crash-executor, fault:oom-executor, fault:oom-driver, fault:kill-driver, fault:fail-task, fault:hang-executor.']],
    ['    text: Press Run.', '    txt: Press Run.', ['x/lesson.yaml, line 16, steps[0].text: steps[0].text is missing. It must be a text.', 'x/lesson.yaml, line 17, steps[0].txt: There is no key "txt" here. Did you mean text?']],
    ['crash-executor@stage=1', 'crash-executor@stagee=1', ['x/lesson.yaml, line 14, faults[0]: "stagee=1" is not a moment. Did you mean stage? Write start, job=N, stage=N, task=STAGE.PARTITION, time=2.5s or event=NAME:N.']],
    ['crash-executor@stage=1', 'crash-executor', ['x/lesson.yaml, line 14, faults[0]: "crash-executor" does not say when. Add @start, @job=N, @stage=N, @task=STAGE.PARTITION, @time=2.5s or @event=NAME:N.']],
    ['spark.driver.memory: 512m', 'driver.memory: 512m', ['x/lesson.yaml, line 10, conf.driver.memory: "driver.memory" is not a setting. Settings begin with spark. or kindling., for example spark.executor.memory.']],
    ['spark.driver.memory: 512m', 'spark.driver.memory: [1, 2]', ['x/lesson.yaml, line 10, conf.spark.driver.memory: conf.spark.driver.memory must be a text, a number, true or false, not a list.']],
    ['group: Tests', 'group: Tests\ngroup: Twice', ['x/lesson.yaml, line 4: Map keys must be unique.']]
  ])('%j as %j', (from, to, expected) => {
    expect(mistakes(from, to)).toEqual(expected)
  })

  test('all mistakes are told, in the order of their lines', () => {
    const reading = parseScenario(GOOD.replace('workers: 2', 'workers: 0').replace('until: run-started', 'until: never').replace('title: Small', 'title: 5'), 'f')
    expect(reading.ok ? [] : reading.problems.map((p) => [p.line, p.key])).toEqual([
      [1, 'title'],
      [6, 'cluster.workers'],
      [18, 'steps[0].until']
    ])
  })

  test('a file that is no YAML, or no group of keys, says so', () => {
    const broken = parseScenario('title: "open\nsummary: x\n', 'f')
    expect(broken.ok ? null : broken.problems[0]!.line).toBeGreaterThan(0)
    const list = parseScenario('- a\n- b\n', 'f')
    expect(list.ok ? [] : list.problems.map(problemText)).toEqual(['f, line 1: The file must be a group of keys, not a list.'])
    const empty = parseScenario('', 'f')
    expect(empty.ok ? [] : empty.problems.map(problemText)).toEqual(['f, line 1: The file must be a group of keys, not empty.'])
  })

  test('columns point at the value', () => {
    const reading = parseScenario(GOOD.replace('workers: 2', 'workers: 0'), 'f')
    expect(reading.ok ? null : reading.problems[0]).toMatchObject({ line: 6, column: 12 })
  })
})

test('the JSON Schema names what must be there', () => {
  const schema = scenarioJsonSchema() as { required: string[]; properties: Record<string, unknown>; additionalProperties: boolean }
  expect(schema.required).toEqual(['title', 'summary', 'group', 'order', 'cluster', 'steps'])
  expect(Object.keys(schema.properties)).toContain('faults')
  expect(schema.additionalProperties).toBe(false)
})

describe('the scenarios that come with the lab', () => {
  const { scenarios, problems } = loadScenarios(fileURLToPath(new URL('../../scenarios', import.meta.url)))

  test('all load, in the order of the menu', () => {
    expect(problems).toEqual([])
    expect(scenarios.map((scenario) => scenario.id)).toEqual(['start-an-application', 'the-mini-example', 'a-crash-and-its-recovery', 'too-much-for-the-driver', 'supervised-driver', 'skewed-keys', 'two-applications'])
  })

  test('every step says what to look at, and the first one points at Run', () => {
    for (const scenario of scenarios) {
      expect(scenario.steps[0], scenario.id).toMatchObject({ until: 'run-started', point: 'run' })
      expect(scenario.program, scenario.id).toContain('spark.stop()')
    }
  })

  test('data files are those the program reads', () => {
    for (const scenario of scenarios) {
      const read = [...scenario.program.matchAll(/"(data\/[^"]+)"/g)].map((match) => match[1])
      expect(scenario.files, scenario.id).toEqual(read)
    }
  })
})

describe('loadScenarios', () => {
  let folder: string | undefined
  afterEach(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true })
    folder = undefined
  })

  test('a broken scenario is told of and the others load', () => {
    folder = mkdtempSync(join(tmpdir(), 'kindling-scenarios-'))
    const add = (id: string, files: Record<string, string>): void => {
      mkdirSync(join(folder!, id))
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder!, id, name), text)
    }
    add('good', { 'lesson.yaml': GOOD, 'program.py': 'print(1)\n' })
    add('bad', { 'lesson.yaml': GOOD.replace('workers: 2', 'workers: 0'), 'program.py': '' })
    add('no-program', { 'lesson.yaml': GOOD })
    add('empty', {})
    const { scenarios, problems } = loadScenarios(folder)
    expect(scenarios.map((scenario) => [scenario.id, scenario.program, scenario.files])).toEqual([['good', 'print(1)\n', []]])
    const name = folder.split('/').at(-1)
    expect(problems).toEqual([
      `${name}/bad/lesson.yaml, line 6, cluster.workers: cluster.workers must be 1 or more.`,
      `${name}/empty/lesson.yaml is missing or cannot be read.`,
      `${name}/no-program/lesson.yaml, program: there is no program.py beside it.`
    ])
  })

  test('a folder that is not there is one sentence', () => {
    expect(loadScenarios('/nowhere/at/all')).toEqual({ scenarios: [], problems: ['The scenario folder /nowhere/at/all cannot be read.'] })
  })
})
