import { describe, expect, test } from 'vitest'
import type { BareEvent, LabEvent } from '../../engine/events/index.ts'
import { foldAll } from '../../engine/view/fold.ts'
import { storyText } from '../../engine/view/story.ts'
import { shortSite } from '../../engine/view/words.ts'
import type { RunView } from '../../engine/view/types.ts'
import { crashInMapStage, driverKilled, driverRelaunched, ABORTED, failsFourTimes, hangs, kill, localMode, map, result, running, skippedStage, task } from './fixtures/appendix-b.ts'
import { crashRun } from './fixtures/crash-run.ts'
import { exception, fetchFailed } from './fixtures/script.ts'

/** Sentences from a time on; level 1 unless all are asked for. */
function story(events: LabEvent[], from = 0, all = false): string[] {
  return foldAll(events)
    .story.filter((line) => line.t >= from && (all || line.level === 1))
    .map(storyText)
}

/** What one more event is told as, with its tone and level. */
function told(view: () => LabEvent[], ...events: BareEvent[]): string[] {
  const before = view()
  const after = foldAll([...before, ...events.map((event, at): LabEvent => ({ ...event, Kindling: { id: `new:${at}`, t: 500 } }))])
  return after.story.filter((line) => line.event.startsWith('new:')).map((line) => `${line.tone} ${line.level}: ${storyText(line)}`)
}

describe('the story of a crash', () => {
  test('is told in a dozen sentences', () => {
    expect(story(crashRun())).toEqual([
      'program.py starts; a cluster of 2 workers with 2 cores each is there for it.',
      'The driver starts as process 4121.',
      'The Master starts executor 0 on worker-1 with 2 cores and 512 MB.',
      'The Master starts executor 1 on worker-2 with 2 cores and 512 MB.',
      'The application “word count” is registered as app-20260115090001-0000.',
      'Executor 0 has registered with the driver and can run 2 tasks at a time.',
      'Executor 1 has registered with the driver and can run 2 tasks at a time.',
      'Job 0 starts with 2 stages: collect at program.py:10.',
      'Stage 0 starts with 6 tasks: reduceByKey at program.py:8.',
      'Stage 0: all 6 tasks done.',
      'Stage 1 starts with 4 tasks: collect at program.py:10.',
      'You pressed Crash executor: executor 1.',
      'Executor 1 was killed (SIGKILL, exit code 137). Tasks 1 and 3 of stage 1 were on it; they go back in the queue.',
      'The Master starts executor 2 on worker-2 in its place.',
      'Gone with executor 1: 3 map outputs of shuffle 0.',
      'Task 0 of stage 1 wants shuffle data from executor 1 that is gone: stage 1 waits.',
      'Executor 2 has registered with the driver and can run 2 tasks at a time.',
      'Stage 0 runs 3 lost tasks again, not all 6.',
      'Stage 0: all 3 lost tasks are done again.',
      'Stage 1 starts again for the 3 tasks still missing; 1 of 4 is done.',
      'Stage 1: all 4 tasks done.',
      'Job 0 is done after 6.2 s.',
      'The run is over: the program finished.'
    ])
  })

  test('has more in detail', () => {
    const detail = story(crashRun(), 4000, true)
    expect(detail).toContain('Crash executor strikes executor 1 (SIGKILL sent to pid 4131).')
    expect(detail).toContain('The driver takes executor 1 off its list: Command exited with code 137.')
    expect(detail).toContain('Task 1 of stage 1 is lost with executor 1. It counts: failure 1 of 4.')
    expect(detail).toContain('Stage 0 and then stage 1 run again in 200 ms: map outputs of shuffle 0 are missing.')
    expect(detail).toContain('Executor 0 exited (exit code 0): Stopped by the driver.')
  })

  test('its names can be clicked', () => {
    const line = foldAll(crashRun()).story.find((l) => storyText(l).startsWith('Executor 1 was killed'))!
    expect(line).toMatchObject({ tone: 'bad', level: 1, t: 4006, event: 'lab:18' })
    expect(line.parts).toEqual([
      { text: 'Executor 1', ref: { kind: 'actor', id: 'executor-1', appId: 'app-20260115090001-0000' } },
      { text: ' was killed (SIGKILL, exit code 137). Tasks ' },
      { text: '1', ref: { kind: 'task', id: 7 } },
      { text: ' and ' },
      { text: '3', ref: { kind: 'task', id: 9 } },
      { text: ' of ' },
      { text: 'stage 1', ref: { kind: 'stage', id: 1, attempt: 0 } },
      { text: ' were on it; they go back in the queue.' }
    ])
  })
})

