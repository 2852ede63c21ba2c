import { rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { LabEvent } from '../../engine/events/index.ts'
import { parseBytes } from '../../engine/rules/conf.ts'
import { emptyView, fold } from '../../engine/view/fold.ts'
import { storyText } from '../../engine/view/story.ts'
import { dataDirectory, entries, newScratch } from '../entries.ts'
import { createLab } from '../lab.ts'
import { WATCHED } from '../run/settings.ts'
import { ChildProcessSpawner } from '../spawners/child-process.ts'

export interface RunCommand {
  source: string
  path: string
  folder: string
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

/** Runs a program to its end and answers with its exit status. Throws a sentence when it cannot start. */
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
    const run = await lab.run({
      program: command.source,
      programName: command.path,
      argv: command.args,
      cluster: { workers: command.workers, coresPerWorker: command.cores, memoryPerWorkerMb },
      conf: { ...(command.watch ? WATCHED : {}), ...command.conf },
      faults: command.fault.map((text) => ({ text, by: 'cli' })),
      cwd: process.cwd(),
      folders: [...new Set([process.cwd(), command.folder])],
      logDirectory,
      speed: command.speed
    })
    const view = emptyView()
    let told: unknown
    const say = (event: LabEvent): void => {
      if (event.Event !== 'kindling.Output') return
      if (event.actor === 'driver') (event.stream === 'stdout' ? process.stdout : process.stderr).write(event.text)
      else if (!command.quiet) process.stderr.write(event.text.replaceAll(/^(?=.)/gm, `[${event.actor}] `))
    }
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
    const logs = run.journal.paths
    if (!command.quiet && logs.length > 0) process.stderr.write(`Event log${logs.length > 1 ? 's' : ''} of ${basename(command.path)}: ${logs.join(', ')}\n`)
    return left ?? outcome.exitCode
  } finally {
    process.off('SIGINT', interrupted)
    process.off('SIGTERM', ended)
    await lab.close()
    rmSync(scratchDirectory, { recursive: true, force: true })
  }
}
