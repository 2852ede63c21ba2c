/**
 * The browser host: the lab served on this computer's loopback, for machines without Electron and for
 * people who prefer their own browser. Prints its address, once, and nothing else on stdout.
 */
import { dataDirectory, entries, labDirectories } from './entries.ts'
import { farewell } from './farewell.ts'
import { createLab } from './lab.ts'
import { ChildProcessSpawner } from './spawners/child-process.ts'
import { readArguments } from './web/arguments.ts'
import { keepPort, lastPort } from './web/last-port.ts'
import { hasDisplay, openInBrowser } from './web/open.ts'
import { startWebHost } from './web/server.ts'

const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`)
const complain = (error: unknown): void => say(`kindling: ${error instanceof Error ? error.message : String(error)}`)

try {
  const { port, open } = readArguments(process.argv.slice(2))
  const directories = labDirectories()
  const lab = createLab({ spawner: new ChildProcessSpawner(), host: 'browser', ...directories })

  const host = await startWebHost({
    lab,
    renderer: entries.renderer,
    // A browser keeps what is typed by address: the lab comes back to the one it had.
    port: port ?? lastPort(dataDirectory()),
    onProblem: complain
  }).catch(async (error: unknown) => {
    await farewell(lab, directories.scratchDirectory)
    throw error
  })

  // Where another lab has it already, this one leaves it to that.
  if (port === undefined && host.taken.length === 0) keepPort(dataDirectory(), host.port)
  // A mistake in one run must not take the lab from the person. A reader that has gone is none.
  process.on('uncaughtException', complain).on('unhandledRejection', complain)
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

  let leaving = false
  const leave = async (): Promise<void> => {
    if (leaving) return
    leaving = true
    const inOrder = await farewell(lab, directories.scratchDirectory)
    if (!inOrder) say('kindling: the run did not end in time and was killed.')
    await host.close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void leave())

  if (port !== undefined && host.taken.length > 0) say(`Port ${host.taken[0]} is taken${host.taken.length > 1 ? `, and so are ${host.taken.length - 1} after it` : ''}; Kindling uses ${host.port}.`)
  process.stdout.write(`Kindling is at ${host.address}\n`)
  for (const problem of (await lab.scenarios()).problems) say(`kindling: ${problem}`)
  if (open && hasDisplay()) openInBrowser(host.issueTicket())
} catch (error) {
  complain(error)
  process.exit(1)
}
