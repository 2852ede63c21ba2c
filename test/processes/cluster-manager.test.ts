import { describe, expect, test } from 'vitest'
import { isFinished, STANDALONE_STATES } from '../../engine/rules/standalone-states.ts'
import { ASK, cluster, Told } from './cluster-kit.ts'

const fault = (kit: Awaited<ReturnType<typeof cluster>>): string => kit.of('kindling.WorkerRegistered')[0]!.Kindling.id

describe('one application after another', () => {
  test('what travels to a driver about an application that has ended meanwhile does not reach its next one', async () => {
    const { manager, executors, travel, app } = await cluster()
    const driver = new Told('driver')
    const first = await app(driver)
    expect(driver.words).toEqual(['ExecutorsScheduled', 'ExecutorGranted', 'ExecutorGranted'])
    executors.get(`${first}/0`)!.end(137)
    await travel() // the Worker tells the Master
    manager.finish(first, 'FINISHED', undefined, undefined)
    const second = manager.register(driver, ASK)
    driver.heard.length = 0
    await travel() // the Master's word would arrive now
    expect(driver.heard).toEqual([])
    expect(second).not.toBe(first)
    for (const child of executors.values()) if (!child.ended) child.end(0)
  })

  test('an application that is not taken on gets no executors', async () => {
    const { manager, executors, pass, states } = await cluster()
    const appId = manager.register(new Told('driver'), ASK)
    manager.refuse(appId)
    manager.registered(appId)
    await pass(40)
    expect(executors.size).toBe(0)
    expect(states()).toEqual([])
  })

  test('a run that is ending starts nothing for executors that end', async () => {
    const { manager, executors, pass, app } = await cluster()
    await app(new Told('driver'))
    expect(executors.size).toBe(2)
    manager.startNoMore()
    for (const child of executors.values()) child.end(1)
    await pass(100)
    expect(executors.size).toBe(2)
  })
})

