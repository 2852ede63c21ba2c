/** What a scenario file may hold. Authors' editors get the same rules as JSON Schema. */
import { z } from 'zod'
import { FAULTS } from '../faults/index.ts'
import type { ScenarioStep } from '../lab-api.ts'

/** What ends a step. `read` waits for Next; the others for something to happen in the run. */
export const UNTIL = ['read', 'run-started', 'job-running', 'job-succeeded', 'stage-running', 'task-failed', 'executor-lost', 'executor-replaced', 'driver-died', 'driver-relaunched', 'run-ended', 'fault-struck', 'application-waits', 'side-by-side'] as const satisfies readonly ScenarioStep['until'][]

/** Controls a step may point at. */
export const POINTS: readonly string[] = ['run', 'stop', 'pause', 'step', 'speed', ...FAULTS.filter((fault) => fault.key !== undefined).map(({ name }) => `fault:${name}`)]

const text = z.string().trim().min(1)

export const stepSchema = z.strictObject({
  title: text.max(80).describe('A few words.'),
  text: text.max(600).describe('What to do, and what to look at.'),
  until: z.enum(UNTIL).describe('The step is done once this has happened; read waits for Next.'),
  stage: z.int().min(0).optional().describe('With stage-running: this stage, and not just any.'),
  pause: z.boolean().optional().describe('Pause the lab once the step is done, and go on to the next.'),
  point: z.enum(POINTS as [string, ...string[]]).optional().describe('A control to point at.')
})

export const clusterSchema = z.strictObject({
  workers: z.int().min(1).max(8),
  coresPerWorker: z.int().min(1).max(16),
  memoryPerWorkerMb: z.int().min(512).max(65536).describe('MiB each worker offers.')
})

export const programFile = z.string().regex(/^[\w-]+\.py$/)

export const scenarioSchema = z.strictObject({
  title: text.max(80),
  summary: text.max(200).describe('One sentence for the menu.'),
  group: text.max(40).describe('Heading in the menu.'),
  order: z.int().min(0).describe('Place in the menu, lowest first.'),
  program: z
    .union([programFile, z.array(programFile).min(1).max(8)])
    .default('program.py')
    .describe('Name of the program, beside this file; a list where several share the cluster.'),
  cluster: clusterSchema,
  conf: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('Settings: spark.… and kindling.…'),
  faults: z.array(text).default([]).describe('As on the command line: NAME[:TARGET]@WHEN.'),
  steps: z.array(stepSchema).min(1)
})

export type ScenarioFile = z.infer<typeof scenarioSchema>

/** The rules for lesson.yaml as JSON Schema (draft 2020-12). */
export function scenarioJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(scenarioSchema, { io: 'input' })
}