describe('other stories', () => {
  test('a crash in a map stage', () => {
    expect(story(crashInMapStage(), 200)).toEqual([
      'Executor 1 was killed (SIGKILL, exit code 137). Task 2 of stage 0 was on it; it goes back in the queue.',
      'The Master starts executor 2 on worker-2 in its place.',
      'Gone with executor 1: 1 map output of shuffle 0.',
      'Stage 0: all 3 tasks done.',
      'Stage 1 starts with 1 task: collect at b.py:2.',
      'Stage 1: its task done.',
      'Job 0 is done after 300 ms.'
    ])
    expect(story(crashInMapStage(), 200, true)).toContain('Task 1 of stage 0 was done, but its output is gone: it goes back in the queue.')
  })

  test('four failures: each is told aloud, of several tasks that fail alike only the first to fail so often', () => {
    expect(story(failsFourTimes(), 110)).toEqual([
      'Task 0 of stage 0 on executor 1 failed: ZeroDivisionError: division by zero. Failure 1 of 4: it is tried again.',
      'Task 0 of stage 0 on executor 1 failed: ZeroDivisionError: division by zero. Failure 2 of 4: it is tried again.',
      'Task 0 of stage 0 on executor 1 failed: ZeroDivisionError: division by zero. Failure 3 of 4: it is tried again.',
      'Task 0 of stage 0 on executor 1 failed: ZeroDivisionError: division by zero. Failure 4 of 4: the job is given up.',
      'Job 0 failed after 45 ms: task 0 of stage 0 failed 4 times, the last time with ZeroDivisionError: division by zero.'
    ])
    expect(story(failsFourTimes(), 110, true).at(-1)).toMatch(/^Task 1 of stage 0 is stopped: Stage cancelled: Job aborted due to stage failure: Task 0 in stage 0\.0 failed 4 times/)
  })

  test('a killed driver', () => {
    expect(story(driverKilled().events, 200)).toEqual([
      'The driver was killed (SIGKILL, exit code 137). Job 0 ends with it. Executors 0 and 1 have nobody to work for.',
      'Executor 0 has lost its driver and exits by itself.',
      'Executor 1 has lost its driver and exits by itself.'
    ])
  })

  test('a supervised driver', () => {
    expect(story(driverRelaunched(), 215).slice(0, 2)).toEqual(['worker-1 starts the driver again in 1 s, because spark.driver.supervise is on.', "The driver starts again on worker-1 as process 101: a new application, from the program's first line."])
  })

  test('a silent executor', () => {
    expect(story(hangs(), 50_000)).toEqual([
      'Executor 1 has sent no heartbeat for 55 s. At 2 min the driver gives it up.',
      'The driver gives up executor 1: Executor heartbeat timed out after 175000 ms. Task 0 of stage 0 was on it; it goes back in the queue.',
      'The Master starts executor 2 on worker-2 in place of executor 1.'
    ])
  })

  test('a skipped stage: our decision tells it; of a log of Spark the end of the job does', () => {
    const foreign = skippedStage().filter((event) => !event.Event.startsWith('kindling.'))
    expect(story(foreign, 300).at(-1)).toBe('Job 1 is done after 0 ms. Stage 2 was skipped: what it would make was there already.')
    expect(story(skippedStage(), 300).at(-1)).toBe('Job 1 is done after 0 ms.')
    const decision: BareEvent = { Event: 'kindling.Decision', kind: 'skip-stage', text: 'Stage 2 (map at b.py:1) is skipped: its shuffle output from an earlier job is still there.', stageId: 2 }
    expect(told(skippedStage, decision)).toEqual(['plain 1: Stage 2 (map at b.py:1) is skipped: its shuffle output from an earlier job is still there.'])
  })

  test('local mode', () => {
    const lines = story(localMode())
    expect(lines[2]).toBe('Local mode: the driver runs the tasks itself, 2 tasks at a time.')
    expect(lines).toContain('Task 0 of stage 0 on the driver failed: ValueError: no. Failure 1 of 1: the job is given up.')
  })
})

