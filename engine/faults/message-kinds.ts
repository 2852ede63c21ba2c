/** The messages a fault can take off the wire, and at which end of the wire it waits for them. */
import type { BlockAnswer, BlockRequest, DriverToExecutor, ExecutorToDriver } from '../world/messages.ts'

type Kind = (ExecutorToDriver | DriverToExecutor | BlockRequest | BlockAnswer)['type']

/** `driver`: all of them come to or leave the driver. `executor`: executors say them to one another. */
export const MESSAGE_KINDS = {
  RegisterExecutor: 'driver',
  LaunchedExecutor: 'driver',
  Heartbeat: 'driver',
  StatusUpdate: 'driver',
  BlockUpdate: 'driver',
  AskMapOutputs: 'driver',
  AskBroadcast: 'driver',
  RegisteredExecutor: 'driver',
  LaunchTask: 'driver',
  KillTask: 'driver',
  StopExecutor: 'driver',
  MapOutputs: 'driver',
  Broadcast: 'driver',
  FetchShuffle: 'executor',
  FetchBlock: 'executor',
  FetchPiece: 'executor',
  Blocks: 'executor'
} as const satisfies Partial<Record<Kind, 'driver' | 'executor'>>

export type MessageKind = keyof typeof MESSAGE_KINDS

export const MESSAGE_NAMES = Object.keys(MESSAGE_KINDS) as MessageKind[]

export const isMessageKind = (name: string): name is MessageKind => Object.hasOwn(MESSAGE_KINDS, name)