describe('several applications at once', () => {
  test('§3.9 applications are served in the order they came: the second waits for what the first leaves', async () => {
    const { manager, pass, app, launched, of } = await cluster()
    const first = await app(new Told('driver'))
    const second = await app(new Told('driver-2'))
    expect(launched()).toEqual([`${first}/0 worker-1:2`, `${first}/1 worker-2:2`])
    expect(of('kindling.Note').map((note) => note.text)).toContain(`Application ${second} waits: app (${first}) came first and holds 4 cores. It gets what they leave free (FIFO).`)
    manager.finish(first, 'FINISHED', undefined, undefined)
    await pass(30)
    expect(launched().slice(2)).toEqual([`${second}/0 worker-1:2`, `${second}/1 worker-2:2`])
    // Why it gets them now is said.
    const ended = of('kindling.ApplicationState').find((event) => event.appId === first && event.state === 'FINISHED')!
    expect(of('kindling.ExecutorLaunching').at(-1)!.Kindling.cause).toBe(ended.Kindling.id)
  })

  test('§3.9 two that wait: the one that came first is served first, whoever ends', async () => {
    const { manager, pass, app, launched } = await cluster()
    const first = await app(new Told('driver'))
    const second = await app(new Told('driver-2'))
    const third = await app(new Told('driver-3'))
    manager.finish(first, 'FINISHED', undefined, undefined)
    await pass(30)
    expect(launched().slice(2).map((one) => one.split('/')[0])).toEqual([second, second])
    manager.finish(second, 'FINISHED', undefined, undefined)
    await pass(30)
    expect(launched().slice(4).map((one) => one.split('/')[0])).toEqual([third, third])
  })

  test('§3.10 an application that came second is spread out over the cores that are left', async () => {
    const { app, launched } = await cluster({ workers: 3, cores: 4 })
    const first = await app(new Told('driver'), { coresMax: 4 })
    const second = await app(new Told('driver-2'), { coresMax: 6 })
    expect(launched()).toEqual([`${first}/0 worker-1:2`, `${first}/1 worker-2:1`, `${first}/2 worker-3:1`, `${second}/0 worker-2:2`, `${second}/1 worker-3:2`, `${second}/2 worker-1:2`])
  })

  test('§2.9 spark.deploy.defaultCores is what an application without spark.cores.max takes at most', async () => {
    const { app, launched } = await cluster({ conf: { 'spark.deploy.defaultCores': '2' } })
    const first = await app(new Told('driver'))
    const second = await app(new Told('driver-2'), { coresMax: 1 })
    expect(launched()).toEqual([`${first}/0 worker-1:1`, `${first}/1 worker-2:1`, `${second}/0 worker-1:1`])
  })

  test("§3.8 a driver that is gone frees its application's cores, and no other application hears of it", async () => {
    const { manager, app, pass, states, launched } = await cluster()
    const other = new Told('driver-2')
    const first = await app(new Told('driver'), { coresMax: 2 })
    const second = await app(other, { coresMax: 2 })
    other.heard.length = 0
    manager.finish(first, 'FINISHED', 'The driver is gone.', 'lab:1')
    await pass(30)
    expect(states().filter((one) => one.startsWith(second))).toEqual([`${second} WAITING`, `${second} RUNNING`])
    expect(other.heard).toEqual([])
    expect(launched()).toHaveLength(4)
  })

  test('§2.9 spark.cores.max leaves room for others; each application counts its executors from 0', async () => {
    const { app, launched } = await cluster()
    const first = await app(new Told('driver'), { coresMax: 2 })
    const second = await app(new Told('driver-2'), { coresMax: 2 })
    expect(launched()).toEqual([`${first}/0 worker-1:1`, `${first}/1 worker-2:1`, `${second}/0 worker-1:1`, `${second}/1 worker-2:1`])
  })

  test('§3.10 spark.deploy.spreadOutApps=false fills a worker before the next', async () => {
    const { app, launched } = await cluster({ conf: { 'spark.deploy.spreadOutApps': 'false' } })
    const first = await app(new Told('driver'), { coresMax: 2 })
    expect(launched()).toEqual([`${first}/0 worker-1:2`])
  })

  test('§3.13 an executor that no worker could ever hold: the Master says so', async () => {
    const { app, of } = await cluster()
    await app(new Told('driver'), { executorMemoryMb: 9000 })
    expect(of('kindling.Note').at(-1)!.text).toContain('requires more resource than any of Workers could have')
  })
})

