import { describe, expect, test } from 'vitest'
import { chooseHost, startingTime, whyNotShown, type Facts } from '../../scripts/choose-host.ts'

const here = { path: '/e/electron' }
const absent = { why: 'Electron has not been downloaded yet' }
const laptop: Facts = { forced: false, platform: 'linux', env: { DISPLAY: ':0' }, root: false, electron: here }

describe('how the lab is opened', () => {
  test('in Electron, where it is here and there is a display', () => {
    const desktop = { host: 'desktop', electron: '/e/electron' }
    expect(chooseHost(laptop)).toEqual(desktop)
    expect(chooseHost({ ...laptop, env: { WAYLAND_DISPLAY: 'wayland-0' } })).toEqual(desktop)
    expect(chooseHost({ ...laptop, platform: 'darwin', env: {} })).toEqual(desktop)
    expect(chooseHost({ ...laptop, platform: 'win32', env: {}, root: false })).toEqual(desktop)
  })

  test.each<[string, Partial<Facts>, RegExp]>([
    ['asked for', { forced: true }, /--browser/],
    ['no display', { env: {} }, /no display/],
    ['an empty display', { env: { DISPLAY: '' } }, /no display/],
    ['root on Linux', { root: true }, /root/],
    ['no Electron for the platform', { electron: { why: 'there is no Electron for sunos' } }, /sunos/],
    ['no package', { electron: { why: 'the package electron is not installed' } }, /not installed/],
    ['a wrong path by hand', { env: { DISPLAY: ':0', ELECTRON_EXEC_PATH: '/x' }, electron: { why: 'ELECTRON_EXEC_PATH is /x, which is not there' } }, /\/x/]
  ])('to a browser: %s', (_, changed, why) => {
    const choice = chooseHost({ ...laptop, ...changed })
    expect(choice).toMatchObject({ host: 'browser', why: expect.stringMatching(why) as string })
  })

  test('in Electron after a download, where that may help', () => {
    expect(chooseHost({ ...laptop, electron: absent })).toEqual({ host: 'download', ...absent })
    expect(chooseHost({ ...laptop, electron: absent, env: {} }).host).toBe('browser')
  })
})

describe('an Electron that ended', () => {
  test.each([
    ['[1:1/1:ERROR:ozone_platform_x11.cc(249)] Missing X server or $DISPLAY', /display/],
    ['FATAL:setuid_sandbox_host.cc: The SUID sandbox helper binary was found, but is not configured correctly.', /sandbox/],
    ['FATAL:zygote_host_impl_linux.cc(127)] No usable sandbox!', /sandbox/],
    ['electron: error while loading shared libraries: libnss3.so: cannot open shared object file', /libnss3\.so/],
    ["/lib/libc.so.6: version `GLIBC_2.35' not found (required by electron)", /GLIBC_2\.35/]
  ])('was never shown: %s', (stderr, why) => {
    expect(whyNotShown(1, 300, stderr)).toMatch(why)
    expect(whyNotShown(null, 300, stderr)).toMatch(why)
  })

  test('has ended as a lab does', () => {
    const missing = 'Missing X server or $DISPLAY'
    expect(whyNotShown(0, 300, missing)).toBeUndefined()
    expect(whyNotShown(1, startingTime + 1, missing)).toBeUndefined()
    expect(whyNotShown(1, 300, 'Error: something in the lab')).toBeUndefined()
  })
})
