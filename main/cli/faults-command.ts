import { shownElsewhere } from '../../engine/faults/elsewhere.ts'
import { EVENT_NAMES, eventText } from '../../engine/faults/event-names.ts'
import { FAULTS, type NamedFault } from '../../engine/faults/index.ts'
import { MESSAGE_NAMES } from '../../engine/faults/message-kinds.ts'

const WIDTH = 100

/** Prints the catalog of faults: all of them in a few lines each, or one whole. Answers with the exit status. */
export function tellFaults(name: string | undefined): number {
  const found = name === undefined ? FAULTS : FAULTS.filter((fault) => fault.name === name)
  const elsewhere = name === undefined ? undefined : shownElsewhere(name)
  if (elsewhere !== undefined) {
    process.stdout.write(`${elsewhere}\n`)
    return 0
  }
  if (found.length === 0) {
    process.stderr.write(`kindling: There is no fault named "${name}". The faults are: ${FAULTS.map((fault) => fault.name).join(', ')}.\n`)
    return 2
  }
  const parts = found.map(faultText)
  if (name === undefined) parts.push(GRAMMAR)
  process.stdout.write(`${parts.join('\n\n')}\n`)
  return 0
}

function faultText(fault: NamedFault): string {
  const lines = [`${fault.name}  (${fault.title}; strikes ${STRIKES[fault.strikes]})`, wrapped(fault.how), wrapped(`What follows: ${fault.follows}`)]
  for (const one of fault.parameters ?? []) lines.push(wrapped(`${one.name}=${one.choices?.join('|') ?? one.default}${one.always === true ? ' or always' : ''}: ${one.means} Without it: ${one.default}.`))
  if (fault.lasting !== undefined) lines.push(wrapped(`It lasts until it is healed. ${fault.lasting.heal}`))
  lines.push(wrapped(`${fault.sources.map((source) => `§${source}`).join(' ')} (numbers of docs/fidelity.md)`))
  return lines.join('\n')
}

const STRIKES: Record<NamedFault['strikes'], string> = {
  executor: 'an executor', driver: 'the driver', worker: 'a worker', master: 'the Master', task: 'a task', message: 'messages', block: 'blocks'
}

const GRAMMAR = [
  'How to write one: NAME[:TARGET][@WHEN][,OPTION…], for example',
  '  crash-executor:1@stage=1      fail-task:0.3,times=2@start      hang-executor@time=5s,heal=20s',
  'TARGET  any, an executor id (2), a task (STAGE.PARTITION: 1.3), driver, master, worker-1,',
  '        a message (StatusUpdate, or StatusUpdate/2 for executor 2), a block (rdd_2_0, shuffle_0_3).',
  'WHEN    now, start, job=N, stage=N, task=STAGE.PARTITION (N, STAGE and PARTITION may be any),',
  '        time=2.5s (of the lab clock), event=NAME or event=NAME:N, the N-th one from then on.',
  'OPTION  repeat=N or every: again each time its moment comes. heal=5s: a lasting one ends so long after it struck.',
  wrapped(`EVENTS  ${EVENT_NAMES.map(eventText).join(', ')}`, 8),
  wrapped(`MESSAGES  ${MESSAGE_NAMES.join(', ')}`, 8)
].join('\n')

function wrapped(text: string, indent = 4): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > WIDTH - indent) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines.map((one, at) => (indent === 8 && at === 0 ? one : ' '.repeat(indent) + one)).join('\n')
}
