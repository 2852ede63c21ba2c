import { Child } from '../world/real/child.ts'
import { DriverProcess } from './driver-process.ts'

const child = await Child.join()
const { driver } = child.boot
if (driver === undefined) throw new Error('This process was started as a driver without being told its program.')
await new DriverProcess(child, driver).run()
