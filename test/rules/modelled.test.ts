import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { settings } from '../../engine/rules/conf.ts'
import { modelledKeys, notModelled } from '../../engine/rules/modelled.ts'
import { root } from '../../scripts/node24.mjs'

/** Written in sources but no settings of an application: properties of a job, words of a message, names PySpark sets. */
const others = new Set([
  'spark.home', 'spark.job.description', 'spark.jobGroup.id', 'spark.sql.execution.id', 'spark.sql.execution.root.id',
  'spark.sql.mapKeyDedupPolicy', 'spark.sql.warehouse', 'spark.sql.execution.pyspark.udf.faulthandler.enabled', 'spark.python.worker.faulthandler.enabled',
  'spark.scheduler.pool', 'spark.sql.legacy.allowHashOnMapType'
])

test('every key of Spark that a source reads is known as modelled', () => {
  // The one lists Spark's keys, the others refuse values of keys that change nothing.
  const without = ['pyspark/sql/conf.py', 'pyspark/sql/_checks.py', 'rules/refusals.ts']
  const sources = globSync('{engine,main}/**/*.{ts,py}', { cwd: root }).filter((path) => !without.some((end) => path.endsWith(end)))
  const unknown = sources.flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/['"](spark\.[a-zA-Z0-9]+(?:\.[a-zA-Z0-9]+)*)['"]/g)]
      .map((match) => match[1]!)
      .filter((key) => !modelledKeys.has(key) && !others.has(key))
      .map((key) => `${path}: ${key}`)
  )
  expect(unknown).toEqual([])
})

test('all that the rules read is known without being listed', () => {
  expect(Object.keys(settings).length).toBeGreaterThan(20)
  for (const key of ['spark.task.maxFailures', 'spark.locality.wait', 'spark.locality.wait.node', 'spark.network.timeout']) expect(modelledKeys.has(key), key).toBe(true)
})

test('other keys of Spark are named in order; those of others are nobody’s business', () => {
  expect(notModelled({ 'spark.ui.port': '1', 'spark.foo': 'bar', 'spark.app.name': 'x', 'kindling.task.pace': '3ms', 'my.key': '1' })).toEqual(['spark.foo', 'spark.ui.port'])
  expect(notModelled({ 'spark.driver.allowMultipleContexts': 'true' })).toEqual(['spark.driver.allowMultipleContexts'])
})
