/** The command `kindling`: runs a program on the lab's cluster, and tells the story of a log. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { FaultTextError, parseFault } from '../engine/faults/parse.ts'
import { tellEvents } from './cli/events-command.ts'
import { tellFaults } from './cli/faults-command.ts'
import { programsAndArguments } from './cli/operands.ts'
import { runProgram, type SourceFile } from './cli/run-command.ts'
import { packageVersion } from './entries.ts'
import { inWords } from './words.ts'

const collect = (value: string, before: string[]): string[] => [...before, value]

const whole = (least: number) => (value: string): number => {
  const number = Number(value)
  if (!Number.isInteger(number) || number < least || number > 1000) throw new InvalidArgumentError(`It is "${value}"; give a whole number from ${least} to 1000.`)
  return number
}

const pair = (value: string, before: Record<string, string>): Record<string, string> => {
  const at = value.indexOf('=')
  if (at < 1) throw new InvalidArgumentError(`It is "${value}"; write KEY=VALUE, for example spark.task.maxFailures=2.`)
  return { ...before, [value.slice(0, at).trim()]: value.slice(at + 1).trim() }
}

const fault = (value: string, before: string[]): string[] => {
  try {
    parseFault(value)
  } catch (error) {
    if (error instanceof FaultTextError) throw new InvalidArgumentError(error.message)
    throw error
  }
  return collect(value, before)
}

const speed = (value: string): number => {
  const number = Number(value)
  if (!(number >= 0.1 && number <= 10)) throw new InvalidArgumentError(`It is "${value}"; give a number from 0.1 to 10.`)
  return number
}

function readSource(file: string): SourceFile {
  const path = resolve(file)
  try {
    return { source: readFileSync(path, 'utf8'), path }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new Error(code === 'ENOENT' ? `There is no file ${path}.` : code === 'EISDIR' ? `${path} is a folder; give the program's file.` : `${path} cannot be read: ${inWords(error)}.`, { cause: error })
  }
}

const program = new Command('kindling').description('A small, real Spark cluster to learn from by breaking it.').version(packageVersion(), '--version', 'the version of Kindling').exitOverride().showHelpAfterError('Run kindling --help, or kindling run --help, for what there is.')

program
  .command('run')
  .description("Runs a PySpark program: its output on stdout, what the cluster does on stderr, the program's own exit status.\nSeveral programs share the cluster, submitted one after the other: each has a driver, an application and an event log of its own, its lines begin with its name, and the exit status is that of the first that failed.")
  .usage('[options] <program.py> [program.py...] [-- args...]')
  .argument('<file>', 'the program')
  .argument('[more...]', 'more programs (.py) for the same cluster; then, or after --, arguments: every program gets them')
  .option('--conf <key=value>', 'a setting, Spark’s or kindling.*, for all programs: one’s own are those of its SparkConf; may be given again', pair, {})
  .option('--workers <n>', 'workers of the standalone cluster', whole(0), 2)
  .option('--cores <n>', 'cores of each worker', whole(1), 2)
  .option('--memory <size>', 'memory of each worker, before scaling', '4g')
  .option('--fault <fault>', 'NAME[:TARGET]@WHEN, for example crash-executor@stage=1; may be given again; app=2 for the second program; kindling faults lists them', fault, [])
  .option('--event-log <dir>', 'folder of the event log')
  .option('--watch', 'run at the pace of the lab, to be watched', false)
  .option('--speed <x>', 'speed of the lab clock, 0.1 to 10', speed, 1)
  .option('--quiet', 'only the program’s own output', false)
  .action(async (file: string, more: string[], options: { conf: Record<string, string>; workers: number; cores: number; memory: string; fault: string[]; eventLog?: string; watch: boolean; speed: number; quiet: boolean }) => {
    const { files, args } = programsAndArguments([file, ...more], process.argv)
    process.exitCode = await runProgram({ programs: files.map(readSource), args, ...options })
  })

program
  .command('events')
  .description('Tells the story of an event log, Kindling’s or Spark’s.')
  .argument('<log>', 'the log')
  .option('--all', 'every sentence, small ones too', false)
  .action((log: string, options: { all: boolean }) => {
    process.exitCode = tellEvents(resolve(log), options.all)
  })

program
  .command('faults')
  .description('Lists what can be broken, how, and what follows.')
  .argument('[name]', 'one of them')
  .action((name: string | undefined) => {
    process.exitCode = tellFaults(name)
  })

try {
  await program.parseAsync(process.argv)
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    process.stderr.write(`kindling: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 2
  }
}
