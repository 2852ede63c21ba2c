import { uncaughtExitCode } from '../rules/failures.ts'
import { Child } from '../world/real/child.ts'
import { ExecutorProcess } from './executor-process.ts'

const child = await Child.join()
const { executor } = child.boot
if (executor === undefined) throw new Error('This process was started as an executor without being told which.')
child.uncaughtExitCode = uncaughtExitCode('executor')
await new ExecutorProcess(child, executor).run()
