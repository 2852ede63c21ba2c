/** One run of the built command line, and what its log says. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LogReader } from '../../engine/events/codec.ts'
import type { LabEvent } from '../../engine/events/index.ts'

const CLI = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.js')

export interface Ran {
  events: LabEvent[]
  /** From the call of the command to the program's first line on stdout, ms. */
  firstLine: number
}

/** Runs a program with the built command line, to its end. Rejects when it does not end well. */
export async function run(folder: string, program: string, args: string[], atFirstLine?: (child: { pid: number; kill: () => void }, events: () => LabEvent[]) => void): Promise<Ran> {
  const file = join(folder, 'program.py')
  writeFileSync(file, program)
  const logs = mkdtempSync(join(folder, 'logs-'))
  const events = (): LabEvent[] => readdirSync(logs).flatMap((name) => new LogReader().push(readFileSync(join(logs, name), 'utf8')))
  const began = performance.now()
  let firstLine = NaN
  await new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, 'run', file, '--event-log', logs, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let stderr = ''
    let killed = false
    child.stdout.on('data', () => {
      if (!Number.isNaN(firstLine)) return
      firstLine = performance.now() - began
      atFirstLine?.({ pid: child.pid!, kill: () => ((killed = true), child.kill('SIGTERM')) }, events)
    })
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
    child.on('close', (code) => (code === 0 || killed ? resolve() : reject(new Error(`the measured program ended with ${code}:\n${stderr}`))))
  })
  return { events: events(), firstLine }
}

/** All events of that name. */
export const of = <N extends LabEvent['Event']>(ran: Ran, name: N): Extract<LabEvent, { Event: N }>[] => ran.events.filter((event) => event.Event === name) as never
