import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ProcessHandle, Spawner } from '../../engine/world/interfaces.ts'
import { entriesFrom } from '../../main/entries.ts'
import { createLab, DEFAULT_CLUSTER } from '../../main/lab.ts'
import { ChildProcessSpawner } from '../../main/spawners/child-process.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'kindling-never-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const entries = entriesFrom(join(import.meta.dirname, '..', '..', 'main', 'entries.ts'))

async function outcomeWith(spawner: Spawner): Promise<{ exitCode: number; outcome: string; message?: string; exits: string[] }> {
  const lab = createLab({ spawner, host: 'cli', logDirectory: join(root, 'logs'), scenariosDirectory: entries.scenarios, scratchDirectory: join(root, 'scratch') })
  try {
    const run = await lab.run({ program: 'print(1)\n', programName: 'p.py', argv: [], cluster: { ...DEFAULT_CLUSTER }, conf: {}, faults: [], cwd: root, folders: [root], speed: 1 })
    const outcome = await run.ended
    return { ...outcome, exits: run.journal.events.flatMap((event) => (event.Event === 'kindling.ProcessExited' ? [event.end.meaning] : [])) }
  } finally {
    await lab.close()
  }
}

test('a driver that the system cannot start: the run ends with the reason, the lab stays', async () => {
  const refusing: Spawner = {
    spawn: (request): ProcessHandle => ({ name: request.name, started: Promise.reject(new Error('the system has no process left')), onEnd: () => undefined, onOutput: () => undefined, kill: () => undefined })
  }
  const ended = await outcomeWith(refusing)
  expect(ended).toMatchObject({ outcome: 'failed', exitCode: 1, message: 'the system has no process left' })
  expect(ended.exits).toEqual(['the system has no process left'])
})

test('a driver that ends before it has said a word', async () => {
  const ended = await outcomeWith(new ChildProcessSpawner({ entries: { ...entries, driver: join(root, 'is-not-there.js') } }))
  expect(ended).toMatchObject({ outcome: 'failed', exitCode: 1 })
  expect(ended.exits).toHaveLength(1)
})
