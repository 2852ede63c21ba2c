/** Mistakes in a scenario file in words an author can act on. */
import type { z } from 'zod'
import { nearest } from '../faults/nearest.ts'
import { clusterSchema, programFile, scenarioSchema, stepSchema } from './schema.ts'

export type Path = readonly (string | number)[]

export interface Described {
  path: Path
  /** Is the key wrong, or what stands behind it? */
  at: 'key' | 'value'
  message: string
}

/** `steps[1].until`. */
export function keyText(path: Path): string {
  return path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`), '')
}

/** One mistake found by the schema as one or more sentences; `root` is what the file holds. */
export function describeIssue(issue: z.core.$ZodIssue, root: unknown): Described[] {
  const path = issue.path as Path
  const key = keyText(path) || 'The file'
  const given = path.reduce<unknown>((at, step) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[step] : undefined), root)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((unknown) => {
        const known = knownKeys(path)
        const near = nearest(unknown, known)
        return { path: [...path, unknown], at: 'key', message: `There is no key "${unknown}" here.${near ? ` Did you mean ${near}?` : ` Known keys: ${known.join(', ')}.`}` }
      })
    case 'invalid_type':
      if (given === undefined && path.length > 0) return [{ path, at: 'key', message: `${key} is missing. It must be ${wanted(issue.expected)}.` }]
      return [{ path, at: 'value', message: `${key} must be ${wanted(issue.expected)}, not ${kindOf(given)}.` }]
    case 'invalid_value': {
      const choices = issue.values.map(String)
      if (given === undefined) return [{ path, at: 'key', message: `${key} is missing. It must be one of: ${choices.join(', ')}.` }]
      const near = typeof given === 'string' ? nearest(given, choices) : undefined
      return [{ path, at: 'value', message: `${key} cannot be ${show(given)}.${near ? ` Did you mean ${near}?` : ''} It must be one of: ${choices.join(', ')}.` }]
    }
    case 'too_small':
      return [{ path, at: 'value', message: `${key} ${issue.origin === 'string' ? 'is empty' : issue.origin === 'array' ? `needs at least ${issue.minimum}` : `must be ${issue.minimum} or more`}.` }]
    case 'too_big':
      return [{ path, at: 'value', message: `${key} ${issue.origin === 'string' ? `is longer than ${issue.maximum} characters` : `must be ${issue.maximum} or less`}.` }]
    case 'invalid_format':
      return [{ path, at: 'value', message: `${key} must be the name of a Python file beside this one, such as program.py, not ${show(given)}.` }]
    case 'invalid_union':
      if (path[0] === 'program') return [programNames(path, given)]
      return [{ path, at: 'value', message: `${key} must be a text, a number, true or false, not ${kindOf(given)}.` }]
    default:
      return [{ path, at: 'value', message: `${key} is wrong: ${issue.message}.` }]
  }
}

/** One name, or a list of them: the first that is none. */
function programNames(path: Path, given: unknown): Described {
  const wanted = 'the name of a Python file beside this one, such as program.py'
  if (!Array.isArray(given)) return { path, at: 'value', message: `program must be ${wanted}, not ${kindOf(given)}.` }
  const wrong = given.findIndex((name) => !programFile.safeParse(name).success)
  if (wrong === -1) return { path, at: 'value', message: 'program lists more than 8 programs.' }
  return { path: [...path, wrong], at: 'value', message: `program[${wrong}] must be ${wanted}, not ${kindOf(given[wrong])}.` }
}

function knownKeys(path: Path): string[] {
  const schema = path[0] === 'steps' ? stepSchema : path[0] === 'cluster' ? clusterSchema : scenarioSchema
  return Object.keys(schema.shape)
}

function wanted(expected: string): string {
  return { string: 'a text', number: 'a number', int: 'a whole number', array: 'a list', object: 'a group of keys', record: 'a group of keys', boolean: 'true or false' }[expected] ?? expected
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a group of keys'
  return show(value)
}

const show = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : String(value))
