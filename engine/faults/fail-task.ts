import type { Fault } from './fault.ts'

export const failTask = {
  name: 'fail-task',
  title: 'Fail a task',
  strikes: 'task',
  by: 'order',
  does: 'its next attempt ends with an exception',
  how: 'The next attempt of the chosen task, or of any task, ends with an exception. The executor lives on.',
  follows:
    'The failure counts. The partition goes back in the queue and is tried again, perhaps on the same executor. At spark.task.maxFailures counted failures of one partition (4, so three retries) the job is aborted. In local mode the first failure aborts it.',
  sources: ['2.2', '5.25', '6.4', '6.10', '6.12', '13.9'],
  key: 'f'
} as const satisfies Fault
