import { describe, expect, test } from 'vitest'
import { FAULTS } from '../../engine/faults/index.ts'
import { FIXED_KEYS, TIME_KEYS, actionOf, type Press } from '../../renderer/state/keys.ts'

const faults = [
  { name: 'crash-executor', key: 'c' },
  { name: 'hang-executor', key: 's' }
]
const press = (key: string, more: Partial<Press> = {}): Press => ({ key, ctrlKey: false, metaKey: false, altKey: false, inDialog: false, repeat: false, target: { tagName: 'BODY' }, ...more })

describe('keys', () => {
  test('ask for what the list says', () => {
    expect(actionOf(press('r'), faults)).toEqual({ do: 'run' })
    expect(actionOf(press(' '), faults)).toEqual({ do: 'pause' })
    expect(actionOf(press('.'), faults)).toEqual({ do: 'step' })
    expect(actionOf(press('?'), faults)).toEqual({ do: 'keys' })
    expect(actionOf(press('2'), faults)).toEqual({ do: 'panel', panel: 'program' })
    expect(actionOf(press('c'), faults)).toEqual({ do: 'fault', fault: 'crash-executor' })
    expect(actionOf(press('C'), faults)).toEqual({ do: 'fault', fault: 'crash-executor' })
    expect(actionOf(press('q'), faults)).toBeNull()
  })

  test('every key of the list does something', () => {
    for (const line of FIXED_KEYS) expect(actionOf(press(line.key === 'Space' ? ' ' : line.key), faults), line.key).not.toBeNull()
  })

  test('go through time, farther with Shift', () => {
    expect(actionOf(press('j'), faults)).toEqual({ do: 'go', stop: 'event', by: -1 })
    expect(actionOf(press('j', { repeat: true }), faults)).toEqual({ do: 'go', stop: 'event', by: -1 })
    expect(actionOf(press('L', { shiftKey: true }), faults)).toEqual({ do: 'go', stop: 'task', by: 1 })
    expect(actionOf(press('o'), faults)).toEqual({ do: 'go', stop: 'stage', by: 1 })
    expect(actionOf(press('U', { shiftKey: true }), faults)).toEqual({ do: 'go', stop: 'job', by: -1 })
    expect(actionOf(press('e'), faults)).toEqual({ do: 'go', stop: 'failure', by: 1 })
    expect(actionOf(press('n'), faults)).toEqual({ do: 'now' })
    expect(actionOf(press('g'), faults)).toEqual({ do: 'step-number' })
    for (const key of TIME_KEYS.flatMap((line) => line.key.split(' '))) expect(actionOf(press(key.at(-1)!, { shiftKey: key.length > 1 }), faults), key).not.toBeNull()
  })

  test('never two things by one key', () => {
    const fixed = [...FIXED_KEYS, ...TIME_KEYS].flatMap((line) => line.key.split(' ')).map((key) => key.toLowerCase())
    expect(new Set(fixed).size).toBe(fixed.length)
    for (const fault of FAULTS) if (fault.key !== undefined) expect(fixed, fault.name).not.toContain(fault.key.toLowerCase())
  })

  test('never fire while typing', () => {
    for (const target of [{ tagName: 'INPUT', type: 'text' }, { tagName: 'TEXTAREA' }, { tagName: 'SELECT' }, { tagName: 'DIV', isContentEditable: true }]) {
      for (const key of ['r', 'c', ' ', '.', '?', '1']) expect(actionOf(press(key, { target }), faults), `${key} in ${target.tagName}`).toBeNull()
    }
  })

  test('never fire with a modifier or in a dialog', () => {
    expect(actionOf(press('c', { ctrlKey: true }), faults)).toBeNull()
    expect(actionOf(press('r', { metaKey: true }), faults)).toBeNull()
    expect(actionOf(press('c', { inDialog: true }), faults)).toBeNull()
  })

  test('leave Space to the button, slider or item that has the focus', () => {
    for (const target of [{ tagName: 'BUTTON' }, { tagName: 'INPUT', type: 'range' }, { tagName: 'INPUT', type: 'checkbox' }, { tagName: 'DIV', role: 'treeitem' }]) expect(actionOf(press(' ', { target }), faults)).toBeNull()
    expect(actionOf(press('c', { target: { tagName: 'BUTTON' } }), faults)).not.toBeNull()
  })

  test('do not strike twice while held, but may step on', () => {
    expect(actionOf(press('c', { repeat: true }), faults)).toBeNull()
    expect(actionOf(press(' ', { repeat: true }), faults)).toBeNull()
    expect(actionOf(press('.', { repeat: true }), faults)).toEqual({ do: 'step' })
  })
})
