/** Master strings (§2.1–2.4): what they ask for, and Spark's words for those it refuses. */

export type Master =
  /** A driver alone; `maxFailures` is 1 unless `local[N,F]` says otherwise, whatever spark.task.maxFailures says. */
  | { kind: 'local'; threads: number; maxFailures: number }
  | { kind: 'local-cluster'; workers: number; coresPerWorker: number; memoryPerWorkerMb: number }
  | { kind: 'standalone'; masters: { host: string; port: number }[] }
  | { kind: 'yarn' }
  | { kind: 'k8s'; url: string }

/** Spark's SparkException for a master it cannot use. */
export class MasterUrlError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SparkException'
  }
}

/**
 * Parses spark.master. `processors` is what `*` means here; `executorMemoryMb` is checked against the
 * workers of a local-cluster. Throws MasterUrlError.
 */
export function parseMaster(master: string | undefined, processors: number, executorMemoryMb = 1024): Master {
  if (master === undefined || master === '') throw new MasterUrlError('A master URL must be set in your configuration')
  if (master === 'local') return { kind: 'local', threads: 1, maxFailures: 1 }
  const local = /^local\[([0-9]+|\*)(?:\s*,\s*([0-9]+))?\]$/.exec(master)
  if (local) {
    const threads = local[1] === '*' ? processors : Number(local[1])
    if (threads <= 0) throw new MasterUrlError(`Asked to run locally with ${threads} threads`)
    return { kind: 'local', threads, maxFailures: local[2] === undefined ? 1 : Number(local[2]) }
  }
  const cluster = /^local-cluster\[\s*([0-9]+)\s*,\s*([0-9]+)\s*,\s*([0-9]+)\s*\]$/.exec(master)
  if (cluster) {
    const memory = Number(cluster[3])
    if (executorMemoryMb > memory)
      throw new MasterUrlError(`Asked to launch cluster with ${memory} MiB/worker but requested ${executorMemoryMb} MiB/executor`)
    return { kind: 'local-cluster', workers: Number(cluster[1]), coresPerWorker: Number(cluster[2]), memoryPerWorkerMb: memory }
  }
  if (master.startsWith('spark://')) return { kind: 'standalone', masters: master.slice(8).split(',').map((one) => hostPort(one, master)) }
  if (master === 'yarn') return { kind: 'yarn' }
  if (master.startsWith('k8s://')) return { kind: 'k8s', url: master.slice(6) }
  throw new MasterUrlError(`Could not parse Master URL: '${master}'`)
}

function hostPort(text: string, whole: string): { host: string; port: number } {
  const parts = /^([^:/?#@\s]+|\[[^\]]+\]):([0-9]{1,5})$/.exec(text.trim())
  const port = Number(parts?.[2])
  if (!parts || port > 65535) throw new MasterUrlError(`Invalid master URL: ${whole}`)
  return { host: parts[1]!, port }
}
