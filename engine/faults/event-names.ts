/** Events a fault can wait for: those a driver or the lab posts, since what follows them can be held until the fault has struck. */
import type { EventName } from '../events/index.ts'

const SQL = 'org.apache.spark.sql.execution.ui'

export const EVENT_NAMES = [
  'SparkListenerApplicationStart',
  'SparkListenerApplicationEnd',
  'SparkListenerBlockManagerAdded',
  'SparkListenerBlockManagerRemoved',
  'SparkListenerExecutorAdded',
  'SparkListenerExecutorRemoved',
  'SparkListenerJobStart',
  'SparkListenerJobEnd',
  'SparkListenerStageSubmitted',
  'SparkListenerStageCompleted',
  'SparkListenerTaskStart',
  'SparkListenerTaskGettingResult',
  'SparkListenerTaskEnd',
  'SparkListenerUnpersistRDD',
  `${SQL}.SparkListenerSQLExecutionStart`,
  `${SQL}.SparkListenerSQLAdaptiveExecutionUpdate`,
  `${SQL}.SparkListenerSQLExecutionEnd`,
  'kindling.ProcessSpawned',
  'kindling.ProcessExited',
  'kindling.WorkerRegistered',
  'kindling.WorkerLost',
  'kindling.ExecutorLaunching',
  'kindling.ExecutorState',
  'kindling.ApplicationState',
  'kindling.DriverState',
  'kindling.Heartbeat',
  'kindling.HeartbeatMissing',
  'kindling.Decision',
  'kindling.CachedBlock',
  'kindling.Exception'
] as const satisfies readonly EventName[]

export type AwaitableEvent = (typeof EVENT_NAMES)[number]

/** SQL's events by their last word too: `SparkListenerSQLExecutionEnd`. */
export const eventNamed = (name: string): AwaitableEvent | undefined => EVENT_NAMES.find((known) => known === name || known === `${SQL}.${name}`)

/** As it is written and shown: without the long way of SQL's. */
export const eventText = (name: string): string => (name.startsWith(`${SQL}.`) ? name.slice(SQL.length + 1) : name)