describe('executors', () => {
  test('§3.14 RUNNING as soon as the process is there; EXITED with Spark’s words and the status', async () => {
    const { app, of, executors, pass } = await cluster()
    const appId = await app(new Told('driver'))
    expect(of('kindling.ExecutorState').map((event) => event.state)).toEqual(['RUNNING', 'RUNNING'])
    executors.get(`${appId}/0`)!.end(52)
    await pass(20)
    expect(of('kindling.ExecutorState').at(-1)).toMatchObject({ executorId: '0', state: 'EXITED', exitStatus: 52, message: 'Command exited with code 52' })
  })

  test('§3.15 SIGTERM first; one that hangs gets SIGKILL after ten seconds', async () => {
    const { app, manager, executors, hung, pass } = await cluster()
    const appId = await app(new Told('driver'))
    hung.add(`${appId}/0`)
    manager.killExecutors(appId, ['0', '1'], false, undefined)
    await pass(20)
    expect(executors.get(`${appId}/1`)).toMatchObject({ ended: true, words: ['Terminate'] })
    expect(executors.get(`${appId}/0`)).toMatchObject({ ended: false, words: ['Terminate'] })
    await pass(10_000)
    expect(executors.get(`${appId}/0`)!.ended).toBe(true)
  })

  test('§3.17 an executor that ended is replaced at once, with a new id', async () => {
    const { app, executors, pass, launched, of } = await cluster()
    const appId = await app(new Told('driver'))
    executors.get(`${appId}/1`)!.end(137)
    await pass(40)
    expect(launched().at(-1)).toBe(`${appId}/2 worker-2:2`)
    expect(of('kindling.ExecutorLaunching').at(-1)!.replaces).toBe('1')
  })

  test('§4.8 a driver has an executor ended and gets another in its place', async () => {
    const { app, manager, pass, launched, of } = await cluster()
    const appId = await app(new Told('driver'))
    const cause = of('kindling.ExecutorState')[0]!.Kindling.id
    manager.killExecutors(appId, ['0'], true, cause)
    await pass(40)
    expect(launched().at(-1)).toBe(`${appId}/2 worker-1:2`)
    expect(of('kindling.ExecutorLaunching').at(-1)).toMatchObject({ replaces: '0', Kindling: { cause } })
    expect(of('kindling.ExecutorState').at(-2)).toMatchObject({ executorId: '0', state: 'KILLED' })
  })

  test('§7.5 with a limit of 0 it gets none, then as many as it asks for', async () => {
    const { app, manager, pass, launched } = await cluster()
    const appId = await app(new Told('driver'), { executorLimit: 0 })
    expect(launched()).toEqual([])
    manager.requestExecutors(appId, 1, undefined)
    await pass(30)
    expect(launched()).toHaveLength(1)
    manager.requestExecutors(appId, 5, undefined)
    await pass(30)
    expect(launched()).toHaveLength(2)
  })
})

describe('a Worker is lost', () => {
  test('§3.19 each executor on it is LOST with the worker’s host and no status; applications hear of the worker; nothing fits elsewhere', async () => {
    const kit = await cluster()
    const driver = new Told('driver')
    const appId = await kit.app(driver)
    driver.heard.length = 0
    kit.manager.loseWorker('worker-2', fault(kit))
    await kit.pass(40)
    expect(kit.of('kindling.WorkerLost')).toMatchObject([{ worker: 'worker-2', reason: 'worker-2 got disassociated', Kindling: { cause: fault(kit) } }])
    expect(driver.heard).toMatchObject([
      { type: 'ExecutorUpdated', executorId: '1', state: 'LOST', message: 'worker lost: worker-2 got disassociated', workerHost: 'worker-2' },
      { type: 'WorkerRemoved', worker: 'worker-2', host: 'worker-2', message: 'worker-2 got disassociated' }
    ])
    expect(kit.launched()).toHaveLength(2)
    expect(kit.executors.get(`${appId}/0`)!.ended).toBe(false)
  })

  test('§3.20 what ran on it shares its fate: exit code 255', async () => {
    const kit = await cluster()
    const appId = await kit.app(new Told('driver'))
    kit.manager.loseWorker('worker-2', fault(kit))
    expect(kit.executors.get(`${appId}/1`)).toMatchObject({ ended: true, words: ['WorkerGone'] })
  })

  test('§3.1 its process is started again: it registers, and executors come to it', async () => {
    const kit = await cluster()
    const appId = await kit.app(new Told('driver'))
    kit.manager.loseWorker('worker-2', fault(kit))
    await kit.pass(40)
    kit.manager.restartWorker('worker-2', fault(kit))
    await kit.pass(60)
    expect(kit.launched().at(-1)).toBe(`${appId}/2 worker-2:2`)
    expect(kit.of('kindling.ExecutorLaunching').at(-1)!.replaces).toBe('1')
  })

  test('§3.3 silent death is noticed after 60 to 120 s; one that speaks again is asked to register, and ends what is not its any more', async () => {
    const kit = await cluster()
    const driver = new Told('driver')
    const appId = await kit.app(driver)
    kit.manager.hangWorker('worker-2', fault(kit))
    await kit.pass(59_000)
    expect(kit.of('kindling.WorkerLost')).toEqual([])
    await kit.pass(62_000)
    expect(kit.of('kindling.WorkerLost')).toMatchObject([{ worker: 'worker-2', reason: 'Not receiving heartbeat for 60 seconds' }])
    expect(kit.executors.get(`${appId}/1`)!.ended).toBe(false)
    kit.manager.resumeWorker('worker-2')
    await kit.pass(100)
    expect(kit.of('kindling.WorkerRegistered').map((event) => event.worker)).toEqual(['worker-1', 'worker-2', 'worker-2'])
    expect(kit.executors.get(`${appId}/1`)!.words).toEqual(['Terminate'])
    expect(kit.launched().at(-1)).toBe(`${appId}/2 worker-2:2`)
  })

  test('§7.6 a Worker that is decommissioned: its applications hear it, nothing new comes to it', async () => {
    const kit = await cluster()
    const driver = new Told('driver')
    const appId = await kit.app(driver, { executorCores: 1, coresMax: 2 })
    driver.heard.length = 0
    kit.manager.decommissionWorker('worker-2', fault(kit))
    await kit.pass(40)
    expect(driver.heard).toMatchObject([
      { type: 'ExecutorUpdated', executorId: '1', state: 'DECOMMISSIONED', message: 'worker decommissioned', workerHost: 'worker-2' },
      { type: 'ExecutorGranted', executorId: '2', worker: 'worker-1' }
    ])
    expect(kit.executors.get(`${appId}/1`)!.ended).toBe(false)
    expect(kit.launched().at(-1)).toBe(`${appId}/2 worker-1:1`)
  })
})

