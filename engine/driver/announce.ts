import { userInfo } from 'node:os'
import type { BareEvent } from '../events/index.ts'
import { memoryForStorage } from '../executor/block-store.ts'
import { readInt, settings } from '../rules/conf.ts'
import { notModelled } from '../rules/modelled.ts'
import type { DriverBoot } from '../world/boot.ts'

/**
 * What a log begins with once the application has its id (§12.8). `now` is epoch ms; `port` is where the driver is
 * reached: Spark's replay gives a log up at a block manager without a port.
 */
export function applicationHead(appId: string, conf: Record<string, string>, boot: DriverBoot, port: number, now: number): BareEvent[] {
  const unknown = notModelled(conf)
  return [
    {
      Event: 'SparkListenerResourceProfileAdded',
      'Resource Profile Id': 0,
      'Executor Resource Requests': { memory: { 'Resource Name': 'memory', Amount: settings.executorMemory(conf) / 2 ** 20, 'Discovery Script': '', Vendor: '' } },
      'Task Resource Requests': { cpus: { 'Resource Name': 'cpus', Amount: readInt(conf, 'spark.task.cpus', 1) } }
    },
    blockManagerAdded('driver', boot.host, port, memoryForStorage(conf, boot.heapLimit), now),
    {
      Event: 'SparkListenerEnvironmentUpdate',
      'JVM Information': { 'Java Version': `none (Node.js ${process.versions.node})`, 'Java Home': '', 'Scala Version': 'none' },
      'Spark Properties': { ...conf },
      'Hadoop Properties': {},
      'System Properties': {},
      'Metrics Properties': {},
      'Classpath Entries': {}
    },
    ...(unknown.length === 0 ? [] : [{ Event: 'kindling.NotModelled' as const, keys: unknown }]),
    { Event: 'SparkListenerApplicationStart', 'App Name': conf['spark.app.name']!, 'App ID': appId, Timestamp: now, User: userInfo().username }
  ]
}

export const blockManagerAdded = (executorId: string, host: string, port: number, maxMemory: number, now: number): BareEvent => ({
  Event: 'SparkListenerBlockManagerAdded',
  'Block Manager ID': { 'Executor ID': executorId, Host: host, Port: port },
  'Maximum Memory': maxMemory,
  Timestamp: now,
  'Maximum Onheap Memory': maxMemory,
  'Maximum Offheap Memory': 0
})
