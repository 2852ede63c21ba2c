import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findChromium, majorOf, obtainChromium, onPath } from '../../scripts/chromium.ts'
import { whyNoDesktop } from '../../scripts/desktop-target.ts'
import { folderWith, put } from './folders.ts'

const program = (version: string): string => `#!/bin/sh\necho "Something ${version} built on something"\n`

describe.skipIf(process.platform === 'win32')('the browser of the end-to-end tests', () => {
  test('is found on PATH with a driver of its major version', () => {
    const folder = folderWith({ chromium: program('156.0.8078.79'), chromedriver: program('156.0.1.2') })
    expect(findChromium({ PATH: `/nowhere:${folder}` })).toEqual({ chrome: join(folder, 'chromium'), driver: join(folder, 'chromedriver') })
    expect(majorOf(join(folder, 'chromium'))).toBe(156)
  })

  test('named by hand wins over PATH', () => {
    const onPathFolder = folderWith({ chromium: program('1.0.0'), chromedriver: program('1.0.0') })
    const other = folderWith({ chrome: program('2.0.0'), driver: program('2.0.0') })
    const env = { PATH: onPathFolder, CHROME_BIN: join(other, 'chrome'), CHROMEDRIVER_PATH: join(other, 'driver') }
    expect(findChromium(env)).toEqual({ chrome: env.CHROME_BIN, driver: env.CHROMEDRIVER_PATH })
  })

  test.each<[string, Record<string, string>, RegExp]>([
    ['no browser', { chromedriver: program('1.0.0') }, /no Chromium/],
    ['no driver', { chromium: program('1.0.0') }, /no chromedriver/],
    ['another major', { chromium: program('156.0.0'), chromedriver: program('155.0.0') }, /version 156.*version 155/],
    ['no version', { chromium: '#!/bin/sh\n', chromedriver: program('155.0.0') }, /does not say/],
    ['not a program', { chromium: 'text', chromedriver: program('155.0.0') }, /no Chromium/]
  ])('%s is said', (_, files, why) => {
    expect(findChromium({ PATH: folderWith(files) })).toEqual({ why: expect.stringMatching(why) as string })
  })

  test('is installed by root where apt-get can, and by nobody else', async () => {
    const folder = folderWith()
    put(folder, 'new', program('156.0.0'))
    put(
      folder,
      'apt-get',
      `#!/bin/sh\ncd ${folder}\necho "$@" >> asked\nif [ "$1" = install ]; then /bin/cp new chromium; /bin/cp new chromedriver; fi\n`
    )
    expect(await obtainChromium({ PATH: folder }, false)).toHaveProperty('why')
    expect(await obtainChromium({ PATH: folder, CHROME_BIN: '/nowhere' }, true)).toHaveProperty('why')
    expect(await obtainChromium({ PATH: folder }, true)).toEqual({ chrome: join(folder, 'chromium'), driver: join(folder, 'chromedriver') })
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('update\ninstall -y --no-install-recommends chromium chromium-driver\n')
    const broken = folderWith({ 'apt-get': '#!/bin/sh\nexit 100\n' })
    expect(await obtainChromium({ PATH: broken }, true)).toEqual({ why: expect.stringContaining('"apt-get update" failed') as string })
  })

  test('a name by hand that is not there is said', () => {
    const folder = folderWith({ chromium: program('1.0.0'), chromedriver: program('1.0.0') })
    expect(findChromium({ PATH: folder, CHROME_BIN: '/nowhere/chrome' })).toEqual({ why: 'CHROME_BIN is /nowhere/chrome, which is not there' })
    expect(onPath(['chromium'], folder)).toBe(join(folder, 'chromium'))
  })
})

test('the desktop is driven only where everything fits', () => {
  const fits = { electron: { path: '/e' }, inside: 156, driver: 156, display: true }
  expect(whyNoDesktop(fits)).toBeUndefined()
  expect(whyNoDesktop({ ...fits, electron: { why: 'it is absent' } })).toBe('it is absent')
  expect(whyNoDesktop({ ...fits, display: false })).toMatch(/display/)
  expect(whyNoDesktop({ ...fits, inside: undefined })).toMatch(/does not start/)
  expect(whyNoDesktop({ ...fits, driver: undefined })).toMatch(/chromedriver/)
  expect(whyNoDesktop({ ...fits, driver: 155 })).toBe('Electron is of Chromium 156, the chromedriver of 155')
})
