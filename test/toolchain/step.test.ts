import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../scripts/step.ts'
import { folderWith } from './folders.ts'

const node = process.execPath
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    // One that nobody has waited for yet is dead all the same.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

test('a command tells how it ended', async () => {
  expect(await run({ file: node, args: ['-e', 'process.exit(5)'], deadline: 30_000 })).toMatchObject({ code: 5, late: false })
  const kept = await run({ file: node, args: ['-e', 'console.log("said")'], deadline: 30_000, keep: true })
  expect(kept).toEqual({ code: 0, signal: null, late: false, output: 'said\n' })
})

test('a command that cannot be started is an error', async () => {
  await expect(run({ file: '/nowhere/to/be/found', args: [], deadline: 30_000 })).rejects.toThrow(/ENOENT/)
})

test.runIf(process.platform === 'linux')('nothing of its group outlives it, whether it ends or is late', async () => {
  for (const [after, late] of [['exit 0', false], ['wait', true]] as const) {
    const file = join(folderWith(), 'pid')
    // Starts a grandchild that does not end by itself, and writes its pid down.
    const script = `sleep 1000 & echo $! > ${file}; ${after}`
    const ending = await run({ file: '/bin/sh', args: ['-c', script], deadline: late ? 1_000 : 30_000 })
    expect(ending.late).toBe(late)
    const pid = Number(readFileSync(file, 'utf8'))
    await expect.poll(() => alive(pid)).toBe(false)
  }
})
