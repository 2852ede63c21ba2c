/** `npm run bench`: what things cost on this machine, as JSON. No pass or fail: figures and ratios are for reading. */
import { cpus, totalmem } from 'node:os'
import { measureCluster } from '../test/bench/cluster.ts'
import { measureBesideSpark } from '../test/bench/beside-spark.ts'
import { measureScrub } from '../test/bench/scrub.ts'
import { measureWindow } from '../test/bench/window.ts'

const wanted = new Set(process.argv.slice(2))
const wants = (part: string): boolean => wanted.size === 0 || wanted.has(part)

const figures = {
  machine: { processors: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.versions.node, platform: `${process.platform} ${process.arch}` },
  ...(wants('cluster') ? { cluster: await measureCluster() } : {}),
  ...(wants('spark') ? { 'beside Spark, s': measureBesideSpark() } : {}),
  ...(wants('window') ? { window: await measureWindow(), scrub: await measureScrub() } : {})
}
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
