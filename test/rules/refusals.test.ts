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
    [{ 'spark.rpc.message.maxSize': '4096' }, 'java.lang.IllegalArgumentException', 'spark.rpc.message.maxSize should not be greater than 2047 MB'],
    [{ 'spark.memory.offHeap.enabled': 'true' }, 'java.lang.IllegalArgumentException', 'requirement failed: spark.memory.offHeap.size must be > 0 when spark.memory.offHeap.enabled == true'],
    [{ 'spark.memory.offHeap.enabled': 'true', 'spark.memory.offHeap.size': '0' }, 'java.lang.IllegalArgumentException', 'requirement failed: spark.memory.offHeap.size must be > 0 when spark.memory.offHeap.enabled == true'],
    [{ 'spark.memory.offHeap.size': '-1' }, ARGUMENT, `[INVALID_CONF_VALUE.REQUIREMENT] The value '-1b' in the config "spark.memory.offHeap.size" is invalid. The off-heap memory size must not be negative SQLSTATE: 22022`],
    [{ 'spark.executor.memory': 'x' }, 'java.lang.NumberFormatException', 'Size must be specified as bytes (b), kibibytes (k), mebibytes (m), gibibytes (g), tebibytes (t), or pebibytes(p). E.g. 50b, 100k, or 250m.\nFailed to parse byte string: x'],
    [{ 'spark.executor.memory': '1.5g' }, 'java.lang.NumberFormatException', 'Size must be specified as bytes (b), kibibytes (k), mebibytes (m), gibibytes (g), tebibytes (t), or pebibytes(p). E.g. 50b, 100k, or 250m.\nFractional values are not supported. Input was: 1.5']
  ])('%o', (conf, className, message) => {
    expect(checkConf(conf).map((one) => [one.className, one.message])).toEqual([[className, message]])
  })

  const dynamic = (name: string, value: string) => ({ 'spark.dynamicAllocation.enabled': 'true', [`spark.dynamicAllocation.${name}`]: value })
  test.each<[Record<string, string>, string, string]>([
    [{ ...dynamic('minExecutors', '3'), 'spark.dynamicAllocation.maxExecutors': '2' }, SPARK, 'spark.dynamicAllocation.minExecutors (3) must be less than or equal to spark.dynamicAllocation.maxExecutors (2)!'],
    [dynamic('maxExecutors', '0'), SPARK, 'spark.dynamicAllocation.maxExecutors cannot be 0!'],
    [dynamic('minExecutors', '-1'), SPARK, 'spark.dynamicAllocation.minExecutors and spark.dynamicAllocation.maxExecutors must be positive!'],
    [
      dynamic('shuffleTracking.enabled', 'false'),
      SPARK,
      'Dynamic allocation of executors requires one of the following conditions: 1) enabling external shuffle service through spark.shuffle.service.enabled. 2) enabling shuffle tracking through spark.dynamicAllocation.shuffleTracking.enabled. 3) enabling shuffle blocks decommission through spark.decommission.enabled and spark.storage.decommission.shuffleBlocks.enabled. 4) (Experimental) configuring spark.shuffle.sort.io.plugin.class to use a custom ShuffleDataIO who\'s ShuffleDriverComponents supports reliable storage.'
    ],
    [dynamic('schedulerBacklogTimeout', '0'), SPARK, 'spark.dynamicAllocation.schedulerBacklogTimeout must be > 0!'],
    [dynamic('executorIdleTimeout', '-1s'), ARGUMENT, `[INVALID_CONF_VALUE.REQUIREMENT] The value '-1000ms' in the config "spark.dynamicAllocation.executorIdleTimeout" is invalid. Timeout must be >= 0. SQLSTATE: 22022`],
    [dynamic('executorAllocationRatio', '2'), SPARK, 'spark.dynamicAllocation.executorAllocationRatio must be > 0 and <= 1.0']
  ])('§7.2 dynamic allocation: %o', (conf, className, message) => {
    expect(checkConf(conf).map((one) => [one.className, one.message])).toEqual([[className, message]])
    // On a local master Spark does not look at it.
    expect(checkConf({ ...conf, 'spark.master': 'local[2]' })).toEqual([])
    expect(checkConf({ ...conf, 'spark.master': 'local-cluster[2,1,1024]' })).toHaveLength(1)
  })

  test('a word that is none of those possible', () => {
    expect(() => readChoice({ 'spark.scheduler.mode': 'ROUND' }, 'spark.scheduler.mode', 'FIFO', ['FAIR', 'FIFO', 'NONE'])).toThrow(
      new SettingError('spark.scheduler.mode', 'ROUND', `[INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS] The value 'ROUND' in the config "spark.scheduler.mode" is invalid. It should be one of 'FAIR, FIFO, NONE'. SQLSTATE: 22022`)
    )
    expect(readChoice({ 'spark.scheduler.mode': 'fair' }, 'spark.scheduler.mode', 'FIFO', ['FAIR', 'FIFO', 'NONE'])).toBe('FAIR')
  })

  test('what Spark lets through passes', () => {
    expect(checkConf({ 'spark.task.maxFailures': '0', 'spark.driver.maxResultSize': '-1', 'spark.executor.heartbeatInterval': '9999ms', 'spark.network.timeout': '10s', 'spark.foo': 'bar', 'spark.authenticate': 'true', 'spark.network.crypto.enabled': 'true' })).toEqual([])
  })
})
