import { Child } from '../world/real/child.ts'
import { ExecutorProcess } from './executor-process.ts'

const child = await Child.join()
const { executor } = child.boot
if (executor === undefined) throw new Error('This process was started as an executor without being told which.')
await new ExecutorProcess(child, executor).run()
