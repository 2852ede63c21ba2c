/** Executors and nodes that a whole application keeps off, for a time (§6.24–6.28). */
import { settings, type Conf } from './conf.ts'
import { both, type ExecutorFailures, type Told } from './exclusion.ts'

export interface HealthRules {
  perExecutor: number
  perNode: number
  /** ms. */
  timeout: number
  kills: boolean
  decommissions: boolean
  onFetchFailure: boolean
}

/** Null while exclusion for the application is off. */
export function healthRules(conf: Conf): HealthRules | null {
  if (!settings.excludeInApplication(conf)) return null
  return {
    perExecutor: settings.excludeApplicationPerExecutor(conf),
    perNode: settings.excludeApplicationPerNode(conf),
    timeout: settings.excludeTimeout(conf),
    kills: settings.excludeKills(conf),
    decommissions: settings.excludeDecommissions(conf),
    onFetchFailure: settings.excludeOnFetchFailure(conf)
  }
}

/** An executor to be ended because of what it is excluded for. */
export interface ExclusionKill {
  executorId: string
  decommission: boolean
  text: string
}

export interface HealthNews {
  told: Told[]
  kills: ExclusionKill[]
}

/** Task of a stage attempt that failed on an executor, and when that stops counting. */
type Failure = { name: string; expiry: number }

export class Health {
  readonly rules: HealthRules
  readonly #failures = new Map<string, Failure[]>()
  readonly #executors = new Map<string, { host: string; expiry: number }>()
  readonly #nodes = new Map<string, number>()
  /** Excluded executors of a node; they stay counted when they are gone. */
  readonly #onNode = new Map<string, Set<string>>()
  readonly #aliveOn: (host: string) => string[]

  /** `aliveOn` tells the executors that are there on a host. */
  constructor(rules: HealthRules, aliveOn: (host: string) => string[]) {
    this.rules = rules
    this.#aliveOn = aliveOn
  }

  isExcluded(executorId: string, host: string): boolean {
    return this.#executors.has(executorId) || this.#nodes.has(host)
  }

  isNodeExcluded(host: string): boolean {
    return this.#nodes.has(host)
  }

  /** Lab ms at which the next exclusion is over; undefined when there is none. */
  nextExpiry(): number | undefined {
    let next: number | undefined
    for (const { expiry } of this.#executors.values()) if (next === undefined || expiry < next) next = expiry
    for (const expiry of this.#nodes.values()) if (next === undefined || expiry < next) next = expiry
    // Over is over only after that moment.
    return next === undefined ? undefined : next + 1
  }

  expire(now: number, time: number): Told[] {
    const told: Told[] = []
    for (const [executorId, { host, expiry }] of [...this.#executors]) {
      if (expiry >= now) continue
      this.#executors.delete(executorId)
      this.#onNode.get(host)?.delete(executorId)
      told.push({
        events: (['Unblacklisted', 'Unexcluded'] as const).map((name) => ({ Event: `org.apache.spark.scheduler.SparkListenerExecutor${name}` as const, time, executorId })),
        text: `Removing executors Set(${executorId}) from exclude list because the executors have reached the timed out`,
        executorId
      })
    }
    for (const [hostId, expiry] of [...this.#nodes]) {
      if (expiry >= now) continue
      this.#nodes.delete(hostId)
      told.push({
        events: (['Unblacklisted', 'Unexcluded'] as const).map((name) => ({ Event: `org.apache.spark.scheduler.SparkListenerNode${name}` as const, time, hostId })),
        text: `Removing nodes Set(${hostId}) from exclude list because the nodes have reached has timed out`,
        host: hostId
      })
    }
    return told
  }

  /** A task set ended well: what failed in it counts now. */
  taskSetSucceeded(set: { stageId: number; stageAttempt: number }, failures: ReadonlyMap<string, ExecutorFailures>, now: number, time: number): HealthNews {
    const news: HealthNews = { told: [], kills: [] }
    for (const [executorId, { host, byTask }] of failures) {
      const known = (this.#failures.get(executorId) ?? []).filter((failure) => failure.expiry >= now)
      for (const [index, { at }] of byTask) {
        const name = `${set.stageId}.${set.stageAttempt}/${index}`
        const same = known.find((failure) => failure.name === name)
        if (same !== undefined) same.expiry = at + this.rules.timeout
        else if (at + this.rules.timeout >= now) known.push({ name, expiry: at + this.rules.timeout })
      }
      this.#failures.set(executorId, known)
      if (known.length < this.rules.perExecutor || this.#executors.has(executorId)) continue
      this.#failures.delete(executorId)
      this.#exclude(executorId, host, known.length, `Excluding executor id: ${executorId} because it has ${known.length} task failures in successful task sets`, now, time, news)
      const excluded = this.#onNode.get(host)!
      if (excluded.size < this.rules.perNode || this.#nodes.has(host)) continue
      this.#nodes.set(host, now + this.rules.timeout)
      news.told.push({
        events: both((name) => ({ Event: `org.apache.spark.scheduler.SparkListenerNode${name}`, time, hostId: host, executorFailures: excluded.size })),
        text: `Excluding node ${host} because it has ${excluded.size} executors excluded: Set(${[...excluded].join(', ')})`,
        host
      })
      if (this.rules.kills) for (const other of this.#aliveOn(host)) this.#kill(other, `Killing all executors on excluded host ${host} since spark.excludeOnFailure.killExcludedExecutors is set.`, news)
    }
    return news
  }

  /** The executor did not give its map output (spark.excludeOnFailure.application.fetchFailure.enabled). */
  fetchFailed(executorId: string, host: string, now: number, time: number): HealthNews {
    const news: HealthNews = { told: [], kills: [] }
    if (this.rules.onFetchFailure && !this.#executors.has(executorId)) this.#exclude(executorId, host, 1, `Excluding executor ${executorId} due to fetch failure`, now, time, news)
    return news
  }

  /** An executor that does nothing makes room for one that may (§6.27). */
  killIdle(executorId: string): ExclusionKill {
    return { executorId, ...this.#how(`Killing excluded idle executor id ${executorId} because of task unschedulability and trying to acquire a new executor.`) }
  }

  executorRemoved(executorId: string): void {
    this.#failures.delete(executorId)
  }

  #exclude(executorId: string, host: string, failures: number, text: string, now: number, time: number, news: HealthNews): void {
    this.#executors.set(executorId, { host, expiry: now + this.rules.timeout })
    let onNode = this.#onNode.get(host)
    if (onNode === undefined) this.#onNode.set(host, (onNode = new Set()))
    onNode.add(executorId)
    news.told.push({
      events: both((name) => ({ Event: `org.apache.spark.scheduler.SparkListenerExecutor${name}`, time, executorId, taskFailures: failures })),
      text,
      executorId
    })
    if (this.rules.kills) this.#kill(executorId, `Killing excluded executor id ${executorId} since spark.excludeOnFailure.killExcludedExecutors is set.`, news)
  }

  #kill(executorId: string, text: string, news: HealthNews): void {
    if (!news.kills.some((kill) => kill.executorId === executorId)) news.kills.push({ executorId, ...this.#how(text) })
  }

  #how(text: string): Pick<ExclusionKill, 'decommission' | 'text'> {
    return { decommission: this.rules.decommissions, text: this.rules.decommissions ? `${text} (actually decommissioning)` : text }
  }
}
