import { describe, expect, test } from 'vitest'
import { FAULTS, FAULT_NAMES, theFault } from '../../engine/faults/index.ts'
import { faultTitle } from '../../engine/view/fault-titles.ts'
import { EVENT_NAMES, eventText } from '../../engine/faults/event-names.ts'
import { nearest } from '../../engine/faults/nearest.ts'
import { FaultTextError, momentText, parseFault, targetText } from '../../engine/faults/parse.ts'
import { chooseTarget, matchesMoment, type Situation } from '../../engine/faults/strike.ts'

describe('the list of faults', () => {
  test('has a name, a key and sources for each', () => {
    expect(FAULT_NAMES.slice(0, 6)).toEqual(['crash-executor', 'oom-executor', 'oom-driver', 'kill-driver', 'fail-task', 'hang-executor'])
    expect(FAULTS.map((fault) => fault.key ?? '').join('')).toBe('cmdkfs')
    expect(new Set(FAULT_NAMES).size).toBe(FAULTS.length)
    for (const fault of FAULTS) expect(fault.sources.length > 0 && fault.sources.every((source) => /^\d+\.\d+$/.test(source))).toBe(true)
  })
})

test('the story calls the buttons what they are called', () => {
  expect(FAULT_NAMES.map(faultTitle)).toEqual(FAULTS.map((fault) => fault.title))
  expect(faultTitle('earthquake')).toBe('earthquake')
})

