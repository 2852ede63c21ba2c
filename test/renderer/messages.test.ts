import { describe, expect, test } from 'vitest'
import { MOST_DRAWN, lastArrival, toneOf, travelling } from '../../renderer/map/messages.ts'

const message = (id: number, sent: number, due: number, kind = 'LaunchTask', about?: string) => ({ id: `lab:${id}`, kind, from: 'driver', to: 'executor-0', sent, due, about })

describe('messages', () => {
  test('are drawn from the moment they are sent until they are due', () => {
    const one = [message(1, 100, 200)]
    expect(travelling(one, 99)).toEqual([])
    expect(travelling(one, 100)[0]?.part).toBe(0)
    expect(travelling(one, 150)[0]?.part).toBe(0.5)
    expect(travelling(one, 200)).toEqual([])
  })

  test('carry their kind and what they are about, unless they are everyday', () => {
    expect(travelling([message(1, 0, 10, 'LaunchTask', '1.2')], 5)[0]?.label).toBe('LaunchTask 1.2')
    expect(travelling([message(1, 0, 10, 'Heartbeat')], 5)[0]).toMatchObject({ label: '', tone: 'quiet' })
  })

  test('have a tone by what they bring', () => {
    expect(toneOf('StatusUpdate', '1.2 FINISHED')).toBe('ok')
    expect(toneOf('StatusUpdate', '1.2 FAILED')).toBe('fail')
    expect(toneOf('FetchShuffle')).toBe('wire')
    expect(toneOf('RegisterExecutor')).toBe('run')
  })

  test('are not drawn without end', () => {
    const many = Array.from({ length: MOST_DRAWN + 50 }, (_, id) => message(id, 0, 10))
    const drawn = travelling(many, 5)
    expect(drawn).toHaveLength(MOST_DRAWN)
    expect(drawn.at(-1)?.id).toBe(`lab:${MOST_DRAWN + 49}`)
  })

  test('tell when the last of them arrives', () => {
    expect(lastArrival([message(1, 0, 50), message(2, 0, 80)], 10)).toBe(80)
    expect(lastArrival([message(1, 0, 50)], 60)).toBeNull()
  })
})
