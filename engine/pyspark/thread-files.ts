/** The host folders Python sees, mounted at the same absolute path; nothing else of the host's files is visible. */
import { realpathSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'

/** What we use of the interpreter's file system. */
export interface GuestFiles {
  mkdirTree(path: string): void
  mount(type: unknown, options: { root: string }, path: string): void
  filesystems: { NODEFS: NodeFiles }
  ErrnoError: new (errno: number) => Error
}

interface Mounted {
  mount: { opts: { root: string } }
}

interface NodeFiles {
  realPath(node: Mounted): string
  node_ops: { symlink(): void; [operation: string]: unknown }
}

/** EPERM and EACCES in musl's numbering, which the interpreter uses. */
const notPermitted = 63
const accessDenied = 2
const noSuchFile = 44

const isInside = (path: string, root: string): boolean => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)

/** Folders without those that lie inside another one. */
export function outermost(folders: string[]): string[] {
  const whole = [...new Set(folders.map((folder) => resolve(folder)))]
  return whole.filter((folder) => !whole.some((other) => other !== folder && isInside(folder, other)))
}

/**
 * A path of the host as Python sees it: `C:\runs\1` is `/C:/runs/1`, others are as they are.
 */
export const guestPath = (path: string): string => (/^[A-Za-z]:[\\/]/.test(path) ? `/${path.replaceAll('\\', '/')}` : path)

export function mountFolders(files: GuestFiles, folders: string[]): void {
  const nodeFiles = files.filesystems.NODEFS
  const realPath = nodeFiles.realPath.bind(nodeFiles)
  const roots = new Map<string, string>()
  const realFolder = (path: string): string => {
    try {
      return realpathSync.native(path)
    } catch {
      throw new files.ErrnoError(noSuchFile)
    }
  }
  // Links inside a folder are followed by the interpreter's own file system, where the host's other files do not
  // exist. This check stands behind it, for links that appear between a look and an open.
  nodeFiles.realPath = (node) => {
    const path = realPath(node)
    const root = node.mount.opts.root
    if (path !== root && !isInside(realFolder(dirname(path)), roots.get(root) ?? root)) throw new files.ErrnoError(accessDenied)
    return path
  }
  nodeFiles.node_ops.symlink = () => {
    throw new files.ErrnoError(notPermitted)
  }
  for (const folder of outermost(folders)) {
    const at = guestPath(folder)
    roots.set(folder, realpathSync.native(folder))
    files.mkdirTree(at)
    files.mount(nodeFiles, { root: folder }, at)
  }
}
