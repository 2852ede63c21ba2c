/** docs/fidelity.md, written from what was judged. */
import type { Judgement, Row } from './proof.ts'
import type { TestName } from './test-names.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')

const plain = (name: string): string => name.replace(/ ?\[simplified: [^\]]+\]/g, '').trim()

/** Tests of one file stand behind one link. */
function proofsOf(proofs: readonly TestName[]): string {
  const files = new Map<string, string[]>()
  for (const { file, name } of proofs) files.set(file, [...(files.get(file) ?? []), plain(name)])
  return [...files]
    .map(([file, names]) => `[${file.replace(/^test\//, '').replace(/\.(test|spec)\.ts$/, '')}](../${file}): ${cell(names.map((name) => `“${name}”`).join('; '))}`)
    .join('<br>')
}

const line = ({ number, title, verdict, words, proofs }: Row): string =>
  `| ${number} | ${cell(title)} | ${verdict ?? '?'}${words.length > 0 ? `: ${cell(words.join('; '))}` : ''} | ${proofsOf(proofs)} |`

export function page({ sections }: Judgement): string {
  const rows = sections.flatMap((section) => section.rows)
  const count = (verdict: Row['verdict']): number => rows.filter((row) => row.verdict === verdict).length
  return [
    '# What Spark does, and what Kindling does',
    '',
    '<!-- Written by `node scripts/fidelity.ts` from the names of the tests: change those, test/fidelity/facts.ts or test/fidelity/absent.ts. -->',
    '',
    'Each line is something Apache Spark 4.1 does, by the number it has in our description of Spark. **same**: the tests named',
    'beside it prove that Kindling does it too. **simplified**: they prove what Kindling does in its place, and how that differs.',
    '**absent**: Kindling does not do it, and why. [differences.md](differences.md) says what the differences mean for a learner.',
    '',
    `Of ${rows.length} facts ${count('same')} are the same, ${count('simplified')} simplified, ${count('absent')} absent.`,
    ...sections.flatMap((section) => [
      '', `## ${section.title}`, '', '| § | in Spark | in Kindling | proven by |', '|---|---|---|---|', ...section.rows.map(line)
    ]),
    ''
  ].join('\n')
}
