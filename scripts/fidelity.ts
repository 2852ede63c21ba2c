/**
 * `node scripts/fidelity.ts`: writes docs/fidelity.md, what Spark does beside what Kindling does, from the names of the
 * tests. A test whose name holds `§6.13` proves that fact; ` [simplified: how]` at its end says how ours is less.
 * Facts are in test/fidelity/facts.ts, reasons for those not built in test/fidelity/absent.ts.
 * Ends with 1 when a fact has neither, and says which.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { absent } from '../test/fidelity/absent.ts'
import { sections } from '../test/fidelity/facts.ts'
import { page } from './fidelity/page.ts'
import { judge } from './fidelity/proof.ts'
import { allTestNames } from './fidelity/test-names.ts'

const root = join(import.meta.dirname, '..')
const judgement = judge(sections, absent, allTestNames(root))
writeFileSync(join(root, 'docs/fidelity.md'), page(judgement))
for (const problem of judgement.problems) console.error(problem)
if (judgement.problems.length > 0) process.exitCode = 1
