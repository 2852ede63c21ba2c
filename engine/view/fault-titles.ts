import { firstLine } from '../events/failure-text.ts'

/** What the buttons are called, for "You pressed …": the story reads events, and they name a fault by its name. */
const TITLES: Readonly<Record<string, string>> = {
  'crash-executor': 'Crash executor',
  'oom-executor': 'Fill its memory',
  'oom-driver': 'Fill the driver',
  'kill-driver': 'Kill the driver',
  'fail-task': 'Fail a task',
  'hang-executor': 'Silence',
  'container-oom': 'Outgrow the container',
  'slow-executor': 'Slow executor',
  'lose-shuffle-files': 'Lose shuffle files',
  'lose-cached-block': 'Lose a cached block',
  'fill-disk': 'Fill the disk',
  'slow-task': 'Slow a task',
  'poisoned-record': 'Poison a record',
  'hang-driver': 'Stop the driver\'s heart',
  'cut-off-driver': 'Cut off from the driver',
  'cut-off-peers': 'Cut off from its peers',
  'drop-message': 'Lose a message',
  'delay-message': 'Delay a message',
  'decommission-executor': 'Decommission an executor',
  'lose-worker': 'Lose a worker',
  'hang-worker': 'Silence a worker',
  'decommission-worker': 'Decommission a worker',
  'stop-master': 'Stop the Master'
}

/** The title of a fault's button; its name where there is none. */
export const faultTitle = (fault: string): string => TITLES[fault] ?? fault

/** The reason of a fault that struck nothing, as the rest of a sentence that has said so already. */
export const whyNothing = (reason: string): string => firstLine(reason).replace(/^It never struck: */, '')
