/**
 * Makes the memory snapshot once (named by content hash of Python sources and pyodide version, written
 * atomically); null when that is impossible. Concurrent makers do not clash.
 */
export declare function ensureSnapshot(options: { threadEntry: string; directory: string }): Promise<string | null>
