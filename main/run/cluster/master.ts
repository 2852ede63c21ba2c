import type { BareEvent, EventId } from '../../../engine/events/index.ts'
import { masterMachine, runMachine, type RunningMachine } from '../../../engine/machines/index.ts'
import { settings } from '../../../engine/rules/conf.ts'
import { AppRetries, couldEverFit, placeExecutors, workerPolicy } from '../../../engine/rules/placement.ts'
import { canComplete, recoveryTimeout, remembers } from '../../../engine/rules/recovery.ts'
import { isFinished, isOver, type DriverState } from '../../../engine/rules/standalone-states.ts'
import { disconnectText, isSilent, silenceText, workerTimeout } from '../../../engine/rules/worker-life.ts'
import type { Clock, Timer } from '../../../engine/world/interfaces.ts'
import type { LabToChild } from '../../../engine/world/messages.ts'
import type { ChildHandle } from '../children.ts'
import type { Journal } from '../journal.ts'
import type { Wire } from '../wire.ts'
import { coresFree, hasRoomForDriver, memoryFreeMb, strikeOff, type Application, type ApplicationAsk, type DriverAsk, type DriverBook, type ExecutorBook, type WorkerBook } from './books.ts'
import type { ExecutorNews, Worker } from './worker.ts'

export interface MasterHands {
  clock: Clock
  journal: Journal
  wire: Wire
  conf: Record<string, string>
  /** An application id that no log of the folder has (§1.17). */
  nextAppId: () => string
  nextDriverId: () => string
  /** Nothing is to be started any more. */
  stopped: () => boolean
  /** The executors of an application that has ended are to leave. */
  appEnded: (appId: string, event: EventId) => void
}

/** The standalone Master (§3): its books of Workers, applications and drivers, and what it starts. */
export class Master {
  readonly #hands: MasterHands
  readonly #machine: RunningMachine<typeof masterMachine>
  readonly #workers = new Map<string, WorkerBook>()
  readonly #apps = new Map<string, Application>()
  readonly #drivers = new Set<DriverBook>()
  /** Told to leave at a driver's request, and not gone yet: nobody's any more. */
  readonly #leaving = new Set<string>()
  #up = false
  /** Why its machine goes on now, where that is known. */
  #because: EventId | undefined
  #scheduling = false
  #check: Timer | undefined
  #recovery: Timer | undefined

  constructor(hands: MasterHands) {
    this.#hands = hands
    this.#machine = runMachine(masterMachine.provide({ actions: { schedule: () => this.#scheduleSoon() } }), (state, event) => this.#post({ Event: 'kindling.MachineState', actor: 'master', machine: 'master', state, event }, this.#because))
  }

  /** Its process is there. */
  get up(): boolean {
    return this.#up
  }

  app(appId: string): Application | undefined {
    return this.#apps.get(appId)
  }

