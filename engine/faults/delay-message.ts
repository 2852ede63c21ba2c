import type { Fault } from './fault.ts'

export const delayMessage = {
  name: 'delay-message',
  title: 'Delay a message',
  strikes: 'message',
  by: 'order',
  does: 'messages that come late by {by}: {count}',
  how: 'The next message of the chosen kind arrives late; others overtake it.',
  follows: 'What waits for it waits. A late StatusUpdate keeps its slot taken; a late result of an executor that was lost meanwhile is not believed.',
  sources: ['4.4', '4.5', '5.21'],
  parameters: [
    { name: 'by', kind: 'time', default: '5s', means: 'How late, lab time.' },
    { name: 'count', kind: 'count', default: '1', means: 'So many of them.' }
  ]
} as const satisfies Fault
