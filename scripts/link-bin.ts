import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes node_modules/.bin/kindling. npm links the commands of what a project depends on, not the project's own; without
 * this, `npx kindling` would install the checkout a second time into npx's own folder.
 */
export function linkBin(root: string, platform: NodeJS.Platform = process.platform): void {
  const folder = join(root, 'node_modules', '.bin')
  mkdirSync(folder, { recursive: true })
  if (platform === 'win32') {
    writeFileSync(join(folder, 'kindling.cmd'), '@node "%~dp0\\..\\..\\bin\\kindling.mjs" %*\r\n')
    return
  }
  rmSync(join(folder, 'kindling'), { force: true })
  symlinkSync('../../bin/kindling.mjs', join(folder, 'kindling'))
}
