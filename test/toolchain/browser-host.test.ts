import { expect, test } from 'vitest'
import { startHost } from '../../scripts/browser-host.ts'
import { folderWith } from './folders.ts'

const host = (body: string): string => `${folderWith({ 'browser.mjs': body })}/browser.mjs`
const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('its address is read among other lines, and it is asked to end', async () => {
  const started = await startHost(
    host(`console.log('a line'); console.log('Kindling is at http://127.0.0.1:4040/?token=aB-_9');
          process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000)`)
  )
  expect(started.address).toBe('http://127.0.0.1:4040/?token=aB-_9')
  expect(alive(started.pid)).toBe(true)
  await started.stop()
  expect(alive(started.pid)).toBe(false)
  await started.stop()
})

test('one that ends before it has an address says what it wrote', async () => {
  await expect(startHost(host(`console.error('no lab today'); process.exit(3)`))).rejects.toThrow(/ended \(3\)[^]*no lab today/)
})

test('one that never has an address is not waited for', async () => {
  await expect(startHost(host(`setInterval(() => {}, 1000)`), 300)).rejects.toThrow(/no address after 0.3 s/)
})
