/** Where tasks of one task set are not tried again after failures (§6.24–6.26): a task off an executor or node, the whole set off it. */
import type { BareEvent, ExclusionName } from '../events/index.ts'
import { settings, type Conf } from './conf.ts'

export interface ExclusionRules {
  taskPerExecutor: number
  taskPerNode: number
  stagePerExecutor: number
  stagePerNode: number
  /** False: failures are only counted, for the application's own list. */
  inTaskSets: boolean
}

/** Null while both kinds of exclusion are off. */
export function exclusionRules(conf: Conf): ExclusionRules | null {
  const inTaskSets = settings.excludeInTaskSets(conf)
  if (!inTaskSets && !settings.excludeInApplication(conf)) return null
  return {
    taskPerExecutor: settings.excludeTaskPerExecutor(conf),
    taskPerNode: settings.excludeTaskPerNode(conf),
    stagePerExecutor: settings.excludeStagePerExecutor(conf),
    stagePerNode: settings.excludeStagePerNode(conf),
    inTaskSets
  }
}

/** Counted failures on one executor: by task, how many and when the last was (lab ms). */
export interface ExecutorFailures {
  readonly host: string
  readonly byTask: Map<number, { count: number; at: number }>
}

/** What an exclusion is told as: the event's name twice, as Spark posts it, and the line of Spark's log. */
export interface Told {
  events: BareEvent[]
  text: string
  executorId?: string
  host?: string
}

/** Both names of an event, the old one first (§6.28). */
export const both = (make: (name: ExclusionName) => BareEvent): BareEvent[] => [make('Blacklisted'), make('Excluded')]

export class SetExclusions {
  readonly failures = new Map<string, ExecutorFailures>()
  /** How the last counted failure was put, for the message of an aborted set. */
  latestFailure = ''
  readonly #rules: ExclusionRules
  readonly #stage: { stageId: number; stageAttemptId: number }
  readonly #failedOn = new Map<string, Set<string>>()
  readonly #tasksOffNode = new Map<string, Set<number>>()
  readonly #executors = new Set<string>()
  readonly #nodes = new Set<string>()

  constructor(rules: ExclusionRules, stageId: number, stageAttempt: number) {
    this.#rules = rules
    this.#stage = { stageId, stageAttemptId: stageAttempt }
  }

  /** Counts a failure; answers what is excluded by it. `time` is epoch ms, for the events. */
  failed(ask: { executorId: string; host: string; index: number; text: string; now: number; time: number }): Told[] {
    const { executorId, host, index, time } = ask
    this.latestFailure = ask.text
    let mine = this.failures.get(executorId)
    if (mine === undefined) this.failures.set(executorId, (mine = { host, byTask: new Map() }))
    mine.byTask.set(index, { count: (mine.byTask.get(index)?.count ?? 0) + 1, at: ask.now })
    let here = this.#failedOn.get(host)
    if (here === undefined) this.#failedOn.set(host, (here = new Set()))
    here.add(executorId)
    if (!this.#rules.inTaskSets) return []

    let onNode = 0
    for (const other of here) onNode += this.failures.get(other)?.byTask.get(index)?.count ?? 0
    if (onNode >= this.#rules.taskPerNode) {
      let off = this.#tasksOffNode.get(host)
      if (off === undefined) this.#tasksOffNode.set(host, (off = new Set()))
      off.add(index)
    }
    const told: Told[] = []
    const tasks = mine.byTask.size
    if (tasks < this.#rules.stagePerExecutor || this.#executors.has(executorId)) return told
    this.#executors.add(executorId)
    told.push({
      events: both((name) => ({ Event: `org.apache.spark.scheduler.SparkListenerExecutor${name}ForStage`, time, executorId, taskFailures: tasks, ...this.#stage })),
      text: `Excluding executor ${executorId} for stage ${this.#stage.stageId}`,
      executorId
    })
    const excludedHere = [...here].filter((other) => this.#executors.has(other)).length
    if (excludedHere < this.#rules.stagePerNode || this.#nodes.has(host)) return told
    this.#nodes.add(host)
    told.push({
      events: both((name) => ({ Event: `org.apache.spark.scheduler.SparkListenerNode${name}ForStage`, time, hostId: host, executorFailures: excludedHere, ...this.#stage })),
      text: `Excluding ${host} for stage ${this.#stage.stageId}`,
      host
    })
    return told
  }

  /** The whole set keeps off this executor. */
  isExcluded(executorId: string, host: string): boolean {
    return this.#nodes.has(host) || this.#executors.has(executorId)
  }

  isTaskExcluded(index: number, executorId: string, host: string): boolean {
    if (!this.#rules.inTaskSets) return false
    return this.#tasksOffNode.get(host)?.has(index) === true || (this.failures.get(executorId)?.byTask.get(index)?.count ?? 0) >= this.#rules.taskPerExecutor
  }
}
