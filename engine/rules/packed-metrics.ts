/** Task metrics on the wire: numbers in one order, without the names, which would be most of a status update. */
import type { TaskMetrics } from '../events/index.ts'

/** In the order of the log's fields (§12). */
export type PackedMetrics = readonly number[]

export function packMetrics(metrics: TaskMetrics): PackedMetrics {
  const read = metrics['Shuffle Read Metrics']
  const write = metrics['Shuffle Write Metrics']
  return [
    metrics['Executor Deserialize Time'],
    metrics['Executor Deserialize CPU Time'],
    metrics['Executor Run Time'],
    metrics['Executor CPU Time'],
    metrics['Peak Execution Memory'],
    metrics['Result Size'],
    metrics['JVM GC Time'],
    metrics['Result Serialization Time'],
    metrics['Memory Bytes Spilled'],
    metrics['Disk Bytes Spilled'],
    read['Remote Blocks Fetched'],
    read['Local Blocks Fetched'],
    read['Fetch Wait Time'],
    read['Remote Bytes Read'],
    read['Remote Bytes Read To Disk'],
    read['Local Bytes Read'],
    read['Total Records Read'],
    read['Remote Requests Duration'],
    write['Shuffle Bytes Written'],
    write['Shuffle Write Time'],
    write['Shuffle Records Written'],
    metrics['Input Metrics']['Bytes Read'],
    metrics['Input Metrics']['Records Read'],
    metrics['Output Metrics']['Bytes Written'],
    metrics['Output Metrics']['Records Written']
  ]
}

export function unpackMetrics(packed: PackedMetrics): TaskMetrics {
  const at = (place: number): number => packed[place] ?? 0
  return {
    'Executor Deserialize Time': at(0),
    'Executor Deserialize CPU Time': at(1),
    'Executor Run Time': at(2),
    'Executor CPU Time': at(3),
    'Peak Execution Memory': at(4),
    'Result Size': at(5),
    'JVM GC Time': at(6),
    'Result Serialization Time': at(7),
    'Memory Bytes Spilled': at(8),
    'Disk Bytes Spilled': at(9),
    'Shuffle Read Metrics': {
      'Remote Blocks Fetched': at(10),
      'Local Blocks Fetched': at(11),
      'Fetch Wait Time': at(12),
      'Remote Bytes Read': at(13),
      'Remote Bytes Read To Disk': at(14),
      'Local Bytes Read': at(15),
      'Total Records Read': at(16),
      'Remote Requests Duration': at(17)
    },
    'Shuffle Write Metrics': { 'Shuffle Bytes Written': at(18), 'Shuffle Write Time': at(19), 'Shuffle Records Written': at(20) },
    'Input Metrics': { 'Bytes Read': at(21), 'Records Read': at(22) },
    'Output Metrics': { 'Bytes Written': at(23), 'Records Written': at(24) },
    'Updated Blocks': []
  }
}
