/**
 * Spark settings, typed: defaults, units and Spark's reasons when a value cannot be read. Sizes come out in
 * bytes, times in milliseconds.
 */

/** A setting whose value cannot be used; the message is Spark's, as is the name of its exception. */
export class SettingError extends Error {
  readonly key: string
  readonly value: string
  /** The Java class that a program sees. */
  readonly className: string
  constructor(key: string, value: string, message: string, className = 'org.apache.spark.SparkIllegalArgumentException') {
    super(message)
    this.name = 'SettingError'
    this.key = key
    this.value = value
    this.className = className
  }
}

export type Conf = Readonly<Record<string, string>>
export type SizeUnit = 'b' | 'k' | 'm' | 'g' | 't' | 'p'
export type TimeUnit = 'us' | 'ms' | 's' | 'm' | 'h' | 'd'

const SIZES: Record<string, number> = {
  b: 1, k: 2 ** 10, kb: 2 ** 10, m: 2 ** 20, mb: 2 ** 20, g: 2 ** 30, gb: 2 ** 30, t: 2 ** 40, tb: 2 ** 40, p: 2 ** 50, pb: 2 ** 50
}
const TIMES: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }
const SIZE_HELP = 'Size must be specified as bytes (b), kibibytes (k), mebibytes (m), gibibytes (g), tebibytes (t), or pebibytes(p). E.g. 50b, 100k, or 250m.'
const TIME_HELP = 'Time must be specified as seconds (s), milliseconds (ms), microseconds (us), minutes (m or min), hour (h), or day (d). E.g. 50s, 100ms, or 250us.'

/** `1g` → bytes; a bare number counts in `unit`. Throws an Error with Spark's text. */
export function parseBytes(text: string, unit: SizeUnit = 'b'): number {
  const lower = text.trim().toLowerCase()
  const whole = /^([0-9]+)([a-z]+)?$/.exec(lower)
  if (!whole) {
    if (/^[0-9]+\.[0-9]+[a-z]*$/.test(lower)) throw new Error(`${SIZE_HELP}\nFractional values are not supported. Input was: ${/^[0-9.]+/.exec(lower)![0]}`)
    throw new Error(`${SIZE_HELP}\nFailed to parse byte string: ${text}`)
  }
  const factor = SIZES[whole[2] ?? unit]
  if (factor === undefined) throw new Error(`${SIZE_HELP}\nInvalid suffix: "${whole[2]}"`)
  return Number(whole[1]) * factor
}

/** `10s` → milliseconds; a bare number counts in `unit`. Throws an Error with Spark's text. */
export function parseTime(text: string, unit: TimeUnit): number {
  const whole = /^(-?[0-9]+)([a-z]+)?$/.exec(text.trim().toLowerCase())
  if (!whole) throw new Error(`${TIME_HELP}\nFailed to parse time string: ${text}`)
  const factor = TIMES[whole[2] ?? unit]
  if (factor === undefined) throw new Error(`${TIME_HELP}\nInvalid suffix: "${whole[2]}"`)
  return Number(whole[1]) * factor
}

