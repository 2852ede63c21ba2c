import type { Fault } from './fault.ts'

export const failTask = {
  name: 'fail-task',
  title: 'Fail a task',
  strikes: 'task',
  by: 'order',
  does: 'attempts that end with an exception: {times}',
  how: 'The next attempt of the chosen task, or of any task, ends with an exception. The executor lives on.',
  follows:
    'The failure counts. The partition goes back in the queue and is tried again, perhaps on the same executor. At spark.task.maxFailures counted failures of one partition (4, so three retries) the job is aborted. In local mode the first failure aborts it.',
  sources: ['2.2', '5.25', '6.4', '6.10', '6.12', '13.9'],
  key: 'f',
  parameters: [{ name: 'times', kind: 'count', always: true, default: '1', means: 'So many attempts fail; always: every attempt of that partition.' }],
  lasting: { heal: 'Attempts from now on are spared.' }
} as const satisfies Fault
