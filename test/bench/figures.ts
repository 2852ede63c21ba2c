/** Small arithmetic of measuring. Times in ms. */

export interface Spread {
  median: number
  min: number
  max: number
  runs: number
}

/** Median and bounds, rounded to a tenth. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  const tenth = (value: number): number => Math.round(value * 10) / 10
  return { median: tenth(median), min: tenth(sorted[0]!), max: tenth(sorted.at(-1)!), runs: sorted.length }
}

/** Says on stderr what is being measured: the whole takes minutes. */
export const telling = (what: string): void => void process.stderr.write(`${what}\n`)

/** Measures one after another: they share the processor. */
export async function repeat(what: string, times: number, measure: () => Promise<number>): Promise<number[]> {
  const values: number[] = []
  for (let i = 0; i < times; i++) {
    telling(`${what}, ${i + 1} of ${times}`)
    values.push(await measure())
  }
  return values
}
