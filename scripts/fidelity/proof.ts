/** Which facts a test's name claims, and what follows for each fact. */
import type { Section } from '../../test/fidelity/facts.ts'
import type { TestName } from './test-names.ts'

const reference = String.raw`(?:\d+\.\d+|\d+ table|B\.\d+)`
const list = new RegExp(String.raw`(?:§|\b(?=B\.\d))(${reference}(?:\s?[–-]\s?${reference}|,? (?:and )?§?${reference}(?![\w%]))*)`, 'g')
const simplification = /\[simplified: ([^\]]+)\]/

/**
 * The facts a name holds: `§5.13`, `§6.19, 6.20`, `§5.13–5.20`, `§4 table`, `B.5`.
 * A range stands for every fact of its section from the first to the last.
 */
export function claims(name: string): string[] {
  const found: string[] = []
  for (const match of name.matchAll(list))
    for (const part of match[1]!.split(/,? (?:and )?§?(?=\d+[. ]|B\.)/)) {
      const ends = part.split(/\s?[–-]\s?/)
      const [section, first] = ends[0]!.split('.')
      const last = ends[1]?.split('.')
      if (last !== undefined && last[0] === section)
        for (let n = Number(first); n <= Number(last[1]); n++) found.push(`${section}.${n}`)
      else found.push(...ends)
    }
  return [...new Set(found)]
}

export type Verdict = 'same' | 'simplified' | 'absent'

export interface Row {
  number: string
  title: string
  /** Undefined: neither a test nor a reason. */
  verdict: Verdict | undefined
  /** How it is simplified, or why it is absent. */
  words: readonly string[]
  proofs: readonly TestName[]
}

export interface Judgement {
  sections: readonly { title: string; rows: readonly Row[] }[]
  /** What is wrong with names, facts and reasons, a sentence each. */
  problems: readonly string[]
}

/**
 * A fact is the same when tests prove it and none of them says how it is simplified; without tests it is absent, and
 * a reason must say why.
 */
export function judge(sections: readonly Section[], absent: Readonly<Record<string, string>>, tests: readonly TestName[]): Judgement {
  const known = new Set(sections.flatMap((section) => section.facts.map(([number]) => number)))
  const proofs = new Map<string, TestName[]>()
  const problems: string[] = []
  for (const test of tests)
    for (const number of claims(test.name)) {
      if (known.has(number)) proofs.set(number, [...(proofs.get(number) ?? []), test])
      else problems.push(`${test.file}: "${test.name}" names §${number}, which is in no section of test/fidelity/facts.ts.`)
    }
  for (const number of Object.keys(absent))
    if (!known.has(number)) problems.push(`test/fidelity/absent.ts gives a reason for §${number}, which is no fact of test/fidelity/facts.ts.`)

  const row = ([number, title]: readonly [string, string]): Row => {
    const proving = proofs.get(number) ?? []
    const reason = absent[number]
    if (proving.length > 0 && reason !== undefined)
      problems.push(`§${number} has a test (${proving[0]!.file}) and a reason to be absent: take it out of test/fidelity/absent.ts.`)
    if (proving.length === 0 && reason === undefined)
      problems.push(`§${number} (${title}) has neither a test nor a reason: name it in the test that proves it, or say in test/fidelity/absent.ts why it is not here.`)
    const how = [...new Set(proving.map((test) => simplification.exec(test.name)?.[1]).filter((words) => words !== undefined))]
    if (proving.length > 0) return { number, title, verdict: how.length > 0 ? 'simplified' : 'same', words: how, proofs: proving }
    return { number, title, verdict: reason === undefined ? undefined : 'absent', words: reason === undefined ? [] : [reason], proofs: [] }
  }
  return { sections: sections.map(({ title, facts }) => ({ title, rows: facts.map(row) })), problems }
}
