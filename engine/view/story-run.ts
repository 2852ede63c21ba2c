/** Sentences about the run, its program and its applications. */
import { abortedJob, exceptionText, firstLine, times } from '../events/failure-text.ts'
import type { Tellers } from './story.ts'
import type { RunView } from './types.ts'
import { programViews } from './programs.ts'
import { count, duration, fullStop, job, list, named, shortSite, stage, storyLine, type Part } from './words.ts'
import { findJob, findStage, isForeign } from './lookup.ts'
import { jobName } from './job-name.ts'

export const runStory: Tellers = {
  'kindling.RunStarted'(view, event) {
    if (view.runId === event.runId) return null
    const shape = event.cluster
    const where = shape ? `; a cluster of ${count(shape.workers, 'worker')} with ${count(shape.coresPerWorker, 'core')}${shape.workers === 1 ? '' : ' each'} is there for it` : ''
    if (event.programs === undefined) return storyLine(event, 'plain', 1, [`${shortSite(event.programName)} starts${where}.`])
    const names = programViews(event.programs).map((program): Part => ({ text: program.label, ref: { kind: 'actor', id: program.actor } }))
    return storyLine(event, 'plain', 1, [...list(names), ` are submitted one after the other${where}.`])
  },

  'kindling.RunEnded'(view, event) {
    const several = view.programs.length > 1
    if (event.outcome === 'finished') return storyLine(event, 'good', 1, [several ? 'The run is over: all programs finished.' : 'The run is over: the program finished.'])
    if (event.outcome === 'stopped') return storyLine(event, 'you', 1, ['You stopped the run.'])
    const why = event.message ? `: ${firstLine(event.message)}` : ''
    return storyLine(event, 'bad', 1, [`The run is over, ${several ? 'a' : 'the'} program failed (exit code ${event.exitCode})${why}.`])
  },

  SparkListenerApplicationStart(_view, event) {
    return storyLine(event, 'plain', 1, [`The application “${event['App Name']}” is registered as ${event['App ID']}.`])
  },

  SparkListenerApplicationEnd(_view, event) {
    return storyLine(event, 'plain', 2, ['The SparkContext stops, and the application ends.'])
  },

  'kindling.ApplicationState'(view, event) {
    const known = view.apps.find((app) => app.appId === event.appId)
    if (known?.state === event.state) return null
    const name = known?.name ? `“${known.name}”` : event.appId
    const why = event.message ? `: ${firstLine(event.message)}` : ''
    switch (event.state) {
      case 'WAITING':
        return storyLine(event, 'plain', 2, [named('master', undefined, true), ` has registered ${event.appId}.`])
      case 'FAILED':
        return storyLine(event, 'bad', 1, [named('master', undefined, true), ` removes the application ${name} as FAILED${why}.`])
      case 'FINISHED':
      case 'KILLED':
        return storyLine(event, 'plain', 2, [named('master', undefined, true), ` closes the application ${name} as ${event.state}${why}.`])
      default:
        return null
    }
  },

  SparkListenerJobStart(_view, event) {
    const stages = event['Stage IDs'].length
    const name = jobName(event)
    return storyLine(event, 'plain', 1, [job(event['Job ID'], true), ` starts with ${count(stages, 'stage')}${name ? `: ${shortSite(name)}` : ''}.`])
  },

  SparkListenerJobEnd(view, event) {
    const started = findJob(view, event['Job ID'])?.startedAt
    const took = started === undefined ? '' : ` after ${duration(event.Kindling.t - started)}`
    const result = event['Job Result']
    if (result.Result === 'JobSucceeded') return storyLine(event, 'good', 1, [job(event['Job ID'], true), ` is done${took}.`, ...(isForeign(view) ? skipped(view, event['Job ID']) : [])])
    const aborted = abortedJob(result.Exception.Message)
    if (aborted === null) return storyLine(event, 'bad', 1, [job(event['Job ID'], true), ` failed${took}. ${fullStop(firstLine(result.Exception.Message, 240))}`])
    return storyLine(event, 'bad', 1, [job(event['Job ID'], true), ` failed${took}: task ${aborted.task} of stage ${aborted.stage} failed ${times(aborted.times)}, the last time with ${fullStop(aborted.error)}`])
  },

  'kindling.Exception'(_view, event) {
    const what = event.message ? exceptionText(event.className, event.message) : event.className
    if (event.actor !== 'driver') return storyLine(event, 'bad', 2, ['On ', named(event.actor), `: ${what}.`])
    if (event.className.endsWith('OutOfMemoryError')) return storyLine(event, 'bad', 1, [named('driver', undefined, true), ` is out of memory: ${firstLine(event.message)}.`])
    const where = event.line === undefined ? '' : ` in line ${event.line}`
    return storyLine(event, 'bad', 1, [`The program stops${where} with ${fullStop(what)}`])
  },

  'kindling.ClockChanged'(view, event) {
    if (event.paused !== view.clock.paused) return storyLine(event, 'you', 2, [event.paused ? 'You paused the clock.' : 'You let the clock run on.'])
    if (event.speed !== view.clock.speed) return storyLine(event, 'you', 2, [`You set the speed to ${event.speed}×.`])
    return null
  },

  'kindling.NotModelled'(_view, event) {
    const are = event.keys.length === 1 ? 'is a setting that is' : 'are settings that are'
    return storyLine(event, 'plain', 1, [...list(event.keys), ` ${are} not modelled here: kept, without effect.`])
  },

  'kindling.Note'(_view, event) {
    return storyLine(event, event.level === 'info' ? 'plain' : 'bad', event.level === 'info' ? 2 : 1, [event.text.trim()])
  }
}

/** Stages of a job that succeeded without them: their shuffle files were still there (§5.6). Our own logs tell it when the job starts. */
function skipped(view: RunView, jobId: number): Part[] {
  const stages = (findJob(view, jobId)?.stageIds ?? []).flatMap((id) => findStage(view, id) ?? []).filter((s) => s.state === 'waiting')
  if (stages.length === 0) return []
  const names = stages.map((s): Part => (stages.length === 1 ? stage(s.id, s.attempt, true) : { text: String(s.id), ref: { kind: 'stage', id: s.id, attempt: s.attempt } }))
  if (stages.length === 1) return [' ', ...names, ' was skipped: what it would make was there already.']
  return [' Stages ', ...list(names), ' were skipped: what they would make was there already.']
}