describe('parseFault', () => {
  test('reads name, target and moment', () => {
    expect(parseFault('crash-executor:2@stage=1')).toEqual({ fault: 'crash-executor', target: { kind: 'executor', id: '2' }, when: { at: 'stage', stage: 1, first: 'task' }, parameters: {}, repeat: 1, app: 1, heal: null, text: 'crash-executor:2@stage=1' })
    expect(parseFault('oom-executor:1.3@time=2.5s')).toMatchObject({ target: { kind: 'task', stage: 1, partition: 3 }, when: { at: 'time', ms: 2500 } })
    expect(parseFault('hang-executor:executor-4@task=0.7')).toMatchObject({ target: { kind: 'executor', id: '4' }, when: { at: 'task', stage: 0, partition: 7 } })
    expect(parseFault('kill-driver:driver@job=2')).toMatchObject({ target: { kind: 'driver' }, when: { at: 'job', job: 2 } })
    expect(parseFault('crash-executor@start').when).toEqual({ at: 'start' })
  })

  test('takes any executor, the driver, and now, where nothing is said', () => {
    expect(parseFault('crash-executor')).toMatchObject({ target: { kind: 'any' }, when: { at: 'now' } })
    expect(parseFault('  oom-driver@stage=0 ')).toMatchObject({ target: { kind: 'driver' }, when: { at: 'stage', first: 'submission' }, text: 'oom-driver@stage=0' })
    expect(parseFault('kill-driver:any').target).toEqual({ kind: 'driver' })
  })

  test.each([
    ['time=500ms', 500],
    ['time=1m', 60_000],
    ['time=0.25s', 250],
    ['time=.5s', 500],
    ['time=0s', 0]
  ])('%s is %d ms', (when, ms) => {
    expect(parseFault(`crash-executor@${when}`).when).toEqual({ at: 'time', ms })
  })

  test('a failing task named as moment is chosen from the start, for then its first attempt is the next one', () => {
    expect(parseFault('fail-task@task=1.3')).toMatchObject({ target: { kind: 'task', stage: 1, partition: 3 }, when: { at: 'start' } })
    expect(parseFault('fail-task:1.3@task=1.3')).toMatchObject({ target: { kind: 'task', stage: 1, partition: 3 }, when: { at: 'start' } })
    expect(parseFault('fail-task:0.1@task=1.3')).toMatchObject({ target: { kind: 'task', stage: 0, partition: 1 }, when: { at: 'task', stage: 1, partition: 3 } })
    expect(parseFault('fail-task@stage=2').when).toEqual({ at: 'stage', stage: 2, first: 'submission' })
  })

  test('takes options after commas or spaces, and a moment in words', () => {
    expect(parseFault('crash-executor@event=SparkListenerTaskEnd:3')).toMatchObject({ when: { at: 'event', event: 'SparkListenerTaskEnd', count: 3 } })
    expect(parseFault('crash-executor:1 at event SparkListenerTaskEnd 3 repeat 2')).toMatchObject({ target: { id: '1' }, when: { event: 'SparkListenerTaskEnd', count: 3 }, repeat: 2 })
    expect(parseFault('kill-driver@event=SparkListenerSQLExecutionEnd').when).toMatchObject({ event: 'org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd', count: 1 })
    expect(parseFault('hang-executor@stage 1 every heal 5s')).toMatchObject({ when: { at: 'stage', stage: 1 }, repeat: Infinity, heal: 5000 })
    expect(parseFault('hang-executor,heal=500ms')).toMatchObject({ when: { at: 'now' }, heal: 500 })
    expect(parseFault('crash-executor@task=any.3')).toMatchObject({ when: { at: 'task', stage: 'any', partition: 3 } })
  })

  const all = `The faults are: ${FAULT_NAMES.join(', ')}.`
  const targets = 'Write an executor id (2), a task as STAGE.PARTITION (1.3), or any.'
  const whens = 'Write start, job=N, stage=N, task=STAGE.PARTITION, time=2.5s or event=NAME:N.'
  const times = 'Write time=2.5s, time=500ms or time=1m.'
  test.each([
    ['', 'The fault is empty. Write NAME[:TARGET]@WHEN, for example crash-executor@stage=1.'],
    ['crash-exectuor@start', `There is no fault named "crash-exectuor". Did you mean crash-executor? ${all}`],
    ['crash@start', `There is no fault named "crash". Did you mean crash-executor? ${all}`],
    ['skewed-keys@start', 'Skewed keys are not a fault that strikes: they lie in the data, and the answer stays right. Open the scenario "Skewed keys" (scenarios/skewed-keys), or run its program: it shows the straggler, and what helps against it. slow-task and slow-executor make a straggler of any program.'],
    ['earthquake', `There is no fault named "earthquake". ${all}`],
    [':2@start', `":2@start" has no fault name. ${all}`],
    ['crash-executor:@start', `"crash-executor:@start" has a colon but no target after it. ${targets}`],
    ['crash-executor:two', `"two" is not a target. ${targets}`],
    ['crash-executor:1.2.3', `"1.2.3" is not a target. ${targets}`],
    ['crash-executor:-1', `"-1" is not a target. ${targets}`],
    ['crash-executor:driver@job=0', `crash-executor cannot strike the driver. ${targets}`],
    ['kill-driver:1@job=0', 'kill-driver cannot strike "1". kill-driver strikes the driver: leave the target out, or write driver.'],
    ['crash-executor@', `"crash-executor@" has an @ but no moment after it. ${whens}`],
    ['crash-executor@stagee=1', `"stagee=1" is not a moment. Did you mean stage? ${whens}`],
    ['crash-executor@whenever', `"whenever" is not a moment. ${whens}`],
    ['crash-executor@start=1', '"start" takes no value: write @start.'],
    ['crash-executor@stage', 'The number of the stage is missing. Write stage=N, counted from 0, or stage=any.'],
    ['crash-executor@job=first', '"first" is not the number of a job. Write job=N, counted from 0, or job=any.'],
    ['crash-executor@stage=1.5', '"1.5" is not the number of a stage. Write stage=N, counted from 0, or stage=any.'],
    ['crash-executor@task=3', '"3" is not a task. Write task=STAGE.PARTITION, for example task=1.3, or task=any.'],
    ['crash-executor@task', 'The task is missing. Write task=STAGE.PARTITION, for example task=1.3, or task=any.'],
    ['crash-executor@time', `The time is missing. ${times}`],
    ['crash-executor@time=soon', `"soon" is not a time. ${times}`],
    ['crash-executor@time=2', `"2" has no unit. ${times}`],
    ['crash-executor@time=2h', `"h" is not a unit of time. ${times}`],
    ['crash-executor@time=-2s', `"-2s" is not a time. ${times}`],
    ['crash-executor@event', 'The event is missing. Write event=NAME or event=NAME:N, for example event=SparkListenerTaskEnd:3.'],
    ['crash-executor@event=SparkListnerTaskEnd', `There is no event "SparkListnerTaskEnd" to wait for. Did you mean SparkListenerTaskEnd? The events are: ${EVENT_NAMES.map(eventText).join(', ')}.`],
    ['crash-executor@event=SparkListenerTaskEnd:0', '"0" does not say which SparkListenerTaskEnd. Write event=NAME or event=NAME:N, for example event=SparkListenerTaskEnd:3.'],
    ['crash-executor@stage=1,repeet=2', '"repeet=2" is not an option of crash-executor. Did you mean repeat? Write repeat=N or every.'],
    ['crash-executor@stage=1,repeat=none', '"none" is not a number of times. Write repeat=3, or every.'],
    ['crash-executor,every', '"now" comes only once: to strike again, name a moment that comes again, for example @task=any or @time=5s, which comes every 5 s.'],
    ['crash-executor@stage=1,heal=5s', `crash-executor does not last, so there is nothing to heal. Faults that can be healed: ${FAULTS.filter((fault) => fault.lasting !== undefined).map((fault) => fault.name).join(', ')}.`],
    ['hang-executor@stage=1,heal=5', '"5" has no unit. Write heal=2.5s, heal=500ms or heal=1m.'],
    ['fail-task:2@task=1.3', '"fail-task:2@task=1.3" names an executor and a task. For fail-task write fail-task:1.3@start.']
  ])('%j is refused with a sentence', (text, message) => {
    expect(() => parseFault(text)).toThrow(new FaultTextError(message))
  })

  test('is written back as it is read', () => {
    for (const text of ['crash-executor:2@stage=1', 'oom-executor:any@job=0', 'hang-executor:1.3@task=1.3', 'kill-driver:driver@time=2.5s', 'fail-task:0.1@start', 'crash-executor:any@now', 'crash-executor:any@event=SparkListenerTaskEnd:3,repeat=2', 'hang-executor:1@time=5s,every,heal=2.5s', 'crash-executor:any@task=any,every', 'crash-executor:any@task=1.any', 'kill-driver:driver@stage=any']) {
      const parsed = parseFault(text)
      expect(`${parsed.fault}:${targetText(parsed.target)}@${momentText(theFault(parsed.fault), parsed.when, parsed)}`).toBe(text)
    }
  })
})

