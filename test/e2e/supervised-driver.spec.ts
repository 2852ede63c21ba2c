import assert from 'node:assert/strict'
import { by, chipSays, choose, follow, guideShows, lives, openLab, output, run, speed, tells, textOf, until } from './lab.ts'

describe('supervised driver', () => {
  before(openLab)

  it('kills the driver on its worker, and it starts again from the first line', async () => {
    await choose('supervised-driver')
    await guideShows('A driver on a worker')
    await run()
    await speed('fastest')
    await guideShows('Kill the driver')
    await by('fault-kill-driver').click()
    await tells(/^The driver was killed \(SIGKILL, exit code 137\)/)
    await tells(/^worker-\d starts the driver again in 1 s, because spark\.driver\.supervise is on/)
    await follow('It comes back')
    await tells(/^The driver starts again on worker-\d as process \d+: a new application, from the program's first line/)
    await until('the card says which launch it is', async () => (await textOf('driver-card')).includes('Driver, launch 2'))
    await lives('0', 'alive')
    await lives('1', 'alive')
    await follow('From the first line')
    await guideShows('For comparison')
    await chipSays('finished')
    const printed = await output()
    assert.equal(printed.match(/round 1 gives 499500 so far 499500\n/g)?.length, 2)
    assert.match(printed, /↻ started again\nround 1 gives/)
    assert.match(printed, /round 6 gives 2997000 so far 10489500\nthe end: 10489500\n/)
  })
})
