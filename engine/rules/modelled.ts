/**
 * Which of Spark's settings mean something here. A key of Spark's that is not among them is kept and changes nothing;
 * whoever shows settings says so.
 */
import { settings, type Conf } from './conf.ts'

/** Keys that other parts read, or that are told rather than obeyed. */
const elsewhere = [
  'spark.app.id', 'spark.app.name', 'spark.app.user', 'spark.decommission.enabled',
  'spark.deploy.maxExecutorRetries', 'spark.deploy.recoveryMode', 'spark.deploy.recoveryTimeout',
  'spark.deploy.spreadOut', 'spark.deploy.spreadOutApps', 'spark.deploy.spreadOutDrivers',
  'spark.deploy.workerSelectionPolicy', 'spark.driver.port', 'spark.dynamicAllocation.cachedExecutorIdleTimeout',
  'spark.dynamicAllocation.enabled', 'spark.dynamicAllocation.executorAllocationRatio',
  'spark.dynamicAllocation.executorIdleTimeout', 'spark.dynamicAllocation.initialExecutors',
  'spark.dynamicAllocation.maxExecutors', 'spark.dynamicAllocation.minExecutors',
  'spark.dynamicAllocation.schedulerBacklogTimeout', 'spark.dynamicAllocation.shuffleTracking.enabled',
  'spark.dynamicAllocation.shuffleTracking.timeout', 'spark.dynamicAllocation.sustainedSchedulerBacklogTimeout',
  'spark.executor.allowSparkContext', 'spark.executor.decommission.forceKillTimeout', 'spark.executor.instances',
  'spark.master', 'spark.rpc.askTimeout', 'spark.scheduler.maxRegisteredResourcesWaitingTime',
  'spark.shuffle.service.enabled', 'spark.sql.adaptive.advisoryPartitionSizeInBytes',
  'spark.sql.adaptive.coalescePartitions.enabled', 'spark.sql.adaptive.coalescePartitions.initialPartitionNum',
  'spark.sql.adaptive.coalescePartitions.minPartitionNum', 'spark.sql.adaptive.coalescePartitions.minPartitionSize',
  'spark.sql.adaptive.coalescePartitions.parallelismFirst', 'spark.sql.adaptive.enabled',
  'spark.sql.analyzer.failAmbiguousSelfJoin', 'spark.sql.ansi.enabled', 'spark.sql.autoBroadcastJoinThreshold',
  'spark.sql.caseSensitive', 'spark.sql.columnNameOfCorruptRecord',
  'spark.sql.execution.rangeExchange.sampleSizePerPartition', 'spark.sql.execution.topKSortFallbackThreshold',
  'spark.sql.files.maxPartitionBytes', 'spark.sql.files.minPartitionNum', 'spark.sql.files.openCostInBytes',
  'spark.sql.leafNodeDefaultParallelism', 'spark.sql.limit.initialNumPartitions', 'spark.sql.limit.scaleUpFactor',
  'spark.sql.session.timeZone', 'spark.sql.shuffle.partitions', 'spark.sql.sources.default',
  'spark.storage.decommission.enabled', 'spark.storage.decommission.rddBlocks.enabled',
  'spark.storage.decommission.shuffleBlocks.enabled', 'spark.submit.deployMode',
  'spark.worker.executorStateSync.maxAttempts', 'spark.worker.initialRegistrationRetries',
  'spark.worker.maxRegistrationRetries', 'spark.worker.timeout'
]

/** Asks every reader of the rules with an empty configuration that notes what it is asked for. */
function askedByRules(): string[] {
  const asked: string[] = []
  const noting = new Proxy({}, { get: (_, key) => void asked.push(String(key)) }) as Conf
  for (const read of Object.values(settings)) read(noting)
  return asked
}

/** Every setting of Kindling's own: those the rules ask for, and the lab's. */
export const ownKeys: readonly string[] = ['kindling.network.latency', 'kindling.task.pace', ...askedByRules().filter((key) => key.startsWith('kindling.'))].toSorted()

/** Every key of Spark's that is obeyed or told here. */
export const modelledKeys: ReadonlySet<string> = new Set([...elsewhere, ...askedByRules()].filter((key) => key.startsWith('spark.')))

/** Keys of Spark's in a configuration that change nothing here, in order of the alphabet. */
export function notModelled(conf: Conf): string[] {
  return Object.keys(conf).filter((key) => key.startsWith('spark.') && !modelledKeys.has(key)).toSorted()
}
