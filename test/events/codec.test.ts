import { describe, expect, test } from 'vitest'
import { LogLineError, LogReader, decodeLine, encodeEvent, newStampSource } from '../../engine/events/codec.ts'
import type { LabEvent } from '../../engine/events/index.ts'
import { foldAll } from '../../engine/view/fold.ts'
import { crashRun } from '../view/fixtures/crash-run.ts'
import { stripStamps } from '../view/fixtures/script.ts'

describe('encodeEvent', () => {
  test('every event comes back as it was', () => {
    for (const event of crashRun()) expect(decodeLine(encodeEvent(event))).toEqual(event)
  })

  test('Event is the first key and nothing is between it and its colon, wherever it stood (§12 table)', () => {
    const event = { Kindling: { id: 'd0:1', t: 5 }, Event: 'SparkListenerLogStart', 'Spark Version': '4.1.0' } as LabEvent
    expect(encodeEvent(event)).toBe('{"Event":"SparkListenerLogStart","Kindling":{"id":"d0:1","t":5},"Spark Version":"4.1.0"}')
  })

  test('one line, whatever the text in it', () => {
    const event: LabEvent = { Event: 'kindling.Output', actor: 'driver', stream: 'stdout', text: 'a\nb\u2028"c"\r\n', Kindling: { id: 'lab:1', t: 0 } }
    const line = encodeEvent(event)
    expect(line).not.toMatch(/[\n\r]/)
    expect(decodeLine(line)).toEqual(event)
  })
})

describe('decodeLine', () => {
  test('a line of a real Spark gets a stamp; its time is told from its own timestamps', () => {
    const source = newStampSource()
    const stamps = [
      '{"Event":"SparkListenerLogStart","Spark Version":"3.5.3"}',
      '{"Event":"SparkListenerApplicationStart","App Name":"a","App ID":"app-1","Timestamp":1000,"User":"u"}',
      '{"Event":"SparkListenerTaskStart","Stage ID":0,"Stage Attempt ID":0,"Task Info":{"Task ID":0,"Index":0,"Launch Time":1500,"Getting Result Time":0,"Finish Time":0}}',
      '{"Event":"SparkListenerTaskEnd","Stage ID":0,"Stage Attempt ID":0,"Task Info":{"Task ID":0,"Index":0,"Launch Time":1500,"Getting Result Time":0,"Finish Time":1900}}',
      '{"Event":"SparkListenerStageCompleted","Stage Info":{"Stage ID":0,"Submission Time":1400,"Completion Time":1890}}',
      '{"Event":"SparkListenerUnpersistRDD","RDD ID":3}',
      '{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd","executionId":0,"time":2500,"errorMessage":""}'
    ].map((line) => decodeLine(line, source).Kindling)
    expect(stamps).toEqual([
      { id: 'spark:0', t: 0 },
      { id: 'spark:1', t: 0 },
      { id: 'spark:2', t: 500 },
      { id: 'spark:3', t: 900 },
      // Told after the task's end though it says an earlier time: time never goes back.
      { id: 'spark:4', t: 900 },
      { id: 'spark:5', t: 900 },
      { id: 'spark:6', t: 1500 }
    ])
  })

  test.each([
    ['{"Event":"Spark', 'This is not JSON: {"Event":"Spark'],
    ['[1]', 'This is JSON, but not an object: [1]'],
    ['{"a":1}', 'This object has no "Event": {"a":1}'],
    ['{"Event":"kindling.Line","Kindling":{"t":1}}', 'The stamp "Kindling" of this kindling.Line has no id or no t.'],
    [`${'x'.repeat(80)}`, `This is not JSON: ${'x'.repeat(60)}…`]
  ])('%s is refused in words', (line, message) => {
    expect(() => decodeLine(line)).toThrow(new LogLineError(message))
  })
})

describe('LogReader', () => {
  const events = crashRun().slice(0, 40)
  const text = events.map((event) => `${encodeEvent(event)}\n`).join('')

  test.each([1, 7, 1000, 1e9])('pieces of %d characters give the same events', (size) => {
    const reader = new LogReader()
    const read: LabEvent[] = []
    for (let at = 0; at < text.length; at += size) read.push(...reader.push(text.slice(at, at + size)))
    read.push(...reader.end())
    expect(read).toEqual(events)
    expect(reader.problems).toEqual([])
    expect(reader.cutOff).toBe(false)
  })

  test('a last line without its newline counts when it is whole', () => {
    const reader = new LogReader()
    expect([...reader.push(text.slice(0, -1)), ...reader.end()]).toEqual(events)
    expect(reader.cutOff).toBe(false)
  })

  test.each(['', '\n'])('a last line cut off is no problem, with %j after it (§12.11)', (after) => {
    const reader = new LogReader()
    const read = [...reader.push(text.slice(0, -30) + after), ...reader.end()]
    expect(read).toEqual(events.slice(0, -1))
    expect(reader.cutOff).toBe(true)
    expect(reader.problems).toEqual([])
  })

  test('a broken line in the middle is named by its number, and the rest is read (§12.11) [simplified: Spark stops reading at a broken line; here the rest is read and the line named]', () => {
    const lines = text.split('\n')
    lines[4] = lines[4]!.slice(0, 20)
    lines.splice(10, 0, '')
    const reader = new LogReader()
    const read = [...reader.push(lines.join('\n')), ...reader.end()]
    expect(read).toEqual(events.filter((_, at) => at !== 4))
    expect(reader.problems).toEqual([{ line: 5, message: `Line 5 cannot be read. This is not JSON: ${lines[4]}` }])
  })

  test('events and fields nobody knows are passed over (§12.10)', () => {
    const strange = crashRun().flatMap((event): LabEvent[] => [
      { ...event, ...({ 'A Field of Tomorrow': { deep: [1] } } as object) },
      { Event: 'org.apache.spark.tomorrow.SparkListenerSomething', when: 3, Kindling: { ...event.Kindling, id: `x${event.Kindling.id}` } } as unknown as LabEvent
    ])
    const reader = new LogReader()
    const view = foldAll([...reader.push(strange.map((event) => `${encodeEvent(event)}\n`).join('')), ...reader.end()])
    expect(reader.problems).toEqual([])
    expect({ ...view, count: 0 }).toEqual({ ...foldAll(crashRun()), count: 0 })
  })

  test('a log without stamps of ours folds to the same work', () => {
    const reader = new LogReader()
    const plain = [...reader.push(stripStamps(crashRun())), ...reader.end()]
    const view = foldAll(plain)
    const ours = foldAll(crashRun())
    expect(view.phase).toBe('ended')
    expect(view.tasks.map((task) => [task.id, task.executorId, task.slot, task.state, task.again])).toEqual(ours.tasks.map((task) => [task.id, task.executorId, task.slot, task.state === 'lost' ? 'success' : task.state, task.again]))
    expect(view.executors.map((executor) => [executor.id, executor.life])).toEqual([
      ['0', 'alive'],
      ['1', 'removed'],
      ['2', 'alive']
    ])
    expect(view.startedAt + view.tasks[0]!.startedAt).toBe(ours.startedAt + ours.tasks[0]!.startedAt)
  })
})
