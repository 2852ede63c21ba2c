/** What Spark 4.1.1 refuses, with the texts it printed for the same settings. */
import { describe, expect, test } from 'vitest'
import { readChoice, SettingError } from '../../engine/rules/conf.ts'
import { checkConf } from '../../engine/rules/refusals.ts'

const mismatch = (value: string, key: string, kind: string) =>
  `[INVALID_CONF_VALUE.TYPE_MISMATCH] The value '${value}' in the config "${key}" is invalid. It should be a/an '${kind}' value. SQLSTATE: 22022`
const config = (name: string, text: string) => `[INVALID_SPARK_CONFIG.${name}] Invalid Spark config: ${text} SQLSTATE: 42616`
const ARGUMENT = 'org.apache.spark.SparkIllegalArgumentException'
const SPARK = 'org.apache.spark.SparkException'

describe('a setting Spark refuses is refused with its class and words', () => {
  test.each<[Record<string, string>, string, string]>([
    [{ 'spark.task.maxFailures': 'x' }, ARGUMENT, mismatch('x', 'spark.task.maxFailures', 'int')],
    [{ 'spark.driver.maxResultSize': 'lots' }, ARGUMENT, mismatch('lots', 'spark.driver.maxResultSize', 'bytes in BYTE')],
    [{ 'spark.network.timeout': 'x' }, ARGUMENT, mismatch('x', 'spark.network.timeout', 'time in SECONDS')],
    [{ 'spark.network.timeoutInterval': 'y' }, ARGUMENT, mismatch('y', 'spark.network.timeoutInterval', 'time in MILLISECONDS')],
    [{ 'spark.executor.cores': 'x' }, ARGUMENT, mismatch('x', 'spark.executor.cores', 'int')],
    [{ 'spark.memory.fraction': '1.5' }, 'java.lang.IllegalArgumentException', "spark.memory.fraction should be between 0 and 1 (was '1.5')."],
    [{ 'spark.memory.storageFraction': '-0.1' }, 'java.lang.IllegalArgumentException', "spark.memory.storageFraction should be between 0 and 1 (was '-0.1')."],
    [{ 'spark.memory.fraction': '2' }, 'java.lang.IllegalArgumentException', "spark.memory.fraction should be between 0 and 1 (was '2.0')."],
    [{ 'spark.memory.fraction': 'x' }, 'java.lang.NumberFormatException', 'Illegal value for config key spark.memory.fraction: For input string: "x"'],
    [{ 'spark.memory.fraction': '' }, 'java.lang.NumberFormatException', 'Illegal value for config key spark.memory.fraction: empty String'],
    [{ 'spark.network.timeout': '5s' }, ARGUMENT, config('INVALID_EXECUTOR_HEARTBEAT_INTERVAL', 'The value of spark.network.timeout=5000ms must be greater than the value of spark.executor.heartbeatInterval=10000ms.')],
    [{ 'spark.network.timeout': '10s' }, ARGUMENT, config('INVALID_EXECUTOR_HEARTBEAT_INTERVAL', 'The value of spark.network.timeout=10000ms must be greater than the value of spark.executor.heartbeatInterval=10000ms.')],
    [{ 'spark.task.cpus': '3', 'spark.executor.cores': '2' }, SPARK, 'The number of cores per executor (=2) has to be >= the number of cpus per task = 3.'],
    [{ 'spark.submit.deployMode': 'remote' }, SPARK, config('INVALID_SPARK_SUBMIT_DEPLOY_MODE_KEY', 'spark.submit.deployMode can only be "cluster" or "client".')],
    [{ 'spark.executor.extraJavaOptions': '-Xmx2g' }, SPARK, config('INVALID_EXECUTOR_MEMORY_OPTIONS', "spark.executor.extraJavaOptions is not allowed to specify max heap memory settings (was '-Xmx2g'). Use spark.executor.memory instead.")],
    [{ 'spark.executor.extraJavaOptions': '-Dspark.x=1' }, SPARK, config('INVALID_EXECUTOR_SPARK_OPTIONS', "spark.executor.extraJavaOptions is not allowed to set Spark options (was '-Dspark.x=1'). Set them directly on a SparkConf or in a properties file when using ./bin/spark-submit.")],
    [{ 'spark.network.crypto.enabled': 'true' }, ARGUMENT, config('NETWORK_AUTH_MUST_BE_ENABLED', 'spark.authenticate must be enabled when enabling encryption.')],
    [{ 'spark.rpc.message.maxSize': '4096' }, 'java.lang.IllegalArgumentException', 'spark.rpc.message.maxSize should not be greater than 2047 MB']
  ])('%o', (conf, className, message) => {
    expect(checkConf(conf).map((one) => [one.className, one.message])).toEqual([[className, message]])
  })

  test('a word that is none of those possible', () => {
    expect(() => readChoice({ 'spark.scheduler.mode': 'ROUND' }, 'spark.scheduler.mode', 'FIFO', ['FAIR', 'FIFO', 'NONE'])).toThrow(
      new SettingError('spark.scheduler.mode', 'ROUND', `[INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS] The value 'ROUND' in the config "spark.scheduler.mode" is invalid. It should be one of 'FAIR, FIFO, NONE'. SQLSTATE: 22022`)
    )
    expect(readChoice({ 'spark.scheduler.mode': 'fair' }, 'spark.scheduler.mode', 'FIFO', ['FAIR', 'FIFO', 'NONE'])).toBe('FAIR')
  })

  test('what Spark lets through passes', () => {
    expect(checkConf({ 'spark.task.maxFailures': '0', 'spark.executor.heartbeatInterval': '9999ms', 'spark.network.timeout': '10s', 'spark.foo': 'bar', 'spark.authenticate': 'true', 'spark.network.crypto.enabled': 'true' })).toEqual([])
  })
})
