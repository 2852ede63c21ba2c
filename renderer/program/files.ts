/** Programs from files and to files, by what a page may do: the same in a browser and in the desktop app. */
import type { Text } from '../state/kept.ts'

/** Characters. More than that is data, not a program. */
export const LARGEST = 1_000_000

/** The program in a file. Throws a sentence when it holds none. */
export async function readProgram(file: File): Promise<Text> {
  if (file.size > LARGEST) throw new Error(`${file.name} is too large for a program: ${Math.ceil(file.size / 1e6)} MB. Open a .py file of at most 1 MB.`)
  const bytes = await file.arrayBuffer()
  try {
    const program = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (!program.includes('\0')) return { program: program.replace(/\r\n?/g, '\n'), name: file.name }
  } catch {
    // Told below.
  }
  throw new Error(`${file.name} is not a text file in UTF-8. Open a .py file.`)
}

/** Hands the program to the host to be saved: a browser downloads it, the desktop app asks where to. */
export function saveProgram({ program, name }: Text): void {
  const address = URL.createObjectURL(new Blob([program], { type: 'text/x-python' }))
  const link = document.createElement('a')
  link.href = address
  link.download = /\.py$/i.test(name) ? name : `${name}.py`
  link.click()
  // The download has its own hold on the data once the click is done with.
  setTimeout(() => URL.revokeObjectURL(address), 0)
}
