/**
 * Builds what is there to out/: `node scripts/build.ts [main] [preload] [renderer]`, all without words.
 */
import { existsSync } from 'node:fs'
import { build } from 'vite'
import { mainConfig, mainEntries, preloadConfig, rendererConfig } from '../electron.config.ts'

const wanted = new Set(process.argv.slice(2))
const wants = (part: string): boolean => wanted.size === 0 || wanted.has(part)

const present = Object.fromEntries(Object.entries(mainEntries).filter(([, path]) => existsSync(path)))
if (wants('main') && Object.keys(present).length > 0) await build(mainConfig(present))
if (wants('preload') && existsSync('main/preload.ts')) await build(preloadConfig())
if (wants('renderer') && existsSync('renderer/index.html')) await build(rendererConfig())