describe('drivers in cluster mode', () => {
  test('§3.23 a supervised driver is started again on its Worker after 1, 2, 4 s', async () => {
    const kit = await cluster()
    kit.driver({ supervise: true })
    await kit.pass(20)
    kit.drivers[0]!.end(1)
    await kit.pass(1000)
    kit.drivers[1]!.end(1)
    await kit.pass(1999)
    expect(kit.drivers).toHaveLength(2)
    await kit.pass(1)
    expect(kit.drivers.map((driver) => driver.actor)).toEqual(['driver-1 on worker-1 attempt 0', 'driver-1 on worker-1 attempt 1', 'driver-1 on worker-1 attempt 2'])
    expect(kit.of('kindling.DriverState').filter((event) => event.state === 'RELAUNCHING').map((event) => event.retryInMs)).toEqual([1000, 2000])
  })

  test('§3.24 its Worker is lost: the Master starts it on another, under a new id; the old one is RELAUNCHING', async () => {
    const kit = await cluster()
    const { over } = kit.driver({ supervise: true })
    await kit.pass(20)
    kit.manager.loseWorker('worker-1', fault(kit))
    await kit.pass(40)
    expect(kit.drivers.map((driver) => driver.actor)).toEqual(['driver-1 on worker-1 attempt 0', 'driver-2 on worker-2 attempt 1'])
    expect(kit.of('kindling.DriverState').map((event) => `${event.driverId} ${event.state}`)).toEqual(['driver-1 SUBMITTED', 'driver-1 RUNNING', 'driver-1 RELAUNCHING', 'driver-2 SUBMITTED', 'driver-2 RUNNING'])
    expect(over).toEqual([])
  })

  test('§3.19 without supervision a driver on a lost Worker is over: ERROR', async () => {
    const kit = await cluster()
    const { over } = kit.driver()
    await kit.pass(20)
    kit.manager.loseWorker('worker-1', fault(kit))
    await kit.pass(40)
    expect(over).toEqual(['ERROR'])
    expect(kit.drivers).toHaveLength(1)
    expect(kit.drivers[0]!.words).toEqual(['WorkerGone'])
  })

  test('§3.12 drivers take their room before executors [simplified: the first worker with room takes one, so that places on the map stay the same]', async () => {
    const kit = await cluster()
    kit.driver()
    const appId = await kit.app(new Told('driver'))
    expect(kit.launched()).toEqual([`${appId}/0 worker-2:2`, `${appId}/1 worker-1:1`])
  })
})

