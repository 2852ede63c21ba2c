/** Settings of Spark SQL that plans look at, with Spark's defaults. */

export type Conf = Record<string, string>

const UNITS: Record<string, number> = { b: 1, k: 1024, kb: 1024, m: 1024 ** 2, mb: 1024 ** 2, g: 1024 ** 3, gb: 1024 ** 3, t: 1024 ** 4, tb: 1024 ** 4 }

/** `128m`, `10MB`, `4194304`, `-1`: bytes. */
export function byteSize(text: string): number {
  const m = /^\s*(-?\d+)\s*([a-z]*)\s*$/i.exec(text)
  return m ? Number(m[1]) * (UNITS[m[2]!.toLowerCase().replace(/^([kmgt])i?b?$/, '$1')] ?? 1) : NaN
}

const flag = (conf: Conf, key: string, fallback: boolean): boolean => (conf[key] === undefined ? fallback : /^true$/i.test(conf[key]))
const int = (conf: Conf, key: string, fallback: number): number => (conf[key] === undefined ? fallback : Number(conf[key]))
const bytes = (conf: Conf, key: string, fallback: number): number => (conf[key] === undefined ? fallback : byteSize(conf[key]))

export const ansiOf = (c: Conf): boolean => flag(c, 'spark.sql.ansi.enabled', true)
export const zoneOf = (c: Conf): string => c['spark.sql.session.timeZone'] ?? 'UTC'
export const adaptiveOf = (c: Conf): boolean => flag(c, 'spark.sql.adaptive.enabled', true)
export const caseSensitiveOf = (c: Conf): boolean => flag(c, 'spark.sql.caseSensitive', false)
export const shufflePartitionsOf = (c: Conf): number => int(c, 'spark.sql.adaptive.coalescePartitions.initialPartitionNum', int(c, 'spark.sql.shuffle.partitions', 200))
export const broadcastThresholdOf = (c: Conf): number => bytes(c, 'spark.sql.autoBroadcastJoinThreshold', 10 * 1024 * 1024)
export const coalesceOf = (c: Conf) => ({
  enabled: flag(c, 'spark.sql.adaptive.coalescePartitions.enabled', true),
  advisory: bytes(c, 'spark.sql.adaptive.advisoryPartitionSizeInBytes', 64 * 1024 * 1024),
  minimum: bytes(c, 'spark.sql.adaptive.coalescePartitions.minPartitionSize', 1024 * 1024),
  parallelismFirst: flag(c, 'spark.sql.adaptive.coalescePartitions.parallelismFirst', true),
})
export const filesOf = (c: Conf) => ({
  maxPartitionBytes: bytes(c, 'spark.sql.files.maxPartitionBytes', 128 * 1024 * 1024),
  openCostInBytes: bytes(c, 'spark.sql.files.openCostInBytes', 4 * 1024 * 1024),
  minPartitionNum: c['spark.sql.files.minPartitionNum'] === undefined ? undefined : Number(c['spark.sql.files.minPartitionNum']),
})
export const takeGrowthOf = (c: Conf) => ({ initial: int(c, 'spark.sql.limit.initialNumPartitions', 1), factor: Math.max(2, int(c, 'spark.sql.limit.scaleUpFactor', 4)) })
export const leafParallelismOf = (c: Conf, fallback: number): number => int(c, 'spark.sql.leafNodeDefaultParallelism', fallback)
export const failSelfJoinOf = (c: Conf): boolean => flag(c, 'spark.sql.analyzer.failAmbiguousSelfJoin', true)
export const topKThresholdOf = (c: Conf): number => int(c, 'spark.sql.execution.topKSortFallbackThreshold', 2147483632)
