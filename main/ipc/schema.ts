/**
 * What a window may say, checked before the lab hears it: a window is not trusted to send the types
 * it was compiled with.
 */
import { z } from 'zod'
import { LAB_CALLS } from '../../engine/lab-api.ts'
import type { LabCalls } from '../../engine/lab-api.ts'

/** Longest program and longest other text, characters. */
const PROGRAM = 1_000_000
const TEXT = 10_000

/** One name in a folder: a file is written under it. */
const fileName = z.string().min(1).max(255).regex(/^(?!\.\.?$)[^/\\\0]+$/, 'must be the name of a file, without a folder')
const scenarioId = z.string().regex(/^[\w.-]{1,200}$/, 'must be the name of a scenario').refine((id) => !id.startsWith('.'))

const runId = z.string().min(1).max(200)
const program = z.string().max(PROGRAM)
const text = z.string().max(TEXT)

const cluster = z.strictObject({
  workers: z.number().int().min(0).max(1000),
  coresPerWorker: z.number().int().min(1).max(1024),
  memoryPerWorkerMb: z.number().min(1).max(1_048_576)
})

/** Programs of one run. */
const MOST_PROGRAMS = 8

const runRequest = z.strictObject({
  program,
  programName: fileName,
  others: z.array(z.strictObject({ program, programName: fileName })).max(MOST_PROGRAMS - 1).optional(),
  scenarioId: scenarioId.optional(),
  cluster,
  conf: z.record(z.string().max(500), text),
  faults: z.array(text).max(1000)
})

const faultRequest = z.strictObject({
  runId,
  fault: z.string().min(1).max(100),
  target: z.string().max(200).optional(),
  app: z.number().int().min(1).max(MOST_PROGRAMS).optional(),
  when: z.string().max(200).optional()
})

/** Arguments of every call. Typed by LabCalls: a call that is missing or takes other types does not compile. */
const argumentsOf: { [K in keyof LabCalls]: z.ZodType<Parameters<LabCalls[K]>> } = {
  info: z.tuple([]),
  scenarios: z.tuple([]),
  scenario: z.tuple([scenarioId]),
  start: z.tuple([runRequest]),
  stop: z.tuple([runId]),
  pause: z.tuple([runId]),
  resume: z.tuple([runId]),
  setSpeed: z.tuple([runId, z.number().min(0.1).max(10)]),
  step: z.tuple([runId]),
  runTo: z.tuple([runId, z.enum(['task', 'stage', 'job', 'failure'])]),
  fault: z.tuple([faultRequest]),
  heal: z.tuple([runId, z.string().min(1).max(100)]),
  events: z.tuple([runId, z.number().int().min(0)]),
  check: z.tuple([program])
}

const frame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello') }),
  z.strictObject({ type: z.literal('call'), id: z.string().min(1).max(100), name: z.string().max(100), args: z.array(z.unknown()).max(10) })
])

/** A call whose arguments fit its signature. */
export type CheckedCall = { [K in keyof LabCalls]: { name: K; args: Parameters<LabCalls[K]> } }[keyof LabCalls]

export type CheckedFrame =
  | { type: 'hello' }
  | { type: 'call'; id: string; call: CheckedCall }
  /** `id` is absent when the frame is not even a call that could be answered. */
  | { type: 'refused'; id?: string; message: string }

/**
 * Reads one frame from a window.
 * @returns the frame with its arguments checked, or `refused` with a sentence that names the call and the key.
 */
export function readFrame(raw: unknown): CheckedFrame {
  const read = frame.safeParse(raw)
  if (!read.success) return { type: 'refused', message: 'This message is not one the lab knows.' }
  if (read.data.type === 'hello') return { type: 'hello' }
  const { id, name, args } = read.data
  if (!isCall(name)) return { type: 'refused', id, message: `The lab has no call named ${JSON.stringify(name)}.` }
  const checked = argumentsOf[name].safeParse(args)
  if (!checked.success) return { type: 'refused', id, message: `${name}: ${firstProblem(checked.error)}` }
  return { type: 'call', id, call: { name, args: checked.data } as CheckedCall }
}

const isCall = (name: string): name is keyof LabCalls => (LAB_CALLS as readonly string[]).includes(name)

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined) return 'the arguments do not fit'
  const [position, ...keys] = issue.path
  const where = keys.length > 0 ? keys.join('.') : typeof position === 'number' ? `argument ${position + 1}` : ''
  return where === '' ? issue.message : `${where}: ${issue.message}`
}
