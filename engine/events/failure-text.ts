/** What errors say, in one line for people: Spark wraps the cause in messages of many lines. */

/** The first line of a message, cut where it gets long, without its full stop. */
export function firstLine(text: string, most = 160): string {
  const line = (text.split('\n', 1)[0] ?? '').trim().replace(/\.$/, '')
  return line.length <= most ? line : `${line.slice(0, most - 1).trimEnd()}…`
}

/** A job that ended because a task failed too often (§6.19). */
export interface AbortedJob {
  task: number
  stage: number
  times: number
  /** What the last attempt met. */
  error: string
}

/** Reads Spark's message of an aborted job; null when the text is something else. */
export function abortedJob(text: string): AbortedJob | null {
  const found = /Job aborted due to stage failure: Task (\d+) in stage (\d+)\.\d+ failed (\d+) times, most recent failure: Lost task \S+ in stage \S+ \(TID \d+\) \([^)]*\): ([\s\S]*)/.exec(text)
  if (found === null) return null
  const said = found[4]!.replace(/\nDriver stacktrace:[\s\S]*/, '')
  const thrown = /^((?:[a-z][\w$]*\.)+[\w$]+): ([\s\S]*)/.exec(said)
  const error = thrown === null ? firstLine(said) : exceptionText(thrown[1]!, thrown[2]!)
  return { task: Number(found[1]), stage: Number(found[2]), times: Number(found[3]), error }
}

/** An exception in one line: of a Python traceback its last line, of an aborted job what its task met, of an error from the engine the error itself. */
export function exceptionText(className: string, description: string): string {
  const aborted = abortedJob(description)
  if (aborted !== null) return `${aborted.error}, in task ${aborted.task} of stage ${aborted.stage}, which failed ${times(aborted.times)}`
  const short = className.split('.').at(-1) ?? className
  const engine = short === 'Py4JJavaError' ? /^: (?:[\w$]+\.)*(.+)/m.exec(description) : null
  if (engine) return firstLine(engine[1]!)
  if (!/^Traceback \(most recent call last\)/m.test(description)) return firstLine(short === 'PythonException' ? description : description.trim() === '' ? short : `${short}: ${description.trimStart()}`)
  const said = description.split('\n').findLast((line) => /^[A-Za-z_]/.test(line) && !line.startsWith('Traceback'))
  return firstLine(said ?? short)
}

export const times = (n: number): string => (n === 1 ? 'once' : n === 2 ? 'twice' : `${n} times`)
