import { readTime, settings, SettingError } from '../../engine/rules/conf.ts'
import { checkConf } from '../../engine/rules/refusals.ts'

/** The smallest heap a process of ours can work in, bytes, whatever the scale says. */
const LEAST_HEAP = 64 * 2 ** 20

/** Settings of a run that the lab itself acts on. */
export interface RunSettings {
  latencyMs: number
  clusterMode: boolean
  supervise: boolean
  driverMemoryMb: number
  /** Bytes after kindling.memory.scale. */
  driverHeap: number
  /** Bytes a process gets that asked for so many MiB. */
  scaled: (mb: number) => number
  masterUrl: string
  /** What a program that names no master gets. */
  defaultMaster: string
  /** Sentences for the learner about settings that do not act as one may think. */
  notes: string[]
}

const MASTER_URL = 'spark://master:7077'

/** What every run has unless it says otherwise; scale: a laptop holds several executors of a quarter of Spark's sizes. */
export const LAB_DEFAULTS: Readonly<Record<string, string>> = { 'kindling.memory.scale': '0.25' }

/** The pace of a run that people watch: small work stays visible, and so do messages. */
export const WATCHED: Readonly<Record<string, string>> = { 'kindling.task.pace': '600ms', 'kindling.network.latency': '150ms' }

/** Throws SettingError, which names the setting and what would be right. */
export function runSettings(conf: Record<string, string>): RunSettings {
  const [wrong] = checkConf(conf)
  if (wrong !== undefined) throw wrong
  const supervise = settings.driverSupervise(conf)
  const mode = conf['spark.submit.deployMode']
  const master = conf['spark.master'] ?? MASTER_URL
  const notes: string[] = []
  let clusterMode = mode === 'cluster'
  if (clusterMode && /^local(\[|$)/.test(master)) {
    throw new SettingError('spark.submit.deployMode', 'cluster', 'Cluster deploy mode is not compatible with master "local": a local master has no cluster to put the driver on.')
  }
  if (supervise && mode === undefined) {
    clusterMode = true
    notes.push('spark.driver.supervise is on: the driver runs on a worker (spark.submit.deployMode=cluster), because only a Worker can start it again.')
  }
  if (supervise && mode === 'client') notes.push('spark.driver.supervise does nothing in client mode: nobody watches a driver on your own computer.')
  const scale = settings.memoryScale(conf)
  if (!(scale > 0 && scale <= 4)) throw new SettingError('kindling.memory.scale', String(scale), `kindling.memory.scale is ${scale}; it can be above 0 and up to 4.`)
  const scaled = (mb: number): number => Math.max(LEAST_HEAP, Math.round(mb * 2 ** 20 * scale))
  const driverMemoryMb = settings.driverMemory(conf) / 2 ** 20
  return {
    latencyMs: readTime(conf, 'kindling.network.latency', '0ms'),
    clusterMode,
    supervise: supervise && clusterMode,
    driverMemoryMb,
    driverHeap: scaled(driverMemoryMb),
    scaled,
    masterUrl: MASTER_URL,
    defaultMaster: master,
    notes
  }
}