describe('states', () => {
  test('§3.5 Master, workers, applications, executors and drivers have Spark’s states and no others', async () => {
    const kit = await cluster({ workers: 3, conf: { 'spark.deploy.recoveryMode': 'FILESYSTEM', 'spark.decommission.enabled': 'true' } })
    const appId = await kit.app(new Told('driver'))
    kit.executors.get(`${appId}/0`)!.end(1)
    await kit.pass(30)
    kit.manager.decommissionWorker('worker-2', fault(kit))
    kit.manager.loseWorker('worker-3', fault(kit))
    await kit.pass(30)
    kit.manager.stopMaster(fault(kit))
    kit.manager.startMaster(fault(kit))
    await kit.pass(100)
    kit.manager.finish(appId, 'FINISHED', undefined, undefined)
    await kit.pass(30)
    const seen = (found: string[]): string[] => [...new Set(found)].sort()
    expect(seen(kit.of('kindling.ApplicationState').map((event) => event.state))).toEqual(['FINISHED', 'RUNNING', 'UNKNOWN', 'WAITING'])
    expect(seen(kit.of('kindling.ExecutorState').map((event) => event.state))).toEqual(['DECOMMISSIONED', 'EXITED', 'LOST', 'RUNNING'])
    const master = seen(kit.of('kindling.MachineState').flatMap((event) => (event.machine === 'master' ? [event.state] : [])))
    // DOWN is the process that is not there.
    expect(master).toEqual(['ALIVE', 'COMPLETING_RECOVERY', 'DOWN', 'RECOVERING', 'STANDBY'])
    expect(STANDALONE_STATES).toEqual({
      worker: ['ALIVE', 'DEAD', 'DECOMMISSIONED', 'UNKNOWN'],
      application: ['WAITING', 'RUNNING', 'FINISHED', 'FAILED', 'KILLED', 'UNKNOWN'],
      executor: ['LAUNCHING', 'RUNNING', 'KILLED', 'FAILED', 'LOST', 'EXITED', 'DECOMMISSIONED'],
      driver: ['SUBMITTED', 'RUNNING', 'FINISHED', 'RELAUNCHING', 'UNKNOWN', 'KILLED', 'FAILED', 'ERROR']
    })
    expect(STANDALONE_STATES.executor.filter(isFinished)).toEqual(['KILLED', 'FAILED', 'LOST', 'EXITED'])
  })
})

