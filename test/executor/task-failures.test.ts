import { expect, test } from 'vitest'
import { exceptionFailure, TaskException } from '../../engine/executor/task-failures.ts'

test('a mistake of ours is told as Spark tells its own, without our frames', () => {
  const reason = exceptionFailure(new TypeError('text.trim is not a function'))
  expect(reason).toMatchObject({ 'Class Name': 'org.apache.spark.SparkException', Description: '[INTERNAL_ERROR] TypeError: text.trim is not a function SQLSTATE: XX000' })
  expect(reason['Full Stack Trace']).toBe('org.apache.spark.SparkException: [INTERNAL_ERROR] TypeError: text.trim is not a function SQLSTATE: XX000')
})

test('an error of Spark keeps its class and words', () => {
  expect(exceptionFailure(new TaskException('java.io.IOException', 'No space left on device'))).toMatchObject({ 'Class Name': 'java.io.IOException', Description: 'No space left on device', 'Full Stack Trace': 'java.io.IOException: No space left on device' })
})
