/** What the system said about a file, as words; the code when there are none for it. Without a full stop. */
export function inWords(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code === undefined ? message : (WORDS[code] ?? code)
}

const WORDS: Record<string, string> = {
  EACCES: 'you may not',
  EPERM: 'you may not',
  EISDIR: 'it is a folder',
  ENOENT: 'the folder cannot be made',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file',
  EROFS: 'the disk is read-only'
}
