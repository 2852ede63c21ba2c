/** Reads a scenario file and, where it is wrong, says which line, which key and what would be right. */
import { LineCounter, isMap, isNode, isScalar, parseDocument, type Document, type ParsedNode } from 'yaml'
import type { Scenario } from '../lab-api.ts'
import { FaultTextError, parseFault } from '../faults/parse.ts'
import { describeIssue, keyText, type Path } from './problems.ts'
import { scenarioSchema } from './schema.ts'

export interface ScenarioProblem {
  file: string
  /** 1-based. */
  line: number
  column: number
  /** `steps[1].until`; empty when the whole file is meant. */
  key: string
  message: string
}

/** A scenario as its file tells it; the folder adds its id, the program's text and the data files. */
export type ScenarioText = Omit<Scenario, 'id' | 'program' | 'files' | 'others'> & { order: number; /** Programs beside the first one. */ otherNames?: string[] }

export type ScenarioReading = { ok: true; scenario: ScenarioText } | { ok: false; problems: ScenarioProblem[] }

/** Reads the text of a lesson.yaml. `fileName` is only for the messages. All mistakes are told, in the order of their lines. */
export function parseScenario(yamlText: string, fileName: string): ScenarioReading {
  const lines = new LineCounter()
  const document = parseDocument(yamlText, { lineCounter: lines })
  const problem = (path: Path, offset: number, message: string): ScenarioProblem => {
    const { line, col } = lines.linePos(offset)
    return { file: fileName, line, column: col, key: keyText(path), message }
  }
  if (document.errors.length > 0) {
    return { ok: false, problems: document.errors.map((error) => problem([], error.pos[0], `${error.message.split(/ at line | \(|\n/, 1)[0]!.replace(/[.:]$/, '')}.`)) }
  }
  const value: unknown = document.toJS()
  const checked = scenarioSchema.safeParse(value)
  const problems: ScenarioProblem[] = []
  if (!checked.success) {
    for (const issue of checked.error.issues) {
      for (const { path, at, message } of describeIssue(issue, value)) problems.push(problem(path, offsetOf(document, path, at), message))
    }
  }
  const given = typeof value === 'object' && value !== null ? (value as { faults?: unknown; conf?: unknown; program?: unknown }) : {}
  for (const { path, message } of [...programMistakes(given.program), ...faultMistakes(given.faults, Array.isArray(given.program) ? Math.max(1, given.program.length) : 1), ...confMistakes(given.conf)]) problems.push(problem(path, offsetOf(document, path, 'value'), message))
  if (!checked.success || problems.length > 0) return { ok: false, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) }

  const { program, conf, ...rest } = checked.data
  const [programName = '', ...otherNames] = typeof program === 'string' ? [program] : program
  return { ok: true, scenario: { ...rest, programName, ...(otherNames.length === 0 ? {} : { otherNames }), conf: Object.fromEntries(Object.entries(conf).map(([key, setting]) => [key, String(setting)])) } }
}

/** `lessons/x/lesson.yaml, line 4, steps[0].until: …`. */
export function problemText(problem: ScenarioProblem): string {
  return `${problem.file}, line ${problem.line}${problem.key ? `, ${problem.key}` : ''}: ${problem.message}`
}

interface Mistake {
  path: Path
  message: string
}

function programMistakes(programs: unknown): Mistake[] {
  if (!Array.isArray(programs)) return []
  return programs.flatMap((name: unknown, index): Mistake[] => (programs.indexOf(name) < index ? [{ path: ['program', index], message: `"${String(name)}" is there twice: each program needs a file of its own.` }] : []))
}

function faultMistakes(faults: unknown, programs: number): Mistake[] {
  if (!Array.isArray(faults)) return []
  return faults.flatMap((fault: unknown, index): Mistake[] => {
    if (typeof fault !== 'string' || fault.trim() === '') return []
    try {
      const { when, app } = parseFault(fault)
      if (app > programs) return [{ path: ['faults', index], message: `"${fault}" is for program ${app}, and the scenario has ${programs === 1 ? 'one program' : `${programs} programs`}.` }]
      return when.at === 'now' ? [{ path: ['faults', index], message: `"${fault}" does not say when. Add @start, @job=N, @stage=N, @task=STAGE.PARTITION, @time=2.5s or @event=NAME:N.` }] : []
    } catch (error) {
      if (error instanceof FaultTextError) return [{ path: ['faults', index], message: error.message }]
      throw error
    }
  })
}

function confMistakes(conf: unknown): Mistake[] {
  if (typeof conf !== 'object' || conf === null || Array.isArray(conf)) return []
  return Object.keys(conf)
    .filter((key) => !/^(spark|kindling)\.\w/.test(key))
    .map((key) => ({ path: ['conf', key], message: `"${key}" is not a setting. Settings begin with spark. or kindling., for example spark.executor.memory.` }))
}

/** Where a path stands in the text: its key or its value; the nearest thing around it when it is missing. */
function offsetOf(document: Document.Parsed, path: Path, at: 'key' | 'value'): number {
  let node: ParsedNode | null = document.contents
  let offset = node?.range?.[0] ?? 0
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1
    if (isMap<ParsedNode, ParsedNode | null>(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step)
      if (!pair) return offset
      offset = pair.key.range[0]
      if (last && (at === 'key' || !pair.value)) return offset
      node = pair.value
    } else node = (document.getIn(path.slice(0, depth + 1), true) as ParsedNode | undefined) ?? null
    if (!isNode(node)) return offset
    offset = node.range?.[0] ?? offset
  }
  return offset
}
