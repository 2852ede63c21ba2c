import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Marks, in Electron's executable, the place of the fuses: then a version, their number, and a character for each. */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'

/** Makes a folder that electron-builder takes for an unpacked Electron of Linux. All its fuses are on as shipped. */
export function standInElectron(folder: string, version: string): void {
  for (const name of ['resources', 'locales']) mkdirSync(join(folder, name), { recursive: true })
  const fuses = Buffer.concat([Buffer.from(sentinel), Buffer.from([1, 9]), Buffer.from('111111111')])
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.alloc(512), fuses, Buffer.alloc(512)]))
  writeFileSync(join(folder, 'chrome-sandbox'), '')
  chmodSync(join(folder, 'electron'), 0o755)
  writeFileSync(join(folder, 'locales', 'en-US.pak'), '')
  writeFileSync(join(folder, 'LICENSE'), 'of the stand-in')
  writeFileSync(join(folder, 'LICENSES.chromium.html'), '')
  writeFileSync(join(folder, 'version'), version)
}