  /** It becomes the leader; with stored books it recovers first (§3.26). */
  start(cause?: EventId): void {
    this.#up = true
    this.#because = cause
    this.#machine.send({ type: 'MasterStarted' })
    this.#because = undefined
    const apps = [...this.#apps.values()].filter((app) => !isOver(app.state))
    const stored = apps.length + this.#workers.size + this.#drivers.size > 0
    this.#machine.send({ type: 'ElectedLeader', stored })
    this.#watchWorkers()
    if (stored) this.#beginRecovery(apps, cause)
  }

  /** Its process is gone. Without spark.deploy.recoveryMode nothing remembers what it knew (§3.26). */
  stop(cause?: EventId): void {
    this.#up = false
    this.#check?.cancel()
    this.#recovery?.cancel()
    this.#because = cause
    this.#machine.send({ type: 'MasterStopped' })
    this.#because = undefined
    this.#leaving.clear()
    if (remembers(this.#hands.conf)) return
    this.#workers.clear()
    this.#apps.clear()
    this.#drivers.clear()
  }

  close(): void {
    this.#check?.cancel()
    this.#recovery?.cancel()
    this.#machine.send({ type: 'Stop' })
  }

  // Workers

  /** §3.1. A Worker the Master had given up may come again. */
  registerWorker(worker: Worker, cause: EventId | undefined): void {
    const known = this.#workers.get(worker.id)
    if (known !== undefined && known.state !== 'DEAD' && known.state !== 'UNKNOWN') {
      // It was away and back before anyone noticed: what it ran is not there any more.
      this.#removeWorker(known, disconnectText(worker.host), cause)
    }
    this.#workers.set(worker.id, { worker, state: 'ALIVE', lastHeartbeat: this.#hands.clock.now(), executors: new Set(), drivers: new Set() })
    this.#post({ Event: 'kindling.WorkerRegistered', worker: worker.id, host: worker.host, cores: worker.cores, memoryMb: worker.memoryMb }, cause)
    this.#toWorker(worker, 'RegisteredWorker', undefined, cause, () => worker.registeredWorker())
    this.#machine.send({ type: 'RegisterWorker', worker: worker.id })
  }

  /** A heartbeat of a Worker it has given up: it is asked to register again (§3.3). */
  heartbeat(worker: Worker): void {
    const book = this.#workers.get(worker.id)
    if (book === undefined) return
    if (book.state === 'DEAD') this.#toWorker(worker, 'ReconnectWorker', undefined, undefined, () => worker.register(undefined))
    else book.lastHeartbeat = this.#hands.clock.now()
  }

  /** What runs there: a Master that knows nothing of an executor or driver has it ended. */
  workerLatestState(worker: Worker): void {
    const book = this.#workers.get(worker.id)
    if (book === undefined) return
    for (const { launch } of worker.executors) {
      if ([...book.executors].some((executor) => executor.app.id === launch.appId && executor.id === launch.executorId)) continue
      const event = this.#post({ Event: 'kindling.Decision', kind: 'unknown-executor', executorId: launch.executorId, text: `The Master does not know executor ${launch.executorId} of ${launch.appId} on ${worker.id}: it tells the Worker to end it.` })
      this.#toWorker(worker, 'KillExecutor', `executor ${launch.executorId}`, event, () => worker.killExecutor(launch.appId, launch.executorId, event))
    }
    for (const driver of worker.drivers) {
      if (book.drivers.has(driver)) continue
      const event = this.#post({ Event: 'kindling.Decision', kind: 'unknown-driver', text: `The Master does not know driver ${driver.id} on ${worker.id}: it tells the Worker to end it.` })
      this.#toWorker(worker, 'KillDriver', driver.id, event, () => worker.terminateDriver(driver.id, event))
    }
  }

  /** A Worker answers to a change of the Master (§3.26). */
  workerSchedulerState(worker: Worker): void {
    const book = this.#workers.get(worker.id)
    if (book === undefined) return
    book.state = worker.decommissioned ? 'DECOMMISSIONED' : 'ALIVE'
    book.lastHeartbeat = this.#hands.clock.now()
    this.#post({ Event: 'kindling.WorkerRegistered', worker: worker.id, host: worker.host, cores: worker.cores, memoryMb: worker.memoryMb })
    for (const { launch } of worker.executors) {
      const app = this.#apps.get(launch.appId)
      if (app === undefined || isOver(app.state)) continue
      const executor: ExecutorBook = { id: launch.executorId, app, at: book, cores: launch.cores, memoryMb: launch.memoryMb, state: 'RUNNING' }
      app.executors.set(executor.id, executor)
      book.executors.add(executor)
    }
    for (const driver of worker.drivers) {
      driver.at = book
      driver.state = 'RUNNING'
      book.drivers.add(driver)
    }
    this.#completeIfAll()
  }

  workerDisconnected(worker: Worker, cause: EventId | undefined): void {
    const book = this.#workers.get(worker.id)
    if (!this.#up || book === undefined || book.state === 'DEAD') return
    this.#removeWorker(book, disconnectText(worker.host), cause)
    this.#completeIfAll()
  }

  /** §7.6: the applications hear that its executors are about to go; it gets nothing new. */
  workerDecommissioning(worker: Worker, cause: EventId | undefined): void {
    const book = this.#workers.get(worker.id)
    if (book?.state !== 'ALIVE') return
    book.state = 'DECOMMISSIONED'
    for (const executor of [...book.executors]) {
      strikeOff(executor)
      executor.state = 'DECOMMISSIONED'
      const event = this.#post({ Event: 'kindling.ExecutorState', appId: executor.app.id, executorId: executor.id, state: 'DECOMMISSIONED', message: 'worker decommissioned' }, cause)
      executor.app.gone.push({ id: executor.id, worker: worker.id, event })
      this.#leaving.add(`${executor.app.id}/${executor.id}`)
      this.#tellDriver(executor.app, 'ExecutorUpdated', `executor ${executor.id} DECOMMISSIONED`, event, { type: 'ExecutorUpdated', executorId: executor.id, state: 'DECOMMISSIONED', message: 'worker decommissioned', workerHost: worker.host, cause: event })
    }
    this.#machine.send({ type: 'WorkerLost', worker: worker.id })
  }

  // Applications

  /** Takes an application on (§3.6) and answers with its id; executors follow once `registered` is called. */
  register(driver: ChildHandle, ask: ApplicationAsk): string {
    const id = this.#hands.nextAppId()
    this.#apps.set(id, {
      id,
      name: ask.name,
      driver,
      ask,
      state: 'WAITING',
      registered: false,
      scheduled: false,
      executorLimit: ask.executorLimit ?? Infinity,
      nextExecutorId: 0,
      executors: new Map(),
      retries: new AppRetries(settings.maxExecutorRetries(this.#hands.conf)),
      gone: [],
      waitingTold: false
    })
    return id
  }

  /** The application was not taken on after all: nothing is started for it. */
  refuse(appId: string): void {
    this.#apps.delete(appId)
  }

  /** The driver has heard that it is registered: executors may be started. */
  registered(appId: string): void {
    const app = this.#apps.get(appId)
    if (app === undefined || isOver(app.state)) return
    app.registered = true
    this.#postApp(app, 'WAITING', undefined, undefined)
    this.#machine.send({ type: 'RegisterApplication', appId })
  }

  /** How many executors the application wants in all (dynamic allocation, §7.5). */
  requestExecutors(appId: string, total: number, cause: EventId | undefined): void {
    const app = this.#apps.get(appId)
    if (!this.#up || app === undefined || isOver(app.state)) return
    app.executorLimit = total
    if (cause !== undefined) app.asked = cause
    this.#machine.send({ type: 'RequestExecutors', appId, total })
  }

  /** The driver asks to end executors; with `replace` others may be started in their place (§4.8). */
  killExecutors(appId: string, executorIds: readonly string[], replace: boolean, cause: EventId | undefined): void {
    const app = this.#apps.get(appId)
    if (!this.#up || app === undefined) return
    for (const id of executorIds) {
      const executor = app.executors.get(id)
      if (executor === undefined) continue
      strikeOff(executor)
      executor.state = 'KILLED'
      this.#leaving.add(`${appId}/${id}`)
      const { worker } = executor.at
      if (replace && cause !== undefined) app.gone.push({ id, worker: worker.id, event: cause })
      this.#toWorker(worker, 'KillExecutor', `executor ${id}`, cause, () => worker.killExecutor(appId, id, cause))
    }
    this.#machine.send({ type: 'KillExecutors', appId, executorIds: [...executorIds] })
  }

  /** The application ended: by its own word (UnregisterApplication) or because its driver's connection is gone (§3.8). */
  finish(appId: string, state: 'FINISHED' | 'FAILED' | 'KILLED', message: string | undefined, cause: EventId | undefined): void {
    const app = this.#apps.get(appId)
    if (!this.#up || app === undefined || isOver(app.state)) return
    app.state = state
    const event = this.#postApp(app, state, message, cause)
    // Whoever waits may get what it held.
    for (const other of this.#apps.values()) if (other.waitingTold && other.executors.size === 0) other.asked = event
    for (const executor of [...app.executors.values()]) {
      strikeOff(executor)
      this.#leaving.add(`${appId}/${executor.id}`)
    }
    this.#hands.appEnded(appId, event)
    this.#machine.send({ type: cause === undefined ? 'UnregisterApplication' : 'DriverDisassociated', appId })
  }

  executorStateChanged(worker: Worker, news: ExecutorNews): void {
    const app = this.#apps.get(news.appId)
    const executor = app?.executors.get(news.executorId)
    if (app === undefined || executor === undefined) {
      // Struck off before: only the log wants to know.
      if (news.state !== 'RUNNING' && this.#leaving.delete(`${news.appId}/${news.executorId}`)) this.#postState(news)
      return
    }
    if (news.state === 'RUNNING') {
      executor.state = 'RUNNING'
      app.retries.running()
      if (app.state === 'WAITING') {
        app.state = 'RUNNING'
        this.#postApp(app, 'RUNNING', undefined, news.cause)
      }
      this.#postState(news)
      return
    }
    strikeOff(executor)
    executor.state = news.state
    const event = this.#postState(news)
    app.gone.push({ id: executor.id, worker: worker.id, event })
    this.#tellDriver(app, 'ExecutorUpdated', `executor ${executor.id} ${news.state}`, event, {
      type: 'ExecutorUpdated',
      executorId: executor.id,
      state: news.state,
      message: news.message ?? '',
      cause: event,
      ...(news.exitStatus === undefined ? {} : { exitStatus: news.exitStatus })
    })
    const anyRunning = [...app.executors.values()].some((other) => other.state === 'RUNNING')
    if (news.exitStatus !== 0 && app.retries.failed(anyRunning)) {
      this.finish(app.id, 'FAILED', `${app.retries.count} executors in a row could not be started; the Master gives the application up (spark.deploy.maxExecutorRetries).`, event)
      app.driver.send({ type: 'ApplicationRemoved', state: 'FAILED', message: 'Master removed our application: FAILED' })
      return
    }
    this.#machine.send({ type: 'ExecutorStateChanged', appId: app.id, executorId: executor.id, state: news.state })
  }

  // Drivers

  /** Cluster deploy mode (§3.12): it waits until a Worker has room. */
  submitDriver(ask: DriverAsk): void {
    const driver: DriverBook = { id: this.#hands.nextDriverId(), ask, state: 'SUBMITTED', at: null, attempts: { count: 0 } }
    this.#drivers.add(driver)
    this.#post({ Event: 'kindling.DriverState', ...(driver.ask.actor === 'driver' ? {} : { actor: driver.ask.actor }), driverId: driver.id, state: 'SUBMITTED', attempt: 0 })
    this.#machine.send({ type: 'DriverStateChanged', driverId: driver.id, state: 'SUBMITTED' })
  }

  driverStateChanged(driver: DriverBook): void {
    this.#drivers.delete(driver)
    driver.at?.drivers.delete(driver)
    this.#machine.send({ type: 'DriverStateChanged', driverId: driver.id, state: driver.state })
  }

  /** The driver's process that runs for this program now, on whatever Worker; or the one that waits. */
  killDrivers(): void {
    for (const driver of [...this.#drivers]) {
      if (driver.at !== null) driver.at.worker.killDriver(driver.id)
      else this.#driverOver(driver, 'KILLED', 'It was given up before a Worker had room for it.', undefined)
    }
  }

  /** The Worker is lost: a supervised driver begins again elsewhere, under a new id (§3.24). */
  #driverLost(driver: DriverBook, message: string, cause: EventId): void {
    if (driver.ask.supervise && !this.#hands.stopped()) this.#relaunchDriver(driver, message, cause)
    else this.#driverOver(driver, 'ERROR', message, cause)
  }

  #relaunchDriver(driver: DriverBook, message: string, cause: EventId | undefined): void {
    this.#drivers.delete(driver)
    driver.state = 'RELAUNCHING'
    const relaunching = this.#post({ Event: 'kindling.DriverState', ...(driver.ask.actor === 'driver' ? {} : { actor: driver.ask.actor }), driverId: driver.id, state: 'RELAUNCHING', attempt: driver.attempts.count - 1, message }, cause)
    const again: DriverBook = { id: this.#hands.nextDriverId(), ask: driver.ask, state: 'SUBMITTED', at: null, attempts: driver.attempts }
    this.#drivers.add(again)
    this.#post({ Event: 'kindling.DriverState', ...(driver.ask.actor === 'driver' ? {} : { actor: driver.ask.actor }), driverId: again.id, state: 'SUBMITTED', attempt: driver.attempts.count }, relaunching)
    again.cause = relaunching
  }

  #driverOver(driver: DriverBook, state: DriverState, message: string, cause: EventId | undefined): void {
    this.#drivers.delete(driver)
    driver.state = state
    const event = this.#post({ Event: 'kindling.DriverState', ...(driver.ask.actor === 'driver' ? {} : { actor: driver.ask.actor }), driverId: driver.id, state, attempt: Math.max(0, driver.attempts.count - 1), message }, cause)
    driver.ask.over(state, message, event)
  }

  // Scheduling

  /** One scheduling round after everything of this turn, as the Master's mailbox would do. */
  #scheduleSoon(): void {
    if (this.#scheduling) return
    this.#scheduling = true
    queueMicrotask(() => {
      this.#scheduling = false
      if (!this.#up || this.#hands.stopped() || this.#machine.state !== 'ALIVE') return
      for (const driver of this.#drivers) if (driver.at === null) this.#scheduleDriver(driver)
      for (const app of this.#apps.values()) if (app.registered && !isOver(app.state)) this.#schedule(app)
    })
  }

  /** Drivers come before executors; the first Worker with room takes one, so that places on the map stay the same (§3.12 [simplified]). */
  #scheduleDriver(driver: DriverBook): void {
    const book = [...this.#workers.values()].find((candidate) => hasRoomForDriver(candidate, driver.ask.memoryMb))
    if (book === undefined) {
      // Before the first Worker has come there is nothing to tell.
      if (driver.told === true || this.#workers.size === 0) return
      driver.told = true
      this.#post({ Event: 'kindling.Note', level: 'warn', actor: 'master', text: `Driver ${driver.id} waits: no Worker has a core and ${driver.ask.memoryMb} MiB free.` }, driver.cause)
      return
    }
    driver.at = book
    driver.state = 'RUNNING'
    book.drivers.add(driver)
    this.#toWorker(book.worker, 'LaunchDriver', driver.id, driver.cause, () => {
      if (!this.#hands.stopped()) book.worker.launchDriver(driver, driver.cause)
    })
  }

  #schedule(app: Application): void {
    const { ask } = app
    const held = [...app.executors.values()]
    const books = [...this.#workers.values()].filter((book) => book.state === 'ALIVE')
    const placed = placeExecutors({
      workers: books.map((book) => ({ id: book.worker.id, coresFree: coresFree(book), memoryFreeMb: memoryFreeMb(book) })),
      executorCores: ask.executorCores,
      executorMemoryMb: ask.executorMemoryMb,
      coresLeft: (ask.coresMax ?? settings.deployDefaultCores(this.#hands.conf)) - held.reduce((sum, executor) => sum + executor.cores, 0),
      spreadOut: settings.spreadOutApps(this.#hands.conf),
      policy: workerPolicy(this.#hands.conf),
      executorLimit: Math.max(0, app.executorLimit - held.length)
    })
    for (const { workerId, cores } of placed) this.#launch(app, this.#workers.get(workerId)!, cores)
    if (!app.scheduled) {
      app.scheduled = true
      app.driver.send({ type: 'ExecutorsScheduled', executors: placed.length })
    }
    if (held.length > 0 || placed.length > 0 || app.executorLimit === 0 || app.waitingTold) return
    app.waitingTold = true
    const all = [...this.#workers.values()].map(({ worker }) => worker)
    const text =
      all.length === 0
        ? `Application ${app.id} waits: the cluster has no worker.`
        : couldEverFit(all, ask.executorCores, ask.executorMemoryMb)
          ? `Application ${app.id} waits: ${this.#whoHolds(app)}`
          : `Application ${app.id} requires more resource than any of Workers could have: an executor takes ${ask.executorCores ?? 1} cores and ${ask.executorMemoryMb} MiB, the largest worker offers ${Math.max(...all.map((worker) => worker.cores))} cores and ${Math.max(...all.map((worker) => worker.memoryMb))} MiB.`
    this.#post({ Event: 'kindling.Note', level: 'warn', actor: 'master', appId: app.id, text })
  }

  /** Applications are served in the order in which they came (§3.9). */
  #whoHolds(app: Application): string {
    const before = [...this.#apps.values()].filter((other) => other !== app && other.executors.size > 0)
    if (before.length === 0) return 'the workers have no room for an executor now.'
    const cores = before.reduce((sum, other) => sum + [...other.executors.values()].reduce((all, executor) => all + executor.cores, 0), 0)
    return `${before.map(({ id, name }) => `${name} (${id})`).join(' and ')} came first and ${before.length === 1 ? 'holds' : 'hold'} ${cores} cores. It gets what they leave free (FIFO).`
  }

  #launch(app: Application, at: WorkerBook, cores: number): void {
    const { worker } = at
    const id = String(app.nextExecutorId++)
    const memoryMb = app.ask.executorMemoryMb
    // The one that left this worker is the one replaced, when there is one.
    const before = app.gone.findIndex((gone) => gone.worker === worker.id)
    const replaced = app.gone.splice(before === -1 ? 0 : before, 1)[0]
    const launch = this.#post(
      { Event: 'kindling.ExecutorLaunching', appId: app.id, executorId: id, worker: worker.id, cores, memoryMb, ...(replaced === undefined ? {} : { replaces: replaced.id }) },
      replaced?.event ?? app.asked
    )
    const executor: ExecutorBook = { id, app, at, cores, memoryMb, state: 'LAUNCHING' }
    app.executors.set(id, executor)
    at.executors.add(executor)
    this.#tellDriver(app, 'ExecutorAdded', `executor ${id}`, launch, { type: 'ExecutorGranted', executorId: id, worker: worker.id, host: worker.host, cores, memoryMb })
    this.#toWorker(worker, 'LaunchExecutor', `executor ${id}`, launch, () => {
      if (this.#hands.stopped() || isOver(app.state) || isFinished(executor.state)) {
        this.#leaving.delete(`${app.id}/${id}`)
        this.#post({ Event: 'kindling.ExecutorState', appId: app.id, executorId: id, state: 'KILLED', message: 'It was not wanted any more before it was started.' }, launch)
        return
      }
      worker.launchExecutor({ appId: app.id, executorId: id, worker: { id: worker.id, host: worker.host }, cores, memoryMb, driverPort: app.ask.driverPort, conf: app.ask.conf }, launch)
    })
  }

  // Losing Workers, and coming back

  #watchWorkers(): void {
    const { clock, conf } = this.#hands
    this.#check?.cancel()
    this.#check = clock.after(workerTimeout(conf), 'worker check', () => {
      for (const book of this.#workers.values()) if (book.state === 'ALIVE' && isSilent(book.lastHeartbeat, clock.now(), conf)) this.#removeWorker(book, silenceText(conf), undefined)
      this.#watchWorkers()
    })
  }

  /** §3.19. */
  #removeWorker(book: WorkerBook, why: string, cause: EventId | undefined): void {
    const { worker } = book
    book.state = 'DEAD'
    const lost = this.#post({ Event: 'kindling.WorkerLost', worker: worker.id, reason: why }, cause ?? worker.silencedBy)
    for (const executor of [...book.executors]) {
      strikeOff(executor)
      executor.state = 'LOST'
      const message = `worker lost: ${why}`
      const event = this.#post({ Event: 'kindling.ExecutorState', appId: executor.app.id, executorId: executor.id, state: 'LOST', message }, lost)
      executor.app.gone.push({ id: executor.id, worker: worker.id, event })
      this.#tellDriver(executor.app, 'ExecutorUpdated', `executor ${executor.id} LOST`, event, { type: 'ExecutorUpdated', executorId: executor.id, state: 'LOST', message, workerHost: worker.host, cause: event })
    }
    for (const driver of [...book.drivers]) {
      book.drivers.delete(driver)
      driver.at = null
      this.#driverLost(driver, `worker lost: ${why}`, lost)
    }
    for (const app of this.#apps.values()) {
      if (!isOver(app.state)) this.#tellDriver(app, 'WorkerRemoved', worker.id, lost, { type: 'WorkerRemoved', worker: worker.id, host: worker.host, message: why, cause: lost })
    }
    this.#machine.send({ type: 'WorkerLost', worker: worker.id })
  }

  #beginRecovery(apps: Application[], cause: EventId | undefined): void {
    const { clock, wire, conf } = this.#hands
    for (const app of apps) {
      app.state = 'UNKNOWN'
      app.executors.clear()
      this.#postApp(app, 'UNKNOWN', undefined, cause)
    }
    for (const driver of this.#drivers) driver.at = null
    for (const book of this.#workers.values()) {
      if (book.state !== 'DEAD') book.state = 'UNKNOWN'
      book.executors.clear()
      book.drivers.clear()
    }
    this.#recovery = clock.after(recoveryTimeout(conf), 'recovery', () => this.#completeRecovery())
    for (const app of apps) {
      wire.send('MasterChanged', 'master', app.driver.actor, undefined, cause, () => {
        if (app.driver.ended) return
        wire.send('MasterChangeAcknowledged', app.driver.actor, 'master', app.id, cause, () => {
          if (!this.#up || app.state !== 'UNKNOWN') return
          app.state = 'WAITING'
          this.#postApp(app, 'WAITING', undefined, cause)
          this.#completeIfAll()
        })
      })
    }
    for (const { worker, state } of this.#workers.values()) if (state === 'UNKNOWN') this.#toWorker(worker, 'MasterChanged', undefined, cause, () => worker.masterChanged())
    this.#completeIfAll()
  }

  #completeIfAll(): void {
    if (this.#machine.state === 'RECOVERING' && canComplete(this.#workers.values(), this.#apps.values())) this.#completeRecovery()
  }

  #completeRecovery(): void {
    if (this.#machine.state !== 'RECOVERING') return
    this.#recovery?.cancel()
    this.#machine.send({ type: 'CompleteRecovery' })
    for (const book of this.#workers.values()) if (book.state === 'UNKNOWN') this.#removeWorker(book, 'Not responding for recovery', undefined)
    for (const app of this.#apps.values()) {
      if (app.state === 'UNKNOWN') this.finish(app.id, 'FINISHED', 'It did not answer the new Master.', undefined)
      else if (app.state === 'WAITING' && app.executors.size > 0) {
        app.state = 'RUNNING'
        this.#postApp(app, 'RUNNING', undefined, undefined)
      }
    }
    for (const driver of [...this.#drivers]) {
      if (driver.at !== null || driver.state === 'SUBMITTED') continue
      if (driver.ask.supervise) this.#relaunchDriver(driver, 'It was not found after the recovery of the Master.', undefined)
      else this.#driverOver(driver, 'ERROR', 'It was not found after the recovery of the Master.', undefined)
    }
    this.#machine.send({ type: 'RecoveryComplete' })
  }

  // Words

  #post(event: BareEvent, cause?: EventId): EventId {
    return this.#hands.journal.post(event, cause)
  }

  #postApp(app: Application, state: string, message: string | undefined, cause: EventId | undefined): EventId {
    const { actor } = app.driver
    return this.#post({ Event: 'kindling.ApplicationState', appId: app.id, state, ...(message === undefined ? {} : { message }), ...(actor === 'driver' ? {} : { actor }) }, cause)
  }

  #postState({ appId, executorId, state, message, exitStatus, cause }: ExecutorNews): EventId {
    return this.#post({ Event: 'kindling.ExecutorState', appId, executorId, state, ...(message === undefined ? {} : { message }), ...(exitStatus === undefined ? {} : { exitStatus }) }, cause)
  }

  #toWorker(worker: Worker, kind: string, about: string | undefined, cause: EventId | undefined, deliver: () => void): void {
    this.#hands.wire.send(kind, 'master', worker.id, about, cause, () => {
      if (worker.reachable) deliver()
    })
  }

  /** A word that travelled while its application ended is for nobody: the driver may have begun another. */
  #tellDriver(app: Application, kind: string, about: string, cause: EventId, message: LabToChild): void {
    this.#hands.wire.send(kind, 'master', app.driver.actor, about, cause, () => {
      if (!isOver(app.state)) app.driver.send(message)
    })
  }
}