/** Bytes as Spark prints them: `1024.0 MiB`. */
export function bytesToString(bytes: number): string {
  for (const [unit, size] of [['EiB', 2 ** 60], ['PiB', 2 ** 50], ['TiB', 2 ** 40], ['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10]] as const)
    if (bytes >= 2 * size) return `${(bytes / size).toFixed(1)} ${unit}`
  return `${bytes.toFixed(1)} B`
}

/** A value of the wrong kind, as Spark 4.1 words it. */
const mismatch = (key: string, value: string, kind: string): SettingError =>
  new SettingError(key, value, `[INVALID_CONF_VALUE.TYPE_MISMATCH] The value '${value}' in the config "${key}" is invalid. It should be a/an '${kind}' value. SQLSTATE: 22022`)

/** A value that its own rule forbids, as Spark 4.1 words it. */
export const unmet = (key: string, value: string, rule: string): SettingError =>
  new SettingError(key, value, `[INVALID_CONF_VALUE.REQUIREMENT] The value '${value}' in the config "${key}" is invalid. ${rule} SQLSTATE: 22022`)

const BYTE_UNITS: Record<SizeUnit, string> = { b: 'BYTE', k: 'KiB', m: 'MiB', g: 'GiB', t: 'TiB', p: 'PiB' }
const TIME_UNITS: Record<TimeUnit, string> = { us: 'MICROSECONDS', ms: 'MILLISECONDS', s: 'SECONDS', m: 'MINUTES', h: 'HOURS', d: 'DAYS' }

export function readBoolean(conf: Conf, key: string, fallback: boolean): boolean {
  const value = conf[key]
  if (value === undefined) return fallback
  const lower = value.trim().toLowerCase()
  if (lower === 'true') return true
  if (lower === 'false') return false
  throw mismatch(key, value, 'boolean')
}

/** A whole number; below `least` it is refused. */
export function readInt(conf: Conf, key: string, fallback: number, least = -Infinity): number {
  const value = conf[key]
  if (value === undefined) return fallback
  if (!/^[+-]?[0-9]+$/.test(value.trim())) throw mismatch(key, value, 'int')
  return bounded(key, value, Number(value), least)
}

/** A number with a fraction; below `least` it is refused. */
export function readDouble(conf: Conf, key: string, fallback: number, least = -Infinity): number {
  const value = conf[key]
  if (value === undefined) return fallback
  const number = value.trim() === '' ? NaN : Number(value)
  if (Number.isNaN(number)) throw mismatch(key, value, 'double')
  return bounded(key, value, number, least)
}

/** One of the words, in capitals whatever was written. */
export function readChoice<T extends string>(conf: Conf, key: string, fallback: T, options: readonly T[]): T {
  const value = conf[key]
  if (value === undefined) return fallback
  const found = options.find((option) => option === value.toUpperCase())
  if (found === undefined)
    throw new SettingError(key, value, `[INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS] The value '${value}' in the config "${key}" is invalid. It should be one of '${options.join(', ')}'. SQLSTATE: 22022`)
  return found
}

/** A number from 0 to 1, which Spark reads without its table of settings and refuses in other words. */
function readFraction(conf: Conf, key: string, fallback: number): number {
  const value = conf[key]
  if (value === undefined) return fallback
  const number = value.trim() === '' ? NaN : Number(value)
  if (Number.isNaN(number))
    throw new SettingError(key, value, `Illegal value for config key ${key}: ${value.trim() === '' ? 'empty String' : `For input string: "${value}"`}`, 'java.lang.NumberFormatException')
  if (number < 0 || number > 1)
    throw new SettingError(key, value, `${key} should be between 0 and 1 (was '${Number.isInteger(number) ? number.toFixed(1) : number}').`, 'java.lang.IllegalArgumentException')
  return number
}

/** Bytes, below 0 with a minus sign. `unit` is what a bare number means for this key. */
export function readBytes(conf: Conf, key: string, fallback: string, unit: SizeUnit = 'b'): number {
  const value = conf[key] ?? fallback
  try {
    return value.startsWith('-') ? -parseBytes(value.slice(1), unit) : parseBytes(value, unit)
  } catch {
    throw mismatch(key, value, `bytes in ${BYTE_UNITS[unit]}`)
  }
}

/** Milliseconds. `unit` is what a bare number means for this key. */
export function readTime(conf: Conf, key: string, fallback: string, unit: TimeUnit = 'ms'): number {
  const value = conf[key] ?? fallback
  try {
    return parseTime(value, unit)
  } catch {
    throw mismatch(key, value, `time in ${TIME_UNITS[unit]}`)
  }
}

/** A size in MiB that Spark reads without its table of settings and refuses in Java's words. */
function readMemory(conf: Conf, key: string, fallback: string): number {
  const value = conf[key] ?? fallback
  try {
    return parseBytes(value, 'm')
  } catch (error) {
    throw new SettingError(key, value, (error as Error).message, 'java.lang.NumberFormatException')
  }
}

function bounded(key: string, value: string, number: number, least: number): number {
  if (number < least) throw new SettingError(key, value, `'${value}' in ${key} is invalid. It must be at least ${least}.`)
  return number
}

const localityWait = (conf: Conf, key: string): number => readTime(conf, key, conf['spark.locality.wait'] ?? '3s')

/** The settings the rules and processes read, by a name of their own, with Spark's defaults (4.1). */
export const settings = {
  taskMaxFailures: (c: Conf) => readInt(c, 'spark.task.maxFailures', 4),
  taskCpus: (c: Conf) => readInt(c, 'spark.task.cpus', 1, 1),
  stageMaxConsecutiveAttempts: (c: Conf) => readInt(c, 'spark.stage.maxConsecutiveAttempts', 4, 1),
  stageMaxAttempts: (c: Conf) => readInt(c, 'spark.stage.maxAttempts', 2147483647, 1),
  localityWait: (c: Conf) => readTime(c, 'spark.locality.wait', '3s'),
  localityWaitProcess: (c: Conf) => localityWait(c, 'spark.locality.wait.process'),
  localityWaitNode: (c: Conf) => localityWait(c, 'spark.locality.wait.node'),
  localityWaitRack: (c: Conf) => localityWait(c, 'spark.locality.wait.rack'),
  reduceLocality: (c: Conf) => readBoolean(c, 'spark.shuffle.reduceLocality.enabled', true),
  reviveInterval: (c: Conf) => readTime(c, 'spark.scheduler.revive.interval', '1s'),
  starvationTimeout: (c: Conf) => readTime(c, 'spark.starvation.timeout', '15s'),
  maxResultSize: (c: Conf) => readBytes(c, 'spark.driver.maxResultSize', '1g'),
  driverMemory: (c: Conf) => readBytes(c, 'spark.driver.memory', '1g', 'm'),
  executorMemory: (c: Conf) => readMemory(c, 'spark.executor.memory', '1g'),
  /** Null: all free cores of a worker (§2.9). */
  executorCores: (c: Conf) => (c['spark.executor.cores'] === undefined ? null : readInt(c, 'spark.executor.cores', 1, 1)),
  /** Null: no limit. */
  /** Cores of an application that has no spark.cores.max; Infinity by default. */
  deployDefaultCores: (c: Conf) => (c['spark.deploy.defaultCores'] === undefined ? Infinity : readInt(c, 'spark.deploy.defaultCores', 1, 1)),
  coresMax: (c: Conf) => (c['spark.cores.max'] === undefined ? null : readInt(c, 'spark.cores.max', 1, 1)),
  memoryFraction: (c: Conf) => readFraction(c, 'spark.memory.fraction', 0.6),
  memoryStorageFraction: (c: Conf) => readFraction(c, 'spark.memory.storageFraction', 0.5),
  memoryScale: (c: Conf) => readDouble(c, 'kindling.memory.scale', 1, 0),
  memoryOffHeap: (c: Conf) => readBoolean(c, 'spark.memory.offHeap.enabled', false),
  memoryOffHeapSize: (c: Conf) => {
    const bytes = readBytes(c, 'spark.memory.offHeap.size', '0')
    if (bytes < 0) throw unmet('spark.memory.offHeap.size', `${bytes}b`, 'The off-heap memory size must not be negative')
    return bytes
  },
  unrollThreshold: (c: Conf) => readBytes(c, 'spark.storage.unrollMemoryThreshold', '1m'),
  proactiveReplication: (c: Conf) => readBoolean(c, 'spark.storage.replication.proactive', true),
  maxReplicationFailures: (c: Conf) => readInt(c, 'spark.storage.maxReplicationFailures', 1, 0),
  /** Null: a share of the memory, see rules/containers.ts. */
  executorMemoryOverhead: (c: Conf) => (c['spark.executor.memoryOverhead'] === undefined ? null : readBytes(c, 'spark.executor.memoryOverhead', '0', 'm')),
  executorMemoryOverheadFactor: (c: Conf) => readDouble(c, 'spark.executor.memoryOverheadFactor', 0.1, 0),
  executorMinMemoryOverhead: (c: Conf) => readBytes(c, 'spark.executor.minMemoryOverhead', '384m', 'm'),
  executorPysparkMemory: (c: Conf) => readBytes(c, 'spark.executor.pyspark.memory', '0', 'm'),
  /** Executors run in containers, as on YARN or Kubernetes (§8.11). */
  containerLimit: (c: Conf) => readBoolean(c, 'kindling.container.limit', false),
  spillInitialThreshold: (c: Conf) => readBytes(c, 'spark.shuffle.spill.initialMemoryThreshold', '5m'),
  spillForceAt: (c: Conf) => readInt(c, 'spark.shuffle.spill.numElementsForceSpillThreshold', 2147483647, 1),
  heartbeatInterval: (c: Conf) => readTime(c, 'spark.executor.heartbeatInterval', '10s'),
  heartbeatMaxFailures: (c: Conf) => readInt(c, 'spark.executor.heartbeat.maxFailures', 60, 1),
  networkTimeout: (c: Conf) => readTime(c, 'spark.network.timeout', '120s', 's'),
  networkTimeoutInterval: (c: Conf) => readTime(c, 'spark.network.timeoutInterval', '60s'),
  /** Bytes of one piece of a broadcast (§9.1). */
  broadcastBlockSize: (c: Conf) => readBytes(c, 'spark.broadcast.blockSize', '4m', 'k'),
  executorRemoveDelay: (c: Conf) => readTime(c, 'spark.standalone.executorRemoveDelayOnDisconnection', '5s'),
  shuffleMaxRetries: (c: Conf) => readInt(c, 'spark.shuffle.io.maxRetries', 3, 0),
  shuffleRetryWait: (c: Conf) => readTime(c, 'spark.shuffle.io.retryWait', '5s'),
  driverSupervise: (c: Conf) => readBoolean(c, 'spark.driver.supervise', false),
  /** Null: as many as the cluster has cores (§10.6). */
  defaultParallelism: (c: Conf) => (c['spark.default.parallelism'] === undefined ? null : readInt(c, 'spark.default.parallelism', 1, 1)),
  maxExecutorRetries: (c: Conf) => readInt(c, 'spark.deploy.maxExecutorRetries', 10),
  spreadOutApps: (c: Conf) => readBoolean(c, 'spark.deploy.spreadOutApps', readBoolean(c, 'spark.deploy.spreadOut', true)),
  spreadOutDrivers: (c: Conf) => readBoolean(c, 'spark.deploy.spreadOutDrivers', true),
  interruptOnCancel: (c: Conf) => readBoolean(c, 'spark.job.interruptOnCancel', false),
  localityLegacyReset: (c: Conf) => readBoolean(c, 'spark.locality.wait.legacyResetOnTaskLaunch', false),
  /** How many decommissioned executors are remembered after they are gone (§7.8). */
  retainedDecommissioned: (c: Conf) => readInt(c, 'spark.scheduler.maxRetainedRemovedDecommissionExecutors', 0, 0),
  ignoreDecommissionFetchFailure: (c: Conf) => readBoolean(c, 'spark.stage.ignoreDecommissionFetchFailure', true),
  maxDirectResultSize: (c: Conf) => readBytes(c, 'spark.task.maxDirectResultSize', '1m'),
  resultGetterThreads: (c: Conf) => readInt(c, 'spark.resultGetter.threads', 4, 1),
  schedulerMode: (c: Conf) => schedulerMode(c),
  /** Null: `fairscheduler.xml` beside the program, if it is there (§6.6). */
  allocationFile: (c: Conf) => c['spark.scheduler.allocation.file'] ?? null,
  exceptionPrintInterval: (c: Conf) => readTime(c, 'spark.logging.exceptionPrintInterval', '10s'),
  speculation: (c: Conf) => readBoolean(c, 'spark.speculation', false),
  speculationInterval: (c: Conf) => readTime(c, 'spark.speculation.interval', '100ms'),
  speculationQuantile: (c: Conf) => readDouble(c, 'spark.speculation.quantile', 0.9, 0),
  speculationMultiplier: (c: Conf) => readDouble(c, 'spark.speculation.multiplier', 3, 0),
  speculationMinTaskRuntime: (c: Conf) => readTime(c, 'spark.speculation.minTaskRuntime', '100ms'),
  /** Null: no threshold of its own, so a stage of one task never gets a copy (§6.22). */
  speculationThreshold: (c: Conf) => (c['spark.speculation.task.duration.threshold'] === undefined ? null : readTime(c, 'spark.speculation.task.duration.threshold', '0')),
  speculationEfficiency: (c: Conf) => readBoolean(c, 'spark.speculation.efficiency.enabled', true),
  speculationRateMultiplier: (c: Conf) => readDouble(c, 'spark.speculation.efficiency.processRateMultiplier', 0.75, 0),
  speculationLongFactor: (c: Conf) => readDouble(c, 'spark.speculation.efficiency.longRunTaskFactor', 2, 1),
  excludeOnFailure: (c: Conf) => readBoolean(c, 'spark.excludeOnFailure.enabled', false),
  excludeInApplication: (c: Conf) => readBoolean(c, 'spark.excludeOnFailure.application.enabled', readBoolean(c, 'spark.excludeOnFailure.enabled', false)),
  excludeInTaskSets: (c: Conf) => readBoolean(c, 'spark.excludeOnFailure.taskAndStage.enabled', readBoolean(c, 'spark.excludeOnFailure.enabled', false)),
  excludeTaskPerExecutor: (c: Conf) => readPositive(c, 'spark.excludeOnFailure.task.maxTaskAttemptsPerExecutor', 1),
  excludeTaskPerNode: (c: Conf) => readPositive(c, 'spark.excludeOnFailure.task.maxTaskAttemptsPerNode', 2),
  excludeStagePerExecutor: (c: Conf) => readPositive(c, 'spark.excludeOnFailure.stage.maxFailedTasksPerExecutor', 2),
  excludeStagePerNode: (c: Conf) => readPositive(c, 'spark.excludeOnFailure.stage.maxFailedExecutorsPerNode', 2),
  excludeApplicationPerExecutor: (c: Conf) => readPositive(c, 'spark.excludeOnFailure.application.maxFailedTasksPerExecutor', 2),
  excludeApplicationPerNode: (c: Conf) => readPositive(c, 'spark.excludeOnFailure.application.maxFailedExecutorsPerNode', 2),
  excludeTimeout: (c: Conf) => readTime(c, 'spark.excludeOnFailure.timeout', '1h'),
  excludeKills: (c: Conf) => readBoolean(c, 'spark.excludeOnFailure.killExcludedExecutors', false),
  excludeDecommissions: (c: Conf) => readBoolean(c, 'spark.excludeOnFailure.killExcludedExecutors.decommission', false),
  excludeOnFetchFailure: (c: Conf) => readBoolean(c, 'spark.excludeOnFailure.application.fetchFailure.enabled', false),
  unschedulableTimeout: (c: Conf) => readTime(c, 'spark.scheduler.excludeOnFailure.unschedulableTaskSetTimeout', '120s', 's')
} as const

function readPositive(conf: Conf, key: string, fallback: number): number {
  const value = readInt(conf, key, fallback)
  if (value <= 0) throw new SettingError(key, conf[key]!, `${key} was ${value}, but must be > 0.`, 'java.lang.IllegalArgumentException')
  return value
}

function schedulerMode(conf: Conf): 'FIFO' | 'FAIR' {
  const key = 'spark.scheduler.mode'
  const mode = readChoice(conf, key, 'FIFO', ['FAIR', 'FIFO', 'NONE'])
  if (mode === 'NONE') throw new SettingError(key, conf[key]!, `Unsupported ${key}: NONE`, 'java.lang.IllegalArgumentException')
  return mode
}
