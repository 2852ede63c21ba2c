/**
 * Spark's listener events, field for field as Spark's event log spells them (spark-semantics §12).
 * Field names with spaces are Spark's own. Times are epoch milliseconds, sizes bytes, CPU times and
 * shuffle write time nanoseconds, everything else as named.
 */

export interface StorageLevel {
  'Use Disk': boolean
  'Use Memory': boolean
  'Use Off Heap': boolean
  Deserialized: boolean
  Replication: number
}

export interface RddInfo {
  'RDD ID': number
  Name: string
  /** A JSON text such as `{"id":"0","name":"map"}`. */
  Scope?: string
  Callsite?: string
  'Parent IDs': number[]
  'Storage Level': StorageLevel
  Barrier: boolean
  DeterministicLevel: 'DETERMINATE' | 'UNORDERED' | 'INDETERMINATE'
  'Number of Partitions': number
  'Number of Cached Partitions': number
  'Memory Size': number
  'Disk Size': number
}

export interface Accumulable {
  ID: number
  Name?: string
  Update?: string | number
  Value?: string | number
  Internal: boolean
  'Count Failed Values': boolean
  Metadata?: string
}

export interface StageInfo {
  'Stage ID': number
  'Stage Attempt ID': number
  'Stage Name': string
  'Number of Tasks': number
  'RDD Info': RddInfo[]
  'Parent IDs': number[]
  Details: string
  /** Absent on a stage that never ran: the UI then shows it as skipped. */
  'Submission Time'?: number
  'Completion Time'?: number
  'Failure Reason'?: string
  Accumulables: Accumulable[]
  'Resource Profile Id': number
  'Shuffle Push Enabled': boolean
  'Shuffle Push Mergers Count': number
}

export type Locality = 'PROCESS_LOCAL' | 'NODE_LOCAL' | 'NO_PREF' | 'RACK_LOCAL' | 'ANY'

export interface TaskInfo {
  'Task ID': number
  Index: number
  Attempt: number
  'Partition ID': number
  'Launch Time': number
  'Executor ID': string
  Host: string
  Locality: Locality
  Speculative: boolean
  'Getting Result Time': number
  'Finish Time': number
  Failed: boolean
  Killed: boolean
  Accumulables: Accumulable[]
}

export interface TaskMetrics {
  'Executor Deserialize Time': number
  'Executor Deserialize CPU Time': number
  'Executor Run Time': number
  'Executor CPU Time': number
  'Peak Execution Memory': number
  'Result Size': number
  'JVM GC Time': number
  'Result Serialization Time': number
  'Memory Bytes Spilled': number
  'Disk Bytes Spilled': number
  'Shuffle Read Metrics': {
    'Remote Blocks Fetched': number
    'Local Blocks Fetched': number
    'Fetch Wait Time': number
    'Remote Bytes Read': number
    'Remote Bytes Read To Disk': number
    'Local Bytes Read': number
    'Total Records Read': number
    'Remote Requests Duration': number
  }
  'Shuffle Write Metrics': {
    'Shuffle Bytes Written': number
    'Shuffle Write Time': number
    'Shuffle Records Written': number
  }
  'Input Metrics': { 'Bytes Read': number; 'Records Read': number }
  'Output Metrics': { 'Bytes Written': number; 'Records Written': number }
  'Updated Blocks': unknown[]
}

export interface BlockManagerId {
  'Executor ID': string
  Host: string
  Port: number
}

export interface StackTraceElement {
  'Declaring Class': string
  'Method Name': string
  'File Name': string
  'Line Number': number
}

/** Why a task attempt ended (§6.12, §12). */
export type TaskEndReason =
  | { Reason: 'Success' }
  | { Reason: 'Resubmitted' }
  | { Reason: 'TaskResultLost' }
  | { Reason: 'UnknownReason' }
  | {
      Reason: 'FetchFailed'
      /** Absent when the driver knew of no location at all (MetadataFetchFailed). */
      'Block Manager Address'?: BlockManagerId
      'Shuffle ID': number
      'Map ID': number
      'Map Index': number
      'Reduce ID': number
      Message: string
    }
  | {
      Reason: 'ExceptionFailure'
      'Class Name': string
      Description: string
      'Stack Trace': StackTraceElement[]
      'Full Stack Trace': string
      'Accumulator Updates': Accumulable[]
    }
  | {
      Reason: 'ExecutorLostFailure'
      'Executor ID': string
      'Exit Caused By App': boolean
      'Loss Reason': string
    }
  | { Reason: 'TaskKilled'; 'Kill Reason': string; 'Accumulator Updates': Accumulable[] }
  | { Reason: 'TaskCommitDenied'; 'Job ID': number; 'Partition ID': number; 'Attempt Number': number }

export type TaskType = 'ShuffleMapTask' | 'ResultTask'

export interface SparkPlanInfo {
  nodeName: string
  simpleString: string
  children: SparkPlanInfo[]
  metadata: Record<string, string>
  metrics: { name: string; accumulatorId: number; metricType: string }[]
}

