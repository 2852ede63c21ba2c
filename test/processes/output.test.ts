import { expect, test } from 'vitest'
import { testLab } from './lab.ts'

const bench = testLab()

test('a lab that is slow to hear loses nothing: the talker waits, and so does its goodbye', async () => {
  let slow = true
  const ran = await bench.run('for i in range(15): print(chr(97 + i) * 1_000_000)\n', {
    during: (run) => {
      run.journal.onEvents((events) => {
        if (!slow || !events.some((event) => event.Event === 'kindling.Output')) return
        slow = false
        // The lab's one thread is busy for longer than a goodbye used to last.
        const until = performance.now() + 2500
        while (performance.now() < until);
      })
    }
  })
  expect(slow).toBe(false)
  expect(ran.stdout.length).toBe(15 * 1_000_001)
  expect(ran.stdout.slice(-2)).toBe('o\n')
  expect(ran.outcome).toMatchObject({ outcome: 'finished', exitCode: 0 })
})

test('many short lines are few events, whole and in order, beside those of stderr', async () => {
  const ran = await bench.run('import sys\nfor i in range(20000): print("line", i)\nprint("that was all", file=sys.stderr)\nprint("end")\n')
  expect(ran.stdout).toBe(Array.from({ length: 20000 }, (_, i) => `line ${i}\n`).join('') + 'end\n')
  expect(ran.stderr).toBe('that was all\n')
  expect(ran.of('kindling.Output').length).toBeLessThan(2000)
  const streams = ran.of('kindling.Output').map((event) => event.stream)
  expect(streams.slice(-2)).toEqual(['stderr', 'stdout'])
})
