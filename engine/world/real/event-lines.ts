/** Room for lines at first, bytes; a task's two events need about 2,000. */
const ROOM = 64 * 1024

/** Events on their way to the log, written as lines into one piece of memory as they come. */
export class EventLines {
  #room: Buffer | undefined
  /** Memory that has been given back. */
  #spare: Buffer | undefined
  #length = 0
  /** Lines that wait. */
  count = 0

  /** `line` has no line break in it. */
  add(line: string): void {
    // A character has at most three bytes of UTF-8.
    const most = line.length * 3 + 1
    let room = this.#room ?? this.#take()
    if (room.length - this.#length < most) {
      const larger = Buffer.allocUnsafeSlow(2 * (this.#length + most))
      room.copy(larger, 0, 0, this.#length)
      room = larger
    }
    this.#room = room
    this.#length += room.write(line, this.#length)
    room[this.#length++] = 0x0a
    this.count++
  }

  /** What waits, each line with its break; nothing waits afterwards. */
  take(): Buffer {
    const lines = (this.#room ?? this.#take()).subarray(0, this.#length)
    this.#room = undefined
    this.#length = 0
    this.count = 0
    return lines
  }

  /** Nobody reads these lines any more: their memory serves the next. */
  giveBack(lines: Buffer): void {
    if (lines.buffer.byteLength > (this.#spare?.buffer.byteLength ?? 0)) this.#spare = Buffer.from(lines.buffer as ArrayBuffer)
  }

  #take(): Buffer {
    const room = this.#spare ?? Buffer.allocUnsafeSlow(ROOM)
    this.#spare = undefined
    return room
  }
}
