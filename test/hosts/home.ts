/** A person's data folder for one test: empty but for CPython's snapshots, which take seconds to make. */
import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dataDirectory } from '../../main/entries.ts'

export function makeHome(name: string): string {
  const home = mkdtempSync(join(tmpdir(), `kindling-${name}-`))
  const snapshots = join(dataDirectory(), 'snapshots')
  mkdirSync(snapshots, { recursive: true })
  symlinkSync(snapshots, join(home, 'snapshots'))
  return home
}
