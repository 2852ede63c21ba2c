import { describe, expect, test } from 'vitest'
import { Kept, type Settings } from '../../renderer/state/kept.ts'
import { LARGEST, readProgram } from '../../renderer/program/files.ts'

/** A storage in memory; `full` refuses what is new, as a browser's does. */
function memory(): Storage & { full: boolean } {
  const kept = new Map<string, string>()
  return {
    full: false,
    get length() {
      return kept.size
    },
    clear: () => kept.clear(),
    key: (at) => [...kept.keys()][at] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    removeItem: (key) => void kept.delete(key),
    setItem(key, value) {
      if (this.full) throw new Error('QuotaExceededError')
      kept.set(key, value)
    }
  }
}

const settings = (value: string): Settings => ({ cluster: { workers: 3, coresPerWorker: 1, memoryPerWorkerMb: 512 }, conf: [{ key: 'spark.task.maxFailures', value }], pace: '', latency: '5ms' })

describe('what is kept of what was typed', () => {
  test('one program of one\'s own, and one for each lesson', () => {
    const storage = memory()
    const kept = new Kept(storage)
    kept.keepText(null, { program: 'mine', name: 'mine.py' })
    kept.keepText('a', { program: 'a, edited', name: 'a.py' })
    kept.keepText('b', { program: 'b, edited', name: 'b.py' })
    kept.keepText('b', null)
    const again = new Kept(storage)
    expect(again.text(null)).toEqual({ program: 'mine', name: 'mine.py' })
    expect(again.text('a')).toEqual({ program: 'a, edited', name: 'a.py' })
    expect(again.text('b')).toBeNull()
  })

  test('where one was, and the settings of one\'s own program apart from a lesson\'s', () => {
    const storage = memory()
    const kept = new Kept(storage)
    expect(kept.chosen).toBeUndefined()
    kept.keepSettings(null, settings('1'))
    kept.chosen = 'a'
    kept.keepSettings('a', settings('2'))
    const again = new Kept(storage)
    expect(again.chosen).toBe('a')
    expect(again.settings(null)).toEqual(settings('1'))
    expect(again.settings('a')).toEqual(settings('2'))
    again.chosen = null
    expect(new Kept(storage).chosen).toBeNull()
  })

  test('what is spoiled or not ours is passed over', () => {
    const storage = memory()
    storage.setItem('kindling.program', '{"program": 7}')
    storage.setItem('kindling.program.lesson.a', '{"program"')
    storage.setItem('kindling.program.earlier', '[{"program":"old","name":"old.py"},3]')
    storage.setItem('kindling.settings', '{"cluster":{"workers":"two"},"conf":[],"pace":"","latency":""}')
    storage.setItem('kindling.chosen', '5')
    const kept = new Kept(storage)
    expect([kept.text(null), kept.text('a'), kept.settings(null), kept.chosen]).toEqual([null, null, null, undefined])
    expect(kept.earlier).toEqual([{ program: 'old', name: 'old.py' }])
  })

  test('a storage that is full keeps what it has; without one nothing fails', () => {
    const storage = memory()
    const kept = new Kept(storage)
    kept.keepText(null, { program: 'first', name: 'p.py' })
    storage.full = true
    kept.keepText(null, { program: 'second', name: 'p.py' })
    expect(kept.text(null)?.program).toBe('first')
    const none = new Kept(null)
    none.keepText(null, { program: 'x', name: 'p.py' })
    expect([none.text(null), none.chosen]).toEqual([null, undefined])
  })
})

describe('a program from a file', () => {
  test('is its text under its name, with plain line ends', async () => {
    expect(await readProgram(new File(['x = "ü"\r\nprint(x)\r\n'], 'count.py'))).toEqual({ program: 'x = "ü"\nprint(x)\n', name: 'count.py' })
  })
  test('what is no program is refused by name', async () => {
    await expect(readProgram(new File([new Uint8Array([0xff, 0xfe, 0x00])], 'picture.png'))).rejects.toThrow('picture.png is not a text file in UTF-8. Open a .py file.')
    await expect(readProgram(new File(['a\0b'], 'a.bin'))).rejects.toThrow('a.bin is not a text file')
    await expect(readProgram(new File(['x'.repeat(LARGEST + 1)], 'big.py'))).rejects.toThrow('big.py is too large for a program')
  })
})
