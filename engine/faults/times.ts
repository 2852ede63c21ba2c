import { FaultTextError } from './fault-text-error.ts'

/** Lab time as it is written, `2.5s`, in ms. `key` is the word before it, for the sentence of a mistake. */
export function duration(key: string, value: string | undefined): number {
  const parts = /^(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)$/i.exec(value ?? '')
  const right = `Write ${key}=2.5s, ${key}=500ms or ${key}=1m.`
  if (!parts) throw new FaultTextError(`${value ? `"${value}" is not a time.` : 'The time is missing.'} ${right}`)
  const unit = { ms: 1, s: 1000, m: 60_000, min: 60_000 }[parts[2]!.toLowerCase()]
  if (unit === undefined) throw new FaultTextError(`${parts[2] === '' ? `"${value}" has no unit.` : `"${parts[2]}" is not a unit of time.`} ${right}`)
  return Number(parts[1]) * unit
}

/** `2.5s`. */
export const durationText = (ms: number): string => `${ms / 1000}s`
