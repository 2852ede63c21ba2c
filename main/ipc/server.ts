/** The lab's side of a connection: reads frames from one window, asks the lab, answers and pushes. */
import type { LabApi, LabPush } from '../../engine/lab-api.ts'
import { Outbox } from './outbox.ts'
import { readFrame } from './schema.ts'
import type { CheckedCall } from './schema.ts'
import type { ServerChannel } from './frames.ts'

/** A lab that a host owns: it can be closed, which ends its run and every process of it. */
export interface LabHost extends LabApi {
  close(): Promise<void>
}

/**
 * Serves `lab` to the window behind `channel` until the channel closes.
 * @param onProblem is told of errors the lab threw; the window gets only a sentence.
 * @returns a function that stops serving.
 */
export function serveLab(lab: LabApi, channel: ServerChannel, onProblem: (error: unknown) => void = () => {}): () => void {
  const outbox = new Outbox(channel)
  const listen = <K extends keyof LabPush>(kind: K): (() => void) =>
    lab.on(kind, (push) => outbox.push({ kind, push } as Parameters<Outbox['push']>[0]))
  const unlisten = [listen('events'), listen('runEnded')]
  let open = true

  const answer = async (id: string, call: CheckedCall): Promise<void> => {
    try {
      const value = await ask(lab, call)
      if (open) channel.send({ type: 'answer', id, ok: true, value })
    } catch (error) {
      onProblem(error)
      if (open) channel.send({ type: 'answer', id, ok: false, message: sentence(error) })
    }
  }

  channel.onFrame((raw) => {
    if (!open) return
    const frame = readFrame(raw)
    if (frame.type === 'hello') outbox.ready()
    else if (frame.type === 'call') void answer(frame.id, frame.call)
    else if (frame.id !== undefined) channel.send({ type: 'answer', id: frame.id, ok: false, message: frame.message })
  })

  const stop = (): void => {
    if (!open) return
    open = false
    outbox.close()
    for (const off of unlisten) off()
  }
  channel.onClose(stop)
  return stop
}

/** Most events in one answer: who wants all asks again from `next`, until there are none. */
const MOST_EVENTS = 20_000

/** The arguments were checked against this very call, which TypeScript cannot follow through the union. */
async function ask(lab: LabApi, call: CheckedCall): Promise<unknown> {
  if (call.name === 'events') {
    const [runId, from] = call.args
    const { events } = await lab.events(runId, from)
    const part = events.slice(0, MOST_EVENTS)
    return { events: part, next: from + part.length }
  }
  return (lab[call.name] as (...args: unknown[]) => Promise<unknown>)(...call.args)
}

/** First line of an error's message: never a stack, never a multi-line dump. */
function sentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n', 1)[0]!.slice(0, 500) || 'The lab could not do this.'
}
