/** Reads the file that describes FAIR pools, `fairscheduler.xml` or what `spark.scheduler.allocation.file` names (§6.6). */
import { newPool, type PoolSpec, type SchedulingMode } from './pools.ts'

export interface AllocationFile {
  pools: PoolSpec[]
  /** What Spark's log would say about values it cannot use; they keep their defaults. */
  warnings: string[]
}

/**
 * Every `<pool name="…">` with its schedulingMode, weight and minShare.
 * @throws Error naming the file when it is not well-formed XML.
 */
export function readAllocationFile(text: string, file: string): AllocationFile {
  const warnings: string[] = []
  const pools: PoolSpec[] = []
  for (const node of elementsOf(parseXml(text, file), 'pool')) {
    const pool = newPool(node.attributes['name'] ?? '')
    const number = (property: 'minShare' | 'weight', fallback: number): number => {
      const data = textOf(node, property)
      if (/^[+-]?\d+$/.test(data)) return Number(data)
      warnings.push(`Error while loading fair scheduler configuration from ${file}: ${property} is blank or invalid: ${data}, using the default ${property}: ${fallback}`)
      return fallback
    }
    const mode = textOf(node, 'schedulingMode').toUpperCase()
    if (mode === 'FIFO' || mode === 'FAIR') pool.mode = mode satisfies SchedulingMode
    else warnings.push(`Unsupported schedulingMode: ${mode} found in Fair Scheduler configuration file: ${file}, using the default schedulingMode: FIFO`)
    pool.minShare = number('minShare', 0)
    pool.weight = number('weight', 1)
    pools.push(pool)
  }
  return { pools, warnings }
}

interface Element {
  name: string
  attributes: Record<string, string>
  children: Element[]
  text: string
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const plain = (text: string): string => text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name]!)

/** As much of XML as such a file has: elements, attributes, text, comments, a head. */
function parseXml(text: string, file: string): Element {
  const broken = (why: string, at: number): Error => new Error(`${file} is not well-formed XML: ${why} in line ${text.slice(0, at).split('\n').length}.`)
  const root: Element = { name: '', attributes: {}, children: [], text: '' }
  const open: Element[] = [root]
  const token = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!DOCTYPE[^>]*>|<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)|(<)/g
  for (const found of text.matchAll(token)) {
    const [, closes, name, attributes, empty, words, stray] = found
    const top = open[open.length - 1]!
    if (stray !== undefined) throw broken('a tag that is not closed', found.index)
    if (words !== undefined) top.text += plain(words)
    if (name === undefined) continue
    if (closes === '/') {
      if (open.length === 1 || top.name !== name) throw broken(`</${name}> closes nothing`, found.index)
      open.pop()
      continue
    }
    const element: Element = { name, attributes: {}, children: [], text: '' }
    for (const [, key, double, single] of (attributes ?? '').matchAll(/([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) element.attributes[key!] = plain(double ?? single ?? '')
    top.children.push(element)
    if (empty !== '/') open.push(element)
  }
  if (open.length > 1) throw broken(`<${open[open.length - 1]!.name}> is never closed`, text.length)
  if (root.children.length !== 1) throw broken('there must be one outermost element', text.length)
  return root
}

function elementsOf(element: Element, name: string): Element[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...elementsOf(child, name)])
}

const textOf = (element: Element, name: string): string => (element.children.find((child) => child.name === name)?.text ?? '').trim()