test('nearest finds typing mistakes and parts of a name, and nothing far away', () => {
  expect(nearest('untill', ['until', 'title'])).toBe('until')
  expect(nearest('hang', FAULT_NAMES)).toBe('hang-executor')
  expect(nearest('zzz', FAULT_NAMES)).toBeUndefined()
})

describe('matchesMoment', () => {
  const matches = (text: string, moment: Parameters<typeof matchesMoment>[1]): boolean => matchesMoment(parseFault(text).when, moment)

  test('each moment starts what waits for it and nothing else', () => {
    expect(matches('crash-executor@start', { kind: 'start' })).toBe(true)
    expect(matches('crash-executor@start', { kind: 'job', job: 0 })).toBe(false)
    expect(matches('kill-driver@job=1', { kind: 'job', job: 1 })).toBe(true)
    expect(matches('kill-driver@job=1', { kind: 'job', job: 0 })).toBe(false)
    expect(matches('crash-executor@task=1.3', { kind: 'task', stage: 1, partition: 3, executorId: '0' })).toBe(true)
    expect(matches('crash-executor@task=1.3', { kind: 'task', stage: 1, partition: 2, executorId: '0' })).toBe(false)
    expect(matches('crash-executor@time=2s', { kind: 'time', t: 1999 })).toBe(false)
    expect(matches('crash-executor@time=2s', { kind: 'time', t: 2000 })).toBe(true)
  })

  test('any job, stage or task; an event by its name', () => {
    expect(matches('kill-driver@job=any', { kind: 'job', job: 7 })).toBe(true)
    expect(matches('kill-driver@stage=any', { kind: 'stage', stage: 4 })).toBe(true)
    expect(matches('crash-executor@task=any', { kind: 'task', stage: 1, partition: 3 })).toBe(true)
    expect(matches('crash-executor@task=1.any', { kind: 'task', stage: 0, partition: 3 })).toBe(false)
    expect(matches('crash-executor@event=SparkListenerTaskEnd', { kind: 'event', event: 'SparkListenerTaskEnd' })).toBe(true)
    expect(matches('crash-executor@event=SparkListenerTaskEnd', { kind: 'event', event: 'SparkListenerTaskStart' })).toBe(false)
  })

  test('a stage strikes the driver when submitted, an executor when one runs it', () => {
    expect(matches('kill-driver@stage=1', { kind: 'stage', stage: 1 })).toBe(true)
    expect(matches('crash-executor@stage=1', { kind: 'stage', stage: 1 })).toBe(false)
    expect(matches('crash-executor@stage=1', { kind: 'task', stage: 1, partition: 0, executorId: '0' })).toBe(true)
    expect(matches('crash-executor@stage=1', { kind: 'task', stage: 0, partition: 0, executorId: '0' })).toBe(false)
  })
})

