/** Files of the built window by URL path, and nothing outside their folder. */
import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json; charset=utf-8'
}

export interface StaticFile {
  body: Buffer<ArrayBuffer>
  type: string
}

/**
 * The file a URL path means, or undefined where there is none. `/` is index.html. A path that leaves
 * `root`, by dots, encodings, backslashes or links, is none.
 */
export async function readStatic(root: string, urlPath: string): Promise<StaticFile | undefined> {
  const path = safePath(urlPath)
  if (path === undefined) return undefined
  try {
    const base = await realpath(root)
    const file = await realpath(join(base, path))
    if (!file.startsWith(base + sep) || !(await stat(file)).isFile()) return undefined
    return { body: await readFile(file), type: TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream' }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/** The decoded path with plain parts only. */
function safePath(urlPath: string): string | undefined {
  let path: string
  try {
    path = decodeURIComponent(urlPath)
  } catch {
    return undefined
  }
  if (/[\\\0:]/.test(path) || !path.startsWith('/')) return undefined
  const parts = path.split('/').slice(1)
  if (parts.some((part, i) => part === '.' || part === '..' || (part === '' && i < parts.length - 1))) return undefined
  return parts.at(-1) === '' ? join(...parts, 'index.html') : join(...parts)
}
