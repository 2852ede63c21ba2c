/** Pictures of the window just after a crash, while lost work runs again, for people to look at. */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { by, chipSays, choose, guideShows, lives, openLab, picture, resize, run, step, stop, tells, theme, until } from './lab.ts'

const sizes = [
  [1280, 800],
  [1920, 1080]
] as const

describe('pictures of a recovery', () => {
  before(openLab)
  after(stop)

  it('comes to the moment after a crash', async () => {
    await choose('a-crash-and-its-recovery')
    await run()
    await guideShows('Break it')
    await chipSays('paused')
    await by('fault-crash-executor').click()
    await tells(/^Stage 0 runs .* again, not all 12/)
    await lives('2', 'alive')
    await until('a task of stage 0 runs again on the map', () => $('[data-testid^="executor-"] .slot.again').isExisting())
    await by('pause').click()
    await chipSays('paused')
    // The reader has come as far as the run has.
    while ((await step()).done) await by('next').click()
  })

  for (const name of ['light', 'dark'] as const)
    for (const [width, height] of sizes)
      it(`is pictured, ${name}, ${width}×${height}`, async function () {
        if (!(await resize(width, height))) return this.skip()
        await theme(name)
        const path = await picture(`recovery-${name}-${width}x${height}`)
        if (process.env['KINDLING_PICTURE'] === '1' && name === 'light' && width === 1280) {
          const docs = join(import.meta.dirname, '../../docs')
          mkdirSync(docs, { recursive: true })
          copyFileSync(path, join(docs, 'window.png'))
        }
      })
})
