/**
 * `npm test`: every check there is, each a step of its own, and at the very end one line, "N passed, N failed".
 *
 *     npm test                            everything: types, lint, build, unit, e2e, desktop
 *     npm test -- types lint              these steps only
 *     npm test -- unit test/rules memory  vitest on the files whose path contains one of these words
 *     npm test -- e2e crash               the end-to-end specs whose name contains this word
 *
 * The step `desktop` runs the specs of `e2e` on the desktop app, where Electron's binary is here.
 */
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findChromium, obtainChromium, type Browser } from './chromium.ts'
import { desktopFacts, whyNoDesktop } from './desktop-target.ts'
import { findElectron } from './electron-binary.ts'
import { root } from './node24.mjs'
import { isStale } from './stamp.mjs'
import { dieTogether, run } from './step.ts'
import { add, atLeastOneFailure, phrase, tally, vitestTally, wdioTally, type Tally } from './tally.ts'

const minutes = 60_000
/** Everything together stays under this, so that a build server's own limit never ends a run without a word. */
const ends = Date.now() + 25 * minutes
const names = ['types', 'lint', 'build', 'unit', 'e2e', 'desktop'] as const
type Name = (typeof names)[number]

const words = process.argv.slice(2).filter((word) => word !== '--')
const asked = names.filter((name) => words.includes(name))
const filters = words.filter((word) => !(names as readonly string[]).includes(word))
const wanted: readonly Name[] = asked.length > 0 ? asked : filters.length > 0 ? ['unit'] : names

const tool = (path: string): string => join(root, 'node_modules', path)
const results = mkdtempSync(join(tmpdir(), 'kindling-test-'))

/** Runs one of our tools with this Node; true when it ended well. */
async function ran(deadline: number, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<boolean> {
  const limit = Math.max(1_000, Math.min(deadline, ends - Date.now()))
  const ending = await run({ file: process.execPath, args, cwd: root, env: { ...process.env, ...env }, deadline: limit })
  if (ending.late) console.log(`Not done after ${Math.round(limit / 1000)} s: ended.`)
  return ending.code === 0
}

const one = (good: boolean): Tally => (good ? tally(1) : tally(0, 1))

const build = (): Promise<boolean> => ran(5 * minutes, [join(root, 'scripts/build.ts')])

/** The tests that start processes run the built files, so a build older than its sources is made anew. */
const built = async (): Promise<boolean> => !isStale(root) || (await build())

const allSpecs = globSync('test/e2e/*.spec.ts', { cwd: root }).sort()

/** The specs to run: all, or those whose path has one of the words, where only end-to-end steps were asked for. */
function chosenSpecs(): string[] {
  const chosen = asked.length > 0 && asked.every((name) => name === 'e2e' || name === 'desktop')
  return chosen && filters.length > 0 ? allSpecs.filter((spec) => filters.some((word) => spec.includes(word))) : allSpecs
}

function noSpecs(): Tally {
  console.log(allSpecs.length === 0 ? 'There are no specs in test/e2e.' : `No spec in test/e2e is called ${filters.join(' or ')}.`)
  return tally(0, allSpecs.length === 0 ? 0 : 1)
}

async function drive(target: 'browser' | 'electron', specs: readonly string[], browser: Browser): Promise<Tally> {
  const report = join(results, `${target}.txt`)
  const chosen = specs.flatMap((path) => ['--spec', join(root, path)])
  const good = await ran(12 * minutes, [tool('@wdio/cli/bin/wdio.js'), 'run', join(root, 'wdio.conf.ts'), ...chosen], {
    CHROME_BIN: browser.chrome,
    CHROMEDRIVER_PATH: browser.driver,
    KINDLING_TARGET: target,
    KINDLING_E2E_RESULTS: report
  })
  return atLeastOneFailure(wdioTally(report), good)
}

const steps: Record<Name, () => Promise<Tally>> = {
  types: async () => {
    const scripts = await ran(5 * minutes, [tool('typescript/bin/tsc'), '--noEmit', '-p', root])
    const components = await ran(5 * minutes, [
      tool('svelte-check/bin/svelte-check'), '--tsconfig', join(root, 'tsconfig.json'), '--output', 'human',
      '--threshold', 'warning', '--fail-on-warnings'
    ])
    return one(scripts && components)
  },

  lint: async () => one(await ran(5 * minutes, [tool('eslint/bin/eslint.js'), '--max-warnings', '0', root])),

  build: async () => one(await build()),

  unit: async () => {
    if (!(await built())) return tally(0, 1)
    const report = join(results, 'unit.json')
    const good = await ran(15 * minutes, [
      tool('vitest/vitest.mjs'), 'run', '--root', root, '--reporter=default', '--reporter=json',
      `--outputFile.json=${report}`, ...(wanted.includes('unit') ? filters : [])
    ])
    return atLeastOneFailure(vitestTally(report), good)
  },

  e2e: async () => {
    const specs = chosenSpecs()
    if (specs.length === 0) return noSpecs()
    const browser = await obtainChromium()
    if ('why' in browser) {
      console.log(`The end-to-end tests need a Chromium and its chromedriver: ${browser.why}.`)
      return tally(0, 1)
    }
    return (await built()) ? drive('browser', specs, browser) : tally(0, 1)
  },

  desktop: async () => {
    const specs = chosenSpecs()
    if (specs.length === 0) return noSpecs()
    const browser = findChromium()
    const driver = 'why' in browser ? undefined : browser.driver
    const electron = findElectron(tool('electron'), process.platform, process.env)
    const why = whyNoDesktop(desktopFacts(electron, driver))
    if (why !== undefined || 'why' in browser) {
      console.log(`The same specs are not run on the desktop app: ${why}.`)
      return tally()
    }
    return (await built()) ? drive('electron', specs, browser) : tally(0, 1)
  }
}

dieTogether()
process.on('exit', () => rmSync(results, { recursive: true, force: true }))
let sum = tally()
const summary: string[] = []
for (const name of wanted) {
  console.log(`\n── ${name} ${'─'.repeat(72 - name.length)}`)
  const started = Date.now()
  const counted = await steps[name]().catch((error: unknown) => {
    console.log(String(error))
    return tally(0, 1)
  })
  sum = add(sum, counted)
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  summary.push(`${counted.failed > 0 ? '✗' : '✓'} ${name.padEnd(7)} ${phrase(counted)} (${seconds} s)`)
}
console.log(`\n${'─'.repeat(76)}\n${summary.join('\n')}\n`)
process.exitCode = sum.failed > 0 ? 1 : 0
console.log(phrase(sum))
