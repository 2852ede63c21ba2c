/** The scenarios of a folder: each a folder with lesson.yaml, its program and perhaps data/. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseScenario, problemText } from '../engine/lessons/read.ts'
import type { Scenario } from '../engine/lab-api.ts'

/**
 * Reads every scenario of the directory, in the order of the menu. One that is broken is told of in a
 * sentence (file, line, key) and left out; the others load. Names beginning with a dot are passed over.
 */
export function loadScenarios(directory: string): { scenarios: Scenario[]; problems: string[] } {
  const problems: string[] = []
  const read: { scenario: Scenario; order: number }[] = []
  let folders: string[]
  try {
    folders = readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort()
  } catch {
    return { scenarios: [], problems: [`The scenario folder ${directory} cannot be read.`] }
  }
  for (const id of folders) {
    const folder = join(directory, id)
    const file = join(basename(directory), id, 'lesson.yaml')
    let text: string
    try {
      text = readFileSync(join(folder, 'lesson.yaml'), 'utf8')
    } catch {
      problems.push(`${file} is missing or cannot be read.`)
      continue
    }
    const reading = parseScenario(text, file)
    if (!reading.ok) {
      problems.push(...reading.problems.map(problemText))
      continue
    }
    const { order, otherNames = [], ...scenario } = reading.scenario
    let reached = scenario.programName
    try {
      const [first, ...others] = [scenario.programName, ...otherNames].map((programName) => {
        reached = programName
        return { program: readFileSync(join(folder, programName), 'utf8'), programName }
      })
      read.push({ order, scenario: { id, ...scenario, ...first!, ...(others.length === 0 ? {} : { others }), files: dataFiles(folder) } })
    } catch {
      problems.push(`${file}, program: there is no ${reached} beside it.`)
    }
  }
  read.sort((a, b) => a.order - b.order || a.scenario.id.localeCompare(b.scenario.id))
  return { scenarios: read.map(({ scenario }) => scenario), problems }
}

/** Paths as the program writes them: `data/frost.txt`. */
function dataFiles(folder: string): string[] {
  const data = join(folder, 'data')
  if (!existsSync(data)) return []
  return readdirSync(data, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => `data/${entry.name}`)
    .sort()
}
