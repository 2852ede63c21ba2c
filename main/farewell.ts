/** The orderly end of a host: the lab is closed, and nothing waits for it for ever. */
import { rm } from 'node:fs/promises'
import type { LabHost } from './ipc/server.ts'

/** Runs and children get this long to end in order; what is left is killed with the host. */
export const FAREWELL_MS = 4_000

/**
 * Closes the lab and removes its scratch folder, within a deadline. Never rejects.
 * @returns false when the lab did not close in time or could not.
 */
export async function farewell(lab: Pick<LabHost, 'close'>, scratchDirectory: string, deadlineMs: number = FAREWELL_MS): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, deadlineMs, false)))
  const closed = lab.close().then(
    () => true,
    () => false
  )
  const inOrder = await Promise.race([closed, late])
  clearTimeout(timer)
  await rm(scratchDirectory, { recursive: true, force: true, maxRetries: 3 }).catch(() => {})
  return inOrder
}
