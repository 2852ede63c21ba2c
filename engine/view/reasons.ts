import type { TaskEndReason } from '../events/index.ts'

/** Why an attempt ended, in the words Spark's own log uses (§6.15, §13). */
export function reasonText(reason: TaskEndReason): string {
  switch (reason.Reason) {
    case 'ExceptionFailure':
      return `${reason['Class Name']}: ${reason.Description}`
    case 'ExecutorLostFailure': {
      const cause = reason['Exit Caused By App'] ? 'exited caused by one of the running tasks' : 'exited unrelated to the running tasks'
      return `ExecutorLostFailure (executor ${reason['Executor ID']} ${cause}) Reason: ${reason['Loss Reason']}`
    }
    case 'FetchFailed': {
      const address = reason['Block Manager Address']
      const at = address ? `BlockManagerId(${address['Executor ID']}, ${address.Host}, ${address.Port}, None)` : 'null'
      return `FetchFailed(${at}, shuffleId=${reason['Shuffle ID']}, mapIndex=${reason['Map Index']}, mapId=${reason['Map ID']}, reduceId=${reason['Reduce ID']}, message=${reason.Message})`
    }
    case 'TaskKilled':
      return `TaskKilled (${reason['Kill Reason']})`
    case 'TaskCommitDenied':
      return `TaskCommitDenied (Driver denied task commit) for job: ${reason['Job ID']}, partition: ${reason['Partition ID']}, attemptNumber: ${reason['Attempt Number']}`
    case 'TaskResultLost':
      return 'TaskResultLost (result lost from block manager)'
    case 'Resubmitted':
      return 'Resubmitted (resubmitted due to lost executor)'
    case 'UnknownReason':
      return 'UnknownReason'
    case 'Success':
      return 'Success'
  }
}
