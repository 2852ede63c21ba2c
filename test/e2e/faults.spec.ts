/** Every fault button: the click answers at once, and what follows is seen without searching. */
import assert from 'node:assert/strict'
import { chip, chipSays, choose, lives, openLab, output, panel, run, select, set, speed, stop, strike, tells, textOf, until } from './lab.ts'

const toStage0 = async (): Promise<void> => {
  await run()
  await tells(/^Stage 0 starts with 12 tasks/)
  await until('a task is on the map', () => $('[data-testid^="executor-"] .slot.run').isExisting())
}

describe('a fault button', () => {
  before(openLab)
  beforeEach(async () => {
    await choose('a-crash-and-its-recovery')
    // The guide of this scenario pauses the lab for its reader; who looks at the output is left alone.
    await panel('output')
    await speed('normal')
  })
  afterEach(stop)

  it('crashes the executor that is selected', async () => {
    await toStage0()
    await select('executor-1')
    assert.match(await textOf('fault-crash-executor'), /Crash executor\s*1/)
    const shown = await strike('crash-executor')
    assert.ok(shown.pressed && shown.frames === 0, JSON.stringify(shown))
    assert.equal(shown.line, 'Striking executor 1…')
    await lives('1', 'dead')
    await until('the inspector tells how and why', async () => /Executor 1.*Killed from outside · SIGKILL · exit 137.*Why is executor 1 gone\?.*You pressed Crash executor/s.test(await textOf('inspector')))
    await tells(/^Executor 1 was killed \(SIGKILL, exit code 137\)/)
    await tells(/^The Master starts executor 2 on worker-\d in its place/)
    await lives('2', 'alive')
  })

  it('fills the memory of an executor until it dies with 52', async () => {
    await toStage0()
    const shown = await strike('oom-executor')
    assert.ok(shown.pressed && shown.frames === 0, JSON.stringify(shown))
    assert.equal(shown.line, 'Striking an executor…')
    await tells(/^Executor \d ran out of memory and died \(exit code 52\)/)
    await until('a card says so', async () => /exit 52/.test(await $('[data-life="dead"]').getText()))
    await until('the inspector looks at it', async () => /exit 52/.test(await textOf('inspector')))
    await lives('2', 'alive')
  })

  it('fails a task, which is tried again, and the answer is right', async () => {
    await toStage0()
    const shown = await strike('fail-task')
    assert.ok(shown.pressed && shown.frames === 0, JSON.stringify(shown))
    assert.equal(shown.line, 'The next task attempt will fail…')
    await tells(/^Task \d+ of stage \d on executor \d failed: .* Failure 1 of 4: it is tried again\.$/)
    await until('the timeline counts it', async () => /✕ 1 failed/.test(await $('.chips').getText()))
    await until('the task runs again', async () => /↻ 1 again/.test(await $('.chips').getText()))
    await speed('fastest')
    await chipSays('finished')
    assert.match(await output(), /words in all: 615\n/)
  })

  it('silences an executor, which is found out on the lab clock', async () => {
    await set({ 'spark.executor.heartbeatInterval': '1s', 'spark.network.timeout': '5s', 'spark.network.timeoutInterval': '1s' })
    await toStage0()
    const shown = await strike('hang-executor')
    assert.ok(shown.pressed && shown.frames === 0, JSON.stringify(shown))
    await until('a card is silent, with its detection clock', async () => {
      const card = $('[data-life="silent"]')
      return (await card.isExisting()) && /silenced, no heartbeat \d+\.\d s of 5 s/.test(await card.getText())
    })
    await tells(/^Executor \d has sent no heartbeat for .* At 5 s the driver gives it up/)
    // Not faster: heartbeats of 1 s of the lab would have to come every 0.1 s.
    await lives('2', 'alive')
    await until('the inspector tells why', async () => /You pressed Silence/.test(await textOf('inspector')))
    await tells(/^The driver gives up executor \d: Executor heartbeat timed out after/)
  })

  it('fills the driver until it dies', async () => {
    await toStage0()
    const shown = await strike('oom-driver')
    assert.ok(shown.pressed && shown.frames === 0, JSON.stringify(shown))
    assert.equal(shown.line, 'Striking the driver…')
    await tells(/^The driver ran out of memory and died/)
    assert.match(await textOf('driver-card'), /Driver ✕/)
    assert.match(await textOf('death-banner'), /The driver died at/)
    await until('the run has failed', async () => /^failed, exit \d+/.test(await chip()))
  })

  it('kills the driver, and the picture stays', async () => {
    await toStage0()
    const shown = await strike('kill-driver')
    assert.ok(shown.pressed && shown.frames === 0, JSON.stringify(shown))
    await tells(/^The driver was killed \(SIGKILL, exit code 137\)\. Job 0 ends with it/)
    await chipSays('failed, exit 137')
    assert.match(await textOf('driver-card'), /Driver ✕\s*exit 137/)
    assert.match(await textOf('death-banner'), /The driver died at .* exit 137, killed from outside \(SIGKILL\)\. The picture stays/)
    await until('the inspector looks at the driver', async () => /Killed from outside · SIGKILL · exit 137/.test(await textOf('inspector')))
    await until('the executors have left', async () => (await $$('[data-life="left"]').getElements()).length === 2)
  })
})