describe('deaths', () => {
  const exit = (code: number | null, more: Partial<Extract<BareEvent, { Event: 'kindling.ProcessExited' }>['end']> = {}, actor = 'executor-1'): BareEvent => ({ Event: 'kindling.ProcessExited', actor, pid: 201, appId: 'app-20260115090000-0000', end: { code, signal: null, farewell: false, meaning: '', ...more } })
  const idle = (): LabEvent[] => running().events

  test.each([
    [exit(52, { meaning: 'OutOfMemoryError' }), 'bad 1: Executor 1 ran out of memory and died (exit code 52). No task was on it.'],
    [exit(56, { meaning: 'It could not reach the driver with its heartbeats' }), 'bad 1: Executor 1 died (exit code 56): It could not reach the driver with its heartbeats. No task was on it.'],
    [exit(1, { farewell: true, meaning: 'Registration was refused' }), 'bad 1: Executor 1 exited (exit code 1): Registration was refused. No task was on it.'],
    [exit(143, { signal: 'SIGTERM' }), 'bad 1: Executor 1 was killed (SIGTERM, exit code 143). No task was on it.'],
    [exit(134, { signal: 'SIGABRT', meaning: 'aborted (SIGABRT); out of memory in the engine below is the usual cause' }), 'bad 1: Executor 1 aborted (SIGABRT, exit code 134), most likely out of memory. No task was on it.'],
    [exit(null), 'bad 1: Executor 1 died (nobody saw how). No task was on it.'],
    [exit(1, { farewell: true, meaning: 'ValueError: no heap space for this row (line 3)' }, 'driver'), 'bad 1: The driver exited (exit code 1): ValueError: no heap space for this row (line 3). Executors 0 and 1 have nobody to work for.'],
    [exit(1, { meaning: 'java.lang.OutOfMemoryError: Java heap space' }, 'driver'), 'bad 1: The driver ran out of memory and died (exit code 1). Executors 0 and 1 have nobody to work for.'],
    [exit(1, { farewell: true, meaning: 'The program raised ValueError' }, 'driver'), 'bad 1: The driver exited (exit code 1): The program raised ValueError. Executors 0 and 1 have nobody to work for.'],
    [exit(0, { farewell: true, meaning: 'done' }, 'driver'), 'plain 2: The driver exited: the program is over.']
  ])('%#', (event, sentence) => {
    expect(told(idle, event)).toEqual([sentence])
  })

  test('tasks of two stages', () => {
    const s = running()
    s.submit(map(3))
    s.submit(result(2))
    for (const row of [task(0, 0, 2, '1'), task(1, 0, 0, '1'), task(2, 1, 1, '1')]) s.start(row)
    s.at(200)
    kill(s, '1')
    expect(story(s.events, 200)).toEqual(['Executor 1 was killed (SIGKILL, exit code 137). Tasks 0 and 2 of stage 0 and task 1 of stage 1 were on it; they go back in the queue.'])
  })
})

