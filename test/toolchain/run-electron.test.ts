import { expect, test } from 'vitest'
import { runElectron } from '../../scripts/run-electron.ts'
import { folderWith, put } from './folders.ts'

// A shell script stands for Electron: what matters is how it ends and what it writes.
const electron = (script: string): [string, string] => {
  const folder = folderWith()
  return [put(folder, 'electron', `#!/bin/sh\n${script}\n`), folder]
}
const posix = test.skipIf(process.platform === 'win32')

posix('is given the checkout, and its status is passed on', async () => {
  expect(await runElectron(...electron('test "$1" = "$PWD" && exit 3'))).toEqual({ status: 3 })
  expect(await runElectron(...electron('exit 0'))).toEqual({ status: 0 })
})

posix('ended by a signal reads as a shell reads it', async () => {
  expect(await runElectron(...electron('kill -TERM $$'))).toEqual({ status: 143 })
})

posix('with no display is never shown', async () => {
  expect(await runElectron(...electron('echo "Missing X server" >&2; exit 1'))).toEqual({ why: expect.stringContaining('display') as string })
})

posix('that cannot be started is never shown', async () => {
  const folder = folderWith({ electron: 'not a program' })
  expect(await runElectron(`${folder}/electron`, folder)).toEqual({ why: expect.stringContaining('did not start') as string })
})
