import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { page } from '../../scripts/fidelity/page.ts'
import { claims, judge } from '../../scripts/fidelity/proof.ts'
import { allTestNames, testNamesOf } from '../../scripts/fidelity/test-names.ts'
import { root } from '../../scripts/node24.mjs'
import { absent } from './absent.ts'
import { sections } from './facts.ts'

describe('docs/fidelity.md', () => {
  const judgement = judge(sections, absent, allTestNames(root))

  test('every fact has a test or a reason, and no name speaks of a fact there is not', () => {
    expect(judgement.problems).toEqual([])
  })

  test('is what the tests say: else run `node scripts/fidelity.ts`', () => {
    expect(readFileSync(join(root, 'docs/fidelity.md'), 'utf8')).toBe(page(judgement))
  })
})

// Section signs are put in by hand: the names below are examples, not claims.
const s = '\u00a7'

describe('the facts a name holds', () => {
  test.each<[string, string[]]>([
    [`${s}6.13 a copy starts`, ['6.13']],
    [`${s}6.19, ${s}6.20 too much in all`, ['6.19', '6.20']],
    [`${s}6.10, 13.21 four lost executors end the job`, ['6.10', '13.21']],
    [`the answer is right (${s}5.13–5.15, ${s}3.17)`, ['5.13', '5.14', '5.15', '3.17']],
    [`${s}4 table: codes as a shell shows them`, ['4 table']],
    [`jobs of each action (${s}10.2, ${s}10 table)`, ['10.2', '10 table']],
    ['B.1 executor crash', ['B.1']],
    [`SIGKILL: 137 (${s}3.8, B.5)`, ['3.8', 'B.5']],
    [`${s}3.19 and ${s}5.20 a lost worker`, ['3.19', '5.20']],
    [`${s}3.10, 2.5s later`, ['3.10']],
    [`${s}12 no field is left out, 0.75 and 1.5 of B.B`, []]
  ])('%s', (name, expected) => {
    expect(claims(name)).toEqual(expected)
  })
})

describe('names of tests', () => {
  test('are found in groups, tables and helpers; what is skipped is none', () => {
    const text = `
      describe('outer', () => {
        test('one', () => { expect('${s}1.1').toBe(1) })
        describe.each([1])('inner %i', () => { it.each([[1]])(\`two \${x} more\`, () => {}) })
        it.skip('three', () => {})
        prints('four (${s}2.1)', 'program', 'text')
        other('no test', 1)
      })
      describe.skip('gone', () => { test('five', () => {}) })
      test.todo('six')
      test.runIf(process.platform === 'linux')('seven', () => {})`
    expect(testNamesOf('a.test.ts', text).map((found) => found.name)).toEqual([
      'outer one', 'outer inner %i two … more', `outer four (${s}2.1)`, 'seven'
    ])
  })
})

describe('what follows for a fact', () => {
  const table = [{ title: '1 Things', facts: [['1.1', 'one'], ['1.2', 'two'], ['1.3', 'three'], ['1.4', 'four']] as const }]
  const named = (...names: string[]) => names.map((name) => ({ file: 'test/a.test.ts', name }))

  test('same, simplified, absent, and nothing', () => {
    const { sections: [only], problems } = judge(table, { 1.3: 'no room' }, named(`${s}1.1 a`, `${s}1.1 b`, `${s}1.2 c [simplified: only one]`, `${s}1.2 d`))
    expect(only!.rows.map((row) => [row.verdict, row.words, row.proofs.length])).toEqual([
      ['same', [], 2], ['simplified', ['only one'], 2], ['absent', ['no room'], 0], [undefined, [], 0]
    ])
    expect(problems).toEqual([expect.stringMatching(/^.1\.4 \(four\) has neither a test nor a reason/)])
  })

  test('a reason beside a test, and numbers that are none, are told', () => {
    expect(judge(table, { 1.1: 'x', 1.3: 'x', 1.4: 'x', 9.9: 'x' }, named(`${s}1.1 a`, `${s}1.2 b`, `${s}7.7 c`)).problems).toEqual([
      expect.stringMatching(/names .7\.7, which is in no section/),
      expect.stringMatching(/gives a reason for .9\.9, which is no fact/),
      expect.stringMatching(/^.1\.1 has a test \(test\/a\.test\.ts\) and a reason/)
    ])
  })

  test('the page shows each with its tests, names made safe for a table', () => {
    const text = page(judge(table, { 1.3: 'no room', 1.4: 'x' }, named(`${s}1.1 a|b <c>`, `${s}1.2 c [simplified: only one]`)))
    expect(text).toContain('Of 4 facts 1 are the same, 1 simplified, 2 absent.')
    expect(text).toContain(`| 1.1 | one | same | [a](../test/a.test.ts): “${s}1.1 a\\|b &lt;c>” |`)
    expect(text).toContain(`| 1.2 | two | simplified: only one | [a](../test/a.test.ts): “${s}1.2 c” |`)
    expect(text).toContain('| 1.3 | three | absent: no room |  |')
  })
})
