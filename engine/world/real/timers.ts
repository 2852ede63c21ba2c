/** Wall time, for what must not wait for the lab clock: measuring, deadlines, a program's own sleep. */

/** Resolves after so many real milliseconds. */
export const realDelay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Acts every so many real milliseconds, without keeping the process alive. */
export function everyReal(ms: number, act: () => void): void {
  setInterval(act, ms).unref()
}

/** Acts once after so many real milliseconds unless cancelled. */
export function afterReal(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms)
  return () => clearTimeout(timer)
}

/** As `afterReal`, for what is not worth keeping the process alive. */
export function idlyAfterReal(ms: number, act: () => void): void {
  setTimeout(act, ms).unref()
}

/** Lets everything else that waits go first. */
export const realTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
