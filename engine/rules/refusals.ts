/** Settings that Spark 4.1 refuses, each in Spark's words: values of the wrong kind, and values that do not go together. */
import { allocationRules } from './allocation.ts'
import { SettingError, settings, type Conf } from './conf.ts'
import { ownKeys } from './modelled.ts'

const SPARK = 'org.apache.spark.SparkException'
const ILLEGAL = 'java.lang.IllegalArgumentException'

/** What is wrong with this configuration, or null. Asked only once every value can be read. */
type Rule = (conf: Conf) => SettingError | null

const isOn = (conf: Conf, key: string): boolean => conf[key]?.trim().toLowerCase() === 'true'

const invalid = (key: string, conf: Conf, condition: string, text: string, className?: string): SettingError =>
  new SettingError(key, conf[key] ?? '', `[INVALID_SPARK_CONFIG.${condition}] Invalid Spark config: ${text} SQLSTATE: 42616`, className)

const heartbeat: Rule = (conf) => {
  const timeout = settings.networkTimeout(conf)
  const interval = settings.heartbeatInterval(conf)
  if (timeout > interval) return null
  return invalid('spark.network.timeout', conf, 'INVALID_EXECUTOR_HEARTBEAT_INTERVAL', `The value of spark.network.timeout=${timeout}ms must be greater than the value of spark.executor.heartbeatInterval=${interval}ms.`)
}

const deployMode: Rule = (conf) => {
  const key = 'spark.submit.deployMode'
  if (conf[key] === undefined || conf[key] === 'client' || conf[key] === 'cluster') return null
  return invalid(key, conf, 'INVALID_SPARK_SUBMIT_DEPLOY_MODE_KEY', `${key} can only be "cluster" or "client".`, SPARK)
}

const cpusOfTasks: Rule = (conf) => {
  const cores = settings.executorCores(conf)
  const cpus = settings.taskCpus(conf)
  if (cores === null || cores >= cpus) return null
  return new SettingError('spark.task.cpus', String(cpus), `The number of cores per executor (=${cores}) has to be >= the number of cpus per task = ${cpus}.`, SPARK)
}

const javaOptions: Rule = (conf) => {
  const key = 'spark.executor.extraJavaOptions'
  const options = conf[key] ?? ''
  if (options.includes('-Dspark'))
    return invalid(key, conf, 'INVALID_EXECUTOR_SPARK_OPTIONS', `${key} is not allowed to set Spark options (was '${options}'). Set them directly on a SparkConf or in a properties file when using ./bin/spark-submit.`, SPARK)
  if (options.includes('-Xmx'))
    return invalid(key, conf, 'INVALID_EXECUTOR_MEMORY_OPTIONS', `${key} is not allowed to specify max heap memory settings (was '${options}'). Use spark.executor.memory instead.`, SPARK)
  return null
}

const encryption: Rule = (conf) => {
  const key = 'spark.network.crypto.enabled'
  if (!isOn(conf, key) || isOn(conf, 'spark.authenticate')) return null
  return invalid(key, conf, 'NETWORK_AUTH_MUST_BE_ENABLED', 'spark.authenticate must be enabled when enabling encryption.')
}

const messageSize: Rule = (conf) => {
  const key = 'spark.rpc.message.maxSize'
  if (!(Number(conf[key]) > 2047)) return null
  return new SettingError(key, conf[key]!, `${key} should not be greater than 2047 MB`, ILLEGAL)
}

const oneBadNode: Rule = (conf) => {
  const key = 'spark.excludeOnFailure.task.maxTaskAttemptsPerNode'
  const perNode = settings.excludeTaskPerNode(conf)
  const tries = settings.taskMaxFailures(conf)
  if ((!settings.excludeInTaskSets(conf) && !settings.excludeInApplication(conf)) || perNode < tries) return null
  return new SettingError(key, String(perNode), `${key} ( = ${perNode}) was >= spark.task.maxFailures ( = ${tries} ). Though excludeOnFailure is enabled, with this configuration, Spark will not be robust to one bad node. Decrease ${key}, increase spark.task.maxFailures, or disable excludeOnFailure with spark.excludeOnFailure.enabled`, ILLEGAL)
}

const excludeTimeout: Rule = (conf) => {
  const key = 'spark.excludeOnFailure.timeout'
  const timeout = settings.excludeTimeout(conf)
  return timeout > 0 ? null : new SettingError(key, conf[key] ?? '', `${key} was ${timeout}, but must be > 0.`, ILLEGAL)
}

/** Settings named like ours that are none: they would change nothing, without a word. */
const strangers = (conf: Conf): SettingError[] =>
  Object.keys(conf)
    .filter((key) => key.startsWith('kindling.') && !ownKeys.includes(key))
    .map((key) => new SettingError(key, conf[key]!, `Kindling has no setting ${key}. Its own are ${ownKeys.slice(0, -1).join(', ')} and ${ownKeys.at(-1)!}.`))

const offHeap: Rule = (conf) => {
  const key = 'spark.memory.offHeap.size'
  if (!settings.memoryOffHeap(conf) || settings.memoryOffHeapSize(conf) > 0) return null
  return new SettingError(key, conf[key] ?? '0', `requirement failed: ${key} must be > 0 when spark.memory.offHeap.enabled == true`, ILLEGAL)
}

/** Ignored on a local master (§7.1). */
const dynamicAllocation: Rule = (conf) => {
  if (/^local($|\[)/.test(conf['spark.master'] ?? '')) return null
  try {
    allocationRules(conf)
    return null
  } catch (error) {
    if (error instanceof SettingError) return error
    throw error
  }
}

const rules: readonly Rule[] = [javaOptions, deployMode, heartbeat, cpusOfTasks, encryption, messageSize, excludeTimeout, oneBadNode, offHeap, dynamicAllocation]

/** Reads every setting of the rules; answers what is wrong with each bad one, then with those that do not go together (§4.7). */
export function checkConf(conf: Conf): SettingError[] {
  const wrong = strangers(conf)
  for (const read of Object.values(settings)) {
    try {
      read(conf)
    } catch (error) {
      if (!(error instanceof SettingError)) throw error
      if (!wrong.some((one) => one.key === error.key)) wrong.push(error)
    }
  }
  return wrong.length > 0 ? wrong : rules.map((rule) => rule(conf)).filter((one) => one !== null)
}
