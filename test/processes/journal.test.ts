import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startClock } from '../../engine/world/real/clock.ts'
import { Journal } from '../../main/run/journal.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kindling-journal-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const journal = (folder = root): Journal => new Journal(startClock(), folder)
const say = (to: Journal, text: string): void => void to.post({ Event: 'kindling.Output', actor: 'driver', stream: 'stdout', text })

describe('a folder that cannot be written is told in a sentence', () => {
  test('a file stands in its place', () => {
    writeFileSync(join(root, 'file'), '')
    expect(() => journal(join(root, 'file')).prepare()).toThrow(`The event log cannot be written to ${join(root, 'file')}: ${join(root, 'file')} is a file`)
    expect(() => journal(join(root, 'file', 'below')).prepare()).toThrow('is a file')
  })

  test.runIf(process.platform === 'linux')('a place where nobody can make folders', () => {
    expect(() => journal('/proc/nothing/here').prepare()).toThrow('The event log cannot be written to /proc/nothing/here: ')
  })

  test('a folder that is not there yet is made, with those above it', () => {
    journal(join(root, 'a', 'b', 'c')).prepare()
    expect(existsSync(join(root, 'a', 'b', 'c'))).toBe(true)
  })
})

describe('a log that breaks down while the run goes on', () => {
  test.runIf(existsSync('/dev/full'))('a full disk is told once; the run keeps its events', () => {
    symlinkSync('/dev/full', join(root, 'app-1.inprogress'))
    const kept = journal()
    kept.open('app-1')
    say(kept, 'one')
    say(kept, 'two')
    const notes = kept.events.filter((event) => event.Event === 'kindling.Note')
    expect(notes).toMatchObject([{ level: 'error', text: expect.stringMatching(/: the disk is full\. The run goes on; the log ends here\.$/) as string }])
    expect(kept.events.filter((event) => event.Event === 'kindling.Output')).toHaveLength(2)
    kept.closeLog()
    // The next application may have more luck, and its log does not begin with the other's leftovers.
    kept.open('app-2')
    say(kept, 'three')
    kept.closeLog()
    const second = readFileSync(join(root, 'app-2.inprogress'), 'utf8')
    expect(second).toContain('three')
    expect(second).not.toContain('two')
  })

  test('its folder is gone when it is to get its name', () => {
    const folder = join(root, 'logs')
    const kept = journal(folder)
    kept.open('app-1')
    kept.post({ Event: 'SparkListenerApplicationEnd', Timestamp: 1, ExitCode: 0 })
    rmSync(folder, { recursive: true })
    kept.closeLog()
    expect(kept.events.at(-1)).toMatchObject({ Event: 'kindling.Note', level: 'error' })
  })
})

test('much output is in the log whole, and in memory only the end of it (§12.7) [simplified: every event is written at once, not only those Spark flushes]', () => {
  const kept = journal()
  kept.open('app-1')
  const told: number[] = []
  kept.onEvents((events) => {
    for (const event of events) if (event.Event === 'kindling.Output') told.push(event.text.length)
  })
  for (let i = 0; i < 40; i++) {
    say(kept, String(i % 10).repeat(2 ** 20))
    kept.tell()
  }
  kept.closeLog()
  expect(told).toEqual(new Array(40).fill(2 ** 20))
  const texts = kept.events.flatMap((event) => (event.Event === 'kindling.Output' ? [event.text] : []))
  expect(texts).toHaveLength(40)
  expect(texts.join('').length).toBe(16 * 2 ** 20)
  expect(texts.at(-1)!.length).toBe(2 ** 20)
  expect(readFileSync(join(root, 'app-1.inprogress')).length).toBeGreaterThan(40 * 2 ** 20)
})

test('old logs of other runs are left alone', () => {
  mkdirSync(join(root, 'app-1'))
  writeFileSync(join(root, 'app-0'), 'old')
  const kept = journal()
  kept.open('app-2')
  kept.post({ Event: 'SparkListenerApplicationEnd', Timestamp: 1, ExitCode: 0 })
  kept.closeLog()
  expect(readdirSync(root).sort()).toEqual(['app-0', 'app-1', 'app-2'])
  expect(readFileSync(join(root, 'app-0'), 'utf8')).toBe('old')
})
