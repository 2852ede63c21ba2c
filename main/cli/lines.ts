/** What a process says, with a name before each line; a line that is not whole yet waits for its end. */
export class NamedLines {
  readonly #name: string
  #rest = ''

  constructor(name: string) {
    this.#name = name
  }

  /** The lines that are whole with this text. */
  take(text: string): string {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.map((line) => `[${this.#name}] ${line}\n`).join('')
  }

  /** What never ended in a line feed. */
  end(): string {
    const rest = this.#rest
    this.#rest = ''
    return rest === '' ? '' : `[${this.#name}] ${rest}\n`
  }
}
