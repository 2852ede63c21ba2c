#!/usr/bin/env node
/** The command `kindling`: finds Node 24, builds what is older than its sources, and hands over to main/cli.ts. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureNode, root } from '../scripts/node24.mjs'
import { isStale } from '../scripts/stamp.mjs'

if (!existsSync(join(root, 'node_modules'))) {
  process.stderr.write('Kindling is not installed yet: run "npm ci" in its folder first.\n')
  process.exit(1)
}
await ensureNode()
if (isStale(root, ['main'])) {
  process.stderr.write('Building Kindling…\n')
  // Whatever a build has to say goes to stderr: stdout belongs to the learner's program.
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/build.ts'), 'main'], {
    cwd: root,
    stdio: ['ignore', 2, 2]
  })
  if (status !== 0) process.exit(status ?? 1)
}
await import(pathToFileURL(join(root, 'out', 'main', 'cli.js')).href)
