import { describe, expect, test } from 'vitest'
import { LabClock, clockText, durationText, megabytes } from '../../renderer/state/lab-clock.ts'
import { positionOf, speedAt, speedText } from '../../renderer/state/speed.ts'
import { ticks, timeScale, timeSpan } from '../../renderer/tasks/time-axis.ts'

describe('the lab clock between events', () => {
  test('goes at the speed of the lab', () => {
    const clock = new LabClock()
    clock.hear(1000, { paused: false, speed: 0.5 }, true, 50)
    expect(clock.now(50)).toBe(1000)
    expect(clock.now(250)).toBe(1100)
  })

  test('stands exactly where a pause says, even if it had run ahead', () => {
    const clock = new LabClock()
    clock.hear(1000, { paused: false, speed: 1 }, true, 0)
    expect(clock.now(500)).toBe(1500)
    clock.hear(1400, { paused: true, speed: 1 }, true, 500)
    expect(clock.now(9000)).toBe(1400)
    expect(clock.moving).toBe(false)
  })

  test('does not run back while events arrive late, and jumps on to one that is ahead', () => {
    const clock = new LabClock()
    clock.hear(1000, { paused: false, speed: 1 }, true, 0)
    clock.hear(1010, { paused: false, speed: 1 }, true, 30)
    expect(clock.now(30)).toBe(1030)
    clock.hear(2000, { paused: false, speed: 1 }, true, 60)
    expect(clock.now(60)).toBe(2000)
  })

  test('stops with the run and begins again at zero', () => {
    const clock = new LabClock()
    clock.hear(7062, { paused: false, speed: 1 }, false, 0)
    expect(clock.now(5000)).toBe(7062)
    clock.reset(5000)
    expect(clock.now(6000)).toBe(0)
  })
})

describe('words for times and sizes', () => {
  test.each([[0, '00:00.0'], [14_249, '00:14.2'], [74_200, '01:14.2'], [3_600_000, '60:00.0']])('clock %i', (ms, text) => expect(clockText(ms)).toBe(text))
  test.each([[42, '42 ms'], [1234, '1.23 s'], [12_340, '12.3 s'], [75_000, '1 min 15 s']])('duration %i', (ms, text) => expect(durationText(ms)).toBe(text))
  test.each([[0, '0 MB'], [1_572_864, '1.5 MB'], [64 * 1048576, '64 MB']])('size %i', (bytes, text) => expect(megabytes(bytes)).toBe(text))
})

describe('the speed slider', () => {
  test('is logarithmic, with its ends at a tenth and ten times', () => {
    expect(speedAt(-1)).toBe(0.1)
    expect(speedAt(0)).toBe(1)
    expect(speedAt(1)).toBe(10)
    expect(speedAt(3)).toBe(10)
  })
  test('finds its place again', () => {
    for (const position of [-1, -0.5, 0, 0.35, 1]) expect(positionOf(speedAt(position))).toBeCloseTo(position, 1)
  })
  test('says its speed', () => expect([0.1, 0.25, 1, 2.5, 10].map(speedText)).toEqual(['0.1×', '0.25×', '1×', '2.5×', '10×']))
})

describe('the time axis', () => {
  test('maps time to pixels and back', () => {
    const scale = timeScale(0, 10_000, 100, 600)
    expect(scale.x(5000)).toBe(350)
    expect(scale.t(350)).toBe(5000)
  })
  test('keeps now in sight, with room ahead', () => {
    const span = timeSpan(400, 20_000)
    expect(span.start).toBe(0)
    expect(span.end).toBeGreaterThan(20_000)
    expect(timeSpan(null, 0)).toEqual({ start: 0, end: 4000 })
  })
  test('puts ticks at round times, never too close', () => {
    for (const end of [900, 4000, 33_000, 600_000, 7_200_000]) {
      const scale = timeScale(0, end, 0, 700)
      const found = ticks(scale)
      expect(found.length).toBeGreaterThan(1)
      for (const [index, tick] of found.entries()) {
        const before = found[index - 1]
        if (before) expect(scale.x(tick.t) - scale.x(before.t)).toBeGreaterThan(69.9)
      }
    }
  })
})
