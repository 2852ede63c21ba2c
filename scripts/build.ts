/**
 * Builds what is there to out/: `node scripts/build.ts [main] [preload] [renderer]`, all without words.
 * Each part is built beside the old one and then takes its place, so a lab started meanwhile finds one or the other.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, type InlineConfig } from 'vite'
import { mainConfig, mainEntries, preloadConfig, rendererConfig } from '../electron.config.ts'
import { root } from './node24.mjs'
import { sourceState, writeStamp } from './stamp.mjs'

const out = join(root, 'out')

async function put(part: 'main' | 'preload' | 'renderer', config: InlineConfig): Promise<void> {
  const state = sourceState(root, part)
  const place = join(out, part)
  const fresh = `${place}.new-${process.pid}`
  const old = `${place}.old-${process.pid}`
  mkdirSync(out, { recursive: true })
  try {
    await build({ ...config, build: { ...config.build, outDir: fresh } })
    if (existsSync(place)) renameSync(place, old)
    renameSync(fresh, place)
    writeStamp(root, { [part]: state })
  } finally {
    rmSync(fresh, { recursive: true, force: true })
    rmSync(old, { recursive: true, force: true })
  }
}

const wanted = new Set(process.argv.slice(2))
const wants = (part: string): boolean => wanted.size === 0 || wanted.has(part)

const present = Object.fromEntries(Object.entries(mainEntries).filter(([, path]) => existsSync(path)))
try {
  if (wants('main') && Object.keys(present).length > 0) await put('main', mainConfig(present))
  if (wants('preload') && existsSync(join(root, 'main/preload.ts'))) await put('preload', preloadConfig())
  if (wants('renderer') && existsSync(join(root, 'renderer/index.html'))) await put('renderer', rendererConfig())
} catch (error) {
  // The message names file and line; where in the bundler it arose helps nobody.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
