/** After `npm ci`: builds Kindling, and puts the command `kindling` where npx looks first. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { linkBin } from './link-bin.ts'
import { root } from './node24.mjs'

linkBin(root)
const { status } = spawnSync(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root, stdio: 'inherit' })
process.exitCode = status ?? 1
