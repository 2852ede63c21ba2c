/** Paths as Hadoop reads them: only local ones are served. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { DriverFiles } from '../../engine/driver/files.ts'
import type { BridgeFailure } from '../../engine/pyspark/failures.ts'

const folder = mkdtempSync(join(tmpdir(), 'kindling-files-'))
afterAll(() => rmSync(folder, { recursive: true }))
const files = new DriverFiles(folder, [folder])

test.each([
  ['s3a://bucket/x', 'org.apache.hadoop.fs.UnsupportedFileSystemException', 'No FileSystem for scheme "s3a": Kindling reads and writes local files only (s3a://bucket/x).'],
  ['hdfs:/x', 'org.apache.hadoop.fs.UnsupportedFileSystemException', 'No FileSystem for scheme "hdfs": Kindling reads and writes local files only (hdfs:/x).'],
  ['ab:b', 'java.lang.IllegalArgumentException', 'java.net.URISyntaxException: Relative path in absolute URI: ab:b']
])('%s is refused', (path, javaClass, message) => {
  let error: BridgeFailure | undefined
  try {
    files.resolve(path)
  } catch (caught) {
    error = caught as BridgeFailure
  }
  expect(error?.error).toEqual({ pythonClass: 'py4j.protocol.Py4JJavaError', javaClass, message })
})

test('a colon behind a slash is part of a name', () => {
  writeFileSync(join(folder, 'a:b'), '')
  expect(files.resolve('./a:b')).toBe(join(folder, 'a:b'))
  expect(files.resolve(`file:${folder}/a:b`)).toBe(join(folder, 'a:b'))
})