describe('chooseTarget', () => {
  const running = (stage: number, ...partitions: number[]) => partitions.map((partition) => ({ taskId: stage * 100 + partition, stage, partition }))
  const situation: Situation = {
    driverAlive: true,
    executors: [
      { id: '0', alive: false, running: [] },
      { id: '2', alive: true, running: running(1, 0) },
      { id: '10', alive: true, running: running(0, 4, 5) },
      { id: '9', alive: true, running: running(0, 6, 7) }
    ]
  }
  const choose = (text: string, at: Situation = situation) => chooseTarget(parseFault(text), at)

  test('any: the executor that runs most, the lowest number among equals', () => {
    expect(choose('crash-executor')).toEqual({ strike: 'executor', executorId: '9' })
  })

  test('a chosen executor is that one, or a sentence', () => {
    expect(choose('crash-executor:2')).toEqual({ strike: 'executor', executorId: '2' })
    expect(choose('crash-executor:0')).toEqual({ strike: 'nothing', message: 'Executor 0 is already gone.' })
    const coming: Situation = { driverAlive: true, executors: [{ id: '1', alive: false, coming: true, running: [] }] }
    expect(choose('crash-executor:1@start', coming)).toEqual({ strike: 'wait', message: 'Executor 1 has not registered yet.' })
    expect(choose('crash-executor:1', coming)).toEqual({ strike: 'nothing', message: 'Executor 1 has not registered yet.' })
    expect(choose('crash-executor:7')).toEqual({ strike: 'nothing', message: 'There is no executor 7. Alive now: 2, 10, 9.' })
    expect(choose('crash-executor:7@job=1')).toMatchObject({ strike: 'wait' })
  })

  test('a task or a stage: one that is running it', () => {
    expect(choose('oom-executor:1.0')).toEqual({ strike: 'executor', executorId: '2' })
    expect(choose('crash-executor@stage=1')).toEqual({ strike: 'executor', executorId: '2' })
    expect(choose('crash-executor@task=0.4')).toEqual({ strike: 'executor', executorId: '10' })
    expect(choose('crash-executor:3.0')).toEqual({ strike: 'nothing', message: 'No executor is running task 3.0.' })
    expect(choose('crash-executor@stage=3')).toEqual({ strike: 'wait', message: 'No executor is running stage 3.' })
  })

  test('the moment itself may name the executor before the list knows', () => {
    const moment = { kind: 'task', stage: 3, partition: 0, executorId: '10' } as const
    expect(choose('crash-executor@stage=3', { ...situation, moment })).toEqual({ strike: 'executor', executorId: '10' })
  })

  test('driver and task faults need a driver', () => {
    const dead: Situation = { driverAlive: false, executors: [] }
    expect(choose('kill-driver')).toEqual({ strike: 'driver' })
    expect(choose('kill-driver', dead)).toEqual({ strike: 'nothing', message: 'There is no driver running.' })
    expect(choose('fail-task')).toEqual({ strike: 'task' })
    expect(choose('fail-task:1.3')).toEqual({ strike: 'task', stage: 1, partition: 3 })
    expect(choose('fail-task@stage=2')).toEqual({ strike: 'task', stage: 2 })
    expect(choose('fail-task:2@job=1')).toEqual({ strike: 'task', executorId: '2' })
    expect(choose('fail-task', dead)).toMatchObject({ strike: 'nothing' })
  })

  test('with no executor alive a waiting fault waits on, a button is answered', () => {
    const none: Situation = { driverAlive: true, executors: [] }
    expect(choose('crash-executor', none)).toEqual({ strike: 'nothing', message: 'There is no executor alive.' })
    expect(choose('crash-executor@start', none)).toEqual({ strike: 'wait', message: 'There is no executor alive.' })
  })
})
