import { describe, expect, test } from 'vitest'
import { FAULTS } from '../../engine/faults/index.ts'
import { foldAll } from '../../engine/view/fold.ts'
import type { RunView, StoryLine } from '../../engine/view/types.ts'
import { answerTo, strikingText, targetFor, whenMistake, whenText } from '../../renderer/faults/faults.ts'
import { movesOn, stepDone, stepReached } from '../../renderer/guide/steps.ts'
import { MOST_TEXT, outputByActor } from '../../renderer/output/groups.ts'
import { announcement } from '../../renderer/story/announce.ts'
import { crashRun } from '../view/fixtures/crash-run.ts'

const at = (t: number): RunView => foldAll(crashRun().filter((event) => event.Kindling.t <= t))
const fault = (name: string) => {
  const found = FAULTS.find((one) => one.name === name)
  if (!found) throw new Error(`no fault ${name}`)
  return found
}

describe('a fault button', () => {
  const view = at(3500)
  test('strikes the selected executor while it lives, else any', () => {
    const selected = { kind: 'actor', id: 'executor-1' } as const
    expect(targetFor(fault('crash-executor'), selected, view)).toBe('1')
    expect(targetFor(fault('crash-executor'), selected, at(5000))).toBe('any')
    expect(targetFor(fault('crash-executor'), { kind: 'actor', id: 'driver' }, view)).toBe('any')
    expect(targetFor(fault('kill-driver'), selected, view)).toBe('any')
  })
  test('says at once what it strikes, and knows its own answer', () => {
    expect(strikingText(fault('crash-executor'), '2')).toBe('Striking executor 2…')
    expect(strikingText(fault('oom-driver'), 'any')).toBe('Striking the driver…')
    const pending = { fault: 'crash-executor', target: '1', known: view.faults.length }
    expect(answerTo(pending, view)).toBeNull()
    expect(answerTo(pending, at(5000))).toMatchObject({ state: 'struck' })
    expect(answerTo({ ...pending, known: at(5000).faults.length }, at(5000))).toBeNull()
  })
  test('spells its moment as the command line does, and says what is wrong with one', () => {
    expect(whenText('now', '')).toBeUndefined()
    expect(whenText('stage', ' 1 ')).toBe('stage=1')
    expect(whenText('task', '1.2')).toBe('task=1.2')
    expect(whenText('time', '2.5')).toBe('time=2.5s')
    expect(whenMistake('task', '1')).toContain('stage.partition')
    expect(whenMistake('stage', '1')).toBeNull()
  })
})

describe('the guide', () => {
  test('ticks a step when the event has come, not before', () => {
    expect(stepDone({ until: 'run-started' }, foldAll([]))).toBe(false)
    expect(stepDone({ until: 'executor-lost' }, at(3900))).toBe(false)
    expect(stepDone({ until: 'executor-lost' }, at(4100))).toBe(true)
    expect(stepDone({ until: 'executor-replaced' }, at(4100))).toBe(false)
    expect(stepDone({ until: 'executor-replaced' }, at(4400))).toBe(true)
    expect(stepDone({ until: 'run-ended' }, at(7062))).toBe(true)
    expect(stepDone({ until: 'driver-died' }, at(7062))).toBe(false)
    expect(stepDone({ until: 'read' }, at(7062))).toBe(false)
    expect(stepDone({ until: 'stage-running' }, at(3500))).toBe(true)
    expect(stepDone({ until: 'stage-running', stage: 9 }, at(7062))).toBe(false)
  })
  test('says where a run has come to', () => {
    const steps = [{ title: '', text: '', until: 'run-started' as const }, { title: '', text: '', until: 'executor-lost' as const }, { title: '', text: '', until: 'run-ended' as const }]
    expect(stepReached(steps, foldAll([]))).toBe(0)
    expect(stepReached(steps, at(3900))).toBe(1)
    expect(stepReached(steps, at(4100))).toBe(2)
    expect(stepReached(steps, at(7062))).toBe(2)
  })
  test('turns the page only for what one was asked to do', () => {
    expect(movesOn({ title: '', text: '', until: 'run-started', point: 'run' })).toBe(true)
    expect(movesOn({ title: '', text: '', until: 'executor-lost' })).toBe(false)
    expect(movesOn({ title: '', text: '', until: 'read', point: 'run' })).toBe(false)
    expect(movesOn({ title: '', text: '', until: 'stage-running', pause: true })).toBe(true)
  })
  test('goes on with the work, so that it tells of what is going on', () => {
    const step = (until: 'job-succeeded' | 'driver-died' | 'read') => ({ title: '', text: '', until })
    expect(movesOn(step('job-succeeded'), step('driver-died'))).toBe(true)
    expect(movesOn(step('job-succeeded'), step('read'))).toBe(false)
    expect(movesOn(step('driver-died'), step('driver-died'))).toBe(false)
    expect(movesOn(step('job-succeeded'))).toBe(false)
  })
})

describe('announcements', () => {
  const line = (text: string, tone: StoryLine['tone'] = 'plain', level: 1 | 2 = 1): StoryLine => ({ event: text, t: 0, tone, level, parts: [{ text }] })
  test('leave details out and put many things into one', () => {
    expect(announcement([line('A detail.', 'plain', 2)])).toBe('')
    expect(announcement([line('One.'), line('Two.')])).toBe('One. Two.')
    expect(announcement([line('One.'), line('It died.', 'bad'), line('Two.'), line('Three.')])).toBe('4 things happened. It died.')
  })
})

describe('output', () => {
  test('stands by process, driver first, streams apart', () => {
    const groups = outputByActor([
      { actor: 'executor-10', stream: 'stdout', text: 'x', t: 0 },
      { actor: 'executor-2', stream: 'stdout', text: 'y', t: 0 },
      { actor: 'driver', stream: 'stdout', text: 'a', t: 0 },
      { actor: 'driver', stream: 'stdout', text: 'b', t: 1 },
      { actor: 'driver', stream: 'stderr', text: 'c', t: 2 }
    ])
    expect(groups.map((group) => group.actor)).toEqual(['driver', 'executor-2', 'executor-10'])
    expect(groups[0]?.parts).toEqual([{ stream: 'stdout', text: 'ab' }, { stream: 'stderr', text: 'c' }])
  })
  test('says where a new process of a name begins', () => {
    const piece = (actor: string, t: number, appId?: string) => ({ actor, stream: 'stdout' as const, text: String(t), t, ...(appId === undefined ? {} : { appId }) })
    const { drivers } = at(3500)
    const died = { ...drivers[0]!, end: { code: 137, signal: 'SIGKILL', farewell: false, meaning: '', t: 2 } }
    const groups = outputByActor([piece('driver', 1), piece('driver', 3), piece('driver', 4), piece('executor-0', 1, 'app-1'), piece('executor-0', 3, 'app-2')], [died, drivers[0]!])
    expect(groups[0]?.parts).toEqual([{ stream: 'stdout', text: '1' }, { stream: 'stdout', text: '34', again: true }])
    expect(groups[1]?.parts).toEqual([{ stream: 'stdout', text: '1' }, { stream: 'stdout', text: '3', again: true }])
  })
  test('keeps the end of a very long text', () => {
    const [group] = outputByActor([{ actor: 'driver', stream: 'stdout', text: `${'x'.repeat(MOST_TEXT)}end`, t: 0 }])
    expect(group?.bytes).toBe(MOST_TEXT)
    expect(group?.parts[0]?.text.endsWith('end')).toBe(true)
  })
})
