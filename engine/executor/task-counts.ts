import { emptyTaskMetrics } from '../rules/spark-events.ts'
import type { TaskMetrics } from '../events/index.ts'
import type { FetchCounts } from './shuffle-fetch.ts'

/** What a task has counted while it ran; bytes, records, ms unless said. */
export interface TaskCounts extends FetchCounts {
  began: number
  recordsRead: number
  recordsWritten: number
  inputBytes: number
  outputBytes: number
  shuffleRecordsRead: number
  shuffleRecordsWritten: number
  shuffleBytesWritten: number
  shuffleWriteNs: number
  memorySpilled: number
  diskSpilled: number
  peakExecution: number
}

export const newCounts = (): TaskCounts => ({
  began: performance.now(),
  localBlocks: 0,
  remoteBlocks: 0,
  localBytes: 0,
  remoteBytes: 0,
  waitMs: 0,
  recordsRead: 0,
  recordsWritten: 0,
  inputBytes: 0,
  outputBytes: 0,
  shuffleRecordsRead: 0,
  shuffleRecordsWritten: 0,
  shuffleBytesWritten: 0,
  shuffleWriteNs: 0,
  memorySpilled: 0,
  diskSpilled: 0,
  peakExecution: 0
})

/** Spark's task metrics from what was counted. `runMs` is lab time. */
export function taskMetrics(counts: TaskCounts, runMs: number, resultBytes: number): TaskMetrics {
  const metrics = emptyTaskMetrics()
  metrics['Executor Run Time'] = Math.round(runMs)
  metrics['Executor CPU Time'] = Math.round((performance.now() - counts.began) * 1e6)
  metrics['Result Size'] = resultBytes
  metrics['Memory Bytes Spilled'] = counts.memorySpilled
  metrics['Disk Bytes Spilled'] = counts.diskSpilled
  metrics['Peak Execution Memory'] = counts.peakExecution
  const read = metrics['Shuffle Read Metrics']
  read['Local Blocks Fetched'] = counts.localBlocks
  read['Remote Blocks Fetched'] = counts.remoteBlocks
  read['Local Bytes Read'] = counts.localBytes
  read['Remote Bytes Read'] = counts.remoteBytes
  read['Fetch Wait Time'] = Math.round(counts.waitMs)
  read['Total Records Read'] = counts.shuffleRecordsRead
  const write = metrics['Shuffle Write Metrics']
  write['Shuffle Bytes Written'] = counts.shuffleBytesWritten
  write['Shuffle Records Written'] = counts.shuffleRecordsWritten
  write['Shuffle Write Time'] = Math.round(counts.shuffleWriteNs)
  metrics['Input Metrics']['Bytes Read'] = counts.inputBytes
  metrics['Input Metrics']['Records Read'] = counts.recordsRead
  metrics['Output Metrics']['Bytes Written'] = counts.outputBytes
  metrics['Output Metrics']['Records Written'] = counts.recordsWritten
  return metrics
}
