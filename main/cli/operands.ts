/**
 * Which operands of `kindling run` are programs: the first one, and those after it that end in .py, until one
 * that does not, or `--`. The rest are arguments.
 * @param operands as the parser gives them, without `--`.
 * @param argv the whole command line: only there is `--` to be seen.
 */
export function programsAndArguments(operands: readonly string[], argv: readonly string[]): { files: string[]; args: string[] } {
  const dashes = argv.indexOf('--')
  const behind = dashes === -1 ? 0 : argv.length - dashes - 1
  const before = operands.slice(0, Math.max(1, operands.length - behind))
  const other = before.findIndex((operand, index) => index > 0 && !/\.py$/i.test(operand))
  const files = other === -1 ? before : before.slice(0, other)
  return { files, args: operands.slice(files.length) }
}
