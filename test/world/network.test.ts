import { afterEach, expect, test } from 'vitest'
import type { Clock, Connection, Timer } from '../../engine/world/interfaces.ts'
import { RealNetwork } from '../../engine/world/real/network.ts'

interface Said {
  type: 'Said'
  number: number
}

/** A clock that stands, and whose timers ring when the test says so. */
class HeldClock implements Clock {
  readonly paused = false
  readonly timers: (() => void)[] = []
  now(): number {
    return 0
  }
  after(_delayMs: number, _label: string, fire: () => void): Timer {
    this.timers.push(fire)
    return { cancel: () => undefined }
  }
}

const networks: RealNetwork[] = []
const network = (clock: HeldClock, self: string): RealNetwork => {
  const made = new RealNetwork({ clock, secret: 'the secret of this run', self, latencyMs: 80 })
  networks.push(made)
  return made
}
afterEach(() => {
  for (const one of networks.splice(0)) one.closeAll()
})

test('frames of a connection arrive in the order they were sent, whichever of their timers rings first', async () => {
  const clock = new HeldClock()
  const heard: number[] = []
  const here = await new Promise<Connection<Said, never>>((resolve) => {
    void (async () => {
      const { port } = await network(clock, 'driver').listen<never, Said>({ onClock: true }, (_hello, peer) => {
        peer.onMessage((message) => heard.push(message.number))
      })
      resolve(await network(clock, 'executor-0').connect<Said, never>(port, 'driver', { onClock: true }))
    })()
  })
  for (const number of [1, 2, 3]) here.send({ type: 'Said', number })
  await expect.poll(() => clock.timers.length).toBe(3)
  for (const ring of clock.timers.toReversed()) ring()
  expect(heard).toEqual([1, 2, 3])
})