describe('single sentences', () => {
  const idle = (): LabEvent[] => running().events
  const fault = (by: 'window' | 'cli' | 'scenario', when: string, target = 'any'): BareEvent => ({ Event: 'kindling.FaultRequested', faultId: 'f', fault: 'oom-executor', target, when, by })
  const struck = (target = 'executor-1', detail = 'pid 201 takes memory'): BareEvent => ({ Event: 'kindling.FaultStruck', faultId: 'f', fault: 'oom-executor', target, detail })

  test('faults, by who asked', () => {
    expect(told(idle, fault('window', 'now'), struck())).toEqual(['you 1: You pressed Fill its memory.', 'you 1: Fill its memory strikes executor 1 (pid 201 takes memory).'])
    expect(told(idle, fault('window', 'stage=1', '0'), struck())).toEqual(['you 1: You pressed Fill its memory: executor 0, to strike at stage=1.', 'you 1: Fill its memory strikes executor 1 (pid 201 takes memory).'])
    expect(told(idle, fault('cli', 'stage=1'), struck('1.3', ''))).toEqual(['you 2: Fault oom-executor, as asked on the command line, waits for stage=1.', 'you 1: Fault oom-executor, as asked on the command line, strikes task 3 of stage 1.'])
    expect(told(idle, fault('scenario', 'start'), struck('driver'))).toEqual(['you 2: Fault oom-executor, as asked by the lesson, waits for start.', 'you 1: Fault oom-executor, as asked by the lesson, strikes the driver (pid 201 takes memory).'])
    expect(told(idle, { Event: 'kindling.FaultFailed', faultId: 'f', fault: 'oom-executor', target: '7', reason: 'There is no executor 7.' })).toEqual(['you 1: Fault oom-executor struck nothing: There is no executor 7.'])
  })

  test('the end of a run', () => {
    const end = (outcome: 'finished' | 'failed' | 'stopped', message?: string): BareEvent => ({ Event: 'kindling.RunEnded', outcome, exitCode: outcome === 'failed' ? 1 : 0, ...(message ? { message } : {}) })
    expect(told(idle, end('stopped'))).toEqual(['you 1: You stopped the run.'])
    expect(told(idle, end('failed', 'ValueError: bad\nmore'))).toEqual(['bad 1: The run is over, the program failed (exit code 1): ValueError: bad.'])
    expect(told(idle, end('failed'))).toEqual(['bad 1: The run is over, the program failed (exit code 1).'])
  })

  test('exceptions: the last line of a traceback is what went wrong', () => {
    expect(told(idle, { Event: 'kindling.Exception', actor: 'driver', className: 'ValueError', message: 'bad value', traceback: '', line: 7 })).toEqual(['bad 1: The program stops in line 7 with ValueError: bad value.'])
    const java = 'An error occurred while calling z:org.apache.spark.api.python.PythonRDD.collectAndServe.\n: java.lang.OutOfMemoryError: Java heap space\n'
    expect(told(idle, { Event: 'kindling.Exception', actor: 'driver', className: 'py4j.protocol.Py4JJavaError', message: java, traceback: '', line: 15 })).toEqual(['bad 1: The program stops in line 15 with OutOfMemoryError: Java heap space.'])
    const aborted = `An error occurred while calling o1.collect.\n: org.apache.spark.SparkException: ${ABORTED}\nDriver stacktrace:\n`
    expect(told(idle, { Event: 'kindling.Exception', actor: 'driver', className: 'py4j.protocol.Py4JJavaError', message: aborted, traceback: '', line: 6 })).toEqual(['bad 1: The program stops in line 6 with ZeroDivisionError: division by zero, in task 0 of stage 0, which failed 4 times.'])
    expect(told(idle, { Event: 'kindling.Exception', actor: 'driver', className: 'java.lang.OutOfMemoryError', message: 'Java heap space', traceback: '' })).toEqual(['bad 1: The driver is out of memory: Java heap space.'])
    const traceback = 'Traceback (most recent call last):\n  File "w.py", line 3, in <lambda>\n    1 / 0\nZeroDivisionError: division by zero\n'
    const s = running()
    s.submit(map(1))
    s.end(s.start(task(0, 0, 0, '0')), 'ShuffleMapTask', exception('org.apache.spark.api.python.PythonException', traceback))
    expect(story(s.events).at(-1)).toBe('Task 0 of stage 0 on executor 0 failed: ZeroDivisionError: division by zero. Failure 1 of 4: it is tried again.')
  })

  test('the first fetch failure stops a stage; those after it are detail', () => {
    const s = running()
    s.submit(result(2))
    const rows = [0, 1].map((p) => s.start(task(p, 1, p, '0')))
    s.end(rows[0]!, 'ResultTask', fetchFailed('1', 'host-2', 0, 3, 0))
    s.complete(result(2), 'FetchFailedException')
    s.end(rows[1]!, 'ResultTask', { Reason: 'FetchFailed', 'Shuffle ID': 0, 'Map ID': -1, 'Map Index': -1, 'Reduce ID': 1, Message: 'Missing an output location for shuffle 0 partition 1' })
    const lines = foldAll(s.events).story.slice(-3).map((line) => `${line.level} ${storyText(line)}`)
    expect(lines).toEqual(['1 Task 0 of stage 1 wants shuffle data from executor 1 that is gone: stage 1 waits.', '2 Stage 1 stops: FetchFailedException.', '2 Task 1 of stage 1 wants shuffle data that nobody holds any more.'])
  })

  test('a limit of the application is told as it is set', () => {
    const s = running({ conf: { 'spark.task.maxFailures': '2' } })
    s.submit(map(1))
    s.end(s.start(task(0, 0, 0, '0')), 'ShuffleMapTask', exception('ValueError', 'x'))
    s.end(s.start(task(1, 0, 0, '0', { attempt: 1 })), 'ShuffleMapTask', exception('ValueError', 'x'))
    expect(story(s.events).slice(-2)).toEqual(['Task 0 of stage 0 on executor 0 failed: ValueError: x. Failure 1 of 2: it is tried again.', 'Task 0 of stage 0 on executor 0 failed: ValueError: x. Failure 2 of 2: the job is given up.'])
  })

  test('files are named without their folders', () => {
    const sites = ['collect at /home/a b/program.py:10', 'collect at C:\\Users\\a\\program.py:10', 'collect at program.py:10', '/home/a/program.py', 'program.py', 'my own description a/b', '']
    expect(sites.map(shortSite)).toEqual(['collect at program.py:10', 'collect at program.py:10', 'collect at program.py:10', 'program.py', 'program.py', 'my own description a/b', ''])
  })

  test('what is lost, what is not kept', () => {
    expect(told(idle, { Event: 'kindling.BlocksLost', executorId: '1', appId: 'app-20260115090000-0000', mapOutputs: [{ shuffleId: 0, mapIndexes: [1, 2] }, { shuffleId: 1, mapIndexes: [] }], cached: [{ rddId: 4, partitions: [0] }] })).toEqual(['bad 1: Gone with executor 1: 2 map outputs of shuffle 0 and 1 cached partition of RDD 4.'])
    expect(told(idle, { Event: 'kindling.BlocksLost', executorId: '1', appId: 'app-20260115090000-0000', mapOutputs: [], cached: [] })).toEqual([])
    expect(told(idle, { Event: 'kindling.CachedBlock', executorId: '1', rddId: 4, partition: 2, memory: 0, disk: 0, stored: false, reason: 'not enough memory' })).toEqual(['plain 2: Partition 2 of RDD 4 is not kept on executor 1: not enough memory.'])
  })

  test('clock, notes, workers', () => {
    expect(told(idle, { Event: 'kindling.ClockChanged', paused: true, speed: 1 }, { Event: 'kindling.ClockChanged', paused: true, speed: 0.5 }, { Event: 'kindling.ClockChanged', paused: false, speed: 0.5 })).toEqual(['you 2: You paused the clock.', 'you 2: You set the speed to 0.5×.', 'you 2: You let the clock run on.'])
    expect(told(idle, { Event: 'kindling.Note', level: 'warn', text: 'Initial job has not accepted any resources' })).toEqual(['bad 1: Initial job has not accepted any resources.'])
    expect(told(idle, { Event: 'kindling.WorkerLost', worker: 'worker-2', reason: 'Not receiving heartbeat for 60 seconds' })).toEqual(['bad 1: The Master has lost worker-2: Not receiving heartbeat for 60 seconds.'])
  })

  test('settings that change nothing here', () => {
    expect(told(idle, { Event: 'kindling.NotModelled', keys: ['spark.foo'] })).toEqual(['plain 1: spark.foo is a setting that is not modelled here: kept, without effect.'])
    expect(told(idle, { Event: 'kindling.NotModelled', keys: ['spark.foo', 'spark.ui.port', 'spark.x'] })).toEqual(['plain 1: spark.foo, spark.ui.port and spark.x are settings that are not modelled here: kept, without effect.'])
    expect(foldAll([...idle(), { Event: 'kindling.NotModelled', keys: ['spark.foo'], Kindling: { id: 'new:1', t: 500 } }]).notModelled).toEqual(['spark.foo'])
  })

  test('successes of single tasks, memory, states and messages are silent', () => {
    const loud = new Set(['SparkListenerTaskStart', 'kindling.Memory', 'kindling.MachineState', 'kindling.Message', 'kindling.Heartbeat', 'kindling.MapOutput', 'kindling.Line', 'kindling.Output'])
    const view: RunView = foldAll(crashRun())
    const told = new Map(crashRun().map((event) => [event.Kindling.id, event.Event]))
    expect(view.story.filter((line) => loud.has(told.get(line.event)!))).toEqual([])
  })
})
