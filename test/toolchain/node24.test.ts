import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { findNode, installedNode, root } from '../../scripts/node24.mjs'
import { folderWith, put } from './folders.ts'

const library = new URL('../../scripts/node24.mjs', import.meta.url).href

/** A file that hands over to this Node as an older one would, and says what the other side does. */
function handOver(body: string): string {
  const folder = folderWith()
  const inner = put(folder, 'inner.mjs', `import { holdLeash } from '${library}'\nholdLeash()\n${body}\n`)
  return put(folder, 'outer.mjs', `import { exec } from '${library}'\nawait exec(process.execPath, ['${inner}', ...process.argv.slice(2)])\n`)
}

const lines = async (child: ChildProcess): Promise<string> => {
  if (child.stdout === null) throw new Error('no stdout')
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return line
}

test('we run on Node 24, and find the one that npm installed', () => {
  expect(process.versions.node).toMatch(/^24\./)
  expect(findNode()).toBe(process.execPath)
  expect(installedNode(folderWith())).toBeUndefined()
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const made = folderWith({ [`node_modules/node/bin/${name}`]: '' })
  expect(installedNode(made)).toContain(made)
  expect(root).toBe(new URL('../..', import.meta.url).pathname.replace(/\/$/, ''))
})

test('streams, arguments and the exit code are those of the other side', () => {
  const file = handOver(`process.stdin.pipe(process.stdout); process.stderr.write(process.argv.slice(2).join('|')); process.exitCode = 41`)
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, 'a b', '--c'], { input: 'in', encoding: 'utf8' })
  expect({ status, stdout, stderr }).toEqual({ status: 41, stdout: 'in', stderr: 'a b|--c' })
})

const waits = `console.log(process.pid); setInterval(() => {}, 1000)`
const posix = test.skipIf(process.platform === 'win32')

posix('a polite signal is passed on, and its end is ours', async () => {
  const tidy = spawn(process.execPath, [handOver(`process.on('SIGTERM', () => process.exit(9)); ${waits}`)], { stdio: ['ignore', 'pipe', 'inherit'] })
  await lines(tidy)
  tidy.kill('SIGTERM')
  expect(await once(tidy, 'exit')).toEqual([9, null])
  const plain = spawn(process.execPath, [handOver(waits)], { stdio: ['ignore', 'pipe', 'inherit'] })
  await lines(plain)
  plain.kill('SIGINT')
  expect(await once(plain, 'exit')).toEqual([null, 'SIGINT'])
})

posix('when the outer one is killed outright, the inner one goes too', async () => {
  const outer = spawn(process.execPath, [handOver(waits)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const inner = Number(await lines(outer))
  onTestFinished(() => {
    try {
      process.kill(inner, 'SIGKILL')
    } catch {
      // Gone, as it should be.
    }
  })
  outer.kill('SIGKILL')
  // Its stdout is ours: it closes when the last process that holds it has gone.
  await once(outer, 'close')
  expect(outer.signalCode).toBe('SIGKILL')
})
