/** The names of all tests, read from their sources: nothing is run, so a test's machine or speed changes nothing. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

export interface TestName {
  /** From the root of the checkout, with forward slashes. */
  file: string
  /** What the groups around it are called and its own name, one space between. */
  name: string
}

const kinds = new Set(['describe', 'it', 'test'])

/** `it`, `it.each(…)`, `test.for(…)`, `describe.each(…)`: which of the three, and whether it is skipped. */
function callee(node: ts.Expression): { kind: string; skipped: boolean } | undefined {
  if (ts.isIdentifier(node)) return kinds.has(node.text) ? { kind: node.text, skipped: false } : undefined
  if (ts.isPropertyAccessExpression(node)) {
    const inner = callee(node.expression)
    return inner && { kind: inner.kind, skipped: inner.skipped || node.name.text === 'skip' || node.name.text === 'todo' }
  }
  if (ts.isCallExpression(node)) return callee(node.expression)
  if (ts.isTaggedTemplateExpression(node)) return callee(node.tag)
  return undefined
}

/** A function of the test file's own that makes a test of what it is given, known by the § in its first argument. */
function helper(node: ts.CallExpression): { kind: string; skipped: boolean } | undefined {
  if (!ts.isIdentifier(node.expression) || node.expression.text === 'expect') return undefined
  return textOf(node.arguments[0])?.includes('§') === true ? { kind: 'test', skipped: false } : undefined
}

/** The text of a name; what is put in at run time is left out. */
function textOf(node: ts.Expression | undefined): string | undefined {
  if (node === undefined) return undefined
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isTemplateExpression(node)) return [node.head.text, ...node.templateSpans.map((span) => `…${span.literal.text}`)].join('')
  return undefined
}

/** The tests of one source text, in its order. */
export function testNamesOf(file: string, text: string): TestName[] {
  const found: TestName[] = []
  const visit = (node: ts.Node, groups: readonly string[]): void => {
    if (ts.isCallExpression(node)) {
      const called = callee(node.expression) ?? helper(node)
      const name = called && textOf(node.arguments[0])
      if (called && name !== undefined && node.arguments.length > 1) {
        if (called.skipped) return
        if (called.kind === 'describe') {
          for (const argument of node.arguments.slice(1)) visit(argument, [...groups, name])
          return
        }
        found.push({ file, name: [...groups, name].join(' ') })
        return
      }
    }
    ts.forEachChild(node, (child) => visit(child, groups))
  }
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest), [])
  return found
}

/** Every test of vitest and of WebdriverIO under `test/`, by file. */
export function allTestNames(root: string): TestName[] {
  return globSync('test/**/*.{test,spec}.ts', { cwd: root })
    .map((path) => path.split('\\').join('/'))
    .sort()
    .flatMap((file) => testNamesOf(file, readFileSync(join(root, file), 'utf8')))
}
