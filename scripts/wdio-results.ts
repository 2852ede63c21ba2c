/** A WebdriverIO reporter for scripts/test.ts: a line for each test in the file named by KINDLING_E2E_RESULTS. */
import { appendFileSync } from 'node:fs'
import WDIOReporter, { type HookStats, type RunnerStats, type TestStats } from '@wdio/reporter'

export default class Results extends WDIOReporter {
  #failed = 0

  #write(state: 'passed' | 'failed' | 'skipped', name: string): void {
    if (state === 'failed') this.#failed += 1
    const path = process.env['KINDLING_E2E_RESULTS']
    if (path !== undefined) appendFileSync(path, `${state} ${name.replaceAll('\n', ' ')}\n`)
  }

  override onTestPass(test: TestStats): void {
    this.#write('passed', test.fullTitle)
  }

  override onTestFail(test: TestStats): void {
    this.#write('failed', test.fullTitle)
  }

  override onTestSkip(test: TestStats): void {
    this.#write('skipped', test.fullTitle)
  }

  override onHookEnd(hook: HookStats): void {
    if (hook.error !== undefined) this.#write('failed', hook.title)
  }

  /** A spec file that could not be loaded has run no test, and still failed. */
  override onRunnerEnd(runner: RunnerStats): void {
    if ((runner.failures ?? 0) > 0 && this.#failed === 0) this.#write('failed', runner.specs.join(' '))
  }
}
