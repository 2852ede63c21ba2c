import type { Fault } from './fault.ts'

export const dropMessage = {
  name: 'drop-message',
  title: 'Lose a message',
  strikes: 'message',
  by: 'order',
  does: 'messages that never arrive: {count}',
  how: 'The next message of the chosen kind is taken off the wire. Its sender does not know.',
  follows:
    'Spark\'s own messages are sent once. A lost StatusUpdate leaves the driver waiting for a task that is over, a lost LaunchTask an executor idle beside a task that counts as launched: the job hangs, unless speculation starts a copy. A lost Heartbeat means nothing: the next one comes.',
  sources: ['4.4', '4.5', '4.7', '6.21'],
  parameters: [{ name: 'count', kind: 'count', default: '1', means: 'So many of them.' }]
} as const satisfies Fault
