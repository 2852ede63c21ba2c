import type { Fault } from './fault.ts'

export const poisonedRecord = {
  name: 'poisoned-record',
  title: 'Poison a record',
  strikes: 'task',
  by: 'order',
  does: 'record {record} of its partition cannot be used',
  how: 'One record of the chosen partition, or of the next one that runs, makes any function that uses it raise. It does so in every attempt.',
  follows:
    'Each attempt fails at the same line of the program. Trying again does not help: after spark.task.maxFailures counted failures (4) the job is aborted with that traceback. The other partitions were fine.',
  sources: ['5.25', '6.10', '6.12', '11.2', '13.9'],
  parameters: [{ name: 'record', kind: 'count', default: '1', means: 'Which of the records that the partition reads, counted from 1.' }],
  lasting: { heal: 'Attempts from now on read a good record.' }
} as const satisfies Fault
