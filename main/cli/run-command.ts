import { rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { LabEvent } from '../../engine/events/index.ts'
import { parseBytes } from '../../engine/rules/conf.ts'
import { emptyView, fold } from '../../engine/view/fold.ts'
import { indexOfDriver, isDriver, labelOf, programViews } from '../../engine/view/programs.ts'
import { storyText } from '../../engine/view/story.ts'
import { dataDirectory, entries, newScratch } from '../entries.ts'
import { createLab } from '../lab.ts'
import { NamedLines } from './lines.ts'
import { WATCHED } from '../run/settings.ts'
import { ChildProcessSpawner } from '../spawners/child-process.ts'

/** A program's text and where it was read, absolute. */
export interface SourceFile {
  source: string
  path: string
}

export interface RunCommand {
  /** At least one; several share the cluster. */
  programs: SourceFile[]
  /** Every program gets them. */
  args: string[]
  conf: Record<string, string>
  workers: number
  cores: number
  memory: string
  fault: string[]
  eventLog?: string
  watch: boolean
  speed: number
  quiet: boolean
}

/** Runs programs to their end and answers with the exit status of the first that failed. Throws a sentence when it cannot start. */
export async function runProgram(command: RunCommand): Promise<number> {
  const memoryPerWorkerMb = Math.floor(parseBytes(command.memory, 'm') / 2 ** 20)
  const scratchDirectory = newScratch()
  const logDirectory = command.eventLog === undefined ? join(dataDirectory(), 'logs') : resolve(command.eventLog)
  const lab = createLab({ spawner: new ChildProcessSpawner(), host: 'cli', logDirectory, scenariosDirectory: entries.scenarios, scratchDirectory })
  let left: number | undefined
  const leave = (code: number, reason: string) => (): void => {
    left ??= code
    void lab.close(reason)
  }
  const interrupted = leave(130, 'Interrupted (Ctrl-C).')
  const ended = leave(143, 'Asked to end (SIGTERM).')
  const unread = leave(141, 'Nobody reads the output any more.')
  process.on('SIGINT', interrupted)
  process.on('SIGTERM', ended)
  process.stdout.on('error', unread)
  process.stderr.on('error', () => undefined)
  try {
    const [first, ...others] = command.programs.map(({ source, path }) => ({ program: source, programName: path, argv: command.args }))
    const run = await lab.run({
      ...first!,
      ...(others.length === 0 ? {} : { others }),
      cluster: { workers: command.workers, coresPerWorker: command.cores, memoryPerWorkerMb },
      conf: { ...(command.watch ? WATCHED : {}), ...command.conf },
      faults: command.fault.map((text) => ({ text, by: 'cli' })),
      cwd: process.cwd(),
      folders: [...new Set([process.cwd(), ...command.programs.map(({ path }) => dirname(path))])],
      logDirectory,
      speed: command.speed
    })
    const view = emptyView()
    let told: unknown
    const said = new Map<string, NamedLines>()
    const say = (event: LabEvent): void => {
      if (event.Event !== 'kindling.Output') return
      const stream = event.stream === 'stdout' ? process.stdout : process.stderr
      const label = labelAt(event)
      if (isDriver(event.actor)) stream.write(label === null ? event.text : linesOf(said, `${event.actor} ${event.stream}`, label).take(event.text))
      else if (!command.quiet) process.stderr.write(event.text.replaceAll(/^(?=.)/gm, `[${label === null ? '' : `${label}, `}${event.actor}] `))
    }
    const labels = programViews(command.programs.map(({ source, path }) => ({ program: source, programName: path })))
    /** Whose output it is, where there are several. */
    const labelAt = (event: { actor: string; appId?: string }): string | null =>
      others.length === 0 ? null : isDriver(event.actor) ? (labels[indexOfDriver(event.actor)]?.label ?? null) : labelOf(view, event)
    const tell = (event: LabEvent): void => {
      say(event)
      fold(view, event)
      const line = view.story.at(-1)
      if (line !== undefined && line !== told && line.level === 1) process.stderr.write(`${storyText(line)}\n`)
      told = line
    }
    run.journal.tell()
    for (const event of run.journal.events) (command.quiet ? say : tell)(event)
    // Who is told no story need not hear of every task.
    if (command.quiet) run.journal.onFew((events) => events.forEach(say))
    else run.journal.onEvents((events) => events.forEach(tell))
    const outcome = await run.ended
    for (const [key, lines] of said) (key.endsWith('stdout') ? process.stdout : process.stderr).write(lines.end())
    const logs = run.journal.paths
    if (!command.quiet && logs.length > 0) process.stderr.write(`Event log${logs.length > 1 ? 's' : ''} of ${command.programs.map(({ path }) => basename(path)).join(', ')}: ${logs.join(', ')}\n`)
    return left ?? outcome.exitCode
  } finally {
    process.off('SIGINT', interrupted)
    process.off('SIGTERM', ended)
    await lab.close()
    rmSync(scratchDirectory, { recursive: true, force: true })
  }
}

function linesOf(said: Map<string, NamedLines>, key: string, label: string): NamedLines {
  let lines = said.get(key)
  if (lines === undefined) said.set(key, (lines = new NamedLines(label)))
  return lines
}
