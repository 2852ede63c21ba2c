import { readFileSync } from 'node:fs'
import { LogReader } from '../../engine/events/codec.ts'
import { emptyView, fold } from '../../engine/view/fold.ts'
import { storyText } from '../../engine/view/story.ts'
import { inWords } from '../words.ts'

/** Prints the story of a log. Answers with the exit status: 0, or 2 when it cannot be read. */
export function tellEvents(path: string, all: boolean): number {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const why = code === 'ENOENT' ? `There is no log ${path}.` : code === 'EISDIR' ? `${path} is a folder; give one of the logs in it.` : `${path} cannot be read: ${inWords(error)}.`
    process.stderr.write(`kindling: ${why}\n`)
    return 2
  }
  const view = emptyView()
  const reader = new LogReader()
  let told: unknown
  try {
    for (const event of [...reader.push(text), ...reader.end()]) {
      fold(view, event)
      const line = view.story.at(-1)
      if (line !== undefined && line !== told && (all || line.level === 1)) process.stdout.write(`${storyText(line)}\n`)
      told = line
    }
  } catch (error) {
    process.stderr.write(`kindling: ${path}: ${(error as Error).message}\n`)
    return 2
  }
  if (view.count === 0 && text.trim() !== '') {
    process.stderr.write(`kindling: ${path} is no event log: none of its lines is an event.\n`)
    return 2
  }
  for (const problem of reader.problems) process.stderr.write(`kindling: ${path}: ${problem.message}\n`)
  if (reader.cutOff) process.stderr.write('The log is cut off in its last line; it is told up to there.\n')
  else if (path.endsWith('.inprogress')) process.stderr.write('The log is not finished: its run still goes on, or ended without a word.\n')
  if (view.count === 0) {
    process.stderr.write(`kindling: ${path} holds no events.\n`)
    return 2
  }
  return 0
}
