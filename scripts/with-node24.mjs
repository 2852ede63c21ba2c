/** `node scripts/with-node24.mjs FILE [arguments]` runs FILE with Node 24, whatever Node it was called with. */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureNode } from './node24.mjs'

await ensureNode()
const file = process.argv[2]
if (file === undefined) {
  process.stderr.write('usage: node scripts/with-node24.mjs FILE [arguments]\n')
  process.exit(2)
}
const path = resolve(file)
process.argv.splice(1, 2, path)
await import(pathToFileURL(path).href)