export type SparkEvent =
  | { Event: 'SparkListenerLogStart'; 'Spark Version': string }
  | {
      Event: 'SparkListenerResourceProfileAdded'
      'Resource Profile Id': number
      'Executor Resource Requests': Record<string, unknown>
      'Task Resource Requests': Record<string, unknown>
    }
  | {
      Event: 'SparkListenerApplicationStart'
      'App Name': string
      'App ID': string
      Timestamp: number
      User: string
    }
  | { Event: 'SparkListenerApplicationEnd'; Timestamp: number; ExitCode?: number }
  | {
      Event: 'SparkListenerEnvironmentUpdate'
      'JVM Information': Record<string, string>
      'Spark Properties': Record<string, string>
      'Hadoop Properties': Record<string, string>
      'System Properties': Record<string, string>
      'Metrics Properties': Record<string, string>
      'Classpath Entries': Record<string, string>
    }
  | {
      Event: 'SparkListenerBlockManagerAdded'
      'Block Manager ID': BlockManagerId
      'Maximum Memory': number
      Timestamp: number
      'Maximum Onheap Memory': number
      'Maximum Offheap Memory': number
    }
  | { Event: 'SparkListenerBlockManagerRemoved'; 'Block Manager ID': BlockManagerId; Timestamp: number }
  | {
      Event: 'SparkListenerExecutorAdded'
      Timestamp: number
      'Executor ID': string
      'Executor Info': {
        Host: string
        'Total Cores': number
        'Log Urls': Record<string, string>
        Attributes: Record<string, string>
        Resources: Record<string, unknown>
        'Resource Profile Id': number
        'Registration Time'?: number
        'Request Time'?: number
      }
    }
  | { Event: 'SparkListenerExecutorRemoved'; Timestamp: number; 'Executor ID': string; 'Removed Reason': string }
  | {
      Event: 'SparkListenerJobStart'
      'Job ID': number
      'Submission Time': number
      'Stage Infos': StageInfo[]
      'Stage IDs': number[]
      Properties: Record<string, string>
    }
  | {
      Event: 'SparkListenerJobEnd'
      'Job ID': number
      'Completion Time': number
      'Job Result':
        | { Result: 'JobSucceeded' }
        | { Result: 'JobFailed'; Exception: { Message: string; 'Stack Trace': StackTraceElement[] } }
    }
  | { Event: 'SparkListenerStageSubmitted'; 'Stage Info': StageInfo; Properties: Record<string, string> }
  | { Event: 'SparkListenerStageCompleted'; 'Stage Info': StageInfo }
  | { Event: 'SparkListenerTaskStart'; 'Stage ID': number; 'Stage Attempt ID': number; 'Task Info': TaskInfo }
  | { Event: 'SparkListenerTaskGettingResult'; 'Task Info': TaskInfo }
  | {
      Event: 'SparkListenerTaskEnd'
      'Stage ID': number
      'Stage Attempt ID': number
      'Task Type': TaskType
      'Task End Reason': TaskEndReason
      'Task Info': TaskInfo
      'Task Executor Metrics': Record<string, number>
      'Task Metrics'?: TaskMetrics
    }
  | { Event: 'SparkListenerUnpersistRDD'; 'RDD ID': number }
  | {
      Event: 'SparkListenerBlockUpdated'
      'Block Updated Info': {
        'Block Manager ID': BlockManagerId
        'Block ID': string
        'Storage Level': StorageLevel
        'Memory Size': number
        'Disk Size': number
      }
    }
  | ExclusionEvent
  | {
      Event: 'org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart'
      executionId: number
      rootExecutionId: number
      description: string
      details: string
      physicalPlanDescription: string
      sparkPlanInfo: SparkPlanInfo
      time: number
      modifiedConfigs: Record<string, string>
      jobTags: string[]
    }
  | {
      Event: 'org.apache.spark.sql.execution.ui.SparkListenerSQLAdaptiveExecutionUpdate'
      executionId: number
      physicalPlanDescription: string
      sparkPlanInfo: SparkPlanInfo
    }
  | {
      Event: 'org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd'
      executionId: number
      time: number
      errorMessage: string
    }

/** Spark posts each of these twice: under the present name and under the one it had before 3.1 (§6.28). `time` is epoch ms. */
export type ExclusionEvent =
  | Named<`org.apache.spark.scheduler.SparkListenerExecutor${ExclusionName}`, { time: number; executorId: string; taskFailures: number }>
  | Named<`org.apache.spark.scheduler.SparkListenerExecutor${ExclusionName}ForStage`, { time: number; executorId: string; taskFailures: number; stageId: number; stageAttemptId: number }>
  | Named<`org.apache.spark.scheduler.SparkListenerNode${ExclusionName}`, { time: number; hostId: string; executorFailures: number }>
  | Named<`org.apache.spark.scheduler.SparkListenerNode${ExclusionName}ForStage`, { time: number; hostId: string; executorFailures: number; stageId: number; stageAttemptId: number }>
  | Named<`org.apache.spark.scheduler.SparkListenerExecutor${'Unexcluded' | 'Unblacklisted'}`, { time: number; executorId: string }>
  | Named<`org.apache.spark.scheduler.SparkListenerNode${'Unexcluded' | 'Unblacklisted'}`, { time: number; hostId: string }>

export type ExclusionName = 'Excluded' | 'Blacklisted'

/** One type for each name, so that a name alone tells the fields. */
type Named<N extends string, T> = N extends string ? { Event: N } & T : never
