/** A fault argument that cannot be understood. The message names the part that is wrong and what would be right. */
export class FaultTextError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'FaultTextError'
  }
}
