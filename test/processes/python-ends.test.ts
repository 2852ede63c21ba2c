import { describe, expect, test } from 'vitest'
import { testLab } from './lab.ts'

const bench = testLab()

describe('Python that ends itself in a task', () => {
  test('§11.2, §13.13 os._exit and a signal to itself take the task and its Python, not the executor', async () => {
    const ran = await bench.run(`
import os
from pyspark import SparkContext, TaskContext
sc = SparkContext(appName="quitters")
def f(x):
    if TaskContext.get().attemptNumber() == 0 and x == 1: os._exit(3)
    if TaskContext.get().attemptNumber() == 0 and x == 2: os.kill(os.getpid(), 9)
    return x
print(sc.parallelize([1, 2, 3, 4], 4).map(f).collect())
`)
    expect(ran.stdout).toBe('[1, 2, 3, 4]\n')
    const failed = ran.of('SparkListenerTaskEnd').flatMap((end) => (end['Task End Reason'].Reason === 'ExceptionFailure' ? [end['Task End Reason']] : []))
    expect(failed).toHaveLength(2)
    for (const reason of failed) {
      expect(reason['Class Name']).toBe('org.apache.spark.SparkException')
      expect(reason.Description).toMatch(/^Python worker exited unexpectedly \(crashed\)/)
    }
    expect(ran.of('SparkListenerExecutorRemoved')).toHaveLength(0)
    expect(ran.of('kindling.ExecutorLaunching')).toHaveLength(2)
  })

  test('§1.5 an RDD or a SparkContext used inside a task is refused in Spark’s words', async () => {
    const ran = await bench.run(`
from pyspark import SparkContext
sc = SparkContext(appName="nested")
inner = sc.parallelize([1, 2])
for body in (lambda x: inner.count(), lambda x: sc.parallelize([x]).count()):
    try:
        sc.parallelize([1], 1).map(body).collect()
    except Exception as e:
        print("SPARK-5063" in str(e))
`)
    expect(ran.stdout).toBe('True\nTrue\n')
  })
})