describe('the Master is down', () => {
  test('§3.7 what runs goes on, and nothing is replaced', async () => {
    const kit = await cluster()
    const appId = await kit.app(new Told('driver'))
    kit.manager.stopMaster(fault(kit))
    kit.executors.get(`${appId}/0`)!.end(137)
    await kit.pass(5000)
    expect(kit.launched()).toHaveLength(2)
    expect(kit.executors.get(`${appId}/1`)!.ended).toBe(false)
    expect(kit.of('kindling.Note').map((note) => `${note.actor}: ${note.text}`)).toEqual([
      'driver: Connection to master failed; waiting for master to reconnect...',
      'worker-1: Connection to master failed! Waiting for master to reconnect...',
      'worker-2: Connection to master failed! Waiting for master to reconnect...'
    ])
  })

  test('§3.26 recoveryMode NONE: the new Master knows nothing. Workers register again within 5 to 15 s and are told to end what it does not know', async () => {
    const kit = await cluster()
    const appId = await kit.app(new Told('driver'))
    kit.manager.stopMaster(fault(kit))
    await kit.pass(100)
    kit.manager.startMaster(fault(kit))
    await kit.pass(20_000)
    expect(kit.of('kindling.WorkerRegistered').map((event) => event.worker)).toEqual(['worker-1', 'worker-2', 'worker-1', 'worker-2'])
    expect(kit.executors.get(`${appId}/0`)!.words).toEqual(['Terminate'])
    expect(kit.launched()).toHaveLength(2)
    // A new application is served.
    const next = await kit.app(new Told('driver'))
    expect(kit.launched().slice(2)).toEqual([`${next}/0 worker-1:2`, `${next}/1 worker-2:2`])
  })

  test('§3.26 recoveryMode FILESYSTEM: applications and Workers answer, running executors stay, what died meanwhile is replaced', async () => {
    const kit = await cluster({ conf: { 'spark.deploy.recoveryMode': 'FILESYSTEM' } })
    const appId = await kit.app(new Told('driver'))
    kit.manager.stopMaster(fault(kit))
    kit.executors.get(`${appId}/0`)!.end(137)
    await kit.pass(1000)
    kit.manager.startMaster(fault(kit))
    await kit.pass(100)
    const states = kit.of('kindling.MachineState').filter((event) => event.machine === 'master').map((event) => event.state)
    expect(states).toEqual(['STANDBY', 'ALIVE', 'DOWN', 'STANDBY', 'RECOVERING', 'COMPLETING_RECOVERY', 'ALIVE'])
    expect(kit.states().slice(2)).toEqual([`${appId} UNKNOWN`, `${appId} WAITING`, `${appId} RUNNING`])
    expect(kit.launched().slice(2)).toEqual([`${appId}/2 worker-1:2`])
    expect(kit.executors.get(`${appId}/1`)!.ended).toBe(false)
  })

  test('§3.26 who does not answer within spark.deploy.recoveryTimeout is struck off', async () => {
    const kit = await cluster({ conf: { 'spark.deploy.recoveryMode': 'FILESYSTEM' } })
    const appId = await kit.app(new Told('driver'))
    kit.manager.stopMaster(fault(kit))
    kit.manager.loseWorker('worker-2', fault(kit))
    kit.manager.startMaster(fault(kit))
    await kit.pass(59_000)
    expect(kit.of('kindling.WorkerLost')).toEqual([])
    await kit.pass(2000)
    expect(kit.of('kindling.WorkerLost')).toMatchObject([{ worker: 'worker-2', reason: 'Not responding for recovery' }])
    expect(kit.states().at(-1)).toBe(`${appId} RUNNING`)
  })

  test('§3.2 a Worker tries to register 16 times, first every 10 s, then every minute; then it exits with 1 and its executors with it', async () => {
    const kit = await cluster({ workers: 1 })
    const appId = await kit.app(new Told('driver'))
    kit.manager.stopMaster(fault(kit))
    await kit.pass(6 * 10_000 + 10 * 60_000 - 1000)
    expect(kit.executors.get(`${appId}/0`)!.ended).toBe(false)
    await kit.pass(2000)
    expect(kit.of('kindling.Note').at(-1)).toMatchObject({ actor: 'worker-1', text: 'All masters are unresponsive! Giving up.' })
    expect(kit.executors.get(`${appId}/0`)).toMatchObject({ ended: true, words: ['WorkerGone'] })
  })

  test('§3.16 a Worker that cannot tell the Master of an executor five times exits', async () => {
    const kit = await cluster({ workers: 2, conf: { 'spark.worker.maxRegistrationRetries': '1000', 'spark.rpc.askTimeout': '10s' } })
    const appId = await kit.app(new Told('driver'))
    kit.manager.stopMaster(fault(kit))
    kit.executors.get(`${appId}/0`)!.end(1)
    await kit.pass(39_000)
    expect(kit.of('kindling.MachineState').at(-1)).not.toMatchObject({ actor: 'worker-1', state: 'DEAD' })
    await kit.pass(2000)
    expect(kit.of('kindling.MachineState').at(-1)).toMatchObject({ actor: 'worker-1', state: 'DEAD' })
  })
})
