/** Binaries of stages that an executor keeps for late tasks. */
export const KEPT_BINARIES = 32

/**
 * Forgets the oldest beyond those kept. The driver does the same with the ids it has sent: the line keeps
 * their order, so both sides know which are there without a word.
 */
export function forgetOldest(binaries: Map<string, unknown> | Set<string>): void {
  if (binaries.size > KEPT_BINARIES) binaries.delete(binaries.keys().next().value!)
}
