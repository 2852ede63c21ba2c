/**
 * Truly fills this process's heap: keeps objects until `use()` says the limit is reached. Yields
 * between pieces so that its last words can still be sent. `onProgress` may report growth.
 */
export async function exhaustHeap(use: () => number, limit: number, onProgress: () => void): Promise<void> {
  const kept: unknown[][] = []
  let lastReport = use()
  // The garbage of other work may be collected meanwhile, so growth is measured, not assumed.
  while (use() < limit) {
    const piece: unknown[] = []
    for (let i = 0; i < 32_768; i++) piece.push({ row: i, text: `row ${i} of ${kept.length}` })
    kept.push(piece)
    if (use() - lastReport > limit / 12) {
      lastReport = use()
      onProgress()
    }
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  onProgress()
  held = kept
}

/** Held until the process ends: a heap that is full stays full. */
let held: unknown[][] | undefined
/** What filled the heap is garbage from now on. */
export const freeHeap = (): void => void (held = undefined)
export const holdsExhaustedHeap = (): boolean => held !== undefined
