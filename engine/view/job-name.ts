import type { EventOf, StageInfo } from '../events/index.ts'

/** A job's name: its description, else the action's call site, which is also the name of its last stage. */
export function jobName(event: EventOf<'SparkListenerJobStart'>): string {
  const said = event.Properties?.['spark.job.description'] ?? event.Properties?.['callSite.short']
  if (said !== undefined) return said
  const last = (event['Stage Infos'] ?? []).reduce<StageInfo | null>((best, info) => (best && best['Stage ID'] > info['Stage ID'] ? best : info), null)
  return last?.['Stage Name'] ?? ''
}
