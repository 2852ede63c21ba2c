/** What follows the moment: parameters of the fault, how often it strikes, when it heals. */
import type { FaultParameter } from '../lab-api.ts'
import { FaultTextError } from './fault-text-error.ts'
import { FAULTS, type NamedFault } from './index.ts'
import { nearest } from './nearest.ts'
import { duration, durationText } from './times.ts'
import { comesAgain, whenText, type FaultWhen } from './whens.ts'

/** A count or a time (lab ms), `Infinity` for `always`, or the chosen word. */
export type ParameterValue = number | string

export interface FaultOptions {
  /** All parameters of the fault, those not given with their defaults. */
  parameters: Record<string, ParameterValue>
  /** How many times it strikes, each time its moment comes; `Infinity` for `every`. */
  repeat: number
  /** Whose executors or driver it strikes: the nth program of several, from 1. */
  app: number
  /** Lab ms after which it heals by itself; null: by hand. */
  heal: number | null
}

/** @throws FaultTextError */
export function parseOptions(fault: NamedFault, when: FaultWhen, words: string[]): FaultOptions {
  const known = fault.parameters ?? []
  const options: FaultOptions = { parameters: Object.fromEntries(known.map((one) => [one.name, parseParameter(fault, one, one.default)])), repeat: 1, app: 1, heal: null }
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const equals = word.indexOf('=')
    const key = equals === -1 ? word : word.slice(0, equals)
    const value = (): string | undefined => (equals === -1 ? words.shift() : word.slice(equals + 1))
    const parameter = known.find((one) => one.name === key)
    if (key === 'every' && equals === -1) options.repeat = Infinity
    else if (key === 'repeat') options.repeat = parseRepeat(value())
    else if (key === 'app') options.app = parseApp(value())
    else if (key === 'heal') options.heal = parseHeal(fault, value())
    else if (parameter !== undefined) options.parameters[key] = parseParameter(fault, parameter, value())
    else {
      const words = ['repeat', 'every', 'app', ...(fault.lasting === undefined ? [] : ['heal']), ...known.map((one) => one.name)]
      const near = nearest(key, words)
      throw new FaultTextError(`"${word}" is not an option of ${fault.name}.${near ? ` Did you mean ${near}?` : ''} Write ${optionsOf(fault)}.`)
    }
  }
  if (options.repeat !== 1 && !comesAgain(when)) {
    throw new FaultTextError('"now" comes only once: to strike again, name a moment that comes again, for example @task=any or @time=5s, which comes every 5 s.')
  }
  if (when.at === 'time' && when.ms === 0 && options.repeat !== 1) throw new FaultTextError(`A fault cannot strike every 0 s. Write a time above 0.`)
  return options
}

/** As they are written, only what differs from the defaults: `repeat=3,heal=5s,times=2`. */
export function optionsText(fault: NamedFault, { parameters, repeat, heal, app }: FaultOptions): string {
  const given = (fault.parameters ?? []).flatMap((one) => {
    const value = parameters[one.name]
    const text = value === Infinity ? 'always' : one.kind === 'time' ? durationText(Number(value)) : String(value)
    return value === parseParameter(fault, one, one.default) ? [] : [`${one.name}=${text}`]
  })
  const often = repeat === 1 ? [] : [repeat === Infinity ? 'every' : `repeat=${repeat}`]
  const whose = app === 1 ? [] : [`app=${app}`]
  return [...given, ...often, ...whose, ...(heal === null ? [] : [`heal=${durationText(heal)}`])].join(',')
}

/** `stage=1,repeat=3,heal=5s`: what stands behind the `@`. */
export const momentText = (fault: NamedFault, when: FaultWhen, options: FaultOptions): string => [whenText(when), optionsText(fault, options)].filter((part) => part !== '').join(',')

function parseRepeat(value: string | undefined): number {
  if (value === 'every' || value === 'always') return Infinity
  if (value !== undefined && /^[1-9]\d{0,5}$/.test(value)) return Number(value)
  throw new FaultTextError(`${value ? `"${value}" is not a number of times.` : 'The number of times is missing.'} Write repeat=3, or every.`)
}

function parseApp(value: string | undefined): number {
  if (value !== undefined && /^[1-9]\d?$/.test(value)) return Number(value)
  throw new FaultTextError(`app cannot be "${value ?? ''}". Write the number of the program, app=2 for the second one.`)
}

function parseHeal(fault: NamedFault, value: string | undefined): number {
  if (fault.lasting !== undefined) return duration('heal', value)
  throw new FaultTextError(`${fault.name} does not last, so there is nothing to heal. Faults that can be healed: ${FAULTS.filter((one) => one.lasting !== undefined).map((one) => one.name).join(', ')}.`)
}

function parseParameter(fault: NamedFault, parameter: FaultParameter, value: string | undefined): ParameterValue {
  const { name, kind, always, choices } = parameter
  if (kind === 'time') return duration(name, value)
  if (kind === 'choice') {
    if (value !== undefined && choices?.includes(value)) return value
    const near = nearest(value ?? '', choices ?? [])
    throw new FaultTextError(`${name} cannot be "${value ?? ''}".${near ? ` Did you mean ${near}?` : ''} It is one of: ${(choices ?? []).join(', ')}.`)
  }
  if (kind === 'factor') {
    const factor = Number(value)
    if (value !== undefined && factor > 1 && factor <= 1000) return factor
    throw new FaultTextError(`${name} cannot be "${value ?? ''}". Write a number above 1, for example ${name}=${parameter.default}.`)
  }
  if (always === true && value === 'always') return Infinity
  if (value !== undefined && /^[1-9]\d{0,5}$/.test(value)) return Number(value)
  throw new FaultTextError(`${name} cannot be "${value ?? ''}". Write a whole number from 1${always === true ? ', or always' : ''}, for example ${fault.name},${name}=2.`)
}

function optionsOf(fault: NamedFault): string {
  const parameters = (fault.parameters ?? []).map((one) => `${one.name}=${one.choices === undefined ? one.default : one.choices.join('|')}`)
  const all = [...parameters, 'repeat=N', 'every', ...(fault.lasting === undefined ? [] : ['heal=5s'])]
  return all.length === 1 ? all[0]! : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`
}
