/** The browser host's command line: `[--port N] [--no-open]`. */
import { parseArgs } from 'node:util'

export interface BrowserArguments {
  /** 0: any free port. Undefined: nobody said. */
  port: number | undefined
  open: boolean
}

/** @throws an Error whose message is a sentence for the person who typed it. */
export function readArguments(args: readonly string[]): BrowserArguments {
  let values: { port?: string; 'no-open'?: boolean }
  try {
    ;({ values } = parseArgs({ args: [...args], options: { port: { type: 'string' }, 'no-open': { type: 'boolean' } } }))
  } catch (error) {
    throw new Error(`${(error as Error).message.split('. ')[0]}. Known are --port N and --no-open.`, { cause: error })
  }
  const port = values.port === undefined ? undefined : Number(values.port)
  if (!/^\d+$/.test(values.port ?? '0') || (port ?? 0) > 65_535) throw new Error(`--port takes a number from 0 to 65535, not ${JSON.stringify(values.port)}.`)
  return { port, open: values['no-open'] !== true }
}
